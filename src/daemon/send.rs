//! The outbox at work: each worker claims a letter, sends it on its own connection, records what became of it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use tokio::{
    sync::{Mutex, watch},
    time::Instant,
};
use tracing::Instrument as _;

use crate::{
    discreet::discreet,
    logging,
    meter::{METER, measured},
    outbox::{self, Connection, Outcome, Unavailable},
    pulse::{beat, may_take},
    reply::AlertKind,
    store::{LetterKind, Queued},
};

use super::{
    Stop,
    core::Core,
    watch::{backoff, is_fatal},
};

/// How the note begins that is kept with a letter whose address rests.
pub(super) const RESTS: &str = "nothing is sent before ";
/// The note that is kept with a letter during which the process was stopped.
pub(super) const STOPPED: &str = "svodka was stopped in the middle";

/// How long a letter whose content has not gone out may go on after the daemon was told to stop.
const UNBEGUN: Duration = Duration::from_secs(2);

/// A letter that is due and not claimed is another worker's: it is looked for again only so soon.
const SOON: Duration = Duration::from_millis(20);

/// How the server does: what all workers know together.
#[derive(Debug)]
pub(super) struct Health {
    /// Nobody tries before this.
    not_before: Option<Instant>,
    /// Until then no refused login or sender is tried again, whatever another worker's connection still takes.
    refused_until: Option<Instant>,
    /// Since when nothing could be sent.
    failing_since: Option<Instant>,
    /// Whether a letter has been taken since anything was wrong, and staff may have to be told so: also what was wrong before
    /// this process began may be well.
    recovering: bool,
    /// Whether this process has seen a letter taken.
    proven: bool,
    backoff: backon::ExponentialBackoff,
}

/// One that sends letters, one at a time.
#[derive(Debug)]
pub(super) struct Sender {
    core: Arc<Core>,
    health: Arc<Mutex<Health>>,
    kept: Option<Connection>,
    /// What has become of a letter, until the store has taken it down: a full disk must not make us forget it.
    unrecorded: Option<(Queued, Outcome)>,
}

impl Sender {
    /// As many as the transport has connections.
    pub(super) fn all(core: &Arc<Core>) -> Vec<Self> {
        let health = Health {
            not_before: None,
            refused_until: None,
            failing_since: None,
            recovering: false,
            proven: false,
            backoff: backoff(core),
        };
        let health = Arc::new(Mutex::new(health));
        let sender = |_| Self { core: Arc::clone(core), health: Arc::clone(&health), kept: None, unrecorded: None };
        (0..core.transport.workers()).map(sender).collect()
    }

    /// Sends what is due until it is told to stop; the letter that has begun is finished first, as long as that is
    /// allowed to take.
    ///
    /// # Errors
    /// Where the store fails in a way that only a new process can mend.
    pub(super) async fn run(self, stop: watch::Receiver<Stop>) -> anyhow::Result<()> {
        let pulse = self.core.office.pulse.clone();
        pulse.watched("the outbox", self.go_on(stop)).await
    }

