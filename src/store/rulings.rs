//! What people decide: about a message of which the rules were not sure, or once more about one that they were. Each is a
//! row; what it replaces stays, and is there again when the decision is undone.

use jiff::Timestamp;
use serde_json::json;
use sqlx::SqliteConnection;

use super::{
    AccountId, MessageRow, Outgoing, Store, StoreError, amendments, cases, events, json as to_json,
    record::{Letter, Part, insert_letter, insert_submission, note_share, open_review},
    word,
};
use crate::{
    campaign::{Amendment, CampaignId},
    decision::{Action, Decision, ReviewReason, Ruling},
};

/// The number of a decision.
pub type RulingRow = i64;

/// A decision of a person, with everything that follows from it.
#[derive(Debug, Clone, Copy)]
pub struct NewRuling<'r> {
    /// The campaign.
    pub campaign: &'r CampaignId,
    /// The message that it is about.
    pub message: MessageRow,
    /// The case that it closes.
    pub review: Option<i64>,
    /// The submission that it replaces.
    pub replaces: Option<i64>,
    /// What was decided.
    pub ruling: &'r Ruling,
    /// What follows.
    pub decision: &'r Decision,
    /// The letters that follow.
    pub letters: &'r [Outgoing],
    /// What is added to the campaign with it, and withdrawn with it.
    pub amendments: &'r [Amendment],
    /// How many versions of the school were known when this was decided.
    pub versions: u32,
    /// Whether the sender had been told of what this replaces when this was decided.
    pub told: bool,
    /// Who decided.
    pub by: AccountId,
    /// The time.
    pub now: Timestamp,
}

/// What became of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruled {
    /// It is recorded.
    Done(RulingRow),
    /// Somebody has decided the same case meanwhile; nothing is changed.
    Decided,
    /// More has come of the school meanwhile, or a letter has begun to leave; nothing is changed, and what would follow must
    /// be looked at anew.
    Changed,
}

impl Store {
    /// Records what a person has decided, in one transaction.
    ///
    /// # Errors
    /// Where the database refuses; nothing is recorded then.
    pub async fn rule(&self, new: &NewRuling<'_>) -> Result<Ruled, StoreError> {
        let mut tx = self.begin().await?;
        if !is_open(&mut tx, new).await? {
            return Ok(Ruled::Decided);
        }
        if let Ruling::School(school) = new.ruling {
            let versions: i64 = sqlx::query_scalar(
                "SELECT coalesce(max(version), 0) FROM submissions WHERE campaign = $1 AND school = $2",
            )
            .bind(new.campaign.as_str())
            .bind(school.as_str())
            .fetch_one(&mut *tx)
            .await?;
            if versions != i64::from(new.versions) {
                return Ok(Ruled::Changed);
            }
        }
        // What has begun to leave meanwhile wants a letter that corrects it.
        if cases::told(&mut tx, new.replaces).await? != new.told {
            return Ok(Ruled::Changed);
        }
        let version: Option<i64> = sqlx::query_scalar("SELECT version FROM submissions WHERE id = $1")
            .bind(new.replaces)
            .fetch_optional(&mut *tx)
            .await?
            .flatten();
        let ruling: RulingRow = sqlx::query_scalar(
            "INSERT INTO rulings (message, review, submission, version, verdict, decided_at, decided_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
        )
        .bind(new.message)
        .bind(new.review)
        .bind(new.replaces)
        .bind(version)
        .bind(to_json(new.ruling)?)
        .bind(new.now.as_microsecond())
        .bind(new.by)
        .fetch_one(&mut *tx)
        .await?;
        apply(&mut tx, new, ruling).await?;
        for letter in new.letters {
            let letter = Letter {
                letter,
                message: Some(new.message),
                ruling: Some(ruling),
                approved: true,
                campaign: new.campaign,
                expires: None,
                now: new.now,
            };
            insert_letter(&mut tx, &letter).await?;
        }
        for amendment in new.amendments {
            amendments::add(&mut tx, new.campaign, amendment, Some(ruling), new.by, new.now).await?;
        }
        restate(&mut tx, new.message).await?;
        let refs = json!({ "ruling": ruling, "message": new.message, "review": new.review, "by": new.by,
            "verdict": verdict(new.ruling), "outbox": new.letters.len() });
        events::append(&mut tx, new.now, "ruled", &refs).await?;
        crate::fault::point!("rule::before_commit");
        tx.commit().await?;
        crate::fault::point!("rule::committed");
        Ok(Ruled::Done(ruling))
    }

