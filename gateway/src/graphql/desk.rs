//! What every resolver works with.

use std::sync::Arc;

use access::{
    Agencies, Clock, Disclosure, Door, Opened, PositionCipher, Principal, Purpose, SealedEvent,
    Shown, Way,
};
use async_graphql::Error;
use casework::{AgencyRegister, CaseId, PersonId, Seen, today};
use jiff::civil::Date;
use read_models::{Accesses, Judged, PersonView, ReadModel, SeenEvent};

use super::{Caller, Owed, WorkCursors, amended, codes};
use crate::directory::Directory;

/// A refusal names what was asked for. More than an id would have is not kept.
const REQUESTED_CHARS_MAX: usize = 64;

/// The read model, the register, and the one door through which sealed parts are opened.
pub(crate) struct Desk {
    pub(crate) reads: ReadModel,
    pub(crate) directory: Directory,
    /// Who saw whom, by the record of reads.
    pub(crate) accesses: Accesses,
    pub(crate) disclosure: Disclosure,
    pub(crate) agencies: Agencies,
    pub(crate) positions: PositionCipher,
    pub(crate) work_cursors: WorkCursors,
    pub(crate) clock: Arc<dyn Clock>,
}

/// Why something of a person is shown, as far as the question tells.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Why {
    /// A case was asked for.
    Case(CaseId),
    /// The person was asked for.
    Person,
    /// The person stands on a list.
    List,
    /// The person was found by name.
    Search,
}

impl Why {
    /// As the record of reads has it. Who sees the person through broken glass does so for that
    /// reason, whatever the question was.
    pub(crate) fn way(&self, door: Door, view: &PersonView) -> Way {
        // A search is a way of its own, by whatever door the question came.
        let door = if *self == Self::Search { Door::Search } else { door };
        match (&view.glass, self) {
            (Some(event), _) => Way::through(door, Purpose::BreakGlass).about(event.as_str()),
            (None, Self::Case(id)) => Way::through(door, Purpose::Case).about(id.as_str()),
            (None, Self::Person) => Way::through(door, Purpose::Person),
            (None, Self::List) => Way::through(door, Purpose::List),
            (None, Self::Search) => Way::through(door, Purpose::Search),
        }
    }
}

impl Desk {
    pub(crate) async fn register(&self) -> Result<Arc<AgencyRegister>, Error> {
        self.agencies.current().await.map_err(|failure| codes::of_log(&failure))
    }

    pub(crate) fn today(&self) -> Date {
        today(self.clock.now())
    }

    /// Records that these events are shown, and opens those that the reader sees whole; with
    /// `content` false none, because no content was asked for.
    pub(crate) async fn show(
        &self,
        caller: &Caller,
        (view, why): (&PersonView, &Why),
        events: &[&SeenEvent],
        content: bool,
    ) -> Result<Vec<Opened>, Error> {
        let way = why.way(caller.door, view);
        caller.owed.rests_on(&view.person, view.judged);
        let opened = self.show_by(caller, &way, &view.person, &to_open(events, content)).await?;
        caller.owed.settle(&way, &view.person);
        Ok(as_they_stand(events, opened))
    }

    /// Shows what identifies a person to an officer, who has no view of the file.
    pub(crate) async fn show_identity(
        &self,
        caller: &Caller,
        (person, judged): (&PersonId, Judged),
        events: &[&SeenEvent],
    ) -> Result<Vec<Opened>, Error> {
        caller.owed.rests_on(person, judged);
        let way = Way::through(caller.door, Purpose::Identity);
        let opened = self.show_by(caller, &way, person, &to_open(events, true)).await?;
        Ok(as_they_stand(events, opened))
    }

    async fn show_by(
        &self,
        caller: &Caller,
        way: &Way,
        person: &PersonId,
        events: &[SealedEvent],
    ) -> Result<Vec<Opened>, Error> {
        let reader = &caller.principal;
        let opened = self.disclosure.open(reader, way.clone(), person, events.len(), events).await;
        opened.map_err(|failure| codes::of_disclosure(&failure))
    }

