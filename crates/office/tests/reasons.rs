//! The printed table of reasons: every refusal and every flag, in both languages.

use std::{env, fmt::Write, fs, path::Path};

use casework::{Flag, Refusal};

#[test]
fn the_printed_reasons_are_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reasons.md");
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, page()).expect("the page can be written");
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(committed, page(), "docs/reasons.md is old: run `cargo xtask golden`");
}

fn page() -> String {
    let mut page = String::from(
        "# Reasons\n\nGenerated from `crates/casework`; do not edit. `cargo xtask golden` writes \
         it anew.\n\n## Why an act is refused\n\n| Reason | English | 日本語 |\n|---|---|---|\n",
    );
    for refusal in Refusal::ALL {
        let (code, english) = (refusal.code(), refusal.english());
        let _ = writeln!(page, "| `{code}` | {english} | {} |", refusal.japanese());
    }
    page.push_str("\n## What is said about a fact that was recorded all the same\n\n");
    page.push_str("| Reason | English | 日本語 |\n|---|---|---|\n");
    for flag in Flag::ALL {
        let (code, english) = (flag.code(), flag.english());
        let _ = writeln!(page, "| `{code}` | {english} | {} |", flag.japanese());
    }
    page
}
