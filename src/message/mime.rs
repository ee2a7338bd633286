//! The parts of a message (RFC 2045, RFC 2046), found in its raw bytes without trusting any of them: depth and number
//! are bounded, a missing or wrong boundary is guessed, and nothing recurses but bounded multiparts. A message within
//! the message is a leaf here: who opens it counts how deep that goes.
//!
//! mail-parser reads the fields, but not the structure: it overflows the stack on deep nesting, matches a boundary by
//! its beginning, and decodes text before a wrong charset can be put right.

use std::borrow::Cow;

use mail_parser::decoders::base64::base64_decode;
use memchr::memmem;

use super::{
    header::{Header, next_line},
    params::Params,
    words::hex_pair,
};

/// Multiparts within multiparts.
const DEPTH: usize = 32;
/// Parts of one message.
const PARTS: usize = 2_000;

/// A part of a message, or the message itself.
#[derive(Debug)]
pub(super) struct Part<'a> {
    pub(super) header: Header,
    pub(super) content_type: Params,
    pub(super) disposition: Params,
    pub(super) content: Content<'a>,
}

/// What a part holds.
#[derive(Debug)]
pub(super) enum Content<'a> {
    /// Its bytes, still encoded for transfer.
    Leaf(&'a [u8]),
    /// Further parts.
    Multipart(Vec<Part<'a>>),
}

/// A parsed message and what was odd about its structure.
#[derive(Debug)]
pub(super) struct Tree<'a> {
    pub(super) root: Part<'a>,
    pub(super) oddities: Vec<&'static str>,
}

/// Takes a message apart.
pub(super) fn parse(raw: &[u8]) -> Tree<'_> {
    let mut builder = Builder { parts: 0, oddities: Vec::new() };
    let start = raw.iter().position(|b| !b.is_ascii_whitespace()).unwrap_or(raw.len());
    let root = builder.part(raw.get(start..).unwrap_or_default(), 0, "text/plain");
    builder.oddities.sort_unstable();
    builder.oddities.dedup();
    Tree { root, oddities: builder.oddities }
}

/// The message with line feeds, where it came with the carriage returns of old Macs only.
pub(super) fn with_line_feeds(raw: &[u8]) -> Cow<'_, [u8]> {
    let raw = raw.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(raw);
    if memchr::memchr(b'\n', raw).is_some() || memchr::memchr(b'\r', raw).is_none() {
        return Cow::Borrowed(raw);
    }
    Cow::Owned(raw.iter().map(|b| if *b == b'\r' { b'\n' } else { *b }).collect())
}

impl<'a> Part<'a> {
    /// Its media type in lower case; the default where it has none.
    pub(super) fn media_type(&self) -> &str {
        &self.content_type.value
    }

    /// The sender's name for it.
    pub(super) fn name(&self) -> Option<String> {
        let given = self.disposition.get("filename").or_else(|| self.content_type.get("name"));
        let given = given.or_else(|| self.disposition.get("name")).or_else(|| self.content_type.get("filename"))?;
        let name = given.rsplit(['/', '\\']).next().unwrap_or_default().trim();
        let name: String = name.chars().take(255).collect();
        (!name.is_empty() && !name.chars().all(|c| c == '.')).then_some(name)
    }

    /// Its parts, where it is made of parts.
    #[cfg(test)]
    pub(super) fn parts(&self) -> &[Part<'a>] {
        match &self.content {
            Content::Multipart(parts) => parts,
            Content::Leaf(_) => &[],
        }
    }

    /// Its bytes, decoded (RFC 2045 §6), as far as they can be.
    pub(super) fn bytes(&self) -> Cow<'a, [u8]> {
        let Content::Leaf(raw) = self.content else { return Cow::Borrowed(&[]) };
        let encoding = self.header.lower("content-transfer-encoding");
        match encoding.split([' ', ';', '(']).next().unwrap_or_default() {
            "base64" => Cow::Owned(base64(raw)),
            "quoted-printable" => Cow::Owned(quoted_printable(raw)),
            "x-uuencode" | "uuencode" | "x-uue" => {
                super::uuencode::first(raw).map_or(Cow::Borrowed(raw), |file| Cow::Owned(file.bytes))
            }
            _ => Cow::Borrowed(raw),
        }
    }
}

struct Builder {
    parts: usize,
    oddities: Vec<&'static str>,
}

