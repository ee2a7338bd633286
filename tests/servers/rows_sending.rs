//! Rows 25 to 32 of the table of faults: what a server that takes our mail, and the way to it, can do.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use jiff::SignedDuration;
use svodka::{
    config::Times,
    message::Address,
    store::{Incident, OutboxState},
};

use crate::harness::{
    Account, Act, Event, Gate, Proxy, Running, Servers, Setup, Side, Speaks,
    mails::{alerted, deliver, letter, now, sends, subject},
    script::{always, once},
    servers::PASSWORD,
    wait_for,
};

fn from_a_school(setup: &Setup) -> Account {
    sends("04-podporozhye-missing", setup)
}

/// A proxy that answers a line of the client itself, the first time: the server never hears it.
fn refusing(line: &'static str, answer: &'static str) -> Proxy {
    let fits = move |event: &Event<'_>| event.from == Side::Client && event.line == line;
    Proxy::start(Speaks::Smtp, once(fits, Act::Answer(answer.as_bytes().to_vec())))
}

/// A proxy that gives one answer in place of the server's, to the first command with these words.
fn answering(words: &'static str, answer: &'static str) -> Proxy {
    let fits = move |event: &Event<'_>| event.from == Side::Server && event.command.starts_with(words);
    Proxy::start(Speaks::Smtp, once(fits, Act::Replace(answer.as_bytes().to_vec())))
}

/// The one reply is there, and there is never a second one.
fn answered_once(setup: &Setup, daemon: Running, school: &Account) {
    school.wait_for("INBOX", 1);
    setup.wait_letters(OutboxState::Sent, 1);
    assert!(daemon.terminate().success());
    setup.reconcile();
    assert_eq!(school.messages("INBOX").len(), 1);
    setup.verify();
}

#[test]
fn row_25_421_defers() {
    const GOODBYE: &str = "421 4.3.2 shutting down\r\n";
    for command in ["EHLO", "AUTH", "MAIL", "RCPT", "DATA", "."] {
        let proxy = if command == "." { refusing(command, GOODBYE) } else { answering(command, GOODBYE) };
        let setup = Setup::new("row25").smtp_by(&proxy);
        let school = from_a_school(&setup);
        let daemon = setup.start();
        answered_once(&setup, daemon, &school);
        assert!(proxy.connections() >= 2, "{command}");
    }
}

#[test]
fn row_26_greylisting_is_tried_again_later_and_succeeds() {
    for answer in ["450 4.2.0 greylisted\r\n", "451 4.7.1 try later\r\n"] {
        let proxy = answering("RCPT", answer);
        let setup = Setup::new("row26").smtp_by(&proxy).time("retry_first", "1s");
        let school = from_a_school(&setup);
        let daemon = setup.start();
        school.wait_for("INBOX", 1);
        let asked: Vec<_> =
            proxy.transcript().into_iter().filter(|said| said.line.starts_with("RCPT TO:<school")).collect();
        assert_eq!(asked.len(), 2);
        assert!(asked[1].at - asked[0].at >= Duration::from_millis(950), "{:?}", asked[1].at - asked[0].at);
        answered_once(&setup, daemon, &school);
    }
    assert!(Times::default().retry_first >= SignedDuration::from_mins(5));
}

