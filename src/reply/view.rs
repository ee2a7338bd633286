//! What a letter says, before it is worded: the data that the templates see.

use jiff::{Timestamp, civil::Date};
use serde::Serialize;

use super::{
    attach::Attachments,
    rules::rules,
    russian::{file_name, long_date, long_time, one_line, plural, sentence, size},
};
use crate::{
    campaign::{Campaign, Field, FieldId, Requirement, RequirementKind, SchoolId},
    decision::{Decision, PlannedReply, Submission, Template},
    document::{Format, Problem},
    form::SIGN_OF_A_LETTER,
    reader::{FileReading, Reading},
};

/// Pictures below this size in bytes are logos of signatures, not scanned pages.
const LOGO: u64 = 20 << 10;

/// How to save a document as DOCX, program by program.
const HOW_TO_SAVE: [&str; 3] = [
    "Microsoft Word: «Файл» – «Сохранить как» – тип «Документ Word (*.docx)»",
    "LibreOffice: «Файл» – «Сохранить как» – тип «Документ Word 2010–365 (.docx)»",
    "Р7-Офис: «Файл» – «Сохранить как» – «DOCX»",
];

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
    how_to_save: [&'static str; 3],
    /// The name of the blank form that goes with the letter; empty where none does.
    blank_form: String,
    /// The name of the calendar that goes with the letter; empty where none does.
    calendar: String,
    /// Whether forms were left out because they would have been too many or too large.
    forms_left_out: bool,
    /// Whether answers that are typed as «5. …» into a reply will be read: only where the letter is about one school.
    lines_are_read: bool,
    sections: Vec<Section>,
    /// The name of the school of which an earlier letter has spoken by mistake; empty where none has.
    corrects: String,
    /// By what the letter is known again, wherever it is quoted.
    sign: &'static str,
}

