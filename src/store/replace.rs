//! What a message does to letters of ours that are there already: some are no longer needed, some have come back.

use std::collections::BTreeSet;

use serde_json::json;
use sqlx::SqliteConnection;

use super::{
    OutboxRow, Store, StoreError, Stored, caps, events, from_json, instant, json as to_json, parsed,
    record::{Outgoing, Purpose, Record, Recorded, accepted},
    word,
};
use crate::{
    campaign::{CampaignId, SchoolId},
    decision::Template,
    message::Address,
    reader::{Reading, VERSION},
};

/// How the note begins that is kept with a letter that has come back.
pub const RETURNED: &str = "returned: ";

/// An answer that waits, and that no longer says where its schools stand.
#[derive(Debug, Clone)]
pub struct Outdated {
    /// Its row.
    pub id: OutboxRow,
    /// The message that it answers.
    pub stored: Stored,
    /// What was read in that message.
    pub reading: Reading,
}

/// Row; message, hash, received, mailbox, cursor, truncated; reading.
type OutdatedColumns = (i64, i64, String, i64, String, String, bool, String);

impl Store {
    /// The requests of a campaign that nobody has begun to send and that know nothing of what has come since; and the
    /// answers of which a person's decision may have made something untrue.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn outdated(&self, campaign: &CampaignId) -> Result<Vec<Outdated>, StoreError> {
        let rows: Vec<OutdatedColumns> = sqlx::query_as(
            "SELECT o.id, m.id, m.sha256, m.received_at, m.mailbox, m.cursor, m.truncated, m.reading
             FROM outbox o JOIN messages m ON m.id = o.message
             WHERE o.state = 'queued' AND o.tries = 0 AND o.campaign = $1 AND o.ruling IS NULL
               AND (o.kind = 'request' OR (o.kind = 'confirm' AND o.seen = 0))
               AND m.reading IS NOT NULL AND m.version = $2
               AND EXISTS (SELECT 1 FROM outbox_schools s
                           JOIN submissions x ON x.campaign = o.campaign AND x.school = s.school
                           WHERE s.outbox = o.id AND x.version IS NOT NULL AND x.id > o.seen)
             ORDER BY o.id",
        )
        .bind(campaign.as_str())
        .bind(VERSION)
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|(id, message, sha256, received_at, mailbox, cursor, truncated, reading)| {
                let sha256 = parsed("hash", &sha256)?;
                let received_at = instant(received_at)?;
                let stored = Stored { id: message, sha256, received_at, mailbox, cursor, truncated };
                Ok(Outdated { id, stored, reading: from_json(&reading)? })
            })
            .collect()
    }

    /// Puts a letter as it would be written now in the place of one that waits; without one about the same schools, the old
    /// one stays as it is. That a person has let the old one leave is not said of the new one. Nothing changes where
    /// somebody has begun to send it.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn renew(&self, id: OutboxRow, letter: Option<&Outgoing>) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        if let Some(letter) = letter {
            let schools: BTreeSet<&SchoolId> = letter.schools.iter().collect();
            sqlx::query(
                "UPDATE outbox SET kind = $1, key = $2, message_id = $3, mime = $4, not_before = min(not_before, $5),
                     approved = 0
                 WHERE id = $6 AND state = 'queued' AND tries = 0
                   AND (SELECT json_group_array(school) FROM (SELECT school FROM outbox_schools WHERE outbox = $6
                        ORDER BY school)) = json($7)",
            )
            .bind(letter.purpose.word()?)
            .bind(&letter.key)
            .bind(letter.message_id.as_str())
            .bind(&letter.mime)
            .bind(letter.not_before.as_microsecond())
            .bind(id)
            .bind(to_json(&schools)?)
            .execute(&mut *tx)
            .await?;
        }
        sqlx::query("UPDATE outbox SET seen = (SELECT coalesce(max(id), 0) FROM submissions) WHERE id = $1")
            .bind(id)
            .execute(&mut *tx)
            .await?;
        crate::fault::point!("renew::before_commit");
        Ok(tx.commit().await?)
    }
}

