//! What a backup says of itself. It is written last: a folder without it is no backup.

use std::{
    fs::{self, File},
    io::Write as _,
    path::Path,
};

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{digest::Sha256, store::Head};

/// The file's name in its folder.
pub(super) const NAME: &str = "MANIFEST.json";
/// The database's name there, and those of the folders of stored files and of settings.
pub(super) const DATABASE: &str = "svodka.db";
pub(super) const FILES: &str = "files";
pub(super) const SETTINGS: &str = "config";
/// What the manifest of a backup of ours begins with.
const FORMAT: &str = "svodka backup 1";

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    format: String,
    /// The version of svodka that made it.
    pub program: String,
    /// When.
    pub made_at: Timestamp,
    /// The last step by which the tables of its database were brought up to date.
    pub schema: i64,
    /// The hash of its database's file.
    pub database: Sha256,
    /// The bytes of that file.
    pub database_bytes: u64,
    /// How many mails it knows.
    pub messages: u64,
    /// How many letters of ours.
    pub letters: u64,
    /// How many stored files it holds.
    pub files: u64,
    /// Stored files that were gone or damaged when it was made, and that it does not hold.
    pub missing: Vec<Sha256>,
    /// The last event of its chain, for `svodka audit verify --head`.
    pub head: Option<Head>,
    /// The settings that lie with it.
    pub settings: Vec<String>,
}

impl Manifest {
    pub(super) fn new(made_at: Timestamp, database: Sha256) -> Self {
        Self {
            format: FORMAT.to_owned(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            made_at,
            schema: 0,
            database,
            database_bytes: 0,
            messages: 0,
            letters: 0,
            files: 0,
            missing: Vec::new(),
            head: None,
            settings: Vec::new(),
        }
    }

    /// Reads the manifest of a backup.
    ///
    /// # Errors
    /// Where the folder is no backup, or one that was not finished.
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        let file = folder.join(NAME);
        let text = fs::read_to_string(&file).with_context(|| {
            format!(
                "{} is no complete backup: its {NAME} cannot be read; name the folder that `svodka backup` printed",
                folder.display()
            )
        })?;
        let manifest: Self = serde_json::from_str(&text)
            .with_context(|| format!("{} is damaged: take another backup", file.display()))?;
        if manifest.format != FORMAT {
            bail!(
                "{} was made by another version: its format is {:?}; use the svodka that made it",
                folder.display(),
                manifest.format
            );
        }
        Ok(manifest)
    }

    pub(super) fn write(&self, folder: &Path) -> anyhow::Result<()> {
        let file = folder.join(NAME);
        let mut written = File::create_new(&file).with_context(|| format!("cannot write {}", file.display()))?;
        crate::store::owner::as_its_folder(&file)?;
        written.write_all(serde_json::to_string_pretty(self)?.as_bytes())?;
        Ok(written.sync_all()?)
    }
}
