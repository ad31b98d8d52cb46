//! A request that was carried out before gets its first reply again.

use std::collections::BTreeSet;

use access::{Principal, recorded};
use casework::{PersonId, Recorded, is_of_erasure, is_of_merging, today};
use contracts::{Event, office::CommandReply};
use event_log::{Appended, KnownRequest, StoredEvent};
use uuid::Uuid;

use super::{Desk, Job, person::CATEGORY};
use crate::{CommandError, reply::Outcome};

impl Desk {
    pub(super) async fn known(&self, job: &Job) -> Result<Option<KnownRequest>, CommandError> {
        let producer = producer(job);
        // One that another process recorded just now is found by the append, or, when the decision
        // goes against it, by asking again before the answer is no.
        if !self.parts.log.may_know_request(&producer, job.asked.request_id) {
            return Ok(None);
        }
        self.surely_known(job, &producer).await
    }

    async fn surely_known(
        &self,
        job: &Job,
        producer: &str,
    ) -> Result<Option<KnownRequest>, CommandError> {
        let known = self.parts.log.known_request(producer, job.asked.request_id).await?;
        match known {
            Some(known) if known.digest != job.digest => Err(CommandError::RequestReused),
            known => Ok(known),
        }
    }

    /// The answer is no, unless the request was carried out in the meantime: then what spoke
    /// against it is what its own twin recorded.
    pub(super) async fn unless_known(
        &self,
        job: &Job,
        error: CommandError,
    ) -> Result<CommandReply, CommandError> {
        match self.surely_known(job, &producer(job)).await? {
            Some(known) => self.reply_again(job, &known).await,
            None => Err(error),
        }
    }

    /// The first reply again, from the log: also after the state has moved on. What is read from a
    /// person's file for that is on record first. A request about somebody who was erased since, but
    /// the erasure itself, is answered as if there had never been such a person.
    pub(super) async fn reply_again(
        &self,
        job: &Job,
        known: &KnownRequest,
    ) -> Result<CommandReply, CommandError> {
        let count = known.last_position - known.first_position + 1;
        let count = u32::try_from(count).map_err(|_| CommandError::Internal)?;
        let stored = self.parts.log.read(known.first_position - 1, count).await?;
        let first = stored.first().ok_or(CommandError::Internal)?;
        let appended = stored.iter().map(recorded).collect::<Result<Vec<_>, _>>();
        let appended = appended.map_err(|_| CommandError::Internal)?;
        if self.is_about_erased(&stored, &appended).await? {
            return Err(CommandError::UnknownPerson);
        }
        self.shown_again(job, &stored).await?;
        let outcome = if appended.iter().any(|event| is_of_erasure(&event.event)) {
            // The keys are gone before anybody is told that they are.
            let streams = self.destroy_keys(&appended).await?;
            let person = first.stream.key.clone();
            let appended = appended.into_iter().take(stored.len() / streams).collect();
            Outcome::unremarkable(person, appended, known.last_position)
        } else if appended.iter().any(|event| is_of_merging(&event.event)) {
            // Both streams have it; the reply tells of it once.
            let person = first.stream.key.clone();
            let appended = appended.into_iter().take(stored.len() / 2).collect();
            Outcome::unremarkable(person, appended, known.last_position)
        } else if first.stream.category == CATEGORY {
            let person = PersonId::from(first.stream.key.as_str());
            let day = today(first.recorded_at);
            self.outcome(job, &person, appended, known.last_position, day).await?
        } else {
            self.outcome_of_register(&first.stream, appended, known.last_position).await?
        };
        Ok(outcome.into_reply(&self.positions))
    }

    async fn is_about_erased(
        &self,
        stored: &[StoredEvent],
        appended: &[Recorded],
    ) -> Result<bool, CommandError> {
        if appended.iter().any(|event| matches!(event.event, Event::PersonErased(_))) {
            return Ok(false);
        }
        let of_persons = stored.iter().filter(|event| event.stream.category == CATEGORY);
        let persons: BTreeSet<_> = of_persons.map(|event| &*event.stream.key).collect();
        for person in persons {
            if self.is_erased(&PersonId::from(person)).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a person was erased: that lies in the stream of everybody whose key went.
    pub(crate) async fn is_erased(&self, person: &PersonId) -> Result<bool, CommandError> {
        let history = self.history(person, 0).await?;
        Ok(history.events.iter().any(|event| matches!(event.event, Event::PersonErased(_))))
    }

    /// Whether a request was carried out before.
    pub(crate) async fn is_known(
        &self,
        producer: &str,
        request_id: Uuid,
    ) -> Result<bool, CommandError> {
        Ok(self.parts.log.known_request(producer, request_id).await?.is_some())
    }

    /// The person whom a request that was carried out before was about.
    pub(crate) async fn person_of(
        &self,
        producer: &str,
        request_id: Uuid,
    ) -> Result<Option<PersonId>, CommandError> {
        let Some(known) = self.parts.log.known_request(producer, request_id).await? else {
            return Ok(None);
        };
        let stored = self.parts.log.read(known.first_position - 1, 1).await?;
        let of_person = stored.first().filter(|event| event.stream.category == CATEGORY);
        Ok(of_person.map(|event| PersonId::from(event.stream.key.as_str())))
    }
}

/// What the log remembers of a request whose twin was appended in the meantime.
pub(super) fn known_again(job: &Job, appended: &Appended) -> KnownRequest {
    let (first_position, last_position) = (appended.first_position, appended.last_position);
    KnownRequest { digest: job.digest, first_position, last_position }
}

pub(super) fn producer(job: &Job) -> String {
    producer_of(&job.principal)
}

/// Request ids belong to an agency at an office.
pub(crate) fn producer_of(caller: &Principal) -> String {
    format!("{}/{}", contracts::office_name(caller.office), caller.agency)
}
