//! The register of agencies and providers, as the log says it now.

use std::{sync::Arc, time::Duration};

use casework::{AgencyId, AgencyRegister};
use event_log::{EventLog, Filter, LogError, StoredEvent};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use crate::recorded;

/// The stream category of agencies.
pub const AGENCY_CATEGORY: &str = "agency";
/// The stream category of providers and of the inquiries to them.
pub const RESOURCE_CATEGORY: &str = "resource";

/// Who asks within this time shares one look at the log's head: a retired agency's tokens end
/// this long after its retirement, in every process, even when no wake-up arrives.
const SHARED: Duration = Duration::from_millis(500);

/// How long somebody waits for news of agencies before looking for themselves. With the shared look
/// it stays under a second until the end of an access is felt everywhere.
const UNHEARD: Duration = Duration::from_millis(250);

/// Follows the agencies' streams and gives out the register folded from them.
#[derive(Clone)]
pub struct Agencies {
    log: EventLog,
    known: Arc<Mutex<Known>>,
}

#[derive(Default)]
struct Known {
    register: Arc<AgencyRegister>,
    /// The head of the log that the register rests on, as it was read from the log.
    position: u64,
    /// When that head was asked for.
    confirmed_at: Option<Instant>,
}

impl Known {
    fn is_confirmed(&self) -> bool {
        self.confirmed_at.is_some_and(|at| at.elapsed() < SHARED)
    }
}

impl Agencies {
    /// The register of this log.
    pub fn of(log: EventLog) -> Self {
        Self { log, known: Arc::default() }
    }

    /// The register as the log had it at most half a second ago, and with everything about agencies
    /// that this process has heard of.
    pub async fn current(&self) -> Result<Arc<AgencyRegister>, LogError> {
        // Whoever comes while the head is being read waits here and then shares the answer.
        let mut known = self.known.lock().await;
        let heard = [AGENCY_CATEGORY, RESOURCE_CATEGORY].map(|of| self.log.heard_of(of));
        if heard.into_iter().any(|heard| heard > known.position) || !known.is_confirmed() {
            self.confirm(&mut known).await?;
        }
        Ok(known.register.clone())
    }

    /// The register as the log has it now.
    pub async fn fresh(&self) -> Result<Arc<AgencyRegister>, LogError> {
        let mut known = self.known.lock().await;
        self.confirm(&mut known).await?;
        Ok(known.register.clone())
    }

    /// How far this process has heard of agencies and their staff: to be asked before one looks at
    /// the register, and handed to [`Agencies::news_since`].
    pub fn heard(&self) -> u64 {
        self.log.heard_of(AGENCY_CATEGORY)
    }

    /// Returns when this process has heard more of agencies and their staff, or after a while:
    /// nobody promises that it hears of what other processes record.
    pub async fn news_since(&self, heard: u64) {
        let mut wakeups = self.log.wakeups();
        let news = async { while self.heard() <= heard && wakeups.changed().await.is_ok() {} };
        // By then somebody who must be told is half a second late at most, since a look at the
        // register may itself be shared.
        let _ = timeout(UNHEARD, news).await;
    }

    async fn confirm(&self, known: &mut Known) -> Result<(), LogError> {
        let asked_at = Instant::now();
        let head = self.log.head().await?;
        self.catch_up(known, head).await?;
        known.confirmed_at = Some(asked_at);
        Ok(())
    }

    async fn catch_up(&self, known: &mut Known, head: u64) -> Result<(), LogError> {
        if head < known.position {
            // The log has lost its end: what was read there may never have happened.
            *known = Known::default();
        }
        let categories = [AGENCY_CATEGORY, RESOURCE_CATEGORY].map(str::to_owned).to_vec();
        let registered = Filter { categories, ..Filter::default() };
        while known.position < head {
            let step = self.log.read_filtered(&registered, known.position).await?;
            if step.position == known.position {
                break;
            }
            if !step.events.is_empty() {
                let register = Arc::make_mut(&mut known.register);
                step.events.iter().for_each(|stored| take_in(register, stored));
            }
            known.position = step.position;
        }
        Ok(())
    }
}

/// What cannot be read is left out: it is a fault of the house, and told where it is read.
fn take_in(register: &mut AgencyRegister, stored: &StoredEvent) {
    let Ok(recorded) = recorded(stored) else { return };
    if stored.stream.category == RESOURCE_CATEGORY {
        register.resources.apply(&recorded);
    } else {
        let agency = AgencyId::from(stored.stream.key.as_str());
        register.staff.apply(&agency, &recorded);
        register.apply(&agency, &recorded.event);
    }
}
