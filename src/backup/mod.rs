//! Backups: the whole store in a folder of its own, made while the daemon runs, and put back into an empty place.
//!
//! A backup is either whole or none: everything is written and on the disk under a name that no backup has, the manifest last,
//! and then the folder gets its name.

mod manifest;
mod restore;

use std::{
    collections::BTreeSet,
    fs::{self, DirBuilder, File, TryLockError},
    io::{self, Write as _},
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use jiff::Timestamp;

use crate::{
    config::Config,
    digest::Sha256,
    fault::point,
    store::{Examined, Store, owner, sync_folder},
};

pub use manifest::Manifest;
pub use restore::{Place, Restored, restore};

use manifest::{DATABASE, FILES, NAME, SETTINGS};

/// How the name of a backup begins; then the instant follows.
const BEGINS: &str = "svodka-";
/// How the name of one begins that is not finished, or being removed.
const UNFINISHED: &str = ".unfinished-";

/// A backup that was made.
#[derive(Debug)]
pub struct Made {
    /// Where it is.
    pub folder: PathBuf,
    /// What it holds.
    pub manifest: Manifest,
    /// How many stored files are second names for the store's own.
    pub linked: u64,
    /// What is wrong with it, though it was made: for people.
    pub wrong: Vec<String>,
    /// Older backups that were removed.
    pub removed: Vec<PathBuf>,
}

/// What goes into a backup, and where.
#[derive(Debug, Clone, Copy)]
pub struct Order<'o> {
    /// The store.
    pub store: &'o Store,
    /// The settings.
    pub config: &'o Config,
    /// The file that holds them.
    pub config_file: &'o Path,
    /// The folder of backups.
    pub into: &'o Path,
    /// How many are kept; all, where nothing is said.
    pub keep: Option<usize>,
    /// The time.
    pub now: Timestamp,
}

/// Makes a backup.
///
/// # Errors
/// Where it could not be made: then there is none.
pub async fn make(order: &Order<'_>) -> anyhow::Result<Made> {
    let _care = order.store.care()?;
    let into = order.into;
    owner::create_folder(into).with_context(|| format!("cannot create {}", into.display()))?;
    let _alone = alone(into)?;
    clear_away(into)?;
    let (folder, half) = names(into, order.now)?;
    DirBuilder::new().mode(0o700).create(&half).with_context(|| format!("cannot create {}", half.display()))?;
    owner::as_its_folder(&half)?;
    let mut wrong = Vec::new();
    let filled = whole(order, &half, &mut wrong).await;
    if filled.is_err() {
        // Half a backup takes room of which there may be too little.
        let _ = fs::remove_dir_all(&half);
    }
    let (manifest, linked, examined) = filled.with_context(|| {
        format!("no backup could be made in {}; free some space there, or name another folder", into.display())
    })?;
    point!("backup::manifest");
    fs::rename(&half, &folder).with_context(|| format!("cannot rename {}", half.display()))?;
    sync_folder(into)?;
    point!("backup::renamed");
    let place = fs::canonicalize(&folder).unwrap_or_else(|_| folder.clone());
    if let Err(error) = order.store.backed_up(&place, &examined.audited, order.now).await {
        wrong.push(format!("the store could not note that it was made: {error}"));
    }
    let removed = match order.keep {
        Some(keep) if wrong.is_empty() => remove_old(order, keep).await?,
        Some(_) => {
            wrong.push("because of this no older backup was removed".to_owned());
            Vec::new()
        }
        None => Vec::new(),
    };
    Ok(Made { folder, manifest, linked, wrong, removed })
}

/// All of it, the manifest last.
async fn whole(order: &Order<'_>, half: &Path, wrong: &mut Vec<String>) -> anyhow::Result<(Manifest, u64, Examined)> {
    let filled = fill(order, half, wrong).await?;
    filled.0.write(half)?;
    sync_folder(half)?;
    Ok(filled)
}

/// Database, files and settings; gives what the manifest says of them.
async fn fill(order: &Order<'_>, half: &Path, wrong: &mut Vec<String>) -> anyhow::Result<(Manifest, u64, Examined)> {
    let database = half.join(DATABASE);
    order.store.copy_to(&database).await?;
    point!("backup::copied");
    let copy = Store::open_copy(&database, &half.join(FILES)).await?;
    let examined = copy.examine().await?;
    let (mut missing, mut linked, mut folders) = (Vec::new(), 0, BTreeSet::new());
    let names = copy.named_files().await?;
    for (index, name) in names.iter().enumerate() {
        let laid = order.store.lay_down(*name, &half.join(FILES), true);
        if laid.is_ok() && copy.holds_file(*name) {
            linked += u64::from(laid.is_ok_and(|linked| linked));
            folders.insert(name.to_string().chars().take(2).collect::<String>());
        } else {
            copy.discard_file(*name)?;
            missing.push(*name);
        }
        if index == names.len() / 2 {
            point!("backup::half_of_the_files");
        }
    }
    for folder in &folders {
        sync_folder(&half.join(FILES).join(folder))?;
    }
    if !names.is_empty() {
        sync_folder(&half.join(FILES))?;
    }
    copy.close().await;
    point!("backup::files");
    let mut manifest = Manifest::new(order.now, Sha256::of_all(File::open(&database)?)?);
    manifest.database_bytes = fs::metadata(&database)?.len();
    (manifest.schema, manifest.messages, manifest.letters) = (examined.schema, examined.messages, examined.letters);
    manifest.head = examined.audited.head;
    manifest.files = names.len().saturating_sub(missing.len()) as u64;
    manifest.settings = settings(order, &half.join(SETTINGS), wrong)?;
    for one in &missing {
        wrong.push(format!("the stored file {one} is gone or damaged: an earlier backup may hold it"));
    }
    manifest.missing = missing;
    Ok((manifest, linked, examined))
}

