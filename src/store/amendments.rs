//! What staff have added to a campaign, and what they have ticked.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::json;
use sqlx::SqliteConnection;

use super::{
    AccountId, Outgoing, Store, StoreError, events, from_json, instant, json as to_json, parsed,
    record::{Letter, insert_letter},
};
use crate::campaign::{Amendment, CampaignId, SchoolId};

/// An addition to a campaign that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AmendmentRow {
    /// Its row.
    pub id: i64,
    /// What it is.
    pub amendment: Amendment,
    /// When it was made.
    pub at: Timestamp,
}

/// Whether additions have changed: how many there are, and which of them are withdrawn, as the sum of their rows.
pub type AmendmentsMark = (i64, i64);

impl Store {
    /// The additions to a campaign that are in force, in the order in which they were made.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn amendments(&self, campaign: &CampaignId) -> Result<Vec<AmendmentRow>, StoreError> {
        let rows: Vec<(i64, String, i64)> = sqlx::query_as(
            "SELECT id, amendment, added_at FROM amendments WHERE campaign = $1 AND withdrawn_at IS NULL ORDER BY id",
        )
        .bind(campaign.as_str())
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|(id, amendment, at)| Ok(AmendmentRow { id, amendment: from_json(&amendment)?, at: instant(at)? }))
            .collect()
    }

    /// The schools that have ever joined a campaign, also those of which that was taken back.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn joined(&self, campaign: &CampaignId) -> Result<BTreeSet<SchoolId>, StoreError> {
        let schools: Vec<String> = sqlx::query_scalar(
            "SELECT json_extract(amendment, '$.school') FROM amendments
             WHERE campaign = $1 AND json_extract(amendment, '$.kind') = 'school'",
        )
        .bind(campaign.as_str())
        .fetch_all(&self.readers)
        .await?;
        schools.iter().map(|school| parsed("school", school)).collect()
    }

    /// Changes whenever [`Store::amendments`] does.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn amendments_mark(&self, campaign: &CampaignId) -> Result<AmendmentsMark, StoreError> {
        Ok(sqlx::query_as("SELECT coalesce(max(id), 0) * 1000000 + count(*), coalesce(sum(id) FILTER (WHERE withdrawn_at IS NOT NULL), 0) FROM amendments WHERE campaign = $1")
            .bind(campaign.as_str())
            .fetch_one(&self.readers)
            .await?)
    }

    /// Adds to a campaign, and queues the letters that tell of it; `false`, and nothing is done, where the same is in
    /// force already.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn amend(
        &self,
        campaign: &CampaignId,
        amendment: &Amendment,
        letters: &[Outgoing],
        by: AccountId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        if !add(&mut tx, campaign, amendment, None, by, now).await? {
            return Ok(false);
        }
        if let Amendment::Date { school, .. } = amendment {
            another_day(&mut tx, campaign, school, now).await?;
        }
        for letter in letters {
            let whole = Letter { letter, message: None, ruling: None, approved: true, campaign, expires: None, now };
            insert_letter(&mut tx, &whole).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Takes an addition back; `false` where it is not in force.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn withdraw(&self, id: i64, by: AccountId, now: Timestamp) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let changed = sqlx::query(
            "UPDATE amendments SET withdrawn_at = $1, withdrawn_by = $2 WHERE id = $3 AND withdrawn_at IS NULL",
        )
        .bind(now.as_microsecond())
        .bind(by)
        .bind(id)
        .execute(&mut *tx)
        .await?;
        if changed.rows_affected() == 0 {
            return Ok(false);
        }
        events::append(&mut tx, now, "withdrawn", &json!({ "amendment": id, "by": by })).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// What is ticked as done, each in the words of whoever ticked it.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn ticks(&self, campaign: &CampaignId) -> Result<BTreeSet<String>, StoreError> {
        let ticks: Vec<String> = sqlx::query_scalar("SELECT tick FROM ticks WHERE campaign = $1")
            .bind(campaign.as_str())
            .fetch_all(&self.readers)
            .await?;
        Ok(ticks.into_iter().collect())
    }

    /// Ticks something as done, or takes that back. Nothing changes where it is so already.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn tick(
        &self,
        campaign: &CampaignId,
        tick: &str,
        done: bool,
        by: AccountId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let query = match done {
            true => "INSERT OR IGNORE INTO ticks (campaign, tick, ticked_at, ticked_by) VALUES ($1, $2, $3, $4)",
            false => "DELETE FROM ticks WHERE campaign = $1 AND tick = $2",
        };
        let query = sqlx::query(query).bind(campaign.as_str()).bind(tick).bind(now.as_microsecond()).bind(by);
        if query.execute(&mut *tx).await?.rows_affected() > 0 {
            let event = if done { "ticked" } else { "unticked" };
            let tick = crate::digest::Sha256::of(tick.as_bytes());
            events::append(&mut tx, now, event, &json!({ "campaign": campaign, "tick": tick, "by": by })).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// What waits and names the day until now does not leave so: answers are written anew ([`Store::outdated`]), and of letters that
/// tell of a day the last one is enough.
async fn another_day(
    connection: &mut SqliteConnection,
    campaign: &CampaignId,
    school: &SchoolId,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE outbox SET seen = CASE kind WHEN 'new_date' THEN seen ELSE 0 END,
             state = CASE kind WHEN 'new_date' THEN 'superseded' ELSE state END, changed_at = $1
         WHERE campaign = $2 AND state = 'queued' AND tries = 0 AND ruling IS NULL
           AND kind IN ('confirm', 'request', 'new_date')
           AND EXISTS (SELECT 1 FROM outbox_schools s WHERE s.outbox = outbox.id AND s.school = $3)",
    )
    .bind(now.as_microsecond())
    .bind(campaign.as_str())
    .bind(school.as_str())
    .execute(connection)
    .await?;
    Ok(())
}

/// Adds to a campaign within a transaction; `false` where the same is in force already.
pub(super) async fn add(
    connection: &mut SqliteConnection,
    campaign: &CampaignId,
    amendment: &Amendment,
    ruling: Option<i64>,
    by: AccountId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let text = to_json(amendment)?;
    let id: Option<i64> = sqlx::query_scalar(
        "INSERT INTO amendments (campaign, amendment, ruling, added_at, added_by)
         SELECT $1, $2, $3, $4, $5 WHERE $6 OR NOT EXISTS (
             SELECT 1 FROM amendments WHERE campaign = $1 AND amendment = $2 AND withdrawn_at IS NULL)
         RETURNING id",
    )
    .bind(campaign.as_str())
    .bind(&text)
    .bind(ruling)
    .bind(now.as_microsecond())
    .bind(by)
    // A day may be moved there and back.
    .bind(matches!(amendment, Amendment::Date { .. }))
    .fetch_optional(&mut *connection)
    .await?;
    let Some(id) = id else { return Ok(false) };
    let refs = json!({ "campaign": campaign, "amendment": id, "kind": amendment.word(), "by": by });
    events::append(connection, now, "amended", &refs).await?;
    Ok(true)
}
