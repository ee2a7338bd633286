//! What has been decided about a message, in one transaction: all of it is in the store, or nothing.

use jiff::Timestamp;
use serde_json::json;
use sqlx::SqliteConnection;

use super::{MessageRow, OutboxRow, Store, StoreError, events, json, replace, state, word};
use crate::{
    campaign::{CampaignId, SchoolId},
    config::Caps,
    decision::{Action, Decision, DocumentVerdict, Submission, Template},
    message::{Address, MessageId},
    reader::{Reading, VERSION},
};

/// Everything about a decided message.
#[derive(Debug, Clone, Copy)]
pub struct Record<'r> {
    /// Its row.
    pub message: MessageRow,
    /// What was read.
    pub reading: &'r Reading,
    /// What each campaign has made of it, the weightiest first. All of them number the documents alike.
    pub shares: &'r [Recorded<'r>],
    /// How many answers may leave: what goes beyond takes the place of what still waits.
    pub caps: &'r Caps,
    /// Until when nothing is sent to an address from which our letter came back for good.
    pub suppressed_until: Timestamp,
    /// The time.
    pub now: Timestamp,
}

/// What one campaign has made of a message.
#[derive(Debug, Clone, Copy)]
pub struct Recorded<'r> {
    /// The campaign.
    pub campaign: &'r CampaignId,
    /// What was decided by its rules.
    pub decision: &'r Decision,
    /// Its answers, ready to be sent.
    pub outgoing: &'r [Outgoing],
}

/// An answer, ready to be sent.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// Its name: one for each message and template.
    pub key: String,
    /// The address of the mailbox from which it comes.
    pub sender: Address,
    /// To whom.
    pub to: Address,
    /// What it is for.
    pub purpose: Purpose,
    /// The schools of which it speaks.
    pub schools: Vec<SchoolId>,
    /// Its own Message-ID.
    pub message_id: MessageId,
    /// The whole message as it goes out.
    pub mime: Vec<u8>,
    /// Not to be sent before this instant.
    pub not_before: Timestamp,
}

/// What a letter is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// It answers a mail.
    Answer(Template),
    /// It tells a school that it presents on another day.
    NewDate,
    /// It reminds a school.
    Reminder,
    /// It reminds somebody who looks after schools.
    Digest,
    /// It tells the committee how things stand.
    Summary,
    /// It tells the committee that a person must decide.
    Cases,
    /// It brings the link by which somebody signs in to the board.
    SignIn,
}

impl Purpose {
    pub(super) fn word(self) -> Result<String, StoreError> {
        match self {
            Self::Answer(template) => word(&template),
            Self::NewDate => Ok("new_date".to_owned()),
            Self::Reminder => Ok("reminder".to_owned()),
            Self::Digest => Ok("digest".to_owned()),
            Self::Summary => Ok("summary".to_owned()),
            Self::Cases => Ok("cases".to_owned()),
            Self::SignIn => Ok("sign_in".to_owned()),
        }
    }
}

impl Store {
    /// Records a decision. `false`, and nothing changed, where the message had already been decided.
    ///
    /// # Errors
    /// Where the message is not there or the database refuses; nothing is recorded then.
    pub async fn record(&self, record: &Record<'_>) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let message = &record.reading.message;
        let Some(first) = record.shares.first() else { return Ok(false) };
        let decided = Decided {
            id: record.message,
            action: first.decision.action,
            campaign: first.campaign,
            sender: message.from.as_ref().map(|from| from.address.as_str()),
            message_id: message.message_id.as_ref().map(MessageId::as_str),
            subject: &message.subject,
            reading: Some(json(record.reading)?),
            reason: first.decision.why.join("\n"),
            now: record.now,
        };
        if !decide(&mut tx, &decided).await? {
            return Ok(false);
        }
        if self.is_erasing(&mut tx, record.now).await?
            && let Some(gone) = record.reading.files.iter().find(|file| !self.files.has(file.sha256))
        {
            // Removed in between; the next try stores it again.
            return Err(StoreError::row("stored file", gone.sha256));
        }
        for (position, verdict) in (0..).zip(&first.decision.documents) {
            document(&mut tx, record, position, verdict).await?;
        }
        let returned = replace::returned(&mut tx, record).await?;
        let mut position = 0;
        for (index, one) in (0..).zip(record.shares) {
            let concerned = !matches!(one.decision.action, Action::Leave | Action::Ignore);
            let (versions, superseded) = share(&mut tx, record, one, &mut position).await?;
            if index > 0 && !concerned {
                continue;
            }
            let refs = json!({
                "message": record.message,
                "campaign": one.campaign,
                "action": one.decision.action,
                "versions": versions,
                "outbox": one.outgoing.len(),
                "superseded": superseded,
                "returned": if index == 0 { returned } else { 0 },
            });
            events::append(&mut tx, record.now, "decided", &refs).await?;
        }
        crate::fault::point!("record::before_commit");
        tx.commit().await?;
        crate::fault::point!("record::committed");
        Ok(true)
    }

