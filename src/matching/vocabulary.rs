//! The words of which names of Russian schools are made: kinds, legal forms, abbreviations, and what looks like a part
//! of a name and is none. No school is named here.

use super::words::{adjective, alike, is_form, is_slip, is_slipped_adjective, is_slipped_noun};

/// What kind of institution a name speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// «школа», «общеобразовательная школа», «ОШ»: no type is named.
    School,
    /// «средняя школа», «СШ».
    Middle,
    /// «средняя общеобразовательная школа», «СОШ».
    Secondary,
    /// «основная школа», «ООШ».
    Basic,
    /// «начальная школа», «НОШ».
    Primary,
    Gymnasium,
    Lyceum,
    /// «центр образования», «образовательный центр», «центр общего образования»: one kind under three names.
    Centre,
    Kindergarten,
    Music,
    Arts,
    Sport,
    Culture,
    /// Further education of children: «ДДТ», «центр дополнительного образования».
    Extra,
    /// Technical schools, colleges, professional lyceums.
    College,
    /// «вечерняя», «сменная», «открытая».
    Evening,
    Boarding,
    Correctional,
    Cadet,
    Orphanage,
    Faith,
    /// A school of another life: of a university, of driving.
    Higher,
}

/// Whether two kinds can be one school.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Relation {
    Contrary,
    /// Neither fits nor contradicts: «школа» for a centre of education.
    Doubt,
    /// One is merely less exact: «школа», «средняя школа» for a СОШ or ООШ.
    Fits,
}

impl Kind {
    /// How two kinds relate. Symmetric.
    pub(super) fn relation(self, other: Self) -> Relation {
        use Kind::{Basic, Boarding, Centre, Correctional, Evening, Middle, Primary, School, Secondary};
        match (self, other) {
            (a, b) if a == b => Relation::Fits,
            (School, Middle | Secondary | Basic | Primary) | (Middle | Secondary | Basic | Primary, School) => {
                Relation::Fits
            }
            (Middle, Secondary | Basic) | (Secondary | Basic, Middle) => Relation::Fits,
            (School, Centre | Evening | Boarding | Correctional)
            | (Centre | Evening | Boarding | Correctional, School) => Relation::Doubt,
            _ => Relation::Contrary,
        }
    }

    /// «школа» and its exacter forms, which a more special word beside them replaces: «школа-гимназия».
    pub(super) fn is_plain(self) -> bool {
        matches!(self, Self::School | Self::Middle)
    }
}

const ABBREVIATIONS: &[(&str, Kind)] = &[
    ("сош", Kind::Secondary),
    ("осш", Kind::Secondary),
    ("мсош", Kind::Secondary),
    ("мосш", Kind::Secondary),
    ("мобщ", Kind::School),
    ("ош", Kind::School),
    ("шк", Kind::School),
    ("сш", Kind::Middle),
    ("оош", Kind::Basic),
    ("нош", Kind::Primary),
    ("цо", Kind::Centre),
    ("оц", Kind::Centre),
    ("цоо", Kind::Centre),
    ("доу", Kind::Kindergarten),
    ("детсад", Kind::Kindergarten),
    ("црр", Kind::Kindergarten),
    ("дмш", Kind::Music),
    ("дши", Kind::Arts),
    ("дхш", Kind::Arts),
    ("дюсш", Kind::Sport),
    ("сдюсшор", Kind::Sport),
    ("сшор", Kind::Sport),
    ("фок", Kind::Sport),
    ("рдк", Kind::Culture),
    ("сдк", Kind::Culture),
    ("мкц", Kind::Culture),
    ("ддт", Kind::Extra),
    ("ддют", Kind::Extra),
    ("дтдим", Kind::Extra),
    ("дюц", Kind::Extra),
    ("цвр", Kind::Extra),
    ("цдо", Kind::Extra),
    ("цдт", Kind::Extra),
    ("цдод", Kind::Extra),
    ("удо", Kind::Extra),
    ("гбпоу", Kind::College),
    ("гапоу", Kind::College),
    ("птл", Kind::College),
    ("пту", Kind::College),
    ("осош", Kind::Evening),
    ("восош", Kind::Evening),
    ("скош", Kind::Correctional),
    ("скоши", Kind::Correctional),
    ("сош-интернат", Kind::Boarding),
];

/// The abbreviations before which the first letter of a place may stand: «КСОШ», «ВОЦ».
const AFTER_INITIALS: &[&str] = &["сош", "оош", "нош", "сш", "цоо", "цо", "оц"];

