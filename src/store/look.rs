//! What people look at: single messages, cases, letters and events, as they are. Nothing here writes.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{ENTERED, MessageRow, Store, StoreError, from_json, from_word, instant, parsed, state};
use crate::{
    campaign::{CampaignId, FieldId, SchoolId},
    decision::{Action, ReviewReason, Ruling},
    digest::Sha256,
    document::{Format, Problem},
    form::{Answer, Kind},
    reader::Reading,
};

mod figures;
mod letters;
mod rulings;
mod school;
mod system;

pub use figures::{EventCount, Figures, Queue};
pub use letters::{LetterLine, LetterLook};
pub use rulings::{RulingLook, SecondLook};
pub use school::{SchoolFile, SchoolMail, VersionLook};
pub use system::{EventRow, Pending, Size, TickLook};

/// How far a message has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageState {
    /// It waits for its decision.
    Received,
    /// The very bytes of another one.
    Duplicate(MessageRow),
    /// It is decided.
    Decided(Action),
}

/// A message, without what was read in it.
#[derive(Debug, Clone, PartialEq)]
pub struct MessageLine {
    /// Its row.
    pub id: MessageRow,
    /// When the mailbox received it.
    pub received: Timestamp,
    /// Who sent it, where that is known.
    pub sender: Option<String>,
    /// Its subject.
    pub subject: String,
    /// How far it has come.
    pub state: MessageState,
    /// Why, one reason each, in English.
    pub why: Vec<String>,
}

/// A message as it came, with all that was made of it.
#[derive(Debug, Clone)]
pub struct MessageLook {
    /// What is known of it at once.
    pub line: MessageLine,
    /// The hash of its bytes, for [`Store::raw`].
    pub sha256: Sha256,
    /// Whether only its first bytes were stored.
    pub truncated: bool,
    /// Whether a person has entered it: it came otherwise than by e-mail.
    pub entered: bool,
    /// What was read; none where it could not be, or has not been.
    pub reading: Option<Reading>,
    /// Its documents as they were judged.
    pub documents: Vec<DocumentLook>,
    /// One school's part of it each.
    pub parts: Vec<PartLook>,
    /// Whether a person must still decide something about it.
    pub waits: bool,
    /// Whether a person has found some of it to be no school's.
    pub set_aside: bool,
}

/// A document of a message as it was judged.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentLook {
    /// Its place among them.
    pub position: usize,
    /// The sender's name for it.
    pub name: Option<String>,
    /// What its bytes are; none for the mail's own text.
    pub format: Option<Format>,
    /// The hash of its bytes.
    pub sha256: Option<Sha256>,
    /// What it is.
    pub kind: Kind,
    /// Whose it is, where that is certain.
    pub school: Option<SchoolId>,
    /// Why it could not be read.
    pub problem: Option<Problem>,
}

/// One school's part of a message.
#[derive(Debug, Clone, PartialEq)]
pub struct PartLook {
    /// Its row.
    pub id: i64,
    /// The campaign.
    pub campaign: CampaignId,
    /// The school, where it is certain.
    pub school: Option<SchoolId>,
    /// Which of the school's versions it is, where it was accepted.
    pub version: Option<u32>,
    /// What was done about it.
    pub action: Action,
    /// Whether it came after its deadline.
    pub late: bool,
    /// Whether it holds the form.
    pub form: bool,
    /// Whether it holds the draft.
    pub draft: bool,
    /// The schools that it may be.
    pub candidates: Vec<SchoolId>,
    /// The name of a school outside the schedule.
    pub outside: Option<String>,
    /// The name of the school's branch.
    pub branch: Option<String>,
    /// Fields without an answer.
    pub missing: Vec<FieldId>,
    /// Its documents, by their places.
    pub documents: Vec<usize>,
    /// Why this school, one reason each, in English.
    pub evidence: Vec<String>,
    /// Its answers.
    pub answers: Vec<(FieldId, Answer)>,
}

