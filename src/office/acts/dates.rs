//! A school presents on another day.

use jiff::civil::Date;

use crate::{
    campaign::{Amendment, CampaignId, SchoolId},
    config::ReplyMode,
    message::Address,
    reply::{self, Envelope, ReplyError},
    store::{AccountId, Outgoing, Purpose},
};

use super::{ActError, Office, Rules, is_a_day_of};

/// To so many addresses of one school the letter goes at most.
const ADDRESSES: usize = 3;

/// What would follow from another day.
#[derive(Debug)]
pub struct NewDate {
    /// The day until now, where the school had one.
    pub before: Option<Date>,
    /// The letters that tell the school, one to each of its addresses.
    pub letters: Vec<Outgoing>,
    amendment: Amendment,
}

impl Office {
    /// What would follow where a school presents on another day; nothing is changed.
    ///
    /// # Errors
    /// [`ActError`], whose message says what is wrong with it.
    pub async fn new_date(&self, campaign: &CampaignId, school: &SchoolId, date: Date) -> Result<NewDate, ActError> {
        let rules = self.rules_of(campaign).await?;
        let known = rules.campaign.school(school).ok_or_else(|| ActError::School(school.to_string()))?;
        let before = known.date;
        is_a_day_of(&rules, date)?;
        if before == Some(date) {
            return Err(ActError::Same);
        }
        let amendment = Amendment::Date { school: school.clone(), date };
        let campaign = rules.campaign.clone().amended([amendment.clone()]);
        let amended = Rules::new(campaign, rules.made_of);
        let mut letters = Vec::new();
        for to in self.known_addresses(&rules, school).await? {
            letters.extend(self.date_letter(&amended, (school, before, date), &to)?);
        }
        Ok(NewDate { before, letters, amendment })
    }

    /// Notes the day and queues the letters.
    ///
    /// # Errors
    /// As [`Office::new_date`].
    pub async fn change_date(
        &self,
        campaign: &CampaignId,
        school: &SchoolId,
        date: Date,
        by: AccountId,
    ) -> Result<usize, ActError> {
        let _alone = self.alone().await;
        let new = self.new_date(campaign, school, date).await?;
        self.store.amend(campaign, &new.amendment, &new.letters, by, self.clock.now()).await?;
        self.refresh().await?;
        self.renew().await?;
        self.queued.notify_one();
        Ok(new.letters.len())
    }

    /// Where a school can be reached: the addresses that are known to be its own, and those to which letters about it have
    /// gone.
    async fn known_addresses(&self, rules: &Rules, school: &SchoolId) -> Result<Vec<Address>, ActError> {
        let listed = rules.campaign.school(school).into_iter().flat_map(|one| &one.addresses);
        let mut all: Vec<Address> = listed.filter_map(|text| Address::parse(text)).collect();
        let answered = self.store.answered(&rules.campaign.id).await?;
        all.extend(answered.into_iter().filter(|(id, _)| id == school).map(|(_, address)| address));
        let mut once: Vec<Address> = Vec::new();
        for one in all {
            if once.len() < ADDRESSES && !once.contains(&one) {
                once.push(one);
            }
        }
        Ok(once)
    }

    /// The letter to one address; none where replies are off, or no mail can be sent there.
    fn date_letter(
        &self,
        rules: &Rules,
        (school, before, date): (&SchoolId, Option<Date>, Date),
        to: &Address,
    ) -> Result<Option<Outgoing>, ActError> {
        let (campaign, now) = (&rules.campaign, self.clock.now());
        let mailbox = self.config.mailboxes.first().filter(|_| self.config.replies.mode != ReplyMode::Off);
        let (Some(mailbox), Some(known)) = (mailbox, campaign.school(school)) else { return Ok(None) };
        let Some(from) = Address::parse(&mailbox.address) else { return Ok(None) };
        let envelope = Envelope {
            from: &from,
            from_name: mailbox.name.as_deref().unwrap_or_default(),
            now,
            registration: None,
            seed: &format!("date {} {school} {} {now} {}", campaign.id, date, to.as_str()),
            templates: &self.templates,
        };
        let letter = match reply::render_new_date(campaign, known, before, to, &envelope) {
            Err(ReplyError::Address { .. }) => return Ok(None),
            letter => letter?,
        };
        Ok(Some(Outgoing {
            key: letter.message_id.to_string(),
            sender: from,
            to: to.clone(),
            purpose: Purpose::NewDate,
            schools: vec![school.clone()],
            message_id: letter.message_id,
            mime: letter.mime,
            not_before: self.undo_until(),
        }))
    }
}
