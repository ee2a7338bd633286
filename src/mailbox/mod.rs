//! Where mail comes from: raw messages with a lasting name each, and the marks that they get once they are decided.
//! Knows no documents and no campaign.

mod any;
mod imap;
mod maildir;

use std::{collections::BTreeSet, io, path::PathBuf, time::Duration};

use jiff::Timestamp;
use tokio::sync::Notify;

pub use any::AnyMailbox;
pub use imap::{Imap, ImapError, ImapSettings, Probe, probe};
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
    /// When the server received it, where the mailbox knows (RFC 9051 §2.3.3, INTERNALDATE).
    pub received: Option<Timestamp>,
    /// When its file was written, where it is one: a hint, where nothing better is known.
    pub written: Option<Timestamp>,
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
    /// An IMAP server or the way to it.
    #[error(transparent)]
    Imap(#[from] ImapError),
    /// The runtime is shutting down.
    #[error("stopped before the mailbox was read; the next start repeats it")]
    Stopped,
}

/// What was done about a message, as its mailbox is to show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Treatment {
    /// A person has decided otherwise: what was shown before is not true any more. Comes before what is.
    Anew,
    /// All is there.
    Confirmed {
        /// Whether the sender has been answered.
        answered: bool,
    },
    /// Something was asked for.
    Requested {
        /// Whether the sender has been answered.
        answered: bool,
    },
    /// A person decides.
    Review,
    /// A machine wrote it.
    Automatic,
    /// We wrote it.
    Own,
    /// It is none of ours and is not touched.
    Left,
}

/// What a mailbox has come upon that somebody should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The server has numbered its messages anew: everything is compared by its bytes.
    UidValidityChanged {
        /// The number before.
        known: u32,
        /// The number now.
        new: u32,
    },
    /// A message was listed and gone before it could be fetched.
    Vanished {
        /// Its cursor.
        cursor: String,
    },
    /// Messages are listed and cannot be fetched.
    Missing {
        /// How many.
        count: usize,
    },
}

/// All that is in a mailbox.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// The cursors of the messages since the campaign's start.
    pub cursors: BTreeSet<String>,
    /// How many are older.
    pub older: usize,
}

/// A place where mail arrives.
pub trait Mailbox: Send {
    /// Up to `limit` messages that have not been taken in, the oldest first. Reading changes nothing in the mailbox; a
    /// message that cannot be read is skipped and comes with a later call.
    ///
    /// # Errors
    /// Where the mailbox itself cannot be read; nothing is passed over then.
    fn new_messages(&mut self, limit: usize) -> impl Future<Output = Result<Vec<Fetched>, MailboxError>> + Send;

    /// Notes that a message is in the store: it is not given again.
    fn taken(&mut self, cursor: &str);

    /// Shows in the mailbox what was done about messages. One to be left is not touched; one that is gone or marked
    /// already is no error.
    ///
    /// # Errors
    /// Where the mailbox refuses; the same is tried again then.
    fn mark(&mut self, marks: &[(String, Treatment)]) -> impl Future<Output = Result<(), MailboxError>> + Send;

    /// Whether what is shown tells that a message was answered, so that it is best shown after the answer has left.
    fn shows_answers(&self) -> bool;

    /// Whether a message of ours is in the mailbox, or in the folder where the server keeps what was sent.
    ///
    /// # Errors
    /// Where the mailbox cannot be read.
    fn holds(&mut self, message_id: &str) -> impl Future<Output = Result<bool, MailboxError>> + Send;

    /// Puts a message for the staff into the mailbox, where it is not there yet.
    ///
    /// # Errors
    /// Where the mailbox refuses.
    fn append(&mut self, mime: &[u8], message_id: &str) -> impl Future<Output = Result<(), MailboxError>> + Send;

    /// Waits until there may be something new, or until it is woken, at most this long.
    ///
    /// # Errors
    /// Where the connection is lost.
    fn wait(&mut self, most: Duration, wake: &Notify) -> impl Future<Output = Result<(), MailboxError>> + Send;

    /// Lists all that is in the mailbox.
    ///
    /// # Errors
    /// Where the mailbox cannot be read.
    fn list_all(&mut self) -> impl Future<Output = Result<Listed, MailboxError>> + Send;

    /// What a later run must know of this one.
    fn position(&self) -> String;

    /// What has been come upon since this was last asked.
    fn notices(&mut self) -> Vec<Notice>;
}
