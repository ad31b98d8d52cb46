//! A person whom a hospital has referred, on a real log.

use casework::{CaseId, Context, Decided, PersonFile, Refusal};
use contracts::{
    Event, Topic,
    events::{
        ConsentGiven, ConsentMethod, InpatientEpisodeOpened, PersonRegistered, ReferralAccepted,
        ReferralGround, ReferralSubmitted, Track,
    },
    hospital::{
        OpenInpatientEpisodeRequest, RecordConsentRequest, RegisterPersonRequest,
        SubmitReferralRequest,
    },
    office::CommandReply,
    support_center::AcceptReferralRequest,
};
use office::{
    Desk,
    testing::{House, about},
};
use tonic::{Response, Status};

pub fn reply(answer: Result<Response<CommandReply>, Status>) -> CommandReply {
    answer.unwrap_or_else(|status| panic!("refused: {status:?}")).into_inner()
}

pub fn event<E: TryFrom<Event>>(reply: &CommandReply) -> E {
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
        agency_ids: ["hospital-a", "center-a", "center-b"].map(str::to_owned).to_vec(),
        method: ConsentMethod::Written.into(),
        ..Default::default()
    };
    let request = RecordConsentRequest { context: Some(about(person)), consent: Some(consent) };
    let request = house.request("hospital-a", request);
    let parts = |request: RecordConsentRequest| (request.context, request.consent);
    let door = ("RecordConsentRequest", "consent");
    reply(hospital.perform(door, request, parts, record::<ConsentGiven>).await);
}

/// Somebody whom `hospital-a` has referred to `center-a`: the acceptance of it, and the stay.
pub async fn referred(house: &House, hospital: &Desk) -> (AcceptReferralRequest, String) {
    let person = registered(house, hospital).await;
    let episode_id = admitted(house, hospital, &person).await;
    consented(house, hospital, &person).await;
    let referral = ReferralSubmitted {
        episode_id: episode_id.clone(),
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
    let accept = AcceptReferralRequest { context: Some(context), acceptance: Some(acceptance) };
    (accept, episode_id)
}
