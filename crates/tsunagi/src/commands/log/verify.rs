//! `tsunagi log verify`: the chain, and the heads that were signed.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use event_log::{EventLog, Head, SignedHead, Verified};

use crate::{config::HeadsConfig, demonstration::progress_bar};

/// What to compare the log with.
#[derive(Debug, clap::Args)]
pub struct Verify {
    /// The file of signed heads, in place of the one the configuration names.
    #[arg(long)]
    heads: Option<PathBuf>,
    /// The public key that signed them (32 raw bytes), in place of the configured one. Give it
    /// several times when the key was exchanged.
    #[arg(long)]
    heads_key: Vec<PathBuf>,
}

/// What a file of heads holds.
#[derive(Default)]
struct Heads {
    good: Vec<Head>,
    /// What is wrong with the lines that count for nothing.
    bad: Vec<String>,
}

/// Checks the log and says what was checked. That lines of the file of heads count for nothing is
/// said after the log was compared with all others.
pub async fn run(
    log: &EventLog,
    options: &Verify,
    configured: Option<&HeadsConfig>,
) -> anyhow::Result<()> {
    let heads = read_heads(options, configured)?;
    let bar = progress_bar(log.head().await?, "ハッシュ連鎖を検証しています");
    let verified = log.verify_against(&heads.good, |checked, _| bar.set_position(checked)).await;
    bar.finish_and_clear();
    for line in &heads.bad {
        eprintln!("{line}");
    }
    say(&verified?, &heads);
    if !heads.bad.is_empty() {
        bail!("lines of the file of heads that count for nothing: {}", heads.bad.len());
    }
    Ok(())
}

fn say(verified: &Verified, heads: &Heads) {
    println!("{} events, the chain holds", verified.head);
    let count = heads.good.len();
    if count > 0 {
        println!("signed heads that agree: {count}, the last at position {}", verified.signed);
    } else if heads.bad.is_empty() {
        println!("no signed heads: from inside nobody can see whether its end was cut off");
    }
}

/// A configured file that is not there yet is no error; one that somebody named is.
fn read_heads(options: &Verify, configured: Option<&HeadsConfig>) -> anyhow::Result<Heads> {
    let file = match (&options.heads, configured) {
        (Some(file), _) => file,
        (None, Some(configured)) if configured.file.exists() => &configured.file,
        (None, _) => return Ok(Heads::default()),
    };
    let keys = read_keys(options, configured)?;
    let lines = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut heads = Heads::default();
    for (number, line) in (1..).zip(String::from_utf8_lossy(&lines).lines()) {
        match SignedHead::parse(line, &keys) {
            Ok(signed) => heads.good.push(signed.head),
            Err(why) => heads.bad.push(format!("{}, line {number}: {why}", file.display())),
        }
    }
    Ok(heads)
}

fn read_keys(options: &Verify, configured: Option<&HeadsConfig>) -> anyhow::Result<Vec<[u8; 32]>> {
    let configured = configured.map(|configured| configured.public_key.as_path());
    let named: Vec<&Path> = options.heads_key.iter().map(PathBuf::as_path).collect();
    let paths = if named.is_empty() { configured.into_iter().collect() } else { named };
    if paths.is_empty() {
        bail!("say with --heads-key which public key signed the heads");
    }
    paths.into_iter().map(read_key).collect()
}

fn read_key(path: &Path) -> anyhow::Result<[u8; 32]> {
    let name = path.display();
    let bytes = fs::read(path).with_context(|| format!("cannot read the key {name}"))?;
    bytes.try_into().ok().with_context(|| format!("{name} is no public key: 32 raw bytes"))
}
