//! What a file says of itself in a property that its author has given it: our own forms name what they were made for, and office
//! suites keep that.

use super::{
    Limits, Problem,
    package::Package,
    xml::{self, Element, Visitor},
};

/// Where such properties stand: in Office Open XML (ISO/IEC 29500-1 §22.3) and in OpenDocument (part 3 §4.3.3).
const PARTS: [&str; 2] = ["docProps/custom.xml", "meta.xml"];
/// The name of ours.
pub const PROPERTY: &str = "svodka.campaign";
/// The longest that is one.
const LONGEST: usize = 64;

/// What a package was made for; nothing where it does not say so, or not legibly.
///
/// # Errors
/// [`Problem::Hostile`] past a limit.
pub(super) fn of(package: &mut Package<'_>, limits: &Limits) -> Result<Option<String>, Problem> {
    for name in PARTS {
        let part = match package.part(name) {
            Ok(Some(part)) => part,
            Err(Problem::Hostile) => return Err(Problem::Hostile),
            Ok(None) | Err(_) => continue,
        };
        let mut heard = Heard::default();
        match xml::walk(&part, limits, &mut heard) {
            Err(Problem::Hostile) => return Err(Problem::Hostile),
            Ok(_) if !heard.value.is_empty() => return Ok(Some(heard.value)),
            Ok(_) | Err(_) => {}
        }
    }
    Ok(None)
}

#[derive(Default)]
struct Heard {
    depth: usize,
    /// The depth of the property that is ours, while it is open.
    ours: Option<usize>,
    value: String,
}

impl Visitor for Heard {
    fn start(&mut self, element: &Element<'_>) -> Result<(), Problem> {
        self.depth += 1;
        let is_property = matches!(element.name(), "property" | "user-defined");
        if is_property && self.value.is_empty() && element.attr("name").as_deref() == Some(PROPERTY) {
            self.ours = Some(self.depth);
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), Problem> {
        if self.ours == Some(self.depth) {
            self.ours = None;
        }
        self.depth = self.depth.saturating_sub(1);
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), Problem> {
        if self.ours.is_some() && self.value.len() + text.len() <= LONGEST {
            self.value.push_str(text.trim());
        }
        Ok(())
    }
}
