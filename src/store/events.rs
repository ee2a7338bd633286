//! The append-only chain of events: ids and hashes, never personal data.

use jiff::Timestamp;
use sqlx::SqliteConnection;

use super::{Store, StoreError};
use crate::digest::Sha256;

/// JSON, so that no two different events can be the same bytes.
pub(super) fn hash(previous: &str, id: i64, at: i64, kind: &str, refs: &str) -> String {
    Sha256::of(serde_json::json!([previous, id, at, kind, refs]).to_string().as_bytes()).to_string()
}

/// The last number that was given to an event.
pub(super) async fn given(connection: &mut SqliteConnection) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'events'")
        .fetch_one(connection)
        .await?)
}

/// Adds an event within the caller's transaction.
pub(super) async fn append(
    connection: &mut SqliteConnection,
    now: Timestamp,
    kind: &str,
    refs: &serde_json::Value,
) -> Result<(), StoreError> {
    let previous: Option<String> =
        sqlx::query_scalar("SELECT hash FROM events ORDER BY id DESC LIMIT 1").fetch_optional(&mut *connection).await?;
    let previous = previous.unwrap_or_default();
    // A number that was given is not given again: what was cut off leaves a gap.
    let (id, at, refs) = (given(connection).await? + 1, now.as_microsecond(), refs.to_string());
    sqlx::query("INSERT INTO events (id, at, kind, refs, hash) VALUES ($1, $2, $3, $4, $5)")
        .bind(id)
        .bind(at)
        .bind(kind)
        .bind(&refs)
        .bind(hash(&previous, id, at, kind, &refs))
        .execute(connection)
        .await?;
    Ok(())
}

impl Store {
    /// When the first event happened.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn first_event(&self) -> Result<Option<Timestamp>, StoreError> {
        let at: Option<i64> =
            sqlx::query_scalar("SELECT at FROM events ORDER BY id LIMIT 1").fetch_optional(&self.readers).await?;
        at.map(super::instant).transpose()
    }

    /// When the last event happened.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn last_event(&self) -> Result<Option<Timestamp>, StoreError> {
        let at: Option<i64> =
            sqlx::query_scalar("SELECT at FROM events ORDER BY id DESC LIMIT 1").fetch_optional(&self.readers).await?;
        at.map(super::instant).transpose()
    }
}
