//! Where mail comes from: raw messages with a lasting name each, and the marks that they get once they are decided.
//! Knows no documents and no campaign.

mod maildir;

use std::{collections::BTreeSet, io, path::PathBuf};

use jiff::Timestamp;

use crate::decision::Action;
pub use maildir::Maildir;

/// How much of a message past the size limit is given: enough for any sane header section.
pub const HEAD_BYTES: u64 = 256 * 1024;

/// A message as its mailbox holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Its lasting name in the mailbox.
    pub cursor: String,
    /// Its bytes, or the first [`HEAD_BYTES`] of one past the size limit.
    pub raw: Vec<u8>,
    /// Whether the message goes on after `raw`.
    pub truncated: bool,
    /// When the mailbox received it, where it knows.
    pub received: Option<Timestamp>,
}

/// Why a mailbox did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum MailboxError {
    /// The folder is no Maildir.
    #[error("{} is no Maildir: it has no folder {missing:?}; check the path, or create new, cur and tmp in it", .path.display())]
    NoMaildir {
        /// The folder.
        path: PathBuf,
        /// Which of `new`, `cur` and `tmp` is missing.
        missing: &'static str,
    },
    /// A file or folder could not be read or moved.
    #[error("cannot {doing} {}: {source}; check the rights to this folder", .path.display())]
    File {
        /// What was being done: a verb.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The runtime is shutting down.
    #[error("stopped before the mailbox was read; the next start repeats it")]
    Stopped,
}

/// A place where mail arrives.
pub trait Mailbox: Send {
    /// Up to `limit` messages whose cursor is not among `known`, the oldest first. Reading changes nothing in the
    /// mailbox; a message that cannot be read is skipped and comes with a later call.
    ///
    /// # Errors
    /// Where the mailbox itself cannot be read.
    fn new_messages(
        &mut self,
        known: &BTreeSet<String>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Fetched>, MailboxError>> + Send;

    /// Shows in the mailbox what was done about a message. One to be left is not touched, one that is gone or marked
    /// already is no error.
    ///
    /// # Errors
    /// Where the mailbox refuses.
    fn mark(&mut self, cursor: &str, action: Action) -> impl Future<Output = Result<(), MailboxError>> + Send;
}
