//! Killed in the middle: no half backup passes for a whole one, no half restore for a store, and the next try succeeds.

use std::{
    env, fs,
    os::unix::process::ExitStatusExt as _,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use sqlx::Connection as _;
use svodka::{
    digest::Sha256,
    fault::{BACKUP, ERASE, FAULT, RESTORE},
};

use crate::office::{Office, said, until};

/// How many times at a random moment; `make torture` sets it higher.
fn seeds() -> u64 {
    env::var("SVODKA_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(6)
}

/// Runs a command that dies at a point.
fn dies(office: &Office, args: &[&str], point: &str) {
    let output = office.command("svodka.toml", args).env(FAULT, point).output().unwrap();
    assert_eq!(output.status.signal(), Some(9), "{point}: {}", said(&output));
}

/// Runs a command and kills it at some time within that which it takes.
fn dies_at(office: &Office, args: &[&str], after: Duration) {
    let mut child = office.command("svodka.toml", args).stdout(std::process::Stdio::null()).spawn().unwrap();
    thread::sleep(after);
    let _ = child.kill();
    child.wait().unwrap();
}

/// Every folder that calls itself a backup is one, the store is unharmed, and the next backup is made and sweeps up.
fn judge_backups(office: &Office, standing: &serde_json::Value) {
    assert_eq!(&office.standing("svodka.toml"), standing);
    for backup in office.backups() {
        office.proves(&backup, standing);
    }
    let new = office.backs_up();
    office.proves(&new, standing);
    let left = office.listed("backups").into_iter().filter(|name| name.contains("unfinished")).count();
    assert_eq!(left, 0);
    office.does(&["audit", "verify"]);
    office.passes();
}

#[test]
fn a_backup_killed_at_any_point_is_none_or_whole() {
    let office = Office::at_work();
    let standing = office.standing("svodka.toml");
    let target = office.text("backups");
    office.backs_up();
    for point in BACKUP {
        let before = office.backups().len();
        until("another second", || {
            let output = office.command("svodka.toml", &["backup", &target, "--keep", "1"]).env(FAULT, point).output();
            let output = output.unwrap();
            if said(&output).contains("is there already") {
                return None;
            }
            assert_eq!(output.status.signal(), Some(9), "{point}: {}", said(&output));
            Some(())
        });
        let made = usize::from(matches!(*point, "backup::renamed"));
        // One was made, and the first of the old ones is no backup any more.
        let expected = if *point == "backup::removing" { before } else { before + made };
        assert_eq!(office.backups().len(), expected, "{point}");
        judge_backups(&office, &standing);
    }
}

#[test]
fn a_backup_killed_at_any_moment_is_none_or_whole() {
    let office = Office::at_work();
    let standing = office.standing("svodka.toml");
    let target = office.text("backups");
    let begun = Instant::now();
    office.backs_up();
    let takes = begun.elapsed();
    let mut random = fastrand::Rng::with_seed(11);
    for _ in 0..seeds() {
        dies_at(&office, &["backup", &target], takes.mul_f64(random.f64()));
        judge_backups(&office, &standing);
    }
}

/// The daemon takes nothing for a store that is none, and the restore that is run again ends well.
fn judge_restore(office: &Office, backup: &str, standing: &serde_json::Value) {
    let there = office.path("svodka.db").exists();
    let begun = office.path("svodka.db.restoring").exists();
    let letters = office.letters();
    if !there {
        if begun {
            let text = office.fails(&["run", "--once"]);
            assert!(text.contains("run `svodka restore` again"), "{text}");
            assert!(!office.path("svodka.db").exists());
        }
        office.does(&["restore", backup]);
    }
    assert_eq!(&office.standing("svodka.toml"), standing);
    office.does(&["audit", "verify"]);
    office.passes();
    assert_eq!(office.letters(), letters, "nothing is answered twice");
    let left = ["restoring", "restoring-journal"].map(|end| office.path(&format!("svodka.db.{end}")).exists());
    assert_eq!(left, [false, false]);
    office.loses_its_store();
}

#[test]
fn a_restore_killed_at_any_point_leaves_no_store_or_a_whole_one() {
    let office = Office::at_work();
    let standing = office.standing("svodka.toml");
    let backup = office.backs_up().display().to_string();
    office.loses_its_store();
    for point in RESTORE {
        dies(&office, &["restore", &backup], point);
        assert_eq!(office.path("svodka.db").exists(), *point == "restore::renamed", "{point}");
        judge_restore(&office, &backup, &standing);
    }
}

#[test]
fn a_restore_killed_at_any_moment_leaves_no_store_or_a_whole_one() {
    let office = Office::at_work();
    let standing = office.standing("svodka.toml");
    let backup = office.backs_up().display().to_string();
    let begun = Instant::now();
    office.does(&["restore", &backup, "--into", &office.text("drill")]);
    let takes = begun.elapsed();
    fs::remove_dir_all(office.path("drill")).unwrap();
    office.loses_its_store();
    let mut random = fastrand::Rng::with_seed(12);
    for _ in 0..seeds() {
        dies_at(&office, &["restore", &backup], takes.mul_f64(random.f64()));
        judge_restore(&office, &backup, &standing);
    }
}

#[test]
fn an_erasure_killed_at_any_point_is_none_or_goes_on() {
    for point in ERASE {
        let office = Office::at_work();
        let before = office.standing("svodka.toml");
        dies(&office, &["erase", "--school", "kirishi-3", "--yes"], point);
        office.does(&["audit", "verify"]);
        let after = office.standing("svodka.toml");
        assert_eq!(after == before, *point == "erase::before_commit", "{point}");
        // Whoever comes next brings it to its end: the daemon by itself, or the same command.
        if *point == "erase::before_commit" || *point == "erase::rows" {
            office.does(&["erase", "--school", "kirishi-3", "--yes"]);
        } else {
            office.passes();
        }
        let letters = office.letters();
        office.passes();
        assert_eq!(office.letters(), letters, "{point}: nothing is answered again");
        let standing = office.standing("svodka.toml");
        assert_eq!(standing["messages"]["received"], 4, "{point}: {standing}");
        let raw = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mails/01-kirishi-complete.eml"));
        let name = Sha256::of(&raw.unwrap()).to_string();
        let file = office.path("files").join(name.get(..2).unwrap()).join(format!("{name}.zst"));
        assert!(!file.exists(), "{point}");
        // Nothing of it in the database either, nor in its log.
        for end in ["", "-wal"] {
            let bytes = fs::read(office.path(&format!("svodka.db{end}"))).unwrap_or_default();
            assert!(memchr::memmem::find(&bytes, b"01-kirishi-complete@").is_none(), "{point}{end}");
        }
        let text = office.does(&["erase", "--school", "kirishi-3", "--dry-run"]);
        assert!(text.starts_with("nothing of it is in the store"), "{point}: {text}");
    }
}

#[test]
fn the_daemon_erases_what_was_kept_as_long_as_its_campaign_says() {
    let office = Office::at_work();
    let standing = office.standing("svodka.toml");
    // Its last day is in 2099.
    office.does(&["run", "--once", "--as-of", "2102-01-01T00:00:00Z"]);
    assert_eq!(office.standing("svodka.toml"), standing, "nothing is said, nothing is erased");
    let file = office.path("campaign.toml");
    let text = format!("keep = \"730d\"\n{}", fs::read_to_string(&file).unwrap());
    fs::write(&file, text).unwrap();
    office.does(&["run", "--once", "--as-of", "2101-11-28T00:00:00Z"]);
    assert_eq!(office.standing("svodka.toml"), standing, "it is the day before");
    office.does(&["run", "--once", "--as-of", "2101-12-02T00:00:00Z"]);
    let left = office.standing("svodka.toml");
    assert_eq!(left["messages"]["received"], 0, "{left}");
    let letters = office.letters();
    office.does(&["run", "--once", "--as-of", "2101-12-03T00:00:00Z"]);
    assert_eq!(office.letters(), letters, "what lies in the mailbox still is not answered again");
    let folders = office.listed("files").into_iter().filter(|name| !name.contains("unfinished"));
    assert_eq!(folders.flat_map(|folder| fs::read_dir(folder).unwrap()).count(), 0);
    office.does(&["audit", "verify"]);
}

/// Does something with a database.
fn with<T>(file: &str, act: impl AsyncFnOnce(&mut sqlx::SqliteConnection) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut database = sqlx::SqliteConnection::connect(&format!("sqlite://{file}?mode=rwc")).await.unwrap();
        let done = act(&mut database).await;
        database.close().await.unwrap();
        done
    })
}

