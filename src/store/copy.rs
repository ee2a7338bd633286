//! A copy of the whole database, made while it is used: SQLite's own VACUUM INTO, which reads one moment and leaves out free
//! pages (<https://sqlite.org/lang_vacuum.html#vacuuminto>).

use std::{
    fs::{self, File},
    io,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use sqlx::{SqlitePool, sqlite::SqliteConnectOptions};

use super::{
    Audited, READERS, Store, StoreError, check, connect, events,
    files::{Files, sync},
    instant,
    owner::{self, failed},
};
use crate::digest::Sha256;

/// Copies the database into a new file, which is on the disk when this returns. What a try that was killed has left there is
/// thrown away.
pub(super) async fn copy(from: &SqlitePool, to: &Path) -> Result<(), StoreError> {
    match fs::remove_file(to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed("replace", to)(error)),
        _ => {}
    }
    let mut private = File::options();
    private.write(true).create_new(true).mode(0o600);
    let file = private.open(to).map_err(failed("create", to))?;
    owner::as_its_folder(to).map_err(failed("give away", to))?;
    let copied = sqlx::query("VACUUM INTO $1").bind(to.display().to_string()).execute(from).await;
    if let Err(error) = copied {
        // Half a copy takes room of which there may be too little.
        let _ = fs::remove_file(to);
        return Err(error.into());
    }
    sync(&file, to)
}

/// Brings a folder's entries to the disk.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    sync(&File::open(folder).map_err(failed("open", folder))?, folder)
}

/// What is known of a database that was looked through from end to end.
#[derive(Debug, Clone)]
pub struct Examined {
    /// The last step that its tables were brought up to date by.
    pub schema: i64,
    /// The chain of its events.
    pub audited: Audited,
    /// How many mails it knows.
    pub messages: u64,
    /// How many letters of ours.
    pub letters: u64,
}

/// A backup that was made and not removed by us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownBackup {
    /// When it was made.
    pub made: Timestamp,
    /// Where it was put.
    pub path: PathBuf,
}

impl Store {
    /// The last step by which this version brings tables up to date.
    pub fn newest_schema() -> i64 {
        sqlx::migrate!("migrations/sqlite").iter().map(|step| step.version).max().unwrap_or_default()
    }

    /// Opens a database that nobody writes, whatever may be beside it; no file is created.
    ///
    /// # Errors
    /// Where it is not there, or damaged.
    pub async fn open_copy(database: &Path, files: &Path) -> Result<Self, StoreError> {
        if !database.exists() {
            return Err(StoreError::Missing { path: database.to_owned() });
        }
        let options = SqliteConnectOptions::new().filename(database).read_only(true).immutable(true).foreign_keys(true);
        let readers = connect(options, READERS, database).await?;
        check(&readers, database).await?;
        let (writer, files) = (readers.clone(), std::sync::Arc::new(Files::open(files)));
        Ok(Self { writer, readers, files, remembered: Default::default(), _lock: None, path: database.to_owned() })
    }

    /// Copies the database into a new file, also while it is used.
    ///
    /// # Errors
    /// Where the disk is full or refuses.
    pub async fn copy_to(&self, to: &Path) -> Result<(), StoreError> {
        copy(&self.readers, to).await
    }

    /// Looks through the whole database: its structure, its references, its chain of events.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] and [`StoreError::Chain`] where it is not whole.
    pub async fn examine(&self) -> Result<Examined, StoreError> {
        let detail: String = sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_one(&self.readers).await?;
        if detail != "ok" {
            return Err(StoreError::Corrupt { path: self.path.clone(), detail });
        }
        let broken: Option<(String, Option<i64>)> =
            sqlx::query_as("SELECT \"table\", rowid FROM pragma_foreign_key_check LIMIT 1")
                .fetch_optional(&self.readers)
                .await?;
        if let Some((table, row)) = broken {
            let detail = format!("row {} of {table} refers to one that is not there", row.unwrap_or_default());
            return Err(StoreError::Corrupt { path: self.path.clone(), detail });
        }
        let (schema, messages, letters): (i64, i64, i64) = sqlx::query_as(
            "SELECT (SELECT coalesce(max(version), 0) FROM _sqlx_migrations), (SELECT count(*) FROM messages),
                    (SELECT count(*) FROM outbox)",
        )
        .fetch_one(&self.readers)
        .await?;
        Ok(Examined {
            schema,
            audited: self.audit(&[]).await?,
            messages: messages.unsigned_abs(),
            letters: letters.unsigned_abs(),
        })
    }

