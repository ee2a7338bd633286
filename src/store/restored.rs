//! A store that was restored from a backup knows nothing of what was sent after that: so it must not answer by itself what may
//! have been answered already.
//!
//! What was on its way then, and the answers to mails that were there before the restore, wait for a person (`held`), as all
//! do under `replies.mode = "hold"`. Nothing is lost by that: mails are read in, and what they bring counts.

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sqlx::{
    Executor as _, Sqlite, SqliteConnection, SqlitePool, Transaction,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use super::{ENTERED, Head, Store, StoreError, connect, events, migrate};

/// The clocks of mail servers differ by less.
const SKEW: SignedDuration = SignedDuration::from_hours(24);

/// Where a restore that is under way has its database.
pub(super) fn place(database: &Path) -> PathBuf {
    PathBuf::from(format!("{}.restoring", database.display()))
}

/// Refuses a place at which a restore was begun and not ended: an empty store would answer every mail once more.
pub(super) fn unfinished(database: &Path) -> Result<(), StoreError> {
    let unfinished = place(database);
    if unfinished.exists() && !database.exists() {
        return Err(StoreError::Restoring { unfinished });
    }
    Ok(())
}

/// What a restored store holds back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HeldBack {
    /// Letters that waited when the backup was made.
    pub letters: u64,
    /// Letters that were being sent: whether they have arrived, nobody knows.
    pub doubtful: u64,
    /// Mails that had come and were not decided about.
    pub undecided: u64,
}

impl Store {
    /// Makes a copy of a backup ready to be a store: its tables are brought up to date, and what may have been done after the
    /// backup is held back.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn restored(
        copy: &Path,
        made: Timestamp,
        head: Option<Head>,
        now: Timestamp,
    ) -> Result<HeldBack, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(copy)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Delete)
            .synchronous(SqliteSynchronous::Full);
        let writer = connect(options, 1, copy).await?;
        migrate(&writer, copy).await?;
        let held = hold_back(&writer, made, head, now).await?;
        writer.close().await;
        Ok(held)
    }

    /// When this store was restored last.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn restored_at(&self) -> Result<Option<Timestamp>, StoreError> {
        let at: Option<i64> = sqlx::query_scalar("SELECT max(at) FROM restores").fetch_one(&self.readers).await?;
        at.map(super::instant).transpose()
    }
}

async fn hold_back(
    writer: &SqlitePool,
    made: Timestamp,
    head: Option<Head>,
    now: Timestamp,
) -> Result<HeldBack, StoreError> {
    let at = now.as_microsecond();
    let mut tx: Transaction<'static, Sqlite> = writer.begin().await?;
    sqlx::query("INSERT INTO restores (at, made_at) VALUES ($1, $2)")
        .bind(at)
        .bind(made.as_microsecond())
        .execute(&mut *tx)
        .await?;
    let doubtful = sqlx::query(
        "UPDATE outbox SET state = 'ambiguous', lease_until = NULL, changed_at = $1, held = 1 WHERE state = 'sending'",
    )
    .bind(at)
    .execute(&mut *tx)
    .await?;
    // Whoever let one leave may have seen it leave.
    let letters = sqlx::query(
        "UPDATE outbox SET state = 'queued', lease_until = NULL, held = 1, approved = 0, queued_at = $1
         WHERE state IN ('queued', 'leased') AND internal = 0",
    )
    .bind(at)
    .execute(&mut *tx)
    .await?;
    tx.execute("UPDATE outbox SET state = 'queued', lease_until = NULL WHERE state = 'leased'").await?;
    let undecided = tx.execute("UPDATE messages SET held = 1 WHERE state = 'received'").await?;
    // Links for signing in may have been used, and sessions ended.
    tx.execute("DELETE FROM sessions").await?;
    tx.execute(sqlx::query("UPDATE sign_ins SET used_at = $1 WHERE used_at IS NULL").bind(at)).await?;
    let refs = json!({ "made_at": made.as_microsecond(), "head": head });
    events::append(&mut tx, now, "restored", &refs).await?;
    tx.commit().await?;
    Ok(HeldBack {
        letters: letters.rows_affected(),
        doubtful: doubtful.rows_affected(),
        undecided: undecided.rows_affected(),
    })
}

/// Whether a mail that comes in now may have been answered before the store was restored: it was received before that, or it
/// was there when its mailbox was looked through for the first time after it, whatever the clocks say.
pub(super) async fn may_be_answered(
    connection: &mut SqliteConnection,
    mailbox: &str,
    received: Timestamp,
) -> Result<bool, StoreError> {
    if mailbox == ENTERED {
        return Ok(false);
    }
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM restores r WHERE r.id = (SELECT max(id) FROM restores)
             AND ($1 <= r.at OR ($1 <= r.at + $3 AND NOT EXISTS (
                 SELECT 1 FROM mailboxes b WHERE b.name = $2 AND b.passed_at > r.at))))",
    )
    .bind(received.as_microsecond())
    .bind(mailbox)
    .bind(i64::try_from(SKEW.as_micros()).unwrap_or(i64::MAX))
    .fetch_one(connection)
    .await?)
}
