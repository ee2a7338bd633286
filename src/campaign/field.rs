//! The questions of a form: what each asks for, what an answer to it is, and when it is owed.

use serde::Deserialize;

use super::FieldId;

/// The form that schools fill in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// The heading above the form.
    pub title: String,
    /// The fields in the order of the letter, numbered from 1.
    #[serde(rename = "field")]
    pub fields: Vec<Field>,
}

/// One question of the form.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its name.
    pub id: FieldId,
    /// The label as it is printed in the letter.
    pub label: String,
    /// A short label for the columns of a table.
    pub short: String,
    /// What an answer is.
    pub kind: FieldKind,
    /// Other labels by which schools call it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// What is wanted, for a school whose answer is missing or invalid: «укажите …».
    pub hint: String,
    /// Whether «нет» is an answer here.
    #[serde(default)]
    pub none_is_answer: bool,
    /// Whether a school outside the schedule owes it too.
    #[serde(default)]
    pub required_outside: bool,
}

/// What an answer to a field is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum FieldKind {
    /// Text that names the school.
    SchoolName,
    /// Any text.
    Text,
    /// A list, one entry a line.
    List,
    /// A whole number, not negative.
    Count,
    /// A date or a period, kept as written.
    Since,
    /// A whole number from `min` to `max`.
    Rating {
        /// Lowest mark.
        min: u8,
        /// Highest mark.
        max: u8,
    },
}

impl Form {
    /// The field of this id.
    pub fn field(&self, id: &FieldId) -> Option<&Field> {
        self.fields.iter().find(|field| &field.id == id)
    }

    /// The number of a field as the letter counts them, from 1.
    pub fn number(&self, id: &FieldId) -> Option<usize> {
        self.fields.iter().position(|field| &field.id == id).map(|index| index + 1)
    }
}
