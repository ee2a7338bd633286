//! The one whole number that an answer states, if it states one: a count or a rating. Numbers that name a school, a
//! year or a list's item are none of it, and what cannot be told stays untold.

use super::{
    lexemes::{Lexed, Lexeme, lex},
    units,
};

/// Why there is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unclear;

/// A number that an answer mentions.
#[derive(Debug, Clone, Copy)]
struct Mention {
    value: Result<u32, Unclear>,
    /// The first of its lexemes.
    from: usize,
    /// One past the last of its lexemes.
    to: usize,
    /// Whether it is written in letters.
    in_words: bool,
    /// Whether it begins a line as a list's number does: «2. …», «2) …».
    item: bool,
}

/// Words that make a number a bound or a guess, on either side of it.
const VAGUE: &[&str] = &[
    "более",
    "менее",
    "больше",
    "меньше",
    "свыше",
    "около",
    "примерно",
    "приблизительно",
    "порядка",
    "почти",
    "ориентировочно",
    "минимум",
    "минимально",
    "максимум",
    "максимально",
    "выше",
    "ниже",
    "небольшим",
    "хвостиком",
    "гаком",
    "предположительно",
    "наверное",
    "возможно",
    "вероятно",
];
/// The same of words that say so only right before a number.
const VAGUE_BEFORE: &[&str] = &[
    "до",
    "от",
    "чем",
    "где",
    "или",
    "ни",
    "не",
    "нет",
    "бы",
    "под",
    "силы",
    "чуть",
    "будет",
    "будут",
    "планируется",
    "планируем",
];
/// Beginnings of the words after which a number is a school's own.
const SCHOOLS: &[&str] = &["гимнази", "лице", "интернат", "детсад", "школа", "школе", "школу", "школой", "школы"];
/// Endings of the abbreviations of schools.
const SCHOOL_ENDINGS: &[&str] = &["сош", "оош", "нош", "моу", "мбоу", "мкоу", "доу", "дс", "цо", "сад", "саду", "сада"];
/// Time units: a number of these counts no schools.
const TIMES: &[&str] = &["год", "года", "году", "годом", "лет", "г", "гг", "месяц", "месяца", "месяцев"];
/// Endings that are written after a number in digits and leave it a number: «5-ти», «3-х».
const ENDINGS: &[&str] = &["ти", "и", "х", "ех", "ух", "мя", "ю", "ью", "м", "ть", "мь", "е"];

/// The whole number that a text states.
pub(super) fn count(text: &str) -> Result<u32, Unclear> {
    let lexed = bare(lex(unquoted(text)));
    let mut mentions = mentions(&lexed, false);
    mentions.retain(|mention| !mention.item);
    stated(&lexed, &mentions, None)
}

/// The mark that a text states, on a scale from `min` to `max`; it may lie outside.
pub(super) fn rating(text: &str, min: u32, max: u32) -> Result<u32, Unclear> {
    let lexed = bare(lex(unquoted(text)));
    if units::is_on_another_scale(&lexed, max) {
        return Err(Unclear);
    }
    let mut mentions = mentions(&lexed, true);
    drop_scale(&lexed, &mut mentions, min, max);
    let list = mentions.iter().filter(|mention| mention.item).count() > 1;
    mentions.retain(|mention| !mention.item || !(list || mention.value == Ok(1)));
    stated(&lexed, &mentions, Some((min, max)))
}

fn unquoted(text: &str) -> &str {
    let text = text.trim();
    let inner = text.strip_prefix(['«', '"', '“', '„']).and_then(|rest| rest.strip_suffix(['»', '"', '”', '“']));
    inner.filter(|inner| !inner.contains(['«', '»', '"', '“', '”'])).unwrap_or(text)
}

