//! Two thousand random tamperings on each store, each of them found, and at the right position.
//!
//! The log is tampered with past its own doors, with the triggers gone, as somebody with the whole
//! database in hand could; what cannot be seen from inside is compared with heads signed before.

mod attacks;
mod chance;
mod flips;
mod forging;
mod victim;

use event_log::{EventLog, Head};

use crate::harness::Place;
use attacks::{Attack, Kind};
pub use chance::Chance;
pub use forging::{chain_hash, content_hash};
pub use victim::{Victim, random_request};

ask_both_stores!(
    flipped_bits_are_found,
    deletions_reorderings_and_additions_are_found,
    forgeries_and_rollbacks_are_found,
);

/// In all 2,000 on each store.
async fn flipped_bits_are_found(place: &Place) {
    tamper(place, 1, &[(Kind::Flip, 800)]).await;
}

async fn deletions_reorderings_and_additions_are_found(place: &Place) {
    tamper(place, 2, &[(Kind::Deletion, 300), (Kind::Reordering, 300), (Kind::Addition, 100)])
        .await;
}

async fn forgeries_and_rollbacks_are_found(place: &Place) {
    let kinds = [
        (Kind::Reattribution, 300),
        (Kind::ComputedAnew, 80),
        (Kind::Truncation, 80),
        (Kind::Rollback, 40),
    ];
    tamper(place, 3, &kinds).await;
}

async fn tamper(place: &Place, seed: u64, kinds: &[(Kind, u32)]) {
    let mut chance = Chance::from_seed(seed);
    let mut victim = Victim::grow(place, &mut chance).await;
    assert_eq!(first_bad(&victim.log, &victim.heads).await, None, "it was sound before");
    for (kind, count) in kinds {
        for number in 1..=*count {
            let attack = succeed(place, &mut victim, *kind, &mut chance).await;
            let case = format!("seed {}, {kind:?} {number}: {}", chance.seed, attack.said);
            let from_inside = first_bad(&victim.log, &[]).await;
            let seen_inside = (!attack.needs_heads).then_some(attack.first_bad);
            assert_eq!(from_inside, seen_inside, "from inside: {case}");
            let found = first_bad(&victim.log, &victim.heads).await;
            assert_eq!(found, Some(attack.first_bad), "with heads: {case}");
            victim.restore().await;
        }
        assert_eq!(first_bad(&victim.log, &victim.heads).await, None, "{kind:?}: restored");
        let store = if place.is_postgres() { "PostgreSQL" } else { "SQLite" };
        println!("{store}, seed {}: {count} of {count} {kind:?} found", chance.seed);
    }
}

async fn first_bad(log: &EventLog, heads: &[Head]) -> Option<u64> {
    match log.verify_against(heads, |_, _| {}).await {
        Ok(verified) => {
            let signed = heads.iter().map(|head| head.position).max();
            assert_eq!(verified.signed, signed.unwrap_or(0));
            None
        }
        Err(error) => Some(error.position().expect("every fault has a position")),
    }
}

/// Draws until the database lets an attack through: it still refuses doubles and nonsense.
async fn succeed(place: &Place, victim: &mut Victim, kind: Kind, chance: &mut Chance) -> Attack {
    loop {
        let Some(mut attack) = Attack::draw(victim, kind, chance) else { continue };
        let statements = std::mem::take(&mut attack.statements);
        if victim.door.execute(statements).await.is_err() {
            continue;
        }
        if let Some(requests) = attack.goes_on_with.take() {
            // As it was set back, so it goes on: it shows where something else was signed, or at
            // the end if the log has not come that far again.
            let signed = victim.first_signed(attack.first_bad);
            attack.first_bad = signed.min(go_on(place, requests, chance).await + 1);
        }
        return attack;
    }
}

/// The log goes on from where it was set back to, through its own door.
async fn go_on(place: &Place, requests: u64, chance: &mut Chance) -> u64 {
    let log = place.open().await;
    for number in 1..=requests {
        log.append(random_request(chance, 1_000 + number)).await.unwrap();
    }
    let head = log.head().await.unwrap();
    log.close().await;
    // Opening it put the triggers back.
    place.unlock().await;
    head
}