/// Takes back letters that nobody has begun to send and whose place a letter of this message takes; gives how many.
pub(super) async fn supersede(
    connection: &mut SqliteConnection,
    record: &Record<'_>,
    share: &Recorded<'_>,
) -> Result<u64, StoreError> {
    let mut taken_back = 0;
    for outgoing in share.outgoing {
        let crowded = caps::crowded(connection, outgoing.to.as_str(), record.caps, record.now).await?;
        let Purpose::Answer(template) = outgoing.purpose else { continue };
        let kinds: &[Template] = match (template, crowded) {
            // Where only so many may leave, the last of them says where things stand.
            (Template::Receipt, true) => &[Template::Receipt],
            (Template::Confirm | Template::Request, true) => &[Template::Confirm, Template::Request],
            (Template::Receipt, false) | (Template::Closed | Template::Question | Template::Withdrawn, _) => continue,
            // The new answer says what is still missing.
            (Template::Confirm | Template::Request, false) => &[Template::Request],
        };
        taken_back += replaced(connection, record, share, outgoing, kinds).await?;
    }
    Ok(taken_back)
}

/// Takes back the letters of these kinds to the same receiver that speak of no other school than the new one does.
/// Nobody is left without an answer.
async fn replaced(
    connection: &mut SqliteConnection,
    record: &Record<'_>,
    share: &Recorded<'_>,
    outgoing: &Outgoing,
    kinds: &[Template],
) -> Result<u64, StoreError> {
    let arrived: Vec<&SchoolId> = share.decision.submissions.iter().filter_map(accepted).collect();
    let schools: Vec<&SchoolId> = outgoing.schools.iter().filter(|school| arrived.contains(school)).collect();
    let kinds = kinds.iter().map(word).collect::<Result<Vec<String>, _>>()?;
    let changed = sqlx::query(
        "UPDATE outbox SET state = 'superseded', mime = x'', changed_at = $1
         WHERE recipient = $2 AND campaign = $3 AND state = 'queued' AND tries = 0
           AND kind IN (SELECT value FROM json_each($4))
           AND NOT EXISTS (SELECT 1 FROM outbox_schools s WHERE s.outbox = outbox.id
                           AND s.school NOT IN (SELECT value FROM json_each($5)))",
    )
    .bind(record.now.as_microsecond())
    .bind(outgoing.to.as_str())
    .bind(share.campaign.as_str())
    .bind(to_json(&kinds)?)
    .bind(to_json(&schools)?)
    .execute(connection)
    .await?;
    Ok(changed.rows_affected())
}

/// Marks the letter of ours as failed that this message returns, and lets its address rest where that refuses for good. Only
/// who was sent a letter can know its Message-ID. A report names the whole thread at times: the last letter of it is the one
/// that came back, as those before had been answered. And it may be another address that refuses, to which the receiver has
/// his mail forwarded: that is no reason not to write to him.
pub(super) async fn returned(connection: &mut SqliteConnection, record: &Record<'_>) -> Result<u64, StoreError> {
    let Some(returned) = &record.reading.message.returned else { return Ok(0) };
    let failed: Vec<(i64, String)> = sqlx::query_as(
        "UPDATE outbox SET state = 'failed', response = $1, changed_at = $2, told = 0
         WHERE id = (SELECT max(id) FROM outbox
                     WHERE message_id IN (SELECT value FROM json_each($3)) AND internal = 0)
           AND state IN ('sent', 'ambiguous')
         RETURNING id, recipient",
    )
    .bind(format!("{RETURNED}message {} is the report", record.message))
    .bind(record.now.as_microsecond())
    .bind(to_json(&returned.letters)?)
    .fetch_all(&mut *connection)
    .await?;
    for (id, recipient) in &failed {
        let refuses = |one: &Address| one.as_str() == recipient;
        if returned.lasting && (returned.recipients.is_empty() || returned.recipients.iter().any(refuses)) {
            sqlx::query(
                "INSERT INTO suppressed (address, until, response) VALUES ($1, $2, 'a letter was returned')
                 ON CONFLICT (address) DO UPDATE SET until = max(until, excluded.until), response = excluded.response",
            )
            .bind(recipient)
            .bind(record.suppressed_until.as_microsecond())
            .execute(&mut *connection)
            .await?;
        }
        events::append(connection, record.now, "returned", &json!({ "outbox": id, "message": record.message })).await?;
    }
    Ok(failed.len() as u64)
}
