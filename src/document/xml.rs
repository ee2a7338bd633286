//! XML as office files hold it, walked once from start to end within limits. No DTD, no entities but the five of the
//! standard, no recursion: a [`Visitor`] hears of elements and text and keeps a stack of its own.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use quick_xml::{
    Reader, XmlVersion,
    escape::{EscapeError, unescape},
    events::{BytesStart, Event},
    name::{NamespaceResolver, QName, ResolveResult},
};

use super::{Limits, Problem};

/// The vocabularies that matter here; transitional and strict names (ISO/IEC 29500-4 and -1) are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ns {
    /// WordprocessingML.
    Word,
    /// DrawingML.
    Drawing,
    /// PresentationML.
    Slides,
    /// Office Math.
    Math,
    /// Markup compatibility.
    Compat,
    /// References to relationships, as attributes.
    Reference,
    /// VML.
    Vml,
    /// SmartArt.
    Diagram,
    /// OpenDocument `office`.
    OdfOffice,
    /// OpenDocument `text`.
    OdfText,
    /// OpenDocument `table`.
    OdfTable,
    /// OpenDocument `draw`.
    OdfDraw,
    /// OpenDocument `presentation`.
    OdfPresentation,
    /// OpenDocument `style`.
    OdfStyle,
    /// LibreOffice's extensions of OpenDocument.
    OdfExtension,
    /// Anything else.
    Other,
}

fn namespace(uri: &str) -> Ns {
    const ODF: &str = "urn:oasis:names:tc:opendocument:xmlns:";
    if let Some(name) = uri.strip_prefix(ODF) {
        return match name.split(':').next() {
            Some("office") => Ns::OdfOffice,
            Some("text") => Ns::OdfText,
            Some("table") => Ns::OdfTable,
            Some("drawing") => Ns::OdfDraw,
            Some("presentation") => Ns::OdfPresentation,
            Some("style") => Ns::OdfStyle,
            _ => Ns::Other,
        };
    }
    match uri {
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
        | "http://purl.oclc.org/ooxml/wordprocessingml/main" => Ns::Word,
        "http://schemas.openxmlformats.org/drawingml/2006/main" | "http://purl.oclc.org/ooxml/drawingml/main" => {
            Ns::Drawing
        }
        "http://schemas.openxmlformats.org/presentationml/2006/main"
        | "http://purl.oclc.org/ooxml/presentationml/main" => Ns::Slides,
        "http://schemas.openxmlformats.org/officeDocument/2006/math"
        | "http://purl.oclc.org/ooxml/officeDocument/math" => Ns::Math,
        "http://schemas.openxmlformats.org/markup-compatibility/2006" => Ns::Compat,
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        | "http://purl.oclc.org/ooxml/officeDocument/relationships" => Ns::Reference,
        "urn:schemas-microsoft-com:vml" => Ns::Vml,
        "http://schemas.openxmlformats.org/drawingml/2006/diagram" | "http://purl.oclc.org/ooxml/drawingml/diagram" => {
            Ns::Diagram
        }
        "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0" => Ns::OdfExtension,
        _ => Ns::Other,
    }
}

fn resolved(result: &ResolveResult<'_>) -> Ns {
    match result {
        ResolveResult::Bound(uri) => namespace(uri.0),
        _ => Ns::Other,
    }
}

/// So many prefixes are remembered.
const KNOWN: usize = 16;

/// A start tag.
pub(super) struct Element<'a> {
    /// The vocabulary of its name.
    pub(super) ns: Ns,
    tag: &'a BytesStart<'a>,
    names: &'a NamespaceResolver,
}

