//! How a name compares with each school that is known.

use strsim::damerau_levenshtein;

use crate::campaign::{Campaign, SchoolId};

use super::{
    name::{Kind, Name},
    words::{Word, is_case_of, noun_stem, words},
};

/// The schools of a campaign, ready to be compared with.
#[derive(Debug, Clone)]
pub struct Roster {
    entries: Vec<Entry>,
}

/// One name of one school.
#[derive(Debug, Clone)]
struct Entry {
    /// The school; `None` for a neighbour.
    school: Option<SchoolId>,
    title: String,
    kind: Kind,
    number: Option<u32>,
    places: Vec<String>,
    settlement: Vec<String>,
    district: String,
    dedication: Vec<String>,
}

/// How one text that is meant as a name matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameMatch {
    /// It is this school in every part that counts.
    Full {
        /// The school.
        school: SchoolId,
        /// The branch's name as written, where it is a branch.
        branch: Option<String>,
        /// Why, in English.
        why: String,
    },
    /// It may be one of these: a part that counts is not there, or several fit.
    Partial {
        /// The schools.
        candidates: Vec<SchoolId>,
        /// Why, in English, and what would have been enough.
        why: String,
    },
    /// It is a school that is not scheduled.
    Outside {
        /// Its name as written.
        name: String,
    },
    /// It names no school.
    None,
}

/// How one name fits one entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Vetoed,
    /// Something that counts is not said.
    Partial,
    /// All fits but for one slip of the finger.
    Slip,
    Full,
}

impl Roster {
    /// Prepares the schools and neighbours of a campaign.
    pub fn new(campaign: &Campaign) -> Self {
        let mut entries = Vec::new();
        for school in &campaign.schools {
            for name in std::iter::once(&school.name).chain(&school.aliases) {
                entries.extend(Entry::new(Some(school.id.clone()), name, &school.settlement, &school.district));
            }
        }
        for one in &campaign.neighbours {
            entries.extend(Entry::new(None, &one.name, &one.settlement, &one.district));
        }
        Self { entries }
    }

    /// How a text that is meant to be a school's name matches.
    pub fn name(&self, text: &str) -> NameMatch {
        let name = Name::parse(text);
        if name.letters.is_empty() {
            return NameMatch::None;
        }
        let fits: Vec<(Fit, &Entry)> = self.entries.iter().map(|entry| (entry.fit(&name), entry)).collect();
        let of = |wanted: Fit| fits.iter().filter(move |(fit, _)| *fit == wanted).map(|(_, entry)| *entry);
        let mut best: Vec<&Entry> = of(Fit::Full).collect();
        if best.is_empty() {
            best = of(Fit::Slip).collect();
        }
        let mut schools: Vec<&SchoolId> = best.iter().filter_map(|entry| entry.school.as_ref()).collect();
        schools.sort();
        schools.dedup();
        let neighbours = best.iter().filter(|entry| entry.school.is_none()).count();
        match (schools.as_slice(), neighbours) {
            ([school], 0) => NameMatch::Full {
                school: (*school).clone(),
                branch: name.branch.then(|| clip(text)),
                why: format!("{:?} is {}", clip(text), best.first().map_or("", |entry| &entry.title)),
            },
            ([], 0) => self.short_of_full(text, &name, of(Fit::Partial).collect()),
            ([], _) => NameMatch::Outside { name: clip(text) },
            _ => NameMatch::Partial {
                candidates: schools.into_iter().cloned().collect(),
                why: format!("{:?} names several schools", clip(text)),
            },
        }
    }

    /// No entry fits in full: some may fit, or it is a school that nobody listed.
    fn short_of_full(&self, text: &str, name: &Name, partial: Vec<&Entry>) -> NameMatch {
        let mut candidates: Vec<SchoolId> = Vec::new();
        for school in partial.iter().filter_map(|entry| entry.school.as_ref()) {
            if !candidates.contains(school) {
                candidates.push(school.clone());
            }
        }
        if !candidates.is_empty() {
            let why = format!("{:?} fits, but type, number and place are not all there", clip(text));
            return NameMatch::Partial { candidates, why };
        }
        let is_school =
            name.kinds.iter().any(|kind| *kind != Kind::School) || (!name.kinds.is_empty() && name.says_which());
        if is_school { NameMatch::Outside { name: clip(text) } } else { NameMatch::None }
    }

    /// The schools that are named in full within a running text; a list of three or more scheduled schools, as the
    /// letter's own schedule is one, tells nothing.
    pub fn mentions(&self, text: &str) -> Vec<NameMatch> {
        let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(400).collect();
        let mut found: Vec<NameMatch> = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            let mut here = self.mention(line);
            // A name that is broken over two or three lines.
            for further in 2..=3 {
                if here.is_none() {
                    here = lines.get(at..at + further).and_then(|lines| self.mention(&lines.join(" ")));
                }
            }
            if let Some(one) = here
                && !found.iter().any(|other| other.same_school(&one))
            {
                found.push(one);
            }
        }
        let scheduled = found.iter().filter(|one| matches!(one, NameMatch::Full { .. })).count();
        if scheduled >= 3 { Vec::new() } else { found }
    }

    fn mention(&self, text: &str) -> Option<NameMatch> {
        match self.name(text) {
            full @ NameMatch::Full { .. } => Some(full),
            outside @ NameMatch::Outside { .. } => Name::parse(text).is_complete().then_some(outside),
            NameMatch::Partial { .. } | NameMatch::None => None,
        }
    }
}

