//! Bytes → one simple structure: blocks of paragraphs and tables. Knows no campaign, no store, no network; everything
//! here meets hostile bytes, so every step is bounded by [`Limits`], and nothing recurses on the depth of the input
//! but nested tables, whose depth is a limit of its own.
//!
//! [`sniff()`] tells what a file is, [`read`] gives its content, [`unpack`] the files inside a container.

mod archive;
mod blocks;
pub mod charset;
mod docx;
pub mod html;
mod layout;
mod odf;
mod ole;
mod origin;
mod package;
mod pptx;
#[cfg(test)]
mod pptx_tests;
mod sheet;
#[cfg(test)]
mod sheet_tests;
mod sniff;
mod symbol;
pub mod text;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod tnef;
mod types;
mod xml;

pub use archive::{Packed, unpack};
pub use origin::PROPERTY as ORIGIN;
pub use sniff::{misnamed, sniff};
pub use types::{Block, Cell, Control, Document, Format, Limits, Paragraph, Problem, Row, Table, text_of};

/// The content of a PDF by its words and their places (`pdftotext -tsv`).
///
/// # Errors
/// [`Problem::Scan`] where there are none, [`Problem::NeedsConverter`] where its rows cannot be told apart.
pub fn read_words(words: &[u8], limits: &Limits) -> Result<Document, Problem> {
    layout::read(words, limits)
}

/// The content of a file of the given format.
///
/// # Errors
/// Says why there is no content: [`Problem::NeedsConverter`] where only an office suite reads the format,
/// [`Problem::Unsupported`] where the format holds no document (containers are for [`unpack`]).
pub fn read(bytes: &[u8], format: Format, limits: &Limits) -> Result<Document, Problem> {
    if bytes.is_empty() {
        return Err(Problem::Empty);
    }
    if bytes.len() > limits.file_bytes {
        return Err(Problem::Hostile);
    }
    match format {
        Format::Docx => docx::read(bytes, limits),
        Format::Pptx => pptx::read(bytes, limits),
        Format::Xlsx => sheet::read(bytes, limits),
        Format::Odt | Format::Odp | Format::Ods => odf::read(bytes, limits),
        Format::Doc | Format::Ppt | Format::Xls | Format::Rtf | Format::Pdf => Err(sniff::convertible(bytes, format)),
        Format::Image => Err(Problem::Scan),
        Format::Text => text::read(bytes, None, limits),
        Format::Html => html::read(bytes, None, limits),
        Format::Zip
        | Format::Rar
        | Format::SevenZip
        | Format::Tnef
        | Format::Message
        | Format::Calendar
        | Format::Signature
        | Format::Unknown => Err(Problem::Unsupported),
    }
}
