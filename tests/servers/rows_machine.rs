//! Rows 33 to 37 of the table of faults: what the machine under the daemon can do.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use sqlx::{Connection as _, SqliteConnection};
use svodka::{fault::CLOCK, store::OutboxState};

use crate::harness::{Account, Act, Event, Proxy, Setup, Speaks, mails::sends, wait_for};

/// A small disk in memory; gone with the test.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount(size: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("svodka-disk-").tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(folder.path())
            .status()
            .unwrap();
        assert!(mounted.success(), "a small disk needs the right to mount: run `make test` as root or with sudo");
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Fills it to the last byte; gives the file to be removed.
    fn fill(&self) -> PathBuf {
        let path = self.path().join("filler");
        let mut file = File::create(&path).unwrap();
        for size in [65536, 4096] {
            while file.write_all(&vec![b'x'; size]).is_ok() {}
        }
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.path()).status();
    }
}

/// Everything that is marked in the mailbox.
fn marked(account: &Account) -> usize {
    let keywords = ["$SvodkaConfirmed", "$SvodkaRequested", "$SvodkaReview", "$SvodkaAutomatic", "$SvodkaOwn"];
    let mut imap = account.imap();
    keywords.into_iter().map(|keyword| imap.count(&format!("KEYWORD {keyword}"))).sum()
}

#[test]
fn row_33_a_full_disk_pauses_everything_flags_nothing_and_resumes_by_itself() {
    let disk = SmallDisk::mount("4m");
    let setup = Setup::new("row33").store_in(disk.path());
    setup.pass();
    let mut daemon = setup.start();
    daemon.wait_log("watching");
    let filler = disk.fill();
    let school = sends("04-podporozhye-missing", &setup);
    daemon.wait_log("a pass failed");
    // It goes on trying, and does nothing else meanwhile.
    let tries = Instant::now();
    while tries.elapsed() < Duration::from_secs(2) {
        assert!(daemon.runs());
        assert!(school.messages("INBOX").is_empty());
        thread::yield_now();
    }
    assert_eq!(marked(&setup.account), 0);
    let said = daemon
        .log()
        .lines()
        .filter(|line| line.contains("a pass failed"))
        .map(|line| line[27..].to_owned())
        .collect::<Vec<_>>();
    assert_eq!(said.iter().collect::<BTreeSet<_>>().len(), said.len(), "each is said once: {said:?}");
    fs::remove_file(filler).unwrap();
    school.wait_for("INBOX", 1);
    assert!(daemon.terminate().success());
    setup.reconcile();
    assert_eq!(school.messages("INBOX").len(), 1);
    assert!(marked(&setup.account) >= 1);
    setup.verify();
}

/// Holds the database's write lock for so long.
fn locked_for(setup: &Setup, time: Duration) {
    let database = setup.database();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let url = format!("sqlite://{}", database.display());
        let mut other = SqliteConnection::connect(&url).await.unwrap();
        sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
        tokio::time::sleep(time).await;
        sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
        other.close().await.unwrap();
    });
}

fn row_34(time: Duration) {
    let setup = Setup::new("row34");
    setup.pass();
    let mut daemon = setup.start();
    daemon.wait_log("watching");
    let school = thread::scope(|scope| {
        let held = scope.spawn(|| locked_for(&setup, time));
        let school = sends("04-podporozhye-missing", &setup);
        held.join().unwrap();
        school
    });
    assert!(daemon.runs());
    school.wait_for("INBOX", 1);
    assert!(daemon.terminate().success());
    setup.reconcile();
    assert_eq!(school.messages("INBOX").len(), 1);
    setup.verify();
}

#[test]
fn row_34_a_database_that_is_locked_for_longer_than_a_statement_waits_is_waited_for() {
    // A statement waits for five seconds.
    row_34(Duration::from_secs(7));
}

#[test]
#[ignore = "a minute: `make torture`"]
fn torture_row_34_a_database_that_is_locked_for_a_minute_is_waited_for() {
    row_34(Duration::from_secs(60));
}

/// Where the file that `FSYNC_FAILS` names is there, no file with `FSYNC_OF` in its path can be brought to the disk; each
/// attempt leaves an x.
const SHIM: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <stdio.h>
static int broken(int fd) {
    const char *file = getenv("FSYNC_FAILS");
    char link[64], path[4096];
    if (!file || access(file, F_OK) != 0) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    if (!strstr(path, getenv("FSYNC_OF"))) return 0;
    FILE *calls = fopen(file, "a");
    if (calls) { fputc('x', calls); fclose(calls); }
    errno = EIO;
    return 1;
}
int fsync(int fd) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    return broken(fd) ? -1 : real(fd);
}
int fdatasync(int fd) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    return broken(fd) ? -1 : real(fd);
}
"#;

