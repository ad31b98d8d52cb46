//! A person with a marker in every personal field is erased, with the file that was merged into
//! theirs: no marker is left in any file, table, log, trace, backup or export, nor in the memory of a
//! process that is started afterwards; and on PostgreSQL no byte of the destroyed keys in any table.
//! That the search itself finds what is there is shown before.

mod gateway;
mod story;
mod tables;

use std::{collections::BTreeMap, path::Path, sync::LazyLock};

use acceptance::{Canaries, PostgresDatabases, Printed, World};
use sqlx::{
    Connection, PgConnection,
    sqlite::{SqliteConnectOptions, SqliteConnection},
};
use test_servers::{Cluster, ClusterPlan, Durability, ServerPrograms};
use tsunagi::{
    Config,
    config::{CountedFrom, ErasureGround, RetentionConfig},
};

use story::{Told, erase_somebody};
use tables::{Table, everything_in};

const BEGINNING: &str = "2021-09-01T00:00:00Z";

/// What all houses of this process say, at the finest level there is.
static PRINTED: LazyLock<Printed> = LazyLock::new(Printed::capture);

#[tokio::test]
async fn no_marker_is_left_in_sqlite_s_files() {
    LazyLock::force(&PRINTED);
    let world = World::start(BEGINNING.parse().unwrap(), with_retention).await.unwrap();
    let (told, ()) = erase_somebody(&world, async |_| {
        back_up(world.folder(), "log.sqlite").await;
        back_up(world.folder(), "reads.sqlite").await;
    })
    .await;
    let among = ["log.sqlite.backup", "export.jsonl", "before.log", "after.log"];
    assert_none_in_files(&told.markers, world.folder(), &among);
    // Stopping moves the write-ahead logs into the files.
    let folder = world.stop().await.unwrap();
    assert_none_in_files(&told.markers, folder.path(), &among);
    assert_none_is_printed(&told.markers);
}

#[tokio::test]
async fn neither_marker_nor_key_is_left_in_postgresql_s_tables() {
    LazyLock::force(&PRINTED);
    // As in production, so that its files hold what they would hold there.
    let programs = ServerPrograms::find_or_install().unwrap();
    let cluster = Cluster::start_as(&programs, &ClusterPlan::new(Durability::Kept)).unwrap();
    let databases = PostgresDatabases::create_on(cluster.url()).await.unwrap();
    let world =
        World::start(BEGINNING.parse().unwrap(), |config| databases.of(with_retention(config)));
    let world = world.await.unwrap();
    let (told, keys) = erase_somebody(&world, async |told| {
        let keys = keys_of(&databases.url("vault"), told).await;
        let backup = everything_in(cluster.url()).await.unwrap();
        assert_eq!(found(&keys, &backup).len(), 2, "a backup of the vault holds both keys");
        keys
    })
    .await;
    let kept = everything_in(cluster.url()).await.unwrap();
    assert_eq!(found(&told.markers, &kept), Vec::<&str>::new());
    assert_eq!(found(&keys, &kept), Vec::<&str>::new());
    let bytes: usize = kept.iter().map(|table| table.rows.len()).sum();
    assert!(bytes > 1_000_000, "the tables were read: {bytes}");
    println!("0 of {} markers, 0 of 2 keys in {} tables", told.markers.len(), kept.len());
    assert_none_in_files(&told.markers, world.folder(), &["export.jsonl", "after.log"]);
    world.stop().await.unwrap();
    assert_none_is_printed(&told.markers);
    assert!(told.markers.found_in(cluster.messages().as_bytes()).is_empty());
    look_at_files(&cluster, &told.markers, &keys).await;
}

