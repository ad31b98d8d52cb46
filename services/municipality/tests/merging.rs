//! Merging through the municipality's door, and what the other offices notice, on a real log.

mod town;

use std::sync::Arc;

use casework::Refusal;
use contracts::{
    Office,
    events::{EventRetracted, PersonsMergeDeclined, PersonsMergeProposed, PersonsUnmerged},
    municipality::{DeclinePersonsMergeRequest, ProposePersonsMergeRequest, UnmergePersonsRequest},
    office::{CommandReply, RetractEventRequest},
};
use futures::future::join_all;
use office::testing::{House, OFFICER, SECOND_OFFICER, UNKNOWN, about, refused, with_token};
use tonic::Code;
use town::{Answer, Town, move_of, reason, reply};

impl Town {
    async fn open() -> Self {
        Self::of(House::open().await).await
    }

    /// A person of each hospital.
    async fn two(&self) -> [String; 2] {
        [self.register("hospital-a").await, self.register("hospital-b").await]
    }

    async fn unmerge(&self, surviving: &str, events: &[&str]) -> Answer {
        let unmerge = PersonsUnmerged {
            events_of_merged: events.iter().map(|id| (*id).to_owned()).collect(),
            reason: "別人と判明".into(),
            ..Default::default()
        };
        let request =
            UnmergePersonsRequest { context: Some(about(surviving)), unmerge: Some(unmerge) };
        self.city.clone().unmerge_persons(self.house.by_officer(OFFICER, request)).await
    }
}

/// The ids of the events of an exported file, and all of its text.
async fn exported(town: &Town, by: &str, person: &str) -> (Vec<String>, String) {
    let lines = town.export(by, person).await.expect("a file");
    let id = |line: &String| Some(line.split("\"event_id\":\"").nth(1)?.get(..36)?.to_owned());
    (lines.iter().filter_map(id).collect(), lines.concat())
}

#[tokio::test]
async fn only_identity_officers_come_in_and_nobody_else_learns_who_exists() {
    let town = Town::open().await;
    let [a, b] = town.two().await;
    for (surviving, merged) in [(&*a, &*b), (UNKNOWN, &*b), (&*a, UNKNOWN)] {
        let proposal = PersonsMergeProposed {
            merged_person_id: merged.into(),
            evidence: "根拠".into(),
            ..Default::default()
        };
        let (context, proposal) = (Some(about(surviving)), Some(proposal));
        let request = ProposePersonsMergeRequest { context, proposal };
        let request = town.house.request("municipality", request);
        let answer = town.city.clone().propose_persons_merge(request).await;
        assert_eq!(reason(answer), Refusal::NotIdentityOfficer.code());
    }
    for (surviving, merged) in [(UNKNOWN, &*b), (&*a, UNKNOWN)] {
        assert_eq!(reason(town.propose(OFFICER, surviving, merged).await), "UNKNOWN_PERSON");
    }
    let answer = town.propose(OFFICER, &a, &a).await;
    assert_eq!(reason(answer), Refusal::MergedWithItself.code());
}

#[tokio::test]
async fn an_officer_of_another_office_is_none() {
    let town = Town::open().await;
    let [a, b] = town.two().await;
    let token = town.house.token_with(Office::Hospital, "hospital-a", OFFICER, true);
    let request = ProposePersonsMergeRequest { context: Some(about(&a)), proposal: None };
    let answer = town.city.clone().propose_persons_merge(with_token(&token, request)).await;
    assert_eq!(refused(answer).reason, "WRONG_OFFICE");
    drop(b);
}

