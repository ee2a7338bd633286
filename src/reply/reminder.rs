//! The letter that reminds of a deadline: to a school of what it owes, to a curator or coordinator of what he and his
//! schools owe.

use serde::Serialize;

use super::{
    Content, Envelope, Rendered, ReplyError,
    attach::{self, Attachments},
    compose_generated, russian,
    view::{Contact, Letter, Section, section},
};
use crate::{
    campaign::Campaign,
    decision::{Reminder, Submission},
    form::SIGN_OF_A_LETTER,
    message::Address,
};

#[derive(Debug, Serialize)]
struct View {
    template: &'static str,
    subject: String,
    letter: Letter,
    contact: Contact,
    /// Of several schools, whether the receiver looks after them.
    person: bool,
    /// What the receiver himself owes, a sentence each.
    duties: Vec<String>,
    sections: Vec<Section>,
    lines_are_read: bool,
    forms_left_out: bool,
    /// A reminder corrects nothing.
    corrects: &'static str,
    sign: &'static str,
}

/// Writes a reminder to one of its receivers.
///
/// # Errors
/// As [`super::render`].
pub fn render_reminder(
    campaign: &Campaign,
    reminder: &Reminder,
    to: &Address,
    envelope: &Envelope<'_>,
) -> Result<Rendered, ReplyError> {
    let told: Vec<&Submission> = reminder.schools.iter().collect();
    let attachments = if reminder.person { Attachments::default() } else { attach::forms(campaign, &told)? };
    let sections: Vec<Section> = told
        .iter()
        .enumerate()
        .filter_map(|(nth, one)| {
            let form = attachments.forms.get(nth).cloned().unwrap_or_default();
            section(campaign, one, form, envelope.now)
        })
        .collect();
    let mut view = View {
        template: "reminder",
        subject: String::new(),
        letter: Letter::of(campaign),
        contact: Contact::of(campaign),
        person: reminder.person,
        duties: reminder.duties.iter().filter_map(|index| duty(campaign, *index)).collect(),
        lines_are_read: sections.len() == 1 && !reminder.person,
        sections,
        forms_left_out: attachments.left_out,
        corrects: "",
        sign: SIGN_OF_A_LETTER,
    };
    let subject = russian::one_line(&envelope.templates.fill("subject.txt.j2", &view)?);
    view.subject.clone_from(&subject);
    let text = super::tidy(&envelope.templates.fill("reminder.txt.j2", &view)?);
    let html = envelope.templates.fill("reminder.html.j2", &view)?;
    let content = Content { subject, text, html, picture: None, files: attachments.files };
    compose_generated(envelope, to, content)
}

/// «Провести …, до 8 ноября 2022 года включительно».
fn duty(campaign: &Campaign, index: usize) -> Option<String> {
    let one = campaign.obligations.get(index)?;
    Some(format!("{} – до {} включительно", one.what.trim_end_matches('.'), russian::long_date(one.deadline)))
}
