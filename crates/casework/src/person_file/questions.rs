//! The questions that many decisions ask, each answered with the thing or with a refusal.

use contracts::Topic;
use jiff::civil::Date;

use super::{
    Benefit, Case, Consent, Emergency, EmergencyStay, Episode, Extension, FamilyStay, PersonFile,
    Placement, Referral, VisitRequest,
};
use crate::{
    AgencyId, BenefitId, CaseId, ConsentId, EmergencyId, EpisodeId, RecordId, ReferralId, Refusal,
};

impl PersonFile {
    /// The person lives, as far as is known.
    pub fn alive(&self) -> Result<(), Refusal> {
        if self.died_on.is_some() { Err(Refusal::PersonDied) } else { Ok(()) }
    }

    /// The case, whatever its state.
    pub fn case(&self, id: &CaseId) -> Result<&Case, Refusal> {
        self.cases.get(id).ok_or(Refusal::UnknownCase)
    }

    /// The case, if it is open; work on it may rest, and the person may have died.
    pub fn open_case(&self, id: &CaseId) -> Result<&Case, Refusal> {
        let case = self.case(id)?;
        if case.is_closed() {
            return Err(Refusal::CaseClosed);
        }
        if case.is_open() { Ok(case) } else { Err(Refusal::WrongCaseState) }
    }

    /// The case, if it is open and work on it does not rest, of a living person.
    pub fn case_at_work(&self, id: &CaseId) -> Result<&Case, Refusal> {
        let case = self.open_case(id)?;
        if case.suspended {
            return Err(Refusal::WrongCaseState);
        }
        self.alive()?;
        Ok(case)
    }

    /// The case is at work, or no case is meant and the person lives.
    pub fn at_work(&self, case: Option<&CaseId>) -> Result<(), Refusal> {
        match case {
            Some(id) => self.case_at_work(id).map(|_| ()),
            None => self.alive(),
        }
    }

    /// The person has been in hospital and is home again.
    pub fn discharged(&self) -> Result<(), Refusal> {
        let home = self.open_episode().is_none() && self.last_discharge().is_some();
        if home { Ok(()) } else { Err(Refusal::NotDischarged) }
    }

    /// A benefit decision on file.
    pub fn benefit(&self, id: &str) -> Result<&Benefit, Refusal> {
        self.benefits.get(&BenefitId::from(id)).ok_or(Refusal::UnknownBenefit)
    }

    /// A referral that this agency received.
    pub fn referral_received(&self, id: &str, by: &AgencyId) -> Result<&Referral, Refusal> {
        let referral = self.referrals.get(&ReferralId::from(id));
        referral.filter(|referral| referral.to == *by).ok_or(Refusal::UnknownReferral)
    }

    /// A referral that this agency sent.
    pub fn referral_sent(&self, id: &str, by: &AgencyId) -> Result<&Referral, Refusal> {
        let referral = self.referrals.get(&ReferralId::from(id));
        referral.filter(|referral| referral.from == *by).ok_or(Refusal::UnknownReferral)
    }

    /// A stay in this hospital.
    pub fn own_episode(&self, id: &str, hospital: &AgencyId) -> Result<&Episode, Refusal> {
        let episode = self.episode(&EpisodeId::from(id));
        episode.filter(|episode| episode.hospital == *hospital).ok_or(Refusal::UnknownEpisode)
    }

    /// A stay in this hospital that has not ended.
    pub fn own_open_episode(&self, id: &str, hospital: &AgencyId) -> Result<&Episode, Refusal> {
        let episode = self.own_episode(id, hospital)?;
        if episode.ended.is_some() { Err(Refusal::EpisodeEnded) } else { Ok(episode) }
    }

    /// A request for a visit to this hospital that it has not answered.
    pub fn visit_to_answer(&self, id: &str, by: &AgencyId) -> Result<&VisitRequest, Refusal> {
        let request = self.visit_requests.get(&RecordId::from(id));
        let request = request.filter(|request| request.hospital == *by);
        let request = request.ok_or(Refusal::UnknownVisitRequest)?;
        if request.answered { Err(Refusal::VisitAlreadyAnswered) } else { Ok(request) }
    }

    /// An emergency on file.
    pub fn emergency(&self, id: &str) -> Result<&Emergency, Refusal> {
        self.emergencies.get(&EmergencyId::from(id)).ok_or(Refusal::UnknownEmergency)
    }

    /// An emergency that is not over.
    pub fn open_emergency(&self, id: &str) -> Result<&Emergency, Refusal> {
        let emergency = self.emergency(id)?;
        if emergency.is_open() { Ok(emergency) } else { Err(Refusal::EmergencyOver) }
    }

    /// A family's stay on file.
    pub fn family_stay(&self, id: &str) -> Result<&FamilyStay, Refusal> {
        self.family_stays.get(&RecordId::from(id)).ok_or(Refusal::UnknownFamilyStay)
    }

    /// A consent on file.
    pub fn consent(&self, id: &str) -> Result<&Consent, Refusal> {
        self.consents.get(&ConsentId::from(id)).ok_or(Refusal::UnknownConsent)
    }

    /// Whether the agency takes part in the matter, or was called to an open emergency by another:
    /// either way without its own doing.
    pub fn is_let_in(
        &self,
        agency: &AgencyId,
        case: Option<&CaseId>,
        day: Date,
    ) -> Result<(), Refusal> {
        let mut open = self.emergencies.values().filter(|emergency| emergency.is_open());
        let is_called = open.any(|emergency| emergency.called.contains(agency));
        let takes_part = self.involvement().is_party(agency, case, day);
        if takes_part || is_called { Ok(()) } else { Err(Refusal::NotInTeam) }
    }

    /// Each of these agencies belongs to the team of the case, or shares the person where no case
    /// is meant, or is asked to take it over, and may be shown the topic.
    pub fn may_be_shown<'c>(
        &self,
        agencies: &[String],
        case: impl Into<Option<&'c CaseId>>,
        topic: Topic,
        day: Date,
    ) -> Result<(), Refusal> {
        let involvement = self.involvement();
        let case = case.into();
        for id in agencies {
            let agency = AgencyId::from(id.as_str());
            // Consent first: whom none covers, of those nobody is told whether they take part.
            if !involvement.consent_covers(&agency, topic, day) {
                return Err(Refusal::ConsentRequired);
            }
            if !involvement.is_party(&agency, case, day) && !involvement.is_asked(&agency, case) {
                return Err(Refusal::NotInTeam);
            }
        }
        Ok(())
    }
}

impl Emergency {
    /// A place that was asked in this emergency.
    pub fn placement(&self, id: &str) -> Result<&Placement, Refusal> {
        self.placements.get(&RecordId::from(id)).ok_or(Refusal::UnknownPlacement)
    }

    /// A stay in this emergency.
    pub fn stay(&self, id: &str) -> Result<&EmergencyStay, Refusal> {
        self.stays.get(&RecordId::from(id)).ok_or(Refusal::UnknownEmergencyStay)
    }

    /// A request to make a stay of this emergency longer.
    pub fn extension(&self, id: &str) -> Result<&Extension, Refusal> {
        self.extensions.get(&RecordId::from(id)).ok_or(Refusal::UnknownExtension)
    }
}
