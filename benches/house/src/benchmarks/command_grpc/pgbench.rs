//! The peer: PostgreSQL's own load program, inserting one row in each transaction.

use std::fs;

use anyhow::{Context, Result, ensure};
use test_servers::find_on_path;

use super::super::append_raw::TABLE_BY_HAND;
use crate::closed_loop::Window;
use crate::server::Server;

/// The clear and the sealed part of a ward visit's body.
const BODY_BYTES: usize = 120;
const SEALED_BYTES: usize = 180;

/// One round on a database of its own; transactions per second, connecting not counted.
pub async fn measure(server: &Server, clients: u32, window: Window) -> Result<f64> {
    let program = find_on_path(&["pgbench"]).context("pgbench comes with PostgreSQL's server")?;
    let database = server.fresh_database().await?;
    database.run(TABLE_BY_HAND).await?;
    server.settle(&database).await?;
    let folder = tempfile::tempdir()?;
    let script = folder.path().join("insert.sql");
    fs::write(&script, insert())?;
    let output = tokio::process::Command::new(program)
        .args(["-n", "-M", "prepared", "-j", "2"])
        .args(["-c", &clients.to_string(), "-T", &window.measured.as_secs().to_string()])
        .arg("-f")
        .arg(&script)
        .arg(&database.url)
        .output()
        .await?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "pgbench: {}", String::from_utf8_lossy(&output.stderr));
    let rate = rate(&said).context("pgbench says no rate")?;
    println!("  pgbench, {clients} clients: {rate:.0}/s");
    server.discard(database).await?;
    Ok(rate)
}

/// `tps = 30489.378855 (without initial connection time)`.
fn rate(said: &str) -> Option<f64> {
    let line = said.lines().find(|line| line.starts_with("tps = "))?;
    line.split(' ').nth(2)?.parse().ok()
}

/// The same columns and bytes as an event of ours. Ids and hashes are constants: this side has
/// nothing to compute.
fn insert() -> String {
    let bytes = |count: usize| format!("'\\x{}'", "a7".repeat(count));
    let (id, hash) = (bytes(16), bytes(32));
    let (body, sealed) = (bytes(BODY_BYTES), bytes(SEALED_BYTES));
    format!(
        "\\set stream random(1, 2000)\n\
         INSERT INTO event_by_hand (stream_no, version, type_no, event_id, request_no, case_id, \
         agency, staff, on_behalf_of, correlation_id, causation_id, occurred_on, recorded_at, \
         body, sealed, content_hash, chain_hash) \
         VALUES (:stream, 6, 7, {id}, 1, {id}, 'support-center-of-the-bench', 'staff-1', NULL, \
         {id}, NULL, '2026-11-02', 1775000000000000, {body}, {sealed}, {hash}, {hash});\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_read() {
        let said = "latency average = 2.099 ms\ntps = 30489.378855 (without initial)\n";
        assert_eq!(rate(said), Some(30_489.378_855));
        assert_eq!(rate("pgbench: error"), None);
    }

    #[test]
    fn a_row_has_the_bytes_of_an_event() {
        let hexadecimal = insert().matches("a7").count();
        assert_eq!(hexadecimal, 3 * 16 + 2 * 32 + BODY_BYTES + SEALED_BYTES);
    }
}
