//! Answers on their way out: leased, begun, and then sent, retried, failed or ambiguous.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::SqliteConnection;

use super::{
    MessageRow, OutboxRow, Store, StoreError,
    caps::{self, Wait},
    events, parsed, reminders, sign_in, word,
};
use crate::{
    campaign::CampaignId,
    config::Caps,
    message::{Address, MessageId},
};

/// What becomes of an answer whose sending had begun when its worker died.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expired {
    /// It is sent again: only where the same one twice is one, as with files.
    Resend,
    /// It may have arrived: a person decides.
    Hold,
}

/// On what terms letters leave.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// How long a worker has one for itself.
    pub lease: SignedDuration,
    /// What becomes of one whose worker died.
    pub expired: Expired,
    /// How many may leave.
    pub caps: Caps,
    /// Whether replies wait for a person: then only alerts leave, and what somebody has approved.
    pub held: bool,
}

/// How far an answer has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutboxState {
    /// Waits for its time.
    Queued,
    /// A worker has it, and has not begun to send it.
    Leased,
    /// A worker is sending it.
    Sending,
    /// The other side has accepted it.
    Sent,
    /// The other side has refused it for good.
    Failed,
    /// It may have arrived or not.
    Ambiguous,
    /// A later answer has taken its place.
    Superseded,
    /// A person has thrown it away.
    Dropped,
}

/// An answer to be sent now.
#[derive(Debug, Clone, PartialEq)]
pub struct Queued {
    /// Its row.
    pub id: OutboxRow,
    /// The address of the mailbox from which it comes; none in rows of the first release.
    pub sender: Option<Address>,
    /// To whom.
    pub to: Address,
    /// Its Message-ID.
    pub message_id: MessageId,
    /// The whole message.
    pub mime: Vec<u8>,
    /// How often it has been deferred.
    pub tries: u32,
    /// What it is.
    pub kind: LetterKind,
    /// The campaign; none where it is an alert.
    pub campaign: Option<CampaignId>,
    /// The message that it answers.
    pub answers: Option<MessageRow>,
}

/// What a letter is to the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterKind {
    /// It answers a mail.
    Answer,
    /// It reminds of a deadline, in working hours.
    Reminder,
    /// It tells the committee how things stand, or that a person must decide; or it lets somebody in who wants to see.
    Summary,
    /// It tells the staff that something does not work.
    Alert,
}

/// The columns of a [`Queued`].
type Columns = (i64, String, String, String, Vec<u8>, u32, String, Option<String>, Option<MessageRow>);

fn queued(row: Columns) -> Result<Queued, StoreError> {
    let (id, sender, to, message_id, mime, tries, kind, campaign, answers) = row;
    let unusable = |what| StoreError::row(what, format!("outbox row {id}"));
    Ok(Queued {
        id,
        sender: Address::parse(&sender),
        to: Address::parse(&to).ok_or_else(|| unusable("recipient"))?,
        message_id: MessageId::parse(&message_id).ok_or_else(|| unusable("message id"))?,
        mime,
        tries,
        kind: match kind.as_str() {
            "alert" => LetterKind::Alert,
            "reminder" | "digest" => LetterKind::Reminder,
            "summary" | "cases" | "sign_in" => LetterKind::Summary,
            _ => LetterKind::Answer,
        },
        campaign: campaign.as_deref().map(|id| parsed("campaign", id)).transpose()?,
        answers,
    })
}

/// What waits to be sent and may leave: `$1` tells whether all replies are held.
pub(super) const MAY_LEAVE: &str =
    "state = 'queued' AND mailbox IS NULL AND (internal = 1 OR approved = 1 OR NOT ($1 OR held))";

impl LetterKind {
    /// Whether it is for the committee itself.
    pub fn is_internal(self) -> bool {
        matches!(self, Self::Summary | Self::Alert)
    }
}

