//! What must hold, whatever happened.

use casework::{
    AgencyId, CaseId, Recorded, Seen, Viewer, WorkItem, WorkKind, cases_in_hand, work_items,
};
use contracts::{Event, Office};
use proptest::{prop_assert, prop_assert_eq, test_runner::TestCaseError};

use crate::{
    ledger::Thread,
    world::{HOSPITALS, LEADS, OUTSIDER, World},
};

impl World {
    /// Every open case and every referral that waits has exactly one agency that has to see to it;
    /// that agency takes part in it; and what waits, waits for somebody who takes part.
    pub fn after_each_step(&self) -> Result<(), TestCaseError> {
        prop_assert_eq!(self.file.cases.len(), self.ledger.threads.len());
        let items = work_items(&self.file, self.day);
        for (id, thread) in &self.ledger.threads {
            self.is_in_good_hands(id, thread, &items)?;
        }
        self.every_open_case_is_on_a_list()?;
        for item in items {
            let Some(thread) = item.case_id.as_ref().map(|id| &self.ledger.threads[id]) else {
                continue;
            };
            let concerns = thread.concerns(item.agency.as_str(), u64::MAX);
            prop_assert!(concerns, "{:?} waits for an outsider", item);
        }
        Ok(())
    }

    /// Every open case is in the work list of exactly one agency, and no other case is in any.
    fn every_open_case_is_on_a_list(&self) -> Result<(), TestCaseError> {
        let mut listed: Vec<_> = cases_in_hand(&self.file)
            .into_iter()
            .filter_map(|item| Some((item.case_id?, item.agency.to_string())))
            .collect();
        listed.sort();
        let open = self.ledger.threads.iter().filter(|(_, thread)| thread.is_open);
        let led: Vec<_> =
            open.filter_map(|(id, thread)| Some((id.clone(), thread.lead?.to_owned()))).collect();
        prop_assert_eq!(listed, led);
        Ok(())
    }

    fn is_in_good_hands(
        &self,
        id: &CaseId,
        thread: &Thread,
        items: &[WorkItem],
    ) -> Result<(), TestCaseError> {
        let case = &self.file.cases[id];
        prop_assert_eq!(case.is_open(), thread.is_open, "{} is open", id);
        let responsible = self.file.responsible(id);
        prop_assert_eq!(responsible.map(AgencyId::as_str), thread.responsible(), "{}", id);
        if case.is_open() {
            prop_assert!(responsible.is_some(), "nobody has to see to {}", id);
        }
        if let Some(agency) = responsible {
            let takes_part = self.file.involvement().takes_part_in_case(agency, id, self.day);
            prop_assert!(takes_part, "{} takes no part in {}", agency, id);
        }
        let asked_on_file = case.handover.as_ref().map(|handover| handover.to.as_str());
        prop_assert_eq!(asked_on_file, thread.asked, "who is asked to take {} over", id);
        if let Some(asked) = thread.asked {
            let is_told = items.iter().any(|item| {
                item.kind == WorkKind::HandoverToAnswer
                    && item.agency.as_str() == asked
                    && item.case_id.as_ref() == Some(id)
            });
            prop_assert!(is_told, "{} is asked to take {} over and does not find it", asked, id);
        }
        Ok(())
    }

    /// Who sees what of the whole history, read on its last day.
    pub fn at_the_end(&self) -> Result<(), TestCaseError> {
        let agencies = HOSPITALS.iter().chain(&LEADS).chain(&[OUTSIDER]);
        for agency in agencies {
            let viewer = Viewer {
                office: office(agency),
                agency: AgencyId::from(*agency),
                is_identity_officer: false,
                staff: String::new(),
            };
            for recorded in &self.events {
                let seen = self.file.involvement().sees(&viewer, recorded, self.day);
                self.is_no_outsider(agency, recorded, seen)?;
                self.keeps_what_it_saw(agency, recorded, seen)?;
            }
        }
        Ok(())
    }

    /// No one sees a case outside their involvement, nor anything of others' without consent.
    fn is_no_outsider(
        &self,
        agency: &str,
        recorded: &Recorded,
        seen: Seen,
    ) -> Result<(), TestCaseError> {
        if seen == Seen::Hidden || recorded.agency.as_str() == agency {
            return Ok(());
        }
        prop_assert!(self.ledger.has_consent, "{} sees {} without consent", agency, name(recorded));
        let position = recorded.position;
        let concerns = match &recorded.case_id {
            Some(id) => {
                let thread = &self.ledger.threads[id];
                thread.concerns(agency, position) || is_told(agency, recorded, thread)
            }
            None => {
                let mut threads = self.ledger.threads.values();
                self.ledger.stay.is_some_and(|hospital| hospital == agency)
                    || threads.any(|thread| thread.concerns(agency, position))
            }
        };
        prop_assert!(concerns, "{} sees {} of {:?}", agency, name(recorded), recorded.case_id);
        Ok(())
    }

    /// With consent, who leads a case sees all of it, and who led it keeps what it could see until
    /// the hand-over.
    fn keeps_what_it_saw(
        &self,
        agency: &str,
        recorded: &Recorded,
        seen: Seen,
    ) -> Result<(), TestCaseError> {
        let Some(thread) = recorded.case_id.as_ref().map(|id| &self.ledger.threads[id]) else {
            return Ok(());
        };
        let leads = thread.lead == Some(agency);
        let led = thread.handed_on.get(agency).is_some_and(|until| recorded.position <= *until);
        if self.ledger.has_consent && (leads || led) {
            prop_assert!(seen == Seen::Full, "{} lost {}", agency, name(recorded));
        }
        Ok(())
    }
}

/// Whoever was asked learns that nobody asks any more.
fn is_told(agency: &str, recorded: &Recorded, thread: &Thread) -> bool {
    match &recorded.event {
        Event::ReferralWithdrawn(_) | Event::ReferralLapsed(_) | Event::ReferralDeclined(_) => {
            thread.referral.as_ref().is_some_and(|referral| referral.to == agency)
        }
        Event::CaseHandoverWithdrawn(event) => event.to_agency_id == agency,
        _ => false,
    }
}

fn name(recorded: &Recorded) -> &'static str {
    &recorded.event.kind().name
}

fn office(agency: &str) -> Office {
    match agency {
        "hospital-a" | "hospital-b" => Office::Hospital,
        "core-a" => Office::CoreCenter,
        "ward-a" => Office::WardOffice,
        _ => Office::SupportCenter,
    }
}
