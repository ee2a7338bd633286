//! The committee's own letter → the draft of a campaign: what it asks, of whom, until when; each value with the place in
//! the letter that it comes from, and whether a person should look at it again. Pure: knows no files and no clock.
//!
//! The document becomes lines and tables (`text`), which are the letter itself and its annexes (`annex`). The head tells
//! number, date, subject, issuer and contact (`head`), the sentences who has to do what until when (`tasks`), the annexes
//! the form (`form`, `field`) and the schedule (`schedule`). `write` makes the campaign file of it.

mod annex;
mod dates;
mod event;
mod field;
mod form;
mod head;
mod pattern;
mod recognition;
mod russian;
mod schedule;
mod school;
mod tasks;
mod text;
mod write;
mod zone;

use jiff::civil::Date;

use crate::{document::Document, latin::identifier};

pub use write::{Doubt, Written, write};

use text::{Line, Part};

/// A value with where it was found, or why it has to be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<T> {
    /// The value.
    pub value: T,
    /// The words of the letter that say it, or which place.
    pub at: String,
    /// Why a person has to look at it, in Russian; `None` where it is sure.
    pub doubt: Option<String>,
}

impl<T> Found<T> {
    fn sure(value: T, at: &str) -> Self {
        Self { value, at: at.to_owned(), doubt: None }
    }

    fn doubtful(value: T, why: &str) -> Self {
        Self { value, at: String::new(), doubt: Some(why.to_owned()) }
    }

    fn but(self, why: &str) -> Self {
        Self { doubt: Some(why.to_owned()), ..self }
    }
}

/// What of a letter cannot be read from it.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The day that stands for one which the letter does not name.
    pub today: Date,
    /// Which annex holds the form, where it has several; the first one otherwise.
    pub annex: Option<usize>,
}

/// A campaign as a letter asks for it.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its identifier.
    pub id: Found<String>,
    /// Its title in the nominative.
    pub title: Found<String>,
    /// The letter's number.
    pub number: Found<String>,
    /// Its date.
    pub date: Found<Date>,
    /// The time zone of its days.
    pub time_zone: &'static str,
    /// What it is about.
    pub subject: Found<String>,
    /// Who sent it, in the nominative.
    pub issuer: Found<String>,
    /// The same in the genitive.
    pub issuer_genitive: Found<String>,
    /// The official's name.
    pub contact: Found<String>,
    /// His telephone.
    pub phone: Found<String>,
    /// Where schools write to.
    pub email: Found<String>,
    /// Words of a mail about the letter.
    pub words: Vec<String>,
    /// Phrases of the letter itself.
    pub phrases: Vec<String>,
    /// What it leads to.
    pub event: Option<Found<Event>>,
    /// What schools owe.
    pub requirements: Vec<Found<Requirement>>,
    /// What others owe.
    pub obligations: Vec<Found<Obligation>>,
    /// The heading of the form.
    pub form_title: Found<String>,
    /// Its questions.
    pub fields: Vec<Found<Field>>,
    /// The schools of the schedule.
    pub schools: Vec<Found<School>>,
    /// Whether the letter speaks to all schools, because it has no schedule.
    pub to_all: bool,
    /// What else a person should know: other forms, annexes that were left out.
    pub remarks: Vec<String>,
}

/// What the campaign leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its name.
    pub title: String,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

/// Something that schools owe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// Its identifier.
    pub id: String,
    /// `form`, `draft` or `information`.
    pub kind: &'static str,
    /// Its name in the nominative.
    pub title: String,
    /// Its name in the accusative.
    pub accusative: String,
    /// The last day.
    pub deadline: Date,
    /// Words by which information is known.
    pub words: Vec<String>,
    /// Who owes it; all where it is `None`.
    pub schools: Option<Vec<String>>,
}

/// Something that others owe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obligation {
    /// Who, in the nominative plural.
    pub who: String,
    /// What.
    pub what: String,
    /// The last day.
    pub deadline: Date,
}

/// A question of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its identifier.
    pub id: String,
    /// Its label, as printed.
    pub label: String,
    /// A short one.
    pub short: String,
    /// What an answer is, as TOML.
    pub kind: String,
    /// Other labels for it.
    pub aliases: Vec<String>,
    /// What is wanted.
    pub hint: String,
    /// Whether «нет» is an answer.
    pub none_is_answer: bool,
    /// Whether an answer may be left out.
    pub optional: bool,
    /// Whether a school outside the schedule owes it.
    pub required_outside: bool,
}

/// A school of the schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct School {
    /// Its identifier.
    pub id: String,
    /// Its name, as printed.
    pub name: String,
    /// Its district as an adjective, or empty.
    pub district: String,
    /// Its town or village, or empty.
    pub settlement: String,
    /// Its day.
    pub date: Option<Date>,
}

/// Why a document gives no campaign. Each says what was found and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is hardly any text.
    #[error("no text was found in it\n  cure: give the letter as a Word file (DOCX) that was typed, not scanned")]
    NoText,
    /// Nothing in it looks like an official letter.
    #[error(
        "this is no letter: {0} lines and {1} tables were found, but no subject («О …», «Об …»), no number with a date \
         and no sender\n  cure: give the committee's own letter with its annexes as one DOCX file"
    )]
    NoLetter(usize, usize),
    /// No annex holds a form.
    #[error(
        "no form was found: {found}\n  cure: put the form that schools fill in behind the letter, in the same file: a \
         table of questions with empty cells for the answers, or numbered questions with lines to write on"
    )]
    NoForm {
        /// What was found.
        found: String,
    },
    /// The annex that was asked for holds no form.
    #[error("annex {wanted} holds no form: {found}\n  cure: leave out --annex, or name one that holds a form")]
    NotThisAnnex {
        /// Which was asked for.
        wanted: usize,
        /// What was found.
        found: String,
    },
}

