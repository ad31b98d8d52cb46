//! Who takes part in a person's support, and what each sees of it.
//!
//! One rule, asked by the desk before it appends and by the gateway before it shows. What an
//! agency sees is decided for the day of reading: a consent withdrawn today hides what was visible
//! yesterday.

use std::collections::BTreeMap;

use contracts::{Event, Office, Sight, Topic};
use jiff::civil::Date;

use crate::{AgencyId, CaseId, PersonFile, Recorded, ReferralId, person_file::Membership};

/// The one who wants to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// The kind of agency.
    pub office: Office,
    /// The agency.
    pub agency: AgencyId,
}

/// What a viewer sees of one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Seen {
    /// Nothing, not even that it exists.
    Hidden,
    /// Date, kind and agency.
    Stub,
    /// The clear content; sealed parts stay closed.
    Clear,
    /// The whole content.
    Full,
}

/// The involvement of agencies with one person, as the file says.
#[derive(Clone, Copy)]
pub struct Involvement<'a> {
    file: &'a PersonFile,
}

impl<'a> Involvement<'a> {
    pub(crate) fn of(file: &'a PersonFile) -> Self {
        Self { file }
    }

    /// Whether the agency has anything to do with the person on this day.
    pub fn takes_part(&self, agency: &AgencyId, day: Date) -> bool {
        self.file.registered_by.as_ref() == Some(agency)
            || self.file.episodes.iter().any(|episode| episode.hospital == *agency)
            || self.shares_person(agency, day)
    }

    /// Whether the agency takes part in this case on this day. Belonging to the person's own team
    /// opens every case: acceptable, because nobody gets into it but by another party's hand.
    pub fn takes_part_in_case(&self, agency: &AgencyId, case: &CaseId, day: Date) -> bool {
        self.is_in_team(agency, None, day)
            || self.is_in_team(agency, Some(case), day)
            || self.shares_referral(agency, |of_case| of_case == case)
    }

    /// Whether a consent in force lets the agency see this topic.
    pub fn consent_covers(&self, agency: &AgencyId, topic: Topic, day: Date) -> bool {
        self.file.consents.values().any(|consent| consent.covers(agency, topic, day))
    }

    /// What the viewer sees of an event of this person on this day. Agencies always see what they
    /// recorded themselves.
    pub fn sees(&self, viewer: &Viewer, recorded: &Recorded, day: Date) -> Seen {
        if recorded.agency == viewer.agency {
            return Seen::Full;
        }
        let kind = recorded.event.kind();
        let declared = kind.sight(viewer.office, self.track_of(recorded).as_deref());
        let shareable =
            !matches!(declared, Sight::Unspecified | Sight::None | Sight::Own | Sight::Aggregate);
        let is_party = self.is_party(&viewer.agency, recorded.case_id.as_ref(), day)
            || (self.has_open_stay(&viewer.agency) && is_addressed_to(recorded, &viewer.agency))
            || self.takes_back_from(&viewer.agency, recorded);
        if !shareable || !is_party {
            return Seen::Hidden;
        }
        if declared == Sight::Public {
            return Seen::Clear;
        }
        if !self.consent_covers(&viewer.agency, kind.options.topic(), day) {
            return Seen::Hidden;
        }
        self.sees_with_consent(viewer, recorded, declared, day)
    }

    /// Whether the viewer, although not shown this event, knows of it: a party whom consent covers
    /// knows that the case was opened, by whom and on which track.
    pub fn knows_case(&self, viewer: &Viewer, recorded: &Recorded, day: Date) -> bool {
        matches!(recorded.event, Event::CaseOpened(_))
            && self.is_party(&viewer.agency, recorded.case_id.as_ref(), day)
            && self.consent_covers(&viewer.agency, Topic::Frame, day)
    }

    fn sees_with_consent(
        &self,
        viewer: &Viewer,
        recorded: &Recorded,
        declared: Sight,
        day: Date,
    ) -> Seen {
        match declared {
            Sight::Full if viewer.office == Office::Hospital => {
                if self.falls_to(&viewer.agency, recorded, day) { Seen::Full } else { Seen::Hidden }
            }
            Sight::Full => Seen::Full,
            Sight::Addressee if is_addressed_to(recorded, &viewer.agency) => Seen::Full,
            Sight::Addressee | Sight::Stub => Seen::Stub,
            _ => Seen::Hidden,
        }
    }

