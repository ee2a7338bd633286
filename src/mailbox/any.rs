//! A mailbox of whatever kind the configuration names.

use std::time::Duration;

use tokio::sync::Notify;

use super::{Fetched, Imap, Listed, Mailbox, MailboxError, Maildir, Notice, Treatment};

/// A mailbox of whatever kind the configuration names.
#[derive(Debug)]
pub enum AnyMailbox {
    /// A folder on this machine.
    Maildir(Maildir),
    /// A folder on an IMAP server.
    Imap(Box<Imap>),
}

macro_rules! either {
    ($any:ident, $one:ident => $what:expr) => {
        match $any {
            AnyMailbox::Maildir($one) => $what,
            AnyMailbox::Imap($one) => $what,
        }
    };
}

impl Mailbox for AnyMailbox {
    async fn new_messages(&mut self, limit: usize) -> Result<Vec<Fetched>, MailboxError> {
        either!(self, one => one.new_messages(limit).await)
    }

    fn taken(&mut self, cursor: &str) {
        either!(self, one => one.taken(cursor));
    }

    async fn mark(&mut self, marks: &[(String, Treatment)]) -> Result<(), MailboxError> {
        either!(self, one => one.mark(marks).await)
    }

    fn shows_answers(&self) -> bool {
        either!(self, one => one.shows_answers())
    }

    async fn holds(&mut self, message_id: &str) -> Result<bool, MailboxError> {
        either!(self, one => one.holds(message_id).await)
    }

    async fn append(&mut self, mime: &[u8], message_id: &str) -> Result<(), MailboxError> {
        either!(self, one => one.append(mime, message_id).await)
    }

    async fn wait(&mut self, most: Duration, wake: &Notify) -> Result<(), MailboxError> {
        either!(self, one => one.wait(most, wake).await)
    }

    async fn list_all(&mut self) -> Result<Listed, MailboxError> {
        either!(self, one => one.list_all().await)
    }

    fn position(&self) -> String {
        either!(self, one => one.position())
    }

    fn notices(&mut self) -> Vec<Notice> {
        either!(self, one => one.notices())
    }
}
