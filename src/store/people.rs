//! What people ask the store: where every school stands, what was counted, what waits for a person.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{MessageRow, Store, StoreError, from_json, from_word, instant, parsed};
use crate::{
    campaign::{CampaignId, RequirementId, SchoolId},
    decision::{Action, ReviewReason, SchoolState},
};

/// Where a school stands.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SchoolRow {
    /// What it has sent, over all accepted versions.
    pub state: SchoolState,
    /// How many versions have been accepted.
    pub versions: u32,
    /// When its last accepted message was received.
    pub last_message: Option<Timestamp>,
    /// Whether anything of it came after its deadline.
    pub late: bool,
    /// When its first form was received.
    pub form_received: Option<Timestamp>,
    /// When its first draft was received.
    pub draft_received: Option<Timestamp>,
    /// Whether a person must still decide about something that may be this school's.
    pub open_review: bool,
}

/// The decided messages of a campaign, each counted once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// All of them: the sum of the others.
    pub received: u64,
    /// Confirmed or answered with a request.
    pub matched: u64,
    /// Left to a person.
    pub review: u64,
    /// Written by a machine.
    pub automatic: u64,
    /// About something else.
    pub other: u64,
    /// The very bytes of another one.
    pub duplicate: u64,
}

/// Something that waits for a person.
#[derive(Debug, Clone, PartialEq)]
pub struct ReviewRow {
    /// Its row.
    pub id: i64,
    /// The campaign.
    pub campaign: CampaignId,
    /// The message.
    pub message: MessageRow,
    /// Why.
    pub reason: ReviewReason,
    /// The schools that it may be.
    pub candidates: Vec<SchoolId>,
    /// When the message was received.
    pub received: Timestamp,
    /// Who sent it, where that is known.
    pub sender: Option<String>,
    /// The message's subject.
    pub subject: String,
    /// The name of a school outside the schedule.
    pub outside: Option<String>,
}

/// How much waits for a person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Reviews that nobody has decided.
    pub reviews: u64,
    /// Letters that failed or are in doubt.
    pub troubled: u64,
    /// Letters that nobody has let leave, where that is wanted.
    pub queued: u64,
    /// Those of them for which it is wanted whatever `replies.mode` is.
    pub held: u64,
}

/// One school's part of a message, accepted or not.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryRow {
    /// When the message was received.
    pub received: Timestamp,
    /// Who sent it, where that is known.
    pub sender: Option<String>,
    /// The school, where it is certain.
    pub school: Option<SchoolId>,
    /// Which of the school's versions it is, where it was accepted.
    pub version: Option<u32>,
    /// Whether it brought the form.
    pub form: bool,
    /// Whether it brought the draft.
    pub draft: bool,
    /// Information requirements that it met.
    pub information: Vec<RequirementId>,
    /// What was done about it.
    pub action: Action,
    /// Whether it came after its deadline.
    pub late: bool,
    /// The message.
    pub message: MessageRow,
}

/// Id, message, reason, candidates, received, sender, subject, outside, campaign.
type ReviewColumns = (i64, i64, String, String, i64, Option<String>, String, Option<String>, String);
/// Received, sender, school, version, form, draft, information, action, late, message.
type HistoryColumns = (i64, Option<String>, Option<String>, Option<u32>, bool, bool, String, String, bool, i64);

