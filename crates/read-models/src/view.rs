//! What one reader sees of one person.
//!
//! Three files are folded. The first from the whole history as it is known now: it judges, for the
//! day of reading, which events the reader sees. The second from the events whose content the
//! reader sees: nearly everything shown comes from it. The third, the outline, from the stubs as
//! well: a stub tells its kind and its date, and so where a case stands and what waits because of
//! that, but nothing else. That a
//! case was opened, by whom and on which track, is known to every party whom consent covers.

use std::collections::BTreeSet;

use access::SealedEvent;
use casework::{
    AgencyId, AgencyRegister, Case, CaseId, CaseState, Episode, Flag, Handover, Involvement,
    Moment, PersonFile, PersonId, Recorded, ReferralId, ReferralState, Seen, Standing, Viewer,
    WaitingClock, WorkItem, WorkKind, cases_in_hand, seen_of, work_items,
};
use contracts::{Event, events::Track};
use jiff::{Timestamp, civil::Date};

use crate::{
    Judged, ReadError,
    fold::{Folded, RULES},
    history::{Entry, History, Past},
};

/// Who reads, on which day, and which part of the past.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    pub(crate) viewer: Viewer,
    /// The moment of reading: what may be seen is judged for it, whatever past is asked for.
    pub(crate) moment: Moment,
    /// Only what had happened by this day.
    pub(crate) as_of: Option<Date>,
    /// Only what had been recorded by this position.
    pub(crate) up_to: u64,
    /// The log as it is now, on which the judgement rests.
    pub(crate) judged: Judged,
}

/// An event that the reader sees at least as a stub.
#[derive(Clone)]
pub struct SeenEvent {
    /// The event with its envelope; the clear part.
    pub recorded: Recorded,
    /// How much of it is seen.
    pub seen: Seen,
    /// What is remarkable about it, as far as the reader may know.
    pub flags: Vec<Flag>,
    /// The clear part as bytes.
    pub body: Vec<u8>,
    /// The sealed part, closed. That of a corrected event lies within its correction's.
    pub sealed: SealedEvent,
    /// What changed it since.
    pub amendment: Option<Amended>,
}

/// What changed an event, and what stood before.
#[derive(Clone)]
pub struct Amended {
    /// What became of the event.
    pub standing: Standing,
    /// The correction or retraction with its envelope; the clear part.
    pub by: Recorded,
    /// Its sealed part, closed: the reason, and what is personal of the replacement.
    pub sealed: SealedEvent,
    /// How much of the original is seen: not more than of the event as it stands, and not more than
    /// if it had stayed as it was.
    pub original_seen: Seen,
    /// The clear part of the original as bytes.
    pub original_body: Vec<u8>,
    /// The sealed part of the original, closed.
    pub original_sealed: SealedEvent,
}

/// A person as one reader sees them. It exists only when there is something to see.
pub struct PersonView {
    /// Who it is.
    pub person: PersonId,
    /// What the reader sees, in the order of the log.
    pub events: Vec<SeenEvent>,
    /// The file folded from those whose content the reader sees.
    pub file: PersonFile,
    /// The event of break-glass access by which the reader sees the person, if they do.
    pub glass: Option<String>,
    /// What this rests on.
    pub judged: Judged,
    /// Until when it holds, if nothing comes to the person.
    pub holds_until: Timestamp,
    /// The file folded from the stubs as well, for states and what waits because of them.
    outline: PersonFile,
    today: Date,
}

impl PersonView {
    /// None when the reader sees nothing, be it that there is nothing or that all is hidden.
    pub(crate) fn of(history: &History, reading: &Reading) -> Result<Option<Self>, ReadError> {
        let (mut file, mut outline) = (Folded::default(), Folded::default());
        let mut events = Vec::new();
        let standing = history.standing(reading.up_to);
        for entry in standing.iter().filter(|entry| reading.reaches(entry)) {
            let (involvement, recorded) = (history.file.involvement(), &entry.recorded);
            let has_effect = entry.standing() != Some(Standing::Retracted);
            let seen = reading.sees(&history.file, entry);
            let is_known = involvement.knows_case(&reading.viewer, recorded, reading.moment);
            let mut evident = Vec::new();
            if has_effect && (seen > Seen::Stub || is_known) {
                evident = file.apply(recorded, RULES);
            }
            if has_effect && (seen > Seen::Hidden || is_known) {
                outline.apply(recorded, RULES);
            }
            if seen > Seen::Hidden {
                let flags = flags_shown(entry, seen, &evident);
                let mut event = seen_event(entry, seen, flags);
                if let Some(amended) = &mut event.amendment {
                    amended.original_seen = reading.sees_original(&history.file, entry);
                }
                events.push(event);
            }
        }
        if events.is_empty() {
            return Ok(None);
        }
        if history.is_incomplete || file.parked_at.or(outline.parked_at).is_some() {
            return Err(ReadError::Unreadable);
        }
        let (person, today) = (history.person.clone(), reading.moment.day);
        let judged = reading.judged;
        let involvement = history.file.involvement();
        let glass = involvement.glass(&reading.viewer, reading.moment);
        let glass = glass.map(|used| used.event_id.clone());
        let holds_until = involvement.holds_until(&reading.viewer, reading.moment);

        let (file, outline) = (file.file, outline.file);
        Ok(Some(Self { person, events, file, glass, judged, holds_until, outline, today }))
    }

