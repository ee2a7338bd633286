//! A decision → the letter to the school: text, HTML and the finished message (RFC 5322). Confirms receipt, never
//! approval; holds nothing that the sender did not send in this very mail.

mod context;
mod mime;
mod russian;
mod templates;
#[cfg(test)]
mod tests;

use jiff::Timestamp;

use crate::{
    campaign::Campaign,
    decision::{Decision, PlannedReply, Template},
    message::{Address, MessageId},
    reader::Reading,
};

pub use russian::{date, date_time, plural};
pub use templates::{TemplateError, Templates};

/// What a letter needs beside the decision.
#[derive(Debug, Clone, Copy)]
pub struct Envelope<'e> {
    /// The address of the committee's mailbox.
    pub from: &'e Address,
    /// The name that stands beside it.
    pub from_name: Option<&'e str>,
    /// When our server took the mail that is answered.
    pub received: Timestamp,
    /// The time: the letter's date, and by which a deadline has passed or not.
    pub now: Timestamp,
    /// What makes the letter's Message-ID: the same seed gives the same one.
    pub seed: &'e str,
}

/// A letter, ready to be sent.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// Its subject.
    pub subject: String,
    /// Its plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// Its Message-ID.
    pub message_id: MessageId,
    /// The whole message.
    pub mime: Vec<u8>,
}

/// Why a letter could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ReplyError {
    /// A template is wrong.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// A part of the message cannot be put into a mail.
    #[error("the reply cannot be built: {0}")]
    Mime(String),
}

/// The subject of a letter: our own words, never the sender's.
pub fn subject(campaign: &Campaign, template: Template) -> String {
    let what = match template {
        Template::Confirm => "материалы получены",
        Template::Request => "требуется дополнить материалы",
        Template::Receipt => "письмо получено",
    };
    format!("Письмо № {}: {what}", campaign.letter.number)
}

/// Writes a letter. The same input gives the same bytes.
///
/// # Errors
/// [`ReplyError`], where a template of the configuration folder is wrong.
pub fn render(
    templates: &Templates,
    campaign: &Campaign,
    decision: &Decision,
    reading: &Reading,
    planned: &PlannedReply,
    envelope: &Envelope<'_>,
) -> Result<Rendered, ReplyError> {
    let context = context::context(campaign, decision, reading, planned, envelope);
    let (text, html) = templates.render(planned.template, &context)?;
    let subject = subject(campaign, planned.template);
    let message_id = mime::message_id(campaign, planned, envelope);
    let mime = mime::build(&subject, &text, &html, planned, envelope, &message_id)?;
    Ok(Rendered { subject, text, html, message_id, mime })
}