#[test]
fn row_27_550_is_tried_once_the_address_rests_for_60_days_and_staff_are_told() {
    let servers = Servers::shared();
    let (unknown, staff) = (servers.named("unknown"), servers.account("staff"));
    let proxy = Proxy::start(Speaks::Smtp, |_: &Event<'_>| Act::Pass);
    let setup = Setup::new("row27")
        .smtp_by(&proxy)
        .time("suppress", "1440h")
        .and(&format!("[staff]\naddresses = [\"{}\"]", staff.address));
    deliver(&staff, &setup.account, &letter("04-podporozhye-missing", &unknown, &setup.account));
    let daemon = setup.start();
    let alert = staff.wait_for("INBOX", 1);
    let alert = mail_parser::MessageParser::default().parse(&alert[0]).unwrap().body_text(0).unwrap().into_owned();
    assert!(alert.contains("unknown@test.local") && alert.contains("550 5.1.1"), "{alert}");
    deliver(&staff, &setup.account, &letter("02-roshchino-form", &unknown, &setup.account));
    setup.wait_letters(OutboxState::Failed, 2);
    assert!(daemon.terminate().success());
    assert_eq!(proxy.count(Side::Client, "RCPT TO:<unknown"), 1);
    let address = Address::parse(&unknown.address).unwrap();
    let until = setup.read(async |store| store.suppressed(&address, now()).await.unwrap().unwrap());
    let days = until.duration_since(now()).as_hours() / 24;
    assert!((59..=60).contains(&days), "{days}");
    assert_eq!(Times::default().suppress, SignedDuration::from_hours(60 * 24));
}

#[test]
fn row_28_552_and_554_and_a_refused_content_are_for_good_and_staff_are_told() {
    for proxy in [
        refusing(".", "552 5.3.4 too large\r\n"),
        refusing(".", "554 5.7.1 spam\r\n"),
        refusing(".", "550 spam message rejected\r\n"),
        answering("DATA", "554 5.7.1 spam\r\n"),
    ] {
        let setup = Setup::new("row28").smtp_by(&proxy);
        let school = from_a_school(&setup);
        let daemon = setup.start();
        alerted(&setup.account, "не удалось доставить");
        assert!(daemon.terminate().success());
        assert_eq!(setup.letters(OutboxState::Failed), 1);
        let address = Address::parse(&school.address).unwrap();
        let rests = setup.read(async |store| store.suppressed(&address, now()).await.unwrap());
        assert_eq!(rests, None, "it is the letter that was refused, not the address");
        assert_eq!(proxy.count(Side::Client, "RCPT TO:<school"), 1);
        assert!(school.messages("INBOX").is_empty());
    }
}

#[test]
fn row_29_535_pauses_the_outbox_spends_no_tries_and_is_alerted_through_the_mailbox() {
    let proxy = Proxy::start(Speaks::Smtp, |_: &Event<'_>| Act::Pass);
    let setup = Setup::new("row29").smtp_by(&proxy).smtp("password_file = \"wrong\"").time("login_pause", "1s");
    fs::write(setup.file("wrong"), "not the password").unwrap();
    let school = from_a_school(&setup);
    let daemon = setup.start();
    alerted(&setup.account, "войти на сервер исходящей почты");
    proxy.wait_for(Side::Client, "AUTH", 2);
    setup.wait_letters(OutboxState::Queued, 1);
    let incidents: Vec<Incident> = setup.read(async |store| store.incidents().await.unwrap());
    assert_eq!(incidents.len(), 1);
    assert!(incidents[0].kind == "smtp_login" && incidents[0].detail.contains("535"), "{incidents:?}");
    let doctor = setup.run(&["doctor"]);
    assert!(String::from_utf8_lossy(&doctor.stdout).contains(": login: 535"));
    fs::write(setup.file("wrong"), PASSWORD).unwrap();
    answered_once(&setup, daemon, &school);
    setup.read(async |store| assert!(store.incidents().await.unwrap().is_empty()));
    let alerts =
        setup.account.messages("INBOX").iter().filter(|mail| subject(mail).contains("войти на сервер")).count();
    assert_eq!(alerts, 1);
}

fn silent_behind_the_dot() -> Proxy {
    let fits = |event: &Event<'_>| event.from == Side::Server && event.command == ".";
    Proxy::start(Speaks::Smtp, once(fits, Act::Hang))
}

#[test]
fn row_30_silence_behind_the_dot_is_a_doubt_that_nobody_resolves_by_sending_again() {
    let proxy = silent_behind_the_dot();
    let setup = Setup::new("row30").smtp_by(&proxy).smtp("copy = false").time("smtp_final", "1s");
    let school = from_a_school(&setup);
    let daemon = setup.start();
    alerted(&setup.account, "не удалось доставить");
    assert_eq!(setup.letters(OutboxState::Ambiguous), 1);
    assert!(daemon.terminate().success());
    setup.pass();
    assert_eq!(school.wait_for("INBOX", 1).len(), 1);
    assert!(setup.run(&["outbox", "delivered", "1"]).status.success());
    assert_eq!(setup.letters(OutboxState::Ambiguous), 0);
    setup.pass();
    assert_eq!(school.messages("INBOX").len(), 1);
}

#[test]
fn row_30_the_copy_in_our_own_mailbox_settles_the_doubt_by_itself() {
    let proxy = silent_behind_the_dot();
    let setup = Setup::new("row30").smtp_by(&proxy).time("smtp_final", "1s").time("settle", "1m");
    let school = from_a_school(&setup);
    let daemon = setup.start();
    answered_once(&setup, daemon, &school);
    let inbox = setup.account.messages("INBOX");
    assert!(inbox.iter().all(|mail| !subject(mail).starts_with("Сводка:")), "staff need not hear of it");
}

#[test]
fn row_30_the_sent_folder_of_the_server_settles_the_doubt_by_itself() {
    let proxy = silent_behind_the_dot();
    let setup = Setup::new("row30")
        .smtp_by(&proxy)
        .smtp("copy = false")
        .mailbox("sent_folder = \"Sent\"")
        .time("smtp_final", "2s")
        .time("settle", "1m");
    let school = from_a_school(&setup);
    let daemon = setup.start();
    // As servers do that keep what they send.
    let reply = school.wait_for("INBOX", 1).remove(0);
    let mut server = setup.account.imap();
    server.command("CREATE Sent");
    server.append("Sent", &reply, "10-Nov-2026 10:00:00 +0300");
    setup.wait_letters(OutboxState::Sent, 1);
    assert!(daemon.terminate().success());
    assert_eq!(school.messages("INBOX").len(), 1);
}

#[test]
fn row_30_a_search_that_the_server_refuses_leaves_no_other_folder_selected() {
    let wrong = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&wrong);
    let mut last = String::new();
    let imap = Proxy::start(Speaks::Imap, move |event: &Event<'_>| {
        if event.asks("EXAMINE") || event.asks("SELECT") {
            last = event.line.to_owned();
        }
        if event.asks("SEARCH HEADER") && last.contains("Sent") {
            let tag = event.line.split(' ').next().unwrap();
            return Act::Answer(format!("{tag} NO [SERVERBUG] not now\r\n").into_bytes());
        }
        seen.fetch_or(event.asks("UID STORE") && last.contains("Sent"), Ordering::SeqCst);
        Act::Pass
    });
    let smtp = silent_behind_the_dot();
    let setup = Setup::new("row30")
        .imap_by(&imap)
        .smtp_by(&smtp)
        .smtp("copy = false")
        .mailbox("sent_folder = \"Sent\"")
        .time("smtp_final", "1s")
        .time("settle", "1m");
    setup.account.imap().command("CREATE Sent");
    from_a_school(&setup);
    let daemon = setup.start();
    imap.wait_for(Side::Client, "SEARCH HEADER", 4);
    assert!(imap.connections() >= 2, "the session is in doubt and is given up");
    let before = imap.count(Side::Client, "UID STORE");
    from_a_school(&setup);
    imap.wait_for(Side::Client, "UID STORE", before + 1);
    assert!(daemon.terminate().success());
    assert!(!wrong.load(Ordering::SeqCst), "a mark in the wrong folder");
    assert_eq!(setup.letters(OutboxState::Ambiguous), 1);
}

