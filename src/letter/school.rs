//! Schools as the schedule prints them → identifier, settlement and district, as far as general knowledge tells them.

use std::collections::HashMap;

use crate::{latin::identifier, matching};

use super::{
    Found, School,
    pattern::pattern,
    schedule::{self, Entry},
    text::fold,
};

/// A town or village whose schools bear its adjective.
struct Place {
    settlement: &'static str,
    district: &'static str,
}

/// The places of a region by their adjectives, where `issuer` is an office of that region.
fn places(issuer: &str) -> HashMap<&'static str, Place> {
    let mut here = false;
    let mut found = HashMap::new();
    for line in include_str!("places.txt").lines() {
        if let Some(region) = line.strip_prefix("= ") {
            here = fold(issuer).contains(region);
        } else if here && !line.starts_with('#') {
            let mut cells = line.split(';').map(str::trim);
            if let (Some(settlement), Some(stems), Some(district)) = (cells.next(), cells.next(), cells.next()) {
                for stem in stems.split_whitespace() {
                    found.insert(stem, Place { settlement, district });
                }
            }
        }
    }
    found
}

/// Names the schools: an identifier each that stays the same, its town and its district.
pub(super) fn name(entries: &[Entry], issuer: &str) -> Vec<Found<School>> {
    let places = places(issuer);
    // The office of a district writes to the schools of its district.
    let own = schedule::district_of(issuer);
    let mut schools: Vec<Found<School>> = entries.iter().map(|entry| school(entry, &places, own.as_deref())).collect();
    let mut used: HashMap<String, usize> = HashMap::new();
    for one in &mut schools {
        let nth = used.entry(one.value.id.clone()).or_default();
        *nth += 1;
        if *nth > 1 {
            one.value.id = format!("{}-{}", one.value.id, letter(*nth));
            one.doubt
                .get_or_insert_with(|| "две школы с похожими названиями: проверьте, что это разные школы".to_owned());
        }
    }
    schools
}

/// A second school of one identifier is told by a letter: a digit would look like a number of its own.
fn letter(nth: usize) -> char {
    u8::try_from(nth).ok().and_then(|nth| char::from_u32(u32::from(b'a') + u32::from(nth) - 1)).unwrap_or('z')
}

fn school(entry: &Entry, places: &HashMap<&'static str, Place>, own: Option<&str>) -> Found<School> {
    let parts = matching::dissect(&entry.name).unwrap_or_default();
    let known = parts.adjectives.iter().find_map(|stem| places.get(stem.as_str())).or_else(|| {
        let said = parts.settlement.as_deref().map(fold)?;
        places.values().find(|place| fold(place.settlement).split(' ').next() == Some(said.as_str()))
    });
    let written = pattern!(r"(?:\bг\.|\bгород|\bп\.|\bпос\.|\bпос[её]лок|\bс\.|\bсело|\bд\.|\bдеревня|\bст\.|\bрп|\bпгт)\s*([А-ЯЁ][а-яё]+(?:[ -][А-ЯЁ][а-яё]+)?)")
        .captures(&entry.name)
        .and_then(|found| Some(found.get(1)?.as_str().to_owned()));
    let settlement =
        known.map(|place| place.settlement.to_owned()).or_else(|| written.filter(|name| is_nominative(name)));
    let district = entry.district.clone().or_else(|| own.map(str::to_owned));
    let district = district.or_else(|| known.map(|place| place.district.to_owned()));
    let base = match (&settlement, parts.adjectives.first()) {
        (Some(place), _) => place.clone(),
        (None, Some(stem)) => adjective_in(&entry.name, stem).unwrap_or_else(|| stem.clone()),
        (None, None) => parts.settlement.clone().unwrap_or_else(|| plain_name(&entry.name)),
    };
    let mut id = identifier(&base, '-');
    id.truncate(48);
    if let Some(number) = parts.number.as_ref().filter(|number| !id.ends_with(&format!("-{}", identifier(number, '-'))))
    {
        id = format!("{id}-{}", identifier(number, '-'));
    }
    let id = if id.trim_matches('-').is_empty() { "school".to_owned() } else { id.trim_matches('-').to_owned() };
    let school = School {
        id,
        name: entry.name.clone(),
        district: district.unwrap_or_default(),
        settlement: settlement.unwrap_or_default(),
        date: entry.date,
    };
    let doubt = entry.doubt.map(str::to_owned);
    Found { value: school, at: entry.at.clone(), doubt }
}

/// A place in another case than the nominative cannot be written into the file as it stands.
fn is_nominative(name: &str) -> bool {
    !pattern!(r"(?:[аеи]|ом|ой|ого|ске)$").is_match(name)
        || pattern!(r"(?:ово|ево|ино|ыно|ши|цы|ни|чи|ки|га|ка|ла|на|та|да|ва|ое|ее)$").is_match(name)
}

/// The word of the name that has this stem, as it is written.
fn adjective_in(name: &str, stem: &str) -> Option<String> {
    let word = name.split(|c: char| !c.is_alphabetic() && c != '-').find(|word| fold(word).starts_with(stem))?;
    Some(word.to_owned())
}

/// What stands in quotes, or the name without its legal form.
fn plain_name(name: &str) -> String {
    let quoted = super::text::quoted(name).into_iter().next();
    quoted.unwrap_or_else(|| pattern!(r"^[А-ЯЁ]{2,}\s+").replace(name, "").into_owned())
}
