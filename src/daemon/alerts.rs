//! What staff hear of: through the server that still works.

use std::sync::Arc;

use crate::{
    campaign::SchoolId,
    message::Address,
    office::{Rules, WrongFile},
    outbox::GIVEN_UP,
    reply::{AlertKind, AlertLetter, AlertText, ReplyError, render_alert},
    store::{Alert, HeldRow, Incident, OutboxState, RETURNED},
};

use super::{
    core::Core,
    send::{RESTS, STOPPED},
};

impl Core {
    /// Staff hear that something does not work; once, until it has worked again.
    ///
    /// # Errors
    /// Where the store refuses, or a template is wrong.
    pub(super) async fn incident(&self, kind: AlertKind, place: &str, detail: &str) -> anyhow::Result<()> {
        self.note(kind, place, detail, false).await
    }

    /// Something that happened and is over: staff hear of it each time.
    ///
    /// # Errors
    /// As [`Core::incident`].
    pub(super) async fn happened(&self, kind: AlertKind, place: &str, detail: &str) -> anyhow::Result<()> {
        self.note(kind, place, detail, true).await
    }

    async fn note(&self, kind: AlertKind, place: &str, detail: &str, over: bool) -> anyhow::Result<()> {
        let since = self.now().await?;
        let rules = self.office.first();
        let text = AlertText { kind, place, detail, letters: &[], at: since, zone: &rules.campaign.time_zone };
        let alerts = self.alerts(&text, &format!("{} {place} {since} {detail}", kind.word()))?;
        let (kind, place) = (kind.word().to_owned(), place.to_owned());
        let incident = Incident { kind, place, detail: detail.to_owned(), since };
        if self.store().open_incident(&incident, over, &alerts).await? {
            tracing::error!(kind = incident.kind, place = incident.place, "staff are told");
            self.office.queued.notify_one();
            self.wake_mailboxes();
        }
        Ok(())
    }

    /// Staff hear of campaign files that cannot be used.
    ///
    /// # Errors
    /// As [`Core::incident`].
    pub(super) async fn heed_campaign_files(&self) -> anyhow::Result<()> {
        let wrong = self.office.wrong_files();
        let place = |one: &WrongFile| one.file.display().to_string();
        for one in &wrong {
            self.incident(AlertKind::Campaign, &place(one), &one.why).await?;
        }
        for open in self.store().incidents().await? {
            if open.kind == AlertKind::Campaign.word() && wrong.iter().all(|one| place(one) != open.place) {
                self.well(&[AlertKind::Campaign], &open.place).await?;
            }
        }
        Ok(())
    }

    /// It works again.
    ///
    /// # Errors
    /// Where the store refuses.
    pub(super) async fn well(&self, kinds: &[AlertKind], place: &str) -> anyhow::Result<()> {
        for kind in kinds {
            if self.store().close_incident(kind.word(), place, self.office.clock.now()).await? {
                tracing::info!(kind = kind.word(), place, "it is well again");
            }
        }
        Ok(())
    }

    /// Tells staff of letters that failed or have been in doubt for longer than their proof takes; gives whether there
    /// were any.
    ///
    /// # Errors
    /// Where the store refuses, or a template is wrong.
    pub(super) async fn tell_of_letters(&self) -> anyhow::Result<bool> {
        let _alone = self.telling.lock().await;
        let now = self.now().await?;
        let before = now.saturating_sub(self.config().times.settle).unwrap_or(now);
        let held = self.store().untold(before).await?;
        if held.is_empty() {
            return Ok(false);
        }
        let (all, rules) = (self.office.campaigns(), self.office.first());
        let letters: Vec<AlertLetter> = held.iter().map(|row| letter_of(&all, row)).collect();
        let text = AlertText {
            kind: AlertKind::Letters,
            place: "",
            detail: "",
            letters: &letters,
            at: now,
            zone: &rules.campaign.time_zone,
        };
        let rows: Vec<i64> = held.iter().map(|row| row.id).collect();
        let alerts = self.alerts(&text, &format!("letters {rows:?} {now}"))?;
        self.store().tell(&rows, &alerts, now).await?;
        tracing::error!(letters = rows.len(), "letters failed or are in doubt: staff are told");
        self.office.queued.notify_one();
        self.wake_mailboxes();
        Ok(true)
    }

    /// One letter for each of the staff; where letters cannot be sent, or nobody is named, one into the mailbox itself.
    fn alerts(&self, text: &AlertText<'_>, seed: &str) -> Result<Vec<Alert>, ReplyError> {
        let Some(mailbox) = self.config().mailboxes.first() else { return Ok(Vec::new()) };
        let Some(own) = Address::parse(&mailbox.address) else { return Ok(Vec::new()) };
        let staff: Vec<Address> = self.config().staff.addresses.iter().filter_map(|one| Address::parse(one)).collect();
        let into_mailbox = staff.is_empty() || text.kind.stops_sending() || !self.sends();
        let to = if into_mailbox { vec![own.clone()] } else { staff };
        let alert = |to: Address| {
            let key = format!("alert {seed} {}", to.as_str());
            let (message_id, mime) = render_alert(text, &own, &to, &key, &self.office.templates)?;
            let mailbox = into_mailbox.then(|| mailbox.key());
            Ok(Alert { key: message_id.to_string(), sender: own.clone(), to, mailbox, message_id, mime })
        };
        to.into_iter().map(alert).collect()
    }
}

fn letter_of(all: &[Arc<Rules>], row: &HeldRow) -> AlertLetter {
    let campaign = all.iter().map(|rules| &rules.campaign).find(|one| Some(&one.id) == row.campaign.as_ref());
    let name = |id: &SchoolId| {
        let school = campaign.and_then(|campaign| campaign.school(id));
        school.map_or_else(|| id.to_string(), |school| school.name.clone())
    };
    AlertLetter {
        number: row.id,
        to: row.recipient.clone(),
        schools: row.schools.iter().map(name).collect::<Vec<_>>().join("; "),
        doubtful: row.state == OutboxState::Ambiguous,
        response: said(&row.response),
    }
}

/// What staff read of why a letter did not arrive: a server's words as they are, our own notes in the staff's language.
fn said(response: &str) -> String {
    let response = response.strip_prefix(GIVEN_UP).unwrap_or(response);
    if response.starts_with(RETURNED) {
        "письмо вернулось с уведомлением о недоставке".to_owned()
    } else if response.starts_with(RESTS) {
        "на этот адрес пока ничего не отправляется: прежнее письмо на него не дошло".to_owned()
    } else if response == STOPPED {
        String::new()
    } else {
        response.to_owned()
    }
}