impl Element<'_> {
    /// The name without its prefix.
    pub(super) fn name(&self) -> &str {
        self.tag.local_name().into_inner()
    }

    /// The value of the first attribute with this local name, whatever its prefix.
    pub(super) fn attr(&self, name: &str) -> Option<Cow<'_, str>> {
        let found = self.tag.attributes().with_checks(false).flatten().find(|a| a.key.local_name().as_ref() == name)?;
        found.normalized_value(XmlVersion::Implicit1_0).ok()
    }

    /// The value of the attribute with this name in this vocabulary.
    pub(super) fn attr_in(&self, ns: Ns, name: &str) -> Option<Cow<'_, str>> {
        let found = self.tag.attributes().with_checks(false).flatten().find(|a| {
            let (space, local) = self.names.resolve_attribute(a.key);
            local.as_ref() == name && resolved(&space) == ns
        })?;
        found.normalized_value(XmlVersion::Implicit1_0).ok()
    }

    /// The `val` attribute of WordprocessingML.
    pub(super) fn val(&self) -> Option<Cow<'_, str>> {
        self.attr("val")
    }

    /// An attribute as a number.
    pub(super) fn number(&self, name: &str) -> Option<u32> {
        self.attr(name)?.trim().parse().ok()
    }

    /// Whether the element switches something on (`ST_OnOff`, ISO/IEC 29500-1 §22.9.2.7): absent is on.
    pub(super) fn on(&self) -> bool {
        !matches!(self.val().as_deref(), Some("0" | "false" | "off"))
    }

    /// Whether every prefix of an `mc:Choice` (ISO/IEC 29500-3 §7.6) names an extension by Microsoft or the standard,
    /// which is where all those that carry text come from.
    pub(super) fn understood(&self) -> bool {
        let Some(required) = self.attr("Requires") else { return false };
        required.split_whitespace().all(|prefix| {
            let name = format!("{prefix}:x");
            match self.names.resolve_element(QName(&name)).0 {
                ResolveResult::Bound(uri) => [
                    "http://schemas.microsoft.com/",
                    "http://schemas.openxmlformats.org/",
                    "http://purl.oclc.org/ooxml/",
                    "urn:schemas-microsoft-com:",
                ]
                .iter()
                .any(|known| uri.0.starts_with(known)),
                _ => false,
            }
        })
    }
}

/// What listens to a walk. Every start is followed by its end, also for empty elements.
pub(super) trait Visitor {
    /// A start tag.
    fn start(&mut self, element: &Element<'_>) -> Result<(), Problem>;
    /// The end of the innermost open element.
    fn end(&mut self) -> Result<(), Problem>;
    /// Text within the innermost open element; one text may come in pieces.
    fn text(&mut self, _text: &str) -> Result<(), Problem> {
        Ok(())
    }
    /// Whether an element says nothing to this visitor, so that neither it nor anything within it need be heard.
    fn skips(&self, _element: &Element<'_>) -> bool {
        false
    }
    /// Whether all that matters has been heard, so that damage from here on loses nothing.
    fn complete(&self) -> bool {
        false
    }
}

/// Walks a part; `false` where its end is damaged behind everything that matters.
///
/// # Errors
/// [`Problem::Hostile`] for a DOCTYPE, an entity of its own or a limit passed; [`Problem::Damaged`] for XML that is
/// cut short or not well-formed.
pub(super) fn walk(part: &[u8], limits: &Limits, visitor: &mut impl Visitor) -> Result<bool, Problem> {
    let text = decode(part)?;
    let mut reader = Reader::from_str(&text);
    let mut names = Names::default();
    let (mut depth, mut events, mut rooted) = (0_usize, 0_usize, false);
    loop {
        events += 1;
        if events > limits.xml_events {
            return Err(Problem::Hostile);
        }
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(_) if visitor.complete() => return Ok(false),
            Err(_) => return Err(Problem::Damaged),
        };
        match event {
            Event::Start(tag) => {
                rooted = true;
                if start(&tag, &mut names, depth + 1, limits, visitor)? {
                    depth += 1;
                } else {
                    names.leave(depth + 1);
                    reader.read_to_end(tag.name()).map_err(|_| Problem::Damaged)?;
                }
            }
            Event::Empty(tag) => {
                rooted = true;
                let heard = start(&tag, &mut names, depth + 1, limits, visitor)?;
                names.leave(depth + 1);
                if heard {
                    visitor.end()?;
                }
            }
            Event::End(_) => {
                names.leave(depth);
                depth = depth.saturating_sub(1);
                visitor.end()?;
            }
            Event::Text(text) if depth > 0 => visitor.text(&text.xml10_content())?,
            Event::CData(text) if depth > 0 => visitor.text(&text.xml10_content())?,
            Event::GeneralRef(reference) => {
                let name = reference.borrow().into_inner();
                let character = match reference.resolve_char_ref() {
                    Ok(Some(character)) => character,
                    _ => predefined(&name).ok_or(Problem::Hostile)?,
                };
                visitor.text(character.encode_utf8(&mut [0; 4]))?;
            }
            Event::DocType(_) => return Err(Problem::Hostile),
            Event::Eof if rooted && depth == 0 => return Ok(true),
            Event::Eof if visitor.complete() => return Ok(false),
            Event::Eof => return Err(Problem::Damaged),
            _ => {}
        }
    }
}

