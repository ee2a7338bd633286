//! Raw bytes → [`Message`] and its attachments, over mail-parser.

use jiff::Timestamp;
use mail_parser::{Address as Group, HeaderName, HeaderValue, MessageParser, MessagePart, MimeHeaders as _, PartType};

use crate::document::{Document, Limits, html, text};

use super::{
    Address, Attachment, Automatic, Mailbox, Message, MessageId, OwnIdentity, automatic, body,
    headers::{self, one_line},
};

/// Messages within messages that are parsed at all: the parser's stack is not endless.
const MOST_NESTED: usize = 64;

/// Parses a message. Nothing is refused: of garbage, what could be read is given, and what was odd is said.
pub fn parse(raw: &[u8], own: &OwnIdentity, limits: &Limits) -> (Message, Vec<Attachment>) {
    let mut oddities = Vec::new();
    let mut bytes = raw;
    if nested(raw) > MOST_NESTED {
        oddities.push("too many messages within messages: only the header was read".to_owned());
        bytes = headers::header_section(raw);
    }
    let Some(parsed) = MessageParser::default().parse(bytes) else {
        oddities.push("it has no header".to_owned());
        let message = Message { body: text::lines(&text::decode(&clip(raw), None)), oddities, ..Message::default() };
        return (message, Vec::new());
    };
    let mut attachments = Vec::new();
    let mut bodies = Bodies::default();
    for part in leaves(&parsed) {
        take_part(part, bytes, &mut bodies, &mut attachments, limits);
    }
    if bytes.len() < raw.len() {
        attachments.clear();
    }
    let split = body::split(bodies.document(limits));
    let from = author(&parsed, bytes, &mut oddities);
    let date = parsed.date().and_then(|date| Timestamp::from_second(date.to_timestamp()).ok());
    let mut message = Message {
        message_id: parsed.message_id().and_then(MessageId::parse),
        answers: answers(&parsed),
        from,
        recipients: recipients(&parsed),
        subject: headers::text(&parsed, bytes, "Subject").unwrap_or_default(),
        date,
        received: received(&parsed).or(date),
        automatic: None,
        automatic_sign: None,
        body: split.own,
        signature: split.signature,
        quoted: split.quoted,
        forwarded: split.forwarded,
        oddities,
    };
    if let Some((reason, sign)) = automatic::classify(&parsed, &message, &attachments, own) {
        message.automatic = Some(reason);
        message.automatic_sign = Some(sign);
        if reason == Automatic::Bounce {
            // What a bounce carries is a copy of somebody's mail, most often of ours.
            attachments.clear();
        }
    }
    (message, attachments)
}

/// How many messages the bytes announce within themselves.
fn nested(raw: &[u8]) -> usize {
    let wanted = b"message/rfc822";
    raw.windows(wanted.len()).filter(|window| window.eq_ignore_ascii_case(wanted)).count()
}

fn clip(raw: &[u8]) -> Vec<u8> {
    raw.iter().copied().take(64 << 10).collect()
}

/// The parts that are no multipart, in the order of the message.
fn leaves<'m>(parsed: &'m mail_parser::Message<'m>) -> impl Iterator<Item = &'m MessagePart<'m>> {
    parsed.parts.iter().filter(|part| !matches!(part.body, PartType::Multipart(_)))
}

/// The alternatives of the text.
#[derive(Default)]
struct Bodies {
    plain: String,
    html: Vec<u8>,
}

impl Bodies {
    /// A form that is pasted into the mail is a table only in the HTML.
    fn document(&self, limits: &Limits) -> Document {
        let page = || html::read(&self.html, Some("utf-8"), limits).unwrap_or_default();
        let table = self.html.windows(6).any(|window| window.eq_ignore_ascii_case(b"<table"));
        if self.plain.trim().is_empty() || table { page() } else { text::lines(&self.plain) }
    }
}

fn take_part(
    part: &MessagePart<'_>,
    raw: &[u8],
    bodies: &mut Bodies,
    attachments: &mut Vec<Attachment>,
    limits: &Limits,
) {
    if attachments.len() >= limits.files {
        return;
    }
    let disposition = part.content_disposition().map(|one| one.ctype().to_ascii_lowercase());
    let name = headers::file_name(part, raw);
    let is_body = name.is_none() && disposition.as_deref() != Some("attachment");
    let media_type = part.content_type().map_or_else(String::new, |one| {
        format!("{}/{}", one.ctype(), one.subtype().unwrap_or_default()).to_ascii_lowercase()
    });
    let bytes = match &part.body {
        PartType::Text(_) if is_body && matches!(media_type.as_str(), "" | "text/plain") => {
            bodies.plain.push_str(&headers::part_text(part, raw));
            bodies.plain.push('\n');
            return;
        }
        PartType::Html(_) if is_body => {
            bodies.html.extend(headers::part_text(part, raw).into_bytes());
            return;
        }
        PartType::Message(message) => message.raw_message().to_vec(),
        _ => part.contents().to_vec(),
    };
    // A picture that the text shows, as a logo in a signature does, is no document.
    let inline = media_type.starts_with("image/")
        && (part.content_id().is_some() && disposition.as_deref() != Some("attachment"));
    let media_type = if matches!(part.body, PartType::Message(_)) { "message/rfc822".to_owned() } else { media_type };
    attachments.push(Attachment { name, media_type, path: Vec::new(), bytes, inline });
}

/// The one author whom a reply can reach.
fn author(parsed: &mail_parser::Message<'_>, raw: &[u8], oddities: &mut Vec<String>) -> Option<Mailbox> {
    let fields = parsed.headers().iter().filter(|header| header.name == HeaderName::From).count();
    if fields > 1 {
        oddities.push("several From fields".to_owned());
        return None;
    }
    let mailboxes = parsed.from().map(addresses).unwrap_or_default();
    match mailboxes.as_slice() {
        [one] => {
            let mut one = one.clone();
            if one.name.as_deref().is_some_and(|name| name.contains('\u{fffd}')) {
                one.name = headers::redecoded(parsed, raw, "From")
                    .and_then(|text| text.rsplit_once('<').map(|(name, _)| one_line(name.trim().trim_matches('"'))));
            }
            Some(one)
        }
        [] => {
            oddities.push("no usable author".to_owned());
            None
        }
        _ => {
            oddities.push("several authors".to_owned());
            None
        }
    }
}

fn addresses(group: &Group<'_>) -> Vec<Mailbox> {
    group
        .iter()
        .filter_map(|one| {
            let address = Address::parse(one.address()?)?;
            let name = one.name().map(one_line).filter(|name| !name.is_empty());
            Some(Mailbox { name, address })
        })
        .collect()
}

fn recipients(parsed: &mail_parser::Message<'_>) -> Vec<Mailbox> {
    parsed.to().into_iter().chain(parsed.cc()).flat_map(addresses).collect()
}

fn answers(parsed: &mail_parser::Message<'_>) -> Vec<MessageId> {
    let mut ids: Vec<MessageId> = Vec::new();
    for value in [parsed.in_reply_to(), parsed.references()] {
        let texts: Vec<&str> = match value {
            HeaderValue::Text(one) => vec![one],
            HeaderValue::TextList(list) => list.iter().map(AsRef::as_ref).collect(),
            _ => Vec::new(),
        };
        for id in texts.into_iter().filter_map(MessageId::parse).take(200) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
    }
    ids
}

/// The date of the topmost Received field: the last server to take the mail was ours.
fn received(parsed: &mail_parser::Message<'_>) -> Option<Timestamp> {
    let date = parsed.received()?.date()?;
    Timestamp::from_second(date.to_timestamp()).ok()
}
