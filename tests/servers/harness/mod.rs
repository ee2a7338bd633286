//! Real mail servers of the tests' own, faults between them and the daemon, and the daemon itself.

pub(crate) mod certificates;
pub(crate) mod client;
pub(crate) mod daemon;
pub(crate) mod mails;
pub(crate) mod proxy;
pub(crate) mod script;
pub(crate) mod servers;

use std::{
    process,
    sync::mpsc::{RecvTimeoutError, Sender, channel},
    thread,
    time::{Duration, Instant},
};

pub(crate) use daemon::{Running, Setup};
pub(crate) use proxy::{Proxy, Speaks};
pub(crate) use script::{Act, Event, Gate, Side, Wire};
pub(crate) use servers::{Account, Servers};

/// How long anything may take before a test gives up waiting for it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Waits for a condition, looking often.
///
/// # Panics
/// Where it does not come true in time.
pub(crate) fn wait_for<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    wait_for_up_to(PATIENCE, what, &mut found)
}

/// The same, with a deadline of its own.
///
/// # Panics
/// Where it does not come true in time.
pub(crate) fn wait_for_up_to<T>(patience: Duration, what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let until = Instant::now() + patience;
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(Instant::now() < until, "waited {patience:?} in vain for {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Ends the whole run, and says by which test, where it is not dropped in time: a test that hangs would hold it for ever.
pub(crate) struct Alarm(#[expect(dead_code, reason = "its drop is what counts")] Sender<()>);

impl Alarm {
    /// For the test of this thread.
    pub(crate) fn set() -> Self {
        const LONGEST: Duration = Duration::from_secs(600);
        let test = thread::current().name().unwrap_or("a test").to_owned();
        let (held, dropped) = channel();
        thread::spawn(move || {
            if dropped.recv_timeout(LONGEST) == Err(RecvTimeoutError::Timeout) {
                eprintln!("{test} hangs: not done after {LONGEST:?}; the run is given up");
                process::exit(1);
            }
        });
        Self(held)
    }
}
