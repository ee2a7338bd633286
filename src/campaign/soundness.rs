//! Is a campaign sensible? Contradictions are refused when the file is read; what is merely odd is said here.

use jiff::Timestamp;

use super::Campaign;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Worth knowing; the campaign works.
    Warning,
    /// The campaign would do harm.
    Error,
}

/// Something that `campaign check` tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// What is odd, where, and what to do.
    pub text: String,
}

impl Campaign {
    /// What is odd about the campaign as seen at `now`.
    pub fn findings(&self, now: Timestamp) -> Vec<Finding> {
        let warning = |text| Finding { severity: Severity::Warning, text };
        let mut found = Vec::new();
        for one in &self.requirements {
            if self.is_after(now, one.deadline) {
                found.push(warning(format!(
                    "requirement {:?}: the deadline {} has passed",
                    one.id.as_str(),
                    one.deadline
                )));
            }
            if one.deadline < self.start {
                found.push(warning(format!(
                    "requirement {:?}: the deadline {} lies before the campaign's start {}",
                    one.id.as_str(),
                    one.deadline,
                    self.start
                )));
            }
        }
        for school in &self.schools {
            if let Some(date) = school.date.filter(|date| *date < self.start) {
                found.push(warning(format!(
                    "school {:?}: its date {date} lies before the campaign's start {}",
                    school.id.as_str(),
                    self.start
                )));
            }
        }
        found
    }
}
