//! A certificate authority of the tests' own, and certificates that hold, and that do not.

use std::{fs, path::Path, sync::Arc};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, KeyUsagePurpose, date_time_ymd};
use tokio_rustls::rustls::{
    ClientConfig, RootCertStore,
    crypto::ring::default_provider,
    pki_types::{CertificateDer, pem::PemObject as _},
};

/// Which certificate a server shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Certificate {
    /// For localhost, by the authority that the daemon trusts.
    Good,
    /// The same, but no longer valid.
    Expired,
    /// By an authority that nobody trusts.
    OtherAuthority,
    /// For another name.
    OtherName,
}

impl Certificate {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::Good, Self::Expired, Self::OtherAuthority, Self::OtherName];

    /// The stem of its files.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Expired => "expired",
            Self::OtherAuthority => "other-authority",
            Self::OtherName => "other-name",
        }
    }
}

fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(rcgen::DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// Writes `ca.pem`, and a `.pem` and a `.key` for every [`Certificate`].
pub(crate) fn write(folder: &Path) {
    let (trusted, stranger) = (authority("svodka tests"), authority("nobody"));
    fs::write(folder.join("ca.pem"), trusted.pem()).unwrap();
    for one in Certificate::ALL {
        let names = match one {
            Certificate::OtherName => vec!["other.example".to_owned()],
            _ => vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
        };
        let mut params = CertificateParams::new(names).unwrap();
        if one == Certificate::Expired {
            (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
        }
        let key = KeyPair::generate().unwrap();
        let issuer = if one == Certificate::OtherAuthority { &stranger } else { &trusted };
        let certificate = params.signed_by(&key, issuer).unwrap();
        fs::write(folder.join(format!("{}.pem", one.name())), certificate.pem()).unwrap();
        fs::write(folder.join(format!("{}.key", one.name())), key.serialize_pem()).unwrap();
    }
}

/// What a client of the tests' own believes: this authority, and no other.
pub(crate) fn trusting(ca: &Path) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&fs::read(ca).unwrap()) {
        roots.add(certificate.unwrap()).unwrap();
    }
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Arc::new(config)
}
