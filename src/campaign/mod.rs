//! A campaign is one letter of the committee as data: the form, the schedule, the deadlines, what is owed and the
//! wording. Everything that is particular to a letter is in its TOML file, nothing of it is in the code.

mod amend;
mod field;
mod finding;
mod ids;
mod keep;
mod load;
#[cfg(test)]
mod reference;
mod reminders;
mod rules;
mod shape;
mod soundness;
mod source;
mod workdays;

use jiff::{Span, Timestamp, civil::Date, tz::TimeZone};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use amend::Amendment;
pub use field::{Condition, Field, FieldKind, Form};
pub use finding::{Finding, Findings, Severity};
pub use ids::{CampaignId, FieldId, InvalidId, RequirementId, SchoolId};
pub use load::{CampaignError, look, place, read};
pub use reminders::{Person, Reminders};
pub(crate) use rules::is_address;
pub use source::Place;
pub use workdays::Workdays;

/// One letter of the committee: what is asked, of whom, until when.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Campaign {
    /// The campaign's name in the store and in file names. It never changes once mail has come.
    pub id: CampaignId,
    /// Its title for people, in the nominative.
    pub title: String,
    /// The time zone of every date and deadline of the campaign.
    #[serde(deserialize_with = "load::time_zone")]
    #[schemars(schema_with = "load::time_zone_schema")]
    pub time_zone: TimeZone,
    /// The first day on which mail can belong to the campaign: older mail is never answered.
    #[serde(deserialize_with = "load::date")]
    #[schemars(schema_with = "load::date_schema")]
    pub start: Date,
    /// Whether answers are no longer taken: schools are told so, and a person may still take one.
    #[serde(default)]
    #[schemars(example = true)]
    pub closed: bool,
    /// How long what came is kept, at least so long after the campaign's last day; then it is erased. Nothing is, where this is
    /// left out.
    #[serde(default, deserialize_with = "keep::some_period")]
    #[schemars(schema_with = "keep::period_schema")]
    pub keep: Option<Span>,
    /// The letter itself.
    pub letter: Letter,
    /// The official whom a school may ask.
    pub contact: Contact,
    /// What an ordinary mail about the letter speaks of.
    #[serde(default)]
    pub recognition: Recognition,
    /// The form that schools fill in: the letter's annex.
    pub form: Form,
    /// What each school owes: the form, the draft of a speech, other information.
    #[serde(rename = "requirement")]
    pub requirements: Vec<Requirement>,
    /// The event that the campaign leads to, where there is one.
    pub event: Option<Event>,
    /// What people other than schools owe: shown to staff until they are ticked.
    #[serde(default, rename = "obligation")]
    pub obligations: Vec<Obligation>,
    /// Which days are working days, where a decree has moved some.
    #[serde(default)]
    pub workdays: Workdays,
    /// When those are reminded who still owe something; never, where the section is left out.
    pub reminders: Option<Reminders>,
    /// Those who look after schools, and are reminded too.
    #[serde(default, rename = "person")]
    pub people: Vec<Person>,
    /// Who owes what the campaign asks for. Whatever other schools the roster has are neighbours: known as themselves.
    #[serde(default)]
    #[schemars(example = &"roster")]
    pub audience: Audience,
    /// The schools of the schedule, in the order of the letter.
    #[serde(default, rename = "school")]
    pub schools: Vec<School>,
    /// Other schools that are worth knowing, so that a near neighbour is recognised as itself.
    #[serde(default, rename = "neighbour")]
    pub neighbours: Vec<Neighbour>,
}

/// Who owes what a campaign asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Audience {
    /// The schools that stand in this file.
    #[default]
    Schedule,
    /// All schools of the roster that the settings name.
    Roster,
    /// Those schools of the roster that lie in these districts, named as the roster names them.
    Districts(Vec<String>),
}

/// The letter as it is cited.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Letter {
    /// Its registration number, for example `19-33822/2022`.
    pub number: String,
    /// Its date.
    #[serde(deserialize_with = "load::date")]
    #[schemars(schema_with = "load::date_schema")]
    pub date: Date,
    /// What it is about: «Об участии в …».
    pub subject: String,
    /// Who sent it, in the nominative.
    pub issuer: String,
    /// The issuer in the genitive, for signatures and headings.
    pub issuer_genitive: String,
}

/// Whom to ask.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Name with initials.
    pub name: String,
    /// Telephone as it is printed.
    pub phone: String,
    /// E-mail address.
    pub email: String,
}

/// Words that tell mail about this letter from all other mail.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Recognition {
    /// Words or phrases (compared without case, ё as е, as whole words) one of which makes a mail worth a look.
    #[serde(default)]
    pub words: Vec<String>,
    /// Phrases of the blank letter and its annexes: a document that holds the letter's own text is recognised by them.
    #[serde(default)]
    pub letter_phrases: Vec<String>,
}

