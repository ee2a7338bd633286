//! What styles say about text: the numbers of lists, and whether it is hidden (OpenDocument 1.3 part 3, §16).

use std::collections::{HashMap, HashSet};

use super::super::xml::{Element, Ns};

/// Characters of a bullet or around a number.
const MAX_AFFIX: usize = 32;

/// A level of a list.
#[derive(Debug, Clone, Default)]
pub(super) struct Level {
    /// The kind of number; `None` for a bullet.
    pub(super) format: Option<String>,
    /// What stands before the number, or the bullet itself.
    pub(super) prefix: String,
    /// What stands behind it.
    pub(super) suffix: String,
    /// The first number.
    pub(super) start: u32,
    /// How many levels the number shows.
    pub(super) shown: usize,
}

#[derive(Debug, Default)]
struct Sheet {
    hidden: HashSet<String>,
    lists: HashMap<String, HashMap<usize, Level>>,
}

/// The styles of a document, and the automatic ones of the part that is being walked.
#[derive(Debug, Default)]
pub(super) struct Styles {
    common: Sheet,
    automatic: Sheet,
    in_automatic: bool,
    current: String,
}

impl Styles {
    /// Hears an element outside of the text.
    pub(super) fn hear(&mut self, element: &Element<'_>) {
        let text = |ns, name| element.attr_in(ns, name).unwrap_or_default().into_owned();
        match (element.ns, element.name()) {
            (Ns::OdfOffice, "styles" | "master-styles") => self.in_automatic = false,
            (Ns::OdfOffice, "automatic-styles") => self.in_automatic = true,
            (Ns::OdfStyle, "style") | (Ns::OdfText, "list-style") => self.current = text(Ns::OdfStyle, "name"),
            (Ns::OdfStyle, kind @ ("text-properties" | "table-properties"))
                if (kind == "text-properties" && text(Ns::OdfText, "display") == "none")
                    || (kind == "table-properties" && text(Ns::OdfTable, "display") == "false") =>
            {
                let name = self.current.clone();
                self.sheet().hidden.insert(name);
            }
            (Ns::OdfText, kind @ ("list-level-style-number" | "list-level-style-bullet")) => {
                let number = |ns, name| element.attr_in(ns, name).and_then(|n| n.trim().parse::<u32>().ok());
                let size = |n: Option<u32>| n.and_then(|n| usize::try_from(n).ok()).unwrap_or(1);
                let affix = |ns, name| text(ns, name).chars().take(MAX_AFFIX).collect::<String>();
                let bullet = kind == "list-level-style-bullet";
                let level = Level {
                    format: (!bullet).then(|| text(Ns::OdfStyle, "num-format")),
                    prefix: if bullet { affix(Ns::OdfText, "bullet-char") } else { affix(Ns::OdfStyle, "num-prefix") },
                    suffix: if bullet { String::new() } else { affix(Ns::OdfStyle, "num-suffix") },
                    start: number(Ns::OdfText, "start-value").unwrap_or(1),
                    shown: size(number(Ns::OdfText, "display-levels")),
                };
                let (name, place) = (self.current.clone(), size(number(Ns::OdfText, "level")));
                self.sheet().lists.entry(name).or_default().insert(place, level);
            }
            _ => {}
        }
    }

    /// Forgets the automatic styles: those of the next part may have the same names.
    pub(super) fn next_part(&mut self) {
        self.automatic = Sheet::default();
    }

    /// Whether text or a table of a style is hidden.
    pub(super) fn hidden(&self, name: &str) -> bool {
        self.automatic.hidden.contains(name) || self.common.hidden.contains(name)
    }

    /// A level of a list style, counted from one.
    pub(super) fn level(&self, list: &str, level: usize) -> Option<&Level> {
        self.automatic.lists.get(list).or_else(|| self.common.lists.get(list))?.get(&level)
    }

    fn sheet(&mut self) -> &mut Sheet {
        if self.in_automatic { &mut self.automatic } else { &mut self.common }
    }
}
