//! The answers, question by question: text under the name of its school, numbers and short answers as a table.

use docx_rs::{Docx, LineSpacing};

use super::{
    paper::{Cell, body, gap, heading, note, question, school, table},
    presented,
    words::{decimal, without},
};
use crate::{
    campaign::{Field, FieldKind},
    form::Answer,
    reply::russian,
    report::{
        SchoolRow, Status, Summary,
        figures::{Figures, is_summed, number},
    },
};

/// School, answer: widths in twentieths of a point.
const WIDTHS: [usize; 2] = [6_055, 3_300];
/// What stands beside an answer that is not what was asked for.
const DOUBT: &str = "требует уточнения";

/// Nothing, where no school has answered anything.
pub(super) fn write(mut docx: Docx, summary: &Summary<'_>) -> Docx {
    if presented(summary).all(|row| row.answers.is_empty()) {
        return docx;
    }
    docx = docx.add_paragraph(heading("Сведения, представленные по форме приложения к письму"));
    // Said once, and not again under each question.
    let absent = summary.schools.iter().filter(|row| row.status != Status::Review && row.answers.is_empty());
    let absent: Vec<&str> = absent.map(|row| row.school.name.as_str()).collect();
    if let Some(sentence) = without("Сведения", &absent) {
        docx = docx.add_paragraph(body(&sentence));
    }
    summary.campaign.form.fields.iter().fold(docx, |docx, field| about(docx, summary, field))
}

/// A question and its answers.
fn about(mut docx: Docx, summary: &Summary<'_>, field: &Field) -> Docx {
    let answered: Vec<_> =
        presented(summary).filter_map(|row| row.answers.get(&field.id).map(|answer| (row, answer))).collect();
    docx = docx.add_paragraph(question(&field.label));
    if answered.is_empty() {
        return docx.add_paragraph(body("Ответы на этот вопрос не представлены."));
    }
    docx = if is_short(&field.kind) {
        docx.add_table(short(summary, field, &answered)).add_paragraph(gap())
    } else {
        answered.iter().fold(docx, |docx, (row, answer)| long(docx, field, row, answer))
    };
    let silent = presented(summary).filter(|row| {
        let owed = field.is_always_owed() || row.missing.contains(&field.id);
        !row.answers.is_empty() && !row.answers.contains_key(&field.id) && owed
    });
    let silent: Vec<&str> = silent.map(|row| row.school.name.as_str()).collect();
    match without("Ответы на этот вопрос", &silent) {
        Some(sentence) => docx.add_paragraph(body(&sentence).line_spacing(LineSpacing::new().before(120))),
        None => docx,
    }
}

/// Whether answers are short enough to stand in a table.
fn is_short(kind: &FieldKind) -> bool {
    match kind {
        FieldKind::Text | FieldKind::List | FieldKind::SeveralOf(_) | FieldKind::Table { .. } => false,
        FieldKind::SchoolName
        | FieldKind::Count
        | FieldKind::Since
        | FieldKind::Rating { .. }
        | FieldKind::Decimal
        | FieldKind::YesNo
        | FieldKind::OneOf(_)
        | FieldKind::Email
        | FieldKind::Phone
        | FieldKind::File => true,
    }
}

fn doubtful(field: &Field, row: &SchoolRow<'_>, answer: &Answer) -> bool {
    answer.invalid.is_some() || row.invalid.contains(&field.id)
}

fn long(mut docx: Docx, field: &Field, row: &SchoolRow<'_>, answer: &Answer) -> Docx {
    docx = docx.add_paragraph(school(&row.school.name));
    for line in answer.text.lines().filter(|line| !line.trim().is_empty()) {
        docx = docx.add_paragraph(body(line));
    }
    if doubtful(field, row, answer) { docx.add_paragraph(note(&format!("({DOUBT})"))) } else { docx }
}

fn short(summary: &Summary<'_>, field: &Field, answered: &[(&SchoolRow<'_>, &Answer)]) -> docx_rs::Table {
    let shown = |row: &SchoolRow<'_>, answer: &Answer| match number(answer) {
        Some(number) => Cell::Centre(russian::number(number)),
        None if doubtful(field, row, answer) => Cell::Text(format!("{}\n({DOUBT})", answer.text)),
        None => Cell::Text(answer.text.clone()),
    };
    let mut rows: Vec<Vec<Cell>> =
        answered.iter().map(|(row, answer)| vec![Cell::Text(row.school.name.clone()), shown(row, answer)]).collect();
    let figures = Figures::of(presented(summary), field);
    if let Some(average) = figures.average().filter(|_| field.kind.is_number()) {
        let mut total = |name: &str, number| rows.push(vec![Cell::Total(name.to_owned()), Cell::Sum(number)]);
        if is_summed(field) {
            total("Сумма указанных значений", russian::number(figures.sum()));
            total("Среднее значение", decimal(average));
        } else {
            total("Средняя оценка", decimal(average));
        }
    }
    let heads = vec![Cell::Head("Образовательная организация"), Cell::Head("Ответ")];
    table(&WIDTHS, heads, rows)
}
