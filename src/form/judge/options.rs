//! One or several of the options that a form offers: by their words, a slip of the finger forgiven, or by their numbers.

use std::collections::BTreeSet;

use super::doubts::takes_back;
use crate::form::{
    labels::enumerator,
    words::{self, words as folded},
};

/// What an answer says of options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// These, by their places in the form's list, each once and in its order.
    These(Vec<usize>),
    /// The form's own list, in which nothing is marked.
    Unmarked,
    /// Something else, or what may be either of two.
    Unclear,
}

/// After these words an option that was named may not be meant.
const RESERVED: &[&str] = &[
    "не",
    "но",
    "или",
    "либо",
    "кроме",
    "частично",
    "отчасти",
    "иногда",
    "скорее",
    "если",
    "возможно",
    "однако",
    "вместо",
];

/// First words of an option behind which one writes what one means: «другое (укажите)».
const OPEN: &[&str] = &["другое", "другая", "другой", "другие", "иное", "иная", "иной", "прочее", "свой"];

/// The options as words: with what stands in brackets at their end, and without, as they are often retyped.
struct Options {
    whole: Vec<Vec<String>>,
    short: Vec<Vec<String>>,
}

/// What a text says of these options. Of boxes only what is `ticked` has come here; the whole list without boxes is what the form
/// has printed.
pub(super) fn said(options: &[String], text: &str, ticked: bool) -> Said {
    let doubted = text.contains('?') && !options.iter().any(|option| option.contains('?'));
    let signed = |found: usize| !ticked && is_marked_apart(options, text, found);
    let options = Options::new(options);
    let Some(found) = options.named(text).filter(|_| !doubted) else {
        return Said::Unclear;
    };
    if found.len() == options.whole.len() && !ticked && !says_all(text) {
        return Said::Unmarked;
    }
    if signed(found.len()) {
        return Said::Unclear;
    }
    Said::These(found.into_iter().collect())
}

/// Whether signs behind options, or before them, say yes or no of some of them: «семинары +, вебинары –».
fn is_marked_apart(options: &[String], text: &str, found: usize) -> bool {
    const SIGNS: [char; 4] = ['+', '✓', '✔', '√'];
    if options.iter().any(|option| option.contains(SIGNS)) {
        return false;
    }
    let minus = text.split([',', ';', '\n', ')']).any(|part| {
        part.contains(char::is_alphanumeric)
            && part.trim_end_matches(['.', ' ', '\u{a0}']).ends_with(['-', '–', '—', '−'])
    });
    let plus = text.chars().filter(|c| SIGNS.contains(c)).count();
    minus || (plus > 0 && plus != found)
}

/// The one option of which a text gives the reason: «дистанционно, так как далеко».
pub(super) fn explained(options: &[String], text: &str) -> Option<usize> {
    Options::new(options).explained(text)
}

/// Whether a text that names options says nothing else: neither what is meant with «другое» nor any other word.
pub(super) fn alone(options: &[String], text: &str) -> bool {
    let options = Options::new(options);
    let open = |found: &BTreeSet<usize>| found.iter().any(|one| options.is_open(*one));
    let known = |word: &String| options.whole.iter().any(|option| option.contains(word));
    options.named(text).is_some_and(|found| !open(&found) || folded(text).iter().all(known))
}

fn says_all(text: &str) -> bool {
    let said = folded(text);
    let said: Vec<&str> = said.iter().map(String::as_str).collect();
    matches!(
        said.as_slice(),
        ["все"] | ["все", "варианты" | "перечисленное" | "перечисленные" | "указанное" | "указанные"]
    )
}

impl Options {
    fn new(options: &[String]) -> Self {
        let short = |option: &String| {
            let bare = option.trim_end().strip_suffix(')').and_then(|rest| rest.rsplit_once('(')).map(|(bare, _)| bare);
            folded(bare.filter(|bare| bare.contains(char::is_alphabetic)).unwrap_or(option))
        };
        Self {
            whole: options.iter().map(|option| folded(option)).collect(),
            short: options.iter().map(short).collect(),
        }
    }

    fn is_open(&self, option: usize) -> bool {
        self.whole.get(option).and_then(|words| words.first()).is_some_and(|word| OPEN.contains(&word.as_str()))
    }

    /// The options that a text consists of.
    fn named(&self, text: &str) -> Option<BTreeSet<usize>> {
        if says_all(text) {
            return Some((0..self.whole.len()).collect());
        }
        let lines: Vec<&str> = text.split(['\n', ';']).filter(|line| line.contains(char::is_alphanumeric)).collect();
        let mut found = BTreeSet::new();
        for line in &lines {
            found.extend(self.of_line(line.trim(), lines.len() == 1)?);
        }
        (!found.is_empty()).then_some(found)
    }

    fn of_line(&self, line: &str, alone: bool) -> Option<Vec<usize>> {
        if self.are_counted() && holds_range(line) {
            return None;
        }
        if let Some(numbers) = self.by_numbers(&folded(line)) {
            return Some(numbers);
        }
        let Some((number, at)) = enumerator(line).filter(|_| self.are_counted()) else {
            return self.scan(&folded(line));
        };
        let named = self.scan(&folded(line.get(at..)?))?;
        // «2. очно», where «очно» is the first: the number or the word is a mistake. A list of one's own begins with 1.
        let agrees = |one: &usize| one + 1 == number as usize;
        let contradicts = alone && number != 1 && !named.iter().any(agrees);
        (!contradicts).then_some(named)
    }