/// A number that stands in quotes by itself, «5», is said like any other; one among words, «Школа 2100», is a name's.
fn bare(lexed: Vec<Lexed>) -> Vec<Lexed> {
    let quote = |one: &Lexed| matches!(one.lexeme, Lexeme::Sign('«' | '»' | '"' | '“' | '”' | '„' | '\''));
    let number = |one: &Lexed| match &one.lexeme {
        Lexeme::Number(_) => true,
        Lexeme::Word(word) => mark(word).or_else(|| cardinal(word)).is_some(),
        _ => false,
    };
    let mut found: Vec<Lexed> = Vec::with_capacity(lexed.len());
    let mut rest = lexed.as_slice();
    while let Some((first, tail)) = rest.split_first() {
        let within = found.last().is_some_and(|before| before.quoted);
        match tail {
            [inner, close, after @ ..] if !within && quote(first) && number(inner) && quote(close) => {
                found.push(Lexed { spaced: first.spaced, quoted: false, ..inner.clone() });
                rest = after;
            }
            _ => {
                found.push(first.clone());
                rest = tail;
            }
        }
    }
    found
}

/// «от 1 до 5», «из 5», «/5»: the scale, beside another number, is not the mark.
fn drop_scale(lexed: &[Lexed], mentions: &mut Vec<Mention>, min: u32, max: u32) {
    let word_before =
        |mention: &Mention| mention.from.checked_sub(1).and_then(|at| lexed.get(at)).and_then(Lexed::word);
    let scale = mentions.windows(2).position(|pair| {
        matches!(pair, [a, b] if a.value == Ok(min) && b.value == Ok(max)
            && word_before(a) == Some("от") && word_before(b) == Some("до"))
    });
    if let Some(at) = scale
        && mentions.len() > 2
    {
        mentions.drain(at..at + 2);
    }
    // «4 (1 – неэффективно, 5 – эффективно)»: the scale explained.
    let explained = |mention: &Mention| {
        lexed.get(mention.to).is_some_and(Lexed::is_dash)
            && lexed.get(mention.to + 1).is_some_and(|one| one.word().is_some())
    };
    if let [_, low, high] = mentions.as_slice()
        && (low.value, high.value) == (Ok(min), Ok(max))
        && explained(low)
        && explained(high)
    {
        mentions.truncate(1);
    }
    if let [first, .., last] = mentions.as_slice()
        && first.value != Err(Unclear)
        && last.value == Ok(max)
    {
        let between: Vec<&Lexed> = lexed.get(first.to..last.from).unwrap_or_default().iter().collect();
        let whole = match between.as_slice() {
            [one] => one.is('/') || one.word() == Some("из"),
            [points, of] => points.word().is_some_and(|word| word.starts_with("балл")) && of.word() == Some("из"),
            [points, open, of] => {
                points.word().is_some_and(|word| word.starts_with("балл")) && open.is('(') && of.word() == Some("из")
            }
            _ => false,
        };
        let bracketed = matches!(between.as_slice(), [open, of] if open.is('(') && of.word() == Some("из"));
        if (whole || bracketed) && mentions.len() == 2 {
            mentions.truncate(1);
        }
    }
}

/// Every number of the text that names no school, no year and no day.
fn mentions(lexed: &[Lexed], marks: bool) -> Vec<Mention> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut names = false;
    while let Some(one) = lexed.get(at) {
        let step = match &one.lexeme {
            Lexeme::Number(value) => {
                let (mention, to) = in_digits(lexed, at, *value);
                names = is_name(lexed, at, names);
                if let Some(mention) = mention.filter(|_| !names && !one.quoted) {
                    found.push(mention);
                }
                to
            }
            Lexeme::Fraction => {
                found.push(Mention { value: Err(Unclear), from: at, to: at + 1, in_words: false, item: false });
                at + 1
            }
            Lexeme::Word(_) if !one.quoted => match in_letters(lexed, at, marks) {
                Some((value, to)) => {
                    found.push(Mention { value, from: at, to, in_words: true, item: false });
                    to
                }
                None => at + 1,
            },
            _ => at + 1,
        };
        // «школы 1, 2 и 8»: a name's number is followed by more of its kind.
        let joins = |one: &Lexed| one.is(',') || one.is('№') || one.word() == Some("и");
        names = names && (joins(one) || lexed.get(step).is_some_and(joins));
        at = step;
    }
    found
}

