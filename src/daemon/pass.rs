//! One pass: what was left over, new mail, due replies, marks.

use crate::{
    config::ReplyMode,
    decision::{self, Action, Basis, Decision},
    mailbox::Mailbox as _,
    message::Address,
    outbox,
    reader::{self, Reading},
    reply::{self, Envelope},
    store::{Intake, Intaken, MessageRow, Outgoing, Record, Stored},
};

use super::Daemon;

/// What a pass did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pass {
    /// Messages taken in.
    pub taken: u32,
    /// Messages decided.
    pub decided: u32,
    /// Replies handed over.
    pub sent: u32,
}

impl Pass {
    /// Whether there was anything to do.
    pub fn did_anything(&self) -> bool {
        *self != Self::default()
    }
}

impl Daemon {
    /// One full pass over mailboxes and outbox.
    ///
    /// # Errors
    /// Where store or mailbox fails: what was not committed stays in the mailbox for the next pass.
    pub async fn pass(&mut self) -> anyhow::Result<Pass> {
        let mut pass = Pass::default();
        for stored in self.store.received().await? {
            self.decide(&stored).await?;
            pass.decided += 1;
        }
        for index in 0..self.mailboxes.len() {
            self.take_in_all(index, &mut pass).await?;
        }
        if self.config.replies.mode == ReplyMode::Send {
            pass.sent = outbox::send_due(&self.store, &self.transport, self.clock.now()).await?;
        }
        for index in 0..self.mailboxes.len() {
            self.mark_all(index).await?;
        }
        Ok(pass)
    }
}
