//! The matrix of who sees what: every event, every office, every relation, each cell a real answer.
//!
//! The house is asked over HTTP, through the schema, the read model and the record of reads, about events
//! that lie sealed in a real log. `docs/visibility.md` is printed from the answers. The test fails when the
//! page differs, when an event is missing, or when an answer differs from the event's declaration in a way
//! that `explained.rs` does not name.

#[path = "../house/mod.rs"]
mod house;
#[path = "../../../crates/contracts/tests/samples/mod.rs"]
mod samples;
#[path = "../standing/mod.rs"]
mod standing;

mod explained;
mod matrix;
mod page;
mod persons;
mod reading;

use std::{env, fs, path::Path};

use contracts::{annotations::Subject, catalogue};

use matrix::{Matrix, TRACKS, expected, has_row};
use standing::relation::{OFFICES, Relation};

#[tokio::test(flavor = "multi_thread")]
async fn the_committed_page_is_what_the_house_answers() {
    let matrix = Matrix::asked().await;
    no_cell_is_missing(&matrix);
    what_differs_is_explained(&matrix);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/visibility.md");
    let page = page::written(&matrix);
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == page, "`cargo xtask golden` writes docs/visibility.md anew");
}

/// Every event has a row on every track on which it is declared otherwise, and every cell in which somebody
/// can stand was asked for.
fn no_cell_is_missing(matrix: &Matrix) {
    let mut missing = Vec::new();
    for kind in catalogue().kinds() {
        for track in TRACKS.into_iter().filter(|track| has_row(kind, *track)) {
            for (relation, office) in places() {
                let can_stand = match relation {
                    Relation::Own => kind.may_be_appended_by(office),
                    Relation::Addressee => persons::has_addressee(kind),
                    Relation::Stranger => true,
                    _ => kind.subject() == Subject::Person && relation.is_possible(office),
                };
                if can_stand != matrix.cell(kind, track, relation, office).is_some() {
                    missing.push((kind.name.as_str(), track, relation, office));
                }
            }
        }
        for on_track in &kind.options.sight_on_track {
            let is_known = TRACKS.iter().any(|track| track.as_str_name() == on_track.track);
            assert!(is_known, "add {} to TRACKS in matrix.rs", on_track.track);
        }
    }
    assert!(missing.is_empty(), "{} cells are missing: {:?}", missing.len(), &missing[..1]);
}

fn what_differs_is_explained(matrix: &Matrix) {
    let mut unexplained = Vec::new();
    for kind in catalogue().kinds() {
        for track in TRACKS {
            for (relation, office) in places() {
                let Some(shown) = matrix.cell(kind, track, relation, office) else { continue };
                let expected = expected(kind, track, relation, office);
                if shown != expected && explained::explanation(kind, relation, office).is_none() {
                    unexplained.push(format!(
                        "{} on {track:?}, {office:?} {relation:?}: {shown:?}, declared {expected:?}",
                        kind.name
                    ));
                }
            }
        }
    }
    assert!(unexplained.is_empty(), "no rule explains:\n{}", unexplained.join("\n"));
}

fn places() -> impl Iterator<Item = (Relation, contracts::Office)> {
    Relation::ALL.into_iter().flat_map(|relation| OFFICES.map(|office| (relation, office)))
}