    /// Hands a message that could not be read at all to a person. `false` where it had already been decided.
    /// The reason is for staff and must hold no personal data.
    ///
    /// # Errors
    /// Where the message is not there or the database refuses.
    pub async fn record_failure(
        &self,
        id: MessageRow,
        campaign: &CampaignId,
        reason: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let decided = Decided {
            id,
            action: Action::Review,
            campaign,
            sender: None,
            message_id: None,
            subject: "",
            reading: None,
            reason: reason.to_owned(),
            now,
        };
        if !decide(&mut tx, &decided).await? {
            return Ok(false);
        }
        note_share(&mut tx, id, campaign, Action::Review).await?;
        open_review(&mut tx, id, None, campaign, "broken", &[], now).await?;
        events::append(&mut tx, now, "broken", &json!({ "message": id, "campaign": campaign })).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// What a campaign has made of a message; gives the versions that have come of it, and how many letters it took back.
/// `position` is that of the next submission.
async fn share(
    tx: &mut SqliteConnection,
    record: &Record<'_>,
    one: &Recorded<'_>,
    position: &mut i64,
) -> Result<(Vec<serde_json::Value>, u64), StoreError> {
    note_share(tx, record.message, one.campaign, one.decision.action).await?;
    let mut submissions = Vec::new();
    let mut versions = Vec::new();
    for submission in &one.decision.submissions {
        let part = Part { message: record.message, campaign: one.campaign, position: *position, ruling: None };
        let (id, version) = insert_submission(tx, &part, submission).await?;
        submissions.push(id);
        versions.push(json!([submission.school, version]));
        *position += 1;
    }
    for review in &one.decision.reviews {
        let about = review.submission.and_then(|index| one.decision.submissions.get(index));
        let row = review.submission.and_then(|index| submissions.get(index)).copied();
        let mut candidates = review.candidates.clone();
        candidates.extend(about.and_then(|s| s.school.clone()).filter(|s| !review.candidates.contains(s)));
        let reason = word(&review.reason)?;
        open_review(tx, record.message, row, one.campaign, &reason, &candidates, record.now).await?;
    }
    let superseded = replace::supersede(tx, record, one).await?;
    for outgoing in one.outgoing {
        queue(tx, record, one.campaign, outgoing).await?;
    }
    Ok((versions, superseded))
}

/// Notes what a campaign makes of a message.
pub(super) async fn note_share(
    connection: &mut SqliteConnection,
    message: MessageRow,
    campaign: &CampaignId,
    action: Action,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO shares (message, campaign, action) VALUES ($1, $2, $3)
         ON CONFLICT (message, campaign) DO UPDATE SET action = excluded.action",
    )
    .bind(message)
    .bind(campaign.as_str())
    .bind(word(&action)?)
    .execute(connection)
    .await?;
    Ok(())
}

/// The message's own row, once it is decided.
struct Decided<'d> {
    id: MessageRow,
    action: Action,
    campaign: &'d CampaignId,
    sender: Option<&'d str>,
    message_id: Option<&'d str>,
    subject: &'d str,
    reading: Option<String>,
    reason: String,
    now: Timestamp,
}

