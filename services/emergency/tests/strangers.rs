//! Break-glass access through the door: what a stranger is told, and what is put on record.

use access::{Purpose, read_recorded};
use contracts::{
    Event, Office,
    access::Outcome,
    emergency::{
        ReviewBreakGlassAccessRequest, UseBreakGlassAccessRequest,
        emergency_service_client::EmergencyServiceClient,
        emergency_service_server::EmergencyServiceServer,
    },
    events::{
        BreakGlassAccessReviewed, BreakGlassAccessUsed, BreakGlassOutcome, BreakGlassReason,
        EmergencyReported, EmergencyReporter, EmergencyTrigger, EventBody, OnCallTime,
        PersonRegistered,
    },
    office::{CommandContext, CommandReply, RecordActivityRequest},
    support_center::RegisterPersonRequest,
};
use emergency::Emergency;
use office::{
    shared::register_person,
    testing::{House, UNKNOWN, about, refused},
};
use tonic::{Response, Status};

type Client = EmergencyServiceClient<EmergencyServiceServer<Emergency>>;

struct Town {
    house: House,
    center: Client,
    core: Client,
    person: String,
}

impl Town {
    /// A person of `center-a`, whom nobody else knows.
    async fn with_person() -> Self {
        let house = House::open().await;
        let client = |office| EmergencyServiceClient::new(Emergency::service(house.desk(office)));
        let (center, core) = (client(Office::SupportCenter), client(Office::CoreCenter));
        let registration = PersonRegistered {
            registered_on: "2025-06-01".into(),
            family_name: "架空".into(),
            given_name: "一郎".into(),
            residence_ward: "14107".into(),
            ..Default::default()
        };
        let request =
            RegisterPersonRequest { context: Some(about("")), person: Some(registration) };
        let request = house.request("center-a", request);
        let parts = |request: RegisterPersonRequest| (request.context, request.person);
        let (door, desk) = (("RegisterPersonRequest", "person"), house.desk(Office::SupportCenter));
        let registered = desk.perform(door, request, parts, register_person::decide).await;
        let person = reply(registered).person_id;
        Self { house, center, core, person }
    }

    async fn call_for_help(&mut self) {
        let report = EmergencyReported {
            reported_on: "2025-06-01".into(),
            time: OnCallTime::Daytime.into(),
            reporter: EmergencyReporter::Family.into(),
            trigger: EmergencyTrigger::Caregiver.into(),
            ..Default::default()
        };
        let request = activity(about(&self.person), report.into());
        reply(self.center.record_activity(self.house.request("center-a", request)).await);
    }

    async fn break_glass(
        &mut self,
        context: CommandContext,
    ) -> Result<Response<CommandReply>, Status> {
        let request = UseBreakGlassAccessRequest {
            context: Some(context),
            access: Some(BreakGlassAccessUsed {
                reason: BreakGlassReason::ResponsibleUnreachable.into(),
                detail: "担当に連絡がつかない".into(),
                ..Default::default()
            }),
        };
        self.core.use_break_glass_access(self.house.request("core-a", request)).await
    }
}

fn activity(context: CommandContext, event: Event) -> RecordActivityRequest {
    let activity = Some(EventBody { event: Some(event) });
    RecordActivityRequest { context: Some(context), activity }
}

#[track_caller]
fn reply(answer: Result<Response<CommandReply>, Status>) -> CommandReply {
    answer.map(Response::into_inner).unwrap_or_else(|status| panic!("{status:?}"))
}

#[tokio::test]
async fn a_stranger_cannot_tell_who_exists_or_is_in_an_emergency() {
    let mut town = Town::with_person().await;
    let quiet = town.break_glass(about(&town.person.clone())).await;
    let absent = town.break_glass(about(UNKNOWN)).await;
    let (quiet, absent) = (refused(quiet), refused(absent));
    assert_eq!((quiet.reason.as_str(), &quiet), ("UNKNOWN_PERSON", &absent));
    town.call_for_help().await;
    let in_a_case = CommandContext { case_id: UNKNOWN.into(), ..about(&town.person) };
    assert_eq!(refused(town.break_glass(in_a_case).await), absent);
    // Each attempt is on record, and alike.
    let stored = town.house.reads.read(0, 10).await.unwrap();
    let reads: Vec<_> = stored.iter().filter_map(read_recorded).collect();
    assert_eq!(reads.len(), 3);
    for read in &reads {
        assert_eq!((read.outcome(), read.purpose()), (Outcome::Refused, Purpose::Command));
    }
}

#[tokio::test]
async fn a_use_is_not_prolonged_and_reviewed_by_the_responsible_agency() {
    let mut town = Town::with_person().await;
    town.call_for_help().await;
    let used = reply(town.break_glass(about(&town.person.clone())).await);
    let body = used.recorded[0].body.clone().and_then(|body| body.event).unwrap();
    let Event::BreakGlassAccessUsed(event) = body else { panic!("another event") };
    assert_eq!((event.used_by.as_str(), event.detail.as_str()), ("staff-1", ""));
    let again = refused(town.break_glass(about(&town.person.clone())).await);
    assert_eq!(again.reason, "BREAK_GLASS_IN_FORCE");
    let review = ReviewBreakGlassAccessRequest {
        context: Some(about(&town.person)),
        review: Some(BreakGlassAccessReviewed {
            access_id: event.access_id,
            outcome: BreakGlassOutcome::Justified.into(),
            ..Default::default()
        }),
    };
    let by_stranger =
        town.core.review_break_glass_access(town.house.request("core-a", review.clone())).await;
    assert_eq!(refused(by_stranger).reason, "UNKNOWN_PERSON");
    let context = Some(about(&town.person));
    let review = ReviewBreakGlassAccessRequest { context, ..review };
    reply(town.center.review_break_glass_access(town.house.request("center-a", review)).await);
}
