//! Fields with parameters: Content-Type and Content-Disposition (RFC 2045 §5.1, RFC 2183, RFC 2231), as mail programs
//! really write them: names in raw 8-bit text, in encoded words, unquoted, or with quotes inside quotes.

use super::words::{self, hex_pair};
use crate::document::charset;

/// A field's value and parameters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Params {
    /// What stands before the first semicolon, in lower case.
    pub(super) value: String,
    params: Vec<Param>,
}

/// A parameter, or a section of one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Param {
    /// In lower case, without section number and star.
    name: String,
    section: usize,
    /// Whether it is percent-encoded (RFC 2231 §4).
    extended: bool,
    /// Whether it is a section or is percent-encoded, and so goes before a plain one.
    starred: bool,
    text: String,
}

impl Params {
    /// Reads a field.
    pub(super) fn parse(field: &[u8]) -> Self {
        let text = charset::decode(field, None);
        let (value, mut rest) = text.split_once(';').unwrap_or((&text, ""));
        let value: String = without_comment(value).chars().filter(|c| !c.is_whitespace()).collect();
        let mut params = Vec::new();
        while let Some((param, after)) = next(rest) {
            params.extend(param);
            rest = after;
        }
        Self { value: value.to_ascii_lowercase(), params }
    }

    /// A parameter's text, decoded.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let of_name = || self.params.iter().filter(|param| param.name == name);
        let mut sections: Vec<&Param> = of_name().filter(|param| param.starred).collect();
        if sections.is_empty() {
            return of_name().next().map(|param| plain(&param.text));
        }
        sections.sort_by_key(|param| param.section);
        sections.dedup_by_key(|param| param.section);
        Some(joined(&sections)).filter(|text| !text.is_empty()).or_else(|| {
            let param = of_name().find(|param| !param.starred)?;
            Some(plain(&param.text))
        })
    }
}

/// A parameter that is not in sections.
fn plain(text: &str) -> String {
    let decoded = words::text(text.as_bytes());
    // Some web mails put percent-encoding where it does not belong.
    if decoded.is_ascii() && decoded.contains('%') {
        let bytes = unpercent(&decoded);
        if bytes.iter().any(|b| !b.is_ascii())
            && let Ok(text) = std::str::from_utf8(&bytes)
        {
            return words::clean(text);
        }
    }
    decoded
}

/// Sections put together before they are decoded, because mail programs cut them inside a character.
fn joined(sections: &[&Param]) -> String {
    let mut declared = None;
    let mut bytes = Vec::new();
    for (index, section) in sections.iter().enumerate() {
        if !section.extended {
            bytes.extend(section.text.as_bytes());
            continue;
        }
        let mut text = section.text.as_str();
        if index == 0
            && let Some((label, rest)) = text.split_once('\'')
            && let Some((_, rest)) = rest.split_once('\'')
        {
            declared = Some(label).filter(|label| !label.is_empty());
            text = rest;
        }
        bytes.extend(unpercent(text));
    }
    if sections.iter().any(|section| section.extended) {
        words::clean(&charset::decode(&bytes, declared))
    } else {
        words::text(&bytes)
    }
}

fn unpercent(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match (first, hex_pair(after)) {
            (b'%', Some(byte)) => {
                out.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => out.push(*first),
        }
    }
    out
}

/// The next parameter, if it is one, and what follows it; nothing at the end.
fn next(text: &str) -> Option<(Option<Param>, &str)> {
    let text = text.trim_start_matches([';', ' ', '\t']);
    if text.is_empty() {
        return None;
    }
    let end = text.find([';', '=']).unwrap_or(text.len());
    let (name, rest) = text.split_at_checked(end)?;
    let Some(rest) = rest.strip_prefix('=') else { return Some((None, rest)) };
    let (value, rest) = value(rest.trim_start());
    Some((param(&without_comment(name).trim().to_ascii_lowercase(), value), rest))
}

fn param(name: &str, text: String) -> Option<Param> {
    let (bare, star) = name.split_once('*').unwrap_or((name, ""));
    let starred = name.contains('*');
    let extended = starred && (star.is_empty() || star.ends_with('*'));
    let section = star.trim_end_matches('*').parse().unwrap_or(0);
    (!bare.is_empty()).then(|| Param { name: bare.to_owned(), section, extended, starred, text })
}