    /// Every stored file that a row names, each once.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn named_files(&self) -> Result<Vec<Sha256>, StoreError> {
        // A database of before has no such column.
        let erased = "EXISTS (SELECT 1 FROM pragma_table_info('messages') WHERE name = 'erased_at')";
        let knows: bool =
            sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT {erased}"))).fetch_one(&self.readers).await?;
        let query = named(knows);
        let names: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(query)).fetch_all(&self.readers).await?;
        names.iter().map(|name| super::parsed("hash", name)).collect()
    }

    /// Whether a stored file is there and holds the bytes that its name promises.
    pub fn holds_file(&self, sha256: Sha256) -> bool {
        self.files.get(sha256).is_ok()
    }

    /// Removes a file from this folder of files, where it is there.
    ///
    /// # Errors
    /// Where the system refuses.
    pub fn discard_file(&self, sha256: Sha256) -> Result<bool, StoreError> {
        self.files.remove(sha256)
    }

    /// Puts a stored file into another folder of files: as a second name for the same bytes where that can be, else as a copy,
    /// which is on the disk when this returns. `true` where it is a second name.
    ///
    /// # Errors
    /// Where it cannot be read, or the other folder not written.
    pub fn lay_down(&self, sha256: Sha256, into: &Path, link: bool) -> Result<bool, StoreError> {
        self.files.lay_down(sha256, into, link)
    }

    /// Notes a backup that is complete.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn backed_up(&self, path: &Path, of: &Audited, now: Timestamp) -> Result<(), StoreError> {
        let (events, head) = of.head.map_or((0, String::new()), |head| (head.number, head.hash.to_string()));
        let mut tx = self.begin().await?;
        sqlx::query("INSERT INTO backups (made_at, path, events, head) VALUES ($1, $2, $3, $4)")
            .bind(now.as_microsecond())
            .bind(path.display().to_string())
            .bind(events)
            .bind(head)
            .execute(&mut *tx)
            .await?;
        events::append(&mut tx, now, "backup", &serde_json::json!({ "events": events })).await?;
        Ok(tx.commit().await?)
    }

    /// Notes that a backup is no longer there.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn backup_removed(&self, path: &Path) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM backups WHERE path = $1")
            .bind(path.display().to_string())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// The backups that are known, the oldest first.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn backups(&self) -> Result<Vec<KnownBackup>, StoreError> {
        let rows: Vec<(i64, String)> =
            sqlx::query_as("SELECT made_at, path FROM backups ORDER BY made_at, id").fetch_all(&self.readers).await?;
        rows.into_iter().map(|(made, path)| Ok(KnownBackup { made: instant(made)?, path: path.into() })).collect()
    }

    /// Up to which events the backups go that are known: the chain must still hold all of them.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn noted_heads(&self) -> Result<Vec<super::Head>, StoreError> {
        let rows: Vec<(i64, String)> =
            sqlx::query_as("SELECT events, head FROM backups WHERE events > 0").fetch_all(&self.readers).await?;
        rows.into_iter()
            .map(|(number, hash)| Ok(super::Head { number, hash: super::parsed("hash of an event", &hash)? }))
            .collect()
    }
}

/// The query for the files that rows name; `erased` tells whether the table knows of messages whose content is gone.
pub(super) fn named(erased: bool) -> String {
    let kept = if erased { "WHERE erased_at IS NULL" } else { "" };
    format!(
        "SELECT sha256 FROM messages {kept}
         UNION SELECT sha256 FROM documents WHERE sha256 IS NOT NULL
         UNION SELECT json_extract(f.value, '$.sha256') FROM messages m, json_each(m.reading, '$.files') f
               WHERE m.reading IS NOT NULL"
    )
}
