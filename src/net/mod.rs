//! Encrypted connections to mail servers: name, TCP, TLS on connect or after STARTTLS, each with its own error. Nothing
//! that could be a secret is ever written before the certificate is checked. Knows neither IMAP nor SMTP beyond the few
//! lines that lead to STARTTLS.

mod guard;
mod starttls;
mod stream;

use std::{fs, io, path::Path, sync::Arc, time::Duration};

use serde::Deserialize;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::{
    TlsConnector,
    rustls::{
        self, ClientConfig, RootCertStore,
        pki_types::{CertificateDer, ServerName, pem::PemObject as _},
    },
};

use crate::pulse;

pub use guard::Guard;
use starttls::Denied;
pub use stream::Stream;

/// How a connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tls {
    /// From the first byte (RFC 8314 §3).
    #[default]
    Implicit,
    /// After STARTTLS (RFC 9051 §6.2.1, RFC 3207); a server that refuses it is left.
    Starttls,
}

/// What is spoken, as far as it matters before the connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// RFC 9051, RFC 3501.
    Imap,
    /// RFC 5321.
    Smtp,
}

/// A server to connect to.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Its name, which its certificate must bear, or its address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub tls: Tls,
    /// Whom to believe.
    pub trust: Trust,
}

/// The certificate authorities that are believed.
#[derive(Debug, Clone)]
pub struct Trust(Arc<ClientConfig>);

/// Why there is no connection. Each says what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The file of certificate authorities cannot be used.
    #[error("ca_file {file}: {reason}; name a PEM file that holds the certificate of the server's authority")]
    Authorities {
        /// The file, or «the system's own».
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The name has no address.
    #[error("the name {host} cannot be resolved: {reason}; check the host in the configuration and the name server")]
    Name {
        /// The name.
        host: String,
        /// What the resolver said.
        reason: String,
    },
    /// Nobody listens there, or nothing comes back.
    #[error("{host}:{port} cannot be reached: {reason}; check host and port, and that no firewall is between")]
    Unreachable {
        /// The name.
        host: String,
        /// The port.
        port: u16,
        /// What the system said.
        reason: String,
    },
    /// STARTTLS is not offered or was refused.
    #[error(
        "{host}:{port} does not let the connection be encrypted: {reason}; nothing was sent; use tls = \"implicit\" and its port, or ask the server's administrator"
    )]
    NoStarttls {
        /// The name.
        host: String,
        /// The port.
        port: u16,
        /// What came in place of it.
        reason: &'static str,
    },
    /// The certificate does not hold.
    #[error(
        "the certificate of {host}:{port} is not accepted: {reason}; nothing was sent; name its authority in ca_file, or have the certificate renewed"
    )]
    Certificate {
        /// The name.
        host: String,
        /// The port.
        port: u16,
        /// Why not.
        reason: String,
    },
    /// The handshake failed for another reason.
    #[error("{host}:{port} does not speak TLS here: {reason}; check the port, and whether it wants tls = \"starttls\"")]
    Handshake {
        /// The name.
        host: String,
        /// The port.
        port: u16,
        /// What happened.
        reason: String,
    },
}

impl ConnectError {
    /// Which step failed, as a word.
    pub fn step(&self) -> &'static str {
        match self {
            Self::Name { .. } => "name",
            Self::Unreachable { .. } => "port",
            Self::NoStarttls { .. } | Self::Handshake { .. } => "encryption",
            Self::Certificate { .. } | Self::Authorities { .. } => "certificate",
        }
    }
}

