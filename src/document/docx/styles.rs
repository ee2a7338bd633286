//! What styles say about text: its list, and whether it is hidden (ISO/IEC 29500-1 §17.7).

use std::collections::HashMap;

use super::super::{
    Problem,
    xml::{Element, Ns, Visitor},
};

/// Steps along `basedOn`; Word's own chains are far shorter, and one that leads back to itself ends here.
const MAX_CHAIN: usize = 20;

#[derive(Debug, Default)]
struct Style {
    based_on: Option<String>,
    list: Option<u32>,
    level: Option<usize>,
    hidden: Option<bool>,
    placeholder: bool,
}

/// The styles of a document by their ids.
#[derive(Debug, Default)]
pub(super) struct Styles {
    by_id: HashMap<String, Style>,
    default_paragraph: Option<String>,
    current: Option<(String, Style)>,
    in_style: Vec<&'static str>,
}

impl Styles {
    fn chain<'a>(&'a self, id: Option<&'a str>) -> impl Iterator<Item = &'a Style> {
        let first = id.and_then(|id| self.by_id.get(id));
        std::iter::successors(first, |style| self.by_id.get(style.based_on.as_deref()?)).take(MAX_CHAIN)
    }

    /// The id of a paragraph's style, the default one where it names none.
    pub(super) fn paragraph<'a>(&'a self, id: Option<&'a str>) -> Option<&'a str> {
        id.or(self.default_paragraph.as_deref())
    }

    /// The list and level that a style brings along; the level only where the style says it.
    pub(super) fn list(&self, id: Option<&str>) -> Option<(u32, Option<usize>)> {
        let list = self.chain(id).find_map(|style| style.list)?;
        Some((list, self.chain(id).find_map(|style| style.level)))
    }

    /// Whether text of a style is hidden.
    pub(super) fn hidden(&self, id: Option<&str>) -> Option<bool> {
        self.chain(id).find_map(|style| style.hidden)
    }

    /// Whether a style is the one of text that a content control shows until it is filled in.
    pub(super) fn placeholder(&self, id: Option<&str>) -> bool {
        self.chain(id).any(|style| style.placeholder)
    }
}

impl Visitor for Styles {
    fn start(&mut self, element: &Element<'_>) -> Result<(), Problem> {
        let name = if element.ns == Ns::Word { element.name() } else { "" };
        let parent = self.in_style.last().copied();
        let mut frame = "";
        match (name, parent, &mut self.current) {
            ("style", ..) => {
                let id = element.attr("styleId").unwrap_or_default().into_owned();
                let default = matches!(element.attr("default").as_deref(), Some("1" | "true" | "on"));
                if default && element.attr("type").as_deref() == Some("paragraph") {
                    self.default_paragraph = Some(id.clone());
                }
                self.current = Some((id, Style::default()));
                frame = "style";
            }
            ("pPr", Some("style"), _) => frame = "pPr",
            ("rPr", Some("style"), _) => frame = "rPr",
            ("numPr", Some("pPr"), _) => frame = "numPr",
            ("name", Some("style"), Some((_, style))) => {
                style.placeholder = element.val().is_some_and(|name| name.eq_ignore_ascii_case("placeholder text"));
            }
            ("basedOn", Some("style"), Some((_, style))) => style.based_on = element.val().map(Into::into),
            ("vanish", Some("rPr"), Some((_, style))) => style.hidden = Some(element.on()),
            ("numId", Some("numPr"), Some((_, style))) => style.list = element.number("val"),
            ("ilvl", Some("numPr"), Some((_, style))) => {
                style.level = element.number("val").and_then(|level| usize::try_from(level).ok());
            }
            _ => {}
        }
        self.in_style.push(frame);
        Ok(())
    }

    /// The styles of tables are most of what Word's templates hold, and say nothing of text.
    fn skips(&self, element: &Element<'_>) -> bool {
        match element.name() {
            "latentStyles" | "docDefaults" => true,
            "style" => element.attr("type").as_deref() == Some("table"),
            _ => false,
        }
    }

    fn end(&mut self) -> Result<(), Problem> {
        if self.in_style.pop() == Some("style")
            && let Some((id, style)) = self.current.take()
        {
            self.by_id.entry(id).or_insert(style);
        }
        Ok(())
    }
}
