//! A gateway that is cut off from PostgreSQL refuses: what it has at hand may have been withdrawn on
//! the other side. The network is cut for real, by a relay, in both ways in which networks fail; and
//! what was under way when it was cut is not told either.

mod town;

use std::time::{Duration, Instant};

use acceptance::{Cut, Relay};
use futures::future::join_all;
use serde_json::Value;
use tokio::time::{sleep_until, timeout};
use tonic::Code;
use tsunagi::config::PatienceConfig;

use town::{AGENCY, ANSWERED, Answer, CASE, DOORS, FOLLOW, READER, Town, says_unavailable};

/// Nothing is told that was hidden half a second before; the rest is for a busy machine.
const BOUND: Duration = Duration::from_secs(1);

impl Town {
    /// Asks until it is refused, which has to come in time.
    async fn until_refused(&self, door: usize, cut_at: Instant) -> Answer {
        loop {
            let answer = timeout(ANSWERED, self.ask(door)).await.expect("an answer");
            if answer.is_unavailable {
                return answer;
            }
            assert!(cut_at.elapsed() < BOUND, "{} is answered still", answer.door);
        }
    }

    /// Everything is refused as long as nothing gets through.
    async fn assert_refuses(&self, cut_at: Instant) {
        let doors = 0..DOORS;
        for refused in join_all(doors.map(|door| self.until_refused(door, cut_at))).await {
            assert_eq!(self.tells(&refused), 0, "{}: {}", refused.door, refused.text);
            let answer = serde_json::from_str::<Value>(&refused.text).unwrap_or_default();
            assert_eq!(answer["data"], Value::Null, "{}", refused.door);
        }
        let begun = self.post(READER, &FOLLOW.replace("CASE", &self.case));
        let begun = begun.header("accept", "text/event-stream").send().await.unwrap();
        assert!(says_unavailable(&begun.text().await.unwrap()));
        assert_eq!(self.command().await, Code::Unavailable);
    }

    /// Once something gets through again, what was withdrawn is hidden from the first answer on.
    async fn assert_catches_up(&self) {
        let caught_up = async {
            loop {
                let answer = self.graphql("case", CASE).await;
                assert_eq!(self.tells(&answer), 0, "what was withdrawn: {}", answer.text);
                if !answer.is_unavailable {
                    break answer;
                }
            }
        };
        let answer = timeout(Duration::from_secs(30), caught_up).await.expect("it catches up");
        assert!(answer.text.contains(AGENCY), "its own records are there: {}", answer.text);
        let export = async {
            loop {
                let file = self.export().await;
                if !file.is_unavailable {
                    break file;
                }
            }
        };
        let file = timeout(Duration::from_secs(30), export).await.expect("a file");
        assert!(file.text.contains(AGENCY) && self.tells(&file) == 0, "{}", file.text);
    }
}

fn seconds(reading: u32, writing: u32) -> PatienceConfig {
    let seconds = |of: u32| of.try_into().expect("some time");
    PatienceConfig { reading_seconds: seconds(reading), writing_seconds: seconds(writing) }
}

/// While all is well every door tells something; then the network is cut between this gateway and
/// all its databases, and the consent is withdrawn on the other side.
async fn refuses_when(cut: Cut, heal: impl Fn(&Relay)) {
    let town = Town::build(seconds(1, 2)).await;
    for door in 0..DOORS {
        let answer = town.ask(door).await;
        let (told, door) = (town.tells(&answer), answer.door);
        assert!(!answer.is_unavailable, "{door}: {}", answer.text);
        assert!(told > 0 || door == "accesses", "{door}: {}", answer.text);
    }
    let open = town.follow(READER).await;
    town.relays().into_iter().for_each(|relay| relay.cut(cut));
    let cut_at = Instant::now();
    town.withdraw().await;
    town.assert_refuses(cut_at).await;
    let said = open.rest().await;
    assert!(says_unavailable(&said) && said.contains("complete"), "{said}");
    town.relays().into_iter().for_each(heal);
    town.assert_catches_up().await;
}

#[tokio::test]
async fn connections_that_are_closed() {
    refuses_when(Cut::Closed, Relay::heal).await;
}

#[tokio::test]
async fn a_network_that_swallows_everything_and_forgets() {
    refuses_when(Cut::Silent, Relay::heal_for_new).await;
}

/// The log answers, and the record of reads does not: no record, no data.
#[tokio::test]
async fn without_the_record_of_reads_nothing_is_told() {
    let town = Town::build(seconds(1, 2)).await;
    for cut in [Cut::Closed, Cut::Silent] {
        town.to_reads.cut(cut);
        let asked = join_all((0..DOORS).map(|door| town.ask(door)));
        for answer in timeout(ANSWERED, asked).await.expect("answers") {
            let (told, door) = (town.tells(&answer), answer.door);
            assert!(answer.is_unavailable && told == 0, "{cut:?}, {door}: {}", answer.text);
        }
        town.to_reads.heal_for_new();
        let back = async { while town.ask(0).await.is_unavailable {} };
        timeout(ANSWERED, back).await.expect("it is back");
        assert!(town.tells(&town.ask(0).await) > 0);
    }
}

impl Town {
    /// Waits for the record of a read that is on its way and held up; then withdraws the consent, and
    /// lets everything through when all that is known is too old to be told.
    async fn withdraw_meanwhile(&self) {
        let asked_at = tokio::time::Instant::now();
        // An append begins with the lock of its log, or is one statement that names the person.
        let append = ["advisory_xact_lock(", self.person.as_str()];
        timeout(ANSWERED, self.to_reads.holds(&append)).await.expect("a record on its way");
        self.withdraw().await;
        let head = self.world.house.log.head().await.unwrap();
        let mut progress = self.cut_off.running.read_model.progress();
        progress.wait_for(|progress| progress.position >= head).await.unwrap();
        sleep_until(asked_at + BOUND).await;
        self.to_reads.heal();
    }
}

/// The record of reads alone is out of reach: what waited for it is judged by what the log says by
/// the time when it could be told.
#[tokio::test]
async fn what_waited_for_its_record_is_not_told_late() {
    let town = Town::build(seconds(10, 30)).await;
    town.to_reads.cut(Cut::Silent);
    let waiting = join_all((0..DOORS).map(|door| town.ask(door)));
    let (answers, ()) = tokio::join!(waiting, town.withdraw_meanwhile());
    for answer in answers {
        assert_eq!(town.tells(&answer), 0, "{}: {}", answer.door, answer.text);
    }
}

/// The same of a subscription. Nobody else reads, so it is its record that is held up.
#[tokio::test]
async fn what_a_subscription_waited_to_tell_is_not_told_late() {
    const VISIT: &str = "途中で止められた面談の記録";
    let town = Town::build(seconds(10, 30)).await;
    let open = town.follow("hospital").await;
    town.to_reads.cut(Cut::Silent);
    town.record_a_visit(VISIT).await;
    town.withdraw_meanwhile().await;
    let said = open.rest().await;
    assert!(says_unavailable(&said) && !said.contains(VISIT), "{said}");
}
