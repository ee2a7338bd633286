//! What people have decided about a message.

use jiff::Timestamp;

use super::super::{MessageRow, RulingRow, Store, StoreError, from_json, instant};
use crate::decision::Ruling;

/// A decision of a person.
#[derive(Debug, Clone, PartialEq)]
pub struct RulingLook {
    /// Its number.
    pub id: RulingRow,
    /// What was decided.
    pub ruling: Ruling,
    /// When.
    pub at: Timestamp,
    /// By whom: an address.
    pub by: Option<String>,
    /// Whether it was taken back.
    pub undone: bool,
    /// Whether it can be taken back: its letter has not begun to leave, and nothing rests on it.
    pub undoable: bool,
    /// When its letter leaves; none where none waits.
    pub leaves: Option<Timestamp>,
}

/// Row, verdict, when, by whom, whether undone, whether something rests on it, when its letter leaves.
type Columns = (i64, String, i64, Option<String>, bool, bool, Option<i64>);

impl Store {
    /// What people have decided about a message, the last first.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn rulings_of(&self, message: MessageRow) -> Result<Vec<RulingLook>, StoreError> {
        let rows: Vec<Columns> = sqlx::query_as(
            "SELECT r.id, r.verdict, r.decided_at, a.address, r.undone_at IS NOT NULL,
                    EXISTS (SELECT 1 FROM outbox o WHERE o.ruling = r.id
                            AND o.state NOT IN ('queued', 'dropped', 'superseded'))
                    OR EXISTS (SELECT 1 FROM submissions s WHERE s.ruling = r.id AND s.replaced IS NOT NULL),
                    (SELECT min(o.not_before) FROM outbox o WHERE o.ruling = r.id AND o.state = 'queued')
             FROM rulings r LEFT JOIN accounts a ON a.id = r.decided_by WHERE r.message = $1 ORDER BY r.id DESC",
        )
        .bind(message)
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|(id, ruling, at, by, undone, rested, leaves)| {
                let (ruling, at) = (from_json(&ruling)?, instant(at)?);
                let leaves = leaves.map(instant).transpose()?;
                Ok(RulingLook { id, ruling, at, by, undone, undoable: !undone && !rested, leaves })
            })
            .collect()
    }
}
