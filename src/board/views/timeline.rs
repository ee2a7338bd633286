//! A school's correspondence as one line of time: mails, letters, decisions of people; the latest first.

use jiff::Timestamp;
use serde::Serialize;

use super::{Frame, SchoolData, cases, words};
use crate::{
    campaign::Amendment,
    decision::Ruling,
    reply::russian::{one_line, short_date},
    store::{AmendmentRow, CaseLook, LetterLine, MessageState, SchoolMail, SecondLook},
};

#[derive(Debug, Serialize)]
pub(crate) struct Entry {
    #[serde(skip)]
    at: Timestamp,
    class: &'static str,
    /// RFC 3339.
    machine: String,
    when: String,
    href: String,
    what: String,
    about: String,
    state: String,
    tone: &'static str,
}

/// What happened about a school.
pub(super) fn timeline(frame: &Frame<'_>, data: &SchoolData) -> Vec<Entry> {
    let all = frame.sight.is_all();
    // That a mail may be a school's is for those alone who may see every school.
    let mails = data.mails.iter().filter(|one| all || one.part.as_ref().is_some_and(|part| part.version.is_some()));
    let letters = data.letters.iter().filter(|one| all || one.schools.len() == 1);
    let decided = data.cases.iter().filter(|one| all && one.decided.is_some());
    let mut entries: Vec<Entry> = mails
        .map(|one| mail(frame, one))
        .chain(letters.map(|one| letter(frame, one)))
        .chain(decided.filter_map(|one| decision(frame, one)))
        .chain(data.second.iter().filter(|_| all).map(|one| second_look(frame, one)))
        .chain(data.amendments.iter().filter_map(|one| new_date(frame, one)))
        .collect();
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.at));
    entries
}

fn entry(frame: &Frame<'_>, at: Timestamp, class: &'static str) -> Entry {
    Entry {
        at,
        class,
        machine: at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        when: frame.time(at),
        href: String::new(),
        what: String::new(),
        about: String::new(),
        state: String::new(),
        tone: "soft",
    }
}

fn mail(frame: &Frame<'_>, one: &SchoolMail) -> Entry {
    let brought = one.part.as_ref().map(|part| {
        let mut brought = Vec::new();
        brought.extend(part.form.then_some("форма"));
        brought.extend(part.draft.then_some("проект выступления"));
        let what =
            if brought.is_empty() { "без формы и проекта".to_owned() } else { brought.join(", ") };
        part.version.map_or_else(|| what.clone(), |version| format!("{what} (версия {version})"))
    });
    let open = frame.sight.is_all() || one.alone;
    let subject = one_line(&one.line.subject);
    // What this campaign makes of it: another one may make something else of it.
    let decided = one.part.as_ref().map_or(one.line.state, |part| MessageState::Decided(part.action));
    let mut state = words::state(decided).to_owned();
    if one.part.as_ref().is_some_and(|part| part.late) {
        state.push_str(", с опозданием");
    }
    let named =
        if subject.is_empty() { "без темы".to_owned() } else { format!("«{}»", super::clip(&subject, 120)) };
    let from = one.line.sender.as_deref().filter(|_| open).map(|from| format!("от {from}"));
    Entry {
        href: if open { format!("/message/{}", one.line.id) } else { String::new() },
        what: if open {
            format!("Письмо {named}")
        } else {
            "Письмо, общее для нескольких школ".to_owned()
        },
        about: from.into_iter().chain(brought).collect::<Vec<_>>().join(": "),
        state,
        ..entry(frame, one.line.received, "in")
    }
}

fn letter(frame: &Frame<'_>, one: &LetterLine) -> Entry {
    let (state, tone) = words::letter_state(one, frame.held);
    let all = frame.sight.is_all();
    let class = if tone == "bad" { "wrong" } else { "out" };
    let why = words::letter_why(one);
    Entry {
        href: if all { format!("/outbox/{}", one.id) } else { String::new() },
        what: words::letter(&one.kind).to_owned(),
        about: format!("на адрес {}", one.recipient),
        state: if why.is_empty() { state.to_owned() } else { format!("{state}: {why}") },
        tone,
        ..entry(frame, one.queued, class)
    }
}

fn decision(frame: &Frame<'_>, one: &CaseLook) -> Option<Entry> {
    Some(Entry {
        href: format!("/review/{}", one.number),
        what: format!("Решение № {}: {}", one.number, cases::outcome(frame, one)),
        about: one.by.clone().unwrap_or_default(),
        ..entry(frame, one.decided?, "act")
    })
}

fn second_look(frame: &Frame<'_>, one: &SecondLook) -> Entry {
    let what = match &one.ruling {
        Ruling::School(school) => format!("Документы письма отнесены к другой школе: {}", frame.school(school)),
        Ruling::Nothing | Ruling::Ask => "Документы письма больше не учитываются".to_owned(),
    };
    let was = one.was.as_ref().map(|school| format!("до этого: {}", frame.school(school)));
    Entry {
        href: format!("/message/{}", one.message),
        what,
        about: one.by.iter().cloned().chain(was).collect::<Vec<_>>().join("; "),
        state: if one.undone { "решение отменено".to_owned() } else { String::new() },
        ..entry(frame, one.at, "act")
    }
}

fn new_date(frame: &Frame<'_>, one: &AmendmentRow) -> Option<Entry> {
    let Amendment::Date { date, .. } = &one.amendment else { return None };
    let what = format!("Дата представления изменена: {}", short_date(*date));
    Some(Entry { what, ..entry(frame, one.at, "act") })
}