    async fn go_on(mut self, mut stop: watch::Receiver<Stop>) -> anyhow::Result<()> {
        while *stop.borrow() == Stop::Run {
            let pause = match self.step(&mut stop).await {
                Ok(Some(_)) => continue,
                Ok(None) => self.until_due().await.unwrap_or(self.core.patience()),
                Err(error) if is_fatal(&error) => return Err(error),
                Err(error) => {
                    tracing::error!("the outbox cannot go on and is tried again: {}", discreet(&error));
                    self.core.patience()
                }
            };
            may_take(pause);
            tokio::select! {
                _ = stop.wait_for(|stop| *stop != Stop::Run) => break,
                () = self.core.office.queued.notified() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
        // What the store could not take down before, it perhaps can now.
        self.record().await.map(|_| ())
    }

    /// Sends everything that is due now; gives how many letters have left.
    ///
    /// # Errors
    /// Where the store refuses.
    pub(super) async fn drain(&mut self, stop: &mut watch::Receiver<Stop>) -> anyhow::Result<u32> {
        let mut sent = 0;
        while let Some(left) = self.step(stop).await? {
            sent += u32::from(left);
        }
        Ok(sent)
    }

    /// How long until a letter comes due, or may be tried again.
    async fn until_due(&self) -> Option<Duration> {
        if !self.core.sends() {
            return None;
        }
        let paused = self.health.lock().await.not_before;
        if let Some(until) = paused.filter(|until| *until > Instant::now()) {
            return Some(until.duration_since(Instant::now()));
        }
        let next = self.core.store().next_due(self.core.holds()).await.ok()??;
        let wait = Duration::try_from(next.duration_since(self.core.office.clock.now())).unwrap_or_default();
        Some(wait.clamp(SOON, self.core.patience()))
    }

    /// Claims and sends one letter; none where none is due or may be tried now, else whether it has left.
    async fn step(&mut self, stop: &mut watch::Receiver<Stop>) -> anyhow::Result<Option<bool>> {
        beat();
        self.record().await?;
        let core = Arc::clone(&self.core);
        if !core.sends() || self.health.lock().await.not_before.is_some_and(|until| until > Instant::now()) {
            core.tell_of_letters().await?;
            return Ok(None);
        }
        let terms = core.terms();
        let (now, leased) = core.at_now(async |now| Ok((now, core.store().lease(now, &terms).await?))).await?;
        let Some(mut queued) = leased else {
            self.settle().await?;
            return Ok(core.tell_of_letters().await?.then_some(false));
        };
        queued.sender = queued.sender.or_else(|| core.office.own.addresses.first().cloned());
        let all = core.office.campaigns();
        let campaign = all.iter().map(|rules| &rules.campaign).find(|one| Some(&one.id) == queued.campaign.as_ref());
        if let (LetterKind::Reminder, Some(campaign)) = (queued.kind, campaign)
            && !campaign.reminds_at(now)
        {
            core.store().later(queued.id, campaign.reminds_next(now)).await?;
            return Ok(Some(false));
        }
        // There may be more than one: let another worker look.
        core.office.queued.notify_one();
        let span = logging::of_letter(queued.id, queued.answers);
        match self.send(&queued, now, stop).instrument(span).await {
            Ok(outcome) => self.unrecorded = Some((queued, outcome)),
            Err(error) => {
                let unsent = Outcome::Unavailable(Unavailable::Unreachable("the store failed before".to_owned()));
                self.unrecorded = Some((queued, unsent));
                return Err(error);
            }
        }
        let outcome = self.record().await?;
        if let Some(outcome) = &outcome {
            self.learn(outcome).await?;
        }
        Ok(Some(matches!(outcome, Some(Outcome::Accepted(_)))))
    }

    /// Takes down what has become of the last letter; again, where the store could not before.
    async fn record(&mut self) -> anyhow::Result<Option<Outcome>> {
        let Some((queued, _)) = &self.unrecorded else { return Ok(None) };
        let span = logging::of_letter(queued.id, queued.answers);
        self.take_down().instrument(span).await
    }

    async fn take_down(&mut self) -> anyhow::Result<Option<Outcome>> {
        let Some((queued, outcome)) = &self.unrecorded else { return Ok(None) };
        let (store, times) = (&self.core.store(), &self.core.config().times);
        if let (true, Outcome::Refused { response, .. }, Some(first)) =
            (queued.kind == LetterKind::Alert, outcome, self.core.config().mailboxes.first())
        {
            tracing::error!("an alert is refused for good: it is put into the mailbox");
            store.divert(queued.id, &first.key(), response).await?;
            self.core.wake_mailboxes();
            return Ok(self.unrecorded.take().map(|(_, outcome)| outcome));
        }
        let failing = self.health.lock().await.failing_since;
        // What waits for a person has not been waiting for the server.
        let down = !self.core.holds() && failing.is_some_and(|since| since.elapsed() >= times.alert_after);
        self.core.at_now(async |now| outbox::record(store, queued, outcome, times, down, now).await).await?;
        match outcome {
            Outcome::Accepted(_) => {
                tracing::info!("sent");
                self.core.wake_mailboxes();
            }
            Outcome::Deferred(_) => tracing::warn!("deferred: it is tried again later"),
            Outcome::Refused { .. } => tracing::error!("refused for good"),
            Outcome::Ambiguous(_) => {
                tracing::error!("in doubt: it may have been accepted, and is not sent again");
                self.core.wake_mailboxes();
            }
            Outcome::Withdrawn | Outcome::Unavailable(_) => {}
        }
        Ok(self.unrecorded.take().map(|(_, outcome)| outcome))
    }

    /// Sends a letter. Where time is up in the middle, what is known of it is its outcome.
    async fn send(
        &mut self,
        queued: &Queued,
        now: Timestamp,
        stop: &mut watch::Receiver<Stop>,
    ) -> anyhow::Result<Outcome> {
        let rests =
            if queued.kind.is_internal() { None } else { self.core.store().suppressed(&queued.to, now).await? };
        if let Some(until) = rests {
            let response = format!("{RESTS}{until} to an address that its server has refused");
            return Ok(Outcome::Refused { response, address: false });
        }
        let begun = AtomicBool::new(false);
        let core = Arc::clone(&self.core);
        let sending = measured(&METER.send, core.transport.send(core.store(), &mut self.kept, queued, now, &begun));
        let cut_short = async {
            let _ = stop.wait_for(|stop| *stop != Stop::Run).await;
            // The server may be about to answer; but what has not begun by then need not be finished.
            let _ = tokio::time::timeout(UNBEGUN, stop.wait_for(|stop| *stop == Stop::Now)).await;
            if begun.load(Ordering::SeqCst) {
                let _ = stop.wait_for(|stop| *stop == Stop::Now).await;
            }
        };
        tokio::select! {
            outcome = sending => Ok(outcome?),
            () = cut_short => {
                let stopped = STOPPED.to_owned();
                Ok(match begun.load(Ordering::SeqCst) {
                    true => Outcome::Ambiguous(stopped),
                    false => Outcome::Unavailable(Unavailable::Unreachable(stopped)),
                })
            }
        }
    }

    /// What an outcome tells of the server: pauses, tells staff, or notes that all is well.
    async fn learn(&mut self, outcome: &Outcome) -> anyhow::Result<()> {
        let core = Arc::clone(&self.core);
        let place = core.transport.place();
        let Outcome::Unavailable(why) = outcome else {
            if matches!(outcome, Outcome::Accepted(_)) {
                let again = {
                    let mut health = self.health.lock().await;
                    if health.refused_until.is_some_and(|until| until > Instant::now()) {
                        return Ok(());
                    }
                    health.not_before = None;
                    health.backoff = backoff(&core);
                    let first = !std::mem::replace(&mut health.proven, true);
                    let again = health.failing_since.take().is_some() || first;
                    health.recovering |= again;
                    again
                };
                if again {
                    tracing::info!("letters are taken");
                }
                self.settle().await?;
            }
            return Ok(());
        };
        core.ill(&place);
        let since = self.pause(why).await;
        let kind = match why {
            Unavailable::Login(_) | Unavailable::Secret(_) => AlertKind::SmtpLogin,
            Unavailable::Setup(_) => AlertKind::SmtpSetup,
            Unavailable::Sender(_) => AlertKind::SmtpSender,
            Unavailable::Unreachable(_) if since.elapsed() >= core.config().times.alert_after => {
                AlertKind::SmtpUnreachable
            }
            Unavailable::Unreachable(_) => return Ok(()),
        };
        core.incident(kind, &place, why.response()).await
    }

    /// Where letters are taken again: staff are told once that has lasted.
    async fn settle(&self) -> anyhow::Result<()> {
        if self.health.lock().await.recovering
            && self.core.well(&AlertKind::OF_SMTP, &self.core.transport.place()).await?
        {
            self.health.lock().await.recovering = false;
        }
        Ok(())
    }

    /// Nobody tries for a while; gives since when nothing could be sent.
    async fn pause(&self, why: &Unavailable) -> Instant {
        let mut health = self.health.lock().await;
        health.recovering = false;
        let times = &self.core.config().times;
        let pause = match why {
            Unavailable::Login(_) | Unavailable::Sender(_) => times.login_pause,
            _ => health.backoff.next().unwrap_or(times.reconnect_longest),
        };
        if health.failing_since.is_none() {
            tracing::error!(kind = why.word(), "no letter can be sent, they wait: {}", why.discreet());
        }
        let until = Instant::now() + pause;
        if let Unavailable::Login(_) | Unavailable::Sender(_) = why {
            health.refused_until = Some(until);
        }
        health.not_before = health.not_before.max(Some(until));
        *health.failing_since.get_or_insert_with(Instant::now)
    }
}
