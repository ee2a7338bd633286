//! Whether the pipeline still moves. Each task says, before it begins something, how long that may take; one that is not
//! heard of by then hangs, whatever the reason, and only a new process helps.
//!
//! A timer that is fed for as long as the process lives would say nothing: a daemon is dead that answers every ping and
//! has looked into no mailbox since Tuesday.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use tokio::{
    sync::{MutexGuard as AsyncGuard, Notify},
    time::{Instant, error::Elapsed},
};

/// What every task is granted besides what it asks for: a disk that is slow, a database that is locked for a minute.
pub const PATIENCE: Duration = Duration::from_mins(3);

tokio::task_local! {
    /// The part of the pipeline that the running task is.
    static PART: Part;
}

/// How all tasks of the pipeline are.
#[derive(Debug, Clone)]
pub struct Pulse(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    patience: Duration,
    state: Mutex<State>,
    /// A mailbox was passed over, or could not be.
    news: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// The next part's number.
    next: u64,
    /// Everybody who has promised to be heard of again.
    promises: BTreeMap<u64, Promise>,
    mailboxes: Vec<MailboxPulse>,
    decided: u64,
}

#[derive(Debug, Clone)]
struct Promise {
    who: String,
    until: Instant,
}

/// How a mailbox is.
#[derive(Debug, Clone)]
pub struct MailboxPulse {
    /// Its name for logs: server and folder, or a path.
    pub place: String,
    /// How often it is looked at without any news.
    pub poll: Duration,
    /// When its last whole pass ended, by the clock that never jumps, and by the other; none since the start.
    pub passed: Option<(Instant, Timestamp)>,
    /// Why the passes fail now, as it may stand in a log; none where they do not.
    pub fails: Option<String>,
}

/// A task that has broken its promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stuck {
    /// Which part of the pipeline.
    pub who: String,
    /// How long ago it should have been heard of.
    pub overdue: Duration,
}

impl fmt::Display for Stuck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} should have been heard of {} s ago", self.who, self.overdue.as_secs())
    }
}

