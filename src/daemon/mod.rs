//! Joins everything: mailbox → intake → reader → decision → one transaction → outbox → mailbox marks. Knows no rules.
//!
//! A task watches each mailbox, a few send letters; they meet in the store alone. They wake each other, so that nothing
//! is polled for which somebody could call.

mod alerts;
mod core;
mod decide;
mod life;
mod open;
mod reconcile;
mod remind;
mod report;
mod retain;
mod send;
mod systemd;
mod watch;

use std::{
    net::SocketAddr,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use tokio::task::JoinSet;

use crate::{board, clock::Clock, config::Config, discreet::discreet, monitoring, office::Office, store::Store};

use self::{
    core::Core,
    life::{Order, Signals, anew, sound},
    open::{open_mailbox, open_store},
    send::Sender,
    systemd::Systemd,
    watch::Watcher,
};

pub use life::serve;
pub use open::{beginning, imap_settings};
pub use reconcile::{Reconciled, reconcile};
pub use report::{send_summary, summary_message};

/// How far the daemon has been told to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// Not at all.
    Run,
    /// Finish what has begun, begin nothing.
    Soon,
    /// Record what is known of what has begun.
    Now,
}

/// Why a daemon ended.
#[derive(Debug)]
enum Ended {
    /// It was told to stop.
    Stopped,
    /// It was told to take over another configuration, which can be used.
    Reload(Box<Config>),
}

/// What a pass did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pass {
    /// Messages taken in.
    pub taken: u32,
    /// Messages decided.
    pub decided: u32,
    /// Letters that have left.
    pub sent: u32,
}

impl Pass {
    /// Whether there was anything to do.
    pub fn did_anything(&self) -> bool {
        *self != Self::default()
    }
}

/// The daemon, before it runs.
#[derive(Debug)]
pub struct Daemon {
    core: Arc<Core>,
    watchers: Vec<Watcher>,
    board: Option<board::Server>,
    monitoring: Option<monitoring::Server>,
}

impl Daemon {
    /// Opens the store and everything else that the configuration names. No server is asked yet.
    ///
    /// # Errors
    /// Where something is missing or in use; the message says what, where, and what to do.
    pub async fn open(config: Config, clock: Clock) -> anyhow::Result<Self> {
        let transport = sound(&config)?;
        let store = open_store(&config, clock, transport.expired()).await?;
        let office = Arc::new(Office::open(config, store, clock).await?);
        let since = beginning(office.campaigns().iter().map(|rules| &rules.campaign));
        let mut mailboxes = Vec::new();
        for mailbox in &office.config.mailboxes {
            mailboxes.push(open_mailbox(mailbox, &office.config, since, &office.store).await?);
        }
        office.jail.prove().await?;
        let core = Arc::new(Core::new(office, transport));
        let watchers = (0..).zip(mailboxes).zip(&core.config().mailboxes);
        let watchers = watchers
            .map(|((index, mailbox), config)| Watcher::new(Arc::clone(&core), mailbox, index, config))
            .collect();
        Ok(Self { core, watchers, board: None, monitoring: None })
    }

