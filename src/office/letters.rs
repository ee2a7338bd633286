//! A decision → its letters, ready for the outbox.

use crate::{
    config::{MailboxConfig, ReplyMode},
    decision::{self, Decision, PlannedReply},
    message::Address,
    reader::Reading,
    reply::{self, Envelope, ReplyError},
    store::{Outgoing, Purpose, StoreError, Stored},
};

use super::{Office, Rules};

/// A message and what was decided about it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decided<'d> {
    pub(crate) rules: &'d Rules,
    pub(crate) stored: &'d Stored,
    pub(crate) reading: &'d Reading,
    pub(crate) decision: &'d Decision,
    /// What tells apart the letters that answer the same message in the same way; empty for the program's own.
    pub(crate) seed: &'d str,
}

impl Office {
    /// The letters of a decision; none where replies are off.
    ///
    /// # Errors
    /// A template is wrong, or an address is none that mail can be sent with.
    pub(crate) fn outgoing(&self, decided: &Decided<'_>) -> Result<Vec<Outgoing>, ReplyError> {
        // What is answered by nobody need not have come into a mailbox that there still is.
        if self.config.replies.mode == ReplyMode::Off || decided.decision.replies.is_empty() {
            return Ok(Vec::new());
        }
        let mailbox = self.config.mailboxes.iter().find(|one| one.key() == decided.stored.mailbox);
        let mailbox = mailbox.and_then(|one| Some((one, Address::parse(&one.address)?)));
        let (mailbox, from) = mailbox.ok_or(ReplyError::MessageId)?;
        decided.decision.replies.iter().map(|planned| self.letter(decided, planned, mailbox, &from)).collect()
    }

    /// Writes answers anew that wait while more has come of the same schools, or a person has decided otherwise about them: who
    /// sent the form is not asked for the draft that has come from a colleague.
    ///
    /// # Errors
    /// Where the store refuses.
    pub(crate) async fn renew(&self) -> Result<(), StoreError> {
        let rules = self.rules();
        for outdated in self.store.outdated(&rules.campaign.id).await? {
            let (stored, reading) = (&outdated.stored, &outdated.reading);
            let mut known = self.known(&rules, reading).await?;
            known.recorded = true;
            let decision = decision::decide(&rules.basis(&self.config, stored, &known), reading);
            let decided = Decided { rules: &rules, stored, reading, decision: &decision, seed: "" };
            let letters = self.outgoing(&decided).unwrap_or_default();
            self.store.renew(outdated.id, letters.first()).await?;
            tracing::info!(message = stored.id, written = !letters.is_empty(), "its answer was overtaken");
        }
        Ok(())
    }

    fn letter(
        &self,
        decided: &Decided<'_>,
        planned: &PlannedReply,
        mailbox: &MailboxConfig,
        from: &Address,
    ) -> Result<Outgoing, ReplyError> {
        let Decided { rules, stored, reading, decision, seed } = decided;
        let campaign = &rules.campaign;
        let registration = reply::registration(&campaign.id, stored.id);
        let now = self.clock.now();
        let envelope = Envelope {
            from,
            from_name: mailbox.name.as_deref().unwrap_or_default(),
            now,
            registration: Some(&registration),
            seed: &format!("{} {} {:?}{seed}", campaign.id, stored.sha256, planned.template),
            templates: &self.templates,
        };
        let letter = reply::render(campaign, decision, reading, planned, &envelope)?;
        let schools = planned.submissions.iter().filter_map(|index| decision.submissions.get(*index));
        Ok(Outgoing {
            key: letter.message_id.to_string(),
            sender: from.clone(),
            to: planned.to.clone(),
            purpose: Purpose::Answer(planned.template),
            schools: schools.filter_map(|one| one.school.clone()).collect(),
            message_id: letter.message_id,
            mime: letter.mime,
            // The server's clock may be ahead of ours: no letter waits longer than the grace for that.
            not_before: planned.not_before.min(now.saturating_add(self.config.replies.grace).unwrap_or(now)),
        })
    }
}
