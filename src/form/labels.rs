//! Which field a text is the label of, and where in it the label ends.
//!
//! A text is compared, word by word, with every label and alias of the form. Words that few fields share weigh more:
//! they tell near labels apart. The measure is symmetric, so that a text which merely holds a label's words among
//! many others is no label.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::campaign::{FieldKind, Form};

use super::words::{Shape, is_small, likeness, tokens, words};

/// A longer text than this, in words, is no label; of a longer line only the beginning is looked at.
const LONGEST: usize = 48;
/// So many words are remembered with what they are among the labels' words.
const REMEMBERED: usize = 4096;
/// Below this likeness a text is not even a candidate.
const LEAST: f32 = 0.5;

/// One wording of a field's label.
#[derive(Debug)]
struct Wording {
    /// The field's place in the form; the form's length for the form's title.
    field: usize,
    /// Whether it is the letter's own wording.
    own: bool,
    /// How many telling words it has.
    telling: usize,
    /// The weight of all its words.
    weight: f32,
}

/// A word of the labels.
#[derive(Debug)]
struct Known {
    text: String,
    shape: Shape,
    weight: f32,
    /// The wordings that hold it, and at which place.
    within: Vec<(usize, u8)>,
}

/// A text taken for a label.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Match {
    /// The field's place in the form; the form's length for the form's title.
    pub(super) field: usize,
    /// From [`LEAST`] to 1.
    pub(super) score: f32,
    /// Whether the letter's own wording was met, and not an alias.
    pub(super) own: bool,
    /// How many telling words the wording has.
    pub(super) telling: usize,
    /// Where the label ends in the text, in bytes.
    pub(super) end: usize,
    /// Where what follows the label begins, in bytes.
    pub(super) rest: usize,
}

/// Where a label may end in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    /// Only where the text ends or a sign parts it from what follows.
    AtSign,
    /// Also between two words, where it is the letter's own wording word for word.
    Anywhere,
}

/// The labels of a form, ready to be compared with.
#[derive(Debug)]
pub(super) struct Labels {
    wordings: Vec<Wording>,
    known: Vec<Known>,
    /// What each of the words met lately is among the known ones: most words of mail come again and again.
    met: Mutex<HashMap<String, Likes>>,
    names: Vec<bool>,
    /// The words of the letter's own label of each field.
    own: Vec<Vec<String>>,
}

/// The known words that a word is, with its likeness to each, likest first.
type Likes = Arc<[(usize, f32)]>;

/// What a wording has in common with the words read so far.
#[derive(Debug, Clone, Copy, Default)]
struct Common {
    /// Bit n: its n-th word was met.
    met: u64,
    /// The last word of the text that it has taken, counted from 1.
    last: usize,
    /// Weight of its words that were met.
    of_wording: f32,
    /// Weight of the text's words that it holds.
    of_text: f32,
}

impl Labels {
    /// Prepares the labels, aliases and title of a form.
    pub(super) fn new(form: &Form) -> Self {
        let mut wordings = Vec::new();
        let mut texts = Vec::new();
        for (field, one) in form.fields.iter().enumerate() {
            let stripped = without_brackets(&one.label);
            let own = [one.label.clone(), stripped].into_iter().map(|text| (true, text));
            let aliases = one.aliases.iter().chain([&one.short]).map(|text| (false, text.clone()));
            for (own, text) in own.chain(aliases) {
                if !texts.contains(&(field, text.clone())) {
                    wordings.push(Wording { field, own, telling: 0, weight: 0.0 });
                    texts.push((field, text));
                }
            }
        }
        wordings.push(Wording { field: form.fields.len(), own: true, telling: 0, weight: 0.0 });
        texts.push((form.fields.len(), form.title.clone()));
        let names = form.fields.iter().map(|field| field.kind == FieldKind::SchoolName).collect();
        let own = form.fields.iter().map(|field| words(&field.label)).collect();
        let mut labels = Self { wordings, known: Vec::new(), met: Mutex::default(), names, own };
        labels.learn(&texts);
        labels
    }

