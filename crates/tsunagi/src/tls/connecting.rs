//! The side that calls: the gateway on its way to the offices.

use std::{io, sync::Arc, time::Duration};

use access::Watched;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{ClientConfig, pki_types::ServerName},
};
use tonic::transport::{Channel, Endpoint, Uri};

use super::Tls;

/// For a connection and its handshake.
const CONNECT: Duration = Duration::from_secs(5);

impl Tls {
    /// A channel to the office at this address, connected when it is first used. The office's
    /// certificate must be good for the address's host name.
    pub fn channel(&self, address: &Uri) -> Channel {
        let client = self.client.clone();
        let connector = tower::service_fn(move |uri: Uri| connect(uri, client.clone()));
        Endpoint::from(plain(address))
            .connect_timeout(CONNECT)
            .connect_with_connector_lazy(connector)
    }
}

/// The scheme tells tonic to bring TLS of its own; the connector has that already.
fn plain(address: &Uri) -> Uri {
    let mut parts = address.clone().into_parts();
    parts.scheme = Some(tonic::codegen::http::uri::Scheme::HTTP);
    Uri::from_parts(parts).unwrap_or_else(|_| address.clone())
}

async fn connect(
    uri: Uri,
    client: Arc<Watched<ClientConfig>>,
) -> io::Result<TokioIo<TlsStream<TcpStream>>> {
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let port = uri.port_u16().unwrap_or(443);
    let name = ServerName::try_from(host.clone());
    let name = name.map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
    let stream = TcpStream::connect((host, port)).await?;
    stream.set_nodelay(true)?;
    let connector = TlsConnector::from(client.current());
    Ok(TokioIo::new(connector.connect(name, stream).await?))
}
