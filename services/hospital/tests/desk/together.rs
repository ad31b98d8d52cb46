//! Many at once, and callers who go away.

use std::{collections::BTreeMap, time::Duration};

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::{Office, events::ConsentGiven, hospital::RecordConsentRequest};
use event_log::{StoredEvent, StreamKey};
use futures::future::join_all;
use office::{Desk, testing::refused};

use crate::office_of_test::{Answer, TestOffice, consent, context, registration, reply};

async fn stream(office: &TestOffice, person: &str) -> Vec<StoredEvent> {
    office.house.log.read_stream(&StreamKey::new("person", person), 0, 1000).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_writers_on_one_person_do_not_disturb_one_another() {
    let office = TestOffice::open().await;
    let inpatient = office.inpatient().await;
    let before = office.house.head().await;
    let writers = (0..16).map(|writer| {
        let by = if writer % 2 == 0 { "hospital-a" } else { "hospital-b" };
        let consent = consent(&inpatient.person, &["center-a", by]);
        let request = office.house.request(by, consent);
        let mut client = office.client();
        tokio::spawn(async move { client.record_consent(request).await })
    });
    for answer in join_all(writers).await {
        assert_eq!(reply(answer.unwrap()).recorded.len(), 1);
    }
    assert_eq!(office.house.head().await, before + 16);
    let versions = stream(&office, &inpatient.person).await.into_iter().map(|event| event.version);
    assert!(versions.eq(1..=18));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_sixteen_who_plan_one_discharge_one_does() {
    let office = TestOffice::open().await;
    let inpatient = office.inpatient().await;
    let before = office.house.head().await;
    let plans = (0..16).map(|_| office.plan("hospital-a", inpatient.plan()));
    let (planned, others): (Vec<_>, Vec<_>) =
        join_all(plans).await.into_iter().partition(Result::is_ok);
    assert_eq!(planned.len(), 1);
    assert!(others.into_iter().all(|other| refused(other).reason == "DISCHARGE_ALREADY_PLANNED"));
    assert_eq!(office.house.head().await, before + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twins_get_one_reply() {
    let office = TestOffice::open().await;
    let before = office.house.head().await;
    let request = registration();
    let twins = (0..8).map(|_| office.register("hospital-a", request.clone()));
    let replies: Vec<_> = join_all(twins).await.into_iter().map(reply).collect();
    assert!(replies.iter().all(|reply| *reply == replies[0]));
    assert_eq!(office.house.head().await, before + 1);
}

/// The first has long been answered when the last makes its decision: what speaks against it then
/// is its own twin.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twins_of_an_act_that_can_be_done_once_get_one_reply() {
    let office = TestOffice::open().await;
    for unless_changed in [false, true] {
        for _ in 0..8 {
            let inpatient = office.inpatient().await;
            let seen = if unless_changed {
                reply(office.consent("hospital-a", consent(&inpatient.person, &["center-a"])).await)
                    .position
            } else {
                String::new()
            };
            let before = office.house.head().await;
            let mut plan = inpatient.plan();
            context(&mut plan.context).unless_changed_since = seen;
            let twins = (0..16).map(|_| {
                let request = office.house.request("hospital-a", plan.clone());
                let mut client = office.client();
                tokio::spawn(async move { client.plan_discharge(request).await })
            });
            let answers = join_all(twins).await;
            let replies: Vec<_> =
                answers.into_iter().map(|answer| reply(answer.unwrap())).collect();
            assert!(replies.iter().all(|reply| *reply == replies[0]));
            assert_eq!(office.house.head().await, before + 1);
        }
    }
}

/// Two events at once, as a decision with consequences has them.
fn decide_twice(
    _file: &PersonFile,
    consent: ConsentGiven,
    _context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let again = ConsentGiven { consent_id: String::new(), ..consent.clone() };
    Ok(Decided { events: vec![(None, consent.into()), (None, again.into())] })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_caller_who_goes_away_leaves_nothing_half_done() {
    let office = TestOffice::open().await;
    let person = office.inpatient().await.person;
    let desk = office.house.desk(Office::Hospital);
    // From before anything has begun to after everything is done: 1.3 to the 40th µs is 36 ms.
    let patience = (0..40).map(|step| Duration::from_nanos((1000.0 * 1.3_f64.powi(step)) as u64));
    let mut left = Vec::new();
    for patience in patience {
        let request = consent(&person, &["center-a"]);
        let asked = perform(&office, &desk, request.clone());
        let _ = tokio::time::timeout(patience, asked).await;
        left.push(request);
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let batches = batches(&office, &person).await;
    assert!(batches.values().all(|events| *events == 2) && !batches.is_empty());

    for request in left {
        assert_eq!(reply(perform(&office, &desk, request).await).recorded.len(), 2);
    }
    let batches = self::batches(&office, &person).await;
    assert!(batches.len() == 40 && batches.values().all(|events| *events == 2));
}

/// Two processes of one office: each has files of its own at hand, and each writes into what the
/// other knows.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_writers_at_two_desks_see_no_conflict() {
    let office = TestOffice::open().await;
    let people = [office.inpatient().await.person, office.inpatient().await.person];
    let before = office.house.head().await;
    let desks = [office.house.desk(Office::Hospital), office.house.desk(Office::Hospital)];
    let requests = (0..128).map(|writer| consent(&people[writer / 2 % 2], &["center-a"]));
    let writers = requests.enumerate().map(|(writer, request)| {
        let (office, desk) = (&office, &desks[writer % 2]);
        async move { perform(office, desk, request).await }
    });
    for answer in join_all(writers).await {
        assert_eq!(reply(answer).recorded.len(), 2);
    }
    assert_eq!(office.house.head().await, before + 256);
    for person in &people {
        let stream = stream(&office, person).await;
        assert!(stream.into_iter().map(|event| event.version).eq(1..=130));
    }
}

fn decide_after_two(
    file: &PersonFile,
    consent: ConsentGiven,
    _context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    match file.consents.len() {
        2 => Ok(Decided { events: vec![(None, consent.into())] }),
        _ => Err(Refusal::UnknownCase),
    }
}

#[tokio::test]
async fn what_is_at_hand_refuses_nobody_by_itself() {
    let office = TestOffice::open().await;
    let person = office.inpatient().await.person;
    let [here, there] = [office.house.desk(Office::Hospital), office.house.desk(Office::Hospital)];
    let ask = |desk| {
        let request = consent(&person, &["center-a"]);
        perform_by(&office, desk, request, decide_after_two)
    };
    assert_eq!(refused(ask(&here).await).reason, "UNKNOWN_CASE");
    // Elsewhere the ground for the refusal is taken away, and nobody tells this desk.
    reply(perform(&office, &there, consent(&person, &["center-a"])).await);
    assert_eq!(reply(ask(&here).await).recorded.len(), 1);
    // And what spoke for it is gone there.
    assert_eq!(refused(ask(&there).await).reason, "UNKNOWN_CASE");
}

async fn perform(office: &TestOffice, desk: &Desk, request: RecordConsentRequest) -> Answer {
    perform_by(office, desk, request, decide_twice).await
}

type Decide = fn(&PersonFile, ConsentGiven, &mut Context<'_>) -> Result<Decided, Refusal>;

async fn perform_by(
    office: &TestOffice,
    desk: &Desk,
    request: RecordConsentRequest,
    decide: Decide,
) -> Answer {
    let parts = |request: RecordConsentRequest| (request.context, request.consent);
    let request = office.house.request("hospital-a", request);
    desk.perform(("RecordConsentRequest", "consent"), request, parts, decide).await
}

/// How many consents each request has left.
async fn batches(office: &TestOffice, person: &str) -> BTreeMap<String, usize> {
    let mut batches = BTreeMap::new();
    for event in stream(office, person).await.into_iter().skip(2) {
        *batches.entry(event.correlation_id.to_string()).or_default() += 1;
    }
    batches
}
