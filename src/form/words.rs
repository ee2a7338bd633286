//! Words as they compare: without case, with ё as е, Latin letters that only look Cyrillic as Cyrillic ones, and
//! endings and slips of the finger forgiven.

use std::ops::Range;

/// A word or a number of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// The word, folded.
    pub(super) text: String,
    /// Where it stands in the text, in bytes.
    pub(super) at: Range<usize>,
}

/// Words that say little: they join others, or point at the reader.
const SMALL: &[&str] = &[
    "в",
    "во",
    "с",
    "со",
    "у",
    "и",
    "по",
    "на",
    "от",
    "до",
    "для",
    "при",
    "из",
    "к",
    "о",
    "об",
    "а",
    "же",
    "ли",
    "то",
    "это",
    "за",
    "не",
    "г",
    "год",
    "вы",
    "мы",
    "вас",
    "нас",
    "вами",
    "нами",
    "ваш",
    "ваша",
    "ваше",
    "ваши",
    "вашей",
    "вашего",
    "вашу",
    "ваших",
    "наш",
    "наша",
    "наше",
    "наши",
    "нашей",
    "нашего",
    "нашу",
    "своего",
    "своей",
    "свою",
    "своими",
    "свои",
    "своих",
    "свой",
    "данной",
    "данная",
    "данную",
    "данном",
    "данные",
    "этой",
    "этом",
];

/// The Cyrillic letter that a Latin one looks like.
fn cyrillic(c: char) -> Option<char> {
    Some(match c {
        'a' => 'а',
        'b' => 'в',
        'c' => 'с',
        'e' => 'е',
        'h' => 'н',
        'k' => 'к',
        'm' => 'м',
        'o' => 'о',
        'p' => 'р',
        't' => 'т',
        'x' => 'х',
        'y' => 'у',
        _ => return None,
    })
}

/// Characters that are not seen: soft hyphen, joiners, marks of direction, combining marks.
pub(super) fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{300}'..='\u{36f}')
}

/// What a character is to words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Digit,
    Unseen,
    Other,
}

/// Tells what a character is. Russian letters are known without a look into the tables of Unicode, which is most of
/// what reading a document costs.
fn class(c: char) -> Class {
    match c {
        'а'..='я' | 'А'..='Я' | 'ё' | 'Ё' | 'a'..='z' | 'A'..='Z' => Class::Letter,
        '0'..='9' => Class::Digit,
        '\0'..='\u{7f}' | '«' | '»' | '–' | '—' | '№' | '…' | '\u{a0}' => Class::Other,
        _ if is_unseen(c) => Class::Unseen,
        _ if c.is_alphabetic() => Class::Letter,
        _ if c.is_numeric() => Class::Digit,
        _ => Class::Other,
    }
}

/// A letter in lower case, ё as е.
fn push_lower(word: &mut String, c: char) {
    match c {
        'ё' | 'Ё' => word.push('е'),
        'а'..='я' | 'a'..='z' | '0'..='9' => word.push(c),
        'А'..='Я' => word.extend(char::from_u32(u32::from(c) + 0x20)),
        _ => word.extend(c.to_lowercase()),
    }
}

/// Appends a character to a word as it compares.
fn push_folded(word: &mut String, c: char) {
    if c == '\u{306}' && word.ends_with('и') {
        word.pop();
        word.push('й');
    } else if !is_unseen(c) {
        push_lower(word, c);
    }
}

/// Rewrites a word that is written with look-alikes only, or with some among Cyrillic letters.
fn straighten(word: &mut String) {
    let latin = |c: char| c.is_ascii_alphabetic();
    if word.contains(latin) && word.chars().all(|c| !latin(c) || cyrillic(c).is_some()) {
        *word = word.chars().map(|c| cyrillic(c).unwrap_or(c)).collect();
    }
}

/// The words and numbers of a text, at most `limit`. A number and a word that touch are two.
pub(super) fn tokens(text: &str, limit: usize) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::new();
    let mut word = String::new();
    let mut at = 0..0;
    let mut digits = false;
    for (index, c) in text.char_indices() {
        let class = class(c);
        let part = class != Class::Other && (class != Class::Unseen || !word.is_empty());
        let turns = class != Class::Unseen && (class == Class::Digit) != digits;
        if (!part || turns) && !word.is_empty() {
            straighten(&mut word);
            found.push(Token { text: std::mem::take(&mut word), at: at.clone() });
            if found.len() >= limit {
                return found;
            }
        }
        if part {
            if word.is_empty() {
                at = index..index;
                digits = class == Class::Digit;
            }
            push_folded(&mut word, c);
            at.end = index + c.len_utf8();
        }
    }
    if !word.is_empty() {
        straighten(&mut word);
        found.push(Token { text: word, at });
    }
    found
}

/// The words of a text, folded.
pub(super) fn words(text: &str) -> Vec<String> {
    tokens(text, usize::MAX).into_iter().map(|token| token.text).collect()
}