    /// Whether an event falls to a hospital: it is addressed to it, it happened during a stay
    /// there, or it happened before and still stands.
    ///
    /// A hospital says itself from when on somebody is there. So a stay does not reach back to
    /// what was on file before the stay was, unless others have let the hospital in.
    fn falls_to(&self, hospital: &AgencyId, recorded: &Recorded, day: Date) -> bool {
        let stands = recorded.event.kind().options.standing;
        let let_in = self.was_let_in(hospital, recorded.case_id.as_ref(), day);
        let mut own = self.file.episodes.iter().filter(|episode| episode.hospital == *hospital);
        is_addressed_to(recorded, hospital)
            || own.any(|episode| {
                let happened_before = recorded.occurred_on <= episode.admitted_on;
                let reaches = let_in || stands || episode.recorded_at < recorded.position;
                (reaches && episode.includes(recorded.occurred_on)) || (stands && happened_before)
            })
    }

    /// Whether another agency has let this one into the team of the case, or into any team where
    /// no case is meant; or it shares the referral that the case began with.
    fn was_let_in(&self, agency: &AgencyId, case: Option<&CaseId>, day: Date) -> bool {
        let by_another = |team: &BTreeMap<AgencyId, Membership>| {
            let membership = team.get(agency).filter(|membership| membership.is_current(day));
            membership.is_some_and(|membership| membership.added_by != *agency)
        };
        let Some(case) = case else { return self.file.teams.values().any(by_another) };
        let teams = [None, Some(case.clone())];
        teams.iter().filter_map(|of| self.file.teams.get(of)).any(by_another)
            || self.shares_referral(agency, |of_case| of_case == case)
    }

    /// Whether the agency shares the case of an event, or, for events outside cases, the person.
    pub fn is_party(&self, agency: &AgencyId, case: Option<&CaseId>, day: Date) -> bool {
        match case {
            Some(case) => self.takes_part_in_case(agency, case, day),
            None => self.shares_person(agency, day),
        }
    }

    fn shares_person(&self, agency: &AgencyId, day: Date) -> bool {
        let in_a_team = self
            .file
            .teams
            .values()
            .any(|team| team.get(agency).is_some_and(|membership| membership.is_current(day)));
        in_a_team || self.shares_referral(agency, |_| true) || self.has_open_stay(agency)
    }

    fn has_open_stay(&self, agency: &AgencyId) -> bool {
        let mut open = self.file.episodes.iter().filter(|episode| episode.ended.is_none());
        open.any(|episode| episode.hospital == *agency)
    }

    fn is_in_team(&self, agency: &AgencyId, case: Option<&CaseId>, day: Date) -> bool {
        let team = self.file.teams.get(&case.cloned());
        let membership = team.and_then(|team| team.get(agency));
        membership.is_some_and(|membership| membership.is_current(day))
    }

    /// The sender stays a party to its referral, so that it learns of the answer; the receiver is
    /// one as long as the referral is open or was accepted.
    fn shares_referral(&self, agency: &AgencyId, of_case: impl Fn(&CaseId) -> bool) -> bool {
        self.file.referrals.values().any(|referral| {
            let receives = referral.to == *agency && referral.is_shared();
            (referral.from == *agency || receives) && of_case(&referral.case_id)
        })
    }

    /// Whether the event takes a referral back from this agency, which has to learn of that.
    fn takes_back_from(&self, agency: &AgencyId, recorded: &Recorded) -> bool {
        let Event::ReferralWithdrawn(event) = &recorded.event else { return false };
        let referral = self.file.referrals.get(&ReferralId::from(event.referral_id.as_str()));
        referral.is_some_and(|referral| referral.to == *agency)
    }

    fn track_of(&self, recorded: &Recorded) -> Option<String> {
        let case = self.file.cases.get(recorded.case_id.as_ref()?)?;
        Some(case.track_at(recorded.position).as_str_name().to_owned())
    }
}

/// What the viewer sees of an event that lies in no person's stream: what its declaration says, and
/// of its own everything.
pub fn sees_record(viewer: &Viewer, recorded: &Recorded) -> Seen {
    if recorded.agency == viewer.agency {
        return Seen::Full;
    }
    match recorded.event.kind().sight(viewer.office, None) {
        Sight::Full => Seen::Full,
        Sight::Addressee if is_addressed_to(recorded, &viewer.agency) => Seen::Full,
        Sight::Public => Seen::Clear,
        Sight::Addressee | Sight::Stub => Seen::Stub,
        Sight::Unspecified | Sight::None | Sight::Own | Sight::Aggregate => Seen::Hidden,
    }
}

/// Whether the event names this agency in a field that is declared an addressee.
fn is_addressed_to(recorded: &Recorded, agency: &AgencyId) -> bool {
    recorded.event.addressees().iter().any(|addressee| addressee == agency.as_str())
}
