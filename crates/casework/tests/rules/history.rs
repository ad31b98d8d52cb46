//! Histories by hand: who recorded what, when, in which case.

use casework::{AgencyId, CaseId, PersonFile, Recorded};
use contracts::{Event, events::*};
use jiff::{Timestamp, ToSpan, civil::Date};

pub const HOSPITAL: &str = "hospital-minato";
pub const OTHER_HOSPITAL: &str = "hospital-hamakaze";
pub const CENTER: &str = "center-isogo";
pub const CORE: &str = "core-isogo";
pub const WARD_OFFICE: &str = "ward-isogo";
pub const CASE: &str = "case-1";
pub const STAY: &str = "stay-1";

/// A history in the making.
#[derive(Clone)]
pub struct History {
    events: Vec<Recorded>,
    day: Date,
    agency: AgencyId,
    case: Option<CaseId>,
}

pub fn history() -> History {
    let day = date("2025-04-01");
    History { events: Vec::new(), day, agency: AgencyId::from(HOSPITAL), case: None }
}

pub fn date(day: &str) -> Date {
    day.parse().expect("a date")
}

impl History {
    /// What follows happened on this day.
    pub fn on(mut self, day: &str) -> Self {
        self.day = date(day);
        self
    }

    /// What follows was recorded by this agency.
    pub fn by(mut self, agency: &str) -> Self {
        self.agency = AgencyId::from(agency);
        self
    }

    /// What follows belongs to this case.
    pub fn in_case(mut self, case: &str) -> Self {
        self.case = Some(CaseId::from(case));
        self
    }

    /// What follows belongs to no case.
    pub fn outside_cases(mut self) -> Self {
        self.case = None;
        self
    }

    /// Something happened.
    pub fn then(mut self, event: impl Into<Event>) -> Self {
        let position = self.events.len() as u64 + 1;
        let start: Timestamp = "2021-01-01T00:00:00Z".parse().expect("a moment");
        let minutes = i64::try_from(position).expect("a short history");
        self.events.push(Recorded {
            position,
            event_id: format!("event-{position}"),
            case_id: self.case.clone(),
            agency: self.agency.clone(),
            on_behalf_of: None,
            occurred_on: self.day,
            recorded_at: start + minutes.minutes(),
            event: event.into(),
        });
        self
    }

    pub fn events(&self) -> &[Recorded] {
        &self.events
    }

    /// The last event of this kind.
    pub fn last(&self, kind: &str) -> &Recorded {
        let mut backwards = self.events.iter().rev();
        backwards.find(|recorded| recorded.event.kind().name == kind).expect(kind)
    }

    pub fn file(&self) -> PersonFile {
        PersonFile::folded(&self.events)
    }

    pub fn registered(self) -> Self {
        self.then(PersonRegistered { residence_ward: "isogo".into(), ..Default::default() })
    }

    pub fn admitted(self, stay: &str) -> Self {
        self.then(InpatientEpisodeOpened {
            episode_id: stay.into(),
            residence_ward: "isogo".into(),
            ..Default::default()
        })
    }

    pub fn readmitted(self, stay: &str) -> Self {
        self.then(PatientReadmitted { episode_id: stay.into(), ..Default::default() })
    }

    pub fn transferred(self, stay: &str, to: &str, new_stay: &str) -> Self {
        self.then(PatientTransferred {
            episode_id: stay.into(),
            to_agency_id: to.into(),
            new_episode_id: new_stay.into(),
            reason: TransferReason::Psychiatric.into(),
            ..Default::default()
        })
    }

    pub fn discharge_planned(self, stay: &str, planned_on: &str) -> Self {
        self.then(DischargePlanned {
            episode_id: stay.into(),
            planned_on: planned_on.into(),
            ..Default::default()
        })
    }

    pub fn discharged(self, stay: &str) -> Self {
        self.then(PatientDischarged {
            episode_id: stay.into(),
            destination_kind: DestinationKind::Home.into(),
            ..Default::default()
        })
    }

    pub fn died(self) -> Self {
        self.then(DeathRecorded { place: DeathPlace::Community.into(), ..Default::default() })
    }

    /// A consent to these topics; the number tells consents apart.
    pub fn consented(self, consent: &str, topics: &[contracts::Topic], agencies: &[&str]) -> Self {
        self.then(ConsentGiven {
            consent_id: consent.into(),
            topics: topics.iter().map(|topic| i32::from(*topic)).collect(),
            agency_ids: agencies.iter().map(|agency| (*agency).to_owned()).collect(),
            ..Default::default()
        })
    }

    pub fn withdrew(self, consent: &str) -> Self {
        self.then(ConsentWithdrawn { consent_id: consent.into(), ..Default::default() })
    }

    pub fn referred(self, referral: &str, stay: &str, to: &str) -> Self {
        self.then(ReferralSubmitted {
            referral_id: referral.into(),
            episode_id: stay.into(),
            to_agency_id: to.into(),
            track_requested: Track::DischargeSupport.into(),
            ..Default::default()
        })
    }

    /// The referral is taken on, and its case opens.
    pub fn accepted(self, referral: &str) -> Self {
        self.then(ReferralAccepted { referral_id: referral.into(), ..Default::default() }).then(
            CaseOpened {
                track: Track::DischargeSupport.into(),
                referral_id: referral.into(),
                ..Default::default()
            },
        )
    }

    pub fn opened(self, track: Track) -> Self {
        self.then(CaseOpened { track: track.into(), ..Default::default() })
    }

    pub fn joined(self, agency: &str) -> Self {
        self.then(CareTeamMemberAdded { agency_id: agency.into(), ..Default::default() })
    }

    pub fn visited(self, stay: &str) -> Self {
        self.then(WardVisitRecorded { episode_id: stay.into(), ..Default::default() })
    }

    pub fn planned(self) -> Self {
        self.then(IndividualSupportPlanCreated {
            plan_id: "plan-1".into(),
            version: 1,
            ..Default::default()
        })
    }

    pub fn plan_revised(self, version: u32) -> Self {
        let plan_id = "plan-1".into();
        self.then(IndividualSupportPlanRevised { plan_id, version, ..Default::default() })
    }

    pub fn observed(self, days_after_discharge: u32, status: LivingStatus) -> Self {
        self.then(CommunityStatusObserved {
            days_after_discharge,
            status: status.into(),
            ..Default::default()
        })
    }
}