/// A parameter's value as it was written, without its quotes, and what follows it.
fn value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(';').unwrap_or(text.len());
        let (value, rest) = text.split_at_checked(end).unwrap_or((text, ""));
        return (without_comment(value).trim().to_owned(), rest);
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        let rest = quoted.get(at + c.len_utf8()..).unwrap_or_default();
        match c {
            // Only these two are escaped: a backslash in the path of a Windows program is none.
            '\\' if rest.starts_with(['"', '\\']) => value.extend(chars.next().map(|(_, c)| c)),
            // A quote inside the value is no end; the end is followed by the next parameter or by nothing.
            '"' if rest.trim_start().is_empty() || rest.trim_start().starts_with([';', '(']) => return (value, rest),
            c => value.push(c),
        }
    }
    (value, "")
}

/// A comment (RFC 5322 §3.2.2) cut off; only where the text does not begin with one, as file names may.
fn without_comment(text: &str) -> &str {
    match text.split_once(" (") {
        Some((before, comment)) if !before.trim().is_empty() && comment.trim_end().ends_with(')') => before,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::{KOI8_R, WINDOWS_1251};

    use super::*;

    fn name(field: &str) -> Option<String> {
        Params::parse(field.as_bytes()).get("filename")
    }

    #[test]
    fn names_come_in_every_way() {
        for field in [
            "attachment; filename=\"Форма школы.docx\"",
            "attachment; filename=Форма школы.docx",
            "attachment; filename=\"=?utf-8?B?0KTQvtGA0LzQsCDRiNC60L7Qu9GLLmRvY3g=?=\"",
            "attachment; filename==?utf-8?B?0KTQvtGA0LzQsCDRiNC60L7Qu9GLLmRvY3g=?=",
            "attachment; filename=\"=?utf-8?B?0KTQvtGA0LzQsCDRiNC60L7Q?= =?utf-8?B?u9GLLmRvY3g=?=\"",
            "attachment; filename*=UTF-8''%D0%A4%D0%BE%D1%80%D0%BC%D0%B0%20%D1%88%D0%BA%D0%BE%D0%BB%D1%8B.docx",
            "attachment; filename*0*=UTF-8''%D0%A4%D0%BE%D1%80%D0%BC%D0%B0%20%D1; filename*1*=%88%D0%BA%D0%BE%D0%BB%D1%8B; \
             filename*2=.docx",
            "attachment; filename*1*=%88%D0%BA%D0%BE%D0%BB%D1%8B.docx; filename*0*=''%D0%A4%D0%BE%D1%80%D0%BC%D0%B0%20%D1",
            "attachment; filename*=windows-1251''%D4%EE%F0%EC%E0%20%F8%EA%EE%EB%FB.docx; filename=\"????.docx\"",
            "attachment; filename*=''%D4%EE%F0%EC%E0%20%F8%EA%EE%EB%FB.docx",
            "attachment; filename=\"%D0%A4%D0%BE%D1%80%D0%BC%D0%B0%20%D1%88%D0%BA%D0%BE%D0%BB%D1%8B.docx\"",
            "attachment; filename*0=\"=?utf-8?B?0KTQvtGA0LzQsCDRiNC60L7Q\"; filename*1=\"u9GLLmRvY3g=?=\"",
        ] {
            assert_eq!(name(field).as_deref(), Some("Форма школы.docx"), "{field}");
        }
        for encoding in [WINDOWS_1251, KOI8_R] {
            let field = encoding.encode("attachment; filename=\"Форма школы.docx\"").0.into_owned();
            assert_eq!(Params::parse(&field).get("filename").as_deref(), Some("Форма школы.docx"));
        }
    }

    #[test]
    fn quotes_and_backslashes_in_names_are_kept() {
        assert_eq!(name("a; filename=\"МБОУ \"СОШ №3\".docx\"; size=1").as_deref(), Some("МБОУ \"СОШ №3\".docx"));
        assert_eq!(name("a; filename=\"МБОУ \\\"СОШ\\\".docx\"").as_deref(), Some("МБОУ \"СОШ\".docx"));
        assert_eq!(name("a; filename=\"C:\\Форма.docx\"").as_deref(), Some("C:\\Форма.docx"));
        assert_eq!(name("a; filename=\"Форма (1); копия.docx\"").as_deref(), Some("Форма (1); копия.docx"));
        assert_eq!(name("a; filename=\"Форма.docx").as_deref(), Some("Форма.docx"));
        assert_eq!(name("a; filename=\"a=?utf-8?Q?=0D=0A?=b\"").as_deref(), Some("a b"));
    }

    #[test]
    fn the_value_is_bare() {
        let params = Params::parse(b"Text / HTML (comment) ; charset = \"utf-8\" ; ; boundary=a=b");
        assert_eq!(params.value, "text/html");
        assert_eq!(params.get("charset").as_deref(), Some("utf-8"));
        assert_eq!(params.get("boundary").as_deref(), Some("a=b"));
        assert_eq!(params.get("name"), None);
    }
}
