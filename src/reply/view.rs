//! What a letter says, before it is worded: the data that the templates see.

use jiff::{Timestamp, civil::Date};
use serde::Serialize;

use super::russian::{file_name, long_date, long_time, one_line, plural, sentence, size};
use crate::{
    campaign::{Campaign, FieldId, Requirement, RequirementKind},
    decision::{Decision, PlannedReply, Submission, Template},
    document::{Format, Problem},
    reader::{FileReading, Reading},
};

/// Pictures below this size in bytes are logos of signatures, not scanned pages.
const LOGO: u64 = 20 << 10;

const HOW_TO_SAVE: &str = "Как сохранить документ в формате DOCX: в Microsoft Word – «Файл», «Сохранить как», тип файла \
    «Документ Word (*.docx)»; в LibreOffice – «Файл», «Сохранить как», тип файла «Документ Word 2010–365 (.docx)»; \
    в Р7-Офис – «Файл», «Сохранить как», «DOCX». Презентацию сохраните в формате PPTX.";

#[derive(Debug, Serialize)]
pub(super) struct View {
    template: Template,
    pub(super) subject: String,
    letter: Letter,
    contact: Contact,
    registration: Option<String>,
    received: Option<String>,
    files: Vec<File>,
    from_text: bool,
    unreadable: Vec<Unreadable>,
    how_to_save: &'static str,
    sections: Vec<Section>,
}

#[derive(Debug, Serialize)]
struct Letter {
    number: String,
    date: String,
    issuer: String,
    issuer_genitive: String,
    subject: String,
}

#[derive(Debug, Serialize)]
struct Contact {
    name: String,
    phone: String,
    email: String,
}

#[derive(Debug, Serialize)]
struct File {
    name: String,
    size: String,
}

#[derive(Debug, Serialize)]
struct Unreadable {
    name: String,
    sentence: &'static str,
}

#[derive(Debug, Serialize)]
struct Section {
    school: String,
    presentation: String,
    /// The titles of what is there, parted by commas; empty where nothing is.
    met: String,
    late: bool,
    missing: Vec<Line>,
    invalid: Vec<Line>,
    open: Option<Open>,
    /// One sentence for each document that is owed.
    owed: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Line {
    number: usize,
    label: String,
    hint: String,
}

/// The fields of a form that came, and still want an answer.
#[derive(Debug, Serialize)]
struct Open {
    verb: &'static str,
    count: String,
    until: String,
}

pub(super) fn view(
    campaign: &Campaign,
    decision: &Decision,
    reading: &Reading,
    planned: &PlannedReply,
    now: Timestamp,
    registration: Option<&str>,
) -> View {
    let letter = &campaign.letter;
    // A receipt is for whoever wrote: it must not tell which school we take the sender for.
    let sections = match planned.template {
        Template::Receipt => Vec::new(),
        Template::Confirm | Template::Request => planned
            .submissions
            .iter()
            .filter_map(|index| decision.submissions.get(*index))
            .filter_map(|submission| section(campaign, submission, now))
            .collect(),
    };
    View {
        template: planned.template,
        subject: String::new(),
        letter: Letter {
            number: letter.number.clone(),
            date: long_date(letter.date),
            issuer: letter.issuer.clone(),
            issuer_genitive: letter.issuer_genitive.clone(),
            subject: letter.subject.clone(),
        },
        contact: Contact {
            name: campaign.contact.name.clone(),
            phone: campaign.contact.phone.clone(),
            email: campaign.contact.email.clone(),
        },
        registration: registration.map(one_line),
        received: reading.message.received.map(|instant| long_time(instant, &campaign.time_zone)),
        files: reading.files.iter().filter(|file| is_shown(file)).map(file).collect(),
        from_text: decision.documents.iter().any(|document| document.file.is_none()),
        unreadable: unreadable(decision, reading),
        how_to_save: HOW_TO_SAVE,
        sections,
    }
}

/// Signatures, invitations and logos are nothing that a school knows it has sent.
fn is_shown(file: &FileReading) -> bool {
    match file.format {
        Format::Signature | Format::Calendar | Format::Tnef => false,
        Format::Image => file.size >= LOGO,
        _ => true,
    }
}

fn shown_name(file: &FileReading) -> String {
    let name = file.name.as_deref().map(file_name).filter(|name| !name.is_empty());
    name.unwrap_or_else(|| "файл без имени".to_owned())
}

fn file(file: &FileReading) -> File {
    File { name: shown_name(file), size: size(file.size) }
}

fn unreadable(decision: &Decision, reading: &Reading) -> Vec<Unreadable> {
    let problem = |file: Option<usize>, problem: Option<Problem>| {
        let (file, problem) = (reading.files.get(file?)?, problem?);
        is_shown(file).then(|| Unreadable { name: shown_name(file), sentence: explain(problem) })
    };
    decision.documents.iter().filter_map(|document| problem(document.file, document.problem)).collect()
}

/// Why a file could not be read, and what to do about it.
pub(super) fn explain(problem: Problem) -> &'static str {
    match problem {
        Problem::Empty => "Файл пуст. Проверьте документ и пришлите его ещё раз.",
        Problem::Encrypted => {
            "Файл защищён паролем. Снимите защиту паролем, сохраните документ и пришлите его ещё раз."
        }
        Problem::Damaged => {
            "Файл повреждён или передан не полностью. Откройте документ на своём компьютере, сохраните его заново \
             в формате DOCX и пришлите ещё раз."
        }
        Problem::Unsupported => {
            "Файлы этого формата не обрабатываются. Пришлите документ в формате DOCX отдельным файлом, без архива."
        }
        Problem::NeedsConverter => {
            "Файл этого формата прочитать не удалось. Сохраните документ в формате DOCX и пришлите его ещё раз."
        }
        Problem::Scan => {
            "Файл содержит изображение (скан или фотографию), а не текст. Пришлите исходный документ \
             в формате DOCX; скан с подписью можно приложить дополнительно."
        }
        Problem::Hostile => {
            "Файл слишком велик или устроен необычно, поэтому он не был открыт. Сохраните документ заново в формате \
             DOCX, без макросов и архива, и пришлите ещё раз."
        }
    }
}

