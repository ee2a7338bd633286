//! Reminders of deadlines, when it is time.

use std::{collections::BTreeSet, sync::atomic::Ordering};

use jiff::Timestamp;

use crate::{
    campaign::Campaign,
    config::ReplyMode,
    decision::{self, Reminder, ReplyPolicy, ReviewReason, Standings},
    message::Address,
    office,
    reply::{self, Envelope},
    store::{Outgoing, Purpose},
};

use super::core::Core;

impl Core {
    /// Queues the reminders for which it is time.
    ///
    /// # Errors
    /// Where the store refuses, or a template is wrong.
    pub(super) async fn remind(&self) -> anyhow::Result<()> {
        let now = self.now().await?;
        if self.config().replies.mode == ReplyMode::Off {
            return Ok(());
        }
        // What is reminded of may lie in a mailbox that has not been looked into.
        if !self.caught_up.iter().all(|one| one.load(Ordering::SeqCst)) {
            return Ok(());
        }
        // Nor is it known what has come while nothing is decided.
        if self.office.missing().await?.is_some() {
            return Ok(());
        }
        for rules in self.office.campaigns() {
            if decision::may_remind(&rules.campaign, now) {
                self.remind_of(&rules.campaign, now).await?;
            }
        }
        Ok(())
    }

    async fn remind_of(&self, campaign: &Campaign, now: Timestamp) -> anyhow::Result<()> {
        // Where a school stands must not change between the look and the letter.
        let _alone = self.office.alone().await;
        // What repeats brings nothing that could be wanted.
        // A mail that waits in another campaign may be about this one.
        let mut reviews = self.store().reviews_open(None).await?;
        reviews.retain(|one| one.reason != ReviewReason::Repeated);
        let mut standings = Standings {
            given: self.store().reminded(&campaign.id).await?,
            doubtful: reviews
                .iter()
                .filter(|one| one.campaign == campaign.id)
                .flat_map(|one| one.candidates.iter().cloned())
                .collect(),
            unread: reviews.iter().filter_map(|one| Address::parse(one.sender.as_deref()?)).collect(),
            ..Standings::default()
        };
        // Where only who is proven is answered, only he is reminded: anybody can write an address into From.
        let strict = self.config().replies.policy == ReplyPolicy::Strict;
        let proven = if strict { self.store().answered(&campaign.id).await? } else { BTreeSet::new() };
        for (school, mut row) in self.store().schools(&campaign.id).await? {
            row.state.senders.retain(|one| !strict || proven.contains(&(school.clone(), one.clone())));
            standings.schools.insert(school, row.state);
        }
        let ticked = office::ticked(self.store(), campaign).await?;
        for school in &campaign.schools {
            office::add_ticked(&ticked, &school.id, standings.schools.entry(school.id.clone()).or_default());
        }
        // What was due when the store was restored may have been reminded of before: a person lets it leave.
        let restored = self.store().restored_at().await?;
        let given = restored.map(|at| decision::due_by(campaign, &standings, at)).unwrap_or_default();
        for reminder in decision::reminders(campaign, &standings, now) {
            let letters = reminder.to.iter().filter_map(|to| self.reminder(campaign, &reminder, to).transpose());
            let letters = letters.collect::<anyhow::Result<Vec<Outgoing>>>()?;
            if letters.is_empty() {
                continue;
            }
            let (occasions, expires) = (&reminder.occasions, reminder.expires);
            let held = occasions.iter().any(|one| given.contains(one));
            self.store().remind(&campaign.id, occasions, &letters, expires, held, now).await?;
            tracing::info!(letters = letters.len(), person = reminder.person, "reminded");
            self.office.queued.notify_one();
        }
        Ok(())
    }

    /// The letter to one of the receivers; none where no mail can be sent to the address.
    fn reminder(&self, campaign: &Campaign, reminder: &Reminder, to: &Address) -> anyhow::Result<Option<Outgoing>> {
        let Some((mailbox, from)) =
            self.config().mailboxes.first().and_then(|one| Some((one, Address::parse(&one.address)?)))
        else {
            return Ok(None);
        };
        let now = self.office.clock.now();
        let occasions: Vec<String> =
            reminder.occasions.iter().map(|one| format!("{} {}", one.whose, one.point)).collect();
        let envelope = Envelope {
            from: &from,
            from_name: mailbox.name.as_deref().unwrap_or_default(),
            now,
            registration: None,
            // A reminder that was overtaken and is written anew is another letter.
            seed: &format!("reminder {} {} {} {now}", campaign.id, occasions.join(", "), to.as_str()),
            templates: &self.office.templates,
        };
        let letter = match reply::render_reminder(campaign, reminder, to, &envelope) {
            Err(reply::ReplyError::Address { .. }) => return Ok(None),
            letter => letter?,
        };
        Ok(Some(Outgoing {
            key: letter.message_id.to_string(),
            sender: from,
            to: to.clone(),
            purpose: if reminder.person { Purpose::Digest } else { Purpose::Reminder },
            schools: reminder.schools.iter().filter_map(|one| one.school.clone()).collect(),
            message_id: letter.message_id,
            mime: letter.mime,
            not_before: now,
        }))
    }
}
