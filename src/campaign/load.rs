//! TOML text → [`Campaign`], with errors that name file, line and key.

use jiff::{
    civil::{Date, Time},
    tz::TimeZone,
};
use schemars::{Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de::Error as _};

use super::{
    Campaign, Finding,
    finding::Findings,
    rules,
    shape::Shape,
    source::{Place, Source},
};

/// Why a text is no campaign. The message holds the line and the key.
#[derive(Debug, thiserror::Error)]
pub enum CampaignError {
    /// The TOML is malformed.
    #[error("{file}: {reason}")]
    Syntax {
        /// The file, as it was named.
        file: String,
        /// Line, column and what was expected.
        reason: Box<toml::de::Error>,
    },
    /// A key is unknown or missing, a value is of the wrong kind, or the parts contradict each other.
    #[error("{file}: {findings}")]
    Unsound {
        /// The file, as it was named.
        file: String,
        /// Everything for which it is refused.
        findings: Findings,
    },
}

impl CampaignError {
    /// What is wrong with a campaign whose file holds this text.
    pub fn unsound(file: &str, text: &str, findings: Vec<Finding>) -> Self {
        Self::Unsound { file: file.to_owned(), findings: place(text, findings) }
    }
}

/// Reads a campaign from the text of its file; `file` is for messages only.
///
/// # Errors
/// [`CampaignError::Syntax`] where the text is no TOML, [`CampaignError::Unsound`] where it is no campaign.
pub fn read(file: &str, text: &str) -> Result<Campaign, CampaignError> {
    let (campaign, found) = look(text).map_err(|reason| CampaignError::Syntax { file: file.to_owned(), reason })?;
    match campaign {
        Some(campaign) if found.is_empty() => Ok(campaign),
        _ => Err(CampaignError::unsound(file, text, found)),
    }
}

/// The campaign of a text, where it can be read as one, and everything for which it is refused.
///
/// # Errors
/// The text is no TOML.
pub fn look(text: &str) -> Result<(Option<Campaign>, Vec<Finding>), Box<toml::de::Error>> {
    let error = match toml::from_str::<Campaign>(text) {
        Ok(campaign) => {
            let found = rules::broken(&campaign);
            return Ok((Some(campaign), found));
        }
        Err(error) => error,
    };
    let (mut found, mended) = Shape::check(&Source::parse(text)?);
    if found.is_empty() {
        // Only the types know.
        return Err(Box::new(error));
    }
    if let Ok(campaign) = Campaign::deserialize(mended) {
        let more = rules::broken(&campaign).into_iter().filter(|one| !follows(one, &found)).collect::<Vec<_>>();
        found.extend(more);
    }
    Ok((None, found))
}

/// Whether a finding may be there only because something else was mended.
fn follows(finding: &Finding, mended: &[Finding]) -> bool {
    let within =
        |a: &str, b: &str| a.strip_prefix(b).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
    let refers = finding.key.contains("schools[") || finding.key.ends_with(".district");
    mended.iter().any(|one| {
        within(&finding.key, &one.key) || within(&one.key, &finding.key) || (refers && one.key.starts_with("school"))
    })
}

/// Findings with their places in the file, in its order.
pub fn place(text: &str, findings: Vec<Finding>) -> Findings {
    let source = Source::parse(text).ok();
    let nowhere = Place { line: 1, span: 0..0 };
    let place = |one: &Finding| source.as_ref().map_or_else(|| nowhere.clone(), |source| source.place(&one.key));
    let mut placed: Vec<(Place, Finding)> = findings.into_iter().map(|one| (place(&one), one)).collect();
    placed.sort_by_key(|(place, _)| place.span.start);
    Findings(placed)
}

/// What editors call a time of the day without a zone, and a zone's name.
pub(super) const TIME: &str = "partial-time";
pub(super) const TIME_ZONE: &str = "time-zone";

/// A date as editors know it: TOML writes it without quotes.
pub(super) fn date_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "format": "date", "examples": ["2022-11-15"] })
}

/// Dates as editors know them.
pub(super) fn dates_schema(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "array", "items": date_schema(generator) })
}

/// A time of the day as editors know it.
pub(super) fn time_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "format": TIME, "examples": ["09:00:00"] })
}

/// The name of a time zone as editors know it.
pub(super) fn time_zone_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "format": TIME_ZONE, "examples": ["Europe/Moscow"] })
}