impl Pulse {
    /// A pulse of nobody yet. `patience`: what each is granted besides what he asks for.
    pub fn new(patience: Duration) -> Self {
        Self(Arc::new(Shared { patience, state: Mutex::default(), news: Notify::new() }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody who is watched from now on, until this is dropped.
    fn part(&self, who: &str) -> Part {
        let mut state = self.state();
        state.next += 1;
        let id = state.next;
        let part = Part { pulse: self.clone(), id };
        state.promises.insert(id, Promise { who: who.to_owned(), until: Instant::now() + self.0.patience });
        part
    }

    /// Runs a task as a part of the pipeline: all that [`may_take`] says within it is said in its name.
    pub async fn watched<T>(&self, who: &str, task: impl Future<Output = T>) -> T {
        PART.scope(self.part(who), task).await
    }

    /// Holds a lock that parts of the pipeline wait for: whoever waits is patient for as long as the holder keeps his
    /// promises; a holder that is no part of it (a request to the board) is watched meanwhile.
    pub async fn alone<'l>(&self, who: &str, lock: &'l tokio::sync::Mutex<()>) -> Alone<'l> {
        let lock = patiently(lock.lock(), self.0.patience / 2).await;
        beat();
        let part = PART.try_with(|_| ()).is_err().then(|| self.part(who));
        Alone { _part: part, _lock: lock }
    }

    /// Something has begun that everybody waits for.
    pub fn everybody_may_take(&self, time: Duration) {
        let until = Instant::now() + self.0.patience + time;
        for promise in self.state().promises.values_mut() {
            promise.until = promise.until.max(until);
        }
    }

    /// Adds a mailbox that is to be watched; mailboxes are numbered in this order.
    pub fn add_mailbox(&self, place: String, poll: Duration) {
        self.state().mailboxes.push(MailboxPulse { place, poll, passed: None, fails: None });
    }

    /// A whole pass over a mailbox has ended, in which so many messages were decided.
    pub fn passed(&self, mailbox: usize, now: Timestamp, decided: u32) {
        let mut state = self.state();
        state.decided += u64::from(decided);
        if let Some(one) = state.mailboxes.get_mut(mailbox) {
            (one.passed, one.fails) = (Some((Instant::now(), now)), None);
        }
        self.0.news.notify_one();
    }

    /// A pass over a mailbox has failed; `why` as it may stand in a log.
    pub fn failed(&self, mailbox: usize, why: &str) {
        if let Some(one) = self.state().mailboxes.get_mut(mailbox) {
            one.fails = Some(why.to_owned());
        }
        self.0.news.notify_one();
    }

    /// Waits until a mailbox was passed over, or could not be. For one listener.
    pub async fn news(&self) {
        self.0.news.notified().await;
    }

    /// Every mailbox, in the order of the configuration.
    pub fn mailboxes(&self) -> Vec<MailboxPulse> {
        self.state().mailboxes.clone()
    }

    /// How many messages have been decided since the start.
    pub fn decided(&self) -> u64 {
        self.state().decided
    }

    /// Whether every mailbox has been passed over once.
    pub fn ready(&self) -> bool {
        let state = self.state();
        !state.mailboxes.is_empty() && state.mailboxes.iter().all(|one| one.passed.is_some())
    }

    /// Who has broken his promise the longest ago.
    pub fn stuck(&self) -> Option<Stuck> {
        self.stuck_at(Instant::now())
    }

    fn stuck_at(&self, now: Instant) -> Option<Stuck> {
        let state = self.state();
        let first = state.promises.values().min_by_key(|promise| promise.until)?;
        let overdue = now.checked_duration_since(first.until).filter(|overdue| !overdue.is_zero())?;
        Some(Stuck { who: first.who.clone(), overdue })
    }
}

/// A task that is watched. Dropped, it is not expected any more.
#[derive(Debug)]
struct Part {
    pulse: Pulse,
    id: u64,
}

impl Part {
    fn may_take(&self, time: Duration) {
        let until = Instant::now() + self.pulse.0.patience + time;
        if let Some(promise) = self.pulse.state().promises.get_mut(&self.id) {
            promise.until = until;
        }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.pulse.state().promises.remove(&self.id);
    }
}

/// A lock that is held, and its holder, where he is not watched anyway.
#[derive(Debug)]
pub struct Alone<'l> {
    _part: Option<Part>,
    _lock: AsyncGuard<'l, ()>,
}

/// What this task begins now may take so long, and the patience that everybody has. Nothing where nobody watches it.
pub fn may_take(time: Duration) {
    let _ = PART.try_with(|part| part.may_take(time));
}

/// This task moves.
pub fn beat() {
    may_take(Duration::ZERO);
}

/// Waits at most so long, and says so to whoever watches this task.
///
/// # Errors
/// Where time was up before.
pub async fn within<F: Future>(time: Duration, waited: F) -> Result<F::Output, Elapsed> {
    may_take(time);
    tokio::time::timeout(time, waited).await
}

