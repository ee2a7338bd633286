//! Queued letters → the world. A letter is claimed by a lease, sent outside any transaction, then recorded.

mod file;
mod outcome;
mod smtp;

use std::{
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use jiff::{SignedDuration, Timestamp};

use crate::{
    config::{SmtpConfig, Times},
    fault::point,
    net::ConnectError,
    store::{Expired, Queued, Store, StoreError},
};

pub use file::FileTransport;
pub use outcome::{GIVEN_UP, Outcome, Unavailable, record};
pub use smtp::{Connection, Smtp};

/// How letters leave.
#[derive(Debug)]
pub enum Transport {
    /// As files.
    File(FileTransport),
    /// By a mail server.
    Smtp(Box<Smtp>),
}

/// Why there is no transport.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The folder for the replies.
    #[error("smtp.path {}: cannot be created: {source}; check the rights to the folder above it", .path.display())]
    Folder {
        /// The folder.
        path: std::path::PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The server cannot be trusted.
    #[error("[smtp] {0}")]
    Server(#[from] ConnectError),
}

impl Transport {
    /// What the configuration names.
    ///
    /// # Errors
    /// Where the folder or the certificate authorities are not there.
    pub fn open(config: &SmtpConfig, times: &Times) -> Result<Self, TransportError> {
        match config {
            SmtpConfig::File { path } => match FileTransport::new(path) {
                Ok(transport) => Ok(Self::File(transport)),
                Err(source) => Err(TransportError::Folder { path: Path::to_owned(path), source }),
            },
            SmtpConfig::Smtp(submission) => Ok(Self::Smtp(Box::new(Smtp::new((**submission).clone(), times)?))),
        }
    }

    /// What becomes of a letter whose sending had begun when its worker died: a file under one name is one file, a mail
    /// sent twice is two.
    pub fn expired(&self) -> Expired {
        match self {
            Self::File(_) => Expired::Resend,
            Self::Smtp(_) => Expired::Hold,
        }
    }

    /// How many letters may be sent at once.
    pub fn workers(&self) -> u32 {
        match self {
            Self::File(_) => 1,
            Self::Smtp(smtp) => smtp.connections(),
        }
    }

    /// Its name for logs and alerts.
    pub fn place(&self) -> String {
        match self {
            Self::File(_) => "files".to_owned(),
            Self::Smtp(smtp) => smtp.place(),
        }
    }

    /// How long a claimed letter is its worker's alone: for as long as the process lives. Whoever opens the store next
    /// ends the leases of a dead one, and a worker does not die alone. So an outcome that a full disk keeps from being
    /// recorded can never meet another worker's lease.
    pub fn lease(&self) -> SignedDuration {
        SignedDuration::from_hours(10 * 365 * 24)
    }

    /// Sends a claimed letter. `begun` tells from when on it may have been accepted, also where this is cut short.
    ///
    /// # Errors
    /// Where the store refuses; the letter was not accepted then.
    pub async fn send(
        &self,
        store: &Store,
        kept: &mut Option<Connection>,
        queued: &Queued,
        now: Timestamp,
        begun: &AtomicBool,
    ) -> Result<Outcome, StoreError> {
        let begin = async || {
            let begin = store.begin_sending(queued.id, now).await;
            begun.store(true, Ordering::SeqCst);
            point!("smtp::begun");
            begin
        };
        match self {
            Self::File(transport) => {
                if !begin().await? {
                    return Ok(Outcome::Withdrawn);
                }
                Ok(match transport.send(&queued.message_id, &queued.mime) {
                    Ok(path) => Outcome::Accepted(path.display().to_string()),
                    Err(error) => Outcome::Deferred(error.to_string()),
                })
            }
            Self::Smtp(smtp) => match smtp.offer(kept, queued).await {
                Err(outcome) => Ok(outcome),
                Ok(offered) if begin().await? => Ok(offered.deliver(&queued.mime, kept).await),
                Ok(_) => Ok(Outcome::Withdrawn),
            },
        }
    }
}
