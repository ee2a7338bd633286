//! What a letter's document says, line by line, and its sentences.

use crate::document::{Block, Document, Table, text_of};

use super::pattern::pattern;

/// A part of the letter in reading order.
#[derive(Debug, Clone)]
pub(super) enum Part<'a> {
    /// A line of text that is not empty, its white space made one space each.
    Line(Line),
    /// A table that is no mere layout.
    Table(&'a Table),
    /// A page that begins anew.
    Break,
}

/// A line of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// What it says, without its automatic number.
    pub(super) text: String,
    /// Its automatic number.
    pub(super) marker: Option<String>,
    /// Whether it is a paragraph of its own, and not one of several lines in one.
    pub(super) whole: bool,
}

impl Part<'_> {
    pub(super) fn line(&self) -> Option<&Line> {
        match self {
            Part::Line(line) => Some(line),
            _ => None,
        }
    }

    pub(super) fn text(&self) -> &str {
        self.line().map_or("", |line| &line.text)
    }
}

/// The longest line that may still belong to the head of a letter, in characters.
const HEAD_LINE: usize = 160;

/// The parts of a document. Tables that only lay out the letterhead and the signature become lines.
pub(super) fn parts(document: &Document) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut in_head = true;
    for block in &document.blocks {
        match block {
            Block::Break => parts.push(Part::Break),
            Block::Paragraph(paragraph) => {
                let lines = lines(&paragraph.text, paragraph.marker.as_deref());
                in_head = in_head && !lines.iter().any(ends_head);
                parts.extend(lines.into_iter().map(Part::Line));
            }
            Block::Table(table) if is_layout(table, in_head) => {
                let cells = table.rows.iter().flat_map(|row| &row.cells).filter(|cell| !cell.continues);
                parts.extend(cells.flat_map(|cell| lines(&text_of(&cell.blocks), None)).map(Part::Line));
            }
            Block::Table(table) => {
                in_head = false;
                parts.push(Part::Table(table));
            }
        }
    }
    parts
}

/// A sentence of the letter's text, or an annex: no letterhead is behind it.
fn ends_head(line: &Line) -> bool {
    let length = line.text.chars().count();
    length > HEAD_LINE
        || (length > 60 && line.text.ends_with('.'))
        || pattern!(r"(?i)^приложение\b").is_match(&line.text)
}

/// A table of one row lays out a signature; one of few rows before the letter's text lays out its head.
fn is_layout(table: &Table, in_head: bool) -> bool {
    table.rows.len() == 1 || (in_head && table.rows.len() <= 6)
}

pub(super) fn lines(text: &str, marker: Option<&str>) -> Vec<Line> {
    let all: Vec<String> = text.lines().map(clean).filter(|line| !line.is_empty()).collect();
    let whole = all.len() == 1;
    let mut marker = marker.map(str::to_owned);
    all.into_iter().map(|text| Line { text, marker: marker.take(), whole }).collect()
}

/// The text without white space at its ends, every run of it one space.
pub(super) fn clean(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Lower case, ё as е.
pub(super) fn fold(text: &str) -> String {
    text.to_lowercase().replace('ё', "е")
}

/// The words of a text, folded.
pub(super) fn words(text: &str) -> Vec<String> {
    let fold = fold(text);
    fold.split(|c: char| !c.is_alphanumeric() && c != '-').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The first characters of a text.
pub(super) fn begin(text: &str, length: usize) -> String {
    if text.chars().count() <= length {
        return text.to_owned();
    }
    let cut: String = text.chars().take(length).collect();
    format!("{}…", cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole))
}

/// The last characters of a text: in a long sentence the day stands at the end.
pub(super) fn tail(text: &str, length: usize) -> String {
    let long = text.chars().count().saturating_sub(length);
    if long == 0 {
        return text.to_owned();
    }
    let cut: String = text.chars().skip(long).collect();
    format!("…{}", cut.split_once(' ').map_or(cut.as_str(), |(_, whole)| whole))
}

/// The sentences of a paragraph. A dot behind an abbreviation or an initial ends none.
pub(super) fn sentences(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut from = 0;
    for end in pattern!(r"[.!?;]\s+").find_iter(text) {
        let before = text.get(from..end.start()).unwrap_or_default();
        let next = text.get(end.end()..).and_then(|rest| rest.chars().next());
        let semicolon = end.as_str().starts_with(';');
        let begins = next.is_some_and(|c| c.is_uppercase() || c == '«' || c == '"');
        if semicolon || (begins && !ends_in_abbreviation(before)) {
            found.push(clean(text.get(from..end.start() + 1).unwrap_or_default()));
            from = end.end();
        }
    }
    found.push(clean(text.get(from..).unwrap_or_default()));
    found.retain(|sentence| !sentence.is_empty());
    found
}

fn ends_in_abbreviation(text: &str) -> bool {
    let last = text.rsplit([' ', '(', '«']).next().unwrap_or_default();
    let initial = last.chars().last().is_some_and(char::is_uppercase) && last.chars().count() <= 3;
    initial
        || ["им", "ул", "тел", "д", "пл", "пос", "п", "с", "стр", "каб", "исп", "напр", "руб", "р", "обл", "гл", "эл"]
            .contains(&fold(last).as_str())
        || (fold(last) == "г" && !pattern!(r"\d\s*г$").is_match(text))
}

/// The texts in the outermost quotes. A quote within that is not closed is closed where the outer one is.
pub(super) fn quoted(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut depth = 0usize;
    let mut current = String::new();
    for c in text.chars() {
        let (opens, closes) = match c {
            '«' | '“' | '„' => (true, false),
            '»' | '”' => (false, true),
            '"' => (depth == 0, depth > 0),
            _ => (false, false),
        };
        if opens {
            depth += 1;
            if depth > 1 {
                current.push('«');
            }
        } else if closes && depth > 0 {
            depth -= 1;
            match depth {
                0 => found.push(std::mem::take(&mut current)),
                _ => current.push('»'),
            }
        } else if depth > 0 {
            current.push(c);
        }
    }
    if depth > 0 && !current.trim().is_empty() {
        found.push(current.trim_end_matches(['.', ';', ',', ' ']).to_owned());
    }
    let close = |text: String| {
        let open = text.matches('«').count().saturating_sub(text.matches('»').count());
        format!("{}{}", clean(&text), "»".repeat(open.min(1)))
    };
    found.into_iter().filter(|one| !one.trim().is_empty()).map(close).collect()
}
