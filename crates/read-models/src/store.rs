//! The file: opened when it is whole and was made from this log by this version, otherwise made
//! anew.

use std::{
    fs::{File, OpenOptions, Permissions},
    io::{self, ErrorKind},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

use event_log::EventLog;
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, Row, SqlitePool,
    sqlite::{
        SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteLockingMode,
        SqlitePoolOptions, SqliteSynchronous,
    },
};

use crate::{ReadError, work};

/// What lies in a file. The version is raised whenever the tables or what is computed into them
/// change: an older file is then built anew from the log. The schema writes it down.
pub(crate) struct Shape {
    pub(crate) version: i64,
    pub(crate) schema: &'static str,
}

/// The file of the read model.
const READ_MODEL: Shape = Shape { version: 6, schema: include_str!("schema.sql") };

/// Older ones can corrupt a database in WAL mode when one connection checkpoints while another
/// commits, and there are always several here.
const SQLITE_MIN: (u32, u32, u32) = (3, 51, 3);

/// What SQLite answers when tables are not as they should be (`SQLITE_ERROR`), when pages are
/// damaged (`SQLITE_CORRUPT`), and when the file is no database (`SQLITE_NOTADB`).
const DAMAGE: [i32; 3] = [1, 11, 26];

/// What SQLite answers when somebody else has the file open (`SQLITE_BUSY`, `SQLITE_LOCKED`).
const BUSY_OR_LOCKED: [i32; 2] = [5, 6];

const READERS_MAX: u32 = 8;
/// Kept in memory while a file is built, so that the indexes need not be read back: 32 MiB, as
/// SQLite counts it.
const BUILDING_CACHE: &str = "-32768";

const PRIVATE: u32 = 0o600;
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
    /// The log's chain hash there; zeros before the first event.
    pub(crate) chain_hash: [u8; 32],
}

impl Checkpoint {
    /// Before the first event.
    pub(crate) const GENESIS: Self = Self { position: 0, chain_hash: [0; 32] };
}

impl Store {
    /// Opens the file, or makes it anew. What a rebuild left behind when it was cut short is
    /// removed.
    pub(crate) async fn open(path: &Path, log: &EventLog) -> Result<Self, ReadError> {
        let mut writer = writer(path, log, &READ_MODEL).await?;
        work::mark_all_outdated(&mut writer).await?;
        Self::with_readers(path, writer).await
    }

    /// Opens a file that this process has built or closed just now.
    pub(crate) async fn open_known(path: &Path) -> Result<Self, ReadError> {
        Self::with_readers(path, connect(path).await?).await
    }

    /// Opens a file of another shape, or makes it anew.
    pub(crate) async fn open_as(
        path: &Path,
        log: &EventLog,
        shape: &Shape,
    ) -> Result<Self, ReadError> {
        Self::with_readers(path, writer(path, log, shape).await?).await
    }

    async fn with_readers(path: &Path, writer: SqliteConnection) -> Result<Self, ReadError> {
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS_MAX)
            .connect_with(options(path).read_only(true))
            .await?;
        Ok(Self { writer, readers })
    }
}

/// The file as it is or, when it cannot be gone on with, made anew.
async fn writer(path: &Path, log: &EventLog, shape: &Shape) -> Result<SqliteConnection, ReadError> {
    remove(&beside(path))?;
    match usable(path, log, shape).await {
        Ok(Some(writer)) => Ok(writer),
        Ok(None) => made_anew(path, shape).await,
        Err(ReadError::Store(error)) if is_damage(&error) => {
            tracing::warn!(%error, "the read model's file is damaged and is built anew");
            made_anew(path, shape).await
        }
        Err(error) => Err(error),
    }
}

/// The file as it is, if it can be gone on with.
async fn usable(
    path: &Path,
    log: &EventLog,
    shape: &Shape,
) -> Result<Option<SqliteConnection>, ReadError> {
    let mut writer = connect(path).await?;
    let is_usable = is_usable(&mut writer, log, shape).await;
    if matches!(is_usable, Ok(true)) {
        return Ok(Some(writer));
    }
    // Closed before the file is removed: closing removes the side files by their names.
    let closed = writer.close().await;
    is_usable?;
    closed?;
    Ok(None)
}

async fn is_usable(
    writer: &mut SqliteConnection,
    log: &EventLog,
    shape: &Shape,
) -> Result<bool, ReadError> {
    Ok(is_current(writer, shape).await? && was_made_from(writer, log).await?)
}

/// A new and empty file; whatever was there is removed.
async fn made_anew(path: &Path, shape: &Shape) -> Result<SqliteConnection, ReadError> {
    remove(path)?;
    let mut writer = connect(path).await?;
    create(&mut writer, shape).await?;
    Ok(writer)
}

/// A new file that nobody reads before it is whole. No journal and no flush on the way: cut short,
/// it is thrown away; what is whole is made durable by [`close_built`].
pub(crate) async fn begin_building(path: &Path) -> Result<SqliteConnection, ReadError> {
    remove(path)?;
    make_private(path)?;
    let options = options(path)
        .journal_mode(SqliteJournalMode::Off)
        .synchronous(SqliteSynchronous::Off)
        .locking_mode(SqliteLockingMode::Exclusive)
        .pragma("cache_size", BUILDING_CACHE);
    let mut writer = options.connect().await?;
    check_sqlite(&mut writer).await?;
    create(&mut writer, &READ_MODEL).await?;
    Ok(writer)
}

/// Closes a file that was built, and makes it durable.
pub(crate) async fn close_built(writer: SqliteConnection, path: &Path) -> Result<(), ReadError> {
    writer.close().await?;
    Ok(File::open(path)?.sync_all()?)
}

