//! What every task shares: settings, rules, the store, the clock.

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::AtomicBool},
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Mutex, Notify};

use crate::{
    authenticity::Authenticity,
    clock::Clock,
    config::{Config, ReplyMode},
    decision::ReplyPolicy,
    fault::point,
    message::Address,
    office::Office,
    outbox::Transport,
    store::{Store, StoreError, Terms},
};

/// What every task shares.
#[derive(Debug)]
pub(super) struct Core {
    /// What those share with them who decide something.
    pub(super) office: Arc<Office>,
    /// Where we look at signatures ourselves.
    pub(super) authenticity: Option<Authenticity>,
    pub(super) transport: Transport,
    /// Several workers may come upon the same letters that staff should hear of.
    pub(super) telling: Mutex<()>,
    /// For each mailbox: there is something to be done in it.
    pub(super) wake: Vec<Notify>,
    /// For each mailbox: whether all mail that was in it at the last pass has been taken in.
    pub(super) caught_up: Vec<AtomicBool>,
    /// For each place at which something was wrong: since when it is well.
    pub(super) recoveries: std::sync::Mutex<BTreeMap<String, Instant>>,
    /// Whether this process lasts, and can wait whether what is well remains so.
    pub(super) lasts: AtomicBool,
    /// The day on which it was last looked at what has been kept long enough.
    pub(super) retained: Mutex<Option<jiff::civil::Date>>,
    /// The two clocks when they were last compared.
    compared: Mutex<Option<(Instant, Timestamp)>>,
}

impl Core {
    pub(super) fn new(office: Arc<Office>, transport: Transport) -> Self {
        let mailboxes = &office.config.mailboxes;
        Self {
            authenticity: authenticity(&office.config),
            telling: Mutex::new(()),
            wake: mailboxes.iter().map(|_| Notify::new()).collect(),
            caught_up: mailboxes.iter().map(|_| AtomicBool::new(false)).collect(),
            recoveries: std::sync::Mutex::default(),
            lasts: AtomicBool::new(false),
            retained: Mutex::new(None),
            compared: Mutex::new(None),
            office,
            transport,
        }
    }

    pub(super) fn config(&self) -> &Config {
        &self.office.config
    }

    pub(super) fn store(&self) -> &Store {
        &self.office.store
    }

    /// The time.
    ///
    /// # Errors
    /// As [`Core::at_now`].
    pub(super) async fn now(&self) -> Result<Timestamp, StoreError> {
        self.at_now(async |now| Ok(now)).await
    }

    /// Does what depends on the time. Where that was set anew since it was last asked for, everything that waits is moved
    /// along first, so that nothing expires, and nothing is sent, because of it; and nobody finds out about another such
    /// step in between.
    ///
    /// # Errors
    /// Where the store refuses.
    pub(super) async fn at_now<T>(
        &self,
        act: impl AsyncFnOnce(Timestamp) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut compared = self.compared.lock().await;
        let (running, now) = (Instant::now(), self.office.clock.now());
        if let (Some((then_running, then)), Clock::System) = (*compared, self.office.clock) {
            let elapsed = SignedDuration::try_from(running.duration_since(then_running)).unwrap_or_default();
            let jump = now.duration_since(then) - elapsed;
            if jump.abs() > self.config().times.clock_jump {
                tracing::warn!(seconds = jump.as_secs(), "the clock was set anew: what waits is moved along");
                self.store().shift(jump, now).await?;
            }
        }
        *compared = Some((running, now));
        act(now).await
    }

    /// Wakes every mailbox.
    pub(super) fn wake_mailboxes(&self) {
        self.wake.iter().for_each(Notify::notify_one);
    }

    /// Whether letters leave at all.
    pub(super) fn sends(&self) -> bool {
        self.config().replies.mode != ReplyMode::Off
    }

    /// Whether replies wait for a person.
    pub(super) fn holds(&self) -> bool {
        self.office.holds()
    }

    /// On what terms letters leave.
    pub(super) fn terms(&self) -> Terms {
        Terms {
            lease: self.transport.lease(),
            expired: self.transport.expired(),
            caps: self.config().replies.caps,
            held: self.holds(),
        }
    }

    /// How long one may wait where nobody wakes us: as long as the most impatient mailbox.
    pub(super) fn patience(&self) -> Duration {
        let polls = self.config().mailboxes.iter().map(|mailbox| mailbox.poll.unsigned_abs());
        polls.min().unwrap_or(Duration::from_secs(60)).max(Duration::from_millis(100))
    }

    /// Settles letters in doubt of which a copy has come back.
    ///
    /// # Errors
    /// Where the store refuses.
    pub(super) async fn settle_copies(&self) -> Result<(), StoreError> {
        let own: Vec<Address> = self.office.own.addresses.clone();
        let settled = self.store().settle_copies(&own, self.office.clock.now()).await?;
        if settled > 0 {
            tracing::info!(settled, "letters in doubt had been accepted: their copies are there");
            self.wake_mailboxes();
        }
        point!("copies::settled");
        Ok(())
    }
}

/// What looks at signatures; none where a server of ours does that, or nobody is to.
fn authenticity(config: &Config) -> Option<Authenticity> {
    let wanted = config.authentication.verifies() && config.replies.policy != ReplyPolicy::Open;
    let opened = wanted.then(|| Authenticity::system(config.authentication.arc_sealers.clone()))?;
    opened.inspect_err(|error| tracing::warn!(%error, "no name servers are known: senders are not verified")).ok()
}
