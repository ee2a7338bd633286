//! Since when: is any time named in an answer, and if so, on which day does it begin?

use jiff::civil::{Date, date};

use super::lexemes::{Lexed, Lexeme, lex};

/// What an answer says of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Since {
    /// A day, or a period that begins on it.
    From(Date),
    /// A time, but not one that a calendar shows: «третий год».
    Sometime,
    /// No time at all.
    Never,
}

/// A period that a text names.
#[derive(Debug, Clone, Copy)]
struct Named {
    /// Its first day; `None` where it begins somewhere within a year, or may be either of two.
    first: Option<Date>,
    from: usize,
    to: usize,
}

const MONTHS: [&str; 12] =
    ["январ", "феврал", "март", "апрел", "ма", "июн", "июл", "август", "сентябр", "октябр", "ноябр", "декабр"];
const SHORT: [&str; 12] = ["янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"];
/// Beginnings of words that speak of a time.
const TIMES: &[&str] = &[
    "год",
    "месяц",
    "квартал",
    "полугоди",
    "недел",
    "учебн",
    "весн",
    "лето",
    "летом",
    "лета",
    "осен",
    "зим",
    "прошл",
    "нынешн",
    "текущ",
    "момент",
    "начал",
    "основани",
    "создани",
    "старт",
    "запуск",
    "открыти",
    "каникул",
];

/// Reads an answer to "since when".
pub(super) fn since(text: &str) -> Since {
    let lexed = lex(text);
    let mut named = Vec::new();
    let mut at = 0;
    while at < lexed.len() {
        match period(&lexed, at) {
            Some(found) => {
                at = found.to.max(at + 1);
                named.push(found);
            }
            None => at += 1,
        }
    }
    let covered = |at: usize| named.iter().any(|one| (one.from..one.to).contains(&at));
    let loose = |(at, one): (usize, &Lexed)| {
        !covered(at) && one.word().is_some_and(|word| month(word).is_some() || season(word).is_some())
    };
    let preceded = |one: &&Named| {
        let word = |back: usize| one.from.checked_sub(back).and_then(|at| lexed.get(at)).and_then(Lexed::word);
        matches!(word(1), Some("с" | "со")) || (word(1) == Some("начала") && word(2) == Some("с"))
    };
    let first = match named.as_slice() {
        [] if lexed.iter().any(speaks_of_time) => None,
        [] => return Since::Never,
        // «сентябрь – октябрь 2021»: the year belongs to both.
        _ if lexed.iter().enumerate().any(loose) => None,
        [one] => one.first,
        [one, other] if is_range(&lexed, one, other) => one.first,
        _ => {
            let mut since = named.iter().filter(preceded);
            since.next().filter(|_| since.next().is_none()).and_then(|one| one.first)
        }
    };
    first.map_or(Since::Sometime, Since::From)
}

fn is_range(lexed: &[Lexed], one: &Named, other: &Named) -> bool {
    let gap = lexed.get(one.to..other.from).unwrap_or_default();
    let words: Vec<&str> = gap.iter().filter_map(Lexed::word).filter(|word| !word.starts_with('г')).collect();
    let joined = matches!(words.as_slice(), ["по"] | ["до"] | ["по", "настоящее", "время"])
        || (words.is_empty() && gap.iter().any(Lexed::is_dash));
    joined && one.first <= other.first
}

fn speaks_of_time(one: &Lexed) -> bool {
    match &one.lexeme {
        Lexeme::Word(word) => word == "лет" || month(word).is_some() || TIMES.iter().any(|time| word.starts_with(time)),
        Lexeme::Number(number) => is_year(*number),
        Lexeme::Dotted(parts) => parts.iter().any(|part| is_year(*part)),
        _ => false,
    }
}

/// Whether a number is that of a year near ours.
pub(super) fn is_year(number: u32) -> bool {
    (1950..2100).contains(&number)
}

/// The month that a word names, in whatever case.
pub(super) fn month(word: &str) -> Option<u32> {
    let found = |(stem, short): (&&str, &&str)| {
        word.strip_prefix(*stem).is_some_and(|ending| {
            let endings: &[&str] = if *stem == "ма" {
                &["й", "я", "е", "ю", "ем"]
            } else {
                &["", "а", "у", "е", "ь", "я", "ю", "ем", "ом"]
            };
            endings.contains(&ending)
        }) || word == *short
            || (*short == "сен" && word == "сент")
            || (*short == "фев" && word == "февр")
    };
    (1..).zip(MONTHS.iter().zip(SHORT.iter())).find(|(_, pair)| found(*pair)).map(|(number, _)| number)
}

fn day(year: u32, month: u32, day: u32) -> Option<Date> {
    Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?).ok()
}

/// The period that begins at a lexeme.
fn period(lexed: &[Lexed], at: usize) -> Option<Named> {
    let get = |index: usize| lexed.get(index);
    let one = get(at)?;
    let named = |first: Date, to: usize| Some(Named { first: Some(first), from: at, to });
    match &one.lexeme {
        Lexeme::Dotted(parts) => named(dotted(parts)?, at + 1),
        Lexeme::Number(year) if is_year(*year) => {
            if let Some(date) = iso(lexed, at, *year) {
                return named(date, at + 5);
            }
            year_from(lexed, at, *year)
        }
        Lexeme::Number(number) => {
            let word = get(at + 1).filter(|next| !next.is_dash()).and_then(Lexed::word);
            if let Some(month) = word.and_then(month)
                && let Some((year, to)) = year_after(lexed, at + 2)
            {
                return named(day(year, month, *number)?, to);
            }
            let ordinal =
                get(at + 1).is_some_and(Lexed::is_dash) && get(at + 2).is_some_and(|next| next.word().is_some());
            let unit = at + if ordinal { 3 } else { 1 };
            part_of_year(lexed, *number, unit).and_then(|(first, to)| named(first, to))
        }
        Lexeme::Word(word) => {
            if let Some(number) = ordinal(word)
                && let Some((first, to)) = part_of_year(lexed, number, at + 1)
            {
                return named(first, to);
            }
            let month = month(word).or_else(|| season(word))?;
            let (year, to) = year_after(lexed, at + 1)?;
            named(day(year, month, 1)?, to)
        }
        _ => None,
    }
}

