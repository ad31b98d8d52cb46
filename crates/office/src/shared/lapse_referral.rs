//! Closes a referral that nobody needs any more: the person has left hospital, moved or died.

use casework::{Context, Decided, PersonFile, Referral, ReferralId, Refusal};
use contracts::events::ReferralLapsed;

/// Either side closes an open referral, for a cause that is on file.
pub fn decide(
    file: &PersonFile,
    lapse: ReferralLapsed,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let referral = own_referral(file, &lapse.referral_id, context)?;
    if !referral.is_open() {
        return Err(Refusal::ReferralEnded);
    }
    if file.since_when(lapse.cause(), referral.submitted_on).is_none() {
        return Err(Refusal::LapseCauseNotOnFile);
    }
    Ok(Decided::of_case(referral.case_id.clone(), lapse.into()))
}

/// A referral that this agency sent or received.
pub(super) fn own_referral<'f>(
    file: &'f PersonFile,
    id: &str,
    context: &Context<'_>,
) -> Result<&'f Referral, Refusal> {
    let referral = file.referrals.get(&ReferralId::from(id));
    let own = referral.filter(|one| [&one.from, &one.to].contains(&&context.agency));
    let referral = own.ok_or(Refusal::UnknownReferral)?;
    context.agrees_with(Some(&referral.case_id))?;
    Ok(referral)
}

#[cfg(test)]
mod tests {
    use casework::{CaseId, CaseState};
    use contracts::events::{LapseCause, PatientDischarged, ResidenceWardChanged};

    use super::*;
    use crate::testing::{CASE, EPISODE, Given, REFERRAL, UNKNOWN, given_case, given_referral};

    fn lapse(cause: LapseCause) -> ReferralLapsed {
        ReferralLapsed { referral_id: REFERRAL.into(), cause: cause.into(), ..Default::default() }
    }

    fn given_home() -> Given {
        let home = PatientDischarged { episode_id: EPISODE.into(), ..Default::default() };
        given_referral().by("hospital-a").outside_cases().event(home)
    }

    fn given_moved() -> Given {
        let to_ward = "14108".into();
        given_referral().event(ResidenceWardChanged { to_ward, ..Default::default() })
    }

    #[test]
    fn either_side_closes_what_a_discharge_a_move_or_a_death_made_needless() {
        let courses: [(Given, LapseCause); 3] = [
            (given_home(), LapseCause::Discharged),
            (given_moved(), LapseCause::MovedOut),
            (given_referral().died(), LapseCause::Died),
        ];
        for (given, cause) in courses {
            let given = given.by("hospital-a").outside_cases().after(decide, lapse(cause));
            let file = given.file();
            assert_eq!(file.case(&CaseId::from(CASE)).unwrap().state(), CaseState::Lapsed);
            given.by("center-a").when(decide, lapse(cause)).refuses(Refusal::ReferralEnded);
        }
        let then = given_home().by("center-a").when(decide, lapse(LapseCause::Discharged));
        then.records(&["ReferralLapsed"]);
    }

    #[test]
    fn the_cause_must_be_on_file() {
        for cause in [LapseCause::Discharged, LapseCause::MovedOut, LapseCause::Died] {
            let then = given_referral().when(decide, lapse(cause));
            then.refuses(Refusal::LapseCauseNotOnFile);
        }
        let other = given_home().when(decide, lapse(LapseCause::Died));
        other.refuses(Refusal::LapseCauseNotOnFile);
    }

    #[test]
    fn only_the_two_sides_close_it() {
        for agency in ["center-b", "hospital-b", "core-a"] {
            let then = given_home().by(agency).when(decide, lapse(LapseCause::Discharged));
            then.refuses(Refusal::UnknownReferral);
        }
        let elsewhere = given_home().in_case(UNKNOWN);
        elsewhere.when(decide, lapse(LapseCause::Discharged)).refuses(Refusal::UnknownCase);
    }

    #[test]
    fn what_was_answered_does_not_lapse() {
        let given = given_case().died();
        given.when(decide, lapse(LapseCause::Died)).refuses(Refusal::ReferralEnded);
    }
}
