//! The transport, against a service as tonic serves it.

use std::sync::{Arc, Mutex};

use contracts::{
    Office,
    municipality::{
        DeclinePersonErasureRequest, DeclinePersonsMergeRequest, ErasePersonRequest,
        MergePersonsRequest, ProposePersonsMergeRequest, PublishGuidelineRequest,
        PublishSurveyResultRequest, RegisterAgencyRequest, RemoveRealEstatePartnerRequest,
        RequestPersonErasureRequest, RetireAgencyRequest, UnmergePersonsRequest,
        municipality_service_server::{MunicipalityService, MunicipalityServiceServer},
    },
    office::{CommandReply, RecordActivityRequest},
};
use jiff::Timestamp;
use scenario::{Cause, GrpcTransport, Persona, Personas, Player, Scenario};
use tonic::{Code, Request, Response, Status};

use crate::{TODAY, scenario_a};

#[derive(Default)]
struct Municipality(Arc<Mutex<Vec<(String, String)>>>);

#[tonic::async_trait]
impl MunicipalityService for Municipality {
    async fn register_agency(
        &self,
        request: Request<RegisterAgencyRequest>,
    ) -> Result<Response<CommandReply>, Status> {
        let token = request.metadata().get("authorization").unwrap().to_str().unwrap().to_owned();
        let agency = request.into_inner().agency.unwrap();
        if agency.kind() == Office::WardOffice {
            return Err(Status::already_exists("once is enough"));
        }
        self.0.lock().unwrap().push((token, agency.name));
        Ok(Response::new(CommandReply { position: "p".to_owned(), ..CommandReply::default() }))
    }

    async fn retire_agency(
        &self,
        _: Request<RetireAgencyRequest>,
    ) -> Result<Response<CommandReply>, Status> {
        Err(Status::unimplemented("not asked"))
    }

    async fn publish_guideline(
        &self,
        _: Request<PublishGuidelineRequest>,
    ) -> Result<Response<CommandReply>, Status> {
        Err(Status::unimplemented("not asked"))
    }

    async fn publish_survey_result(
        &self,
        _: Request<PublishSurveyResultRequest>,
    ) -> Result<Response<CommandReply>, Status> {
        Err(Status::unimplemented("not asked"))
    }

    async fn remove_real_estate_partner(
        &self,
        _: Request<RemoveRealEstatePartnerRequest>,
    ) -> Result<Response<CommandReply>, Status> {
        Err(Status::unimplemented("not asked"))
    }

    async fn propose_persons_merge(
        &self,
        _: Request<ProposePersonsMergeRequest>,
    ) -> Result<Response<CommandReply>, Status> {
        Err(Status::unimplemented("not asked"))
    }

    async fn merge_persons(
        &self,
        _: Request<MergePersonsRequest>,
    ) -> Result<Response<CommandReply>, Status> {
        Err(Status::unimplemented("not asked"))
    }

    async fn decline_persons_merge(
        &self,
        _: Request<DeclinePersonsMergeRequest>,
    ) -> Result<Response<CommandReply>, Status> {
        Err(Status::unimplemented("not asked"))
    }

    async fn unmerge_persons(
        &self,
        _: Request<UnmergePersonsRequest>,
    ) -> Result<Response<CommandReply>, Status> {
        Err(Status::unimplemented("not asked"))
    }

    async fn request_person_erasure(
        &self,
        _: Request<RequestPersonErasureRequest>,
    ) -> Result<Response<CommandReply>, Status> {
        Err(Status::unimplemented("not asked"))
    }

    async fn erase_person(
        &self,
        _: Request<ErasePersonRequest>,
    ) -> Result<Response<CommandReply>, Status> {
        Err(Status::unimplemented("not asked"))
    }

    async fn decline_person_erasure(
        &self,
        _: Request<DeclinePersonErasureRequest>,
    ) -> Result<Response<CommandReply>, Status> {
        Err(Status::unimplemented("not asked"))
    }

    async fn record_activity(
        &self,
        _: Request<RecordActivityRequest>,
    ) -> Result<Response<CommandReply>, Status> {
        Err(Status::unimplemented("not asked"))
    }
}

#[tokio::test]
async fn requests_and_refusals_travel_with_the_token_of_the_persona() {
    let service = Municipality::default();
    let seen = service.0.clone();
    let token = |persona: &Persona| format!("token of {}", persona.staff);
    let transport = GrpcTransport::new(token)
        .reaching(Office::Municipality, MunicipalityServiceServer::new(service));
    let mut player = Player::new(Personas::demonstration().unwrap(), transport, |_: Timestamp| {});

    let agencies = Scenario::agencies().unwrap().on(TODAY).unwrap();
    let error = player.play(&agencies).await.err().unwrap();

    assert!(matches!(error.cause, Cause::Refused(status) if status.code() == Code::AlreadyExists));
    assert_eq!(error.row, "6");
    let seen = seen.lock().unwrap();
    assert_eq!(seen[0], ("Bearer token of staff-kakuu-01".to_owned(), "架空みなと病院".to_owned()));
    assert_eq!(seen.len(), 5);
}

#[tokio::test]
async fn an_office_without_a_service_is_unavailable() {
    let service = MunicipalityServiceServer::new(Municipality::default());
    let transport =
        GrpcTransport::new(|_: &Persona| String::new()).reaching(Office::Municipality, service);
    let mut player = Player::new(Personas::demonstration().unwrap(), transport, |_| {});
    let playing = spawnable(async move { player.play(&scenario_a()).await.err() });
    let error = playing.await.unwrap();
    assert!(matches!(error.cause, Cause::Refused(status) if status.code() == Code::Unavailable));
}

/// A play can run in a task of its own.
fn spawnable<F: Future + Send>(future: F) -> F {
    future
}
