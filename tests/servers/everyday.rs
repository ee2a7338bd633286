//! What happens on a day without faults.

use svodka::store::OutboxState;

use crate::harness::{
    Account, Act, Event, Proxy, Servers, Setup, Side, Speaks,
    client::Imap,
    mails::{Sender, deliver, header, letter, sends, subject},
    wait_for,
};

/// Samples, and what the subject of their answer holds.
const ANSWERED: [(&str, &str); 7] = [
    ("01-kirishi-complete", "получена"),
    ("02-roshchino-form", "требуется дополнить"),
    ("04-podporozhye-missing", "требуется дополнить"),
    ("05-vazhiny-invalid", "требуется дополнить"),
    ("12-zip", "требуется дополнить"),
    ("08-outside", "письмо получено"),
    ("24-text-form", "требуется дополнить"),
];

#[test]
fn a_hundred_mails_are_all_answered_and_each_as_it_should_be() {
    let servers = Servers::shared();
    let setup = Setup::new("hundred");
    let daemon = setup.start();
    let mut sender = Sender::connect();
    let mut answered = 0;
    while answered < 100 {
        // One mail of each school at a time: a second one would take the place of the first.
        let round = ANSWERED.map(|(sample, words)| (servers.account("school"), sample, words));
        for (school, sample, _) in &round {
            sender.send(school, &setup.account, &letter(sample, school, &setup.account));
        }
        for (school, sample, words) in &round {
            let replies = school.wait_for("INBOX", 1);
            assert!(subject(&replies[0]).contains(words), "{sample}: {}", subject(&replies[0]));
            assert_eq!(header(&replies[0], "Auto-Submitted"), "auto-replied");
            assert_eq!(replies.len(), 1);
            answered += 1;
        }
    }
    assert!(daemon.terminate().success());
    setup.reconcile();
    assert_eq!(setup.counted("received"), answered);
    assert_eq!(setup.letters(OutboxState::Sent), answered);
    setup.verify();
}

#[test]
fn what_is_left_is_not_touched_in_any_way_and_what_machines_write_is_not_answered() {
    let setup = Setup::new("left");
    let left = sends("11-leave", &setup);
    let machine = sends("09-out-of-office", &setup);
    setup.account.wait_for("INBOX", 2);
    setup.pass();
    setup.pass();
    let mut imap = setup.account.imap();
    imap.command("EXAMINE INBOX");
    let flags = imap.command("FETCH 1:* (FLAGS BODY.PEEK[HEADER.FIELDS (FROM)])").join("\n");
    let of = |account: &Account| {
        let at = flags.find(&account.address).unwrap();
        flags[..at].rsplit("FLAGS (").next().unwrap().split(')').next().unwrap().replace("\\Recent", "")
    };
    assert_eq!(of(&left).trim(), "");
    assert_eq!(of(&machine).trim(), "$SvodkaAutomatic");
    assert!(left.messages("INBOX").is_empty() && machine.messages("INBOX").is_empty());
    assert_eq!((setup.counted("other"), setup.counted("automatic")), (1, 1));
}

#[test]
fn what_a_person_decides_is_shown_in_the_place_of_what_was_shown_before() {
    let setup = Setup::new("ruled");
    sends("07-ambiguous-number", &setup);
    setup.account.wait_for("INBOX", 1);
    setup.pass();
    let shown = || {
        let mut imap = setup.account.imap();
        imap.command("EXAMINE INBOX");
        ["$SvodkaReview", "$SvodkaRequested"].map(|keyword| imap.count(&format!("KEYWORD {keyword}")))
    };
    assert_eq!(shown(), [1, 0]);
    assert!(setup.run(&["review", "assign", "1", "kirishi-3"]).status.success());
    setup.pass();
    assert_eq!(shown(), [0, 1]);
    assert!(setup.run(&["review", "undo", "1"]).status.success());
    setup.pass();
    assert_eq!(shown(), [1, 0]);
}

