//! Finds and runs programs of the machine.

use std::ffi::OsStr;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Runs a command to its end, its output on our own terminal.
///
/// # Errors
/// When it cannot be started, or fails.
pub fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("could not start {name}"))?;
    ensure!(status.success(), "{name} failed ({status})");
    Ok(())
}

/// Runs a command to its end and returns what it printed, or fails with what it complained of.
///
/// # Errors
/// When it cannot be started, or fails.
pub fn run_quietly(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("could not start {name}"))?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{name} failed ({}): {}", output.status, complaint.trim());
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The first of these programs that stands on PATH.
#[must_use]
pub fn find_on_path(names: &[&str]) -> Option<PathBuf> {
    find_in(&folders_on_path(), names)
}

/// The folders of PATH, in order.
pub fn folders_on_path() -> Vec<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect()
}

fn find_in(folders: &[PathBuf], names: &[&str]) -> Option<PathBuf> {
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|program| is_executable(program))
}

/// Whether this path is a file that may be run.
pub fn is_executable(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| found.is_file() && found.mode() & 0o111 != 0)
}

/// Among folders named by version (`9.6`, `15`), the one with the highest.
pub fn newest_version(folders: &[PathBuf]) -> Option<&Path> {
    let versions =
        folders.iter().filter_map(|folder| Some((version(folder.file_name()?)?, folder)));
    versions.max().map(|(_, folder)| folder.as_path())
}

/// Compared number by number, since as text `9.6` would come after `15`.
fn version(name: &OsStr) -> Option<Vec<u32>> {
    name.to_str()?.split('.').map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_newest_version_is_found_by_number() {
        let folders = ["/pg/9.6", "/pg/15", "/pg/common", "/pg/14"].map(PathBuf::from);
        assert_eq!(newest_version(&folders), Some(Path::new("/pg/15")));
        assert_eq!(newest_version(&["/pg/common".into()]), None);
        assert_eq!(newest_version(&[]), None);
    }

    #[test]
    fn only_what_may_be_run_is_a_program() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("browser");
        fs::write(&program, "").unwrap();
        let folders = [folder.path().to_owned()];

        fs::set_permissions(&program, Permissions::from_mode(0o644)).unwrap();
        assert_eq!(find_in(&folders, &["browser"]), None);
        fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
        assert_eq!(find_in(&folders, &["other", "browser"]), Some(program));
    }

    #[test]
    fn a_quiet_failure_says_what_was_complained_of() {
        let error = run_quietly(Command::new("sh").args(["-c", "echo too cold >&2; exit 3"]));
        assert!(error.unwrap_err().to_string().contains("too cold"));
        assert_eq!(run_quietly(Command::new("sh").args(["-c", "echo warm"])).unwrap(), "warm");
    }
}
