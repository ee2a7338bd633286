//! The summary for machines: `status --json`.

use jiff::{Timestamp, civil::Date};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Counts, Status, Summary};
use crate::campaign::{CampaignId, FieldId, SchoolId};

/// The object that `status --json` writes.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct StatusJson {
    /// The campaign.
    pub campaign: CampaignId,
    /// The time for which it holds (RFC 3339).
    #[schemars(with = "String")]
    pub as_of: Timestamp,
    /// The schools of the schedule, in its order.
    pub schools: Vec<SchoolJson>,
    /// How many mails wait for a person.
    pub review: usize,
    /// What became of the mails.
    pub messages: Counts,
}

/// One school.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SchoolJson {
    /// Its id in the campaign.
    pub id: SchoolId,
    /// Its name as the letter prints it.
    pub name: String,
    /// The day of its presentation; null where it has none.
    #[schemars(with = "Option<String>")]
    pub date: Option<Date>,
    /// Where it stands.
    pub status: Status,
    /// Its form.
    pub form: PartJson,
    /// Its draft: nothing can be missing or invalid in it.
    pub draft: PartJson,
    /// How many versions were accepted.
    pub versions: u32,
    /// When its last mail came (RFC 3339).
    #[schemars(with = "Option<String>")]
    pub last_message: Option<Timestamp>,
    /// Whether something of it came after its deadline.
    pub late: bool,
}

/// Something that a school owes.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PartJson {
    /// Whether it has come.
    pub received: bool,
    /// When it first came (RFC 3339).
    #[schemars(with = "Option<String>")]
    pub first: Option<Timestamp>,
    /// Fields without an answer.
    pub missing: Vec<FieldId>,
    /// Fields whose answer is invalid.
    pub invalid: Vec<FieldId>,
}

/// The summary as `status --json` writes it.
pub fn status_json(summary: &Summary<'_>) -> StatusJson {
    let part = |first: Option<Timestamp>, missing: &[FieldId], invalid: &[FieldId]| PartJson {
        received: first.is_some(),
        first,
        missing: missing.to_vec(),
        invalid: invalid.to_vec(),
    };
    let schools = summary.schools.iter().map(|row| SchoolJson {
        id: row.school.id.clone(),
        name: row.school.name.clone(),
        date: row.school.date,
        status: row.status,
        form: part(row.form, &row.missing, &row.invalid),
        draft: part(row.draft, &[], &[]),
        versions: row.versions,
        last_message: row.last_message,
        late: row.late,
    });
    StatusJson {
        campaign: summary.campaign.id.clone(),
        as_of: summary.as_of,
        schools: schools.collect(),
        review: summary.reviews.len(),
        messages: summary.messages,
    }
}
