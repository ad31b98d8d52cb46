//! The file: opened when it was made from this log by this version, otherwise made anew.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
    time::Duration,
};

use event_log::EventLog;
use sqlx::{
    ConnectOptions, Connection, Row, SqlitePool,
    sqlite::{
        SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions,
        SqliteSynchronous,
    },
};

use crate::{ReadError, work};

/// Raised whenever the tables or what is computed into them change: an older file is then built
/// anew from the log. `schema.sql` writes it down.
const VERSION: i64 = 1;

/// Older ones can corrupt a database in WAL mode when one connection checkpoints while another
/// commits, and there are always several here.
const SQLITE_MIN: (u32, u32, u32) = (3, 51, 3);

const READERS_MAX: u32 = 8;
const BUSY: Duration = Duration::from_secs(5);

/// One connection that writes, and a pool that only reads.
pub(crate) struct Store {
    pub(crate) writer: SqliteConnection,
    pub(crate) readers: SqlitePool,
}

/// How far the file has come.
#[derive(Clone, Copy)]
pub(crate) struct Checkpoint {
    pub(crate) position: u64,
    pub(crate) unreadable: u64,
}

impl Store {
    pub(crate) async fn open(path: &Path, log: &EventLog) -> Result<Self, ReadError> {
        let mut writer = connect(path).await?;
        if !is_current(&mut writer).await? || !was_made_from(&mut writer, log).await? {
            writer.close().await?;
            remove(path)?;
            writer = connect(path).await?;
            create(&mut writer).await?;
        }
        work::mark_all_outdated(&mut writer).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS_MAX)
            .connect_with(options(path).read_only(true))
            .await?;
        Ok(Self { writer, readers })
    }
}

pub(crate) async fn checkpoint(
    connection: &mut SqliteConnection,
) -> Result<Checkpoint, sqlx::Error> {
    let row = sqlx::query("SELECT position, unreadable FROM checkpoint");
    let row = row.fetch_one(connection).await?;
    let unsigned = |value: i64| u64::try_from(value).unwrap_or_default();
    Ok(Checkpoint {
        position: unsigned(row.try_get("position")?),
        unreadable: unsigned(row.try_get("unreadable")?),
    })
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(path).busy_timeout(BUSY).pragma("mmap_size", "0")
}

async fn connect(path: &Path) -> Result<SqliteConnection, ReadError> {
    // NORMAL may lose the last transactions with the power, each as a whole: events and
    // checkpoint go together, and the log has them still.
    let options = options(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal);
    let mut connection = options.connect().await?;
    check_sqlite(&mut connection).await?;
    Ok(connection)
}

async fn check_sqlite(connection: &mut SqliteConnection) -> Result<(), ReadError> {
    let found: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(connection).await?;
    let mut parts = found.split('.').map_while(|part| part.parse().ok());
    let version = (parts.next(), parts.next(), parts.next());
    match version {
        (Some(major), Some(minor), Some(patch)) if (major, minor, patch) >= SQLITE_MIN => Ok(()),
        _ => Err(ReadError::SqliteTooOld(found)),
    }
}

/// What could not be read by the version that wrote the file may be readable now, and everything
/// that came after it depends on it.
async fn is_current(connection: &mut SqliteConnection) -> Result<bool, ReadError> {
    let version: i64 =
        sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *connection).await?;
    Ok(version == VERSION && checkpoint(connection).await?.unreadable == 0)
}

/// Whether the last event taken in is still where it was. A log restored from a backup, or another
/// log altogether, is told by its hash chain.
async fn was_made_from(
    connection: &mut SqliteConnection,
    log: &EventLog,
) -> Result<bool, ReadError> {
    let row = sqlx::query("SELECT chain_hash FROM checkpoint").fetch_one(&mut *connection).await?;
    let known: Vec<u8> = row.try_get("chain_hash")?;
    let position = checkpoint(connection).await?.position;
    if position == 0 {
        return Ok(true);
    }
    let last = log.read(position - 1, 1).await?;
    Ok(last.first().is_some_and(|event| event.chain_hash.as_slice() == known))
}

async fn create(connection: &mut SqliteConnection) -> Result<(), ReadError> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::raw_sql(include_str!("schema.sql")).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(())
}

fn remove(path: &Path) -> Result<(), ReadError> {
    for suffix in ["", "-wal", "-shm"] {
        let mut file = path.as_os_str().to_owned();
        file.push(suffix);
        match std::fs::remove_file(PathBuf::from(file)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}
