//! TLS between the processes of a house: version 1.3 only, each side with a certificate of its own,
//! and only peers that the configuration names.
//!
//! Certificates are read again when their files change, so renewing one needs no restart.

mod connecting;
mod listening;
mod peers;

use std::{fs, io, os::unix::fs::PermissionsExt, path::Path, sync::Arc};

use access::Watched;
use tokio_rustls::rustls::{
    self, ClientConfig, ConfigBuilder, ConfigSide, RootCertStore, ServerConfig, WantsVerifier,
    client::WebPkiServerVerifier,
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject},
    server::VerifierBuilderError,
    version::TLS13,
};

use crate::config::TlsConfig;
pub use listening::Secured;
use peers::NamedPeers;

/// HTTP/2, as gRPC speaks it, and the version that browsers speak to the gateway.
const GRPC: &[u8] = b"h2";
const WEB: &[u8] = b"http/1.1";

/// Permission bits that would let others than the owner near the private key.
const OTHERS: u32 = 0o077;

/// Why the certificates of a house cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file could not be read.
    #[error("{path} could not be read")]
    File {
        /// Which one.
        path: String,
        /// What went wrong.
        source: io::Error,
    },
    /// The private key may be read by others.
    #[error("{0} may be used by others than its owner")]
    Mode(String),
    /// A file holds something else than it should.
    #[error("{path} is no PEM file with what is needed here")]
    Pem {
        /// Which one.
        path: String,
        /// What went wrong.
        source: rustls::pki_types::pem::Error,
    },
    /// A name in `peers` is no DNS name.
    #[error("{0} in tls.peers is no DNS name")]
    PeerName(String),
    /// Certificate and key do not belong together, or are of a kind that is not used.
    #[error("the certificate cannot be used")]
    Certificate(#[from] rustls::Error),
    /// The authorities cannot be used.
    #[error("the authorities cannot be used")]
    Authorities(#[from] VerifierBuilderError),
}

/// The TLS of a process. Clones share what was read.
#[derive(Clone)]
pub struct Tls {
    grpc: Arc<Watched<ServerConfig>>,
    web: Arc<Watched<ServerConfig>>,
    client: Arc<Watched<ClientConfig>>,
}

impl Tls {
    /// Reads certificate, key and authorities.
    pub fn open(config: &TlsConfig) -> Result<Self, TlsError> {
        let files = || {
            vec![config.certificate.clone(), config.private_key.clone(), config.authorities.clone()]
        };
        let (grpc, web, client) = (config.clone(), config.clone(), config.clone());
        Ok(Self {
            grpc: Arc::new(Watched::open(files(), move || server(&grpc, GRPC))?),
            web: Arc::new(Watched::open(files(), move || server(&web, WEB))?),
            client: Arc::new(Watched::open(files(), move || self::client(&client))?),
        })
    }
}

fn server(config: &TlsConfig, protocol: &[u8]) -> Result<ServerConfig, TlsError> {
    let builder = version_1_3(ServerConfig::builder_with_provider(provider()))?;
    let builder = if config.peers.is_empty() {
        builder.with_no_client_auth()
    } else {
        let named = NamedPeers::new(authorities(config)?, &config.peers, provider())?;
        builder.with_client_cert_verifier(Arc::new(named))
    };
    let (chain, key) = identity(config)?;
    let mut server = builder.with_single_cert(chain, key)?;
    server.alpn_protocols = vec![protocol.to_vec()];
    // What came before the handshake has ended could be sent again by anybody.
    server.max_early_data_size = 0;
    Ok(server)
}

fn client(config: &TlsConfig) -> Result<ClientConfig, TlsError> {
    let builder = version_1_3(ClientConfig::builder_with_provider(provider()))?;
    let roots = WebPkiServerVerifier::builder_with_provider(authorities(config)?, provider());
    let (chain, key) = identity(config)?;
    let builder = builder.with_webpki_verifier(roots.build()?);
    let mut client = builder.with_client_auth_cert(chain, key)?;
    client.alpn_protocols = vec![GRPC.to_vec()];
    Ok(client)
}

fn version_1_3<Side: ConfigSide>(
    builder: ConfigBuilder<Side, rustls::WantsVersions>,
) -> Result<ConfigBuilder<Side, WantsVerifier>, TlsError> {
    Ok(builder.with_protocol_versions(&[&TLS13])?)
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

fn authorities(config: &TlsConfig) -> Result<Arc<RootCertStore>, TlsError> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(&config.authorities)? {
        roots.add(certificate)?;
    }
    Ok(Arc::new(roots))
}

type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

fn identity(config: &TlsConfig) -> Result<Identity, TlsError> {
    let path = &config.private_key;
    let metadata = fs::metadata(path).map_err(|source| unread(path, source))?;
    if metadata.permissions().mode() & OTHERS != 0 {
        return Err(TlsError::Mode(path.display().to_string()));
    }
    let key = PrivateKeyDer::from_pem_file(path).map_err(|source| no_pem(path, source))?;
    Ok((certificates(&config.certificate)?, key))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found =
        CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match found {
        Ok(found) if found.is_empty() => {
            Err(no_pem(path, rustls::pki_types::pem::Error::NoItemsFound))
        }
        found => found.map_err(|source| no_pem(path, source)),
    }
}

fn peer_name(name: &str) -> Result<ServerName<'static>, TlsError> {
    match ServerName::try_from(name.to_owned()) {
        Ok(dns @ ServerName::DnsName(_)) => Ok(dns),
        _ => Err(TlsError::PeerName(name.to_owned())),
    }
}

fn unread(path: &Path, source: io::Error) -> TlsError {
    TlsError::File { path: path.display().to_string(), source }
}

fn no_pem(path: &Path, source: rustls::pki_types::pem::Error) -> TlsError {
    TlsError::Pem { path: path.display().to_string(), source }
}
