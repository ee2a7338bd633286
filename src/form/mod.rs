//! [`Document`] + [`Form`] → the filled forms in it: each answer with where it was found, what is missing, what is
//! invalid. Also tells what a document without a form is. Knows nothing of who sent it.

mod judge;
mod labels;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    campaign::{Campaign, Field, FieldId, Form},
    document::Document,
};

pub use judge::judge;

/// What a document is to a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The campaign's form, filled in at least in part.
    Form,
    /// The draft of a speech: text or slides.
    Draft,
    /// Information of a `kind = "information"` requirement.
    Information,
    /// A cover letter.
    CoverLetter,
    /// Anything else that can be read: also the blank form and the bare letter.
    Other,
    /// A file that gave no document.
    Unreadable,
}

/// One filled form.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FilledForm {
    /// The answers that are there, valid or not, by field. A field without an answer has no entry.
    pub answers: BTreeMap<FieldId, Answer>,
    /// The heading or text near the form that names a school, where it has none of its own in the name field.
    pub heading: String,
    /// Text near the form that belongs to no field.
    pub remarks: Vec<String>,
}

/// An answer to a field.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// As it was written: lines kept, white space at the ends removed.
    pub text: String,
    /// What it means, where its field has a value.
    pub value: Option<Value>,
    /// Why it is no answer of the field's kind; `None` for a valid one.
    pub invalid: Option<Invalid>,
    /// Where it was found, for a person: «таблица 1, строка 3».
    pub found: String,
}

/// The value of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Value {
    /// A count or a rating.
    Number(u32),
    /// A day; the first one of a period.
    Date(#[schemars(with = "String")] Date),
}

/// Why a text is no answer of its field's kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invalid {
    /// No number is in it, or several.
    NotANumber,
    /// The number lies outside the field's range.
    OutOfRange,
    /// No date or period is in it.
    NotADate,
    /// No name is in it.
    NotAName,
}

/// What a document holds for a campaign.
#[derive(Debug, Clone)]
pub struct Contents {
    /// What it is.
    pub kind: Kind,
    /// Its filled forms: several where it holds several schools.
    pub forms: Vec<FilledForm>,
    /// Why it is that, one reason each, in English.
    pub why: Vec<String>,
}

/// Looks for the campaign's form in a document, and tells what the document is.
pub fn contents(_campaign: &Campaign, _document: &Document, _name: Option<&str>) -> Contents {
    Contents { kind: Kind::Other, forms: Vec::new(), why: Vec::new() }
}

impl FilledForm {
    /// The fields without an answer, in the form's order.
    pub fn missing<'f>(&self, form: &'f Form) -> Vec<&'f Field> {
        form.fields.iter().filter(|field| !self.answers.contains_key(&field.id)).collect()
    }
}
