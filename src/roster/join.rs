//! A roster laid under a campaign: a school of the schedule gains what the roster knows of it, those of the audience owe
//! what the campaign asks for, all others are neighbours.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{Coordinator, Entry};
use crate::{
    campaign::{Amendment, Audience, Campaign, Finding, Neighbour, Person, School, SchoolId},
    matching::{KnownSchool, NameMatch, Roster},
};

/// The campaign with a roster.
///
/// # Errors
/// What cannot hold: a school or district that neither the campaign nor the roster has.
pub fn join(mut campaign: Campaign, entries: &[Entry]) -> Result<Campaign, Vec<Finding>> {
    let known = matched(&campaign, entries);
    let scheduled: HashSet<&SchoolId> = known.values().copied().collect();
    let of: BTreeMap<&SchoolId, &Entry> = entries.iter().map(|entry| (&entry.id, entry)).collect();
    for school in &mut campaign.schools {
        if let Some(entry) = known.get(&school.id).and_then(|id| of.get(id)) {
            let names = std::iter::once(&entry.name).chain(&entry.aliases).filter(|name| **name != school.name);
            add(&mut school.aliases, names);
            add(&mut school.addresses, &entry.addresses);
        }
    }
    let mut ids: HashSet<SchoolId> = campaign.schools.iter().map(|school| school.id.clone()).collect();
    for entry in entries.iter().filter(|entry| !scheduled.contains(&entry.id)) {
        let owes = match &campaign.audience {
            Audience::Schedule => false,
            Audience::Roster => true,
            Audience::Districts(districts) => districts.contains(&entry.district),
        };
        if owes && ids.insert(entry.id.clone()) {
            campaign.schools.push(school(entry));
        } else {
            let names = std::iter::once(&entry.name).chain(&entry.aliases);
            campaign.neighbours.extend(names.map(|name| Neighbour {
                name: name.clone(),
                district: entry.district.clone(),
                settlement: entry.settlement.clone(),
            }));
        }
    }
    coordinators(&mut campaign, entries);
    let found = unknown(&campaign, &ids);
    if found.is_empty() { Ok(campaign) } else { Err(found) }
}

fn school(entry: &Entry) -> School {
    School {
        id: entry.id.clone(),
        name: entry.name.clone(),
        district: entry.district.clone(),
        settlement: entry.settlement.clone(),
        date: None,
        outside: false,
        moved: 0,
        aliases: entry.aliases.clone(),
        addresses: entry.addresses.clone(),
    }
}

fn add<'n>(list: &mut Vec<String>, new: impl IntoIterator<Item = &'n String>) {
    for one in new {
        if !list.contains(one) {
            list.push(one.clone());
        }
    }
}

/// The schools of the schedule that the roster has too: by their id, or by their name, where it can be no other's.
fn matched<'e>(campaign: &Campaign, entries: &'e [Entry]) -> BTreeMap<SchoolId, &'e SchoolId> {
    if entries.is_empty() {
        return BTreeMap::new();
    }
    let by_id: BTreeMap<&SchoolId, &'e SchoolId> = entries.iter().map(|entry| (&entry.id, &entry.id)).collect();
    let mut roster = None;
    let mut found = BTreeMap::new();
    let mut taken: BTreeSet<&SchoolId> = BTreeSet::new();
    for school in &campaign.schools {
        let id = by_id.get(&school.id).copied().or_else(|| {
            let roster = roster.get_or_insert_with(|| known(campaign, entries));
            let names = std::iter::once(&school.name).chain(&school.aliases);
            let full = |name: &String| {
                let whole = format!("{name}, {} район, {}", school.district, school.settlement);
                [name.clone(), whole].iter().find_map(|text| match roster.name(text) {
                    NameMatch::Full { school, branch: None, .. } => by_id.get(&school).copied(),
                    _ => None,
                })
            };
            names.into_iter().find_map(full)
        });
        if let Some(id) = id.filter(|id| taken.insert(*id)) {
            found.insert(school.id.clone(), id);
        }
    }
    found
}

fn known(campaign: &Campaign, entries: &[Entry]) -> Roster {
    let one = |entry: &Entry| KnownSchool {
        id: Some(entry.id.clone()),
        names: std::iter::once(&entry.name).chain(&entry.aliases).cloned().collect(),
        district: entry.district.clone(),
        settlement: entry.settlement.clone(),
    };
    Roster::from_names(&campaign.letter.issuer, entries.iter().map(one))
}

