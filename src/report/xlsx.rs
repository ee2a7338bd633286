//! The summary as a workbook: «Статус», «Ответы», «История». Text of schools is always written as text.

use jiff::Timestamp;
use rust_xlsxwriter::{Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet};

use super::{Status, Summary};
use crate::{
    campaign::{Field, FieldKind},
    form::Value,
    reply::russian::{long_time, short_date, short_time},
};

/// Why there is no workbook.
pub type WorkbookError = rust_xlsxwriter::XlsxError;

/// The most that a cell holds, in UTF-16 units.
const CELL: usize = 32_767;

/// The row of the column heads; above it stand title and date.
const HEAD: u32 = 3;

struct Formats {
    title: Format,
    note: Format,
    head: Format,
    text: Format,
    number: Format,
    average: Format,
}

/// The summary as the bytes of an XLSX workbook, the same for the same summary.
///
/// # Errors
/// The writer refuses: more rows or columns than a sheet holds.
pub fn xlsx(summary: &Summary<'_>) -> Result<Vec<u8>, WorkbookError> {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_timestamp(summary.as_of.as_second())?;
    workbook.set_properties(&DocProperties::new().set_title(&summary.campaign.title).set_creation_datetime(&created));
    let cell = Format::new().set_text_wrap().set_align(FormatAlign::Top).set_border(FormatBorder::Thin);
    let formats = Formats {
        title: Format::new().set_bold().set_font_size(14),
        note: Format::new().set_italic(),
        head: cell
            .clone()
            .set_bold()
            .set_background_color(Color::RGB(0xE7_EBEF))
            .set_align(FormatAlign::VerticalCenter),
        number: cell.clone().set_align(FormatAlign::Center),
        average: cell.clone().set_align(FormatAlign::Center).set_bold().set_num_format("0.00"),
        text: cell,
    };
    status(workbook.add_worksheet(), summary, &formats)?;
    answers(workbook.add_worksheet(), summary, &formats)?;
    history(workbook.add_worksheet(), summary, &formats)?;
    workbook.save_to_buffer()
}

/// Title, date, column heads, page set-up: what all sheets have.
fn begin(
    sheet: &mut Worksheet,
    name: &str,
    summary: &Summary<'_>,
    columns: &[(&str, f64)],
    rows: usize,
    formats: &Formats,
) -> Result<(), WorkbookError> {
    let campaign = summary.campaign;
    sheet.set_name(name)?;
    sheet.write_string_with_format(0, 0, &campaign.title, &formats.title)?;
    let as_of = format!(
        "По состоянию на {}. Письмо № {} от {}",
        long_time(summary.as_of, &campaign.time_zone),
        campaign.letter.number,
        short_date(campaign.letter.date)
    );
    sheet.write_string_with_format(1, 0, as_of, &formats.note)?;
    let mut last = 0;
    for (column, (head, width)) in (0_u16..).zip(columns) {
        sheet.write_string_with_format(HEAD, column, *head, &formats.head)?;
        sheet.set_column_width(column, *width)?;
        last = column;
    }
    // A page of A4 across takes about this many characters in a size that can be read.
    let total: f64 = columns.iter().map(|(_, width)| width).sum();
    let pages = if total <= 200.0 { 1 } else { 3 };
    height(sheet, HEAD, columns)?;
    let rows = u32::try_from(rows).unwrap_or(u32::MAX);
    sheet.autofilter(HEAD, 0, HEAD.saturating_add(rows), last)?;
    sheet.set_freeze_panes(HEAD + 1, 1)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(pages, 0).set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3);
    sheet.set_repeat_rows(HEAD, HEAD)?;
    sheet.set_repeat_columns(0, 0)?;
    sheet.set_footer("&CСтраница &P из &N");
    Ok(())
}

/// Always text, also where it looks like a formula, a number or a link.
fn text(sheet: &mut Worksheet, row: u32, column: u16, text: &str, format: &Format) -> Result<(), WorkbookError> {
    let mut units = 0;
    let fits = |c: &char| {
        units += c.len_utf16();
        units <= CELL
    };
    let plain: String = text.chars().filter(|c| !c.is_control() || *c == '\n' || *c == '\t').take_while(fits).collect();
    sheet.write_string_with_format(row, column, plain, format).map(|_| ())
}

/// A row as high as its fullest cell needs: not every program works that out for itself.
fn height(sheet: &mut Worksheet, row: u32, cells: &[(&str, f64)]) -> Result<(), WorkbookError> {
    const LINE: f64 = 15.0;
    const HIGHEST: f64 = 405.0;
    let lines = |text: &str, width: f64| -> f64 {
        // Words break early, and Cyrillic is wider than the digits that widths are counted in.
        let room = (width * 0.82).max(1.0);
        text.lines()
            .map(|line| (f64::from(u32::try_from(line.chars().count()).unwrap_or(u32::MAX)) / room).ceil().max(1.0))
            .sum()
    };
    let most = cells.iter().map(|(text, width)| lines(text, *width)).fold(1.0, f64::max);
    sheet.set_row_height(row, (most * LINE).min(HIGHEST)).map(|_| ())
}

