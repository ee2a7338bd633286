//! The types that come out of a file, and the bounds on what reading it may cost.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What a file is, as its bytes show; the sender's name and type only help to choose among what the bytes allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Office Open XML text (ISO/IEC 29500).
    Docx,
    /// Office Open XML slides.
    Pptx,
    /// Office Open XML workbook.
    Xlsx,
    /// OpenDocument text.
    Odt,
    /// OpenDocument slides.
    Odp,
    /// OpenDocument workbook.
    Ods,
    /// Word 97–2003.
    Doc,
    /// PowerPoint 97–2003.
    Ppt,
    /// Excel 97–2003.
    Xls,
    /// Rich Text Format.
    Rtf,
    /// Portable Document Format.
    Pdf,
    /// Plain text.
    Text,
    /// HTML.
    Html,
    /// A picture of any kind.
    Image,
    /// A ZIP archive that is no document.
    Zip,
    /// A RAR archive.
    Rar,
    /// A 7-Zip archive.
    SevenZip,
    /// winmail.dat.
    Tnef,
    /// An e-mail message as a file.
    Message,
    /// An iCalendar file.
    Calendar,
    /// A vCard, a signature (PKCS#7, PGP): never a document.
    Signature,
    /// Anything else.
    Unknown,
}

/// Why a file gave no document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    /// No bytes, or no text in a format that should hold some.
    #[error("the file is empty")]
    Empty,
    /// Protected by a password.
    #[error("the file is encrypted")]
    Encrypted,
    /// Cut short or malformed.
    #[error("the file is damaged")]
    Damaged,
    /// A format that is recognised, but not read (RAR, 7z, …).
    #[error("the format is not supported")]
    Unsupported,
    /// Readable only by a converter, and there is none (DOC, XLS, PPT, RTF, PDF).
    #[error("the format needs a converter")]
    NeedsConverter,
    /// A picture, or a PDF without text: a scan.
    #[error("the file is a picture of text")]
    Scan,
    /// Past a limit of [`Limits`], or shaped to do harm (bomb, DOCTYPE, overlapping entries).
    #[error("the file passes a limit or is shaped to do harm")]
    Hostile,
}

/// Bounds on what reading may cost. Each is checked on what was really read; declared sizes are never believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of one file.
    pub file_bytes: usize,
    /// Entries of a ZIP container.
    pub entries: usize,
    /// Unpacked bytes of one part of a container.
    pub part_bytes: usize,
    /// Unpacked bytes of all parts of a container.
    pub total_bytes: usize,
    /// Unpacked to packed bytes, checked once 1 MiB has been unpacked.
    pub ratio: usize,
    /// Archives within archives and messages within messages.
    pub nesting: usize,
    /// Depth of XML elements.
    pub xml_depth: usize,
    /// XML events of one part.
    pub xml_events: usize,
    /// Attributes of one XML element.
    pub attributes: usize,
    /// Tables within tables.
    pub table_depth: usize,
    /// Cells of all tables.
    pub cells: usize,
    /// Bytes of text.
    pub text_bytes: usize,
    /// Files of one message.
    pub files: usize,
    /// Processor time for one message; the process that reads it has three times as long by the clock on the wall.
    pub time: Duration,
    /// Bytes of address space of the process that reads it.
    pub memory: u64,
}

impl Default for Limits {
    fn default() -> Self {
        const MIB: usize = 1 << 20;
        Self {
            file_bytes: 64 * MIB,
            entries: 1_000,
            part_bytes: 32 * MIB,
            total_bytes: 64 * MIB,
            ratio: 100,
            nesting: 2,
            xml_depth: 128,
            xml_events: 4_000_000,
            attributes: 1_000,
            table_depth: 16,
            cells: 50_000,
            text_bytes: 4 * MIB,
            files: 100,
            time: Duration::from_secs(10),
            memory: 512 << 20,
        }
    }
}

/// The content of a file: what a reader of the page would see, in its order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// The body. Slides of a presentation are parted by [`Block::Break`].
    pub blocks: Vec<Block>,
    /// Headers and footers of pages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub margins: Vec<Block>,
    /// Footnotes and endnotes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Block>,
    /// What the file was made for, where it is a form of ours and says so itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// What stands in its content controls that have a tag, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub controls: Vec<Control>,
    /// What is odd about the file, in English, for logs and staff: macros, an external template, a wrong extension.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub oddities: Vec<String>,
}

/// A place to fill in that has a name (ISO/IEC 29500-1 §17.5.2).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Control {
    /// Its name.
    pub tag: String,
    /// What has been written or chosen in it: lines as they are, the cells of a row parted by tabulators; nothing where it shows its
    /// prompt.
    pub text: String,
}

/// A part of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// A paragraph, also an empty one.
    Paragraph(Paragraph),
    /// A table.
    Table(Table),
    /// The end of a slide, a sheet or a page that begins anew by the author's will.
    Break,
}

/// A paragraph of text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paragraph {
    /// Its text; a line break within it is `\n`, a tabulator `\t`.
    pub text: String,
    /// Its automatic number or bullet as it would be printed («5.», «а)», «•»), which is no part of the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marker: Option<String>,
}

/// A table, row by row.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its rows.
    pub rows: Vec<Row>,
}

/// A row of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its cells from left to right, merged ones included.
    pub cells: Vec<Cell>,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// What it holds, nested tables included.
    pub blocks: Vec<Block>,
    /// How many columns it covers, at least 1.
    pub span: u32,
    /// Whether it only continues the cell above it.
    pub continues: bool,
}

impl Cell {
    /// The cell's text: paragraphs parted by `\n`, nested tables as lines of cells parted by tabulators.
    pub fn text(&self) -> String {
        text_of(&self.blocks)
    }
}

impl Document {
    /// The text of the body, a line a paragraph or table row.
    pub fn text(&self) -> String {
        text_of(&self.blocks)
    }
}

impl From<&str> for Paragraph {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), marker: None }
    }
}

/// The text of blocks: a line a paragraph, the cells of a row parted by tabulators.
pub fn text_of(blocks: &[Block]) -> String {
    let mut lines = Vec::new();
    for block in blocks {
        match block {
            Block::Paragraph(paragraph) => lines.push(paragraph.text.clone()),
            Block::Table(table) => {
                for row in &table.rows {
                    lines.push(row.cells.iter().map(Cell::text).collect::<Vec<_>>().join("\t"));
                }
            }
            Block::Break => {}
        }
    }
    lines.join("\n")
}
