//! How the schools came to stand as they do: a count for each day, and the deadlines.

use std::collections::BTreeMap;

use jiff::{ToSpan as _, civil::Date};

use super::super::Summary;
use crate::{
    campaign::{RequirementKind, SchoolId},
    reply::russian::short_date,
};

/// More days than this no picture shows: of a campaign that has been over for long, the last ones.
const DAYS: i32 = 366;

/// How many schools stood where at the end of a day; together, all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) complete: u32,
    pub(super) partial: u32,
    pub(super) nothing: u32,
}

/// What the picture shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Progress {
    /// The first day.
    pub(super) first: Date,
    /// From the first day to today.
    pub(super) days: Vec<Day>,
    /// The last day that is shown: a deadline, or today.
    pub(super) last: Date,
    /// All schools.
    pub(super) total: u32,
    /// Each day that is a deadline, with what it is for in a word or two.
    pub(super) deadlines: Vec<(Date, String)>,
}

pub(super) fn progress(summary: &Summary<'_>) -> Progress {
    let campaign = summary.campaign;
    let today = campaign.day_of(summary.as_of);
    let earliest = today.checked_sub(DAYS.days()).unwrap_or(today);
    let first = campaign.start.clamp(earliest, today);
    let mut deadlines = BTreeMap::<Date, Vec<&str>>::new();
    for one in summary.requirements() {
        let word = match one.kind {
            RequirementKind::Form => "форма",
            RequirementKind::Draft => "проект выступления",
            RequirementKind::Information => "информация",
        };
        deadlines.entry(one.deadline).or_default().push(word);
    }
    let latest = today.checked_add(DAYS.days()).unwrap_or(today);
    deadlines.retain(|day, _| (first..=latest).contains(day));
    let last = deadlines.keys().max().copied().unwrap_or(today).max(today);
    let total = u32::try_from(summary.schools.len()).unwrap_or(u32::MAX);
    Progress {
        first,
        days: days(summary, first, today, total),
        last,
        total,
        deadlines: deadlines.into_iter().map(|(day, words)| (day, words.join(", "))).collect(),
    }
}

fn days(summary: &Summary<'_>, first: Date, today: Date, total: u32) -> Vec<Day> {
    let mut steps = summary.progress.iter().peekable();
    let mut stand = BTreeMap::<&SchoolId, bool>::new();
    let mut days = Vec::new();
    let mut day = first;
    while day <= today {
        while let Some(step) = steps.next_if(|step| summary.campaign.day_of(step.received) <= day) {
            stand.insert(&step.school, step.complete);
        }
        let count = |wanted| u32::try_from(stand.values().filter(|one| **one == wanted).count()).unwrap_or(u32::MAX);
        let (complete, partial) = (count(true), count(false));
        days.push(Day { complete, partial, nothing: total.saturating_sub(complete).saturating_sub(partial) });
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
    days
}

impl Progress {
    /// The picture in words, for whoever does not see it.
    pub(super) fn words(&self) -> String {
        let Some(now) = self.days.last() else { return String::new() };
        let today = self.first.saturating_add(i32::try_from(self.days.len().saturating_sub(1)).unwrap_or(0).days());
        let deadlines = self.deadlines.iter().map(|(day, what)| format!("{} – {what}", short_date(*day)));
        let deadlines: Vec<String> = deadlines.collect();
        format!(
            "График представления информации по дням с {} по {}. На последний день: представили полностью – {}, не в \
             полном объёме – {}, не представили – {}.{}",
            short_date(self.first),
            short_date(today),
            now.complete,
            now.partial,
            now.nothing,
            if deadlines.is_empty() { String::new() } else { format!(" Сроки: {}.", deadlines.join(", ")) }
        )
    }
}
