//! One mailbox: what is new is taken in and decided, what was decided is shown in it, for as long as the daemon runs.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};
use tokio::{sync::watch, time::Instant};

use crate::{
    config::MailboxConfig,
    decision::Action,
    discreet::discreet,
    explain::explain,
    fault::point,
    logging,
    mailbox::{AnyMailbox, Fetched, ImapError, Mailbox as _, MailboxError, Notice, Treatment},
    meter::METER,
    net::ConnectError,
    pulse::{beat, may_take},
    reader,
    reply::AlertKind,
    store::{Intake, Intaken, StoreError, Unmarked},
};

use super::{Pass, Stop, core::Core};

/// How many messages are held in memory at once.
const BATCH: usize = 20;
/// A letter that is in doubt for longer is not searched for any more.
const SEARCHED: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

/// A mailbox that is watched.
#[derive(Debug)]
pub(super) struct Watcher {
    core: Arc<Core>,
    mailbox: AnyMailbox,
    /// Which of the configuration's mailboxes it is.
    index: usize,
    /// Its lasting name in the store.
    name: String,
    /// Its name for logs and staff.
    place: String,
    poll: Duration,
    /// Since when passes have failed, and of what.
    failing: Option<(Instant, BTreeSet<String>)>,
    /// When the proof of letters in doubt was last searched for.
    searched: Option<Instant>,
    /// What the server has refused to mark or to search for.
    refused: BTreeSet<String>,
    /// What the mailbox has come upon and the store has not taken down yet.
    notices: VecDeque<Notice>,
}

impl Watcher {
    pub(super) fn new(core: Arc<Core>, mailbox: AnyMailbox, index: usize, config: &MailboxConfig) -> Self {
        let poll = config.poll.unsigned_abs().max(Duration::from_millis(100));
        core.office.pulse.add_mailbox(config.place(), poll);
        Self {
            core,
            mailbox,
            index,
            name: config.key(),
            place: config.place(),
            poll,
            failing: None,
            searched: None,
            refused: BTreeSet::new(),
            notices: VecDeque::new(),
        }
    }

    /// Passes again and again until it is told to stop: the message that has begun is finished first.
    ///
    /// # Errors
    /// Where the store fails in a way that only a new process can mend.
    pub(super) async fn run(self, stop: watch::Receiver<Stop>) -> anyhow::Result<()> {
        let (pulse, who) = (self.core.office.pulse.clone(), format!("mailbox {}", self.index));
        pulse.watched(&who, self.go_on(stop)).await
    }

    async fn go_on(mut self, mut stop: watch::Receiver<Stop>) -> anyhow::Result<()> {
        let core = Arc::clone(&self.core);
        let Some(wake) = core.wake.get(self.index) else { return Ok(()) };
        let mut backoff = backoff(&core);
        while *stop.borrow() == Stop::Run {
            let begun = Instant::now();
            let passed = self.pass(Some(&stop)).await;
            METER.passed(self.index, passed.is_ok());
            if passed.is_ok() {
                METER.pass.observe(begun.elapsed().as_secs_f64());
            }
            let rest = async {
                let waited = match passed {
                    Ok(pass) => {
                        self.passed(pass).await?;
                        may_take(self.poll);
                        self.mailbox.wait(self.poll, wake).await.map_err(anyhow::Error::from)
                    }
                    Err(error) => Err(error),
                };
                match waited {
                    Ok(()) => backoff = self::backoff(&core),
                    Err(error) => {
                        let pause = backoff.next().unwrap_or(core.config().times.reconnect_longest);
                        let pause = self.failed(error, pause).await?;
                        may_take(pause);
                        tokio::time::sleep(pause).await;
                    }
                }
                anyhow::Ok(())
            };
            tokio::select! {
                _ = stop.wait_for(|stop| *stop != Stop::Run) => break,
                rested = rest => rested?,
            }
        }
        Ok(())
    }

    /// One full pass over the mailbox.
    ///
    /// # Errors
    /// Where mailbox or store fail: what was not committed stays in the mailbox for the next pass.
    pub(super) async fn pass(&mut self, stop: Option<&watch::Receiver<Stop>>) -> anyhow::Result<Pass> {
        self.caught_up(false);
        let mut pass = Pass { decided: self.core.decide_received().await?, ..Pass::default() };
        loop {
            beat();
            let batch = self.mailbox.new_messages(BATCH).await;
            self.heed_notices().await?;
            let batch = batch?;
            if batch.is_empty() {
                break;
            }
            for fetched in batch {
                if stop.is_some_and(|stop| *stop.borrow() != Stop::Run) {
                    return Ok(pass);
                }
                self.take_in(&fetched, &mut pass).await?;
            }
        }
        self.caught_up(true);
        self.core.heed_campaign_files().await?;
        beat();
        self.core.remind().await?;
        beat();
        self.core.report().await?;
        beat();
        self.core.retain().await?;
        beat();
        // One of these that fails holds up none of the others.
        let (shown, searched, put) = (self.show().await, self.search_for_proof().await, self.put_alerts().await);
        self.bearable(shown)?;
        self.bearable(searched)?;
        put?;
        self.core.well(&AlertKind::OF_MAILBOX, &self.place).await?;
        self.core.store().passed(&self.name, &self.mailbox.position(), self.core.now().await?).await?;
        Ok(pass)
    }

