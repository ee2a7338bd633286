//! What staff hear of: through the server that still works.

use std::{
    sync::{Arc, PoisonError, atomic::Ordering},
    time::{Duration, Instant},
};

use jiff::SignedDuration;

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

/// Faults of the last day make us doubt that it is the last one.
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// After so many doublings it is long enough.
const DOUBLINGS: u32 = 6;

/// How long a server must have been well before staff are told so. Twice as long with each fault of the last day that was
/// over: a server that comes and goes brings two letters each time, and ever more rarely.
fn calm(first: Duration, earlier: u32) -> Duration {
    first.saturating_mul(1 << earlier.min(DOUBLINGS))
}

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
        let text =
            AlertText { kind, place, detail, letters: &[], at: since, over: None, zone: &rules.campaign.time_zone };
        let alerts = self.alerts(&text, &format!("{} {place} {since} {detail}", kind.word()))?;
        let (kind, place) = (kind.word().to_owned(), place.to_owned());
        let incident = Incident { kind, place, detail: detail.to_owned(), since };
        if self.store().open_incident(&incident, over, &alerts).await? {
            tracing::error!(kind = incident.kind, "something does not work, staff are told: {}", incident.kind);
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
                self.mended(&open.place).await?;
            }
        }
        Ok(())
    }

    /// A campaign file can be used again: whoever has mended it knows.
    async fn mended(&self, place: &str) -> anyhow::Result<()> {
        let kind = AlertKind::Campaign.word();
        if self.store().close_incident(kind, place, self.office.clock.now()).await? {
            tracing::info!(kind, place, "it is well again");
        }
        Ok(())
    }

    /// It does not work, or not yet reliably: whatever was well begins anew.
    pub(super) fn ill(&self, place: &str) {
        self.recoveries.lock().unwrap_or_else(PoisonError::into_inner).remove(place);
    }

    /// It works. Staff hear that it does again, once that has lasted ([`calm`]); gives whether nothing is wrong there any
    /// more.
    ///
    /// # Errors
    /// Where the store refuses, or a template is wrong.
    pub(super) async fn well(&self, kinds: &[AlertKind], place: &str) -> anyhow::Result<bool> {
        let words: Vec<&str> = kinds.iter().map(|kind| kind.word()).collect();
        let open = self.store().incidents().await?;
        let Some(first) = open
            .iter()
            .filter(|one| one.place == place && words.contains(&one.kind.as_str()))
            .min_by_key(|one| one.since)
        else {
            self.ill(place);
            return Ok(true);
        };
        let lasted = {
            let mut recoveries = self.recoveries.lock().unwrap_or_else(PoisonError::into_inner);
            recoveries.entry(place.to_owned()).or_insert_with(Instant::now).elapsed()
        };
        let now = self.now().await?;
        let yesterday = now.saturating_sub(DAY).unwrap_or(now);
        let earlier = self.store().incidents_over(&words, place, yesterday).await?;
        // One pass, and then the process ends: nobody could wait.
        if self.lasts.load(Ordering::SeqCst) && lasted < calm(self.config().times.calm, earlier) {
            return Ok(false);
        }
        let since = now.saturating_sub(SignedDuration::try_from(lasted).unwrap_or_default()).unwrap_or(now);
        let (rules, kind) =
            (self.office.first(), AlertKind::of_word(&first.kind).unwrap_or(AlertKind::MailboxUnreachable));
        let text = AlertText {
            kind,
            place,
            detail: "",
            letters: &[],
            at: since,
            over: Some(first.since),
            zone: &rules.campaign.time_zone,
        };
        let letters = self.alerts(&text, &format!("over {} {place} {}", kind.word(), first.since))?;
        if self.store().end_incidents(&words, place, since, &letters, now).await? {
            tracing::info!(kind = kind.word(), "it is well again, staff are told: {}", kind.word());
            self.office.queued.notify_one();
            self.wake_mailboxes();
        }
        self.ill(place);
        Ok(true)
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
            over: None,
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
        let into_mailbox = staff.is_empty() || (text.kind.stops_sending() && text.over.is_none()) || !self.sends();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_comes_and_goes_is_told_of_ever_more_rarely() {
        let minutes = |earlier| calm(Duration::from_mins(5), earlier).as_secs() / 60;
        assert_eq!([0, 1, 2, 3, 4, 5, 6, 7, 1000].map(minutes), [5, 10, 20, 40, 80, 160, 320, 320, 320]);
        assert_eq!(calm(Duration::ZERO, 3), Duration::ZERO);
    }
}
