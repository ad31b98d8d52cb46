//! The files of log and read model, past whoever they belong to.
#![allow(dead_code, reason = "each test file uses its part of it")]

use std::{path::Path, time::Duration};

use sqlx::{AssertSqlSafe, Connection, SqliteConnection, sqlite::SqliteConnectOptions};

/// Runs statements on a file past whoever it belongs to.
pub async fn execute(path: &Path, statements: &str) {
    let options = SqliteConnectOptions::new().filename(path);
    let mut file = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(statements.to_owned())).execute(&mut file).await.unwrap();
    file.close().await.unwrap();
}

/// Everything into the one file, and nobody at it any more.
pub async fn at_rest(path: &Path) {
    for attempt in 0.. {
        let options = SqliteConnectOptions::new().filename(path).busy_timeout(Duration::ZERO);
        let mut file = SqliteConnection::connect_with(&options).await.unwrap();
        let mode = sqlx::query_scalar::<_, String>("PRAGMA journal_mode = DELETE");
        let mode = mode.fetch_one(&mut file).await;
        file.close().await.unwrap();
        if mode.is_ok_and(|mode| mode == "delete") {
            break;
        }
        assert!(attempt < 200, "somebody keeps the file open");
        // SQLite tells nobody when a file is closed.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
