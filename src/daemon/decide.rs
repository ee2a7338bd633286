//! A stored message → a decision and its letters, recorded in one transaction.

use jiff::Timestamp;

use crate::{
    authenticity::Authenticity,
    config::{MailboxConfig, ReplyMode},
    decision::{self, Action, Basis, Decision, Known, PlannedReply, ReviewReason},
    fault::point,
    jail::JailError,
    message::Address,
    reader::Reading,
    reply::{self, Envelope, ReplyError},
    store::{Outgoing, Purpose, Record, StoreError, Stored},
};

use super::core::Core;

impl Core {
    /// Decides about everything that waits for it; gives how many messages that were.
    ///
    /// # Errors
    /// Where the store refuses, or a template is wrong.
    pub(super) async fn decide_received(&self) -> anyhow::Result<u32> {
        let _alone = self.deciding.lock().await;
        let mut decided = 0;
        for stored in self.store.received().await? {
            self.decide(&stored).await?;
            decided += 1;
        }
        self.renew_requests().await?;
        Ok(decided)
    }

    /// Writes requests anew that wait while somebody else has sent more of the same schools: who sent the form is not
    /// asked for the draft that has come from a colleague.
    async fn renew_requests(&self) -> anyhow::Result<()> {
        for outdated in self.store.outdated(&self.campaign.id).await? {
            let (stored, reading) = (&outdated.stored, &outdated.reading);
            let mut known = self.known(reading).await?;
            known.recorded = true;
            let decision = decision::decide(&self.basis(stored, &known), reading);
            let letters = self.outgoing(stored, reading, &decision).unwrap_or_default();
            self.store.renew(outdated.id, letters.first()).await?;
            tracing::info!(message = stored.id, written = !letters.is_empty(), "its answer was overtaken");
        }
        Ok(())
    }

    async fn known(&self, reading: &Reading) -> Result<Known, StoreError> {
        let message = &reading.message;
        let from = message.from.as_ref().map(|from| &from.address);
        self.store.known(&self.campaign.id, from, &message.answers).await
    }

    fn basis<'b>(&'b self, stored: &Stored, known: &'b Known) -> Basis<'b> {
        Basis {
            campaign: &self.campaign,
            roster: &self.roster,
            recogniser: &self.recogniser,
            known,
            received: stored.received_at,
            grace: self.config.replies.grace,
            policy: self.config.replies.policy,
        }
    }

    /// Reads and decides a stored message, and records everything about it in one transaction. One that cannot be read is
    /// a person's: it holds up nothing behind it.
    async fn decide(&self, stored: &Stored) -> anyhow::Result<()> {
        let raw = match self.store.raw(&stored.sha256).await {
            Err(error) if error.is_damage() => return self.unreadable(stored, &error.to_string()).await,
            raw => raw?,
        };
        point!("decide::reading");
        let mut read = match self.jail.read_mail(&raw, &self.own).await {
            Err(error @ JailError::Killed { .. }) => return self.unreadable(stored, &error.to_string()).await,
            read => read?,
        };
        self.converter.complete(&self.jail, &mut read).await?;
        let (mut reading, contents) = read;
        point!("decide::read");
        for bytes in &contents {
            self.store.put_file(bytes).await?;
        }
        point!("decide::documents_stored");
        let known = self.known(&reading).await?;
        let basis = self.basis(stored, &known);
        let mut decision = if stored.truncated {
            decision::too_large()
        } else {
            decided(&basis, &mut reading, self.authenticity.as_ref(), raw).await
        };
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
        point!("decide::decided");
        let now = self.now().await?;
        let record = Record {
            message: stored.id,
            campaign: &self.campaign.id,
            reading: &reading,
            decision: &decision,
            outgoing: &outgoing,
            caps: &self.config.replies.caps,
            suppressed_until: now.saturating_add(self.config.times.suppress).unwrap_or(Timestamp::MAX),
            now,
        };
        self.store.record(&record).await?;
        let authentication = &reading.message.authentication;
        tracing::info!(message = stored.id, action = ?decision.action, ?authentication, letters = outgoing.len(), "decided");
        if !outgoing.is_empty() {
            self.queued.notify_one();
        }
        Ok(())
    }

    /// Hands a message that cannot be read to a person.
    async fn unreadable(&self, stored: &Stored, why: &str) -> anyhow::Result<()> {
        tracing::error!(message = stored.id, why, "a message cannot be read: a person is asked");
        self.store.record_failure(stored.id, &self.campaign.id, why, self.now().await?).await?;
        Ok(())
    }

