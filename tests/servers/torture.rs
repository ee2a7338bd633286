//! Killed at every named point, with many seeds: nothing lost, nothing twice, and what is in doubt is held.

use std::{
    env,
    os::unix::process::ExitStatusExt as _,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use svodka::{
    fault::{FAULT, POINTS},
    store::OutboxState,
};

use crate::harness::{
    Account, Act, Event, Proxy, Servers, Setup, Speaks,
    mails::{Sender, letter},
};

/// A mail for each way of deciding, and whether its sender is answered.
const MAILS: [(&str, bool); 6] = [
    ("04-podporozhye-missing", true),
    ("02-roshchino-form", true),
    ("12-zip", true),
    ("08-outside", true),
    ("09-out-of-office", false),
    ("11-leave", false),
];

/// What a run has shown, to be added up.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Outcome {
    killed: u32,
    lost: usize,
    doubled_rows: usize,
    doubled_replies: usize,
    unaccounted: usize,
    /// In doubt and held, as long as nobody has proved anything.
    held: usize,
}

/// One run: killed at the point as it is passed for the nth time, then gone on with until there is nothing left to do.
fn run(point: &'static str, seed: u32, time: u32) -> Outcome {
    let servers = Servers::shared();
    // Every other seed without the copies that settle doubts, so that doubts stay to be seen.
    let copies = seed.is_multiple_of(2);
    // Half of those moves by COPY and EXPUNGE, as on servers without MOVE.
    let no_move = matches!(point, "mark::copied" | "mark::deleted") || seed % 4 == 3;
    let proxy = Proxy::start(Speaks::Imap, move |event: &Event<'_>| {
        if no_move && event.says("CAPABILITY") {
            return Act::Replace(format!("{}\r\n", event.line.replace(" MOVE", "")).into_bytes());
        }
        Act::Pass
    });
    let mut setup = Setup::new("torture").imap_by(&proxy);
    if no_move || seed % 4 == 1 {
        setup = setup.and("[mailbox.move]");
    }
    setup = setup.smtp(if copies { "copy = true" } else { "copy = false" });
    if matches!(point, "incident::before_commit" | "append::begun" | "append::done") {
        // Something to tell staff of.
        setup = setup.smtp("sender = \"foreign@test.local\"").time("login_pause", "100ms");
    }
    let mut sender = Sender::connect();
    let schools: Vec<(Account, bool)> = MAILS
        .iter()
        .map(|(sample, answered)| {
            let school = servers.account("victim");
            sender.send(&school, &setup.account, &letter(sample, &school, &setup.account));
            (school, *answered)
        })
        .collect();
    if point == "tell::before_commit" {
        let unknown = servers.named("unknown");
        sender.send(&schools[0].0, &setup.account, &letter("05-vazhiny-invalid", &unknown, &setup.account));
    }
    setup.account.wait_for("INBOX", MAILS.len());
    let mut outcome = Outcome::default();
    setup.set_env(FAULT, &format!("{point}@{time}"));
    outcome.killed += u32::from(setup.run(&["run", "--once"]).status.signal() == Some(9));
    setup.clear_env();
    judge(setup, &schools, outcome)
}

fn judge(setup: Setup, schools: &[(Account, bool)], mut outcome: Outcome) -> Outcome {
    // What belongs to the fault alone is put right.
    let setup = setup.smtp_without("sender");
    setup.reconcile();
    setup.pass();
    setup.pass();
    let reconciled = setup.run(&["mailbox", "reconcile"]);
    outcome.unaccounted += usize::from(!reconciled.status.success());
    outcome.held = usize::try_from(setup.letters(OutboxState::Ambiguous)).unwrap();
    let answered: usize = schools.iter().filter(|(_, answered)| *answered).count();
    let sent = usize::try_from(setup.letters(OutboxState::Sent)).unwrap();
    let received = usize::try_from(setup.counted("received")).unwrap();
    let failed = usize::try_from(setup.letters(OutboxState::Failed)).unwrap();
    let expected = schools.len() + failed;
    outcome.lost += expected.saturating_sub(received) + answered.saturating_sub(sent + outcome.held);
    outcome.doubled_rows += received.saturating_sub(expected) + (sent + outcome.held).saturating_sub(answered);
    for (school, answered) in schools {
        let there = if *answered { school.messages_up_to(1, outcome.held) } else { school.messages("INBOX").len() };
        outcome.doubled_replies += there.saturating_sub(usize::from(*answered));
        outcome.lost += usize::from(*answered && there == 0 && outcome.held == 0);
    }
    setup.verify();
    outcome
}

/// Every seed kills at another time of passing the point, as often as it is passed, and then from the beginning.
fn all_seeds(point: &'static str, seeds: u32) -> Vec<Outcome> {
    let mut passed = u32::MAX;
    let mut outcomes = Vec::new();
    for seed in 0..seeds {
        let mut outcome = run(point, seed, seed % passed + 1);
        if outcome.killed == 0 && seed > 0 {
            // So often it is not passed; nothing was lost in that run either.
            outcomes.push(outcome);
            passed = passed.min(seed);
            outcome = run(point, seed, 1);
        }
        outcomes.push(outcome);
    }
    outcomes
}

/// Goes through the points, a few at once; prints a line for each, and gives the sum.
fn torture(points: &[&'static str], seeds: u32) -> Outcome {
    let next = AtomicUsize::new(0);
    let mut table: Vec<Outcome> = vec![Outcome::default(); points.len()];
    let worker = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::SeqCst);
            let Some(point) = points.get(index) else { return done };
            done.extend(all_seeds(point, seeds).into_iter().map(|outcome| (index, outcome)));
        }
    };
    let done: Vec<(usize, Outcome)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..3).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    let mut sum = Outcome::default();
    for (point, outcome) in done {
        for total in [&mut table[point], &mut sum] {
            total.killed += outcome.killed;
            total.lost += outcome.lost;
            total.doubled_rows += outcome.doubled_rows;
            total.doubled_replies += outcome.doubled_replies;
            total.unaccounted += outcome.unaccounted;
            total.held += outcome.held;
        }
    }
    eprintln!(
        "{:<24} {:>6} {:>6} {:>9} {:>11} {:>11} {:>5}",
        "point", "killed", "lost", "rows 2×", "replies 2×", "unaccounted", "held"
    );
    for (point, outcome) in points.iter().zip(&table).chain([(&"all", &sum)]) {
        eprintln!(
            "{point:<24} {:>6} {:>6} {:>9} {:>11} {:>11} {:>5}",
            outcome.killed,
            outcome.lost,
            outcome.doubled_rows,
            outcome.doubled_replies,
            outcome.unaccounted,
            outcome.held
        );
    }
    for (point, outcome) in points.iter().zip(&table) {
        assert!(outcome.killed >= seeds, "{point} killed {} times: the others prove nothing", outcome.killed);
    }
    sum
}

fn zeros(sum: Outcome) {
    let Outcome { lost, doubled_rows, doubled_replies, unaccounted, .. } = sum;
    assert_eq!((lost, doubled_rows, doubled_replies, unaccounted), (0, 0, 0, 0));
}

#[test]
fn a_sample_of_the_torture_shows_zeros() {
    zeros(torture(&["intake::committed", "record::before_commit", "smtp::dot", "smtp::accepted", "mark::copied"], 2));
}

#[test]
#[ignore = "long: `make torture`"]
fn torture_at_every_point_with_many_seeds_shows_zeros() {
    let seeds = env::var("SVODKA_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(20);
    assert!(POINTS.len() >= 25);
    zeros(torture(POINTS, seeds));
}
