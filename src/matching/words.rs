//! Russian endings, as far as names of places need them, and one slip of the finger.

use std::borrow::Cow;

use strsim::osa_distance;

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
#[derive(Debug, Clone, PartialEq, Eq)]
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
    a == b || (a.chars().count().min(b.chars().count()) >= SLIP_LENGTH && osa_distance(a, b) <= 1)
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
        self.slipped(&word, endings).then_some(Likeness::Slip)
    }

    /// One slip, in the stem or in the ending. The first or the second letter must stand: this is cheap and rules out
    /// almost every other word.
    fn slipped(&self, word: &str, endings: &[&str]) -> bool {
        let length = self.letters.chars().count();
        let word_length = word.chars().count();
        if length + 1 < SLIP_LENGTH
            || word_length + 1 < SLIP_LENGTH
            || word_length + 1 < length
            || word_length > length + 5
        {
            return false;
        }
        let shares_beginning = word.chars().zip(self.letters.chars()).take(2).any(|(a, b)| a == b)
            || word.chars().take(2).eq(self.letters.chars().take(2).collect::<Vec<_>>().into_iter().rev())
            || word.chars().nth(1) == self.letters.chars().next()
            || word.chars().next() == self.letters.chars().nth(1);
        if !shares_beginning {
            return false;
        }
        let in_ending = self.adjective
            && word.strip_prefix(self.letters.as_str()).is_some_and(|rest| {
                rest.chars().count() <= 4 && endings.iter().any(|ending| osa_distance(rest, ending) <= 1)
            });
        let in_stem = endings.iter().any(|ending| {
            word.strip_suffix(ending).is_some_and(|stem| {
                stem.chars().count().abs_diff(length) <= 1 && osa_distance(stem, &self.letters) <= 1
            })
        });
        in_ending || in_stem
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
        for slip in
            ["кирищская", "кришская", "киирешская", "кирижской", "икришская", "киришкая", "киришскай", "киришсская"]
        {
            let expected = if slip == "киирешская" { None } else { Some(Likeness::Slip) };
            assert_eq!(stem.likeness(slip), expected, "{slip}");
        }
        for other in ["кировская", "киргизская", "выборгская", "парижская"] {
            assert_eq!(stem.likeness(other), None, "{other}");
        }
    }
}
