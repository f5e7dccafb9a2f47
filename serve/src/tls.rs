//! Encryption of its own, for a server without a proxy before it.

use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use crate::app::ServeError;

/// Reads a certificate chain and its key, both PEM. TLS 1.2 and 1.3.
pub(crate) fn acceptor(certificate: &Path, key: &Path) -> Result<TlsAcceptor, ServeError> {
    let fail = |path: &Path, why: String| ServeError(format!("`{}` cannot be used: {why}", path.display()));
    let chain = CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let chain = chain.map_err(|e| fail(certificate, e.to_string()))?;
    if chain.is_empty() {
        return Err(fail(certificate, "there is no certificate in it (PEM is wanted)".to_owned()));
    }
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|e| fail(key, e.to_string()))?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|e| ServeError(e.to_string()))?
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .map_err(|e| fail(key, e.to_string()))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}
