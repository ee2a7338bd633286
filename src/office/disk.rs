//! How much room there is where everything is kept.

use std::path::{Path, PathBuf};

use crate::config::Config;

/// With less free space than this, in bytes, a busy day fills the disk.
pub const ENOUGH: u64 = 1 << 30;

/// A file system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disk {
    /// A folder of it.
    pub at: PathBuf,
    /// Bytes that may still be written.
    pub free: u64,
    /// Bytes in all.
    pub size: u64,
}

/// The one that holds the database, or will hold it.
///
/// # Errors
/// What the system says.
pub fn disk(config: &Config) -> std::io::Result<Disk> {
    let database = Path::new(config.store.url.strip_prefix("sqlite://").unwrap_or_default());
    let folder = database.parent().unwrap_or(Path::new("."));
    let at = folder.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("/")).to_owned();
    let found = rustix::fs::statvfs(&at)?;
    let bytes = |blocks: u64| blocks.saturating_mul(found.f_frsize);
    Ok(Disk { at, free: bytes(found.f_bavail), size: bytes(found.f_blocks) })
}
