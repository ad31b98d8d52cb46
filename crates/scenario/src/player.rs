//! Plays a script: sets the clock, asks, remembers what the reply assigned.

use contracts::{catalogue, office::CommandReply};
use jiff::Timestamp;
use prost::Message;
use prost_reflect::DynamicMessage;
use serde_json::Value;

use crate::{
    Cause, DatedStep, Marker, Memory, Persona, Personas, PlayError, Rpc, Script, Transport,
    marker::Marking, request,
};

/// Plays scripts through one transport.
pub struct Player<T, C> {
    personas: Personas,
    transport: T,
    set_clock: C,
    memory: Memory,
    marking: Option<Marking>,
}

impl<T: Transport, C: FnMut(Timestamp)> Player<T, C> {
    /// A player that sets the clock before each step.
    pub fn new(personas: Personas, transport: T, set_clock: C) -> Self {
        Self { personas, transport, set_clock, memory: Memory::default(), marking: None }
    }

    /// From now on, every personal text is replaced by a marker that occurs nowhere else, so that
    /// a test can look for it where it must not be.
    #[must_use]
    pub fn marking_personal_texts(mut self, seed: &str) -> Self {
        self.marking = Some(Marking::new(seed));
        self
    }

    /// The markers that were sent.
    pub fn markers(&self) -> &[Marker] {
        self.marking.as_ref().map_or(&[], |marking| marking.markers())
    }

    /// The ids that were assigned.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Plays every step, and answers with the replies in order; stops at the first that fails.
    pub async fn play(&mut self, script: &Script) -> Result<Vec<CommandReply>, PlayError> {
        let mut replies = Vec::with_capacity(script.steps().len());
        for step in script.steps() {
            replies.push(self.perform(step).await?);
        }
        Ok(replies)
    }

    /// Plays one step.
    pub async fn perform(&mut self, dated: &DatedStep) -> Result<CommandReply, PlayError> {
        self.try_perform(dated).await.map_err(|cause| PlayError {
            scenario: dated.scenario.clone(),
            row: dated.step.row.clone(),
            call: dated.step.call.clone(),
            cause,
        })
    }

    async fn try_perform(&mut self, dated: &DatedStep) -> Result<CommandReply, Cause> {
        let rpc = Rpc::named(&dated.step.call).ok_or(Cause::UnknownCall)?;
        let persona = self.persona(&dated.step.by, &rpc)?;
        let mut message = request::message(dated, &rpc, &self.memory)?;
        if let Some(marking) = &mut self.marking {
            marking.mark(&mut message);
        }
        (self.set_clock)(dated.at);
        let answer = self.transport.call(&persona, &rpc.path, message.encode_to_vec()).await;
        let bytes = answer.map_err(|status| Cause::Refused(Box::new(status)))?;
        self.learn(dated, &bytes)
    }

    fn persona(&self, name: &str, rpc: &Rpc) -> Result<Persona, Cause> {
        let persona =
            self.personas.get(name).ok_or_else(|| Cause::UnknownPersona(name.to_owned()))?;
        if !rpc.offices.contains(&persona.office) {
            return Err(Cause::OtherOffice(name.to_owned()));
        }
        Ok(persona.clone())
    }

    fn learn(&mut self, dated: &DatedStep, bytes: &[u8]) -> Result<CommandReply, Cause> {
        let reply = CommandReply::decode(bytes)?;
        self.memory.learn_person(dated, &reply.person_id);
        self.memory.learn_case(dated, &reply.case_id);
        if !dated.step.keep.is_empty() {
            let recorded = recorded_in(bytes)?;
            for (name, path) in &dated.step.keep {
                let id = find(&recorded, path).ok_or_else(|| Cause::NothingToKeep(path.clone()))?;
                self.memory.keep(dated, name, id);
            }
        }
        Ok(reply)
    }
}

/// The reply's recorded events as JSON.
fn recorded_in(bytes: &[u8]) -> Result<Value, Cause> {
    let reply = catalogue().pool().get_message_by_name("tsunagi.office.v1.CommandReply");
    let reply = DynamicMessage::decode(reply.expect("office.proto declares it"), bytes)?;
    let mut json = serde_json::to_value(&reply).map_err(Cause::Request)?;
    Ok(json["recorded"].take())
}

/// The text at `referralSubmitted.referralId` in the first recorded event that has it.
fn find<'a>(recorded: &'a Value, path: &str) -> Option<&'a str> {
    let pointer = format!("/body/{}", path.replace('.', "/"));
    let mut events = recorded.as_array()?.iter();
    events.find_map(|event| event.pointer(&pointer)?.as_str())
}
