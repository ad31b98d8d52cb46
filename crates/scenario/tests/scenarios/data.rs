//! What the files hold, by itself.

use std::collections::BTreeSet;

use contracts::Office;
use scenario::{Personas, Rpc, Scenario, demonstration};

use crate::{TODAY, at, every_scenario, everything, place, scenario_a};

#[test]
fn every_call_is_an_rpc_at_the_office_its_persona_works_at() {
    let personas = Personas::demonstration().unwrap();
    for dated in everything().steps() {
        let rpc = Rpc::named(&dated.step.call);
        let rpc = rpc.unwrap_or_else(|| panic!("{}: no such call", place(dated)));
        let persona = personas.get(&dated.step.by).expect("a persona");
        assert!(rpc.offices.contains(&persona.office), "{}", place(dated));
    }
}

#[test]
fn every_office_has_somebody_to_sign_in_as_under_its_own_name() {
    let personas = Personas::demonstration().unwrap();
    let offices = ["hospital", "support-center", "core-center", "ward-office", "municipality"];
    for office in offices {
        let persona = personas.get(office).expect("a persona");
        assert_eq!(contracts::office_name(persona.office), office);
    }
    assert!(personas.iter().all(|(_, persona)| persona.office != Office::Unspecified));
}

#[test]
fn every_persona_but_the_municipality_works_for_a_registered_agency() {
    let agencies = Scenario::agencies().unwrap();
    let ids = agencies.steps.iter().map(|step| step.request["agency"]["agencyId"].as_str());
    let ids: BTreeSet<_> = ids.flatten().chain(["municipality-kakuu"]).collect();
    for (name, persona) in Personas::demonstration().unwrap().iter() {
        assert!(ids.contains(persona.agency.as_str()), "{name}");
    }
}

#[test]
fn scenario_a_has_all_its_rows_in_the_order_of_its_telling() {
    let script = scenario_a();
    let rows = script.steps().iter().map(|dated| dated.step.row.parse::<u32>().unwrap());
    let rows: Vec<_> = rows.collect();
    assert!(rows.is_sorted());
    assert_eq!(rows.iter().copied().collect::<BTreeSet<_>>(), (1..=47).collect());
    let written: Vec<_> = script.steps().iter().map(|dated| dated.index).collect();
    assert!(written.is_sorted(), "the file is in the order of its moments");
}

#[test]
fn what_lies_after_the_moment_is_left_out() {
    let moment = at("2025-11-04T03:00:00Z");
    let (before, after) = (scenario_a().until(moment), scenario_a().after(moment));
    assert_eq!(before.steps().last().unwrap().step.call, "hospital.RecordDischarge");
    assert_eq!(after.steps()[0].step.call, "support-center.EndCommunityTransitionSupport");
    let all = before.steps().len() + after.steps().len();
    assert_eq!(all, scenario_a().steps().len());
}

#[test]
fn the_demonstration_is_merged_in_time_and_stops_now() {
    let now = at("2026-07-31T15:00:00Z");
    let script = demonstration(now).unwrap();
    assert!(script.steps().is_sorted_by_key(|dated| dated.at));
    assert!(script.steps().iter().all(|dated| dated.at <= now));
    let scenarios: BTreeSet<_> = script.steps().iter().map(|dated| &*dated.scenario).collect();
    assert_eq!(scenarios, BTreeSet::from(["agencies", "open-cases", "scenario-a"]));
    assert_eq!(script.steps()[0].step.call, "municipality.RegisterAgency");
}

#[test]
fn the_open_cases_lie_within_the_last_120_days() {
    let open_cases = Scenario::open_cases().unwrap().on(TODAY).unwrap();
    let first = TODAY.saturating_sub(jiff::Span::new().days(120));
    for dated in open_cases.steps() {
        let day = scenario::today(dated.at);
        assert!((first..TODAY).contains(&day), "{}", place(dated));
        assert!(dated.step.at.starts_with("today-"), "{}", place(dated));
    }
}

#[test]
fn a_file_with_a_word_it_does_not_know_is_refused() {
    let json = r#"{ "name": "x", "about": "", "steps": [], "setps": [] }"#;
    assert!(Scenario::from_json(json).is_err());
    assert_eq!(every_scenario().len(), 4);
}

#[test]
fn a_moment_that_is_none_is_named() {
    let json = r#"{ "name": "x", "about": "", "steps": [
        { "row": "7", "at": "tomorrow", "by": "hospital", "call": "hospital.RecordDeath", "request": {} } ] }"#;
    let error = Scenario::from_json(json).unwrap().on(TODAY).unwrap_err();
    assert_eq!(error.to_string(), "x, row 7: tomorrow is no moment");
}
