//! The places that a roster knows: adjectives («киришск-») and towns or villages («Лодейное Поле»).

use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
};

use super::{
    stems::Stems,
    text::{Mark, Token},
    words::{self, Likeness, Stem},
};

/// Adjectives and settlements of a roster, each with its number.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    adjectives: Vec<Stem>,
    settlements: Vec<Vec<Stem>>,
    elsewhere: HashSet<&'static str>,
    index: Option<Index>,
}

/// By which a word's adjectives and settlements are found.
#[derive(Debug, Clone)]
struct Index {
    adjectives: Stems,
    /// By the first word of their names.
    settlements: Stems,
}

/// Places that are still being told.
#[derive(Debug, Default)]
pub(super) struct Telling {
    adjectives: HashMap<Stem, usize>,
    settlements: HashMap<Vec<Stem>, usize>,
}

/// Places that a word or phrase may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Meant {
    /// Their numbers.
    pub(super) places: Vec<usize>,
    /// Whether a slip of the finger had to be forgiven.
    pub(super) slip: bool,
}

impl Telling {
    /// The number of an adjective, given as its stem.
    pub(super) fn adjective(&mut self, stem: &str) -> usize {
        number_of(&mut self.adjectives, Stem::of_adjective(stem))
    }

    /// The number of a settlement, given in the nominative.
    pub(super) fn settlement(&mut self, words: &[&str]) -> usize {
        number_of(&mut self.settlements, words.iter().map(|word| Stem::of_place(word)).collect())
    }
}

impl Places {
    /// Nothing but the places elsewhere in the country whose names must not be taken for a slip.
    pub(super) fn new() -> Self {
        let elsewhere = include_str!("elsewhere.txt");
        let names = elsewhere.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace);
        Self { elsewhere: names.collect(), ..Self::default() }
    }

    /// All that have been told.
    pub(super) fn told(self, telling: Telling) -> Self {
        let (adjectives, settlements) = (in_order(telling.adjectives), in_order(telling.settlements));
        let first = |name: &'_ Vec<Stem>| name.first().map(|stem| stem.letters().to_owned()).unwrap_or_default();
        let firsts: Vec<String> = settlements.iter().map(first).collect();
        let index = Index {
            adjectives: Stems::new(adjectives.iter().map(Stem::letters).zip(0..)),
            settlements: Stems::new(firsts.iter().map(String::as_str).zip(0..)),
        };
        Self { adjectives, settlements, elsewhere: self.elsewhere, index: Some(index) }
    }

    /// Compares every word with every place.
    pub(super) fn without_index(mut self) -> Self {
        self.index = None;
        self
    }

    /// What an adjective means. A slip is not forgiven where it makes the name of another place.
    pub(super) fn adjective(&self, word: &str) -> Option<Meant> {
        let Some(index) = &self.index else {
            return best(self.adjectives.iter().map(|stem| stem.likeness(word)).enumerate(), self.is_elsewhere(word));
        };
        let of = |numbers: Vec<u32>| {
            let likeness = |at: usize| (at, self.adjectives.get(at).and_then(|stem| stem.likeness(word)));
            numbers.into_iter().filter_map(|number| usize::try_from(number).ok()).map(likeness).collect::<Vec<_>>()
        };
        let exact = of(index.adjectives.exact(word));
        if exact.iter().any(|(_, likeness)| *likeness == Some(Likeness::Exact)) {
            return best(exact.into_iter(), false);
        }
        if !words::may_slip(word) {
            return None;
        }
        best(of(index.adjectives.near(word)).into_iter(), false).filter(|_| !self.is_elsewhere(word))
    }

    /// The settlement whose name begins with this token, and how many tokens it takes.
    pub(super) fn settlement(&self, tokens: &[Token], at: usize, slips: bool) -> Option<(Meant, usize)> {
        let mut longest: Option<(Meant, usize)> = None;
        for number in self.beginning_with(tokens.get(at)?, slips) {
            let Some((likeness, length)) = self.settlements.get(number).and_then(|name| phrase(name, tokens, at))
            else {
                continue;
            };
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

    /// The settlements whose first word the token may be.
    fn beginning_with(&self, token: &Token, slips: bool) -> Vec<usize> {
        let Some(index) = &self.index else { return (0..self.settlements.len()).collect() };
        let word = token.text.as_str();
        let mut numbers = index.settlements.exact(word);
        // «Лодейное-Поле».
        if let Some((first, _)) = word.split_once('-') {
            numbers.extend(index.settlements.exact(first));
        }
        if slips && words::may_slip(word) {
            numbers.extend(index.settlements.near(word));
        }
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().filter_map(|number| usize::try_from(number).ok()).collect()
    }

    /// Whether a word as it stands is made from the name of a place that the roster does not know.
    fn is_elsewhere(&self, word: &str) -> bool {
        let adjective = words::adjective(word).is_some_and(|(stem, _)| self.elsewhere.contains(stem));
        adjective || self.elsewhere.contains(format!("{}ск", Stem::of_place(word).letters()).as_str())
    }
}

fn number_of<T: Hash + Eq>(known: &mut HashMap<T, usize>, new: T) -> usize {
    let next = known.len();
    *known.entry(new).or_insert(next)
}

fn in_order<T>(known: HashMap<T, usize>) -> Vec<T> {
    let mut all: Vec<(T, usize)> = known.into_iter().collect();
    all.sort_unstable_by_key(|(_, number)| *number);
    all.into_iter().map(|(one, _)| one).collect()
}

fn best(likenesses: impl Iterator<Item = (usize, Option<Likeness>)>, no_slips: bool) -> Option<Meant> {
    let found: Vec<(usize, Likeness)> = likenesses.filter_map(|(at, one)| Some((at, one?))).collect();
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
