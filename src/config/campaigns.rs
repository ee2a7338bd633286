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

/// The campaigns that can be used, and what is wrong with the others.
#[derive(Debug, Default)]
pub struct Usable {
    /// Those that can be used, in the order of the configuration.
    pub campaigns: Vec<Campaign>,
    /// Why a file, or a folder of them, cannot be used; the message names it.
    pub wrong: Vec<ConfigError>,
}

impl Config {
    /// The files of the campaigns: those that are named, and all of the folders that are, in the order of their names.
    ///
    /// # Errors
    /// Where a folder cannot be listed.
    pub fn campaign_files(&self) -> Result<Vec<PathBuf>, ConfigError> {
        let listed: Result<Vec<Vec<PathBuf>>, ConfigError> = self.campaigns.iter().map(|named| files(named)).collect();
        Ok(listed?.concat())
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
        self.usable_campaigns().some().map(|_| ())
    }

    /// Reads all campaigns, and goes on where one is wrong: what is known of the others can be told all the same.
    pub fn usable_campaigns(&self) -> Usable {
        let mut all = Usable::default();
        for named in &self.campaigns {
            match files(named) {
                Ok(files) => files.iter().for_each(|file| all.take(file, self.read_campaign(file))),
                Err(error) => all.wrong.push(error),
            }
        }
        if all.campaigns.is_empty() && all.wrong.is_empty() {
            all.wrong.push(ConfigError::NoCampaign { folders: self.campaigns.clone() });
        }
        all
    }

    /// Reads all campaigns, of which there is at least one.
    ///
    /// # Errors
    /// As [`Config::load`]; the first one that is wrong is told.
    pub fn campaigns(&self) -> Result<Vec<Campaign>, ConfigError> {
        let Usable { campaigns, wrong } = self.usable_campaigns();
        wrong.into_iter().next().map_or(Ok(campaigns), Err)
    }
}

impl Usable {
    fn take(&mut self, file: &Path, read: Result<Campaign, ConfigError>) {
        match read {
            Ok(one) if self.campaigns.iter().any(|other| other.id == one.id) => {
                self.wrong.push(ConfigError::Twice { file: file.to_owned(), id: one.id });
            }
            Ok(one) => self.campaigns.push(one),
            Err(error) => self.wrong.push(error),
        }
    }

    /// The same, where any can be used.
    ///
    /// # Errors
    /// What is wrong with the first one, where none can.
    pub fn some(mut self) -> Result<Self, ConfigError> {
        if self.campaigns.is_empty() && !self.wrong.is_empty() { Err(self.wrong.swap_remove(0)) } else { Ok(self) }
    }
}

/// A file that is named, or all of the folder that is.
fn files(named: &Path) -> Result<Vec<PathBuf>, ConfigError> {
    if !named.is_dir() {
        return Ok(vec![named.to_owned()]);
    }
    let unreadable = |reason| ConfigError::Unreadable { file: named.to_owned(), reason };
    let mut inside = Vec::new();
    for entry in fs::read_dir(named).map_err(unreadable)? {
        inside.push(entry.map_err(unreadable)?.path());
    }
    // What an editor keeps beside a file (".x.toml.swp", "x.toml~") is none.
    let hidden = |path: &PathBuf| path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    inside.retain(|path| path.extension().is_some_and(|ending| ending == "toml") && !hidden(path));
    inside.sort();
    Ok(inside)
}
