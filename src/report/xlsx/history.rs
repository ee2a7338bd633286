//! «История»: every message, the oldest first.

use rust_xlsxwriter::Worksheet;

use super::{
    Formats, WorkbookError,
    page::{HEAD, Outline, Page},
};
use crate::report::Summary;

pub(super) fn write(sheet: &mut Worksheet, summary: &Summary<'_>, formats: &Formats) -> Result<(), WorkbookError> {
    let columns = [
        ("Получено", 17.0),
        ("Школа", 42.0),
        ("Отправитель", 32.0),
        ("Что поступило", 38.0),
        ("Что сделано", 28.0),
        ("Опоздание", 13.0),
    ]
    .map(|(head, width)| (head.to_owned(), width));
    let outline =
        Outline { name: "История", columns: &columns, rows: summary.history.len(), frozen: 2, wide: 1 };
    let mut page = Page::begin(sheet, summary, &outline, formats)?;
    for (row, one) in (HEAD + 1..).zip(&summary.history) {
        page.time(row, 0, one.received)?;
        for (column, text) in (1..).zip([&one.school, &one.from, &one.what, &one.reply]) {
            page.text(row, column, text, &formats.text)?;
        }
        page.text(row, 5, if one.late { "да" } else { "" }, &formats.number)?;
        page.end(row)?;
    }
    Ok(())
}
