//! What a reader sees follows the consent of the day of reading, and absent looks like hidden.

mod support;

use access::Agencies;
use casework::{AgencyId, CaseState, PersonId, Seen};
use contracts::events::Track;
use read_models::{Moment, PersonView, ReadModel};
use support::*;

async fn opened(world: &World) -> ReadModel {
    ReadModel::open(&world.read_model_path(), world.log.clone(), world.clock()).await.unwrap()
}

async fn case_view(model: &ReadModel, agency: &str, moment: &Moment) -> Option<PersonView> {
    model.person_of_case(&viewer(agency), &case_id(), moment).await.unwrap()
}

fn kinds(view: &PersonView) -> Vec<&'static str> {
    view.timeline(&case_id())
        .iter()
        .map(|event| event.recorded.event.kind().name.as_str())
        .collect()
}

#[tokio::test]
async fn a_support_center_sees_a_referral_with_consent_and_loses_it_with_the_withdrawal() {
    let world = World::with_agencies().await;
    world.support().await;
    let model = opened(&world).await;
    let now = Moment::default();

    let before = case_view(&model, CENTER, &now).await.unwrap();
    let expected = [
        "WardVisitRecorded",
        "WardVisitRecorded",
        "CaseOpened",
        "ReferralAccepted",
        "ReferralSubmitted",
        "ConsentGiven",
        "InpatientEpisodeOpened",
        "PersonRegistered",
    ];
    assert_eq!(kinds(&before), expected);
    assert!(before.registration().is_some());
    assert_eq!(before.state(&case_id()).unwrap(), CaseState::Preparing);

    world.withdraw_consent("2025-06-01").await;
    world.record(HOSPITAL, Some(CASE), "2025-06-01", discharge("2025-06-01")).await;
    let after = case_view(&model, CENTER, &now).await.unwrap();
    let state = after.state(&case_id()).unwrap();
    assert_eq!(state, CaseState::Preparing, "the state does not tell of the discharge");
    let own = ["WardVisitRecorded", "WardVisitRecorded", "CaseOpened", "ReferralAccepted"];
    assert_eq!(kinds(&after), own, "its own records stay");
    assert!(after.registration().is_none());
    let earlier = Moment { as_of: Some("2025-05-20".parse().unwrap()), ..now };
    let earlier = case_view(&model, CENTER, &earlier).await.unwrap();
    assert_eq!(kinds(&earlier).len(), 3, "the past is shown under today's consent");
}

#[tokio::test]
async fn who_has_no_part_sees_what_is_not_there() {
    let world = World::with_agencies().await;
    world.support().await;
    let model = opened(&world).await;
    for agency in [OTHER_CENTER, WARD_OFFICE, CITY] {
        assert!(case_view(&model, agency, &Moment::default()).await.is_none(), "{agency}");
        for person in [person_id(), PersonId::from("00000000-0000-0000-0000-0000000000ff")] {
            let seen = model.person(&viewer(agency), &person, &Moment::default()).await.unwrap();
            assert!(seen.is_none(), "{agency}");
        }
    }
}

#[tokio::test]
async fn the_past_can_be_asked_for_in_both_times() {
    let world = World::with_agencies().await;
    world.refer().await;
    world.set_day("2025-06-02");
    let known_at = Some("2025-06-01T12:00:00Z".parse().unwrap());
    world.record(CENTER, Some(CASE), "2025-05-15", acceptance()).await;
    world.record(CENTER, Some(CASE), "2025-05-15", opening()).await;
    let model = opened(&world).await;

    let now = case_view(&model, HOSPITAL, &Moment::default()).await.unwrap();
    assert_eq!(now.state(&case_id()).unwrap(), CaseState::Preparing);
    let known =
        case_view(&model, HOSPITAL, &Moment { known_at, ..Moment::default() }).await.unwrap();
    assert_eq!(known.state(&case_id()).unwrap(), CaseState::Referred);
    let as_of = Some("2025-05-14".parse().unwrap());
    let happened =
        case_view(&model, HOSPITAL, &Moment { as_of, ..Moment::default() }).await.unwrap();
    assert_eq!(happened.state(&case_id()).unwrap(), CaseState::Referred);
    let as_of = Some("2025-05-07".parse().unwrap());
    assert!(case_view(&model, HOSPITAL, &Moment { as_of, ..Moment::default() }).await.is_none());
}

