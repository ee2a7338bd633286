//! What the daemon, the board and the command line share: settings, rules, the store; and how a decision becomes letters.
//! Knows no mail server.

mod acts;
mod disk;
mod files;
mod letters;
mod summary;
mod ticks;

use std::sync::{Arc, Mutex as StdMutex, PoisonError, RwLock};

use tokio::sync::{Mutex, Notify};

use crate::{
    campaign::{Campaign, CampaignId},
    clock::Clock,
    config::{Config, ReplyMode, Usable},
    converter::Converter,
    decision::{Basis, Known},
    document::Limits,
    form::Recogniser,
    jail::Jail,
    matching::Roster,
    message::OwnIdentity,
    pulse::{Alone, Pulse},
    reader::Reading,
    reply::Templates,
    store::{AmendmentsMark, Store, StoreError, Stored},
};

pub use acts::{About, Act, ActError, Case, Entry, NewDate, Offers, Prospect, Settled, Way};
pub use disk::{Disk, ENOUGH, disk};
use files::Files;
pub use files::WrongFile;
pub(crate) use letters::Decided;
pub(crate) use summary::{Rows, case, reason};
pub use summary::{summary, summary_where};
pub(crate) use ticks::{add_ticked, ticked};
pub use ticks::{tick_name, tickable};

/// A campaign as it stands now, ready to be decided by.
#[derive(Debug)]
pub struct Rules {
    /// The campaign's file, with what staff have added to it.
    pub campaign: Campaign,
    /// Its schools, ready to be compared with.
    pub roster: Roster,
    /// Its form, ready to be looked for.
    pub recogniser: Recogniser,
    made_of: MadeOf,
}

/// What rules were made of: where it is still the same, they are too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct MadeOf {
    /// How often the campaign's file had been taken over.
    file: u32,
    amendments: AmendmentsMark,
}

impl Rules {
    fn new(campaign: Campaign, made_of: MadeOf) -> Self {
        let (roster, recogniser) = (Roster::new(&campaign), Recogniser::new(&campaign));
        Self { campaign, roster, recogniser, made_of }
    }

    /// What the decision about a message rests on.
    pub fn basis<'b>(&'b self, config: &Config, stored: &Stored, known: &'b Known) -> Basis<'b> {
        Basis {
            campaign: &self.campaign,
            roster: &self.roster,
            recogniser: &self.recogniser,
            known,
            received: stored.received_at,
            grace: config.replies.grace,
            policy: config.replies.policy,
        }
    }
}

/// What everybody shares who decides something.
#[derive(Debug)]
pub struct Office {
    /// The settings.
    pub config: Config,
    /// The store.
    pub store: Store,
    /// The wording of letters.
    pub templates: Templates,
    /// The clock.
    pub clock: Clock,
    /// Reads what is not to be trusted.
    pub jail: Jail,
    /// Reads old formats.
    pub converter: Converter,
    /// By what our own mail is known.
    pub own: OwnIdentity,
    /// What is known of a school and what is recorded about it belong together: one decision at a time.
    deciding: Mutex<()>,
    /// Whether those who do it all still move.
    pub pulse: Pulse,
    /// A letter was queued.
    pub queued: Notify,
    files: StdMutex<Files>,
    rules: RwLock<Vec<Arc<Rules>>>,
}

impl Office {
    /// Opens an office over a store.
    ///
    /// # Errors
    /// Where no campaign can be used, or a template or the store cannot be read.
    pub async fn open(config: Config, store: Store, clock: Clock) -> anyhow::Result<Self> {
        let limits = Limits { time: config.reader.time.unsigned_abs(), ..Limits::default() };
        let files = Files::of(&config);
        let mut all = Vec::new();
        for (file, taken) in files.campaigns() {
            all.push(Arc::new(rules(file, taken, &store).await?));
        }
        if all.is_empty() {
            // Says what is wrong with the first one.
            config.campaigns()?;
            anyhow::bail!("the campaign files were being changed: start again");
        }
        Ok(Self {
            templates: Templates::load(config.templates.as_deref())?,
            jail: Jail::new(config.reader.sandbox, limits),
            converter: Converter::find(&config.converter, config.reader.sandbox, &limits),
            own: config.own_identity(),
            deciding: Mutex::new(()),
            pulse: Pulse::new(config.times.patience),
            queued: Notify::new(),
            config,
            store,
            clock,
            files: StdMutex::new(files),
            rules: RwLock::new(all),
        })
    }

