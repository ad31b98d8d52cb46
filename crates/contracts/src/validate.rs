//! What can be checked of a proposed event from its declaration alone.

use crate::{
    EventKind, Field, UnknownEvent,
    annotations::{Date, FieldOptions, Reference, Text},
    catalogue::Shape,
    wire::{self, WireValue},
};

/// No list is longer.
const ENTRIES_MAX: usize = 100;
/// After so many violations nothing more is looked at: nobody reads a longer answer.
const VIOLATIONS_MAX: usize = 20;

/// A field that cannot be accepted, said in English and in Japanese.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The path of the field inside the event: `visited_on`, `contacts[1].name`.
    pub field: String,
    /// A code that a program can act on: `REQUIRED`, `TOO_LONG` …
    pub reason: &'static str,
    /// For developers.
    pub english: String,
    /// For the person at the screen.
    pub japanese: String,
}

/// What the declaration says against this event: everything, up to 20 violations. `today` is an ISO 8601 date in Asia/Tokyo.
pub fn violations(
    kind: &EventKind,
    bytes: &[u8],
    today: &str,
) -> Result<Vec<Violation>, UnknownEvent> {
    let mut check = Check { today, found: Vec::new() };
    check.message(&kind.fields, bytes, "")?;
    Ok(check.found)
}

struct Check<'a> {
    today: &'a str,
    found: Vec<Violation>,
}

