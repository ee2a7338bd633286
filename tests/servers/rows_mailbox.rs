//! Rows 10 to 24 of the table of faults: what a mailbox server and the way to it can do.

use std::{
    fs,
    io::Write as _,
    net::TcpListener,
    thread,
    time::{Duration, Instant},
};

use svodka::{config::Times, store::OutboxState};

use crate::harness::{
    Act, Event, Gate, Proxy, Servers, Setup, Side, Speaks, Wire,
    certificates::Certificate,
    mails::{alerted, deliver, letter, letter_as, sends, subject},
    script::{always, once},
    servers::PASSWORD,
    wait_for,
};

#[test]
fn row_10_uidvalidity_changes_known_bytes_are_skipped_and_staff_are_told() {
    let setup = Setup::new("row10");
    let school = sends("04-podporozhye-missing", &setup);
    let daemon = setup.start();
    school.wait_for("INBOX", 1);
    setup.account.wait_for("INBOX", 2);
    setup.wait_letters(OutboxState::Sent, 1);
    assert!(daemon.terminate().success());
    setup.pass();
    setup.account.renumber();
    let other = sends("02-roshchino-form", &setup);
    let daemon = setup.start();
    alerted(&setup.account, "заново пронумеровал");
    other.wait_for("INBOX", 1);
    setup.wait_counted("duplicate", 1);
    assert!(daemon.terminate().success());
    assert_eq!((school.messages("INBOX").len(), other.messages("INBOX").len()), (1, 1));
    setup.verify();
    setup.reconcile();
}

