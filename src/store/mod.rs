//! The tables and the content-addressed files. Nothing else in the crate speaks SQL.
//!
//! One connection writes, every write is one `BEGIN IMMEDIATE` transaction, a few others read (WAL). Files are on the
//! disk before the row that names them. Only one process may have a store open for writing.

mod amendments;
mod audit;
mod before;
mod caps;
mod cases;
mod copy;
mod erase;
mod error;
mod events;
mod files;
mod held;
mod incidents;
mod intake;
mod look;
mod outbox;
pub(crate) mod owner;
mod people;
mod permit;
mod record;
mod remembered;
mod reminders;
mod replace;
mod restored;
mod rulings;
mod sign_in;
mod state;
mod summaries;
#[cfg(test)]
mod tests;
mod undo;

use std::{
    ffi::OsString,
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{
    Sqlite, SqlitePool, Transaction,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

pub use amendments::{AmendmentRow, AmendmentsMark};
pub use audit::{Audited, Broken, Head, InvalidHead};
pub use cases::{ReviewState, StoredReading};
pub(crate) use copy::sync_folder;
pub use copy::{Examined, KnownBackup};
pub use erase::{Erasure, Scope, Swept, Whose};
pub use error::{StoreError, advice};
pub use held::HeldRow;
pub use incidents::{Alert, Incident};
pub use intake::{ENTERED, Intake, Intaken, Stored, Unmarked};
pub use look::{
    CaseLook, DocumentLook, EventCount, EventRow, Figures, LetterLine, LetterLook, MessageLine, MessageLook,
    MessageState, PartLook, Pending, Queue, RulingLook, SchoolFile, SchoolMail, SecondLook, Size, TickLook,
    VersionLook,
};
pub use outbox::{Expired, LetterKind, OutboxState, Queued, Terms};
pub use people::{Counts, HistoryRow, ReviewRow, SchoolRow, Waiting};
pub use permit::{Heard, Word};
pub use record::{Outgoing, Purpose, Record, Recorded};
pub use replace::{Outdated, RETURNED};
pub use restored::HeldBack;
pub use rulings::{NewRuling, Ruled, RulingRow};
pub use sign_in::{AccountId, Door, Link, NewLink};
pub use summaries::{NewSummary, Summaries};
pub use undo::Undone;

use files::Files;

/// The id of a message's row.
pub type MessageRow = i64;
/// The id of an outbox row.
pub type OutboxRow = i64;

/// How long a statement waits for another process's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const READERS: u32 = 4;

/// The store: an SQLite database and a folder of files beside it.
#[derive(Debug)]
pub struct Store {
    writer: SqlitePool,
    readers: SqlitePool,
    files: Arc<Files>,
    remembered: remembered::Remembered,
    /// Where the database is.
    path: PathBuf,
    /// Held, never read: the lock lives as long as the file is open.
    _lock: Option<File>,
}

impl Store {
    /// Opens the store for this process alone; creates it, or brings its tables up to date.
    ///
    /// # Errors
    /// [`StoreError::InUse`] where another process has it, [`StoreError::Corrupt`] where it fails its check.
    pub async fn open(url: &str, files: &Path) -> Result<Self, StoreError> {
        let (options, path) = options(url)?;
        if let Some(folder) = path.parent() {
            owner::create_folder(folder).map_err(owner::failed("create", folder))?;
        }
        let lock = lock(&path)?;
        restored::unfinished(&path)?;
        create(&path).map_err(owner::failed("create", &path))?;
        let files = Arc::new(Files::create(files)?);
        let writing = options
            .clone()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let writer = connect(writing, 1, &path).await?;
        check(&writer, &path).await?;
        before::before_upgrade(&writer, &path).await?;
        migrate(&writer, &path).await?;
        let readers = connect(options.read_only(true), READERS, &path).await?;
        Ok(Self { writer, readers, files, remembered: Default::default(), path, _lock: Some(lock) })
    }

    /// Opens the store for reading only, also while the daemon runs; whatever would write fails.
    ///
    /// # Errors
    /// As [`Store::open`], but never [`StoreError::InUse`]; [`StoreError::Missing`], as it is not created.
    pub async fn open_read_only(url: &str, files: &Path) -> Result<Self, StoreError> {
        let (options, path) = options(url)?;
        if !path.exists() {
            return Err(StoreError::Missing { path });
        }
        let readers = connect(options.read_only(true), READERS, &path).await?;
        check(&readers, &path).await?;
        let (writer, files, remembered) = (readers.clone(), Arc::new(Files::open(files)), Default::default());
        Ok(Self { writer, readers, files, remembered, path, _lock: None })
    }

    /// Opens the store for a person's single acts, also while the daemon runs. Its tables are taken as they are.
    ///
    /// # Errors
    /// As [`Store::open_read_only`].
    pub async fn open_beside(url: &str, files: &Path) -> Result<Self, StoreError> {
        let store = Self::open_read_only(url, files).await?;
        let (options, path) = options(url)?;
        let writer = connect(options.synchronous(SqliteSynchronous::Full), 1, &path).await?;
        Ok(Self { writer, ..store })
    }

    /// Closes the database, so that it is one file without a log beside it. Whatever comes later fails.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Takes care of the whole store: nobody else does, as long as what this gives is held.
    ///
    /// # Errors
    /// [`StoreError::AtWork`] where somebody else does.
    pub fn care(&self) -> Result<Care, StoreError> {
        let lock = locked(&self.path, ".care")?.map_err(|lock| StoreError::AtWork { lock })?;
        Ok(Care { _lock: lock })
    }

    /// Stores bytes under their hash; they are on the disk when this returns.
    ///
    /// # Errors
    /// Where the disk is full or refuses.
    pub async fn put_file(&self, bytes: &[u8]) -> Result<crate::digest::Sha256, StoreError> {
        let (files, bytes) = (Arc::clone(&self.files), bytes.to_owned());
        tokio::task::spawn_blocking(move || files.put(&bytes)).await.map_err(|_| StoreError::Stopped)?
    }

    /// The bytes of a stored message or document.
    ///
    /// # Errors
    /// Where they are not there, or not what they were.
    pub async fn raw(&self, sha256: &crate::digest::Sha256) -> Result<Vec<u8>, StoreError> {
        let (files, sha256) = (Arc::clone(&self.files), *sha256);
        tokio::task::spawn_blocking(move || files.get(sha256)).await.map_err(|_| StoreError::Stopped)?
    }

    /// A transaction that may write from its first statement: a deferred one that turns to writing fails at once where
    /// another process writes, whatever the busy timeout is.
    async fn begin(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        match self.writer.begin_with("BEGIN IMMEDIATE").await {
            // A COMMIT that met a full disk was rolled back by SQLite itself, which sqlx does not notice: to its mind the
            // connection is in that transaction for ever. A new one begins afresh.
            Err(sqlx::Error::InvalidSavePointStatement) => {
                self.writer.acquire().await?.close().await?;
                Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
            }
            begun => Ok(begun?),
        }
    }
}

/// Brings the tables up to date, a step a transaction: killed in between, it goes on where it was.
async fn migrate(writer: &SqlitePool, path: &Path) -> Result<(), StoreError> {
    let steps = sqlx::migrate!("migrations/sqlite");
    let failed = |source| StoreError::Migration { path: path.to_owned(), source };
    for step in steps.iter() {
        steps.run_to(step.version, writer).await.map_err(failed)?;
        crate::fault::point!("store::migrated");
    }
    // Refuses a store that a newer version has written.
    steps.run(writer).await.map_err(failed)
}

fn options(url: &str) -> Result<(SqliteConnectOptions, PathBuf), StoreError> {
    let options: SqliteConnectOptions =
        url.parse().map_err(|source| StoreError::Url { url: url.to_owned(), source })?;
    let options = options.foreign_keys(true).busy_timeout(BUSY_TIMEOUT);
    let path = options.get_filename().to_owned();
    Ok((options, path))
}

/// An empty file is a new database; SQLite gives what it puts beside it to the owner of this one.
fn create(database: &Path) -> std::io::Result<()> {
    if !database.exists() {
        File::create_new(database)?;
        owner::as_its_folder(database)?;
    }
    Ok(())
}

/// Held while the whole of a store is copied, put back, or rid of something: one at a time, whoever else uses it.
#[derive(Debug)]
pub struct Care {
    _lock: File,
}

/// Takes a store's place for this process alone, as the daemon does while it runs.
///
/// # Errors
/// [`StoreError::InUse`].
pub(crate) fn take_place(database: &Path) -> Result<File, StoreError> {
    lock(database)
}

fn lock(database: &Path) -> Result<File, StoreError> {
    locked(database, ".lock")?.map_err(|lock| StoreError::InUse { lock })
}

/// Locks the file of this ending beside the database; gives its name where somebody else has it.
fn locked(database: &Path, ending: &str) -> Result<Result<File, PathBuf>, StoreError> {
    let mut name = OsString::from(database);
    name.push(ending);
    let path = PathBuf::from(name);
    let failed = |source| StoreError::File { doing: "lock", path: path.clone(), source };
    let new = !path.exists();
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
    if new {
        owner::as_its_folder(&path).map_err(failed)?;
    }
    match file.try_lock() {
        Ok(()) => Ok(Ok(file)),
        Err(TryLockError::WouldBlock) => Ok(Err(path)),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

async fn connect(options: SqliteConnectOptions, connections: u32, path: &Path) -> Result<SqlitePool, StoreError> {
    SqlitePoolOptions::new()
        .max_connections(connections)
        // A file's connections do not grow old. And sqlx's task that looks for old ones counts those that idle without a
        // lock: where the count is less than none for a moment, that task turns for ever on a worker of its own, and the
        // process never ends.
        .max_lifetime(None)
        .idle_timeout(None)
        .connect_with(options)
        .await
        .map_err(|source| refused(source, path))
}

async fn check(pool: &SqlitePool, path: &Path) -> Result<(), StoreError> {
    let detail: String =
        sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(pool).await.map_err(|source| refused(source, path))?;
    if detail == "ok" { Ok(()) } else { Err(StoreError::Corrupt { path: path.to_owned(), detail }) }
}

fn refused(source: sqlx::Error, path: &Path) -> StoreError {
    if error::is_corruption(&source) {
        StoreError::Corrupt { path: path.to_owned(), detail: source.to_string() }
    } else {
        StoreError::Database(source)
    }
}

fn instant(microseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(microseconds).map_err(|error| StoreError::row("instant", error))
}

fn json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::row("JSON", error))
}

fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::row("JSON", error))
}

/// An enum's variant as the word that serde gives it.
fn word(value: &impl Serialize) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        other => Err(StoreError::row("word", format!("{other:?}"))),
    }
}

fn from_word<T: DeserializeOwned>(word: String) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::String(word)).map_err(|error| StoreError::row("word", error))
}

fn parsed<T: std::str::FromStr<Err: ToString>>(what: &'static str, text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|error: T::Err| StoreError::row(what, error.to_string()))
}
