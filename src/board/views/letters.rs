//! Letters of ours: those that have not simply left, and each as its receiver reads it.

use mail_parser::{MessageParser, MimeHeaders as _};
use serde::Serialize;

use super::{Frame, words};
use crate::{
    reply::russian,
    store::{LetterLine, LetterLook, OutboxState, Word},
};

#[derive(Debug, Serialize)]
pub(crate) struct OutboxView {
    groups: Vec<Group>,
    sent: String,
}

#[derive(Debug, Serialize)]
struct Group {
    id: &'static str,
    title: &'static str,
    advice: &'static str,
    letters: Vec<Line>,
}

/// A letter in a line.
#[derive(Debug, Serialize)]
pub(super) struct Line {
    id: i64,
    kind: &'static str,
    subject: String,
    to: String,
    schools: String,
    state: String,
    tone: &'static str,
    since: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct LetterView {
    id: i64,
    kind: &'static str,
    subject: String,
    to: String,
    from: String,
    message: Option<i64>,
    schools: Vec<School>,
    text: String,
    files: Vec<File>,
    state: &'static str,
    tone: &'static str,
    since: String,
    why: String,
    acts: Vec<Act>,
    /// What its content is known by.
    seen: String,
}

#[derive(Debug, Serialize)]
struct School {
    id: String,
    name: String,
}

#[derive(Debug, Serialize)]
pub(super) struct File {
    pub(super) name: String,
    size: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct LetterActView {
    id: i64,
    kind: &'static str,
    subject: String,
    to: String,
    schools: Vec<School>,
    act: Act,
    seen: String,
}

/// What a person can do about a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LetterAct {
    /// It may leave.
    Approve,
    /// It is not to leave.
    Drop,
    /// It is sent once more.
    Resend,
    /// It has been delivered.
    Delivered,
}

/// The same in words.
#[derive(Debug, Serialize)]
struct Act {
    name: &'static str,
    words: &'static str,
    question: &'static str,
    consequence: &'static str,
    class: &'static str,
}

impl LetterAct {
    const ALL: [Self; 4] = [Self::Approve, Self::Drop, Self::Resend, Self::Delivered];

    /// The act of this word in an address.
    pub(crate) fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.words().name == name)
    }

    /// Whether it can be done about a letter.
    pub(crate) fn fits(self, line: &LetterLine, held: bool) -> bool {
        let troubled = matches!(line.state, OutboxState::Failed | OutboxState::Ambiguous);
        let waits = line.state == OutboxState::Queued;
        !line.internal
            && match self {
                Self::Approve => waits && (held || line.held) && !line.approved,
                Self::Drop => waits,
                Self::Resend | Self::Delivered => troubled,
            }
    }

    fn words(self) -> Act {
        let (name, words, question, consequence, class) = match self {
            Self::Approve => (
                "approve",
                "Отправить",
                "Отправить ответ?",
                "Письмо уйдёт получателю в том виде, в котором Вы его прочли. Если программа успела изменить текст, оно не \
                 будет отправлено, пока Вы не прочтёте новый.",
                "",
            ),
            Self::Drop => (
                "drop",
                "Не отправлять",
                "Отменить отправку?",
                "Письмо не будет отправлено. Программа не напишет его заново, пока школа не пришлёт что-либо ещё.",
                "danger",
            ),
            Self::Resend => (
                "resend",
                "Отправить ещё раз",
                "Отправить ещё раз?",
                "Письмо будет отправлено повторно. Если оно уже было доставлено, получатель увидит его второй раз.",
                "",
            ),
            Self::Delivered => (
                "delivered",
                "Считать доставленным",
                "Считать письмо доставленным?",
                "Письмо не будет отправлено ещё раз. Выбирайте это, если школа подтвердила получение.",
                "second",
            ),
        };
        Act { name, words, question, consequence, class }
    }

    /// The same for the store.
    pub(crate) fn word(self) -> Word {
        match self {
            Self::Approve => Word::Approve,
            Self::Drop => Word::Drop,
            Self::Resend => Word::Resend,
            Self::Delivered => Word::Delivered,
        }
    }

    /// What is told when it is done.
    pub(crate) fn done(self) -> &'static str {
        match self {
            Self::Approve => "Ответ отправляется.",
            Self::Drop => "Ответ не будет отправлен.",
            Self::Resend => "Ответ отправляется ещё раз.",
            Self::Delivered => "Ответ отмечен как доставленный.",
        }
    }
}

/// A letter in a line.
pub(super) fn line(frame: &Frame<'_>, one: &LetterLine, subject: String) -> Line {
    let (state, tone) = words::letter_state(one, frame.held);
    let why = words::letter_why(one);
    Line {
        id: one.id,
        kind: words::letter(&one.kind),
        subject,
        to: one.recipient.clone(),
        schools: frame.schools(&one.schools),
        state: if why.is_empty() { state.to_owned() } else { format!("{state}: {why}") },
        tone,
        since: since(frame, one),
    }
}

