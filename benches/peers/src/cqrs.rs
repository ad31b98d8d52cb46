//! cqrs-es with postgres-es: an aggregate for each case, as its book builds one. Every command
//! loads all events of its aggregate; a conflict is an error, upon which the caller tries again.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Result, anyhow};
use cqrs_es::event_sink::EventSink;
use cqrs_es::persist::PersistedEventStore;
use cqrs_es::{Aggregate, AggregateError, DomainEvent, EventStore};
use postgres_es::{PostgresCqrs, PostgresEventRepository, postgres_cqrs};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;

use crate::Job;
use crate::chance::Chance;
use crate::closed_loop::Client;
use crate::visit::{Course, Refusal, Visit, case_id, episode_id};

/// The table of postgres-es, as its documentation gives it.
const TABLE: &str = "CREATE TABLE events (
    aggregate_type text NOT NULL, aggregate_id text NOT NULL,
    sequence bigint CHECK (sequence >= 0) NOT NULL, event_type text NOT NULL,
    event_version text NOT NULL, payload json NOT NULL, metadata json NOT NULL,
    PRIMARY KEY (aggregate_type, aggregate_id, sequence))";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum CaseEvent {
    ReferralAccepted { episode_id: String },
    WardVisitRecorded(Visit),
}

impl DomainEvent for CaseEvent {
    fn event_type(&self) -> String {
        match self {
            Self::ReferralAccepted { .. } => "ReferralAccepted".into(),
            Self::WardVisitRecorded(_) => "WardVisitRecorded".into(),
        }
    }

    fn event_version(&self) -> String {
        "1.0".into()
    }
}

/// One case.
#[derive(Default, Serialize, Deserialize)]
struct CareCase(Course);

impl Aggregate for CareCase {
    const TYPE: &'static str = "case";
    type Command = Visit;
    type Event = CaseEvent;
    type Error = Refusal;
    type Services = ();

    async fn handle(
        &mut self,
        visit: Visit,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), Refusal> {
        self.0.allows(&visit)?;
        sink.write(CaseEvent::WardVisitRecorded(visit), self).await;
        Ok(())
    }

    fn apply(&mut self, event: CaseEvent) {
        match event {
            CaseEvent::ReferralAccepted { episode_id } => self.0.taken_on(episode_id),
            CaseEvent::WardVisitRecorded(_) => self.0.visited(),
        }
    }
}

/// Makes the table, and gives each case its history.
pub async fn fill(pool: &PgPool, cases: usize, history: usize) -> Result<()> {
    sqlx::query(TABLE).execute(pool).await?;
    let repository = PostgresEventRepository::new(pool.clone());
    let store = PersistedEventStore::<_, CareCase>::new_event_store(repository);
    let mut chance = Chance::seeded(0);
    for case in 0..cases {
        let accepted = CaseEvent::ReferralAccepted { episode_id: episode_id(case) };
        let visits =
            (1..history).map(|_| CaseEvent::WardVisitRecorded(Visit::of(case, &mut chance)));
        let events = std::iter::once(accepted).chain(visits).collect();
        let context = store.load_aggregate(&case_id(case)).await?;
        store.commit(events, context, HashMap::new()).await?;
    }
    Ok(())
}

pub fn clients(pool: &PgPool, job: &Job, conflicts: &Arc<AtomicU64>) -> Vec<Visitor> {
    let cqrs = Arc::new(postgres_cqrs(pool.clone(), Vec::new(), ()));
    let visitor = |number| Visitor {
        cqrs: Arc::clone(&cqrs),
        cases: job.cases,
        chance: Chance::seeded(u64::from(number)),
        conflicts: conflicts.clone(),
    };
    (0..job.clients).map(visitor).collect()
}

pub struct Visitor {
    cqrs: Arc<PostgresCqrs<CareCase>>,
    cases: usize,
    chance: Chance,
    conflicts: Arc<AtomicU64>,
}

impl Client for Visitor {
    async fn act(&mut self) -> Result<()> {
        let case = self.chance.below(self.cases);
        let visit = Visit::of(case, &mut self.chance);
        loop {
            match self.cqrs.execute(&case_id(case), visit.clone()).await {
                Ok(()) => return Ok(()),
                Err(AggregateError::AggregateConflict) => {
                    self.conflicts.fetch_add(1, Ordering::Relaxed);
                }
                Err(error) => return Err(anyhow!("cqrs-es: {error}")),
            }
        }
    }
}
