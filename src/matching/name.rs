//! Items → the names of schools in a text, each as a structure: kind, number, place, dedication, branch.

use std::ops::Range;

use super::{
    aside::{self, Aside},
    heads::{is_head, is_within, joined_heads},
    items::{Adjective, Item, Settlement, What},
    text::{Shape, Token},
    vocabulary::{self, Kind, Modifier},
    words,
};

/// One name of a school, taken apart.
#[derive(Debug, Clone, Default)]
pub(super) struct Name {
    /// Kinds that are named; more than one where the writer named more («СОШ "Центр образования"»).
    pub(super) kinds: Vec<Kind>,
    pub(super) numbers: Vec<String>,
    /// A № without a readable number.
    pub(super) unreadable: bool,
    /// Adjectives that belong to the kind.
    pub(super) heads: Vec<Adjective>,
    /// First letters of the place.
    pub(super) initials: Option<String>,
    pub(super) settlements: Vec<Settlement>,
    pub(super) districts: Vec<String>,
    pub(super) regions: Vec<String>,
    /// The words of the dedication; `None` where there is none.
    pub(super) dedication: Option<Vec<String>>,
    /// All other words: a dedication may stand without «имени».
    pub(super) words: Vec<String>,
    /// Words of the name itself, without their endings, that none of the vocabulary explains: «заочная школа».
    pub(super) odd: Vec<String>,
    /// Kinds of other institutions that are named with it: «СОШ №3 и гимназия», «детский сад при СОШ №3».
    pub(super) beside: Vec<Kind>,
    /// It is named as somebody's partner, venue or addressee.
    pub(super) aside: Option<Aside>,
    /// The school was called so once: «бывшая …».
    pub(super) former: bool,
    /// A legal form stands before it.
    pub(super) legal: bool,
    /// A committee or institute is named with it.
    pub(super) authority: bool,
    /// A proper name stands directly behind the kind: «Школа "Светоч"».
    pub(super) titled: bool,
    /// What it says of a branch.
    pub(super) branch: Option<String>,
    /// The word for a branch stands directly before it.
    pub(super) after_branch: bool,
    /// Slips that were forgiven in words of the kind.
    pub(super) slips: usize,
    /// Bytes of the text, from the legal form to the last thing that belongs to the name.
    pub(super) span: Range<usize>,
    /// The line on which it begins, counted from 1.
    pub(super) line: usize,
}

/// How far around a kind its place may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// The text is meant to be a name: everything in it belongs to it.
    Whole,
    /// Running text: the sentence, two lines, twenty words.
    Near,
}

/// All names in a text. Where no kind is named and the text is meant to be a name, one name of the whole.
pub(super) fn names(text: &str, tokens: &[Token], items: &[Item], reach: Reach) -> Vec<Name> {
    let anchors = anchors(items);
    if anchors.is_empty() {
        return match reach {
            Reach::Whole => vec![read(text, tokens, items, 0..items.len(), &(0..0))],
            Reach::Near => Vec::new(),
        };
    }
    let mut names: Vec<Name> = Vec::new();
    let cores: Vec<Range<usize>> = anchors.iter().map(|anchor| beginning(items, anchor.start)..anchor.end).collect();
    let mut floor = 0;
    let starts: Vec<usize> = cores
        .iter()
        .map(|core| {
            let start = start(items, core.start, floor, reach);
            floor = core.end;
            start
        })
        .collect();
    for (number, (core, &start)) in cores.iter().zip(&starts).enumerate() {
        let next = starts.get(number + 1).copied().unwrap_or(items.len());
        let end = if reach == Reach::Whole { next } else { after(items, core.end, next) };
        let (range, begin) = (start..end, core.start);
        let mut name = read(text, tokens, items, range, core);
        name.after_branch =
            begin.checked_sub(1).and_then(|at| items.get(at)).is_some_and(|item| is_branch(items, item, begin - 1));
        let sign = |item: &&Item| matches!(item.what, What::Break | What::Quote);
        let first = items.get(begin..core.end).unwrap_or_default().iter().find(|item| !sign(item));
        let first = first.map_or(0, |item| item.tokens.start);
        name.former = aside::is_former(tokens, first);
        name.aside = aside::aside(tokens, first);
        if let Some(previous) = number.checked_sub(1).and_then(|at| Some((names.get(at)?, cores.get(at)?)))
            && is_joined(items, previous.1.end..begin)
        {
            name.aside = name.aside.or(previous.0.aside);
        }
        names.push(name);
    }
    set_beside(&mut names, &cores, items, reach);
    names
}

