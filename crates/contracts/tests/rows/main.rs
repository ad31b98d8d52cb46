//! `docs/rows.md`: for each programme its events, what appends them, and what tries them out.
//!
//! Events and doors come from the declarations, decisions and tests from the sources: a decision
//! appends an event when its file names it, a test tries it out when it names it. `UPDATE_GOLDEN=1`
//! writes the page anew.

mod sources;

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fmt::Write,
    fs,
    path::Path,
};

use contracts::{EventKind, catalogue};

use sources::Sources;

/// The programmes, a number and a name on each line.
const NAMES: &str = include_str!("names.txt");

/// The programmes that must not be without an event.
const BUILT: [std::ops::RangeInclusive<u8>; 2] = [1..=38, 55..=57];

/// No more than so many files are named for one event.
const FILES_SHOWN: usize = 2;

fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    NAMES.lines().filter_map(|line| line.split_once(' '))
}

fn events_of(row: &str) -> Vec<&'static EventKind> {
    let asks = |kind: &&EventKind| kind.options.rows.iter().any(|named| named == row);
    catalogue().kinds().iter().filter(asks).collect()
}

#[test]
fn the_page_of_rows_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rows.md");
    let page = page(&Sources::read());
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &page).expect("the page can be written");
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == page, "docs/rows.md is old: run `cargo xtask golden`");
}

#[test]
fn every_row_that_an_event_names_has_a_name() {
    let named: BTreeSet<_> = rows().map(|(row, _)| row).collect();
    for kind in catalogue().kinds() {
        let unnamed = kind.options.rows.iter().find(|row| !named.contains(row.as_str()));
        assert!(unnamed.is_none(), "{} names {unnamed:?}", kind.name);
    }
}

#[test]
fn no_row_is_empty() {
    let number = |row: &str| row[1..].parse::<u8>().expect("a row is R and a number");
    let built = rows().filter(|(row, _)| BUILT.iter().any(|of| of.contains(&number(row))));
    let empty: Vec<_> =
        built.filter(|(row, _)| events_of(row).is_empty()).map(|(row, _)| row).collect();
    assert!(empty.is_empty(), "{empty:?}");
}

fn page(sources: &Sources) -> String {
    let mut page = String::from(HEADING);
    let untried = untried(sources);
    let _ = writeln!(page, "{} events, {} of them tried out by no test.", kinds(), untried.len());
    for (row, name) in rows() {
        let events = events_of(row);
        let _ = writeln!(page, "\n## {row} {name}\n");
        if events.is_empty() {
            page.push_str("No event.\n");
            continue;
        }
        page.push_str("| Event | 名称 | Appended by | Tests |\n|---|---|---|---|\n");
        for kind in events {
            let _ = writeln!(
                page,
                "| [{name}](catalogue.md#{anchor}) | {} | {} | {} |",
                kind.options.label_ja,
                decisions(kind, sources),
                tests(kind, sources),
                name = kind.name,
                anchor = kind.name.to_lowercase(),
            );
        }
    }
    page
}

const HEADING: &str = "# The programmes and their events\n\n\
    Generated from the declarations and the sources; do not edit. `cargo xtask golden` writes it \
    anew.\n\n\
    For each programme the events that it asks for, the RPCs that append them, and tests that name \
    them: those of a decision first, at most two of all. Every event is also checked, sealed, read \
    back and printed by the tests over all declarations, which are not counted here.\n\n";

fn kinds() -> usize {
    catalogue().kinds().len()
}

fn untried(sources: &Sources) -> Vec<&'static str> {
    let kinds = catalogue().kinds().iter();
    let untried = kinds.filter(|kind| files(kind, sources).is_empty());
    untried.map(|kind| kind.name.as_str()).collect()
}

/// The RPCs that append an event, with their offices.
fn decisions(kind: &EventKind, sources: &Sources) -> String {
    if kind.options.plain {
        return "`RecordActivity`".to_owned();
    }
    let mut offices: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (office, rpc, event) in doors() {
        let by_rule = sources.decisions_naming(&kind.name).any(|decision| decision == rpc);
        if event == kind.name || by_rule {
            offices.entry(rpc).or_default().insert(office);
        }
    }
    let cells = offices.iter().map(|(rpc, offices)| {
        let offices: Vec<_> = offices.iter().map(String::as_str).collect();
        format!("`{rpc}` ({})", offices.join(", "))
    });
    cells.collect::<Vec<_>>().join("<br>")
}

fn tests(kind: &EventKind, sources: &Sources) -> String {
    let files = files(kind, sources);
    if files.is_empty() {
        return "**none**".to_owned();
    }
    let shown: Vec<_> = files.iter().take(FILES_SHOWN).map(|file| format!("`{file}`")).collect();
    shown.join("<br>")
}

/// The tests of the decisions that append the event, and then all others that name it.
fn files(kind: &EventKind, sources: &Sources) -> Vec<String> {
    let mut files = sources.tests_of_decisions(&kind.name);
    let others = sources.tests_naming(&kind.name);
    files.extend(others.into_iter().filter(|file| !files.contains(file)).collect::<Vec<_>>());
    files
}

/// Every RPC but `RecordActivity`: its office, its name, and the event that it brings.
fn doors() -> Vec<(String, String, String)> {
    let services = catalogue().pool().services();
    let offices = services.filter(|service| service.full_name().starts_with("tsunagi."));
    let doors = offices.flat_map(|service| {
        let office = service.parent_file().package_name().to_owned();
        let office = office.split('.').nth(1).unwrap_or_default().replace('_', "-");
        let methods: Vec<_> = service.methods().collect();
        methods.into_iter().filter_map(move |method| {
            let proposed = method.input().get_field(2)?;
            let event = proposed.kind().as_message()?.name().to_owned();
            (event != "EventBody").then(|| (office.clone(), method.name().to_owned(), event))
        })
    });
    doors.collect()
}
