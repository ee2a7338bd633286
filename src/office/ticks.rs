//! What no document shows, and staff tick as done: how it is named in the store.

use std::collections::BTreeSet;

use serde_json::json;

use crate::{
    campaign::{Campaign, RequirementId, RequirementKind, SchoolId},
    decision::SchoolState,
    report::Tick,
    store::{AccountId, Store, StoreError},
};

use super::Office;

/// Everything of a campaign that can be ticked.
pub fn tickable(campaign: &Campaign) -> impl Iterator<Item = Tick> {
    let obligations = (0..campaign.obligations.len()).map(Tick::Obligation);
    let attendance =
        campaign.schools.iter().filter(|one| one.date.is_some()).map(|one| Tick::Attendance(one.id.clone()));
    let information = campaign.requirements.iter().filter(|one| one.kind == RequirementKind::Information);
    let information = information.flat_map(|one| {
        let owing = campaign.schools.iter().filter(|school| one.is_owed_by(&school.id));
        owing.map(|school| Tick::Information(school.id.clone(), one.id.clone()))
    });
    obligations.chain(attendance).chain(information)
}

/// The name of a tick in the store: that of an obligation stays the same where others are added before it.
pub fn tick_name(campaign: &Campaign, tick: &Tick) -> String {
    let name = match tick {
        Tick::Obligation(index) => {
            let one = campaign.obligations.get(*index);
            json!(["obligation", one.map(|one| &one.who), one.map(|one| &one.what)])
        }
        Tick::Attendance(school) => json!(["attendance", school]),
        Tick::Information(school, requirement) => json!(["information", school, requirement]),
    };
    name.to_string()
}

impl Office {
    /// Ticks something as done, or takes that back.
    ///
    /// # Errors
    /// Where the store refuses.
    pub async fn tick(&self, campaign: &Campaign, tick: &Tick, done: bool, by: AccountId) -> Result<(), StoreError> {
        self.store.tick(&campaign.id, &tick_name(campaign, tick), done, by, self.clock.now()).await
    }
}

/// What is ticked.
///
/// # Errors
/// Where the store cannot be read.
pub(crate) async fn ticked(store: &Store, campaign: &Campaign) -> Result<BTreeSet<Tick>, StoreError> {
    let names = store.ticks(&campaign.id).await?;
    Ok(tickable(campaign).filter(|tick| names.contains(&tick_name(campaign, tick))).collect())
}

/// Counts the information of a school that is ticked as what has come of it.
pub(crate) fn add_ticked(ticked: &BTreeSet<Tick>, school: &SchoolId, state: &mut SchoolState) {
    let given = |tick: &Tick| match tick {
        Tick::Information(whose, what) if whose == school => Some(what.clone()),
        _ => None,
    };
    let new: Vec<RequirementId> =
        ticked.iter().filter_map(given).filter(|what| !state.information.contains(what)).collect();
    state.information.extend(new);
}