    /// Notes who has entered a message that came otherwise than by e-mail.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn entered(&self, message: MessageRow, by: AccountId, now: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        events::append(&mut tx, now, "entered", &json!({ "message": message, "by": by })).await?;
        Ok(tx.commit().await?)
    }

    /// Opens a case in a campaign about a message that was left alone, so that a person can decide about it; gives its
    /// number. `None` where the message is no such one (any more).
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn pull_in(
        &self,
        campaign: &CampaignId,
        message: MessageRow,
        by: AccountId,
        now: Timestamp,
    ) -> Result<Option<i64>, StoreError> {
        let mut tx = self.begin().await?;
        let left: Option<i64> = sqlx::query_scalar(
            "UPDATE messages SET campaign = $2 WHERE id = $1 AND state IN ('leave', 'ignore') AND erased_at IS NULL
             RETURNING id",
        )
        .bind(message)
        .bind(campaign.as_str())
        .fetch_optional(&mut *tx)
        .await?;
        if left.is_none() {
            return Ok(None);
        }
        let review = taken_up(&mut tx, campaign, message, now).await?;
        let refs = json!({ "message": message, "campaign": campaign, "review": review, "by": by });
        events::append(&mut tx, now, "pulled_in", &refs).await?;
        tx.commit().await?;
        Ok(Some(review))
    }

    /// Closes a case because its message is about another letter, and opens one in that one's campaign; gives its number.
    /// `None` where the case is decided already, or where documents of the message count in either campaign.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn move_to(
        &self,
        campaign: &CampaignId,
        review: i64,
        by: AccountId,
        now: Timestamp,
    ) -> Result<Option<i64>, StoreError> {
        let mut tx = self.begin().await?;
        let case: Option<(MessageRow, Option<i64>)> = sqlx::query_as(
            "UPDATE reviews SET decided_at = $1, decided_by = $2, decision = $3
             WHERE id = $4 AND decided_at IS NULL AND campaign <> $5
               AND NOT EXISTS (SELECT 1 FROM submissions s WHERE s.message = reviews.message AND s.version IS NOT NULL
                               AND (s.campaign = $5 OR s.id = reviews.submission
                                    OR (s.campaign = reviews.campaign AND reviews.submission IS NULL)))
             RETURNING message, submission",
        )
        .bind(now.as_microsecond())
        .bind(by.to_string())
        .bind(format!("move {campaign}"))
        .bind(review)
        .bind(campaign.as_str())
        .fetch_optional(&mut *tx)
        .await?;
        let Some((message, submission)) = case else { return Ok(None) };
        // What the old campaign has made of it is in force no longer.
        let ruling: RulingRow = sqlx::query_scalar(
            "INSERT INTO rulings (message, review, submission, verdict, decided_at, decided_by)
             VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
        )
        .bind(message)
        .bind(review)
        .bind(submission)
        .bind(to_json(&Ruling::Nothing)?)
        .bind(now.as_microsecond())
        .bind(by)
        .fetch_one(&mut *tx)
        .await?;
        sqlx::query("UPDATE submissions SET replaced = $1 WHERE id = $2")
            .bind(ruling)
            .bind(submission)
            .execute(&mut *tx)
            .await?;
        sqlx::query("UPDATE messages SET campaign = $1 WHERE id = $2")
            .bind(campaign.as_str())
            .bind(message)
            .execute(&mut *tx)
            .await?;
        let new = taken_up(&mut tx, campaign, message, now).await?;
        let refs = json!({ "message": message, "campaign": campaign, "review": review, "new": new, "by": by });
        events::append(&mut tx, now, "moved", &refs).await?;
        tx.commit().await?;
        Ok(Some(new))
    }
}