/// Nouns that name an institution by themselves: all their forms, a slip in the long ones forgiven.
const NOUNS: &[(&str, Kind)] = &[
    ("гимнази", Kind::Gymnasium),
    ("прогимнази", Kind::Gymnasium),
    ("интернат", Kind::Boarding),
    ("колледж", Kind::College),
    ("техникум", Kind::College),
    ("училищ", Kind::College),
    ("библиотек", Kind::Culture),
    ("детсад", Kind::Kindergarten),
];

/// The beginnings of nouns that stand with a dot: «гимн.», «школа-инт.».
const DOTTED_NOUNS: &[(&str, &str, Kind)] = &[
    ("гимн", "гимназия", Kind::Gymnasium),
    ("лиц", "лицей", Kind::Lyceum),
    ("инт", "интернат", Kind::Boarding),
    ("колл", "колледж", Kind::College),
    ("библ", "библиотека", Kind::Culture),
];

/// The forms of «лицей», spelt out: «в лице директора» is none.
const LYCEUM: &[&str] =
    &["лицей", "лицея", "лицею", "лицеем", "лицее", "лицеи", "лицеев", "лицеям", "лицеями", "лицеях"];

/// Adjectives that tell what kind of school it is.
const MODIFIERS: &[(&str, Modifier)] = &[
    ("средн", Modifier::Middle),
    ("общеобразовательн", Modifier::General),
    ("образовательн", Modifier::General),
    ("полн", Modifier::Nothing),
    ("муниципальн", Modifier::Nothing),
    ("основн", Modifier::Basic),
    ("неполн", Modifier::Basic),
    ("начальн", Modifier::Primary),
    ("музыкальн", Modifier::Is(Kind::Music)),
    ("художественн", Modifier::Is(Kind::Arts)),
    ("хореографическ", Modifier::Is(Kind::Arts)),
    ("спортивн", Modifier::Is(Kind::Sport)),
    ("вечерн", Modifier::Is(Kind::Evening)),
    ("сменн", Modifier::Is(Kind::Evening)),
    ("открыт", Modifier::Is(Kind::Evening)),
    ("кадетск", Modifier::Is(Kind::Cadet)),
    ("коррекционн", Modifier::Is(Kind::Correctional)),
    ("специальн", Modifier::Is(Kind::Correctional)),
    ("адаптивн", Modifier::Is(Kind::Correctional)),
    ("воскресн", Modifier::Is(Kind::Faith)),
    ("православн", Modifier::Is(Kind::Faith)),
    ("приходск", Modifier::Is(Kind::Faith)),
    ("церковно-приходск", Modifier::Is(Kind::Faith)),
    ("профессиональн", Modifier::Is(Kind::College)),
    ("высш", Modifier::Is(Kind::Higher)),
    ("детск", Modifier::Odd),
    ("частн", Modifier::Odd),
    ("дошкольн", Modifier::Odd),
];

/// Adjectives that may stand in the name of an ordinary school and tell nothing of it.
const PLAIN: &[&str] = &[
    "городск",
    "сельск",
    "районн",
    "поселков",
    "базов",
    "массов",
    "дневн",
    "многопрофильн",
    "инновационн",
    "пилотн",
    "сетев",
    "современн",
    "нов",
    "государственн",
    "бюджетн",
    "казенн",
    "автономн",
    "федеральн",
    "областн",
    "данн",
    "малокомплектн",
    "типов",
    "российск",
    "советск",
    "отечественн",
    "крупн",
    "участвующ",
];

/// Words behind a kind that tell where it lies: «школа города № 3».
pub(super) fn is_of_place(word: &str) -> bool {
    ["город", "район", "поселк", "поселок", "сел", "деревн", "област", "округ", "имени", "корпус", "филиал"]
        .iter()
        .any(|stem| is_form(word, stem))
}

/// Those for whom a school is that is not for all: «школа для слепых».
pub(super) fn is_pupil(word: &str) -> bool {
    ["детей", "лиц", "взрослых"].contains(&word)
        || ["слеп", "глух", "слабо", "одаренн", "обучающ", "умственно", "неслыш"]
            .iter()
            .any(|stem| word.starts_with(stem))
}

/// Abbreviations of what a person is or a line tells, which say nothing of the school behind them.
const PERSONS: &[&str] =
    &["дир", "зам", "зав", "уч", "учит", "преп", "рук", "секр", "метод", "тел", "адр", "наим", "назв", "отв", "исп"];

/// What an adjective adds to a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Modifier {
    Middle,
    General,
    Basic,
    Primary,
    Is(Kind),
    Nothing,
    /// It makes another school of it, but which kind it does not tell.
    Odd,
}

