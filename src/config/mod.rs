//! The configuration file → checked settings. Relative paths are relative to the file; unknown keys are refused.

mod authentication;
mod board;
mod campaigns;
mod caps;
mod monitoring;
mod schedule;
mod secret;
mod server;
mod times;
mod unfilled;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use jiff::SignedDuration;
use serde::{Deserialize, Deserializer, de::Error as _};

use crate::{
    campaign::{CampaignError, CampaignId},
    decision::ReplyPolicy,
    jail::Sandbox,
    message::{Address, OwnIdentity},
};

pub use authentication::AuthenticationConfig;
pub use board::BoardConfig;
pub use campaigns::Usable;
pub use caps::Caps;
pub use monitoring::MonitoringConfig;
pub use schedule::Schedule;
pub use secret::{Login, Secret, SecretError, SecretSource};
pub use server::{Folders, MailboxConfig, MailboxSource, Mark, Marking, Server, SmtpConfig, Submission};
pub use times::Times;

/// Why a configuration cannot be used. The message names the file, the line and the key, and what is allowed.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file cannot be read.
    #[error("{file}: cannot be read: {reason}\n  cure: name an existing file with --config, or set SVODKA_CONFIG")]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// The TOML is malformed, a key is unknown or missing, or a value is of the wrong kind.
    #[error("{file}: {reason}")]
    Syntax {
        /// The file.
        file: PathBuf,
        /// Line, column and what was expected.
        reason: Box<toml::de::Error>,
    },
    /// A campaign file is wrong.
    #[error(transparent)]
    Campaign(#[from] CampaignError),
    /// Two campaign files have the same id.
    #[error("{file}: another campaign file has the id {:?} too: give each letter its own", id.as_str())]
    Twice {
        /// The later file.
        file: PathBuf,
        /// The id.
        id: CampaignId,
    },
    /// A campaign file has another id than before.
    #[error(
        "{file}: its id was {:?} and is now {:?}: what schools have sent is kept under the former; take the id back, or give the \
         new letter a file of its own",
        before.as_str(),
        id.as_str()
    )]
    Renamed {
        /// The file.
        file: PathBuf,
        /// Its id until now.
        before: CampaignId,
        /// Its id in the file.
        id: CampaignId,
    },
    /// No folder of campaigns holds one.
    #[error(
        "{folders:?}: no campaign is in there: make one with `svodka campaign new --from LETTER.docx -o FILE.toml`"
    )]
    NoCampaign {
        /// What the configuration names.
        folders: Vec<PathBuf>,
    },
    /// Settings are there and hold nothing.
    #[error("{file}: {what}")]
    Unfilled {
        /// The file.
        file: PathBuf,
        /// Which keys.
        what: String,
    },
    /// The settings contradict each other.
    #[error("{file}: {what}")]
    Unsound {
        /// The file.
        file: PathBuf,
        /// What is contradictory, and what to write instead.
        what: String,
    },
}

/// The settings of the daemon.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The campaign files, and folders of which every `*.toml` is one.
    pub campaigns: Vec<PathBuf>,
    /// The schools of the region, as `svodka roster import` writes them; known as themselves in every campaign.
    pub roster: Option<PathBuf>,
    /// Where everything is kept.
    pub store: StoreConfig,
    /// The mailboxes that are watched.
    #[serde(rename = "mailbox")]
    pub mailboxes: Vec<MailboxConfig>,
    /// How replies leave.
    pub smtp: SmtpConfig,
    /// How schools are answered.
    #[serde(default)]
    pub replies: RepliesConfig,
    /// By what a sender's identity is known.
    #[serde(default)]
    pub authentication: AuthenticationConfig,
    /// The staff of the committee.
    #[serde(default)]
    pub staff: StaffConfig,
    /// How documents are read.
    #[serde(default)]
    pub reader: ReaderConfig,
    /// What reads old formats.
    #[serde(default)]
    pub converter: ConverterConfig,
    /// How long things may take.
    #[serde(default)]
    pub times: Times,
    /// The pages for the staff.
    pub board: Option<BoardConfig>,
    /// The port that tells how the program is.
    pub monitoring: Option<MonitoringConfig>,
    /// A folder with templates that replace the built-in ones of the same name.
    pub templates: Option<PathBuf>,
    /// Whether the mailboxes stay as they are: only a run's own argument says so.
    #[serde(skip)]
    pub leave_mailboxes: bool,
}

