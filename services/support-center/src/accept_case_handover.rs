//! Takes a case on. Responsibility, open tasks, due dates and access move with this one event.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::{Topic, events::CaseHandoverAccepted};

/// Accepts a hand-over that waits for this agency. The case is disclosed to it as a whole, so a
/// consent must still cover it.
pub fn decide(
    file: &PersonFile,
    mut acceptance: CaseHandoverAccepted,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let id = context.case()?;
    let case = file.open_case(&id)?;
    file.handover_to_answer(&id, &acceptance.handover_id, &context.agency)?;
    file.alive()?;
    if !file.involvement().consent_covers(&context.agency, Topic::Support, context.today()) {
        return Err(Refusal::ConsentRequired);
    }
    let sender = case.lead.as_ref().ok_or(Refusal::WrongCaseState)?;
    acceptance.from_agency_id = sender.to_string();
    Ok(Decided::of_case(id, acceptance.into()))
}

#[cfg(test)]
pub(crate) mod tests {
    use casework::{AgencyId, CaseId, RecordId, WorkKind, work_items};
    use contracts::events::{BarrierIdentified, HospitalVisitRequested, WardVisitRecorded};
    use office::testing::{CASE, Given, UNKNOWN};

    use super::*;
    use crate::hand_over_case::{
        self,
        tests::{HANDOVER, given_handed_over, handover},
    };

    pub(crate) fn acceptance(handover: &str) -> CaseHandoverAccepted {
        CaseHandoverAccepted { handover_id: handover.into(), ..Default::default() }
    }

    fn given_accepted() -> Given {
        given_handed_over().by("core-a").after(decide, acceptance(HANDOVER))
    }

    fn leads(given: &Given) -> AgencyId {
        given.file().case(&CaseId::from(CASE)).unwrap().lead.clone().unwrap()
    }

    #[test]
    fn responsibility_moves_with_one_event() {
        let then = given_handed_over().by("core-a").when(decide, acceptance(HANDOVER));
        let accepted: CaseHandoverAccepted = then.records_one();
        assert_eq!(accepted.from_agency_id, "center-a");
        assert_eq!(leads(&given_accepted()), AgencyId::from("core-a"));
    }

    #[test]
    fn open_tasks_and_due_dates_move_with_it() {
        let request = HospitalVisitRequested {
            visit_request_id: UNKNOWN.into(),
            hospital_agency_id: "hospital-a".into(),
            ..Default::default()
        };
        let housing = BarrierIdentified {
            barrier_id: UNKNOWN.into(),
            owner_agency_id: "center-a".into(),
            ..Default::default()
        };
        let given = given_handed_over().event(request).event(housing).on("2025-05-20").by("core-a");
        let file = given.after(decide, acceptance(HANDOVER)).file();
        let today = "2025-05-20".parse().unwrap();
        let items = work_items(&file, today);
        assert!(items.iter().all(|item| item.agency != AgencyId::from("center-a")), "{items:?}");
        for kind in [WorkKind::SupportPlanToMake, WorkKind::BarrierToOvercome] {
            let item = items.iter().find(|item| item.kind == kind).expect("moved");
            assert_eq!(
                (item.agency.as_str(), item.since),
                ("core-a", "2025-05-15".parse().unwrap())
            );
        }
        let request = &file.visit_requests[&RecordId::from(UNKNOWN)];
        assert_eq!(request.from, AgencyId::from("core-a"));
    }

    #[test]
    fn access_moves_with_it() {
        let given = given_accepted();
        let (file, day) = (given.file(), "2025-05-15".parse().unwrap());
        let takes_part = |agency: &str| {
            let case = CaseId::from(CASE);
            file.involvement().takes_part_in_case(&AgencyId::from(agency), &case, day)
        };
        assert!(takes_part("core-a") && !takes_part("center-a"));
    }

    #[test]
    fn handing_back_must_be_accepted_too() {
        let given = given_accepted().after(hand_over_case::decide, handover("center-a"));
        assert_eq!(leads(&given), AgencyId::from("core-a"));
        let id = given.file().case(&CaseId::from(CASE)).unwrap().handover.clone().unwrap().id;
        let given = given.by("center-a").after(decide, acceptance(id.as_str()));
        assert_eq!(leads(&given), AgencyId::from("center-a"));
    }

    #[test]
    fn only_the_agency_that_was_asked_answers_and_once() {
        for agency in ["center-a", "ward-a", "center-b"] {
            let given = given_handed_over().by(agency);
            given.when(decide, acceptance(HANDOVER)).refuses(Refusal::UnknownHandover);
        }
        let unknown = given_handed_over().by("core-a");
        unknown.when(decide, acceptance(UNKNOWN)).refuses(Refusal::UnknownHandover);
        given_accepted().when(decide, acceptance(HANDOVER)).refuses(Refusal::UnknownHandover);
    }

    #[test]
    fn consent_must_still_cover_the_receiver_of_a_living_person() {
        let withdrawn = given_handed_over().consent_withdrawn().by("core-a");
        withdrawn.when(decide, acceptance(HANDOVER)).refuses(Refusal::ConsentRequired);
        let died = given_handed_over().died().by("core-a");
        died.when(decide, acceptance(HANDOVER)).refuses(Refusal::PersonDied);
    }

    #[test]
    fn what_the_sender_did_meanwhile_stays_in_the_case() {
        let visit = WardVisitRecorded {
            episode_id: office::testing::EPISODE.into(),
            visited_on: "2025-05-15".into(),
            ..Default::default()
        };
        let given = given_handed_over().after(crate::record_ward_visit::decide, visit);
        given.by("core-a").when(decide, acceptance(HANDOVER)).records(&["CaseHandoverAccepted"]);
    }
}