/// Words of legal forms; they never decide.
const LEGAL: &[&str] = &[
    "муниципальн",
    "бюджетн",
    "казенн",
    "автономн",
    "государственн",
    "негосударственн",
    "некоммерческ",
    "федеральн",
    "областн",
    "краев",
    "учреждени",
    "организаци",
    "общеобразовательн",
    "образовательн",
];

const LEGAL_ABBREVIATIONS: &[&str] = &[
    "му",
    "гу",
    "кгу",
    "обу",
    "моку",
    "мобу",
    "мбо",
    "мбу",
    "мбук",
    "мбоук",
    "мку",
    "мау",
    "гау",
    "гбу",
    "оу",
    "оо",
    "ано",
    "аноо",
    "чу",
    "ноу",
    "чоу",
    "мбв",
    "спо",
    "нпо",
    "гоку",
    "мк",
    "гс",
    "кгс",
];

/// Adjectives on «-ский» that name no place.
const NOT_PLACES: &[&str] = &[
    "городск",
    "сельск",
    "детск",
    "юношеск",
    "подростков",
    "российск",
    "русск",
    "международн",
    "кадетск",
    "спортивн",
    "районн",
    "областн",
    "сетев",
    "нов",
    "национальн",
    "городов",
    "поселков",
    "федеральн",
    "отечественн",
    "советск",
];

fn form_of<T: Copy>(table: &[(&str, T)], word: &str) -> Option<T> {
    table.iter().find(|(stem, _)| is_form(word, stem)).map(|&(_, value)| value)
}

/// The kind that an abbreviation stands for.
pub(super) fn abbreviation(word: &str) -> Option<Kind> {
    if let Some(&(_, kind)) = ABBREVIATIONS.iter().find(|(known, _)| *known == word) {
        return Some(kind);
    }
    // Legal forms that tell the kind: МБДОУ is a kindergarten's, МБУДО that of further education.
    let is_form = word.chars().count() >= 4 && word.chars().all(|c| "мгбкачфодуо".contains(c));
    match word {
        _ if is_form && word.ends_with("доу") => Some(Kind::Kindergarten),
        _ if is_form && (word.ends_with("удо") || word.ends_with("удод")) => Some(Kind::Extra),
        _ => None,
    }
}

/// The kind that a noun names, and whether the word was written with a slip.
pub(super) fn noun(word: &str) -> Option<(Kind, bool)> {
    if LYCEUM.contains(&word) {
        return Some((Kind::Lyceum, false));
    }
    if let Some(kind) = form_of(NOUNS, word) {
        return Some((kind, false));
    }
    let slipped = |stem: &str| stem.chars().count() >= 6 && is_slipped_noun(word, stem);
    NOUNS.iter().find(|(stem, _)| slipped(stem)).map(|&(_, kind)| (kind, true))
}

/// The noun that a word begins which a dot ends.
pub(super) fn dotted_noun(word: &str) -> Option<Kind> {
    let begins = |from: &str, whole: &str| word.starts_with(from) && whole.starts_with(word);
    DOTTED_NOUNS.iter().find(|(from, whole, _)| begins(from, whole)).map(|&(_, _, kind)| kind)
}

/// The one modifier that a word begins which a dot ends: «муз.», «общеобр.».
pub(super) fn dotted_modifier(word: &str) -> Option<Modifier> {
    if word.chars().count() < 2 {
        return None;
    }
    let mut begun = MODIFIERS.iter().filter(|(stem, _)| stem.starts_with(word)).map(|&(_, modifier)| modifier);
    let first = begun.next()?;
    begun.all(|other| other == first).then_some(first)
}

/// Whether a word before a dot shortens what a person is and not what a school is.
pub(super) fn is_person(word: &str) -> bool {
    PERSONS.contains(&word)
}

/// Whether a word before a dot shortens a word of legal forms: «муниц.», «общ.», «учр.».
pub(super) fn is_legal_start(word: &str) -> bool {
    word.chars().count() >= 2 && LEGAL.iter().any(|stem| stem.starts_with(word))
}

/// Whether an adjective, given as its stem, may stand in the name of any school.
pub(super) fn is_plain_adjective(stem: &str) -> bool {
    PLAIN.contains(&stem)
}

/// «школа» in all its forms.
pub(super) fn is_school(word: &str) -> bool {
    ["школа", "школы", "школе", "школу", "школой", "школою", "школ", "школам", "школами", "школах"].contains(&word)
}

/// «центр» in all its forms.
pub(super) fn is_centre(word: &str) -> bool {
    is_form(word, "центр")
}

