//! Whose is it? Evidence + roster → a [`Verdict`] with its reasons in words. Structure is compared, never strings:
//! type, number, place, dedication. Knows no store and no network.

mod conclude;
mod name;
mod roster;
#[cfg(test)]
mod tests;
mod words;

use crate::campaign::SchoolId;

pub use roster::{NameMatch, Roster};

/// Where a clue to the school was found, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// The field of the form that names the school.
    NameField,
    /// An answer in the thread of our own mail, by the same sender: the school of that thread.
    Thread,
    /// The sender's address is known to be the school's.
    RosterAddress,
    /// Another document of the same mail is this school's for certain, and no other school's is.
    SameMail,
    /// The title page of a draft: its first slide or first lines.
    TitlePage,
    /// The letterhead of a document: its page header or first lines.
    Letterhead,
    /// The name of a file.
    FileName,
    /// The display name of the sender.
    DisplayName,
    /// The mail's signature, body or subject.
    Signature,
}

/// Something that may tell the school.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clue {
    /// A text in which a school may be named.
    Text {
        /// Where it stands.
        source: Source,
        /// What it says.
        text: String,
    },
    /// A school that is known by other means than its name: [`Source::Thread`] and [`Source::RosterAddress`].
    Known {
        /// By which means.
        source: Source,
        /// The school.
        school: SchoolId,
    },
}

/// What the clues say together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is this school.
    Certain {
        /// The school.
        school: SchoolId,
        /// The name of the branch, where the document is a branch's.
        branch: Option<String>,
        /// Why, one reason each.
        why: Vec<String>,
    },
    /// It may be one of these schools, or the clues contradict each other: a person decides.
    Ambiguous {
        /// The schools, likeliest first.
        candidates: Vec<SchoolId>,
        /// Why, one reason each, and what would have been enough.
        why: Vec<String>,
    },
    /// It is a school that is not in the schedule.
    Outside {
        /// Its name as it was written.
        name: String,
        /// Why, one reason each.
        why: Vec<String>,
    },
    /// Nothing names a school.
    Unknown {
        /// What was looked at.
        why: Vec<String>,
    },
}
