//! Production's shape: a process per office and one for the gateway, by configuration files, on one
//! PostgreSQL.

use std::time::Duration;

use acceptance::{Town, binary_beside_tests};
use contracts::{
    Office,
    annotations::Office as Kind,
    events::AgencyRegistered,
    hospital::hospital_service_client::HospitalServiceClient,
    municipality::{RegisterAgencyRequest, municipality_service_client::MunicipalityServiceClient},
    office::CommandContext,
};
use serde_json::{Value, json};
use tokio::time::timeout;
use tonic::{Code, Request};
use tsunagi::OFFICES;

#[tokio::test]
async fn processes_of_their_own_share_one_log() {
    let mut town = Town::begin(&binary_beside_tests().unwrap()).await.unwrap();
    town.serve("gateway").unwrap();
    for office in OFFICES {
        town.serve(contracts::office_name(office)).unwrap();
    }
    let hospital = "hospital-of-the-test";
    let before = ask_hospital(&town, hospital).await;
    assert_eq!(before, Code::Unauthenticated, "nobody knows this hospital yet");
    register(&town, hospital).await;
    // Another process learns of it within half a second at the latest: then the token opens, and
    // the empty request is at fault.
    let learnt = async {
        loop {
            match ask_hospital(&town, hospital).await {
                Code::Unauthenticated => {}
                other => break other,
            }
        }
    };
    let answer = timeout(Duration::from_secs(5), learnt).await.expect("it learns of it");
    assert_eq!(answer, Code::InvalidArgument);
    let answer = graphql(&town, hospital, "{ viewer { agency { id name } } }").await;
    assert_eq!(answer["data"]["viewer"]["agency"]["name"], "試験病院（架空）", "{answer}");
    // All processes sign heads into one file.
    let look = |arguments: &[&str]| town.look(arguments).unwrap();
    assert!(look(&["sign-head"]).starts_with("signed position 2"));
    let verified = look(&["verify"]);
    assert!(verified.starts_with("2 events, the chain holds"), "{verified}");
    assert!(verified.ends_with("the last at position 2\n"), "{verified}");
    assert_eq!(look(&["export"]).lines().count(), 2);
}

async fn register(town: &Town, agency: &str) {
    let channel = town.channel(Office::Municipality).await.unwrap();
    let mut municipality = MunicipalityServiceClient::new(channel);
    let request_id = "5b6f0c1e-0f52-4c1c-9a4e-0a4f2a5f7d01".to_owned();
    let mut request = Request::new(RegisterAgencyRequest {
        context: Some(CommandContext { request_id, ..CommandContext::default() }),
        agency: Some(AgencyRegistered {
            agency_id: agency.to_owned(),
            name: "試験病院（架空）".to_owned(),
            kind: Kind::Hospital.into(),
            ..AgencyRegistered::default()
        }),
    });
    let token = town.token(Office::Municipality, "municipality-kakuu");
    request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    municipality.register_agency(request).await.map(|_| ()).unwrap();
}

async fn ask_hospital(town: &Town, agency: &str) -> Code {
    let mut hospital = HospitalServiceClient::new(town.channel(Office::Hospital).await.unwrap());
    let mut request = Request::new(contracts::hospital::SubmitReferralRequest::default());
    let bearer = format!("Bearer {}", town.token(Office::Hospital, agency));
    request.metadata_mut().insert("authorization", bearer.parse().unwrap());
    hospital.submit_referral(request).await.map(|_| ()).unwrap_err().code()
}

async fn graphql(town: &Town, agency: &str, query: &str) -> Value {
    let request = reqwest::Client::new()
        .post(format!("http://{}/graphql", town.address("gateway").unwrap()))
        .bearer_auth(town.token(Office::Hospital, agency))
        .json(&json!({ "query": query }));
    request.send().await.unwrap().json().await.unwrap()
}
