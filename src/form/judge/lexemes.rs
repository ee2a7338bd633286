//! An answer cut into numbers, words and signs.

use crate::form::words;

/// A part of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lexeme {
    /// A number in digits; one past the range of `u32` is `u32::MAX`.
    Number(u32),
    /// A number with a fraction: «4,5».
    Fraction,
    /// Numbers joined by dots or slashes: «01.09.2021», «2021/2022» is none.
    Dotted(Vec<u32>),
    /// A word, folded.
    Word(String),
    /// Any other character that is seen.
    Sign(char),
    /// The end of a line.
    Line,
}

/// A lexeme with its surroundings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lexed {
    /// What it is.
    pub(super) lexeme: Lexeme,
    /// Whether white space stands before it.
    pub(super) spaced: bool,
    /// Whether it stands within quotes.
    pub(super) quoted: bool,
}

impl Lexed {
    /// The word, where it is one.
    pub(super) fn word(&self) -> Option<&str> {
        match &self.lexeme {
            Lexeme::Word(word) => Some(word),
            _ => None,
        }
    }

    /// Whether it is this sign.
    pub(super) fn is(&self, sign: char) -> bool {
        self.lexeme == Lexeme::Sign(sign)
    }

    /// Whether it is a dash of any length.
    pub(super) fn is_dash(&self) -> bool {
        matches!(self.lexeme, Lexeme::Sign('-' | '–' | '—' | '−' | '‑' | '‒'))
    }
}

/// Cuts a text.
pub(super) fn lex(text: &str) -> Vec<Lexed> {
    let chars: Vec<char> = text.chars().filter(|c| !words::is_unseen(*c) || *c == '\u{306}').collect();
    let mut found: Vec<Lexed> = Vec::new();
    let mut rest = chars.as_slice();
    let mut spaced = true;
    let mut depth = 0usize;
    let mut straight = false;
    while let Some((&first, tail)) = rest.split_first() {
        if first.is_whitespace() && first != '\n' {
            spaced = true;
            rest = tail;
            continue;
        }
        let (lexeme, taken) = if first.is_ascii_digit() {
            number(rest)
        } else if first.is_alphabetic() {
            word(rest)
        } else if first == '\n' {
            (Lexeme::Line, 1)
        } else {
            (Lexeme::Sign(first), 1)
        };
        match first {
            '«' | '“' | '„' => depth += 1,
            '»' | '”' => depth = depth.saturating_sub(1),
            '"' => straight = !straight,
            _ => {}
        }
        found.push(Lexed { spaced: spaced || found.is_empty(), quoted: depth > 0 || straight, lexeme });
        spaced = first == '\n';
        rest = rest.get(taken.max(1)..).unwrap_or_default();
    }
    found
}

fn word(text: &[char]) -> (Lexeme, usize) {
    let taken = text.iter().take_while(|c| c.is_alphabetic() || words::is_unseen(**c)).count();
    let word: String = text.iter().take(taken).collect();
    (Lexeme::Word(words::words(&word).concat()), taken)
}

fn digits(text: &[char]) -> (u32, usize) {
    let taken = text.iter().take_while(|c| c.is_ascii_digit()).count();
    let number: String = text.iter().take(taken).collect();
    (number.parse().unwrap_or(u32::MAX), taken)
}

/// The number that a text begins with.
fn number(text: &[char]) -> (Lexeme, usize) {
    let (first, mut taken) = digits(text);
    let mut parts = vec![first];
    let mut separator = None;
    while let Some([sign, next, ..]) = text.get(taken..)
        && next.is_ascii_digit()
        && (separator.is_none() || separator == Some(*sign))
        && matches!(sign, '.' | ',' | '/')
    {
        separator = Some(*sign);
        let (part, length) = digits(text.get(taken + 1..).unwrap_or_default());
        parts.push(part);
        taken += 1 + length;
    }
    match (separator, parts.as_slice()) {
        (None, _) => thousands(text, first, taken),
        (Some('/'), [_, _]) => (Lexeme::Number(first), digits(text).1),
        // A spreadsheet's 3.0 is a whole number; 09.2021 is a month.
        (Some('.' | ','), [whole, 0]) if taken <= digits(text).1 + 3 => (Lexeme::Number(*whole), taken),
        (Some('.'), [_, year]) if *year >= 1000 => (Lexeme::Dotted(parts), taken),
        (_, [_, _]) => (Lexeme::Fraction, taken),
        (Some(','), _) => (Lexeme::Number(first), digits(text).1),
        _ => (Lexeme::Dotted(parts), taken),
    }
}

/// «1 200» is one number.
fn thousands(text: &[char], first: u32, mut taken: usize) -> (Lexeme, usize) {
    let mut value = first;
    if taken <= 3 && first > 0 {
        while let Some([space, a, b, c, after @ ..]) = text.get(taken..)
            && matches!(space, ' ' | '\u{a0}' | '\u{202f}')
            && [a, b, c].iter().all(|c| c.is_ascii_digit())
            && !after.first().is_some_and(char::is_ascii_digit)
        {
            let group = digits(&[*a, *b, *c]).0;
            value = value.saturating_mul(1000).saturating_add(group);
            taken += 4;
        }
    }
    (Lexeme::Number(value), taken)
}
