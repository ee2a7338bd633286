//! What each school has sent so far: the fold over its accepted submissions.

use jiff::Timestamp;
use sqlx::SqliteConnection;

use super::{SchoolRow, Store, StoreError, from_json, instant, json, parsed, remembered::Standings};
use crate::{
    campaign::CampaignId,
    decision::{Known, SchoolState},
    form::{Answer, Invalid},
    message::{Address, MessageId},
};

pub(super) fn invalid_word(invalid: Invalid) -> &'static str {
    Invalid::ALL.iter().find(|(one, _)| *one == invalid).map_or("", |(_, word)| word)
}

pub(super) fn invalid(word: &str) -> Result<Invalid, StoreError> {
    let known = Invalid::ALL.iter().find(|(_, known)| *known == word).map(|(one, _)| *one);
    known.ok_or_else(|| StoreError::row("kind of invalid answer", word))
}

/// An answer of its columns.
pub(super) fn answer(
    text: String,
    value: Option<&str>,
    problem: Option<&str>,
    found: String,
) -> Result<Answer, StoreError> {
    let value = value.map(from_json).transpose()?;
    Ok(Answer { text, value, invalid: problem.map(invalid).transpose()?, found })
}

/// School, version, form, draft, information, late, received, sender.
type Version = (String, u32, bool, bool, String, bool, i64, Option<String>);
/// School, field, text, value, invalid, found, received.
type AnswerColumns = (String, String, String, Option<String>, Option<String>, String, i64);

impl Store {
    /// What is known before a message is decided: of each school, and of the sender.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn known(
        &self,
        campaign: &CampaignId,
        from: Option<&Address>,
        answers: &[MessageId],
    ) -> Result<Known, StoreError> {
        let rows = self.accepted(campaign).await?;
        let schools = rows.iter().map(|(school, row)| (school.clone(), row.state.clone())).collect();
        let Some(from) = from else {
            return Ok(Known { schools, ..Known::default() });
        };
        // An answer of ours that spoke of several schools ties the thread to none of them, nor does one that a person has
        // found to be a mistake.
        let thread: Option<String> = sqlx::query_scalar(
            "SELECT min(s.school) FROM json_each($1) asked
             JOIN outbox o ON o.message_id = asked.value JOIN outbox_schools s ON s.outbox = o.id
             WHERE o.campaign = $2 AND o.recipient = $3 AND o.kind <> 'digest'
             GROUP BY asked.key HAVING count(*) = 1 AND max(
                 EXISTS (SELECT 1 FROM submissions x WHERE x.message = o.message AND x.school = s.school
                         AND x.campaign = o.campaign AND x.replaced IS NOT NULL)
                 AND NOT EXISTS (SELECT 1 FROM submissions x WHERE x.message = o.message AND x.school = s.school
                                 AND x.campaign = o.campaign AND x.replaced IS NULL)) = 0
             ORDER BY asked.key LIMIT 1",
        )
        .bind(json(&answers)?)
        .bind(campaign.as_str())
        .bind(from.as_str())
        .fetch_optional(&self.readers)
        .await?;
        let told: Vec<String> = sqlx::query_scalar(
            "SELECT DISTINCT s.school FROM outbox o JOIN outbox_schools s ON s.outbox = o.id
             WHERE o.recipient = $1 AND o.campaign = $2 AND o.message IS NOT NULL
               AND o.state NOT IN ('dropped', 'failed', 'superseded')",
        )
        .bind(from.as_str())
        .bind(campaign.as_str())
        .fetch_all(&self.readers)
        .await?;
        let (in_our_thread, answers_ours): (bool, bool) = sqlx::query_as(
            "SELECT coalesce(max(o.campaign = $3), 0), coalesce(max(o.recipient = $2), 0)
             FROM json_each($1) asked JOIN outbox o ON o.message_id = asked.value
             WHERE o.internal = 0",
        )
        .bind(json(&answers)?)
        .bind(from.as_str())
        .bind(campaign.as_str())
        .fetch_one(&self.readers)
        .await?;
        let noted: Vec<String> = sqlx::query_scalar(
            "SELECT DISTINCT d.sha256 FROM outbox o JOIN documents d ON d.message = o.message
             WHERE o.recipient = $1 AND o.kind IN ('receipt', 'closed') AND o.state NOT IN ('dropped', 'failed', 'superseded')
               AND d.sha256 IS NOT NULL",
        )
        .bind(from.as_str())
        .fetch_all(&self.readers)
        .await?;
        let school = |text: Option<String>| text.map(|text| parsed("school", &text)).transpose();
        let noted = noted.into_iter().map(|text| parsed("hash", &text)).collect::<Result<_, _>>()?;
        let told = told.into_iter().map(|text| parsed("school", &text)).collect::<Result<_, _>>()?;
        Ok(Known { schools, thread: school(thread)?, told, noted, answers_ours, in_our_thread, recorded: false })
    }
}

