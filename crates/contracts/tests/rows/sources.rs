//! The sources of the workspace, as sets of the words that they use.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Where sources lie.
const FOLDERS: [&str; 4] = ["crates", "services", "gateway", "tests"];
/// What names every event there is and tries out none in particular.
const NOT_COUNTED: &str = "crates/contracts/";
/// What stands over a test.
const TESTS: [&str; 2] = ["#[test]", "#[tokio::test"];
/// Where a file's own tests begin.
const TESTS_BEGIN: &str = "#[cfg(test)]";

/// What one file says.
struct Source {
    /// From the root of the workspace.
    path: String,
    /// The words of its code.
    code: BTreeSet<String>,
    /// The words of its tests.
    tests: BTreeSet<String>,
    /// Whether it decides something.
    decides: bool,
    /// Whether it has tests.
    is_tested: bool,
}

/// Every source, in the order of their paths.
pub struct Sources(Vec<Source>);

impl Sources {
    pub fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut paths = Vec::new();
        FOLDERS.iter().for_each(|folder| walk(&root.join(folder), &mut paths));
        let mut sources: Vec<_> = paths.iter().map(|path| Source::read(&root, path)).collect();
        sources.retain(|source| !source.path.starts_with(NOT_COUNTED));
        sources.sort_by(|one, other| one.path.cmp(&other.path));
        Self(sources)
    }

    /// The RPCs whose decisions name this event.
    pub fn decisions_naming(&self, event: &str) -> impl Iterator<Item = String> {
        self.deciding(event).map(|source| camel_case(source.stem()))
    }

    /// The decisions that name this event and have tests of their own.
    pub fn tests_of_decisions(&self, event: &str) -> Vec<String> {
        let tested = self.deciding(event).filter(|source| source.is_tested);
        tested.map(|source| source.path.clone()).collect()
    }

    /// The tests that name this event.
    pub fn tests_naming(&self, event: &str) -> Vec<String> {
        let entry = entry_name(event);
        let names =
            |source: &&Source| source.tests.contains(event) || source.tests.contains(&entry);
        self.0.iter().filter(names).map(|source| source.path.clone()).collect()
    }

    fn deciding(&self, event: &str) -> impl Iterator<Item = &Source> {
        self.0.iter().filter(move |source| source.decides && source.code.contains(event))
    }
}

impl Source {
    fn read(root: &Path, path: &Path) -> Self {
        let text = fs::read_to_string(path).expect("a source is text");
        let path = path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
        let is_test = path.contains("/tests/") || path.contains("/data/");
        let (code, tests) = match text.find(TESTS_BEGIN) {
            _ if is_test => ("", text.as_str()),
            Some(at) => text.split_at(at),
            None => (text.as_str(), ""),
        };
        // What tests only lean on names events and tries out none.
        let is_played = path.ends_with(".json");
        let is_tested = is_played || TESTS.iter().any(|attribute| tests.contains(attribute));
        Self {
            code: words(code),
            tests: if is_tested { words(tests) } else { BTreeSet::new() },
            decides: code.contains("pub fn decide("),
            is_tested,
            path,
        }
    }

    fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name.trim_end_matches(".rs")
    }
}

/// Rust, and the scenarios, which are played by tests.
fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of sources").flatten() {
        let path = entry.path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|of| of == "rs" || of == "json") {
            found.push(path);
        }
    }
}

fn words(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// As JSON names the entry of an activity: `wardVisitRecorded`.
fn entry_name(event: &str) -> String {
    let (first, rest) = event.split_at(1);
    first.to_lowercase() + rest
}

/// `accept_referral` is the decision of `AcceptReferral`.
fn camel_case(stem: &str) -> String {
    let capital = |word: &str| {
        let (first, rest) = word.split_at(1);
        first.to_uppercase() + rest
    };
    stem.split('_').filter(|word| !word.is_empty()).map(capital).collect()
}
