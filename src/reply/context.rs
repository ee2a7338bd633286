//! What the templates may say: values in Russian, ready to be printed.

use serde::Serialize;

use crate::{
    campaign::{Campaign, FieldId, RequirementId},
    decision::{Action, Decision, PlannedReply, Submission},
    document::Problem,
    reader::{FileReading, Reading},
};

use super::{Envelope, russian};

/// Everything that a letter may say.
#[derive(Debug, Serialize)]
pub(super) struct Context {
    letter: Letter,
    contact: Contact,
    received: String,
    registration: String,
    sections: Vec<Section>,
    /// Whether a part of the mail is still being looked at by a person.
    in_review: bool,
}

#[derive(Debug, Serialize)]
struct Letter {
    number: String,
    date: String,
    subject: String,
    issuer: String,
}

#[derive(Debug, Serialize)]
struct Contact {
    name: String,
    phone: String,
    email: String,
}

/// One school's part.
#[derive(Debug, Serialize)]
struct Section {
    school: String,
    complete: bool,
    late: bool,
    presentation: String,
    received: Vec<String>,
    missing: Vec<Gap>,
    invalid: Vec<Gap>,
    owed: Vec<Owed>,
    unreadable: Vec<Unreadable>,
}

#[derive(Debug, Serialize)]
struct Gap {
    number: usize,
    label: String,
    hint: String,
}

#[derive(Debug, Serialize)]
struct Owed {
    what: String,
    until: String,
    overdue: bool,
}

#[derive(Debug, Serialize)]
struct Unreadable {
    name: String,
    why: &'static str,
}

pub(super) fn context(
    campaign: &Campaign,
    decision: &Decision,
    reading: &Reading,
    planned: &PlannedReply,
    envelope: &Envelope<'_>,
) -> Context {
    let told = planned.submissions.iter().filter_map(|index| decision.submissions.get(*index));
    Context {
        letter: Letter {
            number: campaign.letter.number.clone(),
            date: russian::date(campaign.letter.date),
            subject: campaign.letter.subject.clone(),
            issuer: campaign.letter.issuer.clone(),
        },
        contact: Contact {
            name: campaign.contact.name.clone(),
            phone: campaign.contact.phone.clone(),
            email: campaign.contact.email.clone(),
        },
        received: russian::date_time(envelope.received, &campaign.time_zone),
        registration: registration(envelope.seed),
        sections: told.filter_map(|one| section(campaign, decision, reading, one, envelope)).collect(),
        in_review: decision.submissions.iter().any(|one| one.action == Action::Review),
    }
}

/// A short number under which the letter can be found again.
fn registration(seed: &str) -> String {
    let hash = crate::digest::Sha256::of(seed.as_bytes()).to_string();
    hash.get(..8).unwrap_or_default().to_uppercase()
}

fn section(
    campaign: &Campaign,
    decision: &Decision,
    reading: &Reading,
    one: &Submission,
    envelope: &Envelope<'_>,
) -> Option<Section> {
    let school = campaign.school(one.school.as_ref()?)?;
    let files: Vec<(&FileReading, Option<Problem>)> = one
        .documents
        .iter()
        .filter_map(|index| decision.documents.get(*index))
        .filter_map(|document| Some((reading.files.get(document.file?)?, document.problem)))
        .collect();
    let name = |file: &FileReading| file.name.clone().unwrap_or_else(|| "файл без названия".to_owned());
    let received = files.iter().filter(|(_, problem)| problem.is_none());
    let broken = files.iter().filter_map(|(file, problem)| Some((file, (*problem)?)));
    let gaps = |fields: &[FieldId]| fields.iter().filter_map(|id| gap(campaign, id)).collect();
    Some(Section {
        school: school.name.clone(),
        complete: one.action == Action::Confirm,
        late: one.late,
        presentation: russian::date(school.date),
        received: received.map(|(file, _)| format!("{} ({})", name(file), size(file.size))).collect(),
        missing: gaps(&one.missing),
        invalid: gaps(&one.invalid),
        owed: one.owed.iter().filter_map(|id| owed(campaign, id, envelope)).collect(),
        unreadable: broken.map(|(file, problem)| Unreadable { name: name(file), why: why(problem) }).collect(),
    })
}

fn gap(campaign: &Campaign, id: &FieldId) -> Option<Gap> {
    let field = campaign.form.field(id)?;
    Some(Gap { number: campaign.form.number(id)?, label: field.label.clone(), hint: field.hint.clone() })
}

fn owed(campaign: &Campaign, id: &RequirementId, envelope: &Envelope<'_>) -> Option<Owed> {
    let one = campaign.requirements.iter().find(|one| &one.id == id)?;
    Some(Owed {
        what: one.accusative.clone(),
        until: russian::date(one.deadline),
        overdue: campaign.is_after(envelope.now, one.deadline),
    })
}

fn size(bytes: u64) -> String {
    if bytes < 1024 * 1024 {
        format!("{} КБ", bytes.div_ceil(1024))
    } else {
        format!("{} МБ", bytes.div_ceil(1024 * 1024))
    }
}

/// Why a file could not be read, and what to do: a sentence for the school.
pub(super) fn why(problem: Problem) -> &'static str {
    match problem {
        Problem::Empty => "файл пуст. Просим проверить его и направить повторно.",
        Problem::Encrypted => "файл защищён паролем. Просим направить его без пароля.",
        Problem::Damaged => "файл повреждён и не открывается. Просим сохранить документ заново и направить повторно.",
        Problem::Unsupported => {
            "этот формат не принимается. Просим направить документ в формате DOCX, без архива или в архиве ZIP."
        }
        Problem::NeedsConverter => {
            "файл сохранён в формате, который не удалось обработать. Просим открыть его, выбрать «Файл» – «Сохранить как» и указать тип «Документ Word (.docx)» (так же в Р7-Офис и LibreOffice)."
        }
        Problem::Scan => {
            "это изображение, текст в нём не читается. Просим направить документ в формате DOCX, а не скан или фотографию."
        }
        Problem::Hostile => {
            "файл не может быть обработан из соображений безопасности. Просим направить документ в формате DOCX отдельным вложением."
        }
    }
}