#[test]
fn row_31_a_relay_that_is_down_for_too_long_expires_what_waits_and_disturbs_nobody_else() {
    let proxy = Proxy::start(Speaks::Smtp, |_: &Event<'_>| Act::Pass);
    proxy.refuse(true);
    let setup = Setup::new("row31").smtp_by(&proxy).time("give_up", "2s").time("alert_after", "1s");
    sends("04-podporozhye-missing", &setup);
    let daemon = setup.start();
    setup.wait_counted("matched", 1);
    sends("02-roshchino-form", &setup);
    setup.wait_counted("matched", 2);
    setup.wait_letters(OutboxState::Failed, 2);
    alerted(&setup.account, "не удалось доставить");
    alerted(&setup.account, "исходящей почты недоступен");
    sends("12-zip", &setup);
    setup.wait_counted("matched", 3);
    proxy.refuse(false);
    setup.wait_letters(OutboxState::Sent, 1);
    assert!(daemon.terminate().success());
    assert_eq!(Times::default().give_up, SignedDuration::from_hours(5 * 24));
}

#[test]
fn row_32_an_endless_answer_is_cut_at_64_kib() {
    let endless = Act::Replace([b"250-".as_slice(), &vec![b'x'; 8 << 20]].concat());
    let fits = |event: &Event<'_>| event.from == Side::Server && event.command.starts_with("MAIL");
    let proxy = Proxy::start(Speaks::Smtp, once(fits, endless));
    let setup = Setup::new("row32").smtp_by(&proxy);
    let school = from_a_school(&setup);
    let daemon = setup.start();
    answered_once(&setup, daemon, &school);
    assert!(proxy.connections() >= 2);
}

#[test]
fn a_sender_that_the_server_does_not_own_pauses_the_outbox_and_spends_no_letter() {
    let setup = Setup::new("foreign").smtp("sender = \"foreign@test.local\"").time("login_pause", "1s");
    from_a_school(&setup);
    let daemon = setup.start();
    alerted(&setup.account, "не принимает письма с адреса ящика");
    assert!(daemon.terminate().success());
    assert_eq!(setup.letters(OutboxState::Queued), 1);
    let doctor = setup.run(&["doctor"]);
    let said = String::from_utf8_lossy(&doctor.stdout).into_owned();
    assert!(said.contains(": sender: 553 5.7.1"), "{said}");
}

#[test]
fn without_a_copy_that_the_server_refuses_the_letter_leaves_all_the_same() {
    for answer in ["550 5.1.1 not here\r\n", "452 4.2.2 over quota\r\n"] {
        let proxy = Proxy::start(Speaks::Smtp, |_: &Event<'_>| Act::Pass);
        let setup = Setup::new("nocopy").smtp_by(&proxy);
        let own = setup.account.address.clone();
        proxy.script(always(
            move |event: &Event<'_>| {
                event.from == Side::Server && event.command.contains(&own) && event.command.starts_with("RCPT")
            },
            Act::Replace(answer.as_bytes().to_vec()),
        ));
        let school = from_a_school(&setup);
        let daemon = setup.start();
        answered_once(&setup, daemon, &school);
        assert_eq!(proxy.count(Side::Client, "RCPT TO:<school"), 1);
        let own = Address::parse(&setup.account.address).unwrap();
        assert_eq!(setup.read(async |store| store.suppressed(&own, now()).await.unwrap()), None);
    }
}

#[test]
fn row_29_a_refused_token_is_a_refused_login() {
    let setup = Setup::new("token").smtp_without("password_file").smtp("token_command = \"echo not.a.token\"");
    let doctor = setup.run(&["doctor"]);
    let said = String::from_utf8_lossy(&doctor.stdout).into_owned();
    assert!(said.lines().any(|line| line.contains("FAULT  smtp") && line.contains(": login: ")), "{said}");
}

#[test]
fn row_29_another_connection_that_still_works_ends_no_pause_after_a_refused_login() {
    let gate = Gate::new();
    let (mut held, waits) = (false, gate.clone());
    let proxy = Proxy::start(Speaks::Smtp, move |event: &Event<'_>| {
        if event.connection > 1 && event.asks("AUTH") {
            return Act::Answer(b"535 5.7.8 changed meanwhile\r\n".to_vec());
        }
        // The first letter is accepted only after the other connection was refused.
        let accepted = event.from == Side::Server && event.command == ".";
        if accepted && !std::mem::replace(&mut held, true) { Act::Hold(waits.clone()) } else { Act::Pass }
    });
    let setup = Setup::new("row29").smtp_by(&proxy).time("login_pause", "1h").time("smtp_final", "30s");
    let schools = ["04-podporozhye-missing", "02-roshchino-form"].map(|sample| sends(sample, &setup));
    let daemon = setup.start();
    gate.wait_reached();
    proxy.wait_for(Side::Client, "AUTH", 2);
    daemon.wait_log("no letter can be sent");
    gate.open();
    setup.wait_letters(OutboxState::Sent, 1);
    sends("12-zip", &setup);
    setup.wait_counted("matched", 3);
    daemon.wait_log("sent");
    assert!(daemon.terminate().success());
    assert_eq!(proxy.count(Side::Client, "AUTH"), 2);
    assert_eq!(schools.iter().map(|school| school.messages("INBOX").len()).sum::<usize>(), 1);
    setup.read(async |store| assert_eq!(store.incidents().await.unwrap().len(), 1));
}

