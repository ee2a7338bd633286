//! Answers that did not simply leave: failed, given up, or perhaps accepted. What their proof or a person says of them.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{
    MessageRow, OutboxRow, OutboxState, Store, StoreError, caps::DAY, events, from_word, instant, outbox::MAY_LEAVE,
    parsed,
};
use crate::{
    campaign::{CampaignId, SchoolId},
    message::{Address, MessageId},
};

/// An answer as staff see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldRow {
    /// Its row.
    pub id: OutboxRow,
    /// The campaign; none where it is an alert.
    pub campaign: Option<CampaignId>,
    /// The message that it answers; none where it is an alert.
    pub message: Option<MessageRow>,
    /// To whom.
    pub recipient: String,
    /// Its Message-ID.
    pub message_id: String,
    /// The schools of which it speaks.
    pub schools: Vec<SchoolId>,
    /// How far it has come.
    pub state: OutboxState,
    /// Since when.
    pub since: Timestamp,
    /// Not to be sent before this instant.
    pub not_before: Timestamp,
    /// Whether it is for the committee itself: an alert or a summary, which no person holds up.
    pub alert: bool,
    /// Whether a person has said that it may leave.
    pub approved: bool,
    /// Whether it waits for that, whatever `replies.mode` is: it may have been sent before the store was restored.
    pub held: bool,
    /// What the other side, or the system, said last.
    pub response: String,
}

/// Row, message, recipient, Message-ID, state, since, not before, whether an alert, whether approved, whether held, response,
/// schools as a list, campaign.
type Columns =
    (i64, Option<i64>, String, String, String, i64, i64, bool, bool, bool, String, Option<String>, Option<String>);

/// So many attempts that fail are no accident of the moment.
const FEW: u32 = 3;

const HELD: &str = "SELECT o.id, o.message, o.recipient, o.message_id, o.state, o.changed_at, o.not_before,
        o.internal, o.approved, o.held, o.response,
        (SELECT group_concat(s.school, ' ') FROM outbox_schools s WHERE s.outbox = o.id), o.campaign
    FROM outbox o WHERE";

fn held(row: Columns) -> Result<HeldRow, StoreError> {
    let (
        id,
        message,
        recipient,
        message_id,
        state,
        since,
        not_before,
        alert,
        approved,
        held,
        response,
        schools,
        campaign,
    ) = row;
    let schools = schools.unwrap_or_default();
    Ok(HeldRow {
        id,
        campaign: campaign.as_deref().map(|id| parsed("campaign", id)).transpose()?,
        message,
        recipient,
        message_id,
        schools: schools.split_whitespace().map(|school| parsed("school", school)).collect::<Result<_, _>>()?,
        state: from_word(state)?,
        since: instant(since)?,
        not_before: instant(not_before)?,
        alert,
        approved,
        held,
        response,
    })
}