impl Check<'_> {
    fn message(&mut self, fields: &[Field], bytes: &[u8], path: &str) -> Result<(), UnknownEvent> {
        let written = wire::fields(bytes)?;
        for field in fields {
            if self.has_enough() {
                break;
            }
            let values = written.iter().filter(|written| written.number == field.number);
            let values: Vec<_> = values.map(|written| written.value).collect();
            let path = format!("{path}{}", field.name);
            if !values.is_empty() {
                self.present(field, &values, &path)?;
            } else if field.options.required && !field.options.assigned {
                self.refuse(
                    &path,
                    &field.options,
                    "REQUIRED",
                    "is required",
                    "を入力してください。",
                );
            }
        }
        Ok(())
    }

    fn present(
        &mut self,
        field: &Field,
        values: &[WireValue<'_>],
        path: &str,
    ) -> Result<(), UnknownEvent> {
        let options = &field.options;
        if options.assigned {
            let words = (
                "is assigned by the office and must be empty",
                "は受付側で付番されるため、空欄にしてください。",
            );
            self.refuse(path, options, "ASSIGNED", words.0, words.1);
            return Ok(());
        }
        if let Shape::Choice(choices) = &field.shape {
            let numbers: Vec<_> = values.iter().flat_map(|value| value.numbers()).collect();
            return self.entries(field, &numbers, path, |check, number, path| {
                check.choice(*number, choices, options, path);
                Ok(())
            });
        }
        self.entries(field, values, path, |check, value, path| {
            match &field.shape {
                Shape::Text => check.text(value.text(), options, path),
                Shape::Message(fields) => {
                    check.message(fields, value.bytes(), &format!("{path}."))?;
                }
                Shape::Choice(_) | Shape::Other => {}
            }
            Ok(())
        })
    }

    /// The one value, or each entry of a list.
    fn entries<T>(
        &mut self,
        field: &Field,
        values: &[T],
        path: &str,
        mut each: impl FnMut(&mut Self, &T, &str) -> Result<(), UnknownEvent>,
    ) -> Result<(), UnknownEvent> {
        if !field.descriptor.is_list() {
            // Of a value that is written twice, the last one holds.
            return values.last().map_or(Ok(()), |value| each(self, value, path));
        }
        if values.len() > ENTRIES_MAX {
            let english = format!("has more than {ENTRIES_MAX} entries");
            let japanese = format!("は{ENTRIES_MAX}件以内で入力してください。");
            self.refuse(path, &field.options, "TOO_MANY", &english, &japanese);
            return Ok(());
        }
        for (at, value) in values.iter().enumerate() {
            if self.has_enough() {
                break;
            }
            each(self, value, &format!("{path}[{at}]"))?;
        }
        Ok(())
    }

    fn choice(&mut self, number: u64, choices: &[i32], options: &FieldOptions, path: &str) {
        // Negative numbers are written in 64 bits; none is ever declared.
        if !i32::try_from(number).is_ok_and(|number| choices.contains(&number)) {
            self.refuse(
                path,
                options,
                "UNKNOWN_VALUE",
                "has a value that is not in the list",
                "に、選択肢にない値が入っています。",
            );
        }
    }

    fn text(&mut self, text: &str, options: &FieldOptions, path: &str) {
        if options.required && text.trim().is_empty() {
            return self.refuse(path, options, "REQUIRED", "is required", "を入力してください。");
        }
        if options.date() != Date::Unspecified {
            return self.date(text, options, path);
        }
        match options.reference() {
            Reference::Unspecified => self.plain_text(text, options, path),
            Reference::Agency | Reference::Staff if is_code(text) => {}
            Reference::Agency | Reference::Staff => self.malformed(path, options),
            _ if is_uuid(text) => {}
            _ => self.malformed(path, options),
        }
    }

    fn plain_text(&mut self, text: &str, options: &FieldOptions, path: &str) {
        let limit = options.max_chars as usize;
        if text.chars().count() > limit {
            let english = format!("is longer than {limit} characters");
            let japanese = format!("は{limit}文字以内で入力してください。");
            return self.refuse(path, options, "TOO_LONG", &english, &japanese);
        }
        if options.text() == Text::Code && !is_code(text) {
            return self.malformed(path, options);
        }
        if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t' && c != '\r') {
            self.refuse(
                path,
                options,
                "CONTROL_CHARACTER",
                "holds a control character",
                "に使えない文字（制御文字）が含まれています。",
            );
        }
    }

    fn date(&mut self, text: &str, options: &FieldOptions, path: &str) {
        let month_only = options.date() == Date::Month;
        let well_formed = if month_only { is_month(text) } else { is_date(text) };
        if !well_formed {
            let words = (
                "is not a date of the calendar (ISO 8601)",
                "は暦にある日付（例：2026-04-01）で入力してください。",
            );
            return self.refuse(path, options, "MALFORMED_DATE", words.0, words.1);
        }
        let must_be_past = matches!(options.date(), Date::Occurred | Date::Past);
        if must_be_past && text > self.today {
            self.refuse(
                path,
                options,
                "IN_THE_FUTURE",
                "lies in the future",
                "に未来の日付は入力できません。",
            );
        }
    }

    fn has_enough(&self) -> bool {
        self.found.len() >= VIOLATIONS_MAX
    }

    fn malformed(&mut self, path: &str, options: &FieldOptions) {
        self.refuse(path, options, "MALFORMED", "is malformed", "の形式が正しくありません。");
    }

    fn refuse(
        &mut self,
        path: &str,
        options: &FieldOptions,
        reason: &'static str,
        english: &str,
        japanese: &str,
    ) {
        self.found.push(Violation {
            field: path.to_owned(),
            reason,
            english: format!("{path} {english}"),
            japanese: format!("「{}」{japanese}", options.label_ja),
        });
    }
}

/// The longest code of an agency, a member of staff or anything else.
const CODE_CHARS_MAX: usize = 64;

/// Lower-case letters, digits and hyphens: `hospital-minato`, `14107`. What stands in tokens and in the
/// log for ever must be no name and no mail address.
pub fn is_code(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=CODE_CHARS_MAX).contains(&text.len()) && text.bytes().all(fits)
}

/// A UUID in its one canonical form, so that an id is always the same bytes.
fn is_uuid(text: &str) -> bool {
    let allowed = |(at, c): (usize, char)| match at {
        8 | 13 | 18 | 23 => c == '-',
        _ => c.is_ascii_digit() || ('a'..='f').contains(&c),
    };
    text.len() == 36 && text.chars().enumerate().all(allowed)
}

fn is_month(text: &str) -> bool {
    text.len() == 7 && is_date(&format!("{text}-01"))
}

/// A date of the proleptic Gregorian calendar from 1868 on, the first year of Meiji.
fn is_date(text: &str) -> bool {
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if !shape {
        return false;
    }
    let number = |range: std::ops::Range<usize>| text[range].parse::<u32>().unwrap_or(0);
    let (year, month, day) = (number(0..4), number(5..7), number(8..10));
    year >= 1868 && (1..=12).contains(&month) && (1..=days_in_month(year, month)).contains(&day)
}

fn days_in_month(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
