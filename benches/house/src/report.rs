//! What was measured: one line of a table each, on the terminal, as JSON and as Markdown.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// One figure, and the peer's where there is one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// The benchmark.
    pub bench: String,
    /// Our figure.
    pub value: f64,
    /// Its unit, and the peer's.
    pub unit: String,
    /// Against whom or what.
    pub peer: Option<String>,
    /// The peer's figure in the same run.
    pub peer_value: Option<f64>,
    /// Ours by the peer's.
    pub ratio: Option<f64>,
}

impl Measured {
    /// A figure that stands alone.
    pub fn alone(bench: &str, value: f64, unit: &str) -> Self {
        let (bench, unit) = (bench.to_owned(), unit.to_owned());
        Self { bench, value, unit, peer: None, peer_value: None, ratio: None }
    }

    /// The same beside a peer's. A peer's zero (of conflicts, say) has no ratio.
    #[must_use]
    pub fn against(mut self, peer: &str, value: f64) -> Self {
        self.peer = Some(peer.to_owned());
        self.peer_value = Some(value);
        self.ratio = (value != 0.0).then(|| self.value / value);
        self
    }
}

/// All figures of a run, in order.
#[derive(Default)]
pub struct Report {
    figures: Vec<Measured>,
}

impl Report {
    /// Takes a figure and shows it at once: a run takes long.
    pub fn add(&mut self, figure: Measured) {
        println!("{}", row(&figure).join("  "));
        self.figures.push(figure);
    }

    /// Writes `results.json` and `results.md` into a folder.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn write(&self, folder: &Path) -> Result<()> {
        fs::create_dir_all(folder).context("cannot make the folder of the results")?;
        let json = serde_json::to_string_pretty(&self.figures)?;
        fs::write(folder.join("results.json"), json + "\n").context("cannot write results.json")?;
        fs::write(folder.join("results.md"), self.markdown()).context("cannot write results.md")
    }

    /// A table that lines up, for a terminal and for a page alike.
    pub fn markdown(&self) -> String {
        let head = ["bench", "value", "unit", "peer", "peer's value", "ratio"].map(str::to_owned);
        let rows: Vec<[String; 6]> = self.figures.iter().map(row).collect();
        let widths: [usize; 6] = std::array::from_fn(|column| {
            let cells = rows.iter().chain([&head]).map(|row| row[column].chars().count());
            cells.max().unwrap_or_default()
        });
        let mut table = line(&head, &widths);
        let rule = widths.map(|width| "-".repeat(width));
        table += &line(&rule, &widths);
        rows.iter().fold(table, |table, row| table + &line(row, &widths))
    }
}

fn row(figure: &Measured) -> [String; 6] {
    [
        figure.bench.clone(),
        number(figure.value),
        figure.unit.clone(),
        figure.peer.clone().unwrap_or_else(|| "–".to_owned()),
        figure.peer_value.map_or_else(|| "–".to_owned(), number),
        figure.ratio.map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}")),
    ]
}

/// Three digits are more than this kind of measuring is good for.
fn number(value: f64) -> String {
    if value.abs() >= 100.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

fn line(cells: &[String; 6], widths: &[usize; 6]) -> String {
    let mut line = String::from("|");
    for (cell, width) in cells.iter().zip(widths) {
        let _ = write!(line, " {cell:<width$} |");
    }
    line + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_has_six_fields_in_this_order() {
        let figure = Measured::alone("append/raw", 12.0, "events/s").against("INSERT", 3.0);
        let json = serde_json::to_string(&figure).unwrap();
        let expected = r#"{"bench":"append/raw","value":12.0,"unit":"events/s","peer":"INSERT","peer_value":3.0,"ratio":4.0}"#;
        assert_eq!(json, expected);
        let alone = serde_json::to_value(Measured::alone("memory", 1.0, "MB")).unwrap();
        assert!(alone["peer"].is_null() && alone["peer_value"].is_null());
    }

    #[test]
    fn the_table_lines_up() {
        let mut report = Report::default();
        report.add(Measured::alone("append/raw", 12345.6, "events/s").against("INSERT", 3.0));
        report.add(Measured::alone("x", 1.0, "MB"));
        let table = report.markdown();
        let lengths: Vec<usize> = table.lines().map(|line| line.chars().count()).collect();
        assert_eq!(lengths.len(), 4);
        assert!(lengths.iter().all(|length| *length == lengths[0]), "{table}");
    }
}
