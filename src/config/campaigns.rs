//! The campaign files that a configuration names, and the schools of the region that they share.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{Config, ConfigError, read_text};
use crate::{
    campaign::{self, Campaign, CampaignError},
    roster::{self, Entry},
};

impl Config {
    /// The files of the campaigns: those that are named, and all of the folders that are, in the order of their names.
    ///
    /// # Errors
    /// Where a folder cannot be listed.
    pub fn campaign_files(&self) -> Result<Vec<PathBuf>, ConfigError> {
        let mut files = Vec::new();
        for named in &self.campaigns {
            if !named.is_dir() {
                files.push(named.clone());
                continue;
            }
            let unreadable = |reason| ConfigError::Unreadable { file: named.clone(), reason };
            let mut inside = Vec::new();
            for entry in fs::read_dir(named).map_err(unreadable)? {
                inside.push(entry.map_err(unreadable)?.path());
            }
            // What an editor keeps beside a file (".x.toml.swp", "x.toml~") is none.
            let hidden =
                |path: &PathBuf| path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
            inside.retain(|path| path.extension().is_some_and(|ending| ending == "toml") && !hidden(path));
            inside.sort();
            files.append(&mut inside);
        }
        Ok(files)
    }

    /// Reads one of them.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn read_campaign(&self, file: &Path) -> Result<Campaign, ConfigError> {
        let (name, text) = (file.display().to_string(), read_text(file)?);
        let campaign = campaign::read(&name, &text)?;
        let entries = self.roster()?.unwrap_or_default();
        Ok(roster::join(campaign, &entries).map_err(|found| CampaignError::unsound(&name, &text, found))?)
    }

    /// The schools of the region, where a file of them is named.
    ///
    /// # Errors
    /// Where it cannot be read, or a row of it cannot be used.
    pub fn roster(&self) -> Result<Option<Vec<Entry>>, ConfigError> {
        let Some(file) = &self.roster else { return Ok(None) };
        let bytes = fs::read(file).map_err(|reason| ConfigError::Unreadable { file: file.clone(), reason })?;
        let wrong = |what: String| ConfigError::Unsound { file: file.clone(), what };
        let read = roster::read(&bytes).map_err(|error| wrong(error.to_string()))?;
        match read.problems.iter().find(|problem| problem.lost) {
            Some(problem) => Err(wrong(format!(
                "row {}: {}\n  cure: correct the row, and see `svodka roster check`",
                problem.row, problem.text
            ))),
            None => Ok(Some(read.entries)),
        }
    }

    /// Whether any campaign can be used: with what is wrong with the others a daemon runs all the same.
    ///
    /// # Errors
    /// As [`Config::campaigns`], where none can.
    pub fn some_campaign(&self) -> Result<(), ConfigError> {
        match self.campaign_files()?.iter().any(|file| self.read_campaign(file).is_ok()) {
            true => Ok(()),
            false => self.campaigns().map(|_| ()),
        }
    }

    /// Reads all campaigns, of which there is at least one.
    ///
    /// # Errors
    /// As [`Config::load`]; the first one that is wrong is told.
    pub fn campaigns(&self) -> Result<Vec<Campaign>, ConfigError> {
        let mut all: Vec<Campaign> = Vec::new();
        for file in self.campaign_files()? {
            let one = self.read_campaign(&file)?;
            if all.iter().any(|other| other.id == one.id) {
                return Err(ConfigError::Twice { file, id: one.id });
            }
            all.push(one);
        }
        if all.is_empty() { Err(ConfigError::NoCampaign { folders: self.campaigns.clone() }) } else { Ok(all) }
    }
}
