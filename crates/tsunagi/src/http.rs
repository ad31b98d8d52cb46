//! Serves the gateway's router, and stops when it is told to.

use std::{net::SocketAddr, time::Duration};

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
    // With the address of whoever asks: attempts to sign in are counted for it.
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(shutdown.clone().wished());
    let too_late = async {
        shutdown.wished().await;
        tokio::time::sleep(Duration::from_secs(SHUTDOWN_SECONDS_MAX)).await;
    };
    tokio::select! {
        ended = server.into_future() => Ok(ended?),
        () = too_late => Ok(()),
    }
}
