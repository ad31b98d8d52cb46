//! One acceptance, asked for many times at once through the center's door, on a real log.

use casework::{CaseId, Context, Decided, PersonFile, Refusal};
use contracts::{
    Event, Office, Topic,
    events::{
        ConsentGiven, ConsentMethod, InpatientEpisodeOpened, PersonRegistered, ReferralAccepted,
        ReferralGround, ReferralSubmitted, Track,
    },
    hospital::{
        OpenInpatientEpisodeRequest, RecordConsentRequest, RegisterPersonRequest,
        SubmitReferralRequest,
    },
    office::CommandReply,
    support_center::{
        AcceptReferralRequest, support_center_service_client::SupportCenterServiceClient,
    },
};
use futures::future::join_all;
use office::{
    Desk,
    testing::{House, about},
};
use support_center::SupportCenter;
use tonic::{Response, Status};

fn reply(answer: Result<Response<CommandReply>, Status>) -> CommandReply {
    answer.unwrap_or_else(|status| panic!("refused: {status:?}")).into_inner()
}

fn event<E: TryFrom<Event>>(reply: &CommandReply) -> E {
    let body = reply.recorded.first().and_then(|recorded| recorded.body.clone());
    let event = body.and_then(|body| body.event).expect("something was recorded");
    E::try_from(event).unwrap_or_else(|_| panic!("another event was recorded"))
}

/// The hospital's decisions are another crate's: here they record what is proposed.
fn record<E: Into<Event>>(
    _file: &PersonFile,
    event: E,
    _context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    Ok(Decided::of_person(event.into()))
}

fn refer(
    _file: &PersonFile,
    referral: ReferralSubmitted,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let case = CaseId::from(context.next_id());
    Ok(Decided::of_case(case, referral.into()))
}

async fn registered(house: &House, hospital: &Desk) -> String {
    let person = PersonRegistered {
        registered_on: "2025-04-01".into(),
        family_name: "架空".into(),
        given_name: "一郎".into(),
        residence_ward: "14107".into(),
        ..Default::default()
    };
    let request = RegisterPersonRequest { context: Some(about("")), person: Some(person) };
    let request = house.request("hospital-a", request);
    let parts = |request: RegisterPersonRequest| (request.context, request.person);
    let door = ("RegisterPersonRequest", "person");
    reply(hospital.perform(door, request, parts, record::<PersonRegistered>).await).person_id
}

async fn admitted(house: &House, hospital: &Desk, person: &str) -> String {
    let stay = InpatientEpisodeOpened {
        admitted_on: "2025-04-01".into(),
        residence_ward: "14107".into(),
        ..Default::default()
    };
    let request = OpenInpatientEpisodeRequest { context: Some(about(person)), episode: Some(stay) };
    let request = house.request("hospital-a", request);
    let parts = |request: OpenInpatientEpisodeRequest| (request.context, request.episode);
    let door = ("OpenInpatientEpisodeRequest", "episode");
    let reply = reply(hospital.perform(door, request, parts, record).await);
    event::<InpatientEpisodeOpened>(&reply).episode_id
}

async fn consented(house: &House, hospital: &Desk, person: &str) {
    let consent = ConsentGiven {
        given_on: "2025-06-01".into(),
        topics: vec![Topic::Referral.into(), Topic::Support.into()],
        agency_ids: vec!["hospital-a".into(), "center-a".into()],
        method: ConsentMethod::Written.into(),
        ..Default::default()
    };
    let request = RecordConsentRequest { context: Some(about(person)), consent: Some(consent) };
    let request = house.request("hospital-a", request);
    let parts = |request: RecordConsentRequest| (request.context, request.consent);
    let door = ("RecordConsentRequest", "consent");
    reply(hospital.perform(door, request, parts, record::<ConsentGiven>).await);
}

/// Somebody whom `hospital-a` has referred to `center-a`; the acceptance of it.
async fn acceptance(house: &House, hospital: &Desk) -> AcceptReferralRequest {
    let person = registered(house, hospital).await;
    let episode_id = admitted(house, hospital, &person).await;
    consented(house, hospital, &person).await;
    let referral = ReferralSubmitted {
        episode_id,
        to_agency_id: "center-a".into(),
        track_requested: Track::DischargeSupport.into(),
        ground: ReferralGround::LongMotivation.into(),
        ..Default::default()
    };
    let request = SubmitReferralRequest { context: Some(about(&person)), referral: Some(referral) };
    let request = house.request("hospital-a", request);
    let parts = |request: SubmitReferralRequest| (request.context, request.referral);
    let door = ("SubmitReferralRequest", "referral");
    let referred = reply(hospital.perform(door, request, parts, refer).await);
    let referral: ReferralSubmitted = event(&referred);
    let acceptance = ReferralAccepted {
        referral_id: referral.referral_id,
        track: Track::DischargeSupport.into(),
        ..Default::default()
    };
    let mut context = about(&person);
    (context.case_id, context.unless_changed_since) = (referred.case_id, referred.position);
    AcceptReferralRequest { context: Some(context), acceptance: Some(acceptance) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twins_of_an_acceptance_get_one_reply() {
    let house = House::open().await;
    let hospital = house.desk(Office::Hospital);
    let center = SupportCenter::service(house.desk(Office::SupportCenter));
    let center = SupportCenterServiceClient::new(center);
    for turn in 0..8 {
        let mut accept = acceptance(&house, &hospital).await;
        if turn % 2 == 0 {
            let context = accept.context.as_mut().expect("it has one");
            context.unless_changed_since = String::new();
        }
        let before = house.head().await;
        let twins = (0..16).map(|_| {
            let request = house.request("center-a", accept.clone());
            let mut center = center.clone();
            tokio::spawn(async move { center.accept_referral(request).await })
        });
        let answers = join_all(twins).await.into_iter();
        let replies: Vec<_> = answers.map(|answer| reply(answer.expect("a task"))).collect();
        assert_eq!(replies[0].recorded.len(), 2);
        assert!(replies.iter().all(|reply| *reply == replies[0]));
        assert_eq!(house.head().await, before + 2);
    }
}
