//! Text → words that can be compared: case, ё, look-alike letters, quotes and number signs no longer matter.

use unicode_normalization::UnicodeNormalization as _;

/// A word or number of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word {
    /// Letters, in lower case.
    Letters(String),
    /// Digits; `signed` where a number sign stands before them.
    Number { value: u32, signed: bool },
    /// The end of a line or of a sentence part.
    Stop,
}

/// The words of a text in their order.
pub(super) fn words(text: &str) -> Vec<Word> {
    // NFKC makes «№» "no": it is the sign that matters.
    let signs = text.replace('№', " # ");
    let folded: String = signs.nfkc().flat_map(char::to_lowercase).map(|c| if c == 'ё' { 'е' } else { c }).collect();
    let mut words = Vec::new();
    let mut run = String::new();
    let mut signed = false;
    for c in folded.chars().chain([' ']) {
        let same = run.chars().last().is_none_or(|last| last.is_ascii_digit() == c.is_ascii_digit());
        if c.is_alphanumeric() && same {
            run.push(c);
            continue;
        }
        if matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}') {
            continue;
        }
        close(&mut words, &mut run, &mut signed);
        if c.is_alphanumeric() {
            run.push(c);
        } else if c == '#' {
            signed = true;
        } else if matches!(c, '\n' | ';') {
            words.push(Word::Stop);
        }
    }
    words
}

fn close(words: &mut Vec<Word>, run: &mut String, signed: &mut bool) {
    let word = std::mem::take(run);
    if word.is_empty() {
        return;
    }
    if word.chars().all(|c| c.is_ascii_digit()) {
        if let Ok(value) = word.parse() {
            words.push(Word::Number { value, signed: std::mem::take(signed) });
        }
        return;
    }
    let word = cyrillic(word);
    if matches!(word.as_str(), "n" | "no" | "номер" | "nº") {
        *signed = true;
        return;
    }
    *signed = false;
    words.push(Word::Letters(word));
}

/// Latin letters that look Cyrillic become so in a word that is Cyrillic otherwise, and in a short abbreviation.
fn cyrillic(word: String) -> String {
    let is_cyrillic = |c: char| ('а'..='я').contains(&c);
    let twin = |c: char| match c {
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
        'u' => 'и',
        other => other,
    };
    if word.chars().any(is_cyrillic) { word.chars().map(twin).collect() } else { word }
}

/// The stem of an adjective of place: «киришской» → «киришск».
pub(super) fn place_adjective(word: &str) -> Option<&str> {
    const ENDINGS: [&str; 14] =
        ["ого", "ому", "ыми", "ими", "ая", "ой", "ую", "ий", "ое", "ом", "им", "ие", "их", "ая"];
    let stem = ENDINGS.iter().find_map(|ending| word.strip_suffix(ending))?;
    let of_place = stem.ends_with("ск") || stem.ends_with("цк");
    (of_place && stem.chars().count() >= 5).then_some(stem)
}

/// The part of a noun that its cases share: «Кириши» → «кириш».
pub(super) fn noun_stem(word: &str) -> &str {
    word.trim_end_matches(['а', 'е', 'и', 'о', 'у', 'ы', 'э', 'ю', 'я', 'ь', 'й'])
}

/// Whether a word is a case of the noun with this stem.
pub(super) fn is_case_of(word: &str, stem: &str) -> bool {
    word.strip_prefix(stem)
        .is_some_and(|ending| ending.chars().count() <= 3 && ending.chars().all(|c| "аеиоуыэюяьймхг".contains(c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_of_writing_a_number_are_one() {
        for text in ["школа №3", "ШКОЛА № 3", "школа N3", "школа No 3", "школа номер 3"]
        {
            assert_eq!(words(text), [Word::Letters("школа".into()), Word::Number { value: 3, signed: true }], "{text}");
        }
        assert_eq!(words("СОШ3"), [Word::Letters("сош".into()), Word::Number { value: 3, signed: false }]);
    }

    #[test]
    fn look_alike_letters_and_quotes_do_not_matter() {
        assert_eq!(words("МОУ «Kиpишcкaя»"), words("моу \"Киришская\""));
    }

    #[test]
    fn cases_share_a_stem() {
        assert_eq!(place_adjective("киришской"), Some("киришск"));
        assert_eq!(place_adjective("школой"), None);
        assert!(is_case_of("подпорожья", noun_stem("подпорожье")));
        assert!(!is_case_of("подпорожская", noun_stem("подпорожье")));
    }
}
