//! A mail as it came, what was read of its files, and what was made of it.

use serde::Serialize;

use super::{Frame, Link, cases, evidence, letters, words};
use crate::{
    campaign::FieldId,
    document::Document,
    form::{self, Answer, Kind},
    message::{Mailbox, Message},
    reader::FileReading,
    reply::{registration, russian},
    store::{CaseLook, DocumentLook, LetterLine, MessageLook, MessageState, PartLook},
};

/// So much of a document is shown, in characters.
const START: usize = 1_500;
/// So much of a mail's text is shown; the rest is in the file that can be downloaded.
const TEXT: usize = 40_000;
const NAME: usize = 200;

#[derive(Debug, Serialize)]
pub(crate) struct Mail {
    row: i64,
    subject: String,
    from: String,
    to: String,
    received: String,
    /// The sender's own time, where it differs much.
    dated: String,
    registration: String,
    state: String,
    authenticity: &'static str,
    authenticity_tone: &'static str,
    notes: Vec<&'static str>,
    /// Why nothing of it can be shown.
    unread: &'static str,
    text: String,
    signature: String,
    quoted: String,
    links: Vec<String>,
    original: String,
    files: Vec<File>,
    parts: Vec<Part>,
}

#[derive(Debug, Serialize)]
struct File {
    href: String,
    name: String,
    kind: String,
    format: &'static str,
    size: String,
    within: String,
    school: String,
    problem: &'static str,
    notes: Vec<&'static str>,
    /// How it begins.
    start: String,
    start_words: &'static str,
}

