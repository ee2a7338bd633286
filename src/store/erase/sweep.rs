//! What is left on the disk of rows that are gone: files, free pages, the log.

use std::{
    fs,
    time::{Duration, SystemTime},
};

use jiff::Timestamp;

use super::super::{Store, StoreError, before, copy, owner::failed, parsed};
use crate::digest::Sha256;

/// What nobody names for so long is what a process has left that was killed.
const FORGOTTEN: Duration = Duration::from_hours(24);
/// How often the log is tried to be emptied while others read.
const TRIES: u32 = 50;
const PAUSE: Duration = Duration::from_millis(100);

/// What was removed from the disk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Stored files.
    pub files: u64,
    /// Copies of the database from before an upgrade.
    pub copies: u64,
}

impl Store {
    /// Whether an erasure was begun and not brought to its end.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn is_to_be_swept(&self) -> Result<bool, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM erasures WHERE finished_at IS NULL) OR EXISTS (SELECT 1 FROM erasing)",
        )
        .fetch_one(&self.readers)
        .await?)
    }

    /// Removes the files of erased rows that no other row names, makes the database anew without its free pages, and empties
    /// its log. Killed anywhere, it is done again from the beginning.
    ///
    /// # Errors
    /// Where disk or database refuse: the erasure stays open.
    pub async fn sweep(&self, now: Timestamp, forgotten_before: SystemTime) -> Result<Swept, StoreError> {
        self.add_forgotten(forgotten_before).await?;
        let files = self.remove_files().await?;
        crate::fault::point!("erase::files");
        let mut copies = 0;
        for copy in before::copies_before(&self.path) {
            fs::remove_file(&copy).map_err(failed("remove", &copy))?;
            copies += 1;
        }
        sqlx::query("VACUUM").execute(&self.writer).await?;
        crate::fault::point!("erase::vacuumed");
        self.empty_the_log().await?;
        sqlx::query("UPDATE erasures SET finished_at = $1 WHERE finished_at IS NULL")
            .bind(now.as_microsecond())
            .execute(&self.writer)
            .await?;
        Ok(Swept { files, copies })
    }

    /// Before when a file that nobody names is one that a killed process has left.
    pub fn forgotten_before(now: Timestamp) -> SystemTime {
        let seconds = u64::try_from(now.as_second()).unwrap_or_default();
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds).saturating_sub(FORGOTTEN)
    }

    /// Files that were stored and never named: their process was killed in between.
    async fn add_forgotten(&self, before: SystemTime) -> Result<(), StoreError> {
        let named: std::collections::BTreeSet<Sha256> = self.named_files().await?.into_iter().collect();
        self.files.clear_unfinished(before);
        let forgotten: Vec<Sha256> =
            self.files.since_before(before).into_iter().filter(|one| !named.contains(one)).collect();
        if !forgotten.is_empty() {
            sqlx::query("INSERT OR IGNORE INTO erasing SELECT value FROM json_each($1)")
                .bind(super::to_json(&forgotten)?)
                .execute(&self.writer)
                .await?;
        }
        Ok(())
    }

    /// Nobody can name a file meanwhile: whoever writes holds the database, and looks whether his files are there.
    async fn remove_files(&self) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let query = format!("SELECT sha256 FROM erasing EXCEPT SELECT * FROM ({})", copy::named(true));
        let unnamed: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(query)).fetch_all(&mut *tx).await?;
        let mut removed = 0;
        for name in &unnamed {
            removed += u64::from(self.files.remove(parsed("hash", name)?)?);
            crate::fault::point!("erase::file");
        }
        sqlx::query("DELETE FROM erasing").execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(removed)
    }

    async fn empty_the_log(&self) -> Result<(), StoreError> {
        for _ in 0..TRIES {
            let (busy, ..): (i64, i64, i64) =
                sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&self.writer).await?;
            if busy == 0 {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(StoreError::row("moment without readers", "the log could not be emptied: run the same again"))
    }
}
