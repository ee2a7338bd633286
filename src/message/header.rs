//! The header of a message or part (RFC 5322 §2.2): its fields as they were sent, unfolded, and their text.

use jiff::Timestamp;
use mail_parser::{DateTime, HeaderValue, parsers::MessageStream};

use super::{MessageId, words};

/// How many fields of one header are looked at, and how much of each.
const FIELDS: usize = 1_000;
const FIELD_BYTES: usize = 64 << 10;

/// The fields of a header in their order.
#[derive(Debug, Clone, Default)]
pub(super) struct Header {
    fields: Vec<Field>,
    /// Whether the last field was one too many.
    full: bool,
}

#[derive(Debug, Clone)]
struct Field {
    /// In lower case.
    name: String,
    /// Unfolded.
    value: Vec<u8>,
}

impl Header {
    /// Splits the bytes of a message or part into header and body.
    pub(super) fn split(raw: &[u8]) -> (Self, &[u8]) {
        let mut header = Self::default();
        let mut rest = raw;
        while let Some((line, after)) = next_line(rest) {
            match kind(line, after) {
                Line::End => return (header, after),
                Line::Body => return (header, rest),
                Line::Field(name, value) => header.push(name, value),
                Line::Continuation => header.extend(line),
                Line::Junk => {}
            }
            rest = after;
        }
        (header, rest)
    }

    fn push(&mut self, name: &[u8], value: &[u8]) {
        self.full = self.fields.len() >= FIELDS;
        if !self.full {
            let name = String::from_utf8_lossy(name).trim().to_ascii_lowercase();
            self.fields.push(Field { name, value: Vec::new() });
            self.extend(value);
        }
    }

    fn extend(&mut self, line: &[u8]) {
        if let Some(field) = self.fields.last_mut().filter(|_| !self.full)
            && field.value.len() + line.len() < FIELD_BYTES
        {
            if !field.value.is_empty() {
                field.value.push(b' ');
            }
            field.value.extend(line.trim_ascii());
        }
    }

    /// The value of the first field of this name (in lower case).
    pub(super) fn get(&self, name: &str) -> Option<&[u8]> {
        self.fields.iter().find(|field| field.name == name).map(|field| field.value.as_slice())
    }

    /// The values of all fields of this name.
    pub(super) fn all<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h [u8]> {
        self.fields.iter().filter(move |field| field.name == name).map(|field| field.value.as_slice())
    }

    /// The names of all fields, in lower case.
    #[cfg(test)]
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|field| field.name.as_str())
    }

    /// The decoded text of the first field of this name, on one line, without control characters.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(words::text)
    }

    /// The same in lower case, for comparing; empty where there is no such field.
    pub(super) fn lower(&self, name: &str) -> String {
        self.text(name).unwrap_or_default().to_lowercase()
    }

    /// The instant in the Date field.
    pub(super) fn date(&self) -> Option<Timestamp> {
        date(self.get("date")?)
    }

    /// The instant at which the last server took the message (RFC 5321 §4.4): behind the last semicolon of the topmost
    /// Received field that tells one.
    pub(super) fn received(&self) -> Option<Timestamp> {
        self.all("received").find_map(|value| {
            let at = value.iter().rposition(|b| *b == b';')?;
            date(value.get(at + 1..)?)
        })
    }

    /// The message identifiers in the fields of these names, in order, without repeats.
    pub(super) fn message_ids(&self, names: &[&str]) -> Vec<MessageId> {
        /// More than any thread has; the latest are at the end of References, which begins with the thread's first.
        const MOST: usize = 200;
        let mut ids: Vec<MessageId> = Vec::new();
        for value in names.iter().flat_map(|name| self.all(name)) {
            let text = String::from_utf8_lossy(value);
            let marked = text.split('<').skip(1).filter_map(|rest| rest.split_once('>').map(|(id, _)| id));
            let bare = text.split_whitespace().filter(|word| word.contains('@') && !text.contains('<'));
            for id in marked.chain(bare).filter_map(MessageId::parse) {
                if ids.len() < MOST && !ids.contains(&id) {
                    ids.push(id);
                }
            }
        }
        ids
    }
}

/// What a line of a header is.
enum Line<'a> {
    Field(&'a [u8], &'a [u8]),
    Continuation,
    /// The empty line.
    End,
    /// The body begins although no empty line came.
    Body,
    /// Nothing that belongs there.
    Junk,
}

