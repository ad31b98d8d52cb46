//! A fresh, empty place for a log, and the back door into it.

use std::str::FromStr;
use std::time::Duration;

use event_log::EventLog;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, SqliteConnection};
use tempfile::TempDir;

/// No question takes a tenth of this; one that hangs should say so.
const SECONDS_MAX: u64 = 90;

pub struct Place {
    pub url: String,
    /// The SQLite file's folder, deleted with the place. None: PostgreSQL.
    folder: Option<TempDir>,
}

pub async fn ask_sqlite(question: impl AsyncFnOnce(&Place)) {
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite:{}", folder.path().join("log.sqlite").display());
    ask(&Place { url, folder: Some(folder) }, question).await;
}

pub async fn ask_postgres(question: impl AsyncFnOnce(&Place)) {
    let server = std::env::var("TSUNAGI_TEST_POSTGRES")
        .expect("set TSUNAGI_TEST_POSTGRES or run `cargo xtask test`");
    let options = PgConnectOptions::from_str(&server).unwrap();
    let mut server = options.connect().await.unwrap();
    let name = unused_name(&mut server).await;
    let url = options.database(&name).to_url_lossy().to_string();
    run(&mut server, format!("CREATE DATABASE {name} TEMPLATE template0")).await;
    ask(&Place { url, folder: None }, question).await;
    run(&mut server, format!("DROP DATABASE {name} WITH (FORCE)")).await;
}

async fn ask(place: &Place, question: impl AsyncFnOnce(&Place)) {
    let answered = tokio::time::timeout(Duration::from_secs(SECONDS_MAX), question(place)).await;
    answered.expect("the question was not answered in time");
}

/// A server gives no transaction number twice.
async fn unused_name(server: &mut PgConnection) -> String {
    let number = sqlx::query_scalar("SELECT txid_current()");
    let number: i64 = number.fetch_one(server).await.unwrap();
    format!("event_log_{number}")
}

async fn run(server: &mut PgConnection, statement: String) {
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(server).await.unwrap();
}

impl Place {
    pub async fn open(&self) -> EventLog {
        EventLog::open(&self.url).await.unwrap()
    }

    pub fn is_postgres(&self) -> bool {
        self.folder.is_none()
    }

    /// Runs SQL that both stores understand, past the log.
    pub async fn execute(&self, statements: &'static str) -> Result<(), sqlx::Error> {
        if self.is_postgres() {
            let mut connection = PgConnection::connect(&self.url).await?;
            sqlx::raw_sql(statements).execute(&mut connection).await?;
        } else {
            let mut connection = SqliteConnection::connect(&self.url).await?;
            sqlx::raw_sql(statements).execute(&mut connection).await?;
        }
        Ok(())
    }

    /// Takes the triggers away, as somebody with the whole database in hand could.
    pub async fn unlock(&self) {
        let statements = if self.is_postgres() {
            "DROP TRIGGER event_append_only ON event; DROP TRIGGER stream_append_only ON stream"
        } else {
            "DROP TRIGGER event_no_update; DROP TRIGGER event_no_delete; \
             DROP TRIGGER stream_no_update"
        };
        self.execute(statements).await.unwrap();
    }

    /// Exchanges the body of one event; the triggers must be gone.
    pub async fn replace_body(&self, position: i64, body: &[u8]) {
        const STATEMENT: &str = "UPDATE event SET body = $1 WHERE position = $2";
        if self.is_postgres() {
            let mut connection = PgConnection::connect(&self.url).await.unwrap();
            let update = sqlx::query(STATEMENT).bind(body).bind(position);
            update.execute(&mut connection).await.unwrap();
        } else {
            let mut connection = SqliteConnection::connect(&self.url).await.unwrap();
            let update = sqlx::query(STATEMENT).bind(body).bind(position);
            update.execute(&mut connection).await.unwrap();
        }
    }
}
