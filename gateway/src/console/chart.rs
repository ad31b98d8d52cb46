//! Bars as SVG, drawn on the server: readable in print, without colour, and by a screen reader.
//! Whatever a chart shows stands in a table beside it as well.

use askama::{Template, filters::HtmlSafe};

/// The height of a full bar, in the units of the drawing.
const FULL: f64 = 160.0;
/// From one bar to the next.
const STEP: u32 = 140;
/// Where the first bar begins, right of the scale.
const FIRST: u32 = 84;

/// Parts of a whole, side by side.
#[derive(Template)]
#[template(path = "chart.html")]
pub(super) struct Bars {
    title: &'static str,
    description: String,
    bars: Vec<Bar>,
    grid: Vec<Line>,
    width: u32,
}

struct Bar {
    x: u32,
    middle: u32,
    y: f64,
    height: f64,
    pattern: usize,
    label: String,
    value: String,
}

struct Line {
    y: f64,
    label: String,
}

/// One part: its name, how many, of how many.
pub(super) struct Part {
    pub(super) label: String,
    pub(super) numerator: u32,
    pub(super) denominator: u32,
}

/// The template escapes what it shows.
impl HtmlSafe for Bars {}

impl Part {
    /// 12.5%; none when nobody could be observed.
    pub(super) fn percent(&self) -> Option<f64> {
        let (numerator, denominator) = (f64::from(self.numerator), f64::from(self.denominator));
        (self.denominator > 0).then(|| numerator / denominator * 100.0)
    }

    /// The percentage in words.
    pub(super) fn percent_in_words(&self) -> String {
        self.percent()
            .map_or_else(|| "まだ観察できません".to_owned(), |percent| format!("{percent:.1}%"))
    }
}

impl Bars {
    pub(super) fn of(title: &'static str, parts: &[Part]) -> Self {
        let in_words =
            parts.iter().map(|part| format!("{}は{}", part.label, part.percent_in_words()));
        let quarters = [0_u32, 25, 50, 75, 100];
        Self {
            title,
            description: format!("{}。", in_words.collect::<Vec<_>>().join("、")),
            bars: (0..).zip(parts).map(|(at, part)| Bar::of(at, part)).collect(),
            grid: quarters.map(Line::at).into(),
            width: FIRST + STEP * u32::try_from(parts.len()).unwrap_or(1),
        }
    }
}

impl Bar {
    fn of(at: u32, part: &Part) -> Self {
        let height = part.percent().unwrap_or_default() / 100.0 * FULL;
        let x = FIRST + at * STEP;
        Self {
            x,
            middle: x + 40,
            y: top(height),
            height,
            pattern: usize::try_from(at % 3).unwrap_or_default(),
            label: part.label.clone(),
            value: part.percent_in_words(),
        }
    }
}

impl Line {
    fn at(percent: u32) -> Self {
        Self { y: top(f64::from(percent) / 100.0 * FULL), label: format!("{percent}%") }
    }
}

/// Bars stand on a line at 190.
fn top(height: f64) -> f64 {
    190.0 - height
}
