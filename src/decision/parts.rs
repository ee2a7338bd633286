//! What each document of a message is, and whose: the clues of one document are its own name field, title page,
//! letterhead and file name, and what the mail around it says.

use std::collections::BTreeMap;

use crate::{
    campaign::{Campaign, FieldKind, RequirementKind, SchoolId},
    document::{Document, Format, Problem},
    form::{self, Contents, FilledForm, Kind, Recogniser},
    matching::{Clue, Roster, Source, Verdict},
    message::Message,
    reader::{FileReading, Reading},
};

use super::Known;

/// A document of the message, and what it holds.
#[derive(Debug)]
pub(super) struct Part {
    /// Which file of the reading; `None` for the mail's own text.
    pub(super) file: Option<usize>,
    /// What it is.
    pub(super) kind: Kind,
    /// Why it could not be read.
    pub(super) problem: Option<Problem>,
    /// The filled form, of which a document with several gives a part each.
    pub(super) form: Option<FilledForm>,
    /// How many of the form's questions stand in its document.
    pub(super) labels: usize,
    /// Whether it is or holds a draft.
    pub(super) draft: bool,
    /// The clues that are its own.
    pub(super) clues: Vec<Clue>,
    /// Its text, where it holds no form: the words of an information requirement are looked for in it.
    pub(super) text: String,
}

/// Every document of the reading that could matter, in its order; the mail's own text last.
pub(super) fn parts(campaign: &Campaign, recogniser: &Recogniser, reading: &Reading, correction: bool) -> Vec<Part> {
    let mut parts = Vec::new();
    for (index, file) in reading.files.iter().enumerate().filter(|(_, file)| is_document(file)) {
        match &file.content {
            Ok(document) => {
                let name = file.name.as_deref();
                let contents = form::contents(campaign, recogniser, document, name);
                parts.extend(part_of(campaign, Some(index), document, name, contents));
            }
            Err(problem) => parts.push(unreadable(index, file, *problem)),
        }
    }
    let message = &reading.message;
    let own = (!holds_our_letter(message)).then_some(&message.body);
    for text in own.into_iter().chain([&message.forwarded]).chain(forwarded_bodies(reading)) {
        let contents = form::contents_of_body(campaign, recogniser, text);
        if !contents.forms.is_empty() {
            parts.extend(part_of(campaign, None, text, None, contents));
        }
    }
    if correction && parts.iter().all(|part| part.form.is_none()) {
        parts.extend(correction_lines(campaign, recogniser, message));
    }
    parts
}

/// Pictures of a signature, signatures, calendar entries and the text of a forwarded mail are no documents.
fn is_document(file: &FileReading) -> bool {
    !file.inline && !is_forwarded_body(file) && !matches!(file.format, Format::Signature | Format::Calendar)
}

/// The text of a mail that was forwarded as an attachment.
fn is_forwarded_body(file: &FileReading) -> bool {
    file.name.is_none() && matches!(file.format, Format::Text | Format::Html)
}

/// The texts of mails that were forwarded as attachments.
pub(super) fn forwarded_bodies(reading: &Reading) -> impl Iterator<Item = &Document> {
    reading.files.iter().filter(|file| is_forwarded_body(file)).filter_map(|file| file.content.as_ref().ok())
}

/// Whether somebody attached a document to the message, readable or not.
pub(super) fn has_documents(reading: &Reading) -> bool {
    reading.files.iter().any(is_document)
}

fn part_of(
    campaign: &Campaign,
    file: Option<usize>,
    document: &Document,
    name: Option<&str>,
    contents: Contents,
) -> Vec<Part> {
    let file_name = name.map(|name| Clue::Text { source: Source::FileName, text: name.to_owned() });
    let letterhead = Clue::Text { source: Source::Letterhead, text: contents.letterhead };
    // What nobody is asked for is some other paper.
    let drafts = campaign.requirements.iter().any(|one| one.kind == RequirementKind::Draft);
    if contents.forms.is_empty() {
        let mut clues: Vec<Clue> = file_name.into_iter().collect();
        clues.push(letterhead);
        let kind = if contents.kind == Kind::Draft && !drafts { Kind::Other } else { contents.kind };
        let draft = kind == Kind::Draft;
        if draft {
            clues.push(Clue::Text { source: Source::TitlePage, text: form::title_page(document) });
        }
        let text = document.text();
        return vec![Part { file, kind, problem: None, form: None, labels: 0, draft, clues, text }];
    }
    // What stands around the forms tells of a single one only: of several, each speaks for itself.
    let single = contents.forms.len() == 1;
    let (draft, labels) = (contents.also_draft && drafts, contents.labels);
    contents
        .forms
        .into_iter()
        .map(|form| {
            let mut clues = vec![name_clue(campaign, &form)];
            clues.push(Clue::Text { source: Source::Letterhead, text: form.heading.clone() });
            if single {
                clues.extend(file_name.clone());
                clues.push(letterhead.clone());
            }
            Part { file, kind: Kind::Form, problem: None, form: Some(form), labels, draft, clues, text: String::new() }
        })
        .collect()
}

