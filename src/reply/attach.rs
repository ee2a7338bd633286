//! The files that go with a letter: forms to fill in, and the day of the presentation for a calendar.

use std::{collections::BTreeSet, io};

use jiff::Timestamp;

use super::{
    calendar::calendar,
    form_file::{Slot, blank_form, filled_form},
    russian::file_stem,
};
use crate::{
    campaign::{Campaign, Field, FieldId, RequirementKind, School},
    decision::{Decision, PlannedReply, Submission, Template},
};

/// More forms than this go with no letter.
const FORMS: usize = 10;
/// So many bytes of forms at most: with them a letter passes every mail server.
const BYTES: usize = 5 << 20;
/// The longest part of a file name that comes from a school's name, in characters.
const STEM: usize = 90;

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const CALENDAR: &str = "text/calendar; charset=utf-8";
const CALENDAR_NAME: &str = "Представление_опыта.ics";

/// A file that goes with a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// Its name, fit for every system.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The files of a letter, and which of them is whose.
#[derive(Debug, Default)]
pub(super) struct Attachments {
    pub(super) files: Vec<Attached>,
    /// The name of the form of each submission that the letter speaks of; «» where it has none.
    pub(super) forms: Vec<String>,
    /// The name of the form for nobody in particular.
    pub(super) blank: String,
    /// The name of the calendar.
    pub(super) calendar: String,
    /// Whether forms were left out because they would have been too many or too large.
    pub(super) left_out: bool,
}

/// What goes with the letter.
///
/// # Errors
/// A form cannot be put together.
pub(super) fn attachments(
    campaign: &Campaign,
    decision: &Decision,
    planned: &PlannedReply,
    now: Timestamp,
) -> io::Result<Attachments> {
    let told: Vec<&Submission> =
        planned.submissions.iter().filter_map(|index| decision.submissions.get(*index)).collect();
    match planned.template {
        Template::Confirm => {
            Ok(days(campaign, told.iter().filter_map(|one| campaign.school(one.school.as_ref()?)), now))
        }
        Template::Request => forms(campaign, &told),
        Template::Receipt if decision.documents.iter().any(|one| one.problem.is_some()) => {
            let name = "Форма.docx".to_owned();
            let bytes = blank_form(campaign, None)?;
            let files = vec![Attached { name: name.clone(), media_type: DOCX, bytes }];
            Ok(Attachments { files, blank: name, ..Attachments::default() })
        }
        Template::Receipt | Template::Closed | Template::Question | Template::Withdrawn => Ok(Attachments::default()),
    }
}

/// The days of presentation that have not passed.
pub(super) fn days<'s>(
    campaign: &Campaign,
    schools: impl IntoIterator<Item = &'s School>,
    now: Timestamp,
) -> Attachments {
    let ahead = |school: &&School| school.date.is_some_and(|day| !campaign.is_after(now, day));
    let schools: Vec<&School> = schools.into_iter().filter(ahead).collect();
    if schools.is_empty() {
        return Attachments::default();
    }
    let name = CALENDAR_NAME.to_owned();
    let bytes = calendar(campaign, &schools, now).into_bytes();
    let files = vec![Attached { name: name.clone(), media_type: CALENDAR, bytes }];
    Attachments { files, calendar: name, ..Attachments::default() }
}

/// The forms to fill in of what these submissions still want.
///
/// # Errors
/// A form cannot be put together.
pub(super) fn forms(campaign: &Campaign, told: &[&Submission]) -> io::Result<Attachments> {
    let mut found = Attachments::default();
    let mut names = BTreeSet::new();
    let wanted = |one: &&&Submission| is_filled(one) || is_owed(campaign, one);
    if told.iter().filter(wanted).count() > FORMS {
        found.left_out = true;
        return Ok(found);
    }
    for one in told {
        let school = one.school.as_ref().and_then(|id| campaign.school(id));
        let bytes = school.map(|school| form(campaign, one, school)).transpose()?.flatten();
        let name = match (school, bytes) {
            (Some(school), Some(bytes)) => {
                let name = name(school, &mut names);
                found.files.push(Attached { name: name.clone(), media_type: DOCX, bytes });
                name
            }
            _ => String::new(),
        };
        found.forms.push(name);
    }
    if found.files.iter().map(|file| file.bytes.len()).sum::<usize>() > BYTES {
        return Ok(Attachments { left_out: true, ..Attachments::default() });
    }
    Ok(found)
}

/// Whether a form has come and wants answers.
fn is_filled(one: &Submission) -> bool {
    !one.missing.is_empty() || !one.invalid.is_empty()
}

/// Whether no form has come.
fn is_owed(campaign: &Campaign, one: &Submission) -> bool {
    campaign.requirements_of(RequirementKind::Form).any(|form| one.owed.contains(&form.id))
}

/// A school's form with the answers of this very mail and no others; none where nothing of it is wanted.
fn form(campaign: &Campaign, one: &Submission, school: &School) -> io::Result<Option<Vec<u8>>> {
    if !is_filled(one) {
        return is_owed(campaign, one).then(|| blank_form(campaign, Some(school))).transpose();
    }
    let open = |id: &FieldId| one.missing.contains(id) || one.invalid.contains(id);
    let slot = |id: &FieldId| match one.answers.get(id) {
        Some(answer) if open(id) => Slot::Doubtful(&answer.text),
        Some(answer) => Slot::Answer(&answer.text),
        None if open(id) => Slot::Gap,
        // Nobody knows of these whether they came earlier or were never owed.
        None if campaign.form.field(id).is_some_and(|field| is_optional(field, school)) => Slot::Blank,
        None => Slot::Earlier,
    };
    filled_form(campaign, school, slot).map(Some)
}

/// Whether a school may leave a field without an answer.
fn is_optional(field: &Field, school: &School) -> bool {
    !field.is_always_owed() || (school.outside && !field.required_outside)
}

/// «Форма_Киришская_СОШ_№3.docx»: what stands between the quotation marks of the school's name, where there are any.
fn name(school: &School, names: &mut BTreeSet<String>) -> String {
    let inner = school.name.split_once('«').map(|(_, rest)| rest.rsplit_once('»').map_or(rest, |(inner, _)| inner));
    let stem = file_stem(inner.unwrap_or(&school.name), STEM);
    let stem = if stem.is_empty() { school.id.to_string() } else { stem };
    let mut name = format!("Форма_{stem}.docx");
    // Two schools may share what stands between the marks, and one school may have sent two forms.
    for number in 2.. {
        if names.insert(name.clone()) {
            break;
        }
        name = format!("Форма_{stem}_{number}.docx");
    }
    name
}
