//! What the number of an answer counts: a count counts schools and partners, a rating nothing at all.

use super::{
    dates::{is_year, month},
    lexemes::{Lexed, Lexeme},
    numbers::cardinal,
};
use crate::form::words::is_small;

/// Beginnings of the words for what a form counts: schools, partners, organisations.
const COUNTED: &[&str] = &[
    "школ",
    "шк",
    "орг",
    "партнер",
    "организац",
    "учрежден",
    "участни",
    "гимнази",
    "лице",
    "интернат",
    "центр",
    "колледж",
    "техникум",
    "училищ",
    "университет",
    "институт",
    "вуз",
    "вузов",
    "академи",
    "библиотек",
    "музе",
    "предприят",
    "филиал",
    "детск",
    "сад",
    "детсад",
    "образовательн",
    "общеобразовательн",
    "площадк",
    "кластер",
    "наставник",
    "оу",
    "оо",
    "сош",
    "оош",
    "нош",
    "доу",
    "мдоу",
    "мбдоу",
    "моу",
    "мбоу",
    "мкоу",
    "цо",
];
/// Words that count nothing of their own.
const NEUTRAL: &[&str] = &[
    "всего",
    "итого",
    "штук",
    "штуки",
    "шт",
    "единиц",
    "единицы",
    "ед",
    "пока",
    "сейчас",
    "вместе",
    "включая",
    "точно",
    "ровно",
    "именно",
    "да",
    "среди",
    "или",
    "но",
    "как",
    "что",
    "плюс",
    "район",
    "района",
    "считая",
    "кроме",
];
/// Endings of adjectives after a number.
const ADJECTIVES: &[&str] =
    &["ых", "их", "ые", "ие", "ый", "ной", "ная", "ное", "ская", "ской", "ское", "ского", "ной"];
/// Endings of nouns that look like them.
const NOUNS: &[&str] = &["ение", "ание", "тие", "вие", "щихся"];
/// What people count where no mark stands, in the cases that a number asks for.
const COUNTS: &[&str] = &[
    "педагог",
    "педагога",
    "педагогов",
    "учитель",
    "учителя",
    "учителей",
    "школы",
    "школ",
    "партнер",
    "партнера",
    "партнеров",
    "организации",
    "организаций",
    "класс",
    "класса",
    "классов",
    "классе",
    "место",
    "места",
    "мест",
    "урок",
    "урока",
    "уроков",
    "час",
    "часа",
    "часов",
    "человек",
    "человека",
    "мероприятие",
    "мероприятия",
    "мероприятий",
    "семинар",
    "семинара",
    "семинаров",
    "вебинар",
    "вебинара",
    "вебинаров",
    "встреча",
    "встречи",
    "встреч",
    "раз",
    "раза",
    "ученик",
    "ученика",
    "учеников",
    "обучающихся",
    "учащихся",
    "детей",
    "дней",
    "дня",
    "день",
    "недели",
    "недель",
    "кв",
    "квартал",
    "квартала",
    "кварталов",
    "полугодие",
    "этап",
    "этапа",
    "этапов",
    "проект",
    "проекта",
    "проектов",
    "рублей",
    "руб",
    "процент",
    "процента",
    "процентов",
    "минут",
    "минуты",
    "четверть",
    "четверти",
];

/// Whether what follows a number, said once or twice up to `end`, is what a count counts, or nothing that a mark is
/// not.
pub(super) fn fits(lexed: &[Lexed], once: usize, end: usize, value: u32, is_mark: bool) -> bool {
    let closed = end + usize::from(end > once && lexed.get(end).is_some_and(|one| one.is(')')));
    let words = |from: usize| -> Vec<&str> {
        // «3х», «4б»: an ending.
        let ending = |one: &Lexed| !one.spaced && one.word().is_some_and(|word| word.chars().count() <= 2);
        let from = from + usize::from(lexed.get(from).is_some_and(ending));
        let following = lexed.get(from..).unwrap_or_default();
        following.iter().map_while(Lexed::word).take_while(|word| !is_small(word)).take(5).collect()
    };
    [once, closed].into_iter().all(|from| {
        let said = words(from);
        if is_mark { !counts_something(&said) } else { is_counted(&said) && !(said.is_empty() && is_year(value)) }
    })
}

fn counts_something(said: &[&str]) -> bool {
    said.first().is_some_and(|word| COUNTS.contains(word) || month(word).is_some())
}

fn is_counted(said: &[&str]) -> bool {
    let counted = |word: &&str| {
        COUNTED.iter().any(|stem| word == stem || (stem.chars().count() > 3 && word.starts_with(stem)))
            || ["сош", "оош"].iter().any(|ending| word.ends_with(ending))
            || word.starts_with("сад")
    };
    let neutral = |word: &&str| {
        let adjective = ADJECTIVES.iter().any(|ending| word.ends_with(ending))
            && !NOUNS.iter().any(|ending| word.ends_with(ending));
        adjective || NEUTRAL.contains(word) || cardinal(word).is_some()
    };
    said.iter().any(counted) || said.iter().all(neutral)
}

/// Whether the mark stands on a scale with another end: «5 по 10-балльной шкале», «4 из 12».
pub(super) fn is_on_another_scale(lexed: &[Lexed], max: u32) -> bool {
    let points = |word: &str| word.starts_with("балл") || word.starts_with("бальн");
    let get = |at: usize| lexed.get(at);
    lexed.iter().enumerate().any(|(at, one)| match &one.lexeme {
        Lexeme::Word(word) => {
            word.find("бал").and_then(|from| cardinal(word.get(..from)?)).is_some_and(|end| end != max)
        }
        Lexeme::Number(end) if *end != max => {
            let next = at + 1 + usize::from(get(at + 1).is_some_and(Lexed::is_dash));
            let of_points = get(next).and_then(Lexed::word).is_some_and(|word| points(word) && word.contains("льн"));
            let before = |back: usize| at.checked_sub(back).and_then(get);
            // «5 из 10», «5 (из 10)», «5 баллов из 10», «5/10»: right behind the mark.
            let numbers = lexed.iter().take(at).filter(|one| matches!(one.lexeme, Lexeme::Number(_))).count();
            let of = before(1).is_some_and(|of| of.word() == Some("из")) && *end > max && numbers <= 1 && {
                let mark = (2..=4).filter_map(before).find(|one| !one.is('(') && !one.word().is_some_and(points));
                mark.is_some_and(|mark| {
                    matches!(mark.lexeme, Lexeme::Number(_)) || mark.word().is_some_and(|word| cardinal(word).is_some())
                })
            };
            of_points || of
        }
        _ => false,
    })
}
