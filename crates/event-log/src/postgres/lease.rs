//! A reading connection while one question is asked on it.
//!
//! A question that is given up, by its asker or by the clock, leaves a connection of which nobody
//! knows whether it still leads anywhere. The pool would ask it, and wait for ever where the network
//! swallows everything; so it is asked here, for a limited time, and otherwise let go of.

use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgConnection, PgRow};
use sqlx::query::Query;
use sqlx::{Connection, PgPool, Postgres};
use tokio::runtime::Handle;
use tokio::time::timeout;

use crate::error::LogError;

/// Asks one question, within this time.
pub(super) async fn ask(
    readers: &PgPool,
    patience: Duration,
    question: Query<'_, Postgres, PgArguments>,
) -> Result<Vec<PgRow>, LogError> {
    let mut lease = Lease { connection: Some(readers.acquire().await?), patience };
    let Some(connection) = lease.connection.as_deref_mut() else { return Err(LogError::Closed) };
    let connection: &mut PgConnection = connection;
    let answer = timeout(patience, question.fetch_all(connection)).await;
    let answer = answer.map_err(|_| LogError::TimedOut)?;
    lease.give_back();
    Ok(answer?)
}

struct Lease {
    connection: Option<PoolConnection<Postgres>>,
    patience: Duration,
}

impl Lease {
    fn give_back(mut self) {
        drop(self.connection.take());
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        let patience = self.patience;
        let Ok(runtime) = Handle::try_current() else { return };
        runtime.spawn(async move {
            if !matches!(timeout(patience, connection.ping()).await, Ok(Ok(()))) {
                drop(connection.detach());
            }
        });
    }
}
