//! disintegrate with its PostgreSQL store: a decision on the events of one case, as its book makes
//! one. The store asks at the end whether an event came that the decision should have seen; then it
//! is an error, and so is what SERIALIZABLE takes for one. The caller decides anew.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Result, anyhow, ensure};
use disintegrate::serde::json::Json;
use disintegrate::{
    Decision, DecisionError, Event, EventStore, NoSnapshot, StateMutate, StateQuery,
};
use disintegrate_postgres::{Error, PgDecisionMaker, PgEventStore, decision_maker};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;

use crate::Job;
use crate::chance::Chance;
use crate::closed_loop::Client;
use crate::visit::{Course, Refusal, Visit, case_id, episode_id};

/// The function that PostgreSQL before 16 cannot read, the number in it, and the same number as
/// every PostgreSQL reads it.
const FUNCTION: &str = "event_store_begin_epoch";
const HEXADECIMAL: &str = "0xFFFFFFFF";
const DECIMAL: &str = "4294967295";

#[derive(Clone, Debug, PartialEq, Event, Serialize, Deserialize)]
#[stream(CaseEvent, [ReferralAccepted, WardVisitRecorded])]
enum HouseEvent {
    ReferralAccepted {
        #[id]
        case_id: String,
        episode_id: String,
    },
    WardVisitRecorded {
        #[id]
        case_id: String,
        visit: Visit,
    },
}

#[derive(Clone, Default, StateQuery, Serialize, Deserialize)]
#[state_query(CaseEvent)]
struct CareCase {
    #[id]
    case_id: String,
    course: Course,
}

impl StateMutate for CareCase {
    fn mutate(&mut self, event: CaseEvent) {
        match event {
            CaseEvent::ReferralAccepted { episode_id, .. } => self.course.taken_on(episode_id),
            CaseEvent::WardVisitRecorded { .. } => self.course.visited(),
        }
    }
}

struct RecordVisit {
    case_id: String,
    visit: Visit,
}

impl Decision for RecordVisit {
    type Event = HouseEvent;
    type StateQuery = CareCase;
    type Error = Refusal;

    fn state_query(&self) -> CareCase {
        CareCase { case_id: self.case_id.clone(), course: Course::default() }
    }

    fn process(&self, case: &CareCase) -> Result<Vec<HouseEvent>, Refusal> {
        case.course.allows(&self.visit)?;
        let (case_id, visit) = (self.case_id.clone(), self.visit.clone());
        Ok(vec![HouseEvent::WardVisitRecorded { case_id, visit }])
    }
}

type Store = PgEventStore<HouseEvent, Json<HouseEvent>>;

/// Makes tables and functions, and gives each case its history.
pub async fn fill(pool: &PgPool, cases: usize, history: usize) -> Result<()> {
    let store = Store::try_new(pool.clone(), Json::default()).await?;
    mend(pool).await?;
    let mut chance = Chance::seeded(0);
    for case in 0..cases {
        let accepted =
            HouseEvent::ReferralAccepted { case_id: case_id(case), episode_id: episode_id(case) };
        let visits = (1..history).map(|_| HouseEvent::WardVisitRecorded {
            case_id: case_id(case),
            visit: Visit::of(case, &mut chance),
        });
        let events = std::iter::once(accepted).chain(visits).collect();
        store.append_without_validation(events).await?;
    }
    Ok(())
}

/// Replaces the function by itself, with its one number written so that PostgreSQL 15 reads it.
async fn mend(pool: &PgPool) -> Result<()> {
    let definition: String = sqlx::query_scalar("SELECT pg_get_functiondef($1::text::regproc)")
        .bind(FUNCTION)
        .fetch_one(pool)
        .await?;
    ensure!(definition.contains(HEXADECIMAL), "{FUNCTION} is not as it was");
    sqlx::query(&definition.replace(HEXADECIMAL, DECIMAL)).execute(pool).await?;
    Ok(())
}

pub fn clients(pool: &PgPool, job: &Job, conflicts: &Arc<AtomicU64>) -> Vec<Visitor> {
    let store = Store::new_uninitialized(pool.clone(), Json::default());
    let maker = decision_maker(store, NoSnapshot);
    let visitor = |number| Visitor {
        maker: maker.clone(),
        cases: job.cases,
        chance: Chance::seeded(u64::from(number)),
        conflicts: conflicts.clone(),
    };
    (0..job.clients).map(visitor).collect()
}

pub struct Visitor {
    maker: PgDecisionMaker<HouseEvent, Json<HouseEvent>, NoSnapshot>,
    cases: usize,
    chance: Chance,
    conflicts: Arc<AtomicU64>,
}

impl Client for Visitor {
    async fn act(&mut self) -> Result<()> {
        let case = self.chance.below(self.cases);
        let visit = Visit::of(case, &mut self.chance);
        loop {
            let decision = RecordVisit { case_id: case_id(case), visit: visit.clone() };
            match self.maker.make(decision).await {
                Ok(_) => return Ok(()),
                Err(DecisionError::StateStore(error)) if is_conflict(error.downcast_ref()) => {
                    self.conflicts.fetch_add(1, Ordering::Relaxed);
                }
                Err(error) => return Err(anyhow!("disintegrate: {error}")),
            }
        }
    }
}

/// The store names it when the commit fails of it, and hands it on as it came before that.
fn is_conflict(error: Option<&Error>) -> bool {
    match error {
        Some(Error::Concurrency) => true,
        Some(Error::Database(sqlx::Error::Database(error))) => {
            error.code().as_deref() == Some("40001")
        }
        _ => false,
    }
}