/// Opens a case about a whole message, of which somebody knows already.
async fn taken_up(
    connection: &mut SqliteConnection,
    campaign: &CampaignId,
    message: MessageRow,
    now: Timestamp,
) -> Result<i64, StoreError> {
    note_share(connection, message, campaign, Action::Review).await?;
    let reason = word(&ReviewReason::PulledIn)?;
    open_review(connection, message, None, campaign, &reason, &[], now).await?;
    let review: i64 = sqlx::query_scalar(
        "UPDATE reviews SET told = 1 WHERE id = (SELECT max(id) FROM reviews WHERE message = $1) RETURNING id",
    )
    .bind(message)
    .fetch_one(&mut *connection)
    .await?;
    restate(connection, message).await?;
    Ok(review)
}

/// How it is noted that a letter has not left because of a decision.
pub(super) fn in_place(ruling: RulingRow) -> String {
    format!("decision {ruling} took its place")
}

/// What became of a case, as its row says it.
fn outcome(ruling: &Ruling) -> String {
    match ruling {
        Ruling::School(school) => format!("assign {school}"),
        Ruling::Nothing => "reject".to_owned(),
        Ruling::Ask => "ask".to_owned(),
    }
}

fn verdict(ruling: &Ruling) -> &'static str {
    match ruling {
        Ruling::School(_) => "school",
        Ruling::Nothing => "nothing",
        Ruling::Ask => "ask",
    }
}

/// Whether what is decided about is still as it was: the case undecided, the submission in force.
async fn is_open(connection: &mut SqliteConnection, new: &NewRuling<'_>) -> Result<bool, StoreError> {
    let asks = *new.ruling == Ruling::Ask;
    let review: bool = sqlx::query_scalar(
        "SELECT $1 IS NULL OR EXISTS (
             SELECT 1 FROM reviews WHERE id = $1 AND decided_at IS NULL AND NOT ($2 AND asked_at IS NOT NULL))",
    )
    .bind(new.review)
    .bind(asks)
    .fetch_one(&mut *connection)
    .await?;
    let submission: bool = sqlx::query_scalar(
        "SELECT $1 IS NULL OR EXISTS (SELECT 1 FROM submissions WHERE id = $1 AND replaced IS NULL)",
    )
    .bind(new.replaces)
    .fetch_one(connection)
    .await?;
    Ok(review && submission)
}

/// Closes the case, and puts what was decided in the place of what was there.
async fn apply(connection: &mut SqliteConnection, new: &NewRuling<'_>, ruling: RulingRow) -> Result<(), StoreError> {
    let now = new.now.as_microsecond();
    if let (Ruling::Ask, Some(review)) = (new.ruling, new.review) {
        // Until the sender has answered, the case is open.
        sqlx::query("UPDATE reviews SET asked_at = $1 WHERE id = $2")
            .bind(now)
            .bind(review)
            .execute(&mut *connection)
            .await?;
        return Ok(());
    }
    sqlx::query("UPDATE reviews SET decided_at = $1, decided_by = $2, decision = $3 WHERE id = $4")
        .bind(now)
        .bind(new.by.to_string())
        .bind(outcome(new.ruling))
        .bind(new.review)
        .execute(&mut *connection)
        .await?;
    sqlx::query("UPDATE submissions SET replaced = $1, version = NULL WHERE id = $2")
        .bind(ruling)
        .bind(new.replaces)
        .execute(&mut *connection)
        .await?;
    // What has not begun to leave, and speaks of nobody but the school that it was taken for, is not sent; nor is the
    // question that is answered by this.
    sqlx::query(
        "UPDATE outbox SET state = 'superseded', response = $1, changed_at = $2
         WHERE message = $3 AND state = 'queued' AND campaign = $7
           AND (ruling IN (SELECT id FROM rulings WHERE review = $5 AND id <> $6)
                OR (EXISTS (SELECT 1 FROM outbox_schools s WHERE s.outbox = outbox.id)
                    AND NOT EXISTS (SELECT 1 FROM outbox_schools s WHERE s.outbox = outbox.id AND s.school IS NOT
                                    (SELECT school FROM submissions WHERE id = $4))))",
    )
    .bind(in_place(ruling))
    .bind(now)
    .bind(new.message)
    .bind(new.replaces)
    .bind(new.review)
    .bind(ruling)
    .bind(new.campaign.as_str())
    .execute(&mut *connection)
    .await?;
    forget(connection, new).await?;
    let next: i64 = sqlx::query_scalar("SELECT coalesce(max(position), -1) + 1 FROM submissions WHERE message = $1")
        .bind(new.message)
        .fetch_one(&mut *connection)
        .await?;
    for (position, submission) in (next..).zip(&new.decision.submissions) {
        let part = Part { message: new.message, campaign: new.campaign, position, ruling: Some(ruling) };
        insert_submission(connection, &part, submission).await?;
        let school = submission.school.as_ref().map(|school| school.as_str());
        own_documents(connection, new.message, &to_json(&submission.documents)?, school).await?;
    }
    if let (Some(replaced), true) = (new.replaces, new.decision.submissions.is_empty()) {
        disown(connection, new.message, replaced).await?;
    }
    reconsider(connection, ruling).await
}

