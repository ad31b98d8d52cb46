//! What is said of what was recorded: with the flags that the recorder may know.

use std::collections::BTreeMap;

use casework::{Flag, PersonFile, PersonId, Recorded, Seen, Viewer, effective, today};
use contracts::office::CommandReply;
use event_log::Appended;
use jiff::civil::Date;

use super::{Desk, Job, admitting::amends, kin::Whole, loading::Loaded};
use crate::{CommandError, reply::Outcome, stamp::Stamped};

impl Desk {
    pub(super) async fn reply(
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
        let is_amendment = amends(&job.proposed);
        let is_remarkable = flags.count() > 0 || is_amendment;
        loaded.is_outdated = is_amendment;
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

    /// What came of events that were appended on that day, with the flags that the recorder may
    /// know: they depend on what was on file before.
    pub(super) async fn outcome(
        &self,
        job: &Job,
        person: &PersonId,
        appended: Vec<Recorded>,
        last_position: u64,
        day: Date,
    ) -> Result<Outcome, CommandError> {
        let first = appended.first().map_or(u64::MAX, |recorded| recorded.position);
        let Whole { events: before, is_damaged, .. } = self.whole(person, first - 1).await?;
        if is_damaged {
            return Err(CommandError::Internal);
        }
        let viewer = job.principal.viewer();
        if let [amendment] = &*appended
            && amendment.amends().is_some()
        {
            let flags = flags_of_amendment(&before, amendment, &viewer, day);
            return Ok(Outcome::of_amendment(person.to_string(), appended, flags, last_position));
        }
        let file = PersonFile::folded(&before);
        let seen = file.as_seen_by(&before, &viewer, day);
        Ok(Outcome::of_person(person.to_string(), file, seen, appended, last_position))
    }
}

/// What is remarkable since an amendment, and was not before: what no longer follows, for example.
/// As for any event, the recorder is told what also follows from what it sees.
fn flags_of_amendment(
    before: &[Recorded],
    amendment: &Recorded,
    viewer: &Viewer,
    day: Date,
) -> Vec<Flag> {
    let after = [before, std::slice::from_ref(amendment)].concat();
    let news = |history: &[Recorded], seen_by: Option<&Viewer>| {
        let all = PersonFile::folded(&after);
        let involvement = all.involvement();
        let (mut file, mut flags) = (PersonFile::default(), BTreeMap::<Flag, usize>::new());
        for recorded in &*effective(history) {
            let is_seen = |viewer| involvement.sees(viewer, recorded, day) != Seen::Hidden;
            if seen_by.is_none_or(is_seen) {
                for flag in file.apply(recorded) {
                    *flags.entry(flag).or_default() += 1;
                }
            }
        }
        flags
    };
    let more = |seen_by| {
        let (was, is) = (news(before, seen_by), news(&after, seen_by));
        is.into_iter().filter(move |(flag, count)| was.get(flag).copied().unwrap_or(0) < *count)
    };
    let evident: Vec<_> = more(Some(viewer)).map(|(flag, _)| flag).collect();
    let found = more(None).map(|(flag, _)| flag);
    found.filter(|flag| evident.contains(flag) && !flag.tells_of_absence()).collect()
}
