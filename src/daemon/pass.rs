//! One pass: what was left over, new mail, due replies, marks.

use crate::{
    config::ReplyMode,
    decision::{self, Basis, Decision, PlannedReply, ReviewReason},
    mailbox::Mailbox as _,
    message::Address,
    outbox,
    reader::{self, Reading},
    reply::{self, Envelope, ReplyError},
    store::{Intake, Intaken, Outgoing, Record, Stored},
};

use super::Daemon;

/// How many messages are held in memory at once.
const BATCH: usize = 20;

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

    /// Takes in what is new in a mailbox, and decides about each at once: a message that cannot be decided holds up
    /// nothing behind it.
    async fn take_in_all(&mut self, index: usize, pass: &mut Pass) -> anyhow::Result<()> {
        let Some(name) = self.mailbox_name(index) else { return Ok(()) };
        loop {
            let known = self.store.cursors(&name).await?;
            let Some(mailbox) = self.mailboxes.get_mut(index) else { return Ok(()) };
            let batch = mailbox.new_messages(&known, BATCH).await?;
            if batch.is_empty() {
                return Ok(());
            }
            for fetched in batch {
                let now = self.clock.now();
                // A folder does not know when its mail was received: the mail's own trace does.
                let intake = Intake {
                    mailbox: &name,
                    cursor: &fetched.cursor,
                    raw: &fetched.raw,
                    truncated: fetched.truncated,
                    received: reader::received(&fetched.raw)
                        .filter(|at| *at <= now)
                        .or(fetched.received.filter(|at| *at <= now)),
                    now,
                };
                pass.taken += 1;
                if let Intaken::New(_) = self.store.take_in(&intake).await? {
                    for stored in self.store.received().await? {
                        self.decide(&stored).await?;
                        pass.decided += 1;
                    }
                }
            }
        }
    }

    /// Reads and decides a stored message, and records everything about it in one transaction.
    async fn decide(&self, stored: &Stored) -> anyhow::Result<()> {
        let now = self.clock.now();
        if stored.truncated {
            self.store.record_failure(stored.id, &self.campaign.id, "the message is too large", now).await?;
            return Ok(());
        }
        let raw = self.store.raw(&stored.sha256).await?;
        let (reading, contents) = reader::read_mail(&raw, &self.own, &self.limits);
        for bytes in &contents {
            self.store.put_file(bytes).await?;
        }
        let message = &reading.message;
        let from = message.from.as_ref().map(|from| &from.address);
        let known = self.store.known(&self.campaign.id, from, &message.answers).await?;
        let received = stored.received_at;
        let basis = Basis {
            campaign: &self.campaign,
            roster: &self.roster,
            known: &known,
            received,
            grace: self.config.replies.grace,
        };
        let mut decision = decision::decide(&basis, &reading);
        let outgoing = match self.outgoing(stored, &reading, &decision) {
            Ok(outgoing) => outgoing,
            // A wrong template concerns every mail: it is put right before any goes on.
            Err(error @ ReplyError::Template(_)) => return Err(error.into()),
            Err(error) => {
                tracing::warn!(message = stored.id, %error, "no letter could be written: a person is asked");
                decision.leave_to_a_person(ReviewReason::Unanswerable);
                Vec::new()
            }
        };
        let record = Record {
            message: stored.id,
            campaign: &self.campaign.id,
            reading: &reading,
            decision: &decision,
            outgoing: &outgoing,
            now,
        };
        self.store.record(&record).await?;
        Ok(())
    }

    /// The letters of a decision; none where replies are off or the mail is older than the campaign.
    fn outgoing(&self, stored: &Stored, reading: &Reading, decision: &Decision) -> Result<Vec<Outgoing>, ReplyError> {
        let too_old = self.campaign.day_of(stored.received_at) < self.campaign.start;
        if self.config.replies.mode == ReplyMode::Off || too_old {
            return Ok(Vec::new());
        }
        let mailbox = self.config.mailboxes.iter().find(|one| one.path.display().to_string() == stored.mailbox);
        let Some(from) = mailbox.and_then(|one| Address::parse(&one.address)) else {
            return Err(ReplyError::MessageId);
        };
        let registration = format!("{}/{}", self.campaign.id, stored.id);
        let letter = |planned: &PlannedReply| {
            let envelope = Envelope {
                from: &from,
                from_name: mailbox.and_then(|one| one.name.as_deref()).unwrap_or_default(),
                now: self.clock.now(),
                registration: Some(&registration),
                seed: &format!("{} {} {:?}", self.campaign.id, stored.sha256, planned.template),
                templates: &self.templates,
            };
            let letter = reply::render(&self.campaign, decision, reading, planned, &envelope)?;
            let schools = planned.submissions.iter().filter_map(|index| decision.submissions.get(*index));
            Ok(Outgoing {
                key: letter.message_id.to_string(),
                to: planned.to.clone(),
                template: planned.template,
                schools: schools.filter_map(|one| one.school.clone()).collect(),
                message_id: letter.message_id,
                mime: letter.mime,
                not_before: planned.not_before,
            })
        };
        decision.replies.iter().map(letter).collect()
    }

    /// Shows in the mailbox what was done, after it is committed and never before.
    async fn mark_all(&mut self, index: usize) -> anyhow::Result<()> {
        let Some(name) = self.mailbox_name(index) else { return Ok(()) };
        for (id, cursor, action) in self.store.unmarked(&name).await? {
            let Some(mailbox) = self.mailboxes.get_mut(index) else { return Ok(()) };
            mailbox.mark(&cursor, action).await?;
            self.store.marked(id).await?;
        }
        Ok(())
    }

    /// A mailbox is known in the store by its path.
    fn mailbox_name(&self, index: usize) -> Option<String> {
        self.config.mailboxes.get(index).map(|mailbox| mailbox.path.display().to_string())
    }
}
