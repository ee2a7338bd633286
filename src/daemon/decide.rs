//! A stored message → a decision and its letters, recorded in one transaction.

use jiff::Timestamp;

use crate::{
    authenticity::Authenticity,
    decision::{self, Action, Basis, Decision, ReviewReason},
    fault::point,
    jail::JailError,
    office::Decided,
    reader::Reading,
    reply::ReplyError,
    store::{ENTERED, Record, Stored},
};

use super::core::Core;

impl Core {
    /// Decides about everything that waits for it; gives how many messages that were.
    ///
    /// # Errors
    /// Where the store refuses, or a template is wrong.
    pub(super) async fn decide_received(&self) -> anyhow::Result<u32> {
        let _alone = self.office.deciding.lock().await;
        self.office.refresh().await?;
        let mut decided = 0;
        for stored in self.store().received().await? {
            self.decide(&stored).await?;
            decided += 1;
        }
        self.office.renew().await?;
        Ok(decided)
    }

    /// Reads and decides a stored message, and records everything about it in one transaction. One that cannot be read is
    /// a person's: it holds up nothing behind it.
    async fn decide(&self, stored: &Stored) -> anyhow::Result<()> {
        let raw = match self.store().raw(&stored.sha256).await {
            Err(error) if error.is_damage() => return self.unreadable(stored, &error.to_string()).await,
            raw => raw?,
        };
        point!("decide::reading");
        let mut read = match self.office.jail.read_mail(&raw, &self.office.own).await {
            Err(error @ JailError::Killed { .. }) => return self.unreadable(stored, &error.to_string()).await,
            read => read?,
        };
        self.office.converter.complete(&self.office.jail, &mut read).await?;
        let (mut reading, contents) = read;
        point!("decide::read");
        for bytes in &contents {
            self.store().put_file(bytes).await?;
        }
        point!("decide::documents_stored");
        let (office, rules) = (&self.office, self.office.rules());
        let known = office.known(&rules, &reading).await?;
        let basis = rules.basis(&office.config, stored, &known);
        let mut decision = if stored.truncated {
            decision::too_large()
        } else {
            decided(&basis, &mut reading, self.authenticity.as_ref(), raw).await
        };
        let written = Decided { rules: &rules, stored, reading: &reading, decision: &decision, seed: "" };
        let outgoing = match office.outgoing(&written) {
            Ok(outgoing) => outgoing,
            // A wrong template concerns every mail: it is put right before any goes on.
            Err(error @ ReplyError::Template(_)) => return Err(error.into()),
            Err(error) => {
                tracing::warn!(message = stored.id, %error, "no letter could be written: a person is asked");
                decision.leave_to_a_person(ReviewReason::Unanswerable);
                Vec::new()
            }
        };
        if stored.mailbox == ENTERED {
            // Whoever was entering it has been told that it failed; he sees what became of it.
            decision.leave_to_a_person(ReviewReason::Unanswerable);
        }
        point!("decide::decided");
        let now = self.now().await?;
        let record = Record {
            message: stored.id,
            campaign: &rules.campaign.id,
            reading: &reading,
            decision: &decision,
            outgoing: &outgoing,
            caps: &self.config().replies.caps,
            suppressed_until: now.saturating_add(self.config().times.suppress).unwrap_or(Timestamp::MAX),
            now,
        };
        self.store().record(&record).await?;
        let authentication = &reading.message.authentication;
        tracing::info!(message = stored.id, action = ?decision.action, ?authentication, letters = outgoing.len(), "decided");
        if !outgoing.is_empty() {
            self.office.queued.notify_one();
        }
        Ok(())
    }

    /// Hands a message that cannot be read to a person.
    async fn unreadable(&self, stored: &Stored, why: &str) -> anyhow::Result<()> {
        tracing::error!(message = stored.id, why, "a message cannot be read: a person is asked");
        self.store().record_failure(stored.id, &self.office.rules().campaign.id, why, self.now().await?).await?;
        Ok(())
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
