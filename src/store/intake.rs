//! Messages as they come in, before anybody reads them, and the marks that they get in their mailbox afterwards.

use jiff::Timestamp;

use super::{MessageRow, Store, StoreError, events, from_word, instant, json, parsed, restored};
use crate::{decision::Action, digest::Sha256};

/// The mailbox of what a person has entered: there is none of this name.
pub const ENTERED: &str = "entered";

/// A message as its mailbox gave it.
#[derive(Debug, Clone, Copy)]
pub struct Intake<'i> {
    /// The mailbox's name in the configuration.
    pub mailbox: &'i str,
    /// The message's lasting name in that mailbox.
    pub cursor: &'i str,
    /// Its bytes.
    pub raw: &'i [u8],
    /// Whether these are only its first bytes.
    pub truncated: bool,
    /// When the mailbox received it, where it knows.
    pub received: Option<Timestamp>,
    /// The time.
    pub now: Timestamp,
}

/// What became of a message that was taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intaken {
    /// It is new, and waits for its decision.
    New(MessageRow),
    /// It had been taken in before.
    Known {
        /// Its row.
        id: MessageRow,
        /// Whether nothing is left to decide.
        decided: bool,
    },
    /// A copy of the very bytes of another message: nothing more is done about it.
    Duplicate {
        /// Its own row.
        id: MessageRow,
        /// The first one.
        of: MessageRow,
    },
}

/// A message that waits for its decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its row.
    pub id: MessageRow,
    /// The hash of its bytes, for [`Store::raw`].
    pub sha256: Sha256,
    /// When the mailbox received it, or else when it was taken in.
    pub received_at: Timestamp,
    /// The mailbox.
    pub mailbox: String,
    /// Its name there.
    pub cursor: String,
    /// Whether only its first bytes were stored.
    pub truncated: bool,
}

/// A decided message that its mailbox does not show yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmarked {
    /// Its row.
    pub id: MessageRow,
    /// Its name in the mailbox.
    pub cursor: String,
    /// What was decided.
    pub action: Action,
    /// Whether an answer to it has left.
    pub answered: bool,
    /// Whether it is one of our own answers, come back.
    pub own: bool,
    /// Whether it is one of our own alerts, come back: staff are to see it as it is.
    pub alert: bool,
    /// Whether a person has decided about it: something else may have been shown before.
    pub ruled: bool,
}

