//! What a message does to letters of ours that are there already: some are no longer needed, some have come back.

use serde_json::json;
use sqlx::SqliteConnection;

use super::{
    StoreError, caps, events, json as to_json,
    record::{Outgoing, Record, accepted},
    word,
};
use crate::{campaign::SchoolId, decision::Template};

/// Takes back letters that nobody has begun to send and whose place a letter of this message takes; gives how many.
pub(super) async fn supersede(connection: &mut SqliteConnection, record: &Record<'_>) -> Result<u64, StoreError> {
    let mut taken_back = 0;
    for outgoing in record.outgoing {
        let crowded = caps::crowded(connection, outgoing.to.as_str(), record.caps, record.now).await?;
        let kinds: &[Template] = match (outgoing.template, crowded) {
            // Where only so many may leave, the last of them says where things stand.
            (Template::Receipt, true) => &[Template::Receipt],
            (Template::Confirm | Template::Request, true) => &[Template::Confirm, Template::Request],
            (Template::Receipt, false) => continue,
            // The new answer says what is still missing.
            (Template::Confirm | Template::Request, false) => &[Template::Request],
        };
        taken_back += replaced(connection, record, outgoing, kinds).await?;
    }
    Ok(taken_back)
}

/// Takes back the letters of these kinds to the same receiver that speak of no other school than the new one does.
/// Nobody is left without an answer.
async fn replaced(
    connection: &mut SqliteConnection,
    record: &Record<'_>,
    outgoing: &Outgoing,
    kinds: &[Template],
) -> Result<u64, StoreError> {
    let arrived: Vec<&SchoolId> = record.decision.submissions.iter().filter_map(accepted).collect();
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
    .bind(record.campaign.as_str())
    .bind(to_json(&kinds)?)
    .bind(to_json(&schools)?)
    .execute(connection)
    .await?;
    Ok(changed.rows_affected())
}

/// Marks letters of ours as failed that this message returns, and lets the address rest where it refuses for good. Only
/// who was sent a letter can know its Message-ID.
pub(super) async fn returned(connection: &mut SqliteConnection, record: &Record<'_>) -> Result<u64, StoreError> {
    let Some(returned) = &record.reading.message.returned else { return Ok(0) };
    let failed: Vec<(i64, String)> = sqlx::query_as(
        "UPDATE outbox SET state = 'failed', response = $1, changed_at = $2, told = 0
         WHERE message_id IN (SELECT value FROM json_each($3)) AND state IN ('sent', 'ambiguous') AND kind <> 'alert'
         RETURNING id, recipient",
    )
    .bind(format!("returned: message {} is the report", record.message))
    .bind(record.now.as_microsecond())
    .bind(to_json(&returned.letters)?)
    .fetch_all(&mut *connection)
    .await?;
    for (id, recipient) in &failed {
        if returned.lasting {
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
