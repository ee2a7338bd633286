//! Small packages for the tests of this module, built byte by byte so that they can be wrong on purpose.

use std::{
    io::{Cursor, Write},
    time::Duration,
};

use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::{Block, Document, Format, Limits, Problem, read, text_of};

/// The processor time that this thread has used: unlike the clock on the wall, it says nothing of what runs beside.
pub(super) fn thread_time() -> Duration {
    Duration::try_from(rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime)).unwrap()
}

pub(super) const WORD: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
pub(super) const STRICT: &str = "http://purl.oclc.org/ooxml/wordprocessingml/main";
pub(super) const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A ZIP archive in the making. Names go in as they are, twice if need be.
pub(super) struct Zip {
    entries: Vec<(Vec<u8>, Vec<u8>)>,
    method: CompressionMethod,
}

impl Zip {
    pub(super) fn new() -> Self {
        Self { entries: Vec::new(), method: CompressionMethod::Deflated }
    }

    /// Stores instead of packing, which is quicker.
    pub(super) fn stored(mut self) -> Self {
        self.method = CompressionMethod::Stored;
        self
    }

    pub(super) fn file(self, name: &str, content: &[u8]) -> Self {
        self.raw(name.as_bytes(), content)
    }

    pub(super) fn raw(mut self, name: &[u8], content: &[u8]) -> Self {
        self.entries.push((name.to_vec(), content.to_vec()));
        self
    }

    /// The archive. The writer refuses odd names, so it is given placeholders of the same length.
    pub(super) fn bytes(self) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(self.method);
        let placeholder = |index: usize, length: usize| format!("{index:0>length$}");
        for (index, (name, content)) in self.entries.iter().enumerate() {
            zip.start_file(placeholder(index, name.len().max(4)), options).unwrap();
            zip.write_all(content).unwrap();
        }
        let mut bytes = zip.finish().unwrap().into_inner();
        let headers = headers(&bytes);
        for (index, (name, _)) in self.entries.iter().enumerate() {
            let length = name.len().max(4);
            let from = placeholder(index, length).into_bytes();
            let to: Vec<u8> = name.iter().copied().chain(std::iter::repeat(b' ')).take(length).collect();
            for (at, named) in &headers {
                if *named == length && bytes[*at..].starts_with(&from) {
                    bytes[*at..*at + length].copy_from_slice(&to);
                }
            }
        }
        bytes
    }
}

/// Where the names of entries stand, in both kinds of headers, and how long they are.
fn headers(bytes: &[u8]) -> Vec<(usize, usize)> {
    let found = |signature: &'static [u8], length: usize, name: usize| {
        let header =
            move |at: usize| (at + name, usize::from(u16::from_le_bytes([bytes[at + length], bytes[at + length + 1]])));
        memchr::memmem::find_iter(bytes, signature).map(header).collect::<Vec<_>>()
    };
    [found(b"PK\x03\x04", 26, 30), found(b"PK\x01\x02", 28, 46)].concat()
}

/// Marks every entry as encrypted (APPNOTE.TXT §4.4.4, bit 0).
pub(super) fn encrypted(mut bytes: Vec<u8>) -> Vec<u8> {
    for (signature, flags) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        for at in memchr::memmem::find_iter(&bytes.clone(), signature) {
            bytes[at + flags] |= 1;
        }
    }
    bytes
}

/// A Word package in the making.
pub(super) struct Word {
    body: Vec<u8>,
    relations: String,
    parts: Vec<(String, Vec<u8>)>,
}

/// `document.xml` around a body; all vocabularies that the cases use are declared.
pub(super) fn document_xml(body: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{WORD}" xmlns:r="{RELATIONS}" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><w:body>{body}</w:body></w:document>"#
    )
}

impl Word {
    /// A package around a body.
    pub(super) fn new(body: &str) -> Self {
        Self::xml(document_xml(body))
    }

    /// A package around a whole main part.
    pub(super) fn xml(document: impl Into<Vec<u8>>) -> Self {
        Self { body: document.into(), relations: String::new(), parts: Vec::new() }
    }

    /// Adds a part that the document refers to.
    pub(super) fn part(mut self, kind: &str, name: &str, content: &str) -> Self {
        let number = self.parts.len();
        self.relations += &format!(r#"<Relationship Id="p{number}" Type="{RELATIONS}/{kind}" Target="{name}"/>"#);
        self.parts.push((format!("word/{name}"), content.as_bytes().to_vec()));
        self
    }

    /// Adds a reference only.
    pub(super) fn relation(mut self, xml: &str) -> Self {
        self.relations += xml;
        self
    }

    /// Adds a file that nothing refers to.
    pub(super) fn file(mut self, name: &str, content: &[u8]) -> Self {
        self.parts.push((name.to_owned(), content.to_vec()));
        self
    }

    pub(super) fn bytes(self) -> Vec<u8> {
        let list = |content: &str| {
            format!(
                r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{content}</Relationships>"#
            )
        };
        let root = format!(r#"<Relationship Id="r1" Type="{RELATIONS}/officeDocument" Target="word/document.xml"/>"#);
        let zip = Zip::new()
            .file("[Content_Types].xml", b"<Types/>")
            .file("_rels/.rels", list(&root).as_bytes())
            .file("word/_rels/document.xml.rels", list(&self.relations).as_bytes())
            .file("word/document.xml", &self.body);
        self.parts.into_iter().fold(zip, |zip, (name, content)| zip.file(&name, &content)).bytes()
    }

    pub(super) fn read(self) -> Result<Document, Problem> {
        read(&self.bytes(), Format::Docx, &Limits::default())
    }
}

/// A paragraph.
pub(super) fn p(content: &str) -> String {
    format!("<w:p>{content}</w:p>")
}

/// A run of text.
pub(super) fn r(text: &str) -> String {
    format!(r#"<w:r><w:t xml:space="preserve">{text}</w:t></w:r>"#)
}

/// A cell.
pub(super) fn tc(content: &str) -> String {
    format!("<w:tc><w:tcPr/>{content}</w:tc>")
}

/// A row.
pub(super) fn tr(cells: &str) -> String {
    format!("<w:tr>{cells}</w:tr>")
}

/// A table.
pub(super) fn tbl(rows: &str) -> String {
    format!("<w:tbl><w:tblPr/><w:tblGrid/>{rows}</w:tbl>")
}

/// Rows as texts of cells, a continued cell as «^», a wide one with its span; nested tables as `text_of` has them.
pub(super) fn grid(blocks: &[Block]) -> Vec<Vec<String>> {
    let Some(table) = blocks.iter().find_map(|block| match block {
        Block::Table(table) => Some(table),
        _ => None,
    }) else {
        return Vec::new();
    };
    let cell = |cell: &super::Cell| {
        let text = if cell.continues { "^".to_owned() } else { text_of(&cell.blocks) };
        if cell.span > 1 { format!("{text}×{}", cell.span) } else { text }
    };
    table.rows.iter().map(|row| row.cells.iter().map(cell).collect()).collect()
}