#[test]
fn an_upgrade_killed_at_any_point_keeps_the_copy_of_before_and_goes_on() {
    for fault in ["upgrade::copied", "store::migrated@7", "store::migrated@8"] {
        let office = Office::new();
        with(&office.text("svodka.db"), async |database| {
            sqlx::migrate!("migrations/sqlite").run_to(6, database).await.unwrap();
        });
        dies(&office, &["run", "--once"], fault);
        office.gets("02-roshchino-form");
        office.passes();
        assert_eq!(office.letters().len(), 1, "{fault}");
        let beside = office.listed(".").into_iter().filter(|name| name.contains(".before-")).collect::<Vec<_>>();
        let [copy] = beside.as_slice() else { panic!("{fault}: {beside:?}") };
        assert!(!copy.ends_with("unfinished"), "{copy}");
        let schema: i64 = with(copy, async |database| {
            sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(database).await.unwrap()
        });
        assert_eq!(schema, 6, "{fault}: the way back");
        office.does(&["audit", "verify"]);
    }
}

#[test]
fn while_mails_come_in_an_erasure_takes_no_file_that_a_new_one_names() {
    let office = Office::at_work();
    let daemon = office.starts();
    // Mails of their own, all with the same document.
    for round in 0..12 {
        for number in 0..4 {
            office.gets_as("02-roshchino-form", &format!("X-Number: {}\r\n", "x".repeat(round * 4 + number)));
        }
        office.does(&["erase", "--before", "2100-01-01", "--yes"]);
    }
    drop(daemon);
    office.passes();
    // A backup says of each file that a row names whether it is there.
    let backup = office.backs_up();
    office.proves(&backup, &office.standing("svodka.toml"));
    office.does(&["mailbox", "reconcile"]);
    let undecided = office.does(&["erase", "--before", "2100-01-01", "--dry-run"]);
    office.does(&["erase", "--before", "2100-01-01", "--yes"]);
    let folders = office.listed("files").into_iter().filter(|name| !name.contains("unfinished"));
    assert_eq!(folders.flat_map(|folder| fs::read_dir(folder).unwrap()).count(), 0, "{undecided}");
}
