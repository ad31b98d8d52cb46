//! The exported form, and the second verifier in Python that checks it without our code.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use event_log::HeadSigner;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::Place;
use crate::samples::*;
use crate::tampering::{Chance, Victim, chain_hash, content_hash};

ask_both_stores!(
    an_exported_event_says_all_that_is_hashed,
    the_second_verifier_agrees,
    the_second_verifier_finds_what_was_tampered_with,
);

const TAMPERINGS: usize = 300;
const ALTERED_HEADS: usize = 20;

/// Checks the exports of a folder and then its heads. For each it prints the first bad place, or
/// that there is none: of an export alone, and of an export compared with the heads.
const DRIVER: &str = r#"
import os, sys
docs, folder, exports, altered = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
sys.path.insert(0, docs)
import verify
lines = lambda name: open(os.path.join(folder, name), encoding="utf-8").readlines()
keys = [open(os.path.join(folder, "heads.pub"), "rb").read()]
def place(check, *arguments):
    try:
        check(*arguments)
        return "none"
    except verify.Bad as bad:
        return str(bad.place)
signed = verify.read_heads(lines("heads.jsonl"), keys)
for number in range(exports):
    export = lines(f"{number}.jsonl")
    print(place(verify.check_log, export), place(verify.check_log, export, signed))
for number in range(altered):
    print(place(verify.read_heads, lines(f"heads-{number}.jsonl"), keys))
"#;

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}

fn python(arguments: &[&str]) -> Output {
    // -B: no compiled copy is left in docs.
    let output = Command::new("python3").arg("-B").args(arguments).output();
    output.expect("the second verifier needs python3 on the PATH; Debian: apt-get install python3")
}

async fn an_exported_event_says_all_that_is_hashed(place: &Place) {
    let mut chance = Chance::from_seed(4);
    let victim = Victim::grow(place, &mut chance).await;
    let mut before = [0; 32];
    for row in &victim.rows {
        let line = row.event.to_export_line();
        assert_eq!(line.matches('\n').count(), 1);
        let said: Value = serde_json::from_str(&line).unwrap();
        let case = row.event.case_id.map(|case| case.simple().to_string());
        assert_eq!(said["case_id"], json!(case));
        assert_eq!(said["sealed"], json!(hex::encode(&row.event.sealed)));
        assert_eq!(said["occurred_on"], json!(row.event.occurred_on.to_string()));
        assert_eq!(said["recorded_at"], json!(row.event.recorded_at.as_microsecond()));
        assert_eq!(said.as_object().unwrap().len(), 18, "an envelope has these fields");
        // What the tests forge with is itself right.
        assert_eq!(content_hash(&row.event), row.event.content_hash);
        before = chain_hash(&before, &row.event);
        assert_eq!(before, row.event.chain_hash);
    }
}

async fn the_second_verifier_agrees(place: &Place) {
    let mut chance = Chance::from_seed(5);
    let victim = Victim::grow(place, &mut chance).await;
    let folder = Folder::of(&victim);
    folder.write("0.jsonl", &export_of(&victim));
    let verified = folder.verify(&["0.jsonl"]);
    let chain_hash = hex::encode(victim.rows.last().unwrap().event.chain_hash);
    let expected = format!("{} events, 0 heads: the chain holds, {chain_hash}\n", victim.head());
    assert_eq!(verified, Ok(expected));
    let verified = folder.verify(&["0.jsonl", "heads.jsonl", "heads.pub"]);
    let heads = format!("{} heads", victim.heads.len());
    assert!(verified.as_ref().is_ok_and(|said| said.contains(&heads)), "{verified:?}");

    let mut short = export_of(&victim);
    short.pop();
    folder.write("short.jsonl", &short);
    assert!(folder.verify(&["short.jsonl"]).is_ok(), "from inside nothing is missing");
    let refused = folder.verify(&["short.jsonl", "heads.jsonl", "heads.pub"]).unwrap_err();
    let head = victim.head();
    assert_eq!(refused, format!("BAD: the log ends at {}, but {head} was signed\n", head - 1));
    fs::write(folder.path("other.pub"), [7; 32]).unwrap();
    let refused = folder.verify(&["0.jsonl", "heads.jsonl", "other.pub"]).unwrap_err();
    assert_eq!(refused, "BAD: line 1 of the heads was not signed by these keys\n");
}

