//! To whom what we create belongs. An administrator runs commands as root beside a service that runs as somebody else: a file
//! of root's among the service's own would keep it from starting. SQLite itself gives `-wal` and `-shm` to the owner of the
//! database; this does so for everything else.

use std::{
    fs, io,
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, chown},
    path::Path,
};

use super::StoreError;

/// Gives what was just created to the owner of its folder, where we are root.
///
/// # Errors
/// Where the system refuses.
pub(crate) fn as_its_folder(path: &Path) -> io::Result<()> {
    if !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let owner = fs::metadata(folder)?;
    chown(path, Some(owner.uid()), Some(owner.gid()))
}

/// Creates a folder and those above it that are not there yet, each its parent's owner's.
///
/// # Errors
/// Where the system refuses.
pub(crate) fn create_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(above) = path.parent().filter(|above| !above.as_os_str().is_empty()) {
        create_folder(above)?;
    }
    // What is personal is nobody else's to read.
    match fs::DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => as_its_folder(path),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

/// Why something could not be created, as the store says it.
pub(super) fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> StoreError {
    let path = path.to_owned();
    move |source| StoreError::File { doing, path, source }
}
