//! Which words around a kind belong to its name: the adjectives of its place, and words that make another school of it.

use std::ops::Range;

use super::{
    items::{Adjective, Item, What},
    text::{Shape, Token},
    vocabulary::{self, Kind},
};

/// Whether an adjective names the place of this school: it stands with the kind, or is the last word before its number
/// or the first behind it. Streets, surnames and branches have adjectives too.
pub(super) fn is_head(
    items: &[Item],
    tokens: &[Token],
    range: &Range<usize>,
    core: &Range<usize>,
    at: usize,
    one: &Adjective,
) -> bool {
    let what = |at: Option<usize>| at.and_then(|at| items.get(at)).map(|item| &item.what);
    if matches!(what(at.checked_add(1)), Some(What::Branch)) {
        return false;
    }
    if core.contains(&at) || core.is_empty() {
        return core.contains(&at) || one.strong;
    }
    if !(core.end..core.end + 8).contains(&at) {
        return false;
    }
    // A capital with a dot behind it is an initial: «Ковалевская А. А.».
    let end = items.get(at).map_or(0, |item| item.tokens.end);
    let surname = tokens.get(end).is_some_and(|token| token.text.chars().count() == 1)
        && tokens.get(end + 1).is_some_and(|token| token.text == ".");
    let known = one.meant.is_some();
    let direct = items.get(core.end..at).unwrap_or_default().iter().all(|item| {
        (known && matches!(item.what, What::Separator))
            || matches!(
                item.what,
                What::Quote | What::Bracket | What::Dash | What::Break | What::Number(_) | What::Modifier(_)
            )
    });
    range.contains(&at) && one.strong && direct && !surname
}

/// Adjectives of further places before the one of this name: «Важинский и Вознесенский образовательные центры».
pub(super) fn joined_heads(items: &[Item], begin: usize) -> Vec<Adjective> {
    let what = |at: usize| items.get(at).map(|item| &item.what);
    let begins = (begin..begin + 3).find(|&at| !matches!(what(at), Some(What::Quote | What::Bracket)));
    if !begins.is_some_and(|at| matches!(what(at), Some(What::Adjective(_)))) {
        return Vec::new();
    }
    let mut heads = Vec::new();
    let mut at = begin;
    while let Some(before) = (at.saturating_sub(4)..at)
        .rev()
        .find(|&at| !matches!(what(at), Some(What::Separator | What::Quote | What::Bracket)))
        && items.get(before..at).unwrap_or_default().iter().any(|item| matches!(item.what, What::Separator))
        && let Some(What::Adjective(one)) = what(before)
        && one.strong
    {
        heads.push(one.clone());
        at = before;
    }
    heads
}

/// Whether a word stands between the kind and its number, where nothing explains it, or tells whom a centre educates.
/// «С углубленным изучением …» and titles in quotes are explained.
pub(super) fn is_within(items: &[Item], tokens: &[Token], core: &Range<usize>, at: usize) -> bool {
    let token = |at: usize| items.get(at).and_then(|item| tokens.get(item.tokens.start));
    // «ШКОЛА ТАНЦЕВ №3»: written as the kind is, unless that is an abbreviation.
    let upper = core.end.checked_sub(1).and_then(token);
    let upper = upper.is_some_and(|kind| kind.shape == Shape::Upper && kind.text.chars().count() > 4);
    let small = |at: usize| {
        items.get(at).is_some_and(|item| matches!(item.what, What::Word(_)))
            && token(at).is_some_and(|token| token.shape == Shape::Lower || (upper && token.shape == Shape::Upper))
    };
    if core.is_empty() || at < core.end || at > core.end + 3 || !(core.end..=at).all(small) {
        return false;
    }
    let first = token(core.end).map(|token| token.text.as_str());
    // «Школа для детей с ОВЗ № 3».
    if first == Some("для") {
        return token(core.end + 1).is_some_and(|token| vocabulary::is_pupil(&token.text));
    }
    if first.is_none_or(|word| word.chars().count() < 3 || vocabulary::is_of_place(word)) {
        return false;
    }
    let end = (at..core.end + 4).find(|&at| !small(at)).and_then(|at| items.get(at)).map(|item| &item.what);
    let centre = matches!(items.get(core.end - 1), Some(Item { what: What::Kind(Kind::Centre), .. }));
    // «Центр образования детей», but not «центр образования форма.docx».
    let whom = first.is_some_and(|word| ["ов", "ев", "ей", "ых", "их"].iter().any(|ending| word.ends_with(ending)));
    (centre && whom) || matches!(end, Some(What::Number(_)))
}