    fn caught_up(&self, whether: bool) {
        if let Some(one) = self.core.caught_up.get(self.index) {
            one.store(whether, Ordering::SeqCst);
        }
    }

    /// Takes a message in and decides about it at once: one that cannot be decided holds up nothing behind it.
    async fn take_in(&mut self, fetched: &Fetched, pass: &mut Pass) -> anyhow::Result<()> {
        beat();
        let now = self.core.now().await?;
        // A folder does not know when its mail was received: the mail's own trace does.
        let received = fetched
            .received
            .or_else(|| reader::received(&fetched.raw).filter(|at| *at <= now))
            .or(fetched.written.filter(|at| *at <= now));
        let intake = Intake {
            mailbox: &self.name,
            cursor: &fetched.cursor,
            raw: &fetched.raw,
            truncated: fetched.truncated,
            received,
            now,
        };
        let intaken = self.core.store().take_in(&intake).await?;
        self.mailbox.taken(&fetched.cursor);
        pass.taken += 1;
        match intaken {
            Intaken::New(id) => logging::of_mail(id)
                .in_scope(|| tracing::info!(mailbox = self.index, bytes = fetched.raw.len(), "taken in")),
            Intaken::Duplicate { id, of } => logging::of_mail(id)
                .in_scope(|| tracing::info!(mailbox = self.index, of, "the same bytes as another: a duplicate")),
            Intaken::Known { .. } => {}
        }
        if let Intaken::New(_) = intaken {
            pass.decided += self.core.decide_received().await?;
        }
        Ok(())
    }

    /// What the mailbox has come upon.
    async fn heed_notices(&mut self) -> anyhow::Result<()> {
        self.notices.extend(self.mailbox.notices());
        while let Some(notice) = self.notices.front() {
            match notice {
                Notice::UidValidityChanged { known, new } => {
                    tracing::warn!(mailbox = self.index, known, new, "the server has numbered its messages anew");
                    let detail = format!("UIDVALIDITY {known} → {new}");
                    self.core.happened(AlertKind::UidValidity, &self.place, &detail).await?;
                }
                Notice::Vanished { cursor } => {
                    tracing::info!(mailbox = self.index, cursor, "vanished: gone before it could be fetched");
                    self.core.store().vanished(&self.name, cursor, self.core.now().await?).await?;
                }
                Notice::Missing { count } => {
                    let detail = format!("писем: {count}");
                    self.core.happened(AlertKind::Missing, &self.place, &detail).await?;
                }
            }
            self.notices.pop_front();
        }
        Ok(())
    }

    /// Shows in the mailbox what was done, after it is committed and never before.
    pub(super) async fn show(&mut self) -> anyhow::Result<()> {
        if self.core.config().leave_mailboxes {
            return Ok(());
        }
        let unmarked = self.core.store().unmarked(&self.name, self.mailbox.shows_answers()).await?;
        if unmarked.is_empty() {
            return Ok(());
        }
        let anew = unmarked.iter().filter(|one| one.ruled).map(|one| (one.cursor.clone(), Treatment::Anew));
        let marks: Vec<(String, Treatment)> =
            anew.chain(unmarked.iter().map(|one| (one.cursor.clone(), treatment(one)))).collect();
        self.mailbox.mark(&marks).await?;
        point!("mark::done");
        let rows: Vec<i64> = unmarked.iter().map(|one| one.id).collect();
        self.core.store().marked(&rows).await?;
        for one in &unmarked {
            logging::of_mail(one.id)
                .in_scope(|| tracing::info!(mailbox = self.index, treatment = ?treatment(one), "shown in its mailbox"));
        }
        Ok(())
    }

    /// Searches for the proof of letters in doubt.
    pub(super) async fn search_for_proof(&mut self) -> anyhow::Result<()> {
        self.core.settle_copies().await?;
        // A search makes the next wait look at once: without a pause it would go round for as long as there is a doubt.
        if self.searched.is_some_and(|searched| searched.elapsed() < self.poll) {
            return Ok(());
        }
        let now = self.core.now().await?;
        let after = now.saturating_sub(SEARCHED).unwrap_or(now);
        for (row, message_id) in self.core.store().in_doubt(after).await? {
            self.searched = Some(Instant::now());
            if self.mailbox.holds(message_id.as_str()).await? {
                logging::of_letter(row, None)
                    .in_scope(|| tracing::info!("a letter in doubt had been accepted: the mailbox holds it"));
                self.core.store().sent(row, now, "found in the mailbox").await?;
            }
        }
        Ok(())
    }

