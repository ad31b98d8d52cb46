//! Records a visit to the ward. It happened: what is remarkable about it is said, not refused.

use casework::{Context, Decided, EpisodeId, PersonFile, RecordId, Refusal};
use contracts::events::WardVisitRecorded;

/// Records it against a stay on file, however late, and for the request that led to it, if any.
pub fn decide(
    file: &PersonFile,
    visit: WardVisitRecorded,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let case = context.case()?;
    file.episode(&EpisodeId::from(visit.episode_id.as_str())).ok_or(Refusal::UnknownEpisode)?;
    let request = RecordId::from(visit.visit_request_id.as_str());
    if !visit.visit_request_id.is_empty() && !file.visit_requests.contains_key(&request) {
        return Err(Refusal::UnknownVisitRequest);
    }
    Ok(Decided::of_case(case, visit.into()))
}

#[cfg(test)]
pub(crate) mod tests {
    use casework::Flag;
    use contracts::events::HospitalVisitRequested;
    use office::testing::{EPISODE, UNKNOWN, given_case, given_discharged};

    use super::*;

    const VISIT_REQUEST: &str = "00000000-0000-4000-8000-0000000000d1";

    pub(crate) fn visit(episode: &str, on: &str) -> WardVisitRecorded {
        WardVisitRecorded {
            episode_id: episode.into(),
            visited_on: on.into(),
            ..Default::default()
        }
    }

    #[test]
    fn a_visit_is_recorded_late_under_its_own_day() {
        let given = given_case().on("2025-06-13");
        let recorded: WardVisitRecorded =
            given.when(decide, visit(EPISODE, "2025-06-12")).records_one();
        assert_eq!((recorded.visited_on.as_str(), recorded.round_no), ("2025-06-12", 0));
    }

    #[test]
    fn a_visit_answers_the_request_that_led_to_it() {
        let request = HospitalVisitRequested {
            visit_request_id: VISIT_REQUEST.into(),
            hospital_agency_id: "hospital-a".into(),
            ..Default::default()
        };
        let mut asked_for = visit(EPISODE, "2025-05-15");
        asked_for.visit_request_id = VISIT_REQUEST.into();
        let given = given_case().event(request).after(decide, asked_for);
        assert!(given.file().visit_requests[&RecordId::from(VISIT_REQUEST)].answered);
    }

    #[test]
    fn what_a_visit_points_at_must_be_on_file() {
        let nowhere = visit(UNKNOWN, "2025-05-15");
        given_case().when(decide, nowhere).refuses(Refusal::UnknownEpisode);
        let mut unasked = visit(EPISODE, "2025-05-15");
        unasked.visit_request_id = UNKNOWN.into();
        given_case().when(decide, unasked).refuses(Refusal::UnknownVisitRequest);
        let outside = given_case().outside_cases();
        outside.when(decide, visit(EPISODE, "2025-05-15")).refuses(Refusal::CaseMissing);
    }

    #[test]
    fn a_visit_outside_the_stay_is_flagged() {
        let given = given_discharged().on("2025-11-06");
        given.when(decide, visit(EPISODE, "2025-11-05")).flags(&[Flag::VisitOutsideStay]);
        let given = given_discharged().on("2025-11-06");
        given.when(decide, visit(EPISODE, "2025-11-04")).records(&["WardVisitRecorded"]);
    }

    #[test]
    fn a_visit_in_a_closed_case_is_flagged() {
        let given = given_case().closed();
        given.when(decide, visit(EPISODE, "2025-05-15")).flags(&[Flag::CaseClosed]);
    }

    #[test]
    fn a_visit_after_death_is_flagged() {
        let given = given_case().died().on("2025-05-16");
        let flags = [Flag::AfterDeath, Flag::VisitOutsideStay];
        given.when(decide, visit(EPISODE, "2025-05-16")).flags(&flags);
    }
}
