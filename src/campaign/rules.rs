//! What cannot all hold: a campaign in which it stands is refused.

use std::{collections::HashMap, hash::Hash};

use super::{Audience, Campaign, FieldKind, Finding, RequirementKind, SchoolId};

/// Everything for which the campaign is refused.
pub(super) fn broken(campaign: &Campaign) -> Vec<Finding> {
    let mut found = Vec::new();
    ids(campaign, &mut found);
    form(campaign, &mut found);
    requirements(campaign, &mut found);
    schools(campaign, &mut found);
    reminders(campaign, &mut found);
    texts(campaign, &mut found);
    found
}

/// Those that stand a second time, with the place of the first.
pub(super) fn repeated<T: Hash + Eq>(all: impl IntoIterator<Item = T>) -> Vec<(usize, usize)> {
    let mut first = HashMap::new();
    let mut repeated = Vec::new();
    for (at, one) in all.into_iter().enumerate() {
        let before = *first.entry(one).or_insert(at);
        if before != at {
            repeated.push((at, before));
        }
    }
    repeated
}

fn ids(campaign: &Campaign, found: &mut Vec<Finding>) {
    let mut twice = |table: &str, ids: Vec<&str>| {
        for (at, before) in repeated(&ids) {
            let id = ids.get(at).copied().unwrap_or_default();
            found.push(Finding::error(
                format!("{table}[{at}].id"),
                format!("the id {id:?} stands twice: {table}[{before}] has it too"),
                "give each its own id",
            ));
        }
    };
    twice("form.field", campaign.form.fields.iter().map(|one| one.id.as_str()).collect());
    twice("school", campaign.schools.iter().map(|one| one.id.as_str()).collect());
    twice("requirement", campaign.requirements.iter().map(|one| one.id.as_str()).collect());
}

fn form(campaign: &Campaign, found: &mut Vec<Finding>) {
    let fields = &campaign.form.fields;
    let mut names = fields.iter().enumerate().filter(|(_, field)| field.kind == FieldKind::SchoolName);
    match (names.next(), names.next()) {
        (None, _) => found.push(Finding::error(
            "form",
            "no field has the kind \"school_name\": nobody could tell whose a form is",
            "give the field that asks for the school's name kind = \"school_name\"",
        )),
        (Some(_), Some((at, _))) => found.push(Finding::error(
            format!("form.field[{at}].kind"),
            "a second field has the kind \"school_name\"",
            "exactly one field names the school: make the others kind = \"text\"",
        )),
        _ => {}
    }
    found.extend(campaign.form.contradictions());
}

fn requirements(campaign: &Campaign, found: &mut Vec<Finding>) {
    for (at, one) in campaign.requirements.iter().enumerate() {
        for (nth, id) in one.schools.iter().flatten().enumerate() {
            unknown_school(campaign, &format!("requirement[{at}].schools[{nth}]"), id, found);
        }
    }
    for kind in [RequirementKind::Form, RequirementKind::Draft] {
        let all: Vec<_> = campaign.requirements.iter().enumerate().filter(|(_, one)| one.kind == kind).collect();
        for (nth, (_, one)) in all.iter().enumerate() {
            for (at, other) in all.iter().skip(nth + 1) {
                let shared = match (&one.schools, &other.schools) {
                    (Some(schools), Some(_)) => schools.iter().find(|id| other.is_owed_by(id)).map(SchoolId::as_str),
                    (Some(schools), None) | (None, Some(schools)) => schools.first().map(SchoolId::as_str),
                    (None, None) => Some("every school"),
                };
                let Some(shared) = shared else { continue };
                // Nobody could say which of them a document meets, or when it is late.
                found.push(Finding::error(
                    format!("requirement[{at}].schools"),
                    format!(
                        "{:?} and {:?} are both of kind {kind:?}, and both owed by {shared}",
                        one.id.as_str(),
                        other.id.as_str()
                    ),
                    "give each its own `schools`, in which no school stands twice",
                ));
            }
        }
    }
}

fn unknown_school(campaign: &Campaign, key: &str, id: &SchoolId, found: &mut Vec<Finding>) {
    // Other schools may stand in the roster, which is not this file.
    if campaign.audience == Audience::Schedule && campaign.school(id).is_none() {
        found.push(Finding::error(
            key,
            format!("no [[school]] has the id {:?}", id.as_str()),
            "write the id of a [[school]], or leave it out",
        ));
    }
}

