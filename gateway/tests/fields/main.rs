//! The matrix of GraphQL: every field of every type, asked for by a reader of every office in every relation.
//!
//! One document for each question asks for everything that can be reached from it; what comes back says of
//! each field whether it was answered. `docs/doors-graphql.md` is printed from that. A new question or field
//! is asked for without being named here; the test fails when nobody ever gets to it, and says so.

#[path = "../house/mod.rs"]
mod house;
#[path = "../visibility/persons.rs"]
#[allow(dead_code, reason = "the other test uses more of it")]
mod persons;
#[path = "../../../crates/contracts/tests/samples/mod.rs"]
mod samples;
#[path = "../standing/mod.rs"]
mod standing;

mod asking;
mod documents;
mod on_file;
mod page;

use std::{collections::BTreeMap, env, fs, path::Path};

use asking::{Found, Given};
use contracts::Office;
use documents::Documents;
use on_file::OnFile;
use standing::relation::{OFFICES, Relation, principal};

/// By type and field, then by reader: the most that was answered.
pub type Fields = BTreeMap<(String, String), BTreeMap<(Relation, i32), Given>>;

#[tokio::test(flavor = "multi_thread")]
async fn the_committed_page_is_what_the_gateway_answers() {
    let documents = Documents::of_schema();
    let on_file = OnFile::new().await;
    let mut fields: Fields = documents
        .fields()
        .map(|(of, field)| ((of.to_owned(), field.to_owned()), BTreeMap::new()))
        .collect();
    for (relation, office) in readers() {
        let reader = principal(office, relation);
        let mut found = Found::default();
        for question in documents.questions() {
            let variables = on_file.arguments(relation, office);
            asking::ask(&on_file.house, &reader, &documents, question, &variables, &mut found)
                .await;
        }
        for (place, given) in found.0 {
            let answers = fields.get_mut(&place).unwrap_or_else(|| panic!("{place:?}"));
            answers.insert((relation, office.into()), given);
        }
    }
    everything_is_answered_to_somebody(&fields);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/doors-graphql.md");
    let page = page::written(&fields);
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == page, "`cargo xtask golden` writes docs/doors-graphql.md anew");
}

fn readers() -> impl Iterator<Item = (Relation, Office)> {
    let all = Relation::ALL.into_iter().flat_map(|of| OFFICES.map(|office| (of, office)));
    all.filter(|(relation, office)| relation.is_possible(*office))
}

/// A field that nobody gets says nothing about who gets it.
fn everything_is_answered_to_somebody(fields: &Fields) {
    let unanswered = fields.iter().filter(|((of, field), answers)| {
        let is_answered = answers.values().any(|given| *given == Given::Value);
        let is_for_officers = on_file::FOR_OFFICERS.contains(&of.as_str())
            || on_file::QUESTIONS_OF_OFFICERS.contains(&(of.as_str(), field.as_str()));
        !is_answered && !is_for_officers
    });
    let unanswered: Vec<_> = unanswered.map(|((of, field), _)| format!("{of}.{field}")).collect();
    assert!(unanswered.is_empty(), "put something on file in on_file.rs for: {unanswered:?}");
}
