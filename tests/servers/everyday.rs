//! What happens on a day without faults.

use svodka::store::OutboxState;

use crate::harness::{
    Servers, Setup,
    mails::{deliver, header, letter, subject},
};

#[test]
fn a_school_writes_and_is_answered() {
    let servers = Servers::shared();
    let school = servers.account("school");
    let setup = Setup::new("committee");
    let daemon = setup.start();
    deliver(&school, &setup.account, &letter("04-podporozhye-missing", &school, &setup.account));
    let replies = school.wait_for("INBOX", 1);
    assert!(subject(&replies[0]).contains("требуется дополнить"));
    assert_eq!(header(&replies[0], "Auto-Submitted"), "auto-replied");
    setup.wait_letters(OutboxState::Sent, 1);
    assert!(daemon.terminate().success());
    setup.verify();
}
