//! Serves the gateway's router, and stops when it is told to.

use std::{io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo};
use futures::{Stream, StreamExt};
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    sync::Semaphore,
    time::timeout,
};
use tower::ServiceExt;

use crate::{Shutdown, tls::Secured};

/// How long a shutdown waits for requests under way; subscriptions would otherwise hold it for ever.
const SHUTDOWN_MAX: Duration = Duration::from_secs(10);
/// For the head of a request, the first one and those that follow on the same connection: whoever
/// sends it byte by byte keeps a place no longer than that.
const HEAD: Duration = Duration::from_secs(15);
/// What a head may hold; browsers send one or two KiB.
const HEAD_BYTES_MAX: usize = 32 << 10;
/// Connections at the same time; others wait in the system's own queue.
const CONNECTIONS_MAX: usize = 4096;
/// After a failed accept (no file descriptor is left, say), so that trying again costs nothing.
const PAUSE: Duration = Duration::from_millis(100);

/// A connection, and where it comes from.
pub trait Caller: AsyncRead + AsyncWrite + Unpin + Send + 'static {
    /// The other side's address, while it is there.
    fn address(&self) -> Option<SocketAddr>;
}

impl Caller for TcpStream {
    fn address(&self) -> Option<SocketAddr> {
        self.peer_addr().ok()
    }
}

impl Caller for Secured {
    fn address(&self) -> Option<SocketAddr> {
        self.get_ref().0.peer_addr().ok()
    }
}

/// Serves until it is time to stop.
pub async fn serve<C>(
    incoming: impl Stream<Item = io::Result<C>>,
    router: Router,
    shutdown: Shutdown,
) -> anyhow::Result<()>
where
    C: Caller,
{
    serve_by(&protocol(HEAD), incoming, router, shutdown).await
}

async fn serve_by<C>(
    protocol: &http1::Builder,
    incoming: impl Stream<Item = io::Result<C>>,
    router: Router,
    shutdown: Shutdown,
) -> anyhow::Result<()>
where
    C: Caller,
{
    let graceful = GracefulShutdown::new();
    let accepting = accept(protocol, incoming, &router, &graceful);
    tokio::select! {
        () = accepting => {}
        () = shutdown.wished() => {}
    }
    // Whoever still reads a stream would keep us for ever.
    let _ = timeout(SHUTDOWN_MAX, graceful.shutdown()).await;
    Ok(())
}

async fn accept<C>(
    protocol: &http1::Builder,
    incoming: impl Stream<Item = io::Result<C>>,
    router: &Router,
    graceful: &GracefulShutdown,
) where
    C: Caller,
{
    let mut incoming = pin!(incoming);
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    while let Ok(place) = places.clone().acquire_owned().await {
        let Some(accepted) = incoming.next().await else { return };
        let Ok(stream) = accepted else {
            tracing::warn!("a connection could not be accepted");
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        // Attempts to sign in are counted for the address of whoever asks.
        let caller = stream.address().map(ConnectInfo);
        let router = router.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            if let Some(caller) = caller {
                request.extensions_mut().insert(caller);
            }
            router.clone().oneshot(request)
        });
        let connection = protocol.serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // A caller who left, or sent no HTTP: it is theirs to know.
            let _ = connection.await;
            drop(place);
        });
    }
}

/// One version only: what is older has no persistent connections, and with HTTP/2 in the clear
/// nobody would be limited to one request at a time.
fn protocol(head: Duration) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(head).max_buf_size(HEAD_BYTES_MAX);
    builder
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use futures::stream;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex},
        sync::watch,
        time::Instant,
    };

    use super::*;

    impl Caller for DuplexStream {
        fn address(&self) -> Option<SocketAddr> {
            None
        }
    }

    const IN_TIME: Duration = Duration::from_millis(200);

    /// A connection to a gateway that has one page.
    fn connected() -> (DuplexStream, watch::Sender<bool>) {
        let (caller, accepted) = duplex(HEAD_BYTES_MAX * 4);
        let router = Router::new().route("/", get(|| async { "a page" }));
        let (stop, wish) = watch::channel(false);
        let incoming = stream::iter([Ok(accepted)]).chain(stream::pending());
        let protocol = protocol(IN_TIME);
        let shutdown = Shutdown::on(wish);
        tokio::spawn(async move { serve_by(&protocol, incoming, router, shutdown).await });
        (caller, stop)
    }

    async fn answer_to(head: &str) -> (String, Duration) {
        let (mut caller, _stop) = connected();
        let asked_at = Instant::now();
        caller.write_all(head.as_bytes()).await.expect("it is read");
        let mut answer = String::new();
        // Until the other side closes.
        let _ = caller.read_to_string(&mut answer).await;
        (answer, asked_at.elapsed())
    }

    #[tokio::test]
    async fn a_head_has_to_arrive_in_time() {
        let (answer, _) = answer_to("GET / HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("a page"), "{answer}");
        for slow in ["", "G", "GET / HTTP/1.1\r\nhost: h\r\n"] {
            let (answer, lasted) = answer_to(slow).await;
            assert!(!answer.contains("a page"), "{answer}");
            assert!(lasted >= IN_TIME, "{lasted:?}");
        }
    }

    #[tokio::test]
    async fn a_head_has_to_be_short() {
        let long = "x".repeat(HEAD_BYTES_MAX * 3);
        let (answer, _) =
            answer_to(&format!("GET / HTTP/1.1\r\nhost: h\r\nx: {long}\r\n\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    }
}