/// Where everything is kept.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreConfig {
    /// `sqlite://svodka.db`.
    pub url: String,
    /// The folder of raw messages and documents.
    pub files: PathBuf,
}

/// How schools are answered.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepliesConfig {
    /// Whether replies are sent, held for staff, or not made at all.
    #[serde(default)]
    pub mode: ReplyMode,
    /// How long a request waits in which only a document is absent.
    #[serde(default = "default_grace", deserialize_with = "duration")]
    pub grace: SignedDuration,
    /// How long a letter waits that follows from a person's decision, so that it can be taken back.
    #[serde(default = "default_undo", deserialize_with = "duration")]
    pub undo: SignedDuration,
    /// Who is answered.
    #[serde(default)]
    pub policy: ReplyPolicy,
    /// How many replies may leave.
    #[serde(default)]
    pub caps: Caps,
}

/// What becomes of replies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyMode {
    /// They are sent.
    #[default]
    Send,
    /// They are made and wait for a person, who lets each leave.
    Hold,
    /// None are made.
    Off,
}

/// How documents are read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReaderConfig {
    /// What to do where the kernel gives no sandbox.
    #[serde(default)]
    pub sandbox: Sandbox,
    /// The processor time that reading one message may take.
    #[serde(default = "default_reading", deserialize_with = "duration")]
    pub time: SignedDuration,
}

impl Default for ReaderConfig {
    fn default() -> Self {
        Self { sandbox: Sandbox::default(), time: default_reading() }
    }
}

fn default_reading() -> SignedDuration {
    SignedDuration::from_secs(10)
}

/// What reads old formats: DOC, RTF, PPT, XLS and PDF.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConverterConfig {
    /// The office suite: a name or a path; empty for none.
    #[serde(default = "default_office")]
    pub office: String,
    /// pdftotext: a name or a path; empty for none.
    #[serde(default = "default_pdf")]
    pub pdf: String,
    /// How long converting one file may take.
    #[serde(default = "default_converting", deserialize_with = "duration")]
    pub time: SignedDuration,
}

impl Default for ConverterConfig {
    fn default() -> Self {
        Self { office: default_office(), pdf: default_pdf(), time: default_converting() }
    }
}

fn default_office() -> String {
    "soffice".to_owned()
}

fn default_pdf() -> String {
    "pdftotext".to_owned()
}

fn default_converting() -> SignedDuration {
    SignedDuration::from_secs(60)
}

/// The staff of the committee.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffConfig {
    /// Their addresses.
    #[serde(default)]
    pub addresses: Vec<String>,
    /// When they get the summary, in the campaign's time zone; days off are left out.
    #[serde(default = "default_summary")]
    pub summary: Schedule,
    /// What needs a person is told at once, but not more often than this.
    #[serde(default = "default_between", deserialize_with = "duration")]
    pub between: SignedDuration,
}

impl Default for StaffConfig {
    fn default() -> Self {
        Self { addresses: Vec::new(), summary: default_summary(), between: default_between() }
    }
}

fn default_summary() -> Schedule {
    Schedule::parse(&["0 9 * * 1-5", "0 16 * * 1-5"]).unwrap_or_default()
}

fn default_between() -> SignedDuration {
    SignedDuration::from_mins(15)
}

impl Default for RepliesConfig {
    fn default() -> Self {
        Self {
            mode: ReplyMode::default(),
            grace: default_grace(),
            undo: default_undo(),
            policy: ReplyPolicy::default(),
            caps: Caps::default(),
        }
    }
}

fn default_grace() -> SignedDuration {
    SignedDuration::from_mins(10)
}

fn default_undo() -> SignedDuration {
    SignedDuration::from_mins(2)
}

/// A duration such as `"10m"` or `"60s"`.
fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SignedDuration, D::Error> {
    let text = String::deserialize(deserializer)?;
    match text.parse::<SignedDuration>() {
        Ok(duration) if !duration.is_negative() => Ok(duration),
        _ => Err(D::Error::custom(format!("{text:?} is no duration: write for example \"60s\", \"10m\" or \"2h\""))),
    }
}

