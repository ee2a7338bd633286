//! How each campaign stands, made once for all pages until something happens.

use std::{collections::HashMap, sync::Arc};

use jiff::{Timestamp, civil::Date};
use self_cell::self_cell;
use tokio::sync::Mutex;

use crate::{
    campaign::CampaignId,
    office::{Office, Rows, Rules},
    report::Summary,
    store::StoreError,
};

self_cell! {
    /// A summary with the campaign that it speaks of.
    pub(super) struct Kept {
        owner: Arc<Rules>,
        #[covariant]
        dependent: Summary,
    }
}

impl Kept {
    pub(super) fn summary(&self) -> &Summary<'_> {
        self.borrow_dependent()
    }
}

/// The summary of each campaign as it was made last.
#[derive(Default)]
pub(super) struct Standing(Mutex<HashMap<CampaignId, (Mark, Arc<Kept>)>>);

impl std::fmt::Debug for Standing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Standing(…)")
    }
}

/// As long as these stay, the summary stays: everything that changes it is an event, and the rest is counted in days.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mark {
    event: i64,
    day: Date,
}

impl Standing {
    /// How the campaign stands. Letters and faults are not looked for in it: they change without an event.
    pub(super) async fn now(
        &self,
        office: &Office,
        rules: &Arc<Rules>,
        now: Timestamp,
    ) -> Result<Arc<Kept>, StoreError> {
        // Whoever comes meanwhile waits for the same one, instead of making another.
        let mut kept = self.0.lock().await;
        // Looked at first: what happens in between makes the next one.
        let mark = Mark { event: office.store.last_event_number().await?, day: rules.campaign.day_of(now) };
        if let Some((known, kept)) = kept.get(&rules.campaign.id)
            && *known == mark
            && Arc::ptr_eq(kept.borrow_owner(), rules)
        {
            return Ok(Arc::clone(kept));
        }
        let rows = Rows::of(&office.store, &rules.campaign).await?;
        let new = Kept::new(Arc::clone(rules), |rules| rows.summary(&rules.campaign, now, office.holds()));
        let new = Arc::new(new);
        kept.insert(rules.campaign.id.clone(), (mark, Arc::clone(&new)));
        Ok(new)
    }
}