/// `false` where somebody has decided it before.
async fn decide(connection: &mut SqliteConnection, decided: &Decided<'_>) -> Result<bool, StoreError> {
    let changed = sqlx::query(
        "UPDATE messages SET state = $1, campaign = $2, sender = $3, message_id = $4, subject = $5, reading = $6,
             version = $7, reason = $8, decided_at = $9
         WHERE id = $10 AND state = 'received'",
    )
    .bind(word(&decided.action)?)
    .bind(decided.campaign.as_str())
    .bind(decided.sender)
    .bind(decided.message_id)
    .bind(decided.subject)
    .bind(&decided.reading)
    .bind(VERSION)
    .bind(&decided.reason)
    .bind(decided.now.as_microsecond())
    .bind(decided.id)
    .execute(&mut *connection)
    .await?;
    if changed.rows_affected() > 0 {
        return Ok(true);
    }
    let there: Option<i64> =
        sqlx::query_scalar("SELECT id FROM messages WHERE id = $1").bind(decided.id).fetch_optional(connection).await?;
    there.map(|_| false).ok_or_else(|| StoreError::row("message", decided.id))
}

async fn document(
    connection: &mut SqliteConnection,
    record: &Record<'_>,
    position: i64,
    verdict: &DocumentVerdict,
) -> Result<(), StoreError> {
    let file = verdict.file.and_then(|index| record.reading.files.get(index));
    sqlx::query(
        "INSERT INTO documents (message, position, name, path, format, size, sha256, kind, school, problem)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(record.message)
    .bind(position)
    .bind(file.and_then(|file| file.name.as_deref()))
    .bind(json(&file.map(|file| file.path.as_slice()).unwrap_or_default())?)
    .bind(file.map(|file| word(&file.format)).transpose()?)
    .bind(file.map(|file| i64::try_from(file.size).unwrap_or(i64::MAX)))
    .bind(file.map(|file| file.sha256.to_string()))
    .bind(word(&verdict.kind)?)
    .bind(verdict.school.as_ref().map(SchoolId::as_str))
    .bind(verdict.problem.as_ref().map(word).transpose()?)
    .execute(connection)
    .await?;
    Ok(())
}

/// Only what is certain to be a school's gets a version and counts as the school's answers.
pub(super) fn accepted(submission: &Submission) -> Option<&SchoolId> {
    submission.school.as_ref().filter(|_| matches!(submission.action, Action::Confirm | Action::Request))
}

/// Which part of a message a submission is, and whose decision made it.
pub(super) struct Part<'p> {
    pub(super) message: MessageRow,
    pub(super) campaign: &'p CampaignId,
    pub(super) position: i64,
    pub(super) ruling: Option<i64>,
}

/// Adds a submission with its answers; gives its row, and its version where it is accepted.
pub(super) async fn insert_submission(
    connection: &mut SqliteConnection,
    part: &Part<'_>,
    submission: &Submission,
) -> Result<(i64, Option<i64>), StoreError> {
    let mut version = None;
    if let Some(school) = accepted(submission) {
        let next: i64 = sqlx::query_scalar(
            "SELECT coalesce(max(version), 0) + 1 FROM submissions WHERE campaign = $1 AND school = $2",
        )
        .bind(part.campaign.as_str())
        .bind(school.as_str())
        .fetch_one(&mut *connection)
        .await?;
        version = Some(next);
    }
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO submissions (message, position, campaign, school, version, action, late, form, draft, information,
             candidates, outside, branch, missing, invalid, owed, documents, evidence, ruling)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) RETURNING id",
    )
    .bind(part.message)
    .bind(part.position)
    .bind(part.campaign.as_str())
    .bind(submission.school.as_ref().map(SchoolId::as_str))
    .bind(version)
    .bind(word(&submission.action)?)
    .bind(submission.late)
    .bind(submission.form)
    .bind(submission.draft)
    .bind(json(&submission.information)?)
    .bind(json(&submission.candidates)?)
    .bind(&submission.outside)
    .bind(&submission.branch)
    .bind(json(&submission.missing)?)
    .bind(json(&submission.invalid)?)
    .bind(json(&submission.owed)?)
    .bind(json(&submission.documents)?)
    .bind(json(&submission.evidence)?)
    .bind(part.ruling)
    .fetch_one(&mut *connection)
    .await?;
    for (field, answer) in &submission.answers {
        sqlx::query(
            "INSERT INTO answers (submission, field, text, value, invalid, found) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(id)
        .bind(field.as_str())
        .bind(&answer.text)
        .bind(answer.value.as_ref().map(json).transpose()?)
        .bind(answer.invalid.map(state::invalid_word))
        .bind(&answer.found)
        .execute(&mut *connection)
        .await?;
    }
    Ok((id, version))
}

