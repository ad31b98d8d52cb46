//! The side that is called: handshakes, each in a task of its own, within a time.

use std::{io, sync::Arc, time::Duration};

use access::Watched;
use futures::Stream;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
    time::timeout,
};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig, server::TlsStream};
use tokio_stream::wrappers::ReceiverStream;

use super::Tls;

/// Who has not shown a certificate by then is no peer.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Handshakes under way at the same time; others wait in the system's own queue.
const HANDSHAKES_MAX: usize = 128;
/// After a failed accept (no file descriptor is left, say), so that trying again costs nothing.
const PAUSE: Duration = Duration::from_millis(100);

/// A connection whose peer is known.
pub type Secured = TlsStream<TcpStream>;

impl Tls {
    /// The connections of an office.
    pub fn grpc(&self, listener: TcpListener) -> impl Stream<Item = io::Result<Secured>> + use<> {
        incoming(listener, self.grpc.clone())
    }

    /// The connections of the gateway.
    pub fn web(&self, listener: TcpListener) -> impl Stream<Item = io::Result<Secured>> + use<> {
        incoming(listener, self.web.clone())
    }
}

fn incoming(
    listener: TcpListener,
    config: Arc<Watched<ServerConfig>>,
) -> ReceiverStream<io::Result<Secured>> {
    let (secured, taken) = mpsc::channel(1);
    tokio::spawn(async move {
        let places = Arc::new(Semaphore::new(HANDSHAKES_MAX));
        let accepting = accept(&listener, &config, &places, &secured);
        tokio::select! {
            () = accepting => {}
            // Nobody takes connections any more.
            () = secured.closed() => {}
        }
    });
    ReceiverStream::new(taken)
}

async fn accept(
    listener: &TcpListener,
    config: &Watched<ServerConfig>,
    places: &Arc<Semaphore>,
    secured: &mpsc::Sender<io::Result<Secured>>,
) {
    while let Ok(place) = places.clone().acquire_owned().await {
        match listener.accept().await {
            Ok((stream, _)) => {
                let acceptor = TlsAcceptor::from(config.current());
                tokio::spawn(shake_hands(acceptor, stream, place, secured.clone()));
            }
            Err(error) => {
                tracing::warn!(kind = %error.kind(), "a connection could not be accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

async fn shake_hands(
    acceptor: TlsAcceptor,
    stream: TcpStream,
    _place: OwnedSemaphorePermit,
    secured: mpsc::Sender<io::Result<Secured>>,
) {
    // Small answers must not wait for more to send.
    let _ = stream.set_nodelay(true);
    match timeout(HANDSHAKE, acceptor.accept(stream)).await {
        // Whoever took connections may have stopped.
        Ok(Ok(stream)) => drop(secured.send(Ok(stream)).await),
        Ok(Err(error)) => tracing::info!(reason = %error, "a caller was turned away"),
        Err(_) => tracing::info!("a caller took too long to say who it is"),
    }
}
