//! TOML text → [`Campaign`], with errors that name file, line and key.

use std::collections::HashSet;

use jiff::{
    civil::{Date, Time},
    tz::TimeZone,
};
use serde::{Deserialize, Deserializer, de::Error as _};

use super::{Campaign, FieldKind, RequirementKind, SchoolId};

/// Why a text is no campaign. The message holds the line and the key.
#[derive(Debug, thiserror::Error)]
pub enum CampaignError {
    /// The TOML is malformed, a key is unknown or missing, or a value is of the wrong kind.
    #[error("{file}: {reason}")]
    Syntax {
        /// The file, as it was named.
        file: String,
        /// Line, column and what was expected.
        reason: Box<toml::de::Error>,
    },
    /// The parts contradict each other.
    #[error("{file}: {what}")]
    Unsound {
        /// The file, as it was named.
        file: String,
        /// What is contradictory, and what to write instead.
        what: String,
    },
}

/// Reads a campaign from the text of its file; `file` is for messages only.
///
/// # Errors
/// [`CampaignError::Syntax`] where the text is no campaign, [`CampaignError::Unsound`] where its parts cannot all hold.
pub fn read(file: &str, text: &str) -> Result<Campaign, CampaignError> {
    let campaign: Campaign = toml::from_str(text)
        .map_err(|reason| CampaignError::Syntax { file: file.to_owned(), reason: Box::new(reason) })?;
    match contradiction(&campaign) {
        Some(what) => Err(CampaignError::Unsound { file: file.to_owned(), what }),
        None => Ok(campaign),
    }
}

/// The first thing in the campaign that cannot be meant.
fn contradiction(campaign: &Campaign) -> Option<String> {
    let form = &campaign.form;
    let repeated = |kind: &str, id: &str| format!("{kind} {id:?} stands twice: give each its own id");
    let mut seen = HashSet::new();
    if let Some(field) = form.fields.iter().find(|field| !seen.insert(&field.id)) {
        return Some(repeated("form.field", field.id.as_str()));
    }
    let mut seen = HashSet::new();
    if let Some(school) = campaign.schools.iter().find(|school| !seen.insert(&school.id)) {
        return Some(repeated("school", school.id.as_str()));
    }
    let mut seen = HashSet::new();
    if let Some(one) = campaign.requirements.iter().find(|one| !seen.insert(&one.id)) {
        return Some(repeated("requirement", one.id.as_str()));
    }
    let names = form.fields.iter().filter(|field| field.kind == FieldKind::SchoolName).count();
    if names != 1 {
        return Some(format!(
            "the form has {names} fields of kind \"school_name\": exactly one field must name the school"
        ));
    }
    if let Some(what) = overlap(campaign) {
        return Some(what);
    }
    if campaign.schools.is_empty() {
        return Some("no [[school]]: a campaign needs at least one school in its schedule".to_owned());
    }
    let unknown = campaign
        .requirements
        .iter()
        .flat_map(|one| one.schools.iter().flatten().map(move |school| (one, school)))
        .find(|(_, school)| campaign.school(school).is_none());
    if let Some((one, school)) = unknown {
        return Some(format!(
            "requirement {:?} lists school {:?}, which no [[school]] has",
            one.id.as_str(),
            school.as_str()
        ));
    }
    if let Some(what) = reminders(campaign) {
        return Some(what);
    }
    form.contradiction()
}

/// A school that owes two forms, or two drafts: nobody could say which of them a document meets, or when it is late.
fn overlap(campaign: &Campaign) -> Option<String> {
    for kind in [RequirementKind::Form, RequirementKind::Draft] {
        let all: Vec<_> = campaign.requirements_of(kind).collect();
        for (at, one) in all.iter().enumerate() {
            for other in all.iter().skip(at + 1) {
                let (first, second) = (one.id.as_str(), other.id.as_str());
                let shared = match (&one.schools, &other.schools) {
                    (Some(schools), Some(_)) => {
                        schools.iter().find(|school| other.is_owed_by(school)).map(|school| school.as_str())
                    }
                    (Some(schools), None) | (None, Some(schools)) => schools.first().map(SchoolId::as_str),
                    (None, None) => Some("every school"),
                };
                let Some(shared) = shared else { continue };
                return Some(format!(
                    "requirements {first:?} and {second:?} are both of kind {kind:?} and are both owed by {shared:?}: \
                     give each its own `schools`, in which no school stands twice"
                ));
            }
        }
    }
    None
}

