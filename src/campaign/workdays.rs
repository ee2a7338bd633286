//! Which days are working days in Russia (Labour Code, articles 111 and 112), but for what a year's decree moves: that is
//! the campaign's to say.

use jiff::{
    ToSpan as _,
    civil::{Date, Weekday},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::load;

/// What the decree of a year moves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Workdays {
    /// Days that are off, beside weekends and holidays.
    #[serde(deserialize_with = "load::dates")]
    #[schemars(schema_with = "load::dates_schema")]
    pub days_off: Vec<Date>,
    /// Weekends and holidays that are working days.
    #[serde(deserialize_with = "load::dates")]
    #[schemars(schema_with = "load::dates_schema")]
    pub working_days: Vec<Date>,
}

/// Month and day of the holidays outside January.
const HOLIDAYS: [(i8, i8); 6] = [(2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)];
/// New Year and Christmas: the first days of January. Those on a weekend are moved by decree alone.
const JANUARY: i8 = 8;

impl Workdays {
    /// Whether people are at work.
    pub fn is_working_day(&self, day: Date) -> bool {
        self.working_days.contains(&day) || !(is_weekend(day) || self.is_holiday(day))
    }

    /// Whether it is a day off that is no ordinary weekend.
    pub fn is_holiday(&self, day: Date) -> bool {
        !self.working_days.contains(&day) && (self.days_off.contains(&day) || is_public_holiday(day) || is_moved(day))
    }
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn is_public_holiday(day: Date) -> bool {
    (day.month() == 1 && day.day() <= JANUARY) || HOLIDAYS.contains(&(day.month(), day.day()))
}

/// Whether a holiday on a weekend has been moved to this day: to the next working day (article 112).
fn is_moved(day: Date) -> bool {
    if is_weekend(day) || is_public_holiday(day) {
        return false;
    }
    // What lies between the holiday and this day are days off themselves.
    let mut before = day.saturating_sub(1.day());
    while is_weekend(before) || is_public_holiday(before) {
        if is_weekend(before) && is_public_holiday(before) && before.month() != 1 {
            return true;
        }
        before = before.saturating_sub(1.day());
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn off(workdays: &Workdays, year: i16, month: i8) -> Vec<i8> {
        let first = Date::new(year, month, 1).unwrap();
        let days = (0..first.days_in_month()).map(|day| first.saturating_add(i32::from(day).days()));
        let weekdays = days.filter(|day| !is_weekend(*day));
        weekdays.filter(|day| !workdays.is_working_day(*day)).map(|day| day.day()).collect()
    }

    #[test]
    fn holidays_on_a_weekend_are_moved_to_the_next_working_day() {
        let plain = Workdays::default();
        assert_eq!(off(&plain, 2022, 11), [4], "a Friday");
        assert_eq!(off(&plain, 2022, 5), [2, 9], "the first was a Sunday");
        assert_eq!(off(&plain, 2022, 6), [13], "the twelfth was a Sunday");
        assert_eq!(off(&plain, 2025, 3), [10], "the eighth was a Saturday");
        assert_eq!(off(&plain, 2027, 5), [3, 10], "the first was a Saturday, the ninth a Sunday");
        assert_eq!(off(&plain, 2023, 1), [2, 3, 4, 5, 6], "the first and the eighth were Sundays: moved by decree");
    }

    #[test]
    fn a_decree_moves_what_it_likes() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let moved = Workdays { days_off: vec![day("2022-03-07")], working_days: vec![day("2022-03-05")] };
        assert!(!moved.is_working_day(day("2022-03-07")) && moved.is_working_day(day("2022-03-05")));
        assert!(!moved.is_holiday(day("2022-03-06")), "an ordinary Sunday");
    }
}