/// The server's own files, once everything that can be given back is. What was never there is not
/// there; of the keys the write-ahead log knows until it is written over.
async fn look_at_files(cluster: &Cluster, markers: &Canaries, keys: &Canaries) {
    let (address, _) = cluster.url().rsplit_once('/').unwrap();
    let mut server = PgConnection::connect(cluster.url()).await.unwrap();
    let databases =
        "SELECT datname::text FROM pg_database WHERE datallowconn AND NOT datistemplate";
    let databases: Vec<String> =
        sqlx::query_scalar(databases).fetch_all(&mut server).await.unwrap();
    for database in databases {
        let url = format!("{address}/{database}");
        let mut connection = PgConnection::connect(&url).await.unwrap();
        sqlx::raw_sql("VACUUM (FULL)").execute(&mut connection).await.unwrap();
    }
    sqlx::raw_sql("CHECKPOINT").execute(&mut server).await.unwrap();
    let (found, bytes) = markers.found_in_folder(&cluster.data()).unwrap();
    assert!(found.is_empty(), "in the server's files: {found:?}");
    println!("0 of {} markers in {bytes} bytes of the server's files", markers.len());
    let (found, bytes) = keys.found_in_folder(&cluster.data().join("base")).unwrap();
    assert!(found.is_empty(), "keys in tables' files: {found:?}");
    println!("0 of 2 keys in {bytes} bytes of tables' files");
    let (found, bytes) = keys.found_in_folder(&cluster.data().join("pg_wal")).unwrap();
    println!("{} of 2 keys in {bytes} bytes of write-ahead log", found.len());
    assert_eq!(found.len(), 2, "docs/operations.md says that the write-ahead log holds them");
}

/// The keys of both persons, as they lie wrapped in the vault; sampled, as autovacuum does it sooner
/// or later.
async fn keys_of(vault: &str, told: &Told) -> Canaries {
    let mut vault = PgConnection::connect(vault).await.unwrap();
    sqlx::raw_sql("ANALYZE").execute(&mut vault).await.unwrap();
    let keys: Vec<Vec<u8>> =
        sqlx::query_scalar("SELECT wrapped FROM vault_key WHERE subject = ANY($1)")
            .bind([told.person.as_str(), told.other.as_str()])
            .fetch_all(&mut vault)
            .await
            .unwrap();
    vault.close().await.unwrap();
    Canaries::of_bytes(keys)
}

fn found<'a>(canaries: &'a Canaries, tables: &[Table]) -> Vec<&'a str> {
    let mut all = Vec::new();
    for table in tables {
        let found = canaries.found_in(&table.rows);
        if !found.is_empty() {
            println!("{} in {}", found.len(), table.name);
        }
        all.extend(found);
    }
    all
}

fn with_retention(mut config: Config) -> Config {
    let years = BTreeMap::from([(ErasureGround::RecordedInError, 0)]);
    config.retention = Some(RetentionConfig { counted_from: CountedFrom::LastEntry, years });
    config
}

/// A copy as a backup makes it, of what was there before the erasure.
async fn back_up(folder: &Path, database: &str) {
    let options = SqliteConnectOptions::new().filename(folder.join(database));
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    let backup = folder.join(format!("{database}.backup"));
    sqlx::query("VACUUM INTO ?").bind(backup.to_str()).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    assert!(backup.metadata().unwrap().len() > 10_000);
}

/// The files that are named are among those that were searched: the log, its copy and its export, what
/// the gateways said.
fn assert_none_in_files(canaries: &Canaries, folder: &Path, among: &[&str]) {
    let (found, bytes) = canaries.found_in_folder(folder).unwrap();
    assert!(found.is_empty(), "in files: {found:?}");
    let sizes = among.iter().map(|name| folder.join(name).metadata().expect(name).len());
    let sizes: Vec<_> = sizes.collect();
    assert!(sizes.iter().all(|size| *size > 0), "{sizes:?}");
    assert!(bytes as u64 > sizes.iter().sum(), "the files were read: {bytes}");
    println!("0 of {} markers in {bytes} bytes of files", canaries.len());
}

fn assert_none_is_printed(canaries: &Canaries) {
    let printed = PRINTED.bytes();
    assert!(!printed.is_empty(), "tracing was captured");
    assert!(canaries.found_in(&printed).is_empty(), "in what was logged");
}