    /// The letters of a decision; none where replies are off.
    fn outgoing(&self, stored: &Stored, reading: &Reading, decision: &Decision) -> Result<Vec<Outgoing>, ReplyError> {
        if self.config.replies.mode == ReplyMode::Off {
            return Ok(Vec::new());
        }
        let mailbox = self.config.mailboxes.iter().find(|one| one.key() == stored.mailbox);
        let Some((mailbox, from)) = mailbox.and_then(|one| Some((one, Address::parse(&one.address)?))) else {
            return Err(ReplyError::MessageId);
        };
        decision.replies.iter().map(|planned| self.letter(stored, reading, decision, planned, mailbox, &from)).collect()
    }

    fn letter(
        &self,
        stored: &Stored,
        reading: &Reading,
        decision: &Decision,
        planned: &PlannedReply,
        mailbox: &MailboxConfig,
        from: &Address,
    ) -> Result<Outgoing, ReplyError> {
        let registration = reply::registration(&self.campaign.id, stored.id);
        let now = self.clock.now();
        let envelope = Envelope {
            from,
            from_name: mailbox.name.as_deref().unwrap_or_default(),
            now,
            registration: Some(&registration),
            seed: &format!("{} {} {:?}", self.campaign.id, stored.sha256, planned.template),
            templates: &self.templates,
        };
        let letter = reply::render(&self.campaign, decision, reading, planned, &envelope)?;
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

/// Decides. Where it matters of whom the mail is, and no server has said, its signatures are looked at first.
async fn decided(
    basis: &Basis<'_>,
    reading: &mut Reading,
    authenticity: Option<&Authenticity>,
    raw: Vec<u8>,
) -> Decision {
    let decision = decision::decide(basis, reading);
    let matters = !matches!(decision.action, Action::Ignore | Action::Leave) && reading.message.automatic.is_none();
    let Some((authenticity, author)) = authenticity.zip(reading.message.from.as_ref()).filter(|_| matters) else {
        return decision;
    };
    let (authentication, sign) = authenticity.of(raw, &author.address).await;
    let news = authentication != reading.message.authentication;
    reading.message.authentication = authentication;
    reading.message.authentication_sign = sign.to_owned();
    if news { decision::decide(basis, reading) } else { decision }
}

#[cfg(test)]
mod tests {
    use crate::{
        campaign,
        decision::{Known, ReplyPolicy},
        document::Limits,
        form::Recogniser,
        matching::Roster,
        message::{Authentication, OwnIdentity},
        reader::read_mail,
    };

    use super::*;

    /// What is decided about a sample in a world of these names, and what was found out about its author.
    async fn about(sample: &[u8], records: &[(&str, &str)], policy: ReplyPolicy) -> (Decision, Authentication) {
        let sample_campaign = include_str!("../../config/campaigns/500plus-2022.toml");
        let campaign = campaign::read("sample", sample_campaign).unwrap();
        let basis = Basis {
            campaign: &campaign,
            roster: &Roster::new(&campaign),
            recogniser: &Recogniser::new(&campaign),
            known: &Known::default(),
            received: "2022-11-08T08:00:00Z".parse().unwrap(),
            grace: jiff::SignedDuration::ZERO,
            policy,
        };
        let mut reading = read_mail(sample, &OwnIdentity::default(), &Limits::default()).0;
        let world = Authenticity::of_world(records, &[]);
        let decision = decided(&basis, &mut reading, Some(&world), sample.to_vec()).await;
        (decision, reading.message.authentication)
    }

    const FORM: &[u8] = include_bytes!("../../tests/fixtures/mails/02-roshchino-form.eml");
    /// The domain of the sample's author sends no mail, and wants rejected what bears its name.
    const NOBODY: [(&str, &str); 2] = [("mail.example", "v=spf1 -all"), ("_dmarc.mail.example", "v=DMARC1; p=reject")];

    #[tokio::test]
    async fn what_we_find_out_ourselves_decides() {
        let (decision, found) = about(FORM, &NOBODY, ReplyPolicy::Default).await;
        assert_eq!((found, decision.action, decision.replies.len()), (Authentication::Fail, Action::Review, 0));
        let (decision, found) = about(FORM, &[], ReplyPolicy::Default).await;
        assert_eq!((found, decision.action, decision.replies.len()), (Authentication::Unknown, Action::Request, 1));
        let (decision, _) = about(FORM, &[], ReplyPolicy::Strict).await;
        assert_eq!((decision.action, decision.replies.len()), (Action::Review, 0));
    }

    #[tokio::test]
    async fn no_name_is_asked_for_where_it_decides_nothing() {
        let out_of_office: &[u8] = include_bytes!("../../tests/fixtures/mails/09-out-of-office.eml");
        let other: &[u8] = include_bytes!("../../tests/fixtures/mails/11-leave.eml");
        for sample in [out_of_office, other] {
            let (decision, found) = about(sample, &NOBODY, ReplyPolicy::Default).await;
            assert_eq!((found, decision.replies.len()), (Authentication::Unknown, 0));
            assert!(matches!(decision.action, Action::Ignore | Action::Leave));
        }
    }
}
