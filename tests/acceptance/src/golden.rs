//! Golden files: what a reader sees, committed and compared.

use std::{env, fs, path::Path};

/// Compares with `golden/<name>`; with `UPDATE_GOLDEN=1` writes it anew.
///
/// # Panics
/// When the two differ, or the file cannot be read.
pub fn check_golden(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(name);
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, found).expect("the golden file can be written");
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, expected, "{name} differs; look at it, then run with UPDATE_GOLDEN=1");
}
