//! The structure of a school's name: kind, number, place, dedication, district, branch.

use super::words::{Word, noun_stem, place_adjective, words};

/// What sort of institution a name speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// «школа», «средняя школа»: contradicts neither СОШ nor ООШ.
    School,
    /// Средняя общеобразовательная школа.
    Secondary,
    /// Основная общеобразовательная школа.
    Basic,
    /// Начальная школа.
    Primary,
    /// Гимназия.
    Gymnasium,
    /// Лицей.
    Lyceum,
    /// Центр образования, образовательный центр, центр общего образования.
    Centre,
    /// An institution that is none of these: kindergarten, music school, college.
    Foreign,
}

impl Kind {
    /// Whether one name may be written with either kind.
    pub(super) fn agrees(self, other: Self) -> bool {
        let generic = |a, b| a == Self::School && matches!(b, Self::School | Self::Secondary | Self::Basic);
        self == other && self != Self::Foreign || generic(self, other) || generic(other, self)
    }
}

/// A name taken apart.
#[derive(Debug, Clone, Default)]
pub(super) struct Name {
    pub(super) kinds: Vec<Kind>,
    pub(super) numbers: Vec<u32>,
    /// Stems of adjectives of place that are no district's.
    pub(super) places: Vec<String>,
    /// First letters of a place in an abbreviation: «КСОШ» → «к».
    pub(super) initials: Vec<String>,
    /// Stems of districts: «Киришского района».
    pub(super) districts: Vec<String>,
    /// Stems of regions other than the neutral ones: «Новгородской области».
    pub(super) regions: Vec<String>,
    /// Words of a dedication: «имени Героев Свири».
    pub(super) dedication: Vec<String>,
    /// Whether it is a branch of the school that it names.
    pub(super) branch: bool,
    /// All letter words, for settlements.
    pub(super) letters: Vec<String>,
}

const ABBREVIATIONS: [(&str, Kind); 7] = [
    ("сош", Kind::Secondary),
    ("оош", Kind::Basic),
    ("нош", Kind::Primary),
    ("цоо", Kind::Centre),
    ("цо", Kind::Centre),
    ("оц", Kind::Centre),
    ("сш", Kind::School),
];

/// Beginnings of words that speak of an institution that is no school of general education.
const FOREIGN: [&str; 26] = [
    "музыкальн",
    "спортивн",
    "художествен",
    "хореограф",
    "детсад",
    "дошкольн",
    "техникум",
    "колледж",
    "университет",
    "институт",
    "интернат",
    "коррекцион",
    "вечерн",
    "сменн",
    "культур",
    "творчеств",
    "библиотек",
    "искусств",
    "доу",
    "мдоу",
    "мбдоу",
    "мкдоу",
    "дши",
    "дюсш",
    "автошкол",
    "училищ",
];

impl Name {
    /// Takes a name apart.
    pub(super) fn parse(text: &str) -> Self {
        let words = words(text);
        let mut name = Self::default();
        let mut dedication_until = 0;
        for (at, word) in words.iter().enumerate() {
            match word {
                Word::Letters(word) => {
                    name.letters.push(word.clone());
                    if matches!(word.as_str(), "им" | "имени") {
                        dedication_until = at + 5;
                    } else if at < dedication_until && word.chars().count() >= 4 && !is_kind_word(word) {
                        name.dedication.push(stem(word));
                    }
                    name.take_kind(&words, at, word);
                    name.take_place(&words, at, word, at < dedication_until);
                    let unit = word.starts_with("структурн") && letters(&words, at + 1).starts_with("подразд");
                    name.branch |= word.starts_with("филиал") || unit;
                }
                Word::Number { value, signed } => name.take_number(&words, at, *value, *signed),
                Word::Stop => dedication_until = 0,
            }
        }
        name
    }

    fn add_kind(&mut self, kind: Kind) {
        if !self.kinds.contains(&kind) {
            self.kinds.push(kind);
        }
    }

