//! What the files mean: played to a desk, they break no rule and end where they should.

use std::collections::BTreeMap;

use casework::{AgencyId, CaseState, Episode, FiscalYear, PersonFile, Settlement, work_items};
use contracts::{Event, Office};
use jiff::civil::{Date, date};
use scenario::{Persona, Personas, Scenario};

use crate::{TODAY, desk, everything, scenario_a};

#[tokio::test]
async fn no_step_breaks_its_declaration_or_a_rule() {
    let (mut player, desk) = desk::player();
    player.play(&everything()).await.unwrap();
    assert_eq!(desk.borrow().complaints, Vec::<String>::new());
}

#[tokio::test]
async fn scenario_a_ends_settled_after_two_stays() {
    let (mut player, desk) = desk::player();
    player.play(&scenario_a()).await.unwrap();
    let desk = desk.borrow();
    let file = &desk.files[player.memory().person("scenario-a", "ichiro").unwrap()];
    let case = file.cases.values().next().unwrap();
    assert_eq!((case.state(), case.cycle), (CaseState::Closed, 2));
    let discharges: Vec<_> = file.episodes.iter().filter_map(Episode::discharged_on).collect();
    assert_eq!(discharges, [date(2025, 11, 4), date(2026, 2, 5)]);
}

#[tokio::test]
async fn the_open_cases_stand_in_different_places() {
    let files = open_files().await;
    let state = |person: &str| files[person].cases.values().next().unwrap().state();
    assert_eq!(files.len(), 12);
    assert_eq!(state("jiro"), CaseState::Referred);
    assert_eq!(state("saburo"), CaseState::Returned);
    assert_eq!(state("hanako"), CaseState::Preparing);
    assert_eq!(state("sachiko"), CaseState::Supporting);
    assert_eq!(state("goro"), CaseState::DischargeScheduled);
    assert_eq!(state("mutsuko"), CaseState::DischargeScheduled);
    assert_eq!(state("nanako"), CaseState::Settling);
    assert_eq!(state("hachiro"), CaseState::Readmitted);
    assert_eq!(state("toko"), CaseState::Preparing);
    assert_eq!(state("juichiro"), CaseState::Supporting);
    assert_eq!(state("towako"), CaseState::Referred);
    assert_eq!(state("tomoko"), CaseState::Discharged);
}

#[tokio::test]
async fn something_waits_for_every_office_that_works_with_people() {
    let files = open_files().await;
    let work: Vec<_> = files.values().flat_map(|file| work_items(file, TODAY)).collect();
    let personas = Personas::demonstration().unwrap();
    let works = |persona: &Persona| persona.office != Office::Municipality;
    for (name, persona) in personas.iter().filter(|(_, persona)| works(persona)) {
        let agency = AgencyId::from(persona.agency.as_str());
        let waits = work.iter().any(|item| item.agency == agency);
        // The second hospital is there for those who come and go; it has nothing open.
        assert_eq!(waits, name != "hospital-2", "{name}");
    }
}

#[tokio::test]
async fn something_is_late_or_missing_here_and_there() {
    let files = open_files().await;
    assert!(files["sachiko"].visit_requests.values().any(|request| !request.answered));
    assert!(planned(&files["goro"]) > TODAY && planned(&files["mutsuko"]) < TODAY);
    assert_eq!(settlement(&files["hachiro"]), Settlement::Open);
    assert_eq!(settlement(&files["tomoko"]), Settlement::None);
    assert!(files["nanako"].checkpoints.is_empty());
    assert!(files["nanako"].primary_supporter.is_none());
}

/// Scenario A alone makes the figures of fiscal year 2025, whatever day the demonstration is
/// played on from August 2026.
#[tokio::test]
async fn the_open_cases_add_nothing_to_fiscal_year_2025_but_long_stays() {
    let open_cases = Scenario::open_cases().unwrap().on(date(2026, 8, 1)).unwrap();
    let (mut player, desk) = desk::player();
    let year = FiscalYear::beginning_in(2025).unwrap();
    for reply in player.play(&open_cases).await.unwrap() {
        for recorded in reply.recorded {
            let admission = matches!(
                recorded.body.and_then(|body| body.event),
                Some(Event::InpatientEpisodeOpened(_))
            );
            assert!(admission || !year.contains(recorded.occurred_on.parse().unwrap()));
        }
    }
    assert_eq!(desk.borrow().complaints, Vec::<String>::new());
}

async fn open_files() -> BTreeMap<String, PersonFile> {
    let open_cases = Scenario::open_cases().unwrap().on(TODAY).unwrap();
    let (mut player, desk) = desk::player();
    player.play(&open_cases).await.unwrap();
    let persons = open_cases.steps().iter().filter_map(|dated| dated.step.person.clone());
    let file = |person: String| {
        let id = player.memory().person("open-cases", &person).expect("everyone is registered");
        (person, desk.borrow().files[id].clone())
    };
    persons.map(file).collect()
}

fn planned(file: &PersonFile) -> Date {
    file.open_episode().unwrap().planned_discharge.unwrap()
}

fn settlement(file: &PersonFile) -> Settlement {
    file.cases.values().next().unwrap().settlement
}