#[test]
fn row_11_without_a_uidvalidity_messages_are_known_by_their_bytes() {
    for instead in ["* OK [UIDVALIDITY 0] none\r\n", "* OK nothing of the kind\r\n"] {
        let no_validity =
            always(|event: &Event<'_>| event.says("UIDVALIDITY"), Act::Replace(instead.as_bytes().to_vec()));
        let proxy = Proxy::start(Speaks::Imap, no_validity);
        let setup = Setup::new("row11").imap_by(&proxy);
        let first = sends("04-podporozhye-missing", &setup);
        let daemon = setup.start();
        first.wait_for("INBOX", 1);
        let second = sends("02-roshchino-form", &setup);
        second.wait_for("INBOX", 1);
        assert!(daemon.terminate().success());
        setup.account.wait_for("INBOX", 4);
        setup.pass();
        setup.pass();
        assert_eq!((first.messages("INBOX").len(), second.messages("INBOX").len()), (1, 1));
        assert_eq!(setup.counted("received"), 2);
        setup.verify();
        setup.reconcile();
    }
}

#[test]
fn row_12_the_connection_ends_inside_a_fetch_and_the_cursor_does_not_move() {
    let inside = once(|event: &Event<'_>| event.says("BODY[] {"), Act::CutWithin(3000));
    let proxy = Proxy::start(Speaks::Imap, inside);
    let setup = Setup::new("row12").imap_by(&proxy);
    let schools = ["04-podporozhye-missing", "02-roshchino-form", "12-zip"].map(|sample| sends(sample, &setup));
    let daemon = setup.start();
    for school in &schools {
        assert_eq!(school.wait_for("INBOX", 1).len(), 1);
    }
    assert!(proxy.connections() >= 2);
    assert!(daemon.terminate().success());
    assert_eq!(setup.counted("received"), 3);
    setup.verify();
    setup.reconcile();
}

/// Takes every FETCH with a body out of the server's answers while it is asked to.
fn bodies_left_out(mut asked: impl FnMut(&Event<'_>) -> bool + Send + 'static) -> impl FnMut(&Event<'_>) -> Act + Send {
    let mut within = false;
    move |event| {
        if event.from == Side::Server && std::mem::take(&mut within) {
            return Act::Swallow;
        }
        within = event.says("BODY[]") && asked(event);
        if within { Act::Swallow } else { Act::Pass }
    }
}

#[test]
fn row_12_a_line_that_breaks_often_cuts_no_mail_short() {
    let mut cuts = 0;
    let proxy = Proxy::start(Speaks::Imap, move |event: &Event<'_>| {
        if event.says("BODY[]") && cuts < 7 {
            cuts += 1;
            return Act::CutWithin(3000);
        }
        Act::Pass
    });
    let setup = Setup::new("row12").imap_by(&proxy);
    let school = Servers::shared().account("school");
    let mut mail = letter("04-podporozhye-missing", &school, &setup.account);
    mail.extend(b"an epilogue that no reader shows\r\n".repeat(10_000));
    setup.account.append(&mail, "10-Nov-2026 10:00:00 +0300");
    let daemon = setup.start();
    school.wait_for("INBOX", 1);
    assert!(daemon.terminate().success());
    assert_eq!((setup.counted("matched"), setup.counted("review")), (1, 0));
}

#[test]
fn row_13_what_an_ok_leaves_out_is_asked_for_singly() {
    let mut times = 0;
    let proxy = Proxy::start(
        Speaks::Imap,
        bodies_left_out(move |_| {
            times += 1;
            times == 1
        }),
    );
    let setup = Setup::new("row13").imap_by(&proxy);
    let schools = ["04-podporozhye-missing", "02-roshchino-form"].map(|sample| sends(sample, &setup));
    setup.account.wait_for("INBOX", 2);
    let daemon = setup.start();
    for school in &schools {
        assert_eq!(school.wait_for("INBOX", 1).len(), 1);
    }
    assert!(daemon.terminate().success());
    assert_eq!(proxy.connections(), 1, "it is no reason to give the connection up");
    setup.reconcile();
}

#[test]
fn row_13_what_is_never_given_is_alarmed_and_not_skipped() {
    let proxy = Proxy::start(Speaks::Imap, bodies_left_out(|event| event.connection == 1));
    let setup = Setup::new("row13").imap_by(&proxy);
    let school = sends("04-podporozhye-missing", &setup);
    let daemon = setup.start();
    alerted(&setup.account, "не отдаёт часть писем");
    assert!(school.messages("INBOX").is_empty());
    proxy.script(once(|event: &Event<'_>| event.from == Side::Client, Act::Cut));
    assert_eq!(school.wait_for("INBOX", 1).len(), 1);
    assert!(daemon.terminate().success());
    setup.reconcile();
}

#[test]
fn row_14_a_message_that_is_expunged_meanwhile_has_vanished() {
    let gate = Gate::new();
    let proxy =
        Proxy::start(Speaks::Imap, once(|event: &Event<'_>| event.asks("RFC822.SIZE"), Act::Hold(gate.clone())));
    let setup = Setup::new("row14").imap_by(&proxy);
    let gone = sends("04-podporozhye-missing", &setup);
    setup.account.wait_for("INBOX", 1);
    let daemon = setup.start();
    gate.wait_reached();
    let mut person = setup.account.imap();
    person.command("SELECT INBOX");
    person.command("STORE 1 +FLAGS (\\Deleted)");
    person.command("EXPUNGE");
    gate.open();
    let school = sends("02-roshchino-form", &setup);
    school.wait_for("INBOX", 1);
    daemon.wait_log("vanished");
    assert!(daemon.terminate().success());
    assert!(gone.messages("INBOX").is_empty());
    assert_eq!(setup.counted("received"), 1);
    setup.reconcile();
    let said = setup.run(&["mailbox", "reconcile"]);
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.contains("gone before they could be read: 1"), "{said}");
}

#[test]
fn row_14_what_one_search_forgets_and_the_next_one_lists_has_not_vanished() {
    let mut forgotten = false;
    let proxy = Proxy::start(Speaks::Imap, move |event: &Event<'_>| {
        let tag = event.line.split(' ').next().unwrap_or_default();
        if event.connection == 1 && event.asks("RFC822.SIZE") {
            return Act::Answer(format!("{tag} OK nothing\r\n").into_bytes());
        }
        if event.connection == 1 && event.asks("SEARCH UID 1") {
            forgotten = true;
            return Act::Answer(format!("* SEARCH\r\n{tag} OK nothing\r\n").into_bytes());
        }
        if forgotten && event.connection == 1 && event.asks("IDLE") { Act::Cut } else { Act::Pass }
    });
    let setup = Setup::new("row14").imap_by(&proxy);
    let school = sends("04-podporozhye-missing", &setup);
    setup.account.wait_for("INBOX", 1);
    let daemon = setup.start();
    school.wait_for("INBOX", 1);
    assert!(daemon.log().contains("vanished"), "{}", daemon.log());
    assert!(daemon.terminate().success());
}

#[test]
fn row_15_a_half_open_connection_is_noticed() {
    let mut idle = false;
    let proxy = Proxy::start(Speaks::Imap, move |event: &Event<'_>| {
        idle |= event.asks("IDLE");
        if idle && event.connection == 1 && !event.asks("IDLE") { Act::Hang } else { Act::Pass }
    });
    let setup = Setup::new("row15").imap_by(&proxy).mailbox("poll = \"1s\"").time("command", "1s");
    let daemon = setup.start();
    proxy.wait_for(Side::Client, "IDLE", 1);
    let begun = Instant::now();
    let school = sends("04-podporozhye-missing", &setup);
    school.wait_for("INBOX", 1);
    assert!(begun.elapsed() < Duration::from_secs(6), "{:?}", begun.elapsed());
    assert!(daemon.terminate().success());
    // With the defaults: a look after a minute at the latest, and an answer to it in time.
    assert!(Duration::from_secs(60) + Times::default().command < Duration::from_secs(90));
}

#[test]
fn row_16_a_server_that_drips_is_left_after_a_time_in_proportion_to_the_size() {
    let drips = once(|event: &Event<'_>| event.says("BODY[] {"), Act::Drip(Duration::from_millis(100)));
    let proxy = Proxy::start(Speaks::Imap, drips);
    let setup = Setup::new("row16").imap_by(&proxy).time("command", "1s");
    let school = sends("04-podporozhye-missing", &setup);
    setup.account.wait_for("INBOX", 1);
    let size = setup.account.messages("INBOX")[0].len() as u64;
    let begun = Instant::now();
    let daemon = setup.start();
    school.wait_for("INBOX", 1);
    let allowed = Duration::from_secs(1 + size / 8192);
    assert!(begun.elapsed() >= allowed, "{:?}", begun.elapsed());
    assert!(begun.elapsed() < allowed + Duration::from_secs(5), "{:?}", begun.elapsed());
    assert!(daemon.terminate().success());
    assert_eq!(school.messages("INBOX").len(), 1);
}

#[test]
fn row_17_after_a_bye_it_comes_back_with_growing_pauses() {
    let bye = always(
        |event: &Event<'_>| event.connection <= 5 && event.asks("SEARCH"),
        Act::Answer(b"* BYE closing for a while\r\n".to_vec()),
    );
    let proxy = Proxy::start(Speaks::Imap, bye);
    let setup = Setup::new("row17").imap_by(&proxy).time("reconnect_first", "50ms").time("reconnect_longest", "10s");
    let school = sends("04-podporozhye-missing", &setup);
    let daemon = setup.start();
    school.wait_for("INBOX", 1);
    assert!(daemon.terminate().success());
    let said = proxy.transcript();
    let first = |number| said.iter().find(|said| said.connection == number).unwrap().at;
    let last = |number| said.iter().rfind(|said| said.connection == number).unwrap().at;
    let pauses: Vec<Duration> = (1..=5).map(|number| first(number + 1) - last(number)).collect();
    for (doublings, pause) in (0..).zip(&pauses) {
        let least = Duration::from_millis(50) * 2_u32.pow(doublings);
        assert!(*pause >= least && *pause < least * 2 + Duration::from_secs(2), "{pauses:?}");
    }
    let times = Times::default();
    assert_eq!((times.reconnect_first, times.reconnect_longest), (Duration::from_secs(1), Duration::from_mins(5)));
}

#[test]
fn row_18_a_literal_of_600_megabytes_is_refused_and_memory_stays_bounded() {
    let mut forged = 0;
    let proxy = Proxy::start(Speaks::Imap, move |event: &Event<'_>| {
        if event.says("BODY[]") && forged < 2 {
            forged += 1;
            return Act::Replace(b"* 1 FETCH (UID 1 BODY[] {629145600}\r\n".to_vec());
        }
        Act::Pass
    });
    let setup = Setup::new("row18").imap_by(&proxy);
    let school = sends("04-podporozhye-missing", &setup);
    let daemon = setup.start();
    assert_eq!(school.wait_for("INBOX", 1).len(), 1);
    let peak = daemon.peak();
    assert!(peak < 200_000, "{peak} kB");
    assert!(daemon.terminate().success());
    setup.reconcile();
}

#[test]
fn row_19_a_refused_login_is_tried_rarely_and_staff_hear_of_it_by_mail() {
    let staff = Servers::shared().account("staff");
    let proxy = Proxy::start(Speaks::Imap, |_: &Event<'_>| Act::Pass);
    let setup = Setup::new("row19")
        .imap_by(&proxy)
        .mailbox("password_file = \"wrong\"")
        .time("login_pause", "1s")
        .and(&format!("[staff]\naddresses = [\"{}\"]", staff.address));
    fs::write(setup.file("wrong"), "not the password").unwrap();
    let school = sends("04-podporozhye-missing", &setup);
    let daemon = setup.start();
    let begun = Instant::now();
    let alert = staff.wait_for("INBOX", 1);
    assert!(subject(&alert[0]).contains("не удаётся войти в почтовый ящик"), "{}", subject(&alert[0]));
    proxy.wait_for(Side::Client, "AUTHENTICATE", 3);
    assert!(begun.elapsed() >= Duration::from_secs(2), "{:?}", begun.elapsed());
    // The password is put right; nobody starts anything anew.
    fs::write(setup.file("wrong"), PASSWORD).unwrap();
    school.wait_for("INBOX", 1);
    assert!(daemon.terminate().success());
    assert_eq!(staff.messages("INBOX").len(), 1, "told once");
    assert!(Times::default().login_pause * 4 >= Duration::from_hours(1));
    setup.read(async |store| assert!(store.incidents().await.unwrap().is_empty()));
}

#[test]
fn row_20_not_a_byte_of_the_password_goes_to_a_server_that_is_not_trusted() {
    let bad = [Certificate::Expired, Certificate::OtherAuthority, Certificate::OtherName];
    let wires = bad.into_iter().flat_map(|bad| [(Wire::Implicit, bad), (Wire::Starttls, bad)]);
    for (wire, certificate) in wires.chain([(Wire::Stripped, Certificate::Good)]) {
        let nothing = |_: &Event<'_>| Act::Pass;
        let imap = Proxy::with(Speaks::Imap, wire, certificate, nothing);
        let smtp = Proxy::with(Speaks::Smtp, wire, certificate, nothing);
        let mut setup = Setup::new("row20").imap_by(&imap).smtp_by(&smtp);
        if wire != Wire::Implicit {
            setup = setup.mailbox("tls = \"starttls\"").smtp("tls = \"starttls\"");
        }
        let output = setup.run(&["doctor"]);
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let step = if wire == Wire::Stripped { "encryption" } else { "certificate" };
        assert_eq!(said.matches(&format!(": {step}: ")).count(), 2, "{wire:?} {certificate:?}: {said}");
        let mut daemon = setup.start();
        daemon.wait_log("staff are told");
        assert!(daemon.runs(), "it stays up and tries again");
        assert!(daemon.terminate().success());
        for proxy in [imap, smtp] {
            assert!(proxy.transcript().is_empty(), "{:?}", proxy.transcript());
            let clear = String::from_utf8_lossy(&proxy.clear_bytes()).to_lowercase();
            let only = ["s starttls", "starttls", "ehlo [127.0.0.1]"];
            assert!(clear.lines().all(|line| only.contains(&line.trim())), "{clear}");
        }
    }
}

#[test]
fn row_21_a_name_server_that_fails_keeps_nobody_else_from_working() {
    let servers = Servers::shared();
    let other = format!(
        "[[mailbox]]\nkind = \"imap\"\nhost = \"mail.invalid\"\nuser = \"x\"\npassword_file = \"password\"\n\
         ca_file = \"{}\"\naddress = \"x@test.local\"",
        servers.ca_file().display()
    );
    let setup = Setup::new("row21").and(&other);
    let mut daemon = setup.start();
    daemon.wait_log("cannot be resolved");
    let school = sends("04-podporozhye-missing", &setup);
    school.wait_for("INBOX", 1);
    alerted(&setup.account, "почтовый ящик недоступен");
    assert!(daemon.runs());
    assert!(daemon.terminate().success());
}

#[test]
fn row_22_a_copy_whose_expunge_was_lost_has_no_second_effect() {
    let mut cut = false;
    let proxy = Proxy::start(Speaks::Imap, move |event: &Event<'_>| {
        if event.says("CAPABILITY") {
            return Act::Replace(format!("{}\r\n", event.line.replace(" MOVE", "")).into_bytes());
        }
        if event.asks("UID EXPUNGE") && !std::mem::replace(&mut cut, true) { Act::Cut } else { Act::Pass }
    });
    let setup = Setup::new("row22").imap_by(&proxy).smtp("copy = false").and("[mailbox.move]");
    let school = sends("04-podporozhye-missing", &setup);
    let daemon = setup.start();
    school.wait_for("INBOX", 1);
    proxy.wait_for(Side::Client, "UID EXPUNGE", 2);
    wait_for("an empty INBOX", || setup.account.messages("INBOX").is_empty().then_some(()));
    assert_eq!(setup.account.messages("Processed").len(), 1);
    assert_eq!(proxy.count(Side::Client, "UID COPY"), 2, "the first into a folder that had to be created");
    assert!(daemon.terminate().success());
    assert_eq!(school.messages("INBOX").len(), 1);
    setup.verify();
    setup.reconcile();
}

#[test]
fn row_23_the_same_message_id_on_other_bytes_is_another_mail() {
    let setup = Setup::new("row23");
    let servers = Servers::shared();
    let schools = [servers.account("school"), servers.account("school")];
    for (school, sample) in schools.iter().zip(["04-podporozhye-missing", "02-roshchino-form"]) {
        deliver(school, &setup.account, &letter_as(sample, school, &setup.account, "same@mail.example"));
    }
    let daemon = setup.start();
    for school in &schools {
        assert_eq!(school.wait_for("INBOX", 1).len(), 1);
    }
    assert!(daemon.terminate().success());
    assert_eq!((setup.counted("received"), setup.counted("matched")), (2, 2));
}

#[test]
fn row_24_the_same_bytes_under_another_uid_are_a_copy_and_get_no_second_reply() {
    let setup = Setup::new("row24");
    let school = Servers::shared().account("school");
    let mail = letter("04-podporozhye-missing", &school, &setup.account);
    setup.account.append(&mail, "10-Nov-2026 10:00:00 +0300");
    setup.account.append(&mail, "10-Nov-2026 10:00:00 +0300");
    let daemon = setup.start();
    setup.wait_counted("duplicate", 1);
    school.wait_for("INBOX", 1);
    setup.account.append(&mail, "10-Nov-2026 10:00:00 +0300");
    setup.wait_counted("duplicate", 2);
    assert!(daemon.terminate().success());
    assert_eq!(school.messages("INBOX").len(), 1);
    setup.verify();
    setup.reconcile();
}

#[test]
fn row_20_a_server_that_only_goes_away_before_starttls_is_no_stripped_encryption() {
    for (protocol, greeting) in
        [("imap", "* BYE closing\r\n"), ("imap", ""), ("smtp", "421 4.3.2 later\r\n"), ("smtp", "")]
    {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = format!("port = {}", listener.local_addr().unwrap().port());
        thread::spawn(move || {
            // As long as the process lives: it is asked once or twice.
            for stream in listener.incoming().flatten() {
                let _ = (&stream).write_all(greeting.as_bytes());
            }
        });
        let setup = Setup::new("row20");
        let setup = match protocol {
            "imap" => setup.mailbox("tls = \"starttls\"").mailbox(&port),
            _ => setup.smtp("tls = \"starttls\"").smtp(&port),
        };
        let said = String::from_utf8_lossy(&setup.run(&["doctor"]).stdout).into_owned();
        assert!(said.contains(": port: ") && !said.contains(": encryption: "), "{protocol} {greeting:?}: {said}");
    }
}
