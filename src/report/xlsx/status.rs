//! «Состояние»: where each school stands.

use jiff::Timestamp;
use rust_xlsxwriter::Worksheet;

use super::{
    Formats, WorkbookError,
    page::{HEAD, Outline, Page},
};
use crate::{
    campaign::{RequirementKind, SchoolId},
    reply::russian::plural,
    report::{Status, Summary},
};

/// The column of the day; none where schools have no days.
const DAY: u16 = 2;

pub(super) fn write(sheet: &mut Worksheet, summary: &Summary<'_>, formats: &Formats) -> Result<(), WorkbookError> {
    let columns = [
        ("Школа", 38.0),
        ("Район", 17.0),
        ("Дата выступления", 13.0),
        ("Форма", 16.0),
        ("Проект выступления", 16.0),
        ("Не хватает", 28.0),
        ("Статус", 22.0),
        ("Последнее письмо", 16.0),
        ("Опоздание", 13.0),
    ]
    .map(|(head, width)| (head.to_owned(), width));
    let dated = summary.campaign.has_days();
    let shown = (0_u16..).zip(columns).filter(|(column, _)| dated || *column != DAY);
    let columns: Vec<(String, f64)> = shown.map(|(_, column)| column).collect();
    let at = place(dated);
    let outline =
        Outline { name: "Состояние", columns: &columns, rows: summary.schools.len(), frozen: 1, wide: 1 };
    let mut page = Page::begin(sheet, summary, &outline, formats)?;
    let owed = |kind, school: &SchoolId| summary.campaign.requirement(kind, school).is_some();
    let mut row = HEAD;
    for one in &summary.schools {
        row += 1;
        let part = |page: &mut Page<'_>, column, came: Option<Timestamp>, kind| match came {
            Some(came) => page.time(row, column, came),
            None if owed(kind, &one.school.id) => page.text(row, column, "нет", &formats.number),
            None => page.text(row, column, "не требуется", &formats.number),
        };
        page.text(row, 0, &one.school.name, &formats.text)?;
        page.text(row, 1, &one.school.district, &formats.text)?;
        match one.school.date {
            Some(day) => page.date(row, DAY, day)?,
            None if dated => page.text(row, DAY, "–", &formats.number)?,
            None => {}
        }
        part(&mut page, at(3), one.form, RequirementKind::Form)?;
        part(&mut page, at(4), one.draft, RequirementKind::Draft)?;
        page.text(row, at(5), &summary.lacks(one), &formats.text)?;
        page.text(row, at(6), one.status.words(), &formats.of(one.status))?;
        match one.last_message {
            Some(last) => page.time(row, at(7), last)?,
            None => page.text(row, at(7), "", &formats.text)?,
        }
        page.text(row, at(8), if one.late { "да" } else { "" }, &formats.number)?;
        page.end(row)?;
    }
    totals(&mut page, row + 1, summary, formats)?;
    // Mails are counted for all schools together.
    if let Some(proof) = summary.proof() {
        page.sheet.write_string_with_format(row + 3, 0, proof, &formats.note)?;
    }
    Ok(())
}

/// Where a column stands, with and without that of the days.
fn place(dated: bool) -> impl Fn(u16) -> u16 {
    move |column| if dated || column < DAY { column } else { column - 1 }
}

fn totals(page: &mut Page<'_>, row: u32, summary: &Summary<'_>, formats: &Formats) -> Result<(), WorkbookError> {
    let schools = &summary.schools;
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let statuses = [Status::Complete, Status::Incomplete, Status::Nothing, Status::Review]
        .map(|status| (status.words(), summary.count(status)));
    let statuses: Vec<String> = statuses
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(words, count)| format!("{words}: {count}"))
        .collect();
    let all = format!("Итого: {}", plural(schools.len(), ["школа", "школы", "школ"]));
    let dated = summary.campaign.has_days();
    let at = place(dated);
    for (column, text) in [(0, all.as_str()), (1, ""), (DAY, ""), (5, ""), (6, &statuses.join("\n")), (7, "")] {
        if column == DAY && !dated {
            continue;
        }
        page.text(row, at(column), text, &formats.total)?;
    }
    let numbers = [
        (3, schools.iter().filter(|one| one.form.is_some()).count()),
        (4, schools.iter().filter(|one| one.draft.is_some()).count()),
        (8, schools.iter().filter(|one| one.late).count()),
    ];
    for (column, number) in numbers {
        page.number(row, at(column), count(number), &formats.total_number)?;
    }
    page.end(row)
}
