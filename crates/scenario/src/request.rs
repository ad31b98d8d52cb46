//! A step as a request: the RPC it calls and the message it sends.

use contracts::{Office, services};
use prost_reflect::{DynamicMessage, MessageDescriptor};
use serde_json::{Map, Value};

use crate::{Cause, DatedStep, Memory, stable_id};

/// One RPC of one service.
#[derive(Debug, Clone)]
pub struct Rpc {
    /// The offices that answer it.
    pub offices: Vec<Office>,
    /// Its HTTP path: `/tsunagi.hospital.v1.HospitalService/SubmitReferral`.
    pub path: String,
    /// The message it takes.
    pub request: MessageDescriptor,
}

impl Rpc {
    /// The RPC behind a step's `call`; none when no service has it.
    pub fn named(call: &str) -> Option<Self> {
        let (name, rpc) = call.split_once('.')?;
        let service = services().find(|service| service.name == name)?;
        let method = service.descriptor.methods().find(|method| method.name() == rpc)?;
        let path = format!("/{}/{}", service.descriptor.full_name(), method.name());
        Some(Self { offices: service.offices, path, request: method.input() })
    }
}

/// The message of a step, its context filled in.
pub(crate) fn message(
    dated: &DatedStep,
    rpc: &Rpc,
    memory: &Memory,
) -> Result<DynamicMessage, Cause> {
    let mut request = dated.step.request.clone();
    for value in request.values_mut() {
        recall(value, &|name| memory.kept_by(dated, name).map(str::to_owned))?;
    }
    let context = request.entry("context").or_insert_with(|| Value::Object(Map::new()));
    fill_context(context, dated, memory)?;
    DynamicMessage::deserialize(rpc.request.clone(), Value::Object(request)).map_err(Cause::Request)
}

fn fill_context(context: &mut Value, dated: &DatedStep, memory: &Memory) -> Result<(), Cause> {
    let request_id = stable_id::uuid_of(&format!("{}/{}", dated.scenario, dated.index));
    context["requestId"] = request_id.into();
    if let Some(id) = memory.person_of(dated)? {
        context["personId"] = id.into();
    }
    if let Some(id) = memory.case_of(dated)? {
        context["caseId"] = id.into();
    }
    Ok(())
}

/// Puts kept ids in the place of `"$name"`.
fn recall(value: &mut Value, kept: &impl Fn(&str) -> Result<String, Cause>) -> Result<(), Cause> {
    match value {
        Value::String(text) => {
            if let Some(name) = text.strip_prefix('$') {
                *text = kept(name)?;
            }
            Ok(())
        }
        Value::Array(values) => values.iter_mut().try_for_each(|value| recall(value, kept)),
        Value::Object(fields) => fields.values_mut().try_for_each(|value| recall(value, kept)),
        _ => Ok(()),
    }
}
