//! Whether the caller may append this about this person. Absent and hidden look the same.

use casework::{CaseId, PersonFile, Recorded, Refusal, is_of_erasure, is_of_merging, today};
use contracts::{Event, annotations::Nature};

use super::{Job, loading::Loaded};
use crate::CommandError;

/// Whether the caller may append this about this person. Absent and hidden look the same.
pub(super) fn admit(job: &Job, loaded: &Loaded) -> Result<(), CommandError> {
    let known = &loaded.known;
    if matches!(job.proposed, Event::PersonRegistered(_)) {
        return Ok(());
    }
    let day = today(job.now);
    let involvement = known.file.involvement();
    // Who takes no part any more can still mend what it recorded.
    let mends = |event: &Recorded| {
        let is_of_files = is_of_merging(&event.event) || is_of_erasure(&event.event);
        event.agency == job.principal.agency && !is_of_files
    };
    let has_recorded = || loaded.history.iter().any(mends);
    let open = job.proposed.kind().options.open_to_newcomers
        || (amends(&job.proposed) && has_recorded())
        || may_break_glass(job, &known.file);
    let exists = known.file.registered_by.is_some();
    if !exists || !(open || involvement.takes_part(&job.principal.agency, day)) {
        return Err(CommandError::UnknownPerson);
    }
    // An event that cannot be read is a fault of the house, of which only those may hear who are
    // known to take part; others cannot tell the person from one who does not exist.
    if known.is_damaged {
        let takes_part = involvement.takes_part(&job.principal.agency, day);
        let error = if takes_part { CommandError::Internal } else { CommandError::UnknownPerson };
        return Err(error);
    }
    if let Some(case) = &job.asked.case_id {
        let takes_part = involvement.takes_part_in_case(&job.principal.agency, case, day)
            || answers_in(job, &known.file, case)
            || adds_late(job, &known.file, case);
        if !known.file.cases.contains_key(case) || !takes_part {
            // A stranger who names a case must not learn that there is an emergency.
            let is_stranger = matches!(job.proposed, Event::BreakGlassAccessUsed(_))
                && !involvement.takes_part(&job.principal.agency, day);
            let refusal = CommandError::from(Refusal::UnknownCase);
            return Err(if is_stranger { CommandError::UnknownPerson } else { refusal });
        }
    }
    Ok(())
}

/// Whether it changes or ends the effect of another event.
pub(super) fn amends(event: &Event) -> bool {
    event.kind().options.amends
}

/// Whether this lets in an agency that has nothing to do with the person: in an open emergency, and
/// as one of the three of the person's ward. Everybody else finds no such person.
fn may_break_glass(job: &Job, file: &PersonFile) -> bool {
    let agency = job.register.active(&job.principal.agency);
    matches!(job.proposed, Event::BreakGlassAccessUsed(_))
        && agency.is_some_and(|agency| file.may_break_glass(agency))
}

/// Whether this answers what the agency was asked in the case, also where it takes no other part
/// in it: a request for a visit, or to take the case over.
fn answers_in(job: &Job, file: &PersonFile, case: &CaseId) -> bool {
    let agency = &job.principal.agency;
    match job.proposed {
        Event::HospitalVisitScheduled(_) | Event::HospitalVisitDeclined(_) => {
            file.asks_for_visit(agency, case)
        }
        Event::CaseHandoverAccepted(_) | Event::CaseHandoverDeclined(_) => {
            file.involvement().is_asked(agency, Some(case))
        }
        _ => false,
    }
}

/// Whether an agency that handed the case on writes down late what had happened until then.
fn adds_late(job: &Job, file: &PersonFile, case: &CaseId) -> bool {
    let handed_on =
        file.cases.get(case).and_then(|case| case.former_leads.get(&job.principal.agency));
    let happened_on = crate::stamp::occurred_on(&job.proposed);
    let is_fact = job.proposed.kind().nature() == Nature::Fact;
    is_fact && handed_on.zip(happened_on).is_some_and(|(handed_on, day)| day <= handed_on.on)
}
