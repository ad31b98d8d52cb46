//! Erasing through the municipality's door, and what the other offices notice, on a real log and a
//! real vault.

use std::collections::BTreeMap;

use access::{Door, Opened, SealedEvent};
use casework::{CountedFrom, PersonId, Refusal, Retention};
use contracts::{
    Office,
    events::{
        ErasureDeclineReason, ErasureGround, EventBody, PersonErased, PersonErasureDeclined,
        PersonErasureRequested, PersonRegistered, PersonsMergeProposed, PersonsMerged,
        ResidenceWardChanged,
    },
    hospital::RegisterPersonRequest,
    municipality::{
        DeclinePersonErasureRequest, ErasePersonRequest, MergePersonsRequest,
        ProposePersonsMergeRequest, RequestPersonErasureRequest,
        municipality_service_client::MunicipalityServiceClient,
        municipality_service_server::MunicipalityServiceServer,
    },
    office::{
        CommandReply, ExportPersonFileRequest, RecordActivityRequest, RetractEventRequest,
        records_service_client::RecordsServiceClient, records_service_server::RecordsServiceServer,
    },
};
use event_log::StreamKey;
use futures::{TryStreamExt, future::join_all};
use municipality::Municipality;
use office::{
    Desk, Records,
    shared::register_person,
    testing::{House, OFFICER, SECOND_OFFICER, UNKNOWN, about, refused},
};
use tonic::{Code, Response, Status};
use vault::Subject;

type Answer = Result<Response<CommandReply>, Status>;

struct Town {
    house: House,
    /// Two processes of hospitals: what one keeps at hand, the other does not hear of.
    hospitals: [Desk; 2],
    records: RecordsServiceClient<RecordsServiceServer<Records>>,
    city: MunicipalityServiceClient<MunicipalityServiceServer<Municipality>>,
}

fn reply(answer: Answer) -> CommandReply {
    answer.expect("it is recorded").into_inner()
}

fn reason(answer: Answer) -> String {
    refused(answer).reason
}

impl Town {
    /// Where what was recorded in error goes at once, and nothing else ever.
    async fn open() -> Self {
        let mut house = House::open().await;
        let years = BTreeMap::from([(ErasureGround::RecordedInError, 0)]);
        house.retention = Retention { counted_from: CountedFrom::LastEntry, years };
        let hospitals = [house.desk(Office::Hospital), house.desk(Office::Hospital)];
        let records = Records::service(hospitals[0].clone(), house.disclosure(), Vec::new());
        let city = Municipality::service(house.desk(Office::Municipality));
        let records = RecordsServiceClient::new(records);
        Self { house, hospitals, records, city: MunicipalityServiceClient::new(city) }
    }

