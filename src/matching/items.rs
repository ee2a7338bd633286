//! Tokens → items: what each word means in the name of a school. Which items belong together is `name`'s matter.

use std::ops::Range;

use super::{
    numbers,
    places::{Meant, Places},
    surroundings,
    text::{Mark, Shape, Token},
    vocabulary::{self, Kind, Modifier},
    words,
};

/// An adjective that may name a place.
#[derive(Debug, Clone)]
pub(super) struct Adjective {
    /// The places of the roster that it may mean.
    pub(super) meant: Option<Meant>,
    pub(super) stem: String,
    /// It ends on «-ский»: hardly anything else than the name of a place.
    pub(super) strong: bool,
    pub(super) nominative: bool,
}

/// A town or village.
#[derive(Debug, Clone)]
pub(super) struct Settlement {
    /// The settlements of the roster that it may be; none where it is another.
    pub(super) meant: Option<Meant>,
    /// Its first word as it was written.
    pub(super) word: String,
}

/// What an item means.
#[derive(Debug, Clone)]
pub(super) enum What {
    Kind(Kind),
    /// The first letters of a place before a kind: «КСОШ».
    Initials(String, Kind),
    Modifier(Modifier),
    Legal,
    Adjective(Adjective),
    /// Numbers of schools, as written; several where a list was given.
    Number(Vec<String>),
    /// № with something that is no number.
    Unreadable,
    /// A number before the kind: «3-я школа».
    Ordinal(String),
    Settlement(Settlement),
    District(String),
    Region(String),
    /// The words that tell whose name the school bears.
    Dedication(Vec<String>),
    Branch,
    /// A committee, an institute: no school.
    Authority,
    Quote,
    Bracket,
    Dash,
    Break,
    /// «и», a comma, a semicolon, a slash.
    Separator,
    /// The end of a sentence.
    Stop,
    /// Any other word.
    Word(String),
    Noise,
}

/// Tokens that mean something together.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) what: What,
    pub(super) tokens: Range<usize>,
    /// A slip of the finger was forgiven in a word of the kind.
    pub(super) slip: bool,
}

/// Reads tokens as items.
pub(super) fn items(tokens: &[Token], places: &Places) -> Vec<Item> {
    let words = || tokens.iter().filter(|token| token.mark == Mark::Word && token.text.chars().count() > 1);
    let caseless = words().all(|token| token.shape == Shape::Lower) || words().all(|token| token.shape == Shape::Upper);
    let mut reader = Reader { tokens, places, caseless, at: 0, items: Vec::new() };
    while reader.at < tokens.len() {
        let (what, length, slip) = reader.next();
        let range = reader.at..reader.at + length.max(1);
        reader.at = range.end;
        reader.items.push(Item { what, tokens: range, slip });
    }
    reader.items
}

pub(super) struct Reader<'a> {
    pub(super) tokens: &'a [Token],
    pub(super) places: &'a Places,
    /// Capitals tell nothing: all words are written alike.
    pub(super) caseless: bool,
    pub(super) at: usize,
    pub(super) items: Vec<Item>,
}

/// What it is, how many tokens it takes, and whether a slip was forgiven.
pub(super) type Read = (What, usize, bool);

