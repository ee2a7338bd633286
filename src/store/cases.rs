//! A message about which a person decides: everything that is known of it.

use jiff::Timestamp;
use sqlx::SqliteConnection;

use super::{MessageRow, Store, StoreError, Stored, from_json, from_word, instant, parsed, state};
use crate::{
    campaign::{CampaignId, SchoolId},
    decision::{DocumentVerdict, ReviewReason, Submission},
    form::Answer,
    message::{Address, Authentication},
    reader::{FileReading, Reading, VERSION},
};

/// A case as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct ReviewState {
    /// Its number.
    pub number: i64,
    /// The campaign in which it is decided.
    pub campaign: CampaignId,
    /// The message.
    pub message: MessageRow,
    /// The submission that it is about; `None` for the whole message.
    pub submission: Option<i64>,
    /// Why.
    pub reason: ReviewReason,
    /// The schools that it may be.
    pub candidates: Vec<SchoolId>,
    /// When the sender was asked whose his documents are.
    pub asked: Option<Timestamp>,
    /// When it was decided.
    pub decided: Option<Timestamp>,
}

/// A stored message with what was read in it, where that was read by this version.
#[derive(Debug, Clone)]
pub struct StoredReading {
    /// The message.
    pub stored: Stored,
    /// What was read.
    pub reading: Option<Reading>,
    /// Whether its author is who he says, as it was found out then, whichever version did.
    pub authentication: Authentication,
}

/// Campaign, message, submission, reason, candidates, asked, decided.
type ReviewColumns = (String, i64, Option<i64>, String, String, Option<i64>, Option<i64>);
/// Field, text, value, invalid, found.
type AnswerColumns = (String, String, Option<String>, Option<String>, String);
/// Hash, path, kind, school, problem.
type DocumentColumns = (Option<String>, String, String, Option<String>, Option<String>);
/// Hash, received, mailbox, cursor, truncated; reading, its version.
type MessageColumns = (String, i64, String, String, bool, Option<String>, Option<u32>);

#[derive(sqlx::FromRow)]
struct SubmissionColumns {
    school: Option<String>,
    candidates: String,
    outside: Option<String>,
    branch: Option<String>,
    action: String,
    late: bool,
    form: bool,
    draft: bool,
    information: String,
    missing: String,
    invalid: String,
    owed: String,
    documents: String,
    evidence: String,
}

/// What a reading of any version says of the author.
fn authentication(reading: &str) -> Authentication {
    let reading: serde_json::Value = serde_json::from_str(reading).unwrap_or_default();
    let said = reading.pointer("/message/authentication").cloned().unwrap_or_default();
    serde_json::from_value(said).unwrap_or_default()
}

