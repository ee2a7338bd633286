//! Does a mail without a form or draft have to do with the letter at all?

use crate::{campaign::Campaign, document::Document, reader::Reading};

use super::parts;

/// The subject and the text of a mail, with what it quotes and forwards.
pub(super) fn said(reading: &Reading) -> String {
    let message = &reading.message;
    let mut said = vec![message.subject.clone(), message.body.text(), message.quoted.clone(), message.forwarded.text()];
    said.extend(parts::forwarded_bodies(reading).map(Document::text));
    said.join("\n")
}

/// Whether a text has the letter's number.
pub(super) fn names_number(campaign: &Campaign, text: &str) -> bool {
    names_letter(&words(text), &campaign.letter.number)
}

/// The first word of the letter that stands in the subject or the text of the mail.
pub(super) fn word_of_the_letter<'c>(campaign: &'c Campaign, reading: &Reading) -> Option<&'c str> {
    let said = words(&said(reading));
    let mut phrases = campaign.recognition.words.iter().map(String::as_str);
    let number = campaign.letter.number.as_str();
    phrases.find(|phrase| speaks(&said, &words(phrase))).or_else(|| names_letter(&said, number).then_some(number))
}

/// The folded words and numbers of a text; a plus is a word.
fn words(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut before = None;
    for c in text.to_lowercase().chars() {
        let kind = match c {
            '+' | '\u{ff0b}' => 'p',
            _ if c.is_numeric() => 'n',
            _ if c.is_alphabetic() => 'l',
            '\u{ad}' | '\u{200b}'..='\u{200d}' => continue,
            _ => ' ',
        };
        match (kind, found.last_mut()) {
            (' ', _) => {}
            ('p', _) => found.push("плюс".to_owned()),
            (_, Some(word)) if before == Some(kind) => word.push(if c == 'ё' { 'е' } else { c }),
            _ => found.push(c.to_string().replace('ё', "е")),
        }
        before = Some(kind);
    }
    found
}

/// Whether a text's words hold a phrase, in whatever case and number its words stand.
fn speaks(said: &[String], phrase: &[String]) -> bool {
    match phrase {
        [] => false,
        [word] => said.iter().any(|one| is_inflected(one, word)),
        _ => said.windows(phrase.len()).any(|some| some.iter().zip(phrase).all(|(a, b)| shares_stem(a, b))),
    }
}

/// Whether two words have one stem: a common beginning and a short ending.
fn shares_stem(a: &str, b: &str) -> bool {
    let common = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count();
    let longest = a.chars().count().max(b.chars().count());
    a == b || (common >= 4 && longest - common <= 3 && !a.starts_with(char::is_numeric))
}

/// Whether a word is a noun, or one of its cases: by itself an ordinary word has no other words to vouch for it.
fn is_inflected(one: &str, word: &str) -> bool {
    const ENDINGS: [&str; 8] = ["а", "у", "ы", "е", "ой", "ам", "ами", "ах"];
    let stem = word.strip_suffix('а').filter(|stem| stem.chars().count() >= 4);
    one == word || stem.and_then(|stem| one.strip_prefix(stem)).is_some_and(|ending| ENDINGS.contains(&ending))
}

/// Whether a text names the letter by its number, with its year or without: «№ 19–33822», «19-33822/22».
fn names_letter(said: &[String], number: &str) -> bool {
    let number = words(number);
    let long = |word: &String| word.chars().count() >= 4;
    let short = match number.as_slice() {
        [start @ .., last] if last.chars().count() == 4 && start.len() >= 2 && start.iter().any(long) => start,
        whole => whole,
    };
    // A bare «241» stands in mails about anything, and «б/н» is no number.
    let telling =
        short.iter().any(|word| word.starts_with(char::is_numeric)) && (short.len() >= 2 || short.iter().any(long));
    telling && said.windows(short.len()).any(|some| some == short)
}

/// Lower case, ё as е, every run of white space one space.
pub(super) fn plain(text: &str) -> String {
    text.to_lowercase().replace('ё', "е").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether `word` stands in `text` with no letter or digit right beside it.
pub(super) fn contains_whole(text: &str, word: &str) -> bool {
    let beside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    !word.is_empty()
        && text.match_indices(word).any(|(at, _)| {
            let before = text.get(..at).and_then(|head| head.chars().next_back());
            let after = text.get(at + word.len()..).and_then(|tail| tail.chars().next());
            !beside(before) && !beside(after)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_of_the_letter_is_known_in_any_case_and_number() {
        let speaks = |text: &str, phrase: &str| speaks(&words(text), &words(phrase));
        for (text, phrase) in [
            ("проект «500плюс»", "500+"),
            ("проект 500-плюс", "500+"),
            ("в «500 +» и далее", "500+"),
            ("Проекты выступлений слать всем?", "проект выступления"),
            ("с проектом\nвыступления", "проект выступления"),
            ("тезисы выступлений", "тезисы выступления"),
            ("Анкету вышлем", "анкета"),
            ("анкетами", "анкета"),
            ("Заполненные формы – почтой?", "заполненная форма"),
            ("форму заполнили", "форма заполнена"),
            ("Окружные совещания: где ссылка?", "окружное совещание"),
            ("к представлению опыта", "представление опыта"),
        ] {
            assert!(speaks(text, phrase), "{text}");
        }
        for (text, phrase) in [
            ("цена 1500+", "500+"),
            ("500 рублей", "500+"),
            ("анкетирование родителей", "анкета"),
            ("анкетный", "анкета"),
            ("школьная форма", "заполненная форма"),
            ("проект приказа о выступлении", "проект выступления"),
            ("совещание директоров", "окружное совещание"),
        ] {
            assert!(!speaks(text, phrase), "{text}");
        }
        for (text, named) in [
            ("письмо № 19–33822/2022", true),
            ("на № 19-33822", true),
            ("19-33822/22", true),
            ("19 ноября 2022", false),
            ("119-33822", false),
        ] {
            assert_eq!(names_letter(&words(text), "19-33822/2022"), named, "{text}");
        }
        for (text, number) in [("совещание в кабинете 241", "241"), ("письмо б/н", "б/н")] {
            assert!(!names_letter(&words(text), number), "{text}");
        }
        assert!(names_letter(&words("на Ваше письмо № 2417"), "2417"));
    }

    #[test]
    fn a_word_counts_only_as_a_whole() {
        assert!(contains_whole("о проекте 500+ и далее", "500+"));
        assert!(contains_whole("анкета.", "анкета"));
        assert!(!contains_whole("цена 1500+", "500+"));
        assert!(!contains_whole("анкетами", "анкета"));
    }
}
