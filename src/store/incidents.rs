//! What is wrong with the surroundings, and the alerts by which staff hear of it, each once.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::json;
use sqlx::SqliteConnection;

use super::{OutboxRow, Store, StoreError, events};
use crate::message::{Address, MessageId};

/// A letter to the staff, ready to be sent or to be put into a mailbox.
#[derive(Debug, Clone)]
pub struct Alert {
    /// Its name: queued twice, it is there once.
    pub key: String,
    /// The address of the mailbox from which it comes.
    pub sender: Address,
    /// To whom.
    pub to: Address,
    /// The mailbox into which it is put; none: it is sent.
    pub mailbox: Option<String>,
    /// Its own Message-ID.
    pub message_id: MessageId,
    /// The whole message.
    pub mime: Vec<u8>,
}

/// Something that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// What is wrong: a word.
    pub kind: String,
    /// Where: a mailbox or a server.
    pub place: String,
    /// What was said about it; no personal data.
    pub detail: String,
    /// Since when.
    pub since: Timestamp,
}

impl Store {
    /// Notes that something is wrong, or was and is `over`, and queues its alerts. `false`, and nothing done, where it is
    /// known already to be wrong.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn open_incident(&self, incident: &Incident, over: bool, alerts: &[Alert]) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let opened = sqlx::query(
            "INSERT INTO incidents (kind, place, detail, opened_at, closed_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT DO NOTHING",
        )
        .bind(&incident.kind)
        .bind(&incident.place)
        .bind(&incident.detail)
        .bind(incident.since.as_microsecond())
        .bind(over.then(|| incident.since.as_microsecond()))
        .execute(&mut *tx)
        .await?;
        if opened.rows_affected() == 0 {
            return Ok(false);
        }
        for alert in alerts {
            queue(&mut tx, alert, incident.since).await?;
        }
        events::append(&mut tx, incident.since, "incident", &json!({ "kind": incident.kind })).await?;
        crate::fault::point!("incident::before_commit");
        tx.commit().await?;
        Ok(true)
    }

    /// Notes that something is well again; gives whether it had been wrong.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn close_incident(&self, kind: &str, place: &str, now: Timestamp) -> Result<bool, StoreError> {
        // Nearly always there is none: no need to write.
        if !self.incidents().await?.iter().any(|one| one.kind == kind && one.place == place) {
            return Ok(false);
        }
        let closed =
            sqlx::query("UPDATE incidents SET closed_at = $1 WHERE kind = $2 AND place = $3 AND closed_at IS NULL")
                .bind(now.as_microsecond())
                .bind(kind)
                .bind(place)
                .execute(&self.writer)
                .await?;
        Ok(closed.rows_affected() > 0)
    }

    /// Notes that whatever was wrong of these kinds at a place is well since then, and queues the letters that say so;
    /// gives whether anything had been wrong.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn end_incidents(
        &self,
        kinds: &[&str],
        place: &str,
        since: Timestamp,
        letters: &[Alert],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let mut ended = 0;
        for kind in kinds {
            let closed =
                sqlx::query("UPDATE incidents SET closed_at = $1 WHERE kind = $2 AND place = $3 AND closed_at IS NULL")
                    .bind(since.as_microsecond())
                    .bind(kind)
                    .bind(place)
                    .execute(&mut *tx)
                    .await?
                    .rows_affected();
            if closed > 0 {
                events::append(&mut tx, now, "well", &json!({ "kind": kind })).await?;
            }
            ended += closed;
        }
        if ended == 0 {
            return Ok(false);
        }
        for letter in letters {
            queue(&mut tx, letter, now).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// How many faults of these kinds at a place are over since then.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn incidents_over(&self, kinds: &[&str], place: &str, since: Timestamp) -> Result<u32, StoreError> {
        let over: Vec<(String, i64)> =
            sqlx::query_as("SELECT kind, closed_at FROM incidents WHERE place = $1 AND closed_at >= $2")
                .bind(place)
                .bind(since.as_microsecond())
                .fetch_all(&self.readers)
                .await?;
        // What was told of in one letter counts once.
        let times: BTreeSet<i64> =
            over.into_iter().filter(|(kind, _)| kinds.contains(&kind.as_str())).map(|(_, at)| at).collect();
        Ok(u32::try_from(times.len()).unwrap_or(u32::MAX))
    }

    /// Everything that is wrong now.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn incidents(&self) -> Result<Vec<Incident>, StoreError> {
        let rows: Vec<(String, String, String, i64)> =
            sqlx::query_as("SELECT kind, place, detail, opened_at FROM incidents WHERE closed_at IS NULL ORDER BY id")
                .fetch_all(&self.readers)
                .await?;
        let incident = |(kind, place, detail, at): (String, String, String, i64)| {
            Ok(Incident { kind, place, detail, since: super::instant(at)? })
        };
        rows.into_iter().map(incident).collect()
    }

    /// Queues alerts about answers that did not leave, and notes that staff have been told of these.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn tell(&self, about: &[OutboxRow], alerts: &[Alert], now: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        for id in about {
            sqlx::query("UPDATE outbox SET told = 1 WHERE id = $1").bind(id).execute(&mut *tx).await?;
        }
        for alert in alerts {
            queue(&mut tx, alert, now).await?;
        }
        events::append(&mut tx, now, "told", &json!({ "outbox": about })).await?;
        crate::fault::point!("tell::before_commit");
        tx.commit().await?;
        Ok(())
    }

    /// The alerts that are to be put into this mailbox: row, Message-ID and bytes.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn alerts_for(&self, mailbox: &str) -> Result<Vec<(OutboxRow, String, Vec<u8>)>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT id, message_id, mime FROM outbox WHERE mailbox = $1 AND state = 'queued' ORDER BY id",
        )
        .bind(mailbox)
        .fetch_all(&self.readers)
        .await?)
    }

    /// Notes a message that was listed and gone before it could be fetched.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn vanished(&self, mailbox: &str, cursor: &str, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO vanished (mailbox, cursor, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
            .bind(mailbox)
            .bind(cursor)
            .bind(now.as_microsecond())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// How many messages of a mailbox were gone before they could be fetched.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn vanished_count(&self, mailbox: &str) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM vanished WHERE mailbox = $1")
            .bind(mailbox)
            .fetch_one(&self.readers)
            .await?;
        Ok(count.unsigned_abs())
    }
}

async fn queue(connection: &mut SqliteConnection, alert: &Alert, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO outbox (key, kind, internal, sender, recipient, mailbox, message_id, mime, state, queued_at, not_before,
             changed_at)
         VALUES ($1, 'alert', 1, $2, $3, $4, $5, $6, 'queued', $7, $7, $7) ON CONFLICT DO NOTHING",
    )
    .bind(&alert.key)
    .bind(alert.sender.as_str())
    .bind(alert.to.as_str())
    .bind(&alert.mailbox)
    .bind(alert.message_id.as_str())
    .bind(&alert.mime)
    .bind(now.as_microsecond())
    .execute(connection)
    .await?;
    Ok(())
}