    async fn register(&self, by: &str) -> String {
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

    async fn moves(&self, process: usize, by: &str, person: &str) -> Answer {
        let request = self.house.request(by, move_of(person));
        self.hospitals[process].record_activity(request).await
    }

    async fn merge(&self, surviving: &str, merged: &str) {
        let proposal = PersonsMergeProposed {
            merged_person_id: merged.into(),
            evidence: "氏名と生年月日が一致".into(),
            ..Default::default()
        };
        let (context, proposal) = (Some(about(surviving)), Some(proposal));
        let request = ProposePersonsMergeRequest { context, proposal };
        let request = self.house.by_officer(OFFICER, request);
        let proposed = reply(self.city.clone().propose_persons_merge(request).await);
        let Some(contracts::Event::PersonsMergeProposed(event)) = event_of(&proposed) else {
            panic!("no proposal")
        };
        let merge = PersonsMerged { proposal_id: event.proposal_id, ..Default::default() };
        let request = MergePersonsRequest { context: Some(about(surviving)), merge: Some(merge) };
        let request = self.house.by_officer(SECOND_OFFICER, request);
        reply(self.city.clone().merge_persons(request).await);
    }

    async fn request(&self, officer: &str, person: &str, ground: ErasureGround) -> Answer {
        let erasure = PersonErasureRequested { ground: ground.into(), ..Default::default() };
        let (context, erasure) = (Some(about(person)), Some(erasure));
        let request = RequestPersonErasureRequest { context, erasure };
        let request = self.house.by_erasure_officer(officer, request);
        self.city.clone().request_person_erasure(request).await
    }

    /// The approval of an erasure that [`OFFICER`] asked for.
    async fn requested(&self, person: &str) -> ErasePersonRequest {
        let ask = || self.request(OFFICER, person, ErasureGround::RecordedInError);
        let requested = loop {
            match ask().await {
                Err(status) if status.code() == Code::Aborted => {}
                answer => break reply(answer),
            }
        };
        let Some(contracts::Event::PersonErasureRequested(event)) = event_of(&requested) else {
            panic!("no request")
        };
        let erasure = PersonErased { erasure_id: event.erasure_id, ..Default::default() };
        ErasePersonRequest { context: Some(about(person)), erasure: Some(erasure) }
    }

    async fn approve(&self, officer: &str, request: ErasePersonRequest) -> Answer {
        let request = self.house.by_erasure_officer(officer, request);
        self.city.clone().erase_person(request).await
    }

    async fn erase(&self, person: &str) -> CommandReply {
        let request = self.requested(person).await;
        loop {
            let answer = self.approve(SECOND_OFFICER, request.clone()).await;
            match answer {
                // Others write without a pause.
                Err(status) if status.code() == Code::Aborted => {}
                answer => return reply(answer),
            }
        }
    }

    async fn export(&self, by: &str, person: &str) -> Result<String, Status> {
        let request = ExportPersonFileRequest { person_id: person.into() };
        let request = self.house.request(by, request);
        let lines = self.records.clone().export_person_file(request).await?.into_inner();
        let lines: Vec<_> = lines.try_collect().await?;
        Ok(lines.into_iter().map(|line| line.json).collect())
    }

    async fn has_key(&self, person: &str) -> bool {
        let key = self.house.vault.key(&Subject::new("person", person)).await;
        key.expect("the vault answers").is_some()
    }

    async fn names_in(&self, person: &str) -> Vec<u32> {
        let stream = self.house.log.read_stream(&StreamKey::new("person", person), 0, 100).await;
        stream.expect("a stream").iter().map(|event| event.type_no).collect()
    }
}

fn event_of(reply: &CommandReply) -> Option<contracts::Event> {
    reply.recorded[0].body.clone().and_then(|body| body.event)
}

fn move_of(person: &str) -> RecordActivityRequest {
    let event = ResidenceWardChanged {
        moved_on: "2025-05-01".into(),
        to_ward: "14108".into(),
        ..Default::default()
    };
    let activity = Some(EventBody { event: Some(event.into()) });
    RecordActivityRequest { context: Some(about(person)), activity }
}

#[tokio::test]
async fn only_erasure_officers_come_in_and_nobody_else_learns_who_exists() {
    let town = Town::open().await;
    let person = town.register("hospital-a").await;
    for person in [&*person, UNKNOWN] {
        let erasure = PersonErasureRequested {
            ground: ErasureGround::RecordedInError.into(),
            ..Default::default()
        };
        let (context, erasure) = (Some(about(person)), Some(erasure));
        let request = RequestPersonErasureRequest { context, erasure };
        for request in [
            town.house.request("municipality", request.clone()),
            // Who may merge may not erase.
            town.house.by_officer(OFFICER, request),
        ] {
            let answer = town.city.clone().request_person_erasure(request).await;
            assert_eq!(reason(answer), Refusal::NotErasureOfficer.code());
        }
    }
    let answer = town.request(OFFICER, UNKNOWN, ErasureGround::RecordedInError).await;
    assert_eq!(reason(answer), "UNKNOWN_PERSON");
}

#[tokio::test]
async fn an_erasure_takes_two_officers_and_a_ground_with_a_time_of_retention() {
    let town = Town::open().await;
    let person = town.register("hospital-a").await;
    let answer = town.request(OFFICER, &person, ErasureGround::RequestedByPerson).await;
    assert_eq!(reason(answer), Refusal::RetentionNotSet.code());
    let request = town.requested(&person).await;
    let answer = town.approve(OFFICER, request.clone()).await;
    assert_eq!(reason(answer), Refusal::ErasureNeedsAnotherOfficer.code());
    assert!(town.has_key(&person).await);
    let erased = reply(town.approve(SECOND_OFFICER, request.clone()).await);
    assert!(!town.has_key(&person).await, "it is gone when the answer comes");
    assert_eq!((&erased.person_id, erased.recorded.len()), (&person, 1));
    let head = town.house.head().await;
    let again = reply(town.approve(SECOND_OFFICER, request).await);
    assert!(again == erased, "the first reply again");
    assert_eq!(town.house.head().await, head);
}

#[tokio::test]
async fn a_declined_request_leaves_everything_as_it_is() {
    let town = Town::open().await;
    let person = town.register("hospital-a").await;
    let request = town.requested(&person).await;
    let decline = PersonErasureDeclined {
        erasure_id: request.erasure.clone().expect("one").erasure_id,
        reason: ErasureDeclineReason::StillNeeded.into(),
        ..Default::default()
    };
    let (context, decline) = (Some(about(&person)), Some(decline));
    let decline = DeclinePersonErasureRequest { context, decline };
    let decline = town.house.by_erasure_officer(OFFICER, decline);
    reply(town.city.clone().decline_person_erasure(decline).await);
    let answer = town.approve(SECOND_OFFICER, request).await;
    assert_eq!(reason(answer), Refusal::UnknownErasureRequest.code());
    assert!(town.has_key(&person).await);
    let moved = reply(town.moves(0, "hospital-a", &person).await);
    assert_eq!(moved.person_id, person);
}

#[tokio::test]
async fn to_every_process_the_person_is_as_absent_as_one_who_never_was() {
    let town = Town::open().await;
    let person = town.register("hospital-a").await;
    let moved = reply(town.moves(0, "hospital-a", &person).await);
    reply(town.moves(1, "hospital-a", &person).await);
    town.erase(&person).await;
    let head = town.house.head().await;
    let refused_as_unknown = |answer: Answer| assert_eq!(reason(answer), "UNKNOWN_PERSON");
    for process in [1, 0] {
        refused_as_unknown(town.moves(process, "hospital-a", &person).await);
    }
    refused_as_unknown(town.request(OFFICER, &person, ErasureGround::RecordedInError).await);
    let retraction = contracts::events::EventRetracted {
        target_event_id: moved.recorded[0].event_id.clone(),
        reason: "誤記".into(),
        ..Default::default()
    };
    let (context, retraction) = (Some(about(&person)), Some(retraction));
    let request = RetractEventRequest { context, retraction };
    let request = town.house.request("hospital-a", request);
    refused_as_unknown(town.records.clone().retract_event(request).await);
    let exported = town.export("hospital-a", &person).await.expect_err("nobody");
    let of_nobody = town.export("hospital-a", UNKNOWN).await.expect_err("nobody");
    assert_eq!(exported.details(), of_nobody.details());
    assert_eq!(town.house.head().await, head, "nothing came behind the erasure");
    assert_eq!(town.names_in(&person).await.last(), Some(&343));
}

#[tokio::test]
async fn merged_files_go_together_by_one_append() {
    let town = Town::open().await;
    let [a, b] = [town.register("hospital-a").await, town.register("hospital-b").await];
    town.merge(&a, &b).await;
    // Named by the number that is not the file's own.
    let erased = town.erase(&b).await;
    assert_eq!((&erased.person_id, erased.recorded.len()), (&a, 1));
    for (person, hospital) in [(&a, "hospital-a"), (&b, "hospital-b")] {
        assert!(!town.has_key(person).await);
        assert_eq!(town.names_in(person).await.last(), Some(&343));
        assert_eq!(reason(town.moves(0, hospital, person).await), "UNKNOWN_PERSON");
    }
}

#[tokio::test]
async fn what_is_left_in_the_log_opens_no_more() {
    let town = Town::open().await;
    let person = town.register("hospital-a").await;
    town.erase(&person).await;
    let stored = town.house.log.read_stream(&StreamKey::new("person", &*person), 0, 10).await;
    let registration = stored.expect("a stream").remove(0);
    let sealed = SealedEvent {
        event_id: registration.event_id,
        type_no: registration.type_no,
        subject: Subject::new("person", &*person),
        sealed: registration.sealed,
    };
    let reader = access::Principal {
        office: Office::Hospital,
        agency: "hospital-a".into(),
        staff: "staff-1".into(),
        roles: Vec::new(),
    };
    let person = PersonId::from(person);
    let opened = town.house.disclosure().open(&reader, Door::Grpc, &person, 1, &[sealed]).await;
    assert!(opened.expect("it is recorded") == [Opened::Erased]);
    town.house.log.verify(|_, _| {}).await.expect("the chain holds");
}

/// Whoever holds something of persons in memory hears of everybody who was erased.
#[tokio::test]
async fn who_watches_hears_of_the_erased() {
    let town = Town::open().await;
    let person = town.register("hospital-a").await;
    let mut watching = town.house.erasures.watch();
    assert!(watching.borrow_and_update().is_empty());
    town.erase(&person).await;
    watching.changed().await.expect("news");
    assert!(watching.borrow().contains(&PersonId::from(person)));
}

/// Others go on writing while somebody is erased: whatever they were told, nothing of theirs lies
/// behind the erasure, and no key is back.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_recorded_behind_an_erasure_under_load() {
    let town = std::sync::Arc::new(Town::open().await);
    let person = town.register("hospital-a").await;
    let writers = (0..4).map(|writer| {
        let (town, person) = (town.clone(), person.clone());
        tokio::spawn(async move {
            let mut recorded = 0;
            loop {
                match town.moves(writer % 2, "hospital-a", &person).await {
                    Ok(_) => recorded += 1,
                    Err(status) => {
                        assert_eq!(refused::<()>(Err(status)).reason, "UNKNOWN_PERSON");
                        return recorded;
                    }
                }
            }
        })
    });
    let writers: Vec<_> = writers.collect();
    town.erase(&person).await;
    let recorded: usize =
        join_all(writers).await.into_iter().map(|writer| writer.expect("a writer")).sum();
    let names = town.names_in(&person).await;
    assert_eq!(names.last(), Some(&343));
    assert_eq!(names.iter().filter(|number| **number == 2).count(), recorded);
    assert!(!town.has_key(&person).await);
}
