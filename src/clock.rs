//! The one place that asks the system for the time. Everything else is given a [`Clock`] or an instant.

use jiff::Timestamp;

/// Where instants come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The system's clock.
    System,
    /// A clock that stands still: `--as-of`.
    Fixed(Timestamp),
}

impl Clock {
    /// The instant at which it is asked.
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the system for the time")]
    pub fn now(self) -> Timestamp {
        match self {
            Self::System => Timestamp::now(),
            Self::Fixed(instant) => instant,
        }
    }
}
