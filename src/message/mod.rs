//! Raw bytes of an e-mail (RFC 5322, RFC 2045–2049) → what matters of it: who wrote it, in which thread, whether a
//! machine did, and every attached file however deep. Knows no store, no network, no campaign.

mod authentication;
mod automatic;
mod body;
mod bounce;
mod collect;
mod dialogue;
mod header;
mod mime;
mod params;
mod parse;
mod people;
mod quote;
#[cfg(test)]
mod tests;
mod uuencode;
mod words;

use std::fmt;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::document::{Document, Table};

pub use authentication::authserv_id;
pub(crate) use authentication::{aligned, sealed};
pub use automatic::{Verdict, classify};
pub(crate) use collect::is_decoration;
pub use parse::{Parsed, open, parse, parse_all, received};

/// An addr-spec (RFC 5322 §3.4.1), compared and kept in lower case.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Address(String);

/// A msg-id (RFC 5322 §3.6.4) without its angle brackets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct MessageId(String);

/// Who a header field names: `display name <address>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mailbox {
    /// The display name, decoded and freed of control characters.
    pub name: Option<String>,
    /// The address.
    pub address: Address,
}

/// By what a message shows that a machine wrote it (RFC 3834 §2, RFC 3464, RFC 8098, RFC 5546, RFC 2919).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Automatic {
    /// A delivery status notification: the mail did not arrive, or is late.
    Bounce,
    /// A vacation notice or another automatic answer.
    AutoReply,
    /// A mailing list or a bulk mailing.
    List,
    /// A disposition notification: "your mail was displayed".
    Receipt,
    /// An invitation or an answer to one.
    Calendar,
    /// Another report: abuse feedback (RFC 5965), DMARC, TLS.
    Report,
    /// A mail system's own address (no-reply, daemon) without any sign of the above.
    Daemon,
    /// Our own mail come back.
    Own,
}

/// What a delivery status notification says of the mails that it returns: they did not arrive and will not (RFC 3464).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returned {
    /// The Message-IDs that may be theirs.
    pub letters: Vec<MessageId>,
    /// Whether the next mail would fare no better: a code of the class 5 (RFC 3463).
    pub lasting: bool,
    /// To whom they did not get (RFC 3464 §2.3.1, §2.3.2): with a forwarding, another address than the one written to.
    /// Empty where it does not say.
    #[serde(default)]
    pub recipients: Vec<Address>,
}

/// Whether a message is of whom it says, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Authentication {
    /// Something vouches for the domain of its author (RFC 7489 §3.1).
    Pass,
    /// It is not: From was made up, or what is said of it contradicts itself.
    Fail,
    /// Nothing that can be trusted says either.
    #[default]
    Unknown,
}

/// By what our own mail, and the word of our own servers, is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnIdentity {
    /// The addresses that we send from.
    pub addresses: Vec<Address>,
    /// What stands behind the «@» in the Message-IDs that only we make, in any case.
    pub message_id_domains: Vec<String>,
    /// The authserv-ids of the servers whose Authentication-Results are believed (RFC 8601 §2.5), in any case.
    #[serde(default)]
    pub authserv_ids: Vec<String>,
}

/// A parsed message.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Message {
    /// Its Message-ID, where there is a usable one.
    pub message_id: Option<MessageId>,
    /// The Message-IDs that it answers: In-Reply-To, then References, without repeats.
    pub answers: Vec<MessageId>,
    /// The one author whom a reply can reach; absent where From is missing, malformed or names several.
    pub from: Option<Mailbox>,
    /// Everybody in To and Cc.
    pub recipients: Vec<Mailbox>,
    /// The subject, decoded, on one line.
    pub subject: String,
    /// The Date header.
    pub date: Option<Timestamp>,
    /// When a server of ours took it: the topmost Received header, else [`Message::date`].
    pub received: Option<Timestamp>,
    /// Whether a machine wrote it.
    pub automatic: Option<Automatic>,
    /// By which sign, in English: a header field or the kind of phrase, never a text of the mail.
    #[serde(default)]
    pub automatic_sign: Option<String>,
    /// Whether only the wording tells that a machine wrote it, so that a person may still have.
    #[serde(default)]
    pub automatic_weak: bool,
    /// Where it is a notification that mail did not arrive: which.
    #[serde(default)]
    pub returned: Option<Returned>,
    /// Whether it is of whom it says.
    #[serde(default)]
    pub authentication: Authentication,
    /// By which sign, in English, never a text of the mail.
    #[serde(default)]
    pub authentication_sign: String,
    /// The text that the author wrote above quotation and signature, with tables (an HTML part's) kept as tables.
    pub body: Document,
    /// The signature block under the body, where one can be told.
    pub signature: String,
    /// Messages that are quoted or forwarded in the body's text («-------- Пересылаемое сообщение --------»): their text.
    pub quoted: String,
    /// The part of [`Message::quoted`] that was forwarded, not answered: it may hold what the mail was sent for.
    #[serde(default)]
    pub forwarded: Document,
    /// What the author typed between lines that he quotes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub interleaved: Vec<Interleaved>,
    /// The tables of [`Message::quoted`], into which he may have typed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quoted_tables: Vec<Table>,
    /// What is odd about the message, in English, for logs and staff.
    pub oddities: Vec<String>,
}

/// What an author typed below lines that he quotes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interleaved {
    /// The quoted lines right above it, the nearest last.
    pub above: Vec<String>,
    /// His words, up to a blank line.
    pub text: String,
}

/// A file that came with a message, before anybody looked into it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attachment {
    /// The sender's name for it, decoded; data for people, never a path.
    pub name: Option<String>,
    /// Its declared media type in lower case, for example `application/pdf`.
    pub media_type: String,
    /// How it was reached: the names of the containers around it, outermost first («rfc822», a name).
    pub path: Vec<String>,
    /// Whether it is part of the mail's design (a logo in a signature) or its signature, not sent for its own sake.
    pub inline: bool,
    /// Its bytes, decoded.
    pub bytes: Vec<u8>,
}

impl Address {
    /// Reads an addr-spec; `None` where the text is none that mail can be sent to.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@')?;
        let sound = !local.is_empty()
            && domain.len() > 2
            && text.len() <= 254
            && text.chars().all(|c| !c.is_control() && !c.is_whitespace() && !"<>()[],;:\\\"".contains(c))
            && domain.split('.').all(|label| !label.is_empty() && label.len() <= 63);
        sound.then(|| Self(text.to_lowercase()))
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands behind its «@».
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Never shows the address: what is debugged is logged, and logs hold no personal data.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(…)")
    }
}

impl MessageId {
    /// Reads a msg-id, with or without angle brackets; `None` where nothing usable is left.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches('<').trim_end_matches('>').trim();
        let sound = !text.is_empty()
            && text.len() <= 900
            && text.chars().all(|c| !c.is_control() && !c.is_whitespace() && c != '<' && c != '>');
        sound.then(|| Self(text.to_owned()))
    }

    /// An identifier of our own making, from text that is one by construction.
    pub fn of_own(text: &str) -> Self {
        Self(text.chars().filter(|c| c.is_ascii_graphic() && !"<>".contains(*c)).take(900).collect())
    }

    /// The identifier without angle brackets.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
