//! The JSON that `check --json` prints, one object a line; `docs/check.schema.json` is generated from these types.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    campaign::{Campaign, CampaignId, FieldId, SchoolId},
    decision::{Action, Decision, Submission, Template},
    document::{Format, Problem},
    form::{Answer, Kind, Value},
    message::{Address, Authentication, Automatic, MessageId},
    reader::Reading,
};

/// What would be decided about one file.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Check {
    /// The file as it was given.
    file: String,
    message: MessageJson,
    documents: Vec<DocumentJson>,
    submissions: Vec<SubmissionJson>,
    replies: Vec<ReplyJson>,
}

/// The mail itself.
#[derive(Debug, Serialize, JsonSchema)]
struct MessageJson {
    message_id: Option<MessageId>,
    from: Option<Address>,
    /// RFC 3339.
    #[schemars(with = "Option<String>")]
    received: Option<Timestamp>,
    /// By what a machine shows itself.
    automatic: Option<Automatic>,
    /// Whether it is of whom it says, by the word of our own servers.
    authentication: Authentication,
    action: Action,
    /// Why, one reason each.
    why: Vec<String>,
}

/// A file of the mail.
#[derive(Debug, Serialize, JsonSchema)]
struct DocumentJson {
    name: Option<String>,
    format: Format,
    kind: Kind,
    school: Option<SchoolId>,
    problem: Option<Problem>,
    /// How it was reached: `zip > rfc822 > name`.
    path: String,
}

/// One school's part of the mail.
#[derive(Debug, Serialize, JsonSchema)]
struct SubmissionJson {
    /// The campaign, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    campaign: Option<CampaignId>,
    school: Option<SchoolId>,
    candidates: Vec<SchoolId>,
    /// The name of a school outside the schedule.
    outside: Option<String>,
    /// The name of the school's branch.
    branch: Option<String>,
    action: Action,
    late: bool,
    draft: bool,
    missing: Vec<FieldId>,
    invalid: Vec<FieldId>,
    answers: BTreeMap<FieldId, AnswerJson>,
    evidence: Vec<String>,
}

/// An answer.
#[derive(Debug, Serialize, JsonSchema)]
struct AnswerJson {
    text: String,
    value: Option<Value>,
    /// Where it was found.
    found: String,
}

/// A reply that would be sent.
#[derive(Debug, Serialize, JsonSchema)]
struct ReplyJson {
    /// The campaign, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    campaign: Option<CampaignId>,
    to: Address,
    template: Template,
    subject: String,
}

impl Check {
    /// What the reading of `file` comes to in each campaign, the weightiest first; `subjects` are those of all replies.
    pub(crate) fn new(
        file: String,
        reading: &Reading,
        shares: &[(&Campaign, &Decision)],
        subjects: Vec<String>,
    ) -> Self {
        let message = &reading.message;
        let first = shares.first().map(|(_, decision)| *decision);
        let documents = first.map(|decision| decision.documents.as_slice()).unwrap_or_default();
        let several = shares.len() > 1;
        let id = |campaign: &Campaign| several.then(|| campaign.id.clone());
        let name_of = |document: &usize| {
            let file = documents.get(*document).and_then(|one| one.file);
            file.and_then(|index| reading.files.get(index)).and_then(|file| file.name.clone())
        };
        Self {
            file,
            message: MessageJson {
                message_id: message.message_id.clone(),
                from: message.from.as_ref().map(|from| from.address.clone()),
                received: message.received,
                automatic: message.automatic,
                authentication: message.authentication,
                action: first.map_or(Action::Leave, |decision| decision.action),
                why: first.map(|decision| decision.why.clone()).unwrap_or_default(),
            },
            documents: documents.iter().map(|one| DocumentJson::new(reading, one)).collect(),
            submissions: shares
                .iter()
                .flat_map(|(campaign, decision)| decision.submissions.iter().map(move |one| (*campaign, one)))
                .map(|(campaign, one)| {
                    let documents: Vec<String> = one.documents.iter().filter_map(name_of).collect();
                    SubmissionJson::new(id(campaign), one, &documents)
                })
                .collect(),
            replies: shares
                .iter()
                .flat_map(|(campaign, decision)| decision.replies.iter().map(move |one| (*campaign, one)))
                .zip(subjects)
                .map(|((campaign, one), subject)| ReplyJson {
                    campaign: id(campaign),
                    to: one.to.clone(),
                    template: one.template,
                    subject,
                })
                .collect(),
        }
    }
}

impl DocumentJson {
    fn new(reading: &Reading, verdict: &crate::decision::DocumentVerdict) -> Self {
        let file = verdict.file.and_then(|index| reading.files.get(index));
        let name = file.and_then(|file| file.name.clone());
        let mut path = file.map(|file| file.path.clone()).unwrap_or_default();
        path.push(name.clone().unwrap_or_else(|| if file.is_some() { "(no name)" } else { "(mail text)" }.to_owned()));
        Self {
            name,
            format: file.map_or(Format::Text, |file| file.format),
            kind: verdict.kind,
            school: verdict.school.clone(),
            problem: verdict.problem,
            path: path.join(" > "),
        }
    }
}

impl SubmissionJson {
    fn new(campaign: Option<CampaignId>, one: &Submission, documents: &[String]) -> Self {
        let answer = |answer: &Answer| AnswerJson {
            text: answer.text.clone(),
            value: answer.value.clone(),
            found: match documents {
                [only] => format!("{only}: {}", answer.found),
                _ => answer.found.clone(),
            },
        };
        Self {
            campaign,
            school: one.school.clone(),
            candidates: one.candidates.clone(),
            outside: one.outside.clone(),
            branch: one.branch.clone(),
            action: one.action,
            late: one.late,
            draft: one.draft,
            missing: one.missing.clone(),
            invalid: one.invalid.clone(),
            answers: one.answers.iter().map(|(field, one)| (field.clone(), answer(one))).collect(),
            evidence: one.evidence.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `SVODKA_WRITE_SCHEMA=1 cargo test --locked schema` writes them anew.
    fn assert_checked_in(name: &str, schema: &schemars::Schema) {
        let file = format!("{}/docs/{name}.schema.json", env!("CARGO_MANIFEST_DIR"));
        // What the tests need lets JSON keep the order of the types; the files have that of the alphabet.
        let mut schema = serde_json::to_value(schema).unwrap();
        schema.sort_all_objects();
        if std::env::var_os("SVODKA_WRITE_SCHEMA").is_some() {
            std::fs::write(&file, serde_json::to_string_pretty(&schema).unwrap() + "\n").unwrap();
        }
        let written: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        assert!(written == schema, "{file} is another: run SVODKA_WRITE_SCHEMA=1 cargo test --locked schema");
    }

    #[test]
    fn the_checked_in_schemas_are_those_of_the_types() {
        assert_checked_in("check", &schemars::schema_for!(Check));
        assert_checked_in("status", &schemars::schema_for!(crate::report::StatusJson));
    }
}