impl Trust {
    /// The authorities of a PEM file, and no other.
    ///
    /// # Errors
    /// [`ConnectError::Authorities`] where it cannot be read or holds none.
    pub fn file(file: &Path) -> Result<Self, ConnectError> {
        let failed = |reason: String| ConnectError::Authorities { file: file.display().to_string(), reason };
        let pem = fs::read(file).map_err(|error| failed(error.to_string()))?;
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            let certificate = certificate.map_err(|error| failed(error.to_string()))?;
            roots.add(certificate).map_err(|error| failed(error.to_string()))?;
        }
        if roots.is_empty() {
            return Err(failed("it holds no certificate".to_owned()));
        }
        Self::roots(roots)
    }

    /// The authorities that the system trusts.
    ///
    /// # Errors
    /// [`ConnectError::Authorities`] where it has none.
    pub fn system() -> Result<Self, ConnectError> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            let reason = "there are none (on Debian: apt-get install ca-certificates)".to_owned();
            return Err(ConnectError::Authorities { file: "of the system".to_owned(), reason });
        }
        Self::roots(roots)
    }

    fn roots(roots: RootCertStore) -> Result<Self, ConnectError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| ConnectError::Authorities { file: "any".to_owned(), reason: error.to_string() })?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self(Arc::new(config)))
    }
}

/// A connection that has gone silent is noticed by the system after this, and then twice this much.
const KEEPALIVE: Duration = Duration::from_secs(30);

impl Endpoint {
    /// Connects, encrypts, checks the certificate; for each step at most `within`.
    ///
    /// # Errors
    /// [`ConnectError`]; nothing but the lines that lead to STARTTLS has been sent then.
    pub async fn connect(&self, protocol: Protocol, guard: Guard, within: Duration) -> Result<Stream, ConnectError> {
        let mut tcp = self.reach(within).await?;
        let server = ServerName::try_from(self.host.clone())
            .map_err(|error| ConnectError::Name { host: self.host.clone(), reason: error.to_string() })?;
        if self.tls == Tls::Starttls {
            let asked = pulse::within(within, starttls::ask(&mut tcp, protocol)).await;
            let (host, port) = (self.host.clone(), self.port);
            asked.unwrap_or(Err(Denied::Gone("no answer in time"))).map_err(|denied| match denied {
                Denied::Refused(reason) => ConnectError::NoStarttls { host, port, reason },
                Denied::Gone(reason) => ConnectError::Unreachable { host, port, reason: reason.to_owned() },
            })?;
        }
        let connector = TlsConnector::from(Arc::clone(&self.trust.0));
        let tls = match pulse::within(within, connector.connect(server, tcp)).await {
            Ok(Ok(tls)) => tls,
            Ok(Err(error)) => return Err(self.handshake_failed(&error)),
            Err(_) => return Err(self.handshake_failed(&io::ErrorKind::TimedOut.into())),
        };
        // lettre waits for a greeting at the start of its stream; it was read before the encryption.
        let greeted = self.tls == Tls::Starttls && protocol == Protocol::Smtp;
        Ok(Stream::new(tls, guard, if greeted { b"220 encrypted\r\n" } else { b"" }))
    }

    async fn reach(&self, within: Duration) -> Result<TcpStream, ConnectError> {
        let name = |reason: String| ConnectError::Name { host: self.host.clone(), reason };
        let addresses = match pulse::within(within, lookup_host((self.host.as_str(), self.port))).await {
            Ok(found) => found.map_err(|error| name(error.to_string()))?,
            Err(_) => return Err(name("no answer in time".to_owned())),
        };
        let mut last = name("it has no address".to_owned());
        for address in addresses {
            let failed =
                |reason: String| ConnectError::Unreachable { host: self.host.clone(), port: self.port, reason };
            match pulse::within(within, TcpStream::connect(address)).await {
                Ok(Ok(tcp)) => {
                    let kept = TcpKeepalive::new().with_time(KEEPALIVE).with_interval(KEEPALIVE).with_retries(2);
                    let set = tcp.set_nodelay(true).and_then(|()| SockRef::from(&tcp).set_tcp_keepalive(&kept));
                    return set.map(|()| tcp).map_err(|error| failed(error.to_string()));
                }
                Ok(Err(error)) => last = failed(error.to_string()),
                Err(_) => last = failed("no answer in time".to_owned()),
            }
        }
        Err(last)
    }

    fn handshake_failed(&self, error: &io::Error) -> ConnectError {
        let (host, port, reason) = (self.host.clone(), self.port, error.to_string());
        match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            Some(rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented) => {
                ConnectError::Certificate { host, port, reason }
            }
            _ => ConnectError::Handshake { host, port, reason },
        }
    }
}