/// What was learnt from a decision that is found to be a mistake is no longer known.
async fn forget(connection: &mut SqliteConnection, new: &NewRuling<'_>) -> Result<(), StoreError> {
    let school = match new.ruling {
        Ruling::School(school) => Some(school.as_str()),
        Ruling::Nothing | Ruling::Ask => None,
    };
    sqlx::query(
        "UPDATE amendments SET withdrawn_at = $1, withdrawn_by = $2
         WHERE ruling = (SELECT ruling FROM submissions WHERE id = $3) AND withdrawn_at IS NULL
           AND json_extract(amendment, '$.kind') IN ('address', 'spelling')
           AND json_extract(amendment, '$.school') IS NOT $4",
    )
    .bind(new.now.as_microsecond())
    .bind(new.by)
    .bind(new.replaces)
    .bind(school)
    .execute(connection)
    .await?;
    Ok(())
}

/// Answers that wait, and say where a school stood before this, are written anew: [`Store::outdated`].
pub(super) async fn reconsider(connection: &mut SqliteConnection, ruling: RulingRow) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE outbox SET seen = 0
         WHERE state = 'queued' AND tries = 0 AND ruling IS NULL AND kind IN ('confirm', 'request')
           AND id IN (SELECT s.outbox FROM outbox_schools s
                      JOIN submissions x ON x.school = s.school AND (x.ruling = $1 OR x.replaced = $1)
                      WHERE x.campaign = outbox.campaign)",
    )
    .bind(ruling)
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes whose documents of a message are; `documents` are their positions as JSON.
pub(super) async fn own_documents(
    connection: &mut SqliteConnection,
    message: MessageRow,
    documents: &str,
    school: Option<&str>,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE documents SET school = $1 WHERE message = $2 AND position IN (SELECT value FROM json_each($3))",
    )
    .bind(school)
    .bind(message)
    .bind(documents)
    .execute(connection)
    .await?;
    Ok(())
}

/// The documents of a submission that no longer counts are nobody's.
pub(super) async fn disown(
    connection: &mut SqliteConnection,
    message: MessageRow,
    submission: i64,
) -> Result<(), StoreError> {
    let documents: String = sqlx::query_scalar("SELECT documents FROM submissions WHERE id = $1")
        .bind(submission)
        .fetch_one(&mut *connection)
        .await?;
    own_documents(connection, message, &documents, None).await
}

/// A message's state follows from what is in force about it; it is shown anew in its mailbox.
pub(super) async fn restate(connection: &mut SqliteConnection, message: MessageRow) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE messages SET marked = 0, state = CASE
             WHEN EXISTS (SELECT 1 FROM reviews WHERE message = $1 AND decided_at IS NULL) THEN 'review'
             ELSE coalesce((SELECT action FROM submissions WHERE message = $1 AND version IS NOT NULL
                            ORDER BY action = 'request' DESC LIMIT 1), 'leave') END
         WHERE id = $1",
    )
    .bind(message)
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "UPDATE shares SET action = CASE
             WHEN EXISTS (SELECT 1 FROM reviews r WHERE r.message = $1 AND r.campaign = shares.campaign
                          AND r.decided_at IS NULL) THEN 'review'
             ELSE coalesce((SELECT s.action FROM submissions s WHERE s.message = $1 AND s.campaign = shares.campaign
                            AND s.version IS NOT NULL ORDER BY s.action = 'request' DESC LIMIT 1),
                           CASE action WHEN 'ignore' THEN 'ignore' ELSE 'leave' END) END
         WHERE message = $1",
    )
    .bind(message)
    .execute(connection)
    .await?;
    Ok(())
}
