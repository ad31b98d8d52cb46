//! Commands about a person: one stream, one file, one decision.

use access::{RandomIds, recorded};
use casework::{CaseId, Context, Decided, PersonFile, PersonId, Recorded, Refusal, today};
use contracts::{Event, office::CommandReply};
use event_log::{
    Append, AppendError, Appended, ExpectedVersion, KnownRequest, StreamKey, StreamWrite,
};
use jiff::civil::Date;
use vault::Subject;

use super::{
    Desk, Job, TRIES_MAX,
    files::{Known, Turn},
};
use crate::{CommandError, reply::Outcome, stamp::Stamped};

/// The stream category of persons.
const CATEGORY: &str = "person";

/// How many events of a stream are read at a time.
const PAGE: u32 = 500;

/// A person, and what is known of them.
struct Loaded {
    person: PersonId,
    known: Known,
    /// The turn to work on the person; none for one who is only now given a number.
    turn: Option<Turn>,
    /// Whether the log was read for this very command.
    is_fresh: bool,
}

impl Desk {
    pub(super) async fn decide_on_person<D>(
        &self,
        job: Job,
        decide: D,
    ) -> Result<CommandReply, CommandError>
    where
        D: Fn(&PersonFile, Event, &mut Context<'_>) -> Result<Decided, CommandError>,
    {
        if let Some(known) = self.known(&job).await? {
            return self.reply_again(&job, &known).await;
        }
        let mut loaded = self.load(&job).await?;
        for _ in 0..TRIES_MAX {
            let decided = match self.decided(&job, &loaded, &decide).await {
                Ok(decided) => decided,
                // What speaks against it may be over: a refusal is given from what the log says now.
                Err(_) if !loaded.is_fresh => {
                    self.refresh(&mut loaded).await?;
                    continue;
                }
                Err(error) => {
                    self.keep(loaded);
                    return self.unless_known(&job, error).await;
                }
            };
            let stamped =
                self.stamp(&job, Subject::new(CATEGORY, loaded.person.as_str()), &decided).await?;
            match self.append(&job, &loaded, &stamped).await {
                Ok(appended) if appended.replayed => {
                    return self.reply_again(&job, &known_again(&job, &appended)).await;
                }
                Ok(appended) => return self.reply(&job, loaded, stamped, &appended).await,
                Err(AppendError::Conflict { .. }) => self.refresh(&mut loaded).await?,
                Err(AppendError::RequestReused) => return Err(CommandError::RequestReused),
                Err(error) => return Err(CommandError::Append(error)),
            }
        }
        self.unless_known(&job, CommandError::Contended).await
    }

    async fn decided<D>(
        &self,
        job: &Job,
        loaded: &Loaded,
        decide: &D,
    ) -> Result<Decided, CommandError>
    where
        D: Fn(&PersonFile, Event, &mut Context<'_>) -> Result<Decided, CommandError>,
    {
        admit(job, &loaded.known)?;
        self.check_unchanged(job, loaded).await?;
        decided(job, &loaded.known.file, decide)
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

    async fn load(&self, job: &Job) -> Result<Loaded, CommandError> {
        let Some(person) = job.asked.person.clone() else {
            let person = PersonId::from(RandomIds::random().to_string());
            let known = Known::default();
            return Ok(Loaded { person, known, turn: None, is_fresh: true });
        };
        let mut turn = self.files.turn(&person).await;
        let at_hand = turn.take();
        let is_at_hand = at_hand.is_some();
        let known = at_hand.unwrap_or_default();
        let mut loaded = Loaded { person, known, turn: Some(turn), is_fresh: false };
        if !is_at_hand {
            self.refresh(&mut loaded).await?;
        }
        Ok(loaded)
    }

    /// Takes in what came to the person's stream since it was read last.
    async fn refresh(&self, loaded: &mut Loaded) -> Result<(), CommandError> {
        let Known { file, version, is_damaged } = &mut loaded.known;
        let history = self.history(&loaded.person, *version).await?;
        for recorded in &history.events {
            file.apply(recorded);
        }
        *version += history.count;
        *is_damaged |= history.is_damaged;
        loaded.is_fresh = true;
        Ok(())
    }

    /// A person of whom nothing is on file takes up no room: their number may have been guessed.
    fn keep(&self, loaded: Loaded) {
        if let Some(turn) = loaded.turn.filter(|_| loaded.known.version > 0) {
            self.files.keep(turn, loaded.known);
        }
    }

    /// What is on file about a person after a version.
    async fn history(&self, person: &PersonId, after: u64) -> Result<History, CommandError> {
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

    async fn append(
        &self,
        job: &Job,
        loaded: &Loaded,
        stamped: &[Stamped],
    ) -> Result<Appended, AppendError> {
        let expected = match loaded.known.version {
            0 => ExpectedVersion::NoStream,
            version => ExpectedVersion::Exact(version),
        };
        let events = stamped.iter().map(|stamped| stamped.new.clone()).collect();
        let stream = stream_of(&loaded.person);
        self.parts.log.append(append_of(job, StreamWrite { stream, expected, events })).await
    }

    async fn reply(
        &self,
        job: &Job,
        mut loaded: Loaded,
        stamped: Vec<Stamped>,
        appended: &Appended,
    ) -> Result<CommandReply, CommandError> {
        let positions = appended.first_position..;
        let recorded = stamped
            .into_iter()
            .zip(positions)
            .map(|(stamped, position)| Recorded { position, ..stamped.recorded });
        let recorded: Vec<_> = recorded.collect();
        let flags = recorded.iter().flat_map(|recorded| loaded.known.file.apply(recorded));
        let is_remarkable = flags.count() > 0;
        loaded.known.version += recorded.len() as u64;
        let person = loaded.person.clone();
        self.keep(loaded);
        let outcome = if is_remarkable {
            let day = today(job.now);
            self.outcome(job, &person, recorded, appended.last_position, day).await?
        } else {
            Outcome::unremarkable(person.to_string(), recorded, appended.last_position)
        };
        Ok(outcome.into_reply(&self.positions))
    }

    /// The first reply again, from the log: also after the state has moved on.
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
        let outcome = if first.stream.category == CATEGORY {
            let person = PersonId::from(first.stream.key.as_str());
            let day = today(first.recorded_at);
            self.outcome(job, &person, appended, known.last_position, day).await?
        } else {
            self.outcome_of_register(&first.stream, appended, known.last_position).await?
        };
        Ok(outcome.into_reply(&self.positions))
    }

    /// What came of events that were appended on that day, with the flags that the recorder may
    /// know: they depend on what was on file before.
    async fn outcome(
        &self,
        job: &Job,
        person: &PersonId,
        appended: Vec<Recorded>,
        last_position: u64,
        day: Date,
    ) -> Result<Outcome, CommandError> {
        let History { events: mut before, is_damaged, .. } = self.history(person, 0).await?;
        if is_damaged {
            return Err(CommandError::Internal);
        }
        let first = appended.first().map_or(u64::MAX, |recorded| recorded.position);
        before.retain(|recorded| recorded.position < first);
        let file = PersonFile::folded(&before);
        let seen = file.as_seen_by(&before, &job.principal.viewer(), day);
        Ok(Outcome::of_person(person.to_string(), file, seen, appended, last_position))
    }

    /// Whether nothing that the caller may see has changed since the position they name, if any.
    async fn check_unchanged(&self, job: &Job, loaded: &Loaded) -> Result<(), CommandError> {
        let Some(position) = job.asked.unless_changed_since else { return Ok(()) };
        let history = self.history(&loaded.person, 0).await?;
        let viewer = job.principal.viewer();
        let involvement = loaded.known.file.involvement();
        let mut since = history.events.iter().filter(|recorded| recorded.position > position);
        let visible = |recorded: &Recorded| {
            involvement.sees(&viewer, recorded, today(job.now)) != casework::Seen::Hidden
        };
        if since.any(visible) { Err(CommandError::ChangedSince) } else { Ok(()) }
    }
}

/// A part of what is on file about a person.
#[derive(Default)]
struct History {
    events: Vec<Recorded>,
    /// How many events there are, those among them that cannot be read as well.
    count: u64,
    is_damaged: bool,
}

/// Whether the caller may append this about this person. Absent and hidden look the same.
fn admit(job: &Job, known: &Known) -> Result<(), CommandError> {
    if matches!(job.proposed, Event::PersonRegistered(_)) {
        return Ok(());
    }
    let day = today(job.now);
    let involvement = known.file.involvement();
    let open = job.proposed.kind().options.open_to_newcomers;
    let exists = known.file.registered_by.is_some();
    if !exists || !(open || involvement.takes_part(&job.principal.agency, day)) {
        return Err(CommandError::UnknownPerson);
    }
    // An event that cannot be read is a fault of the house, of which only those may hear who are
    // known to take part; others cannot tell the person from one who does not exist.
    if known.is_damaged {
        let takes_part = involvement.takes_part(&job.principal.agency, day);
        let error = if takes_part { CommandError::Internal } else { CommandError::UnknownPerson };
        return Err(error);
    }
    if let Some(case) = &job.asked.case_id {
        let takes_part = involvement.takes_part_in_case(&job.principal.agency, case, day)
            || answers_in(job, &known.file, case);
        if !known.file.cases.contains_key(case) || !takes_part {
            return Err(Refusal::UnknownCase.into());
        }
    }
    Ok(())
}

/// Whether this is a hospital's answer to a request for a visit: it was asked in the case, also
/// where it takes no other part in it.
fn answers_in(job: &Job, file: &PersonFile, case: &CaseId) -> bool {
    let is_answer =
        matches!(job.proposed, Event::HospitalVisitScheduled(_) | Event::HospitalVisitDeclined(_));
    is_answer && file.asks_for_visit(&job.principal.agency, case)
}

fn decided<D>(job: &Job, file: &PersonFile, decide: &D) -> Result<Decided, CommandError>
where
    D: Fn(&PersonFile, Event, &mut Context<'_>) -> Result<Decided, CommandError>,
{
    let mut ids = RandomIds;
    let mut context = Context {
        now: job.now,
        agency: job.principal.agency.clone(),
        case_id: job.asked.case_id.clone(),
        agencies: &job.register,
        ids: &mut ids,
    };
    let day = context.today_in_iso();
    let proposed = job.proposed.clone().assign(&day, || context.next_id());
    let mut decided = decide(file, proposed, &mut context)?;
    for (_, event) in &mut decided.events {
        *event = event.clone().assign(&day, || context.next_id());
    }
    Ok(decided)
}

/// What the log remembers of a request whose twin was appended in the meantime.
pub(super) fn known_again(job: &Job, appended: &Appended) -> KnownRequest {
    let (first_position, last_position) = (appended.first_position, appended.last_position);
    KnownRequest { digest: job.digest, first_position, last_position }
}

/// Request ids belong to an agency at an office.
pub(super) fn producer(job: &Job) -> String {
    let office = contracts::office_name(job.principal.office);
    format!("{office}/{}", job.principal.agency)
}

pub(super) fn append_of(job: &Job, write: StreamWrite) -> Append {
    Append {
        producer: producer(job),
        request_id: job.asked.request_id,
        digest: job.digest,
        recorded_at: job.now,
        writes: vec![write],
        unless_changed: None,
    }
}

fn stream_of(person: &PersonId) -> StreamKey {
    StreamKey { category: CATEGORY.to_owned(), key: person.to_string() }
}
