//! Days as Russian letters write them.

use jiff::{ToSpan as _, civil::Date};
use regex::Captures;

use super::pattern::pattern;

/// A day or a period in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dated {
    /// Where it begins, in bytes.
    pub(super) from: usize,
    /// Where it ends, in bytes.
    pub(super) to: usize,
    /// The first day, or the only one.
    pub(super) first: Date,
    /// The last day.
    pub(super) last: Date,
    /// Whether the text says that something is to be done by it: «до», «не позднее», «по».
    pub(super) until: bool,
    /// Whether the year is written.
    pub(super) with_year: bool,
}

const MONTHS: [&str; 12] =
    ["январ", "феврал", "март", "апрел", "ма", "июн", "июл", "август", "сентябр", "октябр", "ноябр", "декабр"];

macro_rules! month {
    () => {
        "(январ[яь]|феврал[яь]|марта?|апрел[яь]|ма[яй]|июн[яь]|июл[яь]|августа?|сентябр[яь]|октябр[яь]|ноябр[яь]|декабр[яь])"
    };
}
macro_rules! day {
    () => {
        "[«\"“]?\\b(\\d{1,2})[»\"”]?(?:-?го)?"
    };
}
macro_rules! year {
    () => {
        r"(?:\s+(\d{4})(?:\s*(?:года|г\.|г\b))?)?"
    };
}

/// «15» and «15 ноября 2022 года», parted by «по», «до», «и» or a dash; or one of them.
const IN_WORDS: &str = concat!(
    r"(?i)(?:\b(?:с|со)\s+)?(?:",
    day!(),
    r"(?:\s+",
    month!(),
    year!(),
    r")?\s*(?:по|до|и|–|—|-)\s*)?",
    day!(),
    r"\s+",
    month!(),
    r"\b",
    year!()
);

const IN_DIGITS: &str = concat!(
    r"(?i)(?:\b(?:с|со)\s+)?(?:\b(\d{1,2})\.(\d{2})(?:\.(\d{4}|\d{2}))?(?:\s*г(?:ода|\.)?)?\s*(?:по|до|–|—|-)\s*)?",
    r"\b(\d{1,2})\.(\d{2})\.(\d{4}|\d{2})\b(?:\s*(?:года|г\.|г\b))?"
);

/// All days in a text. A year that is not written is that of the next such day, seen from a little before `letter`.
pub(super) fn find(text: &str, letter: Date) -> Vec<Dated> {
    let words = pattern!(IN_WORDS).captures_iter(text).filter_map(|found| dated(text, &found, letter));
    let digits = pattern!(IN_DIGITS).captures_iter(text).filter_map(|found| dated(text, &found, letter));
    let mut all: Vec<Dated> = words.chain(digits).collect();
    let short = pattern!(r"(?i)\b(?:до|по|к|на|с|не позднее)\s+(\d{1,2})\.(\d{2})\b");
    for found in short.captures_iter(text) {
        let Some(whole) = found.get(0) else { continue };
        let follows = text.get(whole.end()..).and_then(|rest| rest.chars().next());
        let known = all.iter().any(|one| one.from < whole.end() && whole.start() < one.to);
        let day = found
            .get(1)
            .zip(found.get(2))
            .and_then(|(day, month)| day_of(day.as_str().parse().ok()?, month.as_str().parse().ok()?, None, letter));
        if let (Some(day), false, false) = (day, known, follows == Some('.')) {
            let until = !whole.as_str().to_lowercase().starts_with("на ");
            all.push(Dated { from: whole.start(), to: whole.end(), first: day, last: day, until, with_year: false });
        }
    }
    all.sort_by_key(|one| one.from);
    all
}

/// The day that a text is, and nothing else but brackets, a weekday and an hour.
pub(super) fn only(text: &str, letter: Date) -> Option<Date> {
    let short = pattern!(r"^\D{0,3}(\d{1,2})\.(\d{2})\.?(?:\D|$)");
    let day = find(text, letter).first().map(|one| one.first).or_else(|| {
        let found = short.captures(text)?;
        day_of(found.get(1)?.as_str().parse().ok()?, found.get(2)?.as_str().parse().ok()?, None, letter)
    })?;
    (text.chars().filter(|c| c.is_alphanumeric()).count() <= 45).then_some(day)
}

