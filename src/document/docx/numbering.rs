//! Automatic numbers and bullets as they are printed (ISO/IEC 29500-1 §17.9).

use std::collections::{HashMap, HashSet};

use super::{
    super::{
        Problem, symbol,
        xml::{Element, Ns, Visitor},
    },
    styles::Styles,
};

/// Levels of a list.
const LEVELS: usize = 9;
/// Characters of a level's pattern; Word itself allows far fewer.
const MAX_PATTERN: usize = 64;

#[derive(Debug, Clone, Default)]
struct Level {
    start: Option<u32>,
    format: String,
    pattern: String,
    /// The level whose numbers restart this one, counted from one; zero for none.
    restart: Option<usize>,
    legal: bool,
    font: String,
    style: Option<String>,
}

#[derive(Debug, Default)]
struct Abstract {
    levels: HashMap<usize, Level>,
    style_link: Option<String>,
}

#[derive(Debug, Default)]
struct Instance {
    of: u32,
    starts: HashMap<usize, u32>,
    levels: HashMap<usize, Level>,
}

/// The lists that a document defines.
#[derive(Debug, Default)]
pub(super) struct Lists {
    abstracts: HashMap<u32, Abstract>,
    instances: HashMap<u32, Instance>,
    stack: Vec<Frame>,
}

#[derive(Debug, Default)]
enum Frame {
    #[default]
    Other,
    Abstract(u32, Abstract),
    Instance(u32, Instance),
    Override(usize),
    Level(usize, Level),
}

/// How far each list of one flow has counted.
#[derive(Debug, Default)]
pub(super) struct Counters {
    values: HashMap<u32, [Option<u32>; LEVELS]>,
    started: HashSet<(u32, usize)>,
}

impl Lists {
    fn abstract_of(&self, list: u32, styles: &Styles) -> Option<(u32, &Abstract)> {
        let id = self.instances.get(&list)?.of;
        let found = self.abstracts.get(&id)?;
        // A list may only point to the style that holds the real one.
        if let Some(style) = &found.style_link
            && let Some((linked, _)) = styles.list(Some(style))
            && let Some(instance) = self.instances.get(&linked)
            && let Some(real) = self.abstracts.get(&instance.of)
        {
            return Some((instance.of, real));
        }
        Some((id, found))
    }

    /// The level of a list that belongs to a paragraph style.
    pub(super) fn level_of_style(&self, list: u32, style: Option<&str>, styles: &Styles) -> Option<usize> {
        let (_, found) = self.abstract_of(list, styles)?;
        found.levels.iter().find(|(_, level)| level.style.is_some() && level.style.as_deref() == style).map(|(n, _)| *n)
    }

    /// The next number or the bullet of a list.
    pub(super) fn next(&self, counters: &mut Counters, list: u32, level: usize, styles: &Styles) -> Option<String> {
        let (id, found) = self.abstract_of(list, styles)?;
        let instance = self.instances.get(&list)?;
        let definition = |n: usize| instance.levels.get(&n).or_else(|| found.levels.get(&n));
        let this = definition(level)?;
        let begin = |n: usize| definition(n).and_then(|l| l.start).unwrap_or(1);
        let values = counters.values.entry(id).or_default();
        let restarted = match instance.starts.get(&level) {
            Some(start) if counters.started.insert((list, level)) => Some(*start),
            _ => None,
        };
        let slot = values.get_mut(level)?;
        *slot = Some(restarted.unwrap_or_else(|| slot.map_or(begin(level), |value| value.saturating_add(1))));
        for (deeper, value) in values.iter_mut().enumerate().skip(level + 1) {
            let restarts = match definition(deeper).and_then(|l| l.restart) {
                Some(0) => false,
                Some(after) => level < after,
                None => true,
            };
            if restarts {
                *value = None;
            }
        }
        if this.format == "bullet" {
            let text = symbol::drawn(&this.font, &this.pattern).unwrap_or_else(|| this.pattern.clone());
            return Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        }
        let mut marker = String::new();
        let mut pattern = this.pattern.chars().peekable();
        while let Some(c) = pattern.next() {
            let digit = if c == '%' { pattern.peek().and_then(|d| d.to_digit(10)).filter(|d| *d > 0) } else { None };
            let Some(digit) = digit.and_then(|d| usize::try_from(d).ok()) else {
                marker.push(c);
                continue;
            };
            pattern.next();
            let n = digit - 1;
            let value = values.get(n).copied().flatten().unwrap_or_else(|| begin(n));
            let format = if this.legal { "decimal" } else { definition(n).map_or("decimal", |l| l.format.as_str()) };
            marker.push_str(&numeral(value, format));
        }
        Some(marker.trim().to_owned()).filter(|marker| !marker.is_empty())
    }

    fn level_mut(&mut self) -> Option<&mut Level> {
        self.stack.iter_mut().rev().find_map(|frame| match frame {
            Frame::Level(_, level) => Some(level),
            _ => None,
        })
    }

