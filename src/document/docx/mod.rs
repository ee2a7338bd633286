//! DOCX: the parts of a WordprocessingML package, from Word 2007 on and from every other suite that writes it.

mod body;
mod field;
pub(super) mod numbering;
mod styles;
mod tagged;

#[cfg(test)]
mod cases;
#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use memchr::memmem;

use self::{body::Body, numbering::Lists, styles::Styles};
use super::{
    Document, Limits, Problem,
    blocks::blank,
    ole, origin,
    package::{Package, Relationship},
    xml::{self, Visitor},
};

/// What other parts say about the text.
#[derive(Debug, Default)]
pub(super) struct Definitions {
    styles: Styles,
    lists: Lists,
}

/// Reads a DOCX.
///
/// # Errors
/// See [`super::read`].
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Document, Problem> {
    if ole::is(bytes) {
        return Err(ole::problem(bytes));
    }
    let mut package = Package::open(bytes, limits)?;
    let main = package.main("word/document.xml")?;
    let relationships = package.relationships(&main)?;
    let text = package.part(&main)?.ok_or(Problem::Damaged)?;
    let definitions = define(&mut package, &relationships, &text, limits)?;
    let origin = origin::of(&mut package, limits)?;
    let mut body = Body::new(&definitions, limits).with_prompts(origin.is_some());
    let whole = xml::walk(&text, limits, &mut body)?;
    if body.root != "document" || !body.ended {
        return Err(Problem::Damaged);
    }
    let mut document = Document { blocks: body.take(), controls: body.take_controls(), origin, ..Document::default() };
    if blank(&document.blocks) {
        return Err(match (body.imports, body.pictures) {
            (true, _) => Problem::NeedsConverter,
            (false, true) => Problem::Scan,
            (false, false) => Problem::Empty,
        });
    }

    let all = with_settings(&mut package, &relationships)?;
    document.oddities = package.oddities(&all);
    if !whole {
        document.oddities.push("the file is damaged behind the end of its text".to_owned());
    }
    if body.imports {
        document.oddities.push("text in other files within the file".to_owned());
    }
    aside(&mut package, &relationships, &definitions, limits, &mut document)?;
    Ok(document)
}

/// Styles and lists, as far as they say anything of this text: most say nothing but how it looks. A damaged part costs
/// numbers and styles, not the text.
fn define(
    package: &mut Package<'_>,
    relationships: &[Relationship],
    text: &[u8],
    limits: &Limits,
) -> Result<Definitions, Problem> {
    let mut definitions = Definitions::default();
    let mut listed = mentions(text, &["numPr"]);
    let mut of_kind = |kind: &str| {
        let found = relationships.iter().find(|relationship| relationship.kind == kind);
        found.map_or(Ok(None), |relationship| inside(package, relationship))
    };
    if mentions(text, &["pStyle", "rStyle"])
        && let Some(styles) = of_kind("styles")?
    {
        listed |= mentions(&styles, &["numPr"]);
        if mentions(&styles, &["numPr", "vanish", "laceholder", "LACEHOLDER", "<!DOCTYPE"]) {
            forgiving(&styles, limits, &mut definitions.styles)?;
        }
    }
    if listed && let Some(lists) = of_kind("numbering")? {
        forgiving(&lists, limits, &mut definitions.lists)?;
    }
    Ok(definitions)
}

/// Whether a part holds one of these words; one in UTF-16 may hold anything.
fn mentions(part: &[u8], words: &[&str]) -> bool {
    part.iter().take(4).any(|byte| *byte == 0 || *byte >= 0xFE)
        || words.iter().any(|word| memmem::find(part, word.as_bytes()).is_some())
}

fn forgiving(part: &[u8], limits: &Limits, definitions: &mut impl Visitor) -> Result<(), Problem> {
    match xml::walk(part, limits, definitions) {
        Err(Problem::Hostile) => Err(Problem::Hostile),
        _ => Ok(()),
    }
}

/// Headers, footers and notes. A damaged one is noted: what a form holds is in the body.
fn aside(
    package: &mut Package<'_>,
    relationships: &[Relationship],
    definitions: &Definitions,
    limits: &Limits,
    document: &mut Document,
) -> Result<(), Problem> {
    let mut seen = HashSet::new();
    for relationship in relationships {
        let notes = match relationship.kind.as_str() {
            "header" | "footer" => false,
            "footnotes" | "endnotes" => true,
            _ => continue,
        };
        if !seen.insert(&relationship.target) {
            continue;
        }
        let mut flow = Body::new(definitions, limits);
        let heard = match inside(package, relationship) {
            Ok(None) => continue,
            Ok(Some(part)) => xml::walk(&part, limits, &mut flow).map(|_| ()),
            Err(problem) => Err(problem),
        };
        match heard {
            Err(Problem::Hostile) => return Err(Problem::Hostile),
            Err(_) => document.oddities.push(format!("a damaged part: {}", relationship.kind)),
            Ok(()) => {}
        }
        let blocks = flow.take();
        if !blank(&blocks) {
            if notes { &mut document.notes } else { &mut document.margins }.extend(blocks);
        }
    }
    Ok(())
}

fn inside(package: &mut Package<'_>, relationship: &Relationship) -> Result<Option<Vec<u8>>, Problem> {
    if relationship.external { Ok(None) } else { package.part(&relationship.target) }
}

/// The relationships of the document and of its settings, where an attached template is named.
fn with_settings(package: &mut Package<'_>, relationships: &[Relationship]) -> Result<Vec<Relationship>, Problem> {
    let mut all = relationships.to_vec();
    if let Some(settings) = relationships.iter().find(|r| r.kind == "settings" && !r.external) {
        all.extend(package.relationships(&settings.target)?);
    }
    Ok(all)
}
