//! The doors of the five offices, over the wire: health, reflection, deadlines.

use std::{collections::BTreeSet, time::Duration};

use acceptance::World;
use contracts::{
    Office,
    hospital::{RegisterPersonRequest, hospital_service_client::HospitalServiceClient},
};
use tonic::{Code, Request};
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};
use tonic_reflection::pb::v1::{
    ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
    server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
};
use tsunagi::OFFICES;

async fn world() -> World {
    World::on_sqlite("2026-11-21T00:00:00Z".parse().unwrap()).await.unwrap()
}

/// The services that an office has, by their full names.
fn services_of(office: Office) -> BTreeSet<String> {
    let served = contracts::services().filter(|service| service.offices.contains(&office));
    served.map(|service| service.descriptor.full_name().to_owned()).collect()
}

#[tokio::test]
async fn every_office_says_that_it_serves() {
    let world = world().await;
    for office in OFFICES {
        let mut health = HealthClient::new(world.channel(office).unwrap());
        for service in services_of(office) {
            let request = HealthCheckRequest { service };
            let answer = health.check(request).await.unwrap().into_inner();
            assert_eq!(answer.status(), ServingStatus::Serving, "{office:?}");
        }
    }
    world.stop().await.unwrap();
}

#[tokio::test]
async fn every_office_describes_what_it_serves_and_nothing_else() {
    let world = world().await;
    for office in OFFICES {
        let mut reflection = ServerReflectionClient::new(world.channel(office).unwrap());
        let list = ServerReflectionRequest {
            message_request: Some(MessageRequest::ListServices(String::new())),
            ..Default::default()
        };
        let answers = reflection.server_reflection_info(futures::stream::iter([list])).await;
        let answer = answers.unwrap().into_inner().message().await.unwrap().unwrap();
        let Some(MessageResponse::ListServicesResponse(listed)) = answer.message_response else {
            panic!("{office:?} listed no services");
        };
        let ours = listed.service.iter().filter(|service| service.name.starts_with("tsunagi."));
        let ours: BTreeSet<_> = ours.map(|service| service.name.clone()).collect();
        assert_eq!(ours, services_of(office));
    }
    world.stop().await.unwrap();
}

#[tokio::test]
async fn a_deadline_that_has_passed_is_answered_and_the_office_goes_on() {
    let world = world().await;
    let mut hospital = HospitalServiceClient::new(world.channel(Office::Hospital).unwrap());
    let mut hurried = Request::new(RegisterPersonRequest::default());
    hurried.set_timeout(Duration::from_nanos(1));
    let status = hospital.register_person(hurried).await.map(|_| ()).unwrap_err();
    assert!(
        matches!(status.code(), Code::DeadlineExceeded | Code::Cancelled),
        "an answer in time was not possible: {status:?}"
    );
    let patient = hospital.register_person(RegisterPersonRequest::default()).await;
    assert_eq!(patient.map(|_| ()).unwrap_err().code(), Code::Unauthenticated);
    world.stop().await.unwrap();
}