/// Whether the number at `at` is a school's: after «№», after a word for a school, or in a list that such a one began.
fn is_name(lexed: &[Lexed], at: usize, list: bool) -> bool {
    let before = |back: usize| at.checked_sub(back).and_then(|index| lexed.get(index));
    let school = |word: &str| {
        SCHOOLS.iter().any(|known| word == *known || (!known.starts_with("школ") && word.starts_with(known)))
            || SCHOOL_ENDINGS.iter().any(|ending| word.ends_with(ending))
    };
    let ours = before(1).and_then(Lexed::word) == Some("школы")
        && matches!(before(2).and_then(Lexed::word), Some("у" | "нашей" | "вашей" | "данной"));
    let numbered = before(1).is_some_and(|one| {
        one.is('№')
            || one.is('#')
            || matches!(one.word(), Some("n" | "no" | "номер"))
            || (!ours && one.word().is_some_and(school))
    });
    let hyphened = before(1).is_some_and(|one| one.is_dash() && !one.spaced)
        && before(2).and_then(Lexed::word).is_some_and(school);
    // «СОШ №1, 2 школы» counts; «СОШ №1, 2, 8» names.
    let bare = lexed.get(at + 1).is_none_or(|next| {
        matches!(next.lexeme, Lexeme::Sign(',' | ';' | ')' | '.') | Lexeme::Line)
            || next.word() == Some("и")
            || (next.is_dash() && next.spaced)
    });
    numbered || hyphened || (list && bare)
}

/// A number in digits, with what belongs to it, and where the text goes on. No mention where it is a year.
fn in_digits(lexed: &[Lexed], at: usize, value: u32) -> (Option<Mention>, usize) {
    let next = lexed.get(at + 1);
    let after = lexed.get(at + 2);
    let mut mention = Mention { value: Ok(value), from: at, to: at + 1, in_words: false, item: false };
    let before = at.checked_sub(1).and_then(|index| lexed.get(index));
    let starts_line = before.is_none_or(|before| before.lexeme == Lexeme::Line);
    mention.item = starts_line
        && next.is_some_and(|next| next.is('.') || next.is(')'))
        && after.is_some_and(|after| after.word().is_some() || after.is('«') || after.is('"') || after.is('№'));
    if let Some(ending) = next.filter(|next| next.is_dash() && !next.spaced).and(after).filter(|after| !after.spaced)
        && let Some(word) = ending.word()
    {
        if word.starts_with("балл") || word.starts_with("бальн") {
            return (None, at + 3);
        }
        // «4-эффективно»: a word of its own, not an ending.
        let own_word = word.chars().count() >= 4 && !word.starts_with("лет");
        if !own_word {
            mention.to = at + 3;
        }
        if !own_word && !ENDINGS.contains(&word) {
            mention.value = Err(Unclear);
        }
    }
    let unit = lexed.get(mention.to);
    let time = unit.and_then(Lexed::word).is_some_and(|word| TIMES.contains(&word) || word.starts_with("учебн"));
    if time && value >= 1900 {
        return (None, mention.to);
    }
    let minus = before.is_some_and(|before| before.is_dash())
        && lexed.get(at).is_some_and(|one| !one.spaced)
        && at.checked_sub(2).and_then(|index| lexed.get(index)).is_none_or(|left| left.lexeme == Lexeme::Line);
    // «5-», «5+»: a mark that is not quite one.
    let half = unit.is_some_and(|unit| unit.is_dash() && !unit.spaced && lexed.get(mention.to + 1).is_none());
    let more = |unit: &Lexed| matches!(unit.lexeme, Lexeme::Sign('%' | '+' | '½' | '¼' | '¾' | '⅓' | '⅔'));
    if unit.is_some_and(more) || time || minus || half {
        mention.value = Err(Unclear);
    }
    (Some(mention), mention.to)
}

