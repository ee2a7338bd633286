//! Numbers of list items as they are printed (OpenDocument 1.3 part 3, §5.3).

use std::collections::HashMap;

use super::{
    super::{docx::numbering::numeral, symbol},
    styles::Styles,
};

/// Levels of a list.
const LEVELS: usize = 10;

/// The open lists of a flow, and how far each style has counted.
#[derive(Debug, Default)]
pub(super) struct Lists {
    open: Vec<String>,
    counted: HashMap<String, [Option<u32>; LEVELS]>,
    /// Whether the next paragraph is the first of its item, and the number that the item asks for.
    due: Option<Option<u32>>,
}

impl Lists {
    /// Opens a list; one without a style has that of the list around it.
    pub(super) fn open(&mut self, style: Option<String>, continues: bool) {
        let style = style.or_else(|| self.open.last().cloned()).unwrap_or_default();
        if self.open.is_empty() && !continues {
            self.counted.remove(&style);
        }
        self.open.push(style);
        self.due = None;
    }

    /// Closes the innermost list.
    pub(super) fn close(&mut self) {
        self.open.pop();
        self.due = None;
    }

    /// Opens an item.
    pub(super) fn item(&mut self, start: Option<u32>) {
        self.due = Some(start);
    }

    /// A header of a list has no number.
    pub(super) fn header(&mut self) {
        self.due = None;
    }

    /// The number or bullet of a paragraph that begins now.
    pub(super) fn marker(&mut self, styles: &Styles) -> Option<String> {
        let asked = self.due.take()?;
        let depth = self.open.len();
        let style = self.open.last()?;
        let this = styles.level(style, depth)?;
        let Some(format) = &this.format else {
            return symbol::drawn("", &this.prefix)
                .or_else(|| Some(this.prefix.clone()))
                .filter(|m| !m.trim().is_empty());
        };
        let counted = self.counted.entry(style.clone()).or_default();
        let slot = counted.get_mut(depth.checked_sub(1)?)?;
        *slot = Some(asked.unwrap_or_else(|| slot.map_or(this.start, |n| n.saturating_add(1))));
        counted.iter_mut().skip(depth).for_each(|deeper| *deeper = None);
        let first = depth.saturating_sub(this.shown.max(1)) + 1;
        let numbers: Vec<String> = (first..=depth)
            .filter_map(|level| {
                let of = styles.level(style, level)?;
                let value = counted.get(level.checked_sub(1)?).copied().flatten().unwrap_or(of.start);
                let format = if level == depth { Some(format) } else { of.format.as_ref() };
                Some(numeral(value, word_format(format?)))
            })
            .filter(|number| !number.is_empty())
            .collect();
        let marker = format!("{}{}{}", this.prefix, numbers.join("."), this.suffix);
        Some(marker.trim().to_owned()).filter(|marker| !numbers.is_empty() && !marker.is_empty())
    }
}

/// `style:num-format` (§19.502) by the names that Word has for it.
fn word_format(format: &str) -> &'static str {
    match format {
        "" => "none",
        "a" => "lowerLetter",
        "A" => "upperLetter",
        "i" => "lowerRoman",
        "I" => "upperRoman",
        russian if russian.ends_with("(ru)") => {
            if russian.starts_with('А') {
                "russianUpper"
            } else {
                "russianLower"
            }
        }
        _ => "decimal",
    }
}
