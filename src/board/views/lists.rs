//! Lists: mails left alone, what staff tick, deadlines.

use jiff::civil::Date;
use serde::Serialize;

use super::{Frame, Link, Stand, evidence, school::until};
use crate::{
    campaign::SchoolId,
    office::{tick_name, tickable},
    reply::russian::{self, long_time, short_date},
    report::{Outlook, Summary, Tick},
    store::{MessageLine, TickLook},
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
    /// Whether somebody has ticked it, so that it can be taken back.
    ticked: bool,
    done_words: String,
}

/// What staff tick: each group with what is done and what is open.
pub(crate) fn obligations(frame: &Frame<'_>, summary: &Summary<'_>, ticks: &[TickLook]) -> ObligationsView {
    let campaign = frame.campaign;
    let mut groups = [
        ("duties", "Поручения", "Поручений в письме нет."),
        ("attendance", "Участие школ", "Дат представления в письме нет."),
        ("information", "Информация без формы", "Школ, которые должны представить такую информацию, пока нет."),
    ]
    .map(|(id, title, empty)| Group { id, title, empty, done: 0, total: 0, lines: Vec::new() });
    let name = |id: &SchoolId| campaign.school(id).map(|school| school.name.clone()).unwrap_or_default();
    for tick in tickable(campaign) {
        let (group, date, who, what, came) = match &tick {
            Tick::Obligation(index) => {
                let Some(one) = campaign.obligations.get(*index) else { continue };
                (0, one.deadline, one.who.clone(), one.what.clone(), false)
            }
            Tick::Attendance(id) => {
                let Some(school) = campaign.school(id) else { continue };
                let Some(day) = school.date else { continue };
                (1, day, school.name.clone(), "представление опыта".to_owned(), false)
            }
            Tick::Information(id, requirement) => {
                let Some(one) = campaign.requirements.iter().find(|one| one.id == *requirement) else { continue };
                let row = summary.schools.iter().find(|row| &row.school.id == id);
                let came = row.is_some_and(|row| row.information.contains(requirement));
                (2, one.deadline, name(id), one.title.clone(), came)
            }
        };
        let due = due(frame, summary, tick_name(campaign, &tick), (date, who, what), came, ticks);
        if let Some(group) = groups.get_mut(group) {
            group.total += 1;
            group.done += usize::from(due.done);
            group.lines.push(due);
        }
    }
    ObligationsView { groups: groups.into() }
}

/// `came`: a document shows it, nobody need tick it.
fn due(
    frame: &Frame<'_>,
    summary: &Summary<'_>,
    tick: String,
    (date, who, what): (Date, String, String),
    came: bool,
    ticks: &[TickLook],
) -> Due {
    let ticked = ticks.iter().find(|one| one.tick == tick);
    let (left, over) = summary.countdown(date);
    let done_words = match ticked {
        Some(one) => {
            let by = one.by.as_deref().map(|by| format!(", {by}")).unwrap_or_default();
            format!("отмечено {}{by}", frame.time(one.at))
        }
        None if came => "представлено".to_owned(),
        None => String::new(),
    };
    let done = ticked.is_some() || came;
    Due { tick, date: short_date(date), left, over, who, what, done, ticked: ticked.is_some(), done_words }
}

#[derive(Debug, Serialize)]
pub(crate) struct DeadlinesView {
    as_of: String,
    #[serde(flatten)]
    outlook: Outlook,
    duties: Vec<Duty>,
    days: Vec<Day>,
}

#[derive(Debug, Serialize)]
struct Duty {
    date: String,
    who: String,
    what: String,
    left: String,
    over: bool,
    done: bool,
}

#[derive(Debug, Serialize)]
struct Day {
    id: String,
    name: String,
    date: String,
    left: String,
    status: Stand,
}

/// Every deadline, and the schools by the day of their presentation.
pub(crate) fn deadlines(frame: &Frame<'_>, summary: &Summary<'_>) -> DeadlinesView {
    let mut rows: Vec<_> = summary.schools.iter().filter_map(|row| Some((row.school.date?, row))).collect();
    rows.sort_by_key(|(day, _)| *day);
    let days = rows.into_iter().map(|(day, row)| Day {
        id: row.school.id.to_string(),
        name: row.school.name.clone(),
        date: short_date(day),
        left: until(frame, day),
        status: Stand::of(row.status, row.late),
    });
    let mut duties: Vec<_> = frame.campaign.obligations.iter().enumerate().collect();
    duties.sort_by_key(|(_, one)| one.deadline);
    let duties = duties.into_iter().map(|(index, one)| {
        let (left, over) = summary.countdown(one.deadline);
        let done = summary.ticked.contains(&Tick::Obligation(index));
        Duty { date: short_date(one.deadline), who: one.who.clone(), what: one.what.clone(), left, over, done }
    });
    DeadlinesView {
        as_of: long_time(frame.now, &frame.campaign.time_zone),
        outlook: summary.outlook(),
        duties: duties.collect(),
        days: days.collect(),
    }
}
