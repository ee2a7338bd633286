//! What a text is about: the campaign's subject, what its form asks, or something that schools speak of elsewhere.

use std::collections::BTreeSet;

use crate::campaign::Campaign;

use super::{
    layout::names_school,
    vocabulary as say,
    words::{self, is_small, likeness},
};

/// What a campaign is about, ready to be looked for.
#[derive(Debug)]
pub(super) struct Subject {
    /// The words that are the campaign's own, and not every school's.
    topic: Vec<String>,
    /// Its names with digits that only it has, «500+», in lower case.
    names: Vec<String>,
    /// The words of the form's questions, but for those that every school's papers hold.
    questions: Vec<String>,
}

impl Subject {
    /// Prepares the words of a campaign.
    pub(super) fn new(campaign: &Campaign) -> Self {
        let names = campaign.recognition.words.iter().filter(|name| name.starts_with(|c: char| c.is_ascii_digit()));
        let names = names.map(|name| name.to_lowercase()).collect();
        Self { topic: topic(campaign), names, questions: questions(campaign) }
    }

    /// How many of the words that are the campaign's own a folded text speaks of.
    pub(super) fn topics_in(&self, text: &str) -> usize {
        spoken(&self.topic, text)
    }

    /// How many of the words of the form's questions a folded text says.
    pub(super) fn questions_in(&self, text: &str) -> usize {
        spoken(&self.questions, text)
    }

    /// How much a text or its file's name is of the campaign by a name with digits that only it has: 2 where the name
    /// stands in the head, 1 where it stands anywhere.
    pub(super) fn named_in(&self, text: &str, file: Option<&str>) -> usize {
        let whole = |text: &str, name: &str| {
            text.match_indices(name).any(|(at, _)| {
                let before = text.get(..at).and_then(|head| head.chars().next_back());
                !before.is_some_and(char::is_alphanumeric)
            })
        };
        let holds = |text: &str| {
            // Lower case is dear, and few texts hold the digits at all.
            let mut likely = self.names.iter().filter(|name| text.contains(digits_of(name))).peekable();
            let text = if likely.peek().is_some() { text.to_lowercase() } else { return false };
            likely.any(|name| whole(&text, name))
        };
        let head: String = text.lines().filter(|line| !line.trim().is_empty()).take(6).collect::<Vec<_>>().join("\n");
        if file.is_some_and(holds) || holds(&head.chars().take(400).collect::<String>()) {
            2
        } else {
            usize::from(holds(text))
        }
    }
}

/// The digits with which a name begins.
fn digits_of(name: &str) -> &str {
    name.get(..name.find(|c: char| !c.is_ascii_digit()).unwrap_or(name.len())).unwrap_or_default()
}

/// How many of the words a folded text speaks of.
fn spoken(words: &[String], text: &str) -> usize {
    let said: BTreeSet<&str> = text.split_whitespace().collect();
    words.iter().filter(|word| said.iter().any(|one| shares_stem(one, word))).count()
}

fn topic(campaign: &Campaign) -> Vec<String> {
    let titles = [Some(&campaign.title), Some(&campaign.form.title), campaign.event.as_ref().map(|event| &event.title)];
    let mut own: Vec<String> = Vec::new();
    for word in titles.into_iter().flatten().flat_map(|title| words::words(title)) {
        let general = is_small(&word)
            || word.chars().count() < 4
            || word.starts_with(char::is_numeric)
            || say::GENERAL.iter().any(|stem| word.starts_with(stem));
        if !general && !own.iter().any(|known| likeness(known, &word) > 0.0) {
            own.push(word);
        }
    }
    own
}

fn questions(campaign: &Campaign) -> Vec<String> {
    let mut own: Vec<String> = Vec::new();
    for word in campaign.form.fields.iter().flat_map(|field| words::words(&field.label)) {
        let telling = word.chars().count() >= 4 && !is_small(&word);
        let everywhere = say::EVERYWHERE.iter().any(|stem| word.starts_with(stem));
        if telling && !everywhere && !own.iter().any(|known| shares_stem(known, &word)) {
            own.push(word);
        }
    }
    own
}

/// Whether a text speaks of something that schools speak of elsewhere.
pub(super) fn is_elsewhere(text: &str) -> bool {
    let about = |word: &&str| say::ELSEWHERE.iter().any(|stem| word.starts_with(stem));
    text.split_whitespace().filter(about).count() >= 2
}

/// Whether a title is such as any school's presentation bears: its name, «Наш опыт», «Деловая игра».
pub(super) fn is_plain_title(line: &str) -> bool {
    let said = words::words(line);
    let general = |word: &String| {
        is_small(word)
            || say::GENERAL.iter().chain(say::TITLES).any(|stem| word.starts_with(stem))
            || word.starts_with(char::is_numeric)
    };
    let elsewhere = said.iter().any(|word| say::ELSEWHERE.iter().any(|stem| word.starts_with(stem)));
    !elsewhere && !said.is_empty() && (names_school(line) || said.iter().all(general))
}

/// Likeness without slips of the finger: quick enough for every word of a long text.
pub(super) fn shares_stem(a: &str, b: &str) -> bool {
    let common = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count();
    common >= 4 && a.chars().count().max(b.chars().count()) - common <= 3
}