    fn learn(&mut self, texts: &[(usize, String)]) {
        for (wording, (_, text)) in texts.iter().enumerate() {
            for (place, token) in (0u8..64).zip(tokens(text, 64)) {
                match self.known.iter_mut().find(|known| known.text == token.text) {
                    Some(known) => known.within.push((wording, place)),
                    None => {
                        let shape = Shape::of(&token.text);
                        self.known.push(Known { text: token.text, shape, weight: 0.0, within: vec![(wording, place)] });
                    }
                }
            }
        }
        let fields = self.names.len();
        let weights: Vec<f32> = self
            .known
            .iter()
            .map(|known| {
                let mut sharing = vec![false; fields];
                let alike =
                    |other: &&Known| known.shape.allows(other.shape) && likeness(&known.text, &other.text) > 0.0;
                for other in self.known.iter().filter(alike) {
                    for field in other.within.iter().filter_map(|(wording, _)| self.wordings.get(*wording)) {
                        if let Some(shares) = sharing.get_mut(field.field) {
                            *shares = true;
                        }
                    }
                }
                weight(&known.text, fields, sharing.into_iter().filter(|shares| *shares).count())
            })
            .collect();
        for (known, weight) in self.known.iter_mut().zip(weights) {
            known.weight = weight;
            for (wording, _) in &known.within {
                if let Some(wording) = self.wordings.get_mut(*wording) {
                    wording.weight += weight;
                    wording.telling += usize::from(!is_small(&known.text));
                }
            }
        }
    }

    /// The place after the form's last field, which stands for the form's title.
    pub(super) fn title(&self) -> usize {
        self.names.len()
    }

    /// The least likeness with which a text is the field's label: more in running text than in a table, and more for
    /// the field that decides the school.
    pub(super) fn least(&self, field: usize, line: bool) -> f32 {
        if self.is_name(field) {
            0.8
        } else if line {
            0.72
        } else {
            0.6
        }
    }

    /// Whether the field names the school.
    pub(super) fn is_name(&self, field: usize) -> bool {
        self.names.get(field).copied().unwrap_or(false)
    }

    /// The fields whose own label begins with a text, word for word.
    pub(super) fn begun(&self, text: &str) -> impl Iterator<Item = usize> {
        let said: Vec<String> = tokens(text, LONGEST).into_iter().map(|token| token.text).collect();
        let telling = said.len() > 1 || said.first().is_some_and(|word| !is_small(word));
        let begun = move |own: &Vec<String>| telling && own.len() > said.len() && own.starts_with(&said);
        self.own.iter().enumerate().filter(move |(_, own)| begun(own)).map(|(field, _)| field)
    }

    /// Whether a text has a telling word in common with a wording of the field.
    pub(super) fn touches(&self, text: &str, field: usize) -> bool {
        let of_field = |wording: &usize| self.wordings.get(*wording).is_some_and(|wording| wording.field == field);
        tokens(text, LONGEST).iter().filter(|token| !is_small(&token.text)).any(|token| {
            let found = self.look_up(&token.text);
            found
                .iter()
                .filter_map(|(known, _)| self.known.get(*known))
                .any(|known| known.within.iter().any(|(wording, _)| of_field(wording)))
        })
    }

    /// Whether a text is nothing but words of the field's own label, in their order, or the beginning of the next.
    pub(super) fn is_piece(&self, text: &str, field: usize) -> bool {
        let said = words(text);
        let within = self.own.get(field).is_some_and(|own| own.windows(said.len().max(1)).any(|part| part == said));
        said.len() > 1 && (within || self.begun(text).any(|next| next == field + 1))
    }

