//! Erasing through the municipality's door, and what the other offices notice, on a real log and a
//! real vault.

mod town;

use std::collections::BTreeMap;

use access::{Door, Opened, Purpose, SealedEvent, read_recorded};
use casework::{CountedFrom, PersonId, Refusal, Retention};
use contracts::{
    Event, Office,
    access::Outcome,
    events::{
        ErasureDeclineReason, ErasureGround, PersonErased, PersonErasureDeclined,
        PersonErasureRequested, PersonsMergeDeclined, PersonsMergeProposed, PersonsUnmerged,
    },
    municipality::{
        DeclinePersonErasureRequest, DeclinePersonsMergeRequest, ErasePersonRequest,
        ProposePersonsMergeRequest, RequestPersonErasureRequest, UnmergePersonsRequest,
    },
    office::{CommandReply, RetractEventRequest},
};
use event_log::StreamKey;
use futures::future::join_all;
use office::testing::{House, OFFICER, SECOND_OFFICER, UNKNOWN, about, refused};
use tonic::Code;
use town::{Answer, Town, event_of, move_of, reason, reply};
use vault::Subject;

impl Town {
    /// Where what was recorded in error goes at once, and nothing else ever.
    async fn open() -> Self {
        let mut house = House::open().await;
        let years = BTreeMap::from([(ErasureGround::RecordedInError, 0)]);
        house.retention = Retention { counted_from: CountedFrom::LastEntry, years };
        Self::of(house).await
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
        let Some(Event::PersonErasureRequested(event)) = event_of(&requested) else {
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

    async fn has_key(&self, person: &str) -> bool {
        let key = self.house.vault.key(&Subject::new("person", person)).await;
        key.expect("the vault answers").is_some()
    }

    async fn names_in(&self, person: &str) -> Vec<u32> {
        let stream =
            self.house.log.read_stream(&StreamKey::new("person", person), 0, 100_000).await;
        stream.expect("a stream").iter().map(|event| event.type_no).collect()
    }
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
async fn what_a_refusal_tells_of_a_person_is_on_record() {
    let town = Town::open().await;
    let person = town.register("hospital-a").await;
    let before = town.house.reads.head().await.expect("a record");
    let kept = town.request(OFFICER, &person, ErasureGround::RequestedByPerson).await;
    assert_eq!(reason(kept), Refusal::RetentionNotSet.code());
    let absent = town.request(OFFICER, UNKNOWN, ErasureGround::RecordedInError).await;
    assert_eq!(reason(absent), "UNKNOWN_PERSON");
    let stored = town.house.reads.read(before, 10).await.expect("a record");
    let reads: Vec<_> = stored.iter().filter_map(read_recorded).collect();
    let told: Vec<_> = reads.iter().map(|read| (read.outcome(), read.purpose())).collect();
    assert_eq!(told, [(Outcome::Shown, Purpose::Command), (Outcome::Refused, Purpose::Command)]);
    assert_eq!(reads[0].person_id, person);
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

/// To those who merge files as well.
#[tokio::test]
async fn an_erased_person_is_nobody_to_identity_officers_merged_or_not() {
    let town = Town::open().await;
    let [a, b, c] = [
        town.register("hospital-a").await,
        town.register("hospital-b").await,
        town.register("hospital-a").await,
    ];
    town.merge(&a, &b).await;
    town.erase(&a).await;
    for erased in [&*a, &*b] {
        for (surviving, merged) in [(erased, &*c), (&*c, erased), (erased, UNKNOWN)] {
            assert_eq!(reason(town.propose(OFFICER, surviving, merged).await), "UNKNOWN_PERSON");
        }
        let unmerge = PersonsUnmerged { reason: "別人と判明".into(), ..Default::default() };
        let (context, unmerge) = (Some(about(erased)), Some(unmerge));
        let request = UnmergePersonsRequest { context, unmerge };
        let request = town.house.by_officer(OFFICER, request);
        let answer = town.city.clone().unmerge_persons(request).await;
        assert_eq!(reason(answer), "UNKNOWN_PERSON");
    }
}

#[tokio::test]
async fn a_proposal_about_who_was_erased_is_as_if_it_had_never_been_made() {
    let town = Town::open().await;
    let [a, b] = [town.register("hospital-a").await, town.register("hospital-b").await];
    let approval = town.proposed_merge(&a, &b).await;
    town.erase(&b).await;
    let decline = PersonsMergeDeclined {
        proposal_id: approval.merge.clone().expect("one").proposal_id,
        reason: "別人".into(),
        ..Default::default()
    };
    let (context, decline) = (Some(about(&a)), Some(decline));
    let request = DeclinePersonsMergeRequest { context, decline };
    let request = town.house.by_officer(SECOND_OFFICER, request);
    let answer = town.city.clone().decline_persons_merge(request).await;
    assert_eq!(reason(answer), Refusal::UnknownMergeProposal.code());
    let answer = town.approve_merge(SECOND_OFFICER, approval.clone()).await;
    assert_eq!(reason(answer), Refusal::UnknownMergeProposal.code());
    town.erase(&a).await;
    let answer = town.approve_merge(SECOND_OFFICER, approval).await;
    assert_eq!(reason(answer), "UNKNOWN_PERSON");
}

#[tokio::test]
async fn what_was_asked_of_an_erased_person_before_is_answered_like_what_is_asked_now() {
    let town = Town::open().await;
    let [a, b] = [town.register("hospital-a").await, town.register("hospital-b").await];
    let moved = move_of(&a);
    let first = reply(town.moves_at(0, "hospital-a", moved.clone()).await);
    assert!(reply(town.moves_at(1, "hospital-a", moved.clone()).await) == first);
    let proposal = PersonsMergeProposed {
        merged_person_id: b.clone(),
        evidence: "氏名と生年月日が一致".into(),
        ..Default::default()
    };
    let proposal =
        ProposePersonsMergeRequest { context: Some(about(&a)), proposal: Some(proposal) };
    let propose = || town.house.by_officer(OFFICER, proposal.clone());
    let proposed = reply(town.city.clone().propose_persons_merge(propose()).await);
    assert!(reply(town.city.clone().propose_persons_merge(propose()).await) == proposed);
    // One of the two is enough.
    town.erase(&b).await;
    let again = town.city.clone().propose_persons_merge(propose()).await;
    assert_eq!(reason(again), "UNKNOWN_PERSON");
    assert!(reply(town.moves_at(0, "hospital-a", moved.clone()).await) == first);
    town.erase(&a).await;
    let before = town.house.reads.head().await.expect("a record");
    for process in [0, 1] {
        let again = town.moves_at(process, "hospital-a", moved.clone()).await;
        assert_eq!(reason(again), "UNKNOWN_PERSON");
    }
    let stored = town.house.reads.read(before, 10).await.expect("a record");
    let outcomes = stored.iter().filter_map(read_recorded).map(|read| read.outcome());
    assert!(outcomes.eq([Outcome::Refused; 2]), "nothing was shown for it");
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
