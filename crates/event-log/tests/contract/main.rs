//! One contract, asked of both stores: a question is a function, and every question is put to
//! SQLite and to PostgreSQL alike.

/// Turns questions into tests, one for each store.
macro_rules! ask_both_stores {
    ($($question:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $question() {
                crate::harness::ask_sqlite(super::$question).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $question() {
                crate::harness::ask_postgres(super::$question).await;
            })+
        }
    };
}

/// The same for questions that only make sense where there is a server.
macro_rules! ask_postgres_alone {
    ($($question:ident),+ $(,)?) => {
        mod postgres_alone {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $question() {
                crate::harness::ask_postgres(super::$question).await;
            })+
        }
    };
}

mod appending;
mod chain;
mod concurrency;
mod exporting;
mod failing;
mod following;
mod harness;
mod heads;
mod idempotency;
mod memory;
mod reading;
mod samples;
mod tampering;
mod versions;
