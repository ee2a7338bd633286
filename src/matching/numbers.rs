//! Which digits are the number of a school, and which are a year, a house, a telephone or a class.

use super::{
    items::{Item, What},
    surroundings,
    text::{Mark, Token},
    vocabulary,
};

/// Longest number of a school, in digits.
const LONGEST: usize = 4;

fn mark(tokens: &[Token], at: usize) -> Option<Mark> {
    tokens.get(at).map(|token| token.mark)
}

fn glued(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| token.glued)
}

/// How many tokens a date, a telephone or an index takes, from its first digits on: digits joined by signs.
pub(super) fn composite(tokens: &[Token], at: usize) -> usize {
    let mut end = at + 1;
    loop {
        let joined = matches!(
            mark(tokens, end),
            Some(Mark::Dot | Mark::Comma | Mark::Slash | Mark::Dash | Mark::Noise | Mark::Open | Mark::Close)
        ) && glued(tokens, end);
        if joined && mark(tokens, end + 1) == Some(Mark::Number) && glued(tokens, end + 1) {
            end += 2;
        } else {
            return end - at;
        }
    }
}

/// The number at a place with the letter that is written to it: «3а»; and how many tokens it takes. «3-я» is 3.
fn value(tokens: &[Token], at: usize) -> Option<(String, usize)> {
    let token = tokens.get(at).filter(|token| token.mark == Mark::Number && token.text.len() <= LONGEST)?;
    let dash = usize::from(mark(tokens, at + 1) == Some(Mark::Dash) && glued(tokens, at + 1));
    let after = tokens.get(at + 1 + dash).filter(|token| token.mark == Mark::Word && token.glued);
    match after {
        Some(word) if surroundings::is_ordinal_ending(&word.text) => Some((token.text.clone(), 2 + dash)),
        Some(word) if word.text.chars().count() == 1 && dash == 0 => Some((format!("{}{}", token.text, word.text), 2)),
        _ => Some((token.text.clone(), 1)),
    }
}

/// What follows shows that something else is counted: «9 класс», «2022 г.».
fn counts(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| token.mark == Mark::Word && surroundings::is_unit(&token.text))
}

fn is_year(value: &str) -> bool {
    value.parse::<u32>().is_ok_and(|year| (1900..=2100).contains(&year))
}

/// The numbers after a sign: one, or a list («№ 3, № 4», «№№ 3-4»).
pub(super) fn marked(tokens: &[Token], at: usize) -> (What, usize) {
    let mut next = at + 1;
    while matches!(mark(tokens, next), Some(Mark::Dot | Mark::Quote | Mark::NumberSign)) && next < at + 4
        || tokens.get(next).is_some_and(|token| matches!(token.text.as_str(), ":" | "°"))
    {
        next += 1;
    }
    if mark(tokens, next) != Some(Mark::Number) {
        let blank = matches!(mark(tokens, next), None | Some(Mark::LineBreak));
        return (if blank { What::Noise } else { What::Unreadable }, 1);
    }
    let whole = next + composite(tokens, next) - at;
    let before = at.checked_sub(1).and_then(|at| tokens.get(at));
    let before =
        before.filter(|token| token.mark != Mark::Dot).or_else(|| at.checked_sub(2).and_then(|at| tokens.get(at)));
    let other = before.is_some_and(|token| {
        (token.mark == Mark::Number && !continues(tokens, at))
            || (token.mark == Mark::Word && surroundings::numbers_something_else(&token.text))
    });
    // «№ 19-33822/2022» is a letter's; what a comma parts is an address.
    let long = tokens
        .get(next..at + whole)
        .unwrap_or_default()
        .iter()
        .take_while(|token| token.mark != Mark::Comma)
        .any(|token| token.mark == Mark::Number && token.text.len() > LONGEST);
    if other || long {
        return (What::Noise, whole);
    }
    let Some((first, length)) = value(tokens, next) else { return (What::Noise, whole) };
    let (numbers, end) = list(tokens, first, next + length);
    (What::Number(numbers), end - at)
}

/// Whether a sign joins a number to an earlier one of a school: «№3 №8».
fn continues(tokens: &[Token], at: usize) -> bool {
    at.checked_sub(2).is_some_and(|at| mark(tokens, at) == Some(Mark::NumberSign))
}

/// A number of a school and those that follow it in a list, and where the list ends.
fn list(tokens: &[Token], first: String, mut end: usize) -> (Vec<String>, usize) {
    let mut numbers = vec![first];
    while let Some((more, after)) = continued(tokens, end) {
        numbers.extend(more);
        end = after;
    }
    (numbers, end)
}

