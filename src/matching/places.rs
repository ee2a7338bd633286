//! The places that a roster knows: adjectives («киришск-») and towns or villages («Лодейное Поле»).

use std::collections::HashSet;

use super::{
    text::{Mark, Token},
    words::{self, Likeness, Stem},
};

/// Adjectives and settlements of a roster, each with its number.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    adjectives: Vec<Stem>,
    settlements: Vec<Vec<Stem>>,
    elsewhere: HashSet<&'static str>,
}

/// Places that a word or phrase may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Meant {
    /// Their numbers.
    pub(super) places: Vec<usize>,
    /// Whether a slip of the finger had to be forgiven.
    pub(super) slip: bool,
}

impl Places {
    /// Nothing but the places elsewhere in the country whose names must not be taken for a slip.
    pub(super) fn new() -> Self {
        let elsewhere = include_str!("elsewhere.txt");
        let names = elsewhere.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace);
        Self { elsewhere: names.collect(), ..Self::default() }
    }

    /// The number of an adjective, given as its stem.
    pub(super) fn add_adjective(&mut self, stem: &str) -> usize {
        number_of(&mut self.adjectives, Stem::of_adjective(stem))
    }

    /// The number of a settlement, given in the nominative.
    pub(super) fn add_settlement(&mut self, words: &[&str]) -> usize {
        number_of(&mut self.settlements, words.iter().map(|word| Stem::of_place(word)).collect())
    }

    /// What an adjective means. A slip is not forgiven where it makes the name of another place.
    pub(super) fn adjective(&self, word: &str) -> Option<Meant> {
        best(self.adjectives.iter().map(|stem| stem.likeness(word)), self.is_elsewhere(word))
    }

    /// The settlement whose name begins with this token, and how many tokens it takes.
    pub(super) fn settlement(&self, tokens: &[Token], at: usize, slips: bool) -> Option<(Meant, usize)> {
        let mut longest: Option<(Meant, usize)> = None;
        for (number, name) in self.settlements.iter().enumerate() {
            let Some((likeness, length)) = phrase(name, tokens, at) else { continue };
            let slip = likeness == Likeness::Slip;
            if slip && (!slips || tokens.get(at).is_some_and(|token| self.is_elsewhere(&token.text))) {
                continue;
            }
            match &mut longest {
                Some((meant, taken)) if *taken == length && meant.slip == slip => meant.places.push(number),
                Some((meant, taken)) if (*taken, !meant.slip) > (length, !slip) => {}
                best => *best = Some((Meant { places: vec![number], slip }, length)),
            }
        }
        longest
    }

    /// Whether a word as it stands is made from the name of a place that the roster does not know.
    fn is_elsewhere(&self, word: &str) -> bool {
        let adjective = words::adjective(word).is_some_and(|(stem, _)| self.elsewhere.contains(stem));
        adjective || self.elsewhere.contains(format!("{}ск", Stem::of_place(word).letters()).as_str())
    }
}

fn number_of<T: PartialEq>(known: &mut Vec<T>, new: T) -> usize {
    known.iter().position(|one| *one == new).unwrap_or_else(|| {
        known.push(new);
        known.len() - 1
    })
}

fn best(likenesses: impl Iterator<Item = Option<Likeness>>, no_slips: bool) -> Option<Meant> {
    let found: Vec<(usize, Likeness)> = likenesses.enumerate().filter_map(|(at, one)| Some((at, one?))).collect();
    let best = found.iter().map(|(_, likeness)| *likeness).max()?;
    if best == Likeness::Slip && no_slips {
        return None;
    }
    let places = found.into_iter().filter(|(_, likeness)| *likeness == best).map(|(at, _)| at).collect();
    Some(Meant { places, slip: best == Likeness::Slip })
}

/// Compares a name of one or more words, which may be parted by a hyphen or a line's end.
fn phrase(name: &[Stem], tokens: &[Token], at: usize) -> Option<(Likeness, usize)> {
    let first = tokens.get(at)?;
    if name.len() > 1 && first.text.contains('-') {
        let parts: Vec<&str> = first.text.split('-').collect();
        let fits = parts.len() == name.len()
            && name.iter().zip(parts).all(|(stem, part)| stem.likeness(part) == Some(Likeness::Exact));
        return fits.then_some((Likeness::Exact, 1));
    }
    let mut worst = Likeness::Exact;
    let mut next = at;
    for (position, stem) in name.iter().enumerate() {
        if position > 0 && tokens.get(next).is_some_and(|token| token.mark == Mark::LineBreak) {
            next += 1;
        }
        let token = tokens.get(next).filter(|token| token.mark == Mark::Word)?;
        worst = worst.min(stem.likeness(&token.text)?);
        next += 1;
    }
    Some((worst, next - at))
}
