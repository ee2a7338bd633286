//! A planned reply → the finished letter: subject, text, HTML and the bytes that are sent. Pure, and the same bytes for
//! the same input, so that a repeated attempt is the same message.

mod alert;
mod attach;
mod calendar;
mod cases;
mod control;
mod form_file;
mod new_date;
mod registration;
mod reminder;
mod rules;
pub mod russian;
mod samples;
mod sign_in;
mod templates;
mod view;
pub(crate) mod word_file;

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use lettre::{
    address::AddressError,
    message::{
        Attachment, Mailbox, Message, MultiPart, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
};

pub use alert::{AlertKind, AlertLetter, AlertText, render_alert};
pub use attach::Attached;
pub use cases::{Case, render_cases};
pub use form_file::{Slot, blank_form, filled_form};
pub use new_date::render_new_date;
pub use registration::{is_registration, registration};
pub use reminder::render_reminder;
pub(crate) use rules::rules;
pub use samples::{Sample, samples};
pub use sign_in::render_sign_in;
pub use templates::{TemplateError, Templates};

use crate::{
    campaign::Campaign,
    decision::{Decision, PlannedReply, Template},
    digest::Sha256,
    message::{Address, MessageId},
    reader::Reading,
};

/// How many earlier messages of the thread References names at most.
const REFERENCES: usize = 10;

/// What a letter needs beside the decision.
#[derive(Debug, Clone, Copy)]
pub struct Envelope<'a> {
    /// The address of the committee's mailbox.
    pub from: &'a Address,
    /// The name shown with it.
    pub from_name: &'a str,
    /// When the letter is written: its Date, and what deadlines are measured by.
    pub now: Timestamp,
    /// The number under which the mail was registered.
    pub registration: Option<&'a str>,
    /// What makes this letter itself: equal seeds give equal Message-IDs (campaign, the answered mail's hash, template).
    pub seed: &'a str,
    /// The wording.
    pub templates: &'a Templates,
}

/// A picture that a letter shows by `<img src="cid:…">` (RFC 2392).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Its Content-ID, without angle brackets.
    pub cid: String,
    /// Its bytes, PNG.
    pub png: Vec<u8>,
}

/// A finished letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// The picture that the HTML shows.
    pub picture: Option<Picture>,
    /// The files that go with it.
    pub attached: Vec<Attached>,
    /// Its Message-ID.
    pub message_id: MessageId,
    /// The message as it is sent (RFC 5322), lines ended by CRLF.
    pub mime: Vec<u8>,
}

