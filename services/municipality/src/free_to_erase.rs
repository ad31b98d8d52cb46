//! What a request to erase and its approval have in common.

use casework::{AgencyId, BreakGlass, CaseState, Context, Emergency, Erasing, PersonFile, Refusal};
use contracts::events::ErasureGround;

/// Nothing is under way with the person, nobody else's records would go along, and the records
/// need not be kept any longer.
pub(crate) fn free_to_erase(
    erasing: &Erasing<'_>,
    ground: ErasureGround,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    if erasing.kept.is_entangled {
        return Err(Refusal::RecordsEntangled);
    }
    nothing_under_way(&erasing.kept.file)?;
    nothing_to_review(&erasing.kept.file, context)?;
    let Some(last_entry) = erasing.kept.last_entry else { return Ok(()) };
    match erasing.retention.free_on(ground, last_entry) {
        None => Err(Refusal::RetentionNotSet),
        Some(free_on) if context.today() < free_on => Err(Refusal::RetentionRunning),
        Some(_) => Ok(()),
    }
}

fn nothing_under_way(file: &PersonFile) -> Result<(), Refusal> {
    let waits = |stage| matches!(stage, CaseState::Referred | CaseState::Returned);
    if file.cases.values().any(|case| case.is_open() || waits(case.stage)) {
        return Err(Refusal::CaseUnderWay);
    }
    if file.open_episode().is_some() {
        return Err(Refusal::StayUnderWay);
    }
    if file.emergencies.values().any(Emergency::is_open) {
        return Err(Refusal::EmergencyUnderWay);
    }
    Ok(())
}

