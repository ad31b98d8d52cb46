//! The register of agencies through the municipality's door, on a real log.

use std::sync::Arc;

use contracts::{
    Office,
    events::{AgencyRegistered, AgencyRetired},
    municipality::{
        RegisterAgencyRequest, RetireAgencyRequest,
        municipality_service_client::MunicipalityServiceClient,
        municipality_service_server::MunicipalityServiceServer,
    },
    office::CommandReply,
};
use futures::future::join_all;
use municipality::Municipality;
use office::testing::{House, about, refused, with_token};
use tonic::{Code, Response, Status};

type Answer = Result<Response<CommandReply>, Status>;

struct TestOffice {
    house: House,
    client: MunicipalityServiceClient<MunicipalityServiceServer<Municipality>>,
}

impl TestOffice {
    async fn open() -> Self {
        let house = House::open().await;
        let service = Municipality::service(house.desk(Office::Municipality));
        Self { client: MunicipalityServiceClient::new(service), house }
    }

    async fn register(&self, request: RegisterAgencyRequest) -> Answer {
        self.client.clone().register_agency(self.house.request("municipality", request)).await
    }

    async fn retire(&self, id: &str) -> Answer {
        let retirement = AgencyRetired { agency_id: id.into(), ..Default::default() };
        let request =
            RetireAgencyRequest { context: Some(about("")), retirement: Some(retirement) };
        self.client.clone().retire_agency(self.house.request("municipality", request)).await
    }
}

fn registration(id: &str, kind: Office) -> RegisterAgencyRequest {
    let agency = AgencyRegistered {
        agency_id: id.into(),
        name: "架空の機関".into(),
        kind: kind.into(),
        ..Default::default()
    };
    RegisterAgencyRequest { context: Some(about("")), agency: Some(agency) }
}

#[tokio::test]
async fn an_agency_is_let_in_from_its_registration_to_its_retirement() {
    let office = TestOffice::open().await;
    // Another agency of the municipality's kind can show it at this very door.
    let token = office.house.token(Office::Municipality, "bureau-b");
    let ask = async |id: &str| {
        let request = with_token(&token, registration(id, Office::Hospital));
        office.client.clone().register_agency(request).await
    };
    assert_eq!(refused(ask("hospital-c").await).reason, "TOKEN_INVALID");
    assert!(office.register(registration("bureau-b", Office::Municipality)).await.is_ok());
    for turn in 0..20 {
        assert!(ask(&format!("hospital-x{turn}")).await.is_ok());
    }
    assert!(office.retire("bureau-b").await.is_ok());
    assert_eq!(refused(ask("hospital-c").await).reason, "TOKEN_INVALID");
}

/// Sixty-four at once, so that the log answers many of them in one batch.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_registration_is_known_to_the_next_request() {
    let office = Arc::new(TestOffice::open().await);
    let turns = (0..64).map(|turn| {
        let office = office.clone();
        tokio::spawn(async move {
            let id = format!("hospital-x{turn}");
            assert!(office.register(registration(&id, Office::Hospital)).await.is_ok());
            assert!(office.retire(&id).await.is_ok());
            assert_eq!(refused(office.retire(&id).await).reason, "UNKNOWN_AGENCY");
        })
    });
    for turn in join_all(turns).await {
        turn.expect("a registration that was answered is known");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twins_get_one_reply() {
    let office = TestOffice::open().await;
    let before = office.house.head().await;
    let request = registration("hospital-c", Office::Hospital);
    let twins = (0..8).map(|_| office.register(request.clone()));
    let answers = join_all(twins).await.into_iter();
    let replies: Vec<_> = answers.map(|answer| answer.expect("registered").into_inner()).collect();
    assert!(replies.iter().all(|reply| *reply == replies[0]));
    assert_eq!(replies[0].recorded.len(), 1);
    assert_eq!(office.house.head().await, before + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twins_of_a_retirement_get_one_reply() {
    let office = TestOffice::open().await;
    for agency in ["hospital-b", "center-b", "core-a", "ward-a"] {
        let before = office.house.head().await;
        let retirement = AgencyRetired { agency_id: agency.into(), ..Default::default() };
        let request =
            RetireAgencyRequest { context: Some(about("")), retirement: Some(retirement) };
        let twins = (0..16).map(|_| {
            let request = office.house.request("municipality", request.clone());
            let mut client = office.client.clone();
            tokio::spawn(async move { client.retire_agency(request).await })
        });
        let answers = join_all(twins).await.into_iter();
        let replies: Vec<_> =
            answers.map(|answer| answer.unwrap().expect("retired").into_inner()).collect();
        assert!(replies.iter().all(|reply| *reply == replies[0]));
        assert_eq!(office.house.head().await, before + 1);
    }
}

#[tokio::test]
async fn an_agency_belongs_to_no_case() {
    let office = TestOffice::open().await;
    let mut request = registration("hospital-c", Office::Hospital);
    let first = office.register(request.clone()).await.expect("registered").into_inner();
    let mut context = about("");
    context.case_id = about("").request_id;
    context.unless_changed_since = first.position;
    request.context = Some(context);
    let refused = refused(office.register(request).await);
    let fields: Vec<_> =
        refused.fields.iter().map(|(path, reason, _)| (&**path, &**reason)).collect();
    let expected =
        [("context.case_id", "NOT_APPLICABLE"), ("context.unless_changed_since", "NOT_APPLICABLE")];
    assert_eq!(fields, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_id_goes_to_one_of_those_who_ask_at_once() {
    let office = TestOffice::open().await;
    let before = office.house.head().await;
    let rivals = (0..8).map(|_| office.register(registration("hospital-c", Office::Hospital)));
    let (registered, others): (Vec<_>, Vec<_>) =
        join_all(rivals).await.into_iter().partition(Result::is_ok);
    assert_eq!(registered.len(), 1);
    for other in others {
        let other = refused(other);
        let expected = (Code::FailedPrecondition, "AGENCY_ALREADY_REGISTERED");
        assert_eq!((other.code, &*other.reason), expected);
    }
    assert_eq!(office.house.head().await, before + 1);
}

#[tokio::test]
async fn what_is_not_allowed_is_not_written() {
    let office = TestOffice::open().await;
    let before = office.house.head().await;
    let itself = refused(office.retire("municipality").await);
    assert_eq!((itself.code, &*itself.reason), (Code::FailedPrecondition, "WRONG_KIND_OF_AGENCY"));
    let nobody = refused(office.retire("nobody").await);
    let (field, reason, _) = &nobody.fields[0];
    assert_eq!((&**field, &**reason), ("retirement.agency_id", "UNKNOWN_AGENCY"));
    let nameless = refused(office.register(registration("Not A Code", Office::Hospital)).await);
    assert_eq!(&*nameless.fields[0].1, "MALFORMED");
    assert_eq!(office.house.head().await, before);
}
