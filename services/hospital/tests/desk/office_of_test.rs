//! A hospital's office in the small world, and the requests that most tests begin with.

use std::sync::Arc;

use access::{Clock, RandomIds};
use contracts::{
    Topic,
    events::{
        ConsentGiven, ConsentMethod, DestinationKind, DischargePlanCancelled, DischargePlanned,
        InpatientEpisodeOpened, PatientDischarged, PersonRegistered,
    },
    hospital::{
        CancelDischargePlanRequest, OpenInpatientEpisodeRequest, PlanDischargeRequest,
        RecordConsentRequest, RecordDischargeRequest, RegisterPersonRequest,
        hospital_service_client::HospitalServiceClient,
        hospital_service_server::HospitalServiceServer,
    },
    office::{
        CommandContext, CommandReply, CorrectEventRequest, ExportPersonFileRequest,
        ImportTableReply, ImportTableRequest, RetractEventRequest,
        records_service_client::RecordsServiceClient, records_service_server::RecordsServiceServer,
    },
};
use event_log::{Append, ExpectedVersion, NewEvent, StreamKey, StreamWrite};
use futures::TryStreamExt;
use hospital::Hospital;
use office::{
    Records,
    testing::{House, about},
};
use serde_json::Value;
use tonic::{Response, Status};

pub type Answer = Result<Response<CommandReply>, Status>;
pub type Client = HospitalServiceClient<HospitalServiceServer<Hospital>>;
pub type RecordsClient = RecordsServiceClient<RecordsServiceServer<Records>>;

pub struct TestOffice {
    pub house: House,
    client: Client,
    records: RecordsClient,
}

/// Somebody in `hospital-a`, without any consent.
pub struct Inpatient {
    pub person: String,
    pub episode: String,
}

impl TestOffice {
    pub async fn open() -> Self {
        let house = House::open().await;
        let desk = house.desk(contracts::Office::Hospital);
        let records = RecordsServiceClient::new(Records::service(
            desk.clone(),
            house.disclosure(),
            vec![Arc::new(Hospital::from(desk.clone()))],
        ));
        Self { client: HospitalServiceClient::new(Hospital::service(desk)), records, house }
    }

    pub async fn correct(&self, by: &str, request: CorrectEventRequest) -> Answer {
        self.records.clone().correct_event(self.house.request(by, request)).await
    }

    /// The lines of an exported file.
    pub async fn export(&self, by: &str, person: &str) -> Result<Vec<Value>, Status> {
        let request = ExportPersonFileRequest { person_id: person.into() };
        let request = self.house.request(by, request);
        let lines = self.records.clone().export_person_file(request).await?.into_inner();
        let lines: Vec<_> = lines.try_collect().await?;
        let parsed = lines.iter().map(|line| serde_json::from_str(&line.json));
        Ok(parsed.collect::<Result<_, _>>().expect("JSON"))
    }

    /// What an import answers, message by message.
    pub async fn import(
        &self,
        by: &str,
        parts: Vec<ImportTableRequest>,
    ) -> Result<Vec<ImportTableReply>, Status> {
        let request = self.house.request(by, futures::stream::iter(parts));
        let replies = self.records.clone().import_table(request).await?.into_inner();
        replies.try_collect().await
    }

    pub async fn retract(&self, by: &str, request: RetractEventRequest) -> Answer {
        self.records.clone().retract_event(self.house.request(by, request)).await
    }

