//! ODT, ODP and ODS (OpenDocument 1.3, part 3): one reader, since text, tables and lists are the same in all three.

mod lists;
mod styles;
mod tables;
mod text;

#[cfg(test)]
mod tests;

use memchr::memmem;

use self::text::Text;
use super::{
    Document, Limits, Problem,
    blocks::blank,
    origin,
    package::Package,
    xml::{self, Element, Ns},
};

/// Reads an OpenDocument file.
///
/// # Errors
/// See [`super::read`].
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Document, Problem> {
    let mut package = Package::open(bytes, limits)?;
    let manifest = package.part("META-INF/manifest.xml")?.unwrap_or_default();
    if memmem::find(&manifest, b"encryption-data").is_some() {
        return Err(Problem::Encrypted);
    }
    let origin = origin::of(&mut package, limits)?;
    let mut text = Text::new(limits, origin.is_some());
    if let Some(styles) = package.part("styles.xml")? {
        match xml::walk(&styles, limits, &mut text) {
            Err(Problem::Hostile) => return Err(Problem::Hostile),
            Ok(_) | Err(_) => text.next_part(),
        }
    }
    let content = package.part("content.xml")?.ok_or(Problem::Damaged)?;
    let whole = xml::walk(&content, limits, &mut text)?;
    if !text.ended {
        return Err(Problem::Damaged);
    }
    let mut document = text.document();
    document.origin = origin;
    if blank(&document.blocks) {
        return Err(if text.pictures { Problem::Scan } else { Problem::Empty });
    }
    document.oddities = package.oddities(&[]);
    // Office suites put these two lists into files without a single macro.
    let macros = |name: &str| name.starts_with("basic/") && !name.ends_with("-lc.xml") && !name.ends_with("-lb.xml");
    if package.names().any(|name| macros(name) || name.starts_with("scripts/")) {
        document.oddities.push("macros".to_owned());
    }
    if !whole {
        document.oddities.push("the file is damaged behind the end of its text".to_owned());
    }
    Ok(document)
}

/// An attribute as a count that repeats or covers something, at least one.
fn count(element: &Element<'_>, name: &str) -> u32 {
    element.attr_in(Ns::OdfTable, name).and_then(|n| n.trim().parse().ok()).unwrap_or(1).max(1)
}
