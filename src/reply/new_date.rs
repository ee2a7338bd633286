//! The letter that tells a school that it presents on another day, with the day for its calendar.

use jiff::civil::Date;
use serde::Serialize;

use super::{
    Content, Envelope, Rendered, ReplyError, attach, compose_generated, russian, tidy,
    view::{Contact, Letter},
};
use crate::{
    campaign::{Campaign, School},
    form::SIGN_OF_A_LETTER,
    message::Address,
};

#[derive(Debug, Serialize)]
struct View {
    template: &'static str,
    subject: String,
    letter: Letter,
    contact: Contact,
    school: String,
    date: String,
    /// Its day until now; empty where it had none.
    before: String,
    calendar: String,
    corrects: &'static str,
    sign: &'static str,
}

/// Writes the letter that a school, which `campaign` has with its new day, presented on `before` until now, or on no day.
///
/// # Errors
/// As [`super::render`].
pub fn render_new_date(
    campaign: &Campaign,
    school: &School,
    before: Option<Date>,
    to: &Address,
    envelope: &Envelope<'_>,
) -> Result<Rendered, ReplyError> {
    let attachments = attach::days(campaign, [school], envelope.now);
    let mut view = View {
        template: "new_date",
        subject: String::new(),
        letter: Letter::of(campaign),
        contact: Contact::of(campaign),
        school: school.name.clone(),
        date: school.date.map(russian::long_date).unwrap_or_default(),
        before: before.map(russian::long_date).unwrap_or_default(),
        calendar: attachments.calendar,
        corrects: "",
        sign: SIGN_OF_A_LETTER,
    };
    let subject = russian::one_line(&envelope.templates.fill("subject.txt.j2", &view)?);
    view.subject.clone_from(&subject);
    let text = tidy(&envelope.templates.fill("new_date.txt.j2", &view)?);
    let html = envelope.templates.fill("new_date.html.j2", &view)?;
    let content = Content { subject, text, html, picture: None, files: attachments.files };
    compose_generated(envelope, to, content)
}
