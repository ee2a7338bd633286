//! The consolidated table as a workbook.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use crate::reply::date_time;

use super::{Summary, day, printed};

/// Why the workbook could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the workbook cannot be made: {0}")]
pub struct WorkbookError(#[from] XlsxError);

/// Two sheets: where each school stands, and all answers, a school a row. Every text is a text cell: none can be a
/// formula.
///
/// # Errors
/// [`WorkbookError`], where a text is longer than a cell can be.
pub fn xlsx(summary: &Summary<'_>) -> Result<Vec<u8>, WorkbookError> {
    let mut book = Workbook::new();
    status(summary, book.add_worksheet())?;
    answers(summary, book.add_worksheet())?;
    Ok(book.save_to_buffer()?)
}

fn head() -> Format {
    Format::new()
        .set_bold()
        .set_text_wrap()
        .set_border(FormatBorder::Thin)
        .set_align(FormatAlign::VerticalCenter)
        .set_background_color(Color::RGB(0x00DD_E6F0))
}

fn body() -> Format {
    Format::new().set_text_wrap().set_border(FormatBorder::Thin).set_align(FormatAlign::Top)
}

fn title(summary: &Summary<'_>, sheet: &mut Worksheet) -> Result<(), XlsxError> {
    let as_of = date_time(summary.as_of, &summary.campaign.time_zone);
    let text = format!("{}: по состоянию на {as_of}", summary.campaign.title);
    sheet.write_string_with_format(0, 0, text, &Format::new().set_bold().set_font_size(13))?;
    Ok(())
}

fn row_of(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX).saturating_add(3)
}

fn status(summary: &Summary<'_>, sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name("Статус")?;
    title(summary, sheet)?;
    let heads = [
        ("№", 5),
        ("Образовательная организация", 48),
        ("Район", 18),
        ("Дата представления", 16),
        ("Форма", 12),
        ("Проект выступления", 14),
        ("Поля к дополнению", 20),
        ("Состояние", 24),
        ("Последнее письмо", 16),
        ("С опозданием", 12),
    ];
    for (column, (text, width)) in (0u16..).zip(heads) {
        sheet.write_string_with_format(2, column, text, &head())?;
        sheet.set_column_width(column, width)?;
    }
    for (index, one) in summary.schools.iter().enumerate() {
        let Some(school) = summary.campaign.school(&one.school) else { continue };
        let row = row_of(index);
        let cells = [
            (index + 1).to_string(),
            school.name.clone(),
            school.district.clone(),
            printed(school.date),
            day(summary.campaign, one.form),
            day(summary.campaign, one.draft),
            one.gaps(summary.campaign),
            one.status.russian().to_owned(),
            day(summary.campaign, one.last_message),
            if one.late { "да" } else { "нет" }.to_owned(),
        ];
        for (column, text) in (0u16..).zip(cells) {
            sheet.write_string_with_format(row, column, text, &body())?;
        }
    }
    let last = row_of(summary.schools.len().saturating_sub(1));
    sheet.autofilter(2, 0, last, 9)?;
    sheet.set_freeze_panes(3, 2)?;
    sheet.set_landscape().set_print_fit_to_pages(1, 0);
    sheet.write_string(last + 2, 0, summary.proof())?;
    Ok(())
}

fn answers(summary: &Summary<'_>, sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name("Ответы")?;
    title(summary, sheet)?;
    sheet.write_string_with_format(2, 0, "Школа по графику", &head())?;
    sheet.set_column_width(0, 40)?;
    let fields = &summary.campaign.form.fields;
    for (column, (number, field)) in (1u16..).zip(fields.iter().enumerate()) {
        sheet.write_string_with_format(2, column, format!("{}. {}", number + 1, field.short), &head())?;
        sheet.set_column_width(column, 28)?;
    }
    for (index, one) in summary.schools.iter().enumerate() {
        let row = row_of(index);
        let name = summary.campaign.school(&one.school).map_or("", |school| &school.name);
        sheet.write_string_with_format(row, 0, name, &body())?;
        for (column, field) in (1u16..).zip(fields) {
            match (one.numbers.get(&field.id), one.answers.get(&field.id)) {
                (Some(number), _) => sheet.write_number_with_format(row, column, f64::from(*number), &body())?,
                (None, text) => {
                    let text: String = text.map_or("", String::as_str).chars().take(32_000).collect();
                    sheet.write_string_with_format(row, column, text, &body())?
                }
            };
        }
    }
    let last = row_of(summary.schools.len().saturating_sub(1));
    sheet.autofilter(2, 0, last, u16::try_from(fields.len()).unwrap_or(u16::MAX))?;
    sheet.set_freeze_panes(3, 1)?;
    sheet.set_landscape();
    Ok(())
}
