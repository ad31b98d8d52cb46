//! Corrects or retracts an event on file.
//!
//! Only the agency that recorded an event mends it, also when it takes no part any more. A fact can
//! say anything else; what then no longer follows is flagged. An act was decided on, so only its text
//! is corrected, which no decision reads; and it is retracted only as long as nothing builds on it.

use super::register_person;
use casework::{
    Amendments, Context, Decided, Recorded, Refusal, Standing, effective, is_of_erasure,
    is_of_merging,
};
use contracts::{
    Event,
    annotations::Nature,
    events::{EventCorrected, EventRetracted},
};

/// Puts the replacement in the target's place.
pub fn correct(
    history: &[Recorded],
    mut correction: EventCorrected,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let target = target(history, &correction.target_event_id, context)?;
    let kind = target.event.kind();
    if correction.replacement_type != kind.number {
        return Err(Refusal::OtherKindOfEvent);
    }
    let replacement = kind.decode(&correction.replacement_clear);
    let replacement = replacement.map_err(|_| Refusal::OtherKindOfEvent)?;
    let replacement = match kind.nature() {
        Nature::Act => same_act(replacement, &target.event)?,
        _ => complete(replacement.with_assigned_of(&target.event), &correction),
    };
    goes_to_a_hospital(&replacement, &target.event, context)?;
    correction.replacement_clear = replacement.to_bytes();
    Ok(Decided { events: vec![(target.case_id.clone(), correction.into())] })
}

/// The act as it was decided: what the correction leaves out stays, and it says nothing else.
fn same_act(replacement: Event, target: &Event) -> Result<Event, Refusal> {
    let replacement = replacement.with_missing_of(target);
    if replacement.to_bytes() == target.to_bytes() {
        Ok(replacement)
    } else {
        Err(Refusal::ActStays)
    }
}

/// Whoever a transfer goes to has the person's stay from then on, so that is decided as it was at first.
/// One that stays as it was may have been retired since.
fn goes_to_a_hospital(
    replacement: &Event,
    target: &Event,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    match (replacement, target) {
        (Event::PatientTransferred(now), Event::PatientTransferred(before))
            if now.to_agency_id != before.to_agency_id =>
        {
            context.other_hospital(&now.to_agency_id)
        }
        _ => Ok(()),
    }
}

/// What the decision on such an event would have filled in.
fn complete(replacement: Event, correction: &EventCorrected) -> Event {
    match replacement {
        Event::PersonRegistered(mut person) => {
            let kind = Event::from(person.clone()).kind();
            let whole = kind.decode(&correction.replacement_personal);
            if let Ok(Event::PersonRegistered(personal)) = whole {
                register_person::note_birth_month(&mut person, &personal.birth_date);
            }
            person.into()
        }
        other => other,
    }
}

/// Ends the target's effect.
pub fn retract(
    history: &[Recorded],
    retraction: EventRetracted,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let target = target(history, &retraction.target_event_id, context)?;
    if matches!(target.event, Event::PersonRegistered(_)) {
        return Err(Refusal::RegistrationStays);
    }
    if matches!(target.event, Event::BreakGlassAccessUsed(_) | Event::BreakGlassAccessReviewed(_)) {
        return Err(Refusal::BreakGlassStays);
    }
    if target.event.kind().nature() == Nature::Act && others_build_on(target, history) {
        return Err(Refusal::OthersBuildOnIt);
    }
    // Without the call for help, what was done about it would belong to nothing.
    if matches!(target.event, Event::EmergencyReported(_)) && is_named_later(target, history) {
        return Err(Refusal::OthersBuildOnIt);
    }
    Ok(Decided { events: vec![(target.case_id.clone(), retraction.into())] })
}

/// The original event. What the agency did not record itself looks like what does not exist, and so
/// does what officers decided about whole files.
fn target<'h>(
    history: &'h [Recorded],
    id: &str,
    context: &Context<'_>,
) -> Result<&'h Recorded, Refusal> {
    let is_own = |recorded: &&Recorded| {
        let is_of_files = is_of_merging(&recorded.event) || is_of_erasure(&recorded.event);
        recorded.agency == context.agency && !is_of_files
    };
    let at = history.iter().position(|recorded| recorded.event_id == id);
    let target = at.map(|at| &history[at]).filter(is_own).ok_or(Refusal::UnknownEvent)?;
    if target.amends().is_some() {
        return Err(Refusal::AimsAtAmendment);
    }
    let amended = at.and_then(|at| Amendments::of(history.iter()).of_event_at(at));
    match amended.and_then(|amending| history[amending].standing()) {
        Some(Standing::Retracted) => Err(Refusal::AlreadyRetracted),
        _ => Ok(target),
    }
}

/// Whether a later event names what the act brought into being, or a later act goes on in its case.
fn others_build_on(target: &Recorded, history: &[Recorded]) -> bool {
    let goes_on = |later: &Recorded| {
        let in_its_case = target.case_id.is_some() && later.case_id == target.case_id;
        in_its_case && later.event.kind().nature() == Nature::Act
    };
    is_named_later(target, history) || later_than(target, history).iter().any(goes_on)
}