#[test]
fn mails_are_moved_where_that_is_wanted() {
    let setup = Setup::new("moved").and("[mailbox.move]\nprocessed = \"Готово\"");
    let school = sends("04-podporozhye-missing", &setup);
    sends("07-ambiguous-number", &setup);
    sends("09-out-of-office", &setup);
    sends("11-leave", &setup);
    setup.account.wait_for("INBOX", 4);
    let daemon = setup.start();
    school.wait_for("INBOX", 1);
    // The copy of the reply, and the receipt for the doubtful form's sender with its copy, are our own.
    setup.account.wait_for("&BBMEPgRCBD4EMgQ+-", 1);
    setup.account.wait_for("Review", 1);
    wait_for("only what is left to stay", || (setup.account.messages("INBOX").len() == 1).then_some(()));
    assert!(daemon.terminate().success());
    setup.reconcile();
}

#[test]
fn starttls_is_as_good_as_tls_from_the_first_byte() {
    let servers = Servers::shared();
    let setup = Setup::new("starttls")
        .mailbox("tls = \"starttls\"")
        .mailbox(&format!("port = {}", servers.imap()))
        .smtp("tls = \"starttls\"")
        .smtp(&format!("port = {}", servers.submission()));
    assert!(setup.run(&["doctor"]).status.success());
    let school = sends("04-podporozhye-missing", &setup);
    let daemon = setup.start();
    school.wait_for("INBOX", 1);
    assert!(daemon.terminate().success());
    let clear = setup.mailbox("tls = \"none\"").run(&["doctor"]);
    assert_eq!(clear.status.code(), Some(2), "there is no way without encryption");
}

#[test]
fn a_token_command_logs_in_by_xoauth2_on_both_servers() {
    let setup = Setup::new("token");
    let token = Servers::shared().token(&setup.account);
    let command = format!("token_command = \"echo {token}\"");
    let setup = setup.mailbox_without("password_file").smtp_without("password_file").mailbox(&command).smtp(&command);
    let school = sends("04-podporozhye-missing", &setup);
    let daemon = setup.start();
    school.wait_for("INBOX", 1);
    assert!(daemon.terminate().success());
    let wrong = setup.mailbox("token_command = \"echo not.a.token\"");
    let doctor = wrong.run(&["doctor"]);
    assert!(String::from_utf8_lossy(&doctor.stdout).contains(": login: "), "{doctor:?}");
}

#[test]
fn passwords_may_be_credentials_of_systemd() {
    let setup = Setup::new("credential")
        .mailbox_without("password_file")
        .smtp_without("password_file")
        .mailbox("credential = \"password\"")
        .smtp("credential = \"password\"");
    let folder = setup.file("").display().to_string();
    let setup = setup.env("CREDENTIALS_DIRECTORY", &folder);
    let school = sends("04-podporozhye-missing", &setup);
    setup.account.wait_for("INBOX", 1);
    setup.pass();
    school.wait_for("INBOX", 1);
}

#[test]
fn a_first_run_on_an_old_mailbox_answers_nothing_from_before_the_campaign() {
    let setup = Setup::new("old");
    let school = Servers::shared().account("school");
    let old = letter("04-podporozhye-missing", &school, &setup.account);
    setup.account.append(&old, "01-Jan-2020 10:00:00 +0300");
    // Moved from another server today, but written long before.
    let head = String::from_utf8_lossy(&old);
    let date = head.lines().find(|line| line.starts_with("Date: ")).unwrap().to_owned();
    let moved = head.replace(&date, "Date: Wed, 01 Jan 2020 10:00:00 +0300");
    setup.account.append(moved.as_bytes(), "10-Nov-2026 10:00:00 +0300");
    setup.pass();
    setup.pass();
    assert!(school.messages("INBOX").is_empty());
    assert_eq!(setup.counted("received"), 1);
    let said = setup.run(&["mailbox", "reconcile"]);
    assert!(String::from_utf8_lossy(&said.stdout).contains("1 stored + 1 from before the campaign + 0 unaccounted"));
}

