//! Mailbox servers that can do little, refuse much, or talk nonsense.

use crate::harness::{
    Act, Event, Proxy, Setup, Side, Speaks,
    mails::{alerted, sends},
    script::once,
    wait_for,
};

#[test]
fn a_server_without_keywords_and_moves_gets_what_it_can() {
    let proxy = Proxy::start(Speaks::Imap, |event: &Event<'_>| {
        let poor = event.line.replace("\\*", "").replace(" MOVE", "").replace(" UIDPLUS", "");
        if event.from == Side::Server && poor != event.line && !event.command.contains("FETCH") {
            return Act::Replace(format!("{poor}\r\n").into_bytes());
        }
        Act::Pass
    });
    let setup = Setup::new("poor").imap_by(&proxy).smtp("copy = false").and("[mailbox.move]");
    let school = sends("04-podporozhye-missing", &setup);
    sends("07-ambiguous-number", &setup);
    let daemon = setup.start();
    school.wait_for("INBOX", 1);
    proxy.wait_for(Side::Client, "\\Answered", 1);
    setup.wait_counted("received", 2);
    assert!(daemon.terminate().success());
    assert_eq!(setup.account.imap().count("ANSWERED"), 1);
    assert_eq!(setup.account.messages("INBOX").len(), 2, "a plain EXPUNGE would take what others have deleted");
    assert_eq!(proxy.count(Side::Client, "$Svodka") + proxy.count(Side::Client, "EXPUNGE"), 0);
    let doctor = setup.run(&["doctor"]);
    assert!(String::from_utf8_lossy(&doctor.stdout).contains("neither MOVE nor UIDPLUS"), "{doctor:?}");
}

#[test]
fn a_mark_that_is_refused_holds_up_neither_mail_nor_alerts() {
    let no_marks = |event: &Event<'_>| {
        let tag = event.line.split(' ').next().unwrap_or_default();
        match event.asks("UID STORE") {
            true => Act::Answer(format!("{tag} NO [OVERQUOTA] full\r\n").into_bytes()),
            false => Act::Pass,
        }
    };
    let proxy = Proxy::start(Speaks::Imap, no_marks);
    let setup = Setup::new("marks").imap_by(&proxy).smtp("sender = \"foreign@test.local\"");
    sends("04-podporozhye-missing", &setup);
    let daemon = setup.start();
    alerted(&setup.account, "не принимает письма с адреса ящика");
    sends("02-roshchino-form", &setup);
    setup.wait_counted("matched", 2);
    assert_eq!(daemon.log().matches("a mark or search is refused").count(), 1, "{}", daemon.log());
    assert!(!daemon.log().contains("a pass failed"), "{}", daemon.log());
    assert!(daemon.terminate().success());
    assert_eq!(proxy.connections(), 1);
}

#[test]
fn garbage_in_the_middle_of_a_conversation_loses_nothing() {
    let garbage = [&[0xff, 0x00, 0xfe][..], b"* )( {x} %%\r\n* 99 FETCH (UID\r\n"].concat();
    for words in ["CAPABILITY", "SELECT", "SEARCH", "RFC822.SIZE", "BODY.PEEK", "IDLE", "STORE"] {
        let garbage = Act::Before(garbage.clone());
        let at = move |event: &Event<'_>| event.from == Side::Server && event.command.contains(words);
        let proxy = Proxy::start(Speaks::Imap, once(at, garbage));
        let setup = Setup::new("garbage").imap_by(&proxy);
        let school = sends("04-podporozhye-missing", &setup);
        let daemon = setup.start();
        school.wait_for("INBOX", 1);
        wait_for(&format!("a second connection after {words}"), || (proxy.connections() >= 2).then_some(()));
        assert!(daemon.terminate().success());
        setup.reconcile();
        assert_eq!(school.messages("INBOX").len(), 1, "{words}");
        setup.verify();
    }
}