#[derive(Debug, Serialize)]
pub(super) struct Letter {
    number: String,
    date: String,
    issuer: String,
    issuer_genitive: String,
    subject: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Contact {
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
pub(super) struct Section {
    school: String,
    /// The day of its presentation; empty where it has none.
    presentation: String,
    /// The titles of what is there, parted by commas; empty where nothing is.
    met: String,
    late: bool,
    /// The accepted answers that this mail replaced, without their texts.
    changed: Vec<Line>,
    missing: Vec<Line>,
    invalid: Vec<Line>,
    open: Option<Open>,
    /// The name of the form that goes with the letter; empty where none does.
    form: String,
    /// What stands in that form.
    form_holds: FormHolds,
    /// One sentence for each document that is owed.
    owed: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Line {
    number: usize,
    label: String,
    hint: String,
}

/// What stands in a form that goes with a letter.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum FormHolds {
    Nothing,
    Marks,
    Answers,
}

/// The fields of a form that came, and still want an answer.
#[derive(Debug, Serialize)]
struct Open {
    count: String,
    until: String,
}

impl Letter {
    pub(super) fn of(campaign: &Campaign) -> Self {
        let letter = &campaign.letter;
        Self {
            number: letter.number.clone(),
            date: long_date(letter.date),
            issuer: letter.issuer.clone(),
            issuer_genitive: letter.issuer_genitive.clone(),
            subject: letter.subject.clone(),
        }
    }
}

impl Contact {
    pub(super) fn of(campaign: &Campaign) -> Self {
        let contact = &campaign.contact;
        Self { name: contact.name.clone(), phone: contact.phone.clone(), email: contact.email.clone() }
    }
}

pub(super) fn view(
    campaign: &Campaign,
    decision: &Decision,
    reading: &Reading,
    planned: &PlannedReply,
    attachments: &Attachments,
    (now, registration): (Timestamp, Option<&str>),
) -> View {
    // A receipt is for whoever wrote: it must not tell which school we take the sender for.
    let sections: Vec<Section> = match planned.template {
        Template::Receipt | Template::Closed | Template::Question | Template::Withdrawn => Vec::new(),
        Template::Confirm | Template::Request => planned
            .submissions
            .iter()
            .filter_map(|index| decision.submissions.get(*index))
            .enumerate()
            .filter_map(|(nth, submission)| {
                let form = attachments.forms.get(nth).cloned().unwrap_or_default();
                section(campaign, submission, form, now)
            })
            .collect(),
    };
    View {
        template: planned.template,
        subject: String::new(),
        letter: Letter::of(campaign),
        contact: Contact::of(campaign),
        registration: registration.map(one_line),
        received: reading.message.received.map(|instant| long_time(instant, &campaign.time_zone)),
        files: reading.files.iter().filter(|file| is_shown(file)).map(file).collect(),
        from_text: decision.documents.iter().any(|document| document.file.is_none()),
        unreadable: unreadable(decision, reading),
        how_to_save: HOW_TO_SAVE,
        blank_form: attachments.blank.clone(),
        calendar: attachments.calendar.clone(),
        forms_left_out: attachments.left_out,
        lines_are_read: sections.len() == 1,
        sections,
        corrects: planned
            .corrects
            .as_ref()
            .map(|id| campaign.school(id).map_or_else(|| id.to_string(), |school| school.name.clone()))
            .unwrap_or_default(),
        sign: SIGN_OF_A_LETTER,
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

/// What is said about one school; none where it is not in the campaign.
pub(super) fn section(campaign: &Campaign, submission: &Submission, form: String, now: Timestamp) -> Option<Section> {
    let school = campaign.school(submission.school.as_ref()?)?;
    let unanswered = submission.missing.len() + submission.invalid.len();
    let owed: Vec<&Requirement> = campaign
        .requirements
        .iter()
        .filter(|one| submission.owed.contains(&one.id))
        // Of a form that came, the open fields are named instead.
        .filter(|one| one.kind != RequirementKind::Form || unanswered == 0)
        .collect();
    let lines = |fields: &[FieldId]| fields.iter().filter_map(|id| line(campaign, id)).collect();
    Some(Section {
        school: school.name.clone(),
        presentation: school.date.map(long_date).unwrap_or_default(),
        met: met(campaign, submission, &school.id, unanswered),
        late: submission.late,
        changed: lines(&submission.changed),
        missing: lines(&submission.missing),
        invalid: lines(&submission.invalid),
        open: (unanswered > 0).then(|| open(campaign, &school.id, unanswered, now)),
        form,
        form_holds: match (unanswered, submission.answers.is_empty()) {
            (0, _) => FormHolds::Nothing,
            (_, true) => FormHolds::Marks,
            (_, false) => FormHolds::Answers,
        },
        owed: owed.iter().map(|one| ask(campaign, &one.accusative, one.deadline, now)).collect(),
    })
}

/// What is there: requirements by their titles, of a form with gaps how much of it.
fn met(campaign: &Campaign, submission: &Submission, school: &SchoolId, unanswered: usize) -> String {
    let met = campaign
        .requirements
        .iter()
        .filter(|one| one.is_owed_by(school) && !submission.owed.contains(&one.id))
        .filter(|one| one.kind != RequirementKind::Information || submission.information.contains(&one.id))
        .filter_map(|one| {
            let open = |id: &FieldId| submission.missing.contains(id) || submission.invalid.contains(id);
            let asked = |field: &&Field| field.is_always_owed() || open(&field.id);
            let all = campaign.form.fields.iter().filter(asked).count();
            match one.kind {
                RequirementKind::Form if unanswered >= all => None,
                RequirementKind::Form if unanswered > 0 => {
                    Some(format!("{} (заполнено {} из {all} полей)", one.title, all - unanswered))
                }
                _ => Some(one.title.clone()),
            }
        });
    met.collect::<Vec<_>>().join(", ")
}

fn line(campaign: &Campaign, id: &FieldId) -> Option<Line> {
    let field = campaign.form.field(id)?;
    let hint = format!("{}. {}", sentence(field.hint.trim_end_matches('.')), rules(&campaign.form, field));
    Some(Line { number: campaign.form.number(id)?, label: field.label.clone(), hint: hint.trim_end().to_owned() })
}

fn open(campaign: &Campaign, school: &SchoolId, count: usize, now: Timestamp) -> Open {
    let form = campaign.requirement(RequirementKind::Form, school);
    let until = form.map(|form| ask(campaign, "недостающие сведения", form.deadline, now));
    Open { count: plural(count, ["поле", "поля", "полей"]), until: until.unwrap_or_default() }
}

/// «Ждём … до …», kindly also after that day.
fn ask(campaign: &Campaign, what: &str, deadline: Date, now: Timestamp) -> String {
    let day = long_date(deadline);
    if campaign.is_after(now, deadline) {
        format!(
            "Срок представления ({day}) истёк. Просим направить {what} при первой возможности: материалы будут приняты."
        )
    } else {
        format!("Ждём {what} до {day} включительно.")
    }
}
