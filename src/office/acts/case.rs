//! What a person decides about, with everything that the decision rests on.

use crate::{
    campaign::{CampaignId, SchoolId},
    decision::{DocumentVerdict, ReviewReason, Submission},
    reader::Reading,
    store::{MessageRow, ReviewState, Stored},
};

use super::{ActError, Office};

/// What an act is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// The case of this number.
    Review(i64),
    /// The submission of this row, which counts as a school's.
    Submission(i64),
}

/// What a person decides about.
#[derive(Debug, Clone)]
pub struct Case {
    /// The campaign.
    pub campaign: CampaignId,
    /// The case; none where a submission is looked at once more.
    pub review: Option<ReviewState>,
    /// The message.
    pub stored: Stored,
    /// What was read; none where it could not be.
    pub reading: Option<Reading>,
    /// The submission; none where the case is about the whole message.
    pub submission: Option<Submission>,
    /// What each document of the message is.
    pub documents: Vec<DocumentVerdict>,
    /// The school as whose documents they count until now.
    pub was: Option<SchoolId>,
    /// Whether the sender has been told that they are that one's.
    pub told: bool,
    /// Whether the message holds documents of several schools, and the case is about all of it.
    pub several: bool,
    /// As whose the sender's other documents count, and whether some of them are nobody's yet.
    pub(super) writes_for: Vec<Option<SchoolId>>,
    pub(super) replaces: Option<i64>,
    /// How often something was decided about the message.
    pub(super) rulings: u32,
}

impl Case {
    /// Whether it can be decided.
    pub fn is_open(&self) -> bool {
        self.review.as_ref().is_none_or(|review| review.decided.is_none())
    }
}

impl Office {
    /// What a person decides about; none where there is nothing of this number.
    ///
    /// # Errors
    /// Where the store refuses, or documents cannot be read just now.
    pub async fn case(&self, about: About) -> Result<Option<Case>, ActError> {
        let (campaign, review, submission, message) = match about {
            About::Review(number) => {
                let Some(review) = self.store.review(number).await? else { return Ok(None) };
                let (campaign, submission, message) = (review.campaign.clone(), review.submission, review.message);
                (campaign, Some(review), submission, message)
            }
            About::Submission(row) => {
                let Some((campaign, message)) = self.store.message_of(row).await? else { return Ok(None) };
                (campaign, None, Some(row), message)
            }
        };
        // A case about a whole message that counts as one school's is about that.
        let accepted = self.store.accepted_of(&campaign, message).await?;
        let replaces = submission.or(if let [one] = accepted.as_slice() { Some(*one) } else { None });
        let Some((stored, reading)) = self.read(message, review.as_ref()).await? else { return Ok(None) };
        let submission = match replaces {
            Some(row) => self.store.submission(row).await?,
            None => None,
        };
        let counts = replaces.is_some_and(|row| accepted.contains(&row));
        let was = submission.as_ref().and_then(|one| one.school.clone()).filter(|_| counts);
        let told = self.store.was_told(replaces).await?;
        let files = reading.as_ref().map(|reading| reading.files.as_slice()).unwrap_or_default();
        let documents = self.store.verdicts(message, files).await?;
        let several = replaces.is_none() && accepted.len() > 1;
        let rulings = self.store.rulings_count(message).await?;
        let author = reading.as_ref().and_then(|reading| reading.message.from.as_ref());
        let writes_for = match author {
            Some(author) => self.store.writes_for(&campaign, &author.address, message, replaces).await?,
            None => Vec::new(),
        };
        Ok(Some(Case {
            campaign,
            review,
            stored,
            reading,
            submission,
            documents,
            was,
            told,
            several,
            writes_for,
            replaces,
            rulings,
        }))
    }

    /// A message and what is in it, read once more where another version has read it.
    async fn read(
        &self,
        message: MessageRow,
        review: Option<&ReviewState>,
    ) -> Result<Option<(Stored, Option<Reading>)>, ActError> {
        let Some(known) = self.store.stored_reading(message).await? else { return Ok(None) };
        let unreadable =
            review.is_some_and(|review| matches!(review.reason, ReviewReason::Broken | ReviewReason::TooLarge));
        if known.reading.is_some() || unreadable {
            return Ok(Some((known.stored, known.reading.filter(|_| !unreadable))));
        }
        let raw = self.store.raw(&known.stored.sha256).await?;
        let mut read = self.jail.read_mail(&raw, &self.own).await?;
        self.converter.complete(&self.jail, &mut read).await?;
        let mut reading = read.0;
        // What was found out about the author then may not be found out any more.
        reading.message.authentication = known.authentication;
        Ok(Some((known.stored, Some(reading))))
    }
}
