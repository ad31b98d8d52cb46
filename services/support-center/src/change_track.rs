//! Moves a case to another programme, when a benefit is decided for example.

use casework::{Benefit, Context, Decided, PersonFile, Refusal};
use contracts::events::{BenefitService, ReferralGround, Track, TrackChanged};
use jiff::civil::Date;

/// Moves a case at work to a track on which no case is open. Transition support needs its benefit,
/// discharge support a ground for not using that.
pub fn decide(
    file: &PersonFile,
    mut change: TrackChanged,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let id = context.case()?;
    let case = file.case_at_work(&id)?;
    let to = change.to_track();
    if to == case.track() {
        return Err(Refusal::SameTrack);
    }
    if to == Track::CommunityTransition && !has_transition_benefit(file, context.today()) {
        return Err(Refusal::BenefitRequired);
    }
    if to == Track::DischargeSupport && change.ground() == ReferralGround::Unspecified {
        return Err(Refusal::GroundRequired);
    }
    if file.open_case_on(to).is_some() {
        return Err(Refusal::OpenCaseExists);
    }
    change.set_from_track(case.track());
    Ok(Decided::of_case(id, change.into()))
}

/// Whether a decision covers this day, or a day that lies ahead.
fn has_transition_benefit(file: &PersonFile, day: Date) -> bool {
    let pays_for_it =
        |benefit: &&Benefit| benefit.service == BenefitService::CommunityTransitionSupport;
    let mut benefits = file.benefits.values().filter(pays_for_it);
    benefits.any(|benefit| benefit.covers(day.max(benefit.from)))
}

#[cfg(test)]
mod tests {
    use contracts::events::{BenefitEnded, CaseOpened};
    use office::testing::{
        BENEFIT, CASE, Given, UNKNOWN, benefit, given_case, given_plan, refuses_unless_case_at_work,
    };

    use super::*;

    fn change(to: Track) -> TrackChanged {
        TrackChanged { to_track: to.into(), ..Default::default() }
    }

    fn with_benefit(service: BenefitService) -> Given {
        let decided = benefit(service, "2025-08-05", "2026-02-04");
        given_plan().by("ward-a").event(decided).by("center-a")
    }

    #[test]
    fn a_case_moves_and_says_from_where() {
        let changed: TrackChanged =
            given_plan().when(decide, change(Track::Jimokura)).records_one();
        assert_eq!(changed.from_track(), Track::DischargeSupport);
    }

    #[test]
    fn transition_support_needs_its_benefit_now_or_ahead() {
        let to = || change(Track::CommunityTransition);
        given_plan().when(decide, to()).refuses(Refusal::BenefitRequired);
        let of_other_service = with_benefit(BenefitService::ShortStay);
        of_other_service.when(decide, to()).refuses(Refusal::BenefitRequired);
        let granted = || with_benefit(BenefitService::CommunityTransitionSupport);
        granted().when(decide, to()).records(&["TrackChanged"]);
        granted().on("2026-02-04").when(decide, to()).records(&["TrackChanged"]);
        granted().on("2026-02-05").when(decide, to()).refuses(Refusal::BenefitRequired);
        let ended = BenefitEnded { benefit_id: BENEFIT.into(), ..Default::default() };
        granted().event(ended).when(decide, to()).refuses(Refusal::BenefitRequired);
    }

    #[test]
    fn discharge_support_needs_a_ground() {
        let elsewhere = || given_plan().after(decide, change(Track::Jimokura));
        let mut back = change(Track::DischargeSupport);
        elsewhere().when(decide, back.clone()).refuses(Refusal::GroundRequired);
        back.set_ground(ReferralGround::LongMotivation);
        elsewhere().when(decide, back).records(&["TrackChanged"]);
    }

    #[test]
    fn the_track_must_be_another_one() {
        given_plan().when(decide, change(Track::DischargeSupport)).refuses(Refusal::SameTrack);
    }

    #[test]
    fn one_case_is_open_on_a_track() {
        let other = CaseOpened { track: Track::CommunityLife.into(), ..Default::default() };
        let given = given_case().in_case(UNKNOWN).event(other).in_case(CASE);
        given.when(decide, change(Track::CommunityLife)).refuses(Refusal::OpenCaseExists);
    }

    #[test]
    fn the_case_must_be_at_work() {
        refuses_unless_case_at_work(given_plan, decide, change(Track::Jimokura));
    }
}
