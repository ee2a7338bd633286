//! Encoded words (RFC 2047) and raw 8-bit text in header fields. Adjacent words are joined before their charset is
//! decoded, because mail programs cut them inside a character.

use mail_parser::decoders::base64::base64_decode;

use crate::document::charset;

/// The longest encoded word that is looked for: far past the 75 letters of RFC 2047 §2, which many programs pass.
const LONGEST: usize = 8 << 10;

/// The text of a field on one line, for people: nothing in it that could act as a line break, a control or a change of
/// the direction of writing.
pub(super) fn text(value: &[u8]) -> String {
    clean(&replace(value, |text| text.to_owned()))
}

/// The field in UTF-8 with its encoded words still encoded, but each run of them as one whole word: fit for a parser
/// of structured fields, which must see the structure before the words are decoded.
pub(super) fn whole(value: &[u8]) -> String {
    replace(value, |text| {
        let bytes: String = clean(text).bytes().map(|byte| format!("={byte:02X}")).collect();
        format!("=?utf-8?Q?{bytes}?=")
    })
}

/// White space collapsed, controls and marks of direction dropped.
pub(super) fn clean(text: &str) -> String {
    let invisible = |c: char| matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{61C}' | '\u{FEFF}' | '\u{AD}');
    let mut clean = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_whitespace() || c.is_control() {
            if !clean.is_empty() && !clean.ends_with(' ') {
                clean.push(' ');
            }
        } else if !invisible(c) {
            clean.push(c);
        }
    }
    clean.truncate(clean.trim_end().len());
    clean
}

/// An encoded word.
struct Word<'a> {
    charset: String,
    bytes: Vec<u8>,
    rest: &'a [u8],
}

/// Replaces each run of encoded words, and decodes the rest.
fn replace(value: &[u8], put: impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    let mut plain: Vec<u8> = Vec::new();
    let mut rest = value;
    while let Some((first, after)) = rest.split_first() {
        let Some(mut word) = word(rest) else {
            plain.push(*first);
            rest = after;
            continue;
        };
        out.push_str(&charset::decode(&plain, None));
        plain.clear();
        // What follows in the same charset goes on with the same characters.
        let mut text = String::new();
        while let Some(next) = self::word(word.rest.trim_ascii_start()) {
            if next.charset == word.charset {
                word.bytes.extend(next.bytes);
                word.rest = next.rest;
            } else {
                text.push_str(&charset::decode(&word.bytes, Some(&word.charset)));
                word = next;
            }
        }
        text.push_str(&charset::decode(&word.bytes, Some(&word.charset)));
        out.push_str(&put(&text));
        rest = word.rest;
    }
    out.push_str(&charset::decode(&plain, None));
    out
}

/// The encoded word at the beginning of these bytes.
fn word(bytes: &[u8]) -> Option<Word<'_>> {
    let rest = bytes.strip_prefix(b"=?")?;
    let end = rest.iter().take(60).position(|b| *b == b'?')?;
    let (charset, rest) = rest.split_at_checked(end)?;
    // RFC 2231 §5: a language may follow the charset.
    let charset = charset.split(|b| *b == b'*').next().unwrap_or_default();
    if charset.is_empty() || !charset.iter().all(u8::is_ascii_graphic) {
        return None;
    }
    let encoding = rest.get(1)?.to_ascii_lowercase();
    let rest = rest.get(2..)?.strip_prefix(b"?")?;
    let end = memchr::memmem::find(rest.get(..rest.len().min(LONGEST))?, b"?=")?;
    let (data, rest) = rest.split_at_checked(end)?;
    let bytes = match encoding {
        b'b' => {
            let letters: Vec<u8> =
                data.iter().copied().filter(|b| b.is_ascii_alphanumeric() || b"+/=".contains(b)).collect();
            base64_decode(&letters)?
        }
        b'q' => unquote(data),
        _ => return None,
    };
    Some(Word { charset: String::from_utf8_lossy(charset).to_ascii_lowercase(), bytes, rest: rest.get(2..)? })
}

/// The "Q" encoding (RFC 2047 §4.2); what is malformed stays as it is.
fn unquote(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len());
    let mut rest = data;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'_' => out.push(b' '),
            b'=' => match hex_pair(after) {
                Some(byte) => {
                    out.push(byte);
                    rest = after.get(2..).unwrap_or_default();
                }
                None => out.push(b'='),
            },
            other => out.push(*other),
        }
    }
    out
}

/// The byte that the first two hexadecimal digits stand for.
pub(super) fn hex_pair(bytes: &[u8]) -> Option<u8> {
    let [high, low, ..] = bytes else { return None };
    let digit = |b: u8| char::from(b).to_digit(16);
    u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()
}

#[cfg(test)]
mod tests {
    use encoding_rs::{KOI8_R, WINDOWS_1251};

    use super::*;

    #[test]
    fn words_cut_inside_a_character_are_joined_first() {
        let subject = "=?UTF-8?B?0J/RgNC40LLQtdGC0?= =?UTF-8?B?YHQsNC0?=";
        assert!(text(subject.as_bytes()).starts_with("Привет"));
        assert_eq!(text(b"=?utf-8?Q?=D0=9F=D1?=\r\n =?utf-8?Q?=80=D0=BE?="), "Про");
        assert_eq!(text(b"Re: =?koi8-r?B?8NLJ18XU?= =?windows-1251?Q?_=EC=E8=F0?= (1)"), "Re: Привет мир (1)");
    }

    #[test]
    fn raw_eight_bit_text_is_read_as_russian() {
        for encoding in [WINDOWS_1251, KOI8_R, encoding_rs::UTF_8] {
            assert_eq!(text(&encoding.encode("Форма школы Рощино").0), "Форма школы Рощино");
        }
    }

    #[test]
    fn no_line_break_or_mark_of_direction_survives() {
        assert_eq!(text(b"=?utf-8?Q?a=0D=0ABcc:_x@y?= b\r\n\tc"), "a Bcc: x@y b c");
        assert_eq!(text("a\u{202E}fdp.exe\u{0} b".as_bytes()), "afdp.exe b");
    }

    #[test]
    fn what_is_no_encoded_word_stays() {
        assert_eq!(text(b"=?utf-8?X?abc?= =?utf-8?Q?abc =? ?="), "=?utf-8?X?abc?= abc =?");
    }

    #[test]
    fn structure_hidden_in_words_stays_hidden() {
        let whole = whole(b"=?utf-8?Q?a@b.ru=2C_=22x?= <c@d.ru>");
        assert!(whole.ends_with("?= <c@d.ru>") && !whole.contains("a@b.ru"), "{whole}");
    }
}
