//! What each office sees of an event that another agency recorded, written down once more: by hand,
//! from the programmes, so that a slip in a declaration shows.
//!
//! A row reads hospital, support center, core center, ward office, municipality: F the whole, P the
//! clear part, S a stub, - nothing.

use casework::{AgencyId, Recorded, Seen, Viewer, sees_record};
use contracts::{Event, Office, Topic, events::*};

use crate::history::*;

const CITY: &str = "city";
const RECORDER: &str = "recorder";
const READERS: [(&str, Office); 5] = [
    (HOSPITAL, Office::Hospital),
    (CENTER, Office::SupportCenter),
    (CORE, Office::CoreCenter),
    (WARD_OFFICE, Office::WardOffice),
    (CITY, Office::Municipality),
];

fn seen_by_all(sees: impl Fn(&Viewer) -> Seen) -> String {
    let letters = READERS.iter().map(|(agency, office)| {
        let viewer = Viewer {
            office: *office,
            agency: AgencyId::from(*agency),
            is_identity_officer: false,
            staff: String::new(),
        };
        match sees(&viewer) {
            Seen::Hidden => '-',
            Seen::Stub => 'S',
            Seen::Clear => 'P',
            Seen::Full => 'F',
        }
    });
    letters.collect()
}

/// Everyone is in the team and may be shown everything, and the person is in hospital.
fn of_person(event: impl Into<Event>) -> (String, String) {
    let topics = [Topic::Referral, Topic::Support, Topic::Housing, Topic::MedicalSummary];
    let agencies = READERS.map(|(agency, _)| agency);
    let history = history().registered().admitted(STAY).consented("consent-1", &topics, &agencies);
    let history = history.by(CENTER).in_case(CASE).opened(Track::CommunityLife);
    let history = agencies.iter().fold(history, |history, agency| history.joined(agency));
    let history = history.by(RECORDER).then(event);
    let (file, recorded) = (history.file(), history.events().last().expect("the event"));
    let sees = |viewer: &Viewer| file.involvement().sees(viewer, recorded, date("2025-04-01"));
    (recorded.event.kind().name.clone(), seen_by_all(sees))
}

fn of_record(event: impl Into<Event>) -> (String, String) {
    let history = history().by(RECORDER).then(event);
    let recorded: &Recorded = history.events().last().expect("the event");
    let name = recorded.event.kind().name.clone();
    (name, seen_by_all(|viewer| sees_record(viewer, recorded)))
}

#[track_caller]
fn assert_seen(found: &[(String, String)], expected: &[&str]) {
    for ((name, seen), expected) in found.iter().zip(expected) {
        assert_eq!(seen, expected, "{name}");
    }
    assert_eq!(found.len(), expected.len());
}

#[test]
fn consultations_and_plans_of_others() {
    let found = [
        of_person(BasicConsultationRecorded::default()),
        of_person(WardConsultationRecorded::default()),
        of_person(SelfPlanSupported::default()),
        of_person(SupportPlanReported::default()),
        of_person(UserRegistrationEnded::default()),
        of_person(AdvisorCaseTaken::default()),
        of_record(UnregisteredConsultationsCounted::default()),
    ];
    assert_seen(&found, &["SFSS-", "-SFF-", "-SSF-", "-SSF-", "-----", "SFFF-", "-----"]);
}

#[test]
fn matching_and_the_way_out_of_a_facility() {
    let found = [
        of_person(PlanMatchingCandidateExtracted::default()),
        of_person(PlanMatchingProposed::default()),
        of_person(PlanMatchingAccepted::default()),
        of_person(PlanMatchingDeclined::default()),
        of_person(FacilityTransitionAssessed::default()),
        of_person(FacilityTransitionStarted::default()),
        of_person(FacilityTransitionCompleted::default()),
        of_record(FacilityVisitHeld::default()),
        of_person(IndependentLivingPreparationStarted::default()),
        of_person(IndependentLivingPreparationEnded::default()),
    ];
    let expected =
        ["-SFF-", "-SFF-", "-SFF-", "-SFF-", "-SFS-", "-SFS-", "-SFS-", "-SFS-", "SFSS-", "SFSS-"];
    assert_seen(&found, &expected);
}

#[test]
fn support_in_everyday_life() {
    let found = [
        of_person(TrialUseArranged::default()),
        of_person(TrialUseCompleted::default()),
        of_person(TrialUseCancelled::default()),
        of_person(PreventiveActionRecorded::default()),
        of_person(IndependentLivingSupportStarted::default()),
        of_person(IndependentLivingVisitRecorded::default()),
        of_person(IndependentLivingSupportEnded::default()),
    ];
    let expected = ["-FSS-", "-FSS-", "-FSS-", "-FFF-", "SFSS-", "SFSS-", "SFSS-"];
    assert_seen(&found, &expected);
}

