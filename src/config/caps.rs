//! How many letters may leave: the daemon must never become a weapon, whatever comes in.

use serde::Deserialize;

/// How many letters may leave, alerts to the staff apart. What goes beyond waits, and is merged with what comes later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Caps {
    /// To one address in an hour.
    pub per_address_hour: u32,
    /// To one address in a day.
    pub per_address_day: u32,
    /// To all addresses in ten minutes: the last day of a region's campaign must pass.
    pub total_10_minutes: u32,
}

impl Default for Caps {
    fn default() -> Self {
        Self { per_address_hour: 5, per_address_day: 10, total_10_minutes: 200 }
    }
}

impl Caps {
    /// What would let nothing out at all.
    pub(super) fn contradiction(&self) -> Option<String> {
        [
            ("per_address_hour", self.per_address_hour),
            ("per_address_day", self.per_address_day),
            ("total_10_minutes", self.total_10_minutes),
        ]
        .into_iter()
        .find(|(_, cap)| *cap == 0)
        .map(|(key, _)| {
            format!("replies.caps.{key}: with 0 no reply would ever leave: write 1 or more, or mode = \"hold\"")
        })
    }
}
