//! The register of agencies, as the log says it now.

use std::{sync::Arc, time::Duration};

use casework::{AgencyId, AgencyRegister};
use contracts::catalogue;
use event_log::{EventLog, Filter, LogError};
use tokio::{sync::Mutex, time::Instant};

/// The stream category of agencies.
pub const AGENCY_CATEGORY: &str = "agency";

/// Who asks within this time shares one look at the log's head: a retired agency's tokens end
/// this long after its retirement, in every process, even when no wake-up arrives.
const SHARED: Duration = Duration::from_millis(500);

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
        let heard = self.log.heard_of(AGENCY_CATEGORY);
        if heard > known.position || !known.is_confirmed() {
            let asked_at = Instant::now();
            let head = self.log.head().await?;
            self.catch_up(&mut known, head).await?;
            known.confirmed_at = Some(asked_at);
        }
        Ok(known.register.clone())
    }

    async fn catch_up(&self, known: &mut Known, head: u64) -> Result<(), LogError> {
        if head < known.position {
            // The log has lost its end: what was read there may never have happened.
            *known = Known::default();
        }
        let mut register = (*known.register).clone();
        let mut position = known.position;
        let agencies = Filter::category(AGENCY_CATEGORY);
        while position < head {
            let step = self.log.read_filtered(&agencies, position).await?;
            if step.position == position {
                break;
            }
            position = step.position;
            for stored in &step.events {
                let decoded = catalogue().by_number(stored.type_no);
                if let Some(Ok(event)) = decoded.map(|kind| kind.decode(&stored.body)) {
                    register.apply(&AgencyId::from(stored.stream.key.as_str()), &event);
                }
            }
        }
        known.register = Arc::new(register);
        known.position = position;
        Ok(())
    }
}
