//! The letter with the link by which somebody signs in to the board.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde::Serialize;

use super::{Content, Envelope, Rendered, ReplyError, compose_generated, russian, tidy};
use crate::message::Address;

#[derive(Debug, Serialize)]
struct View<'v> {
    link: &'v str,
    minutes: i64,
    until: String,
}

/// Writes the letter: `link` works for `span` from the time of the envelope on; `zone` is the one in which that is told.
///
/// # Errors
/// As [`super::render`].
pub fn render_sign_in(
    link: &str,
    span: SignedDuration,
    zone: &TimeZone,
    to: &Address,
    envelope: &Envelope<'_>,
) -> Result<Rendered, ReplyError> {
    let until = envelope.now.saturating_add(span).unwrap_or(Timestamp::MAX);
    let view = View { link, minutes: span.as_mins().max(1), until: russian::long_time(until, zone) };
    let subject = russian::one_line(&envelope.templates.fill("sign_in_subject.txt.j2", &view)?);
    let text = tidy(&envelope.templates.fill("sign_in.txt.j2", &view)?);
    let content = Content { subject, text, html: String::new(), picture: None, files: Vec::new() };
    compose_generated(envelope, to, content)
}
