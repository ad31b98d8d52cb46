//! Providers and inquiries through the core center's door, on a real log.

use contracts::{
    Event, Office,
    core_center::{
        AnswerResourceInquiryRequest, CloseResourceInquiryRequest, RegisterProviderRequest,
        RetireProviderRequest, SendResourceInquiryRequest,
        core_center_service_client::CoreCenterServiceClient,
        core_center_service_server::CoreCenterServiceServer,
    },
    events::{
        Answer, EventBody, InquiryAnswer, InquiryOutcome, ProviderKind, ProviderLiaisonMeetingHeld,
        ProviderRegistered, ProviderRetired, ProviderSheetUpdated, ResourceInquiryAnswered,
        ResourceInquiryClosed, ResourceInquirySent, VacancyKind, VacancyReported,
    },
    office::{CommandReply, RecordActivityRequest},
};
use core_center::CoreCenter;
use event_log::StreamKey;
use futures::future::join_all;
use office::testing::{House, UNKNOWN, about, refused};
use tonic::{Code, Response, Status};

type Answered = Result<Response<CommandReply>, Status>;

struct TestOffice {
    house: House,
    client: CoreCenterServiceClient<CoreCenterServiceServer<CoreCenter>>,
}

impl TestOffice {
    async fn open() -> Self {
        let house = House::open().await;
        let service = CoreCenter::service(house.desk(Office::CoreCenter));
        Self { client: CoreCenterServiceClient::new(service), house }
    }

    async fn register(&self, name: &str) -> Answered {
        let provider = ProviderRegistered {
            name: name.into(),
            kind: ProviderKind::GroupHome.into(),
            ward: "14107".into(),
            ..Default::default()
        };
        let request =
            RegisterProviderRequest { context: Some(about("")), provider: Some(provider) };
        self.client.clone().register_provider(self.house.request("core-a", request)).await
    }

    async fn provider(&self, name: &str) -> String {
        let registered: ProviderRegistered = event(&reply(self.register(name).await));
        registered.provider_id
    }

    async fn retire(&self, provider: &str) -> Answered {
        let retirement = ProviderRetired { provider_id: provider.into(), ..Default::default() };
        let request =
            RetireProviderRequest { context: Some(about("")), retirement: Some(retirement) };
        self.client.clone().retire_provider(self.house.request("core-a", request)).await
    }

    async fn record(&self, activity: impl Into<Event>) -> Answered {
        let activity = Some(EventBody { event: Some(activity.into()) });
        let request = RecordActivityRequest { context: Some(about("")), activity };
        self.client.clone().record_activity(self.house.request("core-a", request)).await
    }

    async fn ask(&self, providers: &[&str]) -> Answered {
        let inquiry = ResourceInquirySent {
            kind: ProviderKind::GroupHome.into(),
            provider_ids: providers.iter().map(|id| (*id).to_owned()).collect(),
            ..Default::default()
        };
        let request =
            SendResourceInquiryRequest { context: Some(about("")), inquiry: Some(inquiry) };
        self.client.clone().send_resource_inquiry(self.house.request("core-a", request)).await
    }

    async fn answer(&self, request: AnswerResourceInquiryRequest) -> Answered {
        self.client.clone().answer_resource_inquiry(self.house.request("core-a", request)).await
    }

    async fn close(&self, inquiry: &str) -> Answered {
        let closing = ResourceInquiryClosed {
            inquiry_id: inquiry.into(),
            outcome: InquiryOutcome::Found.into(),
            ..Default::default()
        };
        let request =
            CloseResourceInquiryRequest { context: Some(about("")), closing: Some(closing) };
        self.client.clone().close_resource_inquiry(self.house.request("core-a", request)).await
    }

    async fn length(&self, resource: &str) -> usize {
        let stream = StreamKey::new("resource", resource);
        self.house.log.read_stream(&stream, 0, 100).await.expect("the log is read").len()
    }
}

fn reply(answer: Answered) -> CommandReply {
    answer.unwrap_or_else(|status| panic!("refused: {status:?}")).into_inner()
}

fn event<E: TryFrom<Event>>(reply: &CommandReply) -> E {
    let body = reply.recorded.first().and_then(|recorded| recorded.body.clone());
    let event = body.and_then(|body| body.event).expect("something was recorded");
    E::try_from(event).unwrap_or_else(|_| panic!("another event was recorded"))
}

fn warnings(reply: &CommandReply) -> Vec<&str> {
    reply.warnings.iter().map(|warning| warning.reason.as_str()).collect()
}

fn sheet(provider: &str) -> ProviderSheetUpdated {
    ProviderSheetUpdated {
        provider_id: provider.into(),
        updated_on: "2025-05-30".into(),
        trial_use: Answer::Yes.into(),
        features: "静かな住宅地にあります。".into(),
        ..Default::default()
    }
}

