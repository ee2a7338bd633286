//! Where each school stands: one [`Summary`], and pure writers that show it as a workbook, a page, a board for the
//! terminal and JSON.

mod board;
mod html;
mod json;
mod xlsx;

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use board::board;
pub use html::html;
pub use json::{PartJson, SchoolJson, StatusJson, status_json};
pub use xlsx::{WorkbookError, xlsx};

use crate::{
    campaign::{Campaign, FieldId, RequirementId, RequirementKind, School},
    form::Answer,
    reply::russian::plural,
};

/// Where a school stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Every requirement that can hold up a confirmation is met.
    Complete,
    /// Something has come, and something is missing or invalid.
    Incomplete,
    /// Nothing has come.
    Nothing,
    /// A person must decide about a mail that may be the school's.
    Review,
}

impl Status {
    /// The words for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Complete => "представлено полностью",
            Self::Incomplete => "представлено не в полном объёме",
            Self::Nothing => "не представлено",
            Self::Review => "требует решения",
        }
    }
}

/// Everything that a report tells.
#[derive(Debug, Clone)]
pub struct Summary<'a> {
    /// The campaign.
    pub campaign: &'a Campaign,
    /// The time for which it holds.
    pub as_of: Timestamp,
    /// The schools of the schedule, in its order.
    pub schools: Vec<SchoolRow<'a>>,
    /// What became of the mails.
    pub messages: Counts,
    /// What a person must decide, oldest first.
    pub reviews: Vec<ReviewRow>,
    /// Every submission that was accepted, oldest first.
    pub history: Vec<HistoryRow>,
}

/// One school.
#[derive(Debug, Clone)]
pub struct SchoolRow<'a> {
    /// The school as the campaign has it.
    pub school: &'a School,
    /// Where it stands.
    pub status: Status,
    /// When its form first came.
    pub form: Option<Timestamp>,
    /// When its draft first came.
    pub draft: Option<Timestamp>,
    /// Information requirements that are met.
    pub information: Vec<RequirementId>,
    /// Fields without an answer; empty where no form has come.
    pub missing: Vec<FieldId>,
    /// Fields whose answer is invalid.
    pub invalid: Vec<FieldId>,
    /// When its last mail came.
    pub last_message: Option<Timestamp>,
    /// Whether something of it came after its deadline.
    pub late: bool,
    /// How many versions were accepted.
    pub versions: u32,
    /// Its current answers.
    pub answers: BTreeMap<FieldId, Answer>,
}

/// What became of every mail: the parts add up to [`Counts::received`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// All mails.
    pub received: u32,
    /// Tied to a school.
    pub matched: u32,
    /// A person decides.
    pub review: u32,
    /// Written by a machine.
    pub automatic: u32,
    /// About something else.
    pub other: u32,
    /// The same mail again.
    pub duplicate: u32,
}

/// A mail that waits for a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewRow {
    /// Its number in the queue.
    pub number: i64,
    /// When the mail came.
    pub received: Option<Timestamp>,
    /// Who wrote it.
    pub from: String,
    /// Its subject.
    pub subject: String,
    /// Why a person must decide, in Russian.
    pub reason: String,
}

/// An accepted submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRow {
    /// When the mail came.
    pub received: Timestamp,
    /// The school's name.
    pub school: String,
    /// Who sent it.
    pub from: String,
    /// What it brought, in Russian: «форма, проект выступления».
    pub what: String,
    /// What was answered, in Russian; empty where nothing was.
    pub reply: String,
    /// Whether it came after its deadline.
    pub late: bool,
}

impl Counts {
    /// Whether every mail is accounted for.
    pub fn add_up(&self) -> bool {
        self.parts().iter().try_fold(0_u32, |sum, part| sum.checked_add(*part)) == Some(self.received)
    }

    /// The proof for people: «Всего писем: 42 = 33 по школам + 3 на решении + …».
    pub fn proof(&self) -> String {
        let [matched, review, automatic, other, duplicate] = self.parts();
        let (sign, warning) = if self.add_up() {
            ("=", "")
        } else {
            ("≠", " – учтены не все письма, проверьте журнал")
        };
        format!(
            "Всего писем: {} {sign} {matched} по школам + {review} на решении + {automatic} автоматических + {other} \
             прочих + {duplicate} повторных{warning}",
            self.received
        )
    }

    fn parts(&self) -> [u32; 5] {
        [self.matched, self.review, self.automatic, self.other, self.duplicate]
    }
}

impl Summary<'_> {
    /// How many schools stand so.
    pub fn count(&self, status: Status) -> usize {
        self.schools.iter().filter(|row| row.status == status).count()
    }

    /// Each deadline that somebody owes something by, soonest first: what, and how long it is.
    pub(crate) fn deadlines(&self) -> Vec<(Date, String, String)> {
        let mut lines: Vec<(Date, String, String)> = self
            .campaign
            .requirements
            .iter()
            .filter(|one| self.campaign.schools.iter().any(|school| one.is_owed_by(&school.id)))
            .map(|one| (one.deadline, one.title.clone(), self.left(one.deadline)))
            .chain(
                self.campaign
                    .obligations
                    .iter()
                    .map(|one| (one.deadline, format!("{}: {}", one.who, one.what), self.left(one.deadline))),
            )
            .collect();
        lines.sort_by_key(|(deadline, ..)| *deadline);
        lines
    }

    /// «до срока 3 дня», «сегодня», «истёк 1 день назад».
    fn left(&self, deadline: Date) -> String {
        let today = self.campaign.day_of(self.as_of);
        let days = today.until(deadline).map_or(0, |span| span.get_days());
        let count = plural(usize::try_from(days.unsigned_abs()).unwrap_or_default(), ["день", "дня", "дней"]);
        match days {
            0 => "сегодня".to_owned(),
            1.. => format!("до срока {count}"),
            _ => format!("истёк {count} назад"),
        }
    }

    /// What is missing of a school, for people: «проект выступления; не заполнено: 3, 14; уточнить: 12».
    pub(crate) fn lacks(&self, row: &SchoolRow<'_>) -> String {
        let numbers = |fields: &[FieldId]| {
            let numbers: Vec<String> =
                fields.iter().filter_map(|id| self.campaign.form.number(id)).map(|n| n.to_string()).collect();
            numbers.join(", ")
        };
        let owes = |kind| self.campaign.requirement(kind).is_some_and(|one| one.is_owed_by(&row.school.id));
        let mut parts = Vec::new();
        if row.form.is_none() && owes(RequirementKind::Form) {
            parts.push("форма".to_owned());
        }
        if row.draft.is_none() && owes(RequirementKind::Draft) {
            parts.push("проект выступления".to_owned());
        }
        if !row.missing.is_empty() {
            parts.push(format!("не заполнено: {}", numbers(&row.missing)));
        }
        if !row.invalid.is_empty() {
            parts.push(format!("уточнить: {}", numbers(&row.invalid)));
        }
        parts.join("; ")
    }
}

#[cfg(test)]
mod tests;
