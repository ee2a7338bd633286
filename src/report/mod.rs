//! Where each school stands: one [`Summary`], and pure writers that show it as a workbook, a page, a board for the
//! terminal and JSON.

mod board;
mod changes;
mod docx;
mod figures;
mod html;
mod json;
mod letter;
mod outlook;
mod part;
mod troubles;
mod xlsx;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use board::board;
pub use changes::{Change, Snapshot};
pub use docx::docx;
pub use html::html;
pub use json::{PartJson, SchoolJson, StatusJson, status_json};
pub use letter::{Letter, LetterError, Links, samples, summary_letter};
pub(crate) use outlook::Outlook;
pub use part::Scope;
pub use troubles::{Fault, IN_DOUBT, LetterRow, Letters, failure};
pub use xlsx::{WorkbookError, xlsx};

use crate::{
    campaign::{Campaign, FieldId, Obligation, Requirement, RequirementId, RequirementKind, School, SchoolId},
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
    /// How the schools came to stand so: every accepted version, oldest first.
    pub progress: Vec<Step>,
    /// Letters that have not simply left.
    pub letters: Letters,
    /// What does not work now.
    pub faults: Vec<Fault>,
    /// What staff have ticked as done.
    pub ticked: BTreeSet<Tick>,
    /// Of which schools it tells.
    pub scope: Scope,
}

/// An accepted version of a school.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// When its mail came.
    pub received: Timestamp,
    /// Whose it is.
    pub school: SchoolId,
    /// Whether with it everything was there.
    pub complete: bool,
}

/// Something that no document shows, and that staff tick when it is done.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tick {
    /// The obligation of this place in the campaign.
    Obligation(usize),
    /// The school has presented on its day.
    Attendance(SchoolId),
    /// The school has given this information.
    Information(SchoolId, RequirementId),
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
    /// The schools that it may be.
    pub candidates: Vec<SchoolId>,
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
            .requirements()
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

    /// What at least one of the schools owes.
    fn requirements(&self) -> impl Iterator<Item = &Requirement> {
        let owed = |one: &&Requirement| self.schools.iter().any(|row| one.is_owed_by(&row.school.id));
        self.campaign.requirements.iter().filter(owed)
    }

    /// What other people than schools still owe.
    fn obligations(&self) -> impl Iterator<Item = &Obligation> {
        let open = |(index, _): &(usize, &Obligation)| !self.ticked.contains(&Tick::Obligation(*index));
        self.campaign.obligations.iter().enumerate().filter(open).map(|(_, one)| one)
    }

    /// The schools whose day has come and whose presentation nobody has ticked.
    fn attendance(&self) -> impl Iterator<Item = &SchoolRow<'_>> {
        let today = self.campaign.day_of(self.as_of);
        self.schools.iter().filter(move |row| {
            row.school.date.is_some_and(|day| day <= today)
                && !self.ticked.contains(&Tick::Attendance(row.school.id.clone()))
        })
    }

    /// The information without a form that schools still owe.
    fn information(&self) -> impl Iterator<Item = (&SchoolRow<'_>, &Requirement)> {
        let kind = |one: &&Requirement| one.kind == RequirementKind::Information;
        self.schools.iter().flat_map(move |row| {
            let open = move |one: &&Requirement| {
                let (school, id) = (&row.school.id, &one.id);
                let ticked = self.ticked.contains(&Tick::Information(school.clone(), id.clone()));
                one.is_owed_by(school) && !row.information.contains(id) && !ticked
            };
            self.campaign.requirements.iter().filter(kind).filter(open).map(move |one| (row, one))
        })
    }

    /// The proof that no message is lost; none where the summary tells of some schools only, as mails are counted for
    /// all of them.
    pub fn proof(&self) -> Option<String> {
        (self.scope == Scope::All).then(|| self.messages.proof())
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

    /// The numbers of fields, as the letter counts them: «3, 14».
    fn numbers<'f>(&self, fields: impl IntoIterator<Item = &'f FieldId>) -> String {
        let mut numbers: Vec<usize> = fields.into_iter().filter_map(|id| self.campaign.form.number(id)).collect();
        numbers.sort_unstable();
        numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }

    /// What is missing of a school, for people: «проект выступления; не заполнено: 3, 14; уточнить: 12».
    pub(crate) fn lacks(&self, row: &SchoolRow<'_>) -> String {
        let owes = |kind| self.campaign.requirement(kind, &row.school.id).is_some();
        let mut parts = Vec::new();
        if row.form.is_none() && owes(RequirementKind::Form) {
            parts.push("форма".to_owned());
        }
        if row.draft.is_none() && owes(RequirementKind::Draft) {
            parts.push("проект выступления".to_owned());
        }
        if !row.missing.is_empty() {
            parts.push(format!("не заполнено: {}", self.numbers(&row.missing)));
        }
        if !row.invalid.is_empty() {
            parts.push(format!("уточнить: {}", self.numbers(&row.invalid)));
        }
        parts.join("; ")
    }
}

#[cfg(test)]
mod tests;
