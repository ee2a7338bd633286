//! The figures, as Prometheus reads them. Names follow its conventions (<https://prometheus.io/docs/practices/naming/>):
//! base units, `_total` for what only grows, times as seconds since 1970. No label names a person, an address or an
//! account: a mailbox is its number in the configuration, from 0, as in the log.

use std::{collections::BTreeMap, sync::atomic::AtomicU64};

use jiff::Timestamp;
use prometheus_client::{
    encoding::prometheus_text,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

use super::Pass;
use crate::{
    meter::METER,
    office::Disk,
    reply::AlertKind,
    store::{EventCount, Figures, OutboxState, Queue},
};

type Labels = Vec<(&'static str, String)>;

/// What becomes of a message.
const OUTCOMES: [&str; 6] = ["confirm", "request", "review", "leave", "ignore", "broken"];
/// What becomes of a letter.
const RESULTS: [&str; 5] = ["sent", "failed", "ambiguous", "returned", "dropped"];
const STATES: [(OutboxState, &str); 5] = [
    (OutboxState::Queued, "queued"),
    (OutboxState::Leased, "leased"),
    (OutboxState::Sending, "sending"),
    (OutboxState::Failed, "failed"),
    (OutboxState::Ambiguous, "ambiguous"),
];

/// How everything stands when it is asked for.
#[derive(Debug, Clone)]
pub(super) struct Snapshot {
    pub(super) now: Timestamp,
    /// When this process began.
    pub(super) started: Timestamp,
    /// Whether the store could be read; the rest is empty where not.
    pub(super) store: bool,
    pub(super) mailboxes: Vec<Pass>,
    pub(super) figures: Figures,
    /// What is wrong, by its word.
    pub(super) incidents: Vec<String>,
    /// When the last backup was completed.
    pub(super) backup: Option<Timestamp>,
    pub(super) disk: Option<Disk>,
}

/// What has happened since the store began: it survives restarts, and is counted event by event.
#[derive(Debug, Default)]
pub(super) struct Sums {
    /// The last event that was counted.
    pub(super) last: i64,
    counts: BTreeMap<(String, String), u64>,
}

impl Snapshot {
    pub(super) fn new(now: Timestamp) -> Self {
        Self {
            now,
            started: now,
            store: false,
            mailboxes: Vec::new(),
            figures: Figures::default(),
            incidents: Vec::new(),
            backup: None,
            disk: None,
        }
    }
}

impl Sums {
    pub(super) fn add(&mut self, last: i64, counts: Vec<EventCount>) {
        for EventCount { kind, action, count } in counts {
            *self.counts.entry((kind, action)).or_default() += count;
        }
        self.last = last;
    }

    fn of(&self, kind: &str, action: &str) -> u64 {
        self.counts.get(&(kind.to_owned(), action.to_owned())).copied().unwrap_or_default()
    }
}

/// Everything, in Prometheus' text format.
pub(super) fn text(snapshot: &Snapshot, sums: &Sums) -> Result<String, std::fmt::Error> {
    let mut registry = Registry::with_prefix("svodka");
    let all = &mut registry;
    gauge(all, "build_info", "The version that runs", [(label("version", env!("CARGO_PKG_VERSION")), 1.0)]);
    gauge(all, "start_time_seconds", "When this process began", [(none(), seconds(snapshot.started))]);
    gauge(all, "store_up", "Whether the store can be read", [(none(), f64::from(u8::from(snapshot.store)))]);
    if let Some(disk) = &snapshot.disk {
        gauge(all, "disk_free_bytes", "What may still be written beside the database", [(none(), disk.free as f64)]);
        gauge(all, "disk_size_bytes", "The size of that file system", [(none(), disk.size as f64)]);
    }
    if snapshot.store {
        mailboxes(all, &snapshot.mailboxes);
        queues(all, &snapshot.figures, snapshot.now);
        incidents(all, &snapshot.incidents);
        history(all, sums);
        let backup = snapshot.backup.map(|at| (none(), seconds(at)));
        gauge(all, "last_backup_timestamp_seconds", "When the last backup was completed", backup);
    }
    process(all);
    let mut text = String::new();
    prometheus_text::encode(&mut text, &registry)?;
    Ok(text)
}

fn mailboxes(all: &mut Registry, mailboxes: &[Pass]) {
    let passed = mailboxes.iter().enumerate().filter_map(|(number, one)| Some((number, one.passed?)));
    gauge(
        all,
        "mailbox_last_pass_timestamp_seconds",
        "When a mailbox was last looked through to its end",
        passed.map(|(number, at)| (label("mailbox", number), seconds(at))),
    );
    let polls = mailboxes.iter().enumerate().map(|(number, one)| (label("mailbox", number), one.poll.as_secs_f64()));
    gauge(all, "mailbox_poll_seconds", "How often that should happen at least", polls);
}

fn queues(all: &mut Registry, figures: &Figures, now: Timestamp) {
    queue(all, "undecided_messages", "Messages that were taken in and wait for their decision", figures.undecided, now);
    queue(all, "open_reviews", "Cases that a person must decide", figures.reviews, now);
    queue(all, "due_letters", "Letters that may leave and are due", figures.due, now);
    let letters = STATES.into_iter().map(|(state, word)| {
        let count = figures.letters.iter().find(|(known, _)| *known == state).map_or(0, |(_, count)| *count);
        (label("state", word), count as f64)
    });
    gauge(all, "outbox_letters", "Letters that have not simply left, by state", letters);
    gauge(all, "database_bytes", "The size of the database", [(none(), figures.database as f64)]);
}

/// A queue, and since when its oldest waits: now where nothing does, so that there always is a time to compare with.
fn queue(all: &mut Registry, name: &str, help: &str, queue: Queue, now: Timestamp) {
    gauge(all, name, help, [(none(), queue.count as f64)]);
    let (name, help) =
        (format!("{name}_oldest_timestamp_seconds"), format!("Since when the oldest of them waits. {help}"));
    gauge(all, &name, &help, [(none(), seconds(queue.oldest.unwrap_or(now)))]);
}

fn incidents(all: &mut Registry, open: &[String]) {
    let lasting = AlertKind::OF_MAILBOX.into_iter().chain(AlertKind::OF_SMTP).chain([AlertKind::Campaign]);
    let counts = lasting.map(|kind| {
        let count = open.iter().filter(|word| word.as_str() == kind.word()).count();
        (label("kind", kind.word()), count as f64)
    });
    gauge(all, "incidents_open", "What does not work now, by kind", counts);
}

fn history(all: &mut Registry, sums: &Sums) {
    counter(all, "received_messages", "Messages taken in, copies included", [(none(), sums.of("received", ""))]);
    let decided = OUTCOMES.map(|outcome| {
        let count = if outcome == "broken" { sums.of("broken", "") } else { sums.of("decided", outcome) };
        (label("outcome", outcome), count)
    });
    counter(all, "messages", "Messages decided, by outcome; one that serves two campaigns counts twice", decided);
    let left = RESULTS.map(|result| (label("result", result), sums.of(result, "")));
    counter(all, "letters", "What became of letters, those for the committee included", left);
}

/// What this process has counted itself.
fn process(all: &mut Registry) {
    all.register("read_duration_seconds", "Reading a mail or a file in the jail", METER.read.clone());
    all.register("convert_duration_seconds", "Converting a file of an old format", METER.convert.clone());
    all.register("decide_duration_seconds", "A message from the store to its decision", METER.decide.clone());
    all.register("commit_duration_seconds", "The transaction that records a decision", METER.commit.clone());
    all.register("send_duration_seconds", "Handing a letter over", METER.send.clone());
    all.register("pass_duration_seconds", "A pass over a mailbox that succeeded", METER.pass.clone());
    all.register("mailbox_passes", "Passes over a mailbox, by result", METER.passes.clone());
    all.register(
        "readers_replaced",
        "Reading processes that died or took too long and were replaced",
        METER.readers_replaced.clone(),
    );
    all.register("quarantined_messages", "Messages over which two readers died", METER.quarantined.clone());
    all.register(
        "conversions_failed",
        "Files that could not be converted, by format",
        METER.conversions_failed.clone(),
    );
}

fn gauge(all: &mut Registry, name: &str, help: &str, values: impl IntoIterator<Item = (Labels, f64)>) {
    let family = Family::<Labels, Gauge<f64, AtomicU64>>::default();
    let mut any = false;
    for (labels, value) in values {
        family.get_or_create(&labels).set(value);
        any = true;
    }
    if any {
        all.register(name, help, family);
    }
}

fn counter(all: &mut Registry, name: &str, help: &str, values: impl IntoIterator<Item = (Labels, u64)>) {
    let family = Family::<Labels, Counter>::default();
    for (labels, value) in values {
        family.get_or_create(&labels).inc_by(value);
    }
    all.register(name, help, family);
}

fn none() -> Labels {
    Vec::new()
}

fn label(name: &'static str, value: impl ToString) -> Labels {
    vec![(name, value.to_string())]
}

fn seconds(at: Timestamp) -> f64 {
    at.as_microsecond() as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn count(kind: &str, action: &str, count: u64) -> EventCount {
        EventCount { kind: kind.to_owned(), action: action.to_owned(), count }
    }

    #[test]
    fn what_has_happened_is_added_up_and_each_event_once() {
        let mut sums = Sums::default();
        sums.add(7, vec![count("decided", "confirm", 3), count("received", "", 1)]);
        sums.add(9, vec![count("decided", "confirm", 2), count("sent", "", 1)]);
        let snapshot = Snapshot { store: true, backup: Some(at(60)), ..Snapshot::new(at(100)) };
        let text = text(&snapshot, &sums).unwrap();
        for line in [
            "svodka_messages_total{outcome=\"confirm\"} 5",
            "svodka_messages_total{outcome=\"review\"} 0",
            "svodka_letters_total{result=\"sent\"} 1",
            "svodka_last_backup_timestamp_seconds 60.0",
            "svodka_due_letters_oldest_timestamp_seconds 100.0",
        ] {
            assert!(text.lines().any(|one| one == line), "{line} is not in\n{text}");
        }
        assert_eq!(sums.last, 9);
    }

    #[test]
    fn a_store_that_cannot_be_read_is_told_and_nothing_is_made_up() {
        let text = text(&Snapshot::new(at(100)), &Sums::default()).unwrap();
        assert!(text.contains("svodka_store_up 0.0") && text.contains("svodka_readers_replaced_total"), "{text}");
        assert!(!text.contains("svodka_messages_total") && !text.contains("svodka_due_letters"), "{text}");
    }
}
