//! Which certificates open the door: those that an authority signed for a peer whom we name.
//!
//! A certificate of the same authority proves no more than that somebody was given one.

use std::sync::Arc;

use tokio_rustls::rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, RootCertStore,
    SignatureScheme,
    client::{danger::HandshakeSignatureValid, verify_server_name},
    crypto::CryptoProvider,
    pki_types::{CertificateDer, ServerName, UnixTime},
    server::{
        ParsedCertificate, WebPkiClientVerifier,
        danger::{ClientCertVerified, ClientCertVerifier},
    },
};

use super::{TlsError, peer_name};

/// Asks every peer for a certificate, and lets in whom the configuration names.
#[derive(Debug)]
pub(super) struct NamedPeers {
    signed: Arc<dyn ClientCertVerifier>,
    names: Vec<ServerName<'static>>,
}

impl NamedPeers {
    pub(super) fn new(
        authorities: Arc<RootCertStore>,
        names: &[String],
        provider: Arc<CryptoProvider>,
    ) -> Result<Self, TlsError> {
        let signed = WebPkiClientVerifier::builder_with_provider(authorities, provider).build()?;
        let names = names.iter().map(|name| peer_name(name)).collect::<Result<_, _>>()?;
        Ok(Self { signed, names })
    }

    fn is_named(&self, certificate: &CertificateDer<'_>) -> Result<bool, Error> {
        let certificate = ParsedCertificate::try_from(certificate)?;
        Ok(self.names.iter().any(|name| verify_server_name(&certificate, name).is_ok()))
    }
}

impl ClientCertVerifier for NamedPeers {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.signed.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let verified = self.signed.verify_client_cert(certificate, intermediates, now)?;
        if self.is_named(certificate)? {
            return Ok(verified);
        }
        Err(CertificateError::ApplicationVerificationFailure.into())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signed.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signed.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.signed.supported_verify_schemes()
    }
}
