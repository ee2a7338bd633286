//! How the program itself is, and what it and people have done.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::super::{OutboxState, Store, StoreError, from_word, instant};
use crate::campaign::CampaignId;

/// Something that has happened.
#[derive(Debug, Clone, PartialEq)]
pub struct EventRow {
    /// Its number.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// What: a word.
    pub kind: String,
    /// Whom and what it concerns: numbers and hashes.
    pub refs: serde_json::Value,
}

/// Letters that are in one state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pending {
    /// The state.
    pub state: OutboxState,
    /// How many.
    pub count: u64,
    /// How many of them wait for a person, whatever `replies.mode` is.
    pub held: u64,
    /// When the oldest of them was written.
    pub oldest: Timestamp,
}

/// Something that staff have ticked as done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TickLook {
    /// Its name.
    pub tick: String,
    /// When.
    pub at: Timestamp,
    /// By whom: an address.
    pub by: Option<String>,
}

/// How large the store is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Size {
    /// Bytes of the database.
    pub database: u64,
    /// Messages in it.
    pub messages: u64,
    /// The last step that its tables were brought up to date by.
    pub schema: i64,
}

impl Store {
    /// Events before this number, the latest first.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn events(&self, before: Option<i64>, most: i64) -> Result<Vec<EventRow>, StoreError> {
        let rows: Vec<(i64, i64, String, String)> =
            sqlx::query_as("SELECT id, at, kind, refs FROM events WHERE id < $1 ORDER BY id DESC LIMIT $2")
                .bind(before.unwrap_or(i64::MAX))
                .bind(most)
                .fetch_all(&self.readers)
                .await?;
        rows.into_iter()
            .map(|(id, at, kind, refs)| Ok(EventRow { id, at: instant(at)?, kind, refs: super::from_json(&refs)? }))
            .collect()
    }

    /// The letters to schools that have not simply left, by state.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn letters_pending(&self) -> Result<Vec<Pending>, StoreError> {
        let rows: Vec<(String, i64, i64, i64)> = sqlx::query_as(
            "SELECT state, count(*), count(*) FILTER (WHERE held AND NOT approved), min(queued_at) FROM outbox
             WHERE state IN ('queued', 'leased', 'sending', 'failed', 'ambiguous') AND internal = 0
             GROUP BY state ORDER BY state",
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|(state, count, held, oldest)| {
                let (count, held) = (count.unsigned_abs(), held.unsigned_abs());
                Ok(Pending { state: from_word(state)?, count, held, oldest: instant(oldest)? })
            })
            .collect()
    }

    /// What staff have ticked, with when and by whom.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn ticks_look(&self, campaign: &CampaignId) -> Result<Vec<TickLook>, StoreError> {
        let rows: Vec<(String, i64, Option<String>)> = sqlx::query_as(
            "SELECT t.tick, t.ticked_at, a.address FROM ticks t LEFT JOIN accounts a ON a.id = t.ticked_by
             WHERE t.campaign = $1",
        )
        .bind(campaign.as_str())
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(|(tick, at, by)| Ok(TickLook { tick, at: instant(at)?, by })).collect()
    }

    /// The addresses of those who sign in, by the numbers under which the log of events names them.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn people(&self) -> Result<BTreeMap<i64, String>, StoreError> {
        let rows: Vec<(i64, String)> =
            sqlx::query_as("SELECT id, address FROM accounts").fetch_all(&self.readers).await?;
        Ok(rows.into_iter().collect())
    }

    /// How many messages have come and wait for their decision.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn undecided(&self) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM messages WHERE state = 'received'")
            .fetch_one(&self.readers)
            .await?;
        Ok(count.unsigned_abs())
    }

    /// How large the store is.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn size(&self) -> Result<Size, StoreError> {
        let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(&self.readers).await?;
        let page: i64 = sqlx::query_scalar("PRAGMA page_size").fetch_one(&self.readers).await?;
        let messages: i64 = sqlx::query_scalar("SELECT count(*) FROM messages").fetch_one(&self.readers).await?;
        let schema: i64 = sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM _sqlx_migrations")
            .fetch_one(&self.readers)
            .await?;
        let database = pages.unsigned_abs().saturating_mul(page.unsigned_abs());
        Ok(Size { database, messages: messages.unsigned_abs(), schema })
    }
}
