//! How the player fills requests in, and what it says when a step fails.

use std::{collections::BTreeSet, error::Error, future::ready};

use contracts::Event;
use scenario::{Persona, Personas, Player, Scenario, Script, Transport};
use tonic::Status;

use crate::{TODAY, desk, everything, scenario_a};

#[tokio::test]
async fn the_context_names_the_person_and_the_case_once_they_are_known() {
    let (mut player, desk) = desk::player();
    player.play(&scenario_a()).await.unwrap();
    let memory = player.memory();
    let person = memory.person("scenario-a", "ichiro").unwrap();
    let case = memory.case("scenario-a", "ichiro", "a").unwrap();
    for (context, event) in &desk.borrow().requests {
        let ids = (context.person_id.as_str(), context.case_id.as_str());
        let expected = match event {
            Event::PersonRegistered(_) | Event::HospitalCollaborationHeld(_) => ("", ""),
            Event::InpatientEpisodeOpened(_)
            | Event::DischargeIntentRecorded(_)
            | Event::ConsentGiven(_)
            | Event::ConsentScopeChanged(_)
            | Event::ReferralSubmitted(_)
            | Event::DischargePlanned(_)
            | Event::PatientDischarged(_)
            | Event::PatientReadmitted(_)
            | Event::UserRegistered(_) => (person, ""),
            _ => (person, case),
        };
        assert_eq!(ids, expected, "{event:?}");
    }
}

#[tokio::test]
async fn request_ids_are_the_same_at_every_play_and_differ_within_it() {
    let first = request_ids(&everything()).await;
    assert_eq!(first, request_ids(&everything()).await);
    assert_eq!(first.iter().collect::<BTreeSet<_>>().len(), first.len());
    let other = Scenario::scenario_a().unwrap().named("another").on(TODAY).unwrap();
    let other = request_ids(&other).await;
    assert!(other.iter().all(|id| !first.contains(id)));
}

#[tokio::test]
async fn what_a_reply_assigned_stands_in_later_requests() {
    let (mut player, desk) = desk::player();
    player.play(&scenario_a()).await.unwrap();
    let kept = player.memory().kept("scenario-a", "ichiro", "second_stay").unwrap();
    let desk = desk.borrow();
    let visits = desk.requests.iter().filter_map(|(_, event)| match event {
        Event::WardVisitRecorded(event) => Some(event.episode_id.as_str()),
        _ => None,
    });
    assert_eq!(visits.filter(|id| *id == kept).count(), 1);
}

#[tokio::test]
async fn a_refusal_names_the_scenario_the_row_and_the_call() {
    struct Refusing;
    impl Transport for Refusing {
        fn call(
            &mut self,
            _: &Persona,
            _: &str,
            _: Vec<u8>,
        ) -> impl Future<Output = Result<Vec<u8>, Status>> + Send {
            ready(Err(Status::failed_precondition("no")))
        }
    }
    let mut player = Player::new(Personas::demonstration().unwrap(), Refusing, |_| {});
    let error = player.play(&scenario_a()).await.err().unwrap();
    assert_eq!(error.to_string(), "scenario-a, row 1: hospital.RegisterPerson failed");
    assert_eq!(error.source().unwrap().to_string(), "the office refused");
}

#[tokio::test]
async fn a_step_that_cannot_be_sent_says_why() {
    let step = r#""row": "1", "at": "2025-04-01T10:00""#;
    let cases = [
        (
            r#""by": "nobody", "call": "hospital.RecordDeath", "request": {}"#,
            "no persona is called nobody",
        ),
        (r#""by": "hospital", "call": "hospital.Heal", "request": {}"#, "no office has this call"),
        (
            r#""by": "hospital", "call": "ward-office.RecordDeath", "request": {}"#,
            "hospital does not work at the office that is called",
        ),
        (
            r#""by": "hospital", "call": "hospital.RecordDeath", "person": "ichiro", "request": {}"#,
            "ichiro has no id yet",
        ),
        (
            r#""by": "hospital", "call": "hospital.RecordDeath", "request": { "death": { "place": "$x" } }"#,
            "$x has no id yet",
        ),
        (
            r#""by": "hospital", "call": "hospital.RecordDeath", "request": { "birth": {} }"#,
            "the request does not fit its message",
        ),
    ];
    for (rest, why) in cases {
        let json = format!(r#"{{ "name": "x", "about": "", "steps": [{{ {step}, {rest} }}] }}"#);
        let script = Scenario::from_json(&json).unwrap().on(TODAY).unwrap();
        let error = desk::player().0.play(&script).await.err().unwrap();
        assert_eq!(error.cause.to_string(), why);
    }
}

async fn request_ids(script: &Script) -> Vec<String> {
    let (mut player, desk) = desk::player();
    player.play(script).await.unwrap();
    desk.borrow().requests.iter().map(|(context, _)| context.request_id.clone()).collect()
}
