//! Summaries that the committee gets by e-mail: each time of the schedule once, and what needs a person at once.

use jiff::Timestamp;
use serde_json::json;
use sqlx::SqliteConnection;

use super::{
    OutboxRow, Store, StoreError, events, instant, json as to_json,
    record::{Letter, Outgoing, insert_letter},
};
use crate::{campaign::CampaignId, message::Address};

/// The summaries that one audience has got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summaries {
    /// The time of the schedule for which the last one was made; of the beginning, where there was none.
    pub slot: Timestamp,
    /// Where everything stood in the last one that has left, as JSON; none where there was none.
    pub snapshot: Option<String>,
}

/// A summary to be sent.
#[derive(Debug, Clone, Copy)]
pub struct NewSummary<'s> {
    /// Its campaign.
    pub campaign: &'s CampaignId,
    /// For whom: empty for the staff, else a coordinator's address.
    pub audience: &'s str,
    /// The time of the schedule.
    pub slot: Timestamp,
    /// Where everything stands, as JSON.
    pub snapshot: &'s str,
    /// A letter for each receiver.
    pub letters: &'s [Outgoing],
    /// The time.
    pub now: Timestamp,
}

impl Store {
    /// What an audience has got; none where nothing has begun. A summary that still waits does not count as told.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn summaries(
        &self,
        campaign: &CampaignId,
        audience: &str,
        receivers: &[Address],
    ) -> Result<Option<Summaries>, StoreError> {
        let slot: Option<i64> =
            sqlx::query_scalar("SELECT max(slot) FROM summaries WHERE campaign = $1 AND audience = $2")
                .bind(campaign.as_str())
                .bind(audience)
                .fetch_one(&self.readers)
                .await?;
        let Some(slot) = slot else { return Ok(None) };
        let snapshot: Option<String> = sqlx::query_scalar(
            "SELECT snapshot FROM summaries WHERE campaign = $1 AND audience = $2 AND made_at < coalesce((
                 SELECT min(queued_at) FROM outbox WHERE kind = 'summary' AND state = 'queued'
                 AND recipient IN (SELECT value FROM json_each($3))), made_at + 1)
             ORDER BY made_at DESC, slot DESC LIMIT 1",
        )
        .bind(campaign.as_str())
        .bind(audience)
        .bind(addresses(receivers)?)
        .fetch_optional(&self.readers)
        .await?
        .flatten();
        Ok(Some(Summaries { slot: instant(slot)?, snapshot }))
    }

    /// Notes that summaries begin now: what lay before is not made up for.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn begin_summaries(
        &self,
        campaign: &CampaignId,
        audience: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO summaries (campaign, audience, slot, made_at) VALUES ($1, $2, $3, $3)")
            .bind(campaign.as_str())
            .bind(audience)
            .bind(now.as_microsecond())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Queues a summary, in place of an earlier one that still waits. Whoever reads it knows what needs a person.
    /// `false`, and nothing queued, where this time of the schedule has had its summary.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn queue_summary(&self, new: &NewSummary<'_>) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let noted = sqlx::query(
            "INSERT INTO summaries (campaign, audience, slot, made_at, snapshot) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT DO NOTHING",
        )
        .bind(new.campaign.as_str())
        .bind(new.audience)
        .bind(new.slot.as_microsecond())
        .bind(new.now.as_microsecond())
        .bind(new.snapshot)
        .execute(&mut *tx)
        .await?;
        if noted.rows_affected() == 0 {
            return Ok(false);
        }
        let receivers: Vec<Address> = new.letters.iter().map(|letter| letter.to.clone()).collect();
        overtake(&mut tx, new.campaign, &receivers, new.now).await?;
        let rows = insert(&mut tx, new.campaign, new.letters, new.now).await?;
        if new.audience.is_empty() {
            sqlx::query("UPDATE reviews SET told = 1 WHERE told = 0").execute(&mut *tx).await?;
        }
        events::append(&mut tx, new.now, "summary", &json!({ "campaign": new.campaign, "outbox": rows })).await?;
        crate::fault::point!("summary::before_commit");
        tx.commit().await?;
        Ok(true)
    }

    /// What needs a person and has not been told, the oldest first; and when something of the kind was told last.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn untold_reviews(&self, campaign: &CampaignId) -> Result<(Vec<i64>, Option<Timestamp>), StoreError> {
        let untold: Vec<i64> = sqlx::query_scalar(
            "SELECT id FROM reviews WHERE told = 0 AND decided_at IS NULL AND campaign = $1 ORDER BY id",
        )
        .bind(campaign.as_str())
        .fetch_all(&self.readers)
        .await?;
        if untold.is_empty() {
            return Ok((untold, None));
        }
        let last: Option<i64> =
            sqlx::query_scalar("SELECT max(queued_at) FROM outbox WHERE kind = 'cases' AND campaign = $1")
                .bind(campaign.as_str())
                .fetch_one(&self.readers)
                .await?;
        Ok((untold, last.map(instant).transpose()?))
    }

    /// Queues letters about what needs a person, and notes that it was told.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn tell_of_reviews(
        &self,
        campaign: &CampaignId,
        reviews: &[i64],
        letters: &[Outgoing],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query("UPDATE reviews SET told = 1 WHERE id IN (SELECT value FROM json_each($1))")
            .bind(to_json(&reviews)?)
            .execute(&mut *tx)
            .await?;
        let rows = insert(&mut tx, campaign, letters, now).await?;
        events::append(&mut tx, now, "cases", &json!({ "reviews": reviews, "outbox": rows })).await?;
        crate::fault::point!("cases::before_commit");
        tx.commit().await?;
        Ok(())
    }
}

async fn insert(
    connection: &mut SqliteConnection,
    campaign: &CampaignId,
    letters: &[Outgoing],
    now: Timestamp,
) -> Result<Vec<OutboxRow>, StoreError> {
    let mut rows = Vec::new();
    for letter in letters {
        let whole = Letter { letter, message: None, ruling: None, approved: false, campaign, expires: None, now };
        rows.push(insert_letter(connection, &whole).await?);
    }
    Ok(rows)
}

/// Takes back summaries that still wait for these receivers: after a day without a server they get one, not two.
async fn overtake(
    connection: &mut SqliteConnection,
    campaign: &CampaignId,
    receivers: &[Address],
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE outbox SET state = 'superseded', mime = x'', changed_at = $1
         WHERE kind = 'summary' AND state = 'queued' AND campaign = $2
           AND recipient IN (SELECT value FROM json_each($3))",
    )
    .bind(now.as_microsecond())
    .bind(campaign.as_str())
    .bind(addresses(receivers)?)
    .execute(connection)
    .await?;
    Ok(())
}

fn addresses(all: &[Address]) -> Result<String, StoreError> {
    to_json(&all.iter().map(Address::as_str).collect::<Vec<_>>())
}
