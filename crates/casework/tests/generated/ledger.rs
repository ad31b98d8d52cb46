//! Who is responsible and who takes part, kept beside the file and in another way: a plain list of
//! names that every step crosses out and writes anew.

use std::collections::{BTreeMap, BTreeSet};

use casework::CaseId;

type Agency = &'static str;

#[derive(Default)]
pub struct Ledger {
    pub threads: BTreeMap<CaseId, Thread>,
    /// The hospital in which the person is.
    pub stay: Option<Agency>,
    pub has_consent: bool,
    pub has_died: bool,
}

/// One thread of support, from the referral or the opening on.
pub struct Thread {
    pub referral: Option<Referral>,
    /// Whether it was ever opened as a case.
    pub was_opened: bool,
    pub is_open: bool,
    pub lead: Option<Agency>,
    pub members: BTreeSet<Agency>,
    pub asked: Option<Agency>,
    /// Who handed it on, with the last position at which they were responsible.
    pub handed_on: BTreeMap<Agency, u64>,
}

pub struct Referral {
    pub from: Agency,
    pub to: Agency,
    pub turn: Turn,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    Receiver,
    Sender,
    Accepted,
    Over,
}

impl Thread {
    pub fn referred(from: Agency, to: Agency) -> Self {
        let referral = Some(Referral { from, to, turn: Turn::Receiver });
        Self { referral, ..Self::empty() }
    }

    pub fn empty() -> Self {
        Self {
            referral: None,
            was_opened: false,
            is_open: false,
            lead: None,
            members: BTreeSet::new(),
            asked: None,
            handed_on: BTreeMap::new(),
        }
    }

    pub fn open(&mut self, lead: Agency) {
        (self.was_opened, self.is_open, self.lead) = (true, true, Some(lead));
        self.members.insert(lead);
    }

    pub fn take_over(&mut self, position: u64) {
        let (Some(sender), Some(receiver)) = (self.lead, self.asked.take()) else {
            panic!("nobody asked")
        };
        self.members.remove(sender);
        self.members.insert(receiver);
        self.handed_on.remove(receiver);
        self.handed_on.insert(sender, position);
        self.lead = Some(receiver);
    }

    /// Who has to see to it, as long as it goes on.
    pub fn responsible(&self) -> Option<Agency> {
        if self.was_opened {
            return self.lead.filter(|_| self.is_open);
        }
        let referral = self.referral.as_ref()?;
        match referral.turn {
            Turn::Receiver => Some(referral.to),
            Turn::Sender => Some(referral.from),
            Turn::Accepted | Turn::Over => None,
        }
    }

    /// Whether the agency takes part now, or was asked, or took part when this was recorded.
    pub fn concerns(&self, agency: &str, position: u64) -> bool {
        let by_referral = self.referral.as_ref().is_some_and(|referral| {
            let receives = referral.to == agency
                && referral.turn != Turn::Over
                && !self.handed_on.contains_key(agency);
            referral.from == agency || receives
        });
        let until = self.handed_on.get(agency);
        by_referral
            || self.members.contains(agency)
            || self.asked == Some(agency)
            || until.is_some_and(|until| position <= *until)
    }
}
