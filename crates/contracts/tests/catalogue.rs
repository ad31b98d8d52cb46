//! What is published and committed: the page of all events, and bytes that must be read for ever.
//!
//! `UPDATE_GOLDEN=1` writes both anew; what was once stored is only ever added to.

mod samples;

use std::{collections::BTreeMap, env, fmt::Write, fs, path::PathBuf};

use contracts::{EventKind, catalogue, catalogue_page};
use prost_reflect::{DynamicMessage, ReflectMessage, Value};
use samples::{message_of, value};

fn updating() -> bool {
    env::var("UPDATE_GOLDEN").is_ok_and(|value| value == "1")
}

fn path(below: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(below)
}

#[test]
fn the_catalogue_is_current() {
    let path = path("../../docs/catalogue.md");
    if updating() {
        fs::create_dir_all(path.parent().expect("docs")).expect("docs can be made");
        fs::write(&path, catalogue_page()).expect("the page can be written");
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == catalogue_page(), "docs/catalogue.md is old; run with UPDATE_GOLDEN=1");
}

/// What the log may hold since version 1. A line is the number of an event, its name, and a sample
/// in hexadecimal; or an enum, a number and the name it stands for.
#[test]
fn what_was_stored_in_version_1_still_reads() {
    let path = path("tests/fixtures/v1.txt");
    let mut stored = read(&fs::read_to_string(&path).unwrap_or_default());
    if updating() {
        for (key, line) in current() {
            stored.entry(key).or_insert(line);
        }
        fs::write(&path, written(&stored)).expect("the fixtures can be written");
    }
    let missing: Vec<_> = current().into_keys().filter(|key| !stored.contains_key(key)).collect();
    assert!(missing.is_empty(), "run with UPDATE_GOLDEN=1 to add {missing:?}");
    for ((sort, number), content) in &stored {
        match sort.as_str() {
            "event" => still_reads(number.parse().expect("a number"), content),
            name => still_means(name, number.parse().expect("a number"), content),
        }
    }
}

/// The first two words of a line, and the rest.
type Lines = BTreeMap<(String, String), String>;

fn read(text: &str) -> Lines {
    let lines = text.lines().filter_map(|line| {
        let mut words = line.splitn(3, ' ').map(str::to_owned);
        Some(((words.next()?, words.next()?), words.next()?))
    });
    lines.collect()
}

fn written(lines: &Lines) -> String {
    lines.iter().fold(String::new(), |mut text, ((sort, number), content)| {
        let _ = writeln!(text, "{sort} {number} {content}");
        text
    })
}

fn current() -> Lines {
    let events = catalogue().kinds().iter().map(|kind| {
        let bytes = samples::full(kind).to_bytes();
        let content = format!("{} {}", kind.name, to_hex(&bytes));
        (("event".to_owned(), format!("{:03}", kind.number)), content)
    });
    let pool = catalogue().pool();
    let enums = pool.all_enums().filter(|one| one.package_name().starts_with("tsunagi."));
    let values = enums.flat_map(|one| {
        let values: Vec<_> =
            one.values().map(|value| (value.number(), value.name().to_owned())).collect();
        values
            .into_iter()
            .map(move |(number, name)| ((one.full_name().to_owned(), format!("{number:03}")), name))
    });
    events.chain(values).collect()
}

/// Every value turns up again, in the field that had its name when it was written.
fn still_reads(number: u32, content: &str) {
    let (name, bytes) = content.split_once(' ').unwrap_or((content, ""));
    let kind = catalogue().by_number(number).unwrap_or_else(|| panic!("{name} is gone"));
    assert_eq!(kind.name, name, "the number of an event stands for ever");
    let bytes = from_hex(bytes);
    kind.decode(&bytes).expect(name);
    let message = DynamicMessage::decode(message_of(kind), bytes.as_slice()).expect(name);
    assert_kept(kind, &message);
}

fn assert_kept(kind: &EventKind, message: &DynamicMessage) {
    let name = &kind.name;
    assert_eq!(message.unknown_fields().count(), 0, "{name} has lost a field");
    let fields = message.descriptor();
    for field in fields.fields().filter(|field| message.has_field(field)) {
        let held = message.get_field(&field);
        let parts = parts_of(&held);
        parts.iter().for_each(|part| assert_kept(kind, part));
        let same = !parts.is_empty() || *held == value(&field, |_| true);
        assert!(same, "{name}.{} holds another field's value", field.name());
    }
}

fn parts_of(value: &Value) -> Vec<&DynamicMessage> {
    match value {
        Value::Message(part) => vec![part],
        Value::List(values) => values.iter().flat_map(parts_of).collect(),
        _ => Vec::new(),
    }
}

fn still_means(name: &str, number: i32, meaning: &str) {
    let one = catalogue().pool().get_enum_by_name(name).unwrap_or_else(|| panic!("{name} is gone"));
    let value = one.get_value(number).map(|value| value.name().to_owned());
    assert_eq!(value.as_deref(), Some(meaning), "{name} {number}");
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn from_hex(text: &str) -> Vec<u8> {
    let pair = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal");
    (0..text.len()).step_by(2).map(pair).collect()
}