/// Further numbers of a list. What follows a comma or a bracket may be an address, a telephone, a date, a class or the
/// number of a copy too.
fn continued(tokens: &[Token], at: usize) -> Option<(Vec<String>, usize)> {
    let joiner = tokens.get(at)?;
    let joins = matches!(joiner.mark, Mark::Comma | Mark::Semicolon | Mark::Dash | Mark::Slash | Mark::Open)
        || joiner.is("и")
        || joiner.text == "+"
        || (joiner.mark == Mark::Dot && joiner.glued && glued(tokens, at + 1));
    let signs = (at + 1..at + 3).take_while(|&at| mark(tokens, at) == Some(Mark::NumberSign)).count();
    let number = at + 1 + signs;
    if !joins || mark(tokens, number) != Some(Mark::Number) {
        return None;
    }
    let (first, length) = value(tokens, number)?;
    if signs > 0 {
        return Some((vec![first], number + length));
    }
    let whole = composite(tokens, number).max(length);
    let chain = tokens.get(number..number + whole)?;
    let digits: Vec<&Token> = chain.iter().filter(|token| token.mark == Mark::Number).collect();
    let listed = chain.iter().all(|token| matches!(token.mark, Mark::Number | Mark::Comma | Mark::Slash));
    // «22-345» is a telephone.
    let short = digits.iter().all(|token| token.text.len() < 3);
    let range = short && digits.len() == 2 && chain.iter().all(|token| matches!(token.mark, Mark::Number | Mark::Dash));
    let plain = whole == length || listed || range;
    let end = number + whole;
    if !plain || digits.iter().any(|token| token.text.len() >= LONGEST) || is_other(tokens, joiner, end) {
        return None;
    }
    let values = if whole == length { vec![first] } else { digits.iter().map(|token| token.text.clone()).collect() };
    Some((values, end))
}

/// Whether what follows a bare number shows that it is no school's.
fn is_other(tokens: &[Token], joiner: &Token, end: usize) -> bool {
    let Some(next) = tokens.get(end) else { return false };
    let after = tokens.get(end + 1);
    match next.mark {
        // A telephone: «8 (813)», «8 813».
        Mark::Number => true,
        Mark::Open => after.is_some_and(|token| token.mark == Mark::Number),
        Mark::Dash => next.glued && after.is_some_and(|token| matches!(token.mark, Mark::Open | Mark::Number)),
        // «500+», «5 %», «10:00».
        Mark::Noise => next.glued && matches!(next.text.as_str(), "+" | "%" | ":"),
        // «Форма (1).docx»: the number of a copy.
        Mark::Close => {
            let name = tokens.get(end + 2);
            joiner.mark == Mark::Open
                && after.is_some_and(|token| token.mark == Mark::Dot)
                && name.is_some_and(|token| token.glued && token.text.chars().any(|c| c.is_ascii_alphabetic()))
        }
        Mark::Word => surroundings::is_unit(&next.text) || surroundings::is_counted(&next.text),
        _ => false,
    }
}

/// Digits without a sign: a school's number directly after the kind («СОШ 3», «СОШ-3», «школа "96"») or, as an ordinal,
/// before it; all else means nothing.
pub(super) fn bare(tokens: &[Token], at: usize, items: &[Item]) -> (What, usize) {
    let whole = composite(tokens, at);
    let noise = (What::Noise, whole);
    let Some((value, length)) = value(tokens, at) else { return noise };
    let phone = mark(tokens, at + length) == Some(Mark::Open) && mark(tokens, at + length + 1) == Some(Mark::Number);
    let (numbers, end) = list(tokens, value.clone(), at + length);
    if (whole > 1 && end < at + whole) || counts(tokens, at + length) || is_year(&value) || phone {
        return noise;
    }
    // Between the kind and its number: a quote, a dash, a line's end, or a place («СШ Михайловская 3»).
    let passes =
        |item: &&Item| matches!(item.what, What::Quote | What::Dash | What::Break | What::Bracket | What::Adjective(_));
    let skipped = items.iter().rev().take_while(passes).take(2).count();
    let before = items.iter().rev().nth(skipped);
    let after_kind = before.is_some_and(|item| matches!(item.what, What::Kind(_) | What::Initials(..)));
    if after_kind {
        return (What::Number(numbers), end - at);
    }
    if whole > 1 {
        return noise;
    }
    let next = tokens.get(at + length).filter(|token| token.mark == Mark::Word);
    let ordinal = length > 1 && !value.ends_with(char::is_alphabetic);
    let begins = items
        .last()
        .is_none_or(|item| matches!(item.what, What::Break | What::Quote | What::Adjective(_) | What::Legal));
    let names = begins
        && next.is_some_and(|token| {
            vocabulary::abbreviation(&token.text).is_some()
                || matches!(token.text.as_str(), "школа" | "гимназия" | "лицей")
        });
    if ordinal || names { (What::Ordinal(value), length) } else { noise }
}
