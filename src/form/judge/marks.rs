//! What our own pre-filled forms write where no answer is wanted. It is never read back as one.

use crate::form::words;

/// Stands in place of an answer that has come in an earlier mail.
pub const RECEIVED_EARLIER: &str = "получено ранее, заполнять не нужно";

/// The text without the mark before or after it: who answers all the same often types beside it.
pub(super) fn without_mark(text: &str) -> &str {
    let is_sign = |c: char| c.is_whitespace() || ".,;:–—-()".contains(c);
    let mark = words::words(RECEIVED_EARLIER);
    // Most texts do not hold its first word at all.
    if !text.to_lowercase().contains("получено") {
        return text;
    }
    let said = words::tokens(text, usize::MAX);
    let is_mark = |tokens: &[words::Token]| tokens.iter().map(|token| &token.text).eq(&mark);
    if said.get(..mark.len()).is_some_and(is_mark) {
        let end = said.get(mark.len() - 1).map_or(0, |token| token.at.end);
        return text.get(end..).unwrap_or_default().trim_start_matches(is_sign);
    }
    let Some(from) = said.len().checked_sub(mark.len()) else { return text };
    if said.get(from..).is_some_and(is_mark) {
        let start = said.get(from).map_or(text.len(), |token| token.at.start);
        return text.get(..start).unwrap_or_default().trim_end_matches(is_sign);
    }
    text
}
