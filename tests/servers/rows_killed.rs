//! Rows 1 to 9 of the table of faults: killed, stopped, started twice.

use std::{fs, thread, time::Duration};

use svodka::{fault::FAULT, store::OutboxState};

use crate::harness::{
    Account, Act, Proxy, Setup, Side, Speaks,
    mails::{header, sends, subject},
    script::once,
    wait_for,
};

/// A school whose form lacks answers, and its mail on the way.
fn written_by_a_school(setup: &Setup) -> Account {
    let school = sends("04-podporozhye-missing", setup);
    setup.account.wait_for("INBOX", 1);
    school
}

/// Runs until the daemon is killed at this point, then again without the fault until it has nothing to do.
fn killed_at(point: &str, mut setup: Setup) -> (Setup, Account) {
    use std::os::unix::process::ExitStatusExt as _;
    setup.set_env(FAULT, point);
    let school = written_by_a_school(&setup);
    let mut daemon = setup.start();
    assert_eq!(daemon.wait().signal(), Some(9), "not killed at {point}: {}", daemon.log());
    setup.clear_env();
    setup.pass();
    (setup, school)
}

/// Once more, to see that nothing happens twice; then one reply is there, and one message is counted.
fn one_reply(setup: &Setup, school: &Account) {
    setup.wait_letters(OutboxState::Sent, 1);
    school.wait_for("INBOX", 1);
    setup.account.wait_for("INBOX", 2);
    setup.pass();
    setup.pass();
    assert_eq!(school.messages("INBOX").len(), 1);
    assert_eq!(setup.counted("received"), 1);
    setup.verify();
    setup.reconcile();
}

#[test]
fn row_01_killed_before_the_intake_commit_the_mail_is_fetched_again_and_there_once() {
    for point in ["imap::fetched", "intake::file_stored", "intake::before_commit"] {
        let (setup, school) = killed_at(point, Setup::new("row1"));
        one_reply(&setup, &school);
    }
}

#[test]
fn row_02_killed_after_the_intake_commit_the_mail_is_gone_on_with() {
    for point in ["intake::committed", "decide::decided", "record::before_commit"] {
        let (setup, school) = killed_at(point, Setup::new("row2"));
        one_reply(&setup, &school);
    }
}

#[test]
fn row_03_killed_after_the_outbox_commit_there_is_one_reply() {
    for point in ["record::committed", "lease::before_commit", "lease::committed", "smtp::recipients"] {
        let (setup, school) = killed_at(point, Setup::new("row3"));
        one_reply(&setup, &school);
    }
}

/// Held, shown, not sent again by itself; a person's word sends it under the same Message-ID.
fn held_until_a_person_says(point: &str) {
    let setup = Setup::new("row4").smtp("copy = false");
    let (setup, school) = killed_at(point, setup);
    setup.pass();
    assert_eq!(setup.letters(OutboxState::Ambiguous), 1);
    let first = school.messages("INBOX");
    assert!(first.len() <= 1);
    let shown = setup.run(&["outbox", "list"]);
    assert!(String::from_utf8_lossy(&shown.stdout).contains("in doubt"));
    let alert = wait_for("an alert in the mailbox", || {
        setup.account.messages("INBOX").into_iter().find(|mail| subject(mail).starts_with("Сводка:"))
    });
    assert!(String::from_utf8_lossy(&alert).contains("Auto-Submitted: auto-generated"));
    assert!(setup.run(&["outbox", "resend", "1"]).status.success());
    setup.pass();
    let replies = school.wait_for("INBOX", first.len() + 1);
    assert_eq!(replies.len(), first.len() + 1);
    if let Some(first) = first.first() {
        assert_eq!(header(first, "Message-ID"), header(&replies[1], "Message-ID"));
    }
}

#[test]
fn row_04_killed_behind_the_final_dot_the_letter_is_held() {
    held_until_a_person_says("smtp::dot");
}

#[test]
fn row_05_killed_behind_the_250_the_letter_is_held() {
    held_until_a_person_says("smtp::accepted");
}

#[test]
fn rows_04_and_05_the_copy_in_our_own_mailbox_settles_it() {
    for point in ["smtp::dot", "smtp::accepted", "settle::before_commit"] {
        let (setup, school) = killed_at(point, Setup::new("settled"));
        // Postfix has accepted it, and hands both copies over in its own time.
        setup.account.wait_for("INBOX", 2);
        setup.pass();
        one_reply(&setup, &school);
    }
}

