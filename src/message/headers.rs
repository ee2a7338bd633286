//! Header fields as text. mail-parser gives U+FFFD for raw 8-bit fields and for encoded words that are split inside a
//! character (RFC 2047 §5 forbids both, senders do both): those are decoded once more from the raw bytes.

use mail_parser::{
    MessagePart, MimeHeaders as _, PartType,
    decoders::{base64::base64_decode, quoted_printable::quoted_printable_decode},
};

use crate::document::text::decode;

/// The text on one line, without control, bidirectional and invisible characters.
pub(super) fn one_line(text: &str) -> String {
    let unseen = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}');
    let seen: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| !unseen(*c)).collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The header section, with the blank line behind it.
pub fn header_section(raw: &[u8]) -> &[u8] {
    let crlf = raw.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4);
    let lf = raw.windows(2).position(|window| window == b"\n\n").map(|at| at + 2);
    let end = crlf.into_iter().chain(lf).min().unwrap_or(raw.len());
    raw.get(..end).unwrap_or(raw)
}

/// An unstructured field, decoded, on one line.
pub(super) fn text(parsed: &mail_parser::Message<'_>, raw: &[u8], name: &'static str) -> Option<String> {
    let text = parsed.header(name)?.as_text()?;
    if text.contains('\u{fffd}') {
        return redecoded(parsed, raw, name);
    }
    Some(one_line(text))
}

/// A field of the message, decoded from its raw bytes.
pub(super) fn redecoded(parsed: &mail_parser::Message<'_>, raw: &[u8], name: &str) -> Option<String> {
    let header = parsed.headers().iter().rev().find(|header| header.name().eq_ignore_ascii_case(name))?;
    let bytes = raw.get(header.offset_start() as usize..header.offset_end() as usize)?;
    Some(one_line(&unstructured(bytes)))
}

/// Unstructured text with encoded words (RFC 2047); adjacent words of one character set are joined before decoding.
fn unstructured(bytes: &[u8]) -> String {
    let mut out = String::new();
    let mut pending: Option<(String, Vec<u8>)> = None;
    let mut rest = bytes;
    while !rest.is_empty() {
        if let Some((charset, decoded, left)) = encoded_word(rest) {
            match &mut pending {
                Some((open, bytes)) if open.eq_ignore_ascii_case(&charset) => bytes.extend(decoded),
                _ => {
                    flush(&mut out, &mut pending);
                    pending = Some((charset, decoded));
                }
            }
            rest = left;
            // White space between encoded words is not shown (RFC 2047 §6.2).
            let after = left.trim_ascii_start();
            if encoded_word(after).is_some() {
                rest = after;
            }
            continue;
        }
        flush(&mut out, &mut pending);
        let next = rest.windows(2).skip(1).position(|window| window == b"=?").map_or(rest.len(), |at| at + 1);
        let (plain, left) = rest.split_at(next);
        out.push_str(&decode(plain, None));
        rest = left;
    }
    flush(&mut out, &mut pending);
    out
}

fn flush(out: &mut String, pending: &mut Option<(String, Vec<u8>)>) {
    if let Some((charset, bytes)) = pending.take() {
        out.push_str(&decode(&bytes, Some(&charset)));
    }
}

/// `=?charset?B|Q?text?=` at the beginning: its character set, its bytes, and what follows.
fn encoded_word(bytes: &[u8]) -> Option<(String, Vec<u8>, &[u8])> {
    let rest = bytes.strip_prefix(b"=?")?;
    let (charset, rest) = split_once(rest)?;
    let (encoding, rest) = split_once(rest)?;
    let end = rest.windows(2).position(|window| window == b"?=")?;
    let (text, rest) = (rest.get(..end)?, rest.get(end + 2..)?);
    let decoded = match encoding {
        b"B" | b"b" => base64_decode(text)?,
        b"Q" | b"q" => {
            let spaced: Vec<u8> = text.iter().map(|byte| if *byte == b'_' { b' ' } else { *byte }).collect();
            quoted_printable_decode(&spaced)?
        }
        _ => return None,
    };
    Some((String::from_utf8_lossy(charset).into_owned(), decoded, rest))
}

fn split_once(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = bytes.iter().position(|byte| *byte == b'?')?;
    Some((bytes.get(..at)?, bytes.get(at + 1..)?))
}

/// The sender's name for a part, decoded.
pub(super) fn file_name(part: &MessagePart<'_>, raw: &[u8]) -> Option<String> {
    let name = part.attachment_name().map(str::to_owned);
    let name = match name {
        Some(name) if name.contains('\u{fffd}') || name.contains("=?") => raw_parameter(part, raw).or(Some(name)),
        other => other,
    };
    name.map(|name| one_line(&name)).filter(|name| !name.is_empty())
}

/// `filename=` or `name=` from the raw bytes of the part's header.
fn raw_parameter(part: &MessagePart<'_>, raw: &[u8]) -> Option<String> {
    let header = raw.get(part.offset_header as usize..part.offset_body as usize)?;
    [b"filename=".as_slice(), b"name="].into_iter().find_map(|key| {
        let at = header.windows(key.len()).position(|window| window.eq_ignore_ascii_case(key))?;
        let value = header.get(at + key.len()..)?;
        let value = match value.strip_prefix(b"\"") {
            Some(quoted) => quoted.get(..quoted.iter().position(|byte| *byte == b'"')?)?,
            None => value.split(|byte| matches!(byte, b';' | b'\r' | b'\n')).next()?,
        };
        Some(unstructured(value))
    })
}

/// The text of a text part; where the declared character set left U+FFFD, the transfer-decoded bytes are guessed anew.
pub(super) fn part_text(part: &MessagePart<'_>, raw: &[u8]) -> String {
    let text = match &part.body {
        PartType::Text(text) | PartType::Html(text) => text.as_ref(),
        _ => return String::new(),
    };
    let encoded = part.content_transfer_encoding().is_some_and(|encoding| {
        encoding.eq_ignore_ascii_case("base64") || encoding.eq_ignore_ascii_case("quoted-printable")
    });
    if !text.contains('\u{fffd}') {
        return text.to_owned();
    }
    let bytes = raw.get(part.offset_body as usize..part.offset_end as usize).unwrap_or_default();
    if !encoded {
        return decode(bytes, None);
    }
    let decoded = base64_decode(bytes)
        .filter(|_| part.content_transfer_encoding().is_some_and(|encoding| encoding.eq_ignore_ascii_case("base64")));
    decoded.or_else(|| quoted_printable_decode(bytes)).map_or_else(|| text.to_owned(), |bytes| decode(&bytes, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_split_between_encoded_words_is_whole_again() {
        // «Анкета», the base64 cut inside the second letter.
        let raw = "Анкета".as_bytes();
        let word =
            |bytes: &[u8]| format!("=?utf-8?Q?{}?=", bytes.iter().map(|b| format!("={b:02X}")).collect::<String>());
        let subject = format!("{} \r\n {}", word(&raw[..3]), word(&raw[3..]));
        assert_eq!(one_line(&unstructured(subject.as_bytes())), "Анкета");
    }

    #[test]
    fn nothing_that_could_end_a_header_survives() {
        assert_eq!(one_line("a\r\nBcc: x\u{202e}y\u{0}"), "a Bcc: xy");
    }

    #[test]
    fn raw_eight_bit_text_is_read() {
        let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode("Представление опыта школы");
        assert_eq!(unstructured(&bytes), "Представление опыта школы");
    }
}