/// Whether the file itself is at fault, and not the disk under it or another who holds it.
fn is_damage(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(error) => {
            let code = error.code().and_then(|code| code.parse::<i32>().ok());
            code.is_some_and(|code| DAMAGE.contains(&(code & 0xff)))
        }
        sqlx::Error::RowNotFound
        | sqlx::Error::ColumnNotFound(_)
        | sqlx::Error::ColumnDecode { .. }
        | sqlx::Error::Decode(_) => true,
        _ => false,
    }
}

pub(crate) async fn checkpoint(
    connection: &mut SqliteConnection,
) -> Result<Checkpoint, sqlx::Error> {
    let row = sqlx::query("SELECT position, chain_hash FROM checkpoint");
    let row = row.fetch_one(connection).await?;
    let unsigned = |value: i64| u64::try_from(value).unwrap_or_default();
    let chain_hash: Vec<u8> = row.try_get("chain_hash")?;
    Ok(Checkpoint {
        position: unsigned(row.try_get("position")?),
        chain_hash: chain_hash.try_into().unwrap_or_default(),
    })
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(path).busy_timeout(BUSY).pragma("mmap_size", "0")
}

async fn connect(path: &Path) -> Result<SqliteConnection, ReadError> {
    make_private(path)?;
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

/// SQLite would make a file that all may read. Its side files take the file's own permissions.
fn make_private(path: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(PRIVATE).open(path) {
        // Not opened: to close it again would take away the locks of whoever uses it here.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            std::fs::set_permissions(path, Permissions::from_mode(PRIVATE))
        }
        made => made.map(drop),
    }
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

/// Whether this version wrote it, and it is whole.
async fn is_current(connection: &mut SqliteConnection, shape: &Shape) -> Result<bool, ReadError> {
    let version: i64 =
        sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *connection).await?;
    Ok(version == shape.version && is_whole(connection).await?)
}

/// Damage in the middle of the file would come to light with some question or other, and then with
/// every event of that person.
async fn is_whole(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    let found: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(connection).await?;
    let is_whole = found == "ok";
    if !is_whole {
        tracing::warn!("the read model's file is damaged and is built anew");
    }
    Ok(is_whole)
}

/// Whether the last event taken in is still where it was. A log restored from a backup, or another
/// log altogether, is told by its hash chain.
async fn was_made_from(
    connection: &mut SqliteConnection,
    log: &EventLog,
) -> Result<bool, ReadError> {
    let Checkpoint { position, chain_hash, .. } = checkpoint(connection).await?;
    if position == 0 {
        return Ok(true);
    }
    let last = log.read(position - 1, 1).await?;
    Ok(last.first().is_some_and(|event| event.chain_hash == chain_hash))
}

async fn create(connection: &mut SqliteConnection, shape: &Shape) -> Result<(), ReadError> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::raw_sql(shape.schema).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(())
}

/// Empties the file while it is in use, so that it can be built anew from the log.
pub(crate) async fn clear(connection: &mut SqliteConnection) -> Result<(), ReadError> {
    clear_as(connection, &READ_MODEL).await
}

/// The same for a file of another shape.
pub(crate) async fn clear_as(
    connection: &mut SqliteConnection,
    shape: &Shape,
) -> Result<(), ReadError> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    )
    .fetch_all(&mut *transaction)
    .await?;
    for table in tables {
        let statement = AssertSqlSafe(format!("DROP TABLE {table}"));
        sqlx::raw_sql(statement).execute(&mut *transaction).await?;
    }
    sqlx::raw_sql(shape.schema).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(())
}

/// Where the file that is to take the place of another is built.
pub(crate) fn beside(path: &Path) -> PathBuf {
    with_suffix(path, ".next")
}

/// Puts the file that was built beside another in its place. Both must be closed; when the power
/// goes, either the one or the other is there, and whole.
pub(crate) async fn replace(path: &Path) -> Result<(), ReadError> {
    let next = beside(path);
    set_aside(&next).await?;
    if path.exists() {
        set_aside(path).await?;
    }
    std::fs::rename(&next, path)?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Brings everything into the one file. SQLite refuses while anybody else has it open: they would
/// go on with side files that belong to another file then.
async fn set_aside(path: &Path) -> Result<(), ReadError> {
    let brought_in = async {
        let mut connection = options(path).busy_timeout(Duration::ZERO).connect().await?;
        let mode = sqlx::query_scalar::<_, String>("PRAGMA journal_mode = DELETE");
        let mode = mode.fetch_one(&mut connection).await;
        connection.close().await?;
        mode
    };
    match brought_in.await {
        Ok(mode) if mode == "delete" => Ok(()),
        // Nothing of it is wanted any more.
        Err(error) if is_damage(&error) => Ok(remove_side_files(path)?),
        Ok(_) => Err(ReadError::InUse),
        Err(error) if is_busy(&error) => Err(ReadError::InUse),
        Err(error) => Err(error.into()),
    }
}

fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    let code = code.and_then(|code| code.parse::<i32>().ok());
    code.is_some_and(|code| BUSY_OR_LOCKED.contains(&(code & 0xff)))
}

/// Removes a file and what SQLite keeps beside it.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    remove_file(path)?;
    remove_side_files(path)
}

fn remove_side_files(path: &Path) -> io::Result<()> {
    ["-wal", "-shm", "-journal"]
        .iter()
        .try_for_each(|suffix| remove_file(&with_suffix(path, suffix)))
}

fn remove_file(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut file = path.as_os_str().to_owned();
    file.push(suffix);
    PathBuf::from(file)
}
