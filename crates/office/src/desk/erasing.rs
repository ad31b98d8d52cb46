//! Commands of erasure officers. An erasure lies in the streams of everybody whose key goes, by one
//! append under the versions of all, and is answered when the keys are gone.

use casework::{
    Context, Decided, Erasing, Kept, PersonId, Recorded, Refusal, erased_with, is_of_erasure,
};
use contracts::{
    Event,
    office::{CommandContext, CommandReply},
};
use event_log::{Append, ExpectedVersion, StreamWrite};
use prost::Message;
use tonic::{Request, Response, Status};
use vault::Subject;

use super::{
    Desk, Job,
    kin::Kinship,
    person::{CATEGORY, append_of, decided, stream_of},
};
use crate::{
    CommandError,
    stamp::{Stamp, Stamped},
};

impl Desk {
    /// Carries out a command of an erasure officer about a person.
    pub async fn perform_on_kept<R, E>(
        &self,
        door: (&'static str, &'static str),
        request: Request<R>,
        parts: impl Fn(R) -> (Option<CommandContext>, Option<E>),
        decide: fn(&Erasing<'_>, E, &mut Context<'_>) -> Result<Decided, Refusal>,
    ) -> Result<Response<CommandReply>, Status>
    where
        R: Message,
        E: Into<Event> + TryFrom<Event> + Clone + Send + Sync + 'static,
    {
        let job = self.understand(door, request, parts).await?;
        // Before any file is opened: to everybody else the municipality knows no person.
        if !job.principal.is_erasure_officer() {
            return Err(CommandError::from(Refusal::NotErasureOfficer).into());
        }
        let decide = move |erasing: &Erasing<'_>, event: Event, context: &mut Context<'_>| {
            let event = E::try_from(event).map_err(|_| CommandError::Internal)?;
            decide(erasing, event, context).map_err(CommandError::from)
        };
        self.detached(move |desk| async move { desk.decide_on_kept(job, decide).await }).await
    }

    async fn decide_on_kept<D>(&self, job: Job, decide: D) -> Result<CommandReply, CommandError>
    where
        D: Fn(&Erasing<'_>, Event, &mut Context<'_>) -> Result<Decided, CommandError> + Send + Sync,
    {
        self.append_together(&job, || self.append_on_kept(&job, &decide)).await
    }

    async fn append_on_kept<D>(&self, job: &Job, decide: &D) -> Result<Append, CommandError>
    where
        D: Fn(&Erasing<'_>, Event, &mut Context<'_>) -> Result<Decided, CommandError>,
    {
        let (kept, kinship) = self.kept(job).await?;
        let decided = self.decided_on_kept(job, &kept, decide)?;
        append_to_all(job, &kept, &kinship, &decided)
    }

    async fn kept(&self, job: &Job) -> Result<(Kept, Kinship), CommandError> {
        let person = job.asked.person.as_ref().ok_or(CommandError::UnknownPerson)?;
        let kinship = self.kinship(person).await?;
        if kinship.is_damaged {
            return Err(CommandError::Internal);
        }
        Ok((Kept::of(person, &kinship.events), kinship))
    }

    fn decided_on_kept<D>(
        &self,
        job: &Job,
        kept: &Kept,
        decide: &D,
    ) -> Result<Decided, CommandError>
    where
        D: Fn(&Erasing<'_>, Event, &mut Context<'_>) -> Result<Decided, CommandError>,
    {
        // Nobody is erased twice: what was erased is as if it had never been.
        if kept.file.registered_by.is_none() {
            return Err(CommandError::UnknownPerson);
        }
        let retention = &self.parts.retention;
        let erasing = Erasing { kept, retention, officer: &job.principal.staff };
        decided(job, |event, context| decide(&erasing, event, context))
    }

    /// Destroys the keys of those who were erased with these events, also when that was done
    /// before; the streams of how many persons the events lie in.
    pub(super) async fn destroy_keys(&self, appended: &[Recorded]) -> Result<usize, CommandError> {
        let erased: Vec<PersonId> =
            appended.first().map(|event| erased_with(&event.event).collect()).unwrap_or_default();
        if erased.is_empty() {
            return Ok(1);
        }
        self.parts.erasures.carry_out(&erased).await?;
        Ok(erased.len())
    }
}

fn append_to_all(
    job: &Job,
    kept: &Kept,
    kinship: &Kinship,
    decided: &Decided,
) -> Result<Append, CommandError> {
    let erased = decided.events.iter().flat_map(|(_, event)| erased_with(event));
    let mut append = append_of(job, write_of(job, &kept.person, kinship, decided)?);
    for person in erased.filter(|person| *person != kept.person) {
        append.writes.push(write_of(job, &person, kinship, decided)?);
    }
    Ok(append)
}

/// Nothing in these events is personal, so no key is needed, and none may be left: after a restore,
/// what was erased before is erased again, and its keys are gone already.
fn write_of(
    job: &Job,
    person: &PersonId,
    kinship: &Kinship,
    decided: &Decided,
) -> Result<StreamWrite, CommandError> {
    let subject = Subject::new(CATEGORY, person.as_str());
    let stamp = Stamp {
        principal: &job.principal,
        on_behalf_of: None,
        subject: &subject,
        key: None,
        now: job.now,
        correlation_id: job.asked.request_id,
    };
    debug_assert!(decided.events.iter().all(|(_, event)| is_of_erasure(event)));
    let stamped = decided.events.iter().map(|(case, event)| stamp.on(case.clone(), event));
    let stamped: Vec<Stamped> = stamped.collect::<Result<_, _>>()?;
    let events = stamped.into_iter().map(|stamped| stamped.new).collect();
    let expected = ExpectedVersion::Exact(kinship.own(person).count() as u64);
    Ok(StreamWrite { stream: stream_of(person), expected, events })
}
