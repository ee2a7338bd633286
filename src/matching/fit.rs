//! Does one name in a text fit one known school? Aspect by aspect, each of which may veto, contradict or leave doubt.

use super::{
    aside::Aside,
    name::Name,
    vocabulary::{self, Kind, Relation},
    words::{self, Stem},
};

/// One name under which a school is known, taken apart.
#[derive(Debug, Clone)]
pub(super) struct KnownName {
    pub(super) kinds: Vec<Kind>,
    pub(super) number: Option<String>,
}

/// A school as the roster knows it.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) names: Vec<KnownName>,
    /// Numbers of the adjectives of its place.
    pub(super) adjectives: Vec<usize>,
    /// The number of its settlement.
    pub(super) settlement: Option<usize>,
    /// The stem of its district; empty where it is not known.
    pub(super) district: String,
    /// What may stand before the kind in an abbreviation: «к», «л», «лп».
    pub(super) initials: Vec<String>,
    /// The words of its dedication; empty where there is none.
    pub(super) dedication: Vec<String>,
    /// Words of its own names that nothing else explains.
    pub(super) odd: Vec<String>,
}

/// What all schools of a roster have in common.
#[derive(Debug, Clone, Default)]
pub(super) struct Common {
    /// The stem of the region's adjective, where it is known.
    pub(super) region: Option<String>,
    /// All schools lie in one town, which nobody has to name.
    pub(super) one_town: bool,
}

/// Why a name is not this school's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Veto {
    Kind,
    Number,
    Place,
}

/// Why a name may be this school's, but is not surely.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doubt {
    NoKind,
    LooseKind,
    SecondKind,
    NoNumber,
    SeveralNumbers,
    UnreadableNumber,
    ExtraNumber,
    NoPlace,
    InitialsOnly,
    SecondPlace,
    OtherDedication,
    NewDedication,
    Slips,
    OddWord,
    Aside,
}

impl Doubt {
    /// What it is, as the end of a sentence.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::NoKind => "the type of the school is missing",
            Self::LooseKind => "«школа» is less than the type that the school has",
            Self::SecondKind => "a second type is named that the school does not have",
            Self::NoNumber => "the number is missing",
            Self::SeveralNumbers => "several numbers are named",
            Self::UnreadableNumber => "the number cannot be read",
            Self::ExtraNumber => "it bears a number and the school has none",
            Self::NoPlace => "no town or place-name is given",
            Self::InitialsOnly => "the place is only abbreviated, and other places begin with that letter too",
            Self::SecondPlace => "another place is named too",
            Self::OtherDedication => "it is named after somebody else",
            Self::NewDedication => "it is named after somebody, and the school is not known to be",
            Self::Slips => "more than one word is misspelt",
            Self::OddWord => "a word in the name is not known",
            Self::Aside => "it is named as a partner, a venue or an addressee",
        }
    }
}

/// How well a name fits a school.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Fit {
    pub(super) vetoes: Vec<Veto>,
    /// The name fits, but says that the school lies elsewhere.
    pub(super) conflict: Option<&'static str>,
    pub(super) doubts: Vec<Doubt>,
    /// Slips that had to be forgiven.
    pub(super) slips: usize,
    /// The place of the school is named: by adjective, settlement or first letter.
    pub(super) placed: bool,
    /// The number is the school's.
    pub(super) numbered: bool,
}

impl Fit {
    /// Nothing stands against it and nothing is missing.
    pub(super) fn is_full(&self) -> bool {
        self.is_possible() && self.conflict.is_none() && self.doubts.is_empty()
    }

    /// The name tells a place that is not the school's.
    pub(super) fn is_elsewhere(&self, name: &Name) -> bool {
        let placed = !name.heads.is_empty() || !name.settlements.is_empty() || name.initials.is_some();
        self.conflict.is_some() || (placed && !self.placed) || self.doubts.contains(&Doubt::SecondPlace)
    }

    /// Nothing stands against it, and something speaks for it.
    pub(super) fn is_possible(&self) -> bool {
        self.vetoes.is_empty() && (self.placed || self.numbered)
    }
}

