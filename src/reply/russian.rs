//! Russian dates and plurals.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

const MONTHS: [&str; 12] = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];

/// «15 ноября 2022 года».
pub fn date(day: Date) -> String {
    let month = usize::try_from(day.month() - 1).ok().and_then(|index| MONTHS.get(index)).copied().unwrap_or("");
    format!("{} {month} {} года", day.day(), day.year())
}

/// «10.11.2022 в 12:05», in the given time zone.
pub fn date_time(instant: Timestamp, zone: &TimeZone) -> String {
    let local = instant.to_zoned_datetime(zone.clone());
    format!("{:02}.{:02}.{} в {:02}:{:02}", local.day(), local.month(), local.year(), local.hour(), local.minute())
}

/// The form of a noun that goes with a number: «1 поле», «2 поля», «5 полей».
pub fn plural<'w>(count: usize, one: &'w str, few: &'w str, many: &'w str) -> &'w str {
    match (count % 10, count % 100) {
        (_, 11..=14) => many,
        (1, _) => one,
        (2..=4, _) => few,
        _ => many,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_nouns_agree() {
        let word = |count| plural(count, "поле", "поля", "полей");
        assert_eq!(
            [1, 2, 5, 11, 12, 21, 22, 25].map(word),
            ["поле", "поля", "полей", "полей", "полей", "поле", "поля", "полей"]
        );
    }

    #[test]
    fn a_date_is_written_out() {
        assert_eq!(date(Date::new(2022, 11, 5).unwrap()), "5 ноября 2022 года");
    }
}
