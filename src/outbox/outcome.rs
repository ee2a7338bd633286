//! What became of an attempt to send a letter, and what follows from it.

use jiff::{SignedDuration, Timestamp};

use crate::{
    config::Times,
    net::ConnectError,
    store::{Queued, Store, StoreError},
};

/// How the note begins that is kept with a letter that has been given up; what was said last follows.
pub const GIVEN_UP: &str = "given up: ";

/// What became of an attempt to send a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The other side has it.
    Accepted(String),
    /// Certainly not accepted; perhaps later.
    Deferred(String),
    /// Certainly not accepted, for good.
    Refused {
        /// What was said.
        response: String,
        /// Whether it is the address that was refused.
        address: bool,
    },
    /// It may have been accepted or not.
    Ambiguous(String),
    /// The lease had ended: another worker's by now.
    Withdrawn,
    /// No letter can be sent at present; this one was not tried.
    Unavailable(Unavailable),
}

/// Why no letter can be sent at present.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unavailable {
    /// There is no connection.
    Unreachable(String),
    /// There is none, and none will be until somebody has changed something.
    Setup(String),
    /// There is no password to log in with.
    Secret(String),
    /// The server does not let us in.
    Login(String),
    /// The server does not take mail from our address.
    Sender(String),
}

impl From<ConnectError> for Unavailable {
    fn from(error: ConnectError) -> Self {
        match error {
            ConnectError::Name { .. } | ConnectError::Unreachable { .. } | ConnectError::Handshake { .. } => {
                Self::Unreachable(error.to_string())
            }
            _ => Self::Setup(error.to_string()),
        }
    }
}

impl Unavailable {
    /// Which kind it is, as a word for logs.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "unreachable",
            Self::Setup(_) => "encryption",
            Self::Secret(_) => "credentials",
            Self::Login(_) => "login",
            Self::Sender(_) => "sender",
        }
    }

    /// What was said as it may stand in a log: our own words, and of a server's its code.
    pub fn discreet(&self) -> String {
        match self {
            Self::Sender(text) => code_of(text),
            // Where no server has answered, the words are ours or the system's.
            Self::Unreachable(text) | Self::Login(text) => {
                Some(code_of(text)).filter(|code| !code.is_empty()).unwrap_or(text.clone())
            }
            Self::Setup(text) | Self::Secret(text) => text.clone(),
        }
    }

    /// What was said.
    pub fn response(&self) -> &str {
        match self {
            Self::Unreachable(text)
            | Self::Setup(text)
            | Self::Secret(text)
            | Self::Login(text)
            | Self::Sender(text) => text,
        }
    }
}

/// The reply of an SMTP server without its words: the code, and the enhanced one where there is one (RFC 5321 §4.2.1,
/// RFC 3463 §2).
fn code_of(reply: &str) -> String {
    let mut words = reply.split([' ', '-']).filter(|word| !word.is_empty());
    let is_code = |word: &&str| word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_digit());
    let is_enhanced = |word: &&str| {
        word.len() <= 9
            && word.split('.').count() == 3
            && word.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let Some(code) = words.next().filter(is_code) else { return String::new() };
    words.next().filter(is_enhanced).map_or_else(|| code.to_owned(), |enhanced| format!("{code} {enhanced}"))
}

/// After so many doublings a delay has long reached its longest.
const DOUBLINGS: u32 = 20;

/// Before a letter that was deferred `tries` times before is tried again.
fn delay(times: &Times, tries: u32) -> SignedDuration {
    let grown = times.retry_first.checked_mul(1 << tries.min(DOUBLINGS)).unwrap_or(times.retry_longest);
    grown.min(times.retry_longest)
}

/// Records what became of a letter. A letter that is too old to go on with is given up only here: after a few attempts of
/// its own, or where the server has been `down` for a while; time alone expires nothing.
///
/// # Errors
/// Where the store refuses.
pub async fn record(
    store: &Store,
    queued: &Queued,
    outcome: &Outcome,
    times: &Times,
    down: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let before = now.saturating_sub(times.give_up).unwrap_or(Timestamp::MIN);
    match outcome {
        Outcome::Accepted(response) => store.sent(queued.id, now, response).await,
        Outcome::Deferred(response) => {
            let next = now.saturating_add(delay(times, queued.tries)).unwrap_or(Timestamp::MAX);
            store.retry(queued.id, next, response).await?;
            store.give_up(before, now, &format!("{GIVEN_UP}{response}"), Some(queued.id)).await
        }
        Outcome::Refused { response, address } => {
            if *address {
                let until = now.saturating_add(times.suppress).unwrap_or(Timestamp::MAX);
                store.suppress(&queued.to, until, response).await?;
            }
            store.failed(queued.id, now, response).await
        }
        Outcome::Ambiguous(response) => store.ambiguous(queued.id, now, response).await,
        Outcome::Withdrawn => store.release(queued.id).await,
        Outcome::Unavailable(why) => {
            store.release(queued.id).await?;
            if !down {
                return Ok(());
            }
            store.give_up(before, now, &format!("{GIVEN_UP}{}", why.response()), None).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_has_of_what_a_server_says_its_code_alone() {
        let login = |text: &str| Unavailable::Login(text.to_owned()).discreet();
        assert_eq!(login("535 5.7.8 authentication of user@example.org failed"), "535 5.7.8");
        assert_eq!(login("535 user@example.org failed"), "535");
        assert_eq!(login("the server does not accept the token"), "the server does not accept the token");
        assert_eq!(Unavailable::Sender("553 5.7.1 user@example.org: not owned".to_owned()).discreet(), "553 5.7.1");
        assert_eq!(Unavailable::Sender("user@example.org is not owned".to_owned()).discreet(), "");
        let away = Unavailable::Unreachable("421-4.7.0 user@example.org, too many".to_owned());
        assert_eq!(away.discreet(), "421 4.7.0");
        let nobody = "127.0.0.1:465 cannot be reached";
        assert_eq!(Unavailable::Unreachable(nobody.to_owned()).discreet(), nobody);
    }

    #[test]
    fn the_delay_doubles_up_to_the_longest() {
        let times = Times::default();
        let minutes: Vec<i64> = (0..9).map(|tries| delay(&times, tries).as_secs() / 60).collect();
        assert_eq!(minutes, [5, 10, 20, 40, 80, 160, 240, 240, 240]);
        assert_eq!(delay(&times, u32::MAX), times.retry_longest);
    }
}
