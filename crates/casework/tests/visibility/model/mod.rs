//! Who sees what, once more and in another way: read off the list of events for each question anew.
//!
//! Written from what the decisions say in words. Nothing is folded and nothing is kept: each question
//! goes through the whole list. What a declaration says and whom an event names is taken from the
//! catalogue; nothing is taken from the file or from `Involvement`, which this is to judge.

/// The events of one kind, in the order of the log.
macro_rules! every {
    ($model:expr, $kind:ident) => {
        $model.events.iter().filter_map(|recorded| match &recorded.event {
            Event::$kind(event) => Some((recorded, event)),
            _ => None,
        })
    };
}

mod emergencies;
mod said;
mod stays;

use casework::{CaseId, Recorded, Seen, Viewer};
use contracts::{Event, Office, Sight, Topic, catalogue};
use jiff::civil::Date;
use stays::Stay;

/// An answer, and why: how the viewer takes part, and what then decided.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Answer {
    pub seen: Seen,
    pub part: &'static str,
    pub decided: &'static str,
}

/// A history as it stands after its corrections, and the day of reading.
pub struct Model {
    events: Vec<Recorded>,
    day: Date,
}

impl Model {
    pub fn of(history: &[Recorded], day: Date) -> Self {
        let last_word = |target: &Recorded| {
            let aims = |other: &&Recorded| target_of(other) == Some(&target.event_id);
            history.iter().rfind(aims)
        };
        let originals = history.iter().filter(|recorded| target_of(recorded).is_none());
        let events = originals.filter_map(|recorded| stands(recorded, last_word(recorded)));
        Self { events: events.collect(), day }
    }

    pub fn sees(&self, viewer: &Viewer, event: &Recorded, is_retracted: bool) -> Answer {
        let answer = |seen, part, decided| Answer { seen, part, decided };
        if event.agency == viewer.agency {
            let hidden = is_of_merging(&event.event) && !viewer.is_identity_officer;
            let seen = if hidden { Seen::Hidden } else { Seen::Full };
            return answer(seen, "own", if hidden { "merging" } else { "own" });
        }
        let agency = viewer.agency.as_str();
        let is_called = self.is_shown_emergency(viewer, event);
        let part = self.part(agency, event).or(is_called.then_some("called"));
        let Some(part) = part else { return answer(Seen::Hidden, "none", "stranger") };
        let (mut seen, mut decided) = self.measure(viewer.office, agency, event, is_called);
        if viewer.office != Office::SupportCenter && self.is_responsible(agency, event) {
            let lead = self.measure(Office::SupportCenter, agency, event, is_called);
            if lead.0 > seen {
                (seen, decided) = (lead.0, "as the one responsible");
            }
        }
        if is_retracted && seen > Seen::Stub {
            (seen, decided) = (Seen::Stub, "retracted");
        }
        if is_called && seen > Seen::Hidden && !self.has_consent(agency, event) {
            decided = "emergency without consent";
        }
        answer(seen, part, decided)
    }

    /// Every party whom consent covers knows that a case was opened.
    pub fn knows_case(&self, viewer: &Viewer, event: &Recorded) -> bool {
        let part = self.part(viewer.agency.as_str(), event);
        let by_share = part.is_some_and(|part| part != "told" && part != "addressed in a stay");
        matches!(event.event, Event::CaseOpened(_))
            && by_share
            && self.consents(viewer.agency.as_str(), Topic::Frame)
    }

    /// What the declaration gives to this office, as far as consent and a hospital's stays reach.
    fn measure(
        &self,
        office: Office,
        agency: &str,
        event: &Recorded,
        is_called: bool,
    ) -> (Seen, &'static str) {
        let track = event.case_id.as_ref().map(|case| self.track(case, event.position));
        let sight = event.event.kind().sight(office, track);
        let is_addressee = names(event, agency);
        match sight {
            Sight::None | Sight::Own | Sight::Aggregate | Sight::Unspecified => {
                (Seen::Hidden, "not for this office")
            }
            Sight::Public => (Seen::Clear, "public"),
            _ if !is_called && !self.has_consent(agency, event) => (Seen::Hidden, "no consent"),
            Sight::Stub => (Seen::Stub, "stub"),
            Sight::Addressee if is_addressee => (Seen::Full, "addressee"),
            Sight::Addressee => (Seen::Stub, "not an addressee"),
            Sight::Full if office != Office::Hospital => (Seen::Full, "full"),
            Sight::Full if is_addressee => (Seen::Full, "addressed to the hospital"),
            Sight::Full if self.answers_referral_of(agency, event) => (Seen::Full, "its referral"),
            Sight::Full => self.within_stay(agency, event),
        }
    }

    /// A hospital sees what happened in its own stays; of earlier days what still stands; and what
    /// was in the log before the stay only if it stands, or if others let the hospital in.
    fn within_stay(&self, hospital: &str, event: &Recorded) -> (Seen, &'static str) {
        let stands = event.event.kind().options.standing;
        let stays = self.stays();
        let own: Vec<_> = stays.iter().filter(|stay| stay.hospital == hospital).collect();
        if stands && own.iter().any(|stay| event.occurred_on <= stay.from) {
            return (Seen::Full, "still stands");
        }
        let day = event.occurred_on;
        let in_it =
            |stay: &&&Stay<'_>| stay.from <= day && stay.until.is_none_or(|until| day <= until);
        let own: Vec<_> = own.iter().filter(in_it).collect();
        if own.iter().any(|stay| stands || stay.at < event.position) {
            return (Seen::Full, "in its stay");
        }
        if own.is_empty() {
            return (Seen::Hidden, "outside its stay");
        }
        if self.was_let_in(hospital, event.case_id.as_ref()) {
            (Seen::Full, "let in by others")
        } else {
            (Seen::Hidden, "on file before the stay")
        }
    }