/// Reads a letter.
///
/// # Errors
/// [`Refusal`] where it is no letter or has no form.
pub fn read(document: &Document, options: &Options) -> Result<Draft, Refusal> {
    let parts = text::parts(document);
    let lines = parts.iter().filter_map(Part::line).count();
    let tables = parts.len() - lines;
    if parts.iter().map(|part| part.text().chars().count()).sum::<usize>() < 40 && tables == 0 {
        return Err(Refusal::NoText);
    }
    let (body, annexes) = annex::split(&parts);
    let body: Vec<&Line> = body.iter().filter_map(Part::line).collect();
    let head = head::read(&body, options.today);
    if head.number.doubt.is_some() && head.subject.doubt.is_some() {
        return Err(Refusal::NoLetter(lines, tables));
    }
    let letter_date = head.date.value;
    let margins: Vec<Line> = text::lines(&crate::document::text_of(&document.margins), None);
    let contact = head::contact(&body, &margins);
    let text_lines = body.get(head.lines..).unwrap_or_default();

    let chosen = form::choose(&annexes, options.annex)?;
    let schedule = schedule::read(&annexes, chosen.at, text_lines, letter_date);
    let schools = school::name(&schedule.entries, &head.issuer.value);
    let tasks = tasks::read(
        text_lines,
        &tasks::Known { letter: letter_date, form: &chosen, schedule: &schedule, schools: &schools },
    );
    let footnote = annex::footnote(&annexes);
    let fields = field::fields(&chosen.labels, footnote.as_deref());
    let event = tasks.event;
    let (mut id, title) = names(&head.subject, letter_date);
    if chosen.nth > 1 {
        // Each form of a letter is a campaign of its own.
        id.value = format!("{}-{}", id.value, chosen.nth);
    }
    let (words, phrases) = recognition::read(&recognition::Sources {
        number: &head.number,
        subject: &head.subject.value,
        event: event.as_ref().map(|event| event.value.title.as_str()),
        event_sentence: event.as_ref().map_or("", |event| event.at.as_str()),
        form_title: &chosen.title,
        with_draft: tasks.requirements.iter().any(|one| one.value.kind == "draft"),
        body: text_lines,
        annexes: &annexes,
        footnote: footnote.as_deref(),
    });
    let mut remarks = chosen.remarks.clone();
    remarks.extend(schedule.remarks.clone());
    remarks.extend(tasks.remarks);
    Ok(Draft {
        id,
        title,
        time_zone: zone::of(&head.issuer.value),
        number: head.number,
        date: head.date,
        subject: head.subject,
        issuer: head.issuer,
        issuer_genitive: head.genitive,
        contact: contact.name,
        phone: contact.phone,
        email: contact.email,
        words,
        phrases,
        event,
        requirements: tasks.requirements,
        obligations: tasks.obligations,
        form_title: Found::sure(chosen.title, &chosen.place),
        fields,
        to_all: schools.is_empty(),
        schools: dated(schools, schedule.of_deadlines),
        remarks,
    })
}

/// The schools without their days, where these are days by which something is owed.
fn dated(mut schools: Vec<Found<School>>, of_deadlines: bool) -> Vec<Found<School>> {
    for one in schools.iter_mut().filter(|_| of_deadlines) {
        one.value.date = None;
    }
    schools
}

/// Identifier and title of the campaign, from what the letter is about.
fn names(subject: &Found<String>, date: Date) -> (Found<String>, Found<String>) {
    const LONGEST: usize = 40;
    let year = date.year();
    let short = text::quoted(&subject.value).into_iter().find(|name| name.chars().count() <= 20);
    let general = pattern::pattern!(
        r"(?i)^(?:об?|обо|в|на|и|по|с|для|о|провед\w*|участи\w*|направлени\w*|представлени\w*|предоставлени\w*|организаци\w*|мероприяти\w*|информаци\w*|региональн\w*|област\w*|городск\w*|год|года|годы|\d+)$"
    );
    let title = russian::title_of_subject(&subject.value);
    let said = title.as_deref().unwrap_or(&subject.value);
    let words: Vec<String> = text::words(said).into_iter().filter(|word| !general.is_match(word)).take(3).collect();
    let base = identifier(&short.unwrap_or_else(|| words.join(" ")), '-');
    let mut cut = base.get(..base.len().min(LONGEST)).unwrap_or_default();
    if cut.len() < base.len() {
        cut = cut.rsplit_once('-').map_or(cut, |(whole, _)| whole);
    }
    let id = match cut {
        "" => format!("campaign-{year}"),
        some => format!("{some}-{year}"),
    };
    let title = match title {
        Some(title) => Found::sure(title, "тема письма"),
        None => Found::doubtful(subject.value.clone(), "поставьте название в именительный падеж"),
    };
    (Found::sure(id, "тема письма"), title)
}
