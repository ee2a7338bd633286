//! Where the schools stand, remembered between questions: only those of which something new is known are read once more.

use std::{collections::BTreeMap, sync::Arc};

use sqlx::SqliteConnection;
use tokio::sync::Mutex;

use super::{SchoolRow, Store, StoreError, json, parsed, state::read};
use crate::campaign::{CampaignId, SchoolId};

/// Where each school stands of which something is known.
pub(super) type Standings = BTreeMap<SchoolId, SchoolRow>;

/// What was read last, by campaign.
#[derive(Debug, Default)]
pub(super) struct Remembered(Mutex<BTreeMap<CampaignId, (Mark, Arc<Standings>)>>);

/// How far it was read. Submissions are deleted by an erasure alone, and what counts of them changes with a decision of a person alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
struct Mark {
    /// The last submission.
    submission: i64,
    /// The last decision of a person.
    ruling: i64,
    /// How many decisions were taken back.
    undone: i64,
    /// The last erasure: nothing that was read before it is known any more.
    erasure: i64,
}

impl Store {
    /// Every school of which something is known, by its accepted submissions alone; whichever process has recorded them.
    pub(super) async fn accepted(&self, campaign: &CampaignId) -> Result<Arc<Standings>, StoreError> {
        let mut remembered = self.remembered.0.lock().await;
        // One transaction, so that all queries see the same moment.
        let mut tx = self.readers.begin().await?;
        let mark = mark(&mut tx).await?;
        let known = match remembered.get(campaign) {
            Some((known, standings)) if *known == mark => return Ok(Arc::clone(standings)),
            known => known.filter(|(known, _)| known.erasure == mark.erasure),
        };
        let mut standings = Standings::new();
        let mut only = None;
        if let Some((known, before)) = known {
            let changed = changed(&mut tx, campaign, known, &mark).await?;
            standings.clone_from(before);
            standings.retain(|school, _| !changed.contains(school));
            only = Some(json(&changed)?);
        }
        standings.extend(read(&mut tx, campaign, only.as_deref()).await?);
        let standings = Arc::new(standings);
        remembered.insert(campaign.clone(), (mark, Arc::clone(&standings)));
        Ok(standings)
    }
}

async fn mark(connection: &mut SqliteConnection) -> Result<Mark, StoreError> {
    Ok(sqlx::query_as(
        "SELECT (SELECT coalesce(max(id), 0) FROM submissions) AS submission,
                (SELECT coalesce(max(id), 0) FROM rulings) AS ruling,
                (SELECT count(undone_at) FROM rulings) AS undone,
                (SELECT coalesce(max(id), 0) FROM erasures) AS erasure",
    )
    .fetch_one(connection)
    .await?)
}

/// The schools of which something has changed in between: after a decision about a message, all that it names, as a file of it
/// may be another one's now.
async fn changed(
    connection: &mut SqliteConnection,
    campaign: &CampaignId,
    from: &Mark,
    to: &Mark,
) -> Result<Vec<SchoolId>, StoreError> {
    let schools: Vec<String> = sqlx::query_scalar(
        "SELECT school FROM submissions WHERE id > $2 AND campaign = $1 AND school IS NOT NULL
         UNION SELECT school FROM submissions WHERE campaign = $1 AND school IS NOT NULL
             AND message IN (SELECT message FROM rulings WHERE id > $3 OR (undone_at IS NOT NULL AND $4))",
    )
    .bind(campaign.as_str())
    .bind(from.submission)
    .bind(from.ruling)
    .bind(from.undone != to.undone)
    .fetch_all(connection)
    .await?;
    schools.iter().map(|school| parsed("school", school)).collect()
}