/// Waits for what somebody else does who is watched himself.
async fn patiently<F: Future>(waited: F, between: Duration) -> F::Output {
    let mut waited = std::pin::pin!(waited);
    loop {
        beat();
        if let Ok(done) = tokio::time::timeout(between, &mut waited).await {
            return done;
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::{sync::Mutex, task::JoinHandle};

    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);
    const MOMENT: Duration = Duration::from_millis(50);

    /// A part that gets the lock, or waits for it, and then says nothing more.
    fn hangs_with(lock: &Arc<Mutex<()>>, pulse: &Pulse, who: &'static str) -> JoinHandle<()> {
        let (pulse, lock) = (pulse.clone(), Arc::clone(lock));
        tokio::spawn(async move {
            let hangs = async {
                let _alone = pulse.alone("a request", &lock).await;
                std::future::pending::<()>().await;
            };
            pulse.watched(who, hangs).await;
        })
    }

    async fn until_stuck(pulse: &Pulse, who: &str) {
        let seen = async {
            while pulse.stuck().is_none_or(|stuck| stuck.who != who) {
                tokio::time::sleep(MOMENT / 10).await;
            }
        };
        tokio::time::timeout(MINUTE, seen).await.unwrap();
    }

    #[tokio::test]
    async fn who_is_not_heard_of_in_time_hangs() {
        let pulse = Pulse::new(MINUTE);
        let works = async {
            let begun = Instant::now();
            beat();
            assert_eq!(pulse.stuck_at(begun + MINUTE / 2), None);
            may_take(MINUTE * 10);
            assert_eq!(pulse.stuck_at(begun + MINUTE * 11), None);
            let stuck = pulse.stuck_at(Instant::now() + MINUTE * 13).unwrap();
            assert_eq!((stuck.who.as_str(), stuck.overdue.as_secs() / 60), ("the outbox", 2));
            beat();
            assert!(pulse.stuck_at(Instant::now() + MINUTE * 2).is_some(), "what took long is over");
            pulse.everybody_may_take(MINUTE * 10);
            assert_eq!(pulse.stuck_at(Instant::now() + MINUTE * 10), None);
        };
        pulse.watched("the outbox", works).await;
        assert_eq!(pulse.stuck_at(Instant::now() + MINUTE * 60), None, "whoever has ended is not waited for");
    }

    #[tokio::test]
    async fn what_is_waited_for_within_a_time_is_granted_it() {
        let pulse = Pulse::new(MINUTE);
        let waits = async {
            let begun = Instant::now();
            assert!(within(MOMENT, std::future::pending::<()>()).await.is_err());
            assert_eq!(pulse.stuck_at(begun + MINUTE), None);
        };
        pulse.watched("a mailbox", waits).await;
        may_take(MINUTE);
        assert_eq!(pulse.stuck_at(Instant::now() + MINUTE * 60), None, "nobody is watched who did not ask for it");
    }

    #[tokio::test]
    async fn who_waits_for_another_does_not_hang_but_the_other_does() {
        let (pulse, lock) = (Pulse::new(MOMENT), Arc::new(Mutex::new(())));
        let first = hangs_with(&lock, &pulse, "the first mailbox");
        until_stuck(&pulse, "the first mailbox").await;
        let _second = hangs_with(&lock, &pulse, "the second mailbox");
        tokio::time::sleep(MOMENT * 4).await;
        let expected = pulse.state().promises.values().filter(|one| one.until < Instant::now()).count();
        assert_eq!(expected, 1, "only the holder is late");
        first.abort();
        until_stuck(&pulse, "the second mailbox").await;
    }

    #[tokio::test]
    async fn a_request_that_holds_the_lock_for_ever_is_seen() {
        let (pulse, lock) = (Pulse::new(MOMENT), Mutex::new(()));
        let alone = pulse.alone("a request", &lock).await;
        until_stuck(&pulse, "a request").await;
        drop(alone);
        assert_eq!(pulse.stuck(), None);
    }

    #[test]
    fn ready_is_where_every_mailbox_was_passed_over() {
        let pulse = Pulse::new(MINUTE);
        assert!(!pulse.ready());
        pulse.add_mailbox("a".to_owned(), MINUTE);
        pulse.add_mailbox("b".to_owned(), MINUTE);
        pulse.passed(1, Timestamp::UNIX_EPOCH, 2);
        pulse.failed(0, "it is down");
        assert!(!pulse.ready() && pulse.mailboxes()[0].fails.is_some() && pulse.decided() == 2);
        pulse.passed(0, Timestamp::UNIX_EPOCH, 0);
        assert!(pulse.ready() && pulse.mailboxes()[0].fails.is_none());
    }
}
