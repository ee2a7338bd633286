//! What a letter's campaign leads to: a meeting, a contest, a conference.

use jiff::civil::Date;

use super::{Event, Found, dates, pattern::pattern, russian::sentence, tasks::Said, text::quoted};

/// What happens on which days: a sentence with a period or a day on which something takes place.
pub(super) fn read(said: &[Said], letter: Date) -> Option<Found<Event>> {
    let happens =
        pattern!(r"(?i)в период с|состо[ия]т|пройд[её]т|провод[ия]тс|проведен|провед[её]т|проводит|организу|заплан");
    for one in said.iter().filter(|one| one.who.is_none() && happens.is_match(&one.text)) {
        let Some(day) = dates::find(&one.text, letter).into_iter().find(|day| !day.until && day.first >= letter) else {
            continue;
        };
        let longest = quoted(&one.text)
            .into_iter()
            .filter(|name| !is_office(&one.text, name))
            .max_by_key(|name| name.chars().count());
        let event = |title: String| Event { title, from: day.first, to: day.last };
        return Some(match longest.filter(|name| name.chars().count() >= 12) {
            Some(title) => Found::sure(event(with_kind(&one.text, title)), &one.text),
            None => Found::sure(event("Мероприятие по письму".to_owned()), &one.text)
                .but("название мероприятия не найдено: впишите его"),
        });
    }
    None
}

/// A name with the word before it that says what it is: «Городской конкурс «…»».
fn with_kind(text: &str, name: String) -> String {
    let before = text.find(&name).and_then(|at| text.get(..at)).unwrap_or_default();
    let kind = pattern!(
        r"(?i)((?:\p{L}+(?:ый|ий|ой|ая|ое)\s+){0,2}(?:конкурс|конференция|семинар|форум|вебинар|фестиваль|совещание|олимпиада|акция|круглый стол))\s*[«“]$"
    );
    match kind.captures(before).and_then(|found| found.get(1)) {
        Some(kind) => format!("{} «{name}»", sentence(kind.as_str())),
        None => name,
    }
}

/// Whether a name in quotes is that of an institution: a legal form stands before it.
fn is_office(text: &str, name: &str) -> bool {
    let before = text.find(name).and_then(|at| text.get(..at)).unwrap_or_default();
    pattern!(r"(?:[А-ЯЁ]{2,}(?:\s+[А-ЯЁ]{2,})*|[Ии]нститут\w*|[Цц]ентр\w*)\s*[«“]$").is_match(before)
}
