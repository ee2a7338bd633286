//! Kinds of schools as they are written: «школа», «СОШ», «КСОШ», «центр общего образования», «детский сад».

use super::{
    items::{Item, Read, Reader, What},
    text::{Mark, Shape, Token},
    vocabulary::{self, Kind, Modifier},
    words,
};

impl Reader<'_> {
    /// A kind that begins here.
    pub(super) fn kind(&self) -> Option<Read> {
        let word = self.word(0)?;
        if let Some(read) = self.phrase(word) {
            return Some(read);
        }
        if vocabulary::is_school(word) {
            let next = self.word_from(1).map(|(_, next)| next).unwrap_or_default();
            // «Школа - сад».
            if self.mark(1) == Some(Mark::Dash) && self.word(2).is_some_and(is_garden) {
                return Some((What::Kind(Kind::Kindergarten), 3, false));
            }
            return Some(match next {
                "иск" => (What::Kind(Kind::Arts), 2, false),
                next if words::alike(next, "искусств") => (What::Kind(Kind::Arts), 2, false),
                // «Школа-сад».
                next if is_garden(next) => (What::Kind(Kind::Kindergarten), 2, false),
                _ => (What::Kind(Kind::School), 1, false),
            });
        }
        if self.mark(1) == Some(Mark::Dot)
            && let Some(kind) = vocabulary::dotted_noun(word)
        {
            return Some((What::Kind(kind), 2, false));
        }
        if let Some(kind) = vocabulary::abbreviation(word) {
            return Some((What::Kind(kind), 1, false));
        }
        if let Some((kind, slip)) = vocabulary::noun(word) {
            return Some((What::Kind(kind), 1, slip));
        }
        let (letters, kind) = vocabulary::initials(word)?;
        let upper = self.token(0).is_some_and(|token| token.shape == Shape::Upper);
        // «соц», «яйцо»: words that end so by chance are written small.
        let sure = upper || kind != Kind::Centre || (self.caseless && letters.chars().count() == 1);
        sure.then(|| (What::Initials(letters.to_owned(), kind), 1, false))
    }

    /// Kinds of several words.
    fn phrase(&self, word: &str) -> Option<Read> {
        let next = self.word_from(1);
        let next_is = |stem: &str| next.filter(|(_, next)| words::is_form(next, stem)).map(|(at, _)| at + 1);
        let childrens = words::is_form(word, "детск") || words::is_slipped_adjective(word, "детск");
        if childrens && let Some((at, _)) = next.filter(|(_, next)| is_garden(next)) {
            return Some((What::Kind(Kind::Kindergarten), at + 1, false));
        }
        if (words::is_form(word, "детск") && next_is("дом").is_some()) || word == "приют" {
            return Some((What::Kind(Kind::Orphanage), 2, false));
        }
        if let Some(kind) = self.bracketed(word) {
            return Some((What::Kind(kind), 5, false));
        }
        // «ГАУ ДО», «МБУ ДПО».
        if matches!(word, "до" | "дод") && matches!(self.items.last(), Some(Item { what: What::Legal, .. })) {
            return Some((What::Kind(Kind::Extra), 1, false));
        }
        if word == "д" && self.mark(1) == Some(Mark::Slash) && self.word(2) == Some("с") {
            return Some((What::Kind(Kind::Kindergarten), 3, false));
        }
        if words::is_form(word, "дошкольн") && self.within(3, |word| words::is_form(word, "учреждени"))
        {
            return Some((What::Kind(Kind::Kindergarten), 1, false));
        }
        if words::is_form(word, "учреждени") && self.further_education(1) {
            return Some((What::Kind(Kind::Extra), 3, false));
        }
        let house = words::is_form(word, "дом")
            || words::is_form(word, "двор")
            || words::is_form(word, "дворец")
            || words::is_form(word, "дворц");
        if house && self.within(2, |word| words::is_form(word, "культур")) {
            return Some((What::Kind(Kind::Culture), 2, false));
        }
        if house && self.within(3, |word| words::is_form(word, "творчеств") || words::is_form(word, "спорт"))
        {
            return Some((What::Kind(Kind::Extra), 2, false));
        }
        if words::is_form(word, "станци") && self.within(2, |word| words::is_form(word, "юн")) {
            return Some((What::Kind(Kind::Extra), 2, false));
        }
        if vocabulary::is_centre(word) { self.centre() } else { None }
    }

    /// «С(полная)ОШ», «С(К)ОШ», «О(С)ОШ»: an abbreviation with a letter or word in brackets.
    fn bracketed(&self, word: &str) -> Option<Kind> {
        let bracket = self.mark(1) == Some(Mark::Open) && self.mark(3) == Some(Mark::Close);
        if !bracket || !self.token(1)?.glued || !matches!(self.word(4)?, "ош" | "сош" | "оош" | "ш" | "сш" | "оши")
        {
            return None;
        }
        match (word, self.word(2)?) {
            ("с", inner) if inner.starts_with('к') => Some(Kind::Correctional),
            ("с", inner) if inner.starts_with('п') => Some(Kind::Secondary),
            ("о" | "в" | "во", inner) if inner.starts_with('с') => Some(Kind::Evening),
            _ => None,
        }
    }

    /// A word that a dot ends and that stands before a kind: «муз. школа», «веч. (смен.) школа». One that begins no
    /// word of ours makes another school of it.
    pub(super) fn dotted(&self) -> Option<Read> {
        let word = self.word(0)?;
        if self.mark(1) != Some(Mark::Dot) || word.chars().count() < 2 || !self.before_a_kind(2) {
            return None;
        }
        match vocabulary::dotted_modifier(word) {
            Some(modifier) => Some((What::Modifier(modifier), 2, false)),
            None if vocabulary::is_person(word) || vocabulary::is_known(word) || word.chars().count() > 7 => None,
            None if self.places.adjective(word).is_some() || vocabulary::is_legal_start(word) => None,
            None => Some((What::Modifier(Modifier::Odd), 2, false)),
        }
    }

    /// Whether a kind in the nominative follows, behind other words of it: otherwise the dot ended a sentence or the
    /// word belongs to a person («дир. школы»).
    fn before_a_kind(&self, mut ahead: usize) -> bool {
        let alike = self.token(0).map(|token| token.shape == Shape::Upper);
        for _ in 0..8 {
            match self.token(ahead) {
                Some(token) if token.mark == Mark::Word => {
                    let word = token.text.as_str();
                    let small = self.caseless || token.glued || token.shape != Shape::Capital || alike == Some(true);
                    if matches!(word, "школа" | "шк") || vocabulary::abbreviation(word).is_some() {
                        return small;
                    }
                    let dotted = self.mark(ahead + 1) == Some(Mark::Dot) && vocabulary::dotted_modifier(word).is_some();
                    if !small || !(dotted || vocabulary::modifier(word).is_some()) {
                        return false;
                    }
                }
                Some(Token { mark: Mark::Dot | Mark::Open | Mark::Close | Mark::Slash, .. }) => {}
                _ => return false,
            }
            ahead += 1;
        }
        false
    }

    fn within(&self, ahead: usize, wanted: impl Fn(&str) -> bool) -> bool {
        (1..=ahead).any(|one| self.word(one).is_some_and(&wanted))
    }

    pub(super) fn further_education(&self, ahead: usize) -> bool {
        self.word_from(ahead).is_some_and(|(at, word)| {
            words::is_form(word, "дополнительн")
                && self.word_from(at + 1).is_some_and(|(_, next)| vocabulary::education(next).is_some())
        })
    }

    /// What kind of centre: not every one is a school.
    fn centre(&self) -> Option<Read> {
        if self.further_education(1) {
            return Some((What::Kind(Kind::Extra), 3, false));
        }
        if self.within(2, |word| words::is_form(word, "культур") || words::is_form(word, "досуг")) {
            return Some((What::Kind(Kind::Culture), 2, false));
        }
        if self.within(3, |word| words::is_form(word, "творчеств")) {
            return Some((What::Kind(Kind::Extra), 2, false));
        }
        let before = self.items.iter().rev().find(|item| !matches!(item.what, What::Quote | What::Break));
        if matches!(before, Some(Item { what: What::Modifier(Modifier::General), .. })) {
            return self.own_centre(0, false);
        }
        let (mut at, mut word) = self.word_from(1)?;
        let mut slips = 0;
        for _ in 0..2 {
            if let Some(slip) = vocabulary::degree_of_education(word) {
                slips += u8::from(slip);
                // «Общ. образования».
                let dot = usize::from(self.mark(at + 1) == Some(Mark::Dot));
                (at, word) = self.word_from(at + 1 + dot)?;
            }
        }
        slips += u8::from(vocabulary::education(word)?);
        if slips > 1 { None } else { self.own_centre(at, slips == 1) }
    }

    /// «Центр образования … "Точка роста"» is a part of a school, not its name.
    fn own_centre(&self, last: usize, slip: bool) -> Option<Read> {
        let named = matches!(self.items.last(), Some(Item { what: What::Adjective(_) | What::Modifier(_), .. }));
        let growth = (last + 1..last + 14).map_while(|ahead| self.token(ahead)).any(|token| {
            token.mark == Mark::Word
                && ["направленност", "профил", "рост"].iter().any(|stem| words::is_form(&token.text, stem))
        });
        let part = growth && (!named || self.items.len() < 2 && last == 0);
        Some((if part { What::Noise } else { What::Kind(Kind::Centre) }, last + 1, slip && !part))
    }
}

/// «сад» in all its forms.
fn is_garden(word: &str) -> bool {
    matches!(word, "сад" | "сада" | "саду" | "садом" | "саде")
}
