//! Notes that what the answer was waiting for has come: the response clock runs again.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::ReferralStallEnded;

use super::note_referral_stall::concerning;

/// Notes it of a referral on file, by whoever could note the stall.
pub fn decide(
    file: &PersonFile,
    end: ReferralStallEnded,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let case = concerning(file, &end.referral_id, context)?.case_id.clone();
    Ok(Decided::of_case(case, end.into()))
}

#[cfg(test)]
mod tests {
    use casework::{Flag, ReferralId, WaitingClock};
    use contracts::events::StallReason;

    use super::*;
    use crate::{
        shared::note_referral_stall::tests::stall,
        testing::{REFERRAL, UNKNOWN, given_case, given_referral},
    };

    fn end(on: &str) -> ReferralStallEnded {
        ReferralStallEnded {
            referral_id: REFERRAL.into(),
            resumed_on: on.into(),
            ..Default::default()
        }
    }

    #[test]
    fn the_clock_runs_again() {
        let given = given_referral().on("2025-05-20");
        let given = given.event(stall("2025-05-12", StallReason::Capacity));
        let file = given.after(decide, end("2025-05-15")).file();
        let clock =
            file.referrals[&ReferralId::from(REFERRAL)].clock("2025-05-20".parse().unwrap());
        assert_eq!(clock, Some(WaitingClock { days: 12, stalled_days: 3, stalled_by: None }));
    }

    #[test]
    fn of_an_answered_referral_it_is_recorded_and_flagged() {
        given_case().when(decide, end("2025-05-15")).flags(&[Flag::ReferralAnswered]);
    }

    #[test]
    fn the_referral_must_concern_the_agency() {
        let outsider = given_referral().by("center-b");
        outsider.when(decide, end("2025-05-15")).refuses(Refusal::UnknownReferral);
        let unknown = ReferralStallEnded { referral_id: UNKNOWN.into(), ..end("2025-05-15") };
        given_referral().when(decide, unknown).refuses(Refusal::UnknownReferral);
    }
}