impl Config {
    /// Reads the configuration file, and checks it.
    ///
    /// # Errors
    /// [`ConfigError`], whose message says what is wrong, where, and what is allowed.
    pub fn load(file: &Path) -> Result<Self, ConfigError> {
        let text = read_text(file)?;
        let mut config: Self = toml::from_str(&text)
            .map_err(|reason| ConfigError::Syntax { file: file.to_owned(), reason: Box::new(reason) })?;
        config.resolve(file.parent().unwrap_or(Path::new("")));
        if let Some(what) = config.unfilled() {
            return Err(ConfigError::Unfilled { file: file.to_owned(), what });
        }
        match config.contradiction() {
            Some(what) => Err(ConfigError::Unsound { file: file.to_owned(), what }),
            None => Ok(config),
        }
    }

    /// By what our own mail is known when it comes back: the addresses of the mailboxes. Their domain is no sign of
    /// it, since colleagues write from there. And by what the word of our own servers is known.
    pub fn own_identity(&self) -> OwnIdentity {
        let addresses = self.mailboxes.iter().filter_map(|mailbox| Address::parse(&mailbox.address)).collect();
        let authserv_ids = self.authentication.authserv_ids.clone();
        OwnIdentity { addresses, authserv_ids, ..OwnIdentity::default() }
    }

    /// For a first look: replies wait for a person, and the mailboxes stay as they are.
    pub fn dry_run(&mut self) {
        if self.replies.mode == ReplyMode::Send {
            self.replies.mode = ReplyMode::Hold;
        }
        self.leave_mailboxes = true;
    }

    /// Makes every relative path relative to the folder of the configuration file.
    fn resolve(&mut self, folder: &Path) {
        let resolve = |path: &mut PathBuf| *path = folder.join(&*path);
        self.campaigns.iter_mut().for_each(resolve);
        resolve(&mut self.store.files);
        self.smtp.resolve(folder);
        self.mailboxes.iter_mut().for_each(|mailbox| mailbox.resolve(folder));
        self.templates.iter_mut().for_each(resolve);
        self.roster.iter_mut().for_each(resolve);
        if let Some(path) = self.store.url.strip_prefix("sqlite://") {
            self.store.url = format!("sqlite://{}", folder.join(path).display());
        }
    }

    fn contradiction(&self) -> Option<String> {
        if self.campaigns.is_empty() {
            return Some(
                "campaigns: none is named: name files or a folder of them, for example [\"campaigns\"]".to_owned(),
            );
        }
        if !self.store.url.starts_with("sqlite://") {
            return Some("store.url: only \"sqlite://FILE\" is allowed in this release".to_owned());
        }
        if self.mailboxes.is_empty() {
            return Some("no [[mailbox]]: at least one mailbox must be watched".to_owned());
        }
        let times = [("reader", self.reader.time), ("converter", self.converter.time)];
        if let Some((section, _)) = times.iter().find(|(_, time)| *time < SignedDuration::from_secs(1)) {
            return Some(format!(
                "{section}.time: in less than a second nothing can be read: write for example \"10s\""
            ));
        }
        let board = || self.board.as_ref().and_then(BoardConfig::contradiction);
        let monitoring = || self.monitoring.as_ref().and_then(MonitoringConfig::contradiction);
        if let Some(what) = self
            .authentication
            .contradiction()
            .or_else(|| self.replies.caps.contradiction())
            .or_else(board)
            .or_else(monitoring)
        {
            return Some(what);
        }
        let keys: BTreeSet<String> = self.mailboxes.iter().map(MailboxConfig::key).collect();
        if keys.len() < self.mailboxes.len() {
            return Some("two [[mailbox]] sections name the same mailbox: take one out".to_owned());
        }
        let sender = match &self.smtp {
            SmtpConfig::Smtp(submission) => submission.sender.as_ref(),
            SmtpConfig::File { .. } => None,
        };
        let wrong = self.mailboxes.iter().map(|one| &one.address).chain(&self.staff.addresses).chain(sender);
        wrong
            .into_iter()
            .find(|address| Address::parse(address).is_none())
            .map(|address| format!("{address:?} is no e-mail address: write for example \"committee@example.org\""))
    }
}

fn read_text(file: &Path) -> Result<String, ConfigError> {
    fs::read_to_string(file).map_err(|reason| ConfigError::Unreadable { file: file.to_owned(), reason })
}

#[cfg(test)]
mod tests;
