//! What every vault promises, asked of both stores.
//!
//! PostgreSQL is the server that `TSUNAGI_TEST_POSTGRES` names; each test makes a database of its
//! own there.

#[path = "contract/databases.rs"]
mod databases;

use std::task::{Context, Waker};
use std::time::Duration;

use databases::Database;
use tokio::time::timeout;
use uuid::Uuid;
use vault::{MasterKey, OpenError, SealContext, Subject, SubjectKey, Vault, VaultError};

/// One test for each promise and each store.
macro_rules! contract {
    ($($promise:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $promise() { super::$promise(&super::Database::sqlite()).await; })*
        }
        mod postgres {
            #[tokio::test(flavor = "multi_thread")]
            async fn an_erased_key_leaves_the_table_s_file() {
                let database = super::Database::postgres("an_erased_key_leaves").await;
                super::an_erased_key_leaves_the_table_s_file(&database).await;
                database.remove().await;
            }
            #[tokio::test(flavor = "multi_thread")]
            async fn an_erasure_is_not_done_while_somebody_reads_the_past() {
                let database = super::Database::postgres("somebody_reads_the_past").await;
                super::an_erasure_is_not_done_while_somebody_reads_the_past(&database).await;
                database.remove().await;
            }
            #[tokio::test(flavor = "multi_thread")]
            async fn an_erasure_gives_way_to_who_holds_the_tables() {
                let database = super::Database::postgres("somebody_holds_the_tables").await;
                super::an_erasure_gives_way_to_who_holds_the_tables(&database).await;
                database.remove().await;
            }
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $promise() {
                let database = super::Database::postgres(stringify!($promise)).await;
                super::$promise(&database).await;
                database.remove().await;
            })*
        }
    };
}

contract!(
    seals_and_opens,
    knows_no_key_before_it_is_made,
    gives_each_subject_its_own_key,
    gives_all_who_ask_at_once_the_same_key,
    keeps_its_keys_when_reopened,
    erases_for_ever,
    erases_again_without_complaint,
    erases_a_subject_never_heard_of,
    erases_although_the_caller_goes_away,
    refuses_another_master_key,
    derives_by_purpose,
    erases_many_at_once,
    opens_under_the_new_master_key_alone_after_a_rotation,
    keeps_what_was_erased_erased_through_a_rotation,
    tells_who_still_has_the_old_master_key,
    wraps_every_key_that_comes_while_it_rotates,
    is_rotated_by_one_at_a_time,
    serves_many_at_once,
);

fn master() -> MasterKey {
    MasterKey::from_bytes([7; 32])
}

async fn open(database: &Database) -> Vault {
    Vault::open(database.address(), master()).await.expect("the vault opens")
}

fn person(number: u32) -> Subject {
    Subject::new("person", number.to_string())
}

fn context(subject: &Subject) -> SealContext<'_> {
    SealContext { event_id: Uuid::from_u128(41), type_no: 12, subject }
}

/// Whether what one key sealed, the other opens.
fn are_the_same(one: &SubjectKey, other: &SubjectKey) -> bool {
    let subject = person(0);
    other.open(&context(&subject), &one.seal(&context(&subject), b"x")).is_ok()
}

async fn seals_and_opens(database: &Database) {
    let (vault, subject) = (open(database).await, person(1));
    let key = vault.ensure_key(&subject).await.unwrap();
    let sealed = key.seal(&context(&subject), "面談の内容".as_bytes());
    assert!(!sealed.windows(6).any(|window| window == "面談".as_bytes()));

    let found = vault.key(&subject).await.unwrap().expect("the key is there");
    assert_eq!(found.open(&context(&subject), &sealed).unwrap(), "面談の内容".as_bytes());
    let elsewhere = SealContext { event_id: Uuid::from_u128(42), ..context(&subject) };
    assert_eq!(found.open(&elsewhere, &sealed), Err(OpenError::NotAuthentic));
}