    /// Records that these persons are shown on a list, by one append however long it is, and opens
    /// of each what `events` names. Only then anything of the list may leave.
    pub(crate) async fn show_list(
        &self,
        caller: &Caller,
        list: &[(&PersonView, Vec<&SeenEvent>)],
    ) -> Result<Vec<Vec<Opened>>, Error> {
        let shown = list.iter().map(|(view, events)| Shown {
            way: Why::List.way(caller.door, view),
            person: Some(view.person.clone()),
            shown: events.len(),
            events: to_open(events, true),
        });
        let shown: Vec<_> = shown.collect();
        list.iter().for_each(|(view, _)| caller.owed.rests_on(&view.person, view.judged));
        let opened = self.disclosure.open_all(&caller.principal, &shown).await;
        let opened = opened.map_err(|failure| codes::of_disclosure(&failure))?;
        let each = list.iter().zip(opened);
        Ok(each.map(|((_, events), opened)| as_they_stand(events, opened)).collect())
    }

    /// Puts on record what is still owed of a request. Only then its answer may leave.
    pub(crate) async fn settle(&self, reader: &Principal, owed: &Owed) -> Result<(), Error> {
        let recorded = self.disclosure.open_all(reader, &owed.rest()).await;
        recorded.map(drop).map_err(|failure| codes::of_disclosure(&failure))
    }

    /// Refuses what had to wait for its record or for keys, if something came to one of these persons
    /// meanwhile or the log cannot be asked: a consent may have been withdrawn.
    pub(crate) async fn still_holds(&self, judged: &[(PersonId, Judged)]) -> Result<(), Error> {
        if self.reads.still_holds(judged).await.map_err(codes::of_read)? {
            return Ok(());
        }
        Err(codes::error(codes::UNAVAILABLE, "what was read has changed meanwhile; try again"))
    }

    /// The same for what lies in no person's stream. Where nothing is sealed there is nothing to
    /// put on record.
    pub(crate) async fn show_records(
        &self,
        caller: &Caller,
        events: &[&SeenEvent],
        content: bool,
    ) -> Result<Vec<Opened>, Error> {
        let sealed = to_open(events, content);
        if sealed.iter().all(|event| event.sealed.is_empty()) {
            return Ok(vec![Opened::Nothing; events.len()]);
        }
        let (reader, door) = (&caller.principal, caller.door);
        let opened = self.disclosure.open(reader, door, None, events.len(), &sealed).await;
        opened.map_err(|failure| codes::of_disclosure(&failure))
    }

    /// The register with everything up to this position, if one is named.
    pub(crate) async fn register_after(
        &self,
        min_position: Option<u64>,
    ) -> Result<Arc<AgencyRegister>, Error> {
        if min_position.is_none() {
            return self.register().await;
        }
        self.agencies.fresh().await.map_err(|failure| codes::of_log(&failure))
    }

    /// Records that there was nothing to show, be it absent or hidden.
    pub(crate) async fn refuse(&self, caller: &Caller, requested: &str) -> Result<(), Error> {
        let requested: String = requested.chars().take(REQUESTED_CHARS_MAX).collect();
        let refused = self.disclosure.refuse(&caller.principal, caller.door, &requested).await;
        refused.map_err(|failure| codes::of_disclosure(&failure))
    }

    /// A position that a reader was given by the house.
    pub(crate) fn position(&self, word: &str) -> Result<u64, Error> {
        let position = self.positions.reveal(word);
        position.ok_or_else(|| {
            codes::error(codes::BAD_USER_INPUT, "this is not a position or cursor of the house")
        })
    }
}

/// What was opened, each as its event says it today.
fn as_they_stand(events: &[&SeenEvent], opened: Vec<Opened>) -> Vec<Opened> {
    let own = |(event, opened): (&&SeenEvent, Opened)| {
        if event.is_corrected() { amended::replacement_in(opened) } else { opened }
    };
    events.iter().zip(opened).map(own).collect()
}

/// The sealed parts of the events that the reader sees whole; of others nothing.
fn to_open(events: &[&SeenEvent], content: bool) -> Vec<SealedEvent> {
    let sealed = events.iter().map(|event| {
        let opens = content && event.seen == Seen::Full;
        let sealed = if opens { event.sealed.sealed.clone() } else { Vec::new() };
        SealedEvent { sealed, ..event.sealed.clone() }
    });
    sealed.collect()
}