    /// A client of its own, so that tests can ask many things at once.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    pub async fn register(&self, by: &str, request: RegisterPersonRequest) -> Answer {
        self.client().register_person(self.house.request(by, request)).await
    }

    pub async fn admit(&self, by: &str, request: OpenInpatientEpisodeRequest) -> Answer {
        self.client().open_inpatient_episode(self.house.request(by, request)).await
    }

    pub async fn plan(&self, by: &str, request: PlanDischargeRequest) -> Answer {
        self.client().plan_discharge(self.house.request(by, request)).await
    }

    pub async fn cancel(&self, by: &str, request: CancelDischargePlanRequest) -> Answer {
        self.client().cancel_discharge_plan(self.house.request(by, request)).await
    }

    pub async fn discharge(&self, by: &str, request: RecordDischargeRequest) -> Answer {
        self.client().record_discharge(self.house.request(by, request)).await
    }

    pub async fn consent(&self, by: &str, request: RecordConsentRequest) -> Answer {
        self.client().record_consent(self.house.request(by, request)).await
    }

    /// Puts an event into the person's stream that nobody can read.
    pub async fn damage(&self, person: &str) {
        let now = self.house.clock.now();
        let new = NewEvent {
            event_id: RandomIds::random(),
            type_no: 4_000_000,
            case_id: None,
            agency: "hospital-a".into(),
            staff: "staff-1".into(),
            on_behalf_of: None,
            correlation_id: RandomIds::random(),
            causation_id: None,
            occurred_on: "2025-06-01".parse().expect("a date"),
            body: vec![0xff],
            sealed: Vec::new(),
        };
        let stream = StreamKey::new("person", person);
        let write = StreamWrite { stream, expected: ExpectedVersion::Any, events: vec![new] };
        let append = Append {
            producer: "test".into(),
            request_id: RandomIds::random(),
            digest: [0; 32],
            recorded_at: now,
            writes: vec![write],
            unless_changed: None,
        };
        self.house.log.append(append).await.expect("appended");
    }

    pub async fn inpatient(&self) -> Inpatient {
        let registered = reply(self.register("hospital-a", registration()).await);
        let person = registered.person_id;
        let admitted = reply(self.admit("hospital-a", admission(&person)).await);
        let stay: InpatientEpisodeOpened = event(&admitted);
        Inpatient { person, episode: stay.episode_id }
    }
}

impl Inpatient {
    pub fn plan(&self) -> PlanDischargeRequest {
        let plan = DischargePlanned {
            episode_id: self.episode.clone(),
            planned_on: "2025-07-01".into(),
            destination_kind: DestinationKind::Home.into(),
            follow_up: "退院後は週に一度、外来に通う。".into(),
            ..Default::default()
        };
        PlanDischargeRequest { context: Some(about(&self.person)), plan: Some(plan) }
    }

    pub fn cancellation(&self) -> CancelDischargePlanRequest {
        let cancellation =
            DischargePlanCancelled { episode_id: self.episode.clone(), ..Default::default() };
        let context = Some(about(&self.person));
        CancelDischargePlanRequest { context, cancellation: Some(cancellation) }
    }

    pub fn discharge(&self) -> RecordDischargeRequest {
        let discharge = PatientDischarged {
            episode_id: self.episode.clone(),
            discharged_on: "2025-06-01".into(),
            destination_kind: DestinationKind::Home.into(),
            ..Default::default()
        };
        RecordDischargeRequest { context: Some(about(&self.person)), discharge: Some(discharge) }
    }
}

pub fn registration() -> RegisterPersonRequest {
    let person = PersonRegistered {
        registered_on: "2025-04-01".into(),
        family_name: "架空".into(),
        given_name: "一郎".into(),
        birth_date: "1967-03-09".into(),
        residence_ward: "14107".into(),
        ..Default::default()
    };
    RegisterPersonRequest { context: Some(about("")), person: Some(person) }
}

pub fn admission(person: &str) -> OpenInpatientEpisodeRequest {
    let stay = InpatientEpisodeOpened {
        admitted_on: "2025-04-01".into(),
        unit: "三病棟".into(),
        residence_ward: "14107".into(),
        ..Default::default()
    };
    OpenInpatientEpisodeRequest { context: Some(about(person)), episode: Some(stay) }
}

pub fn consent(person: &str, agencies: &[&str]) -> RecordConsentRequest {
    let consent = ConsentGiven {
        given_on: "2025-06-01".into(),
        topics: vec![Topic::Support.into()],
        agency_ids: agencies.iter().map(|id| (*id).to_owned()).collect(),
        method: ConsentMethod::Written.into(),
        ..Default::default()
    };
    RecordConsentRequest { context: Some(about(person)), consent: Some(consent) }
}

/// The context of a request that has one.
pub fn context(context: &mut Option<CommandContext>) -> &mut CommandContext {
    context.as_mut().expect("requests of tests have a context")
}

/// The reply of an answer, which must be yes.
#[track_caller]
pub fn reply(answer: Answer) -> CommandReply {
    answer.unwrap_or_else(|status| panic!("refused: {status:?}")).into_inner()
}

/// The first event of a reply.
#[track_caller]
pub fn event<E: TryFrom<contracts::Event>>(reply: &CommandReply) -> E {
    let body = reply.recorded.first().and_then(|recorded| recorded.body.clone());
    let event = body.and_then(|body| body.event).expect("something was recorded");
    E::try_from(event).unwrap_or_else(|_| panic!("another event was recorded"))
}

pub fn reasons(reply: &CommandReply) -> Vec<&str> {
    reply.warnings.iter().map(|warning| warning.reason.as_str()).collect()
}