/// Settings, campaigns, roster and wording, without which the rows say little. Secrets are in none of them.
fn settings(order: &Order<'_>, into: &Path, wrong: &mut Vec<String>) -> anyhow::Result<Vec<String>> {
    let mut files = vec![order.config_file.to_owned()];
    files.extend(order.config.campaign_files().unwrap_or_default());
    files.extend(order.config.roster.clone());
    if let Some(folder) = &order.config.templates {
        files.extend(fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())));
    }
    let home = order.config_file.parent().unwrap_or(Path::new(""));
    let (mut kept, mut folders) = (Vec::new(), BTreeSet::from([into.to_owned()]));
    owner::create_folder(into)?;
    for file in files {
        // What lies elsewhere is kept under its own name.
        let name = match file.strip_prefix(home) {
            Ok(below) if below.components().all(|part| matches!(part, std::path::Component::Normal(_))) => {
                below.to_owned()
            }
            _ => Path::new("elsewhere").join(file.file_name().unwrap_or_default()),
        };
        let to = into.join(&name);
        let folder = to.parent().unwrap_or(into);
        owner::create_folder(folder)?;
        let copied = fs::read(&file).and_then(|bytes| {
            let mut copy = File::create(&to)?;
            copy.write_all(&bytes)?;
            owner::as_its_folder(&to)?;
            copy.sync_all()
        });
        match copied {
            Ok(()) => {
                folders.insert(folder.to_owned());
                kept.push(name.display().to_string());
            }
            Err(error) => wrong.push(format!("{} could not be kept: {error}", file.display())),
        }
    }
    folders.iter().try_for_each(|folder| sync_folder(folder))?;
    Ok(kept)
}

/// Two at a time would clear each other away.
fn alone(into: &Path) -> anyhow::Result<File> {
    let name = into.join(".svodka-backup.lock");
    let file = File::options().create(true).truncate(false).write(true).open(&name);
    let file = file.with_context(|| format!("cannot write into {}; check the rights to it", into.display()))?;
    owner::as_its_folder(&name)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            bail!("another backup into {} is at work; wait until it has ended", into.display())
        }
        Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock {}", name.display())),
    }
}

/// What was killed, while it was made or removed, is thrown away.
fn clear_away(into: &Path) -> anyhow::Result<()> {
    for name in listed(into, &format!("{UNFINISHED}{BEGINS}"))? {
        let folder = into.join(name);
        fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    Ok(())
}

fn listed(into: &Path, begins: &str) -> io::Result<Vec<String>> {
    let names = fs::read_dir(into)?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| name.starts_with(begins)).collect();
    names.sort();
    Ok(names)
}

/// What the backup of this instant is called when it is whole, and until then.
fn names(into: &Path, now: Timestamp) -> anyhow::Result<(PathBuf, PathBuf)> {
    let instant = now.strftime("%Y-%m-%dT%H-%M-%SZ");
    let name = format!("{BEGINS}{instant}");
    if into.join(&name).exists() {
        bail!("{} is there already: one backup a second is enough", into.join(&name).display());
    }
    Ok((into.join(&name), into.join(format!("{UNFINISHED}{name}"))))
}

/// The complete backups in a folder, the oldest first.
///
/// # Errors
/// Where the folder cannot be listed.
pub fn complete(into: &Path) -> io::Result<Vec<(PathBuf, Manifest)>> {
    let read = |name: String| Some((into.join(&name), Manifest::read(&into.join(&name)).ok()?));
    let mut all: Vec<(PathBuf, Manifest)> = listed(into, BEGINS)?.into_iter().filter_map(read).collect();
    all.sort_by_key(|(_, manifest)| manifest.made_at);
    Ok(all)
}

/// Removes the oldest beyond so many. One that is being removed is no backup any more, wherever that is interrupted.
async fn remove_old(order: &Order<'_>, keep: usize) -> anyhow::Result<Vec<PathBuf>> {
    let all = complete(order.into)?;
    let mut removed = Vec::new();
    for (folder, _) in all.iter().take(all.len().saturating_sub(keep)) {
        let known = fs::canonicalize(folder).unwrap_or_else(|_| folder.clone());
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let going = order.into.join(format!("{UNFINISHED}{name}"));
        fs::rename(folder, &going).with_context(|| format!("cannot remove {}", folder.display()))?;
        sync_folder(order.into)?;
        point!("backup::removing");
        fs::remove_dir_all(&going).with_context(|| format!("cannot remove {}", going.display()))?;
        order.store.backup_removed(&known).await?;
        removed.push(folder.clone());
    }
    Ok(removed)
}

/// Whether a folder is a backup, finished or not looked at: it has a manifest.
pub fn is_backup(folder: &Path) -> bool {
    folder.join(NAME).is_file()
}