    /// Whether a number can only be that of an option.
    fn are_counted(&self) -> bool {
        !self.whole.iter().flatten().any(|word| word.starts_with(|c: char| c.is_ascii_digit()))
    }

    /// «2», «№ 2», «вариант 2», «1, 3 и 4».
    fn by_numbers(&self, said: &[String]) -> Option<Vec<usize>> {
        const AROUND: &[&str] =
            &["и", "n", "no", "номер", "номера", "вариант", "варианты", "пункт", "пункты", "п", "ответ"];
        let numbers = said.iter().filter(|word| !AROUND.contains(&word.as_str()));
        let numbers: Vec<usize> = numbers.map(|word| self.number(word)).collect::<Option<_>>()?;
        (!numbers.is_empty() && self.are_counted()).then_some(numbers)
    }

    fn number(&self, word: &str) -> Option<usize> {
        word.parse::<usize>().ok()?.checked_sub(1).filter(|at| *at < self.whole.len())
    }

    /// The options that words consist of, one after another.
    fn scan(&self, said: &[String]) -> Option<Vec<usize>> {
        let mut found = Vec::new();
        let mut rest = said;
        while let Some((word, tail)) = rest.split_first() {
            // The number that the form has printed before an option.
            let printed = self.number(word).filter(|_| self.are_counted());
            match (self.at(rest), printed) {
                (Some((option, length)), _) => {
                    found.push(option);
                    rest = rest.get(length..)?;
                    if self.is_open(option) && self.scan(rest).is_none() && !self.mentions_any(rest) {
                        // «другое – нет», «другое: не проводилось».
                        let denied = takes_back(rest) || rest.first().is_some_and(|word| word == "не");
                        return (!denied).then_some(found);
                    }
                }
                (None, Some(number)) if self.at(tail).is_some_and(|(option, _)| option == number) => rest = tail,
                _ if word == "и" && !found.is_empty() && !tail.is_empty() => rest = tail,
                _ => return None,
            }
        }
        (!found.is_empty()).then_some(found)
    }

    fn mentions_any(&self, said: &[String]) -> bool {
        (0..said.len()).any(|from| said.get(from..).is_some_and(|rest| self.at(rest).is_some()))
    }

    /// The longest option with which words begin, and its length: word for word, else with slips that no other option explains.
    fn at(&self, said: &[String]) -> Option<(usize, usize)> {
        let all = || self.whole.iter().enumerate().chain(self.short.iter().enumerate());
        let fitting = |same: fn(&str, &str) -> bool| {
            all().filter(move |(_, option)| {
                let begun = said.get(..option.len());
                begun.is_some_and(|begun| option.iter().zip(begun).all(|(wanted, word)| same(wanted, word)))
            })
        };
        let exact = fitting(|wanted, word| wanted == word).max_by_key(|(_, option)| option.len());
        if let Some((at, option)) = exact {
            // Two options may be the same without their brackets.
            let rival =
                fitting(|wanted, word| wanted == word).any(|(other, one)| other != at && one.len() == option.len());
            return (!rival).then_some((at, option.len()));
        }
        let (at, option) = fitting(is_slip_of).max_by_key(|(_, option)| option.len())?;
        let rival = fitting(is_slip_of).any(|(other, _)| other != at);
        (!rival).then_some((at, option.len()))
    }

    /// «дистанционно, так как далеко»: an option, a sign, and why. What comes after must not take it back.
    fn explained(&self, text: &str) -> Option<usize> {
        let text = text.trim();
        let text = match enumerator(text) {
            Some((number, at)) if self.are_counted() => {
                let rest = text.get(at..)?;
                let (option, _) = self.at(&folded(rest))?;
                return if option + 1 == number as usize { self.explained(rest) } else { None };
            }
            _ => text,
        };
        let tokens = words::tokens(text, usize::MAX);
        let said: Vec<String> = tokens.iter().map(|token| token.text.clone()).collect();
        let (option, length) = self.at(&said)?;
        let end = tokens.get(length.checked_sub(1)?)?.at.end;
        let after = text.get(end..)?.trim_start_matches(['»', '"', ' ', '\u{a0}']);
        let rest = said.get(length..)?;
        let others = (0..rest.len()).filter_map(|from| self.at(rest.get(from..)?)).any(|(other, _)| other != option);
        let reserved = rest.iter().any(|word| RESERVED.contains(&word.as_str())) || takes_back(rest);
        let parted = after.starts_with([',', ':', '(', '.', '–', '—', '-', '\n']);
        (parted && !rest.is_empty() && !others && !reserved && !text.contains('?')).then_some(option)
    }
}

/// Whether two numbers stand for all between them: «1-3», «1 – 5», «1…3».
fn holds_range(line: &str) -> bool {
    let digit = |c: char| c.is_ascii_digit();
    let mut parts = line.split(digit);
    parts.next();
    parts.next_back();
    parts.any(|between| {
        let sign = between.trim();
        let dash = !sign.is_empty() && sign.chars().all(|c| "-–—−‑‒―~÷".contains(c));
        dash || sign == "…" || (sign.len() > 1 && sign.chars().all(|c| c == '.'))
    })
}

/// Whether a word is the wanted one, but for a letter lost, doubled, swapped or wrong in a word of six letters or more.
fn is_slip_of(wanted: &str, word: &str) -> bool {
    let long = |word: &str| word.chars().count() >= 6 && word.chars().all(char::is_alphabetic);
    wanted == word || (long(wanted) && long(word) && strsim::osa_distance(wanted, word) <= 1)
}
