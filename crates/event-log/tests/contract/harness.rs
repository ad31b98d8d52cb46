//! A fresh, empty place for a log, and the back door into it.

use std::str::FromStr;
use std::time::Duration;

use event_log::EventLog;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
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
            "DROP TRIGGER IF EXISTS event_append_only ON event; \
             DROP TRIGGER IF EXISTS stream_append_only ON stream; \
             DROP TRIGGER IF EXISTS append_request_append_only ON append_request"
        } else {
            "DROP TRIGGER IF EXISTS event_no_update; DROP TRIGGER IF EXISTS event_no_delete; \
             DROP TRIGGER IF EXISTS stream_no_update; DROP TRIGGER IF EXISTS stream_no_delete; \
             DROP TRIGGER IF EXISTS append_request_no_update; \
             DROP TRIGGER IF EXISTS append_request_no_delete"
        };
        self.execute(statements).await.unwrap();
    }

    /// A connection past the log that stays open, for many alterations; they need not be durable.
    pub async fn back_door(&self) -> BackDoor {
        if self.is_postgres() {
            let options = PgConnectOptions::from_str(&self.url).unwrap();
            let hasty = options.options([("synchronous_commit", "off")]);
            BackDoor::Postgres(hasty.connect().await.unwrap())
        } else {
            let options = SqliteConnectOptions::from_str(&self.url).unwrap();
            let hasty = options.synchronous(SqliteSynchronous::Off);
            BackDoor::Sqlite(hasty.connect().await.unwrap())
        }
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

pub enum BackDoor {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl BackDoor {
    /// Runs all statements in one transaction, or none of them.
    pub async fn execute(&mut self, statements: String) -> Result<(), sqlx::Error> {
        let statements = AssertSqlSafe(format!("BEGIN; {statements}; COMMIT"));
        let done = match self {
            Self::Sqlite(door) => sqlx::raw_sql(statements).execute(&mut *door).await.map(|_| ()),
            Self::Postgres(door) => sqlx::raw_sql(statements).execute(&mut *door).await.map(|_| ()),
        };
        if done.is_err() {
            // SQLite has ended the transaction by itself after some errors, and not after others.
            let _ = match self {
                Self::Sqlite(door) => sqlx::raw_sql("ROLLBACK").execute(door).await.map(|_| ()),
                Self::Postgres(door) => sqlx::raw_sql("ROLLBACK").execute(door).await.map(|_| ()),
            };
        }
        done
    }

    /// Bytes, as this database spells them.
    pub fn bytes(&self, bytes: &[u8]) -> String {
        match self {
            Self::Sqlite(_) => format!("x'{}'", hex::encode(bytes)),
            Self::Postgres(_) => format!("'\\x{}'::bytea", hex::encode(bytes)),
        }
    }

    /// Rows of three numbers.
    pub async fn numbers(&mut self, query: &'static str) -> Vec<(i64, i64, i64)> {
        match self {
            Self::Sqlite(door) => sqlx::query_as(query).fetch_all(door).await.unwrap(),
            Self::Postgres(door) => sqlx::query_as(query).fetch_all(door).await.unwrap(),
        }
    }
}