/// The folded words of a text with one space between them and around: ready to look for phrases.
pub(super) fn spaced(text: &str) -> String {
    joined(&tokens(text, usize::MAX))
}

/// The first folded words of a text, spaced: enough to tell how it begins, whatever its length.
pub(super) fn beginning(text: &str) -> String {
    joined(&tokens(text, 12))
}

fn joined(tokens: &[Token]) -> String {
    let mut line = String::from(" ");
    for token in tokens {
        line.push_str(&token.text);
        line.push(' ');
    }
    line
}

/// Whether a spaced text holds a folded phrase as whole words.
pub(super) fn holds(spaced_text: &str, phrase: &str) -> bool {
    !phrase.is_empty()
        && spaced_text.match_indices(phrase).any(|(at, _)| {
            let before = spaced_text.get(..at).is_some_and(|before| before.ends_with(' '));
            before && spaced_text.get(at + phrase.len()..).is_some_and(|after| after.starts_with(' '))
        })
}

/// Whether a spaced text begins with a folded phrase as whole words.
pub(super) fn begins(spaced_text: &str, phrase: &str) -> bool {
    spaced_text.trim_start().strip_prefix(phrase).is_some_and(|after| after.starts_with(' '))
}

/// Whether a folded word says little.
pub(super) fn is_small(word: &str) -> bool {
    SMALL.contains(&word)
}

/// What of a word tells at a glance that it cannot be another one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    first: [Option<char>; 3],
    length: usize,
    /// Its letters as a set: two words a slip apart differ in few of them.
    letters: u64,
}

impl Shape {
    /// The shape of a folded word.
    pub(super) fn of(word: &str) -> Self {
        let letters = word.chars().fold(0, |set, c| set | 1 << (u32::from(c) & 63));
        let mut chars = word.chars();
        let first = [chars.next(), chars.next(), chars.next()];
        Self { first, length: word.chars().count(), letters }
    }

    /// Whether words of these shapes can be alike at all.
    pub(super) fn allows(self, other: Self) -> bool {
        self.first == other.first || self.allows_slips(other, 2)
    }

    fn allows_slips(self, other: Self, slips: u32) -> bool {
        self.length.min(other.length) >= 5
            && self.length.abs_diff(other.length) <= slips as usize
            && (self.letters ^ other.letters).count_ones() <= 2 * slips
    }
}

/// How well a word is another one: 1 the same, less with another ending or a slip, 0 another word.
pub(super) fn likeness(a: &str, b: &str) -> f32 {
    if a == b {
        return 1.0;
    }
    if a.starts_with(char::is_numeric) || b.starts_with(char::is_numeric) {
        return 0.0;
    }
    let (shape_a, shape_b) = (Shape::of(a), Shape::of(b));
    let longest = shape_a.length.max(shape_b.length);
    let common = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count();
    let tail = longest - common;
    if (common >= 4 && tail <= 3) || (common == 3 && tail <= 2 && longest <= 5) {
        return 0.95;
    }
    let slips = if shape_a.length.min(shape_b.length) >= 9 { 2 } else { 1 };
    if shape_a.allows_slips(shape_b, slips) && strsim::osa_distance(a, b) <= slips as usize { 0.9 } else { 0.0 }
}

/// Whether two texts are at least so alike, from 0 to 1, as sets of words: little words count a little.
pub(super) fn similar(a: &str, b: &str, least: f32) -> bool {
    // Texts of quite different lengths need no comparing.
    if a.len().max(b.len()) > 3 * a.len().min(b.len()) + 10 {
        return false;
    }
    let (a, b) = (words(a), words(b));
    let weight = |word: &String| if is_small(word) { 0.3 } else { 1.0 };
    let total: f32 = a.iter().chain(&b).map(weight).sum();
    let mut left: Vec<(&String, Shape)> = b.iter().map(|word| (word, Shape::of(word))).collect();
    let mut common = 0.0;
    for word in &a {
        let shape = Shape::of(word);
        if let Some(index) = left.iter().position(|(other, of)| shape.allows(*of) && likeness(word, other) > 0.0) {
            common += weight(word) + weight(left.swap_remove(index).0);
        }
    }
    total > 0.0 && common / total > least
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_compare_without_case_yo_and_look_alikes() {
        assert_eq!(words("ПАРТНЁРОВ CОШ №3, 2021г"), ["партнеров", "сош", "3", "2021", "г"]);
        assert_eq!(words("и\u{306}од, ше\u{ad}сть"), ["йод", "шесть"]);
        assert_eq!(words("c PDF"), ["с", "pdf"]);
    }

    #[test]
    fn endings_and_slips_are_forgiven_but_not_other_words() {
        for (a, b) in [("партнеров", "партнеры"), ("эффективность", "эфективность"), ("количество", "колличество")]
        {
            assert!(likeness(a, b) > 0.0, "{a} {b}");
        }
        for (a, b) in [("поясните", "опишите"), ("2021", "2022"), ("школа", "число"), ("ваш", "наш")]
        {
            assert!(likeness(a, b) == 0.0, "{a} {b}");
        }
    }
}