    fn look_up(&self, word: &str) -> Likes {
        if let Some(found) = self.met.lock().unwrap_or_else(PoisonError::into_inner).get(word) {
            return Arc::clone(found);
        }
        let shape = Shape::of(word);
        let mut found: Vec<(usize, f32)> = self
            .known
            .iter()
            .enumerate()
            .filter(|(_, known)| shape.allows(known.shape))
            .map(|(index, known)| (index, likeness(word, &known.text)))
            .filter(|(_, likeness)| *likeness > 0.0)
            .collect();
        found.sort_by(|a, b| b.1.total_cmp(&a.1));
        let found: Likes = found.into();
        let mut met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
        if met.len() >= REMEMBERED {
            met.clear();
        }
        met.insert(word.to_owned(), Arc::clone(&found));
        found
    }

    /// The fields that the text, or its beginning up to a sign, may be the label of, likeliest first.
    pub(super) fn matches(&self, text: &str, ends: Ends) -> Vec<Match> {
        let tokens = tokens(text, LONGEST + 1);
        let mut common = vec![Common::default(); self.wordings.len()];
        let mut read = 0.0;
        let mut best: Vec<Match> = Vec::new();
        let mut next = tokens.iter().skip(1);
        for (nth, token) in tokens.iter().take(LONGEST).enumerate() {
            read += self.take(&token.text, nth + 1, &mut common);
            let following = next.next();
            let gap = text.get(token.at.end..following.map_or(text.len(), |next| next.at.start)).unwrap_or_default();
            let sign = following.is_none() || parts(gap);
            if !sign && ends == Ends::AtSign {
                continue;
            }
            let rest = token.at.end + rest_of_gap(gap);
            for (wording, common) in self.wordings.iter().zip(&common) {
                let (recall, precision) = (common.of_wording / wording.weight, common.of_text / read);
                let score = 2.0 * recall * precision / (recall + precision);
                let exact = wording.own && wording.telling >= 3 && recall.min(precision) > 0.999;
                // A single word is a label only where it is the whole of one: «Район» is not «Школ района».
                let single = wording.telling.min(common.met.count_ones() as usize) <= 1;
                let enough = if single { score > 0.93 } else { score >= LEAST };
                if enough && (sign || exact) {
                    let Wording { field, own, telling, .. } = *wording;
                    keep_best(&mut best, Match { field, score, own, telling, end: token.at.end, rest });
                }
            }
        }
        if best.iter().any(|one| self.is_name(one.field)) && is_of_another(text) {
            best.retain(|one| !self.is_name(one.field));
        }
        best.sort_by(|a, b| b.score.total_cmp(&a.score));
        best
    }

    /// Adds a word to what each wording has in common with the text, and tells its weight. One word of the text stands
    /// for one word of a wording: the likest that is still free.
    fn take(&self, word: &str, nth: usize, common: &mut [Common]) -> f32 {
        let found = self.look_up(word);
        let likest = found.first().and_then(|(index, _)| self.known.get(*index));
        let weight = likest.map_or_else(|| unknown_weight(word), |known| known.weight);
        for (index, likeness) in found.iter() {
            let Some(known) = self.known.get(*index) else { continue };
            for (wording, place) in &known.within {
                if let Some(common) = common.get_mut(*wording)
                    && common.met & (1 << place) == 0
                    && common.last != nth
                {
                    common.met |= 1 << place;
                    common.last = nth;
                    common.of_wording += known.weight * likeness;
                    common.of_text += weight * likeness;
                }
            }
        }
        weight
    }
}

/// Whether a text asks for, or names, another school than the one that fills in the form: «Название организации –
/// партнёра», «Школа-наставник», «Сетевой партнёр: …». Only its beginning, up to a colon, is looked at.
pub(super) fn is_of_another(text: &str) -> bool {
    const STEMS: [&str; 5] = ["партнер", "наставни", "наставляем", "сетев", "сети"];
    let head = text.split([':', '\n', '«', '"']).next().unwrap_or_default();
    words(head).iter().take(8).any(|word| STEMS.iter().any(|stem| word.starts_with(stem)))
}

fn weight(word: &str, fields: usize, sharing: usize) -> f32 {
    if is_small(word) {
        return 0.3;
    }
    #[expect(clippy::cast_precision_loss, reason = "a form has a handful of fields")]
    let rarity = (1.0 + fields as f32 / sharing.max(1) as f32).ln();
    rarity.min(3.0)
}

