//! Answers that are named by their field's number alone: «5. с 2021 года». Only whoever knows that a mail corrects a
//! form may ask for them: a numbered line means nothing by itself.

use std::{borrow::Cow, collections::BTreeMap};

use crate::{
    campaign::{FieldId, Form},
    document::{Block, Document},
};

use super::{
    Answer, Recogniser,
    judge::{chosen, judge_chosen, without_hint},
    labels::{Ends, Labels, Match, enumerator},
};

/// By field, the text and its place; nothing where a field is answered twice and differently.
pub(super) type Noted = BTreeMap<usize, Option<(String, String)>>;

/// The lines «N. …», «N) …», «п. N: …» of a text as answers to the fields of these numbers. A number that stands twice
/// with differing texts says nothing, nor does a line that bears another field's label.
pub fn numbered_lines(form: &Form, recogniser: &Recogniser, document: &Document) -> BTreeMap<FieldId, Answer> {
    let labels = &recogniser.labels;
    let mut found = Noted::new();
    let mut open: Option<usize> = None;
    let mut paragraph = 0;
    for block in &document.blocks {
        let Block::Paragraph(text) = block else {
            open = None;
            continue;
        };
        paragraph += 1;
        for (nth, line) in text.text.split('\n').enumerate() {
            let marker = text.marker.as_deref().filter(|_| nth == 0);
            let marked = marker.and_then(|marker| marker.trim_end_matches(['.', ')', ' ']).parse::<usize>().ok());
            let (number, body) = match (marked, numbered(line)) {
                (Some(number), _) => (Some(number), line.trim()),
                (None, Some((number, body))) => (Some(number), body),
                (None, None) => (None, line.trim()),
            };
            match number.map(|number| number.wrapping_sub(1)) {
                Some(field) if field < form.fields.len() => {
                    let text = answer_to(labels, field, body);
                    open = text.is_some().then_some(field);
                    let place = format!("абзац {paragraph}");
                    note(&mut found, field, text.map(|text| (text, place)));
                }
                Some(_) => open = None,
                None if body.is_empty() => open = None,
                None => {
                    if let Some((text, _)) = open.and_then(|field| found.get_mut(&field)).and_then(Option::as_mut) {
                        text.push('\n');
                        text.push_str(body);
                    }
                }
            }
        }
    }
    answers(form, found)
}

/// What was noted, as answers.
pub(super) fn answers(form: &Form, found: Noted) -> BTreeMap<FieldId, Answer> {
    found.into_iter().filter_map(|(field, text)| answer(form, field, text?)).collect()
}

/// A line's number and what follows, also «в пункте 5 – …».
fn numbered(line: &str) -> Option<(usize, &str)> {
    let line = line.trim();
    let start = ["по ", "По ", "в ", "В "].iter().find_map(|word| line.strip_prefix(word)).unwrap_or(line);
    let named =
        ["пункту ", "пункте ", "полю ", "вопросу ", "п. ", "п."].iter().find_map(|word| start.strip_prefix(word));
    let (number, at, text) = match named.filter(|_| start.len() < line.len()) {
        Some(rest) => {
            let digits = rest.chars().take_while(char::is_ascii_digit).count();
            (rest.get(..digits)?.parse().ok()?, digits, rest)
        }
        None => {
            let (number, at) = enumerator(start)?;
            (number as usize, at, start)
        }
    };
    Some((number, text.get(at..)?.trim_start_matches(|c: char| c.is_whitespace() || ":–—-.)".contains(c))))
}

/// The answer in a line, without its own field's label; `None` where it is another field's.
fn answer_to(labels: &Labels, field: usize, body: &str) -> Option<String> {
    let matches = labels.matches(body, Ends::Anywhere);
    let colon = |best: &Match| body.get(best.end..).is_some_and(|after| after.trim_start().starts_with(':'));
    let best = matches.iter().find(|best| best.score >= 0.8 && (best.telling >= 2 || colon(best)));
    match best {
        Some(best) if best.field != field => None,
        Some(best) => Some(body.get(best.rest..).unwrap_or_default().to_owned()),
        None => Some(body.to_owned()),
    }
}

pub(super) fn note(found: &mut Noted, field: usize, text: Option<(String, String)>) {
    let Some(text) = text else { return };
    found
        .entry(field)
        .and_modify(|known| {
            if known.as_ref().is_some_and(|(known, _)| known.trim() != text.0.trim()) {
                *known = None;
            }
        })
        .or_insert(Some(text));
}

fn answer(form: &Form, field: usize, (text, found): (String, String)) -> Option<(FieldId, Answer)> {
    let field = form.fields.get(field)?;
    let chosen = chosen(text.trim());
    let ticked = matches!(chosen, Cow::Owned(_));
    let text = without_hint(field, &chosen).trim().to_owned();
    let (value, invalid) = judge_chosen(field, &text, ticked)?;
    Some((field.id.clone(), Answer { text, value, invalid, found }))
}
