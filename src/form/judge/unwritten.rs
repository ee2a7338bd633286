//! What stands where nothing was written: the words that a text program shows in an empty field, a list without items.

use crate::form::words;

/// Words that tell to fill a field in. Read like the text that they are looked for in, Latin letters included.
const COMMANDS: &str =
    "щелкните щелкнуть нажмите коснитесь выберите введите вставьте ввода click tap choose select enter";
/// The other words with which they tell it.
const OTHERS: &str = "здесь чтобы для или и ввести вставить выбрать выбора место текст текста дату даты число числа \
                      элемент элемента вариант значение значения ответ ответа ваш из списка списке \
                      here to or your text a an the date item number answer from list option";

/// Whether a text's folded words are what a text program shows in an empty field: «Щелкните здесь, чтобы ввести
/// текст.», «Choose an item.».
pub(super) fn is_placeholder(said: &[String]) -> bool {
    if said.len() < 2 {
        return false;
    }
    let commands = words::words(COMMANDS);
    let others = words::words(OTHERS);
    said.iter().any(|word| commands.contains(word))
        && said.iter().all(|word| commands.contains(word) || others.contains(word))
}

/// Whether a text is a list's numbers or letters without an item: «1.\n2.\n3.», «а) ___».
pub(super) fn is_empty_list(text: &str) -> bool {
    text.lines().all(|line| {
        let line = line.trim();
        let mark = line.trim_end_matches(|c: char| !c.is_alphanumeric());
        let sign = line.get(mark.len()..).unwrap_or_default().trim_start();
        let digits = mark.chars().all(|c| c.is_ascii_digit()) && mark.len() <= 2;
        let letter = mark.chars().count() == 1;
        mark.is_empty() || ((digits || letter) && sign.starts_with(['.', ')']))
    })
}
