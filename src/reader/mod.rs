//! One mail or one file → a [`Reading`]: everything that can be said of it without knowing any campaign. Joins
//! [`crate::message`] and [`crate::document`]. A reading is stored, so that a later look needs no second parsing.

mod links;
#[cfg(test)]
mod tests;
mod walk;

use serde::{Deserialize, Serialize};

use crate::{
    digest::Sha256,
    document::{self, Document, Format, Limits, Problem},
    message::{self, Message, OwnIdentity, Parsed},
};

use walk::Walker;

/// Raised whenever a reading of the same bytes could differ from an earlier one.
pub const VERSION: u32 = 4;

/// What is known of a mail from its bytes alone.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Reading {
    /// [`VERSION`] of the reader that made it.
    pub version: u32,
    /// The mail itself; its parts are absent where a bare document was read.
    pub message: Message,
    /// Every file that came with it, containers opened, in the order in which a person would meet them.
    pub files: Vec<FileReading>,
    /// Links to storages of files in the author's own and in forwarded text: what was meant to be sent may be there.
    #[serde(default)]
    pub links: Vec<String>,
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
    /// Whether it is part of the mail's design (a logo in a signature) or its signature, not sent for its own sake.
    #[serde(default)]
    pub inline: bool,
    /// Its size in bytes.
    pub size: u64,
    /// The hash of its bytes.
    pub sha256: Sha256,
    /// Its content, or why there is none.
    pub content: Result<Document, Problem>,
}

/// Reads a mail: the reading, and the bytes of each of its files in the same order. Nothing is refused.
pub fn read_mail(raw: &[u8], own: &OwnIdentity, limits: &Limits) -> (Reading, Vec<Vec<u8>>) {
    let Parsed { mut message, attachments, links } = message::parse_all(raw, own, limits, &[]);
    let mut walker = Walker::new(limits);
    attachments.into_iter().for_each(|attachment| walker.attachment(attachment));
    let (files, contents, complete) = walker.finish();
    if !complete {
        message.oddities.push("too many files".to_owned());
    }
    let links = links::storages(links);
    (Reading { version: VERSION, message, files, links }, contents)
}

/// Reads the words of a PDF and their places as if it were the PDF.
pub fn read_words(words: &[u8], limits: &Limits) -> (Reading, Vec<Vec<u8>>) {
    let file = FileReading {
        name: None,
        path: Vec::new(),
        format: Format::Pdf,
        inline: false,
        size: words.len() as u64,
        sha256: Sha256::of(words),
        content: document::read_words(words, limits),
    };
    let reading = Reading { version: VERSION, files: vec![file], ..Reading::default() };
    (reading, vec![words.to_owned()])
}

/// When the mail was received, by its header section alone.
pub fn received(raw: &[u8]) -> Option<jiff::Timestamp> {
    message::received(raw)
}

/// Reads a file: a mail where its bytes are one, else a document as if it had come in a mail without anything else.
pub fn read_file(bytes: &[u8], name: Option<&str>, own: &OwnIdentity, limits: &Limits) -> (Reading, Vec<Vec<u8>>) {
    if document::sniff(bytes, name, "") == Format::Message {
        return read_mail(bytes, own, limits);
    }
    let mut walker = Walker::new(limits);
    walker.bare(name.map(str::to_owned), bytes.to_vec());
    let (files, contents, complete) = walker.finish();
    let mut message = Message::default();
    if !complete {
        message.oddities.push("too many files".to_owned());
    }
    (Reading { version: VERSION, message, files, links: Vec::new() }, contents)
}
