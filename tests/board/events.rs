//! Open pages hear that something has changed.

use std::{
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use crate::{
    browser::Browser,
    committee::{Committee, READER, STAFF, until},
};

/// The lines of a browser's stream; it is at its end where this says that nobody sends.
fn listen(browser: &Browser) -> Receiver<String> {
    let (status, lines) = browser.listens();
    assert_eq!(status, 200);
    let (sender, receiver) = channel();
    thread::spawn(move || lines.into_iter().all(|line| sender.send(line).is_ok()));
    receiver
}

const LONG: Duration = Duration::from_secs(30);

#[test]
fn whoever_listens_hears_of_a_change_until_he_signs_out() {
    let committee = Committee::new();
    let daemon = committee.opens();
    let (mut leaving, staying) = (daemon.signed_in(STAFF), daemon.signed_in(STAFF));
    let csrf = leaving.get("/").csrf();
    let (left, stayed) = (listen(&leaving), listen(&staying));
    // Somebody else signs in: that is something new in the log.
    daemon.signed_in(READER);
    for lines in [&left, &stayed] {
        assert_eq!(lines.recv_timeout(LONG).unwrap(), "event: changed");
    }
    leaving.post("/sign-out", &[("csrf", &csrf)]);
    until("the end of the stream", || left.try_iter().count().eq(&0).then(|| left.recv_timeout(LONG).err()).flatten());
    // The other one hears of that, too.
    while stayed.recv_timeout(LONG).unwrap() != "event: changed" {}
    assert!(!daemon.browser().is_signed_in() && staying.clone().is_signed_in());
}

#[test]
fn listeners_are_few_and_none_of_them_keeps_the_daemon_from_stopping() {
    let committee = Committee::new();
    let daemon = committee.opens();
    let browser = daemon.signed_in(STAFF);
    let all: Vec<_> = (0..64).map(|_| listen(&browser)).collect();
    assert_eq!(browser.listens().0, 503);
    let log = daemon.stops();
    assert!(log.contains("stopped") && !log.contains("panicked"), "{log}");
    for lines in all {
        until("the end", || lines.recv_timeout(LONG).err());
    }
}
