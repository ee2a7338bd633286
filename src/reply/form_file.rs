//! The campaign's form as a Word file that a school can fill in: blank, or with its own answers in place and the gaps
//! marked. What is not an answer stands beside the answers' cells, or is [`RECEIVED_EARLIER`], so that none of it can be
//! read back as one.

use std::{collections::BTreeSet, io};

use docx_rs::{
    AlignmentType, Docx, HeightRule, LineSpacing, LineSpacingType, PageMargin, Paragraph, Run, RunFonts, Shading,
    Table, TableCell, TableCellMargins, TableLayoutType, TableRow, WidthType,
};
use jiff::civil::Date;

use super::{
    control::{Controls, REPEATED_HEIGHT},
    rules::rules_beside_place,
    russian::{long_date, one_line, printable},
    word_file::{pack_with, run},
};
use crate::{
    campaign::{Campaign, Field, FieldId, FieldKind, RequirementKind, School},
    document,
    form::{RECEIVED_EARLIER, Value, judge, names_options_alone},
};

/// Number, question, answer: widths in twentieths of a point, which together are the page between its margins.
const WIDTHS: [usize; 3] = [620, 4900, 4400];
/// At both sides of a cell.
const MARGIN: usize = 100;
const YELLOW: &str = "FFF2A8";
const GREY: &str = "E7E9ED";
const QUIET: &str = "555555";
/// Of the text in the table, in half points: a form with short answers fits on one page.
const SIZE: usize = 22;

/// What stands in an answer's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot<'a> {
    /// Nothing, in a form that is blank.
    Blank,
    /// An answer that is accepted.
    Answer(&'a str),
    /// An answer that wants another look.
    Doubtful(&'a str),
    /// Nothing, where an answer is wanted.
    Gap,
    /// A note that an earlier mail brought the answer.
    Earlier,
}

/// The form without an answer, for a school or for anybody. The same input gives the same bytes.
///
/// # Errors
/// The file cannot be put together.
pub fn blank_form(campaign: &Campaign, school: Option<&School>) -> io::Result<Vec<u8>> {
    write(campaign, school, "Заполните, пожалуйста, правый столбец и пришлите файл ответом на письмо.", |_| Slot::Blank)
}

/// A school's form with what is told of each field. The same input gives the same bytes.
///
/// # Errors
/// The file cannot be put together.
pub fn filled_form<'a>(
    campaign: &Campaign,
    school: &School,
    slot: impl Fn(&FieldId) -> Slot<'a>,
) -> io::Result<Vec<u8>> {
    let note = "Жёлтым отмечено то, что просим заполнить или уточнить. Остальное переписывать не нужно. \
                Заполненный файл пришлите, пожалуйста, ответом на письмо.";
    write(campaign, Some(school), note, slot)
}

fn write<'a>(
    campaign: &Campaign,
    school: Option<&School>,
    note: &str,
    slot: impl Fn(&FieldId) -> Slot<'a>,
) -> io::Result<Vec<u8>> {
    let letter = &campaign.letter;
    let source =
        format!("Приложение к письму {} от {} № {}", letter.issuer_genitive, long_date(letter.date), letter.number);
    let mut docx = Docx::new()
        .page_size(11_906, 16_838)
        .page_margin(PageMargin::new().top(850).bottom(850).left(1_134).right(850))
        .default_fonts(RunFonts::new().ascii("Times New Roman").hi_ansi("Times New Roman").cs("Times New Roman"))
        .default_size(24)
        .add_paragraph(line(&source, 20, 240).align(AlignmentType::Right))
        .add_paragraph(bold(&campaign.form.title, 26, 160).align(AlignmentType::Center));
    if let Some(school) = school {
        docx = docx.add_paragraph(bold(&school.name, 26, 160).align(AlignmentType::Center));
    }
    let deadlines: BTreeSet<Date> = match school {
        Some(school) => {
            campaign.requirement(RequirementKind::Form, &school.id).iter().map(|one| one.deadline).collect()
        }
        None => campaign.requirements_of(RequirementKind::Form).map(|one| one.deadline).collect(),
    };
    // Without a school, which of several deadlines is meant cannot be said.
    if let (Some(deadline), 1) = (deadlines.first(), deadlines.len()) {
        let until = format!("Срок представления: до {} включительно.", long_date(*deadline));
        docx = docx.add_paragraph(line(&until, 24, 80).align(AlignmentType::Center));
    }
    docx = docx.add_paragraph(line(note, 22, 200).align(AlignmentType::Center));
    let mut controls = Controls::new(&campaign.id, SIZE);
    let mut rows = vec![head()];
    let fields = (1..).zip(&campaign.form.fields);
    rows.extend(fields.map(|(number, field)| row(campaign, &mut controls, number, field, slot(&field.id))));
    let table = Table::new(rows)
        .set_grid(WIDTHS.to_vec())
        .width(WIDTHS.iter().sum(), WidthType::Dxa)
        .layout(TableLayoutType::Fixed)
        .margins(TableCellMargins::new().margin(30, MARGIN, 30, MARGIN));
    let docx = docx.custom_property(document::ORIGIN, campaign.id.as_str());
    let docx = docx.add_table(table).add_paragraph(end());
    pack_with(docx, &campaign.form.title, |document| controls.put_into(document))
}

fn head() -> TableRow {
    let cell = |(text, width): (&str, usize)| {
        cell(width).add_paragraph(bold(text, SIZE, 0).align(AlignmentType::Center)).shading(Shading::new().fill(GREY))
    };
    TableRow::new(["№", "Вопрос", "Ответ"].into_iter().zip(WIDTHS).map(cell).collect()).cant_split()
}

