//! Is a campaign understood as it is meant? The matcher is asked whether each school is known by its own name, the
//! recogniser of forms whether it tells the labels apart: what they would mistake, no letter should be sent about.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{
    campaign::{Campaign, Finding},
    form,
    matching::{NameMatch, Roster},
};

/// Everything that is odd about a campaign as seen at `now`.
pub fn findings(campaign: &Campaign, now: Timestamp) -> Vec<Finding> {
    let mut found = campaign.findings(now);
    names(campaign, &mut found);
    labels(campaign, &mut found);
    found
}

/// Names by which a school is not known as itself.
fn names(campaign: &Campaign, found: &mut Vec<Finding>) {
    let roster = Roster::new(campaign);
    for (at, school) in campaign.schools.iter().enumerate() {
        let aliases = school.aliases.iter().enumerate().map(|(nth, alias)| (format!("aliases[{nth}]"), alias));
        for (key, name) in [("name".to_owned(), &school.name)].into_iter().chain(aliases) {
            if let Some((text, cure)) = mistaken(&roster, school.id.as_str(), name) {
                found.push(Finding::warning(format!("school[{at}].{key}"), text, cure));
            }
        }
    }
    for (at, neighbour) in campaign.neighbours.iter().enumerate() {
        if let NameMatch::Full { school, .. } = roster.name(&neighbour.name) {
            found.push(Finding::warning(
                format!("neighbour[{at}].name"),
                format!("the neighbour {:?} is taken for the school {school}", neighbour.name),
                "write its full name, and the place where it lies; leave it out if it is that school",
            ));
        }
    }
    let mut all: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, neighbour) in campaign.neighbours.iter().enumerate() {
        if let Some(before) = all.insert(&neighbour.name, at) {
            let text = format!("the neighbour stands twice: neighbour[{before}] has the same name");
            found.push(Finding::warning(format!("neighbour[{at}].name"), text, "leave one of them out"));
        }
    }
}

/// What is wrong with a name of a school, and what to do.
fn mistaken(roster: &Roster, id: &str, name: &str) -> Option<(String, &'static str)> {
    Some(match roster.name(name) {
        NameMatch::Full { school, .. } if school.as_str() == id => return None,
        NameMatch::Full { school, .. } => (
            format!("{name:?} is taken for another school: {school}"),
            "an alias must name this school and no other one",
        ),
        NameMatch::Conflict { candidates, .. } => {
            let others: Vec<&str> = candidates.iter().map(|one| one.as_str()).filter(|one| *one != id).collect();
            let others = if others.is_empty() { "a neighbour".to_owned() } else { others.join(", ") };
            (
                format!("{name:?} cannot be told apart from {others}: every mail of theirs goes to a person"),
                "add what differs to both names: the number, the town, whose name the school bears",
            )
        }
        NameMatch::Partial { why, .. } => (
            format!(
                "{name:?} is not enough to know the school by: {}",
                why.last().map_or("", |why| why.trim_end_matches('.'))
            ),
            "write the full name, with type, number and place, or fill in `settlement`",
        ),
        NameMatch::Outside { .. } | NameMatch::None => (
            format!("{name:?} is not known as the name of a school"),
            "write the full name, with type, number and place",
        ),
    })
}

/// Labels and aliases that may be taken for another field's.
fn labels(campaign: &Campaign, found: &mut Vec<Finding>) {
    let fields = &campaign.form.fields;
    for alike in form::too_alike(&campaign.form) {
        let wording = |at: usize| fields.get(at).map(|field| field.id.as_str());
        let other = wording(alike.other).map_or("the form's title".to_owned(), |id| format!("the field {id:?}"));
        found.push(Finding::warning(
            format!("form.field[{}].{}", alike.field, alike.key),
            format!("it may be taken for {other}: an answer could land in the wrong field"),
            "leave the alias out, or add the words by which the questions differ",
        ));
    }
}

#[cfg(test)]
mod tests;
