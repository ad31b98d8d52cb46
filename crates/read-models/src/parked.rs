//! Whose histories this version cannot take in.

use casework::PersonId;
use sqlx::{Row, SqlitePool};

use crate::ReadError;

/// A person who is parked, by the random id of their stream: for operators, never for readers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parked {
    /// Whose history it is.
    pub person: PersonId,
    /// The position of the first event that cannot be read or taken in.
    pub position: u64,
}

pub(crate) async fn all(readers: &SqlitePool) -> Result<Vec<Parked>, ReadError> {
    let rows = sqlx::query(
        "SELECT person_id, parked_at FROM person WHERE parked_at IS NOT NULL ORDER BY parked_at",
    );
    let mut parked = Vec::new();
    for row in rows.fetch_all(readers).await? {
        let position: i64 = row.try_get("parked_at")?;
        let person = PersonId::from(row.try_get::<String, _>("person_id")?);
        parked.push(Parked { person, position: position.cast_unsigned() });
    }
    Ok(parked)
}