#[test]
fn row_35_a_failed_fsync_ends_the_process_and_is_never_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let (source, shim, broken) =
        (folder.path().join("shim.c"), folder.path().join("shim.so"), folder.path().join("broken"));
    fs::write(&source, SHIM).unwrap();
    let built = Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&shim, &source]).arg("-ldl").status();
    assert!(built.unwrap().success());
    // A stored mail, its folder, the database.
    for part in ["/files/unfinished/", "/files", ".db-wal"] {
        let mut setup = Setup::new("row35");
        setup.pass();
        for (key, value) in [("LD_PRELOAD", &shim), ("FSYNC_FAILS", &broken), ("FSYNC_OF", &PathBuf::from(part))] {
            setup.set_env(key, value.to_str().unwrap());
        }
        let mut daemon = setup.start();
        daemon.wait_log("watching");
        fs::write(&broken, "").unwrap();
        let school = sends("04-podporozhye-missing", &setup);
        let status = daemon.wait();
        assert_eq!(status.code(), Some(1), "{part}: {}", daemon.log());
        assert!(daemon.log().contains("dmesg"), "{part}: {}", daemon.log());
        let calls = fs::read_to_string(&broken).unwrap();
        assert_eq!(calls.len(), 1, "{part}: an fsync was tried again: {}", daemon.log());
        fs::remove_file(&broken).unwrap();
        setup.clear_env();
        setup.pass();
        assert_eq!(school.wait_for("INBOX", 1).len(), 1);
        setup.verify();
    }
}

#[test]
fn row_36_a_corrupt_database_is_refused_and_systemd_does_not_go_round_in_circles() {
    let setup = Setup::new("row36");
    sends("04-podporozhye-missing", &setup);
    setup.account.wait_for("INBOX", 1);
    setup.pass();
    let mut bytes = fs::read(setup.database()).unwrap();
    let half = bytes.len() / 2;
    bytes[4096..half].fill(0xa5);
    fs::write(setup.database(), &bytes).unwrap();
    for _ in 0..2 {
        let output = setup.run(&["run"]);
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("is damaged") && said.contains("restore the last backup"), "{said}");
    }
    assert_eq!(fs::read(setup.database()).unwrap(), bytes, "it is left as it was");
    let unit = include_str!("../../systemd/svodka.service");
    // `daemon::systemd` holds its pauses against these.
    assert!(unit.contains("StartLimitIntervalSec=1h\nStartLimitBurst=12\n"));
}

#[test]
fn row_37_a_clock_a_year_on_and_a_day_back_expires_nothing_and_sends_nothing_twice() {
    const DAY: i64 = 24 * 3600;
    let proxy = Proxy::start(Speaks::Smtp, |_: &Event<'_>| Act::Pass);
    proxy.refuse(true);
    let mut setup = Setup::new("row37").smtp_by(&proxy).time("alert_after", "1h");
    let clock = setup.file("clock");
    fs::write(&clock, "0").unwrap();
    setup.set_env(CLOCK, clock.to_str().unwrap());
    let schools = ["04-podporozhye-missing", "02-roshchino-form", "12-zip"].map(|sample| sends(sample, &setup));
    let daemon = setup.start();
    setup.wait_counted("matched", 3);
    for (times, seconds) in [(1, 365 * DAY), (2, -DAY)] {
        let new = setup.file("clock.new");
        fs::write(&new, seconds.to_string()).unwrap();
        fs::rename(&new, &clock).unwrap();
        wait_for("the step to be noticed", || {
            (daemon.log().matches("the clock was set anew").count() == times).then_some(())
        });
        let tried = proxy.connections();
        wait_for("a few attempts", || (proxy.connections() >= tried + 3).then_some(()));
        assert_eq!(setup.letters(OutboxState::Failed), 0);
    }
    assert!(schools.iter().all(|school| school.messages("INBOX").is_empty()));
    proxy.refuse(false);
    for school in &schools {
        school.wait_for("INBOX", 1);
    }
    assert!(daemon.terminate().success());
    setup.reconcile();
    assert_eq!(setup.letters(OutboxState::Sent), 3);
    assert!(schools.iter().all(|school| school.messages("INBOX").len() == 1));
    setup.verify();
}
