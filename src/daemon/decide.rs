//! A stored message → a decision and its letters, recorded in one transaction.

use std::sync::Arc;

use jiff::Timestamp;
use tracing::Instrument as _;

use crate::{
    authenticity::Authenticity,
    decision::{self, Action, Basis, ReviewReason, Share},
    discreet,
    fault::point,
    jail::JailError,
    logging,
    meter::{METER, measured},
    office::{Decided, Rules},
    pulse::beat,
    reader::Reading,
    reply::ReplyError,
    store::{ENTERED, Outgoing, Record, Recorded, Stored},
};

use super::core::Core;

impl Core {
    /// Decides about everything that waits for it; gives how many messages that were.
    ///
    /// # Errors
    /// Where the store refuses, or a template is wrong.
    pub(super) async fn decide_received(&self) -> anyhow::Result<u32> {
        let _alone = self.office.alone().await;
        self.office.refresh().await?;
        if let Some(campaign) = self.office.missing().await? {
            tracing::error!(
                campaign = campaign.as_str(),
                "its file cannot be used: nothing is decided until it is whole"
            );
            return Ok(0);
        }
        let mut decided = 0;
        for stored in self.store().received().await? {
            beat();
            measured(&METER.decide, self.decide(&stored)).instrument(logging::of_mail(stored.id)).await?;
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
        beat();
        point!("decide::read");
        for bytes in &contents {
            self.store().put_file(bytes).await?;
        }
        point!("decide::documents_stored");
        let (office, all) = (&self.office, self.office.campaigns());
        let known = office.known_to(&all, &reading, false).await?;
        let bases = office.bases(&all, stored, &known);
        let mut shares = if stored.truncated {
            vec![Share { campaign: office.first().campaign.id.clone(), decision: decision::too_large() }]
        } else {
            decided(&bases, &mut reading, self.authenticity.as_ref(), raw).await
        };
        if let (true, Some(first)) = (stored.mailbox == ENTERED, shares.first_mut()) {
            // Whoever was entering it has been told that it failed; he sees what became of it.
            first.decision.leave_to_a_person(ReviewReason::Unanswerable);
        }
        let mut letters = Vec::new();
        for share in &mut shares {
            letters.push(self.letters(&all, stored, &reading, share)?);
        }
        // A person is asked about what was to be answered: that weighs more now.
        let mut shares: Vec<(Share, Vec<Outgoing>)> = shares.into_iter().zip(letters).collect();
        shares.sort_by_key(|(share, _)| std::cmp::Reverse(share.decision.action));
        point!("decide::decided");
        let now = self.now().await?;
        let recorded: Vec<Recorded<'_>> = shares
            .iter()
            .map(|(share, outgoing)| Recorded { campaign: &share.campaign, decision: &share.decision, outgoing })
            .collect();
        let record = Record {
            message: stored.id,
            reading: &reading,
            shares: &recorded,
            caps: &self.config().replies.caps,
            suppressed_until: now.saturating_add(self.config().times.suppress).unwrap_or(Timestamp::MAX),
            now,
        };
        measured(&METER.commit, self.store().record(&record)).await?;
        let authentication = &reading.message.authentication;
        for one in &recorded {
            let (campaign, action, letters) = (one.campaign.as_str(), one.decision.action, one.outgoing.len());
            tracing::info!(campaign, ?action, ?authentication, letters, "decided");
        }
        if recorded.iter().any(|one| !one.outgoing.is_empty()) {
            self.office.queued.notify_one();
        }
        Ok(())
    }

    /// The letters of a campaign's share. Where none can be written, a person is asked.
    fn letters(
        &self,
        all: &[Arc<Rules>],
        stored: &Stored,
        reading: &Reading,
        share: &mut Share,
    ) -> Result<Vec<Outgoing>, ReplyError> {
        let Some(rules) = all.iter().find(|one| one.campaign.id == share.campaign) else { return Ok(Vec::new()) };
        let written = Decided { rules, stored, reading, decision: &share.decision, seed: "" };
        match self.office.outgoing(&written) {
            // A wrong template concerns every mail: it is put right before any goes on.
            Err(error) if !matches!(error, ReplyError::Template(_)) => {
                tracing::warn!("no letter could be written, a person is asked: {}", discreet::reply(&error));
                share.decision.leave_to_a_person(ReviewReason::Unanswerable);
                Ok(Vec::new())
            }
            outgoing => outgoing,
        }
    }

    /// Hands a message that cannot be read to a person.
    async fn unreadable(&self, stored: &Stored, why: &str) -> anyhow::Result<()> {
        tracing::error!("a message cannot be read, a person is asked: {why}");
        self.store().record_failure(stored.id, &self.office.first().campaign.id, why, self.now().await?).await?;
        Ok(())
    }
}

/// Decides. Where it matters of whom the mail is, and no server has said, its signatures are looked at first.
async fn decided(
    bases: &[Basis<'_>],
    reading: &mut Reading,
    authenticity: Option<&Authenticity>,
    raw: Vec<u8>,
) -> Vec<Share> {
    let shares = decision::among(bases, reading);
    let concerns = |share: &Share| !matches!(share.decision.action, Action::Ignore | Action::Leave);
    let matters = shares.iter().any(concerns) && reading.message.automatic.is_none();
    let Some((authenticity, author)) = authenticity.zip(reading.message.from.as_ref()).filter(|_| matters) else {
        return shares;
    };
    let (authentication, sign) = authenticity.of(raw, &author.address).await;
    let news = authentication != reading.message.authentication;
    reading.message.authentication = authentication;
    reading.message.authentication_sign = sign.to_owned();
    if news { decision::among(bases, reading) } else { shares }
}

#[cfg(test)]
mod tests {
    use crate::{
        campaign,
        decision::{Decision, Known, ReplyPolicy},
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
        let mut shares = decided(&[basis], &mut reading, Some(&world), sample.to_vec()).await;
        (shares.remove(0).decision, reading.message.authentication)
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
