//! `svodka doctor` tells each fault of the set-up apart, with its cure.

use std::{fs, net::TcpListener};

use svodka::fault::CLOCK;

use crate::harness::{Act, Event, Proxy, Servers, Setup, Speaks, mails::deliver, script::always};

/// What `doctor` says of a set-up, and whether it found a fault.
fn doctor(setup: &Setup) -> (bool, String) {
    let output = setup.run(&["doctor"]);
    (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The one line with a fault about this.
fn fault(setup: &Setup, about: &str, step: &str, cure: &str) {
    let (well, said) = doctor(setup);
    let line = said.lines().find(|line| line.starts_with("FAULT") && line.contains(about));
    let line = line.unwrap_or_else(|| panic!("no fault of {about}: {said}"));
    assert!(!well && line.contains(&format!(": {step}: ")) && line.contains(cure), "{line}");
}

#[test]
fn what_is_in_place_is_said_to_be() {
    let setup = Setup::new("well");
    let (well, said) = doctor(&setup);
    assert!(well, "{said}");
    assert!(said.lines().all(|line| line.starts_with("ok     ")), "{said}");
    setup.pass();
    let (well, said) = doctor(&setup);
    assert!(well && said.contains("letters: 0 sent"), "{said}");
}

#[test]
fn each_fault_of_a_mailbox_has_its_name_and_cure() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let setup = || Setup::new("ill");
    fault(&setup().mailbox("host = \"mail.invalid\""), "mailbox", "name", "check the host");
    fault(&setup().mailbox(&format!("port = {closed}")), "mailbox", "port", "check host and port");
    let clear = format!("port = {}", Servers::shared().imap());
    fault(&setup().mailbox(&clear), "mailbox", "encryption", "starttls");
    let nobodys = setup();
    fault(&nobodys.mailbox_without("ca_file"), "mailbox", "certificate", "ca_file");
    fault(&setup().mailbox("ca_file = \"nowhere.pem\""), "mailbox", "certificate", "PEM file");
    let wrong = setup().mailbox("password_file = \"wrong\"");
    fault(&wrong, "mailbox", "credentials", "create it");
    fs::write(wrong.file("wrong"), "no").unwrap();
    fault(&wrong, "mailbox", "login", "app password");
    fault(&setup().mailbox("folder = \"Школы\""), "mailbox", "folder", "check `folder`");
}

#[test]
fn a_mailbox_that_is_nearly_full_and_a_clock_that_is_behind_are_told() {
    let nearly_full = |event: &Event<'_>| {
        if event.says("CAPABILITY") && !event.line.contains("QUOTA") {
            return Act::Replace(format!("{}\r\n", event.line.replace(" IDLE", " IDLE QUOTA")).into_bytes());
        }
        if event.asks("GETQUOTAROOT") {
            let tag = event.line.split(' ').next().unwrap();
            let quota = "* QUOTAROOT INBOX \"\"\r\n* QUOTA \"\" (STORAGE 970 1000)\r\n";
            return Act::Answer(format!("{quota}{tag} OK done\r\n").into_bytes());
        }
        Act::Pass
    };
    let proxy = Proxy::start(Speaks::Imap, nearly_full);
    fault(&Setup::new("full").imap_by(&proxy), "mailbox", "quota", "970 of 1000 KB");
    let setup = Setup::new("behind");
    let account = setup.account.clone();
    deliver(&account, &account, b"From: a@b.example\r\n\r\nx\r\n");
    account.wait_for("INBOX", 1);
    fs::write(setup.file("clock"), "-3600").unwrap();
    let clock = setup.file("clock").display().to_string();
    fault(&setup.env(CLOCK, &clock), "mailbox", "clock", "NTP");
}

#[test]
fn each_fault_of_the_way_out_has_its_name_and_cure() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let setup = || Setup::new("ill");
    fault(&setup().smtp("host = \"mail.invalid\""), "smtp", "name", "check the host");
    fault(&setup().smtp(&format!("port = {closed}")), "smtp", "port", "check host and port");
    let clear = format!("port = {}", Servers::shared().smtp());
    fault(&setup().smtp(&clear), "smtp", "encryption", "starttls");
    fault(&setup().smtp_without("ca_file"), "smtp", "certificate", "ca_file");
    let wrong = setup().smtp("password_file = \"wrong\"");
    fault(&wrong, "smtp", "credentials", "create it");
    fs::write(wrong.file("wrong"), "no").unwrap();
    fault(&wrong, "smtp", "login", "app password");
    fault(&setup().smtp("sender = \"foreign@test.local\""), "smtp", "sender", "must belong to the account");
    let refused =
        always(|event: &Event<'_>| event.answers("RCPT"), Act::Replace(b"550 5.1.1 no such user\r\n".to_vec()));
    let proxy = Proxy::start(Speaks::Smtp, refused);
    fault(&setup().smtp_by(&proxy), "smtp", "recipient", "check `address`");
}

#[test]
fn each_fault_of_the_machine_has_its_name_and_cure() {
    let setup = Setup::new("machine");
    setup.pass();
    fs::write(setup.database(), vec![b'x'; 8192]).unwrap();
    let (well, said) = doctor(&setup);
    assert!(!well && said.contains("FAULT  database: ") && said.contains("restore the last backup"), "{said}");
    let setup = Setup::new("machine").and("templates = \"nowhere\"");
    let output = setup.run(&["doctor"]);
    assert_eq!(output.status.code(), Some(2), "a key in the wrong section is the configuration's own fault");
}
