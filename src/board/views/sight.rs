//! What somebody may see. Whoever looks after a district sees its schools, and nothing that is, or may be, another's.

use crate::{
    campaign::{Campaign, SchoolId},
    report::Summary,
    store::{MessageLook, MessageState, PartLook},
};

/// What somebody may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sight {
    /// Everything.
    All,
    /// The schools of a district, named as the campaign names it.
    District(String),
}

/// A page, or something that is downloaded.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Page<'p> {
    /// The campaign's board.
    Board,
    /// The consolidated table, or the digest.
    Report,
    /// A school and its versions.
    School(&'p SchoolId),
    /// A mail, its original and its files.
    Message(&'p MessageLook),
    /// What a person must decide.
    Reviews,
    /// Letters to schools.
    Outbox,
    /// Mails left alone, or written by machines.
    Other,
    /// What staff tick.
    Obligations,
    /// Deadlines.
    Deadlines,
    /// How the program is.
    Health,
    /// What has happened.
    Journal,
}

impl Sight {
    /// Whether a page may be seen. The one place where this is decided.
    pub(crate) fn may(&self, campaign: &Campaign, page: Page<'_>) -> bool {
        let Self::District(district) = self else { return true };
        let ours = |id: &SchoolId| campaign.school(id).is_some_and(|school| &school.district == district);
        match page {
            Page::Board | Page::Report => true,
            Page::School(id) => ours(id),
            Page::Message(message) => surely(campaign, message, &ours),
            Page::Reviews
            | Page::Outbox
            | Page::Other
            | Page::Obligations
            | Page::Deadlines
            | Page::Health
            | Page::Journal => false,
        }
    }

    /// Whether everything may be seen.
    pub(crate) fn is_all(&self) -> bool {
        *self == Self::All
    }

    /// The summary of what may be seen.
    pub(crate) fn of<'c>(&self, summary: &Summary<'c>) -> Summary<'c> {
        match self {
            Self::All => summary.clone(),
            Self::District(district) => summary.for_district(district),
        }
    }
}

/// Whether a message is surely of these schools and of no other: each part of it was accepted as one of theirs, in this
/// campaign.
fn surely(campaign: &Campaign, message: &MessageLook, ours: &impl Fn(&SchoolId) -> bool) -> bool {
    let accepted = |part: &PartLook| {
        part.campaign == campaign.id && part.version.is_some() && part.school.as_ref().is_some_and(ours)
    };
    matches!(message.line.state, MessageState::Decided(_))
        && !message.waits
        && !message.set_aside
        && !message.parts.is_empty()
        && message.parts.iter().all(accepted)
}