/// One school's part, as it was read.
#[derive(Debug, Serialize)]
struct Part {
    title: String,
    about: String,
    answers: Vec<Line>,
    missing: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Line {
    number: usize,
    label: String,
    text: String,
    problem: &'static str,
    found: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct MessageView {
    mail: Mail,
    back: Vec<Link>,
    why: Vec<String>,
    cases: Vec<cases::Brief>,
    letters: Vec<letters::Line>,
}

/// The address of a file of a message.
pub(super) fn file_href(message: i64, file: usize) -> String {
    format!("/message/{message}/file/{file}")
}

/// A message's page.
pub(crate) fn message(
    frame: &Frame<'_>,
    look: &MessageLook,
    cases: &[CaseLook],
    letters: &[LetterLine],
) -> MessageView {
    let all = frame.sight.is_all();
    let mut back: Vec<Link> = Vec::new();
    for school in look.parts.iter().filter_map(|part| part.school.as_ref()) {
        let link = Link::new(format!("/school/{school}"), frame.school(school));
        if !back.contains(&link) {
            back.push(link);
        }
    }
    if back.is_empty() {
        back.push(Link::new("/", "Свод"));
    }
    let told = evidence::told(frame, &look.line.why);
    let told = told.into_iter().map(|one| match &one.about {
        Some(school) => format!("{} ({})", one.text, frame.school(school)),
        None => one.text,
    });
    MessageView {
        mail: mail(frame, look),
        back,
        why: told.filter(|_| all).collect(),
        cases: cases.iter().filter(|_| all).map(|one| cases::brief(frame, one)).collect(),
        letters: letters.iter().filter(|_| all).map(|one| letters::line(frame, one, String::new())).collect(),
    }
}

/// A mail as it came.
pub(crate) fn mail(frame: &Frame<'_>, look: &MessageLook) -> Mail {
    let nothing = Message::default();
    let read = look.reading.as_ref();
    let message = read.map_or(&nothing, |reading| &reading.message);
    let subject = russian::one_line(&look.line.subject);
    let (authenticity, authenticity_tone) = match read {
        Some(_) => words::authenticity(message.authentication),
        None => ("", ""),
    };
    let mut notes: Vec<&'static str> = message.oddities.iter().filter_map(|one| words::oddity(one)).collect();
    notes.extend(message.automatic.map(words::automatic));
    notes.extend(look.truncated.then_some("сохранено только начало письма: оно слишком велико"));
    notes.extend(look.entered.then_some("внесено сотрудником: получено не по электронной почте"));
    notes.dedup();
    Mail {
        row: look.line.id,
        subject: if subject.is_empty() { "Без темы".to_owned() } else { super::clip(&subject, NAME) },
        from: from(message, look),
        to: people(&message.recipients),
        received: frame.time(look.line.received),
        dated: dated(frame, message, look),
        registration: match look.parts.is_empty() {
            true => String::new(),
            false => registration(&frame.campaign.id, look.line.id),
        },
        state: words::state(look.line.state).to_owned(),
        authenticity,
        authenticity_tone,
        notes,
        unread: unread(look),
        text: shown(&message.body.text(), TEXT),
        signature: shown(&message.signature, TEXT),
        quoted: shown(&message.quoted, TEXT),
        links: read.map(|one| one.links.iter().map(|link| super::clip(link, 500)).collect()).unwrap_or_default(),
        original: format!("/message/{}/original.eml", look.line.id),
        files: files(frame, look),
        parts: look.parts.iter().map(|one| part(frame, one)).collect(),
    }
}

fn unread(look: &MessageLook) -> &'static str {
    match (&look.reading, look.line.state) {
        (Some(_), _) => "",
        (None, MessageState::Received) => "Письмо ещё не прочитано. Обновите страницу через минуту.",
        (None, MessageState::Duplicate(_)) => "Это точная копия другого письма: смотрите первое.",
        (None, MessageState::Decided(_)) => {
            "Прочитать письмо не удалось. Скачайте его целиком и откройте в почтовой программе."
        }
    }
}

fn from(message: &Message, look: &MessageLook) -> String {
    match &message.from {
        Some(author) => person(author),
        None => look.line.sender.clone().unwrap_or_else(|| "не указан".to_owned()),
    }
}

fn person(one: &Mailbox) -> String {
    let name = one.name.as_deref().map(russian::one_line).filter(|name| !name.is_empty());
    name.map_or_else(|| one.address.to_string(), |name| format!("{} <{}>", super::clip(&name, NAME), one.address))
}

fn people(all: &[Mailbox]) -> String {
    const SHOWN: usize = 10;
    let mut shown: Vec<String> = all.iter().take(SHOWN).map(person).collect();
    if all.len() > SHOWN {
        shown.push(format!("и ещё {}", all.len() - SHOWN));
    }
    shown.join(", ")
}

fn dated(frame: &Frame<'_>, message: &Message, look: &MessageLook) -> String {
    const MUCH: i64 = 3600;
    let differs = |date: &jiff::Timestamp| look.line.received.duration_since(*date).as_secs().abs() > MUCH;
    message.date.filter(differs).map(|date| frame.time(date)).unwrap_or_default()
}

/// A stranger's text with its lines, and not more of it than anybody reads.
fn shown(text: &str, most: usize) -> String {
    super::clip(russian::printable(text).trim(), most)
}

fn files(frame: &Frame<'_>, look: &MessageLook) -> Vec<File> {
    let Some(reading) = &look.reading else { return Vec::new() };
    // Which documents have been told already: the same bytes may have come twice.
    let mut told: Vec<usize> = Vec::new();
    let mut shown = Vec::new();
    for (index, file) in reading.files.iter().enumerate() {
        let is_this = |one: &&DocumentLook| one.sha256 == Some(file.sha256) && !told.contains(&one.position);
        let document = look.documents.iter().find(is_this);
        told.extend(document.map(|one| one.position));
        // A picture of a signature is no attachment to anybody.
        if document.is_some() || !file.inline {
            shown.push(self::file(frame, look.line.id, index, file, document));
        }
    }
    shown
}

fn file(frame: &Frame<'_>, message: i64, index: usize, file: &FileReading, document: Option<&DocumentLook>) -> File {
    let kind = document.map(|one| one.kind).filter(|kind| *kind != Kind::Unreadable);
    let content = file.content.as_ref().ok();
    let (start, start_words) = content.map(|content| beginning(content, kind)).unwrap_or_default();
    let problem = document.and_then(|one| one.problem).or(file.content.as_ref().err().copied());
    let mut notes: Vec<&'static str> =
        content.map(|one| one.oddities.iter().filter_map(|odd| words::oddity(odd)).collect()).unwrap_or_default();
    notes.dedup();
    File {
        href: file_href(message, index),
        name: file_name(file.name.as_deref()),
        kind: russian::sentence(words::kind(kind.unwrap_or(Kind::Other))),
        format: words::format(file.format),
        size: russian::size(file.size),
        within: file.path.iter().map(|one| within(one)).collect::<Vec<_>>().join(" › "),
        school: document.and_then(|one| one.school.as_ref()).map(|id| frame.school(id)).unwrap_or_default(),
        problem: problem.map_or("", words::problem),
        notes,
        start,
        start_words,
    }
}

fn within(container: &str) -> String {
    if container == "rfc822" { "вложенное письмо".to_owned() } else { russian::file_name(container) }
}

/// The sender's name for a file, made fit to be shown.
pub(crate) fn file_name(name: Option<&str>) -> String {
    let name = name.map(russian::file_name).filter(|name| !name.is_empty());
    name.unwrap_or_else(|| "файл без имени".to_owned())
}

/// How a document begins, and how that is called: of a draft the title page.
fn beginning(document: &Document, kind: Option<Kind>) -> (String, &'static str) {
    match kind {
        // Its answers are shown below.
        Some(Kind::Form) => (String::new(), ""),
        Some(Kind::Draft) => (shown(&form::title_page(document), START), "Титульный лист"),
        _ => (shown(&document.text(), START), "Начало документа"),
    }
}

fn part(frame: &Frame<'_>, one: &PartLook) -> Part {
    let title = match (&one.school, &one.outside) {
        (Some(school), _) => frame.school(school),
        (None, Some(name)) => format!("вне графика – {}", russian::one_line(name)),
        (None, None) => "школа не определена".to_owned(),
    };
    let mut about = Vec::new();
    about.extend(one.form.then(|| "форма".to_owned()));
    about.extend(one.draft.then(|| "проект выступления".to_owned()));
    about.extend(one.version.map(|version| format!("версия {version}")));
    about.extend(one.late.then(|| "с опозданием".to_owned()));
    about.extend(one.branch.as_deref().map(|branch| format!("филиал: {}", russian::one_line(branch))));
    let mut missing: Vec<usize> = one.missing.iter().map(|field| frame.field(field).0).collect();
    missing.sort_unstable();
    Part {
        title,
        about: russian::sentence(&about.join(", ")),
        answers: lines(frame, &one.answers),
        missing: missing.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    }
}

fn lines(frame: &Frame<'_>, answers: &[(FieldId, Answer)]) -> Vec<Line> {
    let mut lines: Vec<Line> = answers
        .iter()
        .map(|(field, answer)| {
            let (number, label) = frame.field(field);
            let problem = answer.invalid.map_or("", words::invalid);
            Line { number, label, text: answer.text.clone(), problem, found: answer.found.clone() }
        })
        .collect();
    lines.sort_by_key(|one| one.number);
    lines
}