/// Compares a name with all names of a school; the best counts.
pub(super) fn fit(name: &Name, known: &Known, common: &Common) -> Fit {
    let mut best: Option<Fit> = None;
    for own in &known.names {
        let fit = fit_one(name, known, own, common);
        let rank = |fit: &Fit| {
            (
                fit.vetoes.is_empty(),
                fit.is_full(),
                fit.numbered,
                std::cmp::Reverse((fit.vetoes.len(), fit.doubts.len())),
            )
        };
        if best.as_ref().is_none_or(|best| rank(&fit) > rank(best)) {
            best = Some(fit);
        }
    }
    best.unwrap_or_else(|| Fit { vetoes: vec![Veto::Kind], ..Fit::default() })
}

fn fit_one(name: &Name, known: &Known, own: &KnownName, common: &Common) -> Fit {
    let mut fit = Fit { slips: name.slips, ..Fit::default() };
    kind(name, known, own, &mut fit);
    number(name, own, &mut fit);
    let agrees = dedication(name, known, own, &mut fit);
    place(name, known, own, common, agrees, &mut fit);
    if fit.slips > 1 {
        fit.doubts.push(Doubt::Slips);
    }
    // Every word of the name has to be understood: «заочная школа № 3» is another one.
    let weak = name.heads.iter().filter(|head| !head.strong).map(|head| &head.stem);
    let weak = weak.filter(|stem| !vocabulary::is_plain_adjective(stem));
    if name.odd.iter().chain(weak).any(|stem| !known.odd.contains(stem)) {
        fit.doubts.push(Doubt::OddWord);
    }
    if name.aside == Some(Aside::Role) {
        fit.doubts.push(Doubt::Aside);
    }
    fit
}

fn kind(name: &Name, known: &Known, own: &KnownName, fit: &mut Fit) {
    let best =
        |kind: Kind, kinds: &[Kind]| kinds.iter().map(|&one| kind.relation(one)).max().unwrap_or(Relation::Doubt);
    let Some(relation) = name.kinds.iter().map(|&kind| best(kind, &own.kinds)).max() else {
        fit.doubts.push(Doubt::NoKind);
        fit.numbered = false;
        return;
    };
    match relation {
        Relation::Contrary => fit.vetoes.push(Veto::Kind),
        Relation::Doubt => fit.doubts.push(Doubt::LooseKind),
        Relation::Fits => {}
    }
    let foreign = |kind: Kind| known.names.iter().all(|own| best(kind, &own.kinds) == Relation::Contrary);
    if name.kinds.iter().chain(&name.beside).any(|&kind| foreign(kind)) {
        fit.doubts.push(Doubt::SecondKind);
    }
}

fn number(name: &Name, own: &KnownName, fit: &mut Fit) {
    if name.unreadable {
        fit.doubts.push(Doubt::UnreadableNumber);
    }
    match (&own.number, name.numbers.as_slice()) {
        (Some(_), []) => fit.doubts.push(Doubt::NoNumber),
        (Some(own), [one]) if own == one => fit.numbered = !name.kinds.is_empty(),
        (Some(own), several) if several.contains(own) => {
            fit.numbered = true;
            fit.doubts.push(Doubt::SeveralNumbers);
        }
        (Some(_), _) => fit.vetoes.push(Veto::Number),
        (None, []) => {}
        (None, _) => fit.doubts.push(Doubt::ExtraNumber),
    }
}

/// Whether the dedication speaks for the school.
fn dedication(name: &Name, known: &Known, own: &KnownName, fit: &mut Fit) -> bool {
    let shared = |stems: &[String]| {
        known.dedication.iter().filter(|own| stems.iter().any(|stem| words::same(own, stem))).count()
    };
    if known.dedication.is_empty() {
        // A number tells one school of a town from all others; without it the dedication may be all that does.
        let new = name.dedication.as_ref().is_some_and(|stems| !stems.is_empty());
        if new && own.number.is_none() {
            fit.doubts.push(Doubt::NewDedication);
        }
        return false;
    }
    match &name.dedication {
        Some(stems) if !stems.is_empty() => {
            // «Александра Соколова» and «Александра Пушкина» share a word: the smaller set has to be in the other.
            let agrees = shared(stems) >= known.dedication.len().min(stems.len());
            if !agrees {
                fit.doubts.push(Doubt::OtherDedication);
            }
            agrees
        }
        _ => shared(&name.words) == known.dedication.len(),
    }
}

