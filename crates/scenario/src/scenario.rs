//! A scenario as it is written.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{DatedStep, ScenarioError, Script, when};

/// A named list of steps.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Its name. Ids of requests are derived from it, so two plays of one name in one log are the
    /// same requests.
    pub name: String,
    /// What it tells, for whoever reads the file.
    pub about: String,
    /// In any order: a script puts them in the order of their moments. New steps go to the end, so
    /// that the others keep their request ids.
    pub steps: Vec<Step>,
}

/// One request by one member of staff.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Where the step belongs in the scenario's telling.
    pub row: String,
    /// When it is recorded: `2025-05-08T10:00` or `today-12T10:00`, in Asia/Tokyo.
    pub at: String,
    /// The name of a persona.
    pub by: String,
    /// The service and the RPC: `hospital.SubmitReferral`.
    pub call: String,
    /// The name of the person it is about.
    #[serde(default)]
    pub person: Option<String>,
    /// The name of the case it belongs to.
    #[serde(default)]
    pub case: Option<String>,
    /// The request as protobuf JSON, without the context's ids.
    pub request: Map<String, Value>,
    /// What later steps need of the reply: name → `referralSubmitted.referralId`.
    #[serde(default)]
    pub keep: BTreeMap<String, String>,
}

impl Scenario {
    /// A scenario from JSON; what it does not know it refuses.
    pub fn from_json(json: &str) -> Result<Self, ScenarioError> {
        Ok(serde_json::from_str(json)?)
    }

    /// The agencies join. Everything else comes later.
    pub fn agencies() -> Result<Self, ScenarioError> {
        Self::from_json(include_str!("../data/agencies.json"))
    }

    /// Scenario A: long stay, discharge, readmission, settlement.
    pub fn scenario_a() -> Result<Self, ScenarioError> {
        Self::from_json(include_str!("../data/scenario_a.json"))
    }

    /// An emergency from the call for help to its end, and the household it happened in.
    pub fn emergency() -> Result<Self, ScenarioError> {
        Self::from_json(include_str!("../data/emergency.json"))
    }

    /// A dozen people on their way, so that every work list has something to do.
    pub fn open_cases() -> Result<Self, ScenarioError> {
        Self::from_json(include_str!("../data/open_cases.json"))
    }

    /// The same steps under another name: other requests, other people.
    #[must_use]
    pub fn named(self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self }
    }

    /// The scenario as it is played on this day.
    pub fn on(&self, today: Date) -> Result<Script, ScenarioError> {
        let steps = self.steps.iter().enumerate();
        let dated = steps.map(|(index, step)| self.date(index, step, today));
        Ok(Script::of(dated.collect::<Result<_, _>>()?))
    }

    fn date(&self, index: usize, step: &Step, today: Date) -> Result<DatedStep, ScenarioError> {
        let at = when::moment(&step.at, today).ok_or_else(|| ScenarioError::Moment {
            scenario: self.name.clone(),
            row: step.row.clone(),
            at: step.at.clone(),
        })?;
        let mut step = step.clone();
        step.request.values_mut().for_each(|value| when::expand(value, today));
        Ok(DatedStep { scenario: self.name.clone(), index, at, step })
    }
}