/// Tells each name of the kinds that are named with it: anywhere in a text that is meant to be a name, else directly
/// before or behind it.
fn set_beside(names: &mut [Name], cores: &[Range<usize>], items: &[Item], reach: Reach) {
    let kinds: Vec<Vec<Kind>> = names
        .iter()
        .map(|name| if name.after_branch || name.former { Vec::new() } else { name.kinds.clone() })
        .collect();
    let joined = |a: usize, b: usize| {
        let between = cores.get(a).zip(cores.get(b)).map_or(0..0, |(a, b)| a.end..b.start);
        b == a + 1 && is_joined(items, between)
    };
    for (at, name) in names.iter_mut().enumerate() {
        for (other, kinds) in kinds.iter().enumerate().filter(|(other, _)| *other != at) {
            if reach == Reach::Whole || joined(at.min(other), at.max(other)) {
                name.beside.extend(kinds);
            }
        }
    }
}

/// Whether nothing but a place and a number stands between two names, and a sign or «и» that joins them.
fn is_joined(items: &[Item], between: Range<usize>) -> bool {
    let between = items.get(between).unwrap_or_default();
    between.iter().any(|item| matches!(item.what, What::Separator))
        && between.iter().all(|item| {
            matches!(
                item.what,
                What::Separator
                    | What::Quote
                    | What::Bracket
                    | What::Number(_)
                    | What::Settlement(_)
                    | What::Dedication(_)
                    | What::Legal
            )
        })
}

fn is_branch(items: &[Item], item: &Item, at: usize) -> bool {
    match item.what {
        What::Branch => true,
        What::Dash | What::Quote | What::Break | What::Separator | What::Bracket => {
            at.checked_sub(1).and_then(|at| items.get(at)).is_some_and(|item| matches!(item.what, What::Branch))
        }
        _ => false,
    }
}

/// Runs of kinds that stand together: «школа-гимназия», «СОШ "ЦО"».
fn anchors(items: &[Item]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (at, _) in items.iter().enumerate().filter(|(_, item)| matches!(item.what, What::Kind(_) | What::Initials(..)))
    {
        let joins = |run: &Range<usize>| {
            let between = items.get(run.end..at).unwrap_or_default();
            between.len() <= 2
                && between.iter().all(|item| {
                    matches!(item.what, What::Quote | What::Dash | What::Modifier(_))
                        || (matches!(item.what, What::Noise) && between.len() == 1)
                })
        };
        match runs.last_mut() {
            Some(run) if joins(run) => run.end = at + 1,
            _ => runs.push(at..at + 1),
        }
    }
    runs
}

/// Where the words before a kind begin that belong to it.
fn beginning(items: &[Item], anchor: usize) -> usize {
    let mut at = anchor;
    let mut breaks = 0;
    let (mut adjective, mut form) = (false, false);
    while let Some(item) = at.checked_sub(1).and_then(|before| items.get(before)) {
        let belongs = match item.what {
            // «Раевская МОУ «Киришская …»»: before the legal form stands somebody else, where the place is behind it.
            What::Adjective(_) => {
                let own = !(adjective && form);
                adjective = true;
                own
            }
            What::Legal => {
                form = true;
                true
            }
            What::Modifier(_) | What::Quote | What::Bracket | What::Ordinal(_) => true,
            // «Средняя многопрофильная школа», «Открытая/сменная школа».
            What::Word(ref word) => !form && words::is_qualifier(word),
            What::Separator => is_modifier(items, at.checked_sub(2)) && is_modifier(items, Some(at)),
            // «Комсомольская №2 СОШ», but not «СОШ №1 СОШ №2».
            What::Number(_) => {
                at == anchor
                    && matches!(
                        at.checked_sub(2).and_then(|before| items.get(before)),
                        Some(Item { what: What::Adjective(_), .. })
                    )
            }
            What::Break => {
                breaks += 1;
                breaks <= 3
            }
            _ => false,
        };
        if !belongs {
            break;
        }
        at -= 1;
    }
    at
}

fn is_modifier(items: &[Item], at: Option<usize>) -> bool {
    at.and_then(|at| items.get(at)).is_some_and(|item| matches!(item.what, What::Modifier(_)))
}

