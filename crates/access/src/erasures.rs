//! Who has been erased, and the keys that go with it.
//!
//! The log says who was erased; a key may all the same be there again: the vault was restored from
//! an older backup, or a process died between the two. So every process destroys the keys of all
//! erased persons again before it serves, and those of whoever is erased while it runs. The
//! [`ErasureLedger`] remembers them also where the log itself was set back.

mod ledger;

use std::{
    collections::BTreeSet,
    io,
    sync::{Arc, LazyLock},
    time::Duration,
};

use casework::{PersonId, erased_with};
use contracts::catalogue;
use event_log::{EventLog, Filter, Follower, LogError, StoredEvent};
use tokio::{
    sync::watch,
    task::{AbortHandle, spawn_blocking},
    time::sleep,
};
use vault::{Subject, Vault, VaultError};

use crate::recorded;
pub use ledger::ErasureLedger;

/// The category of the streams, and of the keys, of persons.
const PERSON_CATEGORY: &str = "person";

/// Who was erased elsewhere has lost the key in the shared vault already; what is left to do here
/// is to forget a copy. So the log is looked at in strides, however fast it grows.
const STRIDE: Duration = Duration::from_millis(100);

/// After a failure.
const RETRY: Duration = Duration::from_secs(1);

static ERASED: LazyLock<Option<u32>> =
    LazyLock::new(|| catalogue().by_name("PersonErased").map(|kind| kind.number));

/// An erasure could not be carried out to the end. It is safe to try again.
#[derive(Debug, thiserror::Error)]
pub enum ErasureError {
    /// The log could not be read.
    #[error("the log could not be read")]
    Log(#[from] LogError),
    /// The keys could not be destroyed.
    #[error("the keys could not be destroyed")]
    Vault(#[from] VaultError),
    /// The ledger of erasures could not be read or written.
    #[error("the ledger of erasures could not be used")]
    Ledger(#[from] io::Error),
    /// An erasure in the log cannot be read by this version.
    #[error("the erasure at position {0} cannot be read by this version")]
    Unreadable(u64),
}

/// The erased persons of this house. Clones share everything.
#[derive(Clone)]
pub struct Erasures {
    inner: Arc<Inner>,
}

struct Inner {
    erasing: Arc<Erasing>,
    following: AbortHandle,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.following.abort();
    }
}

/// What it takes to erase somebody.
struct Erasing {
    vault: Vault,
    ledger: Option<ErasureLedger>,
    erased: watch::Sender<Arc<BTreeSet<PersonId>>>,
}

impl Erasures {
    /// Destroys the keys of everybody who was ever erased, and from then on of whoever is erased in
    /// any process. Nothing may be served before this returns.
    ///
    /// # Errors
    /// When it cannot be known who was erased, or a key could not be destroyed.
    pub async fn begin(
        log: &EventLog,
        vault: Vault,
        ledger: Option<ErasureLedger>,
    ) -> Result<Self, ErasureError> {
        let erasing = Arc::new(Erasing { vault, ledger, erased: watch::Sender::default() });
        let (in_log, position) = all_in(log).await?;
        let in_ledger = erasing.in_ledger().await?;
        let missing = in_ledger.difference(&in_log).count();
        if missing > 0 {
            tracing::error!(
                missing,
                "the log lacks {missing} erasures that were carried out: it was restored from a \
                 backup older than they are. The keys are destroyed again; have them recorded anew"
            );
        }
        let everybody: BTreeSet<_> = in_log.union(&in_ledger).cloned().collect();
        erasing.destroy_again(&everybody).await?;
        erasing.remember(in_log).await?;
        erasing.erased.send_replace(Arc::new(everybody));
        let follower = log.follow_filtered(filter(), position);
        let following = tokio::spawn(follow(follower, erasing.clone())).abort_handle();
        Ok(Self { inner: Arc::new(Inner { erasing, following }) })
    }

    /// Destroys the keys of persons whose erasure is in the log, until nothing of them is in the vault's
    /// files. Doing it again does no harm.
    ///
    /// # Errors
    /// When that is not done to the end; it is tried again at the next start at the latest.
    pub async fn carry_out(&self, persons: &[PersonId]) -> Result<(), ErasureError> {
        let erasing = &self.inner.erasing;
        if !erasing.carry_out(persons.iter().cloned().collect()).await? {
            // Another process that follows the log was faster, and may not have swept up yet.
            erasing.vault.sweep().await?;
        }
        Ok(())
    }

    /// Everybody who was erased, and news whenever there are more: for whatever holds something of
    /// persons in memory and has to let go of it.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Arc<BTreeSet<PersonId>>> {
        self.inner.erasing.erased.subscribe()
    }
}

impl Erasing {
    /// Whether the files were swept here.
    async fn carry_out(&self, persons: BTreeSet<PersonId>) -> Result<bool, ErasureError> {
        // Neither waits for the other's success: a full disk is no reason to keep a key.
        let remembered = self.remember(persons.clone()).await;
        let destroyed = self.vault.erase_all(&subjects(&persons)).await;
        self.erased.send_modify(|erased| Arc::make_mut(erased).extend(persons));
        let swept = destroyed?;
        remembered?;
        Ok(swept)
    }

