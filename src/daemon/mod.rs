//! Joins everything: mailbox → intake → reader → decision → one transaction → outbox → mailbox marks. Knows no rules.

mod pass;
mod summary;

use std::time::Duration;

use anyhow::Context as _;
use tokio::{
    signal::unix::{SignalKind, signal},
    time::{MissedTickBehavior, interval},
};

use crate::{
    campaign::Campaign,
    clock::Clock,
    config::Config,
    document::Limits,
    mailbox::Maildir,
    matching::Roster,
    message::OwnIdentity,
    outbox::{self, FileTransport},
    reply::Templates,
    store::Store,
};

pub use pass::Pass;
pub use summary::summary;

/// A message over this many bytes is stored as its beginning and goes to a person.
const LARGEST_MESSAGE: u64 = 64 << 20;

/// Everything that a pass over mailbox and outbox needs.
#[derive(Debug)]
pub struct Daemon {
    config: Config,
    campaign: Campaign,
    roster: Roster,
    own: OwnIdentity,
    limits: Limits,
    templates: Templates,
    mailboxes: Vec<Maildir>,
    transport: FileTransport,
    store: Store,
    clock: Clock,
}

impl Daemon {
    /// Opens the store and everything else that the configuration names.
    ///
    /// # Errors
    /// Where something is missing or in use; the message says what, where, and what to do.
    pub async fn open(config: Config, clock: Clock) -> anyhow::Result<Self> {
        let campaign = config.campaign()?;
        let templates = Templates::load(config.templates.as_deref())?;
        let transport = FileTransport::new(&config.smtp.path)
            .with_context(|| format!("smtp.path {}: cannot be created", config.smtp.path.display()))?;
        let opened = config.mailboxes.iter().map(|mailbox| Maildir::open(&mailbox.path, LARGEST_MESSAGE));
        let mailboxes = opened.collect::<Result<Vec<_>, _>>()?;
        let store = Store::open(&config.store.url, &config.store.files).await?;
        outbox::take_over(&store, clock.now()).await?;
        Ok(Self {
            roster: Roster::new(&campaign),
            own: config.own_identity(),
            limits: Limits::default(),
            mailboxes,
            templates,
            transport,
            store,
            campaign,
            config,
            clock,
        })
    }

    /// Passes again and again until SIGTERM or SIGINT; the pass that has begun is finished first.
    ///
    /// # Errors
    /// Where signals cannot be caught. A pass that fails is logged, and the next one tries again.
    pub async fn run(&mut self) -> anyhow::Result<()> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let poll = self.config.mailboxes.iter().map(|mailbox| mailbox.poll).min();
        let poll = poll.and_then(|poll| Duration::try_from(poll).ok()).unwrap_or(Duration::from_secs(60));
        let mut ticks = interval(poll.max(Duration::from_millis(100)));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut failing: Option<String> = None;
        loop {
            tokio::select! {
                _ = terminate.recv() => break,
                _ = interrupt.recv() => break,
                _ = ticks.tick() => {}
            }
            match self.pass().await {
                Ok(pass) => {
                    if failing.take().is_some() || pass.did_anything() {
                        tracing::info!(taken = pass.taken, decided = pass.decided, sent = pass.sent, "pass completed");
                    }
                }
                Err(error) => {
                    let error = format!("{error:#}");
                    // A disk that stays full says so a single time; another fault behind it says so too.
                    if failing.as_ref() != Some(&error) {
                        tracing::error!(error, "a pass failed: mail stays where it is, the next pass tries again");
                        failing = Some(error);
                    }
                }
            }
        }
        tracing::info!("stopped");
        Ok(())
    }

    /// The store, for whoever looks after a pass.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The campaign.
    pub fn campaign(&self) -> &Campaign {
        &self.campaign
    }
}
