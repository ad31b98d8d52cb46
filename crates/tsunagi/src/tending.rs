//! What the operator of a running gateway sees of its read model: a bar while it is built, and
//! SIGHUP, which has it built anew beside the one that answers.

use std::time::Duration;

use anyhow::Context;
use event_log::EventLog;
use read_models::{Progress, ReadModel};
use tokio::{
    select,
    signal::unix::{SignalKind, signal},
    time::timeout,
};

use crate::{Shutdown, demonstration::progress_bar};

/// Whatever takes longer has a bar.
const UNNOTICED: Duration = Duration::from_secs(1);

/// Shows how far the read model has come, until it has caught up.
pub(crate) fn show_first_build(model: ReadModel, log: EventLog, shutdown: Shutdown) {
    tokio::spawn(async move {
        select! {
            () = shutdown.wished() => {}
            () = show(&model, &log) => {}
        }
    });
}

/// Has the read model built anew whenever the process gets SIGHUP, until it is time to stop.
pub(crate) fn rebuild_on_hangup(
    model: ReadModel,
    log: EventLog,
    shutdown: Shutdown,
) -> anyhow::Result<()> {
    let mut wishes = signal(SignalKind::hangup()).context("cannot listen for SIGHUP")?;
    tokio::spawn(async move {
        let rebuilding = async {
            while wishes.recv().await.is_some() {
                rebuild(&model, &log).await;
            }
        };
        select! {
            () = shutdown.wished() => {}
            () = rebuilding => {}
        }
    });
    Ok(())
}

async fn show(model: &ReadModel, log: &EventLog) {
    if timeout(UNNOTICED, caught_up(model, log, |_| {})).await.is_err() {
        let bar = progress_bar(*log.wakeups().borrow(), "読み取りモデルを作っています");
        caught_up(model, log, |progress| bar.set_position(progress.position)).await;
        bar.finish_and_clear();
    }
}

/// Waits until everything is taken in that the log is known to hold, and worked on.
async fn caught_up(model: &ReadModel, log: &EventLog, mut on_progress: impl FnMut(Progress)) {
    let head = *log.wakeups().borrow();
    let mut progress = model.progress();
    let is_there = |progress: &Progress| {
        on_progress(*progress);
        progress.has_stopped || progress.worked_until >= head && progress.worked_on.is_some()
    };
    // An error means that the read model is gone.
    let _ = progress.wait_for(is_there).await;
}

async fn rebuild(model: &ReadModel, log: &EventLog) {
    let bar = progress_bar(*log.wakeups().borrow(), "読み取りモデルを作り直しています");
    let rebuilt = model.rebuild(|replaying| bar.set_position(replaying.position)).await;
    bar.finish_and_clear();
    match rebuilt {
        Ok(rebuilt) => {
            let (events, seconds) = (rebuilt.events, rebuilt.took.as_secs_f64());
            tracing::info!(events, seconds, "the read model was rebuilt");
        }
        Err(error) => {
            tracing::error!(%error, "the read model could not be rebuilt; the old one goes on");
        }
    }
}
