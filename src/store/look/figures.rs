//! Figures for whoever watches the program: numbers and times alone, and cheap whatever the size of the store.

use jiff::Timestamp;

use super::super::{OutboxState, Store, StoreError, from_word, instant, outbox::MAY_LEAVE};

/// How many wait, and since when the oldest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Queue {
    /// How many.
    pub count: u64,
    /// Since when the oldest of them.
    pub oldest: Option<Timestamp>,
}

/// How much there is of everything that is on its way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// Messages that have been taken in and not decided.
    pub undecided: Queue,
    /// What a person must decide.
    pub reviews: Queue,
    /// Letters on their way, failed or in doubt, by state.
    pub letters: Vec<(OutboxState, u64)>,
    /// Letters that may leave and are due.
    pub due: Queue,
    /// Bytes of the database.
    pub database: u64,
}

/// Events that have been counted: how many of a kind, and for decisions of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventCount {
    /// What happened: a word.
    pub kind: String,
    /// What was decided, where it is a decision; else empty.
    pub action: String,
    /// How often.
    pub count: u64,
}

impl Store {
    /// How much there is of everything that is on its way; `held`: replies wait for a person. Each of these is found by
    /// an index, among rows that are few.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn figures(&self, held: bool, now: Timestamp) -> Result<Figures, StoreError> {
        let queue = |(count, oldest): (i64, Option<i64>)| {
            Ok::<_, StoreError>(Queue { count: count.unsigned_abs(), oldest: oldest.map(instant).transpose()? })
        };
        let undecided = sqlx::query_as("SELECT count(*), min(taken_at) FROM messages WHERE state = 'received'")
            .fetch_one(&self.readers)
            .await?;
        let reviews = sqlx::query_as("SELECT count(*), min(opened_at) FROM reviews WHERE decided_at IS NULL")
            .fetch_one(&self.readers)
            .await?;
        let letters: Vec<(String, i64)> = sqlx::query_as(
            "SELECT state, count(*) FROM outbox
             WHERE state IN ('queued', 'leased', 'sending', 'failed', 'ambiguous') GROUP BY state",
        )
        .fetch_all(&self.readers)
        .await?;
        let due = format!("SELECT count(*), min(not_before) FROM outbox WHERE {MAY_LEAVE} AND not_before <= $2");
        let due = sqlx::query_as(sqlx::AssertSqlSafe(due))
            .bind(held)
            .bind(now.as_microsecond())
            .fetch_one(&self.readers)
            .await?;
        let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(&self.readers).await?;
        let page: i64 = sqlx::query_scalar("PRAGMA page_size").fetch_one(&self.readers).await?;
        let letters = letters.into_iter().map(|(state, count)| Ok((from_word(state)?, count.unsigned_abs())));
        Ok(Figures {
            undecided: queue(undecided)?,
            reviews: queue(reviews)?,
            letters: letters.collect::<Result<_, StoreError>>()?,
            due: queue(due)?,
            database: pages.unsigned_abs().saturating_mul(page.unsigned_abs()),
        })
    }

    /// Counts the events behind this number; gives the last one's. Whoever keeps the sums reads each event once.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn count_events(&self, after: i64) -> Result<(i64, Vec<EventCount>), StoreError> {
        let last: i64 = sqlx::query_scalar("SELECT coalesce(max(id), 0) FROM events").fetch_one(&self.readers).await?;
        let rows: Vec<(String, String, i64)> = sqlx::query_as(
            "SELECT kind, CASE kind WHEN 'decided' THEN coalesce(refs ->> 'action', '') ELSE '' END, count(*)
             FROM events WHERE id > $1 AND id <= $2 GROUP BY 1, 2",
        )
        .bind(after)
        .bind(last)
        .fetch_all(&self.readers)
        .await?;
        let count =
            |(kind, action, count): (String, String, i64)| EventCount { kind, action, count: count.unsigned_abs() };
        Ok((last, rows.into_iter().map(count).collect()))
    }
}
