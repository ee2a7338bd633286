//! A backup → a store in an empty place. Until the very last step nothing is there that would be taken for a store, and the
//! daemon does not start where a restore was begun and not ended.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use jiff::Timestamp;

use super::manifest::{DATABASE, FILES, Manifest};
use crate::{
    digest::Sha256,
    fault::point,
    store::{Examined, HeldBack, Store, owner, sync_folder, take_place},
};

/// Where a store is to be.
#[derive(Debug, Clone)]
pub struct Place {
    /// Its database.
    pub database: PathBuf,
    /// Its folder of files.
    pub files: PathBuf,
}

/// A store that was put back.
#[derive(Debug)]
pub struct Restored {
    /// What the backup said of itself.
    pub manifest: Manifest,
    /// What waits for a person now.
    pub held: HeldBack,
    /// Files that the backup does not hold whole, and that are left out.
    pub without: Vec<Sha256>,
}

/// Puts a backup back. `without_damaged`: files of it that are damaged are left out; else nothing is restored then.
///
/// # Errors
/// Where the backup is damaged, the place not empty, or a daemon runs there. The same can be tried again.
pub async fn restore(from: &Path, to: &Place, without_damaged: bool, now: Timestamp) -> anyhow::Result<Restored> {
    let manifest = Manifest::read(from)?;
    if manifest.schema > Store::newest_schema() {
        bail!(
            "{} was made by svodka {}, which is newer than this one: use that version, or a later one",
            from.display(),
            manifest.program
        );
    }
    let folder = to.database.parent().unwrap_or(Path::new("."));
    owner::create_folder(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let _place = take_place(&to.database)?;
    empty(to)?;
    let (damaged, names) = verify(from, &manifest).await?;
    if let (Some(one), false) = (damaged.first(), without_damaged) {
        bail!(
            "{} files of this backup are gone or damaged, the first is {one}; take another backup, or restore without them: \
             --without-damaged",
            damaged.len()
        );
    }
    // From here on it is a restore that was begun.
    let unfinished = beside(&to.database, ".restoring");
    sweep(&unfinished)?;
    put_down(&from.join(DATABASE), &unfinished)?;
    sync_folder(folder)?;
    point!("restore::begun");
    let without: BTreeSet<Sha256> = damaged.iter().chain(&manifest.missing).copied().collect();
    lay_down(from, to, names.iter().filter(|name| !without.contains(name))).await?;
    point!("restore::files");
    let held = Store::restored(&unfinished, manifest.made_at, manifest.head, now).await?;
    File::open(&unfinished)?.sync_all()?;
    point!("restore::held");
    fs::rename(&unfinished, &to.database).with_context(|| format!("cannot rename {}", unfinished.display()))?;
    sync_folder(folder)?;
    point!("restore::renamed");
    Ok(Restored { manifest, held, without: without.into_iter().collect() })
}

fn beside(database: &Path, ending: &str) -> PathBuf {
    PathBuf::from(format!("{}{ending}", database.display()))
}

/// Refuses a place where anything is, but for what a restore has left that was killed.
fn empty(to: &Place) -> anyhow::Result<()> {
    let occupied = |path: &Path| {
        format!(
            "{} is there already: a backup is restored into an empty place only; move it away first (and keep it), or name another \
             place with --into",
            path.display()
        )
    };
    for ending in ["", "-wal", "-shm"] {
        let path = beside(&to.database, ending);
        if path.exists() {
            bail!(occupied(&path));
        }
    }
    if beside(&to.database, ".restoring").exists() {
        return Ok(());
    }
    let mut entries = match fs::read_dir(&to.files) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries.with_context(|| format!("cannot list {}", to.files.display()))?,
    };
    // The daemon's own folder for what is being written, empty, is nothing.
    let something = |entry: io::Result<fs::DirEntry>| {
        entry.is_ok_and(|entry| {
            entry.file_name() != "unfinished" || fs::read_dir(entry.path()).is_ok_and(|mut all| all.next().is_some())
        })
    };
    if entries.any(something) {
        bail!(occupied(&to.files));
    }
    Ok(())
}

/// Holds a backup against its manifest, and every file against its name; gives those that are damaged, and all names.
async fn verify(from: &Path, manifest: &Manifest) -> anyhow::Result<(Vec<Sha256>, Vec<Sha256>)> {
    let database = from.join(DATABASE);
    let file =
        File::open(&database).with_context(|| format!("{} cannot be read: take another backup", database.display()))?;
    if Sha256::of_all(file)? != manifest.database {
        bail!("{} is not what its manifest says: it is damaged; take another backup", database.display());
    }
    let copy = Store::open_copy(&database, &from.join(FILES)).await?;
    let Examined { audited, .. } = copy.examine().await?;
    if audited.head != manifest.head {
        bail!("the chain of events in {} does not end as its manifest says; take another backup", database.display());
    }
    let names = copy.named_files().await?;
    let bad = |name: &&Sha256| !manifest.missing.contains(name) && !copy.holds_file(**name);
    let damaged = names.iter().filter(bad).copied().collect();
    copy.close().await;
    Ok((damaged, names))
}

/// What a restore has left that was killed.
fn sweep(unfinished: &Path) -> anyhow::Result<()> {
    for ending in ["", "-journal", "-wal", "-shm"] {
        let path = beside(unfinished, ending);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot remove {}", path.display()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// A copy, never a second name: the store writes into its database.
fn put_down(from: &Path, to: &Path) -> anyhow::Result<()> {
    let doing = || format!("cannot copy {} to {}", from.display(), to.display());
    let mut private = File::options();
    private.write(true).create_new(true).mode(0o600);
    let mut file = private.open(to).with_context(doing)?;
    owner::as_its_folder(to)?;
    io::copy(&mut File::open(from)?, &mut file).with_context(doing)?;
    file.sync_all().with_context(doing)
}

async fn lay_down(from: &Path, to: &Place, names: impl Iterator<Item = &Sha256>) -> anyhow::Result<()> {
    owner::create_folder(&to.files).with_context(|| format!("cannot create {}", to.files.display()))?;
    let copy = Store::open_copy(&from.join(DATABASE), &from.join(FILES)).await?;
    let mut folders = BTreeSet::from([to.files.clone()]);
    for name in names {
        copy.lay_down(*name, &to.files, false)?;
        folders.insert(to.files.join(name.to_string().chars().take(2).collect::<String>()));
        point!("restore::file");
    }
    folders.iter().try_for_each(|folder| sync_folder(folder))?;
    copy.close().await;
    Ok(())
}
