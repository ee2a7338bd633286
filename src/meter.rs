//! What this process counts and measures of its own work, for whoever watches it: numbers alone. What must survive a
//! restart is read from the store instead (`monitoring`).

use std::{sync::LazyLock, time::Instant};

use prometheus_client::metrics::{counter::Counter, family::Family, histogram::Histogram};

/// Seconds within which work of this kind is mostly done, from a form that is read to a pass over a full mailbox.
const SECONDS: [f64; 13] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 60.0, 120.0, 300.0];

/// A label and its value.
pub type Label = [(&'static str, String); 1];

/// The process's own figures.
pub static METER: LazyLock<Meter> = LazyLock::new(Meter::default);

/// Counters and durations since this process began.
#[derive(Debug)]
pub struct Meter {
    /// Reading a mail or a file, in the jail.
    pub read: Histogram,
    /// Converting a file of an old format.
    pub convert: Histogram,
    /// A message from the store to its recorded decision.
    pub decide: Histogram,
    /// The transaction that records a decision.
    pub commit: Histogram,
    /// Handing a letter over.
    pub send: Histogram,
    /// A pass over a mailbox that succeeded.
    pub pass: Histogram,
    /// Passes by mailbox and by whether they succeeded.
    pub passes: Family<[(&'static str, String); 2], Counter>,
    /// Reading processes that died or took too long, and were replaced.
    pub readers_replaced: Counter,
    /// Messages over which two of them died.
    pub quarantined: Counter,
    /// Files that could not be converted, by format.
    pub conversions_failed: Family<Label, Counter>,
}

impl Default for Meter {
    fn default() -> Self {
        let histogram = || Histogram::new(SECONDS);
        let conversions_failed = Family::<Label, Counter>::default();
        for format in ["doc", "rtf", "ppt", "xls", "pdf"] {
            // What has never happened is told as such, so that its first time is an increase.
            drop(conversions_failed.get_or_create(&[("format", format.to_owned())]));
        }
        Self {
            read: histogram(),
            convert: histogram(),
            decide: histogram(),
            commit: histogram(),
            send: histogram(),
            pass: histogram(),
            passes: Family::default(),
            readers_replaced: Counter::default(),
            quarantined: Counter::default(),
            conversions_failed,
        }
    }
}

impl Meter {
    /// Counts a pass over a mailbox, by its number in the configuration.
    pub fn passed(&self, mailbox: usize, well: bool) {
        let result = if well { "ok" } else { "failed" };
        self.passes.get_or_create(&[("mailbox", mailbox.to_string()), ("result", result.to_owned())]).inc();
    }
}

/// Measures how long something takes, also where it fails.
pub async fn measured<T>(what: &Histogram, work: impl Future<Output = T>) -> T {
    let begun = Instant::now();
    let done = work.await;
    what.observe(begun.elapsed().as_secs_f64());
    done
}
