//! What systemd hears of the daemon (sd_notify(3)), and the pause before a daemon goes on that has failed before. Where
//! nobody listens, nothing is said.

use std::{
    convert::Infallible,
    env, fs,
    path::PathBuf,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use sd_notify::NotifyState;

use crate::pulse::{Pulse, Stuck};

/// How often it is looked whether everybody still moves, where systemd does not say.
const LOOK: Duration = Duration::from_secs(10);
/// As long as it moves, so much is asked for at each look until it is ready: a server may be down for longer than any limit.
const MORE_TIME: Duration = Duration::from_mins(2);

/// Pause before the second start after a failure; doubled with each further one. systemd 252 knows no pause that grows.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_mins(5);
/// What the status says for as long as the settings on the disk are not in force.
const REFUSED: &str = "; the settings on the disk are wrong and not in force: `svodka doctor` says why";
/// A daemon that has done well for so long has not failed at its start.
const WELL: Duration = Duration::from_mins(10);

/// systemd, where it has started us.
#[derive(Debug)]
pub(super) struct Systemd {
    look: Duration,
    /// Counts the starts since the last good end; in a folder that systemd keeps while it starts us again.
    starts: Option<PathBuf>,
    /// Whether the settings on the disk are others than those in force, as they are wrong.
    refused: AtomicBool,
}

impl Systemd {
    pub(super) fn new() -> Self {
        let folder = env::var_os("RUNTIME_DIRECTORY").and_then(|all| env::split_paths(&all).next());
        let look = sd_notify::watchdog_enabled().map_or(LOOK, |limit| (limit / 4).min(LOOK));
        Self { look, starts: folder.map(|folder| folder.join("starts")), refused: AtomicBool::new(false) }
    }

    /// Notes that it is started, and gives how long to wait first: nothing, where it had ended well.
    pub(super) fn pause(&self) -> Duration {
        let Some(file) = &self.starts else { return Duration::ZERO };
        let failed: u32 = fs::read_to_string(file).ok().and_then(|text| text.trim().parse().ok()).unwrap_or_default();
        // Without the note the next pause does not grow: no reason not to start.
        let _ = fs::write(file, failed.saturating_add(1).to_string());
        let pause = pause_after(failed);
        if !pause.is_zero() {
            tracing::warn!(starts = failed, seconds = pause.as_secs(), "it has failed before: it waits a little first");
            self.say(&[
                NotifyState::Status(&format!("failed {failed} times in a row: waits {} s", pause.as_secs())),
                extend(pause + MORE_TIME),
            ]);
        }
        pause
    }

    /// It goes well, or has ended well.
    fn well(&self) {
        if let Some(file) = &self.starts {
            let _ = fs::remove_file(file);
        }
    }

    /// That the configuration is being read anew.
    pub(super) fn reloading(&self) {
        self.refused.store(false, Ordering::SeqCst);
        self.say(&[NotifyState::Reloading, NotifyState::Status("takes over the new configuration")]);
    }

    /// That the configuration on the disk is wrong, and the former stays in force: the command that asked for it has ended
    /// well all the same.
    pub(super) fn refused(&self) {
        self.refused.store(true, Ordering::SeqCst);
    }

    /// That it ends, as it was told to.
    pub(super) fn stopping(&self) {
        self.well();
        self.say(&[NotifyState::Stopping, NotifyState::Status("finishes what has begun")]);
    }

    /// Tells of readiness, of how things are, and, for as long as everybody moves, that they do: where one does not,
    /// systemd hears nothing more and starts the daemon anew.
    pub(super) async fn inform(&self, pulse: &Pulse) -> Infallible {
        let (begun, mut ready, mut said, mut stuck) = (tokio::time::Instant::now(), false, String::new(), None);
        loop {
            let found = pulse.stuck();
            heed(found.as_ref(), &mut stuck);
            let mut status = status(pulse, found.as_ref());
            if self.refused.load(Ordering::SeqCst) {
                status.push_str(REFUSED);
            }
            let mut states = Vec::new();
            if found.is_none() {
                states.push(NotifyState::Watchdog);
            }
            if pulse.ready() && !ready {
                ready = true;
                states.push(NotifyState::Ready);
                tracing::info!("ready: every mailbox has been looked through");
            } else if !ready && found.is_none() {
                states.push(extend(self.look + MORE_TIME));
            }
            if status != said {
                said.clone_from(&status);
                states.push(NotifyState::Status(&status));
            }
            self.say(&states);
            if ready && begun.elapsed() >= WELL {
                self.well();
            }
            tokio::select! {
                () = pulse.news() => {}
                () = tokio::time::sleep(self.look) => {}
            }
        }
    }

    fn say(&self, states: &[NotifyState<'_>]) {
        if let Err(error) = sd_notify::notify(states) {
            tracing::warn!(%error, "systemd cannot be told");
        }
    }
}

/// Logs that somebody hangs, or does no more; once each.
fn heed(found: Option<&Stuck>, before: &mut Option<String>) {
    let who = found.map(|stuck| stuck.who.clone());
    if who == *before {
        return;
    }
    match found {
        Some(stuck) => {
            tracing::error!(part = stuck.who, "nothing is heard of it any more: the daemon must be started anew")
        }
        None => tracing::warn!("it moves again"),
    }
    *before = who;
}

fn extend(time: Duration) -> NotifyState<'static> {
    NotifyState::ExtendTimeoutUsec(u32::try_from(time.as_micros()).unwrap_or(u32::MAX))
}

/// The line that `systemctl status` shows.
fn status(pulse: &Pulse, stuck: Option<&Stuck>) -> String {
    if let Some(stuck) = stuck {
        return format!("hangs: nothing is heard of {}", stuck.who);
    }
    let mailboxes = pulse.mailboxes();
    let awaited: Vec<&str> =
        mailboxes.iter().filter(|one| one.passed.is_none()).map(|one| one.place.as_str()).collect();
    let last = mailboxes.iter().filter_map(|one| one.passed).map(|(_, at)| at).max();
    let mut status = match (awaited.is_empty(), last) {
        (false, _) => format!("looks through for the first time: {}", awaited.join(", ")),
        (true, Some(last)) => {
            let last = last.strftime("%H:%M UTC");
            format!("last pass {last}, {} messages decided since the start", pulse.decided())
        }
        (true, None) => "starts".to_owned(),
    };
    for (place, why) in mailboxes.iter().filter_map(|one| Some((&one.place, one.fails.as_ref()?))) {
        let why = why.split_whitespace().collect::<Vec<_>>().join(" ");
        status.push_str(&format!("; cannot be looked through now, and is tried again: {place}: {why}"));
    }
    status
}

fn pause_after(failed: u32) -> Duration {
    match failed {
        0 => Duration::ZERO,
        _ => FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(failed - 1)).min(LONGEST_PAUSE),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn the_pause_grows_with_each_failure_and_ends_with_a_good_end() {
        let seconds: Vec<u64> = (0..9).map(|failed| pause_after(failed).as_secs()).collect();
        assert_eq!(seconds, [0, 5, 10, 20, 40, 80, 160, 300, 300]);
        assert_eq!(pause_after(u32::MAX), LONGEST_PAUSE);

        let folder = tempfile::tempdir().unwrap();
        let systemd =
            Systemd { look: LOOK, starts: Some(folder.path().join("starts")), refused: AtomicBool::new(false) };
        let pauses: Vec<u64> = (0..3).map(|_| systemd.pause().as_secs()).collect();
        assert_eq!(pauses, [0, 5, 10]);
        systemd.stopping();
        assert_eq!(systemd.pause(), Duration::ZERO);
        let none = Systemd { starts: None, ..systemd };
        assert_eq!((none.pause(), none.pause()), (Duration::ZERO, Duration::ZERO));
    }

    #[test]
    fn a_daemon_that_always_fails_is_given_up_within_the_hour_in_which_systemd_counts_its_starts() {
        let unit = include_str!("../../systemd/svodka.service");
        let value = |key: &str| unit.lines().find_map(|line| line.strip_prefix(key)).unwrap();
        let (burst, between) = (value("StartLimitBurst=").parse::<u32>().unwrap(), value("RestartSec=5s"));
        assert_eq!((value("StartLimitIntervalSec="), between), ("1h", ""));
        let all: u64 = (0..burst).map(|failed| pause_after(failed).as_secs() + 5).sum();
        assert!(all < 3600, "{all} s");
    }

    #[test]
    fn the_status_says_what_is_awaited_what_fails_and_how_far_it_is() {
        let pulse = Pulse::new(LOOK);
        pulse.add_mailbox("imap.example.org INBOX".to_owned(), LOOK);
        pulse.add_mailbox("/var/mail".to_owned(), LOOK);
        assert_eq!(status(&pulse, None), "looks through for the first time: imap.example.org INBOX, /var/mail");
        pulse.passed(1, Timestamp::UNIX_EPOCH, 3);
        pulse.failed(0, "the server refused the login;\n  check the password");
        assert_eq!(
            status(&pulse, None),
            "looks through for the first time: imap.example.org INBOX; cannot be looked through now, and is tried again: \
             imap.example.org INBOX: the server refused the login; check the password"
        );
        pulse.passed(0, Timestamp::UNIX_EPOCH, 1);
        assert_eq!(status(&pulse, None), "last pass 00:00 UTC, 4 messages decided since the start");
        let stuck = Stuck { who: "the outbox".to_owned(), overdue: LOOK };
        assert_eq!(status(&pulse, Some(&stuck)), "hangs: nothing is heard of the outbox");
    }
}
