//! HTML (the WHATWG standard's tag soup) → a [`Document`]: what a reader of the page would see, tables as tables.
//!
//! Only the tokenizer is a library's: no tree is built, so that neither depth nor misnesting costs more than a counter.

mod grid;
mod zone;

use html5gum::{
    Tokenizer,
    emitters::callback::{CallbackEmitter, CallbackEvent},
};
use memchr::memmem;

use self::{
    grid::Grid,
    zone::{Attributes, Hidden, Zones},
};
use super::{Block, Document, Limits, Problem, charset};

pub use zone::Zone;

/// How many addresses of links are kept.
const LINKS: usize = 200;

/// A page and what of it is whose.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Its blocks, each with the part of a mail that it stands in.
    pub blocks: Vec<(Zone, Block)>,
    /// Where its links lead, at most 200, and the part of a mail that each stands in.
    pub links: Vec<(Zone, String)>,
    /// What is odd about it, in English.
    pub oddities: Vec<String>,
}

/// Reads a page; `declared` is the charset that its sender declared, else the page's own `meta` is heard.
///
/// # Errors
/// [`Problem::Empty`] where there is nothing to be seen, [`Problem::Hostile`] past a limit.
pub fn read(bytes: &[u8], declared: Option<&str>, limits: &Limits) -> Result<Document, Problem> {
    let page = page(&decode(bytes, declared), limits)?;
    let blocks: Vec<Block> = page.blocks.into_iter().map(|(_, block)| block).collect();
    if blocks.is_empty() {
        return Err(Problem::Empty);
    }
    Ok(Document { blocks, oddities: page.oddities, ..Document::default() })
}

/// The text of a page's bytes.
pub fn decode(bytes: &[u8], declared: Option<&str>) -> String {
    let head = bytes.get(..bytes.len().min(4 << 10)).unwrap_or_default().to_ascii_lowercase();
    let meta = memmem::find(&head, b"charset=").map(|at| {
        let rest = head.get(at + "charset=".len()..).unwrap_or_default();
        let quoted = rest.iter().skip_while(|b| matches!(b, b'"' | b'\'' | b' '));
        quoted.take_while(|b| b.is_ascii_alphanumeric() || b"-_:".contains(b)).map(|b| char::from(*b)).collect()
    });
    let meta: Option<String> = meta.filter(|label: &String| !label.is_empty());
    charset::decode(bytes, declared.or(meta.as_deref()))
}

/// Reads a page that is already text, and tells apart what a mail's author wrote and what he only quotes.
///
/// # Errors
/// [`Problem::Hostile`] past a limit.
pub fn page(text: &str, limits: &Limits) -> Result<Page, Problem> {
    if text.len() > limits.part_bytes {
        return Err(Problem::Hostile);
    }
    let (page, unclosed) = walk(text, limits, true)?;
    if !unclosed {
        return Ok(page);
    }
    // Something hidden was never closed: better to show too much than to lose the page.
    let (mut page, _) = walk(text, limits, false)?;
    page.oddities.push("the page hides everything from some point on".to_owned());
    Ok(page)
}

fn walk(text: &str, limits: &Limits, hiding: bool) -> Result<(Page, bool), Problem> {
    let mut reader = Reader::new(limits, hiding);
    let mut emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, _span: html5gum::Span<()>| reader.hear(&event));
    emitter.naively_switch_states(true);
    if let Some(problem) = Tokenizer::new_with_emitter(text, emitter).find_map(Result::ok) {
        return Err(problem);
    }
    let unclosed = reader.hidden.open();
    Ok((reader.finish()?, unclosed))
}

/// A list that is open.
enum List {
    Bullets,
    Numbers(u32),
}

/// What is known while tokens come in.
struct Reader<'l> {
    limits: &'l Limits,
    grid: Grid<'l>,
    zones: Zones,
    hidden: Hidden,
    hiding: bool,
    lists: Vec<List>,
    verbatim: usize,
    tag: String,
    attributes: Attributes,
    attribute: String,
    attribute_count: usize,
    links: Vec<(Zone, String)>,
}

impl<'l> Reader<'l> {
    fn new(limits: &'l Limits, hiding: bool) -> Self {
        Self {
            limits,
            grid: Grid::new(limits),
            zones: Zones::default(),
            hidden: Hidden::default(),
            hiding,
            lists: Vec::new(),
            verbatim: 0,
            tag: String::new(),
            attributes: Attributes::default(),
            attribute: String::new(),
            attribute_count: 0,
            links: Vec::new(),
        }
    }

