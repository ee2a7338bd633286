//! How long things may take. Every one has a default that suits real servers.

use std::time::Duration;

use jiff::SignedDuration;
use serde::{Deserialize, Deserializer};

use super::duration;

/// How long things may take, and how long is waited.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Times {
    /// Each step of a connection: name, TCP, encryption, greeting.
    #[serde(deserialize_with = "span")]
    pub connect: Duration,
    /// An IMAP server's answer to a command, besides a second for every 8 KiB that it is to send.
    #[serde(deserialize_with = "span")]
    pub command: Duration,
    /// Before a lost connection is tried again, at first; doubled each time, with jitter.
    #[serde(deserialize_with = "span")]
    pub reconnect_first: Duration,
    /// The same, at most.
    #[serde(deserialize_with = "span")]
    pub reconnect_longest: Duration,
    /// Between two logins after one was refused: a quarter of an hour, so that no account is locked.
    #[serde(deserialize_with = "span")]
    pub login_pause: Duration,
    /// An SMTP server's answer to a command (RFC 5321 §4.5.3.2).
    #[serde(deserialize_with = "span")]
    pub smtp_command: Duration,
    /// The same after the final dot (RFC 5321 §4.5.3.2.6).
    #[serde(deserialize_with = "span")]
    pub smtp_final: Duration,
    /// Before a deferred reply is tried again, at first; doubled each time.
    #[serde(deserialize_with = "duration")]
    pub retry_first: SignedDuration,
    /// The same, at most.
    #[serde(deserialize_with = "duration")]
    pub retry_longest: SignedDuration,
    /// How long a reply is tried at all (RFC 5321 §4.5.4.1).
    #[serde(deserialize_with = "duration")]
    pub give_up: SignedDuration,
    /// How long nothing is sent to an address that a server has refused for good.
    #[serde(deserialize_with = "duration")]
    pub suppress: SignedDuration,
    /// How long a server may be out of reach before staff are told.
    #[serde(deserialize_with = "span")]
    pub alert_after: Duration,
    /// How long a server must have been well before staff are told so; twice as long with each time of the last day.
    #[serde(deserialize_with = "span")]
    pub calm: Duration,
    /// How long the proof that a letter was accepted is waited for, before staff are told that it is in doubt.
    #[serde(deserialize_with = "duration")]
    pub settle: SignedDuration,
    /// A difference between two clocks of the machine beyond which its time was set anew.
    #[serde(deserialize_with = "duration")]
    pub clock_jump: SignedDuration,
    /// How long a task may be silent beyond what its work is allowed to take, before it is taken to hang.
    #[serde(deserialize_with = "span")]
    pub patience: Duration,
    /// How long what has begun may go on after SIGTERM.
    #[serde(deserialize_with = "span")]
    pub stop: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(30),
            command: Duration::from_secs(25),
            reconnect_first: Duration::from_secs(1),
            reconnect_longest: Duration::from_mins(5),
            login_pause: Duration::from_mins(15),
            smtp_command: Duration::from_mins(5),
            smtp_final: Duration::from_mins(10),
            retry_first: SignedDuration::from_mins(5),
            retry_longest: SignedDuration::from_hours(4),
            give_up: SignedDuration::from_hours(5 * 24),
            suppress: SignedDuration::from_hours(60 * 24),
            alert_after: Duration::from_mins(15),
            calm: Duration::from_mins(5),
            settle: SignedDuration::from_mins(2),
            clock_jump: SignedDuration::from_mins(2),
            patience: crate::pulse::PATIENCE,
            stop: Duration::from_secs(25),
        }
    }
}

fn span<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    Ok(duration(deserializer)?.unsigned_abs())
}
