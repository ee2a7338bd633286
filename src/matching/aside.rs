//! Whether a school is only spoken of: as a partner, a venue, an addressee. The words before its name tell; who writes
//! of his own school writes «опыт МОУ …», «директор МОУ …», «от МОУ …».

use super::{
    text::{Mark, Shape, Token},
    words::is_form,
};

/// How sure it is that a school is only spoken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aside {
    /// A preposition before it: «в МОУ …», «с МОУ …». Where a name is asked for, this is mere grammar.
    Preposition,
    /// A word for what it is to somebody else: «партнер», «на базе», «директору».
    Role,
}

/// Words whose genitive the school is: it is not the writer's.
const ROLES: &[&str] = &["партнер", "наставник", "куратор", "тьютор", "соорганизатор", "соисполнител"];

/// Words for a place at which somebody else may be.
const VENUES: &[&str] = &["баз", "здани", "территори", "площадк", "помещени"];

/// Those whom a letter is sent to.
const ADDRESSEES: &[&str] =
    &["директору", "руководителю", "заведующей", "заведующему", "начальнику", "председателю", "завучу", "учителю"];

/// Words of labels («Место проведения: …») behind which somebody else's name stands.
const LABELS: &[&str] = &[
    "партнер",
    "наставник",
    "куратор",
    "тьютор",
    "площадк",
    "мест",
    "копи",
    "опорн",
    "базов",
    "адресат",
    "получател",
    "соорганизатор",
    "подшефн",
];

/// How far a label or a list behind it is looked for, in tokens.
const FAR: usize = 60;

/// How many words a label has at most.
const LABEL: usize = 6;

/// Whether the name that begins at a token is only spoken of.
pub(super) fn aside(tokens: &[Token], begin: usize) -> Option<Aside> {
    let before = |at: usize| (0..at).rev().find(|&at| !matches!(tokens.get(at).map(|one| one.mark), Some(Mark::Quote)));
    let at = before(begin);
    // The addressee's name may begin on the next line.
    if let Some(end) = at.filter(|&at| mark(tokens, at) == Some(Mark::LineBreak)) {
        let above = before(end);
        if above.and_then(|at| tokens.get(at)).is_some_and(|token| is_addressee(&token.text)) {
            return Some(Aside::Role);
        }
        return label_above(tokens, begin).then_some(Aside::Role);
    }
    if let Some(word) = at.and_then(|at| tokens.get(at)).filter(|token| token.mark == Mark::Word) {
        let text = word.text.as_str();
        let is = |stems: &[&str]| stems.iter().any(|stem| is_form(text, stem));
        if is(ROLES) || is(VENUES) || is_addressee(text) || matches!(text, "при" | "для" | "материалам")
        {
            return Some(Aside::Role);
        }
        if matches!(text, "с" | "со") && at.is_some_and(|at| is_together(tokens, at)) {
            return Some(Aside::Role);
        }
        if matches!(text, "в" | "во" | "с" | "со") {
            return Some(Aside::Preposition);
        }
    }
    label_on_line(tokens, begin).then_some(Aside::Role)
}

/// Whether a former name begins at a token: «бывшая …», «ранее …».
pub(super) fn is_former(tokens: &[Token], begin: usize) -> bool {
    let signs = |token: &&Token| matches!(token.mark, Mark::Quote | Mark::Noise | Mark::Dash);
    let within =
        tokens.get(begin..).unwrap_or_default().iter().find(|token| !matches!(token.mark, Mark::Quote | Mark::Open));
    let before = tokens.get(..begin).unwrap_or_default().iter().rev().find(|token| !signs(token));
    [within, before].into_iter().flatten().any(|token| {
        ["бывш", "прежн"].iter().any(|stem| is_form(&token.text, stem))
            || matches!(token.text.as_str(), "ранее" | "прежде" | "экс")
    })
}

fn mark(tokens: &[Token], at: usize) -> Option<Mark> {
    tokens.get(at).map(|token| token.mark)
}

fn is_addressee(word: &str) -> bool {
    ADDRESSEES.contains(&word)
}

/// «Совместно с», «о взаимодействии с», «в сотрудничестве с».
fn is_together(tokens: &[Token], at: usize) -> bool {
    at.checked_sub(1).and_then(|at| tokens.get(at)).is_some_and(|token| {
        ["взаимодействи", "сотрудничеств", "партнерств", "договор", "соглашени"]
            .iter()
            .any(|stem| is_form(&token.text, stem))
            || matches!(token.text.as_str(), "совместно" | "вместе")
    })
}

/// «Сетевой партнер – МОУ …», «Школы-партнеры: МОУ …, МОУ …»: a label before the name, on its line and in its sentence.
fn label_on_line(tokens: &[Token], begin: usize) -> bool {
    let start = (begin.saturating_sub(FAR)..begin)
        .rev()
        .find(|&at| mark(tokens, at) == Some(Mark::LineBreak) || ends_sentence(tokens, at))
        .map_or(begin.saturating_sub(FAR), |at| at + 1);
    let line = tokens.get(start..begin).unwrap_or_default();
    let sign = |token: &Token| is_colon(token) || (token.mark == Mark::Dash && !token.glued);
    let mut parts = line.rsplit(sign);
    // The last part is what stands behind the last sign.
    parts.next();
    parts.any(is_label)
}

/// A label on the line above that ends with a colon; further names of its list may stand between.
fn label_above(tokens: &[Token], begin: usize) -> bool {
    let mut lines = tokens.get(..begin).unwrap_or_default().rsplit(|token| token.mark == Mark::LineBreak).skip(1);
    for _ in 0..4 {
        let Some(line) = lines.next().filter(|line| !line.is_empty()) else { return false };
        if line.last().is_some_and(is_colon) {
            return line.get(..line.len() - 1).is_some_and(is_label);
        }
        let listed = line.iter().any(|token| token.mark == Mark::NumberSign || super::vocabulary::is_kind(&token.text));
        if !listed {
            return false;
        }
    }
    false
}

fn is_label(words: &[Token]) -> bool {
    let of_words = || words.iter().filter(|token| token.mark == Mark::Word);
    of_words().count() <= LABEL
        && (of_words().any(|token| LABELS.iter().any(|stem| is_form(&token.text, stem)))
            || of_words().next().is_some_and(|token| token.is("кому")))
}

fn is_colon(token: &Token) -> bool {
    token.text == ":"
}

fn ends_sentence(tokens: &[Token], at: usize) -> bool {
    mark(tokens, at) == Some(Mark::Dot)
        && at.checked_sub(1).and_then(|at| tokens.get(at)).is_some_and(|token| token.text.chars().count() > 3)
        && tokens.get(at + 1).is_some_and(|token| !token.glued && token.shape != Shape::Lower)
}