    /// One full pass over mailboxes and outbox.
    ///
    /// # Errors
    /// Where store or mailbox fails: what was not committed stays in the mailbox for the next pass. One mailbox that
    /// fails does not keep the others, and the letters, from going on.
    pub async fn pass(&mut self) -> anyhow::Result<Pass> {
        let mut all = Pass::default();
        let mut failed = None;
        for watcher in &mut self.watchers {
            match watcher.pass(None).await {
                Ok(pass) => {
                    all.taken += pass.taken;
                    all.decided += pass.decided;
                }
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        let (_never, mut stop) = tokio::sync::watch::channel(Stop::Run);
        if let Some(mut sender) = Sender::all(&self.core).into_iter().next() {
            all.sent += sender.drain(&mut stop).await?;
        }
        for watcher in &mut self.watchers {
            let shown = async {
                watcher.show().await?;
                watcher.search_for_proof().await?;
                watcher.put_alerts().await
            };
            if let Err(error) = shown.await {
                failed = failed.or(Some(error));
            }
        }
        failed.map_or(Ok(all), Err)
    }

    /// Opens the port of the board; gives where it listens, where there is one.
    ///
    /// # Errors
    /// Where it cannot listen there.
    pub async fn listen(&mut self) -> anyhow::Result<Option<SocketAddr>> {
        if self.board.is_none() {
            self.board = board::Server::open(Arc::clone(&self.core.office)).await?;
        }
        Ok(self.board.as_ref().map(board::Server::address))
    }

    /// Opens the port for whoever watches; gives where it listens, where there is one.
    ///
    /// # Errors
    /// Where it cannot listen there.
    pub async fn be_watched(&mut self) -> anyhow::Result<Option<SocketAddr>> {
        if self.monitoring.is_none() {
            self.monitoring = monitoring::Server::open(Arc::clone(&self.core.office)).await?;
        }
        Ok(self.monitoring.as_ref().map(monitoring::Server::address))
    }

    /// Runs until it is told to stop, or to take over a configuration that can be used; what has begun is finished first,
    /// within the configured time.
    ///
    /// # Errors
    /// Where the port of the board is taken, or a task ends that should not: the process must be started anew.
    async fn run(
        mut self,
        signals: &mut Signals,
        systemd: &Systemd,
        read: &dyn Fn() -> anyhow::Result<Config>,
    ) -> anyhow::Result<Ended> {
        self.listen().await?;
        self.be_watched().await?;
        let (stop, stopping) = tokio::sync::watch::channel(Stop::Run);
        // Not among the tasks: whatever becomes of the board, mail goes on.
        let board = self.board.map(|board| tokio::spawn(board.run(stopped(stopping.clone()))));
        let monitoring = self.monitoring.map(|server| tokio::spawn(server.run(stopped(stopping.clone()))));
        let mut tasks = JoinSet::new();
        for sender in Sender::all(&self.core) {
            tasks.spawn(sender.run(stopping.clone()));
        }
        for watcher in self.watchers {
            tasks.spawn(watcher.run(stopping.clone()));
        }
        self.core.lasts.store(true, Ordering::SeqCst);
        tracing::info!(mailboxes = self.core.config().mailboxes.len(), "watching");
        let ended = tokio::select! {
            ended = ordered(signals, systemd, read) => Ok(ended),
            ended = tasks.join_next() => Err(failure(ended)),
            never = systemd.inform(&self.core.office.pulse) => match never {},
        };
        tracing::info!("stopping: what has begun is finished");
        stop.send_replace(Stop::Soon);
        finish(tasks, &stop, self.core.config().times.stop).await;
        if let Some(board) = board
            && let Err(error) = board.await
        {
            tracing::error!("the board had failed: {}", discreet(&error.into()));
        }
        if let Some(monitoring) = monitoring {
            let _ = monitoring.await;
        }
        self.core.office.jail.close().await;
        // A disk that has failed is not asked to sync once more.
        if ended.is_ok() {
            self.core.store().close().await;
        }
        tracing::info!("stopped");
        ended
    }

    /// Runs until it is told to stop; at SIGHUP everything is opened anew, as `config` says.
    ///
    /// # Errors
    /// As [`serve`].
    pub async fn serve(self, config: Config, clock: Clock) -> anyhow::Result<()> {
        let read = || Ok(config.clone());
        life::live(self, config.clone(), &mut Signals::new()?, &Systemd::new(), &read, clock).await
    }

    /// Ends what was opened.
    pub async fn close(self) {
        self.core.office.jail.close().await;
        self.core.store().close().await;
    }

    /// The store, for whoever looks after a pass.
    pub fn store(&self) -> &Store {
        self.core.store()
    }

    /// What the board and the command line share with it.
    pub fn office(&self) -> &Arc<Office> {
        &self.core.office
    }
}

/// Waits for an order that ends the daemon. A configuration that cannot be used is none.
async fn ordered(signals: &mut Signals, systemd: &Systemd, read: &dyn Fn() -> anyhow::Result<Config>) -> Ended {
    loop {
        match signals.next().await {
            Order::Stop => {
                systemd.stopping();
                return Ended::Stopped;
            }
            Order::Reload => match anew(read) {
                Some(config) => {
                    systemd.reloading();
                    return Ended::Reload(config);
                }
                None => systemd.refused(),
            },
        }
    }
}

/// Of what a task ended that should not.
fn failure(ended: Option<Result<anyhow::Result<()>, tokio::task::JoinError>>) -> anyhow::Error {
    match ended {
        Some(Ok(Err(error))) => error,
        Some(Err(error)) => error.into(),
        Some(Ok(Ok(()))) | None => anyhow::anyhow!("a part of the daemon ended by itself"),
    }
}

/// Ends when the daemon has been told to stop.
async fn stopped(mut stopping: tokio::sync::watch::Receiver<Stop>) {
    let _ = stopping.wait_for(|stop| *stop != Stop::Run).await;
}

/// What is recorded once time is up takes a moment itself.
const RECORDING: Duration = Duration::from_secs(3);

/// Waits for the tasks: first until they have finished, then until they have noted how far they came.
async fn finish(mut tasks: JoinSet<anyhow::Result<()>>, stop: &tokio::sync::watch::Sender<Stop>, within: Duration) {
    for within in [within, RECORDING] {
        let all = async {
            while let Some(ended) = tasks.join_next().await {
                if let Ok(Err(error)) = ended {
                    tracing::error!("a task failed while stopping: {}", discreet(&error));
                }
            }
        };
        if tokio::time::timeout(within, all).await.is_ok() {
            return;
        }
        stop.send_replace(Stop::Now);
    }
    tasks.shutdown().await;
}
