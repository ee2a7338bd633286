//! By which words a mail about the letter is known, and by which phrases the letter itself.

use super::{
    Found,
    annex::Annex,
    pattern::pattern,
    text::{Line, clean, fold, quoted},
};

/// What they are made of.
pub(super) struct Sources<'a> {
    pub(super) number: &'a Found<String>,
    pub(super) subject: &'a str,
    pub(super) event: Option<&'a str>,
    pub(super) event_sentence: &'a str,
    pub(super) form_title: &'a str,
    pub(super) with_draft: bool,
    pub(super) body: &'a [&'a Line],
    pub(super) annexes: &'a [Annex<'a>],
    pub(super) footnote: Option<&'a str>,
}

/// Words of mails and phrases of the letter.
pub(super) fn read(from: &Sources<'_>) -> (Vec<String>, Vec<String>) {
    (distinct(words(from)), distinct(phrases(from)))
}

fn distinct(all: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    all.into_iter().filter(|one| one.chars().count() >= 3 && seen.insert(fold(one))).collect()
}

fn words(from: &Sources<'_>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    // A bare «241» stands in mails about anything.
    let telling = |number: &str| number.chars().count() >= 5 || number.chars().any(|c| !c.is_ascii_digit());
    if from.number.doubt.is_none() && telling(&from.number.value) {
        all.push(from.number.value.clone());
    }
    // A short name in quotes is the programme's; a long one is known by its first words.
    for name in [from.subject, from.form_title]
        .iter()
        .flat_map(|text| quoted(text))
        .chain(from.event.iter().flat_map(|event| event_names(event)))
    {
        if name.chars().count() <= 20 {
            if let Some(digits) = name.strip_suffix('+').filter(|digits| !digits.is_empty()) {
                all.extend([name.clone(), format!("{digits} +"), format!("{digits} плюс")]);
            } else {
                all.push(fold(&name));
            }
        } else {
            all.extend(first_words(&name));
        }
    }
    let kinds = pattern!(
        r"(?i)\b(\p{L}{5,}(?:ых|их|ого|его|ой|ое|ый|ий|ая))\s+((?:совещани|семинар|конференци|форум|вебинар|конкурс|фестивал|чтени|стажировк|олимпиад|акци)\p{L}*)"
    );
    all.extend(kinds.captures_iter(from.event_sentence).filter_map(|found| Some(fold(found.get(0)?.as_str()))));
    let said = pattern!(r"(?i)\b((?:\p{L}{4,}(?:ого|его|ой|ей|ых|их|ом|ем)\s+){1,2}\p{L}{4,})\b");
    let general =
        pattern!(r"(?i)^(?:общеобразовательн|образовательн|муниципальн|региональн|областн|городск|дорожн|учебн|данн)");
    let of_subject =
        said.find_iter(from.subject).map(|found| fold(found.as_str())).filter(|phrase| !general.is_match(phrase));
    all.extend(of_subject.take(2));
    if from.with_draft {
        all.extend(["проект выступления", "тезисы выступления"].map(str::to_owned));
    }
    let heading =
        pattern!(r"(?i)^(?:информация|сведения)\s+(?:по|о|об)\s*(?:свое\w+\s+)?(.+)$").captures(from.form_title);
    if let Some(rest) = heading.and_then(|found| found.get(1)) {
        let two: Vec<&str> =
            rest.as_str().split(' ').filter(|word| !pattern!(r"(?i)^свое\w+$").is_match(word)).take(2).collect();
        if two.len() == 2 && two.iter().all(|word| word.chars().count() >= 4 && word.chars().all(char::is_alphabetic)) {
            all.push(fold(&two.join(" ")));
        }
    }
    all.extend(["анкета", "форма представления", "заполненная форма", "форма заполнена"].map(str::to_owned));
    all
}

/// The names within the name of an event: «Деловая игра «Сетевое наставничество …»» is known by the inner one.
fn event_names(event: &str) -> Vec<String> {
    let inner = quoted(event);
    if inner.is_empty() { vec![event.to_owned()] } else { inner }
}

/// The first words of a name as a phrase: two, or three where the second is an adjective.
fn first_words(name: &str) -> Option<String> {
    let words: Vec<String> =
        fold(name).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    let adjective = |word: &String| pattern!(r"(?:ого|его|ой|ей|ых|их|ый|ий|ая|ое)$").is_match(word);
    let count = if words.get(1).is_some_and(adjective) { 3 } else { 2 };
    let some = words.get(..count)?;
    some.iter().all(|word| word.chars().count() >= 4).then(|| some.join(" "))
}

fn phrases(from: &Sources<'_>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    all.extend(start(from.subject, 7));
    for line in from.body {
        let text = &line.text;
        if text.chars().count() > 160
            && text.starts_with(char::is_uppercase)
            && !pattern!(r"(?i)^уважаем").is_match(text)
        {
            all.extend(start(text, 8));
        }
        let orders = pattern!(
            r"(?i)\b((?:комитет|департамент|министерство|управление|отдел)(?: \p{L}+){0,3} (?:рекомендует|просит|поручает|информирует|сообщает|направляет))\b"
        );
        all.extend(orders.captures(text).and_then(|found| Some(found.get(1)?.as_str().to_owned())));
    }
    for annex in from.annexes {
        let rest = annex
            .heading
            .iter()
            .filter(|line| !is_one_loud_word(line))
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(" ");
        let rest = pattern!(r"^[А-ЯЁ]{4,}\s+").replace(&rest, "").into_owned();
        all.extend(start(&rest, 7));
    }
    all.extend(from.footnote.and_then(|text| start(text.trim_start_matches(['*', ' ']), 9)));
    all
}

fn is_one_loud_word(line: &str) -> bool {
    !line.contains(' ')
}

/// The first words of a text, where they are enough to be its own: five and more, up to a quote.
fn start(text: &str, words: usize) -> Option<String> {
    let text = clean(text);
    let before_quote = text.split(['«', '"', '“', '(']).next().unwrap_or_default();
    let some: Vec<&str> = before_quote.split(' ').filter(|word| !word.is_empty()).take(words).collect();
    (some.len() >= 5 || (some.len() >= 4 && some.concat().chars().count() >= 24))
        .then(|| some.join(" ").trim_end_matches([',', '.', ':', ';']).to_owned())
}