/// The coordinators of the districts in which a school owes something are reminded as the obligations call them.
fn coordinators(campaign: &mut Campaign, entries: &[Entry]) {
    let districts: HashSet<&str> = campaign.schools.iter().map(|school| school.district.as_str()).collect();
    let of = |entry: &Entry| Some((entry.district.clone(), entry.coordinator.clone()?));
    let mut all: BTreeSet<(String, Coordinator)> = entries.iter().filter_map(of).collect();
    all.retain(|(district, _)| districts.contains(district.as_str()));
    let called = campaign.obligations.iter().map(|one| &one.who).find(|who| who.to_lowercase().contains("координатор"));
    let who = called.cloned().unwrap_or_else(|| "муниципальные координаторы".to_owned());
    for (district, coordinator) in all {
        let same = |one: &Person| {
            one.address.eq_ignore_ascii_case(&coordinator.address)
                && one.district.as_ref().is_none_or(|own| *own == district)
        };
        if !campaign.people.iter().any(same) {
            campaign.people.push(Person {
                who: who.clone(),
                address: coordinator.address,
                district: Some(district),
                schools: None,
                summary: true,
            });
        }
    }
}

/// What the campaign names, and neither its schedule nor its audience has.
fn unknown(campaign: &Campaign, ids: &HashSet<SchoolId>) -> Vec<Finding> {
    let mut found = Vec::new();
    let requirements =
        campaign.requirements.iter().enumerate().map(|(at, one)| (format!("requirement[{at}]"), &one.schools));
    let people = campaign.people.iter().enumerate().map(|(at, one)| (format!("person[{at}]"), &one.schools));
    for (key, schools) in requirements.chain(people) {
        for (nth, id) in schools.iter().flatten().enumerate().filter(|(_, id)| !ids.contains(*id)) {
            let text = format!("neither the schedule nor the audience has a school {:?}", id.as_str());
            let cure = "write the id of a [[school]], or one of the roster's that owes something";
            found.push(Finding::error(format!("{key}.schools[{nth}]"), text, cure));
        }
    }
    if campaign.audience == Audience::Roster && campaign.schools.is_empty() {
        let cure = "name one in the settings: roster = \"roster.csv\"; `svodka roster import` makes it";
        found.push(Finding::error("audience", "the roster has no school, or there is none", cure));
    }
    if let Audience::Districts(districts) = &campaign.audience {
        let lies = |name: &&String| campaign.schools.iter().any(|school| school.district == **name);
        for (nth, name) in districts.iter().enumerate().filter(|(_, name)| !lies(name)) {
            let text = format!("no school of the roster lies in the district {name:?}");
            let cure = "write it as the roster does: `svodka roster check` lists its districts";
            found.push(Finding::error(format!("audience.districts[{nth}]"), text, cure));
        }
    }
    found
}

/// The roster with what the decisions of staff have taught about schools of a campaign: their addresses and spellings, and
/// schools that it did not have.
pub fn learnt(mut entries: Vec<Entry>, campaign: &Campaign, amendments: &[Amendment]) -> Vec<Entry> {
    let known: BTreeMap<SchoolId, SchoolId> =
        matched(campaign, &entries).into_iter().map(|(own, entry)| (own, entry.clone())).collect();
    let amended = campaign.clone().amended(amendments.iter().cloned());
    for amendment in amendments {
        let own = amendment.school();
        let Some(school) = amended.school(own) else { continue };
        let id = known.get(own).unwrap_or(own);
        let at = entries.iter().position(|entry| &entry.id == id).unwrap_or_else(|| {
            entries.push(Entry {
                id: own.clone(),
                name: school.name.clone(),
                aliases: school.aliases.clone(),
                district: school.district.clone(),
                settlement: school.settlement.clone(),
                addresses: school.addresses.clone(),
                inn: String::new(),
                coordinator: None,
            });
            entries.len() - 1
        });
        let Some(entry) = entries.get_mut(at) else { continue };
        match amendment {
            Amendment::Address { address, .. } => add(&mut entry.addresses, [address]),
            Amendment::Spelling { name, .. } => add(&mut entry.aliases, [name]),
            Amendment::Date { .. } | Amendment::School { .. } => {}
        }
    }
    entries
}
