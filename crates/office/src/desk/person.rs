//! Commands about a person: one stream, one file, one decision.

use access::{RandomIds, recorded};
use casework::{Context, Decided, PersonFile, PersonId, Recorded, Refusal, today};
use contracts::{Event, office::CommandReply};
use event_log::{
    Append, AppendError, Appended, ExpectedVersion, KnownRequest, StreamKey, StreamWrite,
};
use vault::Subject;

use super::{Desk, Job, TRIES_MAX};
use crate::{
    CommandError,
    reply::Outcome,
    stamp::{Stamp, Stamped},
};

/// The stream category of persons.
const CATEGORY: &str = "person";

/// How many events of a stream are read at a time.
const PAGE: u32 = 500;

/// A person's history and the file folded from it.
struct Loaded {
    person: PersonId,
    history: Vec<Recorded>,
    file: PersonFile,
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
            return self.reply_again(&known).await;
        }
        for _ in 0..TRIES_MAX {
            let loaded = self.load(&job).await?;
            admit(&job, &loaded)?;
            let decided = decided(&job, &loaded.file, &decide)?;
            let stamped = self.stamp(&job, &loaded.person, &decided).await?;
            match self.append(&job, &loaded, &stamped).await {
                Ok(appended) if appended.replayed => {
                    return self.reply_again(&known_again(&job, &appended)).await;
                }
                Ok(appended) => return Ok(self.reply(loaded, stamped, &appended)),
                Err(AppendError::Conflict { .. }) => {}
                Err(AppendError::RequestReused) => return Err(CommandError::RequestReused),
                Err(error) => return Err(CommandError::Append(error)),
            }
        }
        Err(CommandError::Contended)
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
            return Ok(Loaded { person, history: Vec::new(), file: PersonFile::default() });
        };
        let history = self.history(&person).await?;
        let file = PersonFile::folded(&history);
        Ok(Loaded { person, history, file })
    }

    async fn history(&self, person: &PersonId) -> Result<Vec<Recorded>, CommandError> {
        let stream = stream_of(person);
        let mut history = Vec::new();
        loop {
            let after = history.len() as u64;
            let page = self.parts.log.read_stream(&stream, after, PAGE).await?;
            for stored in &page {
                history.push(recorded(stored).map_err(|_| CommandError::Internal)?);
            }
            if page.len() < PAGE as usize {
                return Ok(history);
            }
        }
    }

    async fn stamp(
        &self,
        job: &Job,
        person: &PersonId,
        decided: &Decided,
    ) -> Result<Vec<Stamped>, CommandError> {
        let subject = Subject { category: CATEGORY.to_owned(), key: person.to_string() };
        let key = self.parts.vault.ensure_key(&subject).await?;
        let stamp = Stamp {
            principal: &job.principal,
            on_behalf_of: job.asked.on_behalf_of.as_ref(),
            subject: &subject,
            key: &key,
            now: job.now,
            correlation_id: job.asked.request_id,
        };
        decided.events.iter().map(|(case, event)| stamp.on(case.clone(), event)).collect()
    }

    async fn append(
        &self,
        job: &Job,
        loaded: &Loaded,
        stamped: &[Stamped],
    ) -> Result<Appended, AppendError> {
        let expected = match loaded.history.len() as u64 {
            0 => ExpectedVersion::NoStream,
            version => ExpectedVersion::Exact(version),
        };
        let events = stamped.iter().map(|stamped| stamped.new.clone()).collect();
        let stream = stream_of(&loaded.person);
        self.parts.log.append(append_of(job, StreamWrite { stream, expected, events })).await
    }

    fn reply(&self, loaded: Loaded, stamped: Vec<Stamped>, appended: &Appended) -> CommandReply {
        let positions = appended.first_position..;
        let recorded = stamped
            .into_iter()
            .zip(positions)
            .map(|(stamped, position)| Recorded { position, ..stamped.recorded });
        let last = appended.last_position;
        let person = loaded.person.to_string();
        Outcome::of_person(person, loaded.file, recorded.collect(), last)
            .into_reply(&self.positions)
    }

    /// The first reply again, from the log: also after the state has moved on.
    pub(super) async fn reply_again(
        &self,
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
            let mut history = self.history(&person).await?;
            history.retain(|recorded| recorded.position < known.first_position);
            let file = PersonFile::folded(&history);
            Outcome::of_person(person.to_string(), file, appended, known.last_position)
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
    if let Some(case) = &job.asked.case_id {
        let takes_part = involvement.takes_part_in_case(&job.principal.agency, case, day);
        if !loaded.file.cases.contains_key(case) || !takes_part {
            return Err(Refusal::UnknownCase.into());
        }
    }
    check_unchanged(job, loaded)
}

fn check_unchanged(job: &Job, loaded: &Loaded) -> Result<(), CommandError> {
    let Some(position) = job.asked.unless_changed_since else { return Ok(()) };
    let viewer = job.principal.viewer();
    let involvement = loaded.file.involvement();
    let mut since = loaded.history.iter().filter(|recorded| recorded.position > position);
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