fn kind<'a>(line: &'a [u8], after: &[u8]) -> Line<'a> {
    if line.trim_ascii().is_empty() {
        // A line of blanks ends a header, but where a folded field goes on behind it.
        let goes_on = !line.is_empty() && next_line(after).is_some_and(|(next, _)| field(next).is_some());
        return if goes_on { Line::Continuation } else { Line::End };
    }
    if line.starts_with(b" ") || line.starts_with(b"\t") {
        return Line::Continuation;
    }
    if let Some((name, value)) = field(line) {
        return Line::Field(name, value);
    }
    if line.starts_with(b"=?") {
        // A folded encoded word whose blank was lost on the way.
        return Line::Continuation;
    }
    if line.starts_with(b"From ") || line.starts_with(b">From ") {
        return Line::Junk;
    }
    match next_line(after) {
        Some((next, _)) if field(next).is_some() => Line::Junk,
        _ => Line::Body,
    }
}

/// Name and value of a field.
fn field(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = line.iter().take(100).position(|b| *b == b':')?;
    let (name, value) = line.split_at_checked(colon)?;
    let name = name.trim_ascii_end();
    let sound = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
    sound.then(|| (name, value.get(1..).unwrap_or_default()))
}

/// The next line without its end, and what follows it.
pub(super) fn next_line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    if bytes.is_empty() {
        return None;
    }
    let end = memchr::memchr(b'\n', bytes).unwrap_or(bytes.len());
    let (line, rest) = bytes.split_at_checked(end)?;
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    Some((line, rest.get(1..).unwrap_or_default()))
}

/// A date as mail writes it (RFC 5322 §3.3, and the older forms).
fn date(value: &[u8]) -> Option<Timestamp> {
    let read = |text: &[u8]| match MessageStream::new(text).parse_date() {
        HeaderValue::DateTime(date) if DateTime::is_valid(&date) => Some(date.to_timestamp()),
        _ => None,
    };
    // Without a zone it is read as UTC.
    let seconds = read(value).or_else(|| read(&[value, b" +0000"].concat()))?;
    Timestamp::from_second(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(raw: &[u8]) -> Header {
        Header::split(raw).0
    }

    #[test]
    fn folded_fields_are_one_and_the_body_begins_behind_the_empty_line() {
        let (header, body) = Header::split(b"Subject: a\r\n b\r\n\tc\r\nTo : x@y.ru\r\n\r\nbody\r\n");
        assert_eq!(header.text("subject").unwrap(), "a b c");
        assert_eq!(header.text("to").unwrap(), "x@y.ru");
        assert_eq!(body, b"body\r\n");
    }

    #[test]
    fn a_body_without_an_empty_line_is_no_header() {
        let (header, body) = Header::split("Subject: a\nДобрый день\nещё".as_bytes());
        assert_eq!(header.names().collect::<Vec<_>>(), ["subject"]);
        assert_eq!(body, "Добрый день\nещё".as_bytes());
    }

    #[test]
    fn junk_between_fields_is_passed_over() {
        let header =
            header(b"From x@y Mon Nov 14\nSubject: a\n=?utf-8?q?b?=\nnonsense\nTo: c@d.ru\n \nDate: x\n\nbody");
        assert_eq!(header.names().collect::<Vec<_>>(), ["subject", "to", "date"]);
        assert_eq!(header.text("subject").unwrap(), "a b");
    }

    #[test]
    fn the_topmost_received_field_tells_when_the_mail_came() {
        let header = header(
            b"Received: from a (b; c) by d;\r\n Mon, 14 Nov 2022 12:00:01 +0300 (MSK)\r\n\
              Received: from x by y; Sun, 13 Nov 2022 01:00:00 +0300\r\nDate: Sat, 12 Nov 2022 01:00:00 GMT\r\n\r\n",
        );
        assert_eq!(header.received().unwrap().to_string(), "2022-11-14T09:00:01Z");
        assert_eq!(header.date().unwrap().to_string(), "2022-11-12T01:00:00Z");
    }

    #[test]
    fn dates_come_in_old_forms_or_not_at_all() {
        for (text, expected) in [
            ("14 Nov 2022 12:00 +0300", Some("2022-11-14T09:00:00Z")),
            ("Mon, 14 Nov 2022 12:00:00 MSK", None),
            ("Mon, 14 Nov 2022 12:00:00", Some("2022-11-14T12:00:00Z")),
            ("tomorrow", None),
            ("Mon, 99 Foo 2022 99:99:99 +9999", None),
        ] {
            let read = date(text.as_bytes()).map(|date| date.to_string());
            if expected.is_some() || text == "tomorrow" {
                assert_eq!(read.as_deref(), expected, "{text}");
            }
        }
    }

    #[test]
    fn identifiers_are_collected_without_repeats() {
        let header = header(b"References: <a@x> <b@y>\n <c@z>\nIn-Reply-To: <c@z> (of Monday)\n\n");
        let ids: Vec<_> =
            header.message_ids(&["in-reply-to", "references"]).iter().map(|id| id.as_str().to_owned()).collect();
        assert_eq!(ids, ["c@z", "a@x", "b@y"]);
    }
}
