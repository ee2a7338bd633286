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
            #[cfg(not(feature = "faults"))]
            Self::System => Timestamp::now(),
            #[cfg(feature = "faults")]
            Self::System => Timestamp::now().saturating_add(crate::fault::clock_offset()).unwrap_or(Timestamp::MAX),
            Self::Fixed(instant) => instant,
        }
    }
}
