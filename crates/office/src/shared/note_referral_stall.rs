//! Notes what the answer to a referral is itself waiting for. The response clock stands still
//! meanwhile, and shows why.

use casework::{Context, Decided, PersonFile, Referral, ReferralId, Refusal};
use contracts::events::{ReferralStallNoted, StallReason};

use super::explained;

/// Notes it of a referral on file, by a side of it or by the core center that helps.
pub fn decide(
    file: &PersonFile,
    stall: ReferralStallNoted,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let case = concerning(file, &stall.referral_id, context)?.case_id.clone();
    explained(stall.reason() == StallReason::Other, &stall.note)?;
    Ok(Decided::of_case(case, stall.into()))
}

/// A referral that concerns this agency: it sent or received it, or was asked to help.
pub(super) fn concerning<'f>(
    file: &'f PersonFile,
    id: &str,
    context: &Context<'_>,
) -> Result<&'f Referral, Refusal> {
    let agency = &context.agency;
    let concerns = |one: &&Referral| {
        let helps = one.escalated.as_ref().is_some_and(|(core, _)| core == agency);
        helps || [&one.from, &one.to].contains(&agency)
    };
    let referral = file.referrals.get(&ReferralId::from(id)).filter(concerns);
    let referral = referral.ok_or(Refusal::UnknownReferral)?;
    context.agrees_with(Some(&referral.case_id))?;
    Ok(referral)
}

#[cfg(test)]
pub(crate) mod tests {
    use casework::{Flag, ReferralId, WaitingClock};
    use contracts::events::ReferralSupplemented;

    use super::*;
    use crate::{
        shared::answering::tests::{given_escalated, given_returned},
        testing::{REFERRAL, UNKNOWN, given_case, given_referral},
    };

    pub(crate) fn stall(on: &str, reason: StallReason) -> ReferralStallNoted {
        ReferralStallNoted {
            referral_id: REFERRAL.into(),
            stalled_on: on.into(),
            reason: reason.into(),
            ..Default::default()
        }
    }

    #[test]
    fn the_clock_stands_still_and_says_why() {
        let given = given_referral().on("2025-05-20");
        let given = given.after(decide, stall("2025-05-12", StallReason::Doctor));
        let file = given.file();
        let referral = &file.referrals[&ReferralId::from(REFERRAL)];
        let clock = referral.clock("2025-05-20".parse().unwrap()).unwrap();
        let expected =
            WaitingClock { days: 12, stalled_days: 8, stalled_by: Some(StallReason::Doctor) };
        assert_eq!((clock, clock.counted_days()), (expected, 4));
    }

    #[test]
    fn a_new_question_starts_a_new_clock() {
        let given = given_returned().by("hospital-a").on("2025-05-20");
        let supplement =
            ReferralSupplemented { referral_id: REFERRAL.into(), ..Default::default() };
        let file = given.event(supplement).file();
        let clock =
            file.referrals[&ReferralId::from(REFERRAL)].clock("2025-05-21".parse().unwrap());
        assert_eq!(clock, Some(WaitingClock { days: 1, stalled_days: 0, stalled_by: None }));
    }

    #[test]
    fn whoever_the_referral_concerns_notes_it() {
        let noted = || stall("2025-05-12", StallReason::Person);
        for agency in ["center-a", "hospital-a"] {
            given_referral().by(agency).when(decide, noted()).records(&["ReferralStallNoted"]);
        }
        given_escalated().by("core-a").when(decide, noted()).records(&["ReferralStallNoted"]);
        let outsider = given_referral().by("core-a");
        outsider.when(decide, noted()).refuses(Refusal::UnknownReferral);
        let elsewhere = given_referral().in_case(UNKNOWN);
        elsewhere.when(decide, noted()).refuses(Refusal::UnknownCase);
    }

    #[test]
    fn of_an_answered_referral_it_is_recorded_and_flagged() {
        let then = given_case().when(decide, stall("2025-05-12", StallReason::Person));
        then.flags(&[Flag::ReferralAnswered]);
    }

    #[test]
    fn another_reason_is_put_into_words() {
        let mut other = stall("2025-05-12", StallReason::Other);
        given_referral().when(decide, other.clone()).refuses(Refusal::NoteRequired);
        other.note = "説明".into();
        given_referral().when(decide, other).records(&["ReferralStallNoted"]);
    }
}