/// What an adjective tells of the kind, and whether the word was written with a slip.
pub(super) fn modifier(word: &str) -> Option<(Modifier, bool)> {
    if let Some(modifier) = form_of(MODIFIERS, word) {
        return Some((modifier, false));
    }
    let slipped = |known: &str| known.chars().count() >= 5 && is_slipped_adjective(word, known);
    MODIFIERS.iter().find(|(known, _)| slipped(known)).map(|&(_, modifier)| (modifier, true))
}

/// A form of «образование»; tells whether it was written with a slip.
pub(super) fn education(word: &str) -> Option<bool> {
    if is_form(word, "образовани") || matches!(word, "обр" | "образ") {
        return Some(false);
    }
    (alike(word, "образования") || alike(word, "образование")).then_some(true)
}

/// What may stand between «центр» and «образования»; tells whether it was written with a slip.
pub(super) fn degree_of_education(word: &str) -> Option<bool> {
    if ["общ", "средн", "основн", "начальн", "школьн", "полн"].iter().any(|stem| is_form(word, stem))
    {
        return Some(false);
    }
    // «Дшкольного» is nearer to «дошкольного».
    let known = ["общего", "среднего", "основного", "начального", "полного"];
    known.iter().any(|known| word.chars().count() >= 5 && is_slip(word, known)).then_some(true)
}

/// Whether an abbreviation or word belongs to a legal form.
pub(super) fn is_legal(word: &str) -> bool {
    is_legal_abbreviation(word)
        || LEGAL.iter().any(|stem| is_form(word, stem))
        || alike(word, "учреждение")
        || alike(word, "муниципальное")
        || alike(word, "общеобразовательное")
}

/// Whether a word is the abbreviation of a legal form: МБОУ, МКОУ, also mistyped ones such as МЮОУ.
pub(super) fn is_legal_abbreviation(word: &str) -> bool {
    let length = word.chars().count();
    LEGAL_ABBREVIATIONS.contains(&word)
        || ((3..=7).contains(&length)
            && word.ends_with("оу")
            && !word.ends_with("доу")
            && word.starts_with(['м', 'г', 'к', 'ф', 'ч', 'н', 'с', 'а', 'о', 'п'])
            && word.chars().all(|c| "мгбкачнпфсюовуо".contains(c)))
}

/// Where a word is to be cut that was typed without spaces and tells nothing by its capitals, in letters: «моусош» → 3,
/// «киришскаясош» → 9.
pub(super) fn seam(word: &str) -> Option<usize> {
    let is_place = |rest: &str| adjective(rest).is_some_and(|(stem, _)| stem.ends_with("ск"));
    let legal = ["мбоу", "мкоу", "маоу", "мобу", "моку", "гбоу", "гкоу", "моу", "гоу"].iter().find_map(|legal| {
        let rest = word.strip_prefix(legal)?;
        let known = abbreviation(rest).is_some() || initials(rest).is_some() || is_school(rest);
        (known || is_place(rest) || seam(rest).is_some()).then(|| legal.chars().count())
    });
    legal.or_else(|| {
        let rest = ["сош", "оош", "нош"].iter().find_map(|kind| word.strip_suffix(kind))?;
        is_place(rest).then(|| rest.chars().count())
    })
}

/// The letters of a place, and the kind, of an abbreviation such as «КСОШ».
pub(super) fn initials(word: &str) -> Option<(&str, Kind)> {
    if abbreviation(word).is_some() || ["соц", "лицо", "боц", "лоцо"].contains(&word) {
        return None;
    }
    AFTER_INITIALS.iter().find_map(|kind| {
        let letters = word.strip_suffix(kind)?;
        (1..=2).contains(&letters.chars().count()).then_some(())?;
        Some((letters, abbreviation(kind)?))
    })
}

/// Whether a word is an abbreviation after or before which a missing space is plain.
pub(super) fn is_abbreviation(word: &str) -> bool {
    abbreviation(word).is_some() || is_legal_abbreviation(word) || initials(word).is_some()
}

/// Whether a word names a kind by itself: where it is part of a hyphenated word, the hyphen is no letter.
pub(super) fn is_kind(word: &str) -> bool {
    abbreviation(word).is_some() || is_school(word) || noun(word).is_some() || is_centre(word) || LYCEUM.contains(&word)
}

/// Whether a whole word is one that must not be cut.
pub(super) fn is_known(word: &str) -> bool {
    is_abbreviation(word) || is_school(word) || noun(word).is_some()
}

/// Whether an adjective can be the name of a place, as far as its stem tells.
pub(super) fn may_be_place(stem: &str) -> bool {
    !stem.ends_with("ческ") && !NOT_PLACES.contains(&stem)
}
