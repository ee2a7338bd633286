//! Bytes under their own hash, compressed: `ab/abcdef….zst`. A sender's name never becomes a path.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use super::{
    StoreError,
    owner::{self, failed},
};
use crate::digest::Sha256;

/// zstd's own default: what mail holds is mostly compressed already.
const LEVEL: i32 = 3;

/// After a failed fsync the system may drop what it could not write and report success the next time: it must never be
/// tried again (<https://lwn.net/Articles/752063/>). The caller ends the process.
pub(super) fn sync(file: &File, path: &Path) -> Result<(), StoreError> {
    file.sync_all().map_err(|source| match source.kind() {
        // Said before anything was accepted: nothing can have been dropped.
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => failed("write into", path)(source),
        _ => StoreError::Sync { path: path.to_owned(), source },
    })
}

#[derive(Debug)]
pub(super) struct Files {
    root: PathBuf,
    next: AtomicU64,
}

impl Files {
    /// Only for the holder of the store's lock: what an interrupted write has left behind is thrown away.
    pub(super) fn create(root: &Path) -> Result<Self, StoreError> {
        let files = Self::open(root);
        let unfinished = files.unfinished();
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished).map_err(failed("empty", &unfinished))?;
        }
        owner::create_folder(&unfinished).map_err(failed("create", &unfinished))?;
        Ok(files)
    }

    pub(super) fn open(root: &Path) -> Self {
        Self { root: root.to_owned(), next: AtomicU64::new(0) }
    }

    fn unfinished(&self) -> PathBuf {
        self.root.join("unfinished")
    }

    fn folder(&self, name: &str) -> PathBuf {
        self.root.join(name.get(..2).unwrap_or("00"))
    }

    fn path(&self, sha256: Sha256) -> PathBuf {
        let name = sha256.to_string();
        self.folder(&name).join(format!("{name}.zst"))
    }

    /// When this returns, the bytes outlive a power cut.
    pub(super) fn put(&self, bytes: &[u8]) -> Result<Sha256, StoreError> {
        let sha256 = Sha256::of(bytes);
        let path = self.path(sha256);
        let folder = self.folder(&sha256.to_string());
        // Whole and under its name, but perhaps not yet synced by whoever wrote it: then the sync below completes it.
        if !self.get(sha256).is_ok_and(|stored| stored == bytes) {
            let packed = zstd::encode_all(bytes, LEVEL).map_err(failed("compress", &path))?;
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let unfinished = self.unfinished().join(number.to_string());
            // An error names the folder: a message that is the same each time is said once.
            let mut file = File::create(&unfinished).map_err(failed("create a file in", &self.root))?;
            file.write_all(&packed).map_err(failed("write into", &self.root))?;
            sync(&file, &unfinished)?;
            crate::fault::point!("files::written");
            owner::create_folder(&folder).map_err(failed("create", &folder))?;
            owner::as_its_folder(&unfinished).map_err(failed("give away", &unfinished))?;
            fs::rename(&unfinished, &path).map_err(failed("store", &path))?;
            crate::fault::point!("files::renamed");
        }
        for folder in [&folder, &self.root] {
            sync(&File::open(folder).map_err(failed("open", folder))?, folder)?;
        }
        Ok(sha256)
    }

    pub(super) fn get(&self, sha256: Sha256) -> Result<Vec<u8>, StoreError> {
        let path = self.path(sha256);
        let file = File::open(&path).map_err(failed("open", &path))?;
        match zstd::decode_all(file) {
            Ok(bytes) if Sha256::of(&bytes) == sha256 => Ok(bytes),
            _ => Err(StoreError::Damaged { path, sha256 }),
        }
    }

    /// Lays a file down in another folder of files, as a second name for the same bytes where that can be: what is stored is
    /// never written to, only replaced. Else a copy is made, which is on the disk when this returns.
    pub(super) fn lay_down(&self, sha256: Sha256, into: &Path, link: bool) -> Result<bool, StoreError> {
        let (from, other) = (self.path(sha256), Self::open(into));
        let to = other.path(sha256);
        let folder = other.folder(&sha256.to_string());
        owner::create_folder(&folder).map_err(failed("create", &folder))?;
        if link && fs::hard_link(&from, &to).is_ok() {
            return Ok(true);
        }
        let half = to.with_extension("half");
        fs::copy(&from, &half).map_err(failed("copy", &from))?;
        owner::as_its_folder(&half).map_err(failed("give away", &half))?;
        sync(&File::open(&half).map_err(failed("open", &half))?, &half)?;
        fs::rename(&half, &to).map_err(failed("store", &to))?;
        Ok(false)
    }

    /// Whether a file is there; what it holds is not looked at.
    pub(super) fn has(&self, sha256: Sha256) -> bool {
        self.path(sha256).exists()
    }

    /// Removes a file; one that is not there is none.
    pub(super) fn remove(&self, sha256: Sha256) -> Result<bool, StoreError> {
        let path = self.path(sha256);
        match fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(failed("remove", &path)(error)),
        }
    }

    /// Throws away what an interrupted write has left before this instant.
    pub(super) fn clear_unfinished(&self, before: std::time::SystemTime) {
        for entry in fs::read_dir(self.unfinished()).into_iter().flatten().filter_map(Result::ok) {
            let old = entry.metadata().and_then(|found| found.modified()).is_ok_and(|written| written < before);
            if old {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    /// Every stored file that has lain there since before this instant.
    pub(super) fn since_before(&self, before: std::time::SystemTime) -> Vec<Sha256> {
        let listed = |folder: &Path| fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
        let old = |entry: &fs::DirEntry| {
            entry.metadata().and_then(|found| found.modified()).is_ok_and(|written| written < before)
        };
        let name = |entry: fs::DirEntry| entry.file_name().to_str()?.strip_suffix(".zst")?.parse().ok();
        let folders = listed(&self.root).filter(|entry| entry.file_name() != "unfinished");
        folders.flat_map(|folder| listed(&folder.path())).filter(old).filter_map(name).collect()
    }
}
