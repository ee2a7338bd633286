//! What the daemon, the board and the command line share: settings, rules, the store; and how a decision becomes letters.
//! Knows no mail server.

mod acts;
mod letters;
mod summary;
mod ticks;

use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::{Mutex, Notify};

use crate::{
    campaign::Campaign,
    clock::Clock,
    config::{Config, ReplyMode},
    converter::Converter,
    decision::{Basis, Known},
    document::Limits,
    form::Recogniser,
    jail::Jail,
    matching::Roster,
    message::OwnIdentity,
    reader::Reading,
    reply::Templates,
    store::{AmendmentsMark, Store, StoreError, Stored},
};

pub use acts::{About, Act, ActError, Case, Entry, NewDate, Offers, Prospect, Settled, Way};
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
    mark: AmendmentsMark,
}

impl Rules {
    fn new(campaign: Campaign, mark: AmendmentsMark) -> Self {
        let (roster, recogniser) = (Roster::new(&campaign), Recogniser::new(&campaign));
        Self { campaign, roster, recogniser, mark }
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
    pub deciding: Mutex<()>,
    /// A letter was queued.
    pub queued: Notify,
    /// The campaign as its file has it.
    file: Campaign,
    rules: RwLock<Arc<Rules>>,
}

impl Office {
    /// Opens an office over a store.
    ///
    /// # Errors
    /// Where a campaign, a template or the store cannot be read.
    pub async fn open(config: Config, store: Store, clock: Clock) -> anyhow::Result<Self> {
        let limits = Limits { time: config.reader.time.unsigned_abs(), ..Limits::default() };
        let file = config.campaign()?;
        let rules = RwLock::new(Arc::new(rules(&file, &store).await?));
        Ok(Self {
            templates: Templates::load(config.templates.as_deref())?,
            jail: Jail::new(config.reader.sandbox, limits),
            converter: Converter::find(&config.converter, config.reader.sandbox, &limits),
            own: config.own_identity(),
            deciding: Mutex::new(()),
            queued: Notify::new(),
            config,
            store,
            clock,
            file,
            rules,
        })
    }

    /// The campaign as it was when [`Office::refresh`] looked last.
    pub fn rules(&self) -> Arc<Rules> {
        Arc::clone(&self.rules.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The campaign as it stands now: what staff add takes effect with the next message.
    ///
    /// # Errors
    /// Where the store refuses.
    pub async fn refresh(&self) -> Result<Arc<Rules>, StoreError> {
        let now = self.rules();
        if self.store.amendments_mark(&now.campaign.id).await? == now.mark {
            return Ok(now);
        }
        let new = Arc::new(rules(&self.file, &self.store).await?);
        *self.rules.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&new);
        tracing::info!("what staff have added to the campaign is in force");
        Ok(new)
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

/// The campaign of the configuration, with what staff have added to it.
///
/// # Errors
/// Where either cannot be read.
pub async fn campaign(config: &Config, store: &Store) -> anyhow::Result<Campaign> {
    Ok(amended(config.campaign()?, store).await?)
}

async fn amended(file: Campaign, store: &Store) -> Result<Campaign, StoreError> {
    let amendments = store.amendments(&file.id).await?;
    Ok(file.amended(amendments.into_iter().map(|row| row.amendment)))
}

async fn rules(file: &Campaign, store: &Store) -> Result<Rules, StoreError> {
    // Looked at first: what is added in between is looked at once more the next time.
    let mark = store.amendments_mark(&file.id).await?;
    Ok(Rules::new(amended(file.clone(), store).await?, mark))
}
