//! The register of agencies, as the log says it now.

use std::sync::Arc;

use casework::{AgencyId, AgencyRegister};
use contracts::catalogue;
use event_log::{EventLog, LogError};
use tokio::sync::Mutex;

/// The stream category of agencies.
pub const AGENCY_CATEGORY: &str = "agency";

/// How many events are read at a time.
const PAGE: u32 = 500;

/// Follows the agencies' streams and gives out the register folded from them.
#[derive(Clone)]
pub struct Agencies {
    log: EventLog,
    known: Arc<Mutex<Known>>,
}

#[derive(Default)]
struct Known {
    register: Arc<AgencyRegister>,
    position: u64,
}

impl Agencies {
    /// The register of this log.
    pub fn of(log: EventLog) -> Self {
        Self { log, known: Arc::default() }
    }

    /// The register as it stands at the last position this process knows of.
    pub async fn current(&self) -> Result<Arc<AgencyRegister>, LogError> {
        let mut known = self.known.lock().await;
        let head = *self.log.wakeups().borrow();
        if known.position < head || known.position == 0 {
            self.catch_up(&mut known, head).await?;
        }
        Ok(known.register.clone())
    }

    async fn catch_up(&self, known: &mut Known, head: u64) -> Result<(), LogError> {
        let mut register = (*known.register).clone();
        let mut position = known.position;
        loop {
            let events = self.log.read_category(AGENCY_CATEGORY, position, PAGE).await?;
            let Some(last) = events.last() else { break };
            position = last.position;
            for stored in &events {
                let decoded = catalogue().by_number(stored.type_no);
                if let Some(Ok(event)) = decoded.map(|kind| kind.decode(&stored.body)) {
                    register.apply(&AgencyId::from(stored.stream.key.as_str()), &event);
                }
            }
        }
        *known = Known { register: Arc::new(register), position: position.max(head) };
        Ok(())
    }
}
