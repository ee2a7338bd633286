//! How long a school waits: `make latency`, alone on the machine.

use std::time::{Duration, Instant};

use crate::harness::{
    Act, Event, Proxy, Servers, Setup, Side, Speaks,
    mails::{Sender, letter},
};

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

#[test]
#[ignore = "alone on the machine: `make latency`"]
fn latency_from_the_servers_notice_and_from_the_delivery_to_the_accepted_reply() {
    let servers = Servers::shared();
    let imap = Proxy::start(Speaks::Imap, |_: &Event<'_>| Act::Pass);
    let smtp = Proxy::start(Speaks::Smtp, |_: &Event<'_>| Act::Pass);
    let setup = Setup::new("latency").imap_by(&imap).smtp_by(&smtp).mailbox("poll = \"60s\"").smtp("copy = false");
    let daemon = setup.start();
    let mut sender = Sender::connect();
    let (mut noticed, mut delivered) = (Vec::new(), Vec::new());
    for count in 1..=100 {
        imap.wait_for(Side::Client, "IDLE", imap.count(Side::Client, "IDLE").max(1));
        let school = servers.account("school");
        let begun = Instant::now();
        sender.send(&school, &setup.account, &letter("04-podporozhye-missing", &school, &setup.account));
        smtp.wait_for(Side::Server, "250 2.0.0 Ok: queued", count);
        let accepted = last(&smtp, "250 2.0.0 Ok: queued");
        noticed.push(accepted - last(&imap, "EXISTS"));
        delivered.push(accepted - begun);
        school.wait_for("INBOX", 1);
    }
    assert!(daemon.terminate().success());
    let (noticed, delivered) = (median(noticed), median(delivered));
    eprintln!("100 mails, medians: EXISTS to 250 {noticed:?}, delivery to 250 {delivered:?}");
    assert!(noticed < Duration::from_millis(100), "{noticed:?}");
    assert!(delivered < Duration::from_millis(700), "{delivered:?}");
}

fn last(proxy: &Proxy, words: &str) -> Instant {
    let said = proxy.transcript();
    said.iter().rfind(|said| said.from == Side::Server && said.line.contains(words)).unwrap().at
}
