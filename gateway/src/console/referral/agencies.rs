//! The agencies of the register, as choices of the form.

use contracts::Topic;
use serde::Deserialize;

use super::questions::{AGENCIES, RECEIVER, TOPICS, WARD};
use crate::console::{
    documents::Viewer,
    form::{Ask, Choice},
    wards,
};

/// What the form must know, as GraphQL tells it.
#[derive(Deserialize)]
pub(crate) struct Found {
    viewer: Viewer,
    agencies: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    id: String,
    name: String,
    office: String,
}

/// The agencies that a consent can name; the hospital's own is always among them and no choice.
pub(crate) struct Agencies {
    others: Vec<Listed>,
}

impl Found {
    /// Who fills the form in, and the agencies they can choose from.
    pub(crate) fn read(self) -> (Viewer, Agencies) {
        let is_other = |agency: &Listed| {
            agency.id != self.viewer.agency.id
                && matches!(
                    agency.office.as_str(),
                    "SUPPORT_CENTER" | "CORE_CENTER" | "WARD_OFFICE"
                )
        };
        let mut others: Vec<_> = self.agencies.into_iter().filter(is_other).collect();
        // Stable: within one kind they stay in the order of the register.
        others.sort_by_key(|agency| agency.office != "SUPPORT_CENTER");
        (self.viewer, Agencies { others })
    }
}

impl Agencies {
    /// The choices of the questions that no declaration answers.
    pub(crate) fn choices(&self, ask: &Ask) -> Option<Vec<Choice>> {
        match ask.name {
            name if name == RECEIVER.name => Some(self.listed(|office| office == "SUPPORT_CENTER")),
            name if name == AGENCIES.name => Some(self.listed(|_| true)),
            name if name == TOPICS.name => Some(topics(ask)),
            name if name == WARD.name => {
                Some(wards::all().map(|(code, name)| Choice::new(code, name)).collect())
            }
            _ => None,
        }
    }

    fn listed(&self, is_wanted: impl Fn(&str) -> bool) -> Vec<Choice> {
        let wanted = self.others.iter().filter(|agency| is_wanted(&agency.office));
        wanted.map(|agency| Choice::new(&agency.id, &agency.name)).collect()
    }
}

/// The frame is what every involved agency needs; nobody is asked for it.
fn topics(ask: &Ask) -> Vec<Choice> {
    let frame = i32::from(Topic::Frame).to_string();
    ask.declared_choices().into_iter().filter(|choice| choice.value != frame).collect()
}