#[test]
fn people_may_read_the_mailbox_first() {
    let setup = Setup::new("read");
    let school = sends("04-podporozhye-missing", &setup);
    setup.account.wait_for("INBOX", 1);
    let mut person = setup.account.imap();
    person.command("SELECT INBOX");
    person.command("STORE 1 +FLAGS (\\Seen \\Flagged)");
    setup.pass();
    school.wait_for("INBOX", 1);
    let flags = person.command("FETCH 1 (FLAGS)").join(" ");
    assert!(flags.contains("\\Seen") && flags.contains("\\Flagged"), "{flags}");
}

#[test]
fn several_mailboxes_answer_each_from_its_own_address() {
    let servers = Servers::shared();
    let second = servers.account("second");
    let section = format!(
        "[[mailbox]]\nkind = \"imap\"\nhost = \"localhost\"\nport = {}\nuser = \"{}\"\npassword_file = \"password\"\n\
         ca_file = \"{}\"\naddress = \"{}\"",
        servers.imaps(),
        second.user,
        servers.ca_file().display(),
        second.address
    );
    let setup = Setup::new("first").and(&section);
    let daemon = setup.start();
    let to_first = sends("04-podporozhye-missing", &setup);
    let to_second = servers.account("school");
    deliver(&to_second, &second, &letter("02-roshchino-form", &to_second, &second));
    let replies = [to_first.wait_for("INBOX", 1), to_second.wait_for("INBOX", 1)];
    assert!(header(&replies[0][0], "From").contains(&setup.account.address));
    assert!(header(&replies[1][0], "From").contains(&second.address));
    assert!(header(&replies[1][0], "Return-Path").contains(&second.address));
    assert!(daemon.terminate().success());
    assert_eq!(setup.counted("received"), 2);
}

#[test]
fn a_message_over_the_limit_is_stored_as_its_beginning_and_goes_to_a_person() {
    let proxy = Proxy::start(Speaks::Imap, |_: &Event<'_>| Act::Pass);
    let setup = Setup::new("large").imap_by(&proxy);
    let school = Servers::shared().account("school");
    let mut large = letter("04-podporozhye-missing", &school, &setup.account);
    let line = [vec![b'x'; 76], b"\r\n".to_vec()].concat();
    while large.len() <= 65 << 20 {
        large.extend(line.repeat(10_000));
    }
    setup.account.append(&large, "10-Nov-2026 10:00:00 +0300");
    let daemon = setup.start();
    setup.wait_counted("review", 1);
    let peak = daemon.peak();
    assert!(peak < 100_000, "{peak} kB");
    assert!(daemon.terminate().success());
    assert_eq!(proxy.count(Side::Client, "BODY.PEEK[])"), 0);
    assert!(school.messages("INBOX").is_empty());
    setup.verify();
}

#[test]
fn held_replies_wait_until_they_may_leave() {
    let setup = Setup::new("held").replies("grace = \"0s\"\nmode = \"hold\"");
    let school = sends("04-podporozhye-missing", &setup);
    setup.account.wait_for("INBOX", 1);
    setup.pass();
    assert_eq!(setup.letters(OutboxState::Queued), 1);
    let shown = setup.run(&["outbox", "list"]);
    assert!(String::from_utf8_lossy(&shown.stdout).contains("held for you"));
    let setup = setup.replies_again("grace = \"0s\"\nmode = \"send\"");
    setup.pass();
    school.wait_for("INBOX", 1);
}

#[test]
fn dovecot_runs_for_an_ordinary_user_too() {
    let dovecot = Servers::dovecot_as("nobody");
    let account = dovecot.named("reader");
    account.append(b"From: a@b.example\r\nSubject: x\r\n\r\nx\r\n", "10-Nov-2026 10:00:00 +0300");
    let mut imap: Imap = account.imap();
    imap.command("SELECT INBOX");
    assert!(imap.command("FETCH 1 (RFC822.SIZE)").join(" ").contains("RFC822.SIZE"));
    let setup = Setup::new("nobody")
        .mailbox(&format!("port = {}", dovecot.imaps()))
        .mailbox(&format!("ca_file = \"{}\"", dovecot.ca_file().display()))
        .mailbox("user = \"reader\"");
    setup.pass();
    assert_eq!(setup.counted("other"), 1);
}