/// Where the words begin that stand before a name and may tell its place: on its own line, and behind an earlier name
/// only where a line's or sentence's end parts them.
fn start(items: &[Item], begin: usize, floor: usize, reach: Reach) -> usize {
    if floor == 0 && reach == Reach::Whole {
        return 0;
    }
    let limit = begin.saturating_sub(12).max(floor);
    let parted = (limit..begin)
        .rev()
        .find(|&at| items.get(at).is_some_and(|item| matches!(item.what, What::Stop | What::Break)));
    match parted {
        Some(at) => at + 1,
        None if floor == 0 => limit,
        None => begin,
    }
}

fn after(items: &[Item], anchor: usize, end: usize) -> usize {
    let mut breaks = 0;
    let stop = (anchor..end).find(|&at| match items.get(at).map(|item| &item.what) {
        Some(What::Stop) => true,
        Some(What::Break) => {
            breaks += 1;
            breaks > 2
        }
        _ => at >= anchor + 20,
    });
    stop.unwrap_or(end)
}

/// Collects what a stretch of items says; `core` is the kind with the words before it that belong to it.
fn read(text: &str, tokens: &[Token], items: &[Item], range: Range<usize>, core: &Range<usize>) -> Name {
    let mut name = Name::default();
    let mut modifiers = Vec::new();
    let mut last = core.end;
    let mut branch: Option<Range<usize>> = None;
    for at in range.clone() {
        let Some(item) = items.get(at) else { continue };
        let in_core = core.contains(&at);
        let mut belongs = true;
        match &item.what {
            What::Kind(kind) => name.kinds.push(*kind),
            What::Initials(letters, kind) => {
                name.kinds.push(*kind);
                name.initials = Some(letters.clone());
            }
            What::Modifier(Modifier::Odd) if in_core => name.odd.push(stem_of(tokens, item)),
            What::Modifier(modifier) if in_core || follows(items, core, at) => modifiers.push(*modifier),
            What::Legal => name.legal |= in_core,
            What::Adjective(one) if is_head(items, tokens, &range, core, at, one) => name.heads.push(one.clone()),
            What::Adjective(_) => {
                name.words.push(word_of(tokens, item));
                belongs = false;
            }
            What::Number(numbers) => name.numbers.extend(numbers.iter().cloned()),
            What::Ordinal(number) if in_core || core.is_empty() => name.numbers.push(number.clone()),
            What::Unreadable => name.unreadable = true,
            What::Settlement(one) => name.settlements.push(one.clone()),
            What::District(stem) => name.districts.push(stem.clone()),
            What::Region(stem) => name.regions.push(stem.clone()),
            What::Dedication(stems) => name.dedication.get_or_insert_default().extend(stems.iter().cloned()),
            What::Word(word) => {
                if in_core || is_within(items, tokens, core, at) {
                    name.odd.push(stem_of(tokens, item));
                }
                name.words.push(word.clone());
                belongs = false;
            }
            What::Authority => {
                name.authority = true;
                belongs = false;
            }
            What::Branch => branch = Some(branch_range(items, at)),
            _ => belongs = false,
        }
        if belongs {
            last = last.max(at + 1);
            name.slips += usize::from(item.slip);
        }
    }
    name.titled =
        items.get(core.end..).unwrap_or_default().iter().find(|item| !matches!(item.what, What::Quote)).is_some_and(
            |item| {
                matches!(item.what, What::Word(_))
                    && tokens
                        .get(item.tokens.start)
                        .is_some_and(|token| token.shape == Shape::Capital && token.text.chars().count() > 2)
            },
        );
    name.heads.extend(joined_heads(items, core.start));
    name.odd.retain(|stem| !vocabulary::is_plain_adjective(stem));
    name.numbers.sort();
    name.numbers.dedup();
    name.kinds = kinds(&name.kinds, &modifiers);
    name.branch = branch.map(|range| excerpt(text, &span(tokens, items, range)));
    // A quote that closes directly behind belongs to what is shown.
    let closing = |at: &usize| {
        items.get(*at).is_some_and(|item| {
            matches!(item.what, What::Quote) && tokens.get(item.tokens.start).is_some_and(|token| token.glued)
        })
    };
    let whole = if core.is_empty() { range } else { core.start..last + usize::from(closing(&last)) };
    name.span = span(tokens, items, whole.clone());
    name.line = whole.clone().find_map(|at| tokens.get(items.get(at)?.tokens.start)).map_or(1, |token| token.line);
    name
}

