//! The server stack: health, reflection, limits, deadlines, a shutdown that ends.

use std::{any::Any, convert::Infallible, net::SocketAddr, time::Duration};

use axum::response::IntoResponse;
use futures::Stream;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
};
use tonic::{
    Status,
    body::Body,
    codegen::{Service, http},
    server::NamedService,
    service::{Routes, RoutesBuilder},
    transport::{Server, server::Connected},
};
use tonic_health::server::HealthReporter;
use tower_http::catch_panic::CatchPanicLayer;

/// No command takes longer; a caller's own deadline may be shorter.
const REQUEST_SECONDS_MAX: u64 = 30;
/// After this, connections are closed and opened anew, so that load spreads over new processes.
const CONNECTION_AGE_SECONDS_MAX: u64 = 3600;
/// No request is larger. The longest that the declarations allow in practice is far below it.
pub const REQUEST_BYTES_MAX: usize = 256 * 1024;
/// How long a shutdown waits for requests under way.
const SHUTDOWN_SECONDS_MAX: u64 = 10;
/// Commands of one connection that are worked on at the same time.
const CONCURRENCY_PER_CONNECTION_MAX: usize = 256;

/// What an operator can choose.
#[derive(Debug, Clone, Copy)]
pub struct ServerOptions {
    /// Whether the services describe themselves; off in production.
    pub reflection: bool,
}

/// One office, ready to be served, or to be called in process.
pub struct OfficeServer {
    routes: RoutesBuilder,
    health: HealthReporter,
    described: Vec<&'static str>,
    options: ServerOptions,
}

impl OfficeServer {
    /// Puts health and reflection beside a service.
    pub async fn new<S>(service: S, options: ServerOptions) -> Self
    where
        S: OfficeService,
        S::Response: IntoResponse,
        S::Future: Send + 'static,
    {
        let (reporter, health) = tonic_health::server::health_reporter();
        let mut routes = RoutesBuilder::default();
        routes.add_service(health);
        Self { routes, health: reporter, described: Vec::new(), options }.with(service).await
    }

    /// The same office, with another service beside those that it has.
    #[must_use]
    pub async fn with<S>(mut self, service: S) -> Self
    where
        S: OfficeService,
        S::Response: IntoResponse,
        S::Future: Send + 'static,
    {
        self.health.set_serving::<S>().await;
        self.routes.add_service(service);
        self.described.push(S::NAME);
        self
    }

    /// The routes, to be called in process.
    ///
    /// # Panics
    /// When the descriptors that were compiled in do not decode, which a test would have shown.
    pub fn into_routes(mut self) -> Routes {
        if self.options.reflection {
            let describe = || {
                let files = tonic_reflection::server::Builder::configure()
                    .register_encoded_file_descriptor_set(contracts::DESCRIPTORS)
                    // So that clients can read the details of an error.
                    .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET);
                self.described.iter().fold(files, |files, name| files.with_service_name(*name))
            };
            self.routes.add_service(describe().build_v1().expect("the descriptors decode"));
            self.routes.add_service(describe().build_v1alpha().expect("the descriptors decode"));
        }
        self.routes.routes()
    }
}

/// A service as tonic generates them.
pub trait OfficeService:
    Service<http::Request<Body>, Error = Infallible> + NamedService + Clone + Send + Sync + 'static
{
}

impl<S> OfficeService for S where
    S: Service<http::Request<Body>, Error = Infallible>
        + NamedService
        + Clone
        + Send
        + Sync
        + 'static
{
}

/// One request that meets a fault of ours must not end those beside it on the same connection.
fn apologise(_: Box<dyn Any + Send>) -> http::Response<Body> {
    Status::internal("internal error").into_http()
}

/// Takes an address, so that a port that is in use is known before anything else starts.
pub async fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    TcpListener::bind(address).await
}

/// Serves these connections until `shutdown`, then waits a little for what is under way.
pub async fn serve<C, F>(
    office: OfficeServer,
    incoming: impl Stream<Item = std::io::Result<C>>,
    shutdown: impl Fn() -> F,
) -> Result<(), tonic::transport::Error>
where
    C: AsyncRead + AsyncWrite + Connected + Unpin + Send + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let server = Server::builder()
        .timeout(Duration::from_secs(REQUEST_SECONDS_MAX))
        .concurrency_limit_per_connection(CONCURRENCY_PER_CONNECTION_MAX)
        .http2_keepalive_interval(Some(Duration::from_secs(30)))
        .http2_keepalive_timeout(Some(Duration::from_secs(10)))
        .max_connection_age(Duration::from_secs(CONNECTION_AGE_SECONDS_MAX))
        .tcp_nodelay(true)
        .layer(CatchPanicLayer::custom(apologise))
        .add_routes(office.into_routes())
        .serve_with_incoming_shutdown(incoming, shutdown());
    let stop = shutdown();
    let too_late = async move {
        stop.await;
        tokio::time::sleep(Duration::from_secs(SHUTDOWN_SECONDS_MAX)).await;
    };
    tokio::select! {
        ended = server => ended,
        () = too_late => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use tower::{Layer, ServiceExt, service_fn};

    use super::*;

    #[tokio::test]
    async fn a_fault_of_ours_is_an_answer_without_its_words() {
        let faulty = service_fn(|_: http::Request<Body>| async {
            assert!(std::hint::black_box(false), "架空花子");
            Ok::<_, Infallible>(http::Response::new(Body::empty()))
        });
        let guarded = CatchPanicLayer::custom(apologise).layer(faulty);
        let answer = guarded.oneshot(http::Request::new(Body::empty())).await.expect("an answer");
        let status = Status::from_header_map(answer.headers()).expect("a status");
        assert_eq!((status.code(), status.message()), (tonic::Code::Internal, "internal error"));
    }
}