impl Store {
    /// Every school of which something is known or may be known.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn schools(&self, campaign: &CampaignId) -> Result<BTreeMap<SchoolId, SchoolRow>, StoreError> {
        let mut schools = BTreeMap::clone(&*self.accepted(campaign).await?);
        let open: Vec<String> =
            sqlx::query_scalar("SELECT candidates FROM reviews WHERE campaign = $1 AND decided_at IS NULL")
                .bind(campaign.as_str())
                .fetch_all(&self.readers)
                .await?;
        for candidates in open {
            for school in from_json::<Vec<SchoolId>>(&candidates)? {
                schools.entry(school).or_default().open_review = true;
            }
        }
        Ok(schools)
    }

    /// Counts the campaign's decided messages by their final state. A copy counts with the campaign of the first; our
    /// own letters, come back, are no mail.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn counts(&self, campaign: &CampaignId) -> Result<Counts, StoreError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "SELECT action, count(*) FROM shares WHERE campaign = $1 AND action <> 'ignore' GROUP BY action
             UNION ALL
             SELECT 'ignore', count(*) FROM shares s JOIN messages m ON m.id = s.message
             WHERE s.campaign = $1 AND s.action = 'ignore'
               AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.message_id = m.message_id)
             UNION ALL
             SELECT 'duplicate', count(*) FROM messages m JOIN messages first ON first.id = m.duplicate_of
             JOIN shares s ON s.message = first.id AND s.campaign = $1
             WHERE m.duplicate_of IS NOT NULL AND NOT (s.action = 'ignore'
                 AND EXISTS (SELECT 1 FROM outbox o WHERE o.message_id = first.message_id))",
        )
        .bind(campaign.as_str())
        .fetch_all(&self.readers)
        .await?;
        let mut counts = Counts::default();
        for (state, count) in rows {
            let count = count.unsigned_abs();
            counts.received += count;
            let counted = match state.as_str() {
                "confirm" | "request" => &mut counts.matched,
                "review" => &mut counts.review,
                "ignore" => &mut counts.automatic,
                "leave" => &mut counts.other,
                "duplicate" => &mut counts.duplicate,
                other => return Err(StoreError::row("state of a decided message", other)),
            };
            *counted += count;
        }
        Ok(counts)
    }

    /// The campaigns in which anything has come of schools.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn campaigns_served(&self) -> Result<Vec<CampaignId>, StoreError> {
        let ids: Vec<String> =
            sqlx::query_scalar("SELECT DISTINCT campaign FROM shares WHERE action NOT IN ('leave', 'ignore')")
                .fetch_all(&self.readers)
                .await?;
        ids.iter().map(|id| parsed("campaign", id)).collect()
    }

    /// How much of a campaign waits for a person.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn waiting(&self, campaign: &CampaignId) -> Result<Waiting, StoreError> {
        let (reviews, troubled, queued, held): (i64, i64, i64, i64) = sqlx::query_as(
            "SELECT (SELECT count(*) FROM reviews WHERE decided_at IS NULL AND campaign = $1),
                    count(*) FILTER (WHERE state <> 'queued'), count(*) FILTER (WHERE state = 'queued' AND approved = 0),
                    count(*) FILTER (WHERE state = 'queued' AND approved = 0 AND held = 1)
             FROM outbox WHERE state IN ('queued', 'failed', 'ambiguous') AND internal = 0 AND campaign = $1",
        )
        .bind(campaign.as_str())
        .fetch_one(&self.readers)
        .await?;
        Ok(Waiting {
            reviews: reviews.unsigned_abs(),
            troubled: troubled.unsigned_abs(),
            queued: queued.unsigned_abs(),
            held: held.unsigned_abs(),
        })
    }

    /// What waits for a person in a campaign, or in all, the oldest first.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn reviews_open(&self, campaign: Option<&CampaignId>) -> Result<Vec<ReviewRow>, StoreError> {
        let rows: Vec<ReviewColumns> = sqlx::query_as(
            "SELECT r.id, r.message, r.reason, r.candidates, m.received_at, m.sender, m.subject, s.outside, r.campaign
             FROM reviews r JOIN messages m ON m.id = r.message LEFT JOIN submissions s ON s.id = r.submission
             WHERE r.decided_at IS NULL AND ($1 IS NULL OR r.campaign = $1) ORDER BY m.received_at, r.id",
        )
        .bind(campaign.map(CampaignId::as_str))
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|(id, message, reason, candidates, received, sender, subject, outside, campaign)| {
                let (reason, candidates) = (from_word(reason)?, from_json(&candidates)?);
                Ok(ReviewRow {
                    id,
                    campaign: parsed("campaign", &campaign)?,
                    message,
                    reason,
                    candidates,
                    received: instant(received)?,
                    sender,
                    subject,
                    outside,
                })
            })
            .collect()
    }

    /// Every submission of the campaign in the order in which the messages were received.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn history(&self, campaign: &CampaignId) -> Result<Vec<HistoryRow>, StoreError> {
        let rows: Vec<HistoryColumns> = sqlx::query_as(
            "SELECT m.received_at, m.sender, s.school, s.version, s.form, s.draft, s.information, s.action, s.late,
                    s.message
             FROM submissions s JOIN messages m ON m.id = s.message
             WHERE s.campaign = $1 AND s.replaced IS NULL ORDER BY m.received_at, m.id, s.position",
        )
        .bind(campaign.as_str())
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|(received, sender, school, version, form, draft, information, action, late, message)| {
                let school = school.as_deref().map(|school| parsed("school", school)).transpose()?;
                Ok(HistoryRow {
                    received: instant(received)?,
                    sender,
                    school,
                    version,
                    form,
                    draft,
                    information: from_json(&information)?,
                    action: from_word(action)?,
                    late,
                    message,
                })
            })
            .collect()
    }
}
