//! Processes seen from outside: who started whom, and a sudden end for all of them.

use std::fs;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::programs::run_quietly;

/// SIGKILL is obeyed as soon as a process leaves the kernel; a slow disk can keep it there.
const END_SECONDS_MAX: u64 = 30;

/// Kills a process and all its children with SIGKILL. The parent is stopped first, so that it
/// starts nobody meanwhile.
///
/// # Errors
/// When it may not be signalled, or a child does not end.
pub fn kill_with_children(parent: u32) -> Result<()> {
    signal("STOP", &[parent])?;
    let children = children_of(parent);
    let all: Vec<u32> = children.iter().copied().chain([parent]).collect();
    signal("KILL", &all)?;
    wait_until_ended(&children)
}

/// By the shell's own `kill`: the standard library sends no signals.
fn signal(name: &str, processes: &[u32]) -> Result<()> {
    let numbers: Vec<String> = processes.iter().map(u32::to_string).collect();
    // A child may have ended by itself; `kill` signals the others all the same.
    let command = format!("kill -{name} {} 2>/dev/null; true", numbers.join(" "));
    run_quietly(Command::new("sh").args(["-c", &command])).map(|_| ())
}

fn children_of(parent: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers
        .filter(|process| state_and_parent(*process).is_some_and(|(_, of)| of == parent))
        .collect()
}

fn wait_until_ended(processes: &[u32]) -> Result<()> {
    let started = Instant::now();
    // Z: it has ended and holds nothing; only its parent has not asked for it yet.
    while processes.iter().any(|one| state_and_parent(*one).is_some_and(|(state, _)| state != 'Z'))
    {
        if started.elapsed() > Duration::from_secs(END_SECONDS_MAX) {
            bail!("a killed process did not end in {END_SECONDS_MAX} seconds");
        }
        sleep(Duration::from_millis(2));
    }
    Ok(())
}

fn state_and_parent(process: u32) -> Option<(char, u32)> {
    parse_stat(&fs::read_to_string(format!("/proc/{process}/stat")).ok()?)
}

/// The name stands in parentheses and may hold anything, parentheses too.
fn parse_stat(stat: &str) -> Option<(char, u32)> {
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut words = rest.split(' ');
    Some((words.next()?.chars().next()?, words.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;

    #[test]
    fn a_name_with_parentheses_is_no_state() {
        assert_eq!(parse_stat("71 (a) Z 9 (b) S 12 71 71 0"), Some(('S', 12)));
        assert_eq!(parse_stat(""), None);
    }

    #[test]
    fn children_go_with_their_parent() {
        let script = "sleep 600 & echo $!; wait";
        let mut parent =
            Command::new("sh").args(["-c", script]).stdout(Stdio::piped()).spawn().unwrap();
        let mut child = String::new();
        BufReader::new(parent.stdout.take().unwrap()).read_line(&mut child).unwrap();
        let child: u32 = child.trim().parse().unwrap();
        assert_eq!(children_of(parent.id()), [child]);
        kill_with_children(parent.id()).unwrap();
        assert!(!parent.wait().unwrap().success());
        assert!(state_and_parent(child).is_none_or(|(state, _)| state == 'Z'));
    }
}