    async fn destroy_again(&self, persons: &BTreeSet<PersonId>) -> Result<(), ErasureError> {
        if persons.is_empty() {
            return Ok(());
        }
        self.vault.erase_all(&subjects(persons)).await?;
        // Also where they were destroyed before: the process may have died before their bytes were
        // gone.
        match self.vault.sweep().await {
            // Nobody can use them; whoever makes a backup of the vault now keeps no house closed.
            Err(error @ VaultError::EraseUnfinished) => {
                tracing::error!(%error, "the vault's files are swept at the next erasure or start");
                Ok(())
            }
            swept => Ok(swept?),
        }
    }

    async fn in_ledger(&self) -> Result<BTreeSet<PersonId>, ErasureError> {
        let Some(ledger) = self.ledger.clone() else { return Ok(BTreeSet::new()) };
        let read = spawn_blocking(move || ledger.persons()).await;
        Ok(read.map_err(io::Error::other)??)
    }

    async fn remember(&self, persons: BTreeSet<PersonId>) -> Result<(), ErasureError> {
        let Some(ledger) = self.ledger.clone() else { return Ok(()) };
        let written = spawn_blocking(move || ledger.remember(&persons)).await;
        Ok(written.map_err(io::Error::other)??)
    }
}

/// Carries out what comes. It holds no handle of the log, so that it ends with it.
async fn follow(mut follower: Follower, erasing: Arc<Erasing>) {
    loop {
        match follower.step().await {
            Ok(step) => {
                for stored in &step.events {
                    carry_out_until_done(stored, &erasing).await;
                }
                sleep(STRIDE).await;
            }
            Err(LogError::Closed) => return,
            Err(error @ LogError::Hole { .. }) => {
                tracing::error!(%error, "erasures are not followed any more");
                return;
            }
            Err(error) => {
                tracing::error!(%error, "erasures cannot be followed; trying again");
                sleep(RETRY).await;
            }
        }
    }
}

async fn carry_out_until_done(stored: &StoredEvent, erasing: &Erasing) {
    let position = stored.position;
    let persons = match persons_of(stored) {
        Ok(persons) => persons,
        Err(error) => return tracing::error!(position, %error, "somebody is not erased here"),
    };
    while let Err(error) = erasing.carry_out(persons.clone()).await {
        say_unfinished(position, &error);
        sleep(RETRY).await;
    }
}

fn say_unfinished(position: u64, error: &(dyn std::error::Error + 'static)) {
    tracing::error!(position, error, "an erasure is not carried out yet; trying again");
}

/// Everybody who is erased according to the log, and how far it was looked through.
async fn all_in(log: &EventLog) -> Result<(BTreeSet<PersonId>, u64), ErasureError> {
    let (mut erased, mut position) = (BTreeSet::new(), 0);
    loop {
        let step = log.read_filtered(&filter(), position).await?;
        if step.position == position {
            return Ok((erased, position));
        }
        for stored in &step.events {
            erased.extend(persons_of(stored)?);
        }
        position = step.position;
    }
}

fn filter() -> Filter {
    Filter { types: ERASED.iter().copied().collect(), ..Filter::category(PERSON_CATEGORY) }
}

/// Whoever is erased with it, and in any case the one in whose stream it lies.
fn persons_of(stored: &StoredEvent) -> Result<BTreeSet<PersonId>, ErasureError> {
    let recorded = recorded(stored).map_err(|_| ErasureError::Unreadable(stored.position))?;
    let own = PersonId::from(stored.stream.key.as_str());
    Ok(erased_with(&recorded.event).chain([own]).collect())
}

fn subjects(persons: &BTreeSet<PersonId>) -> Vec<Subject> {
    persons.iter().map(|person| Subject::new(PERSON_CATEGORY, person.as_str())).collect()
}
