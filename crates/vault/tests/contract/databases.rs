//! A fresh database for each test.

use std::env;
use std::process;

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;

/// The address of an empty database, and what must live as long as it.
pub struct Database {
    address: String,
    home: Home,
}

enum Home {
    /// Deleted with this value.
    Folder { _folder: TempDir },
    /// A database of this name on a server.
    Server { name: String },
}

impl Database {
    /// A file in a folder of its own.
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let address = format!("sqlite:{}", folder.path().join("vault.sqlite").display());
        Self { address, home: Home::Folder { _folder: folder } }
    }

    /// A database on the test server, named after the test.
    pub async fn postgres(test: &str) -> Self {
        let server = server();
        // PostgreSQL cuts names at 63 bytes: the process comes first, so that none is cut off.
        let name = format!("vault_{}_{test}", process::id());
        run(format!("CREATE DATABASE {name}")).await;
        let (base, _) = server.rsplit_once('/').expect("an address that ends in a database");
        Self { address: format!("{base}/{name}"), home: Home::Server { name } }
    }

    /// What a vault is opened with.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Called when a test has passed; what a failed one leaves is there to be looked at.
    pub async fn remove(self) {
        if let Home::Server { name } = self.home {
            run(format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }
}

/// Somebody who reads the database as it was.
pub struct Past(PgConnection);

impl Past {
    /// They have read enough.
    pub async fn end(self) {
        self.0.close().await.expect("it ends");
    }
}

/// What only shows from inside a server.
impl Database {
    /// Begins to read as a backup does, and reads nothing of the vault yet.
    pub async fn read_as_of_now(&self) -> Past {
        let mut connection = PgConnection::connect(&self.address).await.expect("it answers");
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1 FROM pg_class LIMIT 1";
        sqlx::raw_sql(begin).execute(&mut connection).await.expect("a snapshot");
        Past(connection)
    }

    /// Holds the tables as a backup does, which keeps nobody from reading and writing.
    pub async fn hold_tables(&self) -> Past {
        let mut connection = PgConnection::connect(&self.address).await.expect("it answers");
        let begin = "BEGIN; LOCK TABLE vault_check, vault_secret, vault_key IN ACCESS SHARE MODE";
        sqlx::raw_sql(begin).execute(&mut connection).await.expect("the tables");
        Past(connection)
    }

    /// The wrapped key of a person.
    pub async fn wrapped_key(&self, person: &str) -> Vec<u8> {
        let mut connection = PgConnection::connect(&self.address).await.expect("it answers");
        sqlx::query_scalar("SELECT wrapped FROM vault_key WHERE subject = $1")
            .bind(person)
            .fetch_one(&mut connection)
            .await
            .expect("the key is there")
    }

    /// Whether these bytes lie in the file of the table of keys, in rows or between them.
    pub async fn lies_in_table(&self, bytes: &[u8]) -> bool {
        let mut connection = PgConnection::connect(&self.address).await.expect("it answers");
        sqlx::raw_sql("CHECKPOINT").execute(&mut connection).await.expect("a superuser");
        let file: Vec<u8> =
            sqlx::query_scalar("SELECT pg_read_binary_file(pg_relation_filepath('vault_key'))")
                .fetch_one(&mut connection)
                .await
                .expect("a superuser");
        file.windows(bytes.len()).any(|window| window == bytes)
    }
}

fn server() -> String {
    env::var("TSUNAGI_TEST_POSTGRES").expect("set TSUNAGI_TEST_POSTGRES or run `cargo xtask test`")
}

/// The statements' only variable part is a name made of a number and a function's name.
async fn run(statement: String) {
    let mut connection = PgConnection::connect(&server()).await.expect("the server answers");
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.expect("it is done");
}
