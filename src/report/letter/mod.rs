//! The summary as an e-mail: from its subject alone one knows whether there is anything to do.

mod chart;
mod progress;
mod samples;
mod view;

use super::{Snapshot, Summary};
use crate::{
    digest::Sha256,
    message::Address,
    reply::{
        Attached, Content, Envelope, Picture, Rendered, ReplyError, TemplateError, Templates, compose_generated,
        russian, tidy,
    },
};

pub use samples::samples;

/// Where staff can act.
#[derive(Debug, Clone, Default)]
pub struct Links {
    /// The address of the board, where there is one: a case to decide is at `{board}/review/{number}`.
    pub board: Option<String>,
}

/// The summary, ready to be sent to anybody who may read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// How things stand, and whether there is anything to do.
    pub subject: String,
    /// Everything as plain text.
    pub text: String,
    /// The same as HTML, which shows the picture by its Content-ID.
    pub html: String,
    /// How the schools came to stand so, by day.
    pub picture: Picture,
}

/// Why there is no letter.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    /// A template is wrong.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// The picture cannot be drawn, which a test excludes.
    #[error("the picture of the summary cannot be drawn: {0}")]
    Picture(String),
    /// It cannot be put together for its receiver.
    #[error(transparent)]
    Compose(#[from] ReplyError),
}

/// Writes the summary as a letter, with what is new since `before`; without it, with all that has come.
///
/// # Errors
/// A template fails.
pub fn summary_letter(
    summary: &Summary<'_>,
    before: Option<&Snapshot>,
    links: &Links,
    templates: &Templates,
) -> Result<Letter, LetterError> {
    let progress = progress::progress(summary);
    let png = chart::draw(&progress)?;
    // Equal pictures have equal names, so that equal letters have equal bytes.
    let hash = Sha256::of(&png).to_string();
    let cid = format!("chart-{}@svodka", hash.chars().take(16).collect::<String>());
    let mut view = view::view(summary, before, links);
    view.show(&cid, &progress);
    let subject = russian::one_line(&templates.fill("summary_subject.txt.j2", &view)?);
    view.subject.clone_from(&subject);
    let text = tidy(&templates.fill("summary.txt.j2", &view)?);
    let html = templates.fill("summary.html.j2", &view)?;
    Ok(Letter { subject, text, html, picture: Picture { cid, png } })
}

impl Letter {
    /// Puts the letter together for one receiver, with files behind it.
    ///
    /// # Errors
    /// An address is none that mail can be sent with.
    pub fn compose(&self, envelope: &Envelope<'_>, to: &Address, files: Vec<Attached>) -> Result<Rendered, ReplyError> {
        let Self { subject, text, html, picture } = self.clone();
        compose_generated(envelope, to, Content { subject, text, html, picture: Some(picture), files })
    }
}

#[cfg(test)]
mod tests;
