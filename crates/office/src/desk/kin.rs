//! A person's history, wherever its events lie: in the person's own stream, and in those of persons
//! with whom a merge brought it together.

use access::recorded;
use casework::{Holders, InForce, Merging, PersonId, Recorded, kin_of};
use contracts::catalogue;
use event_log::StoredEvent;

use super::{
    Desk,
    loading::{History, PAGE},
    person::stream_of,
};
use crate::CommandError;

/// A person's history as it stands, or stood.
pub(super) struct Whole {
    /// In the order of the log.
    pub events: Vec<Recorded>,
    /// How many events lie in the person's own stream.
    pub version: u64,
    pub is_damaged: bool,
    /// The merge that the person takes part in.
    pub in_force: Option<InForce>,
}

/// All events that may belong to a person, each with the person in whose stream it lies, in the
/// order of the log.
#[derive(Default)]
pub(super) struct Kinship {
    pub events: Vec<(PersonId, Recorded)>,
    pub is_damaged: bool,
}

impl Kinship {
    fn of(stored: &[StoredEvent]) -> Self {
        let mut kinship = Self::default();
        for stored in stored {
            match recorded(stored) {
                Ok(event) => {
                    kinship.events.push((PersonId::from(stored.stream.key.as_str()), event));
                }
                Err(_) => kinship.is_damaged = true,
            }
        }
        kinship
    }

    pub fn holders(&self, up_to: u64) -> Holders {
        Holders::of(self.events.iter().map(|(stream, event)| (stream, event)), up_to)
    }

    /// The events in the person's own stream.
    pub fn own<'k>(&'k self, person: &'k PersonId) -> impl Iterator<Item = &'k Recorded> {
        self.events.iter().filter(move |(stream, _)| stream == person).map(|(_, event)| event)
    }

    pub fn history_of(&self, person: &PersonId, up_to: u64) -> Vec<Recorded> {
        let events = self.events.iter().map(|(_, event)| event.clone());
        self.holders(up_to).history_of(person, events)
    }
}

impl Desk {
    /// The history of a person as the log stood at a position. That of one who is merged is empty
    /// but for the merge.
    pub(super) async fn whole(&self, person: &PersonId, up_to: u64) -> Result<Whole, CommandError> {
        let History { mut events, count: version, is_damaged } = self.history(person, 0).await?;
        if events.iter().all(|event| kin_of(person, &event.event).is_none()) {
            events.retain(|event| event.position <= up_to);
            return Ok(Whole { events, version, is_damaged, in_force: None });
        }
        let stored = self.stored_with_kin(person).await?;
        let own = stored.iter().filter(|event| event.stream.key == person.as_str());
        let version = own.count() as u64;
        let kinship = Kinship::of(&stored);
        let in_force = Merging::of(person, kinship.own(person)).in_force;
        let (events, is_damaged) = (kinship.history_of(person, up_to), kinship.is_damaged);
        Ok(Whole { events, version, is_damaged, in_force })
    }

    /// All events that may belong to a person.
    pub(super) async fn kinship(&self, person: &PersonId) -> Result<Kinship, CommandError> {
        Ok(Kinship::of(&self.stored_with_kin(person).await?))
    }

    /// Whose file a person's is, and its events as they lie in the log.
    pub(crate) async fn stored(
        &self,
        person: &PersonId,
    ) -> Result<(PersonId, Vec<StoredEvent>), CommandError> {
        let stored = self.stored_with_kin(person).await?;
        let kinship = Kinship::of(&stored);
        if kinship.is_damaged {
            // Whose each event is cannot be told, and nobody will be shown any of them.
            return Ok((person.clone(), stored));
        }
        let holders = kinship.holders(u64::MAX);
        let person = holders.person(person).clone();
        let held = stored.into_iter().enumerate();
        let held = held.filter(|(at, _)| holders.of_event_at(*at) == Some(&person));
        Ok((person.clone(), held.map(|(_, event)| event).collect()))
    }

    /// The streams that may hold events of a person, as they stood at one moment: read one after
    /// the other as they are, they could tell of a merge and not of its end.
    async fn stored_with_kin(&self, person: &PersonId) -> Result<Vec<StoredEvent>, CommandError> {
        let mut streams = vec![(person.clone(), self.stream(person).await?)];
        if kin_in(&streams[0]).next().is_none() {
            return Ok(streams.remove(0).1);
        }
        let head = self.parts.log.head().await?;
        streams[0].1 = self.stream(person).await?;
        let mut read = 0;
        while let Some(stream) = streams.get(read) {
            for kin in kin_in(stream).collect::<Vec<_>>() {
                if !streams.iter().any(|(known, _)| *known == kin) {
                    let events = self.stream(&kin).await?;
                    streams.push((kin, events));
                }
            }
            read += 1;
        }
        let mut stored: Vec<_> = streams.into_iter().flat_map(|(_, events)| events).collect();
        stored.retain(|event| event.position <= head);
        stored.sort_unstable_by_key(|event| event.position);
        Ok(stored)
    }

    async fn stream(&self, person: &PersonId) -> Result<Vec<StoredEvent>, CommandError> {
        let (stream, mut stored) = (stream_of(person), Vec::new());
        loop {
            let page = self.parts.log.read_stream(&stream, stored.len() as u64, PAGE).await?;
            let is_last = page.len() < PAGE as usize;
            stored.extend(page);
            if is_last {
                return Ok(stored);
            }
        }
    }
}

fn kin_in((person, events): &(PersonId, Vec<StoredEvent>)) -> impl Iterator<Item = PersonId> {
    events.iter().filter_map(move |stored| {
        let kind = catalogue().by_number(stored.type_no)?;
        kin_of(person, &kind.decode(&stored.body).ok()?)
    })
}