async fn the_second_verifier_finds_what_was_tampered_with(place: &Place) {
    let mut chance = Chance::from_seed(6);
    let victim = Victim::grow(place, &mut chance).await;
    let folder = Folder::of(&victim);
    let mut expected = Vec::new();
    for number in 0..TAMPERINGS {
        let tampered = loop {
            if let Some(tampered) = tamper(&victim, &mut chance) {
                break tampered;
            }
        };
        folder.write(&format!("{number}.jsonl"), &tampered.export);
        let inside = if tampered.needs_heads { None } else { Some(tampered.first_bad) };
        let inside = inside.map_or_else(|| "none".to_owned(), |position| position.to_string());
        expected.push(format!("{inside} {}", tampered.first_bad));
    }
    for number in 0..ALTERED_HEADS {
        expected.push(folder.write_altered_heads(number, &mut chance).to_string());
    }
    let (exports, altered) = (TAMPERINGS.to_string(), ALTERED_HEADS.to_string());
    let (docs, place) = (docs(), folder.0.path());
    let arguments = [docs.to_str().unwrap(), place.to_str().unwrap(), &exports, &altered];
    let output = python(&[&["-c", DRIVER], &arguments[..]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).unwrap();
    let said: Vec<&str> = said.lines().collect();
    assert_eq!(said, expected, "seed {}", chance.seed);
    println!("seed {}: {TAMPERINGS} exports and {ALTERED_HEADS} files of heads found", chance.seed);
}

/// A folder with the heads of a log, and the key that signed them.
struct Folder(TempDir);

impl Folder {
    fn of(victim: &Victim) -> Self {
        let folder = Self(TempDir::new().unwrap());
        let signer = HeadSigner::try_new(&hex::decode(crate::heads::KEY).unwrap()).unwrap();
        let signed = victim.heads.iter().map(|head| signer.sign(head.clone(), at(2_000_000_000)));
        let lines: String = signed.map(|signed| signed.to_line()).collect();
        fs::write(folder.path("heads.jsonl"), lines).unwrap();
        fs::write(folder.path("heads.pub"), signer.key()).unwrap();
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, export: &[Value]) {
        let lines: String = export.iter().map(|event| format!("{event}\n")).collect();
        fs::write(self.path(name), lines).unwrap();
    }

    /// Alters one line of the heads, and answers with its number.
    fn write_altered_heads(&self, number: usize, chance: &mut Chance) -> usize {
        let heads = fs::read_to_string(self.path("heads.jsonl")).unwrap();
        let mut lines: Vec<Value> =
            heads.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let at = chance.below(lines.len());
        while !flip_somewhere(&mut lines[at], chance) {}
        self.write(&format!("heads-{number}.jsonl"), &lines);
        at + 1
    }

    /// Runs the verifier as a person would.
    fn verify(&self, names: &[&str]) -> Result<String, String> {
        let program = docs().join("verify.py");
        let paths: Vec<PathBuf> = names.iter().map(|name| self.path(name)).collect();
        let mut arguments = vec![program.to_str().unwrap()];
        arguments.extend(paths.iter().map(|path| path.to_str().unwrap()));
        let output = python(&arguments);
        let text = |bytes| String::from_utf8(bytes).unwrap();
        if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
    }
}

fn export_of(victim: &Victim) -> Vec<Value> {
    let lines = victim.rows.iter().map(|row| row.event.to_export_line());
    lines.map(|line| serde_json::from_str(&line).unwrap()).collect()
}

struct Tampered {
    export: Vec<Value>,
    first_bad: u64,
    needs_heads: bool,
}

fn tamper(victim: &Victim, chance: &mut Chance) -> Option<Tampered> {
    let mut export = export_of(victim);
    let position = chance.between(1, victim.head());
    let at = usize::try_from(position - 1).unwrap();
    let other = chance.between(at as u64, victim.head() - 1);
    let other = usize::try_from(other).unwrap();
    let found = |export, first_bad| Some(Tampered { export, first_bad, needs_heads: false });
    match chance.below(8) {
        0 => {
            let end = (at + 1 + chance.below(5)).min(export.len());
            export.drain(at..end);
            let needs_heads = export.len() == at;
            Some(Tampered { export, first_bad: position, needs_heads })
        }
        1 => {
            export.truncate(at);
            Some(Tampered { export, first_bad: position, needs_heads: true })
        }
        2 if other > at => {
            export.swap(at, other);
            found(export, position)
        }
        3 if other > at => {
            let (one, two) = (export[at]["body"].take(), export[other]["body"].take());
            (export[at]["body"], export[other]["body"]) = (two, one);
            found(export, position)
        }
        4 => {
            export.insert(at, export[other].clone());
            // The copy of an event before itself looks right; the event then comes too late.
            found(export, if at == other { position + 1 } else { position })
        }
        5 => {
            compute_anew(victim, &mut export, at);
            let first_bad = victim.first_signed(position);
            Some(Tampered { export, first_bad, needs_heads: true })
        }
        6 | 7 => {
            flip_somewhere(&mut export[at], chance).then_some(())?;
            found(export, position)
        }
        _ => None,
    }
}

/// Gives one event to somebody else, and makes every hash from there on fit.
fn compute_anew(victim: &Victim, export: &mut [Value], at: usize) {
    let mut before = at.checked_sub(1).map_or([0; 32], |at| victim.rows[at].event.chain_hash);
    for (row, line) in victim.rows.iter().zip(export).skip(at) {
        let mut event = row.event.clone();
        if row.event.position == victim.rows[at].event.position {
            event.staff = "nobody".to_owned();
            event.content_hash = content_hash(&event);
        }
        before = chain_hash(&before, &event);
        event.chain_hash = before;
        *line = serde_json::from_str(&event.to_export_line()).unwrap();
    }
}

/// Flips one bit of any field; false when there is none to flip, or what results is no text.
fn flip_somewhere(line: &mut Value, chance: &mut Chance) -> bool {
    let names: Vec<String> = line.as_object().unwrap().keys().cloned().collect();
    let field = &mut line[chance.choose(&names)];
    let flipped = flip(field, chance);
    let is_flipped = flipped.is_some();
    *field = flipped.unwrap_or_else(|| field.take());
    is_flipped
}

fn flip(field: &Value, chance: &mut Chance) -> Option<Value> {
    match field {
        Value::Number(number) => {
            let number = number.as_i64().expect("all numbers fit");
            Some(json!(number ^ (1 << chance.below(64))))
        }
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => {
            let coded = hex::decode(text).ok();
            let is_coded = coded.is_some();
            let mut bytes = coded.unwrap_or_else(|| text.clone().into_bytes());
            let place = chance.below(bytes.len());
            bytes[place] ^= 1 << chance.below(8);
            if is_coded {
                Some(json!(hex::encode(bytes)))
            } else {
                String::from_utf8(bytes).ok().map(Value::String)
            }
        }
        _ => None,
    }
}