fn since(frame: &Frame<'_>, one: &LetterLine) -> String {
    match one.state {
        OutboxState::Queued if one.not_before > frame.now => format!("не раньше {}", frame.time(one.not_before)),
        _ => format!("с {}", frame.time(one.since)),
    }
}

/// The letters that have not simply left, those first that need a person; each with its subject.
pub(crate) fn outbox(frame: &Frame<'_>, open: Vec<(LetterLine, String)>, sent: u64) -> OutboxView {
    const GROUPS: [(&str, &str, &str); 4] = [
        ("failed", "Не доставлены", "Свяжитесь с этими школами другим способом или отправьте ответ ещё раз."),
        ("doubt", "Доставка под сомнением", "Сами они повторно не отправляются: узнайте у школы, получен ли ответ."),
        ("held", "Ожидают разрешения на отправку", "Прочтите ответ и отправьте его или отмените."),
        ("waiting", "Ожидают отправки", "Уйдут сами, делать ничего не нужно."),
    ];
    let group_of = |one: &LetterLine| match one.state {
        OutboxState::Failed => "failed",
        OutboxState::Ambiguous => "doubt",
        OutboxState::Queued if (frame.held || one.held) && !one.approved => "held",
        _ => "waiting",
    };
    let groups = GROUPS.map(|(id, title, advice)| {
        let mine = open.iter().filter(|(one, _)| group_of(one) == id);
        Group { id, title, advice, letters: mine.map(|(one, subject)| line(frame, one, subject.clone())).collect() }
    });
    let sent = format!(
        "Отправлено: {}",
        russian::plural(usize::try_from(sent).unwrap_or_default(), ["письмо", "письма", "писем"])
    );
    OutboxView { groups: groups.into_iter().filter(|group| !group.letters.is_empty()).collect(), sent }
}

/// A letter as its receiver reads it.
pub(crate) fn letter(frame: &Frame<'_>, look: &LetterLook) -> LetterView {
    let line = &look.line;
    let Content { subject, from, text, files } = content(&look.mime);
    let (state, tone) = words::letter_state(line, frame.held);
    let acts = LetterAct::ALL.into_iter().filter(|act| act.fits(line, frame.held)).map(LetterAct::words).collect();
    LetterView {
        id: line.id,
        kind: words::letter(&line.kind),
        subject,
        to: line.recipient.clone(),
        from,
        message: line.message,
        schools: schools(frame, line),
        text,
        files,
        state,
        tone,
        since: since(frame, line),
        why: russian::sentence(words::letter_why(line)),
        acts,
        seen: look.seal().to_string(),
    }
}

/// What is asked before something is done about a letter.
pub(crate) fn letter_act(frame: &Frame<'_>, look: &LetterLook, act: LetterAct) -> LetterActView {
    let line = &look.line;
    LetterActView {
        id: line.id,
        kind: words::letter(&line.kind),
        subject: content(&look.mime).subject,
        to: line.recipient.clone(),
        schools: schools(frame, line),
        act: act.words(),
        seen: look.seal().to_string(),
    }
}

fn schools(frame: &Frame<'_>, line: &LetterLine) -> Vec<School> {
    line.schools.iter().map(|id| School { id: id.to_string(), name: frame.school(id) }).collect()
}

#[derive(Default)]
pub(super) struct Content {
    pub(super) subject: String,
    pub(super) from: String,
    pub(super) text: String,
    pub(super) files: Vec<File>,
}

/// What a letter holds. It is one of our own making, so that it may be read here.
pub(super) fn content(mime: &[u8]) -> Content {
    let Some(message) = MessageParser::default().parse(mime).filter(|_| !mime.is_empty()) else {
        return Content { subject: "Без темы".to_owned(), ..Content::default() };
    };
    let from = message.from().and_then(|all| all.first()).map(|one| {
        let address = one.address().unwrap_or_default();
        one.name().map_or_else(|| address.to_owned(), |name| format!("{name} <{address}>"))
    });
    let files = message.attachments().filter(|part| part.attachment_name().is_some()).map(|part| File {
        name: russian::file_name(part.attachment_name().unwrap_or_default()),
        size: russian::size(part.len() as u64),
    });
    Content {
        subject: russian::one_line(message.subject().unwrap_or("Без темы")),
        from: from.unwrap_or_default(),
        text: russian::printable(&message.body_text(0).unwrap_or_default()).trim().to_owned(),
        files: files.collect(),
    }
}

/// The subject of a letter by its header alone.
pub(crate) fn subject(head: &[u8]) -> String {
    let message = MessageParser::default().parse_headers(head);
    russian::one_line(message.as_ref().and_then(|one| one.subject()).unwrap_or_default())
}
