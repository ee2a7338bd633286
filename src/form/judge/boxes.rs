//! Options with boxes to tick: what was ticked is the answer.

use std::borrow::Cow;

/// A box in a text: whether it is ticked, and its length in bytes.
fn box_at(text: &str) -> Option<(bool, usize)> {
    let first = text.chars().next()?;
    match first {
        '☒' | '☑' | '✅' | '🗹' | '🗷' | '⊠' | '▣' | '🗸' => return Some((true, first.len_utf8())),
        '☐' | '□' | '◻' | '⬜' | '▢' => return Some((false, first.len_utf8())),
        '[' | '(' => {}
        _ => return None,
    }
    let (inner, _) = text.get(1..)?.split_once(if first == '[' { ']' } else { ')' })?;
    let length = inner.len() + 2;
    match inner.trim() {
        "" if inner.len() <= 4 => Some((false, length)),
        "x" | "X" | "х" | "Х" | "v" | "V" | "+" | "*" | "✓" | "✔" => Some((true, length)),
        _ => None,
    }
}

/// An option: whether it is ticked, and what it says.
struct Choice {
    ticked: bool,
    before: String,
    after: String,
}

/// The ticked options, a line each; the text itself where it holds no boxes. A tick without a box is a box where
/// options without a tick stand beside it, else a bullet.
pub(in crate::form) fn chosen(text: &str) -> Cow<'_, str> {
    let mut lead = String::new();
    let mut choices: Vec<Choice> = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some((ticked, length)) = box_at(rest) {
            let before = choices.last_mut().map_or_else(|| std::mem::take(&mut lead), |last| last.after.clone());
            choices.push(Choice { ticked, before, after: String::new() });
            rest = rest.get(length..).unwrap_or_default();
            continue;
        }
        choices.last_mut().map_or(&mut lead, |last| &mut last.after).push(c);
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    if choices.is_empty() {
        return ticks(text);
    }
    // A lone tick, whatever it ticks.
    if matches!(choices.as_slice(), [one] if one.ticked && one.before.trim().is_empty() && one.after.trim().is_empty())
    {
        return Cow::Borrowed(text);
    }
    // «да ☒ нет ☐»: the boxes stand behind their options.
    let behind = choices.first().is_some_and(|first| !first.before.trim().is_empty() && !first.before.contains('\n'))
        && choices.last().is_some_and(|last| last.after.trim().is_empty());
    let option = |choice: &Choice| {
        let text = if behind { &choice.before } else { &choice.after };
        text.trim().trim_end_matches([',', ';']).trim_end().to_owned()
    };
    let ticked: Vec<String> =
        choices.iter().filter(|choice| choice.ticked).map(option).filter(|text| !text.is_empty()).collect();
    Cow::Owned(ticked.join("\n"))
}

/// Lines with a tick among lines without one.
fn ticks(text: &str) -> Cow<'_, str> {
    let tick = |line: &str| line.trim_start().starts_with(['✓', '✔']);
    let ticked = text.trim_start_matches(|c: char| c.is_whitespace() || c == '✓' || c == '✔');
    if text.lines().count() == 1 && tick(text) && !ticked.is_empty() {
        return Cow::Owned(ticked.to_owned());
    }
    Cow::Borrowed(text)
}

#[cfg(test)]
mod tests {
    use super::chosen;

    #[test]
    fn ticked_options_are_the_answer() {
        for (text, expected) in [
            ("☐ 1 ☐ 2 ☐ 3 ☒ 4 ☐ 5", "4"),
            ("[ ] да [x] нет", "нет"),
            ("☑ семинары\n☐ вебинары\n☒ стажировки", "семинары\nстажировки"),
            ("☐ да\n☐ нет", ""),
            ("да ☒ нет ☐", "да"),
            ("✓ семинары\n✓ вебинары", "✓ семинары\n✓ вебинары"),
            ("✓ да", "да"),
            (" ☑ ", " ☑ "),
            ("☐", ""),
            ("(х) да ( ) нет", "да"),
            ("без всяких (совсем) рамок [1]", "без всяких (совсем) рамок [1]"),
        ] {
            assert_eq!(chosen(text), expected, "{text}");
        }
    }
}