fn section(campaign: &Campaign, submission: &Submission, now: Timestamp) -> Option<Section> {
    let school = campaign.school(submission.school.as_ref()?)?;
    let unanswered = submission.missing.len() + submission.invalid.len();
    let owed: Vec<&Requirement> = campaign
        .requirements
        .iter()
        .filter(|one| submission.owed.contains(&one.id))
        // Of a form that came, the open fields are named instead.
        .filter(|one| one.kind != RequirementKind::Form || unanswered == 0)
        .collect();
    let met: Vec<&str> = campaign
        .requirements
        .iter()
        .filter(|one| one.is_owed_by(&school.id) && !submission.owed.contains(&one.id))
        .filter(|one| match one.kind {
            RequirementKind::Form => unanswered == 0,
            RequirementKind::Draft => true,
            RequirementKind::Information => submission.information.contains(&one.id),
        })
        .map(|one| one.title.as_str())
        .collect();
    let lines = |fields: &[FieldId]| fields.iter().filter_map(|id| line(campaign, id)).collect();
    Some(Section {
        school: school.name.clone(),
        presentation: long_date(school.date),
        met: met.join(", "),
        late: submission.late,
        missing: lines(&submission.missing),
        invalid: lines(&submission.invalid),
        open: (unanswered > 0).then(|| open(campaign, unanswered, now)),
        owed: owed.iter().map(|one| ask(campaign, &one.accusative, one.deadline, now)).collect(),
    })
}

fn line(campaign: &Campaign, id: &FieldId) -> Option<Line> {
    let field = campaign.form.field(id)?;
    Some(Line {
        number: campaign.form.number(id)?,
        label: field.label.clone(),
        hint: format!("{}.", sentence(field.hint.trim_end_matches('.'))),
    })
}

fn open(campaign: &Campaign, count: usize, now: Timestamp) -> Open {
    let what = "недостающие и уточнённые сведения";
    let until = campaign.requirement(RequirementKind::Form).map(|form| ask(campaign, what, form.deadline, now));
    Open {
        verb: if count % 10 == 1 && count % 100 != 11 {
            "требует внимания"
        } else {
            "требуют внимания"
        },
        count: plural(count, ["поле", "поля", "полей"]),
        until: until.unwrap_or_default(),
    }
}

/// «Просим направить … до …», kindly also after that day.
fn ask(campaign: &Campaign, what: &str, deadline: Date, now: Timestamp) -> String {
    let day = long_date(deadline);
    if campaign.is_after(now, deadline) {
        format!("Срок представления ({day}) истёк, поэтому просим направить {what} в возможно короткий срок.")
    } else {
        format!("Просим направить {what} до {day} включительно.")
    }
}
