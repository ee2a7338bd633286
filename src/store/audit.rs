//! Whether the chain of events is whole: no row of it changed, removed, added or moved by hand, and its end not cut off.
//!
//! Whoever can write the whole database can write a whole chain of his own. What stands against him is a head that was noted
//! elsewhere: every backup holds one, and whoever likes keeps another on paper.

use std::{fmt, str::FromStr};

use futures_util::TryStreamExt as _;
use jiff::Timestamp;
use sqlx::SqliteConnection;

use super::{Store, StoreError, events, instant};
use crate::digest::Sha256;

/// An event by its number and its hash, which covers all before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Head {
    /// Its number.
    pub number: i64,
    /// Its hash.
    pub hash: Sha256,
}

/// The text is no head of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write the number and the hash as `svodka audit verify` prints them, for example 1234:5f3a…")]
pub struct InvalidHead;

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.number, self.hash)
    }
}

impl FromStr for Head {
    type Err = InvalidHead;

    fn from_str(text: &str) -> Result<Self, InvalidHead> {
        let (number, hash) = text.trim().split_once(':').ok_or(InvalidHead)?;
        let number = number.parse().ok().filter(|number| *number > 0).ok_or(InvalidHead)?;
        Ok(Self { number, hash: hash.parse().map_err(|_| InvalidHead)? })
    }
}

impl From<Head> for String {
    fn from(head: Head) -> Self {
        head.to_string()
    }
}

impl TryFrom<String> for Head {
    type Error = InvalidHead;

    fn try_from(text: String) -> Result<Self, InvalidHead> {
        text.parse()
    }
}

/// What is wrong with the chain at an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// Its content, or that of the one before it, is another one than was chained.
    #[error("it, or the event before it, was changed")]
    Changed,
    /// Events before it are missing.
    #[error("what was before it, from event {0} on, is gone")]
    Gap(i64),
    /// Events had been there after it.
    #[error("the end is cut off behind it: events up to {0} had been there")]
    Cut(i64),
    /// A row of the store has come without an event.
    #[error(
        "the end is cut off behind it, or a row was added: {what} {number} is in the store, and no event tells of it"
    )]
    Untold {
        /// What it is.
        what: &'static str,
        /// Its number.
        number: i64,
    },
    /// It is another one than was noted.
    #[error("it is not the one that was noted: up to there the chain was rewritten")]
    Rewritten,
    /// It was noted, and is not there.
    #[error("it was noted, and the chain ends before it: its end is cut off, or this is an earlier store")]
    Ended,
}

/// A chain that is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Audited {
    /// Its last event; none where there is none.
    pub head: Option<Head>,
    /// When the last event happened.
    pub last: Option<Timestamp>,
}

/// What the events have told so far.
#[derive(Debug, Default)]
struct Told {
    number: i64,
    at: Option<i64>,
    hash: String,
    messages: i64,
    rulings: i64,
}

impl Told {
    /// Goes one event further.
    fn event(&mut self, (id, at, kind, refs, hash): Columns) -> Result<(), StoreError> {
        if id != self.number + 1 {
            return Err(StoreError::Chain { id, what: Broken::Gap(self.number + 1) });
        }
        if hash != events::hash(&self.hash, id, at, &kind, &refs) {
            return Err(StoreError::Chain { id, what: Broken::Changed });
        }
        match kind.as_str() {
            "received" => self.messages += 1,
            "ruled" | "moved" => self.rulings += 1,
            _ => {}
        }
        (self.number, self.at, self.hash) = (id, Some(at), hash);
        Ok(())
    }
}

/// Id, at, kind, refs, hash.
type Columns = (i64, i64, String, String, String);

impl Store {
    /// Goes over the whole chain of events and returns how many there are.
    ///
    /// # Errors
    /// As [`Store::audit`].
    pub async fn verify(&self) -> Result<u64, StoreError> {
        Ok(self.audit(&[]).await?.head.map_or(0, |head| head.number.unsigned_abs()))
    }

    /// Goes over the whole chain of events, one at a time, and holds it against what was noted of it elsewhere.
    ///
    /// # Errors
    /// [`StoreError::Chain`] where it is not whole, and where the database refuses.
    pub async fn audit(&self, noted: &[Head]) -> Result<Audited, StoreError> {
        // One moment, also while the daemon writes.
        let mut tx = self.readers.begin().await?;
        let mut told = Told::default();
        {
            let mut rows =
                sqlx::query_as::<_, Columns>("SELECT id, at, kind, refs, hash FROM events ORDER BY id").fetch(&mut *tx);
            while let Some(event) = rows.try_next().await? {
                told.event(event)?;
                let wrong = |one: &&Head| one.number == told.number && one.hash.to_string() != told.hash;
                if let Some(one) = noted.iter().find(wrong) {
                    return Err(StoreError::Chain { id: one.number, what: Broken::Rewritten });
                }
            }
        }
        if let Some(one) = noted.iter().find(|one| one.number > told.number) {
            return Err(StoreError::Chain { id: one.number, what: Broken::Ended });
        }
        end(&mut tx, &told).await?;
        let head = match told.number {
            0 => None,
            number => Some(Head { number, hash: super::parsed("hash of an event", &told.hash)? }),
        };
        Ok(Audited { head, last: told.at.map(instant).transpose()? })
    }
}

/// Whether the last event is the last one that there was: by the numbers that SQLite keeps, and by rows that only ever come
/// together with an event.
async fn end(connection: &mut SqliteConnection, told: &Told) -> Result<(), StoreError> {
    let cut = |what| Err(StoreError::Chain { id: told.number, what });
    let given = events::given(connection).await?;
    if given > told.number {
        return cut(Broken::Cut(given));
    }
    let (messages, rulings): (i64, i64) = sqlx::query_as(
        "SELECT (SELECT coalesce(max(id), 0) FROM messages), (SELECT coalesce(max(id), 0) FROM rulings)",
    )
    .fetch_one(connection)
    .await?;
    for (what, number, told) in [("message", messages, told.messages), ("decision", rulings, told.rulings)] {
        if number > told {
            return cut(Broken::Untold { what, number });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