/// A TOML local date.
pub(super) fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let date = toml::value::Datetime::deserialize(deserializer)?;
    match (date.date, date.time, date.offset) {
        (Some(day), None, None) => {
            day.to_string().parse().map_err(|_| D::Error::custom(format!("{day} is no day of the calendar")))
        }
        _ => Err(D::Error::custom("a date without a time is wanted here, for example 2022-11-15")),
    }
}

/// A TOML local date that may be left out.
pub(super) fn some_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    date(deserializer).map(Some)
}

/// TOML local dates.
pub(super) fn dates<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Date>, D::Error> {
    #[derive(Deserialize)]
    struct Day(#[serde(deserialize_with = "date")] Date);
    Ok(Vec::<Day>::deserialize(deserializer)?.into_iter().map(|day| day.0).collect())
}

/// A TOML local time.
pub(super) fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Time, D::Error> {
    let time = toml::value::Datetime::deserialize(deserializer)?;
    match (time.date, time.time, time.offset) {
        (None, Some(time), None) => {
            time.to_string().parse().map_err(|_| D::Error::custom(format!("{time} is no time of the day")))
        }
        _ => Err(D::Error::custom("a time without a date is wanted here, for example 09:00:00")),
    }
}

/// The name of a time zone, for example `Europe/Moscow`.
pub(super) fn time_zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<TimeZone, D::Error> {
    let name = String::deserialize(deserializer)?;
    TimeZone::get(&name).map_err(|_| {
        D::Error::custom(format!("{name:?} is no time zone: write an IANA name, for example \"Europe/Moscow\""))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LETTER: &str = include_str!("../../config/campaigns/500plus-2022.toml");

    #[test]
    fn the_shipped_campaign_is_sound() {
        let campaign = read("500plus-2022.toml", LETTER).unwrap();
        assert_eq!(campaign.form.fields.len(), 14);
        assert_eq!(campaign.schools.len(), 7);
        let days: Vec<String> = campaign.schools.iter().map(|school| school.date.unwrap().to_string()).collect();
        assert_eq!(days.first().map(String::as_str), Some("2022-11-15"));
        assert_eq!(days.last().map(String::as_str), Some("2022-11-29"));
    }

    #[test]
    fn fields_that_no_answer_could_meet_are_refused() {
        for (from, to, word) in [
            ("min = 1, max = 5", "min = 5, max = 5", "rating"),
            ("kind = \"list\"", "kind = { one_of = [\"очно\", \"Очно \"] }", "\"Очно \" twice"),
            ("kind = \"list\"", "kind = { several_of = [\"очно\"] }", "at least two"),
            ("kind = \"list\"", "kind = { table = { columns = [\"ФИО\", \"–\"] } }", "without a word"),
            ("kind = \"list\"", "kind = \"list\"\nmin = 1", "min is for kinds"),
            ("kind = \"list\"", "kind = \"count\"\nmin = 3\nmax = 2", "min = 3 is above max = 2"),
            ("kind = \"list\"", "kind = \"count\"\nmax = -1", "below zero"),
            ("kind = \"list\"", "kind = \"decimal\"\nmin = nan", "no number"),
            ("kind = \"list\"", "kind = \"list\"\nmax_length = 0", "max_length"),
            ("kind = \"list\"", "kind = \"list\"\nsame_as = \"events_attended\"", "same_as"),
            ("kind = \"list\"", "kind = \"list\"\nsame_as = \"proposals\"", "kind is another"),
            (
                "kind = \"list\"",
                "kind = \"list\"\nrequired_if = { field = \"x\", is = \"да\" }",
                "\"x\", which is no other",
            ),
            (
                "kind = \"list\"",
                "kind = \"yes_no\"\nrequired_if = { field = \"proposals\", is = \" \" }",
                "is no answer of",
            ),
            (
                "kind = \"list\"",
                "kind = \"list\"\nrequired = false\nrequired_if = { field = \"proposals\", is = \"да\" }",
                "contradict each other",
            ),
        ] {
            let text = LETTER.replacen(from, to, 1);
            assert_ne!(text, LETTER, "{from}");
            let message = read("x.toml", &text).unwrap_err().to_string();
            assert!(message.contains(word), "{message}");
        }
    }
}