#[tokio::test]
async fn a_merge_takes_two_officers_and_lies_in_both_streams() {
    let town = Town::open().await;
    let [a, b] = town.two().await;
    let request = town.proposed_merge(&a, &b).await;
    let answer = town.approve_merge(OFFICER, request.clone()).await;
    assert_eq!(reason(answer), Refusal::SameOfficer.code());
    let before = town.house.head().await;
    let merged = reply(town.approve_merge(SECOND_OFFICER, request.clone()).await);
    assert_eq!((&merged.person_id, merged.recorded.len()), (&a, 1));
    let stored = town.house.log.read(before, 10).await.expect("the merge");
    let streams: Vec<_> = stored.iter().map(|event| &event.stream.key).collect();
    assert_eq!(streams, [&a, &b]);
    let again = reply(town.approve_merge(SECOND_OFFICER, request).await);
    assert!(again == merged);
    assert_eq!(town.house.head().await, before + 2, "it is written once");
    let answer = town.propose(OFFICER, &b, &a).await;
    assert_eq!(reason(answer), Refusal::AlreadyMerged.code());
}

#[tokio::test]
async fn a_declined_proposal_leaves_both_as_they_are() {
    let town = Town::open().await;
    let [a, b] = town.two().await;
    let request = town.proposed_merge(&a, &b).await;
    let proposal_id = request.merge.clone().expect("one").proposal_id;
    let decline =
        PersonsMergeDeclined { proposal_id, reason: "別人".into(), ..Default::default() };
    let decline = DeclinePersonsMergeRequest { context: Some(about(&a)), decline: Some(decline) };
    let decline = town.house.by_officer(SECOND_OFFICER, decline);
    reply(town.city.clone().decline_persons_merge(decline).await);
    let answer = town.approve_merge(SECOND_OFFICER, request).await;
    assert_eq!(reason(answer), Refusal::UnknownMergeProposal.code());
    assert_eq!(reply(town.moves(0, "hospital-b", &b).await).person_id, b);
}

#[tokio::test]
async fn what_names_the_merged_person_goes_to_the_surviving_file_in_every_process() {
    let town = Town::open().await;
    let [a, b] = town.two().await;
    // Both processes have both files at hand.
    let first = move_of(&b);
    let replied = reply(town.moves_at(0, "hospital-b", first.clone()).await);
    for process in [0, 1] {
        reply(town.moves(process, "hospital-a", &a).await);
        reply(town.moves(process, "hospital-b", &b).await);
        assert_eq!(reason(town.moves(process, "hospital-b", &a).await), "UNKNOWN_PERSON");
    }
    town.merge(&a, &b).await;
    for process in [1, 0] {
        let moved = reply(town.moves(process, "hospital-b", &b).await);
        assert_eq!(moved.person_id, a, "process {process}");
        // Each hospital takes part in the one file now, by whichever number.
        assert_eq!(reply(town.moves(process, "hospital-b", &a).await).person_id, a);
        assert_eq!(reply(town.moves(process, "hospital-a", &b).await).person_id, a);
    }
    let again = reply(town.moves_at(1, "hospital-b", first).await);
    assert!(again == replied, "the first reply, as it was");
    let of_b = town.house.log.read_stream(&stream(&b), 0, 100).await.expect("a stream");
    assert_eq!(of_b.last().map(|event| event.type_no), Some(7), "nothing came behind the merge");
}

#[tokio::test]
async fn unmerging_is_followed_by_processes_that_have_the_merge_at_hand() {
    let town = Town::open().await;
    let [a, b] = town.two().await;
    town.merge(&a, &b).await;
    for process in [0, 1] {
        reply(town.moves(process, "hospital-b", &b).await);
    }
    reply(town.unmerge(&a, &[]).await);
    // One process hears of it by the surviving file, the other by the merged one.
    reply(town.moves(0, "hospital-a", &a).await);
    for process in [0, 1] {
        assert_eq!(reply(town.moves(process, "hospital-b", &b).await).person_id, b);
        assert_eq!(reason(town.moves(process, "hospital-b", &a).await), "UNKNOWN_PERSON");
        assert_eq!(reason(town.moves(process, "hospital-a", &b).await), "UNKNOWN_PERSON");
    }
}

