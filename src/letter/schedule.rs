//! The schools and their days: a table in an annex, or sentences of the letter.

use jiff::civil::Date;

use crate::{document::Table, matching};

use super::{
    annex::Annex,
    dates,
    pattern::pattern,
    text::{Line, Part, begin, clean, fold, sentences},
};

/// A school as the schedule prints it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its name.
    pub(super) name: String,
    /// Its district as an adjective, where the schedule tells it.
    pub(super) district: Option<String>,
    /// Its day.
    pub(super) date: Option<Date>,
    /// Where it stands, for people.
    pub(super) at: String,
    /// Why a person has to look at it.
    pub(super) doubt: Option<&'static str>,
}

/// The schedule.
#[derive(Debug, Clone, Default)]
pub(super) struct Schedule {
    /// Its schools, in its order.
    pub(super) entries: Vec<Entry>,
    /// Whether its days are days by which something is to be sent, and not days of an event.
    pub(super) of_deadlines: bool,
    /// What a person should know.
    pub(super) remarks: Vec<String>,
}

/// Reads the schedule: the first annex but the form's whose tables name schools; else the letter's own sentences.
pub(super) fn read(annexes: &[Annex<'_>], form: usize, body: &[&Line], letter: Date) -> Schedule {
    let mut schedule = Schedule::default();
    for (at, annex) in annexes.iter().enumerate() {
        let tables = annex.parts.iter().filter_map(|part| match part {
            Part::Table(table) => Some(*table),
            _ => None,
        });
        let entries: Vec<Entry> =
            tables.filter(|_| at != form || annex.parts.len() > 1).flat_map(|table| of_table(table, letter)).collect();
        let lines: Vec<&Line> = annex.parts.iter().filter_map(Part::line).collect();
        let entries = if entries.is_empty() && at != form { of_text(&lines, letter) } else { entries };
        if entries.is_empty() {
            continue;
        }
        if schedule.entries.is_empty() {
            schedule.of_deadlines = annex.parts.iter().any(|part| match part {
                Part::Table(table) => heads_deadlines(table),
                _ => false,
            });
            schedule.entries = entries
                .into_iter()
                .map(|entry| Entry { at: format!("{}, {}", annex.name(at), entry.at), ..entry })
                .collect();
        } else {
            schedule.remarks.push(format!("школы названы ещё и в другом месте: {}; оно не прочитано", annex.name(at)));
        }
    }
    if schedule.entries.is_empty() {
        schedule.entries = of_lines(body, letter);
    }
    let dated = schedule.entries.iter().any(|entry| entry.date.is_some());
    for entry in schedule.entries.iter_mut().filter(|entry| dated && entry.date.is_none()) {
        entry.doubt = Some("день для школы в графике не найден");
    }
    schedule
}

/// Whether a table's head says that its days are days by which something is to be sent.
fn heads_deadlines(table: &Table) -> bool {
    let mut head = table.rows.iter().take(2).flat_map(|row| &row.cells);
    head.any(|cell| pattern!(r"(?i)срок|представить до|направить до").is_match(&cell.text()))
}

fn of_table(table: &Table, letter: Date) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut district: Option<String> = None;
    let mut date: Option<Date> = None;
    let mut named = 0;
    let mut other = 0;
    let district_column = table.rows.iter().take(2).find_map(|row| {
        row.cells.iter().position(|cell| {
            pattern!(r"(?i)^(?:муниципальн|район|городской округ|территори)").is_match(&clean(&cell.text()))
        })
    });
    for (nth, row) in table.rows.iter().enumerate() {
        let texts: Vec<String> = row.cells.iter().map(|cell| cell.text()).collect();
        let filled: Vec<&String> = texts.iter().filter(|text| !text.trim().is_empty()).collect();
        if let [only] = filled.as_slice()
            && let Some(found) = district_of(only)
            && !matching::names_a_school(only)
        {
            district = Some(found);
            continue;
        }
        if let Some(day) = texts.iter().find_map(|text| dates::only(text, letter)) {
            date = Some(day);
        }
        let own = district_column
            .and_then(|at| texts.get(at))
            .and_then(|text| district_of(text).or_else(|| adjective_of(text)));
        let cell = texts
            .iter()
            .enumerate()
            .filter(|(at, text)| Some(*at) != district_column && dates::only(text, letter).is_none())
            .find(|(_, text)| is_name(text));
        let Some((_, names)) = cell else {
            other += usize::from(filled.len() > 1 && nth > 0);
            continue;
        };
        named += 1;
        for (name, doubt) in split(names) {
            let said = district_of(&name);
            let district = said.or_else(|| own.clone()).or_else(|| district.clone());
            entries.push(Entry { name, district, date, at: format!("строка {}", nth + 1), doubt });
        }
    }
    // A form has schools in none of its rows, a list of documents in few.
    if named > other { entries } else { Vec::new() }
}