impl Store {
    /// A case; none where there is none of this number.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn review(&self, number: i64) -> Result<Option<ReviewState>, StoreError> {
        let row: Option<ReviewColumns> = sqlx::query_as(
            "SELECT campaign, message, submission, reason, candidates, asked_at, decided_at FROM reviews WHERE id = $1",
        )
        .bind(number)
        .fetch_optional(&self.readers)
        .await?;
        row.map(|(campaign, message, submission, reason, candidates, asked, decided)| {
            Ok(ReviewState {
                number,
                campaign: parsed("campaign", &campaign)?,
                message,
                submission,
                reason: from_word(reason)?,
                candidates: from_json(&candidates)?,
                asked: asked.map(instant).transpose()?,
                decided: decided.map(instant).transpose()?,
            })
        })
        .transpose()
    }

    /// A message and what was read in it; none where there is none of this row.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn stored_reading(&self, message: MessageRow) -> Result<Option<StoredReading>, StoreError> {
        let row: Option<MessageColumns> = sqlx::query_as(
            "SELECT sha256, received_at, mailbox, cursor, truncated, reading, version FROM messages
             WHERE id = $1 AND duplicate_of IS NULL",
        )
        .bind(message)
        .fetch_optional(&self.readers)
        .await?;
        row.map(|(sha256, received_at, mailbox, cursor, truncated, reading, version)| {
            let (sha256, received_at) = (parsed("hash", &sha256)?, instant(received_at)?);
            let stored = Stored { id: message, sha256, received_at, mailbox, cursor, truncated };
            let authentication = reading.as_deref().map(authentication).unwrap_or_default();
            let reading = reading.filter(|_| version == Some(VERSION)).as_deref().map(from_json).transpose()?;
            Ok(StoredReading { stored, reading, authentication })
        })
        .transpose()
    }

    /// A submission as it was recorded; none where there is none of this row.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn submission(&self, row: i64) -> Result<Option<Submission>, StoreError> {
        let columns: Option<SubmissionColumns> =
            sqlx::query_as("SELECT * FROM submissions WHERE id = $1").bind(row).fetch_optional(&self.readers).await?;
        let Some(columns) = columns else { return Ok(None) };
        let answers: Vec<AnswerColumns> =
            sqlx::query_as("SELECT field, text, value, invalid, found FROM answers WHERE submission = $1")
                .bind(row)
                .fetch_all(&self.readers)
                .await?;
        let answer =
            |(field, text, value, invalid, found): (String, String, Option<String>, Option<String>, String)| {
                let value = value.as_deref().map(from_json).transpose()?;
                let invalid = invalid.as_deref().map(state::invalid).transpose()?;
                Ok::<_, StoreError>((parsed("field", &field)?, Answer { text, value, invalid, found }))
            };
        Ok(Some(Submission {
            school: columns.school.as_deref().map(|school| parsed("school", school)).transpose()?,
            candidates: from_json(&columns.candidates)?,
            outside: columns.outside,
            branch: columns.branch,
            action: from_word(columns.action)?,
            late: columns.late,
            form: columns.form,
            draft: columns.draft,
            information: from_json(&columns.information)?,
            missing: from_json(&columns.missing)?,
            invalid: from_json(&columns.invalid)?,
            answers: answers.into_iter().map(answer).collect::<Result<_, _>>()?,
            changed: Vec::new(),
            documents: from_json(&columns.documents)?,
            owed: from_json(&columns.owed)?,
            repeats: false,
            evidence: from_json(&columns.evidence)?,
        }))
    }

    /// The submissions of a message that count as a school's in a campaign.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn accepted_of(&self, campaign: &CampaignId, message: MessageRow) -> Result<Vec<i64>, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT id FROM submissions WHERE message = $1 AND campaign = $2 AND version IS NOT NULL ORDER BY id",
        )
        .bind(message)
        .bind(campaign.as_str())
        .fetch_all(&self.readers)
        .await?)
    }

    /// The campaign and message of a submission; none where there is none of this row, or it no longer counts.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn message_of(&self, submission: i64) -> Result<Option<(CampaignId, MessageRow)>, StoreError> {
        let row: Option<(String, MessageRow)> =
            sqlx::query_as("SELECT campaign, message FROM submissions WHERE id = $1 AND version IS NOT NULL")
                .bind(submission)
                .fetch_optional(&self.readers)
                .await?;
        row.map(|(campaign, message)| Ok((parsed("campaign", &campaign)?, message))).transpose()
    }

    /// As whose the documents from an address count, and those of this message that are nobody's yet; `except` this submission.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn writes_for(
        &self,
        campaign: &CampaignId,
        sender: &Address,
        message: MessageRow,
        except: Option<i64>,
    ) -> Result<Vec<Option<SchoolId>>, StoreError> {
        let schools: Vec<Option<String>> = sqlx::query_scalar(
            "SELECT DISTINCT s.school FROM submissions s JOIN messages m ON m.id = s.message
             WHERE m.sender = $1 AND (s.version IS NOT NULL OR (s.message = $2 AND s.replaced IS NULL)) AND s.id IS NOT $3
               AND s.campaign = $4",
        )
        .bind(sender.as_str())
        .bind(message)
        .bind(except)
        .bind(campaign.as_str())
        .fetch_all(&self.readers)
        .await?;
        schools.into_iter().map(|school| school.map(|school| parsed("school", &school)).transpose()).collect()
    }

    /// How often a person has decided something about a message, also where that was taken back.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn rulings_count(&self, message: MessageRow) -> Result<u32, StoreError> {
        Ok(sqlx::query_scalar("SELECT count(*) FROM rulings WHERE message = $1")
            .bind(message)
            .fetch_one(&self.readers)
            .await?)
    }

    /// What each document of a message is, in the order in which they were recorded.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn verdicts(
        &self,
        message: MessageRow,
        files: &[FileReading],
    ) -> Result<Vec<DocumentVerdict>, StoreError> {
        let rows: Vec<DocumentColumns> = sqlx::query_as(
            "SELECT sha256, path, kind, school, problem FROM documents WHERE message = $1 ORDER BY position",
        )
        .bind(message)
        .fetch_all(&self.readers)
        .await?;
        let verdict = |(sha256, path, kind, school, problem): DocumentColumns| {
            let path: Vec<String> = from_json(&path)?;
            let same = |file: &FileReading| Some(file.sha256.to_string()) == sha256 && file.path == path;
            Ok(DocumentVerdict {
                file: files.iter().position(same),
                kind: from_word(kind)?,
                school: school.as_deref().map(|school| parsed("school", school)).transpose()?,
                problem: problem.map(from_word).transpose()?,
            })
        };
        rows.into_iter().map(verdict).collect()
    }

    /// Whether the sender has been told, or will be, that a submission counts as its school's.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn was_told(&self, submission: Option<i64>) -> Result<bool, StoreError> {
        told(&mut *self.readers.acquire().await?, submission).await
    }
}

/// A letter that waits is taken back by a decision, but for one that speaks of other schools too: it leaves all the same.
pub(super) async fn told(connection: &mut SqliteConnection, submission: Option<i64>) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM submissions x JOIN outbox o ON o.message = x.message AND o.campaign = x.campaign
             JOIN outbox_schools s ON s.outbox = o.id AND s.school = x.school
             WHERE x.id = $1 AND x.version IS NOT NULL
               AND (o.state IN ('leased', 'sending', 'sent', 'ambiguous')
                    OR (o.state = 'queued' AND EXISTS (SELECT 1 FROM outbox_schools other
                                                       WHERE other.outbox = o.id AND other.school <> x.school))))",
    )
    .bind(submission)
    .fetch_one(connection)
    .await?)
}