pub(super) async fn open_review(
    connection: &mut SqliteConnection,
    message: MessageRow,
    submission: Option<i64>,
    campaign: &CampaignId,
    reason: &str,
    candidates: &[SchoolId],
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO reviews (message, submission, campaign, reason, candidates, opened_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(message)
    .bind(submission)
    .bind(campaign.as_str())
    .bind(reason)
    .bind(json(&candidates)?)
    .bind(now.as_microsecond())
    .execute(connection)
    .await?;
    Ok(())
}

async fn queue(
    connection: &mut SqliteConnection,
    record: &Record<'_>,
    campaign: &CampaignId,
    outgoing: &Outgoing,
) -> Result<(), StoreError> {
    let letter = Letter {
        letter: outgoing,
        message: Some(record.message),
        ruling: None,
        approved: false,
        campaign,
        expires: None,
        now: record.now,
    };
    insert_letter(connection, &letter).await.map(|_| ())
}

/// A letter to be queued.
pub(super) struct Letter<'l> {
    pub(super) letter: &'l Outgoing,
    /// The message that it answers.
    pub(super) message: Option<MessageRow>,
    /// The decision of a person that it follows from.
    pub(super) ruling: Option<i64>,
    /// Whether a person has seen it and lets it leave.
    pub(super) approved: bool,
    pub(super) campaign: &'l CampaignId,
    /// From when on it is of no use.
    pub(super) expires: Option<Timestamp>,
    pub(super) now: Timestamp,
}

/// Queues a letter; gives its row.
pub(super) async fn insert_letter(
    connection: &mut SqliteConnection,
    whole: &Letter<'_>,
) -> Result<OutboxRow, StoreError> {
    let letter = whole.letter;
    let id: OutboxRow = sqlx::query_scalar(
        "INSERT INTO outbox (key, message, kind, campaign, sender, recipient, message_id, mime, state, queued_at,
             not_before, changed_at, expires, internal, ruling, approved, seen, held)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'queued', $10, $9, $10, $11, $12, $13, $14,
             (SELECT coalesce(max(id), 0) FROM submissions),
             coalesce((SELECT held FROM messages WHERE id = $2), 0)) RETURNING id",
    )
    .bind(&letter.key)
    .bind(whole.message)
    .bind(letter.purpose.word()?)
    .bind(whole.campaign.as_str())
    .bind(letter.sender.as_str())
    .bind(letter.to.as_str())
    .bind(letter.message_id.as_str())
    .bind(&letter.mime)
    .bind(letter.not_before.as_microsecond())
    .bind(whole.now.as_microsecond())
    .bind(whole.expires.map(Timestamp::as_microsecond))
    .bind(matches!(letter.purpose, Purpose::Summary | Purpose::Cases | Purpose::SignIn))
    .bind(whole.ruling)
    .bind(whole.approved)
    .fetch_one(&mut *connection)
    .await?;
    for school in &letter.schools {
        sqlx::query("INSERT OR IGNORE INTO outbox_schools (outbox, school) VALUES ($1, $2)")
            .bind(id)
            .bind(school.as_str())
            .execute(&mut *connection)
            .await?;
    }
    Ok(id)
}
