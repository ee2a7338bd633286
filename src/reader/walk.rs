//! Files, and files within files, to the bounds on depth, number and bytes.

use super::FileReading;
use crate::{
    digest::Sha256,
    document::{self, Document, Format, Limits, Problem},
    message::{self, Attachment},
};

/// Goes through files and keeps what was read of them.
pub(super) struct Walker<'l> {
    limits: &'l Limits,
    files: Vec<FileReading>,
    contents: Vec<Vec<u8>>,
    /// Bytes that may still be unpacked: one bound for all containers, or many small ones would do what one must not.
    unpack: usize,
    complete: bool,
}

impl<'l> Walker<'l> {
    pub(super) fn new(limits: &'l Limits) -> Self {
        Self { limits, files: Vec::new(), contents: Vec::new(), unpack: limits.total_bytes, complete: true }
    }

    /// What was read of the files, their bytes, and whether that is all of them.
    pub(super) fn finish(self) -> (Vec<FileReading>, Vec<Vec<u8>>, bool) {
        (self.files, self.contents, self.complete)
    }

    /// A file that came without a message.
    pub(super) fn bare(&mut self, name: Option<String>, bytes: Vec<u8>) {
        self.attachment(Attachment { name, bytes, ..Attachment::default() });
    }

    /// A file, or the files in it.
    pub(super) fn attachment(&mut self, file: Attachment) {
        if self.files.len() >= self.limits.files {
            self.complete = false;
            return;
        }
        match format(&file) {
            container @ (Format::Zip | Format::Tnef) => self.container(file, container),
            Format::Message => self.message(file),
            format => {
                let content = self.content(&file, format);
                self.keep(file, format, content);
            }
        }
    }

    fn content(&self, file: &Attachment, format: Format) -> Result<Document, Problem> {
        let mut document = document::read(&file.bytes, format, self.limits)?;
        document.oddities.extend(file.name.as_deref().and_then(|name| document::misnamed(format, name)));
        Ok(document)
    }

    fn container(&mut self, file: Attachment, format: Format) {
        let unpacked = if self.too_deep(&file) || self.unpack == 0 {
            Err(Problem::Hostile)
        } else {
            document::unpack(&file.bytes, format, self.limits)
        };
        match unpacked.and_then(|packed| self.spend(packed)) {
            Err(problem) => self.keep(file, format, Err(problem)),
            Ok(packed) => {
                let generic = if format == Format::Tnef { "tnef" } else { "zip" };
                let label = file.name.clone().unwrap_or_else(|| generic.to_owned());
                let path: Vec<String> = file.path.iter().cloned().chain([label]).collect();
                for packed in packed {
                    let (path, inline) = (path.clone(), file.inline);
                    self.attachment(Attachment {
                        name: packed.name,
                        media_type: String::new(),
                        path,
                        inline,
                        bytes: packed.bytes,
                    });
                }
            }
        }
    }

    fn spend(&mut self, packed: Vec<document::Packed>) -> Result<Vec<document::Packed>, Problem> {
        let bytes: usize = packed.iter().map(|packed| packed.bytes.len()).sum();
        match self.unpack.checked_sub(bytes) {
            Some(left) => {
                self.unpack = left;
                Ok(packed)
            }
            None => {
                self.unpack = 0;
                Err(Problem::Hostile)
            }
        }
    }

    fn message(&mut self, file: Attachment) {
        if self.too_deep(&file) || file.bytes.len() > self.limits.file_bytes {
            return self.keep(file, Format::Message, Err(Problem::Hostile));
        }
        let path: Vec<String> = file.path.iter().cloned().chain(["rfc822".to_owned()]).collect();
        let inside = message::open(&file.bytes, &path, self.limits);
        if inside.is_empty() {
            return self.keep(file, Format::Message, Err(Problem::Empty));
        }
        inside.into_iter().for_each(|inner| self.attachment(inner));
    }

    fn too_deep(&self, file: &Attachment) -> bool {
        file.path.len() >= self.limits.nesting
    }

    fn keep(&mut self, file: Attachment, format: Format, content: Result<Document, Problem>) {
        let decoration = format == Format::Image && message::is_decoration(file.name.as_deref(), file.bytes.len());
        self.files.push(FileReading {
            name: file.name,
            path: file.path,
            format,
            inline: file.inline || decoration,
            size: file.bytes.len() as u64,
            sha256: Sha256::of(&file.bytes),
            content,
        });
        self.contents.push(file.bytes);
    }
}

/// What a file is. The text of a message within a message is what it was there, whatever it looks like.
fn format(file: &Attachment) -> Format {
    if file.name.is_none() && file.path.last().is_some_and(|last| last == "rfc822") {
        match file.media_type.as_str() {
            "text/plain" => return Format::Text,
            "text/html" => return Format::Html,
            _ => {}
        }
    }
    document::sniff(&file.bytes, file.name.as_deref(), &file.media_type)
}
