//! `tsunagi log export`: the log as JSON Lines, for whoever checks it with other tools.

use std::{
    fs::OpenOptions,
    io::{self, BufWriter, ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use anyhow::Context;
use event_log::EventLog;

use super::glance::PAGE;
use crate::demonstration::progress_bar;

/// Writes what the log holds at this moment. A file is new, its owner's alone, and durable.
pub async fn run(log: &EventLog, to: Option<&Path>) -> anyhow::Result<()> {
    let Some(path) = to else { return to_standard_output(log).await };
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let file = file.with_context(|| format!("cannot make the file {}", path.display()))?;
    let mut out = BufWriter::new(file);
    write(log, &mut out).await?;
    out.into_inner()?.sync_all()?;
    Ok(())
}

/// Whoever reads a pipe may stop when enough was read.
async fn to_standard_output(log: &EventLog) -> anyhow::Result<()> {
    match write(log, &mut BufWriter::new(io::stdout())).await {
        Err(error) if is_broken_pipe(&error) => Ok(()),
        written => written,
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}

async fn write(log: &EventLog, out: &mut impl Write) -> anyhow::Result<()> {
    let head = log.head().await?;
    let bar = progress_bar(head, "記録を書き出しています");
    let mut after = 0;
    while after < head {
        let left = u32::try_from(head - after).unwrap_or(PAGE);
        let events = log.read(after, left.min(PAGE)).await?;
        for event in &events {
            out.write_all(event.to_export_line().as_bytes())?;
        }
        after = events.last().context("the log became shorter while it was read")?.position;
        bar.set_position(after);
    }
    out.flush()?;
    bar.finish_and_clear();
    Ok(())
}
