//! Whose is it? Evidence + roster → a [`Verdict`] with its reasons in words. Structure is compared, never strings:
//! type, number, place, dedication. Knows no store and no network.
//!
//! A text becomes tokens that no longer depend on how it was typed (`text`), items with a meaning (`items`, with the
//! words of `vocabulary` and the endings of `words`), names taken apart (`name`). Each name is compared with every known
//! school (`fit`), which gives one [`NameMatch`] a text (`resolve`); all clues together give the verdict (`evidence`).

mod aside;
mod dissect;
mod evidence;
mod fit;
mod heads;
mod index;
mod items;
mod kinds;
mod learn;
mod name;
mod numbers;
mod places;
mod resolve;
mod roster;
mod stems;
mod surroundings;
#[cfg(test)]
mod tests;
mod text;
mod vocabulary;
mod words;

pub use dissect::{NameParts, dissect, names_a_school};
pub use resolve::{Mention, NameMatch};
pub use roster::{KnownSchool, Roster};

use crate::campaign::SchoolId;

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