fn is_named_later(target: &Recorded, history: &[Recorded]) -> bool {
    let made = target.event.assigned_ids();
    let names = |later: &Recorded| later.event.references().iter().any(|(_, id)| made.contains(id));
    later_than(target, history).iter().any(names)
}

/// What stands today of what came after the target.
fn later_than(target: &Recorded, history: &[Recorded]) -> Vec<Recorded> {
    let standing = effective(history).into_owned();
    standing.into_iter().filter(|later| later.position > target.position).collect()
}

#[cfg(test)]
mod tests {
    use contracts::events::{
        EmergencyReported, HomeContinuationArranged, PatientDischarged, PatientTransferred,
        ReferralSubmitted, WardVisitRecorded,
    };

    use super::*;
    use crate::testing::{CASE, EPISODE, Given, given_case, given_inpatient};

    fn id_of(given: &Given, name: &str) -> String {
        let mut events = given.history().iter().rev();
        events.find(|recorded| recorded.event.kind().name == name).expect(name).event_id.clone()
    }

    fn correction(target: &str, replacement: impl Into<Event>) -> EventCorrected {
        let replacement = replacement.into();
        EventCorrected {
            target_event_id: target.into(),
            replacement_type: replacement.number(),
            replacement_clear: replacement.split().clear,
            ..Default::default()
        }
    }

    fn retraction(target: &str) -> EventRetracted {
        EventRetracted { target_event_id: target.into(), ..Default::default() }
    }

    fn discharged() -> Given {
        given_inpatient().on("2025-06-01").event(discharge("2025-06-01"))
    }

    fn discharge(day: &str) -> PatientDischarged {
        let (episode_id, discharged_on) = (EPISODE.into(), day.into());
        PatientDischarged { episode_id, discharged_on, ..Default::default() }
    }

    #[test]
    fn the_agency_that_recorded_an_event_corrects_it() {
        let given = discharged();
        let target = id_of(&given, "PatientDischarged");
        let then = given.when_amending(correct, correction(&target, discharge("2025-05-30")));
        then.records(&["EventCorrected"]);
    }

    #[test]
    fn that_glass_was_broken_and_what_was_said_of_it_stays() {
        use contracts::events::{BreakGlassAccessReviewed, BreakGlassAccessUsed};
        let used = given_case().event(BreakGlassAccessUsed::default());
        let target = id_of(&used, "BreakGlassAccessUsed");
        used.when_amending(retract, retraction(&target)).refuses(Refusal::BreakGlassStays);
        let reviewed = given_case().event(BreakGlassAccessReviewed::default());
        let target = id_of(&reviewed, "BreakGlassAccessReviewed");
        reviewed.when_amending(retract, retraction(&target)).refuses(Refusal::BreakGlassStays);
    }

    #[test]
    fn what_the_office_assigned_stays() {
        let given = given_inpatient();
        let target = id_of(&given, "InpatientEpisodeOpened");
        let admission = contracts::events::InpatientEpisodeOpened {
            admitted_on: "2025-03-30".into(),
            ..Default::default()
        };
        let then = given.when_amending(correct, correction(&target, admission));
        let correction: EventCorrected = then.records_one();
        let Some(Event::InpatientEpisodeOpened(stay)) = casework::replacement(&correction) else {
            panic!("another event");
        };
        assert_eq!((stay.episode_id.as_str(), stay.admitted_on.as_str()), (EPISODE, "2025-03-30"));
    }

    #[test]
    fn the_month_of_birth_follows_a_corrected_day() {
        let given = given_inpatient();
        let target = id_of(&given, "PersonRegistered");
        let person = contracts::events::PersonRegistered {
            birth_date: "1966-02-01".into(),
            birth_month: "1967-03".into(),
            ..Default::default()
        };
        let split = Event::from(person.clone()).split();
        let correction =
            EventCorrected { replacement_personal: split.personal, ..correction(&target, person) };
        let correction: EventCorrected = given.when_amending(correct, correction).records_one();
        let Some(Event::PersonRegistered(person)) = casework::replacement(&correction) else {
            panic!("another event");
        };
        assert_eq!(person.birth_month, "1966-02");
    }

    #[test]
    fn a_transfer_is_corrected_to_another_hospital_alone() {
        let transfer = |to: &str, day: &str| PatientTransferred {
            episode_id: EPISODE.into(),
            transferred_on: day.into(),
            to_agency_id: to.into(),
            ..Default::default()
        };
        let given = || given_inpatient().event(transfer("hospital-b", "2025-05-20"));
        let target = id_of(&given(), "PatientTransferred");
        let corrected =
            |to| given().when_amending(correct, correction(&target, transfer(to, "2025-05-19")));
        corrected("hospital-b").records(&["EventCorrected"]);
        corrected("center-b").refuses(Refusal::WrongKindOfAgency);
        corrected("hospital-a").refuses(Refusal::WrongKindOfAgency);
        corrected("nobody").refuses(Refusal::UnknownAgency);
    }