fn reminders(campaign: &Campaign) -> Option<String> {
    /// More days than any letter of a committee leaves.
    const LONGEST: u8 = 60;
    if let Some(rules) = &campaign.reminders {
        if let Some(days) = rules.days_before.iter().find(|days| **days > LONGEST) {
            return Some(format!(
                "reminders.days_before: {days} days before a deadline: at most {LONGEST} are allowed"
            ));
        }
        if rules.from >= rules.to {
            return Some("reminders: from must be before to, or there is no hour to remind in".to_owned());
        }
    }
    campaign.people.iter().find_map(|person| {
        let unknown = person.schools.iter().flatten().find(|school| campaign.school(school).is_none());
        let district = |name: &&String| campaign.schools.iter().all(|school| school.district != **name);
        if !person.address.contains('@') {
            Some(format!("person: {:?} is no e-mail address", person.address))
        } else if let Some(school) = unknown {
            Some(format!("person {:?} lists school {:?}, which no [[school]] has", person.address, school.as_str()))
        } else {
            let district = person.district.as_ref().filter(district)?;
            Some(format!("person {:?}: no [[school]] lies in the district {district:?}", person.address))
        }
    })
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
    fn an_unknown_key_is_refused_with_its_line() {
        let text = LETTER.replacen("time_zone =", "timezone =", 1);
        let message = read("x.toml", &text).unwrap_err().to_string();
        assert!(message.contains("x.toml") && message.contains("line 6") && message.contains("timezone"), "{message}");
    }

    #[test]
    fn contradictions_are_refused() {
        for (from, to, word) in [
            ("id = \"roshchino\"", "id = \"kirishi-3\"", "twice"),
            ("kind = \"school_name\"", "kind = \"text\"", "school_name"),
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
            ("schools = [] ", "schools = [\"nobody\"] ", "nobody"),
            ("from = 09:00:00", "from = 19:00:00", "no hour to remind in"),
            ("days_before = [3, 1]", "days_before = [3, 99]", "99 days before"),
            ("[event]", "[[person]]\nwho = \"x\"\naddress = \"a@b.ru\"\ndistrict = \"Лужский\"\n[event]", "Лужский"),
            ("id = \"draft\"\nkind = \"draft\"", "id = \"draft\"\nkind = \"form\"", "owed by \"every school\""),
        ] {
            let text = LETTER.replacen(from, to, 1);
            assert_ne!(text, LETTER, "{from}");
            let message = read("x.toml", &text).unwrap_err().to_string();
            assert!(message.contains(word), "{message}");
        }
    }

    #[test]
    fn two_deadlines_of_one_form_have_schools_of_their_own() {
        let form = |id: &str, schools: &str| {
            format!(
                "[[requirement]]\nid = {id:?}\nkind = \"form\"\ntitle = \"x\"\naccusative = \"x\"\n\
                 deadline = 2022-11-15\nschools = [{schools}]\n\n"
            )
        };
        let with = |first: &str, second: &str| {
            let own = LETTER.replacen("id = \"form\"\nkind = \"form\"", "id = \"other\"\nkind = \"information\"", 1);
            own.replacen("[event]", &format!("{}{}[event]", form("first", first), form("second", second)), 1)
        };
        let campaign = read("x.toml", &with("\"kirishi-3\"", "\"roshchino\", \"vazhiny\"")).unwrap();
        let owed = |school: &str| {
            let one = campaign.requirement(RequirementKind::Form, &school.parse().unwrap());
            one.map(|one| one.id.as_str().to_owned())
        };
        assert_eq!(owed("kirishi-3").as_deref(), Some("first"));
        assert_eq!(owed("vazhiny").as_deref(), Some("second"));
        assert_eq!(owed("voznesenye"), None);
        let message = read("x.toml", &with("\"kirishi-3\"", "\"kirishi-3\"")).unwrap_err().to_string();
        assert!(message.contains("\"first\"") && message.contains("\"second\""), "{message}");
        assert!(message.contains("kirishi-3"), "{message}");
    }

    #[test]
    fn a_date_with_a_time_is_no_date() {
        let text = LETTER.replacen("start = 2022-11-01", "start = 2022-11-01T10:00:00", 1);
        let message = read("x.toml", &text).unwrap_err().to_string();
        assert!(message.contains("without a time"), "{message}");
    }
}
