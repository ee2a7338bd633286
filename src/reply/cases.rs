//! The letter by which staff hear at once that a person must decide.

use jiff::Timestamp;
use serde::Serialize;

use super::{Content, Envelope, Rendered, ReplyError, compose_generated, russian, tidy};
use crate::{campaign::Campaign, message::Address};

/// So many cases are told one by one; of more, the number.
const TOLD: usize = 30;

/// A mail about which a person must decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Its number.
    pub number: i64,
    /// Why, in Russian.
    pub reason: String,
    /// When the mail came.
    pub received: Timestamp,
    /// Who sent it; empty where that is not known.
    pub from: String,
    /// Its subject.
    pub subject: String,
}

#[derive(Debug, Serialize)]
struct View {
    count: usize,
    cases: Vec<CaseView>,
    more: usize,
    board: Option<String>,
}

#[derive(Debug, Serialize)]
struct CaseView {
    number: i64,
    reason: String,
    received: String,
    from: String,
    subject: String,
}

/// Writes the letter; `board` is the address of the page where staff decide, where there is one.
///
/// # Errors
/// As [`super::render`].
pub fn render_cases(
    campaign: &Campaign,
    cases: &[Case],
    board: Option<&str>,
    to: &Address,
    envelope: &Envelope<'_>,
) -> Result<Rendered, ReplyError> {
    let view = View {
        count: cases.len(),
        cases: cases
            .iter()
            .take(TOLD)
            .map(|one| CaseView {
                number: one.number,
                reason: one.reason.clone(),
                received: russian::long_time(one.received, &campaign.time_zone),
                from: russian::one_line(&one.from),
                subject: russian::one_line(&one.subject),
            })
            .collect(),
        more: cases.len().saturating_sub(TOLD),
        board: board.map(str::to_owned),
    };
    let subject = russian::one_line(&envelope.templates.fill("cases_subject.txt.j2", &view)?);
    let text = tidy(&envelope.templates.fill("cases.txt.j2", &view)?);
    let content = Content { subject, text, html: String::new(), picture: None, files: Vec::new() };
    compose_generated(envelope, to, content)
}
