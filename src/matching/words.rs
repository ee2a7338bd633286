//! Russian endings, as far as names of places need them, and one slip of the finger.

use std::borrow::Cow;

const ADJECTIVE: [&str; 26] = [
    "ого", "его", "ому", "ему", "ыми", "ими", "ая", "яя", "ую", "юю", "ой", "ей", "ою", "ею", "ое", "ее", "ый", "ий",
    "ым", "им", "ом", "ем", "ых", "их", "ые", "ие",
];

const NOUN: [&str; 44] = [
    "", "а", "я", "ы", "и", "е", "у", "ю", "о", "ь", "й", "ой", "ей", "ом", "ем", "ам", "ям", "ах", "ях", "ами", "ями",
    "ов", "ев", "ью", "ье", "ья", "ьи", "ьем", "ьев", "ьям", "ьях", "ьями", "ьего", "ьему", "ьим", "ьей", "ие", "ия",
    "ию", "ием", "ии", "ый", "ий", "ого",
];

/// The shortest word in which a slip is forgiven, in letters.
const SLIP_LENGTH: usize = 6;

/// A declinable word: what stays, and which endings may follow.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Stem {
    letters: String,
    adjective: bool,
}

/// How well a word is a form of a [`Stem`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likeness {
    /// One letter lost, doubled, swapped or wrong.
    Slip,
    /// A form of the word.
    Exact,
}

/// Stem and ending of an adjective; the stem has at least three letters.
pub(super) fn adjective(word: &str) -> Option<(&str, &str)> {
    ADJECTIVE.iter().find_map(|ending| {
        let stem = word.strip_suffix(ending)?;
        (stem.chars().count() >= 3).then_some((stem, *ending))
    })
}

/// Whether a word looks like an adjective of one thing: «хоровая», «казачья», «заочной», but neither «учителей» nor
/// «выступление».
pub(super) fn is_qualifier(word: &str) -> bool {
    let Some((stem, ending)) = adjective(word) else { return word.chars().count() > 4 && word.ends_with("ья") };
    match ending {
        "ая" | "яя" | "ый" | "ий" | "ое" => true,
        "ой" | "ей" | "ую" | "юю" | "ого" | "его" | "ому" | "ему" | "ым" | "им" => {
            ["н", "ов", "ев", "ск", "цк"].iter().any(|suffix| stem.ends_with(suffix))
        }
        _ => false,
    }
}

/// A word without its case ending, rough: for comparing the words of dedications.
pub(super) fn rough_stem(word: &str) -> &str {
    if let Some((stem, _)) = adjective(word) {
        return stem;
    }
    ["ами", "ями", "ов", "ев", "ой", "ей", "ом", "ем", "ах", "ях"]
        .iter()
        .find_map(|ending| word.strip_suffix(ending).filter(|stem| stem.chars().count() >= 4))
        .unwrap_or_else(|| word.trim_end_matches(['а', 'я', 'ы', 'и', 'е', 'у', 'ю', 'о', 'ь', 'й']))
}

/// Whether a word begins so and ends as Russian words do.
pub(super) fn is_form(word: &str, stem: &str) -> bool {
    word.strip_prefix(stem).is_some_and(|rest| ADJECTIVE.contains(&rest) || NOUN.contains(&rest))
}

/// Whether two words are forms of one, a slip in a long one forgiven.
pub(super) fn same(a: &str, b: &str) -> bool {
    rough_stem(a) == rough_stem(b) || alike(a, b)
}

/// Whether two words are one, a slip in a long one forgiven.
pub(super) fn alike(a: &str, b: &str) -> bool {
    a == b || (a.chars().count().min(b.chars().count()) >= SLIP_LENGTH && is_slip(a, b))
}

/// Whether one letter lost, doubled, swapped or wrong makes one word of the other, or they are the same.
pub(super) fn is_slip(a: &str, b: &str) -> bool {
    let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let same = (0..=same).rev().find(|&at| a.is_char_boundary(at) && b.is_char_boundary(at)).unwrap_or(0);
    let (Some(a), Some(b)) = (a.get(same..), b.get(same..)) else { return false };
    a == b || rest(a, 1) == b || a == rest(b, 1) || rest(a, 1) == rest(b, 1) || {
        let (mut x, mut y) = (a.chars(), b.chars());
        let (x, y) = ((x.next(), x.next()), (y.next(), y.next()));
        x.0 == y.1 && x.1 == y.0 && rest(a, 2) == rest(b, 2)
    }
}

/// A word without its first letters.
fn rest(word: &str, letters: usize) -> &str {
    let mut chars = word.chars();
    for _ in 0..letters {
        chars.next();
    }
    chars.as_str()
}

