//! The schools of a campaign, prepared for comparing.

use std::collections::HashMap;

use crate::campaign::{Campaign, SchoolId};

use super::{
    fit::{Common, Known, KnownName},
    index::Index,
    items::{self, What},
    name::{self, Name, Reach},
    places::{Places, Telling},
    text::{self, Token},
    words::{self, Stem},
};

/// A school that a roster is built of.
#[derive(Debug, Clone)]
pub struct KnownSchool {
    /// Its id; `None` for a neighbour that must only not be taken for another.
    pub id: Option<SchoolId>,
    /// The names under which it is known, at least one.
    pub names: Vec<String>,
    /// The district as an adjective: «Киришский»; empty where it is not known.
    pub district: String,
    /// The town or village in the nominative: «Кириши»; empty where it is not known.
    pub settlement: String,
}

/// The schools of a campaign, ready to be compared with.
#[derive(Debug, Clone)]
pub struct Roster {
    pub(super) places: Places,
    pub(super) schools: Vec<(KnownSchool, Known)>,
    pub(super) common: Common,
    pub(super) index: Index,
}

impl Roster {
    /// Prepares the schools and neighbours of a campaign. The region is that of the letter's issuer.
    pub fn new(campaign: &Campaign) -> Self {
        let schools = campaign.schools.iter().map(|school| KnownSchool {
            id: Some(school.id.clone()),
            names: std::iter::once(&school.name).chain(&school.aliases).cloned().collect(),
            district: school.district.clone(),
            settlement: school.settlement.clone(),
        });
        let neighbours = campaign.neighbours.iter().map(|one| KnownSchool {
            id: None,
            names: vec![one.name.clone()],
            district: one.district.clone(),
            settlement: one.settlement.clone(),
        });
        Self::from_names(&campaign.letter.issuer, schools.chain(neighbours))
    }

    /// Prepares any schools. `region` is a text that names their region («… Ленинградской области»), or empty.
    pub fn from_names(region: &str, schools: impl IntoIterator<Item = KnownSchool>) -> Self {
        let places = Places::new();
        let schools: Vec<KnownSchool> = schools.into_iter().collect();
        let mut telling = Telling::default();
        let mut known: Vec<Known> = Vec::with_capacity(schools.len());
        for school in &schools {
            let names: Vec<Name> = school.names.iter().filter_map(|name| main_name(name, &places)).collect();
            known.push(prepare(school, &names, &mut telling));
        }
        share_adjectives(&mut known);
        let (_, region) = read(region, &Places::new());
        let region = region.into_iter().find_map(|item| match item.what {
            What::Region(stem) => Some(stem),
            _ => None,
        });
        let schools: Vec<(KnownSchool, Known)> = schools.into_iter().zip(known).collect();
        let index = Index::new(&schools);
        Self { places: places.told(telling), schools, common: Common { region, one_town: false }, index }
    }

    /// Takes all schools to lie in one town, which nobody has to name then: type and number are enough.
    #[must_use]
    pub fn within_one_town(mut self) -> Self {
        self.common.one_town = true;
        self
    }

    /// Compares every name with every school: what the index must not differ from.
    #[doc(hidden)]
    #[must_use]
    pub fn without_index(mut self) -> Self {
        self.places = self.places.without_index();
        self.index = Index::default();
        self
    }

    /// The names of schools in a text.
    pub(super) fn names_in(&self, text: &str, reach: Reach) -> Vec<Name> {
        let (tokens, items) = read(text, &self.places);
        name::names(text, &tokens, &items, reach)
    }
}

pub(super) fn read(text: &str, places: &Places) -> (Vec<Token>, Vec<items::Item>) {
    let tokens = text::tokens(text);
    let items = items::items(&tokens, places);
    (tokens, items)
}

/// A name of the roster: where it holds two («МБОУ "СОШ "Центр …""»), the one that says most.
fn main_name(text: &str, places: &Places) -> Option<Name> {
    let (tokens, items) = read(text, places);
    let names = name::names(text, &tokens, &items, Reach::Whole);
    names.into_iter().max_by_key(|name| (name.numbers.len() + name.heads.len(), name.kinds.len()))
}

fn prepare(school: &KnownSchool, names: &[Name], places: &mut Telling) -> Known {
    let tokens = text::tokens(&school.settlement);
    let words: Vec<&str> = tokens.iter().map(|token| token.text.as_str()).collect();
    let settlement = (!words.is_empty()).then(|| places.settlement(&words));
    let mut stems: Vec<String> = names.iter().flat_map(|name| &name.heads).map(|head| head.stem.clone()).collect();
    if let ([word], true) = (words.as_slice(), stems.is_empty()) {
        // «Кириши» → «киришск-»: a neighbour known as «Гимназия» is found as «Киришская гимназия» too. Only where no
        // name tells the adjective: «Лебяжье» makes «Лебяженский» here and «Лебяжский» elsewhere.
        let stem = Stem::of_place(word);
        let is_adjective = stem.letters().ends_with("ск");
        stems.push(if is_adjective { stem.letters().to_owned() } else { format!("{}ск", stem.letters()) });
    }
    let mut initials: Vec<String> = stems.iter().filter_map(|stem| stem.chars().next()).map(String::from).collect();
    initials.extend(names.iter().filter_map(|name| name.initials.clone()));
    let first: String = words.iter().filter_map(|word| word.chars().next()).collect();
    initials.extend([first.chars().take(1).collect(), first]);
    initials.sort();
    initials.dedup();
    let district = text::tokens(&school.district).first().map(|token| token.text.clone()).unwrap_or_default();
    let district = words::adjective(&district).map_or(district.clone(), |(stem, _)| stem.to_owned());
    Known {
        names: names
            .iter()
            .map(|name| KnownName { kinds: name.kinds.clone(), number: name.numbers.first().cloned() })
            .collect(),
        adjectives: stems.iter().map(|stem| places.adjective(stem)).collect(),
        settlement,
        district,
        initials,
        dedication: names.iter().find_map(|name| name.dedication.clone()).unwrap_or_default(),
        odd: names
            .iter()
            .flat_map(|name| name.odd.iter().chain(name.heads.iter().map(|head| &head.stem)))
            .cloned()
            .collect(),
    }
}

/// Schools of one settlement share its adjectives.
fn share_adjectives(known: &mut [Known]) {
    let mut shared: HashMap<usize, Vec<usize>> = HashMap::new();
    for one in known.iter() {
        if let Some(settlement) = one.settlement {
            shared.entry(settlement).or_default().extend(&one.adjectives);
        }
    }
    for all in shared.values_mut() {
        all.sort_unstable();
        all.dedup();
    }
    for one in known {
        if let Some(all) = one.settlement.and_then(|settlement| shared.get(&settlement)) {
            one.adjectives.clone_from(all);
        }
    }
}
