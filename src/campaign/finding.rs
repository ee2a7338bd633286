//! What is wrong or odd about a campaign: which key, why, and what to do.

use std::fmt;

use super::source::Place;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Worth knowing; the campaign works.
    Warning,
    /// The campaign would do harm, or nothing at all: it is refused.
    Error,
}

/// Something that `campaign check` tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// The key, after those in which it stands: `school[3].date`; empty where the whole file is meant.
    pub key: String,
    /// What is wrong with it.
    pub text: String,
    /// What to do.
    pub cure: String,
}

const EMPTY: &str = "the text is empty";

impl Finding {
    /// Something for which a campaign is refused.
    pub fn error(key: impl Into<String>, text: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { severity: Severity::Error, key: key.into(), text: text.into(), cure: cure.into() }
    }

    /// A text that is not there: nobody but a person can write it.
    pub(super) fn gap(key: impl Into<String>) -> Self {
        Self::error(key, EMPTY, "write it as it is to stand in letters and tables")
    }

    /// Whether only a text is not there.
    pub fn is_gap(&self) -> bool {
        self.text == EMPTY
    }

    /// Something that works, and is hardly meant.
    pub fn warning(key: impl Into<String>, text: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, key: key.into(), text: text.into(), cure: cure.into() }
    }
}

/// Findings, each with its place in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings(pub Vec<(Place, Finding)>);

impl Findings {
    /// Whether something is among them for which the campaign is refused.
    pub fn refuse(&self) -> bool {
        self.0.iter().any(|(_, finding)| finding.severity == Severity::Error)
    }
}

impl fmt::Display for Findings {
    /// A line and its cure for each, in the order of the file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, (place, finding)) in self.0.iter().enumerate() {
            let Finding { key, text, cure, .. } = finding;
            let parted = if nth > 0 { "\n" } else { "" };
            write!(f, "{parted}line {}, {key}: {text}\n  cure: {cure}", place.line)?;
        }
        Ok(())
    }
}