/// A number in letters, declined, up to 999, and where the text goes on.
fn in_letters(lexed: &[Lexed], at: usize, marks: bool) -> Option<(Result<u32, Unclear>, usize)> {
    let word = |index: usize| lexed.get(index).and_then(Lexed::word);
    let first = word(at)?;
    if marks && let Some(value) = mark(first) {
        return Some((Ok(value), at + 1));
    }
    let mut value = cardinal(first)?;
    let mut to = at + 1;
    let mut unit = if value >= 100 {
        100
    } else if value >= 20 {
        10
    } else {
        1
    };
    while unit > 1
        && let Some(next) = word(to).and_then(cardinal)
        && next > 0
        && next < unit
    {
        value += next;
        to += 1;
        unit = if next >= 20 { 10 } else { 1 };
    }
    // «один из партнёров» counts nothing.
    if value == 1 && matches!(word(to), Some("из")) {
        return None;
    }
    let vague = at.checked_sub(1).and_then(word).is_some_and(|before| before == "ни");
    Some((if vague { Err(Unclear) } else { Ok(value) }, to))
}

fn mark(word: &str) -> Option<u32> {
    let stems = [("единиц", 1), ("двойк", 2), ("тройк", 3), ("четверк", 4), ("пятерк", 5)];
    stems.iter().find(|(stem, _)| word.starts_with(stem)).map(|(_, value)| *value)
}

/// A numeral in any case.
pub(super) fn cardinal(word: &str) -> Option<u32> {
    const FORMS: &[(u32, &str)] = &[
        (0, "ноль нуль ноля нуля"),
        (1, "один одна одно одного одной одному одним одну"),
        (2, "два две двух двум двумя двое двоих"),
        (3, "три трех трем тремя трое троих"),
        (4, "четыре четырех четырем четырьмя четверо четверых"),
        (5, "пять пяти пятью пятеро пятерых"),
        (6, "шесть шести шестью шестеро шестерых"),
        (7, "семь семи семью семеро семерых"),
        (8, "восемь восьми восемью восьмью"),
        (9, "девять девяти девятью"),
        (10, "десять десяти десятью"),
        (40, "сорок сорока"),
        (50, "пятьдесят пятидесяти пятьюдесятью"),
        (60, "шестьдесят шестидесяти шестьюдесятью"),
        (70, "семьдесят семидесяти семьюдесятью"),
        (80, "восемьдесят восьмидесяти восемьюдесятью"),
        (90, "девяносто девяноста"),
        (100, "сто ста"),
        (200, "двести двухсот"),
        (300, "триста трехсот"),
        (400, "четыреста четырехсот"),
        (500, "пятьсот пятисот"),
        (600, "шестьсот шестисот"),
        (700, "семьсот семисот"),
        (800, "восемьсот восьмисот"),
        (900, "девятьсот девятисот"),
    ];
    const STEMS: &[(u32, &str)] = &[
        (11, "одиннадцат"),
        (11, "одинадцат"),
        (12, "двенадцат"),
        (13, "тринадцат"),
        (14, "четырнадцат"),
        (15, "пятнадцат"),
        (16, "шестнадцат"),
        (17, "семнадцат"),
        (18, "восемнадцат"),
        (19, "девятнадцат"),
        (20, "двадцат"),
        (30, "тридцат"),
    ];
    if let Some((value, _)) = FORMS.iter().find(|(_, forms)| forms.split(' ').any(|form| form == word)) {
        return Some(*value);
    }
    let declined = |stem: &str| word.strip_prefix(stem).is_some_and(|ending| matches!(ending, "ь" | "и" | "ью"));
    STEMS.iter().find(|(_, stem)| declined(stem)).map(|(value, _)| *value)
}

