//! The process that gets killed: opens the log that its command line names, reads requests from
//! standard input with many in flight, and answers each on standard output.

use std::io::{BufRead, Write, stdin, stdout};

use anyhow::Context;
use event_log::EventLog;
use faults::{Answer, Question};
use tokio::runtime::Handle;
use tokio::task::{JoinSet, spawn_blocking};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let url = std::env::args().nth(1).context("append-server needs the log's address")?;
    let log = EventLog::open(&url).await?;
    say("ready\n");
    let (serving, runtime) = (log.clone(), Handle::current());
    let in_flight = spawn_blocking(move || take_in(&serving, &runtime)).await?;
    in_flight.join_all().await;
    log.close().await;
    Ok(())
}

/// Takes in requests until the input ends.
fn take_in(log: &EventLog, runtime: &Handle) -> JoinSet<()> {
    let mut in_flight = JoinSet::new();
    let lines = stdin().lock().lines().map_while(Result::ok);
    for question in lines.map_while(|line| Question::from_line(&line)) {
        in_flight.spawn_on(answer(log.clone(), question), runtime);
        while in_flight.try_join_next().is_some() {}
    }
    in_flight
}

async fn answer(log: EventLog, question: Question) {
    let outcome = log.append(question.request.append()).await;
    say(&question.answer_line(&Answer::from(outcome)));
}

/// One write per line. Nobody listens any more when the client is gone, and then nobody misses it.
fn say(line: &str) {
    let mut output = stdout().lock();
    let _ = output.write_all(line.as_bytes()).and_then(|()| output.flush());
}
