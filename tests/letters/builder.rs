//! Letters as text → DOCX: a line a paragraph, `|` cells of a table, `---` a new page, `@` the page's footer. Within a cell
//! `\` is a new line. A paragraph that begins with `#` bears an automatic number.

use docx_rs::{
    AbstractNumbering, BreakType, Docx, Footer, IndentLevel, Level, LevelJc, LevelText, NumberFormat, Numbering,
    NumberingId, Paragraph, Run, Start, Table, TableCell, TableRow,
};
use svodka::{
    document::{Document, Limits},
    letter::{self, Draft, Options, Refusal},
    message::OwnIdentity,
    reader,
};

fn paragraph(text: &str) -> Paragraph {
    let mut run = Run::new();
    for (nth, line) in text.split('\\').enumerate() {
        if nth > 0 {
            run = run.add_break(BreakType::TextWrapping);
        }
        run = run.add_text(line.trim());
    }
    Paragraph::new().add_run(run)
}

/// The bytes of a DOCX file.
pub(crate) fn docx(text: &str) -> Vec<u8> {
    let level = Level::new(0, Start::new(1), NumberFormat::new("decimal"), LevelText::new("%1."), LevelJc::new("left"));
    let mut docx = Docx::new()
        .add_abstract_numbering(AbstractNumbering::new(1).add_level(level))
        .add_numbering(Numbering::new(1, 1));
    let mut rows: Vec<TableRow> = Vec::new();
    for line in text.lines().chain([""]) {
        if let Some(row) = line.strip_prefix('|') {
            let cells = row.trim().trim_end_matches('|').split('|');
            rows.push(TableRow::new(
                cells.map(|cell| TableCell::new().add_paragraph(paragraph(cell.trim()))).collect(),
            ));
            continue;
        }
        if !rows.is_empty() {
            docx = docx.add_table(Table::new(std::mem::take(&mut rows)));
        }
        docx = if line == "---" {
            docx.add_paragraph(Paragraph::new().add_run(Run::new().add_break(BreakType::Page)))
        } else if let Some(foot) = line.strip_prefix('@') {
            docx.footer(Footer::new().add_paragraph(paragraph(foot)))
        } else if let Some(item) = line.strip_prefix('#') {
            docx.add_paragraph(paragraph(item).numbering(NumberingId::new(1), IndentLevel::new(0)))
        } else {
            docx.add_paragraph(paragraph(line))
        };
    }
    let mut bytes = std::io::Cursor::new(Vec::new());
    docx.build().pack(&mut bytes).unwrap();
    bytes.into_inner()
}

/// What the program's own reader makes of a file.
pub(crate) fn document(bytes: &[u8]) -> Document {
    let (reading, _) = reader::read_file(bytes, Some("letter.docx"), &OwnIdentity::default(), &Limits::default());
    reading.files.into_iter().next().unwrap().content.unwrap()
}

/// A letter of the fixtures as a draft.
pub(crate) fn draft(name: &str, annex: Option<usize>) -> Result<Draft, Refusal> {
    let file = format!("{}/tests/fixtures/letters/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    of_text(&std::fs::read_to_string(file).unwrap(), annex)
}

/// A letter of these words as a draft.
pub(crate) fn of_text(text: &str, annex: Option<usize>) -> Result<Draft, Refusal> {
    letter::read(&document(&docx(text)), &Options { today: "2026-01-15".parse().unwrap(), annex })
}
