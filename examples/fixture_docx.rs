//! Writes a filled form as docx-rs makes it, for the sample mails: rows of [label, answer] as JSON on standard input, the
//! DOCX on standard output. Used by `tests/fixtures/make.py` only.

use std::io::{Cursor, Write, stdin, stdout};

use docx_rs::{Docx, Paragraph, Run, Table, TableCell, TableRow};

fn main() -> anyhow::Result<()> {
    let rows: Vec<(String, String)> = serde_json::from_reader(stdin())?;
    let cell = |text: &str| {
        text.lines().fold(TableCell::new(), |cell, line| {
            cell.add_paragraph(Paragraph::new().add_run(Run::new().add_text(line)))
        })
    };
    let rows = rows.iter().map(|(label, answer)| TableRow::new(vec![cell(label), cell(answer)])).collect();
    let mut bytes = Cursor::new(Vec::new());
    Docx::new()
        .add_paragraph(Paragraph::new().add_run(Run::new().bold().add_text("ИНФОРМАЦИЯ")))
        .add_table(Table::new(rows))
        .build()
        .pack(&mut bytes)?;
    stdout().write_all(bytes.get_ref())?;
    Ok(())
}
