//! What of a document is the committee's own letter, and not the school's words.

use crate::campaign::Campaign;

use super::words::{holds, similar, spaced, words};

/// The letter's phrases, ready to be looked for.
#[derive(Debug)]
pub(super) struct Letter {
    phrases: Vec<String>,
    number: String,
    title: String,
    /// Every three words on end of its name and of the letter's subject.
    issuer: Vec<String>,
}

impl Letter {
    /// Prepares the phrases of a campaign's letter.
    pub(super) fn new(campaign: &Campaign) -> Self {
        let letter = &campaign.letter;
        let issuer = [&letter.issuer, &letter.issuer_genitive, &letter.subject].map(|text| words(text));
        Self {
            phrases: campaign.recognition.letter_phrases.iter().map(|phrase| spaced(phrase)).collect(),
            number: spaced(&letter.number),
            title: campaign.form.title.clone(),
            issuer: issuer.iter().flat_map(|words| words.windows(3)).map(|three| three.join(" ")).collect(),
        }
    }

    /// Whether a line is the letter's: it holds a phrase or the number of the letter, or is the form's title.
    pub(super) fn is_its_own(&self, line: &str) -> bool {
        let text = spaced(line);
        if text.len() < 6 {
            return false;
        }
        self.phrases.iter().any(|phrase| text.contains(phrase.as_str()))
            || (text.contains(&self.number) && line.chars().count() <= 120)
            || (line.chars().count() <= 400 && similar(line, &self.title, 0.75))
    }

    /// Whether a line names the issuer.
    pub(super) fn names_issuer(&self, line: &str) -> bool {
        let text = spaced(line);
        self.issuer.iter().any(|three| holds(&text, three))
    }

    /// How many signs of the letter a text holds: its phrases, and its form's title.
    pub(super) fn signs_in(&self, text: &str) -> usize {
        let titled = text.lines().any(|line| line.chars().count() <= 400 && similar(line, &self.title, 0.75));
        self.phrases_in(&spaced(text)) + usize::from(titled)
    }

    /// How many of the letter's phrases a folded text holds.
    pub(super) fn phrases_in(&self, spaced_text: &str) -> usize {
        self.phrases.iter().filter(|phrase| spaced_text.contains(phrase.as_str())).count()
    }
}