    /// The cases of which the reader sees something, in order of their ids.
    pub fn cases(&self) -> Vec<CaseId> {
        let cases = self.events.iter().filter_map(|event| event.recorded.case_id.clone());
        cases.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Whether the reader sees what a use of break-glass access says.
    pub fn shows_break_glass(&self) -> bool {
        self.events.iter().any(|event| {
            matches!(event.recorded.event, Event::BreakGlassAccessUsed(_))
                && event.seen > Seen::Stub
        })
    }

    /// Whether the reader sees anything of this case.
    pub fn shows_case(&self, case: &CaseId) -> bool {
        self.events.iter().any(|event| event.recorded.case_id.as_ref() == Some(case))
    }

    /// Where the case stands; none when what is seen does not tell.
    pub fn state(&self, case: &CaseId) -> Option<CaseState> {
        self.outline.cases.get(case).map(Case::state)
    }

    /// The programme the case is on, as far as the reader can know.
    pub fn track(&self, case: &CaseId) -> Track {
        self.file.cases.get(case).map_or(Track::Unspecified, Case::track)
    }

    /// Where the referral stands; none when what is seen does not tell.
    pub fn referral_state(&self, referral: &ReferralId) -> Option<ReferralState> {
        self.outline.referrals.get(referral).map(|referral| referral.state)
    }

    /// How long the answer to a referral has been waited for, as far as the reader can know.
    pub fn clock(&self, referral: &ReferralId) -> Option<WaitingClock> {
        self.file.referrals.get(referral)?.clock(self.today)
    }

    /// Days for which the person could have left hospital already.
    pub fn days_ready(&self, stay: &Episode) -> Option<i64> {
        stay.days_ready(self.today)
    }

    /// The agency responsible for an open case.
    pub fn lead(&self, case: &CaseId) -> Option<&AgencyId> {
        let case = self.outline.cases.get(case).filter(|case| case.is_open())?;
        case.lead.as_ref()
    }

    /// The hand-over of a case that waits for an answer.
    pub fn handover(&self, case: &CaseId) -> Option<&Handover> {
        self.file.cases.get(case)?.handover.as_ref()
    }

    /// What waits with this person, and who leads its cases, as far as the reader can know.
    pub(crate) fn work(&self) -> impl Iterator<Item = WorkItem> {
        let by_state = work_items(&self.outline, self.today).into_iter();
        let by_content = work_items(&self.file, self.today).into_iter();
        by_state
            .filter(|item| follows_from_state(item.kind))
            .chain(by_content.filter(|item| !follows_from_state(item.kind)))
            .chain(cases_in_hand(&self.outline))
    }

    /// The events of a case, and those of the person outside any case, the newest first.
    pub fn timeline(&self, case: &CaseId) -> Vec<&SeenEvent> {
        let belongs = |event: &&SeenEvent| {
            event.recorded.case_id.as_ref().is_none_or(|of_case| of_case == case)
        };
        let mut timeline: Vec<_> = self.events.iter().filter(belongs).collect();
        timeline.sort_by_key(|event| std::cmp::Reverse(event.place()));
        timeline
    }

    /// The agencies that take part in a case, as far as the reader can know.
    pub fn agencies(&self, case: &CaseId, register: &AgencyRegister) -> Vec<AgencyId> {
        let involvement: Involvement<'_> = self.file.involvement();
        let takes_part = |id: &&AgencyId| involvement.takes_part_in_case(id, case, self.today);
        let ids = register.iter().map(|agency| &agency.id);
        ids.filter(takes_part).cloned().collect()
    }

    /// The registration that names the person, if the reader sees it whole.
    pub fn registration(&self) -> Option<&SeenEvent> {
        let is_registration = |event: &&SeenEvent| {
            matches!(event.recorded.event, Event::PersonRegistered(_)) && event.seen == Seen::Full
        };
        self.events.iter().rev().find(is_registration)
    }
}

impl SeenEvent {
    /// The last position of the log that said something about it.
    pub fn last_position(&self) -> u64 {
        self.amendment.as_ref().map_or(self.recorded.position, |amended| amended.by.position)
    }

