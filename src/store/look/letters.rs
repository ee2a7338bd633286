//! Letters of ours as people look at them.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::super::{MessageRow, OutboxRow, OutboxState, Store, StoreError, from_word, instant, json, parsed};
use crate::{
    campaign::{CampaignId, SchoolId},
    digest::Sha256,
};

/// A letter, without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterLine {
    /// Its row.
    pub id: OutboxRow,
    /// The campaign; none where it is an alert.
    pub campaign: Option<CampaignId>,
    /// The message that it answers.
    pub message: Option<MessageRow>,
    /// What it is: the word of its kind.
    pub kind: String,
    /// The address of the mailbox from which it comes.
    pub sender: String,
    /// To whom.
    pub recipient: String,
    /// The schools of which it speaks.
    pub schools: Vec<SchoolId>,
    /// How far it has come.
    pub state: OutboxState,
    /// When it was written.
    pub queued: Timestamp,
    /// Since when it is where it is.
    pub since: Timestamp,
    /// Not to be sent before this instant.
    pub not_before: Timestamp,
    /// How often it has been deferred.
    pub tries: u32,
    /// Whether a person has said that it may leave.
    pub approved: bool,
    /// Whether it waits for that, whatever `replies.mode` is: it may have been sent before the store was restored.
    pub held: bool,
    /// Whether it is for the committee itself.
    pub internal: bool,
    /// What the other side, or the system, said last.
    pub response: String,
}

/// A letter as it goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterLook {
    /// What is known of it at once.
    pub line: LetterLine,
    /// The whole message (RFC 5322); empty where another one has taken its place.
    pub mime: Vec<u8>,
}

impl LetterLook {
    /// What the content is known by: who lets a letter leave says which he has read.
    pub fn seal(&self) -> Sha256 {
        Sha256::of(&self.mime)
    }
}

#[derive(sqlx::FromRow)]
struct Columns {
    id: i64,
    campaign: Option<String>,
    message: Option<i64>,
    kind: String,
    sender: String,
    recipient: String,
    /// Parted by spaces.
    schools: Option<String>,
    state: String,
    queued_at: i64,
    changed_at: i64,
    not_before: i64,
    tries: u32,
    approved: bool,
    held: bool,
    internal: bool,
    response: String,
}

const LINE: &str = "SELECT o.id, o.campaign, o.message, o.kind, o.sender, o.recipient,
        (SELECT group_concat(s.school, ' ') FROM outbox_schools s WHERE s.outbox = o.id) AS schools,
        o.state, o.queued_at, o.changed_at, o.not_before, o.tries, o.approved, o.held, o.internal, o.response
    FROM outbox o WHERE";

fn line(row: Columns) -> Result<LetterLine, StoreError> {
    let schools = row.schools.unwrap_or_default();
    Ok(LetterLine {
        id: row.id,
        campaign: row.campaign.as_deref().map(|id| parsed("campaign", id)).transpose()?,
        message: row.message,
        kind: row.kind,
        sender: row.sender,
        recipient: row.recipient,
        schools: schools.split_whitespace().map(|school| parsed("school", school)).collect::<Result<_, _>>()?,
        state: from_word(row.state)?,
        queued: instant(row.queued_at)?,
        since: instant(row.changed_at)?,
        not_before: instant(row.not_before)?,
        tries: row.tries,
        approved: row.approved,
        held: row.held,
        internal: row.internal,
        response: row.response,
    })
}

impl Store {
    /// Letters of a campaign to schools that have not simply left: those first that need a person, then the oldest; so many
    /// at most.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn letters_open(&self, campaign: &CampaignId, most: i64) -> Result<Vec<LetterLine>, StoreError> {
        let query = format!(
            "{LINE} o.state IN ('queued', 'leased', 'sending', 'failed', 'ambiguous') AND o.internal = 0 AND o.campaign = $2
             ORDER BY o.state NOT IN ('failed', 'ambiguous'), o.approved, o.id LIMIT $1"
        );
        let rows: Vec<Columns> = sqlx::query_as(sqlx::AssertSqlSafe(query))
            .bind(most)
            .bind(campaign.as_str())
            .fetch_all(&self.readers)
            .await?;
        rows.into_iter().map(line).collect()
    }

    /// How these letters begin: their headers, as a rule.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn letter_heads(&self, letters: &[OutboxRow]) -> Result<BTreeMap<OutboxRow, Vec<u8>>, StoreError> {
        let rows: Vec<(OutboxRow, Vec<u8>)> = sqlx::query_as(
            "SELECT id, substr(mime, 1, 4096) FROM outbox WHERE id IN (SELECT value FROM json_each($1))",
        )
        .bind(json(&letters)?)
        .fetch_all(&self.readers)
        .await?;
        Ok(rows.into_iter().collect())
    }

    /// The letters that answer a message.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn letters_about(&self, message: MessageRow) -> Result<Vec<LetterLine>, StoreError> {
        let query = format!("{LINE} o.message = $1 ORDER BY o.id");
        let rows: Vec<Columns> =
            sqlx::query_as(sqlx::AssertSqlSafe(query)).bind(message).fetch_all(&self.readers).await?;
        rows.into_iter().map(line).collect()
    }

    /// The letters that speak of a school, the oldest first.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn letters_of(&self, campaign: &str, school: &SchoolId) -> Result<Vec<LetterLine>, StoreError> {
        let query = format!(
            "{LINE} o.campaign = $1 AND o.id IN (SELECT outbox FROM outbox_schools WHERE school = $2) ORDER BY o.id"
        );
        let rows: Vec<Columns> = sqlx::query_as(sqlx::AssertSqlSafe(query))
            .bind(campaign)
            .bind(school.as_str())
            .fetch_all(&self.readers)
            .await?;
        rows.into_iter().map(line).collect()
    }

    /// A letter as it goes out; none where there is no such row.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn letter_look(&self, id: OutboxRow) -> Result<Option<LetterLook>, StoreError> {
        // One moment: whoever has read this text lets this very text leave.
        let mut tx = self.readers.begin().await?;
        let query = format!("{LINE} o.id = $1");
        let row: Option<Columns> = sqlx::query_as(sqlx::AssertSqlSafe(query)).bind(id).fetch_optional(&mut *tx).await?;
        let Some(row) = row else { return Ok(None) };
        let mime: Vec<u8> =
            sqlx::query_scalar("SELECT mime FROM outbox WHERE id = $1").bind(id).fetch_one(&mut *tx).await?;
        Ok(Some(LetterLook { line: line(row)?, mime }))
    }
}