/// «01.09.2021», «1.9.21», «2021.09.01», «09.2021».
fn dotted(parts: &[u32]) -> Option<Date> {
    match *parts {
        [d, m, y] if is_year(y) => day(y, m, d),
        [y, m, d] if is_year(y) => day(y, m, d),
        [d, m, y] if (1..=99).contains(&y) => day(2000 + y, m, d),
        [m, y] if is_year(y) => day(y, m, 1),
        _ => None,
    }
}

/// «2021-09-01».
fn iso(lexed: &[Lexed], at: usize, year: u32) -> Option<Date> {
    let number = |index: usize| match lexed.get(index)?.lexeme {
        Lexeme::Number(number) => Some(number),
        _ => None,
    };
    let dash = |index: usize| lexed.get(index).is_some_and(|one| one.is_dash() && !one.spaced);
    if dash(at + 1) && dash(at + 3) { day(year, number(at + 2)?, number(at + 4)?) } else { None }
}

/// «2021», «2021 года», «2021-2022 учебного года», «2021/22 уч. год».
fn year_from(lexed: &[Lexed], at: usize, year: u32) -> Option<Named> {
    let second = match (lexed.get(at + 1), lexed.get(at + 2).map(|one| &one.lexeme)) {
        (Some(sign), Some(Lexeme::Number(next))) if sign.is_dash() || sign.is('/') => {
            (*next == year + 1 || *next == (year + 1) % 100).then_some(sign.is('/'))
        }
        _ => None,
    };
    let to = at + if second.is_some() { 3 } else { 1 };
    let after = lexed.get(to).and_then(Lexed::word);
    let school_year = after.is_some_and(|word| word.starts_with("учебн") || word == "уч");
    let before = at.checked_sub(1).and_then(|index| lexed.get(index)).and_then(Lexed::word);
    // «в конце 2021 года» begins somewhere within it.
    let within =
        before.is_some_and(|word| ["кон", "середин", "полови", "зим"].iter().any(|stem| word.starts_with(stem)));
    let calendar = second.is_none() || after.is_some_and(|word| word == "гг" || word.starts_with("год"));
    let first = if within {
        None
    } else if school_year || second == Some(true) {
        Some(date(year.try_into().ok()?, 9, 1))
    } else if calendar {
        Some(date(year.try_into().ok()?, 1, 1))
    } else {
        None
    };
    Some(Named { first, from: at, to })
}

/// «2021», «2021 года» after a month.
fn year_after(lexed: &[Lexed], at: usize) -> Option<(u32, usize)> {
    let at = at + usize::from(lexed.get(at).is_some_and(|one| one.is('.') || one.is(',')));
    match lexed.get(at)?.lexeme {
        Lexeme::Number(year) if is_year(year) => Some((year, at + 1)),
        _ => None,
    }
}

fn ordinal(word: &str) -> Option<u32> {
    const STEMS: [(&str, u32); 4] = [("перв", 1), ("втор", 2), ("трет", 3), ("четверт", 4)];
    match word {
        "i" | "і" => Some(1),
        "ii" | "іі" => Some(2),
        "iii" | "ііі" => Some(3),
        "iv" | "іv" => Some(4),
        _ => STEMS.iter().find(|(stem, _)| word.starts_with(stem)).map(|(_, number)| *number),
    }
}

/// «II квартал 2022», «второе полугодие 2021 года».
fn part_of_year(lexed: &[Lexed], number: u32, at: usize) -> Option<(Date, usize)> {
    let unit = lexed.get(at)?.word()?;
    let months = match unit {
        _ if unit.starts_with("квартал") || unit == "кв" => 3,
        _ if unit.starts_with("полугоди") => 6,
        _ => return None,
    };
    let (year, to) = year_after(lexed, at + 1)?;
    let joined = lexed.get(to).is_some_and(|sign| sign.is_dash() || sign.is('/'));
    if joined && matches!(lexed.get(to + 1).map(|one| &one.lexeme), Some(Lexeme::Number(_))) {
        // Of a school year only the halves are the same everywhere.
        let first = match (months, number) {
            (6, 1) => day(year, 9, 1)?,
            (6, 2) => day(year + 1, 1, 1)?,
            _ => return None,
        };
        return Some((first, to + 2));
    }
    let month = number.checked_sub(1)? * months + 1;
    Some((day(year, month, 1)?, to))
}

/// The month with which a season of a year begins; winter begins in two years.
fn season(word: &str) -> Option<u32> {
    const STEMS: [(&str, u32); 5] = [("весн", 3), ("лето", 6), ("лета", 6), ("осен", 9), ("летом", 6)];
    STEMS.iter().find(|(stem, _)| word.starts_with(stem)).map(|(_, month)| *month)
}
