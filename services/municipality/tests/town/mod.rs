//! A town for the municipality's commands: two processes of hospitals, and the city's door.
#![allow(dead_code, reason = "each test file uses its part of it")]

use contracts::{
    Event, Office,
    events::{
        EventBody, PersonRegistered, PersonsMergeProposed, PersonsMerged, ResidenceWardChanged,
    },
    hospital::RegisterPersonRequest,
    municipality::{
        MergePersonsRequest, ProposePersonsMergeRequest,
        municipality_service_client::MunicipalityServiceClient,
        municipality_service_server::MunicipalityServiceServer,
    },
    office::{
        CommandReply, ExportPersonFileRequest, RecordActivityRequest,
        records_service_client::RecordsServiceClient, records_service_server::RecordsServiceServer,
    },
};
use futures::TryStreamExt;
use municipality::Municipality;
use office::{
    Desk, Records,
    shared::register_person,
    testing::{House, OFFICER, SECOND_OFFICER, about, refused},
};
use tonic::{Response, Status};

pub type Answer = Result<Response<CommandReply>, Status>;

pub struct Town {
    pub house: House,
    /// Two processes of hospitals: what one keeps at hand, the other does not hear of.
    pub hospitals: [Desk; 2],
    pub records: RecordsServiceClient<RecordsServiceServer<Records>>,
    pub city: MunicipalityServiceClient<MunicipalityServiceServer<Municipality>>,
}

pub fn reply(answer: Answer) -> CommandReply {
    answer.expect("it is recorded").into_inner()
}

pub fn reason(answer: Answer) -> String {
    refused(answer).reason
}

impl Town {
    pub async fn of(house: House) -> Self {
        let hospitals = [house.desk(Office::Hospital), house.desk(Office::Hospital)];
        let records = Records::service(hospitals[0].clone(), house.disclosure(), Vec::new());
        let city = Municipality::service(house.desk(Office::Municipality));
        let records = RecordsServiceClient::new(records);
        Self { house, hospitals, records, city: MunicipalityServiceClient::new(city) }
    }

    pub async fn register(&self, by: &str) -> String {
        let person = PersonRegistered {
            registered_on: "2025-04-01".into(),
            family_name: format!("架空{by}"),
            given_name: "一郎".into(),
            residence_ward: "14107".into(),
            ..Default::default()
        };
        let request = RegisterPersonRequest { context: Some(about("")), person: Some(person) };
        let request = self.house.request(by, request);
        let door = ("RegisterPersonRequest", "person");
        let parts = |request: RegisterPersonRequest| (request.context, request.person);
        let desk = &self.hospitals[0];
        reply(desk.perform(door, request, parts, register_person::decide).await).person_id
    }

    pub async fn moves_at(
        &self,
        process: usize,
        by: &str,
        request: RecordActivityRequest,
    ) -> Answer {
        self.hospitals[process].record_activity(self.house.request(by, request)).await
    }

    pub async fn moves(&self, process: usize, by: &str, person: &str) -> Answer {
        self.moves_at(process, by, move_of(person)).await
    }

    pub async fn propose(&self, officer: &str, surviving: &str, merged: &str) -> Answer {
        let proposal = PersonsMergeProposed {
            merged_person_id: merged.into(),
            evidence: "氏名と生年月日が一致".into(),
            ..Default::default()
        };
        let (context, proposal) = (Some(about(surviving)), Some(proposal));
        let request = ProposePersonsMergeRequest { context, proposal };
        self.city.clone().propose_persons_merge(self.house.by_officer(officer, request)).await
    }

    pub async fn approve_merge(&self, officer: &str, request: MergePersonsRequest) -> Answer {
        self.city.clone().merge_persons(self.house.by_officer(officer, request)).await
    }

    pub async fn proposed_merge(&self, surviving: &str, merged: &str) -> MergePersonsRequest {
        let proposed = reply(self.propose(OFFICER, surviving, merged).await);
        let Some(Event::PersonsMergeProposed(event)) = event_of(&proposed) else {
            panic!("no proposal")
        };
        let merge = PersonsMerged { proposal_id: event.proposal_id, ..Default::default() };
        MergePersonsRequest { context: Some(about(surviving)), merge: Some(merge) }
    }

    pub async fn merge(&self, surviving: &str, merged: &str) -> CommandReply {
        let request = self.proposed_merge(surviving, merged).await;
        reply(self.approve_merge(SECOND_OFFICER, request).await)
    }

    /// The lines of an exported file.
    pub async fn export(&self, by: &str, person: &str) -> Result<Vec<String>, Status> {
        let request = ExportPersonFileRequest { person_id: person.into() };
        let request = self.house.request(by, request);
        let lines = self.records.clone().export_person_file(request).await?.into_inner();
        let lines: Vec<_> = lines.try_collect().await?;
        Ok(lines.into_iter().map(|line| line.json).collect())
    }
}

pub fn event_of(reply: &CommandReply) -> Option<Event> {
    reply.recorded[0].body.clone().and_then(|body| body.event)
}

pub fn move_of(person: &str) -> RecordActivityRequest {
    let event = ResidenceWardChanged {
        moved_on: "2025-05-01".into(),
        to_ward: "14108".into(),
        ..Default::default()
    };
    let activity = Some(EventBody { event: Some(event.into()) });
    RecordActivityRequest { context: Some(about(person)), activity }
}
