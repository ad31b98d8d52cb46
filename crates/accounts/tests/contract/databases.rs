//! A fresh database for each test.

use std::any::Any;
use std::env;
use std::fs;
use std::process;

use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use tempfile::TempDir;

/// The address of an empty database, and what must live as long as it.
pub struct Database {
    address: String,
    home: Home,
}

enum Home {
    /// Deleted with this value.
    Folder { folder: TempDir },
    /// A database of this name on a server.
    Server { name: String },
}

impl Database {
    /// A file in a folder of its own.
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let address = format!("sqlite:{}", folder.path().join("accounts.sqlite").display());
        Self { address, home: Home::Folder { folder } }
    }

    /// A database on the test server, named after the test.
    pub async fn postgres(test: &str) -> Self {
        let server = server();
        // PostgreSQL cuts names at 63 bytes: the process comes first, so that none is cut off.
        let name = format!("accounts_{}_{test}", process::id());
        run(format!("CREATE DATABASE {name}")).await;
        let (base, _) = server.rsplit_once('/').expect("an address that ends in a database");
        Self { address: format!("{base}/{name}"), home: Home::Server { name } }
    }

    /// What accounts are opened with.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Everything that is kept there.
    pub async fn bytes(&self) -> Vec<u8> {
        match &self.home {
            Home::Folder { folder } => {
                let files = fs::read_dir(folder.path()).expect("a folder");
                let files =
                    files.map(|file| fs::read(file.expect("a file").path()).expect("bytes"));
                files.flatten().collect()
            }
            Home::Server { .. } => {
                let mut connection =
                    PgConnection::connect(&self.address).await.expect("it is there");
                let mut kept = String::new();
                for table in ["account", "session", "attempt"] {
                    let rows = format!("SELECT row_to_json({table})::text FROM {table}");
                    let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(rows))
                        .fetch_all(&mut connection)
                        .await
                        .unwrap();
                    kept.extend(rows);
                }
                let hex: Vec<u8> = kept.split("\\\\x").skip(1).flat_map(of_hex).collect();
                [kept.into_bytes(), hex].concat()
            }
        }
    }

    /// Somebody who reads the accounts, a backup say, until what is answered is dropped.
    pub async fn reader(&self) -> Box<dyn Any> {
        const READ: &str = "BEGIN; SELECT * FROM account";
        match &self.home {
            Home::Folder { .. } => {
                let file = SqliteConnection::connect(&self.address).await;
                let mut file = file.expect("it is there");
                sqlx::raw_sql(READ).execute(&mut file).await.unwrap();
                Box::new(file)
            }
            Home::Server { .. } => {
                let server = PgConnection::connect(&self.address).await;
                let mut server = server.expect("it is there");
                sqlx::raw_sql(READ).execute(&mut server).await.unwrap();
                Box::new(server)
            }
        }
    }

    /// Makes it what it was before accounts could be linked.
    pub async fn forget_subjects(&self) {
        const WITHOUT: &str =
            "DROP INDEX account_subject; ALTER TABLE account DROP COLUMN subject_hash";
        match &self.home {
            Home::Folder { .. } => {
                let file = SqliteConnection::connect(&self.address).await;
                sqlx::raw_sql(WITHOUT).execute(&mut file.expect("it is there")).await.unwrap();
            }
            Home::Server { .. } => {
                let server = PgConnection::connect(&self.address).await;
                sqlx::raw_sql(WITHOUT).execute(&mut server.expect("it is there")).await.unwrap();
            }
        }
    }

    /// Called when a test has passed; what a failed one leaves is there to be looked at.
    pub async fn remove(self) {
        if let Home::Server { name } = self.home {
            run(format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
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

/// The bytes that PostgreSQL wrote in hexadecimal digits, up to the first that is none.
fn of_hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().take_while(u8::is_ascii_hexdigit).collect();
    data_encoding::HEXLOWER.decode(&digits).unwrap_or_default()
}