/// The prefixes in force. Few elements declare any, and the same few are asked for over and over.
#[derive(Default)]
struct Names {
    resolver: NamespaceResolver,
    /// The depths of the elements that declare some.
    declared: Vec<usize>,
    /// What has been asked for since the last declaration.
    known: Vec<(String, Ns)>,
}

impl Names {
    fn enter(&mut self, tag: &BytesStart<'_>, depth: usize) -> Result<(), Problem> {
        self.resolver.push(tag).map_err(|_| Problem::Hostile)?;
        self.declared.push(depth);
        self.known.clear();
        Ok(())
    }

    fn leave(&mut self, depth: usize) {
        if self.declared.last() == Some(&depth) {
            self.declared.pop();
            self.resolver.pop();
            self.known.clear();
        }
    }

    fn of(&mut self, name: QName<'_>) -> Ns {
        let prefix = name.prefix().map_or("", |prefix| prefix.into_inner());
        if let Some((_, ns)) = self.known.iter().find(|(known, _)| known == prefix) {
            return *ns;
        }
        let ns = resolved(&self.resolver.resolve_element(name).0);
        if self.known.len() < KNOWN {
            self.known.push((prefix.to_owned(), ns));
        }
        ns
    }
}

/// Lets the visitor hear of an element; `false` where it skips it.
fn start(
    tag: &BytesStart<'_>,
    names: &mut Names,
    depth: usize,
    limits: &Limits,
    visitor: &mut impl Visitor,
) -> Result<bool, Problem> {
    if depth > limits.xml_depth {
        return Err(Problem::Hostile);
    }
    let raw = tag.attributes_raw();
    // An attribute takes five bytes at least (` a=""`), so short tags need no counting.
    if raw.len() > limits.attributes.saturating_mul(5)
        && tag.attributes().with_checks(false).count() > limits.attributes
    {
        return Err(Problem::Hostile);
    }
    if raw.contains('&') {
        for attribute in tag.attributes().with_checks(false).flatten() {
            match unescape(&attribute.value) {
                Err(EscapeError::UnrecognizedEntity(..)) => return Err(Problem::Hostile),
                Err(_) => return Err(Problem::Damaged),
                Ok(_) => {}
            }
        }
    }
    if raw.contains("xmlns") {
        names.enter(tag, depth)?;
    }
    let ns = names.of(tag.name());
    let element = Element { ns, tag, names: &names.resolver };
    if visitor.skips(&element) {
        return Ok(false);
    }
    visitor.start(&element).map(|()| true)
}

fn predefined(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => None,
    }
}

/// The text of a part by its byte order mark, else its first bytes, else its declaration (XML 1.0, appendix F).
fn decode(part: &[u8]) -> Result<Cow<'_, str>, Problem> {
    let (encoding, skip) = match Encoding::for_bom(part) {
        Some(found) => found,
        None => match part {
            [0, b'<', ..] => (UTF_16BE, 0),
            [b'<', 0, ..] => (UTF_16LE, 0),
            _ => (declared(part), 0),
        },
    };
    encoding
        .decode_without_bom_handling_and_without_replacement(part.get(skip..).unwrap_or_default())
        .ok_or(Problem::Damaged)
}

fn declared(part: &[u8]) -> &'static Encoding {
    let head = part.get(..part.len().min(256)).unwrap_or_default();
    let declaration = head.split(|b| *b == b'>').next().unwrap_or_default();
    let declaration = String::from_utf8_lossy(declaration);
    let label = declaration.split_once("encoding").and_then(|(_, rest)| rest.split(['"', '\'']).nth(1));
    match label.and_then(|label| Encoding::for_label(label.as_bytes())) {
        // A declaration that could be read byte by byte is not in UTF-16, whatever it says.
        Some(encoding) if encoding != UTF_16LE && encoding != UTF_16BE => encoding,
        _ => UTF_8,
    }
}