#[test]
fn agencies_helping_one_another() {
    assert_seen(
        &[
            of_person(AgencyCoordinationRecorded::default()),
            of_person(AgencyCoordinationRecorded {
                with_agency_id: WARD_OFFICE.into(),
                ..Default::default()
            }),
            of_person(EmploymentRetentionSupportRecorded::default()),
            of_person(BackupSupportProvided::default()),
        ],
        &["SFSS-", "SFSF-", "-SSS-", "-FFS-"],
    );
}

#[test]
fn housing_and_peers() {
    let found = [
        of_person(HousingSearchStarted::default()),
        of_person(HousingSearchEnded::default()),
        of_person(TenancyApplicationRefused::default()),
        of_person(TenancyStarted::default()),
        of_person(TenancyEnded::default()),
        of_person(TenantInfoSheetCreated::default()),
        of_person(TenantInfoSheetRevised::default()),
        of_person(TenantInfoSheetShared::default()),
        of_person(TenantInfoSheetWithdrawn::default()),
        of_record(RealEstatePartnerRegistered::default()),
        of_record(RealEstatePartnerRemoved::default()),
    ];
    assert_seen(&found, &["-FSS-"; 11]);
    assert_seen(&[of_person(PeerSupporterRegistered::default())], &["-----"]);
}

#[test]
fn programmes_and_bodies() {
    let public = [
        of_record(ProgrammeSiteAdded::default()),
        of_record(ProgrammeRenamed::default()),
        of_record(ProgrammeGuidelineAmended::default()),
        of_record(BaseFunctionPlanAdopted::default()),
        of_record(BaseFunctionStatusRecorded::default()),
        of_record(GuidelinePublished::default()),
        of_record(CouncilMeetingHeld::default()),
        of_record(SurveyResultPublished::default()),
    ];
    assert_seen(&public, &["PPPPP"; 8]);
    let hospital_agency_id = HOSPITAL.to_owned();
    let found = [
        of_record(HospitalHearingHeld { hospital_agency_id, ..Default::default() }),
        of_record(HospitalHearingHeld::default()),
        of_record(WardGroupProgramHeld::default()),
        of_record(JimokuraActivityReported::default()),
        of_record(HospitalCollaborationHeld::default()),
    ];
    assert_seen(&found, &["F---F", "S---F", "-PPF-", "FFFS-", "PPPP-"]);
}

#[test]
fn surveys_are_counted_and_not_shown() {
    let asks =
        SurveyLaunched { hospital_agency_ids: vec![HOSPITAL.to_owned()], ..Default::default() };
    let found = [
        of_record(asks),
        of_record(SurveyResponseSubmitted::default()),
        of_record(LongStayCensusSubmitted::default()),
    ];
    assert_seen(&found, &["F----", "-----", "-----"]);
}

#[test]
fn resources_are_for_all_and_their_link_to_a_person_for_the_team() {
    let public = [
        of_record(ProviderRegistered::default()),
        of_record(ProviderRetired::default()),
        of_record(ProviderSheetRequested::default()),
        of_record(VacancyReported::default()),
        of_record(ProviderLiaisonMeetingHeld::default()),
        of_record(ResourceInquirySent::default()),
        of_record(ResourceInquiryAnswered::default()),
        of_record(ResourceInquiryClosed::default()),
    ];
    assert_seen(&public, &["PPPPP"; 8]);
    let found = [
        of_record(ProviderSheetUpdated::default()),
        of_record(ProviderCapacitySurveyed::default()),
        of_person(ResourceInquiryLinked::default()),
    ];
    assert_seen(&found, &["FFFFF", "-SFF-", "-FFF-"]);
}

#[test]
fn an_agency_sees_what_it_recorded_itself() {
    let history = history().by(CENTER).then(UnregisteredConsultationsCounted::default());
    let recorded = history.events().last().expect("the event");
    let own = Viewer {
        office: Office::SupportCenter,
        agency: AgencyId::from(CENTER),
        is_identity_officer: false,
        staff: String::new(),
    };
    let other = Viewer {
        office: Office::SupportCenter,
        agency: AgencyId::from("center-naka"),
        is_identity_officer: false,
        staff: String::new(),
    };
    assert_eq!(sees_record(&own, recorded), Seen::Full);
    assert_eq!(sees_record(&other, recorded), Seen::Hidden);
}