/// Whether a cell is the name of schools and no sentence about them.
fn is_name(text: &str) -> bool {
    let text = clean(text);
    let length = text.chars().count();
    let specific = pattern!(r#"[«"“№]|\d|^[А-ЯЁ]{3,}\s|\bСОШ\b|\bООШ\b|[А-ЯЁ]\w+ск(?:ая|ий|ое|ой)\b"#).is_match(&text);
    length <= 1500
        && specific
        && matching::names_a_school(&text)
        && !pattern!(r"(?i)^(?:наименован|назван|перечислите|укажите|количеств)").is_match(&text)
}

/// The schools of a cell: parted by line ends, semicolons and commas, outside of quotes and brackets, wherever a new name
/// begins. What names no school belongs to the name before it: «МОУ «СОШ № 3», г. Кириши».
pub(super) fn split(text: &str) -> Vec<(String, Option<&'static str>)> {
    let mut pieces: Vec<String> = vec![String::new()];
    let (mut quotes, mut brackets) = (0usize, 0usize);
    for c in text.chars() {
        match c {
            '«' | '“' | '„' => quotes += 1,
            '»' | '”' => quotes = quotes.saturating_sub(1),
            '"' => quotes = if quotes > 0 { quotes - 1 } else { 1 },
            '(' => brackets += 1,
            ')' => brackets = brackets.saturating_sub(1),
            _ => {}
        }
        let parts = c == '\n' || (brackets == 0 && (c == ';' || (c == ',' && quotes == 0)));
        if parts {
            if c == ';' || c == '\n' {
                quotes = 0;
            }
            pieces.push(String::new());
        } else if let Some(last) = pieces.last_mut() {
            last.push(c);
        }
    }
    let joined = pattern!(r"\s+и\s+(?:[А-ЯЁ]{2,}\s|[Гг]имнази|[Лл]ице)");
    let mut names: Vec<(String, Option<&'static str>)> = Vec::new();
    for piece in pieces {
        let mut rest = piece.as_str();
        while let Some(found) = joined.find(rest) {
            let (first, second) = rest.split_at_checked(found.start()).unwrap_or((rest, ""));
            if !matching::names_a_school(first) || !matching::names_a_school(second) {
                break;
            }
            take(first, &mut names);
            rest = second.trim_start().strip_prefix('и').unwrap_or_default();
        }
        take(rest, &mut names);
    }
    names.retain(|(name, _)| matching::names_a_school(name));
    names
}

fn take(piece: &str, names: &mut Vec<(String, Option<&'static str>)>) {
    let piece = trimmed(piece);
    if piece.is_empty() {
        return;
    }
    if matching::names_a_school(&piece) {
        names.push((piece, None));
    } else if let Some((last, doubt)) = names.last_mut() {
        // «СОШ № 1, № 3» may be two schools.
        if pattern!(r"^(?:№|N)?\s*\d").is_match(&piece) {
            *doubt = Some("номера через запятую: если это разные школы, разделите их");
        }
        last.push_str(", ");
        last.push_str(&piece);
    }
}

/// A name without what only surrounds it: numbers of a list, stray brackets and signs, asterisks.
fn trimmed(text: &str) -> String {
    let text = clean(text);
    let text = pattern!(r"^(?:\d{1,2}[.)]\s+|[-–—•*]\s*)").replace(&text, "").into_owned();
    let mut text = text.trim_matches([' ', ',', ';', '.', '*', '–', '—', ':', '-']).to_owned();
    while text.ends_with(')') && text.matches(')').count() > text.matches('(').count() {
        text.pop();
        text.truncate(text.trim_end_matches([' ', ',', ';']).len());
    }
    while text.starts_with('(') && text.matches('(').count() > text.matches(')').count() {
        text.remove(0);
    }
    text.trim().to_owned()
}

/// «Киришский» of «Киришский район», «(Киришский муниципальный район)», «Киришского района».
pub(super) fn district_of(text: &str) -> Option<String> {
    let found = pattern!(
        r"\b([А-ЯЁ][а-яё-]+(?:ск|цк)(?:ий|ого|ому|ом|им))\s+(?:[а-яё]+(?:ый|ий|ой|ого|ому|ом|ым)\s+){0,2}(?:район|округ|р-н)"
    )
    .captures(text)?;
    nominative(found.get(1)?.as_str())
}

/// A cell that is a district's adjective and nothing else.
fn adjective_of(text: &str) -> Option<String> {
    let text = clean(text);
    pattern!(r"^[А-ЯЁ][а-яё-]+(?:ск|цк)(?:ий|ого)$").is_match(&text).then(|| nominative(&text)).flatten()
}

pub(super) fn nominative(adjective: &str) -> Option<String> {
    let stem = ["ий", "ого", "ому", "ом", "им"].iter().find_map(|ending| adjective.strip_suffix(ending))?;
    Some(format!("{stem}ий"))
}

fn of_text(lines: &[&Line], letter: Date) -> Vec<Entry> {
    let running = of_lines(lines, letter);
    if running.is_empty() { of_list(lines, letter) } else { running }
}

/// An annex that lists schools, a line each: under lines with days, or without any.
fn of_list(lines: &[&Line], letter: Date) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let (mut date, mut district) = (None, None);
    for line in lines {
        let text = line.text.as_str();
        if !is_name(text) || text.chars().count() > 250 || text.ends_with('?') {
            date = dates::only(text, letter).or(date);
            district = district_of(text).filter(|_| text.chars().count() < 60).or(district);
            continue;
        }
        let own = dates::find(text, letter).first().map(|day| (day.from, day.first));
        let names = own.map_or(text, |(from, _)| text.get(..from).unwrap_or_default());
        let at = format!("«{}»", begin(text, 60));
        entries.extend(split(names).into_iter().map(|(name, doubt)| Entry {
            district: district_of(&name).or_else(|| district.clone()),
            name,
            date: own.map(|(_, day)| day).or(date),
            at: at.clone(),
            doubt,
        }));
    }
    if entries.len() >= 2 { entries } else { Vec::new() }
}

/// Days and schools in running text: «15 ноября – МБОУ «…», МОУ «…»; 17 ноября – …», or the other way round.
fn of_lines(lines: &[&Line], letter: Date) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut named = 0;
    for line in lines {
        for sentence in sentences(&line.text) {
            let days = dates::find(&sentence, letter);
            let Some(first) = days.first() else { continue };
            let before = sentence.get(..first.from).unwrap_or_default();
            let school_first = is_listed(before);
            let mut from = if school_first { 0 } else { first.to };
            for (nth, day) in days.iter().enumerate() {
                let to = match school_first {
                    true => day.from,
                    false => days.get(nth + 1).map_or(sentence.len(), |next| next.from),
                };
                let names = sentence.get(from..to).unwrap_or_default();
                from = match school_first {
                    true => day.to,
                    false => days.get(nth + 1).map_or(to, |next| next.to),
                };
                if !is_listed(names) || day.first != day.last {
                    continue;
                }
                named += 1;
                let at = format!("«{}»", begin(&sentence, 60));
                entries.extend(split(names).into_iter().map(|(name, doubt)| Entry {
                    district: district_of(&name),
                    name: named_only(&name),
                    date: Some(day.first),
                    at: at.clone(),
                    doubt,
                }));
            }
        }
    }
    if named >= 2 { entries } else { Vec::new() }
}

/// Whether a stretch of running text lists schools by name.
fn is_listed(text: &str) -> bool {
    pattern!(r#"\b[А-ЯЁ]{2,}(?:ОУ|У)\b\s*[«"“]|\bСОШ\b|\bООШ\b|(?:[Гг]имнази|[Лл]ице|школ)\w*\s*№"#).is_match(text)
        && matching::names_a_school(text)
}

/// A name without the words that lead to it: «в МБОУ …», «представляет МБОУ …».
fn named_only(name: &str) -> String {
    let found =
        pattern!(r#"\b(?:[А-ЯЁ]{2,}(?:ОУ|У)\b\s*[«"“]|[А-ЯЁ]\w+ (?:СОШ|ООШ|гимназия|лицей)|(?:СОШ|ООШ)\b)"#).find(name);
    let rest = found.and_then(|found| name.get(found.start()..)).unwrap_or(name);
    clean(rest)
}

/// Whether a text speaks of a schedule.
pub(super) fn is_spoken_of(text: &str) -> bool {
    fold(text).contains("график")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_schools_in_one_cell_are_parted() {
        for (text, wanted) in [
            ("МОУ «Киришская СОШ №3»", vec!["МОУ «Киришская СОШ №3»"]),
            (
                "МБОУ «Подпорожская средняя общеобразовательная школа № 4 им. М. Горького», МБОУ «Важинский образовательный центр»,",
                vec![
                    "МБОУ «Подпорожская средняя общеобразовательная школа № 4 им. М. Горького»",
                    "МБОУ «Важинский образовательный центр»",
                ],
            ),
            (
                "МБОУ «Вознесенский образовательный центр»; МОУ «Лебяженский центр общего образования»)",
                vec!["МБОУ «Вознесенский образовательный центр»", "МОУ «Лебяженский центр общего образования»"],
            ),
            ("МОУ «СОШ № 3», г. Кириши", vec!["МОУ «СОШ № 3», г. Кириши"]),
            ("1. МБОУ СОШ № 1\n2. МБОУ СОШ № 2", vec!["МБОУ СОШ № 1", "МБОУ СОШ № 2"]),
            ("МБОУ СОШ № 1 и МБОУ СОШ № 2", vec!["МБОУ СОШ № 1", "МБОУ СОШ № 2"]),
            (
                "МБОУ «Центр образования «Школа, открытая миру» (Тосненский район)",
                vec!["МБОУ «Центр образования «Школа, открытая миру» (Тосненский район)"],
            ),
        ] {
            let names: Vec<String> = split(text).into_iter().map(|(name, _)| name).collect();
            assert_eq!(names, wanted);
        }
        assert!(split("МБОУ СОШ № 1, № 3 г. Тосно")[0].1.is_some());
    }

    #[test]
    fn a_district_is_an_adjective() {
        assert_eq!(district_of("Киришский муниципальный район").as_deref(), Some("Киришский"));
        assert_eq!(district_of("школы Тосненского района").as_deref(), Some("Тосненский"));
        assert_eq!(district_of("Сосновоборский городской округ").as_deref(), Some("Сосновоборский"));
        assert_eq!(district_of("Азовский немецкий национальный район").as_deref(), Some("Азовский"));
        assert_eq!(district_of("МОУ «Киришская СОШ №3»"), None);
    }
}
