//! Commands about a person: one stream, one file, one decision.

use access::{RandomIds, recorded};
use casework::{CaseId, Context, Decided, PersonFile, PersonId, Recorded, Refusal, today};
use contracts::{Event, office::CommandReply};
use event_log::{
    Append, AppendError, Appended, ExpectedVersion, KnownRequest, StreamKey, StreamWrite,
};
use vault::Subject;

use super::{Desk, Job, TRIES_MAX};
use crate::{CommandError, reply::Outcome, stamp::Stamped};

/// The stream category of persons.
const CATEGORY: &str = "person";

/// How many events of a stream are read at a time.
const PAGE: u32 = 500;

/// A person's history and the file folded from it.
struct Loaded {
    person: PersonId,
    history: History,
    file: PersonFile,
}

/// What is on file about a person.
#[derive(Default)]
struct History {
    events: Vec<Recorded>,
    /// How many events the stream holds.
    version: u64,
    /// Whether it holds one that cannot be read.
    is_damaged: bool,
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
        for _ in 0..TRIES_MAX {
            let loaded = self.load(&job).await?;
            let decided = admit(&job, &loaded).and_then(|()| decided(&job, &loaded.file, &decide));
            let decided = match decided {
                Ok(decided) => decided,
                Err(error) => return self.unless_known(&job, error).await,
            };
            let stamped =
                self.stamp(&job, Subject::new(CATEGORY, loaded.person.as_str()), &decided).await?;
            match self.append(&job, &loaded, &stamped).await {
                Ok(appended) if appended.replayed => {
                    return self.reply_again(&job, &known_again(&job, &appended)).await;
                }
                Ok(appended) => return Ok(self.reply(&job, loaded, stamped, &appended)),
                Err(AppendError::Conflict { .. }) => {}
                Err(AppendError::RequestReused) => return Err(CommandError::RequestReused),
                Err(error) => return Err(CommandError::Append(error)),
            }
        }
        self.unless_known(&job, CommandError::Contended).await
    }

    /// The answer is no, unless the request was carried out in the meantime: then what spoke
    /// against it is what its own twin recorded.
    pub(super) async fn unless_known(
        &self,
        job: &Job,
        error: CommandError,
    ) -> Result<CommandReply, CommandError> {
        match self.known(job).await? {
            Some(known) => self.reply_again(job, &known).await,
            None => Err(error),
        }
    }

    pub(super) async fn known(&self, job: &Job) -> Result<Option<KnownRequest>, CommandError> {
        let producer = producer(job);
        let known = self.parts.log.known_request(&producer, job.asked.request_id).await?;
        match known {
            Some(known) if known.digest != job.digest => Err(CommandError::RequestReused),
            known => Ok(known),
        }
    }

    async fn load(&self, job: &Job) -> Result<Loaded, CommandError> {
        let Some(person) = job.asked.person.clone() else {
            let person = PersonId::from(RandomIds::random().to_string());
            let (history, file) = (History::default(), PersonFile::default());
            return Ok(Loaded { person, history, file });
        };
        let history = self.history(&person).await?;
        let file = PersonFile::folded(&history.events);
        Ok(Loaded { person, history, file })
    }

    async fn history(&self, person: &PersonId) -> Result<History, CommandError> {
        let stream = stream_of(person);
        let mut history = History::default();
        loop {
            let page = self.parts.log.read_stream(&stream, history.version, PAGE).await?;
            history.version += page.len() as u64;
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
        let expected = match loaded.history.version {
            0 => ExpectedVersion::NoStream,
            version => ExpectedVersion::Exact(version),
        };
        let events = stamped.iter().map(|stamped| stamped.new.clone()).collect();
        let stream = stream_of(&loaded.person);
        self.parts.log.append(append_of(job, StreamWrite { stream, expected, events })).await
    }

    fn reply(
        &self,
        job: &Job,
        loaded: Loaded,
        stamped: Vec<Stamped>,
        appended: &Appended,
    ) -> CommandReply {
        let (viewer, day) = (job.principal.viewer(), today(job.now));
        let seen = loaded.file.as_seen_by(&loaded.history.events, &viewer, day);
        let positions = appended.first_position..;
        let recorded = stamped
            .into_iter()
            .zip(positions)
            .map(|(stamped, position)| Recorded { position, ..stamped.recorded });
        let last = appended.last_position;
        let person = loaded.person.to_string();
        Outcome::of_person(person, loaded.file, seen, recorded.collect(), last)
            .into_reply(&self.positions)
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
            let History { events: mut before, is_damaged, .. } = self.history(&person).await?;
            if is_damaged {
                return Err(CommandError::Internal);
            }
            before.retain(|recorded| recorded.position < known.first_position);
            let file = PersonFile::folded(&before);
            let seen = file.as_seen_by(&before, &job.principal.viewer(), today(first.recorded_at));
            Outcome::of_person(person.to_string(), file, seen, appended, known.last_position)
        } else {
            Outcome::of_agency(appended, known.last_position)
        };
        Ok(outcome.into_reply(&self.positions))
    }
}

/// Whether the caller may append this about this person. Absent and hidden look the same.
fn admit(job: &Job, loaded: &Loaded) -> Result<(), CommandError> {
    if matches!(job.proposed, Event::PersonRegistered(_)) {
        return Ok(());
    }
    let day = today(job.now);
    let involvement = loaded.file.involvement();
    let open = job.proposed.kind().options.open_to_newcomers;
    let exists = loaded.file.registered_by.is_some();
    if !exists || !(open || involvement.takes_part(&job.principal.agency, day)) {
        return Err(CommandError::UnknownPerson);
    }
    // An event that cannot be read is a fault of the house, of which only those may hear who are
    // known to take part; others cannot tell the person from one who does not exist.
    if loaded.history.is_damaged {
        let takes_part = involvement.takes_part(&job.principal.agency, day);
        let error = if takes_part { CommandError::Internal } else { CommandError::UnknownPerson };
        return Err(error);
    }
    if let Some(case) = &job.asked.case_id {
        let takes_part = involvement.takes_part_in_case(&job.principal.agency, case, day)
            || answers_in(job, &loaded.file, case);
        if !loaded.file.cases.contains_key(case) || !takes_part {
            return Err(Refusal::UnknownCase.into());
        }
    }
    check_unchanged(job, loaded)
}

/// Whether this is a hospital's answer to a request for a visit: it was asked in the case, also
/// where it takes no other part in it.
fn answers_in(job: &Job, file: &PersonFile, case: &CaseId) -> bool {
    let is_answer =
        matches!(job.proposed, Event::HospitalVisitScheduled(_) | Event::HospitalVisitDeclined(_));
    is_answer && file.asks_for_visit(&job.principal.agency, case)
}

fn check_unchanged(job: &Job, loaded: &Loaded) -> Result<(), CommandError> {
    let Some(position) = job.asked.unless_changed_since else { return Ok(()) };
    let viewer = job.principal.viewer();
    let involvement = loaded.file.involvement();
    let mut since = loaded.history.events.iter().filter(|recorded| recorded.position > position);
    let visible = |recorded: &Recorded| {
        involvement.sees(&viewer, recorded, today(job.now)) != casework::Seen::Hidden
    };
    if since.any(visible) { Err(CommandError::ChangedSince) } else { Ok(()) }
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
