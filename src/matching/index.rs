//! Which schools a name may fit, found by what it says: place, settlement, first letters, number. Whether it fits,
//! [`super::fit`] says; here nobody is left out whom it might fit.

use std::collections::HashMap;

use super::{fit::Known, name::Name, places::Meant, roster::KnownSchool};
use crate::campaign::SchoolId;

/// Places of schools in the roster, by what their names say; each list in its order.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    /// How many schools there are; none where there is no index, and every school is asked.
    schools: usize,
    adjectives: HashMap<usize, Vec<u32>>,
    settlements: HashMap<usize, Vec<u32>>,
    initials: HashMap<String, Vec<u32>>,
    numbers: HashMap<String, Vec<u32>>,
    ids: HashMap<SchoolId, u32>,
}

impl Index {
    pub(super) fn new(schools: &[(KnownSchool, Known)]) -> Self {
        let mut index = Self { schools: schools.len(), ..Self::default() };
        for (at, (school, known)) in (0_u32..).zip(schools) {
            for adjective in &known.adjectives {
                index.adjectives.entry(*adjective).or_default().push(at);
            }
            if let Some(settlement) = known.settlement {
                index.settlements.entry(settlement).or_default().push(at);
            }
            for letters in &known.initials {
                index.initials.entry(letters.clone()).or_default().push(at);
            }
            for number in known.names.iter().filter_map(|own| own.number.as_ref()) {
                let schools = index.numbers.entry(number.clone()).or_default();
                if schools.last() != Some(&at) {
                    schools.push(at);
                }
            }
            if let Some(id) = &school.id {
                // Of two with one id the first, as everywhere.
                index.ids.entry(id.clone()).or_insert(at);
            }
        }
        index
    }

    /// Whether every school is to be asked.
    pub(super) fn is_missing(&self) -> bool {
        self.schools == 0
    }

    /// The place of the school of this id.
    pub(super) fn place(&self, id: &SchoolId) -> Option<usize> {
        self.ids.get(id).and_then(|at| usize::try_from(*at).ok())
    }

    /// The schools whose place, settlement or first letters a name gives.
    pub(super) fn placed(&self, name: &Name) -> Vec<usize> {
        let heads = name.heads.iter().filter_map(|head| head.meant.as_ref());
        let mut found = of(&self.adjectives, heads);
        found.extend(of(&self.settlements, name.settlements.iter().filter_map(|one| one.meant.as_ref())));
        found.extend(name.initials.iter().filter_map(|letters| self.initials.get(letters)).flatten());
        in_order(found)
    }

    /// The schools that have a number that a name gives.
    pub(super) fn numbered(&self, name: &Name) -> Vec<usize> {
        in_order(name.numbers.iter().filter_map(|number| self.numbers.get(number)).flatten().copied().collect())
    }
}

fn of<'m>(known: &HashMap<usize, Vec<u32>>, meant: impl Iterator<Item = &'m Meant>) -> Vec<u32> {
    meant.flat_map(|meant| &meant.places).filter_map(|place| known.get(place)).flatten().copied().collect()
}

fn in_order(mut found: Vec<u32>) -> Vec<usize> {
    found.sort_unstable();
    found.dedup();
    found.into_iter().filter_map(|at| usize::try_from(at).ok()).collect()
}

/// Whether a school's numbers allow a name to be its own in full: the one that it gives, or none where it gives none.
pub(super) fn has_its_number(known: &Known, name: &Name) -> bool {
    known.names.iter().any(|own| match (&own.number, name.numbers.as_slice()) {
        (None, []) => true,
        (Some(own), [one]) => own == one,
        _ => false,
    })
}

/// Whether a school's numbers allow a name to be its own in part: none of the two contradicts the other.
pub(super) fn may_have_its_number(known: &Known, name: &Name) -> bool {
    let numbers = &name.numbers;
    numbers.is_empty() || known.names.iter().any(|own| own.number.as_ref().is_none_or(|own| numbers.contains(own)))
}
