//! A person's file for the agency that may see it: judged event by event for today, recorded as
//! one read, and only then opened.

use std::time::Duration;

use access::{Door, Opened, Principal, Purpose, SealedEvent, Way, recorded};
use casework::{
    AgencyRegister, Amendments, PersonFile, PersonId, Recorded, Seen, Standing, seen_of, today,
};
use contracts::{Violation, events::EventCorrected, office::ExportPersonFileRequest};
use event_log::StoredEvent;
use tokio::time::{Instant, sleep_until};
use tonic::Request;
use uuid::Uuid;
use vault::Subject;

use super::{
    Records,
    line::{Exported, event_line, last_line},
};
use crate::{CommandError, PERSON_CATEGORY};

/// A file that took longer to be put on record and opened is handed out only if nothing came to it
/// meanwhile: a consent may have been withdrawn.
const LATE: Duration = Duration::from_millis(500);

/// When it is said that there is no file. Reading one that is hidden takes longer the longer it is: so
/// the answer comes at a time of its own, which tells nothing.
const NO_FILE_AFTER: Duration = Duration::from_millis(100);

/// How often such a file is read again.
const TRIES_MAX: usize = 3;

/// One event that goes into the file.
struct Shown {
    at: usize,
    /// The event as it stands.
    recorded: Recorded,
    seen: Seen,
    /// The place of what amended it, and what became of it.
    amended: Option<(usize, Standing)>,
    /// Whether the original may be handed out too.
    original_seen: Seen,
}

impl Records {
    pub(super) async fn export(
        &self,
        request: Request<ExportPersonFileRequest>,
    ) -> Result<Vec<String>, CommandError> {
        let reader = self.desk.caller(request.metadata()).await?;
        let asked = person(&request.into_inner().person_id)?;
        for _ in 0..TRIES_MAX {
            let asked_at = Instant::now();
            let read = self.read(&reader, &asked).await;
            if matches!(read, Err(CommandError::UnknownPerson)) {
                sleep_until(asked_at + NO_FILE_AFTER).await;
            }
            let (lines, seen_until) = read?;
            if asked_at.elapsed() < LATE || self.last_of(&asked).await? == seen_until {
                return Ok(lines);
            }
        }
        Err(CommandError::Contended)
    }

    /// Where the file ends now.
    async fn last_of(&self, asked: &PersonId) -> Result<Option<u64>, CommandError> {
        Ok(self.desk.stored(asked).await?.1.last().map(|last| last.position))
    }

    /// The file as it is now, put on record, and where it ended.
    async fn read(
        &self,
        reader: &Principal,
        asked: &PersonId,
    ) -> Result<(Vec<String>, Option<u64>), CommandError> {
        let (person, stored) = self.desk.stored(asked).await?;
        let history = stored.iter().map(recorded).collect::<Result<Vec<_>, _>>();
        let shown = history.as_ref().map(|history| self.shown(history, reader));
        let shown = shown.unwrap_or_default();
        let way = Way::through(Door::Export, Purpose::Export);
        if shown.is_empty() {
            // Absent, hidden, or not to be judged since an event cannot be read.
            self.disclosure.refuse(reader, way, asked.as_str()).await?;
            return Err(CommandError::UnknownPerson);
        }
        let sealed: Vec<_> = shown.iter().map(|shown| to_open(shown, &stored)).collect();
        let opened = self.disclosure.open(reader, way, &person, shown.len(), &sealed).await?;
        let register = self.desk.register().await?;
        let lines = self.lines(reader, &person, &stored, &shown, opened, &register);
        Ok((lines, stored.last().map(|last| last.position)))
    }

    /// What the reader sees of the history, in its order: on the ground of this day, so that glass
    /// that was broken for an hour hands out no file.
    fn shown(&self, history: &[Recorded], reader: &Principal) -> Vec<Shown> {
        let (viewer, day) = (reader.viewer(), today(self.desk.now()));
        let file = PersonFile::folded(history);
        let amendments = Amendments::of(history.iter());
        let originals = history.iter().enumerate().filter(|(_, event)| event.amends().is_none());
        let shown = originals.filter_map(|(at, original)| {
            let amending = amendments.of_event_at(at);
            let amended = amending.and_then(|by| Some((by, history[by].standing()?)));
            let recorded = amending.and_then(|by| original.amended_by(&history[by]));
            let recorded = recorded.unwrap_or_else(|| original.clone());
            let standing = amended.map(|(_, standing)| standing);
            let seen = seen_of(&file, &viewer, &recorded, standing, day);
            let original_seen = seen.min(seen_of(&file, &viewer, original, None, day));
            let shown = Shown { at, recorded, seen, amended, original_seen };
            (seen > Seen::Hidden).then_some(shown)
        });
        shown.collect()
    }

    fn lines(
        &self,
        reader: &Principal,
        person: &PersonId,
        stored: &[StoredEvent],
        shown: &[Shown],
        opened: Vec<Opened>,
        register: &AgencyRegister,
    ) -> Vec<String> {
        let lines = shown.iter().zip(opened).map(|(shown, opened)| {
            let opened = if is_corrected(shown) { of_replacement(opened) } else { opened };
            let amendment = shown.amended.map(|(by, standing)| (standing, &stored[by]));
            event_line(&Exported {
                recorded: &shown.recorded,
                seen: shown.seen,
                original: &stored[shown.at],
                original_seen: shown.original_seen,
                amendment,
                opened: &opened,
                register,
            })
        });
        let mut lines: Vec<_> = lines.collect();
        let last = last_line(reader, person, self.desk.now(), &lines);
        lines.push(last);
        lines
    }
}

/// The sealed part that holds what the event says now; emptied where it is not shown. It lies under
/// the key of the stream in which it lies, which is another than the person's after a merge.
fn to_open(shown: &Shown, stored: &[StoredEvent]) -> SealedEvent {
    let holder = match shown.amended {
        Some((by, Standing::Corrected)) => &stored[by],
        _ => &stored[shown.at],
    };
    let sealed = if shown.seen == Seen::Full { holder.sealed.clone() } else { Vec::new() };
    SealedEvent {
        event_id: holder.event_id,
        type_no: holder.type_no,
        subject: Subject::new(PERSON_CATEGORY, holder.stream.key.as_str()),
        sealed,
    }
}

fn is_corrected(shown: &Shown) -> bool {
    matches!(shown.amended, Some((_, Standing::Corrected)))
}

fn of_replacement(opened: Opened) -> Opened {
    match opened {
        Opened::Personal(personal) => EventCorrected::replacement_personal_in(&personal)
            .map_or(Opened::Erased, Opened::Personal),
        other => other,
    }
}

fn person(id: &str) -> Result<PersonId, CommandError> {
    let is_id = Uuid::try_parse(id).is_ok_and(|uuid| uuid.to_string() == id);
    if is_id {
        return Ok(PersonId::from(id));
    }
    let (reason, english, japanese) = match id {
        "" => ("REQUIRED", "is required", "を入力してください。"),
        _ => ("MALFORMED", "is not a lower-case UUID", "の形式が正しくありません。"),
    };
    Err(CommandError::Invalid(vec![Violation {
        field: "person_id".to_owned(),
        reason,
        english: format!("person_id {english}"),
        japanese: format!("「本人番号」{japanese}"),
    }]))
}