impl NameMatch {
    fn same_school(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Full { school: one, .. }, Self::Full { school: other, .. }) => one == other,
            _ => self == other,
        }
    }
}

impl Name {
    /// Whether it says anything by which a school is told from others.
    fn says_which(&self) -> bool {
        !self.numbers.is_empty() || !self.places.is_empty() || !self.initials.is_empty()
    }

    /// Whether it names one institution by kind and place.
    fn is_complete(&self) -> bool {
        !self.kinds.is_empty() && !self.places.is_empty() && self.kinds.iter().any(|kind| *kind != Kind::School)
            || (self.kinds.contains(&Kind::School) && !self.places.is_empty() && !self.numbers.is_empty())
    }
}

impl Entry {
    /// An entry for each kind that the name has: none for a name without one.
    fn new(school: Option<SchoolId>, title: &str, settlement: &str, district: &str) -> Option<Self> {
        let name = Name::parse(title);
        let kind = *name.kinds.first()?;
        let nouns = words(settlement);
        let settlement = nouns
            .iter()
            .filter_map(|word| match word {
                Word::Letters(word) => {
                    let adjective = ["ое", "ая", "ый", "ий"].iter().find_map(|ending| word.strip_suffix(ending));
                    Some(adjective.unwrap_or(noun_stem(word)).to_owned())
                }
                _ => None,
            })
            .collect();
        let district = Name::parse(&format!("{district} район")).districts.first().cloned().unwrap_or_default();
        Some(Self {
            school,
            title: title.to_owned(),
            kind,
            number: name.numbers.first().copied(),
            places: name.places,
            settlement,
            district,
            dedication: name.dedication,
        })
    }

    fn fit(&self, name: &Name) -> Fit {
        if self.vetoes(name) {
            return Fit::Vetoed;
        }
        let kind = name.kinds.iter().any(|kind| kind.agrees(self.kind));
        let number = self.number.is_none_or(|number| name.numbers == [number]);
        let dedicated = self.dedicated(name);
        let district = name.districts.contains(&self.district);
        let by_initials = self.initials_fit(name) && self.number.is_some() && (dedicated || district);
        let place = if self.place_said(name) || by_initials {
            Fit::Full
        } else if !name.places.is_empty() {
            // Another place is named: only a slip of the finger in ours excuses that.
            if self.slipped(name) { Fit::Slip } else { Fit::Vetoed }
        } else {
            Fit::Partial
        };
        match (kind, number, place) {
            (_, _, Fit::Vetoed) => Fit::Vetoed,
            (true, true, place) => place,
            // Without kind or number, at least the place or the initials must be said for it to be a candidate.
            (_, _, Fit::Full) => Fit::Partial,
            (true, false, Fit::Partial) if self.initials_fit(name) => Fit::Partial,
            _ => Fit::Vetoed,
        }
    }

    /// What cannot be so if it is this school: another number, a contradicting kind, another district or region.
    fn vetoes(&self, name: &Name) -> bool {
        let other_number = match self.number {
            Some(number) => !name.numbers.is_empty() && !name.numbers.contains(&number),
            None => !name.numbers.is_empty(),
        };
        let other_kind = !name.kinds.is_empty() && !name.kinds.iter().any(|kind| kind.agrees(self.kind));
        let foreign = name.kinds.contains(&Kind::Foreign);
        let other_district = !name.districts.is_empty() && !name.districts.contains(&self.district);
        let other_initials = !name.initials.is_empty() && !self.place_said(name) && !self.initials_fit(name);
        other_number
            || other_kind
            || foreign
            || other_district
            || other_initials
            || !name.regions.iter().all(|one| one == "ленинградск")
    }

    fn place_said(&self, name: &Name) -> bool {
        let adjective = self.places.iter().any(|place| name.places.contains(place));
        adjective || self.town_said(name)
    }

    fn town_said(&self, name: &Name) -> bool {
        let count = self.settlement.len();
        count > 0
            && name.letters.windows(count).any(|words| {
                words.iter().zip(&self.settlement).all(|(word, stem)| {
                    is_case_of(word, stem)
                        || word.strip_prefix(stem.as_str()).is_some_and(|end| matches!(end, "ого" | "ом" | "ому"))
                })
            })
    }

    fn initials_fit(&self, name: &Name) -> bool {
        name.initials.iter().any(|initials| {
            self.places.iter().any(|place| initials.chars().count() == 1 && place.starts_with(initials.as_str()))
        })
    }

    fn dedicated(&self, name: &Name) -> bool {
        !self.dedication.is_empty() && self.dedication.iter().any(|one| name.dedication.contains(one))
    }

    /// Whether one slip of the finger makes the place another (a letter lost, doubled, swapped or wrong).
    fn slipped(&self, name: &Name) -> bool {
        self.places.iter().any(|place| {
            place.chars().count() >= 6 && name.places.iter().any(|said| damerau_levenshtein(place, said) == 1)
        })
    }
}

pub(super) fn clip(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(120).collect()
}
