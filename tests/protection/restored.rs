//! A store that was restored answers nothing twice, loses nothing, and goes on with what comes.

use std::fs;

use jiff::fmt::rfc2822;
use svodka::clock::Clock;

use crate::office::{Office, said};

#[test]
fn what_was_answered_after_the_backup_is_read_in_and_not_answered_again() {
    let office = Office::at_work();
    let backup = office.backs_up();
    for mail in ["05-vazhiny-invalid", "06-lebyazhye-draft-only"] {
        office.gets(mail);
    }
    office.passes();
    let (standing, letters) = (office.standing("svodka.toml"), office.letters());
    office.loses_its_store();
    let output = office.does(&["restore", &backup.display().to_string()]);
    assert!(output.contains("their answers wait for a person too"), "{output}");
    office.passes();
    office.passes();
    assert_eq!(office.letters(), letters, "nobody is answered twice");
    assert_eq!(office.standing("svodka.toml"), standing, "nothing is lost");
    let held = office.does(&["outbox", "list"]);
    assert_eq!(held.matches("held for you").count(), 2, "{held}");
    office.does(&["audit", "verify"]);
    // What comes from now on is answered as ever.
    let soon = Clock::System.now() + jiff::SignedDuration::from_secs(1);
    let now = rfc2822::DateTimePrinter::new().timestamp_to_string(&soon).unwrap();
    office.gets_as("12-zip", &format!("Received: from mx.example by mail.committee.example; {now}\r\n"));
    crate::office::until("the mail is answered", || {
        office.passes();
        (office.letters().len() == letters.len() + 1).then_some(())
    });
    // And a person lets the others leave, or throws them away.
    office.does(&["outbox", "send", "--all"]);
    fs::remove_dir_all(office.path("outbox")).unwrap();
    fs::create_dir(office.path("outbox")).unwrap();
    office.passes();
    assert_eq!(office.letters().len(), 2);
}

#[test]
fn what_waited_when_the_backup_was_made_waits_for_a_person() {
    let office = Office::new();
    office.gets("01-kirishi-complete");
    // Nothing leaves before the backup.
    office.does(&["run", "--once", "--dry-run"]);
    let backup = office.backs_up();
    office.loses_its_store();
    let text = office.does(&["restore", &backup.display().to_string()]);
    assert!(text.contains("1 letters that waited then"), "{text}");
    office.passes();
    assert_eq!(office.letters(), Vec::<String>::new());
    assert!(office.does(&["outbox", "list"]).contains("held for you"));
}

#[test]
fn a_mail_that_is_moved_back_into_the_mailbox_later_is_not_answered_either() {
    let office = Office::at_work();
    let backup = office.backs_up();
    office.gets("05-vazhiny-invalid");
    office.passes();
    let letters = office.letters();
    let moved = office.listed("inbox/cur").into_iter().find(|name| name.contains("05-vazhiny")).unwrap();
    fs::rename(&moved, office.path("moved")).unwrap();
    office.loses_its_store();
    office.does(&["restore", &backup.display().to_string()]);
    office.passes();
    fs::rename(office.path("moved"), office.path("inbox/new/back")).unwrap();
    office.passes();
    assert_eq!(office.letters(), letters);
    assert!(office.does(&["outbox", "list"]).contains("held for you"));
}

#[test]
fn a_restore_touches_nothing_that_is_there() {
    let office = Office::at_work();
    let backup = office.backs_up().display().to_string();
    let database = fs::read(office.path("svodka.db")).unwrap();
    assert!(office.fails(&["restore", &backup]).contains("is there already"));
    assert_eq!(fs::read(office.path("svodka.db")).unwrap(), database);
    // A database is gone, its files are not: they may be worth more than those of the backup.
    fs::remove_file(office.path("svodka.db")).unwrap();
    assert!(office.fails(&["restore", &backup]).contains("is there already"));
    office.loses_its_store();
    let daemon = fs::File::options().write(true).open(office.path("svodka.db.lock")).unwrap();
    daemon.lock().unwrap();
    let output = office.runs(&["restore", &backup]);
    assert!(said(&output).contains("another svodka is running"), "{}", said(&output));
    drop(daemon);
    office.does(&["restore", &backup]);
}