#[test]
fn row_06_killed_before_the_mark_it_is_set_with_the_next_pass_and_nobody_is_answered_again() {
    for point in ["mark::begun", "mark::flagged", "mark::done"] {
        let (setup, school) = killed_at(point, Setup::new("row6"));
        one_reply(&setup, &school);
        assert_eq!(setup.account.imap().count("KEYWORD $SvodkaRequested"), 1);
    }
}

#[test]
fn row_07_a_second_instance_on_the_same_store_exits_and_says_so() {
    let setup = Setup::new("row7");
    let mut first = setup.start();
    first.wait_log("watching");
    let second = setup.run(&["run", "--once"]);
    assert_eq!(second.status.code(), Some(1));
    let said = String::from_utf8_lossy(&second.stderr);
    assert!(said.contains("another svodka is running on this store"), "{said}");
    assert!(first.runs());
    assert!(first.terminate().success());
}

#[test]
fn row_08_sigterm_while_sending_the_letter_is_finished_or_in_doubt() {
    let behind_the_dot = |event: &crate::harness::Event<'_>| event.from == Side::Server && event.command == ".";
    for (act, wanted) in [(Act::Delay(Duration::from_secs(1)), OutboxState::Sent), (Act::Hang, OutboxState::Ambiguous)]
    {
        let proxy = Proxy::start(Speaks::Smtp, once(behind_the_dot, act));
        let setup =
            Setup::new("row8").smtp_by(&proxy).smtp("copy = false").time("stop", "3s").time("smtp_final", "60s");
        written_by_a_school(&setup);
        let daemon = setup.start();
        proxy.wait_for(Side::Client, "DATA", 1);
        wait_for("the final dot", || proxy.transcript().iter().any(|said| said.line == ".").then_some(()));
        assert!(daemon.terminate().success());
        assert_eq!(setup.letters(wanted), 1);
    }
}

#[test]
fn row_09_a_killed_migration_is_run_again() {
    use std::os::unix::process::ExitStatusExt as _;
    let mut setup = Setup::new("row9");
    let school = written_by_a_school(&setup);
    for step in ["store::migrated@1", "store::migrated@2"] {
        setup.set_env(FAULT, step);
        assert_eq!(setup.run(&["run", "--once"]).status.signal(), Some(9));
    }
    setup.clear_env();
    setup.pass();
    one_reply(&setup, &school);
}

#[test]
fn a_stored_mail_that_cannot_be_read_goes_to_a_person_and_holds_up_nobody() {
    use std::os::unix::process::ExitStatusExt as _;
    let mut setup = Setup::new("unreadable");
    let hopeless = written_by_a_school(&setup);
    setup.set_env(FAULT, "intake::committed");
    assert_eq!(setup.run(&["run", "--once"]).status.signal(), Some(9));
    setup.clear_env();
    // Its bytes are damaged on the disk.
    let folders = fs::read_dir(setup.file("files")).unwrap().flatten().map(|entry| entry.path());
    let file = folders.filter(|path| !path.ends_with("unfinished")).find_map(|path| fs::read_dir(path).ok()?.next());
    fs::write(file.unwrap().unwrap().path(), "other bytes").unwrap();
    let sound = sends("02-roshchino-form", &setup);
    setup.account.wait_for("INBOX", 2);
    setup.pass();
    assert_eq!(sound.wait_for("INBOX", 1).len(), 1);
    assert!(hopeless.messages("INBOX").is_empty());
    assert_eq!((setup.counted("review"), setup.counted("matched")), (1, 1));
    setup.verify();
}

#[test]
fn killed_without_a_warning_at_any_moment_a_restart_finds_everything() {
    let setup = Setup::new("moments");
    let schools: Vec<Account> = (0..4).map(|_| written_by_a_school(&setup)).collect();
    // A kill between the first byte of a letter and its answer leaves it in doubt for good.
    let settled = || {
        let count = |state| setup.try_letters(state).unwrap_or_default();
        count(OutboxState::Sent) + count(OutboxState::Ambiguous)
    };
    let mut pause = 40;
    while settled() < 4 {
        assert!(pause < 3_000, "{} of 4 letters after {pause} ms", settled());
        let daemon = setup.start();
        thread::sleep(Duration::from_millis(pause));
        daemon.kill();
        pause += 30;
    }
    setup.reconcile();
    let held = usize::try_from(setup.letters(OutboxState::Ambiguous)).unwrap();
    assert_eq!(setup.letters(OutboxState::Sent), u64::try_from(4 - held).unwrap());
    let answers = || schools.iter().map(|school| school.messages("INBOX").len());
    wait_for("every letter that is sent to arrive", || (answers().sum::<usize>() >= 4 - held).then_some(()));
    assert!(answers().all(|count| count <= 1), "{:?}", answers().collect::<Vec<_>>());
    setup.verify();
}
