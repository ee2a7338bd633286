//! What can go wrong with the store, in words that say what to do about it.

use std::{io, path::PathBuf};

use sqlx::migrate::MigrateError;

use super::Broken;
use crate::digest::Sha256;

/// Why the store did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address of the database is not understood.
    #[error("store url {url:?}: {source}; write it as sqlite://path/to/svodka.db")]
    Url {
        /// As it was given.
        url: String,
        /// What is wrong with it.
        source: sqlx::Error,
    },
    /// Nothing has been stored there yet.
    #[error("there is no database {}; the first `svodka run` creates it", .path.display())]
    Missing {
        /// The database.
        path: PathBuf,
    },
    /// Another process holds the store.
    #[error("another svodka is running on this store ({} is locked); stop it first, or give this one its own store", .lock.display())]
    InUse {
        /// The lock file.
        lock: PathBuf,
    },
    /// Another command is at work on the whole of the store.
    #[error("another backup, restore or erasure is at work on this store ({} is locked); wait until it has ended", .lock.display())]
    AtWork {
        /// The lock file.
        lock: PathBuf,
    },
    /// The database fails its own check.
    #[error("the database {} is damaged: {detail}; keep the file as it is and restore the last backup", .path.display())]
    Corrupt {
        /// The database.
        path: PathBuf,
        /// The check's first complaint.
        detail: String,
    },
    /// The tables could not be brought up to date.
    #[error("the tables of {} could not be brought up to date: {source}; run the svodka version that last used this store, or a newer one", .path.display())]
    Migration {
        /// The database.
        path: PathBuf,
        /// Which step, and why.
        source: MigrateError,
    },
    /// There is no copy of the database, without which its tables are not brought up to date.
    #[error(
        "before its tables are brought up to date, the database is copied to {}, and that failed: {source}; nothing was changed: \
         make room for it, then start again", .to.display()
    )]
    NoCopy {
        /// Where it was to be.
        to: PathBuf,
        /// Why not.
        source: Box<StoreError>,
    },
    /// A restore was begun here and not ended.
    #[error(
        "a restore was begun here and not ended ({} is there): run `svodka restore` again, and start svodka after it",
        .unfinished.display()
    )]
    Restoring {
        /// What it has left.
        unfinished: PathBuf,
    },
    /// The database refused a statement.
    #[error("the database refused: {0}; {advice}", advice = advice(.0))]
    Database(#[from] sqlx::Error),
    /// A file or folder of the store could not be read or written.
    #[error("cannot {doing} {}: {source}; check the disk, its free space, and the rights to this folder", .path.display())]
    File {
        /// What was being done: a verb.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The system could not bring written bytes to the disk. They may be lost although a second try would report
    /// success: the process must end.
    #[error("the system could not bring {} to the disk: {source}; check the disk (dmesg), then start svodka again", .path.display())]
    Sync {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A stored file does not hold the bytes that its name promises.
    #[error("the stored file {} is damaged: its content is not {sha256}; restore it from the last backup", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        sha256: Sha256,
    },
    /// A row holds something that this version does not understand, or is not there.
    #[error("the store holds no usable {what}: {detail}; it was written by another version, or changed by hand")]
    Row {
        /// What was looked for.
        what: &'static str,
        /// What was found.
        detail: String,
    },
    /// The chain of events is broken: a row of it was changed, removed or added by hand.
    #[error(
        "the chain of events is broken at event {id}: {what}; keep this database as it is, find out who could write it, and \
         hold it against a backup (`svodka audit verify` says how far that one is whole)"
    )]
    Chain {
        /// The first event that does not fit.
        id: i64,
        /// What is wrong there.
        what: Broken,
    },
    /// The runtime is shutting down.
    #[error("stopped before the file was stored; nothing is lost, the next start repeats it")]
    Stopped,
}

/// SQLite's primary result codes (<https://sqlite.org/rescode.html>) that are told apart.
const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const NOT_A_DATABASE: i32 = 26;
/// Extended codes: an fsync of the database or of its folder failed.
const FSYNC: i32 = 1034;
const FOLDER_FSYNC: i32 = 1290;

impl StoreError {
    /// Whether the same may succeed later without anybody's doing more than freeing disk space.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::PoolTimedOut) | Self::Stopped => true,
            Self::Database(error) => matches!(code(error), Some(BUSY | LOCKED | FULL)),
            Self::File { source, .. } => {
                matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
            }
            _ => false,
        }
    }

    /// Whether it is one stored file that is damaged or gone, and nothing else.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Damaged { .. } => true,
            Self::File { source, .. } => source.kind() == io::ErrorKind::NotFound,
            _ => false,
        }
    }

    /// Whether another program holds the database at the moment.
    pub fn is_lock(&self) -> bool {
        let error = match self {
            Self::Database(error) => error,
            Self::Migration {
                source: MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _), ..
            } => error,
            Self::NoCopy { source, .. } => return source.is_lock(),
            _ => return false,
        };
        matches!(code(error), Some(BUSY | LOCKED))
    }

    /// Whether the process must end: what the disk holds is no longer known.
    pub fn is_fatal(&self) -> bool {
        match self {
            Self::Sync { .. } | Self::Corrupt { .. } => true,
            Self::Database(error) => is_corruption(error) || matches!(extended_code(error), Some(FSYNC | FOLDER_FSYNC)),
            _ => false,
        }
    }

    pub(super) fn row(what: &'static str, detail: impl ToString) -> Self {
        Self::Row { what, detail: detail.to_string() }
    }
}

/// The primary result code of SQLite, which is the low byte of an extended one.
fn code(error: &sqlx::Error) -> Option<i32> {
    extended_code(error).map(|code| code & 0xff)
}

fn extended_code(error: &sqlx::Error) -> Option<i32> {
    error.as_database_error()?.code()?.parse().ok()
}

pub(super) fn is_corruption(error: &sqlx::Error) -> bool {
    matches!(code(error), Some(CORRUPT | NOT_A_DATABASE))
}

/// What to do about it.
pub fn advice(error: &sqlx::Error) -> &'static str {
    if matches!(extended_code(error), Some(FSYNC | FOLDER_FSYNC)) {
        return "the disk fails; check it (dmesg), then start svodka again";
    }
    match code(error) {
        Some(BUSY | LOCKED) => "another program holds it; it is tried again",
        Some(FULL) => "the disk is full; free some space",
        Some(CORRUPT | NOT_A_DATABASE) => "the file is damaged; restore the last backup",
        _ => "check that the file and its folder exist and may be written",
    }
}