fn dated(text: &str, found: &Captures<'_>, letter: Date) -> Option<Dated> {
    let part = |nth| found.get(nth).map(|one| one.as_str());
    let whole = found.get(0)?;
    let year = part(6).and_then(year_of);
    let last = day_of(part(4)?.parse().ok()?, month_of(part(5)?)?, year, letter)?;
    let first = match part(1) {
        None => last,
        Some(day) => {
            let month = part(2).map_or(Some(last.month()), month_of)?;
            let year = part(3).and_then(year_of).unwrap_or(last.year());
            let first = Date::new(year, month, day.parse().ok()?).ok()?;
            if first > last { Date::new(year - 1, month, first.day()).ok()? } else { first }
        }
    };
    let before = text.get(..whole.start()).unwrap_or_default();
    let until = pattern!(r"(?i)(?:\b(?:до|по|к|позднее|позже)|срок[:\s–—-]*)\s*$").is_match(before);
    Some(Dated { from: whole.start(), to: whole.end(), first, last, until, with_year: year.is_some() })
}

fn month_of(text: &str) -> Option<i8> {
    if let Ok(month) = text.parse() {
        return (1..=12).contains(&month).then_some(month);
    }
    let text = text.to_lowercase();
    let at = match text.as_str() {
        "март" | "марта" => 2,
        "мая" | "май" => 4,
        _ => MONTHS.iter().position(|month| text.starts_with(month))?,
    };
    i8::try_from(at + 1).ok()
}

fn year_of(text: &str) -> Option<i16> {
    let year: i16 = text.parse().ok()?;
    Some(if year < 100 { 2000 + year } else { year })
}

fn day_of(day: i8, month: i8, year: Option<i16>, letter: Date) -> Option<Date> {
    /// A letter speaks of what has been more rarely than of what comes.
    const BACK: i32 = 60;
    if let Some(year) = year {
        return Date::new(year, month, day).ok();
    }
    let this = Date::new(letter.year(), month, day).ok()?;
    if this < letter.saturating_sub(BACK.days()) { Date::new(letter.year() + 1, month, day).ok() } else { Some(this) }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn every_usual_writing_of_a_day_is_read() {
        let letter = date(2022, 11, 1);
        for (text, first, last, until) in [
            ("15.11.2022", "2022-11-15", "2022-11-15", false),
            ("в срок до 5.11.22 г.", "2022-11-05", "2022-11-05", true),
            ("до 08 ноября 2022 года.", "2022-11-08", "2022-11-08", true),
            ("не позднее 14 Ноября", "2022-11-14", "2022-11-14", true),
            ("в период с 15 ноября по 29 ноября цикл", "2022-11-15", "2022-11-29", false),
            ("с 15 по 29 ноября 2022 г.", "2022-11-15", "2022-11-29", false),
            ("15–29 ноября", "2022-11-15", "2022-11-29", false),
            ("с 28 декабря по 10 января", "2022-12-28", "2023-01-10", false),
            ("с 15.11.2022 по 29.11.2022", "2022-11-15", "2022-11-29", false),
            ("15.11-29.11.2022", "2022-11-15", "2022-11-29", false),
            ("к 20 января", "2023-01-20", "2023-01-20", true),
            ("до 15.11 включительно", "2022-11-15", "2022-11-15", true),
            ("Срок – 3 мая", "2023-05-03", "2023-05-03", true),
            ("«17» января 2025 г.", "2025-01-17", "2025-01-17", false),
            ("до 1-го марта 2023 года", "2023-03-01", "2023-03-01", true),
        ] {
            let found = find(text, letter);
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            let one = &found[0];
            assert_eq!((one.first.to_string().as_str(), one.last.to_string().as_str()), (first, last), "{text}");
            assert_eq!(one.until, until, "{text}");
        }
    }

    #[test]
    fn what_is_no_day_is_none() {
        for text in [
            "пункта 1.47",
            "от 1 до 5",
            "2022-2023 учебном году",
            "тел. 8(812)539-44-54",
            "31.02.2022",
            "№ 3",
            "10-11 классов",
        ] {
            assert_eq!(find(text, date(2022, 11, 1)), [], "{text}");
        }
        assert_eq!(only("15.11 (вторник)", date(2022, 11, 1)), Some(date(2022, 11, 15)));
        assert_eq!(only("МОУ «СОШ № 3»", date(2022, 11, 1)), None);
    }
}
