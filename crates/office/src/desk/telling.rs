//! What a command's answer tells of a person beyond that it was carried out: a flag, a refusal, or
//! that something has changed. That is a read of the file, also when it is told again, and is on
//! record before the answer leaves.

use access::{Door, Purpose, SealedEvent, Way};
use casework::PersonId;
use contracts::office::CommandReply;
use event_log::StoredEvent;
use vault::Subject;

use super::{Desk, Job, person::CATEGORY};
use crate::CommandError;

impl Desk {
    /// Records that a reply is given again, which shows the clear part of what was appended.
    pub(super) async fn shown_again(
        &self,
        job: &Job,
        stored: &[StoredEvent],
    ) -> Result<(), CommandError> {
        let of_person = stored.iter().filter(|event| event.stream.category == CATEGORY);
        let closed = of_person.map(|event| SealedEvent {
            event_id: event.event_id,
            type_no: event.type_no,
            subject: Subject::new(CATEGORY, event.stream.key.as_str()),
            sealed: Vec::new(),
        });
        let closed: Vec<_> = closed.collect();
        let Some(first) = closed.first() else { return Ok(()) };
        let person = PersonId::from(first.subject.key.as_str());
        let way = Way::through(Door::Grpc, Purpose::Command);
        let (disclosure, reader) = (&self.parts.disclosure, &job.principal);
        disclosure.open(reader, way, &person, closed.len(), &closed).await?;
        Ok(())
    }

    /// Records what the answer tells, if it tells anything. Where that fails, the command stands and
    /// its answer does not leave: who asks again with the same request id gets it later.
    pub(super) async fn told(
        &self,
        job: &Job,
        answer: Result<CommandReply, CommandError>,
    ) -> Result<CommandReply, CommandError> {
        let (disclosure, reader) = (&self.parts.disclosure, &job.principal);
        let way = Way::through(Door::Grpc, Purpose::Command);
        let asked = job.asked.person.as_ref();
        match &answer {
            Ok(reply) if reply.warnings.is_empty() => {}
            Ok(reply) => {
                let person = PersonId::from(reply.person_id.as_str());
                disclosure.open(reader, way, &person, 0, &[]).await?;
            }
            Err(CommandError::UnknownPerson) => {
                let requested = asked.map(PersonId::as_str).unwrap_or_default();
                disclosure.refuse(reader, way, requested).await?;
            }
            Err(CommandError::Refused(_) | CommandError::ChangedSince) => {
                disclosure.open(reader, way, asked, 0, &[]).await?;
            }
            // Of the caller, of the request or of the house, and of nobody's file.
            Err(_) => {}
        }
        answer
    }
}