fn status(sheet: &mut Worksheet, summary: &Summary<'_>, formats: &Formats) -> Result<(), WorkbookError> {
    let columns = [
        ("Школа", 38.0),
        ("Район", 17.0),
        ("Дата", 12.0),
        ("Форма получена", 17.0),
        ("Проект получен", 17.0),
        ("Не хватает", 34.0),
        ("Последнее письмо", 17.0),
        ("С опозданием", 14.0),
        ("Статус", 24.0),
    ];
    begin(sheet, "Статус", summary, &columns, summary.schools.len(), formats)?;
    let time = |instant: Option<Timestamp>, absent: &str| {
        instant.map_or_else(|| absent.to_owned(), |instant| short_time(instant, &summary.campaign.time_zone))
    };
    let mut row = HEAD;
    for one in &summary.schools {
        row += 1;
        let cells = [
            one.school.name.clone(),
            one.school.district.clone(),
            short_date(one.school.date),
            time(one.form, "нет"),
            time(one.draft, "нет"),
            summary.lacks(one),
            time(one.last_message, ""),
            if one.late { "да" } else { "" }.to_owned(),
        ];
        for (column, cell) in (0..).zip(&cells) {
            text(sheet, row, column, cell, &formats.text)?;
        }
        let shown = cells.iter().map(String::as_str).chain([one.status.words()]);
        height(sheet, row, &shown.zip(columns.map(|(_, width)| width)).collect::<Vec<_>>())?;
        let format = formats.text.clone().set_bold().set_font_color(hue(one.status));
        text(sheet, row, 8, one.status.words(), &format)?;
    }
    sheet.write_string(row + 2, 0, summary.messages.proof())?;
    Ok(())
}

fn hue(status: Status) -> Color {
    Color::RGB(match status {
        Status::Complete => 0x17_663A,
        Status::Incomplete => 0x8A_5200,
        Status::Nothing => 0xA3_211C,
        Status::Review => 0x6A_2C91,
    })
}

fn answers(sheet: &mut Worksheet, summary: &Summary<'_>, formats: &Formats) -> Result<(), WorkbookError> {
    let fields = &summary.campaign.form.fields;
    const SCHOOL: f64 = 34.0;
    let heads: Vec<String> = (1..).zip(fields).map(|(number, field)| format!("{number}. {}", field.short)).collect();
    let width = |kind| if matches!(kind, FieldKind::Count | FieldKind::Rating { .. }) { 14.0 } else { 30.0 };
    let columns: Vec<(&str, f64)> = std::iter::once(("Школа", SCHOOL))
        .chain(heads.iter().zip(fields).map(|(head, field)| (head.as_str(), width(field.kind))))
        .collect();
    begin(sheet, "Ответы", summary, &columns, summary.schools.len(), formats)?;
    let mut row = HEAD;
    for one in &summary.schools {
        row += 1;
        text(sheet, row, 0, &one.school.name, &formats.text)?;
        let said = |field: &Field| one.answers.get(&field.id).map_or("", |answer| answer.text.as_str());
        let mut cells: Vec<(&str, f64)> = fields.iter().map(|field| (said(field), width(field.kind))).collect();
        cells.push((&one.school.name, SCHOOL));
        height(sheet, row, &cells)?;
        for (column, field) in (1..).zip(fields) {
            match one.answers.get(&field.id) {
                Some(answer) => match (answer.value, &answer.invalid) {
                    (Some(Value::Number(number)), None) => {
                        sheet.write_number_with_format(row, column, number, &formats.number)?;
                    }
                    _ => text(sheet, row, column, &answer.text, &formats.text)?,
                },
                None => text(sheet, row, column, "", &formats.text)?,
            }
        }
    }
    text(sheet, row + 1, 0, "Средняя оценка", &formats.head)?;
    for (column, field) in (1..).zip(fields).filter(|(_, field)| matches!(field.kind, FieldKind::Rating { .. })) {
        let ratings: Vec<u32> = summary
            .schools
            .iter()
            .filter_map(|one| one.answers.get(&field.id).filter(|answer| answer.invalid.is_none())?.value)
            .filter_map(|value| if let Value::Number(number) = value { Some(number) } else { None })
            .collect();
        if let Ok(count @ 1..) = u32::try_from(ratings.len()) {
            let average = f64::from(ratings.iter().sum::<u32>()) / f64::from(count);
            sheet.write_number_with_format(row + 1, column, average, &formats.average)?;
        }
    }
    Ok(())
}

fn history(sheet: &mut Worksheet, summary: &Summary<'_>, formats: &Formats) -> Result<(), WorkbookError> {
    let columns = [
        ("Получено", 18.0),
        ("Школа", 40.0),
        ("От кого", 30.0),
        ("Что", 34.0),
        ("Ответ", 34.0),
        ("С опозданием", 14.0),
    ];
    begin(sheet, "История", summary, &columns, summary.history.len(), formats)?;
    for (row, one) in (HEAD + 1..).zip(&summary.history) {
        let received = short_time(one.received, &summary.campaign.time_zone);
        let late = if one.late { "да" } else { "" };
        let cells = [received.as_str(), &one.school, &one.from, &one.what, &one.reply, late];
        height(sheet, row, &cells.into_iter().zip(columns.map(|(_, width)| width)).collect::<Vec<_>>())?;
        for (column, cell) in (0..).zip(cells) {
            text(sheet, row, column, cell, &formats.text)?;
        }
    }
    Ok(())
}