impl Builder {
    fn part<'a>(&mut self, raw: &'a [u8], depth: usize, default: &str) -> Part<'a> {
        self.parts += 1;
        let (header, body) = Header::split(raw);
        let mut content_type = header.get("content-type").map(Params::parse).unwrap_or_default();
        if !content_type.value.contains('/') {
            content_type.value = match content_type.value.as_str() {
                "text" | "" => default.to_owned(),
                _ => "application/octet-stream".to_owned(),
            };
        }
        let disposition = header.get("content-disposition").map(Params::parse).unwrap_or_default();
        let content = self.content(body, &mut content_type, depth);
        Part { header, content_type, disposition, content }
    }

    fn content<'a>(&mut self, body: &'a [u8], content_type: &mut Params, depth: usize) -> Content<'a> {
        if !content_type.value.starts_with("multipart/") {
            return Content::Leaf(body);
        }
        if depth >= DEPTH {
            self.oddities.push("parts nest too deep");
            content_type.value = "application/octet-stream".to_owned();
            return Content::Leaf(body);
        }
        let declared = content_type.get("boundary").unwrap_or_default();
        let mut pieces = split(body, declared.trim_end().as_bytes());
        if pieces.is_empty()
            && let Some(guess) = boundary(body)
        {
            self.oddities.push("the boundary between parts had to be guessed");
            pieces = split(body, guess);
        }
        if pieces.is_empty() {
            self.oddities.push("a multipart has no parts");
            content_type.value = "text/plain".to_owned();
            return Content::Leaf(body);
        }
        let default = if content_type.value == "multipart/digest" { "message/rfc822" } else { "text/plain" };
        let mut parts = Vec::new();
        for piece in pieces {
            if self.parts >= PARTS {
                self.oddities.push("too many parts");
                break;
            }
            parts.push(self.part(piece, depth + 1, default));
        }
        Content::Multipart(parts)
    }
}

/// The pieces between delimiter lines (RFC 2046 §5.1.1); none where there is no such line.
fn split<'a>(body: &'a [u8], boundary: &[u8]) -> Vec<&'a [u8]> {
    if boundary.is_empty() {
        return Vec::new();
    }
    let delimiter = [b"--", boundary].concat();
    let mut pieces = Vec::new();
    // Where the current part begins; nowhere before the first delimiter and behind a closing one.
    let mut start = None;
    for at in memmem::find_iter(body, &delimiter) {
        if at > 0 && body.get(at - 1) != Some(&b'\n') {
            continue;
        }
        let after = body.get(at + delimiter.len()..).unwrap_or_default();
        let (line, next) = next_line(after).unwrap_or_default();
        let closes = line.trim_ascii_end() == b"--" || line.starts_with(b"--");
        if !closes && !line.trim_ascii_end().is_empty() {
            continue;
        }
        if let Some(start) = start {
            pieces.push(piece(body, start, at));
        }
        start = (!closes).then(|| body.len() - next.len());
    }
    if let Some(start) = start {
        pieces.push(piece(body, start, body.len()));
    }
    pieces
}

/// A part without the line end that belongs to the delimiter behind it.
fn piece(body: &[u8], start: usize, end: usize) -> &[u8] {
    let piece = body.get(start..end).unwrap_or_default();
    let piece = piece.strip_suffix(b"\n").unwrap_or(piece);
    piece.strip_suffix(b"\r").unwrap_or(piece)
}

/// The boundary that a body uses: its first line of two dashes behind which the header of a part begins.
fn boundary(body: &[u8]) -> Option<&[u8]> {
    let mut rest = body;
    while let Some((line, after)) = next_line(rest) {
        rest = after;
        let Some(boundary) = line.strip_prefix(b"--").map(<[u8]>::trim_ascii_end) else { continue };
        let begins = next_line(after)
            .is_some_and(|(next, _)| next.get(..8).is_some_and(|head| head.eq_ignore_ascii_case(b"content-")));
        if begins && !boundary.is_empty() && boundary.len() <= 200 {
            return Some(boundary);
        }
    }
    None
}

/// Base64 (RFC 2045 §6.8), with whatever does not belong to it passed over; what follows its end is a footer.
fn base64(raw: &[u8]) -> Vec<u8> {
    let mut letters = Vec::with_capacity(raw.len());
    let mut rest = raw;
    let mut ended = false;
    while let Some((line, after)) = next_line(rest) {
        rest = after;
        let line = line.trim_ascii();
        let belongs = |b: &u8| b.is_ascii_alphanumeric() || b"+/=".contains(b);
        if ended && !line.iter().all(belongs) {
            break;
        }
        letters.extend(line.iter().filter(|b| belongs(b)));
        ended |= line.ends_with(b"=");
    }
    base64_decode(&letters).unwrap_or_default()
}

