//! One mail or one file → a [`Reading`]: everything that can be said of it without knowing any campaign. Joins
//! [`crate::message`] and [`crate::document`]. A reading is stored, so that a later look needs no second parsing.

use serde::{Deserialize, Serialize};

use crate::{
    digest::Sha256,
    document::{Document, Format, Problem},
    message::Message,
};

/// Raised whenever a reading of the same bytes could differ from an earlier one.
pub const VERSION: u32 = 1;

/// What is known of a mail from its bytes alone.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Reading {
    /// [`VERSION`] of the reader that made it.
    pub version: u32,
    /// The mail itself; its parts are absent where a bare document was read.
    pub message: Message,
    /// Every file that came with it, containers opened, in the order in which a person would meet them.
    pub files: Vec<FileReading>,
}

/// What is known of one file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FileReading {
    /// The sender's name for it.
    pub name: Option<String>,
    /// The containers around it, outermost first: «архив.zip», «rfc822».
    pub path: Vec<String>,
    /// What its bytes are.
    pub format: Format,
    /// Its size in bytes.
    pub size: u64,
    /// The hash of its bytes.
    pub sha256: Sha256,
    /// Its content, or why there is none.
    pub content: Result<Document, Problem>,
}
