//! Who saw a person, and what somebody saw, beside a bare SELECT over the same index.

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use access::{Door, Purpose, Shown, Way};
use anyhow::{Result, ensure};
use casework::{AgencyId, PersonId};
use contracts::Office;
use read_models::{Accesses, AskedBy};
use sqlx::{Connection, sqlite::SqliteConnection};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::super::super::Setting;
use super::reader;
use crate::closed_loop::percentile;
use crate::filled_town::FilledTown;
use crate::report::Measured;

/// Reads on record when it is asked who saw whom; and to see that everything runs.
const RECORDS: usize = 1_000_000;
const RECORDS_QUICK: usize = 20_000;
/// They are spread over so many persons, and so many members of staff of so many agencies.
const PERSONS: usize = 20_000;
const AGENCIES: usize = 50;
const STAFF: usize = 20;
/// Records of one append, as of a long list; and how many are under way.
const AT_ONCE: usize = 100;
const WRITERS: usize = 16;

/// Questions of each kind.
const QUESTIONS: usize = 200;
/// Entries on a page.
const PAGE: usize = 100;

/// Measures both, beside a bare SELECT over the same index.
pub async fn run(setting: &mut Setting<'_>, town: &FilledTown, folder: &Path) -> Result<()> {
    let records = if setting.arguments.quick { RECORDS_QUICK } else { RECORDS };
    fill(town, records).await?;
    let path = folder.join("accesses.sqlite");
    let (head, started) = (town.house.reads.head().await?, Instant::now());
    let accesses = Accesses::open(&path, town.house.reads.clone()).await?;
    accesses.position().wait_for(|position| *position >= head).await?;
    let rate = head as f64 / started.elapsed().as_secs_f64();
    setting.report.add(Measured::alone("reads/projection", rate, "records/s"));
    let mut floor =
        SqliteConnection::connect(&format!("sqlite:{}?mode=ro", path.display())).await?;
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for question in 0..QUESTIONS {
        let person = person(question * 97 % PERSONS);
        let started = Instant::now();
        let page = accesses.who_saw(std::slice::from_ref(&person), false, PAGE, None).await?;
        ours.push(started.elapsed().as_secs_f64() * 1000.0);
        ensure!(!page.accesses.is_empty(), "everybody was seen");
        let started = Instant::now();
        let select =
            "SELECT position FROM access WHERE person_id = ?1 ORDER BY position DESC LIMIT ?2";
        let rows = sqlx::query(select).bind(person.as_str()).bind(PAGE as i64);
        black_box(rows.fetch_all(&mut floor).await?);
        bare.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    report(setting, "reads/who-saw", &mut ours, &mut bare);
    for question in 0..QUESTIONS {
        let (agency, staff) = (agency(question % AGENCIES), staff(question / AGENCIES % STAFF));
        let by = AskedBy { agency: AgencyId::from(agency.as_str()), staff: Some(staff.clone()) };
        let started = Instant::now();
        let page = accesses.what_saw(&by, PAGE, None).await?;
        ours.push(started.elapsed().as_secs_f64() * 1000.0);
        ensure!(!page.accesses.is_empty(), "everybody has seen somebody");
        let started = Instant::now();
        let select = "SELECT position FROM access WHERE agency = ?1 AND staff = ?2 \
                      ORDER BY position DESC LIMIT ?3";
        let rows = sqlx::query(select).bind(agency).bind(staff).bind(PAGE as i64);
        black_box(rows.fetch_all(&mut floor).await?);
        bare.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    report(setting, "reads/what-saw", &mut ours, &mut bare);
    Ok(())
}

/// The slowest but one in a hundred of each; what was measured is forgotten.
fn report(setting: &mut Setting<'_>, bench: &str, ours: &mut Vec<f64>, bare: &mut Vec<f64>) {
    let slow = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        percentile(&std::mem::take(times), 0.99)
    };
    let figure = Measured::alone(&format!("{bench}/p99"), slow(ours), "ms");
    setting.report.add(figure.against("SELECT by the same index", slow(bare)));
}

/// Lists that somebody read, until so many reads are on record.
async fn fill(town: &FilledTown, records: usize) -> Result<()> {
    let mut writing = JoinSet::new();
    let lists = records / AT_ONCE;
    for writer in 0..WRITERS {
        let disclosure = town.house.disclosure();
        writing.spawn(async move {
            for list in (writer..lists).step_by(WRITERS) {
                let agency = agency(list % AGENCIES);
                let reader =
                    reader(&agency, Office::SupportCenter, &staff(list / AGENCIES % STAFF));
                let shown = (0..AT_ONCE).map(|of| Shown {
                    way: Way::through(Door::Graphql, Purpose::List),
                    person: Some(person((list * AT_ONCE + of) % PERSONS)),
                    shown: 0,
                    events: Vec::new(),
                });
                disclosure.open_all(&reader, &shown.collect::<Vec<_>>()).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(written) = writing.join_next().await {
        written??;
    }
    Ok(())
}

fn person(number: usize) -> PersonId {
    PersonId::from(Uuid::from_u128(0xFEED_0000_0000 + number as u128).to_string())
}

fn agency(number: usize) -> String {
    format!("center-of-the-bench-{number}")
}

fn staff(number: usize) -> String {
    format!("staff-{number}")
}
