//! Cases, and who leads them.

use casework::CaseId;
use contracts::{Topic, events::*};

use super::TRACKS;
use crate::history::{History, LEADS};

impl History {
    pub(super) fn open_case(&mut self, one: u8, other: u8) -> Option<()> {
        let (agency, track) = (LEADS[usize::from(one % 4)], TRACKS[usize::from(other % 3)]);
        let is_free = self.file.open_case_on(track).is_none();
        (is_free && self.file.died_on.is_none()).then_some(())?;
        let case = CaseId::from(self.number("case"));
        let opened = CaseOpened { track: track.into(), ..Default::default() };
        self.record(agency, Some(&case), self.day, opened);
        Some(())
    }

    pub(super) fn change_case(&mut self, one: u8, other: u8) -> Option<()> {
        let id = self.any_case(one, |case| case.lead.is_some())?;
        let case = self.file.cases[&id].clone();
        let lead = case.lead.as_ref()?.to_string();
        let on = self.day;
        match other % 4 {
            _ if case.is_closed() => {
                let is_free = self.file.open_case_on(case.track()).is_none();
                (is_free && self.file.died_on.is_none()).then_some(())?;
                self.record(&lead, Some(&id), on, CaseReopened::default());
            }
            0 => {
                case.handover.is_none().then_some(())?;
                self.record(&lead, Some(&id), on, CaseClosed::default());
            }
            _ => {
                let to = TRACKS[usize::from(other % 3)];
                self.file.open_case_on(to).is_none().then_some(())?;
                let changed = TrackChanged { to_track: to.into(), ..Default::default() };
                self.record(&lead, Some(&id), on, changed);
            }
        }
        Some(())
    }

    pub(super) fn hand_over(&mut self, one: u8, other: u8) -> Option<()> {
        let id = self.any_case(one, |case| case.is_open() && case.handover.is_none())?;
        let lead = self.file.cases[&id].lead.as_ref()?.to_string();
        let to = LEADS[usize::from(other % 4)];
        let may_be = to != lead && self.consented(to, Topic::Support);
        (may_be && self.file.died_on.is_none()).then_some(())?;
        let handover_id = self.number("handover");
        let asked = CaseHandedOver { handover_id, to_agency_id: to.into(), ..Default::default() };
        self.record(&lead, Some(&id), self.day, asked);
        Some(())
    }

    pub(super) fn answer_handover(&mut self, one: u8, other: u8) -> Option<()> {
        let id = self.any_case(one, |case| case.is_open() && case.handover.is_some())?;
        let case = &self.file.cases[&id];
        let handover = case.handover.as_ref()?;
        let (handover_id, to) = (handover.id.to_string(), handover.to.to_string());
        let from = case.lead.as_ref()?.to_string();
        let (on, from_agency_id) = (self.day, from.clone());
        match other % 6 {
            0 => {
                let to_agency_id = to;
                let withdrawn =
                    CaseHandoverWithdrawn { handover_id, to_agency_id, ..Default::default() };
                self.record(&from, Some(&id), on, withdrawn);
            }
            1 => {
                let declined =
                    CaseHandoverDeclined { handover_id, from_agency_id, ..Default::default() };
                self.record(&to, Some(&id), on, declined);
            }
            _ => {
                let may_be = self.consented(&to, Topic::Support) && self.file.died_on.is_none();
                may_be.then_some(())?;
                let accepted =
                    CaseHandoverAccepted { handover_id, from_agency_id, ..Default::default() };
                self.record(&to, Some(&id), on, accepted);
            }
        }
        Some(())
    }
}
