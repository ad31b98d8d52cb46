//! What a play has learned: the ids that replies assigned.

use std::collections::BTreeMap;

use crate::{Cause, DatedStep, Step};

/// Ids by scenario and by the names that the scenario uses.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    persons: BTreeMap<Key, String>,
    cases: BTreeMap<Key, String>,
    kept: BTreeMap<Key, String>,
}

/// Scenario, person (empty where a step is about none), name.
type Key = (String, String, String);

impl Memory {
    /// The id of a scenario's person.
    pub fn person(&self, scenario: &str, person: &str) -> Option<&str> {
        self.persons.get(&key(scenario, person, "")).map(String::as_str)
    }

    /// The id of a case of a scenario's person.
    pub fn case(&self, scenario: &str, person: &str, case: &str) -> Option<&str> {
        self.cases.get(&key(scenario, person, case)).map(String::as_str)
    }

    /// What a step of a scenario's person kept under this name.
    pub fn kept(&self, scenario: &str, person: &str, name: &str) -> Option<&str> {
        self.kept.get(&key(scenario, person, name)).map(String::as_str)
    }

    pub(crate) fn person_of(&self, dated: &DatedStep) -> Result<Option<&str>, Cause> {
        let Some(person) = &dated.step.person else { return Ok(None) };
        let known = self.person(&dated.scenario, person);
        if known.is_none() && !dated.step.registers_person() {
            return Err(Cause::NoId(person.clone()));
        }
        Ok(known)
    }

    pub(crate) fn case_of(&self, dated: &DatedStep) -> Result<Option<&str>, Cause> {
        let Some(case) = &dated.step.case else { return Ok(None) };
        let known = self.case(&dated.scenario, dated.step.person_name(), case);
        if known.is_none() && !dated.step.opens_case() {
            return Err(Cause::NoId(case.clone()));
        }
        Ok(known)
    }

    pub(crate) fn kept_by(&self, dated: &DatedStep, name: &str) -> Result<&str, Cause> {
        self.kept(&dated.scenario, dated.step.person_name(), name)
            .ok_or_else(|| Cause::NoId(format!("${name}")))
    }

    pub(crate) fn learn_person(&mut self, dated: &DatedStep, id: &str) {
        if dated.step.registers_person() && !id.is_empty() {
            self.persons.insert(key(&dated.scenario, dated.step.person_name(), ""), id.to_owned());
        }
    }

    pub(crate) fn learn_case(&mut self, dated: &DatedStep, id: &str) {
        let Some(case) = dated.step.case.as_ref().filter(|_| !id.is_empty()) else { return };
        let key = key(&dated.scenario, dated.step.person_name(), case);
        self.cases.entry(key).or_insert_with(|| id.to_owned());
    }

    pub(crate) fn keep(&mut self, dated: &DatedStep, name: &str, id: &str) {
        let key = key(&dated.scenario, dated.step.person_name(), name);
        self.kept.insert(key, id.to_owned());
    }
}

impl Step {
    fn person_name(&self) -> &str {
        self.person.as_deref().unwrap_or_default()
    }

    fn registers_person(&self) -> bool {
        self.call.ends_with(".RegisterPerson")
    }

    fn opens_case(&self) -> bool {
        self.call.ends_with(".SubmitReferral") || self.call.ends_with(".OpenCase")
    }
}

fn key(scenario: &str, person: &str, name: &str) -> Key {
    (scenario.to_owned(), person.to_owned(), name.to_owned())
}
