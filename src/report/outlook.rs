//! What lies ahead: deadlines with how much is still to come, and the event.

use serde::Serialize;

use super::{SchoolRow, Summary};
use crate::{
    campaign::{Requirement, RequirementKind},
    reply::russian::{plural, short_date},
};

/// What lies ahead.
#[derive(Debug, Serialize)]
pub(crate) struct Outlook {
    /// What schools owe, soonest first.
    deadlines: Vec<Deadline>,
    /// The event, until it is over.
    event: Option<Event>,
}

/// A day by which schools owe something.
#[derive(Debug, Serialize)]
struct Deadline {
    date: String,
    what: String,
    left: String,
    over: bool,
    /// From how many schools it is still to come.
    expected: usize,
}

#[derive(Debug, Serialize)]
struct Event {
    title: String,
    /// «с 15.11.2022 по 29.11.2022».
    when: String,
    left: String,
}

impl Summary<'_> {
    /// What lies ahead.
    pub(crate) fn outlook(&self) -> Outlook {
        let mut all: Vec<&Requirement> = self.requirements().collect();
        all.sort_by_key(|one| one.deadline);
        let deadline = |one: &Requirement| {
            let (left, over) = self.countdown(one.deadline);
            Deadline {
                date: short_date(one.deadline),
                what: one.title.clone(),
                left,
                over,
                expected: self.expected(one),
            }
        };
        Outlook { deadlines: all.into_iter().map(deadline).collect(), event: self.event() }
    }

    /// «до срока 3 дня», «срок истёк 1 день назад», and whether it is over.
    pub(crate) fn countdown(&self, deadline: jiff::civil::Date) -> (String, bool) {
        let (left, over) = (self.left(deadline), self.campaign.is_after(self.as_of, deadline));
        (if over { format!("срок {left}") } else { left }, over)
    }

    /// From how many schools something is still to come.
    fn expected(&self, one: &Requirement) -> usize {
        let owing = |lacks: fn(&SchoolRow<'_>) -> bool| {
            self.schools.iter().filter(|row| one.is_owed_by(&row.school.id) && lacks(row)).count()
        };
        match one.kind {
            RequirementKind::Form => {
                owing(|row| row.form.is_none() || !row.missing.is_empty() || !row.invalid.is_empty())
            }
            RequirementKind::Draft => owing(|row| row.draft.is_none()),
            RequirementKind::Information => self.information().filter(|(_, what)| what.id == one.id).count(),
        }
    }

    fn event(&self) -> Option<Event> {
        let event = self.campaign.event.as_ref()?;
        let today = self.campaign.day_of(self.as_of);
        let days = today.until(event.from).map_or(0, |span| span.get_days());
        let left = match usize::try_from(days) {
            Ok(days @ 1..) => format!("до начала {}", plural(days, ["день", "дня", "дней"])),
            _ if today <= event.to => "идёт".to_owned(),
            _ => return None,
        };
        let when = format!("с {} по {}", short_date(event.from), short_date(event.to));
        Some(Event { title: event.title.clone(), when, left })
    }
}
