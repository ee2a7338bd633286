//! What an IMAP server can do to us.

use std::io;

use crate::{config::SecretError, net::ConnectError};

/// Why an IMAP command did not succeed. After any but [`ImapError::No`] the connection is given up.
#[derive(Debug, thiserror::Error)]
pub enum ImapError {
    /// There is no connection.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// There is no password.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The server does not let us in: to try again soon could lock the account.
    #[error("the server refused the login: {answer}; check user and password (some providers want an app password)")]
    Login {
        /// What it said.
        answer: String,
    },
    /// The server does not want to do it (RFC 9051 §7.1.2).
    #[error("the server refused {command}: {answer}")]
    No {
        /// The command's name.
        command: &'static str,
        /// What it said.
        answer: String,
    },
    /// The server did not understand us (RFC 9051 §7.1.3).
    #[error("the server did not understand {command}: {answer}")]
    Bad {
        /// The command's name.
        command: &'static str,
        /// What it said.
        answer: String,
    },
    /// The server ends the session (RFC 9051 §7.1.5).
    #[error("the server ended the session: {0}")]
    Bye(String),
    /// The connection ended in the middle.
    #[error("the connection ended during {0}")]
    Ended(&'static str),
    /// Nothing came in time.
    #[error("the server did not finish {0} in time")]
    Late(&'static str),
    /// What came is no answer to what was asked.
    #[error("the server broke the protocol during {command}: {what}")]
    Protocol {
        /// The command's name.
        command: &'static str,
        /// What came.
        what: &'static str,
    },
    /// The network failed.
    #[error("the connection failed during {command}: {source}")]
    Network {
        /// The command's name.
        command: &'static str,
        /// What the system says.
        source: io::Error,
    },
}

impl ImapError {
    /// A parser's error holds everything that it had gathered, which is mail: none of it is kept.
    pub(super) fn io(command: &'static str, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::Other => Self::Protocol { command, what: "a line that cannot be read" },
            io::ErrorKind::UnexpectedEof => Self::Ended(command),
            _ => Self::Network { command, source },
        }
    }

    pub(super) fn command(command: &'static str, error: async_imap::error::Error) -> Self {
        use async_imap::error::Error;
        match error {
            Error::Io(source) => Self::io(command, source),
            Error::No(answer) => Self::No { command, answer: spoken(&answer) },
            Error::Bad(answer) => Self::Bad { command, answer: spoken(&answer) },
            Error::ConnectionLost => Self::Ended(command),
            Error::Validate(_) => Self::Protocol { command, what: "a character that a command cannot hold" },
            _ => Self::Protocol { command, what: "an answer that cannot be read" },
        }
    }

    /// Whether it may be the asked-for message that the server or its parser cannot cope with.
    pub(super) fn is_about_the_message(&self) -> bool {
        match self {
            Self::Protocol { .. } | Self::No { .. } | Self::Bad { .. } => true,
            // The guard's refusal.
            Self::Network { source, .. } => source.kind() == io::ErrorKind::InvalidData,
            _ => false,
        }
    }

    /// Whether the connection is still good: the server has only said no.
    pub(super) fn leaves_connection(&self) -> bool {
        matches!(self, Self::No { .. })
    }
}

/// What the server said, out of how async-imap shows it: `code: None, info: Some("…")`.
fn spoken(shown: &str) -> String {
    let text = shown.split_once("info: Some(\"").and_then(|(_, text)| text.strip_suffix("\")"));
    text.unwrap_or(shown).to_owned()
}
