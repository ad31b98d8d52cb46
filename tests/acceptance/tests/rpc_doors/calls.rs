//! One call over the wire, and what its answer says about the door.

use std::collections::BTreeSet;

use acceptance::World;
use access::{Clock, Principal};
use contracts::Office;
use futures::StreamExt;
use jiff::SignedDuration;
use prost_reflect::{MessageDescriptor, MethodDescriptor, prost::Message};
use tonic::{
    Code, Request, Status,
    client::Grpc,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
    codegen::http::uri::PathAndQuery,
    transport::Channel,
};
use tonic_types::StatusExt;

use crate::{
    persons::Person,
    requests::{About, messages},
    standing::relation::{OFFICES, Relation, principal},
};

/// An RPC, as the descriptors have it.
#[derive(Clone)]
pub struct Rpc {
    pub service: String,
    pub name: String,
    pub path: PathAndQuery,
    pub request: MessageDescriptor,
    pub is_unary: bool,
}

impl Rpc {
    pub fn of(service: &str, method: &MethodDescriptor) -> Self {
        let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
        Self {
            service: service.to_owned(),
            name: method.name().to_owned(),
            path: path.parse().expect("a path"),
            request: method.input(),
            is_unary: !method.is_client_streaming() && !method.is_server_streaming(),
        }
    }
}

/// Who calls.
#[derive(Clone, Copy)]
pub struct Caller {
    pub office: Office,
    pub relation: Relation,
}

/// What an answer says about the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The office has no such service.
    NotServed,
    /// Past the door: it was carried out, or the rules for what was asked said no.
    Allowed,
    /// The same, but only for what belongs to no case.
    AllowedOutsideCases,
    /// The office may not record such an event, or the caller lacks a role.
    NotThisOffice,
    /// The person is nobody to this caller.
    UnknownPerson,
    /// The caller was never asked about: the request was not valid. This is a mistake of the test.
    Invalid(String),
}

/// Calls within the case, and where the case is not the caller's, outside it.
pub async fn ask(house: &Wire<'_>, rpc: &Rpc, caller: Caller, person: &Person) -> Answer {
    let mut left_out = BTreeSet::new();
    let mut answer = house.call(rpc, caller, person, &left_out).await;
    // A request about no person, or of no case, says so of its context.
    if let Err(status) = &answer {
        left_out = does_not_apply(status);
        if !left_out.is_empty() {
            answer = house.call(rpc, caller, person, &left_out).await;
        }
    }
    let Err(status) = answer else { return Answer::Allowed };
    match judged(&status) {
        Judged::UnknownCase => {}
        Judged::Is(answer) => return answer,
    }
    left_out.insert("case_id".to_owned());
    match house.call(rpc, caller, person, &left_out).await {
        Ok(()) => Answer::AllowedOutsideCases,
        Err(status) => match judged(&status) {
            Judged::Is(Answer::Allowed) if reason(&status) != "CASE_MISSING" => {
                Answer::AllowedOutsideCases
            }
            // What belongs to a case cannot be asked without one.
            Judged::Is(Answer::Allowed) | Judged::UnknownCase => Answer::UnknownPerson,
            Judged::Is(answer) => answer,
        },
    }
}

/// The fields of the context that must be empty.
fn does_not_apply(status: &Status) -> BTreeSet<String> {
    let details = status.get_error_details();
    let violations = details.bad_request().map(|bad| bad.field_violations.clone());
    let violations = violations.unwrap_or_default().into_iter();
    let empty = violations.filter(|it| it.description.ends_with("must be empty"));
    empty.filter_map(|it| it.field.strip_prefix("context.").map(str::to_owned)).collect()
}

enum Judged {
    UnknownCase,
    Is(Answer),
}

fn reason(status: &Status) -> String {
    let details = status.get_error_details();
    details.error_info().map(|info| info.reason.clone()).unwrap_or_default()
}

fn judged(status: &Status) -> Judged {
    let reason = reason(status);
    let answer = match (status.code(), reason.as_str()) {
        (Code::Unimplemented, _) => Answer::NotServed,
        (Code::NotFound, "UNKNOWN_PERSON") => Answer::UnknownPerson,
        (Code::NotFound, "UNKNOWN_CASE") => return Judged::UnknownCase,
        (Code::PermissionDenied, _) | (_, "NOT_IDENTITY_OFFICER") => Answer::NotThisOffice,
        (_, "INVALID_REQUEST") => {
            let details = status.get_error_details();
            let fields = details.bad_request().map(|bad| {
                let each = bad.field_violations.iter();
                each.map(|it| format!("{}: {}", it.field, it.description)).collect::<Vec<_>>()
            });
            Answer::Invalid(fields.unwrap_or_default().join("; "))
        }
        // A refusal that gives its reason comes from the rules for what was asked.
        (_, reason) if !reason.is_empty() && reason != "UNAVAILABLE" && reason != "INTERNAL" => {
            Answer::Allowed
        }
        (code, _) => panic!("no answer of the house: {code:?} {}", status.message()),
    };
    Judged::Is(answer)
}

/// The way to the offices, one connection each.
pub struct Wire<'a> {
    world: &'a World,
    channels: Vec<(Office, Channel)>,
}

impl<'a> Wire<'a> {
    pub fn to(world: &'a World) -> Self {
        let channel = |office: Office| (office, world.channel(office).expect("an office"));
        Self { world, channels: OFFICES.map(channel).into() }
    }

    async fn call(
        &self,
        rpc: &Rpc,
        caller: Caller,
        person: &Person,
        left_out: &BTreeSet<String>,
    ) -> Result<(), Status> {
        let about = About { office: caller.office, person, left_out };
        let mut parts = messages(rpc, &about).into_iter().map(|part| part.encode_to_vec());
        let (_, channel) = self.channels.iter().find(|(of, _)| *of == caller.office).expect("all");
        let mut client = Grpc::new(channel.clone());
        client.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
        let header = format!("Bearer {}", self.token(caller)).parse().expect("a token is ASCII");
        if rpc.is_unary {
            let mut request = Request::new(parts.next().expect("a message"));
            request.metadata_mut().insert("authorization", header);
            return client.unary(request, rpc.path.clone(), Raw).await.map(|_| ());
        }
        let mut request = Request::new(futures::stream::iter(parts.collect::<Vec<_>>()));
        request.metadata_mut().insert("authorization", header);
        let mut answers = client.streaming(request, rpc.path.clone(), Raw).await?.into_inner();
        while let Some(answer) = answers.next().await {
            answer?;
        }
        Ok(())
    }

    fn token(&self, caller: Caller) -> String {
        let principal: Principal = principal(caller.office, caller.relation);
        let now = self.world.clock.now();
        let issuer = self.world.house.issuer().expect("a house of tests");
        issuer.issue(&principal, now, now + SignedDuration::from_hours(1))
    }
}

/// Messages that are bytes already.
struct Raw;

impl Codec for Raw {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, message: Vec<u8>, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        prost::bytes::BufMut::put_slice(to, &message);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        use prost::bytes::Buf;
        Ok(Some(from.copy_to_bytes(from.remaining()).to_vec()))
    }
}
