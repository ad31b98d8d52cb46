//! Nothing that somebody enters is logged, at the finest level there is, nor said in an error.

#[path = "contract/databases.rs"]
#[allow(dead_code, reason = "shared with the contract")]
mod databases;
#[path = "contract/desk.rs"]
#[allow(dead_code, reason = "shared with the contract")]
mod desk;

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use databases::Database;
use desk::{Desk, NAME, PASSWORD, account};
use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

#[derive(Clone, Default)]
struct Printed(Arc<Mutex<Vec<u8>>>);

impl Write for Printed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Printed {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn nothing_that_somebody_enters_is_printed() {
    let printed = Printed::default();
    let everything = EnvFilter::new("trace");
    tracing_subscriber::fmt().with_env_filter(everything).with_writer(printed.clone()).init();

    let database = Database::sqlite();
    let desk = Desk::open(&database).await;
    let app = desk.enrolled().await;
    let session = desk.sign_in(&app).await;
    let refused = desk.try_in("kaze.kakuu", PASSWORD, "135790").await.err().unwrap();
    let taken = desk.accounts.add(&account(NAME, "s-9")).await.err().unwrap();
    let said = format!("{refused} {refused:?} {taken} {taken:?} {:?}", session.session);

    let logged = String::from_utf8(printed.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("SELECT"), "statements are logged, without what is in them");
    for secret in [NAME, "kaze.kakuu", PASSWORD, "135790", &session.id] {
        assert!(!logged.contains(secret) && !said.contains(secret), "{secret}");
    }
}
