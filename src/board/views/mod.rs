//! What pages show, as plain data: rows of the store and the summary → what a template is filled with. Pure; all wording
//! of the pages that is not in a template is here.

mod acts;
mod board;
mod cases;
mod evidence;
mod health;
mod journal;
mod letters;
mod lists;
mod mail;
mod school;
mod sight;
#[cfg(test)]
mod tests;
mod timeline;
mod versions;
mod words;

use jiff::{Timestamp, civil::Date};
use serde::Serialize;

use crate::{
    campaign::{Campaign, FieldId, SchoolId},
    reply::russian::{plural, short_time},
    report::Status,
};

pub(crate) use acts::{Typed, case_acts, done, entry, message_acts, new_date, place, school_acts, settle, wrong};
pub(crate) use board::{Asked, board};
pub(crate) use cases::{case, reviews};
pub(crate) use health::{Health, MailboxPass, health};
pub(crate) use journal::journal;
pub(crate) use letters::{LetterAct, letter, letter_act, outbox, subject};
pub(crate) use lists::{Left, deadlines, obligations, other};
use mail::Mail;
pub(crate) use mail::{file_name, message};
pub(crate) use school::{SchoolData, school};
pub(crate) use sight::{Page, Sight};
pub(crate) use versions::versions;

/// What every page is made with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame<'a> {
    /// The campaign as it stands.
    pub(crate) campaign: &'a Campaign,
    /// The time.
    pub(crate) now: Timestamp,
    /// What may be seen.
    pub(crate) sight: &'a Sight,
    /// Whether replies wait for a person.
    pub(crate) held: bool,
}

impl Frame<'_> {
    /// «15.11.2022 09:05».
    fn time(&self, instant: Timestamp) -> String {
        short_time(instant, &self.campaign.time_zone)
    }

    /// «сегодня», «вчера», «3 дня назад».
    fn age(&self, since: Timestamp) -> String {
        let days = self.days(self.campaign.day_of(since));
        match days {
            ..=0 => "сегодня".to_owned(),
            1 => "вчера".to_owned(),
            days => format!("{} назад", plural(usize::try_from(days).unwrap_or_default(), ["день", "дня", "дней"])),
        }
    }

    /// How many days have passed since a day.
    fn days(&self, day: Date) -> i32 {
        day.until(self.campaign.day_of(self.now)).map_or(0, |span| span.get_days())
    }

    /// The name of a school.
    fn school(&self, id: &SchoolId) -> String {
        self.campaign.school(id).map_or_else(|| id.to_string(), |school| school.name.clone())
    }

    fn schools(&self, ids: &[SchoolId]) -> String {
        ids.iter().map(|id| self.school(id)).collect::<Vec<_>>().join("; ")
    }

    /// The number of a field and its short label.
    fn field(&self, id: &FieldId) -> (usize, String) {
        let form = &self.campaign.form;
        let label = form.field(id).map_or_else(|| id.to_string(), |field| field.short.clone());
        (form.number(id).unwrap_or_default(), label)
    }
}

/// Where a school stands, to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Stand {
    class: Status,
    words: &'static str,
    late: bool,
}

impl Stand {
    fn of(status: Status, late: bool) -> Self {
        Self { class: status, words: status.words(), late }
    }
}

/// A link and its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Link {
    href: String,
    words: String,
}

impl Link {
    fn new(href: impl Into<String>, words: impl Into<String>) -> Self {
        Self { href: href.into(), words: words.into() }
    }
}

/// A text cut after so many characters, with a sign that it goes on.
fn clip(text: &str, most: usize) -> String {
    let cut = text.chars().count() > most;
    text.chars().take(most).chain(cut.then_some('…')).collect()
}