fn name_clue(campaign: &Campaign, form: &FilledForm) -> Clue {
    let field = campaign.form.fields.iter().find(|field| field.kind == FieldKind::SchoolName);
    let answer = field.and_then(|field| form.answers.get(&field.id));
    Clue::Text { source: Source::NameField, text: answer.map(|answer| answer.text.clone()).unwrap_or_default() }
}

fn unreadable(index: usize, file: &FileReading, problem: Problem) -> Part {
    let clues = file.name.iter().map(|name| Clue::Text { source: Source::FileName, text: name.clone() }).collect();
    Part {
        file: Some(index),
        kind: Kind::Unreadable,
        problem: Some(problem),
        form: None,
        labels: 0,
        draft: false,
        clues,
        text: String::new(),
    }
}

/// Whether the author's own text holds a letter of ours that his mail program has not marked as quoted. Its end looks like
/// his signature.
fn holds_our_letter(message: &Message) -> bool {
    form::holds_our_letter(&message.body.text()) || form::holds_our_letter(&message.signature)
}

/// «5. с 2021 года» in the answer to our own request, or an answer typed into its quotation: the named fields alone. What
/// is said twice and differently is not said.
fn correction_lines(campaign: &Campaign, recogniser: &Recogniser, message: &Message) -> Option<Part> {
    let mut answers = match holds_our_letter(message) {
        true => BTreeMap::new(),
        false => form::numbered_lines(&campaign.form, recogniser, &message.body),
    };
    let below = message.interleaved.iter().map(|one| (one.above.as_slice(), one.text.as_str()));
    for (field, answer) in form::quoted_answers(&campaign.form, &message.quoted_tables, below) {
        if answers.get(&field).is_none_or(|known| known.text == answer.text) {
            answers.insert(field, answer);
        } else {
            answers.remove(&field);
        }
    }
    (!answers.is_empty()).then(|| Part {
        file: None,
        kind: Kind::Form,
        problem: None,
        labels: answers.len(),
        form: Some(FilledForm { answers, ..FilledForm::default() }),
        draft: false,
        clues: Vec::new(),
        text: String::new(),
    })
}

/// What the mail itself says of the school, whichever document is looked at.
pub(super) fn mail_clues(campaign: &Campaign, known: &Known, message: &Message) -> Vec<Clue> {
    let mut clues = Vec::new();
    if let Some(school) = &known.thread {
        clues.push(Clue::Known { source: Source::Thread, school: school.clone() });
    }
    if let Some(school) = roster_school(campaign, message) {
        clues.push(Clue::Known { source: Source::RosterAddress, school });
    }
    if let Some(name) = message.from.as_ref().and_then(|from| from.name.clone()) {
        clues.push(Clue::Text { source: Source::DisplayName, text: name });
    }
    let said = format!("{}\n{}\n{}", message.subject, message.body.text(), message.signature);
    clues.push(Clue::Text { source: Source::Signature, text: said });
    clues
}

/// The one school whose address the sender uses; an address that several schools share tells nothing.
pub(super) fn roster_school(campaign: &Campaign, message: &Message) -> Option<SchoolId> {
    let from = message.from.as_ref()?;
    let has = |list: &[String]| list.iter().any(|one| one.trim().to_lowercase() == from.address.as_str());
    let mut owners = campaign.schools.iter().filter(|school| has(&school.addresses));
    let owner = owners.next()?;
    owners.next().is_none().then(|| owner.id.clone())
}

/// Whose the part is, by its own clues and the mail's.
pub(super) fn whose(roster: &Roster, part: &Part, mail: &[Clue]) -> Verdict {
    let clues: Vec<Clue> = part.clues.iter().chain(mail).cloned().collect();
    roster.conclude(&clues)
}

/// Whether the part, which names no school of its own accord, belongs to the one certain school of the same mail.
pub(super) fn joins(roster: &Roster, part: &Part, mail: &[Clue], school: &SchoolId) -> Verdict {
    let mut clues: Vec<Clue> = part.clues.iter().chain(mail).cloned().collect();
    clues.push(Clue::Known { source: Source::SameMail, school: school.clone() });
    roster.conclude(&clues)
}
