//! What is still owed of a form: the rules of its fields, those that look at several fields among them, in one place.

use std::collections::BTreeMap;

use super::{Answer, Value, judge, words};
use crate::campaign::{Condition, Field, FieldId, FieldKind, Form};

/// The fields without an answer that is owed, and those with one that is not what is asked for, in the form's order. Of a school
/// `outside` the schedule less is asked.
pub fn gaps(form: &Form, answers: &BTreeMap<FieldId, Answer>, outside: bool) -> (Vec<FieldId>, Vec<FieldId>) {
    let mut missing = Vec::new();
    let mut invalid = Vec::new();
    for field in form.fields.iter().filter(|field| !outside || field.required_outside) {
        let owed = field.required_if.as_ref().is_none_or(|condition| holds(form, condition, answers));
        match answers.get(&field.id) {
            // «–» beside a question that is not put may be anything.
            _ if !owed => {}
            None if field.required => missing.push(field.id.clone()),
            None => {}
            Some(answer) if answer.invalid.is_some() || differs(field, answer, answers) => {
                invalid.push(field.id.clone())
            }
            Some(_) => {}
        }
    }
    (missing, invalid)
}

/// Whether the field that decides is answered in the way that makes another one owed. An answer that is not clear decides nothing:
/// it is itself asked for.
fn holds(form: &Form, condition: &Condition, answers: &BTreeMap<FieldId, Answer>) -> bool {
    let Some(field) = form.field(&condition.field) else { return false };
    let Some(answer) = answers.get(&condition.field).filter(|answer| answer.invalid.is_none()) else { return false };
    match (&field.kind, &answer.value) {
        (FieldKind::OneOf(_) | FieldKind::SeveralOf(_), Some(Value::Texts(chosen))) => {
            chosen.iter().any(|one| words::words(one) == words::words(&condition.is))
        }
        (_, Some(value)) => matches!(judge(field, &condition.is), Some((Some(wanted), None)) if wanted == *value),
        (_, None) => words::words(&answer.text) == words::words(&condition.is),
    }
}

/// Whether an answer is another one than that of the field that it must repeat.
pub fn differs(field: &Field, answer: &Answer, answers: &BTreeMap<FieldId, Answer>) -> bool {
    let other = field.same_as.as_ref().and_then(|id| answers.get(id)).filter(|other| other.invalid.is_none());
    other.is_some_and(|other| match (&answer.value, &other.value) {
        (Some(one), Some(other)) => one != other,
        _ => words::words(&answer.text) != words::words(&other.text),
    })
}