/// Something that a person decides, or has decided.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseLook {
    /// Its number.
    pub number: i64,
    /// The campaign.
    pub campaign: CampaignId,
    /// The message.
    pub message: MessageRow,
    /// The part of it that it is about; none for the whole message.
    pub part: Option<i64>,
    /// Why.
    pub reason: ReviewReason,
    /// The schools that it may be.
    pub candidates: Vec<SchoolId>,
    /// The name of a school outside the schedule.
    pub outside: Option<String>,
    /// When the message was received.
    pub received: Timestamp,
    /// Who sent it, where that is known.
    pub sender: Option<String>,
    /// Its subject.
    pub subject: String,
    /// When it was decided.
    pub decided: Option<Timestamp>,
    /// By whom.
    pub by: Option<String>,
    /// What was decided.
    pub ruling: Option<Ruling>,
    /// When the sender was asked whose his documents are.
    pub asked: Option<Timestamp>,
}

/// Id, received, sender, subject, state, duplicate of, reasons.
type LineColumns = (i64, i64, Option<String>, String, String, Option<i64>, String);
#[derive(sqlx::FromRow)]
struct CaseColumns {
    id: i64,
    campaign: String,
    message: i64,
    submission: Option<i64>,
    reason: String,
    candidates: String,
    outside: Option<String>,
    received_at: i64,
    sender: Option<String>,
    subject: String,
    decided_at: Option<i64>,
    who: Option<String>,
    verdict: Option<String>,
    asked_at: Option<i64>,
}

fn line((id, received, sender, subject, state, first, why): LineColumns) -> Result<MessageLine, StoreError> {
    let state = match (state.as_str(), first) {
        ("received", _) => MessageState::Received,
        ("duplicate", Some(first)) => MessageState::Duplicate(first),
        _ => MessageState::Decided(from_word(state)?),
    };
    let why = why.lines().map(str::to_owned).collect();
    Ok(MessageLine { id, received: instant(received)?, sender, subject, state, why })
}

fn case(row: CaseColumns) -> Result<CaseLook, StoreError> {
    Ok(CaseLook {
        number: row.id,
        campaign: parsed("campaign", &row.campaign)?,
        message: row.message,
        part: row.submission,
        reason: from_word(row.reason)?,
        candidates: from_json(&row.candidates)?,
        outside: row.outside,
        received: instant(row.received_at)?,
        sender: row.sender,
        subject: row.subject,
        decided: row.decided_at.map(instant).transpose()?,
        by: row.who,
        ruling: row.verdict.as_deref().map(from_json).transpose()?,
        asked: row.asked_at.map(instant).transpose()?,
    })
}

const CASE: &str =
    "SELECT r.id, r.campaign, r.message, r.submission, r.reason, r.candidates, s.outside, m.received_at, m.sender,
        m.subject, r.decided_at,
        coalesce((SELECT a.address FROM accounts a WHERE a.id = CAST(r.decided_by AS INTEGER)), r.decided_by) AS who,
        (SELECT u.verdict FROM rulings u WHERE u.message = r.message AND u.review = r.id AND u.undone_at IS NULL
         ORDER BY u.id DESC LIMIT 1) AS verdict, r.asked_at
    FROM reviews r JOIN messages m ON m.id = r.message LEFT JOIN submissions s ON s.id = r.submission WHERE";

/// Whether a person has found some of a message `m` to be no school's: nobody knows then whose it is.
const SET_ASIDE: &str = "EXISTS (SELECT 1 FROM submissions a JOIN rulings r ON r.id = a.replaced
    WHERE a.message = m.id AND r.verdict = '\"nothing\"'
      AND NOT EXISTS (SELECT 1 FROM reviews v WHERE v.id = r.review AND v.decision LIKE 'move %'))";

