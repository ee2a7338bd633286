//! Bytes → rows of texts, from a workbook or from a text with separators; and the roster as such a text.

use std::io::Cursor;

use calamine::{Data, Reader as _};

use super::{Coordinator, Entry};

/// Why bytes are no table.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The workbook cannot be opened.
    #[error(
        "the workbook cannot be read: {0}\n  cure: open it in a spreadsheet program and save it as XLSX, or as CSV"
    )]
    Workbook(#[from] calamine::Error),
    /// The text cannot be parted into rows.
    #[error("the text cannot be read as rows: {0}\n  cure: save it as CSV (UTF-8, separated by semicolons)")]
    Text(#[from] csv::Error),
    /// No row heads its columns.
    #[error(
        "no row heads the columns: looked for one with «Наименование» (or «Школа») and «Район», «Эл. почта», «ИНН» or the \
         like among the first {0}\n  cure: name the columns in one row above the schools"
    )]
    NoHead(usize),
}

/// The rows of a table, each with its number in the file, counted from 1.
pub(super) fn rows(bytes: &[u8]) -> Result<Vec<(usize, Vec<String>)>, TableError> {
    // A workbook is an archive.
    if bytes.starts_with(b"PK") { sheet(bytes) } else { text(bytes) }
}

/// The sheet with the most rows: others are legends and hidden lists.
fn sheet(bytes: &[u8]) -> Result<Vec<(usize, Vec<String>)>, TableError> {
    let mut book = calamine::open_workbook_auto_from_rs(Cursor::new(bytes))?;
    let mut longest = None;
    for (_, range) in book.worksheets() {
        if longest.as_ref().is_none_or(|known: &calamine::Range<Data>| known.height() < range.height()) {
            longest = Some(range);
        }
    }
    let Some(range) = longest else { return Ok(Vec::new()) };
    let first = range.start().and_then(|(row, _)| usize::try_from(row).ok()).unwrap_or_default() + 1;
    let cell = |cell: &Data| match cell {
        // «7800000001» stands there as a number.
        Data::Float(number) if number.fract() == 0.0 => format!("{number:.0}"),
        other => other.to_string(),
    };
    Ok((first..).zip(range.rows()).map(|(number, row)| (number, row.iter().map(cell).collect())).collect())
}

fn text(bytes: &[u8]) -> Result<Vec<(usize, Vec<String>)>, TableError> {
    let (text, _, broken) = encoding_rs::UTF_8.decode(bytes);
    let text = if broken { encoding_rs::WINDOWS_1251.decode(bytes).0 } else { text };
    let head: String = text.lines().take(20).collect();
    let count = |sign: u8| head.bytes().filter(|byte| *byte == sign).count();
    let sign = [b';', b'\t', b','].into_iter().max_by_key(|sign| (count(*sign), *sign == b';')).unwrap_or(b';');
    let mut reader =
        csv::ReaderBuilder::new().delimiter(sign).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record?;
        let line = record.position().and_then(|place| usize::try_from(place.line()).ok()).unwrap_or_default();
        rows.push((line, record.iter().map(str::to_owned).collect()));
    }
    Ok(rows)
}

/// What heads the columns of our own file.
const HEADS: [&str; 9] = [
    "Код",
    "Наименование",
    "Другие наименования",
    "Район",
    "Населённый пункт",
    "Эл. почта",
    "ИНН",
    "Координатор",
    "Эл. почта координатора",
];

/// What parts several values of one cell.
pub(super) const PARTED: [char; 3] = ['|', ';', '\n'];

/// The roster as a file that spreadsheet programs open and [`super::read()`] reads: UTF-8 with its mark, semicolons.
///
/// # Errors
/// Never: it is written to memory.
pub fn write(entries: &[Entry]) -> Result<Vec<u8>, csv::Error> {
    let mut bytes = "\u{feff}".as_bytes().to_vec();
    let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(&mut bytes);
    writer.write_record(HEADS)?;
    for one in entries {
        let (name, address) = match &one.coordinator {
            Some(Coordinator { name, address }) => (name.as_str(), address.as_str()),
            None => ("", ""),
        };
        let (aliases, addresses) = (one.aliases.join(" | "), one.addresses.join(" | "));
        let cells =
            [one.id.as_str(), &one.name, &aliases, &one.district, &one.settlement, &addresses, &one.inn, name, address];
        writer.write_record(cells.map(plain))?;
    }
    writer.flush()?;
    drop(writer);
    Ok(bytes)
}

/// What a spreadsheet program would take for a formula gets a space before it: the reader takes that away again.
fn plain(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    format!("{}{cell}", if formula { " " } else { "" })
}
