//! A decision → its letters, ready for the outbox.

use std::sync::Arc;

use crate::{
    config::{MailboxConfig, ReplyMode},
    decision::{self, Basis, Decision, Known, PlannedReply},
    logging,
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
        let all = self.campaigns();
        for rules in &all {
            for outdated in self.store.outdated(&rules.campaign.id).await? {
                let (stored, reading) = (&outdated.stored, &outdated.reading);
                let known = self.known_to(&all, reading, true).await?;
                let shares = decision::among(&self.bases(&all, stored, &known), reading);
                let share = shares.into_iter().find(|share| share.campaign == rules.campaign.id);
                let letters = share.and_then(|share| {
                    let decided = Decided { rules, stored, reading, decision: &share.decision, seed: "" };
                    self.outgoing(&decided).ok()
                });
                let letter = letters.as_deref().and_then(<[Outgoing]>::first);
                self.store.renew(outdated.id, letter).await?;
                logging::of_mail(stored.id).in_scope(|| {
                    tracing::info!(outbox = outdated.id, written = letter.is_some(), "its answer was overtaken")
                });
            }
        }
        Ok(())
    }

    /// What each campaign knows before a message is decided, in their order; `recorded`: once more.
    ///
    /// # Errors
    /// Where the store refuses.
    pub(crate) async fn known_to(
        &self,
        all: &[Arc<Rules>],
        reading: &Reading,
        recorded: bool,
    ) -> Result<Vec<Known>, StoreError> {
        let mut known = Vec::new();
        for rules in all {
            known.push(Known { recorded, ..self.known(rules, reading).await? });
        }
        Ok(known)
    }

    /// What the decision about a message rests on, for each campaign.
    pub(crate) fn bases<'b>(&self, all: &'b [Arc<Rules>], stored: &Stored, known: &'b [Known]) -> Vec<Basis<'b>> {
        all.iter().zip(known).map(|(rules, known)| rules.basis(&self.config, stored, known)).collect()
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
