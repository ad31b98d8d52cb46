//! `append/raw`: events per second through the log library, against inserting rows by hand.
//!
//! On both sides 64 tasks of one process, each storing one event after the other and waiting until
//! it is durable. Ours has its full shape: expected version, request id, hash chain. By hand is one
//! `INSERT` into a table with the same columns and the same bytes, numbered by a sequence, with
//! nothing but a primary key.

mod by_hand;
mod through_the_log;

use anyhow::Result;

use super::Setting;
use crate::chance::Chance;
use crate::report::Measured;
use crate::rounds::Rounds;

pub use by_hand::TABLE as TABLE_BY_HAND;

/// The clients of either side.
const TASKS: usize = 64;
/// How many persons' files are written to.
const STREAMS: usize = 2000;
/// How many events each has when the clock starts: plans made on empty tables are bad ones.
const EVENTS_BEFORE: usize = 5;
/// The clear and the sealed part of a body: together what a ward visit weighs.
const BODY_BYTES: usize = 120;
const SEALED_BYTES: usize = 180;

/// Measures both sides in turns.
pub async fn run(setting: &mut Setting<'_>) -> Result<()> {
    let (window, server) = (setting.arguments.window(), &setting.server);
    let rounds = Rounds::alternate(
        setting.arguments.rounds,
        async |_| {
            through_the_log::measure(server, window).await.map(|load| load.said("append/raw"))
        },
        async |_| by_hand::measure(server, window).await.map(|load| load.said("one-row INSERT")),
    )
    .await?;
    let figure = Measured::alone("append/raw", rounds.ours(), "events/s");
    setting.report.add(figure.against("one-row INSERT by 64 sqlx tasks", rounds.peer()));
    Ok(())
}

/// What both sides store beside the two parts of the body.
fn a_body(chance: &mut Chance) -> (Vec<u8>, Vec<u8>) {
    (chance.bytes(BODY_BYTES), chance.bytes(SEALED_BYTES))
}