/// Where the schools of a campaign stand; `only` these, as JSON.
pub(super) async fn read(
    connection: &mut SqliteConnection,
    campaign: &CampaignId,
    only: Option<&str>,
) -> Result<Standings, StoreError> {
    let versions: Vec<Version> = sqlx::query_as(
        "SELECT s.school, s.version, s.form, s.draft, s.information, s.late, m.received_at, m.sender
         FROM submissions s JOIN messages m ON m.id = s.message
         WHERE s.campaign = $1 AND s.version IS NOT NULL
           AND ($2 IS NULL OR s.school IN (SELECT value FROM json_each($2)))
         ORDER BY s.school, m.received_at, s.version",
    )
    .bind(campaign.as_str())
    .bind(only)
    .fetch_all(&mut *connection)
    .await?;
    let answers: Vec<AnswerColumns> = sqlx::query_as(
        "SELECT s.school, a.field, a.text, a.value, a.invalid, a.found, m.received_at
         FROM submissions s JOIN answers a ON a.submission = s.id JOIN messages m ON m.id = s.message
         WHERE s.campaign = $1 AND s.version IS NOT NULL
           AND ($2 IS NULL OR s.school IN (SELECT value FROM json_each($2)))
         ORDER BY s.school, m.received_at, s.version",
    )
    .bind(campaign.as_str())
    .bind(only)
    .fetch_all(&mut *connection)
    .await?;
    let files: Vec<(String, String)> = sqlx::query_as(
        "SELECT DISTINCT d.school, d.sha256 FROM documents d
         WHERE d.sha256 IS NOT NULL AND ($2 IS NULL OR d.school IN (SELECT value FROM json_each($2))) AND EXISTS (
             SELECT 1 FROM submissions s WHERE s.message = d.message AND s.school = d.school AND s.campaign = $1
             AND s.version IS NOT NULL)",
    )
    .bind(campaign.as_str())
    .bind(only)
    .fetch_all(&mut *connection)
    .await?;
    let mut schools = Standings::new();
    for version in versions {
        let row = schools.entry(parsed("school", &version.0)?).or_default();
        add(row, version)?;
    }
    for (school, sha256) in files {
        let row = schools.entry(parsed("school", &school)?).or_default();
        row.state.files.insert(parsed("hash", &sha256)?);
    }
    for (school, field, text, value, problem, found, received) in answers {
        let answer = answer(text, value.as_deref(), problem.as_deref(), found)?;
        let (row, field) = (schools.entry(parsed("school", &school)?).or_default(), parsed("field", &field)?);
        // In the order in which the mails came: the latest that is there wins, and a field left out erases nothing.
        row.state.answered.insert(Clone::clone(&field), instant(received)?);
        row.state.answers.insert(field, answer);
    }
    Ok(schools)
}

fn add(row: &mut SchoolRow, version: Version) -> Result<(), StoreError> {
    let (_, number, form, draft, information, late, received, sender) = version;
    let received = instant(received)?;
    let first = |old: Option<Timestamp>| Some(old.map_or(received, |old| old.min(received)));
    if form {
        row.form_received = first(row.form_received);
    }
    if draft {
        row.draft_received = first(row.draft_received);
    }
    row.last_message = row.last_message.max(Some(received));
    row.late |= late;
    row.versions = row.versions.max(number);
    let state: &mut SchoolState = &mut row.state;
    state.form |= form;
    state.draft |= draft;
    state.versions = state.versions.max(number);
    for met in from_json::<Vec<_>>(&information)? {
        if !state.information.contains(&met) {
            state.information.push(met);
        }
    }
    if let Some(sender) = sender.as_deref().and_then(Address::parse)
        && !state.senders.contains(&sender)
    {
        state.senders.push(sender);
    }
    Ok(())
}