    /// Puts alerts into the mailbox that belong there.
    pub(super) async fn put_alerts(&mut self) -> anyhow::Result<()> {
        if self.core.config().leave_mailboxes {
            return Ok(());
        }
        for (row, message_id, mime) in self.core.store().alerts_for(&self.name).await? {
            self.mailbox.append(&mime, &message_id).await?;
            point!("append::done");
            self.core.store().sent(row, self.core.now().await?, "put into the mailbox").await?;
        }
        Ok(())
    }

    /// A server that only refuses to mark or to search is no mailbox that fails: it is said once, and tried again with
    /// every pass.
    fn bearable(&mut self, done: anyhow::Result<()>) -> anyhow::Result<()> {
        let Err(error) = done else { return Ok(()) };
        if !matches!(error.downcast_ref(), Some(MailboxError::Imap(ImapError::No { .. }))) {
            return Err(error);
        }
        let text = discreet(&error);
        if self.refused.insert(text.clone()) {
            tracing::error!(mailbox = self.index, "a mark or search is refused, mail is taken in all the same: {text}");
        }
        Ok(())
    }

    async fn passed(&mut self, pass: Pass) -> anyhow::Result<()> {
        self.core.office.pulse.passed(self.index, self.core.now().await?, pass.decided);
        if self.failing.take().is_some() {
            tracing::info!(mailbox = self.index, "the mailbox is reached again");
        }
        if pass.did_anything() {
            tracing::info!(mailbox = self.index, taken = pass.taken, decided = pass.decided, "pass completed");
        }
        Ok(())
    }

    /// Logs a failure once, tells staff where a person is needed, and says how long to wait.
    ///
    /// # Errors
    /// The failure itself, where only a new process can mend it.
    async fn failed(&mut self, error: anyhow::Error, pause: Duration) -> anyhow::Result<Duration> {
        if is_fatal(&error) {
            return Err(error);
        }
        self.core.ill(&self.place);
        let text = discreet(&error);
        self.core.office.pulse.failed(self.index, &text);
        let (since, said) = self.failing.get_or_insert_with(|| (Instant::now(), BTreeSet::new()));
        let since = *since;
        if said.insert(text.clone()) {
            tracing::error!(mailbox = self.index, "a pass failed, mail stays where it is and is tried again: {text}");
        }
        let (kind, pause) = match error.downcast_ref::<MailboxError>().map(trouble) {
            Some(Trouble::Login) => (Some(AlertKind::MailboxLogin), self.core.config().times.login_pause),
            Some(Trouble::Secret) => (Some(AlertKind::MailboxLogin), pause),
            Some(Trouble::Setup) => (Some(AlertKind::MailboxSetup), pause),
            Some(Trouble::Other) if since.elapsed() >= self.core.config().times.alert_after => {
                (Some(AlertKind::MailboxUnreachable), pause)
            }
            _ => (None, pause),
        };
        if let Some(kind) = kind
            && let Err(error) = self.core.incident(kind, &self.place, &explain(&error)).await
        {
            if is_fatal(&error) {
                return Err(error);
            }
            tracing::error!("staff could not be told: {}", discreet(&error));
        }
        Ok(pause)
    }
}

/// What has to be done about a mailbox that fails.
enum Trouble {
    /// The server refuses password or account: to try again soon could lock it.
    Login,
    /// There is no password to try.
    Secret,
    /// Certificate or encryption.
    Setup,
    /// It may pass.
    Other,
}

fn trouble(error: &MailboxError) -> Trouble {
    match error {
        MailboxError::Imap(ImapError::Login { .. }) => Trouble::Login,
        MailboxError::Imap(ImapError::Secret(_)) => Trouble::Secret,
        MailboxError::Imap(ImapError::Connect(
            ConnectError::Certificate { .. } | ConnectError::NoStarttls { .. } | ConnectError::Authorities { .. },
        )) => Trouble::Setup,
        _ => Trouble::Other,
    }
}

/// Whether only a new process can go on.
pub(super) fn is_fatal(error: &anyhow::Error) -> bool {
    error.chain().filter_map(|cause| cause.downcast_ref::<StoreError>()).any(StoreError::is_fatal)
}

pub(super) fn backoff(core: &Core) -> ExponentialBackoff {
    let times = &core.config().times;
    ExponentialBuilder::default()
        .with_min_delay(times.reconnect_first)
        .with_max_delay(times.reconnect_longest)
        .without_max_times()
        .with_jitter()
        .build()
}

fn treatment(one: &Unmarked) -> Treatment {
    match one.action {
        Action::Confirm => Treatment::Confirmed { answered: one.answered },
        Action::Request => Treatment::Requested { answered: one.answered },
        Action::Review => Treatment::Review,
        Action::Leave => Treatment::Left,
        Action::Ignore if one.alert => Treatment::Left,
        Action::Ignore if one.own => Treatment::Own,
        Action::Ignore => Treatment::Automatic,
    }
}
