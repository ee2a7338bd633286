//! Yes or no, as people write it. What says both, or either with a reservation, says neither.

use super::doubts;
use crate::form::words;

/// What says yes by itself.
const YES: &[&str] = &[
    "имеется",
    "имеются",
    "имеем",
    "имеет",
    "есть",
    "участвуем",
    "участвует",
    "участвуют",
    "участвовали",
    "участвовала",
    "принимаем участие",
    "принимает участие",
    "принимали участие",
    "приняли участие",
    "проводится",
    "проводятся",
    "проводим",
    "ведется",
    "ведутся",
    "работает",
    "работают",
    "создан",
    "создана",
    "создано",
    "созданы",
    "конечно",
    "безусловно",
    "разумеется",
    "yes",
];
/// What says no by itself.
const NO: &[&str] = &["нету", "отсутствует", "отсутствуют", "отсутствовали", "no"];
/// What follows «нет» and «не» where not the thing is absent, but the answer.
const UNKNOWN: &[&str] = &[
    "данных",
    "сведений",
    "информации",
    "ответа",
    "знаем",
    "знаю",
    "известно",
    "определено",
    "решено",
    "определились",
];
/// What makes doubtful what was said before it.
const RESERVED: &[&str] = &[
    "но",
    "или",
    "либо",
    "однако",
    "кроме",
    "если",
    "частично",
    "отчасти",
    "скорее",
    "возможно",
    "наверное",
    "вероятно",
    "может",
    "иногда",
    "почти",
    "формально",
    "номинально",
    "условно",
    "теоретически",
    "предположительно",
    "вроде",
    "кажется",
    "нужно",
    "надо",
    "необходимо",
    "над",
    "приказ",
    "приказы",
    "проект",
    "проекты",
    "стадии",
    "этапе",
];
/// Beginnings of words for what one has instead of the thing that is asked for: «есть желание», «ведётся набор».
const INSTEAD: &[&str] = &[
    "готовност",
    "возможност",
    "потребност",
    "необходимост",
    "нужд",
    "требу",
    "заявк",
    "решени",
    "идея",
    "идеи",
    "предложени",
    "оформлени",
    "формирован",
    "формируе",
    "набор",
    "ремонт",
    "строительств",
    "закуп",
    "проблем",
    "сложност",
    "трудност",
    "вопрос",
];

/// What an answer says, where it says it clearly.
pub(super) fn told(text: &str) -> Option<bool> {
    if is_tick(text) {
        return Some(true);
    }
    if text.contains('?') {
        return None;
    }
    let said = words::words(text);
    let whole: &[String] = &said;
    let said: Vec<&str> = said.iter().map(String::as_str).collect();
    let (yes, rest) = beginning(&said)?;
    let reserved = rest.iter().any(|word| RESERVED.contains(word)) || put_off(yes, rest, whole);
    // «нет, не участвуем» says it twice; «да, не участвуем» and «нет, участвуем» contradict themselves.
    let denied = |at: usize| at.checked_sub(1).and_then(|before| rest.get(before)) == Some(&"не");
    let affirms = rest.iter().enumerate().any(|(at, word)| !denied(at) && (*word == "да" || single(word)));
    let denies = rest.iter().any(|word| matches!(*word, "не" | "нет") || NO.contains(word));
    let minus = rest.is_empty() && text.trim_end().ends_with(['-', '–', '—']) || text.contains("+/-");
    let unknown = rest.iter().any(|word| UNKNOWN.contains(word));
    let clear = !reserved && !unknown && !minus && if yes { !denies } else { !affirms };
    clear.then_some(yes)
}

/// Whether what follows a yes speaks of something that is not there yet, or of another thing; what follows a no, of a plan.
fn put_off(yes: bool, rest: &[&str], said: &[String]) -> bool {
    let after = said.get(said.len() - rest.len()..).unwrap_or_default();
    if !yes {
        // «нет, не было» says it twice.
        let planned = |word: &&str| word.starts_with("планир") || matches!(*word, "пока" | "еще" | "раньше" | "ранее");
        return rest.iter().any(|word| planned(word) || matches!(*word, "будем" | "будет"));
    }
    // «ведётся работа по…»: what comes of it is not known.
    let work = rest.windows(2).any(|pair| matches!(pair, ["работа" | "работы", "по" | "в" | "для"]));
    let instead = rest.iter().any(|word| INSTEAD.iter().any(|stem| word.starts_with(stem)));
    work || instead || doubts::takes_back(after)
}

/// Whether a word says yes by itself wherever it stands; «есть» and «работает» may speak of something else.
fn single(word: &str) -> bool {
    word.starts_with("участв") || matches!(word, "имеется" | "имеются" | "имеем" | "согласны" | "готовы" | "проводится")
}

/// What the first words say, and the words after them.
fn beginning<'s, 't>(said: &'s [&'t str]) -> Option<(bool, &'s [&'t str])> {
    let (first, rest) = said.split_first()?;
    if rest.first().is_some_and(|next| UNKNOWN.contains(next)) {
        return None;
    }
    match *first {
        "да" => Some((true, rest)),
        "нет" => Some((false, rest)),
        "не" => yes(rest).map(|taken| (false, rest.get(taken..).unwrap_or_default())),
        _ if NO.contains(first) => Some((false, rest)),
        _ => yes(said).map(|taken| (true, said.get(taken..).unwrap_or_default())),
    }
}

/// How many words say yes at the beginning; none where they do not.
fn yes(said: &[&str]) -> Option<usize> {
    let begins = |phrase: &&str| phrase.split(' ').zip(said).filter(|(wanted, word)| wanted == *word).count();
    let whole = YES.iter().find(|phrase| begins(phrase) == phrase.split(' ').count());
    let denial = said.iter().zip(["принимаем", "принимает", "принимали"]).any(|(word, verb)| *word == verb)
        && said.get(1) == Some(&"участия");
    whole.map(|phrase| phrase.split(' ').count()).or(denial.then_some(2))
}

/// A lone tick: «+», «✓», «☑», «V».
fn is_tick(text: &str) -> bool {
    let sign = text.trim().trim_matches(['"', '«', '»', '\'', '(', ')', '[', ']', '.']);
    matches!(sign, "+" | "✓" | "✔" | "☑" | "☒" | "✅" | "🗹" | "🗸" | "V" | "v" | "√")
}
