//! What has been kept as long as its campaign says is erased, once a day; and an erasure that was interrupted is brought to its
//! end.

use std::time::Duration;

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    discreet::discreet,
    store::{Scope, Store, StoreError, Whose},
};

use super::core::Core;

/// How long it may take to write the database anew: gigabytes, on a slow disk.
const SWEEPING: Duration = Duration::from_mins(30);

impl Core {
    /// Does today's share of it, where that is not done yet. A disk that is too full for it keeps no mail from being read.
    ///
    /// # Errors
    /// Where only a new process can go on.
    pub(super) async fn retain(&self) -> Result<(), StoreError> {
        if self.config().leave_mailboxes {
            return Ok(());
        }
        let now = self.now().await?;
        let today = now.to_zoned_datetime(TimeZone::UTC).date();
        let mut done = self.retained.lock().await;
        if *done == Some(today) {
            return Ok(());
        }
        match self.erase_old(now).await {
            // Somebody makes a backup, or erases: it can wait for the next pass.
            Err(StoreError::AtWork { .. }) => return Ok(()),
            Err(error) if error.is_fatal() => return Err(error),
            Err(error) => {
                tracing::error!("what was kept long enough could not be erased: {}", discreet(&error.into()));
            }
            Ok(()) => {}
        }
        *done = Some(today);
        Ok(())
    }

    async fn erase_old(&self, now: Timestamp) -> Result<(), StoreError> {
        let mut care = None;
        for rules in self.office.campaigns() {
            let Some(before) = rules.campaign.erases_before(now) else { continue };
            if care.is_none() {
                care = Some(self.store().care()?);
            }
            let scope = Scope { whose: Whose::Before(before), campaign: Some(rules.campaign.id.clone()) };
            if self.store().would_erase(&scope, now).await?.is_nothing() {
                continue;
            }
            let erased = self.store().erase(&scope, now).await?;
            let (mails, submissions, letters) = (erased.mails + erased.shared, erased.submissions, erased.letters);
            let campaign = rules.campaign.id.as_str();
            tracing::info!(campaign, mails, submissions, letters, "erased: kept as long as the campaign says");
        }
        if !self.store().is_to_be_swept().await? {
            return Ok(());
        }
        let _care = match care {
            Some(care) => care,
            None => self.store().care()?,
        };
        // The database is written anew meanwhile, and everybody who writes waits for that.
        self.office.pulse.everybody_may_take(SWEEPING);
        let swept = self.store().sweep(now, Store::forgotten_before(now)).await?;
        tracing::info!(files = swept.files, "an erasure is brought to its end");
        Ok(())
    }
}