impl Reader<'_> {
    pub(super) fn token(&self, ahead: usize) -> Option<&Token> {
        self.tokens.get(self.at + ahead)
    }

    pub(super) fn word(&self, ahead: usize) -> Option<&str> {
        self.token(ahead).filter(|token| token.mark == Mark::Word).map(|token| token.text.as_str())
    }

    pub(super) fn mark(&self, ahead: usize) -> Option<Mark> {
        self.token(ahead).map(|token| token.mark)
    }

    /// The word at or behind a place, over line ends and quotes, and where it stands.
    pub(super) fn word_from(&self, ahead: usize) -> Option<(usize, &str)> {
        let skipped =
            (0..3).take_while(|one| matches!(self.mark(ahead + one), Some(Mark::LineBreak | Mark::Quote))).count();
        self.word(ahead + skipped).map(|word| (ahead + skipped, word))
    }

    fn next(&self) -> Read {
        let plain = |what| (what, 1, false);
        match self.mark(0) {
            Some(Mark::Word) => self.next_word(),
            Some(Mark::Number) => {
                let (what, length) = numbers::bare(self.tokens, self.at, &self.items);
                (what, length, false)
            }
            Some(Mark::NumberSign) => {
                let (what, length) = numbers::marked(self.tokens, self.at);
                (what, length, false)
            }
            Some(Mark::Quote) => plain(What::Quote),
            Some(Mark::Open | Mark::Close) => plain(What::Bracket),
            Some(Mark::Dash) => plain(What::Dash),
            Some(Mark::LineBreak) => plain(What::Break),
            Some(Mark::Comma | Mark::Semicolon | Mark::Slash) => plain(What::Separator),
            Some(Mark::Dot) => plain(if self.ends_sentence() { What::Stop } else { What::Noise }),
            Some(Mark::Noise) | None => plain(What::Noise),
        }
    }

    fn ends_sentence(&self) -> bool {
        let long = |token: &Token| token.mark == Mark::Number || token.text.chars().count() > 3;
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        let after = self.token(1);
        before.is_some_and(long) && after.is_none_or(|token| !token.glued && token.shape != Shape::Lower)
    }

    fn next_word(&self) -> Read {
        let word = self.word(0).unwrap_or_default();
        self.area()
            .or_else(|| self.address())
            .or_else(|| self.branch())
            .or_else(|| self.kind())
            .or_else(|| self.dedication())
            .or_else(|| self.settlement())
            .or_else(|| self.number_word())
            .or_else(|| self.dotted())
            .or_else(|| self.before_kind())
            .or_else(|| vocabulary::is_legal_abbreviation(word).then_some((What::Legal, 1, false)))
            .or_else(|| surroundings::is_authority(word).then_some((What::Authority, 1, false)))
            .or_else(|| (word == "и").then_some((What::Separator, 1, false)))
            .or_else(|| self.adjective())
            .unwrap_or_else(|| (What::Word(word.to_owned()), 1, false))
    }

    /// Whether a word could be a proper name as it is written.
    fn is_capital(&self, ahead: usize) -> bool {
        self.caseless || self.token(ahead).is_some_and(|token| token.shape != Shape::Lower)
    }

    /// «Киришский муниципальный район», «Ленинградской области», «Республика Карелия», and what is neither town nor
    /// district: «городское поселение».
    fn area(&self) -> Option<Read> {
        let word = self.word(0)?;
        if words::is_form(word, "республик") || word == "респ" {
            let ahead = if self.mark(1) == Some(Mark::Dot) { 2 } else { 1 };
            let name = self.word(ahead).filter(|_| self.is_capital(ahead))?;
            return Some((What::Region(words::rough_stem(name).to_owned()), ahead + 1, false));
        }
        // «Подпорожскй район»: a slip may spoil the ending.
        let stem = match words::adjective(word) {
            Some((stem, _)) => stem,
            None => word.get(..word.find("ск")? + "ск".len())?,
        };
        let mut ahead = 1;
        for _ in 0..3 {
            let (at, next) = self.word_from(ahead)?;
            if surroundings::is_region(next) {
                return Some((What::Region(stem.to_owned()), at + 1, false));
            }
            if surroundings::is_district(next) {
                return Some((What::District(stem.to_owned()), at + 1, false));
            }
            if words::is_form(next, "поселени") {
                return Some((What::Noise, at + 1, false));
            }
            if surroundings::is_street(next) && at == ahead && next.chars().count() > 2 {
                return Some((What::Noise, at + 1, false));
            }
            let passes = ["муниципальн", "городск", "национальн", "немецк", "сельск", "автономн"];
            let passes = |next| passes.iter().any(|stem| words::is_form(next, stem));
            if !passes(next) && !words::is_slipped_adjective(next, "муниципальн") {
                return None;
            }
            ahead = at + 1;
        }
        None
    }

    /// Streets and houses: neither their names nor their numbers are a school's.
    fn address(&self) -> Option<Read> {
        let word = self.word(0)?;
        let dot = usize::from(self.mark(1) == Some(Mark::Dot));
        if surroundings::is_street(word) {
            let name = (1 + dot..8).take_while(|&ahead| {
                matches!(self.mark(ahead), Some(Mark::Word | Mark::Dot | Mark::Number | Mark::Dash))
                    && self.word(ahead).is_none_or(|word| !vocabulary::is_known(word))
            });
            return Some((What::Noise, 1 + dot + name.count(), false));
        }
        if surroundings::is_house(word) && self.mark(1 + dot) == Some(Mark::Number) {
            return Some((What::Noise, 1 + dot + numbers::composite(self.tokens, self.at + 1 + dot), false));
        }
        None
    }

    fn branch(&self) -> Option<Read> {
        let word = self.word(0)?;
        if words::is_form(word, "филиал") {
            return Some((What::Branch, 1, false));
        }
        let (at, next) = self.word_from(1)?;
        let unit =
            words::is_form(next, "подразделени") || words::is_form(next, "отделени") || words::is_form(next, "групп");
        let apart = ["структурн", "обособленн", "дошкольн", "вечерн", "заочн", "очно-заочн"]
            .iter()
            .any(|stem| words::is_form(word, stem));
        (apart && unit).then_some((What::Branch, at + 1, false))
    }

    /// «имени Героев Свири», up to whatever cannot be a part of it.
    fn dedication(&self) -> Option<Read> {
        let word = self.word(0).filter(|word| matches!(*word, "им" | "имени"))?;
        let dot = usize::from(self.mark(1) == Some(Mark::Dot));
        let mut named: Vec<String> = Vec::new();
        let mut length = 1 + dot;
        while length < 16 {
            let Some(token) = self.token(length) else { break };
            match token.mark {
                // The end of a sentence, not of an abbreviation.
                Mark::Dot
                    if self.token(length - 1).is_some_and(|token| token.text.chars().count() > 4)
                        && self.token(length + 1).is_some_and(|token| !token.glued) =>
                {
                    break;
                }
                Mark::Dot => {}
                Mark::Quote | Mark::LineBreak | Mark::Comma if named.is_empty() => {}
                Mark::Word if !self.ends_dedication(length, named.is_empty() && (word == "имени" || dot == 1)) => {
                    if token.text.chars().count() > 2 && !surroundings::is_title(&token.text) {
                        named.push(token.text.clone());
                    }
                }
                _ => break,
            }
            length += 1;
        }
        (length > 1 + dot).then_some((What::Dedication(named), length, false))
    }

    fn ends_dedication(&self, ahead: usize, first: bool) -> bool {
        let Some(token) = self.token(ahead) else { return true };
        let word = token.text.as_str();
        let small = !self.caseless && token.shape == Shape::Lower && !surroundings::is_title(word) && !first;
        let further = Reader {
            tokens: self.tokens,
            places: self.places,
            caseless: self.caseless,
            at: self.at + ahead,
            items: Vec::new(),
        };
        let marker = surroundings::is_settlement_marker(word) && token.shape == Shape::Lower && !first;
        small
            || marker
            || word == "и"
            || vocabulary::is_known(word)
            || further.branch().is_some()
            || further.area().is_some()
            || (further.places.settlement(self.tokens, further.at, false).is_some())
    }

    /// «г. Кириши», «Лодейное Поле», «с. Рощинское»; large cities are known without a word before them.
    fn settlement(&self) -> Option<Read> {
        let word = self.word(0)?;
        let known = |meant: Meant, ahead: usize, length: usize| {
            let word = self.word(ahead).unwrap_or_default().to_owned();
            Some((What::Settlement(Settlement { meant: Some(meant), word }), ahead + length, false))
        };
        if let Some((meant, length)) = self.places.settlement(self.tokens, self.at, false)
            && !self.is_surname(length)
        {
            return known(meant, 0, length);
        }
        if ["санкт-петербург", "москв"].iter().any(|city| words::is_form(word, city)) || word == "спб"
        {
            return Some((What::Settlement(Settlement { meant: None, word: word.to_owned() }), 1, false));
        }
        if !surroundings::is_settlement_marker(word) {
            return None;
        }
        let mut ahead = 1;
        while ahead < 6
            && (self.mark(ahead) == Some(Mark::Dot) || self.word(ahead).is_some_and(surroundings::is_settlement_marker))
        {
            ahead += 1;
        }
        if let Some((meant, length)) = self.places.settlement(self.tokens, self.at + ahead, true) {
            return known(meant, ahead, length);
        }
        let preposition = matches!(word, "с" | "п" | "д") && self.mark(1) != Some(Mark::Dot);
        let name = self.word(ahead).filter(|name| name.chars().count() > 2)?;
        let is_name = self.is_capital(ahead) && !vocabulary::is_known(name);
        let only_type = matches!(word, "городской" | "городского" | "типа" | "рабочий");
        if self.may_be_initial(word, ahead) || preposition || !is_name || only_type {
            return None;
        }
        let settlement = Settlement { meant: None, word: name.to_owned() };
        Some((What::Settlement(settlement), ahead + 1, false))
    }

    /// «С. Иванова» is a person: one letter, written large, or as all else is written; a town stands apart.
    fn may_be_initial(&self, word: &str, ahead: usize) -> bool {
        let large = self.caseless || self.token(0).is_some_and(|token| token.shape != Shape::Lower);
        let apart = self.items.last().is_none_or(|item| {
            matches!(
                item.what,
                What::Separator | What::Break | What::Bracket | What::Stop | What::Quote | What::Number(_)
            )
        });
        let alone = ahead <= 2;
        word.chars().count() == 1 && large && !(alone && (apart || (self.caseless && word == "г")))
    }

    /// «Рощина А. А.», «А. А. Рощина».
    fn is_surname(&self, length: usize) -> bool {
        let initial = |token: Option<&Token>| {
            token.is_some_and(|token| {
                token.mark == Mark::Word && token.text.chars().count() == 1 && token.shape == Shape::Capital
            })
        };
        let before = self.at.checked_sub(2).and_then(|at| self.tokens.get(at));
        let after = initial(self.token(length)) && self.mark(length + 1) == Some(Mark::Dot);
        let dot =
            self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).is_some_and(|token| token.mark == Mark::Dot);
        after
            || (dot
                && initial(before)
                && before.is_some_and(|token| !matches!(token.text.as_str(), "г" | "п" | "с" | "д")))
    }

    /// «номер 3», «N 3», «No. 3».
    fn number_word(&self) -> Option<Read> {
        let word = self.word(0)?;
        if !(words::is_form(word, "номер") || matches!(word, "n" | "no" | "nо" | "ном" | "nr")) {
            return None;
        }
        match numbers::marked(self.tokens, self.at) {
            (What::Unreadable, _) => None,
            (what, length) => Some((what, length, false)),
        }
    }

    /// Ordinals, adjectives of the kind and words of legal forms.
    fn before_kind(&self) -> Option<Read> {
        let word = self.word(0)?;
        if let Some(value) = surroundings::ordinal(word) {
            return Some((What::Ordinal(value.to_owned()), 1, false));
        }
        let (next_at, next) = self.word_from(1).unwrap_or((1, ""));
        if words::is_form(next, "класс") || words::is_form(next, "групп") {
            return None;
        }
        if let Some((modifier, slip)) = vocabulary::modifier(word) {
            let legal = |word: &str| words::is_form(word, "учреждени") || words::is_form(word, "организаци");
            if modifier == Modifier::Odd && (1..6).any(|ahead| self.word(ahead).is_some_and(legal)) {
                return Some((What::Legal, 1, false));
            }
            if legal(next) && vocabulary::is_legal(word) {
                let length = if self.further_education(next_at + 1) { 1 } else { next_at + 1 };
                return Some((What::Legal, length, false));
            }
            return Some((What::Modifier(modifier), 1, slip));
        }
        vocabulary::is_legal(word).then_some((What::Legal, 1, false))
    }

    fn adjective(&self) -> Option<Read> {
        let word = self.word(0)?;
        let meant = self.places.adjective(word);
        let (stem, ending) = words::adjective(word).or_else(|| meant.is_some().then_some((word, "")))?;
        let nominative = matches!(ending, "ая" | "яя" | "ий" | "ый" | "ое" | "ее");
        let strong = meant.is_some()
            || (self.is_capital(0) && (stem.ends_with("ск") || stem.ends_with("цк")) && vocabulary::may_be_place(stem));
        let weak = self.is_capital(0)
            && vocabulary::may_be_place(stem)
            && (nominative || (!self.caseless && matches!(ending, "ой" | "ого")));
        if !strong && !weak {
            return None;
        }
        Some((What::Adjective(Adjective { meant, stem: stem.to_owned(), strong, nominative }), 1, false))
    }
}
