//! The data files fit the declarations and break no rule, and the player plays them.

mod data;
mod desk;
mod grpc;
mod marking;
mod playing;
mod rules;

use jiff::{Timestamp, civil::Date};
use scenario::{DatedStep, Scenario, Script};

/// A day on which all of scenario A has happened.
const TODAY: Date = Date::constant(2026, 11, 30);

fn every_scenario() -> Vec<Scenario> {
    let files = [
        Scenario::agencies(),
        Scenario::scenario_a(),
        Scenario::open_cases(),
        Scenario::emergency(),
    ];
    files.into_iter().map(|file| file.expect("it is written as a scenario")).collect()
}

/// Every step of every data file.
fn everything() -> Script {
    let scripts = every_scenario();
    let dated = scripts.iter().map(|scenario| scenario.on(TODAY).expect("its moments are moments"));
    dated.fold(Script::default(), Script::and)
}

fn scenario_a() -> Script {
    Scenario::scenario_a().unwrap().on(TODAY).unwrap()
}

/// For messages: `scenario-a, row 5`.
fn place(dated: &DatedStep) -> String {
    format!("{}, row {}", dated.scenario, dated.step.row)
}

fn at(moment: &str) -> Timestamp {
    moment.parse().expect("a moment")
}