/// Erasing would take away what is to be judged; where all who could are retired, nobody ever will.
fn nothing_to_review(file: &PersonFile, context: &Context<'_>) -> Result<(), Refusal> {
    let is_active = |agency: &&AgencyId| context.agencies.active(agency).is_some();
    let waits =
        |used: &BreakGlass| used.review.is_none() && file.reviewers(used).iter().any(is_active);
    if file.break_glass.values().any(waits) {
        return Err(Refusal::BreakGlassUnreviewed);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use contracts::events::{
        BreakGlassAccessReviewed, BreakGlassAccessUsed, EmergencyClosed, EmergencyReported,
        InpatientEpisodeOpened, PatientDischarged, PersonErasureRequested, WardVisitRecorded,
    };
    use office::testing::{
        EPISODE, Given, GivenKept, MERGED, SURVIVING, UNKNOWN, given_case, given_closed_case,
        given_inpatient, given_kept, given_referral, given_registered,
    };

    use super::*;
    use crate::request_person_erasure::decide;

    fn on(ground: ErasureGround) -> PersonErasureRequested {
        PersonErasureRequested { ground: ground.into(), ..Default::default() }
    }

    fn refused(given: GivenKept, ground: ErasureGround, refusal: Refusal) {
        given.when(decide, on(ground)).refuses(refusal);
    }

    fn allowed(given: GivenKept, ground: ErasureGround) {
        given.when(decide, on(ground)).records(&["PersonErasureRequested"]);
    }

    fn left_hospital(given: Given) -> Given {
        given.on("2026-03-31").by("hospital-a").outside_cases().event(PatientDischarged {
            episode_id: EPISODE.into(),
            discharged_on: "2026-03-31".into(),
            ..Default::default()
        })
    }

    #[test]
    fn nothing_is_erased_while_something_is_under_way() {
        for ground in [ErasureGround::RetentionEnded, ErasureGround::RecordedInError] {
            let refused = |given: &Given, refusal| refused(given_kept(given), ground, refusal);
            refused(&given_referral(), Refusal::CaseUnderWay);
            refused(&left_hospital(given_case()), Refusal::CaseUnderWay);
            refused(&given_closed_case(), Refusal::StayUnderWay);
            let reported = EmergencyReported { emergency_id: UNKNOWN.into(), ..Default::default() };
            refused(&given_registered().event(reported), Refusal::EmergencyUnderWay);
        }
        allowed(given_kept(&left_hospital(given_closed_case())), ErasureGround::RetentionEnded);
    }

    #[test]
    fn a_use_of_break_glass_access_is_reviewed_first() {
        let emergency_id = || UNKNOWN.to_owned();
        let reported = || EmergencyReported { emergency_id: emergency_id(), ..Default::default() };
        let used = || BreakGlassAccessUsed {
            access_id: EPISODE.into(),
            emergency_id: emergency_id(),
            used_by: "staff-2".into(),
            ..Default::default()
        };
        let closed = || EmergencyClosed { emergency_id: emergency_id(), ..Default::default() };
        let broken = |given: Given| given.event(reported()).event(used()).event(closed());
        let given = broken(given_registered());
        let ground = ErasureGround::RecordedInError;
        refused(given_kept(&given), ground, Refusal::BreakGlassUnreviewed);
        let reviewed = BreakGlassAccessReviewed { access_id: EPISODE.into(), ..Default::default() };
        allowed(given_kept(&given.event(reviewed)), ground);
        let nobody_left = broken(given_registered().by("center-of-before"));
        allowed(given_kept(&nobody_left), ground);
    }

    #[test]
    fn the_years_count_from_the_last_entry_to_the_day() {
        let left = given_kept(&left_hospital(given_inpatient()));
        let ground = ErasureGround::RetentionEnded;
        refused(left.clone().on("2031-03-31"), ground, Refusal::RetentionRunning);
        allowed(left.on("2031-04-01"), ground);
    }

    #[test]
    fn they_count_from_the_next_fiscal_year_where_that_is_set() {
        let kept = given_kept(&given_registered().on("2025-04-01"));
        let kept = kept.counted_from_next_fiscal_year();
        let ground = ErasureGround::RequestedByPerson;
        refused(kept.clone().on("2031-03-31"), ground, Refusal::RetentionRunning);
        allowed(kept.on("2031-04-01"), ground);
    }

    #[test]
    fn on_a_ground_about_which_nothing_is_set_nobody_is_erased() {
        let ground = ErasureGround::RequestedByPerson;
        let kept = given_kept(&given_registered()).without_years_for(ground).on("2099-01-01");
        refused(kept, ground, Refusal::RetentionNotSet);
    }

    #[test]
    fn a_ground_without_any_years_is_good_at_once() {
        let kept = given_kept(&given_registered()).on("2025-04-01");
        allowed(kept.clone(), ErasureGround::RecordedInError);
        refused(kept, ErasureGround::RetentionEnded, Refusal::RetentionRunning);
    }

    #[test]
    fn what_officers_do_with_files_does_not_prolong_the_time() {
        let other = WardVisitRecorded { visited_on: "2025-05-01".into(), ..Default::default() };
        let kept = given_kept(&given_registered()).merged(other);
        let kept = kept.requested(ErasureGround::RetentionEnded, &[SURVIVING, MERGED]).declined();
        allowed(kept, ErasureGround::RetentionEnded);
    }

    #[test]
    fn the_last_entry_may_lie_in_a_merged_file() {
        let stay = InpatientEpisodeOpened {
            episode_id: UNKNOWN.into(),
            admitted_on: "2030-05-01".into(),
            ..Default::default()
        };
        let merged = given_kept(&given_registered()).merged(stay);
        refused(merged, ErasureGround::RetentionEnded, Refusal::StayUnderWay);
        let visit = WardVisitRecorded { visited_on: "2030-05-01".into(), ..Default::default() };
        let merged = given_kept(&given_registered()).merged(visit);
        refused(merged, ErasureGround::RetentionEnded, Refusal::RetentionRunning);
    }

    #[test]
    fn nobody_is_erased_whose_records_lie_under_the_key_of_another() {
        let old = || WardVisitRecorded { visited_on: "2025-05-01".into(), ..Default::default() };
        let merged = || given_kept(&given_registered()).merged(old());
        let parted = merged().event_of(SURVIVING, old()).unmerged_with_last();
        for person in [SURVIVING, MERGED] {
            let then = parted.clone().when_about(person, decide, on(ErasureGround::RetentionEnded));
            then.refuses(Refusal::RecordsEntangled);
        }
        allowed(merged().unmerged(Vec::new()), ErasureGround::RetentionEnded);
    }
}