    /// The right to decide, or to change what is decided by: one at a time has it.
    pub async fn alone(&self) -> Alone<'_> {
        self.pulse.alone("a person's act", &self.deciding).await
    }

    /// The campaigns as they were when [`Office::refresh`] looked last, in the order of the configuration: at least one.
    pub fn campaigns(&self) -> Vec<Arc<Rules>> {
        self.rules.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The first of them: for what belongs to none.
    ///
    /// # Panics
    /// Never: an office without a campaign does not open.
    pub fn first(&self) -> Arc<Rules> {
        self.campaigns().swap_remove(0)
    }

    /// The campaigns as they stand now: what staff add, and what is changed in a file, takes effect with the next message.
    ///
    /// # Errors
    /// Where the store refuses.
    pub async fn refresh(&self) -> Result<Vec<Arc<Rules>>, StoreError> {
        let files: Vec<(Arc<Campaign>, u32)> = {
            let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
            files.look(&self.config);
            files.campaigns().map(|(file, taken)| (Arc::clone(file), taken)).collect()
        };
        let known = self.campaigns();
        let mut all = Vec::new();
        for (file, taken) in &files {
            let amendments = self.store.amendments_mark(&file.id).await?;
            let now = MadeOf { file: *taken, amendments };
            let same = known.iter().find(|one| one.campaign.id == file.id && one.made_of == now);
            if let Some(same) = same {
                all.push(Arc::clone(same));
                continue;
            }
            all.push(Arc::new(rules(file, *taken, &self.store).await?));
            tracing::info!(campaign = file.id.as_str(), "its rules have changed and are in force");
        }
        self.rules.write().unwrap_or_else(PoisonError::into_inner).clone_from(&all);
        Ok(all)
    }

    /// A campaign as it stands now; none where there is none of this id.
    ///
    /// # Errors
    /// As [`Office::refresh`].
    pub async fn campaign(&self, id: &CampaignId) -> Result<Option<Arc<Rules>>, StoreError> {
        Ok(self.refresh().await?.into_iter().find(|one| one.campaign.id == *id))
    }

    /// A campaign that schools have answered, and whose file cannot be used since the start: without its rules, its mails would be
    /// taken for answers to another letter.
    ///
    /// # Errors
    /// Where the store refuses.
    pub async fn missing(&self) -> Result<Option<CampaignId>, StoreError> {
        let wrong: Vec<WrongFile> = self.wrong_files().into_iter().filter(|file| !file.in_force).collect();
        if wrong.is_empty() {
            return Ok(None);
        }
        let known = self.campaigns();
        let may_be = |id: &CampaignId| wrong.iter().any(|file| file.id.as_ref().is_none_or(|own| own == id));
        let served = self.store.campaigns_served().await?;
        Ok(served.into_iter().find(|id| may_be(id) && known.iter().all(|rules| rules.campaign.id != *id)))
    }

    /// The campaign files that could not be used when [`Office::refresh`] looked last.
    pub fn wrong_files(&self) -> Vec<WrongFile> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).wrong()
    }

    /// What is known before a message is decided.
    ///
    /// # Errors
    /// Where the store refuses.
    pub async fn known(&self, rules: &Rules, reading: &Reading) -> Result<Known, StoreError> {
        let message = &reading.message;
        let from = message.from.as_ref().map(|from| &from.address);
        let mut known = self.store.known(&rules.campaign.id, from, &message.answers).await?;
        let ticked = ticked(&self.store, &rules.campaign).await?;
        if !ticked.is_empty() {
            for school in &rules.campaign.schools {
                add_ticked(&ticked, &school.id, known.schools.entry(school.id.clone()).or_default());
            }
        }
        Ok(known)
    }

    /// Whether replies wait for a person.
    pub fn holds(&self) -> bool {
        self.config.replies.mode == ReplyMode::Hold
    }
}

/// The campaigns of the configuration that can be used, with what staff have added to them; and what is wrong with the others.
///
/// # Errors
/// Where none can be used, or the store refuses.
pub async fn campaigns(config: &Config, store: &Store) -> anyhow::Result<Usable> {
    let Usable { campaigns: files, wrong } = config.usable_campaigns().some()?;
    let mut campaigns = Vec::new();
    for file in files {
        campaigns.push(amended(file, store).await?);
    }
    Ok(Usable { campaigns, wrong })
}

async fn amended(file: Campaign, store: &Store) -> Result<Campaign, StoreError> {
    let amendments = store.amendments(&file.id).await?;
    Ok(file.amended(amendments.into_iter().map(|row| row.amendment)))
}

async fn rules(file: &Campaign, taken: u32, store: &Store) -> Result<Rules, StoreError> {
    // Looked at first: what is added in between is looked at once more the next time.
    let amendments = store.amendments_mark(&file.id).await?;
    Ok(Rules::new(amended(Campaign::clone(file), store).await?, MadeOf { file: taken, amendments }))
}
