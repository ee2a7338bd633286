//! The questions of a form: what each asks for, what an answer to it is, and when it is owed.

use std::collections::HashSet;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{FieldId, Finding};

/// The form that schools fill in.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// The heading above the form.
    pub title: String,
    /// The fields in the order of the letter, numbered from 1.
    #[serde(rename = "field")]
    pub fields: Vec<Field>,
}

/// One question of the form.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
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
    /// Whether an answer is owed. What is given all the same must be valid.
    #[serde(default = "yes")]
    #[schemars(example = false)]
    pub required: bool,
    /// Owed only where another field is answered in a certain way.
    pub required_if: Option<Condition>,
    /// The least number that is an answer, of kinds `count` and `decimal`.
    #[schemars(example = 1)]
    pub min: Option<f64>,
    /// The greatest one.
    #[schemars(example = 100)]
    pub max: Option<f64>,
    /// The most characters that an answer may have.
    #[schemars(example = 2000)]
    pub max_length: Option<usize>,
    /// The field whose answer this one must repeat.
    #[schemars(example = &"partner_count")]
    pub same_as: Option<FieldId>,
}

/// When a field is owed that is not always owed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The field that decides.
    #[schemars(example = &"partner_count")]
    pub field: FieldId,
    /// Its answer, as a school might write it; of a field with several options one of them.
    #[schemars(example = &"да")]
    pub is: String,
}

impl Field {
    /// Whether every school of the schedule owes an answer, whatever else it answers.
    pub fn is_always_owed(&self) -> bool {
        self.required && self.required_if.is_none()
    }
}

fn yes() -> bool {
    true
}

/// What an answer to a field is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
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
    /// A number that may have a fraction.
    Decimal,
    /// Yes or no.
    YesNo,
    /// Exactly one of these.
    OneOf(Vec<String>),
    /// One or several of these.
    SeveralOf(Vec<String>),
    /// E-mail addresses.
    Email,
    /// Telephone numbers with their area codes.
    Phone,
    /// Rows, each with all of these columns.
    Table {
        /// What heads the columns.
        columns: Vec<String>,
    },
    /// A further document, of which the answer says that it is attached.
    File,
}

impl FieldKind {
    /// Whether an answer means a number.
    pub fn is_number(&self) -> bool {
        matches!(self, Self::Count | Self::Rating { .. } | Self::Decimal)
    }

    /// Whether digits alone may be an answer.
    pub fn takes_digits(&self) -> bool {
        self.is_number() || matches!(self, Self::OneOf(_) | Self::SeveralOf(_) | Self::Phone)
    }

    /// Whether an answer is free text, of which nothing can be wrong but its length.
    pub fn is_free(&self) -> bool {
        matches!(self, Self::Text | Self::List)
    }
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

    /// What the fields ask for and no answer could meet: of each the first.
    pub(super) fn contradictions(&self) -> impl Iterator<Item = Finding> {
        /// Each sentence begins with the key that it is about.
        const KEYS: [&str; 6] = ["required_if", "required", "same_as", "max_length", "max", "min"];
        self.fields.iter().enumerate().filter_map(|(at, field)| {
            let what = of_kind(field).or_else(|| of_bounds(field)).or_else(|| self.of_others(field))?;
            let key = KEYS.into_iter().find(|key| what.starts_with(key)).unwrap_or("kind");
            Some(Finding::error(format!("form.field[{at}].{key}"), what, "change it so that an answer can meet it"))
        })
    }

    fn of_others(&self, field: &Field) -> Option<String> {
        if let Some(condition) = &field.required_if {
            let other = match self.field(&condition.field) {
                Some(other) if other.id != field.id => other,
                _ => return Some(format!("required_if names {:?}, which is no other field", condition.field.as_str())),
            };
            if !field.required {
                return Some(
                    "required = false and required_if contradict each other: leave one of them out".to_owned(),
                );
            }
            let given = other.kind.options();
            let said = condition.is.trim().to_lowercase();
            if said.is_empty() || !given.is_empty() && !given.iter().any(|one| one.trim().to_lowercase() == said) {
                let allowed = given.iter().map(|one| format!("{one:?}")).collect::<Vec<_>>().join(", ");
                return Some(format!(
                    "required_if.is = {:?} is no answer of {:?}: {allowed}",
                    condition.is,
                    other.id.as_str()
                ));
            }
            if other.required_if.as_ref().is_some_and(|back| back.field == field.id) {
                return Some(format!("required_if and that of {:?} wait for each other", other.id.as_str()));
            }
        }
        let other = field.same_as.as_ref()?;
        match self.field(other) {
            Some(other) if other.id != field.id && other.kind == field.kind => None,
            Some(other) if other.id != field.id => {
                Some(format!("same_as names {:?}, whose kind is another one", other.id.as_str()))
            }
            _ => Some(format!("same_as names {:?}, which is no other field", other.as_str())),
        }
    }
}

impl FieldKind {
    /// The answers that there are, where these are few and have words.
    pub fn options(&self) -> Vec<&str> {
        match self {
            Self::YesNo => vec!["да", "нет"],
            Self::OneOf(options) | Self::SeveralOf(options) => options.iter().map(String::as_str).collect(),
            _ => Vec::new(),
        }
    }
}

fn of_kind(field: &Field) -> Option<String> {
    let parts = |key: &str, parts: &[String]| {
        let plain = |text: &String| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        let mut seen = HashSet::new();
        let empty = parts.iter().any(|one| !one.contains(char::is_alphanumeric));
        let again = parts.iter().find(|one| !seen.insert(plain(one)));
        match again {
            _ if parts.len() < 2 => Some(format!("{key} has {} entries: at least two are wanted", parts.len())),
            _ if empty => Some(format!("{key} has an entry without a word")),
            again => again.map(|one| format!("{key} names {one:?} twice")),
        }
    };
    match &field.kind {
        FieldKind::Rating { min, max } if min >= max => {
            Some(format!("rating from {min} to {max} is empty: min must be below max"))
        }
        FieldKind::OneOf(options) => parts("one_of", options),
        FieldKind::SeveralOf(options) => parts("several_of", options),
        FieldKind::Table { columns } => parts("table.columns", columns),
        _ => None,
    }
}

fn of_bounds(field: &Field) -> Option<String> {
    let counted = matches!(field.kind, FieldKind::Count | FieldKind::Decimal);
    let key = if field.min.is_some() { "min" } else { "max" };
    match (field.min, field.max) {
        (None, None) => {}
        _ if !counted => {
            return Some(format!(
                "{key} is for kinds \"count\" and \"decimal\"; of a rating it stands within the kind"
            ));
        }
        (Some(min), Some(max)) if min > max => return Some(format!("min = {min} is above max = {max}")),
        (_, Some(max)) if max < 0.0 && field.kind == FieldKind::Count => {
            return Some(format!("max = {max}: no count is below zero"));
        }
        (min, max) if [min, max].into_iter().flatten().any(|bound| !bound.is_finite()) => {
            return Some(format!("{key} is no number"));
        }
        _ => {}
    }
    (field.max_length == Some(0)).then(|| "max_length = 0 allows no answer".to_owned())
}