    fn level_property(&mut self, element: &Element<'_>) {
        let Some(level) = self.level_mut() else { return };
        let text = || element.val().unwrap_or_default().into_owned();
        match element.name() {
            "start" => level.start = element.number("val"),
            "numFmt" => level.format = text(),
            "lvlText" => level.pattern = text().chars().take(MAX_PATTERN).collect(),
            "lvlRestart" => level.restart = element.number("val").and_then(|n| usize::try_from(n).ok()),
            "isLgl" => level.legal = element.on(),
            "pStyle" => level.style = Some(text()),
            "rFonts" => level.font = element.attr("ascii").or_else(|| element.attr("hAnsi")).unwrap_or_default().into(),
            _ => {}
        }
    }
}

impl Visitor for Lists {
    fn start(&mut self, element: &Element<'_>) -> Result<(), Problem> {
        let id = |name| element.number(name).unwrap_or(u32::MAX);
        let level = || usize::try_from(id("ilvl")).unwrap_or(usize::MAX);
        let mut frame = Frame::Other;
        if element.ns == Ns::Word {
            match (element.name(), self.stack.last_mut()) {
                ("abstractNum", _) => frame = Frame::Abstract(id("abstractNumId"), Abstract::default()),
                ("num", _) => frame = Frame::Instance(id("numId"), Instance::default()),
                ("abstractNumId", Some(Frame::Instance(_, instance))) => instance.of = id("val"),
                ("numStyleLink", Some(Frame::Abstract(_, list))) => list.style_link = element.val().map(Into::into),
                ("lvlOverride", _) => frame = Frame::Override(level()),
                ("startOverride", Some(Frame::Override(level))) => {
                    let level = *level;
                    if let Some(Frame::Instance(_, instance)) = self.stack.iter_mut().rev().nth(1) {
                        instance.starts.insert(level, element.number("val").unwrap_or(1));
                    }
                }
                ("lvl", _) => frame = Frame::Level(level(), Level::default()),
                _ => self.level_property(element),
            }
        }
        self.stack.push(frame);
        Ok(())
    }

    fn end(&mut self) -> Result<(), Problem> {
        match self.stack.pop() {
            Some(Frame::Abstract(id, list)) => {
                self.abstracts.entry(id).or_insert(list);
            }
            Some(Frame::Instance(id, list)) => {
                self.instances.entry(id).or_insert(list);
            }
            Some(Frame::Level(n, level)) if n < LEVELS => {
                for frame in self.stack.iter_mut().rev() {
                    match frame {
                        Frame::Abstract(_, list) => {
                            list.levels.insert(n, level);
                            break;
                        }
                        Frame::Instance(_, list) => {
                            list.levels.insert(n, level);
                            break;
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// A number in one of the formats of `ST_NumberFormat` (§17.18.59); the rare ones as digits.
pub(in super::super) fn numeral(value: u32, format: &str) -> String {
    const LATIN: &str = "abcdefghijklmnopqrstuvwxyz";
    const RUSSIAN: &str = "абвгдежзиклмнопрстуфхцчшщэюя";
    match format {
        "none" => String::new(),
        "decimalZero" => format!("{value:02}"),
        "lowerLetter" => letters(value, LATIN),
        "upperLetter" => letters(value, LATIN).to_uppercase(),
        "russianLower" => letters(value, RUSSIAN),
        "russianUpper" => letters(value, RUSSIAN).to_uppercase(),
        "lowerRoman" => roman(value),
        "upperRoman" => roman(value).to_uppercase(),
        _ => value.to_string(),
    }
}

/// The letters of the alphabet, then each twice, and so on.
fn letters(value: u32, alphabet: &str) -> String {
    let size = alphabet.chars().count();
    let place = usize::try_from(value).unwrap_or(usize::MAX);
    match place.checked_sub(1) {
        Some(index) if index < size * 10 => {
            alphabet.chars().nth(index % size).map(String::from).unwrap_or_default().repeat(index / size + 1)
        }
        _ => value.to_string(),
    }
}

fn roman(value: u32) -> String {
    const SIGNS: [(u32, &str); 13] = [
        (1000, "m"),
        (900, "cm"),
        (500, "d"),
        (400, "cd"),
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ];
    if !(1..4000).contains(&value) {
        return value.to_string();
    }
    let (mut rest, mut text) = (value, String::new());
    for (worth, sign) in SIGNS {
        while rest >= worth {
            text.push_str(sign);
            rest -= worth;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals_are_those_of_word() {
        for (value, format, text) in [
            (5, "decimal", "5"),
            (5, "decimalZero", "05"),
            (27, "lowerLetter", "aa"),
            (1, "russianLower", "а"),
            (10, "russianUpper", "К"),
            (14, "lowerRoman", "xiv"),
            (1999, "upperRoman", "MCMXCIX"),
            (0, "lowerRoman", "0"),
            (4_000_000_000, "lowerLetter", "4000000000"),
        ] {
            assert_eq!(numeral(value, format), text);
        }
    }
}