fn place(name: &Name, known: &Known, own: &KnownName, common: &Common, dedicated: bool, fit: &mut Fit) {
    let ours = |meant: &Option<super::places::Meant>| {
        let meant = meant.as_ref()?;
        meant.places.iter().any(|place| known.adjectives.contains(place)).then_some(meant.slip)
    };
    let mut slip = false;
    let heads: Vec<Option<bool>> = name.heads.iter().map(|head| ours(&head.meant)).collect();
    let by_adjective = heads.iter().any(Option::is_some);
    let foreign_heads = name.heads.iter().zip(&heads).any(|(head, ours)| head.strong && ours.is_none());
    if by_adjective {
        slip |= heads.iter().flatten().all(|&slip| slip);
    }

    let settlement = name.settlements.iter().find_map(|one| {
        let meant = one.meant.as_ref()?;
        known.settlement.is_some_and(|own| meant.places.contains(&own)).then_some(meant.slip)
    });
    let by_settlement = settlement.is_some();
    if !by_adjective {
        slip |= settlement == Some(true);
    }
    let other_settlement = known.settlement.is_some()
        && name.branch.is_none()
        && name.settlements.iter().any(|one| {
            let own = one
                .meant
                .as_ref()
                .is_some_and(|meant| meant.places.iter().any(|&place| Some(place) == known.settlement));
            !own && !is_seat(&one.word, &known.district)
        });
    let elsewhere = other_settlement && !by_settlement;

    let lettered = name.initials.as_ref().map(|letters| known.initials.contains(letters));
    // «МСОШ», «ГСОШ»: the letter may stand for «муниципальная», «городская», «сельская».
    let other_letter =
        lettered == Some(false) && !name.initials.as_ref().is_some_and(|one| matches!(one.as_str(), "м" | "г" | "с"));

    let district = !name.districts.is_empty() && name.districts.iter().any(|one| words::alike(one, &known.district));
    let other_district = !name.districts.is_empty() && !known.district.is_empty() && !district;
    let other_region = common
        .region
        .as_ref()
        .is_some_and(|own| !name.regions.is_empty() && !name.regions.iter().any(|one| words::alike(one, own)));

    let named = by_adjective || by_settlement;
    fit.placed = named || lettered == Some(true);
    fit.slips += usize::from(slip);
    let weak = !name.heads.is_empty() && !named && !common.one_town;
    if other_letter || (!by_adjective && (foreign_heads || weak)) || (elsewhere && !by_adjective) {
        fit.vetoes.push(Veto::Place);
    }
    if (foreign_heads || (other_settlement && !elsewhere)) && (by_adjective || by_settlement) {
        fit.doubts.push(Doubt::SecondPlace);
    }
    let conflict = [
        (elsewhere && by_adjective, "names another town or village"),
        (other_district, "names another district"),
        (other_region, "names another region"),
    ];
    if let Some((_, conflict)) = conflict.into_iter().find(|(is, _)| *is) {
        if named { fit.conflict = Some(conflict) } else { fit.vetoes.push(Veto::Place) }
    }
    if !named && !common.one_town {
        let confirmed = lettered == Some(true) && own.number.is_some() && (dedicated || district);
        match lettered {
            Some(true) if !confirmed => fit.doubts.push(Doubt::InitialsOnly),
            Some(true) => {}
            _ => fit.doubts.push(Doubt::NoPlace),
        }
    }
}

/// Whether a town gave the district its name: the town of a district stands in many a village's address.
fn is_seat(town: &str, district: &str) -> bool {
    district.strip_suffix("ск").is_some_and(|stem| Stem::of_place(town).letters() == stem)
}