fn row(campaign: &Campaign, controls: &mut Controls<'_>, number: usize, field: &Field, slot: Slot<'_>) -> TableRow {
    let [first, second, third] = WIDTHS;
    let mut label = cell(second).add_paragraph(line(&field.label, SIZE, 0));
    if matches!(slot, Slot::Blank | Slot::Gap | Slot::Doubtful(_)) {
        let hint = Run::new().add_text(printable(&hint(campaign, field))).size(18).italic().color(QUIET);
        label = label.add_paragraph(Paragraph::new().add_run(hint));
    }
    let answer = answer(cell(third), controls, field, slot);
    let answer = match slot {
        Slot::Gap | Slot::Doubtful(_) => answer.shading(Shading::new().fill(YELLOW)),
        Slot::Earlier => answer.shading(Shading::new().fill(GREY)),
        Slot::Blank | Slot::Answer(_) => answer,
    };
    let number = cell(first).add_paragraph(line(&format!("{number}."), SIZE, 0).align(AlignmentType::Center));
    TableRow::new(vec![number, label, answer]).cant_split()
}

/// The cell in which the answer stands, or is written.
fn answer(cell: TableCell, controls: &mut Controls<'_>, field: &Field, slot: Slot<'_>) -> TableCell {
    let text = match slot {
        Slot::Answer(text) | Slot::Doubtful(text) => Some(text),
        Slot::Blank | Slot::Gap => None,
        Slot::Earlier => return cell.add_paragraph(controls.place(field, None, Some(RECEIVED_EARLIER))),
    };
    let value = text.and_then(|text| judge(field, text)).and_then(|(value, _)| value);
    match (&field.kind, text, value) {
        (FieldKind::SeveralOf(options), None, _) => boxes(cell, controls, field, options, &[]),
        // What a school has written behind «другое» has no place among boxes.
        (FieldKind::SeveralOf(options), Some(text), Some(Value::Texts(chosen))) if names_options_alone(field, text) => {
            boxes(cell, controls, field, options, &chosen)
        }
        (FieldKind::Table { columns }, None, _) => table(cell, controls, field, columns, &[]),
        (FieldKind::Table { columns }, _, Some(Value::Rows(rows))) => table(cell, controls, field, columns, &rows),
        // What could not be told is shown as it was written.
        _ => cell.add_paragraph(controls.place(field, text, None)),
    }
}

fn boxes(
    cell: TableCell,
    controls: &mut Controls<'_>,
    field: &Field,
    options: &[String],
    chosen: &[String],
) -> TableCell {
    let option = |cell: TableCell, (number, option): (usize, &String)| {
        cell.add_paragraph(controls.option(field, number, option, chosen.contains(option)))
    };
    (1..).zip(options).fold(cell, option)
}

/// A table within the cell: its headings, then rows, of which there can be more.
fn table(
    outer: TableCell,
    controls: &mut Controls<'_>,
    field: &Field,
    columns: &[String],
    rows: &[Vec<String>],
) -> TableCell {
    const BLANK_ROWS: usize = 3;
    let [.., whole] = WIDTHS;
    let width = (whole - 2 * MARGIN) / columns.len().max(1);
    let count = rows.len().max(BLANK_ROWS);
    controls.rows(field, count);
    let head =
        |text: &String| cell(width).add_paragraph(bold(&one_line(text), 20, 0)).shading(Shading::new().fill(GREY));
    let mut all = vec![TableRow::new(columns.iter().map(head).collect())];
    all.extend((0..count).map(|nth| {
        let text = |column| rows.get(nth).and_then(|row| row.get(column)).map_or("", String::as_str);
        let cells = (0..columns.len()).map(|column| cell(width).add_paragraph(line(text(column), SIZE, 0)));
        TableRow::new(cells.collect()).row_height(REPEATED_HEIGHT).height_rule(HeightRule::AtLeast)
    }));
    let inner = Table::new(all)
        .set_grid(vec![width; columns.len()])
        .width(width * columns.len(), WidthType::Dxa)
        .layout(TableLayoutType::Fixed);
    // A cell ends with a paragraph (§17.4.65).
    outer.add_table(inner).add_paragraph(end())
}

/// What is wanted, in brackets.
fn hint(campaign: &Campaign, field: &Field) -> String {
    let rules = rules_beside_place(&campaign.form, field);
    let rules = rules.trim_end_matches('.');
    if rules.is_empty() {
        format!("({})", field.hint)
    } else {
        format!("({}. {rules})", field.hint.trim_end_matches('.'))
    }
}

fn cell(width: usize) -> TableCell {
    TableCell::new().width(width, WidthType::Dxa)
}

/// What must stand behind a table, and takes hardly any room: a form that fills its page shall not begin another.
fn end() -> Paragraph {
    let none = LineSpacing::new().after(0).line_rule(LineSpacingType::Exact).line(20);
    Paragraph::new().size(2).line_spacing(none)
}

/// A paragraph; `size` in half points, `after` in twentieths of a point.
fn line(text: &str, size: usize, after: u32) -> Paragraph {
    Paragraph::new().add_run(run(text).size(size)).line_spacing(LineSpacing::new().after(after))
}

fn bold(text: &str, size: usize, after: u32) -> Paragraph {
    Paragraph::new().add_run(run(text).size(size).bold()).line_spacing(LineSpacing::new().after(after))
}

#[cfg(test)]
#[path = "form_file_tests.rs"]
mod tests;
