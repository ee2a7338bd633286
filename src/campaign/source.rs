//! The text of a campaign file, and where in it everything stands.

use std::ops::Range;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// The file as it is written.
pub(super) struct Source<'t> {
    text: &'t str,
    pub(super) root: Spanned<DeTable<'t>>,
}

/// Where something stands in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The line, counted from 1.
    pub line: usize,
    /// Bytes of the text.
    pub span: Range<usize>,
}

impl<'t> Source<'t> {
    /// # Errors
    /// The text is no TOML.
    pub(super) fn parse(text: &'t str) -> Result<Self, toml::de::Error> {
        Ok(Self { text, root: DeTable::parse(text)? })
    }

    /// The place of a key such as `school[3].date`: that of its value, where it has one of its own; where the key is
    /// missing, that of the innermost table in which it ought to stand.
    pub(super) fn place(&self, key: &str) -> Place {
        let mut span = 0..self.text.find('\n').unwrap_or(self.text.len());
        let mut table = Some(self.root.get_ref());
        for step in key.split('.') {
            let (name, places) = step.split_once('[').unwrap_or((step, ""));
            let Some((key, mut value)) =
                table.and_then(|table| table.iter().find(|(key, _)| key.get_ref().as_ref() == name))
            else {
                break;
            };
            span = of(key.span(), value);
            for place in places.split(['[', ']']).filter_map(|place| place.parse::<usize>().ok()) {
                let Some(one) = value.get_ref().as_array().and_then(|array| array.get(place)) else { break };
                (span, value) = (one.span(), one);
            }
            table = value.get_ref().as_table();
        }
        let line = self.text.bytes().take(span.start).filter(|byte| *byte == b'\n').count() + 1;
        Place { line, span }
    }
}

/// Where one looks first: at the value that is wrong, or at the name of what holds other keys.
fn of(key: Range<usize>, value: &Spanned<DeValue<'_>>) -> Range<usize> {
    match value.get_ref() {
        DeValue::Table(_) => key,
        DeValue::Array(list) if list.iter().any(|one| one.get_ref().is_table()) => key,
        _ => value.span(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_where_it_stands_or_where_it_ought_to() {
        let text = "a = 1\n[letter]\nnumber = \"x\"\n[[school]]\nid = \"a\"\n[[school]]\nlist = [\n  1,\n  2,\n]\n";
        let source = Source::parse(text).unwrap();
        for (key, line, words) in [
            ("a", 1, "1"),
            ("letter", 2, "letter"),
            ("letter.number", 3, "\"x\""),
            ("letter.subject", 2, "letter"),
            ("school[0].id", 5, "\"a\""),
            ("school[1]", 6, "[[school]]"),
            ("school[1].id", 6, "[[school]]"),
            ("school[1].list[1]", 9, "2"),
            ("nowhere", 1, "a = 1"),
        ] {
            let place = source.place(key);
            assert_eq!((place.line, text.get(place.span).unwrap()), (line, words), "{key}");
        }
    }
}
