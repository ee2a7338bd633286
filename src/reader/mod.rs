//! One mail or one file → a [`Reading`]: everything that can be said of it without knowing any campaign. Joins
//! [`crate::message`] and [`crate::document`]. A reading is stored, so that a later look needs no second parsing.

use serde::{Deserialize, Serialize};

use crate::{
    digest::Sha256,
    document::{self, Document, Format, Limits, Problem},
    message::{self, Attachment, Message},
};

pub use crate::message::OwnIdentity;

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
    /// Whether the mail's text shows it, as a logo in a signature.
    #[serde(default)]
    pub inline: bool,
    /// Its content, or why there is none.
    pub content: Result<Document, Problem>,
}

/// Reads a mail; the bytes of the files stand in the order of [`Reading::files`].
pub fn read_mail(raw: &[u8], own: &OwnIdentity, limits: &Limits) -> (Reading, Vec<Vec<u8>>) {
    let (message, attachments) = message::parse(raw, own, limits);
    let mut walk = Walk { own, limits, files: Vec::new(), bytes: Vec::new() };
    for attachment in attachments {
        walk.file(attachment, 0);
    }
    (Reading { version: VERSION, message, files: walk.files }, walk.bytes)
}

/// When the mail was received, by its header section alone.
pub fn received(raw: &[u8]) -> Option<jiff::Timestamp> {
    message::parse(message::header_section(raw), &OwnIdentity::default(), &Limits::default()).0.received
}

/// Reads a bare document or archive as if it had come alone with an empty mail.
pub fn read_file(bytes: &[u8], name: Option<&str>, limits: &Limits) -> (Reading, Vec<Vec<u8>>) {
    let own = OwnIdentity::default();
    let mut walk = Walk { own: &own, limits, files: Vec::new(), bytes: Vec::new() };
    let attachment = Attachment {
        name: name.map(str::to_owned),
        media_type: String::new(),
        path: Vec::new(),
        bytes: bytes.to_owned(),
        inline: false,
    };
    walk.file(attachment, 0);
    (Reading { version: VERSION, message: Message::default(), files: walk.files }, walk.bytes)
}

/// The files met so far.
struct Walk<'w> {
    own: &'w OwnIdentity,
    limits: &'w Limits,
    files: Vec<FileReading>,
    bytes: Vec<Vec<u8>>,
}

impl Walk<'_> {
    /// Reads a file, or what is inside it where it is a container; `depth` containers are around it.
    fn file(&mut self, attachment: Attachment, depth: usize) {
        if self.files.len() >= self.limits.files {
            return;
        }
        let format = match attachment.media_type.as_str() {
            "message/rfc822" => Format::Message,
            media_type => document::sniff(&attachment.bytes, attachment.name.as_deref(), media_type),
        };
        if !matches!(format, Format::Zip | Format::Tnef | Format::Message) {
            let content = document::read(&attachment.bytes, format, self.limits);
            return self.add(attachment, format, content);
        }
        if depth >= self.limits.nesting {
            return self.add(attachment, format, Err(Problem::Hostile));
        }
        let mut path = attachment.path.clone();
        path.push(match format {
            Format::Message => "rfc822".to_owned(),
            _ => attachment.name.clone().unwrap_or_else(|| "zip".to_owned()),
        });
        let inside = match format {
            Format::Message => Ok(self.forwarded(&attachment.bytes)),
            _ => document::unpack(&attachment.bytes, format, self.limits).map(|files| {
                let packed = |file: document::Packed| Attachment {
                    name: file.name,
                    media_type: String::new(),
                    path: Vec::new(),
                    bytes: file.bytes,
                    inline: false,
                };
                files.into_iter().map(packed).collect()
            }),
        };
        match inside {
            Ok(files) if files.is_empty() => self.add(attachment, format, Err(Problem::Empty)),
            Ok(files) => {
                for file in files {
                    self.file(Attachment { path: path.clone(), ..file }, depth + 1);
                }
            }
            Err(problem) => self.add(attachment, format, Err(problem)),
        }
    }

    /// What a forwarded message holds: its text as a file without a name, then its attachments.
    fn forwarded(&self, raw: &[u8]) -> Vec<Attachment> {
        let (message, attachments) = message::parse(raw, self.own, self.limits);
        let text = message.body.text();
        let body = (!text.trim().is_empty()).then(|| Attachment {
            name: None,
            media_type: "text/plain".to_owned(),
            path: Vec::new(),
            bytes: text.into_bytes(),
            inline: false,
        });
        body.into_iter().chain(attachments).collect()
    }

    fn add(&mut self, attachment: Attachment, format: Format, mut content: Result<Document, Problem>) {
        if let Ok(document) = &mut content {
            document.oddities.extend(attachment.name.as_deref().and_then(|name| document::misnamed(format, name)));
        }
        self.files.push(FileReading {
            name: attachment.name,
            path: attachment.path,
            format,
            size: attachment.bytes.len() as u64,
            sha256: Sha256::of(&attachment.bytes),
            inline: attachment.inline,
            content,
        });
        self.bytes.push(attachment.bytes);
    }
}
