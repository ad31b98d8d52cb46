//! Asks the core center to help with a referral that does not move on. It is shown the referral, so
//! a consent must cover it.

use casework::{AgencyId, Context, Decided, PersonFile, Refusal};
use contracts::{Office, Topic, events::ReferralEscalated};

use super::lapse_referral::own_referral;

/// Either side of an open referral asks the core center of the person's ward, once.
pub fn decide(
    file: &PersonFile,
    question: ReferralEscalated,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    file.alive()?;
    let referral = own_referral(file, &question.referral_id, context)?;
    if !referral.is_open() {
        return Err(Refusal::ReferralEnded);
    }
    let core = AgencyId::from(question.to_agency_id.as_str());
    let registered = context.agencies.active(&core).ok_or(Refusal::UnknownAgency)?;
    if registered.office != Office::CoreCenter {
        return Err(Refusal::WrongKindOfAgency);
    }
    if !file.is_of_ward_of(registered) {
        return Err(Refusal::CoreCenterOfAnotherWard);
    }
    if !file.involvement().consent_covers(&core, Topic::Referral, context.today()) {
        return Err(Refusal::ConsentRequired);
    }
    if referral.is_escalated_to(&core) {
        return Err(Refusal::AlreadyEscalated);
    }
    Ok(Decided::of_case(referral.case_id.clone(), question.into()))
}

#[cfg(test)]
mod tests {
    use casework::{WorkKind, work_items};

    use super::*;
    use crate::{
        shared::answering::tests::given_escalated,
        testing::{REFERRAL, given_case, given_referral},
    };

    fn question(to: &str) -> ReferralEscalated {
        ReferralEscalated {
            referral_id: REFERRAL.into(),
            to_agency_id: to.into(),
            ..Default::default()
        }
    }

    #[test]
    fn either_side_asks_the_core_center_which_finds_it_on_its_list() {
        for agency in ["hospital-a", "center-a"] {
            let given = given_referral().by(agency).after(decide, question("core-a"));
            let items = work_items(&given.file(), "2025-05-16".parse().unwrap());
            let helps = |one: &&casework::WorkItem| one.kind == WorkKind::ReferralToHelpWith;
            let item = items.iter().find(helps).expect("the core center is asked");
            assert_eq!(item.agency, AgencyId::from("core-a"));
        }
    }

    #[test]
    fn consent_must_cover_the_core_center() {
        let given = given_referral().consent_withdrawn();
        given.when(decide, question("core-a")).refuses(Refusal::ConsentRequired);
    }

    #[test]
    fn only_a_core_center_is_asked() {
        given_referral().when(decide, question("ward-a")).refuses(Refusal::WrongKindOfAgency);
        given_referral().when(decide, question("nobody")).refuses(Refusal::UnknownAgency);
    }

    #[test]
    fn a_core_center_of_another_ward_is_not_asked() {
        let file = given_referral().file();
        let core = |ward: &str| {
            let mut register = casework::AgencyRegister::default();
            let id = AgencyId::from("core-a");
            let event = contracts::events::AgencyRegistered {
                kind: Office::CoreCenter.into(),
                ward: ward.into(),
                ..Default::default()
            };
            register.apply(&id, &event.into());
            register.get(&id).cloned().unwrap()
        };
        assert!(!file.is_of_ward_of(&core("14108")));
        assert!(file.is_of_ward_of(&core("14107")) && file.is_of_ward_of(&core("")));
    }

    #[test]
    fn it_is_asked_once() {
        given_escalated().when(decide, question("core-a")).refuses(Refusal::AlreadyEscalated);
    }

    #[test]
    fn only_a_side_of_an_open_referral_asks() {
        let outsider = given_referral().by("center-b");
        outsider.when(decide, question("core-a")).refuses(Refusal::UnknownReferral);
        given_case().when(decide, question("core-a")).refuses(Refusal::ReferralEnded);
        given_referral().died().when(decide, question("core-a")).refuses(Refusal::PersonDied);
    }
}
