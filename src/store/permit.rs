//! What people say of single letters: that one may leave, is thrown away, is sent once more, or has arrived.

use jiff::Timestamp;
use serde_json::json;
use sqlx::{Sqlite, Transaction};

use super::{AccountId, OutboxRow, Store, StoreError, events};
use crate::digest::Sha256;

/// What a person says of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// It may leave.
    Approve,
    /// It is thrown away.
    Drop,
    /// It failed or is in doubt, and is sent once more under the same Message-ID.
    Resend,
    /// It failed or is in doubt, and has arrived.
    Delivered,
}

/// What has become of a person's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// It is so.
    Done,
    /// The letter is no longer the one that he has read: it stays as it is.
    Rewritten,
    /// It is no longer where this could be said of it.
    TooLate,
}

impl Word {
    fn event(self) -> &'static str {
        match self {
            Self::Approve => "approved",
            Self::Drop => "dropped",
            Self::Resend => "resent",
            Self::Delivered => "delivered",
        }
    }

    /// What changes, at the time `$1`.
    fn change(self) -> &'static str {
        match self {
            Self::Approve => "approved = 1, queued_at = $1, changed_at = $1",
            Self::Drop => "state = 'dropped', changed_at = $1",
            Self::Resend => {
                "state = 'queued', not_before = $1, queued_at = $1, changed_at = $1, tries = 0, told = 0, approved = 1"
            }
            Self::Delivered => {
                "state = 'sent', not_before = $1, queued_at = $1, changed_at = $1, tries = 0, told = 0, approved = 1"
            }
        }
    }

    /// Of which letters it can be said.
    fn of(self) -> &'static str {
        match self {
            Self::Approve | Self::Drop => "state = 'queued' AND internal = 0",
            Self::Resend | Self::Delivered => "state IN ('failed', 'ambiguous') AND recipient <> ''",
        }
    }
}

impl Store {
    /// Does what a person says of a letter that he has read: `seen` is the hash of its content. Who acts at the command
    /// line has no account.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn say(
        &self,
        id: OutboxRow,
        word: Word,
        seen: &Sha256,
        by: Option<AccountId>,
        now: Timestamp,
    ) -> Result<Heard, StoreError> {
        let mut tx = self.begin().await?;
        let mime: Option<Vec<u8>> = sqlx::query_scalar("SELECT mime FROM outbox WHERE id = $1 AND internal = 0")
            .bind(id)
            .fetch_optional(&mut *tx)
            .await?;
        match mime {
            None => return Ok(Heard::TooLate),
            Some(mime) if Sha256::of(&mime) != *seen => return Ok(Heard::Rewritten),
            Some(_) => {}
        }
        let done = say(&mut tx, word, Some(&[id]), by, now).await?;
        tx.commit().await?;
        Ok(if done.is_empty() { Heard::TooLate } else { Heard::Done })
    }

    /// Sends an answer that failed or is in doubt once more, under the same Message-ID, because a person says so.
    /// `false`: there is no such answer.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn resend(&self, id: OutboxRow, now: Timestamp) -> Result<bool, StoreError> {
        Ok(!self.say_of(Word::Resend, Some(&[id]), now).await?.is_empty())
    }

    /// Takes an answer that failed or is in doubt for delivered, because a person says so. `false`: there is no such
    /// answer.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn delivered(&self, id: OutboxRow, now: Timestamp) -> Result<bool, StoreError> {
        Ok(!self.say_of(Word::Delivered, Some(&[id]), now).await?.is_empty())
    }

    /// Lets answers leave that are held, because a person says so; `only` these, or all of them. Gives which.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn approve(&self, only: Option<&[OutboxRow]>, now: Timestamp) -> Result<Vec<OutboxRow>, StoreError> {
        self.say_of(Word::Approve, only, now).await
    }

    /// Throws answers away that wait, because a person says so. Gives which.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn drop_waiting(&self, only: &[OutboxRow], now: Timestamp) -> Result<Vec<OutboxRow>, StoreError> {
        self.say_of(Word::Drop, Some(only), now).await
    }

    async fn say_of(
        &self,
        word: Word,
        only: Option<&[OutboxRow]>,
        now: Timestamp,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        let mut tx = self.begin().await?;
        let changed = say(&mut tx, word, only, None, now).await?;
        tx.commit().await?;
        Ok(changed)
    }
}

/// Changes the letters of which this can be said, `only` these or all of them; gives which. Whoever says it at the command
/// line has no account.
async fn say(
    tx: &mut Transaction<'static, Sqlite>,
    word: Word,
    only: Option<&[OutboxRow]>,
    by: Option<AccountId>,
    now: Timestamp,
) -> Result<Vec<OutboxRow>, StoreError> {
    let query = format!(
        "UPDATE outbox SET {} WHERE {} AND ($2 IS NULL OR id IN (SELECT value FROM json_each($2))) RETURNING id, recipient",
        word.change(),
        word.of()
    );
    let changed: Vec<(OutboxRow, String)> = sqlx::query_as(sqlx::AssertSqlSafe(query))
        .bind(now.as_microsecond())
        .bind(only.map(|rows| super::json(&rows)).transpose()?)
        .fetch_all(&mut **tx)
        .await?;
    for (id, recipient) in &changed {
        if matches!(word, Word::Resend | Word::Delivered) {
            // Whoever wants it sent again knows that the address is good now.
            sqlx::query("DELETE FROM suppressed WHERE address = $1").bind(recipient).execute(&mut **tx).await?;
        }
        let refs = by.map_or_else(|| json!({ "outbox": id }), |by| json!({ "outbox": id, "by": by }));
        events::append(tx, now, word.event(), &refs).await?;
    }
    Ok(changed.into_iter().map(|(id, _)| id).collect())
}
