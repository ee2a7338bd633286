//! Whether an answer says that a document is attached.

use crate::form::words;

/// Beginnings of words that say so.
const ATTACHED: &[&str] = &["прилага", "прилож", "вложен", "прикрепл", "приклады", "прислан", "attach"];
/// Words that say so; «направление» is another thing.
const SENT: &[&str] = &["направлен", "направлена", "направлено", "направлены"];
/// Beginnings of words for a document that is not there yet, or that somebody is going to send.
const PUT_OFF: &[&str] = &[
    "отсутств",
    "разработк",
    "разрабат",
    "доработ",
    "подгот",
    "готовит",
    "готовим",
    "планиру",
    "согласовани",
    "утверждени",
    "ожида",
    "собира",
    "намер",
];
/// What takes it back, or puts it off.
const NOT_YET: &[&str] = &[
    "не",
    "нет",
    "позже",
    "позднее",
    "будет",
    "будут",
    "буду",
    "будем",
    "потом",
    "скоро",
    "завтра",
    "вышлем",
    "вышлю",
    "выслать",
    "пришлем",
    "пришлю",
    "прислать",
    "направим",
    "направлю",
    "направить",
    "отправим",
    "отправлю",
    "отправить",
    "приложим",
    "приложу",
    "приложат",
    "приложить",
    "прилагать",
    "прикрепим",
    "прикреплю",
    "прикрепить",
    "вложим",
    "вложу",
    "вложить",
    "0",
    "без",
    "но",
    "если",
];
/// What file names end with.
const ENDINGS: &[&str] = &[
    "docx", "doc", "odt", "rtf", "pdf", "xlsx", "xls", "ods", "pptx", "ppt", "odp", "jpg", "jpeg", "png", "zip", "rar",
    "7z", "txt", "mp4",
];

/// Whether a text says that a document is attached, or names its file.
pub(super) fn is_attached(text: &str) -> bool {
    let (files, others): (Vec<&str>, Vec<&str>) = text.split_whitespace().partition(|word| names_a_file(word));
    let said = words::words(&others.join(" "));
    let begins = |word: &String, stems: &[&str]| stems.iter().any(|stem| word.starts_with(stem));
    let says = said.iter().any(|word| begins(word, ATTACHED) || SENT.contains(&word.as_str()));
    let not_yet =
        said.iter().any(|word| begins(word, PUT_OFF) || NOT_YET.contains(&word.as_str())) || text.contains('?');
    (says || !files.is_empty()) && !not_yet
}

fn names_a_file(word: &str) -> bool {
    let word = word.trim_matches(|c: char| ",;«»\"().".contains(c));
    word.rsplit_once('.').is_some_and(|(name, ending)| {
        name.contains(char::is_alphanumeric)
            && !word.contains("//")
            && ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known))
    })
}
