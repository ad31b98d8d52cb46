//! Counts what is asked of the databases: sqlx says each statement on a target of its own.
#![allow(dead_code, reason = "each test file uses its part of it")]

use std::{
    collections::BTreeMap,
    fmt,
    future::Future,
    sync::{Arc, Mutex, PoisonError},
};

use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
    span,
};

const TARGET: &str = "sqlx::query";

/// Followers look at the logs now and then; what most of so many rounds did is what counts.
const ROUNDS: usize = 15;

/// The statements since they were last taken.
#[derive(Clone, Default)]
pub struct Statements(Arc<Mutex<Vec<String>>>);

impl Statements {
    /// Listens from now on, in this whole process.
    pub fn listen() -> Self {
        let statements = Self::default();
        tracing::subscriber::set_global_default(statements.clone()).expect("the first to listen");
        statements
    }

    /// Those since they were last taken.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What two questions are answered, and the statements that each led to in most of some rounds.
    /// `warm` goes first in every round, so that what is remembered for a while is remembered.
    pub async fn of_both<A, F: Future<Output = A>, W: Future<Output = ()>>(
        &self,
        warm: impl Fn() -> W,
        ask: impl Fn(usize) -> F,
    ) -> [(A, Vec<String>); 2] {
        let mut counts = [BTreeMap::new(), BTreeMap::new()];
        let mut answers = [None, None];
        for _ in 0..ROUNDS {
            for side in 0..2 {
                warm().await;
                self.take();
                answers[side] = Some(ask(side).await);
                let mut statements = self.take();
                statements.sort();
                *counts[side].entry(statements).or_insert(0_usize) += 1;
            }
        }
        let [first, second] = counts.map(|counts| {
            let most = counts.into_iter().max_by_key(|(_, count)| *count);
            most.map(|(statements, _)| statements).unwrap_or_default()
        });
        let [one, other] = answers.map(|answer| answer.expect("an answer"));
        [(one, first), (other, second)]
    }
}

impl Subscriber for Statements {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == TARGET && *metadata.level() <= Level::DEBUG
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::DEBUG)
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut said = Said::default();
        event.record(&mut said);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(said.0);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

/// The statement: in full where it is not short enough to be its own summary.
#[derive(Default)]
struct Said(String);

impl Said {
    fn hear(&mut self, field: &Field, value: &str) {
        let is_whole = field.name() == "db.statement" && !value.trim().is_empty();
        if is_whole || (field.name() == "summary" && self.0.is_empty()) {
            value.trim().clone_into(&mut self.0);
        }
    }
}

impl Visit for Said {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.hear(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.hear(field, &format!("{value:?}"));
    }
}
