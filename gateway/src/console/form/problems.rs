//! What is wrong with the entries, in the words that stand both above the form and at the field.

use contracts::{Event, violations};
use jiff::civil::Date;

use super::{Ask, Control, Entries, entries::date_boxes};
use crate::console::{dates, offices::Failure};

/// Said when it is not known whether an office has heard: the same request id makes asking again
/// safe.
const SEND_AGAIN: &str = "いまは送信できませんでした。入力内容は残っています。もう一度送信してください（二重に記録されることはありません）。";

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The question it is about; none when it is about none in particular.
    pub(crate) name: Option<&'static str>,
    /// In words.
    pub(crate) message: String,
}

/// Everything that is wrong, at most one thing for each question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Problems(Vec<Problem>);

impl Problems {
    /// Whether all is well.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a problem with a question, unless it has one already.
    pub(crate) fn add(&mut self, name: &'static str, message: String) {
        if self.at(name).is_none() {
            self.0.push(Problem { name: Some(name), message });
        }
    }

    /// Adds a problem with the whole.
    pub(crate) fn add_general(&mut self, message: String) {
        self.0.push(Problem { name: None, message });
    }

    /// What is wrong with a question.
    pub(crate) fn at(&self, name: &str) -> Option<&str> {
        let problem = self.0.iter().find(|problem| problem.name == Some(name));
        problem.map(|problem| problem.message.as_str())
    }

    /// In the order of the form.
    pub(crate) fn in_order(&self, asks: &[Ask]) -> Vec<Problem> {
        let place = |name: Option<&str>| asks.iter().position(|ask| Some(ask.name) == name);
        let mut problems = self.0.clone();
        problems.sort_by_key(|problem| place(problem.name));
        problems
    }

    /// The date that was entered, as the events hold it; empty when there is none or it is wrong.
    pub(crate) fn date(&mut self, ask: &Ask, entries: &Entries) -> String {
        let boxes = date_boxes(ask.name);
        match dates::read(entries.written(&boxes)) {
            Ok(date) => date.map(|date| date.to_string()).unwrap_or_default(),
            Err(problem) => {
                self.add(ask.name, problem.about(&ask.label()));
                String::new()
            }
        }
    }

    /// What the declaration of an event says against it. Fields that the form does not ask for
    /// are none of its business: they are filled in on the way.
    pub(crate) fn of_declaration(&mut self, event: &Event, asks: &[Ask], today: Date) {
        let found = violations(event.kind(), &event.to_bytes(), &today.to_string());
        for violation in found.unwrap_or_default() {
            if let Some(ask) = asked(asks, &event.kind().name, &violation.field) {
                self.add(ask.name, in_words_of_the_form(ask, violation.reason, violation.japanese));
            }
        }
    }

    /// Questions that this form insists on and that were left empty.
    pub(crate) fn of_insisting(&mut self, asks: &[Ask], entries: &Entries) {
        for ask in asks.iter().filter(|ask| ask.insists && !is_answered(ask, entries)) {
            self.add(ask.name, missing(ask));
        }
    }

    /// What an office says against a request that holds this event.
    pub(crate) fn of_failure(&mut self, event: &str, failure: Failure, asks: &[Ask]) {
        match failure {
            Failure::Fields(fields) => {
                for (path, message) in fields {
                    self.of_field(event, &path, message, asks);
                }
            }
            Failure::Refused(message) => self.add_general(message),
            Failure::Unavailable | Failure::SignedOut => self.add_general(SEND_AGAIN.to_owned()),
        }
    }

    /// A path of a request begins with the event's place in it: `person.family_name`.
    fn of_field(&mut self, event: &str, path: &str, message: String, asks: &[Ask]) {
        let field = path.split_once('.').map_or(path, |(_, field)| field);
        match asked(asks, event, field) {
            Some(ask) => self.add(ask.name, message),
            None => self.add_general(message),
        }
    }
}

/// The question that asks for this field of this event; `topics[2]` is a part of `topics`.
fn asked<'a>(asks: &'a [Ask], event: &str, field: &str) -> Option<&'a Ask> {
    let field = field.split(['[', '.']).next().unwrap_or_default();
    asks.iter().find(|ask| ask.event == event && ask.field == field)
}

/// A choice is chosen and not entered; everything else is said as the declaration says it.
fn in_words_of_the_form(ask: &Ask, reason: &str, words: String) -> String {
    if reason == "REQUIRED" { missing(ask) } else { words }
}

fn missing(ask: &Ask) -> String {
    let verb = match ask.control {
        Control::Select | Control::Radios | Control::Checks => "選択",
        _ => "入力",
    };
    format!("「{}」を{verb}してください。", ask.label())
}

fn is_answered(ask: &Ask, entries: &Entries) -> bool {
    match ask.control {
        Control::Day => {
            let [_, year, month, day] = date_boxes(ask.name);
            [year, month, day].iter().any(|name| !entries.get(name).is_empty())
        }
        _ => !entries.get(ask.name).is_empty(),
    }
}
