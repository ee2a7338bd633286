//! Where the schools stand, for people and machines: the terminal's board, JSON, a workbook, a page. Pure: what is
//! known comes in as a [`Summary`].

mod board;
mod html;
mod json;
mod xlsx;

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::campaign::{Campaign, FieldId, SchoolId};

pub use board::board;
pub use html::html;
pub use json::{StatusJson, status_json};
pub use xlsx::{WorkbookError, xlsx};

/// Everything that a report says.
#[derive(Debug, Clone)]
pub struct Summary<'s> {
    /// The campaign.
    pub campaign: &'s Campaign,
    /// As of when.
    pub as_of: Timestamp,
    /// The schools, in the campaign's order.
    pub schools: Vec<SchoolSummary>,
    /// What waits for a person.
    pub reviews: Vec<ReviewSummary>,
    /// The messages, each counted once.
    pub counts: MessageCounts,
}

/// One school.
#[derive(Debug, Clone)]
pub struct SchoolSummary {
    /// The school.
    pub school: SchoolId,
    /// Where it stands.
    pub status: Status,
    /// When its form came.
    pub form: Option<Timestamp>,
    /// When its draft came.
    pub draft: Option<Timestamp>,
    /// Fields without an answer, where a form came.
    pub missing: Vec<FieldId>,
    /// Fields with an invalid answer.
    pub invalid: Vec<FieldId>,
    /// Its current answers.
    pub answers: BTreeMap<FieldId, String>,
    /// Values of the answers that have a number.
    pub numbers: BTreeMap<FieldId, u32>,
    /// Accepted versions.
    pub versions: u32,
    /// Its last message.
    pub last_message: Option<Timestamp>,
    /// Whether anything came late.
    pub late: bool,
}

/// Something that waits for a person.
#[derive(Debug, Clone)]
pub struct ReviewSummary {
    /// Its number.
    pub id: i64,
    /// When the message came.
    pub received: Timestamp,
    /// Why, in Russian.
    pub reason: String,
    /// The subject of the message.
    pub subject: String,
}

/// Where a school stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Everything has come.
    Complete,
    /// Something is missing.
    Incomplete,
    /// Nothing has come.
    Nothing,
    /// A person must decide about something that may be its.
    Review,
}

/// The messages, each counted once: `received` is the sum of the others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MessageCounts {
    /// All.
    pub received: u64,
    /// Confirmed or answered with a request.
    pub matched: u64,
    /// Left to a person.
    pub review: u64,
    /// Written by a machine.
    pub automatic: u64,
    /// About something else.
    pub other: u64,
    /// The very bytes of another one.
    pub duplicate: u64,
}

impl Status {
    /// The word that staff read.
    pub fn russian(self) -> &'static str {
        match self {
            Self::Complete => "представлено полностью",
            Self::Incomplete => "не в полном объёме",
            Self::Nothing => "не представлено",
            Self::Review => "требует решения",
        }
    }
}

impl Summary<'_> {
    /// The proof that no message is lost, in Russian.
    pub fn proof(&self) -> String {
        let c = &self.counts;
        format!(
            "Получено писем: {} = отнесено к школам {} + требует решения {} + автоматических {} + о другом {} + повторных {}",
            c.received, c.matched, c.review, c.automatic, c.other, c.duplicate
        )
    }
}

impl SchoolSummary {
    /// The numbers of the fields that are missing or invalid: «5, 12».
    fn gaps(&self, campaign: &Campaign) -> String {
        let mut numbers: Vec<usize> =
            self.missing.iter().chain(&self.invalid).filter_map(|id| campaign.form.number(id)).collect();
        numbers.sort_unstable();
        numbers.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
    }
}

/// A day as it stands in tables: «08.11.2022»; a dash where there is none.
fn day(campaign: &Campaign, instant: Option<Timestamp>) -> String {
    instant.map_or("—".to_owned(), |instant| printed(campaign.day_of(instant)))
}

fn printed(day: jiff::civil::Date) -> String {
    format!("{:02}.{:02}.{}", day.day(), day.month(), day.year())
}
