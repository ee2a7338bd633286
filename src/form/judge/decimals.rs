//! The one number of an answer, with or without a fraction: «12,5 %», «1 200,50 руб.».

use super::{doubts, numbers, numbers::Unclear};
use crate::form::words;

/// What may stand before the number.
const BEFORE: &[&str] =
    &["всего", "итого", "составляет", "составила", "составил", "равен", "равна", "ровно", "в", "среднем"];
/// What makes the number behind it another one, or none.
const UNITLESS: &[&str] = &[
    "тыс",
    "тысяч",
    "тысячи",
    "тысяча",
    "млн",
    "миллион",
    "миллиона",
    "миллионов",
    "млрд",
    "миллиард",
    "сотен",
    "десятков",
    "или",
    "до",
    "от",
    "лишним",
    "плюсом",
    "плюс",
    "минус",
    "но",
    "не",
    "половиной",
    "лет",
    "год",
    "года",
    "году",
    "г",
];

/// The number that a text states. A minus is one only where the field knows numbers below zero.
pub(super) fn decimal(text: &str, below_zero: bool) -> Result<f64, Unclear> {
    if let Ok(whole) = numbers::count(text)
        && whole < u32::MAX
    {
        return Ok(whole.into());
    }
    let text: String = text.trim().chars().filter(|c| !words::is_unseen(*c)).collect();
    let text = text.trim_end_matches(['.', ';', ',', '!']).trim_matches(['«', '»', '"', ' ', '=']);
    let from = text.find(|c: char| c.is_ascii_digit()).ok_or(Unclear)?;
    let (before, rest) = text.split_at_checked(from).ok_or(Unclear)?;
    let length = rest.find(|c: char| !(c.is_ascii_digit() || is_space(c) || ".,".contains(c))).unwrap_or(rest.len());
    let (number, after) = rest.split_at_checked(length).ok_or(Unclear)?;
    let value = number_of(number.trim_end_matches(|c: char| is_space(c) || ".,".contains(c)))?;
    if !is_unit(after) {
        return Err(Unclear);
    }
    match sign(before)? {
        true if below_zero => Ok(-value),
        true => Err(Unclear),
        false => Ok(value),
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}')
}

/// Whether there is a minus before the number, and nothing that makes it another one.
fn sign(before: &str) -> Result<bool, Unclear> {
    let minus = before.ends_with(['-', '−', '–']);
    let lead = before.trim_end_matches(['-', '−', '–', '—', ':', '=', ' ', '\u{a0}', '(']);
    let known = words::words(lead).iter().all(|word| BEFORE.contains(&word.as_str()));
    let signs = lead.chars().all(|c| c.is_alphabetic() || is_space(c) || ",:".contains(c));
    if known && signs { Ok(minus && lead.is_empty()) } else { Err(Unclear) }
}

/// Whether what follows the number is a unit, or nothing: a few words without a further number.
fn is_unit(after: &str) -> bool {
    let said = words::words(after);
    let signs = after.chars().all(|c| c.is_alphabetic() || c.is_whitespace() || "%‰.,/()²³°₽".contains(c));
    signs
        && said.len() <= 4
        && !doubts::takes_back(&said)
        && !said.iter().any(|word| {
            let word = word.as_str();
            UNITLESS.contains(&word) || numbers::is_vague(word) || numbers::cardinal(word).is_some()
        })
}

/// «1 200,50», «12.5», «1.200,50»; «1.200» may be either of two numbers.
fn number_of(text: &str) -> Result<f64, Unclear> {
    let marks: Vec<char> = text.chars().filter(|c| ".,".contains(*c)).collect();
    let (whole, fraction) = match marks.as_slice() {
        [] => (text, ""),
        [_] => text.split_once(['.', ',']).ok_or(Unclear)?,
        [first, .., last] if first != last && marks.iter().filter(|mark| *mark == last).count() == 1 => {
            text.rsplit_once(*last).ok_or(Unclear)?
        }
        _ => return Err(Unclear),
    };
    let grouped = whole.contains(|c: char| is_space(c) || ".,".contains(c));
    let thousands = !grouped && marks.len() == 1 && fraction.len() == 3 && (1..=3).contains(&whole.len());
    if thousands && !whole.starts_with('0') {
        return Err(Unclear);
    }
    let mut groups = whole.split(|c: char| is_space(c) || ".,".contains(c));
    let first = groups.next().unwrap_or_default();
    let sound = !grouped || ((1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3));
    let digits: String = whole.chars().filter(char::is_ascii_digit).collect();
    let plain = fraction.chars().all(|c| c.is_ascii_digit()) && (marks.is_empty() || !fraction.is_empty());
    if !sound || !plain || digits.is_empty() || digits.len() + fraction.len() > 15 {
        return Err(Unclear);
    }
    format!("{digits}.{fraction}0").parse().map_err(|_| Unclear)
}
