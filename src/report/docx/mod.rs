//! The digest as a Word file, ready to be edited and signed: who has sent what, the answers question by question, the
//! schedule, who has sent nothing. It holds what has been accepted of schools about which nothing is in doubt.

mod answers;
mod paper;
mod words;

use std::io;

use docx_rs::{Docx, Paragraph};
use jiff::civil::Date;

use super::{SchoolRow, Status, Summary};
use crate::{
    campaign::RequirementKind,
    reply::{
        russian::{long_date, long_time, some_date},
        word_file::pack,
    },
};
use paper::{Cell, body, centred, gap, heading, item, list, quiet, signature, table};
use words::{lacks, organisations, state};

/// Date, school, district, state: widths in twentieths of a point.
const SCHEDULE: [usize; 4] = [1_400, 3_255, 2_100, 2_600];
/// The same, where no school has a day.
const UNDATED: [usize; 3] = [4_155, 2_300, 2_900];

/// The digest as the bytes of a DOCX file, the same for the same summary.
///
/// # Errors
/// The file cannot be put together.
pub fn docx(summary: &Summary<'_>) -> io::Result<Vec<u8>> {
    let campaign = summary.campaign;
    let mut docx = paper::blank(&summary.as_of.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
    for paragraph in title(summary).into_iter().chain(introduction(summary)) {
        docx = docx.add_paragraph(paragraph);
    }
    docx = answers::write(docx, summary);
    if !summary.schools.is_empty() {
        let days = if campaign.has_days() {
            "График выступлений и состояние"
        } else {
            "Состояние"
        };
        docx = docx.add_paragraph(heading(&format!("{days} представления информации")));
        docx = docx.add_table(schedule(summary)).add_paragraph(gap());
    }
    docx = absent(docx, summary);
    let contact = &campaign.contact;
    docx = docx.add_paragraph(Paragraph::new().keep_next(true)).add_table(signature());
    docx = docx.add_paragraph(quiet(&format!("Контактное лицо: {}, тел. {}", contact.name, contact.phone)));
    pack(docx, &format!("Свод информации по письму № {}", campaign.letter.number))
}

/// The schools whose answers are in it.
fn presented<'r, 'c>(summary: &'r Summary<'c>) -> impl Iterator<Item = &'r SchoolRow<'c>> + Clone {
    summary.schools.iter().filter(|row| matches!(row.status, Status::Complete | Status::Incomplete))
}

fn of<'r, 'c>(summary: &'r Summary<'c>, status: Status) -> impl Iterator<Item = &'r SchoolRow<'c>> + Clone {
    summary.schools.iter().filter(move |row| row.status == status)
}

fn title(summary: &Summary<'_>) -> Vec<Paragraph> {
    let letter = &summary.campaign.letter;
    vec![
        centred(&letter.issuer, false, 240),
        centred("СВОД", true, 0),
        centred("информации, представленной образовательными организациями", true, 0),
        centred(&format!("по письму от {} №\u{a0}{}", whole(letter.date), letter.number), true, 120),
        centred(&letter.subject, false, 120),
        centred(&format!("по состоянию на {}", long_time(summary.as_of, &summary.campaign.time_zone)), false, 240),
    ]
}

fn introduction(summary: &Summary<'_>) -> Vec<Paragraph> {
    let campaign = summary.campaign;
    let mut deadlines: Vec<_> = campaign
        .requirements
        .iter()
        .filter(|one| campaign.schools.iter().any(|school| one.is_owed_by(&school.id)))
        .map(|one| (one.deadline, format!("{} – до {} включительно", one.title, whole(one.deadline))))
        .collect();
    deadlines.sort_by_key(|(deadline, _)| *deadline);
    let mut paragraphs = vec![body(&words::introduction(summary))];
    if let Some(received) = words::received(summary) {
        paragraphs.push(body(&received));
    }
    if !deadlines.is_empty() {
        let deadlines: Vec<String> = deadlines.into_iter().map(|(_, text)| text).collect();
        paragraphs.push(body(&format!("Сроки представления: {}.", deadlines.join("; "))));
    }
    paragraphs
}

fn schedule(summary: &Summary<'_>) -> docx_rs::Table {
    let dated = summary.campaign.has_days();
    let day = |cell| dated.then_some(cell).into_iter();
    let heads = day("Дата").chain(["Образовательная организация", "Район", "Состояние"]).map(Cell::Head);
    let rows = summary.schools.iter().map(|row| {
        let lacks = lacks(summary, row);
        let gap = if lacks.is_empty() { "" } else { ": " };
        let state = format!("{}{gap}{}", state(row), lacks.join("; "));
        let day = dated.then(|| Cell::Centre(some_date(row.school.date)));
        let texts = [row.school.name.clone(), row.school.district.clone(), state].map(Cell::Text);
        day.into_iter().chain(texts).collect()
    });
    let widths: &[usize] = if dated { &SCHEDULE } else { &UNDATED };
    table(widths, heads.collect(), rows)
}

/// Who has sent nothing, and of whom a person must still decide.
fn absent(mut docx: Docx, summary: &Summary<'_>) -> Docx {
    let nobody = of(summary, Status::Nothing).next().is_none();
    if nobody && !summary.schools.is_empty() && of(summary, Status::Review).next().is_none() {
        return docx.add_paragraph(body("Информацию представили все образовательные организации.").keep_next(true));
    }
    for (status, title) in
        [(Status::Nothing, "Не представили информацию:"), (Status::Review, "Представленная информация уточняется:")]
    {
        let rows: Vec<_> = of(summary, status).collect();
        if rows.is_empty() {
            continue;
        }
        docx = list(docx.add_paragraph(heading(title)), status);
        let last = rows.len();
        for (nth, row) in (1..).zip(rows) {
            let text = format!("{} ({} район)", row.school.name, row.school.district);
            // No signature stands on a page of its own.
            docx = docx.add_paragraph(item(&text, status).keep_next(nth == last));
        }
    }
    docx
}

/// A date whose day is on the line of its month.
fn whole(date: Date) -> String {
    long_date(date).replacen(' ', "\u{a0}", 1)
}

/// Whether somebody owes it, by its kind.
fn owed(summary: &Summary<'_>, row: &SchoolRow<'_>, kind: RequirementKind) -> bool {
    summary.campaign.requirement(kind, &row.school.id).is_some()
}

/// «Информация … – от 3 образовательных организаций».
fn from(title: &str, count: usize) -> String {
    format!("{} – от {}", title, organisations(count))
}

#[cfg(test)]
mod tests;
