//! What an answer rests on, so that it can be asked again before it leaves.
//!
//! Between a judgement and its answer lie the record of the read and the keys, in databases that may
//! be slow or out of reach. An answer that had to wait for them is worth what the log says by then.

use casework::PersonId;
use serde_json::json;
use sqlx::SqliteExecutor;
use tokio::time::Instant;

use crate::{ReadError, freshness::SHARED};

/// The log as it was when somebody was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    /// When the log was asked for its head.
    pub(crate) at: Instant,
    /// Everything up to here was known.
    pub(crate) position: u64,
}

impl Judged {
    /// Whether nothing needs to be asked: what has come since is too new to be promised.
    pub fn is_fresh(&self) -> bool {
        self.at.elapsed() < SHARED
    }
}

/// Whether something came to one of these persons, or to their kin, after they were judged. One
/// statement, however many they are.
pub(crate) async fn is_outdated(
    executor: impl SqliteExecutor<'_>,
    judged: &[(PersonId, Judged)],
) -> Result<bool, ReadError> {
    let asked = judged.iter().map(|(person, judged)| json!([person.as_str(), judged.position]));
    let outdated: bool = sqlx::query_scalar(
        "WITH RECURSIVE kin (known_until, person_id) AS ( \
           SELECT value ->> 1, value ->> 0 FROM json_each(?1) \
           UNION SELECT known_until, other_id FROM kin \
           JOIN kinship ON kinship.person_id = kin.person_id) \
         SELECT EXISTS (SELECT 1 FROM kin CROSS JOIN person USING (person_id) \
           WHERE last_position > known_until)",
    )
    .bind(json!(asked.collect::<Vec<_>>()).to_string())
    .fetch_one(executor)
    .await?;
    Ok(outdated)
}
