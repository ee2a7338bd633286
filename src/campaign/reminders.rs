//! Who is reminded, and when.

use jiff::{
    Timestamp, ToSpan as _,
    civil::{Date, Time},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Campaign, School, SchoolId, load};

/// When those are reminded who still owe something: on working days, within working hours.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reminders {
    /// How many days before a deadline; on the working day before, where that is none.
    pub days_before: Vec<u8>,
    /// From this time of the day on.
    #[serde(default = "morning", deserialize_with = "load::time")]
    #[schemars(schema_with = "load::time_schema")]
    pub from: Time,
    /// Until this time of the day.
    #[serde(default = "evening", deserialize_with = "load::time")]
    #[schemars(schema_with = "load::time_schema")]
    pub to: Time,
}

fn morning() -> Time {
    Time::constant(9, 0, 0, 0)
}

fn evening() -> Time {
    Time::constant(18, 0, 0, 0)
}

/// Somebody who looks after schools: a curator, a district's coordinator.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// What he is, as the obligations call him.
    #[schemars(example = "муниципальные кураторы проекта «500+»")]
    pub who: String,
    /// His e-mail address.
    #[schemars(example = "curator@example.org")]
    pub address: String,
    /// The district whose schools are his, as an adjective.
    #[schemars(example = &"Подпорожский")]
    pub district: Option<String>,
    /// The ids of the schools that are his; without them and a district, all are.
    #[schemars(example = ["kirishi-3"])]
    pub schools: Option<Vec<SchoolId>>,
    /// Whether he gets the summary of his district, where he has one.
    #[serde(default = "yes")]
    #[schemars(example = false)]
    pub summary: bool,
}

fn yes() -> bool {
    true
}

impl Person {
    /// Whether he looks after this school.
    pub fn looks_after(&self, school: &School) -> bool {
        match (&self.schools, &self.district) {
            (Some(schools), _) => schools.contains(&school.id),
            (None, Some(district)) => *district == school.district,
            (None, None) => true,
        }
    }
}

impl Campaign {
    /// How many days before this deadline the reminders are for which it is time on `today`: none once it has passed.
    pub fn reminders_due(&self, deadline: Date, today: Date) -> impl Iterator<Item = u8> {
        let days = self.reminders.iter().flat_map(|rules| &rules.days_before).copied();
        days.filter(move |days| today <= deadline && self.reminder_day(deadline, *days) <= today)
    }

    /// The day on which a deadline is reminded of: `days` before it, or the working day before that one.
    fn reminder_day(&self, deadline: Date, days: u8) -> Date {
        let mut day = deadline.saturating_sub(i32::from(days).days());
        while day > self.start && !self.workdays.is_working_day(day) {
            day = day.saturating_sub(1.day());
        }
        day
    }

    /// Whether reminders may be sent at this instant: in working hours of the campaign's time zone.
    pub fn reminds_at(&self, now: Timestamp) -> bool {
        let now = now.to_zoned_datetime(self.time_zone.clone());
        now.date() >= self.start
            && self.workdays.is_working_day(now.date())
            && self.reminders.as_ref().is_some_and(|rules| (rules.from..rules.to).contains(&now.time()))
    }

    /// The first instant after this one at which reminders may be sent: the beginning of a working day.
    pub fn reminds_next(&self, now: Timestamp) -> Timestamp {
        /// Longer than any row of holidays.
        const DAYS: i32 = 20;
        let today = self.day_of(now);
        let from = self.reminders.as_ref().map_or_else(morning, |rules| rules.from);
        let mornings = (0..=DAYS).filter_map(|days| {
            let morning = today.saturating_add(days.days()).to_datetime(from);
            Some(morning.to_zoned_datetime(self.time_zone.clone()).ok()?.timestamp())
        });
        mornings.into_iter().find(|at| *at > now && self.reminds_at(*at)).unwrap_or_else(|| self.end_of(today))
    }

    /// The first instant after a day of the campaign's time zone.
    pub fn end_of(&self, day: Date) -> Timestamp {
        let next = day.saturating_add(1.day()).to_zoned_datetime(self.time_zone.clone());
        next.map_or(Timestamp::MAX, |next| next.timestamp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn campaign() -> Campaign {
        let letter = include_str!("../../config/campaigns/500plus-2022.toml");
        super::super::read("x", letter).unwrap()
    }

    #[test]
    fn a_reminder_is_due_from_its_working_day_to_the_deadline() {
        let due = |deadline: &str, today: &str| -> Vec<u8> {
            campaign().reminders_due(deadline.parse().unwrap(), today.parse().unwrap()).collect()
        };
        // A Tuesday: three days before is a Saturday, one day before a Monday.
        let days = ["2022-11-10", "2022-11-11", "2022-11-13", "2022-11-14", "2022-11-15", "2022-11-16"];
        let expected: [&[u8]; 6] = [&[], &[3], &[3], &[3, 1], &[3, 1], &[]];
        assert_eq!(days.map(|day| due("2022-11-15", day)), expected.map(<[u8]>::to_vec));
        assert_eq!(due("2022-11-14", "2022-11-11"), [3, 1], "a Monday: the Sunday before is no working day");
        assert_eq!(due("2022-11-07", "2022-11-03"), [3, 1], "the Friday before is a holiday");
    }

    #[test]
    fn working_hours_are_those_of_the_campaigns_zone() {
        let at = |text: &str| campaign().reminds_at(text.parse().unwrap());
        assert!(at("2022-11-11T09:00:00+03:00") && at("2022-11-11T17:59:59+03:00"));
        assert!(!at("2022-11-11T08:59:59+03:00") && !at("2022-11-11T18:00:00+03:00"));
        assert!(!at("2022-11-12T12:00:00+03:00") && !at("2022-11-04T12:00:00+03:00"));
        let next = campaign().reminds_next("2022-11-03T18:00:00+03:00".parse().unwrap());
        assert_eq!(next.to_string(), "2022-11-07T06:00:00Z", "behind a holiday and a weekend");
    }
}
