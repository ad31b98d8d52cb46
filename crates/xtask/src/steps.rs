//! Announces each step, measures it, and prints at the end what took how long.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// The steps run so far, in order.
#[derive(Default)]
pub struct Steps {
    finished: Vec<Step>,
}

struct Step {
    name: &'static str,
    took: Duration,
    passed: bool,
}

impl Steps {
    /// Runs one step under a header. Its error carries the step's name.
    pub fn run<T>(&mut self, name: &'static str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("\n=== {name} ===");
        let started = Instant::now();
        let outcome = work();
        let step = Step { name, took: started.elapsed(), passed: outcome.is_ok() };
        println!("--- {}", step.line());
        self.finished.push(step);
        outcome.with_context(|| format!("the step `{name}` failed"))
    }

    /// Prints one line for every step that ran, and their sum.
    pub fn print_summary(&self) {
        println!("\n=== summary ===");
        for step in &self.finished {
            println!("{}", step.line());
        }
        let total: Duration = self.finished.iter().map(|step| step.took).sum();
        println!("{}", line("in all", "", total));
    }
}

impl Step {
    fn line(&self) -> String {
        line(self.name, if self.passed { "passed" } else { "FAILED" }, self.took)
    }
}

fn line(name: &str, outcome: &str, took: Duration) -> String {
    format!("{name:<12}{outcome:<8}{:>8.1} s", took.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::bail;

    #[test]
    fn a_failed_step_is_remembered_and_named() {
        let mut steps = Steps::default();
        assert_eq!(steps.run("first", || Ok(7)).unwrap(), 7);
        let error = steps.run("second", || -> Result<()> { bail!("no") }).unwrap_err();

        assert_eq!(error.to_string(), "the step `second` failed");
        let passed: Vec<bool> = steps.finished.iter().map(|step| step.passed).collect();
        assert_eq!(passed, [true, false]);
    }

    #[test]
    fn times_line_up() {
        let short = line("format", "passed", Duration::from_millis(840));
        let long = line("tests", "FAILED", Duration::from_secs(1234));
        assert_eq!(short, "format      passed       0.8 s");
        assert_eq!(short.len(), long.len());
    }
}
