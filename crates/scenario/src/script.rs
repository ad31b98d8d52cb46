//! Steps with their moments, from one scenario or several.

use jiff::Timestamp;

use crate::Step;

/// A step that knows its moment.
#[derive(Debug, Clone)]
pub struct DatedStep {
    /// The scenario it comes from.
    pub scenario: String,
    /// Its place in that scenario.
    pub index: usize,
    /// When it is recorded.
    pub at: Timestamp,
    /// The step, with every relative date written out.
    pub step: Step,
}

/// Steps in the order of their moments; at the same moment, in the order they were written.
#[derive(Debug, Clone, Default)]
pub struct Script {
    steps: Vec<DatedStep>,
}

impl Script {
    pub(crate) fn of(mut steps: Vec<DatedStep>) -> Self {
        steps.sort_by_key(|step| step.at);
        Self { steps }
    }

    /// Both scripts at once.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.steps.extend(other.steps);
        Self::of(self.steps)
    }

    /// Only what has happened by this moment.
    #[must_use]
    pub fn until(mut self, moment: Timestamp) -> Self {
        self.steps.retain(|step| step.at <= moment);
        self
    }

    /// Only what happens after this moment: what [`Script::until`] leaves out.
    #[must_use]
    pub fn after(mut self, moment: Timestamp) -> Self {
        self.steps.retain(|step| step.at > moment);
        self
    }

    /// The steps in order.
    pub fn steps(&self) -> &[DatedStep] {
        &self.steps
    }
}