/// Something that each school owes.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// Its name.
    pub id: RequirementId,
    /// How it is recognised.
    pub kind: RequirementKind,
    /// Its name for people, in the nominative: «проект выступления с презентацией».
    pub title: String,
    /// The same in the accusative: «направьте …».
    pub accusative: String,
    /// The last day, included, in the campaign's time zone.
    #[serde(deserialize_with = "load::date")]
    #[schemars(schema_with = "load::date_schema")]
    pub deadline: Date,
    /// Words by which a document of `kind = "information"` is known.
    #[serde(default)]
    pub words: Vec<String>,
    /// The schools that owe it; all of the schedule where the key is absent.
    pub schools: Option<Vec<SchoolId>>,
}

/// How a requirement is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequirementKind {
    /// By the form, complete and valid.
    Form,
    /// By the draft of a speech: text, slides or both.
    Draft,
    /// By information without a form: recognised by its words or ticked by staff. Never holds up a confirmation.
    Information,
}

/// What the campaign leads to.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Its name in the nominative.
    pub title: String,
    /// First day.
    #[serde(deserialize_with = "load::date")]
    #[schemars(schema_with = "load::date_schema")]
    pub from: Date,
    /// Last day.
    #[serde(deserialize_with = "load::date")]
    #[schemars(schema_with = "load::date_schema")]
    pub to: Date,
}

/// What people other than schools owe.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Obligation {
    /// Who owes it, in the nominative plural: «муниципальные кураторы».
    pub who: String,
    /// What they owe.
    pub what: String,
    /// The last day, included.
    #[serde(deserialize_with = "load::date")]
    #[schemars(schema_with = "load::date_schema")]
    pub deadline: Date,
}

/// A school of the schedule.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct School {
    /// The school's name in the store and in machine output.
    pub id: SchoolId,
    /// The school's name as the letter prints it. Ways of writing it are known without being listed.
    pub name: String,
    /// The district as an adjective: «Киришский».
    pub district: String,
    /// The town or village: «Кириши».
    pub settlement: String,
    /// The day of its presentation; left out where schools present nothing, or the day is still to be set.
    #[serde(default, deserialize_with = "load::some_date")]
    #[schemars(schema_with = "load::date_schema")]
    pub date: Option<Date>,
    /// Whether it is not of the schedule, and owes only the fields with `required_outside`.
    #[serde(default)]
    #[schemars(example = true)]
    pub outside: bool,
    /// How often its day has been changed since.
    #[serde(skip)]
    pub moved: u32,
    /// Further full names under which it is known: former names, official renamings.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// E-mail addresses that are known to be the school's: what comes from there is its own, and reminders go there.
    #[serde(default)]
    #[schemars(example = ["school@example.org"])]
    pub addresses: Vec<String>,
}

/// A school that is not scheduled, but must not be taken for one that is.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Neighbour {
    /// Its name.
    pub name: String,
    /// Its district as an adjective.
    pub district: String,
    /// Its town or village.
    pub settlement: String,
}

/// The JSON Schema of a campaign file, by which editors complete and check it.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(Campaign)
}

impl Campaign {
    /// The school of this id.
    pub fn school(&self, id: &SchoolId) -> Option<&School> {
        self.schools.iter().find(|school| &school.id == id)
    }

    /// What of this kind the school owes. Of forms and drafts it is one at most.
    pub fn requirement(&self, kind: RequirementKind, school: &SchoolId) -> Option<&Requirement> {
        self.requirements_of(kind).find(|requirement| requirement.is_owed_by(school))
    }

    /// The requirements of this kind: several where schools have different deadlines.
    pub fn requirements_of(&self, kind: RequirementKind) -> impl Iterator<Item = &Requirement> {
        self.requirements.iter().filter(move |requirement| requirement.kind == kind)
    }

    /// Its last day: the latest of all deadlines and dates.
    pub fn last_day(&self) -> Date {
        let deadlines = self.requirements.iter().map(|one| one.deadline);
        let obligations = self.obligations.iter().map(|one| one.deadline);
        let schools = self.schools.iter().filter_map(|one| one.date);
        let event = self.event.iter().map(|event| event.to);
        deadlines.chain(obligations).chain(schools).chain(event).max().unwrap_or(self.start)
    }

    /// Whether schools present something on days of their own. Where they do not, nobody is told of such days.
    pub fn has_days(&self) -> bool {
        self.event.is_some() || self.schools.iter().any(|school| school.date.is_some())
    }

    /// The day of an instant in the campaign's time zone.
    pub fn day_of(&self, instant: Timestamp) -> Date {
        instant.to_zoned_datetime(self.time_zone.clone()).date()
    }

    /// Whether an instant is after the last day of a deadline, which is itself included to 23:59:59.
    pub fn is_after(&self, instant: Timestamp, deadline: Date) -> bool {
        self.day_of(instant) > deadline
    }
}

impl Requirement {
    /// Whether this school owes it.
    pub fn is_owed_by(&self, school: &SchoolId) -> bool {
        self.schools.as_ref().is_none_or(|schools| schools.contains(school))
    }
}
