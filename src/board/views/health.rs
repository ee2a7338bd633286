//! How the program is, for whoever looks after it: what is wrong is said in words, and red.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::Frame;
use crate::{
    monitoring::overdue,
    reader,
    reply::russian::{long_time, one_line, plural, size},
    store::{CaseLook, Incident, OutboxState, Pending, Size},
};

/// The last pass over a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MailboxPass {
    /// Its name for people.
    pub(crate) place: String,
    /// When it was looked through last.
    pub(crate) passed: Option<Timestamp>,
    /// How often that happens.
    pub(crate) poll: SignedDuration,
}

/// What is known of the program.
#[derive(Debug, Clone)]
pub(crate) struct Health {
    /// Its mailboxes.
    pub(crate) mailboxes: Vec<MailboxPass>,
    /// What does not work.
    pub(crate) incidents: Vec<Incident>,
    /// Letters that have not left.
    pub(crate) letters: Vec<Pending>,
    /// What a person must decide.
    pub(crate) cases: Vec<CaseLook>,
    /// Messages that have come and have not been decided.
    pub(crate) undecided: u64,
    /// How large the store is.
    pub(crate) size: Size,
    /// The last event.
    pub(crate) last_event: Option<Timestamp>,
}

#[derive(Debug, Serialize)]
pub(crate) struct HealthView {
    tone: &'static str,
    verdict: &'static str,
    as_of: String,
    faults: Vec<Fault>,
    groups: Vec<Group>,
}

#[derive(Debug, Serialize)]
struct Fault {
    kind: String,
    place: String,
    since: String,
    detail: String,
}

#[derive(Debug, Serialize)]
struct Group {
    title: &'static str,
    lines: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    what: String,
    value: String,
    tone: &'static str,
}

impl Line {
    fn new(what: impl Into<String>, value: impl Into<String>, tone: &'static str) -> Self {
        Self { what: what.into(), value: value.into(), tone }
    }
}

/// A letter that has waited so long is stuck.
const STUCK: SignedDuration = SignedDuration::from_hours(4);

/// What the page of the program's health shows.
pub(crate) fn health(frame: &Frame<'_>, health: &Health) -> HealthView {
    let faults = health.incidents.iter().map(|one| Fault {
        kind: one.kind.clone(),
        place: one_line(&one.place),
        since: frame.time(one.since),
        detail: one_line(&one.detail),
    });
    let groups = vec![
        Group {
            title: "Почтовые ящики", lines: health.mailboxes.iter().map(|one| mailbox(frame, one)).collect()
        },
        Group { title: "Ответы школам", lines: letters(frame, health) },
        Group { title: "Работа", lines: work(frame, health) },
        Group { title: "Хранилище и версии", lines: store(health) },
    ];
    let bad = !health.incidents.is_empty() || groups.iter().flat_map(|group| &group.lines).any(|one| one.tone == "bad");
    HealthView {
        tone: if bad { "bad" } else { "good" },
        verdict: if bad { "Есть неполадки." } else { "Всё работает." },
        as_of: long_time(frame.now, &frame.campaign.time_zone),
        faults: faults.collect(),
        groups,
    }
}

fn mailbox(frame: &Frame<'_>, one: &MailboxPass) -> Line {
    let Some(passed) = one.passed else {
        return Line::new(one_line(&one.place), "ни разу не просмотрен", "bad");
    };
    let dead = overdue(passed, one.poll, frame.now).is_some();
    let (words, tone) =
        if dead { ("не просматривается с", "bad") } else { ("просмотрен", "good") };
    Line::new(one_line(&one.place), format!("{words} {}", frame.time(passed)), tone)
}

fn letters(frame: &Frame<'_>, health: &Health) -> Vec<Line> {
    let words = |one: &Pending| match one.state {
        OutboxState::Failed => ("не доставлено", "bad"),
        OutboxState::Ambiguous => ("доставка под сомнением", "bad"),
        OutboxState::Queued if frame.held || one.held > 0 => ("ожидают разрешения или отправки", "soft"),
        _ if frame.now.duration_since(one.oldest) > STUCK => ("ожидают отправки слишком долго", "bad"),
        OutboxState::Queued => ("ожидают отправки", "soft"),
        _ => ("отправляются", "soft"),
    };
    let mut lines: Vec<Line> = health
        .letters
        .iter()
        .map(|one| {
            let (what, tone) = words(one);
            Line::new(what, format!("{}, самое раннее {}", one.count, frame.time(one.oldest)), tone)
        })
        .collect();
    if lines.is_empty() {
        lines.push(Line::new("все отправлены", "ничто не ждёт", "good"));
    }
    lines
}

fn work(frame: &Frame<'_>, health: &Health) -> Vec<Line> {
    let oldest = health.cases.iter().map(|one| one.received).min();
    let cases = match oldest {
        Some(at) => format!("{}, самое раннее получено {}", health.cases.len(), frame.time(at)),
        None => "нет".to_owned(),
    };
    let undecided = match health.undecided {
        0 => Line::new("получено и не разобрано", "нет", "good"),
        count => Line::new("получено и не разобрано", count.to_string(), "wait"),
    };
    let event = health.last_event.map_or_else(|| "событий не было".to_owned(), |at| frame.time(at));
    vec![Line::new("писем на решении", cases, "soft"), undecided, Line::new("последнее событие", event, "soft")]
}

fn store(health: &Health) -> Vec<Line> {
    let mails = usize::try_from(health.size.messages).unwrap_or_default();
    vec![
        Line::new("писем в хранилище", plural(mails, ["письмо", "письма", "писем"]), "soft"),
        Line::new("размер базы", size(health.size.database), "soft"),
        Line::new("версия таблиц", health.size.schema.to_string(), "soft"),
        Line::new("версия чтения документов", reader::VERSION.to_string(), "soft"),
        Line::new("версия программы", env!("CARGO_PKG_VERSION"), "soft"),
    ]
}
