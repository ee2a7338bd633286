//! Erasing what is personal of a school or a period. The rows go in one transaction; then the files that no other row names,
//! the free pages of the database and its log. Whatever interrupts that, it is gone on with: an erasure is open until then.
//!
//! Of a mail, its row stays: mailbox, name in it, hash and times, without which the same mail, which may lie in the mailbox
//! still, would be read in and answered once more. Who has that very mail can find out by the hash that it was here; from the
//! hash alone nobody learns anything. Of a letter of ours its number, kind, state and Message-ID stay.

mod find;
mod rows;
mod sweep;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::json;
use sqlx::SqliteConnection;

use super::{Store, StoreError, events, json as to_json};
use crate::campaign::{CampaignId, SchoolId};

pub use sweep::Swept;

/// Whose data, or of when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// Everything of a school.
    School(SchoolId),
    /// Everything that came, or was written, before this instant.
    Before(Timestamp),
}

/// What is to be erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Scope {
    /// Whose, or of when.
    #[serde(flatten)]
    pub whose: Whose,
    /// In this campaign alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub campaign: Option<CampaignId>,
}

/// How much an erasure is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Erasure {
    /// Mails of which nothing but the row stays.
    pub mails: u64,
    /// Mails that speak of others too: their parts and documents stay, the mails themselves go.
    pub shared: u64,
    /// What schools have sent, version by version.
    pub submissions: u64,
    /// Letters of ours.
    pub letters: u64,
    /// Letters of these that wait, failed or are in doubt: they are never sent.
    pub dropped: u64,
    /// Letters that wait and speak of others too: they stay until they have left.
    pub waiting: u64,
    /// Cases of these mails that nobody has decided.
    pub cases: u64,
    /// Addresses and spellings that staff had taught.
    pub learned: u64,
    /// Mails that may be the school's, and wait for a person who says whose they are: they stay.
    pub unsure: u64,
}

impl Erasure {
    /// Whether there is nothing to erase.
    pub fn is_nothing(&self) -> bool {
        let Self { mails, shared, submissions, letters, learned, .. } = self;
        mails + shared + submissions + letters + learned == 0
    }
}

impl Store {
    /// What an erasure would be about; nothing is changed.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn would_erase(&self, scope: &Scope, now: Timestamp) -> Result<Erasure, StoreError> {
        let mut tx = self.begin().await?;
        let erasure = erase(&mut tx, scope, now).await?;
        tx.rollback().await?;
        Ok(erasure)
    }

    /// Erases the rows; [`Store::sweep`] does the rest.
    ///
    /// # Errors
    /// Where the database refuses; nothing is changed then.
    pub async fn erase(&self, scope: &Scope, now: Timestamp) -> Result<Erasure, StoreError> {
        let mut tx = self.begin().await?;
        let erasure = erase(&mut tx, scope, now).await?;
        let id: i64 = sqlx::query_scalar("INSERT INTO erasures (at, scope) VALUES ($1, $2) RETURNING id")
            .bind(now.as_microsecond())
            .bind(to_json(scope)?)
            .fetch_one(&mut *tx)
            .await?;
        let refs = json!({ "erasure": id, "scope": scope, "mails": erasure.mails, "shared": erasure.shared,
            "submissions": erasure.submissions, "letters": erasure.letters, "learned": erasure.learned });
        events::append(&mut tx, now, "erased", &refs).await?;
        crate::fault::point!("erase::before_commit");
        tx.commit().await?;
        crate::fault::point!("erase::rows");
        Ok(erasure)
    }

    /// Whether a file that is about to be named may have been removed a moment ago.
    pub(super) async fn is_erasing(
        &self,
        connection: &mut SqliteConnection,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        const LATELY: SignedDuration = SignedDuration::from_hours(1);
        let lately = now.saturating_sub(LATELY).unwrap_or(Timestamp::MIN).as_microsecond();
        Ok(sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM erasures WHERE finished_at IS NULL OR finished_at > $1)")
            .bind(lately)
            .fetch_one(connection)
            .await?)
    }
}

async fn erase(connection: &mut SqliteConnection, scope: &Scope, now: Timestamp) -> Result<Erasure, StoreError> {
    find::find(connection, scope).await?;
    let mut erasure = rows::count(connection, scope).await?;
    erasure.learned = rows::forget(connection, scope).await?;
    rows::letters(connection, scope, now).await?;
    rows::parts(connection).await?;
    rows::mails(connection, scope, now).await?;
    rows::summaries(connection, scope, now).await?;
    Ok(erasure)
}

/// Runs statements one after the other, each with the scope: `$1` the school, `$2` the campaign, `$3` the instant before which
/// (microseconds).
async fn run(connection: &mut SqliteConnection, scope: &Scope, statements: &[&'static str]) -> Result<(), StoreError> {
    let (school, before) = match &scope.whose {
        Whose::School(school) => (Some(school.as_str()), None),
        Whose::Before(before) => (None, Some(before.as_microsecond())),
    };
    for statement in statements {
        let mut query = sqlx::query(*statement);
        for parameter in ["$1", "$2", "$3"].iter().take_while(|_| statement.contains('$')) {
            query = match *parameter {
                "$1" => query.bind(school),
                "$2" => query.bind(scope.campaign.as_ref().map(CampaignId::as_str)),
                _ => query.bind(before),
            };
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