#[tokio::test]
async fn an_exported_file_is_whole_and_opened_whatever_stream_its_events_lie_in() {
    let town = Town::open().await;
    let [a, b] = town.two().await;
    town.merge(&a, &b).await;
    let ids = |moved: CommandReply| moved.recorded[0].event_id.clone();
    let of_b = ids(reply(town.moves(0, "hospital-b", &b).await));
    let of_a = ids(reply(town.moves(0, "hospital-a", &a).await));
    for person in [&a, &b] {
        let (events, text) = exported(&town, "hospital-a", person).await;
        assert!(events.contains(&of_a) && text.contains("架空hospital-a"));
        let (events, text) = exported(&town, "hospital-b", person).await;
        assert!(events.contains(&of_b) && text.contains("架空hospital-b"), "{text}");
    }
    reply(town.unmerge(&a, &[&of_b]).await);
    let (events, text) = exported(&town, "hospital-b", &b).await;
    assert!(events.contains(&of_b) && text.contains("架空hospital-b"));
    assert!(!events.contains(&of_a));
    let (events, _) = exported(&town, "hospital-a", &a).await;
    assert!(events.contains(&of_a) && !events.contains(&of_b));
    let strangers = [town.export("hospital-b", &a).await, town.export("hospital-a", &b).await];
    for answer in strangers {
        assert_eq!(answer.expect_err("a stranger").code(), Code::NotFound);
    }
}

#[tokio::test]
async fn what_was_recorded_before_is_still_retracted_by_whoever_recorded_it() {
    let town = Town::open().await;
    let [a, b] = town.two().await;
    let moved = reply(town.moves(0, "hospital-b", &b).await);
    town.merge(&a, &b).await;
    let retraction = EventRetracted {
        target_event_id: moved.recorded[0].event_id.clone(),
        reason: "誤記".into(),
        ..Default::default()
    };
    let (context, retraction) = (Some(about(&b)), Some(retraction));
    let request = RetractEventRequest { context, retraction };
    let request = town.house.request("hospital-b", request);
    assert_eq!(reply(town.records.clone().retract_event(request).await).person_id, a);
    reply(town.unmerge(&a, &[]).await);
    let (_, text) = exported(&town, "hospital-b", &b).await;
    assert!(text.to_lowercase().contains("retracted"), "the retraction went along: {text}");
}

/// Whoever writes while the files are put together and taken apart writes to one of the two, and no
/// reply names another file than that in which the event lies.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_lost_or_misplaced_while_files_are_merged_and_unmerged() {
    let town = Arc::new(Town::open().await);
    let [a, b] = town.two().await;
    let writers = (0..4).map(|writer| {
        let (town, b) = (town.clone(), b.clone());
        tokio::spawn(async move {
            let mut replies = Vec::new();
            for _ in 0..12 {
                replies.push(reply(town.moves(writer % 2, "hospital-b", &b).await));
            }
            replies
        })
    });
    let writers: Vec<_> = writers.collect();
    for _ in 0..3 {
        town.merge(&a, &b).await;
        reply(town.unmerge(&a, &[]).await);
    }
    for replies in join_all(writers).await {
        for reply in replies.expect("a writer") {
            let id = &reply.recorded[0].event_id;
            let own = town.house.log.read_stream(&stream(&reply.person_id), 0, 500).await;
            let own = own.expect("a stream");
            let at = own.iter().position(|event| event.event_id.to_string() == *id);
            let at = at.expect("where the reply says");
            let merges = own[..at].iter().filter(|event| event.type_no == 7).count();
            let ends = own[..at].iter().filter(|event| event.type_no == 9).count();
            let is_merged = merges > ends;
            assert_eq!(is_merged, reply.person_id == a, "in the file of the one whose it was");
        }
    }
}

fn stream(person: &str) -> event_log::StreamKey {
    event_log::StreamKey::new("person", person)
}
