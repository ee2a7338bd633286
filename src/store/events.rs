//! The append-only chain of events: ids and hashes, never personal data.

use jiff::Timestamp;
use sqlx::SqliteConnection;

use super::{Store, StoreError};
use crate::digest::Sha256;

/// JSON, so that no two different events can be the same bytes.
fn hash(previous: &str, id: i64, at: i64, kind: &str, refs: &str) -> String {
    Sha256::of(serde_json::json!([previous, id, at, kind, refs]).to_string().as_bytes()).to_string()
}

/// Adds an event within the caller's transaction.
pub(super) async fn append(
    connection: &mut SqliteConnection,
    now: Timestamp,
    kind: &str,
    refs: &serde_json::Value,
) -> Result<(), StoreError> {
    let last: Option<(i64, String)> =
        sqlx::query_as("SELECT id, hash FROM events ORDER BY id DESC LIMIT 1").fetch_optional(&mut *connection).await?;
    let (last, previous) = last.unwrap_or_default();
    let (id, at, refs) = (last + 1, now.as_microsecond(), refs.to_string());
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
    /// When the last event happened.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn last_event(&self) -> Result<Option<Timestamp>, StoreError> {
        let at: Option<i64> =
            sqlx::query_scalar("SELECT at FROM events ORDER BY id DESC LIMIT 1").fetch_optional(&self.readers).await?;
        at.map(super::instant).transpose()
    }

    /// Goes over the whole chain of events and returns how many there are.
    ///
    /// # Errors
    /// [`StoreError::Chain`] where one was changed, removed or added by hand; a cut-off end cannot be seen.
    pub async fn verify(&self) -> Result<u64, StoreError> {
        let events: Vec<(i64, i64, String, String, String)> =
            sqlx::query_as("SELECT id, at, kind, refs, hash FROM events ORDER BY id").fetch_all(&self.readers).await?;
        let mut previous = String::new();
        for (expected, (id, at, kind, refs, stored)) in (1..).zip(&events) {
            if *id != expected || *stored != hash(&previous, *id, *at, kind, refs) {
                return Err(StoreError::Chain { id: *id });
            }
            previous.clone_from(stored);
        }
        Ok(events.len() as u64)
    }
}
