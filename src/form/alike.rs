//! Labels that a document could not tell apart.

use super::labels::{Ends, Labels};
use crate::campaign::Form;

/// From this likeness on, the one label may be taken for the other: a slip of the finger or a word left out is enough.
const TOO_ALIKE: f32 = 0.9;

/// A wording of a field that is as well, or nearly as well, another field's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alike {
    /// The key of the wording within its field: `label`, `aliases[2]`.
    pub key: String,
    /// The field's place in the form.
    pub field: usize,
    /// That of the other one; the form's length for the form's title.
    pub other: usize,
}

/// The wordings of a form that its recogniser may take for another field's.
pub fn too_alike(form: &Form) -> Vec<Alike> {
    let labels = Labels::new(form);
    let mut found = Vec::new();
    for (field, one) in form.fields.iter().enumerate() {
        let aliases = one.aliases.iter().enumerate().map(|(at, alias)| (format!("aliases[{at}]"), alias));
        for (key, wording) in [("label".to_owned(), &one.label)].into_iter().chain(aliases) {
            let others = labels.matches(wording, Ends::AtSign).into_iter().filter(|other| other.field != field);
            let whole = |end: usize| wording.get(end..).is_none_or(|rest| !rest.contains(char::is_alphanumeric));
            if let Some(other) = others.into_iter().find(|other| other.score >= TOO_ALIKE && whole(other.end)) {
                found.push(Alike { key, field, other: other.field });
            }
        }
    }
    found
}
