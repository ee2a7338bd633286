//! Whether a machine wrote a message. No one sign is in more than half of what machines send, so there are many:
//! the message's structure, its header fields, the addresses in it, and, last and least, its wording.

mod addresses;
mod fields;
mod phrases;
mod structure;

use super::{Automatic, Message, OwnIdentity, header::Header, mime::Part, parse::parse_all};
use crate::document::Limits;

/// That a machine wrote a message, and how that shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What kind of machine.
    pub automatic: Automatic,
    /// The sign, in English: a field or the kind of phrase, never a text of the mail.
    pub sign: String,
    /// Whether only the wording tells, so that a person may still have written it.
    pub weak: bool,
}

impl Verdict {
    fn strong(automatic: Automatic, sign: impl Into<String>) -> Option<Self> {
        Some(Self { automatic, sign: sign.into(), weak: false })
    }

    fn weak(automatic: Automatic, sign: impl Into<String>) -> Option<Self> {
        Some(Self { automatic, sign: sign.into(), weak: true })
    }
}

/// What is looked at.
pub(super) struct Mail<'m> {
    pub(super) root: &'m Part<'m>,
    pub(super) message: &'m Message,
    /// Everything that is written in it, quotations included.
    pub(super) text: &'m str,
    /// Whether files came with it that are its sender's own.
    pub(super) has_documents: bool,
}

impl Mail<'_> {
    fn header(&self) -> &Header {
        &self.root.header
    }
}

/// Tells whether a machine wrote a message; `None`: nothing says so.
pub fn classify(raw: &[u8], own: &OwnIdentity, limits: &Limits) -> Option<Verdict> {
    let message = parse_all(raw, own, limits, &[]).message;
    Some(Verdict {
        automatic: message.automatic?,
        sign: message.automatic_sign.unwrap_or_default(),
        weak: message.automatic_weak,
    })
}

/// The same of a message that has been taken apart.
pub(super) fn of(mail: &Mail<'_>, own: &OwnIdentity) -> Option<Verdict> {
    // The surest first; what says what kind it is before what only says that it is a machine.
    addresses::own(mail, own)
        .or_else(|| structure::report(mail))
        .or_else(|| structure::calendar(mail))
        .or_else(|| fields::bounce(mail))
        .or_else(|| phrases::bounce(mail))
        .or_else(|| fields::list(mail))
        .or_else(|| fields::answer(mail))
        .or_else(|| phrases::answer(mail))
        .or_else(|| phrases::challenge(mail))
        .or_else(|| fields::machine(mail))
        .or_else(|| addresses::machine(mail))
}

/// Whether a mail system sent a message, by its addresses and fields: whatever a person writes of mail that did not arrive,
/// he writes from an address of his own.
pub(super) fn is_of_a_system(mail: &Mail<'_>) -> bool {
    let null = mail.header().lower("return-path").replace(' ', "") == "<>";
    null || mail.message.from.is_none() || addresses::is_daemon(mail) || fields::bounce(mail).is_some()
}

#[cfg(test)]
mod tests;