fn answer(inquiry: &str, provider: &str) -> AnswerResourceInquiryRequest {
    let answer = ResourceInquiryAnswered {
        inquiry_id: inquiry.into(),
        answered_on: "2025-06-01".into(),
        provider_id: provider.into(),
        answer: InquiryAnswer::Yes.into(),
        answered_by: "架空の管理者".into(),
        ..Default::default()
    };
    AnswerResourceInquiryRequest { context: Some(about("")), answer: Some(answer) }
}

#[tokio::test]
async fn a_provider_has_a_stream_of_its_own_and_its_words_are_sealed() {
    let office = TestOffice::open().await;
    let provider = office.provider("架空ホーム").await;
    reply(office.record(sheet(&provider)).await);
    let vacancy = VacancyReported {
        provider_id: provider.clone(),
        as_of: "2025-06-01".into(),
        kind: VacancyKind::Trial.into(),
        places_count: 1,
    };
    reply(office.record(vacancy).await);
    let stream = StreamKey::new("resource", provider.as_str());
    let stored = office.house.log.read_stream(&stream, 0, 10).await.unwrap();
    assert_eq!(stored.len(), 3);
    assert!(stored[0].sealed.is_empty() && !stored[1].sealed.is_empty());
    let words = "静かな住宅地".as_bytes();
    assert!(!stored[1].body.windows(words.len()).any(|window| window == words));
}

#[tokio::test]
async fn what_is_not_registered_cannot_be_named() {
    let office = TestOffice::open().await;
    let before = office.house.head().await;
    let unknown = refused(office.record(sheet(UNKNOWN)).await);
    let (path, reason, _) = &unknown.fields[0];
    let expected = ("activity.provider_sheet_updated.provider_id", "UNKNOWN_PROVIDER");
    assert_eq!((&**path, &**reason), expected);
    let meeting = ProviderLiaisonMeetingHeld {
        held_on: "2025-05-30".into(),
        ward: "14107".into(),
        provider_ids: vec![UNKNOWN.into()],
        ..Default::default()
    };
    assert_eq!(refused(office.record(meeting).await).fields[0].1, "UNKNOWN_PROVIDER");
    assert_eq!(refused(office.ask(&[UNKNOWN]).await).fields[0].1, "UNKNOWN_PROVIDER");
    let nothing = refused(office.answer(answer(UNKNOWN, UNKNOWN)).await);
    let reasons: Vec<_> = nothing.fields.iter().map(|(_, reason, _)| &**reason).collect();
    assert_eq!(reasons, ["UNKNOWN_PROVIDER", "UNKNOWN_INQUIRY"]);
    assert_eq!(office.house.head().await, before);
}

#[tokio::test]
async fn an_inquiry_is_answered_and_closed() {
    let office = TestOffice::open().await;
    let one = office.provider("架空ホーム一").await;
    let other = office.provider("架空ホーム二").await;
    let sent: ResourceInquirySent = event(&reply(office.ask(&[&one, &other]).await));
    let answered = reply(office.answer(answer(&sent.inquiry_id, &one)).await);
    assert_eq!(warnings(&answered), [""; 0]);
    reply(office.close(&sent.inquiry_id).await);
    let again = refused(office.close(&sent.inquiry_id).await);
    assert_eq!((again.code, &*again.reason), (Code::FailedPrecondition, "INQUIRY_CLOSED"));
    assert_eq!(office.length(&sent.inquiry_id).await, 3);
}

#[tokio::test]
async fn a_late_answer_is_recorded_and_flagged_the_same_each_time_it_is_sent() {
    let office = TestOffice::open().await;
    let provider = office.provider("架空ホーム").await;
    let sent: ResourceInquirySent = event(&reply(office.ask(&[&provider]).await));
    reply(office.close(&sent.inquiry_id).await);
    let request = answer(&sent.inquiry_id, &provider);
    let first = reply(office.answer(request.clone()).await);
    assert_eq!(warnings(&first), ["INQUIRY_CLOSED"]);
    assert!(reply(office.answer(request).await) == first);
    reply(office.retire(&provider).await);
    let late = reply(office.record(sheet(&provider)).await);
    assert_eq!(warnings(&late), ["PROVIDER_RETIRED"]);
}

/// A decision holds only if nobody else has written about the resource meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_provider_is_retired_by_one_of_those_who_try_at_once() {
    let office = TestOffice::open().await;
    let provider = office.provider("架空ホーム").await;
    let answers = join_all((0..8).map(|_| office.retire(&provider))).await;
    let (retired, refusals): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!(retired.len(), 1);
    for refusal in refusals {
        assert_eq!(refused(refusal).reason, "PROVIDER_RETIRED");
    }
    assert_eq!(office.length(&provider).await, 2);
}

/// None of them is refused because of another.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn facts_about_one_provider_are_all_recorded() {
    let office = TestOffice::open().await;
    let provider = office.provider("架空ホーム").await;
    let sheets = join_all((0..16).map(|_| office.record(sheet(&provider)))).await;
    sheets.into_iter().for_each(|answer| drop(reply(answer)));
    assert_eq!(office.length(&provider).await, 17);
}
