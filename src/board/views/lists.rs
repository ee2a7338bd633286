//! Lists: mails left alone, what staff tick, deadlines.

use jiff::civil::Date;
use serde::Serialize;

use super::{Frame, Link, Stand, evidence, school::until};
use crate::{
    report::{Summary, Tick, Ticked},
    reply::russian::{self, long_time, short_date},
    store::MessageLine,
};

/// Which mails nobody was answered about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Left {
    /// Those about something else.
    Other,
    /// Those that machines wrote.
    Automatic,
}

#[derive(Debug, Serialize)]
pub(crate) struct OtherView {
    title: &'static str,
    about: &'static str,
    /// The other one of the two lists.
    turn: Link,
    mails: Vec<Line>,
    newer: String,
    older: String,
}

#[derive(Debug, Serialize)]
struct Line {
    row: i64,
    received: String,
    from: String,
    subject: String,
    why: String,
}

/// A page of mails left alone; `first` tells whether it is the first one, `more` whether older ones follow.
pub(crate) fn other(frame: &Frame<'_>, left: Left, mails: &[MessageLine], first: bool, more: bool) -> OtherView {
    let (title, about, here, turn) = match left {
        Left::Other => (
            "Прочие письма",
            "Письма, которые не относятся к делу: они остались во входящих нетронутыми, на них никто не отвечал.",
            "/other?",
            Link::new("/other?automatic=1", "Показать автоматические письма"),
        ),
        Left::Automatic => (
            "Автоматические письма",
            "Письма, которые написали программы: уведомления, автоответы, рассылки. На них никто не отвечал.",
            "/other?automatic=1&",
            Link::new("/other", "Показать прочие письма"),
        ),
    };
    let older = mails.last().filter(|_| more).map(|last| format!("{here}before={}", last.id)).unwrap_or_default();
    OtherView {
        title,
        about,
        turn,
        mails: mails.iter().map(|one| line(frame, one)).collect(),
        newer: if first { String::new() } else { here.trim_end_matches(['?', '&']).to_owned() },
        older,
    }
}

fn line(frame: &Frame<'_>, one: &MessageLine) -> Line {
    let subject = russian::one_line(&one.subject);
    let why = evidence::told(frame, &one.why).into_iter().map(|told| told.text).collect::<Vec<_>>().join("; ");
    Line {
        row: one.id,
        received: frame.time(one.received),
        from: one.sender.clone().unwrap_or_else(|| "отправитель не указан".to_owned()),
        subject: if subject.is_empty() { "Без темы".to_owned() } else { super::clip(&subject, 160) },
        why,
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct ObligationsView {
    groups: Vec<Group>,
}

#[derive(Debug, Serialize)]
struct Group {
    id: &'static str,
    title: &'static str,
    empty: &'static str,
    done: usize,
    total: usize,
    lines: Vec<Due>,
}

/// Something that is ticked, or to be.
#[derive(Debug, Serialize)]
struct Due {
    /// Its name in a form.
    tick: String,
    date: String,
    left: String,
    over: bool,
    who: String,
    what: String,
    done: bool,
    done_words: String,
}