/// Why there is no letter.
#[derive(Debug, thiserror::Error)]
pub enum ReplyError {
    /// A template is wrong.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// Mail cannot be sent to or from the address (which is not told: logs hold no personal data).
    #[error("the address of the {whose} is none that mail can be sent with")]
    Address {
        /// "sender" or "receiver" of the letter.
        whose: &'static str,
        /// What is wrong with it.
        #[source]
        source: AddressError,
    },
    /// The message cannot be put together.
    #[error("the message cannot be built")]
    Build(#[from] lettre::error::Error),
    /// A file that goes with the letter cannot be put together.
    #[error("a file that goes with the letter cannot be put together")]
    Attachment(#[from] std::io::Error),
    /// The media type of such a file is none.
    #[error("the media type of a file that goes with the letter is none")]
    MediaType(#[from] lettre::message::header::ContentTypeErr),
    /// The seed and address give no Message-ID.
    #[error("the committee's address gives no Message-ID")]
    MessageId,
}

/// Writes the letter.
///
/// # Errors
/// A template fails, or an address is none that mail can be sent with.
pub fn render(
    campaign: &Campaign,
    decision: &Decision,
    reading: &Reading,
    planned: &PlannedReply,
    envelope: &Envelope<'_>,
) -> Result<Rendered, ReplyError> {
    let attachments = attach::attachments(campaign, decision, planned, envelope.now)?;
    let said = (envelope.now, envelope.registration);
    let mut view = view::view(campaign, decision, reading, planned, &attachments, said);
    let subject = russian::one_line(&envelope.templates.fill("subject.txt.j2", &view)?);
    view.subject.clone_from(&subject);
    let name = match planned.template {
        Template::Confirm => "confirm",
        Template::Request => "request",
        Template::Receipt => "receipt",
        Template::Closed => "closed",
        Template::Question => "question",
        Template::Withdrawn => "withdrawn",
    };
    let text = tidy(&envelope.templates.fill(&format!("{name}.txt.j2"), &view)?);
    let html = envelope.templates.fill(&format!("{name}.html.j2"), &view)?;
    let thread = planned.answers.as_ref().map(|answered| (answered, reading));
    let content = Content { subject, text, html, picture: None, files: attachments.files };
    compose(envelope, &planned.to, content, "auto-replied", thread)
}

/// What a letter holds.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
    pub(crate) picture: Option<Picture>,
    pub(crate) files: Vec<Attached>,
}

/// Puts together a letter that answers nothing and nobody has written: `Auto-Submitted: auto-generated`.
///
/// # Errors
/// An address is none that mail can be sent with.
pub(crate) fn compose_generated(
    envelope: &Envelope<'_>,
    to: &Address,
    content: Content,
) -> Result<Rendered, ReplyError> {
    compose(envelope, to, content, "auto-generated", None)
}

/// Puts a letter together; `how` is what Auto-Submitted says of it (RFC 3834 §5), `thread` the mail that it answers.
fn compose(
    envelope: &Envelope<'_>,
    to: &Address,
    content: Content,
    how: &'static str,
    thread: Option<(&MessageId, &Reading)>,
) -> Result<Rendered, ReplyError> {
    let digest = Sha256::of(envelope.seed.as_bytes()).to_string();
    let message_id = message_id(&digest, envelope.from).ok_or(ReplyError::MessageId)?;
    let mut builder = Message::builder()
        .from(mailbox("sender", Some(envelope.from_name), envelope.from)?)
        .to(mailbox("receiver", None, to)?)
        .subject(content.subject.clone())
        .date(seconds(envelope.now))
        .message_id(Some(format!("<{message_id}>")))
        .raw_header(fixed("Auto-Submitted", how))
        .raw_header(fixed("X-Auto-Response-Suppress", "All"));
    // A Message-ID beyond ASCII cannot stand in a header; the letter then begins a thread of its own.
    if let Some((answered, reading)) = thread.filter(|(id, _)| id.as_str().is_ascii()) {
        builder = builder.in_reply_to(format!("<{answered}>")).references(references(reading, answered));
    }
    // What has no HTML is a text and nothing else.
    let mime = match content.html.is_empty() {
        true => builder.singlepart(SinglePart::plain(content.text.clone()))?.formatted(),
        false => builder.multipart(parts(&content, &digest)?)?.formatted(),
    };
    let Content { subject, text, html, picture, files } = content;
    Ok(Rendered { subject, text, html, picture, attached: files, message_id, mime })
}

/// The subject of the letter alone: without its files it costs next to nothing.
///
/// # Errors
/// A template fails.
pub fn subject(
    campaign: &Campaign,
    decision: &Decision,
    reading: &Reading,
    planned: &PlannedReply,
    envelope: &Envelope<'_>,
) -> Result<String, ReplyError> {
    let said = (envelope.now, envelope.registration);
    let view = view::view(campaign, decision, reading, planned, &attach::Attachments::default(), said);
    Ok(russian::one_line(&envelope.templates.fill("subject.txt.j2", &view)?))
}

/// The letter's text in both forms, with the picture that the HTML shows (RFC 2387), and its files behind it (RFC 2046 §5.1).
fn parts(content: &Content, digest: &str) -> Result<MultiPart, ReplyError> {
    // At most 70 characters (RFC 2046 §5.1.1); none begins with another one.
    let boundary = |kind: &str| format!("svodka-{kind}-{digest}").chars().take(51).collect::<String>();
    let mut letter = MultiPart::alternative()
        .boundary(boundary("txt"))
        .singlepart(SinglePart::plain(content.text.clone()))
        .singlepart(SinglePart::html(content.html.clone()));
    if let Some(Picture { cid, png }) = &content.picture {
        let shown = Attachment::new_inline(cid.clone()).body(png.clone(), ContentType::parse("image/png")?);
        letter = MultiPart::related().boundary(boundary("rel")).multipart(letter).singlepart(shown);
    }
    if content.files.is_empty() {
        return Ok(letter);
    }
    let mut mixed = MultiPart::mixed().boundary(boundary("all")).multipart(letter);
    for file in &content.files {
        let kind = ContentType::parse(file.media_type)?;
        mixed = mixed.singlepart(Attachment::new(file.name.clone()).body(file.bytes.clone(), kind));
    }
    Ok(mixed)
}

/// Conditions in templates leave empty lines behind: at most one stays, and the text ends with its last line.
pub(crate) fn tidy(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.trim().lines().map(str::trim_end) {
        if !(line.is_empty() && lines.last().is_none_or(|last| last.is_empty())) {
            lines.push(line);
        }
    }
    lines.push("");
    lines.join("\n")
}

/// Whole seconds, as a Date header has them.
fn seconds(instant: Timestamp) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(instant.as_second().try_into().unwrap_or_default())
}

fn mailbox(whose: &'static str, name: Option<&str>, address: &Address) -> Result<Mailbox, ReplyError> {
    let parsed = address.as_str().parse().map_err(|source| ReplyError::Address { whose, source })?;
    let name = name.map(russian::one_line).filter(|name| !name.is_empty());
    Ok(Mailbox::new(name, parsed))
}

fn fixed(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

fn message_id(digest: &str, from: &Address) -> Option<MessageId> {
    let (_, domain) = from.as_str().rsplit_once('@')?;
    // RFC 5322 §3.6.4 wants ASCII; a domain in Cyrillic is replaced, the digest alone makes the name unique.
    let domain = if domain.is_ascii() { domain } else { "svodka.invalid" };
    let local = digest.get(..40)?;
    MessageId::parse(&format!("{local}@{domain}"))
}

/// The thread (RFC 5322 §3.6.4): the answered mail's References, its In-Reply-To, itself.
fn references(reading: &Reading, answered: &MessageId) -> String {
    let mut thread: Vec<&MessageId> = reading.message.answers.iter().skip(1).collect();
    thread.extend(reading.message.answers.first());
    thread.retain(|id| id.as_str().is_ascii() && id.as_str().len() <= 250 && *id != answered);
    // The first is the root of the thread and stays.
    if thread.len() >= REFERENCES {
        thread.drain(1..=thread.len() - REFERENCES + 1);
    }
    thread.push(answered);
    thread.iter().map(|id| format!("<{id}>")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod answered_tests;
#[cfg(test)]
mod tests;