fn unknown_weight(word: &str) -> f32 {
    if is_small(word) {
        0.3
    } else if word.starts_with(char::is_numeric) {
        0.8
    } else {
        1.6
    }
}

/// Keeps the best match of each field; of two as good the longer one.
fn keep_best(best: &mut Vec<Match>, found: Match) {
    match best.iter_mut().find(|known| known.field == found.field) {
        Some(known) if found.score + 0.001 >= known.score && found.end > known.end && found.own >= known.own => {
            *known = found;
        }
        Some(known) if found.score > known.score => *known = found,
        Some(_) => {}
        None => best.push(found),
    }
}

/// Whether what stands between two words can part a label from its answer.
fn parts(gap: &str) -> bool {
    let dash = |c: char| matches!(c, '-' | '–' | '—' | '−');
    gap.contains([':', '\n', '\t', '?', '|', '=', '_', '…', '(', ')', '\u{2610}', '\u{2611}', '\u{2612}', '☐'])
        || gap.contains(". ")
        || gap.contains("; ")
        || gap.contains("..")
        || (gap.contains(dash) && (gap.starts_with(char::is_whitespace) || gap.ends_with(char::is_whitespace)))
}

/// Where in the gap after a label its answer begins: an opening bracket, quote or box belongs to the answer, and so
/// does the dash of a list's first item, where another sign parts it from the label.
fn rest_of_gap(gap: &str) -> usize {
    let dash = |c: char| matches!(c, '-' | '–' | '—' | '−');
    let sign = |c: char| c.is_whitespace() || ":?|=_….,;)»\"*".contains(c) || dash(c);
    let rest = gap.len() - gap.trim_start_matches(sign).len();
    let signs = gap.get(..rest).unwrap_or_default();
    let before = signs.trim_end();
    let item = before.trim_end_matches(dash);
    let is_item = item.len() < before.len() && before.len() < signs.len();
    let parted = item.contains([':', '?', '=', '|', '\n', '\t']) || item.contains(dash);
    if is_item && parted { item.len() } else { rest }
}

/// A label without what it says in brackets.
fn without_brackets(text: &str) -> String {
    let mut depth = 0usize;
    let mut kept = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => kept.push(c),
            _ => {}
        }
    }
    kept
}

/// A number that a text begins with as a list's item does («5.», «5)», «п. 5:», «№ 5»), and where the text goes on.
pub(super) fn enumerator(text: &str) -> Option<(u32, usize)> {
    let trimmed = text.trim_start_matches(|c: char| c.is_whitespace() || c == '>' || c == '*' || c == '•');
    let mut rest = trimmed;
    let mut named = false;
    let lower = trimmed.chars().take(12).collect::<String>().to_lowercase();
    for word in ["пункт", "вопрос", "поле", "п.п.", "п.", "п", "№"] {
        if lower.starts_with(word) {
            let after: String = trimmed.chars().skip(word.chars().count()).collect();
            let after = after.trim_start_matches(['.', ' ', '\u{a0}', '№']);
            if after.starts_with(|c: char| c.is_ascii_digit()) {
                rest = trimmed.get(trimmed.len() - after.len()..)?;
                named = true;
            }
            break;
        }
    }
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    if digits.is_empty() || digits.len() > 2 {
        return None;
    }
    let after = rest.get(digits.len()..)?;
    let mut sign = after.chars();
    let first = sign.next();
    let parted = match first {
        Some('.' | ')') => !sign.as_str().starts_with(|c: char| c.is_ascii_digit()),
        Some(':') => named,
        Some(' ' | '\t' | '\u{a0}' | '–' | '—' | '-') => named,
        _ => false,
    };
    if !parted {
        return None;
    }
    let body = after.trim_start_matches(|c: char| c.is_whitespace() || ".):–—-".contains(c));
    Some((digits.parse().ok()?, text.len() - body.len()))
}

#[cfg(test)]
mod tests;
