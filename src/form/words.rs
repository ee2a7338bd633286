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

/// Appends a character to a word as it compares.
fn push_folded(word: &mut String, c: char) {
    if c == '\u{306}' && word.ends_with('и') {
        word.pop();
        word.push('й');
    } else if !is_unseen(c) {
        word.extend(c.to_lowercase().map(|c| if c == 'ё' { 'е' } else { c }));
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
        let end = index + c.len_utf8();
        let part = c.is_alphanumeric() || (is_unseen(c) && !word.is_empty());
        let turns = c.is_alphanumeric() && !word.is_empty() && c.is_numeric() != digits;
        if (!part || turns) && !word.is_empty() {
            straighten(&mut word);
            found.push(Token { text: std::mem::take(&mut word), at: at.clone() });
            if found.len() >= limit {
                return found;
            }
        }
        if part {
            if word.is_empty() {
                at = index..end;
                digits = c.is_numeric();
            }
            push_folded(&mut word, c);
            at.end = end;
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
    let mut line = String::from(" ");
    for word in words(text) {
        line.push_str(&word);
        line.push(' ');
    }
    line
}

/// Whether a text holds a phrase as whole words.
pub(super) fn holds(spaced_text: &str, phrase: &str) -> bool {
    let phrase = spaced(phrase);
    phrase.len() > 1 && spaced_text.contains(&phrase)
}

/// Whether a folded word says little.
pub(super) fn is_small(word: &str) -> bool {
    SMALL.contains(&word)
}

/// The letters of a word as a set: two words a slip apart differ in few of them.
pub(super) fn letters(word: &str) -> u64 {
    word.chars().fold(0, |set, c| set | 1 << (u32::from(c) & 63))
}

/// How well a word is another one: 1 the same, less with another ending or a slip, 0 another word.
pub(super) fn likeness(a: &str, b: &str) -> f32 {
    if a == b {
        return 1.0;
    }
    if a.starts_with(char::is_numeric) || b.starts_with(char::is_numeric) {
        return 0.0;
    }
    let (long_a, long_b) = (a.chars().count(), b.chars().count());
    let common = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count();
    let tail = long_a.max(long_b) - common;
    if (common >= 4 && tail <= 3) || (common == 3 && tail <= 2 && long_a.max(long_b) <= 5) {
        return 0.95;
    }
    let slips = if long_a.min(long_b) >= 9 { 2 } else { 1 };
    let near = long_a.min(long_b) >= 5
        && long_a.abs_diff(long_b) <= slips
        && (letters(a) ^ letters(b)).count_ones() as usize <= 2 * slips;
    if near && strsim::osa_distance(a, b) <= slips { 0.9 } else { 0.0 }
}

/// How alike two texts are as sets of words, from 0 to 1: little words count a little.
pub(super) fn similarity(a: &str, b: &str) -> f32 {
    let (a, b) = (words(a), words(b));
    let weight = |word: &String| if is_small(word) { 0.3 } else { 1.0 };
    let total: f32 = a.iter().chain(&b).map(weight).sum();
    let mut left: Vec<&String> = b.iter().collect();
    let mut common = 0.0;
    for word in &a {
        if let Some(index) = left.iter().position(|other| likeness(word, other) > 0.0) {
            common += weight(word) + weight(left.swap_remove(index));
        }
    }
    if total > 0.0 { common / total } else { 0.0 }
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
