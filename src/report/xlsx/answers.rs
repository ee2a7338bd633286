//! «Ответы»: what each school has answered, a question a column.

use rust_xlsxwriter::{Chart, ChartDataLabel, ChartFont, ChartFormat, ChartSolidFill, Color, Worksheet};

use super::{
    Formats, WorkbookError,
    page::{HEAD, Outline, Page, lines},
};
use crate::{
    campaign::{Field, FieldKind},
    form::{self, Answer, Invalid, Value},
    report::{
        SchoolRow, Summary,
        figures::{Figures, is_summed, number},
    },
};

const NAME: &str = "Ответы";
/// The columns before the answers.
const FIRST: u16 = 2;

pub(super) fn write(sheet: &mut Worksheet, summary: &Summary<'_>, formats: &Formats) -> Result<(), WorkbookError> {
    let fields = &summary.campaign.form.fields;
    let mut columns = vec![("Школа".to_owned(), 30.0), ("Район".to_owned(), 17.0)];
    let head = |(number, field): (usize, &Field)| format!("{number}. {}", field.short);
    columns.extend((1..).zip(fields).map(head).zip(fields.iter().map(|field| width(summary, field))));
    // On one page nobody could read them; the columns before the answers are on both.
    let wide = if columns.iter().map(|(_, width)| width).sum::<f64>() > 200.0 { 2 } else { 1 };
    let outline = Outline { name: NAME, columns: &columns, rows: summary.schools.len(), frozen: FIRST, wide };
    let mut page = Page::begin(sheet, summary, &outline, formats)?;
    let mut row = HEAD;
    for one in &summary.schools {
        row += 1;
        page.text(row, 0, &one.school.name, &formats.text)?;
        page.text(row, 1, &one.school.district, &formats.text)?;
        for (column, field) in (FIRST..).zip(fields) {
            answer(&mut page, row, column, one, field, formats)?;
        }
        page.end(row)?;
    }
    figures(&mut page, row + 1, summary, formats)?;
    row += 4;
    for (column, field) in (FIRST..).zip(fields) {
        if let FieldKind::Rating { min, max } = field.kind {
            row = ratings(&mut page, row, column, summary, field, min..=max, formats)?;
        }
    }
    Ok(())
}

/// Narrow for numbers; for text as wide as its longest answer needs to be seen whole in a row of common height.
fn width(summary: &Summary<'_>, field: &Field) -> f64 {
    const LINES: usize = 20;
    if field.kind.is_number() || field.kind == FieldKind::YesNo {
        return 13.0;
    }
    let answers = || summary.schools.iter().filter_map(|one| one.answers.get(&field.id));
    let fits = |width: &f64| answers().all(|answer| lines(&answer.text, *width) <= LINES);
    [22.0, 30.0, 40.0, 50.0].into_iter().find(fits).unwrap_or(60.0)
}

fn answer(
    page: &mut Page<'_>,
    row: u32,
    column: u16,
    one: &SchoolRow<'_>,
    field: &Field,
    formats: &Formats,
) -> Result<(), WorkbookError> {
    let Some(answer) = one.answers.get(&field.id) else {
        if one.missing.contains(&field.id) {
            page.text(row, column, "не заполнено", &formats.missing)?;
            return page.note(row, column, &format!("Ответа нет. Подсказка школе: {}.", field.hint));
        }
        return page.text(row, column, "", &formats.absent);
    };
    if let Some(number) = number(answer) {
        page.number(row, column, number, &formats.number)?;
        if answer.text.replace(',', ".") != number.to_string() {
            page.note(row, column, &format!("В форме написано: {}", answer.text))?;
        }
        return Ok(());
    }
    let wanted = answer.invalid.is_some() || one.invalid.contains(&field.id) || one.missing.contains(&field.id);
    if !wanted {
        let (text, note) = shown(answer);
        page.text(row, column, &text, &formats.text)?;
        return if note {
            page.note(row, column, &format!("В форме написано: {}", answer.text))
        } else {
            Ok(())
        };
    }
    page.text(row, column, &answer.text, &formats.invalid)?;
    let why = match answer.invalid {
        Some(Invalid::NotANumber) => "Ответ не является числом.",
        Some(Invalid::OutOfRange) => "Число вне допустимых пределов.",
        Some(Invalid::NotADate) => "Дата или период не указаны.",
        Some(Invalid::NotAName) => "Название организации не указано.",
        Some(Invalid::NotYesOrNo) => "Ответ не означает ни «да», ни «нет».",
        Some(Invalid::NotAnOption) => "Ответ не является одним из предложенных вариантов.",
        Some(Invalid::SeveralOptions) => "Выбрано несколько вариантов вместо одного.",
        Some(Invalid::NotAnAddress) => "Адрес электронной почты не указан или написан с ошибкой.",
        Some(Invalid::NotAPhone) => "Телефон не указан, написан с ошибкой или без кода.",
        Some(Invalid::NotRows) => "Заполнены не все столбцы таблицы.",
        Some(Invalid::NotAttached) => "Не сказано, что документ приложен.",
        Some(Invalid::TooLong) => "Ответ длиннее, чем допускается.",
        None if form::differs(field, answer, &one.answers) => {
            "Ответ не совпадает с другим полем, которое он должен повторять."
        }
        None => "Ответ требует уточнения.",
    };
    page.note(row, column, &format!("{why} Подсказка школе: {}.", field.hint))
}

