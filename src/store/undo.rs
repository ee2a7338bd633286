//! A decision taken back, as long as nothing rests on it.

use jiff::Timestamp;
use serde_json::json;
use sqlx::SqliteConnection;

use super::{
    AccountId, RulingRow, Store, StoreError, events, from_json,
    rulings::{disown, in_place, own_documents, reconsider, restate},
};
use crate::decision::Ruling;

/// Whether something rests on the decision `r`: its letter has begun to leave, its submission was decided about once more, a
/// later decision is about the same case or the whole message, or the school that joined by it has sent more.
pub(super) const RESTS: &str = "(
    EXISTS (SELECT 1 FROM outbox o WHERE o.ruling = r.id AND o.state NOT IN ('queued', 'dropped', 'superseded'))
    OR EXISTS (SELECT 1 FROM submissions s WHERE s.ruling = r.id AND s.replaced IS NOT NULL)
    OR EXISTS (SELECT 1 FROM rulings later WHERE later.message = r.message AND later.id > r.id
               AND later.undone_at IS NULL AND later.verdict <> '\"ask\"'
               AND (later.review = r.review OR later.submission IS NULL))
    OR EXISTS (SELECT 1 FROM amendments a
               JOIN submissions s ON s.campaign = a.campaign AND s.school = json_extract(a.amendment, '$.school')
               WHERE a.ruling = r.id AND a.withdrawn_at IS NULL AND json_extract(a.amendment, '$.kind') = 'school'
                 AND s.version IS NOT NULL AND s.ruling IS NOT r.id))";

/// Why a decision is not undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undone {
    /// It is.
    Done,
    /// It has been before, or there is no such decision.
    Before,
    /// Its letter has left or is leaving, or more rests on it: only another decision can correct it.
    TooLate,
}

impl Store {
    /// Takes a decision back whose letter has not begun to leave: everything is as it was before.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn undo(&self, ruling: RulingRow, by: AccountId, now: Timestamp) -> Result<Undone, StoreError> {
        let mut tx = self.begin().await?;
        let row: Option<Row> = sqlx::query_as(
            "SELECT message, review, submission, version, verdict FROM rulings WHERE id = $1 AND undone_at IS NULL
             AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.id = message AND m.erased_at IS NOT NULL)",
        )
        .bind(ruling)
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = row else { return Ok(Undone::Before) };
        let rests = format!("SELECT {RESTS} FROM rulings r WHERE r.id = $1");
        let beyond: bool = sqlx::query_scalar(sqlx::AssertSqlSafe(rests)).bind(ruling).fetch_one(&mut *tx).await?;
        if beyond {
            return Ok(Undone::TooLate);
        }
        take_back(&mut tx, ruling, &row, by, now).await?;
        restate(&mut tx, row.0).await?;
        let refs = json!({ "ruling": ruling, "message": row.0, "by": by });
        events::append(&mut tx, now, "undone", &refs).await?;
        tx.commit().await?;
        Ok(Undone::Done)
    }
}

/// Message, review, submission, version, verdict.
type Row = (i64, Option<i64>, Option<i64>, Option<i64>, String);

async fn take_back(
    connection: &mut SqliteConnection,
    ruling: RulingRow,
    row: &Row,
    by: AccountId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (message, review, submission, _, verdict) = row;
    let at = now.as_microsecond();
    sqlx::query("UPDATE rulings SET undone_at = $1, undone_by = $2 WHERE id = $3")
        .bind(at)
        .bind(by)
        .bind(ruling)
        .execute(&mut *connection)
        .await?;
    sqlx::query("UPDATE outbox SET state = 'dropped', changed_at = $1 WHERE ruling = $2 AND state = 'queued'")
        .bind(at)
        .bind(ruling)
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "UPDATE outbox SET state = 'queued', response = '', changed_at = $1
         WHERE message = $2 AND state = 'superseded' AND response = $3",
    )
    .bind(at)
    .bind(message)
    .bind(in_place(ruling))
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "UPDATE amendments SET withdrawn_at = $1, withdrawn_by = $2 WHERE ruling = $3 AND withdrawn_at IS NULL",
    )
    .bind(at)
    .bind(by)
    .bind(ruling)
    .execute(&mut *connection)
    .await?;
    // What it made forgotten is known again.
    sqlx::query(
        "UPDATE amendments SET withdrawn_at = NULL, withdrawn_by = NULL
         WHERE ruling = (SELECT ruling FROM submissions WHERE id = $1)
           AND withdrawn_at = (SELECT decided_at FROM rulings WHERE id = $2)",
    )
    .bind(submission)
    .bind(ruling)
    .execute(&mut *connection)
    .await?;
    reconsider(connection, ruling).await?;
    match from_json(verdict)? {
        Ruling::Ask if review.is_some() => {
            sqlx::query("UPDATE reviews SET asked_at = NULL WHERE id = $1")
                .bind(review)
                .execute(&mut *connection)
                .await?;
            return Ok(());
        }
        _ => {
            sqlx::query("UPDATE reviews SET decided_at = NULL, decided_by = NULL, decision = NULL WHERE id = $1")
                .bind(review)
                .execute(&mut *connection)
                .await?;
        }
    }
    restore(connection, ruling, row).await
}

/// Puts back what the decision has replaced.
async fn restore(connection: &mut SqliteConnection, ruling: RulingRow, row: &Row) -> Result<(), StoreError> {
    let (message, _, submission, version, _) = row;
    let made: Vec<i64> =
        sqlx::query_scalar("UPDATE submissions SET replaced = $1, version = NULL WHERE ruling = $1 RETURNING id")
            .bind(ruling)
            .fetch_all(&mut *connection)
            .await?;
    for submission in made {
        disown(connection, *message, submission).await?;
    }
    // Its version may have been given to another one meanwhile: then it is the newest.
    sqlx::query(
        "UPDATE submissions SET replaced = NULL, version = CASE
             WHEN $1 IS NULL THEN NULL
             WHEN EXISTS (SELECT 1 FROM submissions other WHERE other.campaign = submissions.campaign
                          AND other.school = submissions.school AND other.version >= $1)
             THEN (SELECT max(version) + 1 FROM submissions other WHERE other.campaign = submissions.campaign
                   AND other.school = submissions.school)
             ELSE $1 END
         WHERE id = $2",
    )
    .bind(version)
    .bind(submission)
    .execute(&mut *connection)
    .await?;
    let old: Option<(String, Option<String>)> =
        sqlx::query_as("SELECT documents, school FROM submissions WHERE id = $1")
            .bind(submission)
            .fetch_optional(&mut *connection)
            .await?;
    if let Some((documents, school)) = old {
        own_documents(connection, *message, &documents, school.as_deref()).await?;
    }
    Ok(())
}
