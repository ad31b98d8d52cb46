//! The providers of the city and the inquiries to them, folded from their streams.

mod inquiry;
mod provider;

use std::collections::BTreeMap;

use jiff::civil::Date;

pub use inquiry::{Inquiry, InquiryReply};
pub use provider::{Provider, Vacancy};

use crate::{Flag, InquiryId, ProviderId, Recorded, Refusal};

/// What was said last, by the day it speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Latest {
    /// The day it speaks of.
    pub on: Date,
    /// Where it lies in the log.
    pub position: u64,
}

/// All providers and inquiries by id.
#[derive(Debug, Clone, Default)]
pub struct Resources {
    providers: BTreeMap<ProviderId, Provider>,
    inquiries: BTreeMap<InquiryId, Inquiry>,
    /// How many events of each stream were taken in.
    lengths: BTreeMap<String, u64>,
}

impl Resources {
    /// Takes in one event of a resource's stream, and says what is remarkable about it.
    pub fn apply(&mut self, recorded: &Recorded) -> Vec<Flag> {
        let mut flags = Vec::new();
        *self.lengths.entry(recorded.event.first_id()).or_default() += 1;
        self.evolve_inquiry(recorded, &mut flags);
        self.evolve_provider(recorded, &mut flags);
        flags
    }

    /// How many events of this resource are on file.
    pub fn length_of(&self, id: &str) -> u64 {
        self.lengths.get(id).copied().unwrap_or_default()
    }

    /// The provider, retired or not.
    pub fn provider(&self, id: &ProviderId) -> Result<&Provider, Refusal> {
        self.providers.get(id).ok_or(Refusal::UnknownProvider)
    }

    /// The provider, if it is still there.
    pub fn active_provider(&self, id: &str) -> Result<&Provider, Refusal> {
        let provider = self.provider(&ProviderId::from(id))?;
        if provider.is_active() { Ok(provider) } else { Err(Refusal::ProviderRetired) }
    }

    /// Every provider, by id.
    pub fn providers(&self) -> impl Iterator<Item = &Provider> {
        self.providers.values()
    }

    /// The inquiry, open or closed.
    pub fn inquiry(&self, id: &InquiryId) -> Result<&Inquiry, Refusal> {
        self.inquiries.get(id).ok_or(Refusal::UnknownInquiry)
    }

    /// Every inquiry, by id.
    pub fn inquiries(&self) -> impl Iterator<Item = &Inquiry> {
        self.inquiries.values()
    }
}

/// Whether what speaks of this day takes the place of what is on file.
fn holds(before: Option<Latest>, on: Date, flags: &mut Vec<Flag>) -> bool {
    let is_older = before.is_some_and(|before| on < before.on);
    if is_older {
        flags.push(Flag::OlderThanOnFile);
    }
    !is_older
}
