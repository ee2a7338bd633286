//! Dates, sizes and plurals as Russian writes them, and text of strangers made fit to be shown.

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

/// The longest file name that is shown, in characters.
const NAME_LENGTH: usize = 100;

/// A number with its noun: `forms` go with 1 («поле»), 2 («поля») and 5 («полей»).
pub fn plural(count: usize, forms: [&str; 3]) -> String {
    let [one, few, many] = forms;
    let form = match (count % 100, count % 10) {
        (11..=14, _) => many,
        (_, 1) => one,
        (_, 2..=4) => few,
        _ => many,
    };
    format!("{count} {form}")
}

/// «15 ноября 2022 года».
pub fn long_date(date: Date) -> String {
    let month = usize::try_from(date.month() - 1).ok().and_then(|index| MONTHS.get(index)).copied().unwrap_or_default();
    format!("{} {month} {} года", date.day(), date.year())
}

/// «15.11.2022».
pub fn short_date(date: Date) -> String {
    format!("{:02}.{:02}.{:04}", date.day(), date.month(), date.year())
}

/// «15.11.2022»; «–» where there is none.
pub fn some_date(date: Option<Date>) -> String {
    date.map_or_else(|| "–".to_owned(), short_date)
}

/// «15.11»: a table has no room for the year.
pub fn short_day(date: Date) -> String {
    format!("{:02}.{:02}", date.day(), date.month())
}

/// «15.11.2022 09:05» on the clock of the zone.
pub fn short_time(instant: Timestamp, zone: &TimeZone) -> String {
    let local = instant.to_zoned_datetime(zone.clone());
    format!("{} {:02}:{:02}", short_date(local.date()), local.hour(), local.minute())
}

/// «15 ноября 2022 года, 09:05 по московскому времени»; another zone is named by its offset.
pub fn long_time(instant: Timestamp, zone: &TimeZone) -> String {
    let local = instant.to_zoned_datetime(zone.clone());
    let place = if zone.iana_name() == Some("Europe/Moscow") {
        "по московскому времени".to_owned()
    } else {
        let seconds = local.offset().seconds();
        let sign = if seconds < 0 { '−' } else { '+' };
        let minutes = seconds.abs() / 60;
        format!("(UTC{sign}{:02}:{:02})", minutes / 60, minutes % 60)
    };
    format!("{}, {:02}:{:02} {place}", long_date(local.date()), local.hour(), local.minute())
}

/// A size in bytes as a person reads it: «310 байт», «48 КБ», «1,5 МБ».
pub fn size(bytes: u64) -> String {
    const KIB: u64 = 1 << 10;
    const MIB: u64 = 1 << 20;
    match bytes {
        0..KIB => plural(usize::try_from(bytes).unwrap_or_default(), ["байт", "байта", "байт"]),
        KIB..MIB => format!("{} КБ", bytes.div_ceil(KIB)),
        _ => {
            let tenths = bytes.saturating_mul(10) / MIB;
            format!("{},{} МБ", tenths / 10, tenths % 10)
        }
    }
}

/// A number as Russian writes it, exact to a millionth: «12,5», «4».
pub fn number(number: f64) -> String {
    let text = format!("{number:.6}");
    text.trim_end_matches('0').trim_end_matches('.').replace('.', ",")
}

/// The first letter in upper case: the beginning of a sentence.
pub fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A stranger's text on one line: no control characters, none that turn the direction of writing or show nothing.
pub fn one_line(text: &str) -> String {
    let hidden = |c: char| {
        matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
    };
    let plain: String = text.chars().filter(|c| !hidden(*c)).map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A stranger's text, lines and tabulators kept, without the characters that no XML can hold (XML 1.0 §2.2).
pub fn printable(text: &str) -> String {
    let allowed = |c: &char| matches!(c, '\n' | '\t') || !(c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}'));
    text.replace("\r\n", "\n").chars().filter(allowed).collect()
}

/// A name as that of a file that anybody can save: letters, digits and «№» alone, the rest «_», at most `most` characters.
pub fn file_stem(name: &str, most: usize) -> String {
    let plain: String = one_line(name).chars().map(|c| if c.is_alphanumeric() || c == '№' { c } else { '_' }).collect();
    let words: Vec<&str> = plain.split('_').filter(|word| !word.is_empty()).collect();
    let mut stem = String::new();
    for word in words {
        if !stem.is_empty() && stem.chars().count() + 1 + word.chars().count() > most {
            break;
        }
        if !stem.is_empty() {
            stem.push('_');
        }
        stem.extend(word.chars().take(most));
    }
    stem
}

/// A sender's file name for showing: one line, no path, no address that a mail program would make a link of, not long.
pub fn file_name(name: &str) -> String {
    let plain: String = one_line(name).chars().map(|c| if r#"/\:*?"<>|@"#.contains(c) { '_' } else { c }).collect();
    let count = plain.chars().count();
    if count <= NAME_LENGTH {
        return plain;
    }
    let head: String = plain.chars().take(NAME_LENGTH - 12).collect();
    let tail: String = plain.chars().skip(count - 11).collect();
    format!("{head}…{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_noun_agrees_with_its_number() {
        let fields = |count| plural(count, ["поле", "поля", "полей"]);
        for (count, text) in [
            (0, "0 полей"),
            (1, "1 поле"),
            (2, "2 поля"),
            (4, "4 поля"),
            (5, "5 полей"),
            (11, "11 полей"),
            (12, "12 полей"),
            (14, "14 полей"),
            (21, "21 поле"),
            (22, "22 поля"),
            (111, "111 полей"),
            (101, "101 поле"),
        ] {
            assert_eq!(fields(count), text);
        }
    }

    #[test]
    fn dates_times_and_sizes_are_russian() {
        assert_eq!(long_date(jiff::civil::date(2022, 11, 15)), "15 ноября 2022 года");
        let instant: Timestamp = "2022-11-14T21:05:00Z".parse().unwrap();
        let moscow = TimeZone::get("Europe/Moscow").unwrap();
        assert_eq!(long_time(instant, &moscow), "15 ноября 2022 года, 00:05 по московскому времени");
        assert_eq!(long_time(instant, &TimeZone::UTC), "14 ноября 2022 года, 21:05 (UTC+00:00)");
        assert_eq!([size(2), size(1024), size(1_572_864)], ["2 байта", "1 КБ", "1,5 МБ"]);
    }

    #[test]
    fn a_hostile_file_name_becomes_one_harmless_line() {
        let shown = file_name("анкета\r\nBcc: x@evil.example\u{202e}xcod.\u{0} http://evil.example/a");
        assert!(!shown.contains(['\r', '\n', '\u{202e}', '\u{0}', ':', '@', '/']), "{shown}");
        let long = file_name(&format!("{}.docx", "я".repeat(500)));
        assert!(long.chars().count() <= NAME_LENGTH && long.ends_with(".docx"), "{long}");
    }
}
