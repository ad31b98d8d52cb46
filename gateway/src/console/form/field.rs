//! A question as it is shown: its label, its hint, what was entered, what is wrong with it.

use askama::{Template, filters::HtmlSafe};

use super::{Ask, Control, Entries, Problems, entries::date_boxes};
use crate::console::dates;

/// One choice of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    /// What is sent.
    pub(crate) value: String,
    /// What is read.
    pub(crate) label: String,
    /// Whether it is chosen.
    pub(crate) chosen: bool,
}

/// Where a form stands: the choices that no declaration knows.
pub(crate) struct Setting<'a> {
    /// The choices of a question; none where the declaration gives them.
    pub(crate) choices: &'a (dyn Fn(&Ask) -> Option<Vec<Choice>> + Sync),
}

/// A question, ready to be shown.
#[derive(Template, Clone)]
#[template(path = "field.html")]
pub(crate) struct FieldView {
    /// Its name, and the id of its control.
    pub(crate) name: &'static str,
    pub(crate) label: String,
    pub(crate) required: bool,
    pub(crate) hint: &'static str,
    pub(crate) problem: Option<String>,
    pub(crate) entered: Entered,
}

/// What was entered, by the control that shows it.
#[derive(Clone)]
pub(crate) enum Entered {
    Line { value: String, width: u8, mode: &'static str },
    Lines { value: String, rows: u8 },
    Day { eras: Vec<Choice>, year: String, month: String, day: String },
    Select(Vec<Choice>),
    Radios(Vec<Choice>),
    Checks(Vec<Choice>),
}

/// An answer in words, for checking before it is sent.
pub(crate) struct Answer {
    pub(crate) name: &'static str,
    pub(crate) label: String,
    pub(crate) lines: Vec<String>,
}

/// The template escapes what it shows.
impl HtmlSafe for FieldView {}

impl Choice {
    /// A choice that is not chosen.
    pub(crate) fn new(value: &str, label: &str) -> Self {
        Self { value: value.to_owned(), label: label.to_owned(), chosen: false }
    }
}

impl Setting<'_> {
    /// A form in which every choice is declared.
    pub(crate) const DECLARED: Setting<'static> = Setting { choices: &|_| None };

    /// The question as it stands.
    pub(crate) fn field(&self, ask: &Ask, entries: &Entries, problems: &Problems) -> FieldView {
        FieldView {
            name: ask.name,
            label: ask.label(),
            required: ask.is_required(),
            hint: ask.hint,
            problem: problems.at(ask.name).map(str::to_owned),
            entered: self.entered(ask, entries),
        }
    }

    /// The answer in words.
    pub(crate) fn answer(&self, ask: &Ask, entries: &Entries) -> Answer {
        let lines = match self.entered(ask, entries) {
            Entered::Line { value, .. } | Entered::Lines { value, .. } => {
                value.lines().map(str::to_owned).collect()
            }
            Entered::Day { .. } => {
                let boxes = date_boxes(ask.name);
                let date = dates::read(entries.written(&boxes));
                date.ok().flatten().map(dates::both).into_iter().collect()
            }
            Entered::Select(choices) | Entered::Radios(choices) | Entered::Checks(choices) => {
                let chosen = choices.into_iter().filter(|choice| choice.chosen);
                chosen.map(|choice| choice.label).collect()
            }
        };
        Answer { name: ask.name, label: ask.label(), lines }
    }

    fn entered(&self, ask: &Ask, entries: &Entries) -> Entered {
        let value = entries.get(ask.name).to_owned();
        match ask.control {
            Control::Line(width) => Entered::Line { value, width, mode: "text" },
            Control::Number => Entered::Line { value, width: 4, mode: "numeric" },
            Control::Telephone => Entered::Line { value, width: 20, mode: "tel" },
            Control::Lines(rows) => Entered::Lines { value, rows },
            Control::Day => day(ask, entries),
            Control::Select => Entered::Select(self.choices(ask, entries)),
            Control::Radios => Entered::Radios(self.choices(ask, entries)),
            Control::Checks => Entered::Checks(self.choices(ask, entries)),
        }
    }

    fn choices(&self, ask: &Ask, entries: &Entries) -> Vec<Choice> {
        let choices = (self.choices)(ask).unwrap_or_else(|| ask.declared_choices());
        let marked = choices.into_iter().map(|choice| {
            let chosen = entries.all(ask.name).any(|value| value == choice.value);
            Choice { chosen, ..choice }
        });
        marked.collect()
    }
}

fn day(ask: &Ask, entries: &Entries) -> Entered {
    let boxes = date_boxes(ask.name);
    let dates::Written { era, year, month, day } = entries.written(&boxes);
    let eras =
        dates::era_names().map(|name| Choice { chosen: name == era, ..Choice::new(name, name) });
    Entered::Day {
        eras: eras.collect(),
        year: year.to_owned(),
        month: month.to_owned(),
        day: day.to_owned(),
    }
}
