//! The errands themselves: which commands run, and in which order.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use test_servers::{Chromium, OidcProvider, TestPostgres, run};

use crate::steps::Steps;

/// Where the browser tests find their browser.
const CHROMIUM_VARIABLE: &str = "TSUNAGI_TEST_CHROMIUM";
/// Where the store tests find a PostgreSQL server on which they may create databases.
const POSTGRES_VARIABLE: &str = "TSUNAGI_TEST_POSTGRES";
/// Where the sign-in tests find the script of their OpenID Connect provider.
const PROVIDER_VARIABLE: &str = "TSUNAGI_TEST_OIDC";
/// How many generated histories are asked who may see what.
const HISTORIES_VARIABLE: &str = "TSUNAGI_HISTORIES";
/// So many in the long run.
const HISTORIES: &str = "200000";
/// How much the fault tests do.
const FAULTS_VARIABLE: &str = "TSUNAGI_FAULTS";

/// Everything CI runs. What needs no server comes first, so that a slip shows early.
pub fn test() -> Result<()> {
    let mut steps = Steps::default();
    let outcome = test_steps(&mut steps);
    steps.print_summary();
    outcome
}

fn test_steps(steps: &mut Steps) -> Result<()> {
    steps.run("format", || cargo(&["fmt", "--all", "--check"]))?;
    steps.run("lints", || {
        cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"])
    })?;
    let needs = TestNeeds::provide(steps)?;
    steps.run("build", || cargo(&["test", "--workspace", "--locked", "--no-run"]))?;
    steps.run("tests", || run(needs.tell(&mut cargo_command(&["test", "--workspace", "--locked"]))))
}

/// The full fault tests; every other test run has a short one of each.
pub fn faults() -> Result<()> {
    let mut steps = Steps::default();
    let outcome = fault_steps(&mut steps);
    steps.print_summary();
    outcome
}

fn fault_steps(steps: &mut Steps) -> Result<()> {
    let postgres = steps.run("PostgreSQL", || TestPostgres::find_or_start(POSTGRES_VARIABLE))?;
    let log = ["test", "--release", "--locked", "-p", "faults"];
    let calls = ["test", "--release", "--locked", "-p", "acceptance", "--test", "cancelled_calls"];
    // One after the other, each with the machine to itself, and every line of counts shown.
    let full = |arguments: &[&str]| {
        let shown = ["--", "--nocapture", "--test-threads=1"];
        let mut command = cargo_command(&[arguments, &shown].concat());
        run(command.env(POSTGRES_VARIABLE, postgres.url()).env(FAULTS_VARIABLE, "full"))
    };
    steps.run("the log", || full(&log))?;
    steps.run("calls", || full(&calls))?;
    steps.run("visibility", visibility)
}

/// Who may see what, over as many generated histories as it takes.
fn visibility() -> Result<()> {
    let arguments = ["test", "--release", "--locked", "-p", "casework", "--test", "visibility"];
    let mut command = cargo_command(&[&arguments[..], &["--", "--nocapture"]].concat());
    run(command.env(HISTORIES_VARIABLE, HISTORIES))
}

/// One command of the caller's own, in the place where the tests would run.
pub fn with(command: &[String]) -> Result<()> {
    let (program, arguments) = command.split_first().context("say which command to run")?;
    let needs = TestNeeds::provide(&mut Steps::default())?;
    run(needs.tell(Command::new(program).args(arguments)))
}

/// What tests lean on. Dropping it stops what was started.
struct TestNeeds {
    postgres: TestPostgres,
    chromium: Chromium,
    provider: OidcProvider,
}

impl TestNeeds {
    fn provide(steps: &mut Steps) -> Result<Self> {
        let postgres =
            steps.run("PostgreSQL", || TestPostgres::find_or_start(POSTGRES_VARIABLE))?;
        let chromium = steps.run("Chromium", || Chromium::find_or_install(CHROMIUM_VARIABLE))?;
        let folder = root().join("target/test-oidc");
        let provider = steps.run("provider", || OidcProvider::provide(&folder))?;
        Ok(Self { postgres, chromium, provider })
    }

    fn tell<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env(POSTGRES_VARIABLE, self.postgres.url())
            .env(CHROMIUM_VARIABLE, self.chromium.path())
            .env(PROVIDER_VARIABLE, self.provider.script())
    }
}

/// Rewrites the golden files. By convention a golden test that finds `UPDATE_GOLDEN=1` writes its
/// file instead of comparing it; the difference is then read in review.
pub fn golden() -> Result<()> {
    let pages = ["test", "--locked", "--tests", "-p", "contracts", "-p", "office", "-p", "gateway"];
    run(cargo_command(&pages).env("UPDATE_GOLDEN", "1"))?;
    let timelines = ["test", "--locked", "-p", "acceptance", "--test", "scenario_a", "on_sqlite"];
    run(cargo_command(&timelines).env("UPDATE_GOLDEN", "1"))?;
    let doors = ["test", "--locked", "-p", "acceptance", "--test", "rpc_doors"];
    run(cargo_command(&doors).env("UPDATE_GOLDEN", "1"))
}

/// Runs the very cargo that started us, at the root of the workspace.
pub fn cargo(arguments: &[&str]) -> Result<()> {
    run(&mut cargo_command(arguments))
}

/// The root of the workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn cargo_command(arguments: &[&str]) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(arguments).current_dir(root());
    command
}