impl Store {
    /// Stores a message: its bytes are on the disk before its row is. Taking in the same one again changes nothing.
    ///
    /// # Errors
    /// Where the disk or the database refuses; nothing is half done then.
    pub async fn take_in(&self, intake: &Intake<'_>) -> Result<Intaken, StoreError> {
        let sha256 = Sha256::of(intake.raw);
        // What was erased is not stored anew because it lies in the mailbox still.
        if !self.was_erased(&sha256).await? {
            self.put_file(intake.raw).await?;
        }
        crate::fault::point!("intake::file_stored");
        let mut tx = self.begin().await?;
        let known: Option<(i64, String)> =
            sqlx::query_as("SELECT id, state FROM messages WHERE mailbox = $1 AND cursor = $2")
                .bind(intake.mailbox)
                .bind(intake.cursor)
                .fetch_optional(&mut *tx)
                .await?;
        if let Some((id, state)) = known {
            return Ok(Intaken::Known { id, decided: state != "received" });
        }
        let first: Option<(i64, bool)> =
            sqlx::query_as("SELECT id, erased_at IS NOT NULL FROM messages WHERE sha256 = $1 AND duplicate_of IS NULL")
                .bind(sha256.to_string())
                .fetch_optional(&mut *tx)
                .await?;
        let (first, erased) = first.map_or((None, false), |(id, erased)| (Some(id), erased));
        if !erased && self.is_erasing(&mut tx, intake.now).await? {
            // It may have been removed before this transaction began.
            self.put_file(intake.raw).await?;
        }
        let received = intake.received.unwrap_or(intake.now);
        let held = restored::may_be_answered(&mut tx, intake.mailbox, received).await?;
        let id: i64 = sqlx::query_scalar(
            "INSERT INTO messages (mailbox, cursor, sha256, truncated, received_at, taken_at, state, duplicate_of, held,
                 marked, erased_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, CASE WHEN $10 THEN $6 END) RETURNING id",
        )
        .bind(intake.mailbox)
        .bind(intake.cursor)
        .bind(sha256.to_string())
        .bind(intake.truncated)
        .bind(received.as_microsecond())
        .bind(intake.now.as_microsecond())
        .bind(if first.is_some() { "duplicate" } else { "received" })
        .bind(first)
        .bind(held)
        .bind(erased)
        .fetch_one(&mut *tx)
        .await?;
        let refs = serde_json::json!({ "message": id, "sha256": sha256, "duplicate_of": first });
        events::append(&mut tx, intake.now, "received", &refs).await?;
        crate::fault::point!("intake::before_commit");
        tx.commit().await?;
        crate::fault::point!("intake::committed");
        Ok(first.map_or(Intaken::New(id), |of| Intaken::Duplicate { id, of }))
    }

    /// Whether these bytes are a mail whose content was erased.
    async fn was_erased(&self, sha256: &Sha256) -> Result<bool, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM messages WHERE sha256 = $1 AND duplicate_of IS NULL AND erased_at IS NOT NULL)",
        )
        .bind(sha256.to_string())
        .fetch_one(&self.readers)
        .await?)
    }

    /// The message of a mailbox that was taken in under this name; none where none was.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn taken_in(&self, mailbox: &str, cursor: &str) -> Result<Option<MessageRow>, StoreError> {
        Ok(sqlx::query_scalar("SELECT id FROM messages WHERE mailbox = $1 AND cursor = $2")
            .bind(mailbox)
            .bind(cursor)
            .fetch_optional(&self.readers)
            .await?)
    }

    /// The cursors of a mailbox that have been taken in.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn cursors(&self, mailbox: &str) -> Result<std::collections::BTreeSet<String>, StoreError> {
        let cursors: Vec<String> = sqlx::query_scalar("SELECT cursor FROM messages WHERE mailbox = $1")
            .bind(mailbox)
            .fetch_all(&self.readers)
            .await?;
        Ok(cursors.into_iter().collect())
    }

    /// The messages that wait for their decision, in the order in which they were received.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn received(&self) -> Result<Vec<Stored>, StoreError> {
        let rows: Vec<(i64, String, i64, String, String, bool)> = sqlx::query_as(
            "SELECT id, sha256, received_at, mailbox, cursor, truncated FROM messages
             WHERE state = 'received' ORDER BY received_at, id",
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|(id, sha256, received_at, mailbox, cursor, truncated)| {
                let sha256 = parsed("hash", &sha256)?;
                Ok(Stored { id, sha256, received_at: instant(received_at)?, mailbox, cursor, truncated })
            })
            .collect()
    }

    /// The decided messages of a mailbox that have not been marked there. A copy is marked as the first one is; a message
    /// whose answer is still on its way is left out where `settled`.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn unmarked(&self, mailbox: &str, settled: bool) -> Result<Vec<Unmarked>, StoreError> {
        let rows: Vec<(i64, String, String, bool, bool, bool, bool)> = sqlx::query_as(
            "SELECT m.id, m.cursor, first.state,
                    EXISTS (SELECT 1 FROM outbox o WHERE o.message = first.id AND o.state = 'sent'),
                    EXISTS (SELECT 1 FROM outbox o WHERE o.message_id = first.message_id AND o.internal = 0),
                    EXISTS (SELECT 1 FROM outbox o WHERE o.message_id = first.message_id AND o.internal = 1),
                    EXISTS (SELECT 1 FROM rulings r WHERE r.message = first.id)
             FROM messages m JOIN messages first ON first.id = coalesce(m.duplicate_of, m.id)
             WHERE m.mailbox = $1 AND m.marked = 0 AND first.state <> 'received'
               AND NOT ($2 AND EXISTS (SELECT 1 FROM outbox o WHERE o.message = first.id
                                       AND o.state IN ('queued', 'leased', 'sending')))
             ORDER BY m.id",
        )
        .bind(mailbox)
        .bind(settled)
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|(id, cursor, action, answered, own, alert, ruled)| {
                Ok(Unmarked { id, cursor, action: from_word(action)?, answered, own, alert, ruled })
            })
            .collect()
    }

    /// Notes that messages have been marked in their mailbox.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn marked(&self, ids: &[MessageRow]) -> Result<(), StoreError> {
        sqlx::query("UPDATE messages SET marked = 1 WHERE id IN (SELECT value FROM json_each($1))")
            .bind(json(&ids)?)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Where the last pass over a mailbox has ended, in the mailbox's own words, and when.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn mailbox_position(&self, mailbox: &str) -> Result<Option<(String, Timestamp)>, StoreError> {
        let row: Option<(String, i64)> = sqlx::query_as("SELECT position, passed_at FROM mailboxes WHERE name = $1")
            .bind(mailbox)
            .fetch_optional(&self.readers)
            .await?;
        row.map(|(position, passed_at)| Ok((position, instant(passed_at)?))).transpose()
    }

    /// Notes where a pass over a mailbox has ended.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn passed(&self, mailbox: &str, position: &str, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO mailboxes (name, position, passed_at) VALUES ($1, $2, $3)
             ON CONFLICT (name) DO UPDATE SET position = excluded.position, passed_at = excluded.passed_at",
        )
        .bind(mailbox)
        .bind(position)
        .bind(now.as_microsecond())
        .execute(&self.writer)
        .await?;
        Ok(())
    }
}