    /// Takes one event in; gives what ends the reading.
    fn hear(&mut self, event: &CallbackEvent<'_>) -> Option<Problem> {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                self.tag = String::from_utf8_lossy(name).into_owned();
                self.attributes = Attributes::default();
                self.attribute_count = 0;
            }
            CallbackEvent::AttributeName { name } => {
                self.attribute_count += 1;
                if self.attribute_count > self.limits.attributes {
                    return Some(Problem::Hostile);
                }
                self.attribute = String::from_utf8_lossy(name).into_owned();
                self.attributes.set(&self.attribute, "");
            }
            CallbackEvent::AttributeValue { value } => {
                self.attributes.set(&self.attribute, &String::from_utf8_lossy(value));
            }
            CallbackEvent::CloseStartTag { .. } => {
                let (tag, attributes) = (std::mem::take(&mut self.tag), std::mem::take(&mut self.attributes));
                self.open(&tag, attributes);
            }
            CallbackEvent::EndTag { name } => self.close(&String::from_utf8_lossy(name)),
            CallbackEvent::String { value } if !self.hidden.open() => {
                self.grid.text(&String::from_utf8_lossy(value), self.verbatim > 0, self.zones.current());
            }
            _ => {}
        }
        self.grid.problem()
    }

    fn open(&mut self, tag: &str, attributes: Attributes) {
        let void = matches!(tag, "br" | "hr" | "img" | "input" | "meta" | "link" | "col" | "wbr" | "area" | "base");
        if !void && self.hidden.start(tag, &attributes, block(tag), self.hiding) {
            return;
        }
        if self.hidden.open() {
            return;
        }
        self.zones.start(tag, &attributes);
        let zone = self.zones.current();
        if block(tag) {
            self.grid.end_paragraph(zone);
        }
        match tag {
            "table" => self.grid.open_table(zone),
            "tr" => self.grid.open_row(),
            "td" | "th" => self.grid.open_cell(attributes.colspan, attributes.rowspan),
            "ul" | "menu" | "dir" => self.open_list(List::Bullets),
            "ol" => self.open_list(List::Numbers(attributes.start.unwrap_or(1))),
            "li" => self.grid.mark(match self.lists.last_mut() {
                Some(List::Numbers(next)) => {
                    let number = attributes.value.unwrap_or(*next);
                    *next = number.saturating_add(1);
                    format!("{number}.")
                }
                _ => "•".to_owned(),
            }),
            "pre" | "listing" | "xmp" | "textarea" | "plaintext" => self.verbatim += 1,
            "a" if !attributes.href.is_empty() && self.links.len() < LINKS => {
                self.links.push((self.zones.current(), attributes.href))
            }
            _ => {}
        }
    }

    fn open_list(&mut self, list: List) {
        // Deeper lists than anybody writes go on counting in the last one.
        if self.lists.len() < 64 {
            self.lists.push(list);
        }
    }

    fn close(&mut self, tag: &str) {
        if self.hidden.end(tag) || self.hidden.open() {
            return;
        }
        let zone = self.zones.current();
        if block(tag) || tag == "br" {
            self.grid.end_paragraph(zone);
        }
        match tag {
            "table" => self.grid.close_table(),
            "tr" => self.grid.close_row(),
            "td" | "th" => self.grid.close_cell(),
            "ul" | "menu" | "dir" | "ol" => {
                self.lists.pop();
            }
            "pre" | "listing" | "xmp" | "textarea" => self.verbatim = self.verbatim.saturating_sub(1),
            _ => {}
        }
        self.zones.end(tag);
    }

    fn finish(mut self) -> Result<Page, Problem> {
        let (blocks, oddities) = self.grid.finish(self.zones.current());
        match self.grid.problem() {
            Some(problem) => Err(problem),
            None => Ok(Page { blocks, links: self.links, oddities }),
        }
    }
}

/// Elements before and behind which a line ends.
fn block(tag: &str) -> bool {
    matches!(
        tag,
        "br" | "p"
            | "div"
            | "li"
            | "ul"
            | "ol"
            | "menu"
            | "dir"
            | "dl"
            | "dt"
            | "dd"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "blockquote"
            | "pre"
            | "listing"
            | "xmp"
            | "textarea"
            | "hr"
            | "center"
            | "address"
            | "article"
            | "aside"
            | "section"
            | "header"
            | "footer"
            | "main"
            | "nav"
            | "figure"
            | "figcaption"
            | "form"
            | "fieldset"
            | "legend"
            | "caption"
            | "table"
            | "thead"
            | "tbody"
            | "tfoot"
            | "tr"
            | "td"
            | "th"
            | "body"
            | "html"
            | "option"
    )
}

#[cfg(test)]
mod tests;