#[tokio::test]
async fn a_flag_tells_others_only_what_they_can_see_for_themselves() {
    let world = World::with_agencies().await;
    world.support().await;
    // A second stay, in a hospital that records it while the first is open.
    let again = contracts::events::InpatientEpisodeOpened {
        episode_id: "00000000-0000-0000-0000-0000000000e2".into(),
        ..admission("2025-05-30")
    };
    let second = world.record("hospital-kasho-hamakaze", None, "2025-05-30", again).await;
    let model = opened(&world).await;
    let flags = async |agency| {
        let seen = model.person(&viewer(agency), &person_id(), &Moment::default()).await.unwrap();
        let events = seen.unwrap().events;
        let event = events.into_iter().find(|event| event.recorded.position == second);
        event.map(|event| (event.seen, event.flags))
    };
    let overlapping = vec![casework::Flag::OverlappingStay];
    assert_eq!(flags(CENTER).await, Some((Seen::Full, overlapping.clone())), "it sees both stays");
    // The second hospital sees nothing of the first stay: not even about its own record is it told.
    assert_eq!(flags("hospital-kasho-hamakaze").await, Some((Seen::Full, vec![])));

    let scope = contracts::events::ConsentScopeChanged {
        consent_id: CONSENT.into(),
        changed_on: "2025-05-31".into(),
        topics: consent(&[]).topics,
        agency_ids: [HOSPITAL, CENTER, WARD_OFFICE].map(str::to_owned).to_vec(),
    };
    world.record(HOSPITAL, None, "2025-05-31", scope).await;
    let added = contracts::events::CareTeamMemberAdded {
        agency_id: WARD_OFFICE.into(),
        added_on: "2025-05-31".into(),
        ..Default::default()
    };
    world.record(CENTER, None, "2025-05-31", added).await;
    assert_eq!(flags(WARD_OFFICE).await, Some((Seen::Stub, vec![])), "a stub has no flags");
}

#[tokio::test]
async fn a_stub_tells_where_a_case_stands_and_nothing_of_its_content() {
    let world = World::with_agencies().await;
    world.support().await;
    let scope = contracts::events::ConsentScopeChanged {
        consent_id: CONSENT.into(),
        changed_on: "2025-05-20".into(),
        topics: (1..=30).filter(|topic| contracts::Topic::try_from(*topic).is_ok()).collect(),
        agency_ids: [HOSPITAL, CENTER, WARD_OFFICE].map(str::to_owned).to_vec(),
    };
    world.record(HOSPITAL, None, "2025-05-20", scope).await;
    let added = contracts::events::CareTeamMemberAdded {
        agency_id: WARD_OFFICE.into(),
        added_on: "2025-05-20".into(),
        ..Default::default()
    };
    world.record(CENTER, Some(CASE), "2025-05-20", added).await;
    let track = contracts::events::TrackChanged {
        changed_on: "2025-05-21".into(),
        from_track: Track::DischargeSupport.into(),
        to_track: Track::CommunityLife.into(),
        ..Default::default()
    };
    world.record(CENTER, Some(CASE), "2025-05-21", track).await;
    let ward = contracts::events::ResidenceWardChanged {
        moved_on: "2025-05-21".into(),
        from_ward: "isogo".into(),
        to_ward: "naka".into(),
        ..Default::default()
    };
    world.record(CENTER, None, "2025-05-21", ward).await;
    let plan = contracts::events::IndividualSupportPlanCreated {
        plan_id: "00000000-0000-0000-0000-0000000000a1".into(),
        version: 1,
        created_on: "2025-05-22".into(),
        ..Default::default()
    };
    world.record(CENTER, Some(CASE), "2025-05-22", plan).await;
    let model = opened(&world).await;

    let view = case_view(&model, WARD_OFFICE, &Moment::default()).await.unwrap();
    let seen = |name: &str| {
        let mut events = view.events.iter();
        events.find(|event| event.recorded.event.kind().name == name).map(|event| event.seen)
    };
    for name in ["ReferralSubmitted", "CaseOpened", "TrackChanged", "IndividualSupportPlanCreated"]
    {
        assert_eq!(seen(name), Some(Seen::Stub), "{name}");
    }
    assert_eq!(view.state(&case_id()), Some(CaseState::Supporting), "the stub of the plan tells");
    assert_eq!(view.track(&case_id()), Track::DischargeSupport, "as the case was opened");
    let register = Agencies::of(world.log.clone()).current().await.unwrap();
    let agencies = view.agencies(&case_id(), &register);
    let known = [CENTER, WARD_OFFICE].map(AgencyId::from);
    assert_eq!(agencies, known, "who referred stands in the content of a stub");
    assert!(view.file.referrals.is_empty() && view.file.episodes.is_empty());

    let whole = case_view(&model, CENTER, &Moment::default()).await.unwrap();
    assert_eq!(whole.track(&case_id()), Track::CommunityLife);
    assert_eq!(whole.file.residence.latest(), Some("naka"));
}
