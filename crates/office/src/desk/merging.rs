//! Commands of identity officers about two persons. What is decided lies in the streams of both,
//! by one append under the versions of both.

use std::collections::BTreeMap;

use casework::{Context, Decided, InForce, Merging, Pair, PersonFile, PersonId, Recorded, Refusal};
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
use crate::CommandError;

/// One of the two, and what is known of them.
struct Side {
    merging: Merging,
    /// How many events lie in the person's stream.
    version: u64,
    kinship: Kinship,
}

impl Desk {
    /// Carries out a command of an identity officer about two persons.
    pub async fn perform_on_pair<R, E>(
        &self,
        door: (&'static str, &'static str),
        request: Request<R>,
        parts: impl Fn(R) -> (Option<CommandContext>, Option<E>),
        decide: fn(&Pair<'_>, E, &mut Context<'_>) -> Result<Decided, Refusal>,
    ) -> Result<Response<CommandReply>, Status>
    where
        R: Message,
        E: Into<Event> + TryFrom<Event> + Clone + Send + Sync + 'static,
    {
        let job = self.understand(door, request, parts).await?;
        // Before any file is opened: to everybody else the municipality knows no person.
        if !job.principal.is_identity_officer() {
            return Err(CommandError::from(Refusal::NotIdentityOfficer).into());
        }
        let decide = move |pair: &Pair<'_>, event: Event, context: &mut Context<'_>| {
            let event = E::try_from(event).map_err(|_| CommandError::Internal)?;
            decide(pair, event, context).map_err(CommandError::from)
        };
        self.detached(move |desk| async move { desk.decide_on_pair(job, decide).await }).await
    }

    async fn decide_on_pair<D>(&self, job: Job, decide: D) -> Result<CommandReply, CommandError>
    where
        D: Fn(&Pair<'_>, Event, &mut Context<'_>) -> Result<Decided, CommandError> + Send + Sync,
    {
        self.append_together(&job, || self.append_on_pair(&job, &decide)).await
    }

    async fn append_on_pair<D>(&self, job: &Job, decide: &D) -> Result<Append, CommandError>
    where
        D: Fn(&Pair<'_>, Event, &mut Context<'_>) -> Result<Decided, CommandError>,
    {
        let (sides, decided) = self.decided_on_pair(job, decide).await?;
        self.append_to_both(job, &sides, &decided).await
    }

    async fn decided_on_pair<D>(
        &self,
        job: &Job,
        decide: &D,
    ) -> Result<([Side; 2], Decided), CommandError>
    where
        D: Fn(&Pair<'_>, Event, &mut Context<'_>) -> Result<Decided, CommandError>,
    {
        let person = job.asked.person.as_ref().ok_or(CommandError::UnknownPerson)?;
        let mut surviving = self.side(person).await?;
        let merged = self.other_side(&mut surviving, &job.proposed).await?;
        let events = in_order([Some(&surviving), merged.as_ref()]);
        let pair = Pair {
            surviving: &surviving.merging,
            merged: merged.as_ref().map(|side| &side.merging),
            officer: &job.principal.staff,
            events: &events,
        };
        let decided = decided(job, |event, context| decide(&pair, event, context))?;
        let merged = merged.ok_or(CommandError::Internal)?;
        Ok(([surviving, merged], decided))
    }

    /// The other of the two. A proposal ends with whom it was about, as if it had never been made.
    async fn other_side(
        &self,
        surviving: &mut Side,
        proposed: &Event,
    ) -> Result<Option<Side>, CommandError> {
        let Some(other) = the_other(&surviving.merging, proposed) else { return Ok(None) };
        match self.side(&other).await {
            Err(CommandError::UnknownPerson) if answers(proposed) => {
                surviving.merging.forget(&other);
                Ok(None)
            }
            side => side.map(Some),
        }
    }

    /// One of the two; an erased person, merged or not, is none.
    async fn side(&self, person: &PersonId) -> Result<Side, CommandError> {
        let kinship = self.kinship(person).await?;
        if kinship.is_damaged {
            return Err(CommandError::Internal);
        }
        let version = kinship.own(person).count() as u64;
        let merging = Merging::of(person, kinship.own(person));
        let holders = kinship.holders(u64::MAX);
        let file = PersonFile::folded(&kinship.history_of(holders.person(person), u64::MAX));
        if file.registered_by.is_none() {
            return Err(CommandError::UnknownPerson);
        }
        Ok(Side { merging, version, kinship })
    }

    /// What is personal in it is sealed for each of the two by itself.
    async fn append_to_both(
        &self,
        job: &Job,
        sides: &[Side; 2],
        decided: &Decided,
    ) -> Result<Append, CommandError> {
        let [surviving, merged] = sides;
        let first = self.write_of(job, surviving, decided).await?;
        let second = self.write_of(job, merged, decided).await?;
        let mut append = append_of(job, first);
        append.writes.push(second);
        Ok(append)
    }

    async fn write_of(
        &self,
        job: &Job,
        side: &Side,
        decided: &Decided,
    ) -> Result<StreamWrite, CommandError> {
        let person = &side.merging.person;
        let stamped = self.stamp(job, Subject::new(CATEGORY, person.as_str()), decided).await?;
        let events = stamped.into_iter().map(|stamped| stamped.new).collect();
        let expected = ExpectedVersion::Exact(side.version);
        Ok(StreamWrite { stream: stream_of(person), expected, events })
    }
}

/// The other person: named by what is proposed, or by what is on file.
fn the_other(surviving: &Merging, proposed: &Event) -> Option<PersonId> {
    let of_proposal = |id: &str| Some(surviving.open_proposal(id)?.merged.clone());
    match proposed {
        Event::PersonsMergeProposed(event) => {
            let other = PersonId::from(event.merged_person_id.as_str());
            Some(other).filter(|other| *other != surviving.person)
        }
        Event::PersonsMerged(event) => of_proposal(&event.proposal_id),
        Event::PersonsMergeDeclined(event) => of_proposal(&event.proposal_id),
        _ => match &surviving.in_force {
            Some(InForce::Holds(merged)) => Some(merged.clone()),
            _ => None,
        },
    }
}

/// Whether it answers a proposal.
fn answers(proposed: &Event) -> bool {
    matches!(proposed, Event::PersonsMerged(_) | Event::PersonsMergeDeclined(_))
}

/// All events of both, each once.
fn in_order(sides: [Option<&Side>; 2]) -> Vec<(PersonId, Recorded)> {
    let events = sides.into_iter().flatten().flat_map(|side| &side.kinship.events);
    let events = events.map(|(stream, event)| (event.position, (stream.clone(), event.clone())));
    events.collect::<BTreeMap<_, _>>().into_values().collect()
}