    /// Whether it stands corrected: then its sealed part is found within that of the correction.
    pub fn is_corrected(&self) -> bool {
        self.amendment.as_ref().is_some_and(|amended| amended.standing == Standing::Corrected)
    }

    /// Its place on a timeline: by the day it happened, then by when it was recorded.
    pub fn place(&self) -> (Date, u64) {
        (self.recorded.occurred_on, self.recorded.position)
    }
}

impl Reading {
    /// What the reader sees of an entry. Also when the past is asked for, it is judged by what the
    /// entry says today: what was retracted or corrected since is shown to nobody who does not see
    /// it as it stands.
    fn sees(&self, file: &PersonFile, entry: &Entry) -> Seen {
        let sees = |recorded: &Recorded, standing| {
            seen_of(file, &self.viewer, recorded, standing, self.moment)
        };
        let seen = sees(&entry.recorded, entry.standing());
        let past = entry.past.as_ref();
        past.map_or(seen, |past| seen.min(sees(&past.present, Some(past.standing))))
    }

    /// What the reader sees of what an entry said at first, if that was changed.
    fn sees_original(&self, file: &PersonFile, entry: &Entry) -> Seen {
        let original = |past: &Past| {
            let seen = seen_of(file, &self.viewer, &past.original, None, self.moment);
            seen.min(self.sees(file, entry))
        };
        entry.past.as_ref().map_or(Seen::Hidden, |past| original(past))
    }

    fn reaches(&self, entry: &Entry) -> bool {
        let happened = self.as_of.is_none_or(|as_of| entry.recorded.occurred_on <= as_of);
        happened && entry.recorded.position <= self.up_to
    }
}

/// Whether this waits because of where a case stands, since the day when it came to stand there.
/// Everything else waits because of what an event says.
fn follows_from_state(kind: WorkKind) -> bool {
    matches!(
        kind,
        WorkKind::SupportPlanToMake
            | WorkKind::SupportPlanToRevise
            | WorkKind::SettlementToStart
            | WorkKind::SettlementToResume
            | WorkKind::SettlementToPause
            | WorkKind::CheckpointDue
            | WorkKind::CaseToClose
            | WorkKind::CaseToCloseAfterDeath
    )
}

/// A flag can tell of another event: that a second stay is open, say. So everybody, the one who
/// recorded the event included, is told only what also follows from the content that they see.
fn flags_shown(entry: &Entry, seen: Seen, evident: &[Flag]) -> Vec<Flag> {
    let may_know =
        |flag: &Flag| seen > Seen::Stub && evident.contains(flag) && !flag.tells_of_absence();
    entry.flags.iter().copied().filter(may_know).collect()
}

pub(crate) fn seen_event(entry: &Entry, seen: Seen, flags: Vec<Flag>) -> SeenEvent {
    let amendment = amended(entry);
    let (body, sealed) = match (&amendment, replacement_clear(entry)) {
        (Some(amendment), Some(body)) => (body, amendment.sealed.clone()),
        _ => (entry.body.clone(), entry.sealed_event()),
    };
    SeenEvent { recorded: entry.recorded.clone(), seen, flags, body, sealed, amendment }
}

fn amended(entry: &Entry) -> Option<Amended> {
    let amendment = entry.amendment.as_ref()?;
    Some(Amended {
        standing: amendment.recorded.standing()?,
        by: amendment.recorded.clone(),
        sealed: amendment.sealed_event(),
        original_seen: Seen::Hidden,
        original_body: entry.body.clone(),
        original_sealed: entry.sealed_event(),
    })
}

/// The clear part that a correction puts in the entry's place.
fn replacement_clear(entry: &Entry) -> Option<Vec<u8>> {
    match &entry.amendment.as_ref()?.recorded.event {
        Event::EventCorrected(event) => Some(event.replacement_clear.clone()),
        _ => None,
    }
}