    #[test]
    fn nobody_amends_what_another_recorded_or_what_is_not_there() {
        let given = || discharged().by("center-a");
        let target = id_of(&given(), "PatientDischarged");
        for id in [target.as_str(), "00000000-0000-4000-8000-00000000ffff"] {
            given().when_amending(retract, retraction(id)).refuses(Refusal::UnknownEvent);
            let correction = correction(id, discharge("2025-05-30"));
            given().when_amending(correct, correction).refuses(Refusal::UnknownEvent);
        }
    }

    #[test]
    fn an_event_stays_of_its_kind() {
        let given = discharged();
        let target = id_of(&given, "PatientDischarged");
        let correction = correction(&target, WardVisitRecorded::default());
        given.when_amending(correct, correction).refuses(Refusal::OtherKindOfEvent);
    }

    #[test]
    fn an_amendment_is_not_amended_and_a_retracted_event_stays_retracted() {
        let given = discharged();
        let target = id_of(&given, "PatientDischarged");
        let given = given.event(retraction(&target));
        let amendment = id_of(&given, "EventRetracted");
        let again = |given: Given, id: &str| given.when_amending(retract, retraction(id));
        again(given, &amendment).refuses(Refusal::AimsAtAmendment);
        again(discharged().event(retraction(&target)), &target).refuses(Refusal::AlreadyRetracted);
    }

    #[test]
    fn the_registration_is_corrected_and_never_retracted() {
        let given = given_inpatient();
        let target = id_of(&given, "PersonRegistered");
        given.when_amending(retract, retraction(&target)).refuses(Refusal::RegistrationStays);
    }

    #[test]
    fn what_an_act_decided_stays_and_what_is_left_out_of_it_too() {
        let given = given_case().by("hospital-a");
        let target = id_of(&given, "ReferralSubmitted");
        let to_another = ReferralSubmitted {
            episode_id: EPISODE.into(),
            to_agency_id: "center-b".into(),
            ..Default::default()
        };
        given.when_amending(correct, correction(&target, to_another)).refuses(Refusal::ActStays);
        let other_track = ReferralSubmitted { track_requested: 2, ..Default::default() };
        let given = given_case().by("hospital-a");
        given.when_amending(correct, correction(&target, other_track)).refuses(Refusal::ActStays);
        let text_only = ReferralSubmitted::default();
        let given = given_case().by("hospital-a");
        let then = given.when_amending(correct, correction(&target, text_only));
        let correction: EventCorrected = then.records_one();
        let Some(Event::ReferralSubmitted(referral)) = casework::replacement(&correction) else {
            panic!("another event");
        };
        assert_eq!((referral.to_agency_id.as_str(), referral.track_requested), ("center-a", 1));
    }

    #[test]
    fn an_act_is_retracted_as_long_as_nothing_builds_on_it() {
        let given = given_case();
        let (accepted, opened) = (id_of(&given, "ReferralAccepted"), id_of(&given, "CaseOpened"));
        given.when_amending(retract, retraction(&accepted)).refuses(Refusal::OthersBuildOnIt);
        let then = given_case().when_amending(retract, retraction(&opened));
        assert_eq!(then.cases(), [Some(CASE.into())], "it stays in its target's case");
        then.records(&["EventRetracted"]);
        let given = given_case().event(retraction(&opened));
        given.when_amending(retract, retraction(&accepted)).records(&["EventRetracted"]);
    }

    #[test]
    fn an_act_whose_number_is_named_later_is_not_retracted() {
        let given = given_case().by("hospital-a");
        let referral = id_of(&given, "ReferralSubmitted");
        given.when_amending(retract, retraction(&referral)).refuses(Refusal::OthersBuildOnIt);
    }

    #[test]
    fn a_call_for_help_stays_as_long_as_something_was_done_about_it() {
        const EMERGENCY: &str = "00000000-0000-4000-8000-0000000000e9";
        let call = EmergencyReported { emergency_id: EMERGENCY.into(), ..Default::default() };
        let given = given_case().event(call);
        let called = id_of(&given, "EmergencyReported");
        let home =
            HomeContinuationArranged { emergency_id: EMERGENCY.into(), ..Default::default() };
        let given = given.event(home);
        let done = id_of(&given, "HomeContinuationArranged");
        let retracted = given.event(retraction(&done));
        retracted.when_amending(retract, retraction(&called)).records(&["EventRetracted"]);
        let call = EmergencyReported { emergency_id: EMERGENCY.into(), ..Default::default() };
        let home =
            HomeContinuationArranged { emergency_id: EMERGENCY.into(), ..Default::default() };
        let given = given_case().event(call).event(home);
        given.when_amending(retract, retraction(&called)).refuses(Refusal::OthersBuildOnIt);
    }

    #[test]
    fn a_fact_is_retracted_whatever_came_after_it() {
        let given = given_case().by("hospital-a");
        let admission = id_of(&given, "InpatientEpisodeOpened");
        given.when_amending(retract, retraction(&admission)).records(&["EventRetracted"]);
    }
}