async fn knows_no_key_before_it_is_made(database: &Database) {
    let vault = open(database).await;
    assert!(vault.key(&person(1)).await.unwrap().is_none());
    vault.ensure_key(&person(1)).await.unwrap();
    assert!(vault.key(&person(1)).await.unwrap().is_some());
}

async fn gives_each_subject_its_own_key(database: &Database) {
    let vault = open(database).await;
    let first = vault.ensure_key(&person(1)).await.unwrap();
    let second = vault.ensure_key(&person(2)).await.unwrap();
    let namesake = vault.ensure_key(&Subject::new("agency", "1")).await.unwrap();
    assert!(!are_the_same(&first, &second));
    assert!(!are_the_same(&first, &namesake));
}

/// Two vaults stand for two processes: they share the database and no cache.
async fn gives_all_who_ask_at_once_the_same_key(database: &Database) {
    let vaults = [open(database).await, open(database).await];
    let asking: Vec<_> = (0..20)
        .map(|number| {
            let vault = vaults[number % 2].clone();
            tokio::spawn(async move { vault.ensure_key(&person(1)).await })
        })
        .collect();
    let mut keys = Vec::new();
    for answer in asking {
        keys.push(answer.await.unwrap().unwrap());
    }
    assert!(keys.iter().all(|key| are_the_same(&keys[0], key)));
}

async fn keeps_its_keys_when_reopened(database: &Database) {
    let made = open(database).await.ensure_key(&person(1)).await.unwrap();
    let reopened = open(database).await;
    assert!(are_the_same(&made, &reopened.key(&person(1)).await.unwrap().unwrap()));
    assert!(are_the_same(&made, &reopened.ensure_key(&person(1)).await.unwrap()));
}

async fn assert_erased(vault: &Vault, subject: &Subject) {
    assert!(vault.key(subject).await.unwrap().is_none());
    assert!(matches!(vault.ensure_key(subject).await, Err(VaultError::Erased)));
}

async fn erases_for_ever(database: &Database) {
    let vault = open(database).await;
    vault.ensure_key(&person(1)).await.unwrap();
    vault.ensure_key(&person(2)).await.unwrap();
    vault.erase(&person(1)).await.unwrap();

    assert_erased(&vault, &person(1)).await;
    assert_erased(&open(database).await, &person(1)).await;
    assert!(vault.key(&person(2)).await.unwrap().is_some(), "others keep theirs");
}

async fn erases_again_without_complaint(database: &Database) {
    let (vault, other_process) = (open(database).await, open(database).await);
    vault.ensure_key(&person(1)).await.unwrap();
    other_process.ensure_key(&person(1)).await.unwrap();
    vault.erase(&person(1)).await.unwrap();
    other_process.erase(&person(1)).await.unwrap();
    assert_erased(&other_process, &person(1)).await;
}

async fn erases_a_subject_never_heard_of(database: &Database) {
    let vault = open(database).await;
    vault.erase(&person(1)).await.unwrap();
    assert_erased(&vault, &person(1)).await;
}

