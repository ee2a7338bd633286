//! For how long what schools have sent is kept.

use jiff::{Span, Timestamp};
use schemars::{Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de::Error as _};

use super::Campaign;

/// What editors call a length of time in days or more.
pub(super) const PERIOD: &str = "period";

/// A length of time, for example `730d` or `2y`: whole days, weeks, months or years.
pub(super) fn period(text: &str) -> Option<Span> {
    let span: Span = text.parse().ok()?;
    let days_alone = span.get_hours() == 0
        && span.get_minutes() == 0
        && span.get_seconds() == 0
        && span.get_milliseconds() == 0
        && span.get_microseconds() == 0
        && span.get_nanoseconds() == 0;
    (days_alone && span.is_positive()).then_some(span)
}

/// Such a length of time as editors know it.
pub(super) fn period_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "format": PERIOD, "examples": ["730d"] })
}

/// A length of time that may be left out.
pub(super) fn some_period<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Span>, D::Error> {
    let text = String::deserialize(deserializer)?;
    period(&text)
        .map(Some)
        .ok_or_else(|| D::Error::custom(format!("{text:?} is no length of time: write for example \"730d\" or \"2y\"")))
}

impl Campaign {
    /// What came before this instant is to be erased: it has been kept as long as is wanted, since it came and since the last
    /// day of the campaign. `None`: nothing is.
    pub fn erases_before(&self, now: Timestamp) -> Option<Timestamp> {
        let day = self.day_of(now).checked_sub(self.keep?).ok()?;
        (self.last_day() < day).then(|| day.to_zoned_datetime(self.time_zone.clone()).ok())?.map(|at| at.timestamp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LETTER: &str = include_str!("../../config/campaigns/500plus-2022.toml");

    fn kept(keep: &str) -> Campaign {
        super::super::read("x", &format!("keep = \"{keep}\"\n{LETTER}")).unwrap()
    }

    #[test]
    fn what_is_kept_is_kept_since_the_last_day_and_since_it_came() {
        let before = |keep: &str, now: &str| kept(keep).erases_before(now.parse().unwrap()).map(|at| at.to_string());
        // The last presentation is on 29 November 2022.
        assert_eq!(before("30d", "2022-12-29T12:00:00+03:00"), None);
        assert_eq!(before("30d", "2022-12-30T00:00:00+03:00").as_deref(), Some("2022-11-29T21:00:00Z"));
        assert_eq!(before("2y", "2024-11-29T12:00:00+03:00"), None);
        assert!(before("2y", "2024-11-30T12:00:00+03:00").is_some());
        let campaign = super::super::read("x", LETTER).unwrap();
        assert_eq!(
            campaign.erases_before("2099-01-01T00:00:00Z".parse().unwrap()),
            None,
            "for ever, where nothing is said"
        );
    }

    #[test]
    fn no_length_of_time_that_would_erase_at_once() {
        for wrong in ["", "0d", "-1d", "12h", "1d 1h", "forever", "730", "PT1S"] {
            assert!(period(wrong).is_none(), "{wrong}");
            let text = format!("keep = \"{wrong}\"\n{LETTER}");
            let message = super::super::read("x.toml", &text).unwrap_err().to_string();
            assert!(message.contains("730d"), "{message}");
        }
        for right in ["730d", "2y", "18mo", "104 weeks"] {
            assert!(period(right).is_some(), "{right}");
        }
    }
}