impl Store {
    /// A message with all that was made of it; none where there is no such row.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn message(&self, id: MessageRow) -> Result<Option<MessageLook>, StoreError> {
        type Rest = (String, bool, String, Option<String>);
        let Some(line) = self.message_line(id).await? else { return Ok(None) };
        let (sha256, truncated, mailbox, reading): Rest =
            sqlx::query_as("SELECT sha256, truncated, mailbox, reading FROM messages WHERE id = $1")
                .bind(id)
                .fetch_one(&self.readers)
                .await?;
        Ok(Some(MessageLook {
            line,
            sha256: parsed("hash", &sha256)?,
            truncated,
            entered: mailbox == ENTERED,
            reading: reading.as_deref().map(from_json).transpose()?,
            documents: self.documents_of(&[id]).await?.remove(&id).unwrap_or_default(),
            parts: self.parts_of(&[id]).await?.remove(&id).unwrap_or_default(),
            waits: self.cases_of(id).await?.iter().any(|case| case.decided.is_none()),
            set_aside: sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
                "SELECT {SET_ASIDE} FROM messages m WHERE m.id = $1"
            )))
            .bind(id)
            .fetch_one(&self.readers)
            .await?,
        }))
    }

    /// What a campaign makes of a message; none where it has not looked at it.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn share(&self, campaign: &CampaignId, message: MessageRow) -> Result<Option<Action>, StoreError> {
        let action: Option<String> =
            sqlx::query_scalar("SELECT action FROM shares WHERE message = $1 AND campaign = $2")
                .bind(message)
                .bind(campaign.as_str())
                .fetch_optional(&self.readers)
                .await?;
        action.map(from_word).transpose()
    }

    /// What is known of a message at once; none where there is no such row.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn message_line(&self, id: MessageRow) -> Result<Option<MessageLine>, StoreError> {
        let found: Option<LineColumns> = sqlx::query_as(
            "SELECT id, received_at, sender, subject, state, duplicate_of, reason FROM messages WHERE id = $1",
        )
        .bind(id)
        .fetch_optional(&self.readers)
        .await?;
        found.map(line).transpose()
    }

    /// The documents of messages, as they were judged.
    async fn documents_of(
        &self,
        messages: &[MessageRow],
    ) -> Result<BTreeMap<MessageRow, Vec<DocumentLook>>, StoreError> {
        let rows: Vec<DocumentColumns> = sqlx::query_as(
            "SELECT message, position, name, format, sha256, kind, school, problem FROM documents
             WHERE message IN (SELECT value FROM json_each($1)) ORDER BY message, position",
        )
        .bind(super::json(&messages)?)
        .fetch_all(&self.readers)
        .await?;
        let mut documents = BTreeMap::<_, Vec<_>>::new();
        for (message, position, name, format, sha256, kind, school, problem) in rows {
            documents.entry(message).or_default().push(DocumentLook {
                position: usize::try_from(position).unwrap_or_default(),
                name,
                format: format.map(from_word).transpose()?,
                sha256: sha256.as_deref().map(|hash| parsed("hash", hash)).transpose()?,
                kind: from_word(kind)?,
                school: school.as_deref().map(|id| parsed("school", id)).transpose()?,
                problem: problem.map(from_word).transpose()?,
            });
        }
        Ok(documents)
    }

    /// The parts of messages that count, one school's each.
    async fn parts_of(&self, messages: &[MessageRow]) -> Result<BTreeMap<MessageRow, Vec<PartLook>>, StoreError> {
        let messages = super::json(&messages)?;
        let rows: Vec<PartColumns> = sqlx::query_as(
            "SELECT id, message, campaign, school, version, action, late, form, draft, candidates, outside, branch, missing,
                    documents, evidence
             FROM submissions WHERE message IN (SELECT value FROM json_each($1)) AND replaced IS NULL
             ORDER BY message, position, id",
        )
        .bind(&messages)
        .fetch_all(&self.readers)
        .await?;
        let mut answers = self.answers_of(&messages).await?;
        let mut parts = BTreeMap::<_, Vec<_>>::new();
        for row in rows {
            let (message, part) = (row.message, part(row)?);
            let answers = answers.remove(&part.id).unwrap_or_default();
            parts.entry(message).or_default().push(PartLook { answers, ..part });
        }
        Ok(parts)
    }

    /// The answers of each part; `messages` is a list as JSON.
    async fn answers_of(&self, messages: &str) -> Result<BTreeMap<i64, Vec<(FieldId, Answer)>>, StoreError> {
        type Columns = (i64, String, String, Option<String>, Option<String>, String);
        let rows: Vec<Columns> = sqlx::query_as(
            "SELECT submission, field, text, value, invalid, found FROM answers WHERE submission IN (
                 SELECT id FROM submissions WHERE message IN (SELECT value FROM json_each($1)) AND replaced IS NULL)",
        )
        .bind(messages)
        .fetch_all(&self.readers)
        .await?;
        let mut answers = BTreeMap::<_, Vec<_>>::new();
        for (part, field, text, value, problem, found) in rows {
            let answer = state::answer(text, value.as_deref(), problem.as_deref(), found)?;
            answers.entry(part).or_default().push((parsed("field", &field)?, answer));
        }
        Ok(answers)
    }

    /// A case, open or decided; none where there is no such number.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn case(&self, number: i64) -> Result<Option<CaseLook>, StoreError> {
        Ok(self.cases("r.id = $1", number).await?.pop())
    }

    /// The cases of a message, in the order in which they were opened.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn cases_of(&self, message: MessageRow) -> Result<Vec<CaseLook>, StoreError> {
        self.cases("r.message = $1 ORDER BY r.id", message).await
    }

    /// Every case of a campaign that waits, or of all, the oldest first.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn cases_open(&self, campaign: Option<&CampaignId>) -> Result<Vec<CaseLook>, StoreError> {
        let which = "r.decided_at IS NULL AND ($2 IS NULL OR r.campaign = $2) ORDER BY m.received_at, r.id LIMIT $1";
        self.cases_in(which, -1, campaign).await
    }

    /// The cases of a campaign that were decided last, the latest first, so many at most.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn cases_decided(&self, campaign: &CampaignId, most: i64) -> Result<Vec<CaseLook>, StoreError> {
        let which = "r.decided_at IS NOT NULL AND r.campaign = $2 ORDER BY r.decided_at DESC, r.id DESC LIMIT $1";
        self.cases_in(which, most, Some(campaign)).await
    }

    async fn cases(&self, which: &str, bound: i64) -> Result<Vec<CaseLook>, StoreError> {
        self.cases_in(which, bound, None).await
    }

    async fn cases_in(
        &self,
        which: &str,
        bound: i64,
        campaign: Option<&CampaignId>,
    ) -> Result<Vec<CaseLook>, StoreError> {
        let query = format!("{CASE} {which}");
        let query = sqlx::query_as(sqlx::AssertSqlSafe(query)).bind(bound);
        let query = if which.contains("$2") { query.bind(campaign.map(CampaignId::as_str)) } else { query };
        let rows: Vec<CaseColumns> = query.fetch_all(&self.readers).await?;
        rows.into_iter().map(case).collect()
    }

    /// Messages of this final state before `before`, by the time at which they were received and their row, the latest
    /// first; our own letters, come back, are none.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn messages_of(
        &self,
        action: Action,
        before: Option<(Timestamp, MessageRow)>,
        most: i64,
    ) -> Result<Vec<MessageLine>, StoreError> {
        let (at, row) = before.map_or((i64::MAX, i64::MAX), |(at, row)| (at.as_microsecond(), row));
        let rows: Vec<LineColumns> = sqlx::query_as(
            "SELECT m.id, m.received_at, m.sender, m.subject, m.state, m.duplicate_of, m.reason FROM messages m
             WHERE m.state = $1 AND (m.received_at, m.id) < ($2, $3) AND m.erased_at IS NULL
               AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.message_id = m.message_id)
             ORDER BY m.received_at DESC, m.id DESC LIMIT $4",
        )
        .bind(super::word(&action)?)
        .bind(at)
        .bind(row)
        .bind(most)
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(line).collect()
    }
}

/// Message, position, name, format, hash, kind, school, problem.
type DocumentColumns =
    (i64, i64, Option<String>, Option<String>, Option<String>, String, Option<String>, Option<String>);

#[derive(sqlx::FromRow)]
struct PartColumns {
    id: i64,
    message: i64,
    campaign: String,
    school: Option<String>,
    version: Option<u32>,
    action: String,
    late: bool,
    form: bool,
    draft: bool,
    candidates: String,
    outside: Option<String>,
    branch: Option<String>,
    missing: String,
    documents: String,
    evidence: String,
}

fn part(row: PartColumns) -> Result<PartLook, StoreError> {
    Ok(PartLook {
        id: row.id,
        campaign: parsed("campaign", &row.campaign)?,
        school: row.school.as_deref().map(|id| parsed("school", id)).transpose()?,
        version: row.version,
        action: from_word(row.action)?,
        late: row.late,
        form: row.form,
        draft: row.draft,
        candidates: from_json(&row.candidates)?,
        outside: row.outside,
        branch: row.branch,
        missing: from_json(&row.missing)?,
        documents: from_json(&row.documents)?,
        evidence: from_json(&row.evidence)?,
        answers: Vec::new(),
    })
}
