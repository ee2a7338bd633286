//! What our own forms and letters say, so that it is never read back as a school's answer.

use super::words;
use crate::campaign::{CampaignId, FieldId};

/// Stands in place of an answer that has come in an earlier mail.
pub const RECEIVED_EARLIER: &str = "получено ранее, заполнять не нужно";

/// What the places of our form show before anything is written or chosen there.
pub const WRITE_HERE: &str = "Введите ответ";
/// The same where one chooses.
pub const CHOOSE_HERE: &str = "Выберите ответ";

/// Stands below every letter of ours to a school. A text that holds it holds the letter, and where no mail program has
/// marked what is quoted, nothing tells whose its lines are.
pub const SIGN_OF_A_LETTER: &str =
    "Ответ сформирован автоматически. Содержание материалов при автоматической регистрации не оценивается.";

/// The tag of the control in which a field is answered; `part` numbers the boxes of a field with several options. Word takes 64
/// characters.
pub fn control_tag(campaign: &CampaignId, field: &FieldId, part: &str) -> String {
    let part = if part.is_empty() { String::new() } else { format!("/{part}") };
    let tag: String = format!("svodka/{campaign}/{field}").chars().take(60).collect();
    tag + &part
}

/// Whether a text holds a letter of ours.
pub fn holds_our_letter(text: &str) -> bool {
    // Most texts do not hold its longest word at all.
    text.contains("сформирован") && text.split_whitespace().collect::<Vec<_>>().join(" ").contains(SIGN_OF_A_LETTER)
}

/// The text without a mark or prompt of ours before or after it: who answers all the same often types beside it.
pub(super) fn without_mark(text: &str) -> &str {
    // To the letter: a hint may begin like a prompt.
    let text = [WRITE_HERE, CHOOSE_HERE].into_iter().fold(text, |text, prompt| {
        let text = text.strip_prefix(prompt).map_or(text, str::trim_start);
        text.strip_suffix(prompt).map_or(text, str::trim_end)
    });
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
