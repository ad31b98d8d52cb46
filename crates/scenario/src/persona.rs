//! The people who ask: one member of staff for each name.

use std::collections::BTreeMap;

use contracts::{Office, office_from_name};
use serde::{Deserialize, Deserializer, de::Error};

use crate::ScenarioError;

/// A member of staff.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Persona {
    /// The office whose door they use.
    #[serde(deserialize_with = "office")]
    pub office: Office,
    /// The agency they work for.
    pub agency: String,
    /// Their pseudonymous id.
    pub staff: String,
    /// What they may do beyond their office's everyday work.
    #[serde(default)]
    pub roles: Vec<String>,
}

/// Personas by the names that steps use.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct Personas(BTreeMap<String, Persona>);

impl Personas {
    /// Those of the demonstration.
    pub fn demonstration() -> Result<Self, ScenarioError> {
        Self::from_json(include_str!("../data/personas.json"))
    }

    /// Personas from JSON: an object of office, agency and staff by name.
    pub fn from_json(json: &str) -> Result<Self, ScenarioError> {
        Ok(serde_json::from_str(json)?)
    }

    /// The persona with this name.
    pub fn get(&self, name: &str) -> Option<&Persona> {
        self.0.get(name)
    }

    /// Every persona by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Persona)> {
        self.0.iter().map(|(name, persona)| (name.as_str(), persona))
    }
}

fn office<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Office, D::Error> {
    let name = String::deserialize(deserializer)?;
    office_from_name(&name).ok_or_else(|| D::Error::custom(format!("no office is called {name}")))
}