/// Quoted-printable (RFC 2045 §6.7); what is malformed stays as it is.
fn quoted_printable(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((line, after)) = next_line(rest) {
        let ended = rest.len() > line.len();
        rest = after;
        let line = line.trim_ascii_end();
        let (line, soft) = line.strip_suffix(b"=").map_or((line, false), |line| (line, true));
        let mut bytes = line;
        while let Some((first, following)) = bytes.split_first() {
            bytes = following;
            match (first, hex_pair(following)) {
                (b'=', Some(byte)) => {
                    out.push(byte);
                    bytes = following.get(2..).unwrap_or_default();
                }
                _ => out.push(*first),
            }
        }
        if !soft && ended {
            out.extend(b"\r\n");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(part: &Part<'_>) -> String {
        match &part.content {
            Content::Leaf(_) => format!("{}={}", part.media_type(), String::from_utf8_lossy(&part.bytes())),
            Content::Multipart(parts) => {
                format!("{}[{}]", part.media_type(), parts.iter().map(shape).collect::<Vec<_>>().join("|"))
            }
        }
    }

    fn of(raw: &str) -> String {
        shape(&parse(raw.as_bytes()).root)
    }

    #[test]
    fn parts_are_found_between_whole_delimiter_lines() {
        let raw = "Content-Type: multipart/mixed; boundary=\"b1\"\r\n\r\npreamble\r\n--b1\r\n\r\none --b1\r\n--b10\r\n\
            --b1  \r\nContent-Type: multipart/alternative; boundary=b10\r\n\r\n--b10\r\n\r\ntwo\r\n--b10--\r\n--b1--\r\nend";
        assert_eq!(of(raw), "multipart/mixed[text/plain=one --b1\r\n--b10|multipart/alternative[text/plain=two]]");
    }

    #[test]
    fn missing_ends_and_wrong_boundaries_are_survived() {
        let open = "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>\n--b\n\ntail";
        assert_eq!(of(open), "multipart/mixed[text/html=<p>|text/plain=tail]");
        let wrong = open.replace("boundary=b", "boundary=x");
        assert_eq!(of(&wrong), "multipart/mixed[text/html=<p>|text/plain=tail]");
        let absent = open.replace("; boundary=b", "");
        assert_eq!(of(&absent), "multipart/mixed[text/html=<p>|text/plain=tail]");
        assert_eq!(parse(absent.as_bytes()).oddities, ["the boundary between parts had to be guessed"]);
        assert_eq!(of("Content-Type: multipart/mixed; boundary=b\n\nonly text"), "text/plain=only text");
    }

    #[test]
    fn transfer_encodings_are_undone_as_far_as_possible() {
        let part = |encoding: &str, body: &str| {
            let raw = format!("Content-Transfer-Encoding: {encoding}\n\n{body}");
            String::from_utf8_lossy(&parse(raw.as_bytes()).root.bytes()).into_owned()
        };
        assert_eq!(part("BASE64", "aGVs\n bG8=\n_______________\nlist footer"), "hello");
        assert_eq!(part("base64", "aGVs!bG8"), "hello");
        assert_eq!(part("quoted-printable", "a=3Db=\nc=ZZ  \nd"), "a=bc=ZZ\r\nd");
        assert_eq!(part("8bit", "a=3D"), "a=3D");
    }

    #[test]
    fn depth_and_number_are_bounded() {
        let deep: String =
            (0..200).map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n")).collect();
        assert!(parse(deep.as_bytes()).oddities.contains(&"parts nest too deep"));
        let many = format!("Content-Type: multipart/mixed; boundary=b\n\n{}", "--b\n\nx\n".repeat(5_000));
        let tree = parse(many.as_bytes());
        assert_eq!(tree.root.parts().len(), PARTS - 1);
        assert_eq!(tree.oddities, ["too many parts"]);
    }

    #[test]
    fn old_line_ends_are_understood() {
        assert_eq!(with_line_feeds(b"a\rb").as_ref(), b"a\nb");
        assert_eq!(with_line_feeds(b"a\rb\n").as_ref(), b"a\rb\n");
    }
}
