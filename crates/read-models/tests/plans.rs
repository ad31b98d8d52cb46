//! No question reads a table from end to end: what it costs does not grow with the log.

mod counting;
mod support;

use std::{collections::BTreeSet, path::Path};

use access::{Door, Purpose, Way};
use casework::AgencyId;
use counting::Statements;
use read_models::{Accesses, AskedBy, Moment, ReadModel, RecordsAsked};
use sqlx::{AssertSqlSafe, Connection, Row, sqlite::SqliteConnection};
use support::*;

/// What is no table of ours, or is as long as what was asked for.
const SHORT: [&str; 5] = ["kin", "named", "CONSTANT", "json_each", "checkpoint"];

/// Whether there is any row at all is answered by the first.
const IS_THERE_ANY: &str = "SELECT EXISTS (SELECT 1 FROM kinship)";

#[tokio::test]
async fn no_question_reads_a_table_from_end_to_end() {
    let statements = Statements::listen();
    let world = World::with_agencies().await;
    world.support().await;
    let file = world.read_model_path();
    let model = ReadModel::open(&file, world.log.clone(), world.clock());
    let model = model.await.unwrap();
    let accesses = world.folder.path().join("accesses.sqlite");
    let index = Accesses::open(&accesses, world.reads.clone()).await.unwrap();
    let way = Way::through(Door::Graphql, Purpose::Case).about(CASE.to_string());
    world.disclosure().open(&principal(CENTER), way, &person_id(), 1, &[]).await.unwrap();
    model.confirm().await.unwrap();
    index.who_saw(&[person_id()], true, 10, None).await.unwrap();

    statements.take();
    world.withdraw_consent("2025-06-01").await;
    ask(&model).await;
    explain(&statements, &file, 8).await;
    ask_who_saw(&index).await;
    explain(&statements, &accesses, 3).await;
}

async fn ask(model: &ReadModel) {
    let (hospital, moment) = (viewer(HOSPITAL), Moment::default());
    assert!(model.person(&hospital, &person_id(), &moment).await.unwrap().is_some());
    assert!(model.person_of_case(&hospital, &case_id(), &moment).await.unwrap().is_some());
    assert_eq!(model.persons_among(&hospital, &[person_id()]).await.unwrap().len(), 1);
    assert!(model.watch_case(&case_id()).await.unwrap().is_some());
    model.work_list(&hospital, 10, None, None).await.unwrap();
    model.cases_in_hand(&hospital, 10, None, None).await.unwrap();
    let about = RecordsAsked { type_no: None, agency: None, subject: Some("provider".into()) };
    model.records(&hospital, &about, 10, None, None).await.unwrap();
    let of_type = RecordsAsked { type_no: Some(1), agency: None, subject: None };
    model.records(&hospital, &of_type, 10, Some(100), None).await.unwrap();
    model.records_at(&hospital, &[1, 2], None).await.unwrap();
    model.accesses_to(Some(&AgencyId::from(HOSPITAL)), &person_id()).await.unwrap();
}

async fn ask_who_saw(index: &Accesses) {
    for refused in [false, true] {
        index.who_saw(&[person_id()], refused, 10, None).await.unwrap();
        index.who_saw(&[person_id()], refused, 10, Some(100)).await.unwrap();
    }
    for staff in [None, Some("s-reader".to_owned())] {
        let by = AskedBy { agency: AgencyId::from(CENTER), staff };
        index.what_saw(&by, 10, None).await.unwrap();
        index.what_saw(&by, 10, Some(100)).await.unwrap();
    }
}

/// Of the statements since the last time those over this file, how the database carries them out.
async fn explain(statements: &Statements, file: &Path, at_least: usize) {
    let mut file =
        SqliteConnection::connect(&format!("sqlite:{}?mode=ro", file.display())).await.unwrap();
    let asked: BTreeSet<_> = statements.take().into_iter().collect();
    let mut explained = 0;
    for statement in asked.iter().filter(|asked| is_question(asked)) {
        // A statement over another database finds no table of its own here.
        let plan = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
        let Ok(plan) = sqlx::query(plan).fetch_all(&mut file).await else { continue };
        explained += 1;
        let lines: Vec<String> = plan.iter().map(|line| line.get("detail")).collect();
        let long = lines.iter().find(|line| reads_a_table(line));
        assert_eq!(long, None, "{statement}");
    }
    assert!(explained >= at_least, "{explained} statements");
}

fn is_question(statement: &str) -> bool {
    statement != IS_THERE_ANY && ["SELECT", "WITH"].iter().any(|first| statement.starts_with(first))
}

/// `SCAN history`, but also `SCAN record USING INDEX …`: from one end to the other.
fn reads_a_table(line: &str) -> bool {
    let table = line.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next());
    table.is_some_and(|table| !SHORT.contains(&table))
}