impl Store {
    /// How many answers are in each state, alerts apart; a state without any has no entry.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn outbox_counts(&self) -> Result<BTreeMap<OutboxState, u64>, StoreError> {
        let rows: Vec<(String, i64)> =
            sqlx::query_as("SELECT state, count(*) FROM outbox WHERE internal = 0 GROUP BY state")
                .fetch_all(&self.readers)
                .await?;
        rows.into_iter().map(|(state, count)| Ok((from_word(state)?, count.unsigned_abs()))).collect()
    }

    /// Every answer of a campaign, or of all, that has not simply left: waiting, failed or in doubt. Alerts are of all.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn outbox_open(&self, campaign: Option<&CampaignId>) -> Result<Vec<HeldRow>, StoreError> {
        let query = format!(
            "{HELD} o.state IN ('queued', 'leased', 'sending', 'failed', 'ambiguous')
             AND ($1 IS NULL OR o.campaign IS NULL OR o.campaign = $1) ORDER BY o.id"
        );
        let rows: Vec<Columns> = sqlx::query_as(sqlx::AssertSqlSafe(query))
            .bind(campaign.map(CampaignId::as_str))
            .fetch_all(&self.readers)
            .await?;
        rows.into_iter().map(held).collect()
    }

    /// Answers that failed or have been in doubt since `before`, of which staff have not been told; alerts about
    /// alerts there are none.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn untold(&self, before: Timestamp) -> Result<Vec<HeldRow>, StoreError> {
        let query = format!(
            "{HELD} o.told = 0 AND o.internal = 0
             AND (o.state = 'failed' OR (o.state = 'ambiguous' AND o.changed_at <= $1)) ORDER BY o.id"
        );
        let rows: Vec<Columns> =
            sqlx::query_as(sqlx::AssertSqlSafe(query)).bind(before.as_microsecond()).fetch_all(&self.readers).await?;
        rows.into_iter().map(held).collect()
    }

    /// Answers in doubt since `after` whose proof may still be found.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn in_doubt(&self, after: Timestamp) -> Result<Vec<(OutboxRow, MessageId)>, StoreError> {
        let rows: Vec<(i64, String)> = sqlx::query_as(
            "SELECT id, message_id FROM outbox WHERE state = 'ambiguous' AND changed_at >= $1 ORDER BY id",
        )
        .bind(after.as_microsecond())
        .fetch_all(&self.readers)
        .await?;
        let id = |text: &str| MessageId::parse(text).ok_or_else(|| StoreError::row("message id", "in the outbox"));
        rows.into_iter().map(|(row, text)| Ok((row, id(&text)?))).collect()
    }

    /// Settles every answer in doubt of which a copy has come back into one of our own mailboxes, sent by one of these
    /// addresses: the server has accepted it. Gives how many.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn settle_copies(&self, own: &[Address], now: Timestamp) -> Result<u64, StoreError> {
        let own = super::json(&own.iter().map(Address::as_str).collect::<Vec<_>>())?;
        let mut tx = self.begin().await?;
        let settled: Vec<i64> = sqlx::query_scalar(
            "UPDATE outbox SET state = 'sent', response = 'a copy is in our own mailbox', changed_at = $1
             WHERE state = 'ambiguous' AND EXISTS (
                 SELECT 1 FROM messages m WHERE m.message_id = outbox.message_id AND m.state = 'ignore'
                 AND m.sender IN (SELECT value FROM json_each($2)))
             RETURNING id",
        )
        .bind(now.as_microsecond())
        .bind(own)
        .fetch_all(&mut *tx)
        .await?;
        for id in &settled {
            events::append(&mut tx, now, "sent", &json!({ "outbox": id, "by": "copy" })).await?;
        }
        tx.commit().await?;
        Ok(settled.len() as u64)
    }

    /// Gives up every answer that was queued before `before` and still waits; or `only` this one, if it has been tried a
    /// few times. Alerts wait for as long as it takes.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn give_up(
        &self,
        before: Timestamp,
        now: Timestamp,
        response: &str,
        only: Option<OutboxRow>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let given_up: Vec<i64> = sqlx::query_scalar(
            "UPDATE outbox SET state = 'failed', response = $1, changed_at = $2
             WHERE state = 'queued' AND mailbox IS NULL AND internal = 0 AND queued_at <= $3 AND (held = 0 OR approved = 1)
               AND ($4 IS NULL OR (id = $4 AND tries >= $5)) RETURNING id",
        )
        .bind(response)
        .bind(now.as_microsecond())
        .bind(before.as_microsecond())
        .bind(only)
        .bind(FEW)
        .fetch_all(&mut *tx)
        .await?;
        for id in given_up {
            events::append(&mut tx, now, "failed", &json!({ "outbox": id })).await?;
        }
        Ok(tx.commit().await?)
    }

    /// A letter as it goes out (RFC 5322), and none where there is no such row.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn letter(&self, id: OutboxRow) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(sqlx::query_scalar("SELECT mime FROM outbox WHERE id = $1").bind(id).fetch_optional(&self.readers).await?)
    }

    /// Puts an alert into a mailbox that was to be sent: its receiver's server has refused it.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn divert(&self, id: OutboxRow, mailbox: &str, response: &str) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE outbox SET state = 'queued', lease_until = NULL, mailbox = $1, response = $2
             WHERE id = $3 AND kind = 'alert' AND state IN ('leased', 'sending')",
        )
        .bind(mailbox)
        .bind(response)
        .bind(id)
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// Notes that a server refuses an address for good.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn suppress(&self, address: &Address, until: Timestamp, response: &str) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO suppressed (address, until, response) VALUES ($1, $2, $3)
             ON CONFLICT (address) DO UPDATE SET until = excluded.until, response = excluded.response",
        )
        .bind(address.as_str())
        .bind(until.as_microsecond())
        .bind(response)
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// Until when nothing is to be sent to an address, where a server has refused it.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn suppressed(&self, address: &Address, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let until: Option<i64> = sqlx::query_scalar("SELECT until FROM suppressed WHERE address = $1 AND until > $2")
            .bind(address.as_str())
            .bind(now.as_microsecond())
            .fetch_optional(&self.readers)
            .await?;
        until.map(instant).transpose()
    }

    /// When the next letter is due that may leave; `held` is that of [`Terms`](super::Terms).
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn next_due(&self, held: bool) -> Result<Option<Timestamp>, StoreError> {
        let query = format!("SELECT min(not_before) FROM outbox WHERE {MAY_LEAVE}");
        let next: Option<i64> =
            sqlx::query_scalar(sqlx::AssertSqlSafe(query)).bind(held).fetch_one(&self.readers).await?;
        next.map(instant).transpose()
    }

    /// Moves everything that waits by as much as the clock has jumped, so that nothing comes due, expires or waits
    /// because of it.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn shift(&self, by: SignedDuration, now: Timestamp) -> Result<(), StoreError> {
        let by = i64::try_from(by.as_micros()).unwrap_or_default();
        let mut tx = self.begin().await?;
        sqlx::query(
            "UPDATE outbox SET queued_at = queued_at + $1, not_before = not_before + $1, lease_until = lease_until + $1
             WHERE state IN ('queued', 'leased', 'sending')",
        )
        .bind(by)
        .execute(&mut *tx)
        .await?;
        // How long a doubt lasts, and how many letters have left of late, is measured by this.
        sqlx::query(
            "UPDATE outbox SET changed_at = changed_at + $1
             WHERE state = 'ambiguous' OR (state = 'sent' AND changed_at > $2)",
        )
        .bind(by)
        .bind(
            now.saturating_sub(SignedDuration::from_micros(by))
                .and_then(|then| then.saturating_sub(DAY))
                .unwrap_or(Timestamp::MIN)
                .as_microsecond(),
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query("UPDATE suppressed SET until = until + $1").bind(by).execute(&mut *tx).await?;
        events::append(&mut tx, now, "clock", &json!({ "microseconds": by })).await?;
        tx.commit().await?;
        Ok(())
    }
}
