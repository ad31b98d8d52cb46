//! `hostile`: what a document costs that was made to be expensive, and is refused.
//!
//! Processor time of this whole process, the client with it, over HTTP: the least document is the
//! peer, so the difference is what the refusal cost.

use std::fs;

use acceptance::World;
use anyhow::{Context, Result, ensure};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Setting;
use crate::report::Measured;

const NOW: &str = "2026-11-30T03:00:00Z";
const READER: &str = "support-center";
/// Requests of one kind that a figure is the mean of.
const REPEATED: u32 = 50;
/// Words that the limits let through to the parser.
const PARSED: usize = 2_450;
/// What fits into a body beside the words of the request itself.
const BYTES: usize = 60_000;

/// Measures each kind of document.
pub async fn run(setting: &mut Setting<'_>) -> Result<()> {
    if !setting.arguments.wants("hostile") {
        return Ok(());
    }
    let world = World::on_sqlite(NOW.parse::<Timestamp>()?).await?;
    let agencies = scenario::Scenario::agencies()?.on(scenario::today(NOW.parse()?))?;
    world.play(&agencies).await?;
    let least = json!({"query": "{ viewer { staff } }"});
    // The first requests open connections and fill what is remembered.
    cpu_of(&world, &least, false).await?;
    for (kind, request) in hostile() {
        let floor = cpu_of(&world, &least, false).await?;
        let cost = cpu_of(&world, &request, true).await.context(kind)?;
        let figure = Measured::alone(&format!("hostile/{kind}"), cost, "ms CPU");
        setting.report.add(figure.against("a document of one field", floor));
    }
    world.stop().await?;
    Ok(())
}

/// Mean processor time of one such request, in milliseconds.
async fn cpu_of(world: &World, request: &Value, is_refused: bool) -> Result<f64> {
    let query = request["query"].as_str().unwrap_or_default();
    let before = cpu_nanoseconds()?;
    for _ in 0..REPEATED {
        let answer = world.graphql_raw(READER, query, request["variables"].clone()).await?;
        ensure!(answer["errors"].is_array() == is_refused, "it was answered otherwise: {answer}");
    }
    let spent = cpu_nanoseconds()? - before;
    Ok(spent as f64 / f64::from(REPEATED) / 1e6)
}

/// Processor time of all threads of this process so far.
fn cpu_nanoseconds() -> Result<u64> {
    let mut total = 0;
    for task in fs::read_dir("/proc/self/task")? {
        let told = fs::read_to_string(task?.path().join("schedstat"))?;
        let spent = told.split_whitespace().next().context("schedstat has three numbers")?;
        total += spent.parse::<u64>()?;
    }
    Ok(total)
}

/// Documents as large as the door lets in, each expensive in its own way for one who checks late.
fn hostile() -> Vec<(&'static str, Value)> {
    let query = |text: String| json!({ "query": text });
    let filled = |piece: &str| piece.repeat(BYTES / piece.len());
    let nested = filled("{a").len() / 2;
    let doubling: String = (0..900)
        .map(|n| format!("fragment F{n} on Person {{ ...F{next} ...F{next} }} ", next = n + 1))
        .collect();
    let aliases: String = (0..2_500).map(|n| format!("a{n}: viewer {{ staff }} ")).collect();
    let pages: String = (0..600)
        .map(|n| {
            format!("a{n}: case(id: \"x\") {{ timeline(first: 100) {{ edges {{ cursor }} }} }} ")
        })
        .collect();
    let operations: String =
        (0..1_500).map(|n| format!("query Q{n} {{ viewer {{ staff }} }} ")).collect();
    let variables: String = (0..3_000).map(|n| format!("$v{n}: ID ")).collect();
    let spreads = filled("...F ");
    vec![
        ("deep", query(format!("{}id{}", "{a".repeat(nested / 2), "}".repeat(nested / 2)))),
        ("unclosed", query(filled("{a"))),
        ("lists", query(format!("{{ case(id: {}) {{ id }} }}", filled("[")))),
        ("aliases", query(format!("{{ {aliases} }}"))),
        ("pages", query(format!("{{ {pages} }}"))),
        ("unknown-fields", query(format!("{{ {} }}", filled("viewr ")))),
        ("same-field", query(format!("{{ viewer {{ {} }} }}", filled("staff ")))),
        ("fragments-doubling", query(format!("{{ person(id: \"x\") {{ ...F0 }} }} {doubling} fragment F900 on Person {{ id }}"))),
        ("fragments-spread", query(format!("{{ person(id: \"x\") {{ {spreads} }} }} fragment F on Person {{ id }}"))),
        ("fragments-cyclic", query("{ person(id: \"x\") { ...A } } fragment A on Person { ...B ...B } fragment B on Person { ...A ...A }".to_owned())),
        ("directives", query(format!("{{ viewer {{ staff {} }} }}", filled("@skip(if: false) ")))),
        ("operations", query(operations)),
        ("variables", query(format!("query Q({variables}) {{ viewer {{ staff }} }}"))),
        ("garbage", query("\u{0}架\"#".repeat(BYTES / 16))),
        // As many words as are parsed at all.
        ("parsed/unknown-fields", query(format!("{{ {} }}", "viewr ".repeat(PARSED)))),
        ("parsed/same-field", query(format!("{{ viewer {{ {} }} }}", "staff ".repeat(PARSED)))),
        ("parsed/spreads", query(format!("{{ person(id: \"x\") {{ {} }} }} fragment F on Person {{ id }}", "...F ".repeat(PARSED)))),
        ("parsed/variables", query(format!("query Q({}) {{ viewer {{ staff }} }}", (0..PARSED / 2).map(|n| format!("$v{n}: ID ")).collect::<String>()))),
        ("variables-deep", json!({"query": "query Q($v: ID!) { case(id: $v) { id } }", "variables": {"v": deep(100)}})),
        ("variables-wide", json!({"query": "query Q($v: ID!) { case(id: $v) { id } }", "variables": {"v": vec![0; BYTES / 3]}})),
    ]
}

fn deep(levels: usize) -> Value {
    (0..levels).fold(json!(0), |inner, _| json!([inner]))
}
