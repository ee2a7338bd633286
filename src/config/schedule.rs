//! When something is done again and again: cron expressions, in a time zone that the campaign knows.

use chrono::{DateTime as ChronoDateTime, NaiveDate, Utc};
use croner::Cron;
use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};
use serde::{Deserialize, Deserializer, de::Error as _};

/// How many times in a row may fall on days that are left out.
const LEFT_OUT: usize = 100;

/// Cron expressions of five fields: minute, hour, day, month, day of the week.
#[derive(Debug, Clone, Default)]
pub struct Schedule(Vec<Cron>);

impl<'de> Deserialize<'de> for Schedule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        Self::parse(&texts).map_err(D::Error::custom)
    }
}

impl Schedule {
    /// Reads the expressions.
    ///
    /// # Errors
    /// Where one is none: which, and an example.
    pub fn parse<T: AsRef<str>>(texts: &[T]) -> Result<Self, String> {
        let read = |text: &T| {
            let text = text.as_ref();
            let five = text.split_whitespace().count() == 5;
            let wrong = || {
                format!(
                    "{text:?} is no cron expression: write for example \"0 9 * * 1-5\", at nine from Monday to Friday"
                )
            };
            if five { text.parse::<Cron>().map_err(|_| wrong()) } else { Err(wrong()) }
        };
        texts.iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    /// The last time at or before `now`, days apart that `leaves_out` names. A time that a change of the clock skips comes
    /// as much later; one that it repeats comes at the first.
    pub fn last(&self, now: Timestamp, zone: &TimeZone, leaves_out: impl Fn(Date) -> bool) -> Option<Timestamp> {
        let last = |cron: &Cron| {
            let mut at = civil(now.to_zoned_datetime(zone.clone()).datetime())?;
            let mut inclusive = true;
            for _ in 0..LEFT_OUT {
                at = cron.find_previous_occurrence(&at, inclusive).ok()?;
                inclusive = false;
                let local = local(at)?;
                let instant = zone.to_ambiguous_timestamp(local).compatible().ok()?;
                if instant <= now && !leaves_out(local.date()) {
                    return Some(instant);
                }
            }
            None
        };
        self.0.iter().filter_map(last).max()
    }
}

/// The library knows no time zone of ours: to it, local times are those of UTC.
fn civil(local: DateTime) -> Option<ChronoDateTime<Utc>> {
    let whole = |number: i8| u32::try_from(number).ok();
    let day = NaiveDate::from_ymd_opt(local.year().into(), whole(local.month())?, whole(local.day())?)?;
    let time = day.and_hms_opt(whole(local.hour())?, whole(local.minute())?, whole(local.second())?)?;
    Some(time.and_utc())
}

fn local(civil: ChronoDateTime<Utc>) -> Option<DateTime> {
    Timestamp::from_second(civil.timestamp()).ok().map(|at| at.to_zoned_datetime(TimeZone::UTC).datetime())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last(texts: &[&str], zone: &str, now: &str) -> Option<String> {
        let zone = TimeZone::get(zone).unwrap();
        let at = Schedule::parse(texts).unwrap().last(now.parse().unwrap(), &zone, |day| day.day() == 4)?;
        Some(at.to_zoned_datetime(zone).datetime().to_string())
    }

    #[test]
    fn the_last_time_is_found_in_the_zone_and_days_off_are_left_out() {
        let twice = ["0 9 * * 1-5", "0 16 * * 1-5"];
        let moscow = |now: &str| last(&twice, "Europe/Moscow", now).unwrap();
        assert_eq!(moscow("2022-11-10T06:00:00Z"), "2022-11-10T09:00:00");
        assert_eq!(moscow("2022-11-10T05:59:59Z"), "2022-11-09T16:00:00");
        assert_eq!(moscow("2022-11-07T05:00:00Z"), "2022-11-03T16:00:00", "a weekend, and a Friday that is left out");
        assert_eq!(last(&[], "Europe/Moscow", "2022-11-10T06:00:00Z"), None);
    }

    #[test]
    fn a_change_of_the_clock_neither_skips_nor_repeats_a_time() {
        // In Berlin 02:30 of 27 March 2022 is skipped, and 02:30 of 30 October comes twice.
        let night = ["30 2 * * *"];
        let berlin = |now: &str| last(&night, "Europe/Berlin", now).unwrap();
        assert_eq!(berlin("2022-03-27T01:15:00Z"), "2022-03-26T02:30:00");
        assert_eq!(berlin("2022-03-27T01:30:00Z"), "2022-03-27T03:30:00");
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let at = |now: &str| Schedule::parse(&night).unwrap().last(now.parse().unwrap(), &zone, |_| false).unwrap();
        let first: Timestamp = "2022-10-30T00:30:00Z".parse().unwrap();
        assert_eq!([at("2022-10-30T00:30:00Z"), at("2022-10-30T01:30:00Z"), at("2022-10-30T12:00:00Z")], [first; 3]);
    }

    #[test]
    fn what_is_no_expression_is_named() {
        for text in ["", "at nine", "0 9 * *", "0 25 * * *", "* * * * * *"] {
            let error = Schedule::parse(&[text]).unwrap_err();
            assert!(error.contains(&format!("{text:?} is no cron expression")), "{error}");
        }
    }
}
