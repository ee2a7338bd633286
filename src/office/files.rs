//! The campaigns as their files have them. A file that changes is taken over; a wrong one leaves in force what was there.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::{SignedDuration, Timestamp};

use crate::{
    campaign::{Campaign, CampaignId},
    clock::Clock,
    config::{Config, ConfigError},
    explain::explain,
};

/// A file that was written to so recently may be half written.
const SETTLED: SignedDuration = SignedDuration::from_secs(2);

/// A campaign file that cannot be used as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongFile {
    /// The file, or the folder that cannot be listed.
    pub file: PathBuf,
    /// What is wrong with it.
    pub why: String,
    /// Whether what it held before is in force.
    pub in_force: bool,
    /// The campaign's id, where it can be read all the same.
    pub id: Option<CampaignId>,
}

/// Whatever is written into a file, or put in its place, changes one of these: device, inode, length, time in nanoseconds.
type Stamp = (u64, u64, u64, i64, i64);

fn stamp(file: &Path) -> Option<Stamp> {
    let found = fs::metadata(file).ok()?;
    Some((found.dev(), found.ino(), found.len(), found.mtime(), found.mtime_nsec()))
}

/// Whether a file was written to so recently that it may be half written.
fn is_fresh(stamp: Option<Stamp>, now: Timestamp) -> bool {
    let Some((.., seconds, _)) = stamp else { return false };
    let written = Timestamp::from_second(seconds).unwrap_or(Timestamp::MIN);
    (SignedDuration::ZERO..SETTLED).contains(&now.duration_since(written))
}

#[derive(Debug, Clone, Default)]
struct File {
    stamp: Option<Stamp>,
    /// That of the roster with which it was read.
    roster: Option<Stamp>,
    /// How often it has been taken over: rules that were made of an earlier one are made anew.
    taken: u32,
    campaign: Option<Arc<Campaign>>,
    wrong: Option<String>,
}

/// All campaign files of a configuration.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// In the order in which they are named.
    order: Vec<PathBuf>,
    files: BTreeMap<PathBuf, File>,
    unlisted: Option<WrongFile>,
}

impl Files {
    /// All of a configuration, as they are now.
    pub(super) fn of(config: &Config) -> Self {
        let mut files = Self::default();
        files.list(config);
        files.read(config, Timestamp::MAX);
        files
    }

    /// Looks at all of them; reads those that are new or have changed.
    pub(super) fn look(&mut self, config: &Config) {
        self.list(config);
        // What is written is dated by the system's clock, whatever time it is for the office.
        self.read(config, Clock::System.now());
    }

    /// What was there stays, also where its file is gone: its schools would be left without an answer.
    fn list(&mut self, config: &Config) {
        match config.campaign_files() {
            Ok(files) => {
                self.unlisted = None;
                let new: Vec<PathBuf> = files.into_iter().filter(|file| !self.order.contains(file)).collect();
                self.order.extend(new);
            }
            Err(error) => {
                let file = config.campaigns.first().cloned().unwrap_or_default();
                let in_force = !self.order.is_empty();
                self.unlisted = Some(WrongFile { file, why: explain(&error.into()), in_force, id: None });
            }
        }
    }

    fn read(&mut self, config: &Config, now: Timestamp) {
        for path in &self.order {
            let known = self.files.get(path).cloned().unwrap_or_default();
            let taken: Vec<CampaignId> = self.others(path).map(|campaign| campaign.id.clone()).collect();
            if let Some(new) = renewed(config, path, &known, &taken, now) {
                self.files.insert(path.clone(), new);
            }
        }
    }

    fn others<'f>(&'f self, path: &'f Path) -> impl Iterator<Item = &'f Campaign> {
        self.files.iter().filter(move |(other, _)| *other != path).filter_map(|(_, file)| file.campaign.as_deref())
    }

    /// The campaigns that can be used, each with how often its file has been taken over.
    pub(super) fn campaigns(&self) -> impl Iterator<Item = (&Arc<Campaign>, u32)> {
        self.order
            .iter()
            .filter_map(|path| self.files.get(path))
            .filter_map(|one| Some((one.campaign.as_ref()?, one.taken)))
    }

    /// What cannot be used as it is.
    pub(super) fn wrong(&self) -> Vec<WrongFile> {
        let wrong = |(file, one): (&PathBuf, &File)| {
            let (why, in_force) = (one.wrong.clone()?, one.campaign.is_some());
            Some(WrongFile { file: file.clone(), why, in_force, id: id_in(file) })
        };
        let files = self.files.iter().filter_map(wrong);
        self.unlisted.iter().cloned().chain(files).collect()
    }
}

/// The id in a file of which nothing else need be right.
fn id_in(file: &Path) -> Option<CampaignId> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.trim().strip_prefix("id")?.trim_start().strip_prefix('='))?;
    line.split('"').nth(1)?.parse().ok()
}

/// A file as it is now; none where nothing has happened to it.
fn renewed(config: &Config, path: &Path, known: &File, taken: &[CampaignId], now: Timestamp) -> Option<File> {
    let (stamp, roster) = (stamp(path), config.roster.as_deref().and_then(stamp));
    let same = stamp.is_some() && stamp == known.stamp && roster == known.roster;
    if (same && known.wrong.is_none()) || is_fresh(stamp, now) || is_fresh(roster, now) {
        return None;
    }
    let read = config.read_campaign(path).and_then(|campaign| match &known.campaign {
        _ if taken.contains(&campaign.id) => Err(ConfigError::Twice { file: path.to_owned(), id: campaign.id }),
        Some(before) if before.id != campaign.id => {
            Err(ConfigError::Renamed { file: path.to_owned(), before: before.id.clone(), id: campaign.id })
        }
        _ => Ok(campaign),
    });
    match read {
        Ok(campaign) => {
            Some(File { stamp, roster, taken: known.taken + 1, campaign: Some(Arc::new(campaign)), wrong: None })
        }
        Err(error) => Some(File { stamp, roster, wrong: Some(explain(&error.into())), ..known.clone() }),
    }
}