/// A modifier behind the kind: «школа (вечерняя)», but not what a later word brings.
fn follows(items: &[Item], core: &Range<usize>, at: usize) -> bool {
    !core.is_empty()
        && (core.end..core.end + 6).contains(&at)
        && items
            .get(core.end..at)
            .unwrap_or_default()
            .iter()
            .all(|item| matches!(item.what, What::Quote | What::Bracket | What::Dash | What::Modifier(_)))
}

/// «Цвелодубовский филиал», «филиал в п. Цвелодубово», «дошкольное отделение».
fn branch_range(items: &[Item], at: usize) -> Range<usize> {
    let begins =
        at.checked_sub(1).and_then(|at| items.get(at)).is_some_and(|item| matches!(item.what, What::Adjective(_)));
    let begin = if begins { at - 1 } else { at };
    let named = (at + 1..items.len())
        .take(4)
        .find(|&at| items.get(at).is_some_and(|item| matches!(item.what, What::Settlement(_))));
    let clear = named.is_some_and(|named| {
        items
            .get(at + 1..named)
            .unwrap_or_default()
            .iter()
            .all(|item| matches!(item.what, What::Word(_) | What::Noise | What::Bracket))
    });
    begin..if clear { named.map_or(at, |named| named) + 1 } else { at + 1 }
}

/// The kinds that words and their adjectives make together.
fn kinds(named: &[Kind], modifiers: &[Modifier]) -> Vec<Kind> {
    let has = |modifier: Modifier| modifiers.contains(&modifier);
    let special = modifiers.iter().find_map(|modifier| match modifier {
        Modifier::Is(kind) => Some(*kind),
        _ => None,
    });
    let mut kinds: Vec<Kind> = named
        .iter()
        .map(|&kind| match (kind, special) {
            (Kind::School | Kind::Middle | Kind::Secondary | Kind::Basic, Some(special)) => special,
            (Kind::Lyceum, Some(Kind::College)) => Kind::College,
            (Kind::School, None) if has(Modifier::Basic) => Kind::Basic,
            (Kind::School, None) if has(Modifier::Primary) => Kind::Primary,
            (Kind::School, None) if has(Modifier::Middle) && has(Modifier::General) => Kind::Secondary,
            (Kind::School, None) if has(Modifier::Middle) => Kind::Middle,
            (kind, _) => kind,
        })
        .collect();
    // «Коррекционный центр образования».
    kinds.extend(special.filter(|_| !kinds.is_empty()));
    kinds.sort_by_key(|kind| *kind as u8);
    kinds.dedup();
    if kinds.iter().any(|kind| !kind.is_plain()) {
        kinds.retain(|kind| !kind.is_plain());
    }
    kinds
}

fn stem_of(tokens: &[Token], item: &Item) -> String {
    let word = word_of(tokens, item);
    words::adjective(&word).map_or_else(|| word.clone(), |(stem, _)| stem.to_owned())
}

fn word_of(tokens: &[Token], item: &Item) -> String {
    tokens.get(item.tokens.start).map(|token| token.text.clone()).unwrap_or_default()
}

fn span(tokens: &[Token], items: &[Item], range: Range<usize>) -> Range<usize> {
    let mut inner = items.get(range).unwrap_or_default().iter().skip_while(|item| is_edge(item)).peekable();
    let start = inner.peek().and_then(|item| tokens.get(item.tokens.start)).map_or(0, |token| token.span.start);
    let end = inner
        .last()
        .and_then(|item| tokens.get(item.tokens.end.saturating_sub(1)))
        .map_or(start, |token| token.span.end);
    start..end.max(start)
}

fn is_edge(item: &Item) -> bool {
    matches!(item.what, What::Break | What::Separator | What::Stop | What::Dash | What::Noise)
}

/// A part of a text for people: one line, at most eighty characters.
pub(super) fn excerpt(text: &str, span: &Range<usize>) -> String {
    clip(text.get(span.clone()).unwrap_or_default())
}

/// One line, at most eighty characters.
pub(super) fn clip(text: &str) -> String {
    let mut words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() > 80 {
        words = words.chars().take(79).chain(['…']).collect();
    }
    words
}
