//! Answers that stand in controls of our own form: their tags tell the campaign and the field, whatever has become of the labels.

use std::collections::BTreeMap;

use super::{Answer, FilledForm, judge, judge::without_hint, marks::control_tag};
use crate::{
    campaign::{Campaign, Field, FieldId, FieldKind},
    document::Document,
};

/// By field, what has been written into its control, or ticked; nothing of a control that stands twice.
fn answers(campaign: &Campaign, document: &Document) -> BTreeMap<FieldId, Answer> {
    let of_tag = |tag: &str| {
        let mut found = document.controls.iter().filter(|control| control.tag == tag);
        found.next().filter(|_| found.next().is_none()).map(|control| control.text.trim().to_owned())
    };
    let fields = (1..).zip(&campaign.form.fields).filter_map(|(number, field)| {
        let text = match boxes(campaign, field, of_tag) {
            Some(boxes) => boxes,
            None => of_tag(&control_tag(&campaign.id, &field.id, ""))?,
        };
        let (value, invalid) = judge(field, &text)?;
        let text = without_hint(field, &judge::chosen(&text)).trim().to_owned();
        Some((field.id.clone(), Answer { text, value, invalid, found: format!("поле {number} формы") }))
    });
    fields.collect()
}

/// The boxes of a field with several options, as lines.
fn boxes(campaign: &Campaign, field: &Field, of_tag: impl Fn(&str) -> Option<String>) -> Option<String> {
    let FieldKind::SeveralOf(options) = &field.kind else { return None };
    let line = |(number, option): (usize, &String)| {
        Some(format!("{} {option}", of_tag(&control_tag(&campaign.id, &field.id, &number.to_string()))?))
    };
    let lines: Option<Vec<String>> = (1..).zip(options).map(line).collect();
    lines.map(|lines| lines.join("\n"))
}

/// Puts right what was found by labels: what a control holds is the answer to its field. What was written around it stays.
pub(super) fn settle(campaign: &Campaign, document: &Document, forms: &mut Vec<FilledForm>) {
    if document.controls.is_empty() || forms.len() > 1 {
        return;
    }
    let tagged = answers(campaign, document);
    if tagged.is_empty() {
        return;
    }
    if forms.is_empty() {
        forms.push(FilledForm::default());
    }
    let Some(form) = forms.first_mut() else { return };
    for (field, answer) in tagged {
        let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let known = form.answers.get(&field);
        if known.is_none_or(|known| !plain(&known.text).contains(&plain(&answer.text))) {
            form.answers.insert(field, answer);
        }
    }
}
