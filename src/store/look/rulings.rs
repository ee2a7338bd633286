//! What people have decided about a message.

use jiff::Timestamp;

use super::super::{MessageRow, RulingRow, Store, StoreError, from_json, instant, parsed, undo::RESTS};
use crate::{
    campaign::{CampaignId, SchoolId},
    decision::Ruling,
};

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

/// A decision of a person about documents that counted already.
#[derive(Debug, Clone, PartialEq)]
pub struct SecondLook {
    /// The message.
    pub message: MessageRow,
    /// As whose they counted.
    pub was: Option<SchoolId>,
    /// What was decided.
    pub ruling: Ruling,
    /// When.
    pub at: Timestamp,
    /// By whom: an address.
    pub by: Option<String>,
    /// Whether it was taken back.
    pub undone: bool,
}

/// Message, school, verdict, when, by whom, whether undone.
type SecondColumns = (i64, Option<String>, String, i64, Option<String>, bool);
/// Row, verdict, when, by whom, whether undone, whether something rests on it, when its letter leaves.
type Columns = (i64, String, i64, Option<String>, bool, bool, Option<i64>);

impl Store {
    /// What people have decided about a message, the last first.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn rulings_of(&self, message: MessageRow) -> Result<Vec<RulingLook>, StoreError> {
        let query = format!(
            "SELECT r.id, r.verdict, r.decided_at, a.address, r.undone_at IS NOT NULL, {RESTS},
                    (SELECT min(o.not_before) FROM outbox o WHERE o.ruling = r.id AND o.state = 'queued')
             FROM rulings r LEFT JOIN accounts a ON a.id = r.decided_by WHERE r.message = $1 ORDER BY r.id DESC"
        );
        let rows: Vec<Columns> =
            sqlx::query_as(sqlx::AssertSqlSafe(query)).bind(message).fetch_all(&self.readers).await?;
        rows.into_iter()
            .map(|(id, ruling, at, by, undone, rested, leaves)| {
                let (ruling, at) = (from_json(&ruling)?, instant(at)?);
                let leaves = leaves.map(instant).transpose()?;
                Ok(RulingLook { id, ruling, at, by, undone, undoable: !undone && !rested, leaves })
            })
            .collect()
    }
    /// What people have decided once more about documents that counted as this school's, or count since then.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn second_looks(&self, campaign: &CampaignId, school: &SchoolId) -> Result<Vec<SecondLook>, StoreError> {
        let rows: Vec<SecondColumns> = sqlx::query_as(
            "SELECT r.message, s.school, r.verdict, r.decided_at, a.address, r.undone_at IS NOT NULL
             FROM rulings r JOIN submissions s ON s.id = r.submission LEFT JOIN accounts a ON a.id = r.decided_by
             WHERE r.review IS NULL AND s.campaign = $1
               AND (s.school = $2 OR json_extract(r.verdict, '$.school') = $2)
             ORDER BY r.id",
        )
        .bind(campaign.as_str())
        .bind(school.as_str())
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|(message, was, ruling, at, by, undone)| {
                let was = was.as_deref().map(|school| parsed("school", school)).transpose()?;
                Ok(SecondLook { message, was, ruling: from_json(&ruling)?, at: instant(at)?, by, undone })
            })
            .collect()
    }
}
