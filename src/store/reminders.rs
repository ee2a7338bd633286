//! Reminders: each given once, and none that has been overtaken.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::json;
use sqlx::SqliteConnection;

use super::{
    OutboxRow, Store, StoreError, events, parsed,
    record::{Letter, Outgoing, insert_letter},
};
use crate::{
    campaign::{CampaignId, SchoolId},
    decision::Occasion,
    message::Address,
};

impl Store {
    /// What has been reminded of; a reminder that was overtaken before it left does not count.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn reminded(&self, campaign: &CampaignId) -> Result<BTreeSet<Occasion>, StoreError> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT r.whose, r.point FROM reminders r JOIN outbox o ON o.id = r.outbox
             WHERE r.campaign = $1 AND o.state <> 'superseded'",
        )
        .bind(campaign.as_str())
        .fetch_all(&self.readers)
        .await?;
        Ok(rows.into_iter().map(|(whose, point)| Occasion { whose, point }).collect())
    }

    /// To whom letters about the schools have gone in answer to mails that count as theirs, or will go as they are because a
    /// person has seen them.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn answered(&self, campaign: &CampaignId) -> Result<BTreeSet<(SchoolId, Address)>, StoreError> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT DISTINCT s.school, o.recipient FROM outbox o JOIN outbox_schools s ON s.outbox = o.id
             WHERE o.campaign = $1
               AND (o.state IN ('leased', 'sending', 'sent', 'ambiguous') OR (o.state = 'queued' AND o.ruling IS NOT NULL))
               AND EXISTS (SELECT 1 FROM submissions x WHERE x.message = o.message AND x.school = s.school
                           AND x.version IS NOT NULL)",
        )
        .bind(campaign.as_str())
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().filter_map(pair).collect()
    }

    /// Queues the letters of a reminder, and notes what they are for; `held`: they wait for a person.
    ///
    /// # Errors
    /// Where the database refuses; nothing is queued then.
    pub async fn remind(
        &self,
        campaign: &CampaignId,
        occasions: &[Occasion],
        letters: &[Outgoing],
        expires: Timestamp,
        held: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let mut rows: Vec<OutboxRow> = Vec::new();
        for letter in letters {
            let whole =
                Letter { letter, message: None, ruling: None, approved: false, campaign, expires: Some(expires), now };
            let row = insert_letter(&mut tx, &whole).await?;
            sqlx::query("UPDATE outbox SET held = $1 WHERE id = $2").bind(held).bind(row).execute(&mut *tx).await?;
            for one in occasions {
                sqlx::query("INSERT INTO reminders (campaign, whose, point, outbox) VALUES ($1, $2, $3, $4)")
                    .bind(campaign.as_str())
                    .bind(&one.whose)
                    .bind(&one.point)
                    .bind(row)
                    .execute(&mut *tx)
                    .await?;
            }
            rows.push(row);
        }
        events::append(&mut tx, now, "reminded", &json!({ "campaign": campaign, "outbox": rows })).await?;
        crate::fault::point!("remind::before_commit");
        tx.commit().await?;
        Ok(())
    }

    /// Puts a letter off that was claimed: it is not the time for it.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn later(&self, id: OutboxRow, until: Timestamp) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE outbox SET state = 'queued', lease_until = NULL, not_before = $1
             WHERE id = $2 AND state = 'leased'",
        )
        .bind(until.as_microsecond())
        .bind(id)
        .execute(&self.writer)
        .await?;
        Ok(())
    }
}

fn pair((school, address): (String, String)) -> Option<Result<(SchoolId, Address), StoreError>> {
    let school = parsed("school", &school);
    Address::parse(&address).map(|address| Ok((school?, address)))
}

/// Takes back letters that wait and are of no use any more: their day has passed, or, of reminders, the school has sent
/// something since, or something of which a person must say whether it is the school's.
pub(super) async fn take_back(connection: &mut SqliteConnection, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE outbox SET state = 'superseded', mime = x'', changed_at = $1
         WHERE state = 'queued' AND expires IS NOT NULL AND (expires <= $1 OR EXISTS (
             SELECT 1 FROM outbox_schools s JOIN submissions x ON x.campaign = outbox.campaign AND x.school = s.school
             WHERE s.outbox = outbox.id AND x.version IS NOT NULL AND x.id > outbox.seen
         ) OR EXISTS (
             SELECT 1 FROM reviews r JOIN json_each(r.candidates) c
             JOIN outbox_schools s ON s.outbox = outbox.id AND s.school = c.value
             WHERE r.campaign = outbox.campaign AND r.decided_at IS NULL AND r.opened_at >= outbox.queued_at
               AND r.reason <> 'repeated'))",
    )
    .bind(now.as_microsecond())
    .execute(connection)
    .await?;
    Ok(())
}
