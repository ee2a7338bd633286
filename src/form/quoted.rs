//! Answers that were typed into the quotation of our own request: below a field's line, or into its row of the table. As
//! with numbered lines, only whoever knows that a mail answers a request may ask for them.

use std::collections::BTreeMap;

use crate::{
    campaign::{Field, FieldId, Form},
    document::{Block, Cell, Table},
};

use super::{Answer, labels::enumerator, numbered, words};

/// The answers below quoted lines (each text with the lines right above it, the nearest last) and in quoted tables. What
/// stands above or in the row must be a field's number and its whole label. A field that is answered twice and
/// differently is not answered.
pub fn quoted_answers<'m>(
    form: &Form,
    tables: &[Table],
    below: impl Iterator<Item = (&'m [String], &'m str)>,
) -> BTreeMap<FieldId, Answer> {
    let mut found = BTreeMap::new();
    for (above, text) in below {
        if let Some(field) = field_above(form, above) {
            let text = without_number(field, text);
            numbered::note(&mut found, field, Some((text.to_owned(), "между строк нашего письма".to_owned())));
        }
    }
    let mut in_rows = Vec::new();
    tables.iter().for_each(|table| rows(form, table, &mut in_rows));
    for (field, text) in in_rows {
        numbered::note(&mut found, field, Some((text, "в таблице нашего письма".to_owned())));
    }
    numbered::answers(form, found)
}

/// The field whose number and label, with its hint or without, are the last that is quoted above a text. Mail programs
/// wrap lines where they like.
fn field_above(form: &Form, above: &[String]) -> Option<usize> {
    (0..above.len()).rev().find_map(|start| {
        let text = above.get(start..)?.join(" ");
        let (number, at) = enumerator(&text)?;
        let field = (number as usize).checked_sub(1)?;
        let rest = after_label(form.fields.get(field)?, text.get(at..)?)?;
        (!rest.contains(char::is_alphanumeric)).then_some(field)
    })
}

/// What stands behind a field's whole label and its hint, where that follows.
fn after_label<'t>(field: &Field, text: &'t str) -> Option<&'t str> {
    let sign = |c: char| c.is_whitespace() || ".:;?!–—-)»\"".contains(c);
    let rest = after_words(&field.label, text)?.trim_start_matches(sign);
    Some(after_words(&field.hint, rest).map_or(rest, |rest| rest.trim_start_matches(sign)))
}

/// The text behind all the words of a wording with which it begins.
fn after_words<'t>(wording: &str, text: &'t str) -> Option<&'t str> {
    let wanted = words::words(wording);
    let said = words::tokens(text, wanted.len());
    let same = !wanted.is_empty() && said.iter().map(|token| &token.text).eq(&wanted);
    text.get(said.last()?.at.end..).filter(|_| same)
}

/// An answer without the field's own number before it.
fn without_number(field: usize, text: &str) -> &str {
    match enumerator(text) {
        Some((number, at)) if number as usize == field + 1 => text.get(at..).unwrap_or(text).trim(),
        _ => text,
    }
}

/// What stands behind the labels in the rows of a table and of the tables within it.
fn rows(form: &Form, table: &Table, found: &mut Vec<(usize, String)>) {
    for row in &table.rows {
        if let [number, label, more @ ..] = row.cells.as_slice()
            && let Some((field, text)) = row_of(form, number, label, more)
        {
            found.push((field, text));
            continue;
        }
        for block in row.cells.iter().flat_map(|cell| &cell.blocks) {
            if let Block::Table(inner) = block {
                rows(form, inner, found);
            }
        }
    }
}

fn row_of(form: &Form, number: &Cell, label: &Cell, more: &[Cell]) -> Option<(usize, String)> {
    let number: usize = number.text().trim().strip_suffix('.')?.parse().ok()?;
    let field = number.checked_sub(1)?;
    let label = label.text();
    let behind = after_label(form.fields.get(field)?, &label)?.trim().to_owned();
    let beside = more.iter().map(|cell| cell.text().trim().to_owned());
    let texts: Vec<String> = std::iter::once(behind).chain(beside).filter(|text| !text.is_empty()).collect();
    (!texts.is_empty()).then(|| (field, without_number(field, &texts.join("\n")).to_owned()))
}
