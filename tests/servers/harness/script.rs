//! What a fault proxy does, and when.

use std::{
    sync::{Arc, Condvar, Mutex},
    time::{Duration, Instant},
};

use super::PATIENCE;

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// The daemon.
    Client,
    /// The server.
    Server,
}

/// A line that is about to pass.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Event<'l> {
    /// The connection, from 1.
    pub(crate) connection: u32,
    /// Who says it.
    pub(crate) from: Side,
    /// The line, without its end.
    pub(crate) line: &'l str,
    /// The last line of the client before it, where it is the server's.
    pub(crate) command: &'l str,
}

impl Event<'_> {
    /// Whether the client says something with these words in it.
    pub(crate) fn asks(&self, words: &str) -> bool {
        self.from == Side::Client && self.line.contains(words)
    }

    /// Whether the server says something with these words in it.
    pub(crate) fn says(&self, words: &str) -> bool {
        self.from == Side::Server && self.line.contains(words)
    }

    /// Whether the server answers a command with these words in it.
    pub(crate) fn answers(&self, words: &str) -> bool {
        self.from == Side::Server && self.command.contains(words)
    }
}

/// What becomes of a line.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// It passes.
    Pass,
    /// This comes in its place, with its own line ends.
    Replace(Vec<u8>),
    /// This comes first, then the line.
    Before(Vec<u8>),
    /// It does not pass.
    Swallow,
    /// The client is told this in place of the server, which hears nothing.
    Answer(Vec<u8>),
    /// Both connections end in its place.
    Cut,
    /// It passes, and so many bytes of what follows; then both connections end.
    CutWithin(usize),
    /// Nothing passes any more, in no direction; both connections stay open.
    Hang,
    /// It passes later.
    Delay(Duration),
    /// It passes, and what follows it comes byte by byte, one in each such time.
    Drip(Duration),
    /// It waits until the test lets it pass.
    Hold(Gate),
}

/// Holds a line until the test has done something.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gate(Arc<(Mutex<(bool, bool)>, Condvar)>);

impl Gate {
    /// A closed gate.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Waits until a line stands before the gate.
    pub(crate) fn wait_reached(&self) {
        self.wait(|(reached, _)| *reached, "a line to reach the gate");
    }

    /// Lets everything through.
    pub(crate) fn open(&self) {
        self.0.0.lock().unwrap().1 = true;
        self.0.1.notify_all();
    }

    pub(super) fn pass(&self) {
        self.0.0.lock().unwrap().0 = true;
        self.0.1.notify_all();
        self.wait(|(_, open)| *open, "the gate to open");
    }

    fn wait(&self, mut until: impl FnMut(&(bool, bool)) -> bool, what: &str) {
        let begun = Instant::now();
        let (state, timeout) =
            self.0.1.wait_timeout_while(self.0.0.lock().unwrap(), PATIENCE, |state| !until(state)).unwrap();
        drop(state);
        assert!(!timeout.timed_out(), "waited {:?} in vain for {what}", begun.elapsed());
    }
}

/// What the proxy asks for every line.
pub(crate) type Script = Box<dyn FnMut(&Event<'_>) -> Act + Send>;

/// A script that does one thing, once, at the first line that fits.
pub(crate) fn once(
    mut fits: impl FnMut(&Event<'_>) -> bool + Send + 'static,
    act: Act,
) -> impl FnMut(&Event<'_>) -> Act + Send + 'static {
    let mut act = Some(act);
    move |event| if act.is_some() && fits(event) { act.take().unwrap_or(Act::Pass) } else { Act::Pass }
}

/// A script that does one thing at every line that fits.
pub(crate) fn always(
    mut fits: impl FnMut(&Event<'_>) -> bool + Send + 'static,
    act: Act,
) -> impl FnMut(&Event<'_>) -> Act + Send + 'static {
    move |event| if fits(event) { act.clone() } else { Act::Pass }
}

/// How the proxy's own side is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wire {
    /// From the first byte.
    Implicit,
    /// After STARTTLS.
    Starttls,
    /// Never: STARTTLS is not offered, and refused.
    Stripped,
}