    /// How the agency takes part in what the event is about.
    fn part(&self, agency: &str, event: &Recorded) -> Option<&'static str> {
        let case = event.case_id.as_ref();
        let is_of = |other: &CaseId| case.is_none_or(|case| case == other);
        let in_persons_team = self.member(None, agency).is_some();
        let in_stay = self.is_in(agency);
        let cases = || self.cases().into_iter().filter(|other| is_of(other));
        let ended_for = |until: u64| event.position <= until;
        let parts = [
            (cases().any(|case| self.member(Some(case), agency).is_some()), "team"),
            (in_persons_team, "the person's team"),
            (self.shares_referral(agency, is_of), "referral"),
            (case.is_none() && in_stay, "stay"),
            (cases().any(|case| self.asked_to_take_over(case) == Some(agency)), "asked"),
            (case.is_none() && self.thinks_along(agency), "thinks along"),
            (
                cases().any(|case| self.led_until(case, agency).is_some_and(ended_for)),
                "led it then",
            ),
            (in_stay && names(event, agency), "addressed in a stay"),
            (self.is_told(agency, event), "told"),
        ];
        parts.into_iter().find_map(|(holds, part)| holds.then_some(part))
    }

    fn has_consent(&self, agency: &str, event: &Recorded) -> bool {
        self.consents(agency, event.event.kind().options.topic())
    }

    /// Whoever was asked learns that nobody asks any more, and what was answered in its name.
    fn is_told(&self, agency: &str, event: &Recorded) -> bool {
        let received = |id: &str| {
            every!(self, ReferralSubmitted)
                .any(|(_, sent)| sent.referral_id == id && sent.to_agency_id == agency)
        };
        let consulted = |id: &str| {
            every!(self, EarlyConsultationRequested)
                .any(|(_, asked)| asked.consultation_id == id && asked.to_agency_id == agency)
        };
        match &event.event {
            Event::ReferralWithdrawn(event) => received(&event.referral_id),
            Event::ReferralDeclined(event) => received(&event.referral_id),
            Event::ReferralLapsed(event) => received(&event.referral_id),
            Event::EarlyConsultationDeclined(declined) => {
                consulted(&declined.consultation_id) || names(event, agency)
            }
            Event::EarlyConsultationJoined(_)
            | Event::EarlyConsultationConcluded(_)
            | Event::EarlyConsultationLapsed(_)
            | Event::CaseHandoverWithdrawn(_) => names(event, agency),
            _ => false,
        }
    }

    /// Whoever is responsible sees the case as the one responsible, what belongs to no case as who
    /// leads an open one; a core center that helps with a referral sees it as its receiver does.
    fn is_responsible(&self, agency: &str, event: &Recorded) -> bool {
        let case = event.case_id.as_ref();
        let is_of = |other: &CaseId| case.is_none_or(|case| case == other);
        let of_case = |other: &&CaseId| is_of(other);
        let mut cases = self.cases().into_iter().filter(of_case);
        let leads = cases.any(|of| {
            let leads = self.lead(of) == Some(agency) && (case.is_some() || self.is_open(of));
            leads || self.led_until(of, agency).is_some_and(|until| event.position <= until)
        });
        let helps = every!(self, ReferralSubmitted).any(|(sent, referral)| {
            let asked = every!(self, ReferralEscalated)
                .filter(|(_, asked)| asked.referral_id == referral.referral_id)
                .next_back();
            sent.case_id.as_ref().is_some_and(is_of)
                && asked.is_some_and(|(_, asked)| asked.to_agency_id == agency)
                && self.referral_state(&referral.referral_id) == "open"
        });
        leads || helps
    }

    fn answers_referral_of(&self, hospital: &str, event: &Recorded) -> bool {
        let id = match &event.event {
            Event::ReferralReturned(event) => &event.referral_id,
            Event::ReferralAccepted(event) => &event.referral_id,
            Event::ReferralDeclined(event) => &event.referral_id,
            Event::ReferralLapsed(event) => &event.referral_id,
            _ => return false,
        };
        every!(self, ReferralSubmitted)
            .any(|(sent, referral)| referral.referral_id == *id && sent.agency.as_str() == hospital)
    }
}

fn belongs_to_emergency(recorded: &Recorded) -> bool {
    recorded.event.kind().options.shown_in_emergency
}

fn names(recorded: &Recorded, agency: &str) -> bool {
    recorded.event.addressees().iter().any(|named| named == agency)
}

fn is_of_merging(event: &Event) -> bool {
    event.kind().name.starts_with("Persons")
}

fn target_of(recorded: &Recorded) -> Option<&String> {
    match &recorded.event {
        Event::EventCorrected(event) => Some(&event.target_event_id),
        Event::EventRetracted(event) => Some(&event.target_event_id),
        _ => None,
    }
}

/// The event after the last word on it; none when that took it back.
pub fn stands(recorded: &Recorded, last_word: Option<&Recorded>) -> Option<Recorded> {
    match last_word.map(|word| &word.event) {
        Some(Event::EventRetracted(_)) => None,
        Some(Event::EventCorrected(correction)) => {
            let kind = catalogue().by_number(correction.replacement_type).expect("a kind");
            let event = kind.decode(&correction.replacement_clear).expect("a body");
            let day = event.occurred_on().and_then(|day| day.parse().ok());
            let occurred_on = day.unwrap_or(recorded.occurred_on);
            Some(Recorded { occurred_on, event, ..recorded.clone() })
        }
        _ => Some(recorded.clone()),
    }
}
