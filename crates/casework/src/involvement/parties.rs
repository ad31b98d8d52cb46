//! Who takes part: by team, by stay, by referral, by leading the case, or because it is asked.

use std::collections::BTreeMap;

use contracts::Event;
use jiff::civil::Date;

use super::{Involvement, is_addressed_to};
use crate::{AgencyId, Case, CaseId, RecordId, Recorded, ReferralId, person_file::Membership};

impl Involvement<'_> {
    /// Whether the agency has anything to do with the person on this day.
    pub fn takes_part(&self, agency: &AgencyId, day: Date) -> bool {
        self.takes_part_beyond_emergencies(agency, day)
            || self.file.emergencies.values().any(|emergency| self.answers(agency, emergency))
    }

    /// The same, were no emergency on file. Answering one, an agency knows the person for as long as
    /// it is open; that by itself is no way into the person's care.
    pub fn takes_part_beyond_emergencies(&self, agency: &AgencyId, day: Date) -> bool {
        self.file.registered_by.as_ref() == Some(agency)
            || self.file.also_registered_by.contains(agency)
            || self.file.episodes.iter().any(|episode| episode.hospital == *agency)
            || self.shares_person(agency, day)
            || self.is_asked(agency, None)
            || self.file.cases.values().any(|case| case.former_leads.contains_key(agency))
    }

    /// Whether the agency takes part in this case on this day. Belonging to the person's own team
    /// opens every case: acceptable, because nobody gets into it but by another party's hand.
    pub fn takes_part_in_case(&self, agency: &AgencyId, case: &CaseId, day: Date) -> bool {
        self.is_in_team(agency, None, day)
            || self.is_in_team(agency, Some(case), day)
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

    pub(super) fn has_open_stay(&self, agency: &AgencyId) -> bool {
        let mut open = self.file.episodes.iter().filter(|episode| episode.ended.is_none());
        open.any(|episode| episode.hospital == *agency)
    }

    fn is_in_team(&self, agency: &AgencyId, case: Option<&CaseId>, day: Date) -> bool {
        let team = self.file.teams.get(&case.cloned());
        let membership = team.and_then(|team| team.get(agency));
        membership.is_some_and(|membership| membership.is_current(day))
    }

    /// The sender stays a party to its referral, so that it learns of the answer; the receiver is
    /// one as long as the referral is open or was accepted, and until it hands the case on. A core
    /// center that was asked to help is one as long as the referral is open.
    fn shares_referral(&self, agency: &AgencyId, of_case: impl Fn(&CaseId) -> bool) -> bool {
        self.file.referrals.values().any(|referral| {
            let receives = referral.to == *agency
                && referral.is_shared()
                && !self.has_handed_on(agency, &referral.case_id);
            (referral.from == *agency || receives || referral.is_escalated_to(agency))
                && of_case(&referral.case_id)
        })
    }

    fn has_handed_on(&self, agency: &AgencyId, case: &CaseId) -> bool {
        let case = self.file.cases.get(case);
        case.is_some_and(|case| case.former_leads.contains_key(agency))
    }

    /// Whether another agency has let this one into the team of the case, or into any team where
    /// no case is meant; or it shares the referral that the case began with.
    pub(super) fn was_let_in(&self, agency: &AgencyId, case: Option<&CaseId>, day: Date) -> bool {
        let by_another = |team: &BTreeMap<AgencyId, Membership>| {
            let membership = team.get(agency).filter(|membership| membership.is_current(day));
            membership.is_some_and(|membership| membership.added_by != *agency)
        };
        let Some(case) = case else { return self.file.teams.values().any(by_another) };
        let teams = [None, Some(case.clone())];
        teams.iter().filter_map(|of| self.file.teams.get(of)).any(by_another)
            || self.shares_referral(agency, |of_case| of_case == case)
    }

    /// Whether the agency is asked to take a case over; where no case is meant, also whether it is
    /// asked to think along early. Who is asked sees what the question is about, and takes no part.
    pub fn is_asked(&self, agency: &AgencyId, case: Option<&CaseId>) -> bool {
        let asked = |case: &Case| case.handover.as_ref().is_some_and(|one| one.to == *agency);
        match case {
            Some(id) => self.file.cases.get(id).is_some_and(asked),
            None => self.file.cases.values().any(asked) || self.thinks_along(agency),
        }
    }

    fn thinks_along(&self, agency: &AgencyId) -> bool {
        let mut consultations = self.file.consultations.values();
        consultations.any(|one| one.is_open() && one.to == *agency)
    }

    /// Whether the agency leads the case of an event, or led it then; for what belongs to no case,
    /// any case. Whoever is responsible sees the case as the one responsible, whichever office it
    /// is. A core center that was asked to help sees the referral as its receiver does.
    pub(super) fn stands_in_as_lead(&self, agency: &AgencyId, recorded: &Recorded) -> bool {
        let leads = |case: &Case| case.lead.as_ref() == Some(agency);
        let leads_now = match &recorded.case_id {
            Some(id) => self.file.cases.get(id).is_some_and(leads),
            None => self.file.cases.values().any(|case| case.is_open() && leads(case)),
        };
        leads_now
            || self.led_until_after(agency, recorded)
            || self.helps_with_referral(agency, recorded.case_id.as_ref())
    }

    fn helps_with_referral(&self, agency: &AgencyId, case: Option<&CaseId>) -> bool {
        let mut referrals = self.file.referrals.values();
        referrals
            .any(|one| one.is_escalated_to(agency) && case.is_none_or(|case| *case == one.case_id))
    }

    /// Whether the agency led the case of an event and handed it on after the event was recorded.
    /// So it keeps what it could see up to then, as far as consent reaches on the day of reading.
    pub(super) fn led_until_after(&self, agency: &AgencyId, recorded: &Recorded) -> bool {
        let until = |case: &Case| {
            case.former_leads.get(agency).is_some_and(|handed_on| recorded.position <= handed_on.at)
        };
        match &recorded.case_id {
            Some(id) => self.file.cases.get(id).is_some_and(until),
            None => self.file.cases.values().any(until),
        }
    }

    /// Whether the event ends what this agency was asked, or answers it in its name, so that it has
    /// to learn of that.
    pub(super) fn is_told(&self, agency: &AgencyId, recorded: &Recorded) -> bool {
        let referral = match &recorded.event {
            Event::ReferralWithdrawn(event) => &event.referral_id,
            Event::ReferralDeclined(event) => &event.referral_id,
            Event::ReferralLapsed(event) => &event.referral_id,
            Event::EarlyConsultationDeclined(event)
                if self.was_consulted(agency, &event.consultation_id) =>
            {
                return true;
            }
            Event::CaseHandoverWithdrawn(_)
            | Event::EarlyConsultationJoined(_)
            | Event::EarlyConsultationDeclined(_)
            | Event::EarlyConsultationConcluded(_)
            | Event::EarlyConsultationLapsed(_) => return is_addressed_to(recorded, agency),
            _ => return false,
        };
        let referral = self.file.referrals.get(&ReferralId::from(referral.as_str()));
        referral.is_some_and(|referral| referral.to == *agency)
    }

    fn was_consulted(&self, agency: &AgencyId, id: &str) -> bool {
        let consultation = self.file.consultations.get(&RecordId::from(id));
        consultation.is_some_and(|consultation| consultation.to == *agency)
    }
}
