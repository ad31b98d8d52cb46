//! Persons out of many: as a reader sees them, or, for identity officers, what they are registered
//! as.
//!
//! Whoever is named nowhere in a person's stream is told apart by one statement, whoever that is and
//! however many they are. Only the others' histories are read and judged, by the one rule.

use std::collections::BTreeSet;

use casework::{PersonId, Seen, Standing, Viewer};
use contracts::Event;
use serde_json::json;
use sqlx::{SqlitePool, sqlite::SqliteConnection};

use crate::{
    PersonView, ReadError, SeenEvent, history,
    view::{Reading, seen_event},
};

/// Histories in memory at once.
const PERSONS_AT_ONCE: usize = 64;

/// What a person is registered as, for those who decide whether two are one.
pub struct Registered {
    /// Who was asked for.
    pub person: PersonId,
    /// The latest registration that stands, whole; none when none stands, or the person was erased.
    pub registration: Option<SeenEvent>,
}

/// Of these persons those of whom the reader sees something, each once: of two that are merged there
/// is one.
pub(crate) async fn seen_among(
    readers: &SqlitePool,
    reading: &Reading,
    persons: &[PersonId],
) -> Result<Vec<PersonView>, ReadError> {
    let mut connection = readers.acquire().await?;
    let named = named_with(&mut connection, &reading.viewer, persons).await?;
    let (mut views, mut known) = (Vec::new(), BTreeSet::new());
    for some in named.chunks(PERSONS_AT_ONCE) {
        for pieces in history::of_persons(&mut connection, some).await? {
            let history = pieces.read()?;
            let view = match PersonView::of(&history, reading) {
                // Parked: shown to nobody.
                Err(ReadError::Unreadable) => None,
                view => view?,
            };
            views.extend(view.filter(|view| known.insert(view.person.clone())));
        }
    }
    Ok(views)
}

/// Those among them whose streams, or those of their kin, name the reader's agency.
async fn named_with(
    connection: &mut SqliteConnection,
    viewer: &Viewer,
    persons: &[PersonId],
) -> Result<Vec<PersonId>, ReadError> {
    let asked: BTreeSet<_> = persons.iter().map(PersonId::as_str).collect();
    let named: Vec<String> = sqlx::query_scalar(
        "WITH RECURSIVE kin (asked, person_id) AS ( \
           SELECT value, value FROM json_each(?1) \
           UNION SELECT asked, other_id FROM kin \
           CROSS JOIN kinship ON kinship.person_id = kin.person_id) \
         SELECT DISTINCT asked FROM kin CROSS JOIN mentioned USING (person_id) \
         WHERE agency = ?2 ORDER BY asked",
    )
    .bind(json!(asked).to_string())
    .bind(viewer.agency.as_str())
    .fetch_all(connection)
    .await?;
    Ok(named.into_iter().map(PersonId::from).collect())
}

/// What these persons are registered as, in the order asked; to anybody but identity officers none.
pub(crate) async fn registered(
    readers: &SqlitePool,
    viewer: &Viewer,
    persons: &[PersonId],
) -> Result<Vec<Registered>, ReadError> {
    if !viewer.is_identity_officer {
        return Ok(Vec::new());
    }
    let mut found = Vec::with_capacity(persons.len());
    for person in persons {
        let history = history::of_person(readers, person, None).await?;
        let standing = history.standing(u64::MAX);
        let latest = standing.iter().rev().find(|entry| {
            let stands = entry.standing() != Some(Standing::Retracted);
            stands && matches!(entry.recorded.event, Event::PersonRegistered(_))
        });
        let latest = latest.filter(|_| history.file.erased_on.is_none());
        let registration = latest.map(|entry| seen_event(entry, Seen::Full, Vec::new()));
        found.push(Registered { person: person.clone(), registration });
    }
    Ok(found)
}
