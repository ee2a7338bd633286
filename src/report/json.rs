//! `status --json`.

use jiff::{Timestamp, civil::Date};
use schemars::JsonSchema;
use serde::Serialize;

use crate::campaign::{CampaignId, FieldId, SchoolId};

use super::{MessageCounts, Status, Summary};

/// Where each school stands, for machines.
#[derive(Debug, Serialize, JsonSchema)]
pub struct StatusJson {
    campaign: CampaignId,
    /// RFC 3339.
    #[schemars(with = "String")]
    as_of: Timestamp,
    schools: Vec<SchoolJson>,
    /// How many cases wait for a person.
    review: usize,
    messages: MessageCounts,
}

#[derive(Debug, Serialize, JsonSchema)]
struct SchoolJson {
    id: SchoolId,
    name: String,
    #[schemars(with = "String")]
    date: Date,
    status: Status,
    form: FormJson,
    draft: DraftJson,
    versions: u32,
    #[schemars(with = "Option<String>")]
    last_message: Option<Timestamp>,
    late: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
struct FormJson {
    #[schemars(with = "Option<String>")]
    received: Option<Timestamp>,
    missing: Vec<FieldId>,
    invalid: Vec<FieldId>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct DraftJson {
    #[schemars(with = "Option<String>")]
    received: Option<Timestamp>,
}

/// The summary as `status --json` prints it.
pub fn status_json(summary: &Summary<'_>) -> StatusJson {
    let school = |one: &super::SchoolSummary| {
        let school = summary.campaign.school(&one.school)?;
        Some(SchoolJson {
            id: school.id.clone(),
            name: school.name.clone(),
            date: school.date,
            status: one.status,
            form: FormJson { received: one.form, missing: one.missing.clone(), invalid: one.invalid.clone() },
            draft: DraftJson { received: one.draft },
            versions: one.versions,
            last_message: one.last_message,
            late: one.late,
        })
    };
    StatusJson {
        campaign: summary.campaign.id.clone(),
        as_of: summary.as_of,
        schools: summary.schools.iter().filter_map(school).collect(),
        review: summary.reviews.len(),
        messages: summary.counts,
    }
}