impl Store {
    /// Takes the next answer that is due, for this worker alone until the lease ends. First, answers whose lease has
    /// ended are taken back: those that nobody had begun to send wait again, the others follow [`Terms::expired`]. An
    /// answer that is one too many is put off until there is room for it.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn lease(&self, now: Timestamp, terms: &Terms) -> Result<Option<Queued>, StoreError> {
        let until = now.saturating_add(terms.lease).unwrap_or(Timestamp::MAX).as_microsecond();
        let now_us = now.as_microsecond();
        let mut tx = self.begin().await?;
        end_leases(&mut tx, now, now_us, terms.expired).await?;
        reminders::take_back(&mut tx, now).await?;
        sign_in::forget_links(&mut tx, now).await?;
        let mut leased = None;
        while let Some((id, recipient, internal)) = due(&mut tx, now_us, terms.held).await? {
            let wait = if internal { None } else { caps::wait(&mut tx, &recipient, &terms.caps, now).await? };
            if let Some(wait) = wait {
                put_off(&mut tx, &recipient, wait, now_us).await?;
                continue;
            }
            let row: Columns = sqlx::query_as(
                "UPDATE outbox SET state = 'leased', lease_until = $1, changed_at = $2 WHERE id = $3
                 RETURNING id, sender, recipient, message_id, mime, tries, kind, campaign, message",
            )
            .bind(until)
            .bind(now_us)
            .bind(id)
            .fetch_one(&mut *tx)
            .await?;
            leased = Some(row);
            break;
        }
        crate::fault::point!("lease::before_commit");
        tx.commit().await?;
        crate::fault::point!("lease::committed");
        leased.map(queued).transpose()
    }

    /// Ends every lease of the process that had the store before: whoever opens a store has it alone, so its leases are
    /// a dead worker's, and what it had not begun to send need not wait for them.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn take_over(&self, now: Timestamp, expired: Expired) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        end_leases(&mut tx, now, i64::MAX, expired).await?;
        Ok(tx.commit().await?)
    }

    /// Notes that sending begins now. `false`: the lease has ended, so it must not be sent by this worker.
    ///
    /// # Errors
    /// Where the database refuses; it must not be sent then.
    pub async fn begin_sending(&self, id: OutboxRow, now: Timestamp) -> Result<bool, StoreError> {
        let changed = sqlx::query(
            "UPDATE outbox SET state = 'sending', changed_at = $1
             WHERE id = $2 AND state = 'leased' AND lease_until > $1",
        )
        .bind(now.as_microsecond())
        .bind(id)
        .execute(&self.writer)
        .await?;
        Ok(changed.rows_affected() > 0)
    }

    /// The other side has accepted it. It counts whatever the row's state had become: it is the truth.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn sent(&self, id: OutboxRow, now: Timestamp, response: &str) -> Result<(), StoreError> {
        self.settle(id, now, OutboxState::Sent, response).await
    }

    /// It has certainly not been accepted, and is tried again at `next`. Nothing changes where it is out of the
    /// worker's hands.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn retry(&self, id: OutboxRow, next: Timestamp, response: &str) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE outbox SET state = 'queued', lease_until = NULL, not_before = $1, response = $2, tries = tries + 1
             WHERE id = $3 AND state IN ('leased', 'sending')",
        )
        .bind(next.as_microsecond())
        .bind(response)
        .bind(id)
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// Nobody has asked the other side about it: it waits again as before.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn release(&self, id: OutboxRow) -> Result<(), StoreError> {
        sqlx::query("UPDATE outbox SET state = 'queued', lease_until = NULL WHERE id = $1 AND state = 'leased'")
            .bind(id)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// The other side has refused it for good.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn failed(&self, id: OutboxRow, now: Timestamp, response: &str) -> Result<(), StoreError> {
        self.settle(id, now, OutboxState::Failed, response).await
    }

    /// It may have been accepted or not: never sent again by itself.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn ambiguous(&self, id: OutboxRow, now: Timestamp, response: &str) -> Result<(), StoreError> {
        self.settle(id, now, OutboxState::Ambiguous, response).await
    }

    async fn settle(
        &self,
        id: OutboxRow,
        now: Timestamp,
        state: OutboxState,
        response: &str,
    ) -> Result<(), StoreError> {
        let state = word(&state)?;
        let mut tx = self.begin().await?;
        let changed = sqlx::query(
            "UPDATE outbox SET state = $1, lease_until = NULL, response = $2, changed_at = $3
             WHERE id = $4 AND state <> 'sent'",
        )
        .bind(&state)
        .bind(response)
        .bind(now.as_microsecond())
        .bind(id)
        .execute(&mut *tx)
        .await?;
        if changed.rows_affected() > 0 {
            events::append(&mut tx, now, &state, &json!({ "outbox": id })).await?;
        }
        crate::fault::point!("settle::before_commit");
        tx.commit().await?;
        crate::fault::point!("settle::committed");
        Ok(())
    }
}

/// Row and recipient of the next letter that may leave, and whether it is for the committee itself. Who has written is
/// answered before anybody is reminded: on the morning of a reminder as many letters may be due as leave in an hour.
async fn due(
    connection: &mut SqliteConnection,
    now: i64,
    held: bool,
) -> Result<Option<(i64, String, bool)>, StoreError> {
    let query = format!(
        "SELECT id, recipient, internal FROM outbox WHERE {MAY_LEAVE} AND not_before <= $2
         ORDER BY kind IN ('reminder', 'digest'), not_before, id LIMIT 1"
    );
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(query)).bind(held).bind(now).fetch_optional(connection).await?)
}

/// Puts off everything that is due and would be one too many.
async fn put_off(connection: &mut SqliteConnection, recipient: &str, wait: Wait, now: i64) -> Result<(), StoreError> {
    let (until, only) = match wait {
        Wait::Receiver(until) => (until, Some(recipient)),
        Wait::All(until) => (until, None),
    };
    sqlx::query(
        "UPDATE outbox SET not_before = max(not_before, $1)
         WHERE state = 'queued' AND internal = 0 AND not_before <= $2 AND ($3 IS NULL OR recipient = $3)",
    )
    .bind(until.as_microsecond())
    .bind(now)
    .bind(only)
    .execute(connection)
    .await?;
    Ok(())
}

/// Ends the leases that run until `last` (microseconds) at most: what nobody had begun to send waits again, the rest
/// follows `expired`.
async fn end_leases(tx: &mut SqliteConnection, now: Timestamp, last: i64, expired: Expired) -> Result<(), StoreError> {
    let now_us = now.as_microsecond();
    if expired == Expired::Hold {
        let held: Vec<i64> = sqlx::query_scalar(
            "UPDATE outbox SET state = 'ambiguous', lease_until = NULL, changed_at = $1
             WHERE state = 'sending' AND lease_until <= $2 RETURNING id",
        )
        .bind(now_us)
        .bind(last)
        .fetch_all(&mut *tx)
        .await?;
        for id in held {
            events::append(tx, now, "ambiguous", &json!({ "outbox": id })).await?;
        }
    }
    sqlx::query(
        "UPDATE outbox SET state = 'queued', lease_until = NULL, changed_at = $1
         WHERE state IN ('leased', 'sending') AND lease_until <= $2",
    )
    .bind(now_us)
    .bind(last)
    .execute(&mut *tx)
    .await?;
    Ok(())
}