fn schools(campaign: &Campaign, found: &mut Vec<Finding>) {
    if campaign.schools.is_empty() && campaign.audience == Audience::Schedule {
        found.push(Finding::error(
            "school",
            "there is no [[school]]: nobody owes anything",
            "add the schools of the schedule, or write audience = \"roster\"",
        ));
    }
    if matches!(&campaign.audience, Audience::Districts(districts) if districts.is_empty()) {
        found.push(Finding::error(
            "audience",
            "no district is named: nobody owes anything",
            "name districts as the roster does, for example { districts = [\"Киришский\"] }",
        ));
    }
    if let Some(event) = campaign.event.as_ref().filter(|event| event.to < event.from) {
        found.push(Finding::error(
            "event.to",
            format!("the event ends on {} before it begins on {}", event.to, event.from),
            "write the last day here, the first one in `from`",
        ));
    }
}

fn reminders(campaign: &Campaign, found: &mut Vec<Finding>) {
    /// More days than any letter of a committee leaves.
    const LONGEST: u8 = 60;
    if let Some(rules) = &campaign.reminders {
        for (at, days) in rules.days_before.iter().enumerate().filter(|(_, days)| **days > LONGEST) {
            found.push(Finding::error(
                format!("reminders.days_before[{at}]"),
                format!("{days} days before a deadline are too many"),
                format!("at most {LONGEST} are allowed"),
            ));
        }
        if rules.from >= rules.to {
            found.push(Finding::error(
                "reminders.to",
                format!("between {} and {} lies no hour to remind in", rules.from, rules.to),
                "`from` must be before `to`",
            ));
        }
    }
    for (at, person) in campaign.people.iter().enumerate() {
        for (nth, id) in person.schools.iter().flatten().enumerate() {
            unknown_school(campaign, &format!("person[{at}].schools[{nth}]"), id, found);
        }
        let lies = |name: &String| campaign.schools.iter().any(|school| school.district == *name);
        if let Some(name) =
            person.district.as_ref().filter(|name| campaign.audience == Audience::Schedule && !lies(name))
        {
            let mut districts: Vec<&str> = campaign.schools.iter().map(|one| one.district.as_str()).collect();
            districts.sort_unstable();
            districts.dedup();
            found.push(Finding::error(
                format!("person[{at}].district"),
                format!("no [[school]] lies in the district {name:?}"),
                format!("write one of those of the schools: {}", districts.join(", ")),
            ));
        }
    }
}

/// Texts without which a letter would have a hole, and addresses that are none.
fn texts(campaign: &Campaign, found: &mut Vec<Finding>) {
    let mut texts: Vec<(String, &str)> = vec![
        ("title".to_owned(), &campaign.title),
        ("letter.number".to_owned(), &campaign.letter.number),
        ("letter.subject".to_owned(), &campaign.letter.subject),
        ("letter.issuer".to_owned(), &campaign.letter.issuer),
        ("letter.issuer_genitive".to_owned(), &campaign.letter.issuer_genitive),
        ("contact.name".to_owned(), &campaign.contact.name),
        ("form.title".to_owned(), &campaign.form.title),
    ];
    for (at, one) in campaign.form.fields.iter().enumerate() {
        let all = [("label", &one.label), ("short", &one.short), ("hint", &one.hint)];
        texts.extend(all.map(|(key, text)| (format!("form.field[{at}].{key}"), text.as_str())));
    }
    for (at, one) in campaign.requirements.iter().enumerate() {
        let all = [("title", &one.title), ("accusative", &one.accusative)];
        texts.extend(all.map(|(key, text)| (format!("requirement[{at}].{key}"), text.as_str())));
    }
    texts
        .extend(campaign.schools.iter().enumerate().map(|(at, one)| (format!("school[{at}].name"), one.name.as_str())));
    for (key, _) in texts.into_iter().filter(|(_, text)| text.trim().is_empty()) {
        found.push(Finding::gap(key));
    }
    let mut addresses = vec![("contact.email".to_owned(), campaign.contact.email.as_str())];
    addresses.extend(
        campaign.people.iter().enumerate().map(|(at, one)| (format!("person[{at}].address"), one.address.as_str())),
    );
    for (at, school) in campaign.schools.iter().enumerate() {
        let own = school.addresses.iter().enumerate();
        addresses.extend(own.map(|(nth, one)| (format!("school[{at}].addresses[{nth}]"), one.as_str())));
    }
    for (key, address) in addresses.into_iter().filter(|(_, address)| !is_address(address)) {
        found.push(Finding::error(
            key,
            format!("{address:?} is no e-mail address"),
            "write it as in school@example.org, without a name or brackets",
        ));
    }
}

/// Whether mail could be sent there: something on both sides of one @, a domain with a dot, no space or bracket.
pub(crate) fn is_address(text: &str) -> bool {
    let plain = !text.contains(|c: char| c.is_whitespace() || c.is_control() || "<>()[],;:\"\\".contains(c));
    text.split_once('@').is_some_and(|(local, domain)| {
        let labels = domain.split('.');
        plain
            && !local.is_empty()
            && !domain.contains('@')
            && labels.clone().count() > 1
            && labels.into_iter().all(|label| !label.is_empty())
    })
}