/// Whether a word is a form of an adjective with one slip, in the stem, in the ending or across both.
pub(super) fn is_slipped_adjective(word: &str, stem: &str) -> bool {
    slipped(word, stem, &ADJECTIVE)
}

/// Whether a word is a form of a noun with one slip.
pub(super) fn is_slipped_noun(word: &str, stem: &str) -> bool {
    slipped(word, stem, &NOUN)
}

/// Whether a word is long enough for a slip to be forgiven in it.
pub(super) fn may_slip(word: &str) -> bool {
    word.chars().filter(|c| *c != '-').count() + 1 >= SLIP_LENGTH
}

/// One slip anywhere. The first or the second letter must stand: this is cheap and rules out almost every other word.
fn slipped(word: &str, stem: &str, endings: &[&str]) -> bool {
    let (length, word_length) = (stem.chars().count(), word.chars().count());
    let short = length + 1 < SLIP_LENGTH || word_length + 1 < SLIP_LENGTH;
    if short || word_length + 1 < length || word_length > length + 5 {
        return false;
    }
    let beginning = |word: &str| {
        let mut letters = word.chars();
        (letters.next(), letters.next())
    };
    let (a, b) = (beginning(word), beginning(stem));
    if a.0 != b.0 && a.1 != b.1 && a.0 != b.1 && a.1 != b.0 {
        return false;
    }
    let mut form = String::with_capacity(stem.len() + 8);
    endings.iter().any(|ending| {
        form.clear();
        form.push_str(stem);
        form.push_str(ending);
        word_length.max(form.chars().count()) >= SLIP_LENGTH && is_slip(word, &form)
    })
}

impl Stem {
    /// Of an adjective given without its ending.
    pub(super) fn of_adjective(stem: &str) -> Self {
        Self { letters: joined(stem).into_owned(), adjective: true }
    }

    /// Of the name of a place in the nominative.
    pub(super) fn of_place(word: &str) -> Self {
        match adjective(word) {
            Some((stem, "ое" | "ее" | "ая" | "яя" | "ий" | "ый" | "ие" | "ые")) => {
                Self::of_adjective(stem)
            }
            _ => {
                let stem = word.trim_end_matches(['а', 'я', 'ы', 'и', 'е', 'у', 'ю', 'о', 'ь', 'й']);
                Self { letters: joined(stem).into_owned(), adjective: false }
            }
        }
    }

    /// What stays when the word is declined.
    pub(super) fn letters(&self) -> &str {
        &self.letters
    }

    /// Whether a word is a form of this one.
    pub(super) fn likeness(&self, word: &str) -> Option<Likeness> {
        let word = joined(word);
        let endings: &[&str] = if self.adjective { &ADJECTIVE } else { &NOUN };
        if self.letters.is_empty() {
            return None;
        }
        if word.strip_prefix(self.letters.as_str()).is_some_and(|rest| endings.contains(&rest)) {
            return Some(Likeness::Exact);
        }
        slipped(&word, &self.letters, endings).then_some(Likeness::Slip)
    }
}

fn joined(word: &str) -> Cow<'_, str> {
    if word.contains('-') { Cow::Owned(word.replace('-', "")) } else { Cow::Borrowed(word) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(word: &str, form: &str) -> Option<Likeness> {
        Stem::of_place(word).likeness(form)
    }

    #[test]
    fn names_of_places_are_known_in_every_case() {
        for (name, forms) in [
            ("кириши", "кириши киришей киришам киришами киришах"),
            ("подпорожье", "подпорожье подпорожья подпорожью подпорожьем"),
            ("важины", "важины важин важинам важинах"),
            ("рощино", "рощино рощина рощину рощином рощине"),
            ("вознесенье", "вознесенье вознесенья вознесение вознесеньем"),
            ("лебяжье", "лебяжье лебяжьего лебяжьем лебяжья"),
            ("лодейное", "лодейное лодейного лодейном лодейному"),
        ] {
            for form in forms.split(' ') {
                assert_eq!(place(name, form), Some(Likeness::Exact), "{name}: {form}");
            }
        }
    }

    #[test]
    fn one_slip_is_forgiven_and_two_are_not() {
        let stem = Stem::of_adjective("киришск");
        for slip in [
            "кирищская",
            "кришская",
            "киирешская",
            "кирижской",
            "икришская",
            "киришкая",
            "киришскай",
            "киришсская",
            "киришсакя",
            "киришскя",
        ] {
            let expected = if slip == "киирешская" { None } else { Some(Likeness::Slip) };
            assert_eq!(stem.likeness(slip), expected, "{slip}");
        }
        for other in ["кировская", "киргизская", "выборгская", "парижская"] {
            assert_eq!(stem.likeness(other), None, "{other}");
        }
    }
}
