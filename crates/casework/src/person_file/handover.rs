//! A case handed from one responsible agency to the next.
//!
//! Until the receiver accepts, nothing has moved. The acceptance moves everything at once: who
//! leads, what the sender had still to do, and who sees the case.

use contracts::{Event, events::CaseHandoverAccepted};
use jiff::civil::Date;

use super::{Case, Membership, PersonFile};
use crate::{AgencyId, CaseId, RecordId, Recorded, Refusal};

/// A hand-over that waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    /// Its id.
    pub id: RecordId,
    /// Who is asked to lead the case from now on.
    pub to: AgencyId,
    /// When it was asked.
    pub since: Date,
}

/// The end of an agency's time as the lead of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HandedOn {
    /// Where in the log the next lead accepted.
    pub at: u64,
    /// On which day.
    pub on: Date,
}

impl PersonFile {
    pub(super) fn evolve_handover(&mut self, recorded: &Recorded) {
        let Some(id) = recorded.case_id.clone() else { return };
        if let Event::CaseHandoverAccepted(event) = &recorded.event {
            return self.change_lead(&id, recorded, event);
        }
        let Some(case) = self.cases.get_mut(&id) else { return };
        if case.lead.as_ref() == Some(&recorded.agency) {
            // Whatever the lead does next in the case, it has taken note of the answer.
            case.handover_declined_on = None;
        }
        match &recorded.event {
            Event::CaseHandedOver(event) => {
                case.handover = Some(Handover {
                    id: RecordId::from(event.handover_id.as_str()),
                    to: AgencyId::from(event.to_agency_id.as_str()),
                    since: recorded.occurred_on,
                });
            }
            Event::CaseHandoverDeclined(_) => {
                case.handover = None;
                case.handover_declined_on = Some(recorded.occurred_on);
            }
            Event::CaseHandoverWithdrawn(_) | Event::CaseClosed(_) => case.handover = None,
            _ => {}
        }
    }

    fn change_lead(&mut self, id: &CaseId, recorded: &Recorded, event: &CaseHandoverAccepted) {
        let (sender, receiver) =
            (AgencyId::from(event.from_agency_id.as_str()), recorded.agency.clone());
        let on = recorded.occurred_on;
        let Some(case) = self.cases.get_mut(id) else { return };
        case.handover = None;
        case.handover_declined_on = None;
        case.lead = Some(receiver.clone());
        case.former_leads.remove(&receiver);
        case.former_leads.insert(sender.clone(), HandedOn { at: recorded.position, on });
        let team = self.teams.entry(Some(id.clone())).or_default();
        if let Some(membership) = team.get_mut(&sender) {
            membership.until = Some(on);
        }
        let membership = Membership { from: on, until: None, added_by: sender.clone() };
        team.insert(receiver.clone(), membership);
        self.move_open_tasks(id, &sender, &receiver);
    }

    /// What waits because of the lead follows the lead by itself; what names an agency is renamed.
    fn move_open_tasks(&mut self, id: &CaseId, sender: &AgencyId, receiver: &AgencyId) {
        let of_case = |case: &Option<CaseId>| case.as_ref() == Some(id);
        for request in self.visit_requests.values_mut().filter(|one| of_case(&one.case_id)) {
            if request.from == *sender && !request.answered {
                request.from = receiver.clone();
            }
        }
        for barrier in self.barriers.values_mut().filter(|one| of_case(&one.case_id)) {
            if barrier.owner == *sender && barrier.ended_on.is_none() {
                barrier.owner = receiver.clone();
            }
        }
        let plans = self.service_use_plans.values_mut();
        for plan in plans.filter(|one| of_case(&one.case_id)) {
            if plan.written_by == *sender && plan.active {
                plan.written_by = receiver.clone();
            }
        }
        let emergencies = self.emergencies.values_mut();
        for emergency in emergencies.filter(|one| of_case(&one.case_id)) {
            if emergency.reported_by == *sender && emergency.is_open() {
                emergency.reported_by = receiver.clone();
            }
        }
        if let Some(household) = self.household_at_risk.as_mut().filter(|one| of_case(&one.case_id))
            && household.identified_by == *sender
        {
            household.identified_by = receiver.clone();
        }
    }

    /// The open case that this agency leads.
    pub fn case_led(&self, id: &CaseId, by: &AgencyId) -> Result<&Case, Refusal> {
        let case = self.open_case(id)?;
        if case.lead.as_ref() == Some(by) { Ok(case) } else { Err(Refusal::NotTheLead) }
    }

    /// A hand-over with this id that waits in the case.
    pub fn handover_waiting(&self, id: &CaseId, handover: &str) -> Result<&Handover, Refusal> {
        let waiting = self.case(id)?.handover.as_ref();
        let waiting = waiting.filter(|waiting| waiting.id.as_str() == handover);
        waiting.ok_or(Refusal::UnknownHandover)
    }

    /// A hand-over with this id to this agency that waits in the case.
    pub fn handover_to_answer(
        &self,
        id: &CaseId,
        handover: &str,
        by: &AgencyId,
    ) -> Result<&Handover, Refusal> {
        let waiting = self.handover_waiting(id, handover)?;
        if waiting.to == *by { Ok(waiting) } else { Err(Refusal::UnknownHandover) }
    }

    /// The agency that has to see to a case or, while the case is only asked for, to the referral.
    /// None has to once it has come to its end.
    pub fn responsible(&self, id: &CaseId) -> Option<&AgencyId> {
        let case = self.cases.get(id)?;
        if case.is_open() {
            return case.lead.as_ref();
        }
        let referral = self.referrals.values().find(|referral| referral.case_id == *id)?;
        referral.waits_for()
    }
}
