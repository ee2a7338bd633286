//! Raw bytes → [`Message`] and its files. Nothing is refused: of garbage, what can be read is read, and the oddities
//! tell the rest.

use jiff::Timestamp;

use super::{
    Attachment, Automatic, Message, OwnIdentity, authentication,
    automatic::{self, Mail},
    body, bounce,
    collect::{self, Found},
    header::Header,
    mime, people,
};
use crate::document::{Limits, text_of};

/// A message, its files and where it points.
#[derive(Debug, Clone, Default)]
pub struct Parsed {
    /// The message.
    pub message: Message,
    /// Its files, in the order in which they stand in it.
    pub attachments: Vec<Attachment>,
    /// The addresses of the web in the author's own and in forwarded text, without repeats.
    pub links: Vec<String>,
}

/// Reads a message. Never fails and never panics, whatever the bytes are.
pub fn parse(raw: &[u8], own: &OwnIdentity, limits: &Limits) -> (Message, Vec<Attachment>) {
    let parsed = parse_all(raw, own, limits, &[]);
    (parsed.message, parsed.attachments)
}

/// When the mail was received: the topmost Received field, else Date.
pub fn received(raw: &[u8]) -> Option<Timestamp> {
    let (header, _) = Header::split(raw);
    header.received().or_else(|| header.date())
}

/// The texts and files of a message that is itself a file, each with the path to it, which ends with the message.
pub fn open(raw: &[u8], path: &[String], limits: &Limits) -> Vec<Attachment> {
    collect::open(raw, path, limits).files.into_iter().map(|file| file.attachment).collect()
}

/// Reads a message that came in these containers, outermost first, which count for [`Limits::nesting`].
pub fn parse_all(raw: &[u8], own: &OwnIdentity, limits: &Limits, path: &[String]) -> Parsed {
    let raw = mime::with_line_feeds(raw);
    let tree = mime::parse(&raw);
    let header = &tree.root.header;
    let Found { texts, files, oddities } = collect::collect(&tree.root, path, limits);
    let (from, from_oddities) = people::author(header);
    let (authentication, sign) = authentication::of(header, from.as_ref().map(|from| &from.address), own);
    let answers = header.message_ids(&["in-reply-to", "references"]);
    let subject: String = header.text("subject").unwrap_or_default().chars().take(1_000).collect();
    let forward = forwards(&subject) || (answers.is_empty() && !answers_by_subject(&subject));
    let mut message = Message {
        message_id: header.message_ids(&["message-id"]).into_iter().next(),
        answers,
        from,
        recipients: people::recipients(header),
        subject,
        date: header.date(),
        received: header.received().or_else(|| header.date()),
        authentication,
        authentication_sign: sign.to_owned(),
        ..Message::default()
    };
    let all = tree.oddities.into_iter().chain(oddities).chain(from_oddities);
    all.for_each(|oddity| note(&mut message.oddities, oddity));
    let mut links = body::put(&texts, &mut message, forward, limits);
    links.sort_unstable();
    links.dedup();
    let text = [text_of(&message.body.blocks), message.signature.clone(), message.quoted.clone()].join("\n");
    let direct = |file: &collect::File| file.attachment.path.len() == path.len() && !file.attachment.inline;
    let has_documents = files.iter().any(|file| !file.returned && direct(file));
    let mail = Mail { root: &tree.root, message: &message, text: &text, has_documents };
    if let Some(verdict) = automatic::of(&mail, own) {
        if verdict.automatic == Automatic::Bounce {
            message.returned = bounce::returned(&tree.root, &text, automatic::is_of_a_system(&mail));
        }
        message.automatic = Some(verdict.automatic);
        message.automatic_sign = Some(verdict.sign);
        message.automatic_weak = verdict.weak;
    }
    // What a report returns is not what its sender sends.
    let report = matches!(message.automatic, Some(Automatic::Bounce | Automatic::Receipt | Automatic::Report));
    let sent = |file: &collect::File| !report || !(file.returned || file.attachment.path.len() > path.len());
    let attachments = files.into_iter().filter(sent).map(|file| file.attachment).collect();
    Parsed { message, attachments, links }
}

fn note(oddities: &mut Vec<String>, oddity: &str) {
    if !oddities.iter().any(|known| known == oddity) {
        oddities.push(oddity.to_owned());
    }
}

/// Whether a subject says that the mail is passed on.
fn forwards(subject: &str) -> bool {
    begins(subject, &["fwd", "fw", "пересл", "пер", "переслано", "wg", "tr"])
}

/// Whether a subject says that the mail is an answer.
fn answers_by_subject(subject: &str) -> bool {
    begins(subject, &["re", "отв", "ответ", "ha", "aw"])
}

fn begins(subject: &str, prefixes: &[&str]) -> bool {
    let Some((prefix, _)) = subject.split_once(':') else { return false };
    // «Re[2]:», «Fwd (2):».
    let prefix = prefix.trim_end_matches(|c: char| c.is_ascii_digit() || "[]() ".contains(c)).trim().to_lowercase();
    prefixes.contains(&prefix.as_str())
}