async fn erases_although_the_caller_goes_away(database: &Database) {
    let vault = open(database).await;
    vault.ensure_key(&person(1)).await.unwrap();
    // Asked once, then dropped: what a request does whose client hangs up.
    let subject = person(1);
    let mut asked = Box::pin(vault.erase(&subject));
    assert!(asked.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    drop(asked);

    let gone = async {
        while vault.key(&subject).await.unwrap().is_some() {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(10), gone).await.expect("it is erased");
}

async fn refuses_another_master_key(database: &Database) {
    open(database).await;
    let other = MasterKey::from_bytes([8; 32]);
    let refused = Vault::open(database.address(), other).await;
    assert!(matches!(refused, Err(VaultError::WrongMasterKey)));
    open(database).await;
}

async fn derives_by_purpose(database: &Database) {
    let vault = open(database).await;
    let digests = vault.derive("request digest");
    assert_ne!(digests, vault.derive("opaque position"));
    assert_ne!(digests, [7; 32]);
    assert_eq!(digests, open(database).await.derive("request digest"));
}

async fn erases_many_at_once(database: &Database) {
    let vault = open(database).await;
    for number in 0..5 {
        vault.ensure_key(&person(number)).await.unwrap();
    }
    // Some twice, some never heard of, more than fit into one statement.
    let all: Vec<_> = (1..2_500).chain(1..3).map(person).collect();
    vault.erase_all(&all).await.unwrap();
    vault.erase_all(&all).await.unwrap();
    vault.sweep().await.unwrap();
    for number in [1, 4, 5, 2_499] {
        assert_erased(&vault, &person(number)).await;
    }
    assert!(vault.key(&person(0)).await.unwrap().is_some());
}

fn new_master() -> MasterKey {
    MasterKey::from_bytes([8; 32])
}

async fn opens_under_the_new_master_key_alone_after_a_rotation(database: &Database) {
    let vault = open(database).await;
    let key = vault.ensure_key(&person(1)).await.unwrap();
    let purposes = ["tsunagi request digests v1", "tsunagi opaque positions v1", "another"];
    let derived = purposes.map(|purpose| vault.derive(purpose));
    vault.ensure_key(&person(2)).await.unwrap();
    assert_eq!(vault.rotate(&new_master()).await.unwrap(), 2);

    let refused = Vault::open(database.address(), master()).await;
    assert!(matches!(refused, Err(VaultError::WrongMasterKey)));
    let rotated = Vault::open(database.address(), new_master()).await.unwrap();
    rotated.sweep().await.unwrap();
    assert!(are_the_same(&key, &rotated.key(&person(1)).await.unwrap().unwrap()));
    assert_eq!(purposes.map(|purpose| rotated.derive(purpose)), derived);
    rotated.ensure_key(&person(3)).await.unwrap();
}

async fn keeps_what_was_erased_erased_through_a_rotation(database: &Database) {
    let vault = open(database).await;
    vault.ensure_key(&person(1)).await.unwrap();
    vault.erase(&person(1)).await.unwrap();
    assert_eq!(vault.rotate(&new_master()).await.unwrap(), 0);
    let rotated = Vault::open(database.address(), new_master()).await.unwrap();
    assert_erased(&rotated, &person(1)).await;
}

async fn tells_who_still_has_the_old_master_key(database: &Database) {
    let (vault, left_behind) = (open(database).await, open(database).await);
    vault.ensure_key(&person(1)).await.unwrap();
    let at_hand = left_behind.ensure_key(&person(2)).await.unwrap();
    vault.rotate(&new_master()).await.unwrap();
    for number in [1, 3] {
        let asked = left_behind.ensure_key(&person(number)).await;
        assert!(matches!(asked, Err(VaultError::Rotated)), "{number}");
    }
    assert!(matches!(left_behind.key(&person(1)).await, Err(VaultError::Rotated)));
    let found = left_behind.ensure_key(&person(2)).await.expect("it is at hand");
    assert!(are_the_same(&at_hand, &found));
    // Destroying needs no master key.
    left_behind.erase(&person(1)).await.unwrap();
    let rotated = Vault::open(database.address(), new_master()).await.unwrap();
    assert_erased(&rotated, &person(1)).await;
    assert!(rotated.key(&person(3)).await.unwrap().is_none(), "nothing was written under the old");
}

async fn wraps_every_key_that_comes_while_it_rotates(database: &Database) {
    let (vault, writing) = (open(database).await, open(database).await);
    for number in 0..50 {
        vault.ensure_key(&person(number)).await.unwrap();
    }
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let writing = writing.clone();
            tokio::spawn(async move {
                for number in (0..u32::MAX).map(|number| 1_000 + 4 * number + writer) {
                    match writing.ensure_key(&person(number)).await {
                        Ok(_) => {}
                        Err(VaultError::Rotated) => return number,
                        Err(error) => panic!("{error}"),
                    }
                }
                unreachable!("the rotation ends it");
            })
        })
        .collect();
    vault.rotate(&new_master()).await.unwrap();
    let rotated = Vault::open(database.address(), new_master()).await.unwrap();
    for (writer, last) in (0..).zip(writers) {
        let last = last.await.unwrap();
        for number in (1_000 + writer..last).step_by(4) {
            assert!(rotated.key(&person(number)).await.unwrap().is_some(), "{number}");
        }
    }
}

