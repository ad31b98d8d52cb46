//! A person's file at hand: from memory, from what came since, or from the stream's beginning.

use access::{RandomIds, recorded};
use casework::{InForce, PersonFile, PersonId, Recorded, is_of_merging};

use super::{
    Desk, Job, TRIES_MAX,
    admitting::amends,
    files::{Known, Turn},
    kin::Whole,
    person::stream_of,
};
use crate::CommandError;

/// How many events of a stream are read at a time.
pub(super) const PAGE: u32 = 500;

/// A person, and what is known of them.
pub(super) struct Loaded {
    pub person: PersonId,
    pub known: Known,
    /// What the file was folded from; only for an amendment.
    pub history: Vec<Recorded>,
    /// The turn to work on the person; none for one who is only now given a number.
    pub turn: Option<Turn>,
    /// Whether the log was read for this very command.
    pub is_fresh: bool,
    /// Whether an amendment was appended: the file has to be folded anew.
    pub is_outdated: bool,
}

impl Desk {
    pub(super) async fn load(&self, job: &Job) -> Result<Loaded, CommandError> {
        let Some(person) = job.asked.person.clone() else {
            let person = PersonId::from(RandomIds::random().to_string());
            let known = Known::default();
            let history = Vec::new();
            return Ok(Loaded {
                person,
                known,
                history,
                turn: None,
                is_fresh: true,
                is_outdated: false,
            });
        };
        for tries in 0..TRIES_MAX {
            let is_fresh = tries > 0;
            let loaded = self.at_hand(job, &person, is_fresh).await?;
            let Some(InForce::Into(surviving)) = loaded.known.in_force.clone() else {
                return Ok(loaded);
            };
            // One turn at a time, so that nobody waits for somebody who waits for them.
            self.keep(loaded);
            let loaded = self.at_hand(job, &surviving, is_fresh).await?;
            if loaded.is_of(&person) {
                return Ok(loaded);
            }
            // What was at hand of the two was of different times.
            self.keep(loaded);
        }
        Err(CommandError::Contended)
    }

    /// What is known by now, of whomever the request means by now: the person may have been merged
    /// or unmerged in the meantime.
    pub(super) async fn anew(&self, job: &Job, mut loaded: Loaded) -> Result<Loaded, CommandError> {
        self.refresh(&mut loaded).await?;
        if job.asked.person.as_ref().is_none_or(|person| loaded.is_of(person)) {
            return Ok(loaded);
        }
        self.keep(loaded);
        self.load(job).await
    }

    /// What is known of one person, whether or not the person is merged.
    async fn at_hand(
        &self,
        job: &Job,
        person: &PersonId,
        is_fresh: bool,
    ) -> Result<Loaded, CommandError> {
        let person = person.clone();
        let mut turn = self.files.turn(&person).await;
        // An amendment is decided on the events themselves, so they are all read.
        let at_hand = turn.take().filter(|_| !amends(&job.proposed));
        let is_at_hand = at_hand.is_some();
        let (known, history) = (at_hand.unwrap_or_default(), Vec::new());
        let mut loaded = Loaded {
            person,
            known,
            history,
            turn: Some(turn),
            is_fresh: false,
            is_outdated: false,
        };
        if amends(&job.proposed) {
            self.read_whole(&mut loaded).await?;
        } else if !is_at_hand || is_fresh {
            self.refresh(&mut loaded).await?;
        }
        Ok(loaded)
    }

    /// Takes in what came to the person's stream since it was read last.
    async fn refresh(&self, loaded: &mut Loaded) -> Result<(), CommandError> {
        let is_whole = !loaded.history.is_empty();
        let Known { file, version, is_damaged, .. } = &mut loaded.known;
        let history = self.history(&loaded.person, *version).await?;
        let changes_others =
            |event: &Recorded| event.amends().is_some() || is_of_merging(&event.event);
        if is_whole || history.events.iter().any(changes_others) {
            // What was folded already may be changed by it.
            return self.read_whole(loaded).await;
        }
        for recorded in &history.events {
            file.apply(recorded);
        }
        *version += history.count;
        *is_damaged |= history.is_damaged;
        loaded.is_fresh = true;
        Ok(())
    }

    /// Reads the person's history from its beginning.
    async fn read_whole(&self, loaded: &mut Loaded) -> Result<(), CommandError> {
        let Whole { events, version, is_damaged, in_force } =
            self.whole(&loaded.person, u64::MAX).await?;
        let file = PersonFile::folded(&events);
        loaded.known = Known { file, version, is_damaged, in_force };
        loaded.history = events;
        loaded.is_fresh = true;
        Ok(())
    }

    /// A person of whom nothing is on file takes up no room: their number may have been guessed.
    pub(super) fn keep(&self, loaded: Loaded) {
        let is_worth_keeping = loaded.known.version > 0 && !loaded.is_outdated;
        if let Some(turn) = loaded.turn.filter(|_| is_worth_keeping) {
            self.files.keep(turn, loaded.known);
        }
    }

    /// What lies in a person's own stream after a version.
    pub(super) async fn history(
        &self,
        person: &PersonId,
        after: u64,
    ) -> Result<History, CommandError> {
        let stream = stream_of(person);
        let mut history = History::default();
        loop {
            let page = self.parts.log.read_stream(&stream, after + history.count, PAGE).await?;
            history.count += page.len() as u64;
            for stored in &page {
                if let Ok(recorded) = recorded(stored) {
                    history.events.push(recorded);
                } else {
                    history.is_damaged = true;
                    let position = stored.position;
                    tracing::error!(position, "an event on file cannot be read");
                }
            }
            if page.len() < PAGE as usize {
                return Ok(history);
            }
        }
    }
}

impl Loaded {
    /// Whether this is the file of that person, be it that another is merged into it.
    fn is_of(&self, person: &PersonId) -> bool {
        match &self.known.in_force {
            Some(InForce::Into(_)) => false,
            Some(InForce::Holds(merged)) if merged == person => true,
            _ => self.person == *person,
        }
    }
}

/// A part of a person's stream.
#[derive(Default)]
pub(super) struct History {
    pub events: Vec<Recorded>,
    /// How many events there are, those among them that cannot be read as well.
    pub count: u64,
    pub is_damaged: bool,
}
