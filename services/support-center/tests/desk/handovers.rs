//! A hand-over through the door: who may do what while it waits, and afterwards.

use contracts::{
    Office,
    events::{
        CaseHandedOver, CaseHandoverAccepted, CaseSuspended, HandoverReason, VisitMethod,
        VisitPurpose, WardVisitRecorded,
    },
    office::{CommandContext, CommandReply},
    support_center::{
        AcceptCaseHandoverRequest, HandOverCaseRequest, RecordWardVisitRequest, SuspendCaseRequest,
        support_center_service_client::SupportCenterServiceClient,
        support_center_service_server::SupportCenterServiceServer,
    },
};
use office::testing::{House, about, refused};
use support_center::SupportCenter;
use tonic::{Response, Status};

use crate::referred::{event, referred, reply};

type Answer = Result<Response<CommandReply>, Status>;
type Client = SupportCenterServiceClient<SupportCenterServiceServer<SupportCenter>>;

struct Handover {
    house: House,
    center: Client,
    person: String,
    case: String,
    episode: String,
    id: String,
}

impl Handover {
    /// `center-a` has asked `center-b` to lead its case from now on.
    async fn waiting() -> Self {
        let house = House::open().await;
        let hospital = house.desk(Office::Hospital);
        let service = SupportCenter::service(house.desk(Office::SupportCenter));
        let mut center = SupportCenterServiceClient::new(service);
        let (accept, episode) = referred(&house, &hospital).await;
        let opened = reply(center.accept_referral(house.request("center-a", accept)).await);
        let (person, case) = (opened.person_id, opened.case_id);
        let handover = CaseHandedOver {
            to_agency_id: "center-b".into(),
            reason: HandoverReason::Moved.into(),
            ..Default::default()
        };
        let context = Some(CommandContext { case_id: case.clone(), ..about(&person) });
        let request = HandOverCaseRequest { context, handover: Some(handover) };
        let asked = reply(center.hand_over_case(house.request("center-a", request)).await);
        let id = event::<CaseHandedOver>(&asked).handover_id;
        Self { house, center, person, case, episode, id }
    }

    fn context(&self) -> Option<CommandContext> {
        Some(CommandContext { case_id: self.case.clone(), ..about(&self.person) })
    }

    async fn accept(&mut self, by: &str) -> Answer {
        let acceptance =
            CaseHandoverAccepted { handover_id: self.id.clone(), ..Default::default() };
        let request =
            AcceptCaseHandoverRequest { context: self.context(), acceptance: Some(acceptance) };
        self.center.accept_case_handover(self.house.request(by, request)).await
    }

    async fn suspend(&mut self, by: &str) -> Answer {
        let suspension = Some(CaseSuspended::default());
        let request = SuspendCaseRequest { context: self.context(), suspension };
        self.center.suspend_case(self.house.request(by, request)).await
    }

    async fn visit(&mut self, by: &str, day: &str) -> Answer {
        let visit = WardVisitRecorded {
            episode_id: self.episode.clone(),
            visited_on: day.into(),
            method: VisitMethod::InPerson.into(),
            purpose: VisitPurpose::Interview.into(),
            ..Default::default()
        };
        let request = RecordWardVisitRequest { context: self.context(), visit: Some(visit) };
        self.center.record_ward_visit(self.house.request(by, request)).await
    }
}

fn reason(answer: Answer) -> String {
    refused(answer).reason
}

#[tokio::test]
async fn while_it_waits_the_receiver_only_answers_and_the_sender_goes_on() {
    let mut handover = Handover::waiting().await;
    assert_eq!(reason(handover.suspend("center-b").await), "UNKNOWN_CASE");
    assert_eq!(reason(handover.visit("center-b", "2025-06-01").await), "UNKNOWN_CASE");
    reply(handover.visit("center-a", "2025-06-01").await);
    assert_eq!(reason(handover.accept("center-a").await), "UNKNOWN_HANDOVER");
    reply(handover.accept("center-b").await);
    reply(handover.suspend("center-b").await);
}

#[tokio::test]
async fn afterwards_the_sender_only_writes_down_what_happened_until_then() {
    let mut handover = Handover::waiting().await;
    let accepted = reply(handover.accept("center-b").await);
    assert_eq!(event::<CaseHandoverAccepted>(&accepted).from_agency_id, "center-a");
    assert_eq!(reason(handover.suspend("center-a").await), "UNKNOWN_CASE");
    reply(handover.visit("center-a", "2025-05-30").await);
    handover.house.clock.set("2025-06-02T03:00:00Z".parse().expect("the next day"));
    assert_eq!(reason(handover.visit("center-a", "2025-06-02").await), "UNKNOWN_CASE");
    reply(handover.visit("center-b", "2025-06-02").await);
}