async fn is_rotated_by_one_at_a_time(database: &Database) {
    let vaults = [open(database).await, open(database).await];
    let masters = [[8; 32], [9; 32]];
    let rotations = vaults.into_iter().zip(masters).map(|(vault, to)| {
        tokio::spawn(async move { vault.rotate(&MasterKey::from_bytes(to)).await })
    });
    let mut outcomes = Vec::new();
    for rotation in rotations.collect::<Vec<_>>() {
        outcomes.push(rotation.await.unwrap());
    }
    let done: Vec<_> = (0..2).filter(|at| outcomes[*at].is_ok()).collect();
    assert_eq!(done.len(), 1, "{outcomes:?}");
    let other = outcomes.iter().find_map(|outcome| outcome.as_ref().err());
    assert!(matches!(other, Some(VaultError::Rotated)), "{other:?}");
    Vault::open(database.address(), MasterKey::from_bytes(masters[done[0]])).await.unwrap();
}

/// More tasks than connections, more subjects than tasks.
async fn serves_many_at_once(database: &Database) {
    let vault = open(database).await;
    let tasks: Vec<_> = (0..16)
        .map(|start| {
            let vault = vault.clone();
            tokio::spawn(async move {
                for number in start..start + 20 {
                    vault.ensure_key(&person(number)).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

/// On PostgreSQL; that it leaves SQLite's files is tested where their bytes can be told.
async fn an_erased_key_leaves_the_table_s_file(database: &Database) {
    let vault = open(database).await;
    for number in 0..100 {
        vault.ensure_key(&person(number)).await.unwrap();
    }
    let wrapped = database.wrapped_key("7").await;
    assert!(database.lies_in_table(&wrapped).await, "it is found before");
    vault.erase(&person(7)).await.unwrap();
    assert!(!database.lies_in_table(&wrapped).await);
}

/// On PostgreSQL: a backup that began before still sees the key, so its bytes cannot leave the file.
async fn an_erasure_is_not_done_while_somebody_reads_the_past(database: &Database) {
    let vault = open(database).await;
    vault.ensure_key(&person(7)).await.unwrap();
    let wrapped = database.wrapped_key("7").await;
    let backup = database.read_as_of_now().await;
    let erased = vault.erase(&person(7)).await;
    assert!(matches!(erased, Err(VaultError::EraseUnfinished)), "{erased:?}");
    assert!(vault.key(&person(7)).await.unwrap().is_none(), "nobody has it all the same");
    backup.end().await;
    vault.erase(&person(7)).await.unwrap();
    assert!(!database.lies_in_table(&wrapped).await);
}

/// On PostgreSQL: whoever waits for a whole table keeps everybody else waiting, so nobody does for long.
async fn an_erasure_gives_way_to_who_holds_the_tables(database: &Database) {
    let vault = open(database).await;
    vault.ensure_key(&person(7)).await.unwrap();
    let wrapped = database.wrapped_key("7").await;
    let backup = database.hold_tables().await;
    let erased = vault.erase(&person(7)).await;
    assert!(matches!(erased, Err(VaultError::EraseUnfinished)), "{erased:?}");
    vault.ensure_key(&person(8)).await.unwrap();
    backup.end().await;
    vault.erase(&person(7)).await.unwrap();
    assert!(!database.lies_in_table(&wrapped).await);
}
