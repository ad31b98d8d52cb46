//! The end of an access and of a session, in two processes on one log. Each has a verifier and a
//! register of its own; nothing is shared but the file.

use std::time::{Duration, Instant};

use access::{Agencies, Issuer, TokenError, TokenSession, Verifier};
use contracts::events::{StaffAccessEnded, StaffSessionEnded};
use event_log::EventLog;
use jiff::{Timestamp, ToSpan};

use crate::world::*;

const SESSION: &str = "00000000-0000-4000-8000-000000000051";

struct Processes {
    world: World,
    issuer: Issuer,
    here: Verifier,
    elsewhere: Verifier,
}

impl Processes {
    async fn begin() -> Self {
        let world = World::new().await;
        let issuer = Issuer::new("issuer", "kakuu", &Issuer::generate_key()).unwrap();
        let verifier = |log: EventLog| {
            let agencies = Agencies::of(log);
            Verifier::new(
                issuer.policy(jiff::SignedDuration::from_hours(24)),
                world.clock(),
                agencies,
            )
        };
        let here = verifier(world.log.clone());
        let elsewhere = verifier(world.log_elsewhere().await);
        Self { here, elsewhere, issuer, world }
    }

    /// A token of the house, which says how many ends of the bearer's access were known.
    fn token(&self, session: &str, ends_known: u32) -> String {
        let session = TokenSession { id: session.into(), ends_known };
        self.issuer.issue_in_session(&hospital(), &session, now(), now() + 5.minutes())
    }

    /// A token as another issuer would make it.
    fn foreign(&self, issued: Timestamp) -> String {
        self.issuer.issue(&hospital(), issued, now() + 1.hour())
    }

    async fn both(&self, token: &str) -> [Result<(), TokenError>; 2] {
        let of = async |verifier: &Verifier| verifier.verify(token).await.map(|_| ());
        [of(&self.here).await, of(&self.elsewhere).await]
    }

    /// Ended in both processes, each within a second of now.
    async fn assert_ended_everywhere(&self, token: &str) {
        let began = Instant::now();
        for verifier in [&self.here, &self.elsewhere] {
            while verifier.verify(token).await != Err(TokenError::Ended) {
                assert!(began.elapsed() < Duration::from_secs(1), "it lives on");
                tokio::task::yield_now().await;
            }
        }
    }

    async fn end_access(&self) {
        let end = StaffAccessEnded { staff: hospital().staff, ..Default::default() };
        self.world.record(HOSPITAL, end.into()).await;
    }
}

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

#[tokio::test]
async fn an_access_ends_everywhere_within_a_second() {
    let town = Processes::begin().await;
    let (token, foreign) = (town.token(SESSION, 0), town.foreign(now()));
    for token in [&token, &foreign] {
        assert_eq!(town.both(token).await, [Ok(()), Ok(())]);
    }
    town.end_access().await;
    town.assert_ended_everywhere(&token).await;
    town.assert_ended_everywhere(&foreign).await;
    // What is issued by somebody who knows of it works, though it is still the same second.
    assert_eq!(town.both(&town.token(SESSION, 1)).await, [Ok(()), Ok(())]);
    assert_eq!(town.both(&town.foreign(now())).await, [Err(TokenError::Ended); 2]);
    assert_eq!(town.both(&town.foreign(now() + 1.second())).await, [Ok(()), Ok(())]);
}

#[tokio::test]
async fn a_session_ends_everywhere_within_a_second_and_others_go_on() {
    let town = Processes::begin().await;
    let (token, other) = (town.token(SESSION, 0), town.token("another", 0));
    assert_eq!(town.both(&token).await, [Ok(()), Ok(())]);
    let end = StaffSessionEnded {
        staff: hospital().staff,
        session_id: SESSION.into(),
        ..Default::default()
    };
    town.world.record(HOSPITAL, end.into()).await;
    town.assert_ended_everywhere(&token).await;
    assert_eq!(town.both(&other).await, [Ok(()), Ok(())]);
}

#[tokio::test]
async fn a_token_from_the_future_or_of_a_session_without_end_opens_nothing() {
    let town = Processes::begin().await;
    let early = town.foreign(now() + 61.seconds());
    assert_eq!(town.both(&early).await, [Err(TokenError::Invalid); 2]);
    let session = TokenSession { id: SESSION.into(), ends_known: 0 };
    for (hours, answer) in [(24, Ok(())), (25, Err(TokenError::Invalid))] {
        let until = now() + hours.hours();
        let token = town.issuer.issue_in_session(&hospital(), &session, now(), until);
        assert_eq!(town.both(&token).await, [answer; 2], "{hours}");
    }
}
