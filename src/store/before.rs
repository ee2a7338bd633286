//! Before tables are brought up to date, a copy of the database is laid beside it: the way back to the version before.

use std::{
    fs,
    path::{Path, PathBuf},
};

use sqlx::{SqlitePool, sqlite::SqliteConnectOptions};

use super::{
    Store, StoreError, connect,
    copy::{copy, sync_folder},
    owner::failed,
};

/// Copies the database before its tables are brought up to date, beside it: `svodka.db.before-0008`. One such copy is kept.
pub(super) async fn before_upgrade(pool: &SqlitePool, path: &Path) -> Result<(), StoreError> {
    let newest = Store::newest_schema();
    let Some(schema) = schema(pool).await? else { return Ok(()) };
    if schema >= newest {
        return Ok(());
    }
    let name = |suffix: String| PathBuf::from(format!("{}{suffix}", path.display()));
    let to = name(format!(".before-{newest:04}"));
    if to.exists() {
        // Killed in the middle of this very upgrade: that copy is the one of before.
        let known = connect(SqliteConnectOptions::new().filename(&to).read_only(true).immutable(true), 1, &to).await?;
        if self::schema(&known).await?.is_some_and(|known| known < schema) {
            return Ok(());
        }
    }
    let unfinished = name(format!(".before-{newest:04}.unfinished"));
    let failed_copy = |source| StoreError::NoCopy { to: to.clone(), source: Box::new(source) };
    copy(pool, &unfinished).await.map_err(failed_copy)?;
    crate::fault::point!("upgrade::copied");
    fs::rename(&unfinished, &to).map_err(failed("rename", &unfinished))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    sync_folder(folder)?;
    for old in copies_before(path) {
        if old != to {
            fs::remove_file(&old).map_err(failed("remove", &old))?;
        }
    }
    tracing::info!(from = schema, to = newest, copy = %to.display(), "the tables are brought up to date; a copy of before is kept");
    Ok(())
}

/// The copies of before an upgrade that lie beside a database, and what is left of one that was killed.
pub(super) fn copies_before(path: &Path) -> Vec<PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Some(name) = path.file_name() else { return Vec::new() };
    let begins = format!("{}.before-", name.to_string_lossy());
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let ours = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with(&begins);
    entries.filter(ours).map(|entry| entry.path()).collect()
}

/// The last step that the tables were brought up to date by; none where there are no tables yet.
async fn schema(pool: &SqlitePool) -> Result<Option<i64>, StoreError> {
    let known: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = '_sqlx_migrations')")
        .fetch_one(pool)
        .await?;
    if !known {
        return Ok(None);
    }
    Ok(sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(pool).await?)
}