#[test]
fn row_29_an_incident_from_before_a_restart_is_over_with_the_first_letter_that_is_taken() {
    let setup = Setup::new("row29").smtp("password_file = \"wrong\"");
    fs::write(setup.file("wrong"), "not the password").unwrap();
    let school = from_a_school(&setup);
    setup.account.wait_for("INBOX", 1);
    setup.pass();
    setup.read(async |store| assert_eq!(store.incidents().await.unwrap().len(), 1));
    fs::write(setup.file("wrong"), PASSWORD).unwrap();
    setup.pass();
    school.wait_for("INBOX", 1);
    setup.read(async |store| assert!(store.incidents().await.unwrap().is_empty()));
}

#[test]
fn a_letter_that_makes_the_server_hang_up_is_not_the_first_one_again() {
    let cut = always(|event: &Event<'_>| event.asks("RCPT TO:<hangup"), Act::Cut);
    let proxy = Proxy::start(Speaks::Smtp, cut);
    let setup = Setup::new("hangs").smtp_by(&proxy).smtp("connections = 1");
    let setup = setup.time("retry_first", "1h").time("retry_longest", "1h");
    let hangup = Servers::shared().account("hangup");
    deliver(&hangup, &setup.account, &letter("04-podporozhye-missing", &hangup, &setup.account));
    setup.account.wait_for("INBOX", 1);
    let daemon = setup.start();
    setup.wait_counted("matched", 1);
    proxy.wait_for(Side::Client, "RCPT TO:<hangup", 1);
    let school = sends("02-roshchino-form", &setup);
    school.wait_for("INBOX", 1);
    assert!(daemon.terminate().success());
    assert_eq!(proxy.count(Side::Client, "RCPT TO:<hangup"), 1);
}

#[test]
fn an_alert_that_is_refused_is_put_into_the_mailbox_and_the_next_one_is_sent_again() {
    let servers = Servers::shared();
    let (unknown, proxy) = (servers.named("unknown"), Proxy::start(Speaks::Smtp, |_: &Event<'_>| Act::Pass));
    let setup = Setup::new("noalert")
        .smtp_by(&proxy)
        .smtp("copy = false")
        .and(&format!("[staff]\naddresses = [\"{}\"]", unknown.address));
    let refused = |sample: &str| {
        let school = servers.account("school");
        proxy.script(once(
            |event: &Event<'_>| event.from == Side::Client && event.line == ".",
            Act::Answer(b"554 5.7.1 spam\r\n".to_vec()),
        ));
        deliver(&school, &setup.account, &letter(sample, &school, &setup.account));
    };
    let daemon = setup.start();
    for (count, sample) in [(1, "04-podporozhye-missing"), (2, "02-roshchino-form")] {
        refused(sample);
        wait_for("the alert in the mailbox", || {
            let inbox = setup.account.messages("INBOX");
            (inbox.iter().filter(|mail| subject(mail).contains("не удалось доставить")).count() == count).then_some(())
        });
        assert_eq!(proxy.count(Side::Client, "RCPT TO:<unknown"), count);
    }
    assert!(daemon.terminate().success());
}

/// Processor time that a process has used (proc_pid_stat(5)), in clock ticks of 10 ms.
fn ticks(id: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap().split(' ').collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

#[test]
fn letters_that_are_held_or_in_doubt_do_not_make_it_go_round() {
    let imap = Proxy::start(Speaks::Imap, |_: &Event<'_>| Act::Pass);
    let smtp = silent_behind_the_dot();
    let doubtful = Setup::new("quiet").imap_by(&imap).smtp_by(&smtp).smtp("copy = false").time("smtp_final", "1s");
    let doubtful = doubtful.time("settle", "1h").mailbox("poll = \"2s\"");
    let held = Setup::new("quiet").replies("grace = \"0s\"\nmode = \"hold\"");
    from_a_school(&doubtful);
    from_a_school(&held);
    let daemons = [doubtful.start(), held.start()];
    doubtful.wait_letters(OutboxState::Ambiguous, 1);
    held.wait_letters(OutboxState::Queued, 1);
    imap.wait_for(Side::Client, "SEARCH HEADER", 1);
    let (before, searches) =
        (daemons.each_ref().map(|daemon| ticks(daemon.id())), imap.count(Side::Client, "SEARCH HEADER"));
    // Two looks later: what is measured is the time in which nothing happens.
    imap.wait_for(Side::Client, "SEARCH HEADER", searches + 2);
    for (daemon, before) in daemons.iter().zip(before) {
        let used = ticks(daemon.id()) - before;
        assert!(used < 60, "{used} ticks in four seconds of nothing");
    }
    for daemon in daemons {
        assert!(daemon.terminate().success());
    }
    let at: Vec<_> =
        imap.transcript().into_iter().filter(|said| said.line.contains("SEARCH HEADER")).map(|said| said.at).collect();
    let last = at.windows(2).last().unwrap();
    assert!(last[1] - last[0] >= Duration::from_millis(1900), "{:?}", last[1] - last[0]);
}
