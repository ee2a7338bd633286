//! Sum and average of a numeric field over schools.

use super::SchoolRow;
use crate::{
    campaign::{Field, FieldKind},
    form::{Answer, Value},
};

/// The valid numbers that schools have given for a field.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Figures(Vec<f64>);

impl Figures {
    /// Those of these schools.
    pub(super) fn of<'r, 'c: 'r>(rows: impl IntoIterator<Item = &'r SchoolRow<'c>>, field: &Field) -> Self {
        Self(rows.into_iter().filter_map(|row| number(row.answers.get(&field.id)?)).collect())
    }

    /// All of them together.
    pub(super) fn sum(&self) -> f64 {
        self.0.iter().sum()
    }

    /// Their mean; none where there is no number.
    pub(super) fn average(&self) -> Option<f64> {
        let count = u32::try_from(self.0.len()).ok().filter(|count| *count > 0)?;
        Some(self.sum() / f64::from(count))
    }

    /// How many have given this one.
    pub(super) fn times(&self, one: u32) -> u32 {
        let same = self.0.iter().filter(|number| **number == f64::from(one));
        u32::try_from(same.count()).unwrap_or(u32::MAX)
    }
}

/// The number that a valid answer means.
pub(super) fn number(answer: &Answer) -> Option<f64> {
    match (&answer.value, answer.invalid) {
        (Some(Value::Number(number)), None) => Some(f64::from(*number)),
        (Some(Value::Decimal(number)), None) => Some(*number),
        _ => None,
    }
}

/// Whether a field's numbers are amounts, which make a sum.
pub(super) fn is_summed(field: &Field) -> bool {
    matches!(field.kind, FieldKind::Count | FieldKind::Decimal)
}
