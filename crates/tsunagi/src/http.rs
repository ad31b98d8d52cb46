//! Serves the gateway's router, and stops when it is told to.

use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;

use crate::Shutdown;

/// How long a shutdown waits for requests under way; subscriptions would otherwise hold it for ever.
const SHUTDOWN_SECONDS_MAX: u64 = 10;

/// Serves until it is time to stop.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: Shutdown,
) -> anyhow::Result<()> {
    let server = axum::serve(listener, router).with_graceful_shutdown(shutdown.clone().wished());
    let too_late = async {
        shutdown.wished().await;
        tokio::time::sleep(Duration::from_secs(SHUTDOWN_SECONDS_MAX)).await;
    };
    tokio::select! {
        ended = server.into_future() => Ok(ended?),
        () = too_late => Ok(()),
    }
}