/// What an answer means, as it is shown in a cell, and whether that is other than what was written.
fn shown(answer: &Answer) -> (String, bool) {
    let meant = match &answer.value {
        Some(Value::Yes(yes)) => if *yes { "да" } else { "нет" }.to_owned(),
        Some(Value::Texts(texts)) => texts.join("\n"),
        _ => return (answer.text.clone(), false),
    };
    let plain = |text: &str| text.to_lowercase().split_whitespace().collect::<String>();
    let other = plain(&meant) != plain(&answer.text);
    (meant, other)
}

/// Sums of the counts, averages of counts and ratings.
fn figures(page: &mut Page<'_>, row: u32, summary: &Summary<'_>, formats: &Formats) -> Result<(), WorkbookError> {
    let fields = &summary.campaign.form.fields;
    for (row, name) in [(row, "Сумма"), (row + 1, "Среднее")] {
        page.text(row, 0, name, &formats.total)?;
        page.text(row, 1, "", &formats.total)?;
    }
    for (column, field) in (FIRST..).zip(fields) {
        let figures = Figures::of(&summary.schools, field);
        let average = figures.average().filter(|_| field.kind.is_number());
        match average {
            Some(_) if is_summed(field) => page.number(row, column, figures.sum(), &formats.total_number)?,
            _ => page.text(row, column, "", &formats.total)?,
        }
        match average {
            Some(average) => page.number(row + 1, column, average, &formats.average)?,
            None => page.text(row + 1, column, "", &formats.total)?,
        }
    }
    page.end(row)?;
    page.end(row + 1)
}

/// How many schools have given each mark, as a small table with its chart; the row below them.
fn ratings(
    page: &mut Page<'_>,
    row: u32,
    column: u16,
    summary: &Summary<'_>,
    field: &Field,
    marks: std::ops::RangeInclusive<u8>,
    formats: &Formats,
) -> Result<u32, WorkbookError> {
    const HIGH: u32 = 16;
    let figures = Figures::of(&summary.schools, field);
    if figures.average().is_none() {
        return Ok(row);
    }
    let title = format!("{}. {}: число школ", column + 1 - FIRST, field.short);
    page.text(row, 0, &title, &formats.head)?;
    page.text(row, 1, "Школ", &formats.head)?;
    page.end(row)?;
    let mut last = row;
    for mark in marks {
        last += 1;
        page.number(last, 0, mark, &formats.number)?;
        page.number(last, 1, figures.times(mark.into()), &formats.number)?;
    }
    let mut chart = Chart::new_column();
    chart
        .add_series()
        .set_categories((NAME, row + 1, 0, last, 0))
        .set_values((NAME, row + 1, 1, last, 1))
        .set_format(ChartFormat::new().set_solid_fill(ChartSolidFill::new().set_color(Color::RGB(0x3A_5A80))))
        .set_data_label(ChartDataLabel::new().show_value())
        .set_gap(60);
    chart.title().set_name(&title).set_font(ChartFont::new().set_size(12));
    chart.legend().set_hidden();
    chart.x_axis().set_name("Оценка");
    chart.y_axis().set_hidden(true).set_min(0).set_major_gridlines(false);
    chart.set_width(440).set_height(280).set_alt_text(&title);
    page.sheet.insert_chart(row, FIRST, &chart)?;
    Ok(last.max(row + HIGH) + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_shows_what_an_answer_means_and_notes_what_was_written_otherwise() {
        let texts = |texts: &[&str]| Value::Texts(texts.iter().map(|&text| text.to_owned()).collect());
        for (text, value, shown_as, noted) in [
            ("Имеется.", Some(Value::Yes(true)), "да", true),
            ("НЕТ", Some(Value::Yes(false)), "нет", false),
            ("2", Some(texts(&["дистанционно"])), "дистанционно", true),
            ("очно, дистанционно", Some(texts(&["очно", "дистанционно"])), "очно\nдистанционно", true),
            ("Очно", Some(texts(&["очно"])), "очно", false),
            ("8 (812) 123-45-67", Some(texts(&["+78121234567"])), "+78121234567", true),
            ("как есть", None, "как есть", false),
        ] {
            let answer = Answer { text: text.to_owned(), value, invalid: None, found: String::new() };
            assert_eq!(shown(&answer), (shown_as.to_owned(), noted), "{text}");
        }
    }
}