/// The number that the mentions state together.
fn stated(lexed: &[Lexed], mentions: &[Mention], scale: Option<(u32, u32)>) -> Result<u32, Unclear> {
    let (first, mut rest) = mentions.split_first().ok_or(Unclear)?;
    let value = first.value?;
    let before = first.from.checked_sub(1).and_then(|at| lexed.get(at));
    let vague = |one: &Lexed| {
        one.word().is_some_and(|word| is_vague(word) || VAGUE_BEFORE.contains(&word)) || one.is('~') || one.is('≈')
    };
    if before.is_some_and(|one| vague(one) || one.is('>') || one.is('<')) {
        return Err(Unclear);
    }
    let mut end = first.to;
    // «3 (три)», «три – 3»: the same number twice, or a contradiction.
    if let Some((second, others)) = rest.split_first() {
        let gap = lexed.get(end..second.from).unwrap_or_default();
        let signs = gap
            .iter()
            .all(|one| one.is_dash() || matches!(one.lexeme, Lexeme::Line | Lexeme::Sign('(' | ')' | ',' | '=' | '/')));
        let bracket = matches!(gap, [.., open] if open.is('('))
            && gap.iter().all(|one| one.is('(') || one.lexeme == Lexeme::Line);
        let closed = lexed.get(second.to).is_none_or(|one| one.is(')'));
        if signs && ((first.in_words != second.in_words) || (bracket && closed)) {
            if second.value != Ok(value) {
                return Err(Unclear);
            }
            end = second.to;
            rest = others;
        }
    }
    if !units::fits(lexed, first.to, end, value, scale.is_some()) {
        return Err(Unclear);
    }
    if scale.is_none() && is_doubted_behind(lexed, end) {
        return Err(Unclear);
    }
    let Some(next) = rest.first() else {
        return if after_is_open(lexed, end) { Err(Unclear) } else { Ok(value) };
    };
    let gap = lexed.get(end..next.from).unwrap_or_default();
    let sum: Option<u32> = rest.iter().map(|mention| mention.value.ok()).sum();
    let parts = rest.len() >= 2 && sum == Some(value);
    let only_signs = gap.iter().all(|one| one.word().is_none());
    if explains(gap, scale.is_some()) && (!only_signs || parts) {
        let unclear = |mention: &Mention| scale.is_some_and(|scale| is_rival(lexed, mention, scale));
        return if rest.iter().any(unclear) { Err(Unclear) } else { Ok(value) };
    }
    Err(Unclear)
}

/// «4 или», «3 –» and then a word of doubt: the number is not the last word.
fn after_is_open(lexed: &[Lexed], end: usize) -> bool {
    let word = |at: usize| lexed.get(at).and_then(Lexed::word);
    matches!(word(end), Some("или" | "плюс" | "минус"))
        || (word(end) == Some("с") && matches!(word(end + 1), Some("плюсом" | "минусом" | "половиной" | "лишним")))
        || matches!(
            (word(end), word(end + 1)),
            (Some("и"), Some("более" | "больше" | "выше" | "менее" | "меньше" | "ниже"))
        )
}

/// Whether a word makes the number beside it a bound or a guess.
pub(super) fn is_vague(word: &str) -> bool {
    VAGUE.contains(&word)
}

/// «3 школы максимум», «3 (примерно)», «50, не больше»: words behind the number of a count, up to a sign that parts more.
fn is_doubted_behind(lexed: &[Lexed], end: usize) -> bool {
    let near = |one: &&Lexed| one.word().is_some() || one.is(',') || one.is('(') || one.is(')');
    let following = lexed.get(end..).unwrap_or_default().iter().take_while(near);
    following.filter_map(Lexed::word).take(8).any(is_vague)
}

/// Whether what stands between the number and the next one opens an explanation of the number.
fn explains(gap: &[Lexed], comma_does: bool) -> bool {
    let of_them = gap.windows(2).any(|pair| {
        matches!(pair, [a, b] if matches!(
            (a.word(), b.word()),
            (Some("из"), Some("них" | "которых")) | (Some("в"), Some("том")) | (Some("а"), Some("именно"))
        ))
    });
    let dash = gap.windows(2).any(|pair| matches!(pair, [a, b] if a.is_dash() && (a.spaced || b.spaced)));
    let sign = gap.iter().any(|one| {
        matches!(one.lexeme, Lexeme::Sign('(' | ':') | Lexeme::Line)
            || (comma_does && matches!(one.lexeme, Lexeme::Sign(',' | '.' | ';')))
            || matches!(one.word(), Some("включая" | "среди"))
    });
    of_them || dash || sign
}

/// Whether a later number could be the mark as well: it lies on the scale and counts nothing.
fn is_rival(lexed: &[Lexed], mention: &Mention, (min, max): (u32, u32)) -> bool {
    let counts = lexed
        .get(mention.to)
        .and_then(Lexed::word)
        .is_some_and(|word| !word.starts_with("балл") && !matches!(word, "или" | "и" | "но" | "а" | "б"));
    !counts && mention.value.is_ok_and(|value| (min..=max).contains(&value))
}
