//! What a school has given otherwise than by e-mail: on paper, by telephone, through the document system. It becomes a
//! message of its own, so that it is kept, counted and shown like all others; nobody is answered.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use jiff::Timestamp;
use lettre::message::{Attachment, Mailbox, Message, MultiPart, SinglePart, header::ContentType};

use crate::{
    campaign::{CampaignId, FieldId, SchoolId},
    decision::{self, Decision},
    digest::Sha256,
    form::{self, Answer},
    logging,
    message::OwnIdentity,
    reader::Reading,
    reply::ReplyError,
    store::{AccountId, ENTERED, Intake, Intaken, MessageRow, Record, Recorded, Stored},
};

use super::{ActError, Office, Rules};

/// How something was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// On paper.
    Paper,
    /// By telephone.
    Phone,
    /// Through a document system.
    System,
    /// In some other way.
    Other,
}

impl Way {
    /// In words: «на бумаге».
    pub fn words(self) -> &'static str {
        match self {
            Self::Paper => "на бумаге",
            Self::Phone => "по телефону",
            Self::System => "через систему документооборота",
            Self::Other => "иным способом",
        }
    }
}

/// What was given.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The campaign.
    pub campaign: CampaignId,
    /// The school.
    pub school: SchoolId,
    /// How it was given.
    pub way: Way,
    /// When.
    pub received: Timestamp,
    /// What a person notes about it.
    pub note: String,
    /// Answers that a person has typed.
    pub answers: BTreeMap<FieldId, String>,
    /// Whether the draft was given, which may be in no file.
    pub draft: bool,
    /// A file: its name and bytes.
    pub file: Option<(String, Vec<u8>)>,
}

impl Office {
    /// Takes in what was given otherwise; gives the message that it has become.
    ///
    /// # Errors
    /// [`ActError::Empty`] where there is nothing in it, [`ActError::Same`] where the very same was entered for that day and
    /// counts; nothing is stored then.
    pub async fn enter(&self, entry: &Entry, by: AccountId) -> Result<MessageRow, ActError> {
        let _alone = self.alone().await;
        let rules = self.rules_of(&entry.campaign).await?;
        if rules.campaign.school(&entry.school).is_none() {
            return Err(ActError::School(entry.school.to_string()));
        }
        let cursor = self.entry_name(&rules, entry).await?;
        let raw = self.entry_mail(&rules, entry)?;
        let mut read = self.jail.read_mail(&raw, &OwnIdentity::default()).await?;
        self.converter.complete(&self.jail, &mut read).await?;
        let (mut reading, contents) = read;
        // A colleague's address is not one of the school's.
        reading.message.from = None;
        reading.message.automatic = None;
        let now = self.clock.now();
        let decision = self.entry_decision(&rules, entry, &reading).await?;
        for bytes in &contents {
            self.store.put_file(bytes).await?;
        }
        let intake = Intake {
            mailbox: ENTERED,
            cursor: &cursor,
            raw: &raw,
            truncated: false,
            received: Some(entry.received),
            now,
        };
        let (Intaken::New(message) | Intaken::Known { id: message, .. } | Intaken::Duplicate { of: message, .. }) =
            self.store.take_in(&intake).await?;
        let record = Record {
            message,
            reading: &reading,
            shares: &[Recorded { campaign: &rules.campaign.id, decision: &decision, outgoing: &[] }],
            caps: &self.config.replies.caps,
            suppressed_until: now,
            now,
        };
        if self.store.record(&record).await? {
            self.store.entered(message, by, now).await?;
        }
        logging::of_mail(message).in_scope(|| tracing::info!("a person has entered what came otherwise"));
        Ok(message)
    }

    /// Its lasting name: who clicks twice has entered it once. What was taken from a school since can be entered anew.
    async fn entry_name(&self, rules: &Rules, entry: &Entry) -> Result<String, ActError> {
        let day = rules.campaign.day_of(entry.received);
        let file = entry.file.as_ref().map(|(name, bytes)| (name, Sha256::of(bytes)));
        let what = (&entry.campaign, &entry.school, entry.way, day, &entry.note, &entry.answers, entry.draft, file);
        let name = Sha256::of(format!("{what:?}").as_bytes()).to_string();
        let Some(before) = self.store.taken_in(ENTERED, &name).await? else { return Ok(name) };
        for row in self.store.accepted_of(&entry.campaign, before).await? {
            if self.store.submission(row).await?.is_some_and(|one| one.school.as_ref() == Some(&entry.school)) {
                return Err(ActError::Same);
            }
        }
        Ok(format!("{name} {}", self.store.rulings_count(before).await?))
    }

    async fn entry_decision(&self, rules: &Rules, entry: &Entry, reading: &Reading) -> Result<Decision, ActError> {
        let known = self.known(rules, reading).await?;
        let stored = Stored {
            id: 0,
            sha256: Sha256::of(&[]),
            received_at: entry.received,
            mailbox: ENTERED.to_owned(),
            cursor: String::new(),
            truncated: false,
        };
        let basis = rules.basis(&self.config, &stored, &known);
        let typed = typed(rules, entry);
        decision::entered(&basis, reading, &entry.school, typed, entry.draft).ok_or(ActError::Empty)
    }

    /// The message: what was noted and typed as its text, the file with it.
    fn entry_mail(&self, rules: &Rules, entry: &Entry) -> Result<Vec<u8>, ActError> {
        let form = &rules.campaign.form;
        let typed = entry.answers.iter().filter(|(_, text)| !text.trim().is_empty());
        let typed = typed.filter_map(|(id, text)| Some(format!("{}. {}\r\n", form.number(id)?, text.trim())));
        let draft = if entry.draft { "Проект выступления представлен.\r\n" } else { "" };
        let text = format!("{}\r\n{draft}{}", entry.note.trim(), typed.collect::<String>());
        let own = self.config.mailboxes.first().and_then(|one| one.address.parse().ok());
        let own = Mailbox::new(None, own.ok_or(ReplyError::MessageId)?);
        let seconds = u64::try_from(entry.received.as_second()).unwrap_or_default();
        let mut parts = MultiPart::mixed().singlepart(SinglePart::plain(text));
        if let Some((name, bytes)) = &entry.file {
            let kind = ContentType::parse("application/octet-stream").map_err(ReplyError::MediaType)?;
            parts = parts.singlepart(Attachment::new(name.clone()).body(bytes.clone(), kind));
        }
        let message = Message::builder()
            .from(own.clone())
            .to(own)
            .subject(format!("Получено {}", entry.way.words()))
            .date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
            .multipart(parts)
            .map_err(ReplyError::Build)?;
        Ok(message.formatted())
    }
}

/// What a person has typed is judged like any other answer.
fn typed(rules: &Rules, entry: &Entry) -> BTreeMap<FieldId, Answer> {
    let fields = rules.campaign.form.fields.iter().filter_map(|field| {
        let text = entry.answers.get(&field.id)?.trim();
        let (value, invalid) = form::judge(field, text).filter(|_| !text.is_empty())?;
        let found = format!("введено сотрудником ({})", entry.way.words());
        Some((field.id.clone(), Answer { text: text.to_owned(), value, invalid, found }))
    });
    fields.collect()
}