    fn take_kind(&mut self, words: &[Word], at: usize, word: &str) {
        if let Some((initials, kind)) = abbreviation(word) {
            self.add_kind(kind);
            if !initials.is_empty() {
                self.initials.push(initials.to_owned());
            }
        } else if FOREIGN.iter().any(|one| word.starts_with(one)) || (word == "сад" || word == "садик") {
            self.add_kind(Kind::Foreign);
        } else if word.starts_with("гимнази") {
            self.add_kind(Kind::Gymnasium);
        } else if word.starts_with("лице") && word != "лицензия" {
            self.add_kind(Kind::Lyceum);
        } else if word.starts_with("центр") && word != "центральн" {
            let near = [at.wrapping_sub(1), at + 1, at + 2].map(|at| letters(words, at));
            let education = near.iter().any(|word| word.starts_with("образовани") || word.starts_with("образовательн"));
            self.add_kind(if education { Kind::Centre } else { Kind::Foreign });
        } else if word.starts_with("школ") && !word.starts_with("школьн") {
            self.add_kind(kind_of_school(words, at));
        }
    }

    fn take_place(&mut self, words: &[Word], at: usize, word: &str, dedicated: bool) {
        let Some(stem) = place_adjective(word) else { return };
        let next = [letters(words, at + 1), letters(words, at + 2)];
        if next
            .iter()
            .any(|word| word.starts_with("район") || word.starts_with("округ") || *word == "мр" || *word == "мо")
        {
            self.districts.push(stem.to_owned());
        } else if next
            .first()
            .is_some_and(|word| word.starts_with("област") || word.starts_with("кра") || word.starts_with("республик"))
        {
            self.regions.push(stem.to_owned());
        } else if !dedicated && !NEUTRAL.contains(&stem) {
            self.places.push(stem.to_owned());
        }
    }

    fn take_number(&mut self, words: &[Word], at: usize, value: u32, signed: bool) {
        let (before, after) = (letters(words, at.wrapping_sub(1)), letters(words, at + 1));
        let ordinal = matches!(after, "я" | "й" | "ой") && is_kind_word(letters(words, at + 2));
        let beside = is_kind_word(before) || is_kind_word(after) || ordinal;
        let counts = value < 1_000 && (signed || beside) && !after.starts_with("лет") && !after.starts_with("класс");
        if counts && !self.numbers.contains(&value) {
            self.numbers.push(value);
        }
    }
}

/// Adjectives that look like places and are none.
const NEUTRAL: [&str; 18] = [
    "российск",
    "русск",
    "советск",
    "детск",
    "городск",
    "сельск",
    "районн",
    "областн",
    "областск",
    "юридическ",
    "гражданск",
    "педагогическ",
    "методическ",
    "практическ",
    "общественн",
    "академическ",
    "ленинградск",
    "поселковск",
];

fn letters(words: &[Word], at: usize) -> &str {
    match words.get(at) {
        Some(Word::Letters(word)) => word,
        _ => "",
    }
}

/// «средняя общеобразовательная школа», «основная школа», «школа»: the words before it tell.
fn kind_of_school(words: &[Word], at: usize) -> Kind {
    let before = |steps: usize| at.checked_sub(steps).map_or("", |at| letters(words, at));
    let said = |beginning: &str| (1..=3).any(|steps| before(steps).starts_with(beginning));
    if said("начальн") {
        Kind::Primary
    } else if said("основн") {
        Kind::Basic
    } else if said("средн") && said("общеобразоват") {
        Kind::Secondary
    } else {
        Kind::School
    }
}

fn is_kind_word(word: &str) -> bool {
    word.starts_with("школ") || word.starts_with("гимнази") || word.starts_with("лице") || abbreviation(word).is_some()
}

/// «КСОШ» → the initials of its place, and its kind.
fn abbreviation(word: &str) -> Option<(&str, Kind)> {
    ABBREVIATIONS.iter().find_map(|(tail, kind)| {
        let initials = word.strip_suffix(tail)?;
        (initials.chars().count() <= 2).then_some((initials, *kind))
    })
}

fn stem(word: &str) -> String {
    place_adjective(word).unwrap_or(noun_stem(word)).to_owned()
}
