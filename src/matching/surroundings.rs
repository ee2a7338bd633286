//! The words around names of schools: places, addresses, counts, titles. They tell what a number or a capital is not.

use super::words::{alike, is_form};

const ORDINAL: &[&str] = &["ая", "ой", "ую", "ый", "ого", "ому", "ым", "ом", "ей"];

/// Words of bodies that run or teach schools and are none.
pub(super) fn is_authority(word: &str) -> bool {
    [
        "комитет",
        "администраци",
        "управлени",
        "министерств",
        "департамент",
        "отдел",
        "институт",
        "университет",
        "академи",
    ]
    .iter()
    .any(|stem| is_form(word, stem))
        || ["лоиро", "иро", "имц", "рмк", "роно", "гороно", "коипо"].contains(&word)
}

/// Words before the name of a town or village.
pub(super) fn is_settlement_marker(word: &str) -> bool {
    [
        "г",
        "гор",
        "город",
        "города",
        "городе",
        "городу",
        "п",
        "пос",
        "поселок",
        "поселка",
        "поселке",
        "пгт",
        "с",
        "село",
        "села",
        "селе",
        "д",
        "дер",
        "деревня",
        "деревни",
        "деревне",
        "рп",
        "гп",
        "ст",
        "станция",
        "станции",
        "станица",
        "станицы",
        "хутор",
        "аул",
        "типа",
        "городского",
        "городской",
        "рабочий",
    ]
    .contains(&word)
}

/// Words before the name of a street.
pub(super) fn is_street(word: &str) -> bool {
    ["улиц", "проспект", "переул", "переулок", "набережн", "площад", "бульвар", "микрорайон", "проезд"]
        .iter()
        .any(|stem| is_form(word, stem))
        || ["ул", "пр", "просп", "пр-т", "пр-кт", "пер", "наб", "шоссе", "ш", "пл", "бул", "б-р", "мкр", "мкрн"]
            .contains(&word)
}

/// Words before the number of a house, a flat or a telephone.
pub(super) fn is_house(word: &str) -> bool {
    ["дом", "корпус", "кабинет", "строени", "квартир", "офис", "телефон", "факс", "индекс"]
        .iter()
        .any(|stem| is_form(word, stem))
        || ["д", "корп", "к", "стр", "кв", "оф", "каб", "лит", "тел", "т", "инн", "кпп", "огрн", "окпо"].contains(&word)
}

/// «район», «р-н», «округ».
pub(super) fn is_district(word: &str) -> bool {
    is_form(word, "район")
        || ["района", "районе", "району", "районом"].iter().any(|form| alike(word, form) || lost_letter(word, form))
        || is_form(word, "округ")
        || ["р-н", "р-на", "р-не", "р-он", "р-ну", "рн", "мр"].contains(&word)
}

/// «Райна»: the word may be a letter too short for [`alike`].
fn lost_letter(word: &str, form: &str) -> bool {
    word.starts_with("рай") && super::words::is_slip(word, form)
}

/// «область», «край».
pub(super) fn is_region(word: &str) -> bool {
    is_form(word, "област")
        || ["область", "области", "областью"].iter().any(|form| alike(word, form))
        || ["обл", "край", "края", "крае", "краю"].contains(&word)
}

/// Titles in a dedication: they tell nobody from anybody.
pub(super) fn is_title(word: &str) -> bool {
    [
        "геро",
        "советск",
        "союз",
        "росси",
        "российск",
        "федераци",
        "народн",
        "учител",
        "заслуженн",
        "генерал",
        "лейтенант",
        "полковник",
        "капитан",
        "майор",
        "генерал-майор",
        "генерал-лейтенант",
        "маршал",
        "адмирал",
        "академик",
        "летчик",
        "летчика-космонавт",
        "космонавт",
        "брат",
        "почетн",
        "гражданин",
        "гражданина",
        "писател",
        "поэт",
        "дважды",
        "реки",
        "ордена",
        "кавалер",
        "труда",
        "социалистическ",
    ]
    .iter()
    .any(|stem| is_form(word, stem))
        || ["ссср", "рф", "рсфср", "имени", "им", "братьев"].contains(&word)
}

/// Nouns after whose № no school is numbered: «приложение № 3».
pub(super) fn numbers_something_else(word: &str) -> bool {
    [
        "приложени",
        "приказ",
        "письм",
        "лицензи",
        "договор",
        "кабинет",
        "протокол",
        "таблиц",
        "вариант",
        "пункт",
        "вопрос",
        "слайд",
        "рисун",
        "рисунок",
        "распоряжени",
        "постановлени",
        "участ",
        "участок",
        "отряд",
        "аудитори",
        "корпус",
        "дом",
        "класс",
        "телефон",
        "форм",
        "график",
        "документ",
        "бланк",
        "стр",
        "страниц",
        "квартир",
        "строени",
        "здани",
    ]
    .iter()
    .any(|stem| is_form(word, stem))
        || ["от", "исх", "вх", "рег", "каб", "тел", "корп", "прил", "д", "кв", "табл", "рис"].contains(&word)
}

/// What is counted or dated by the number before it: «9 класс», «2022 год».
pub(super) fn is_unit(word: &str) -> bool {
    [
        "класс",
        "год",
        "лет",
        "человек",
        "ученик",
        "учащ",
        "учащихся",
        "обучающихся",
        "балл",
        "этаж",
        "час",
        "мест",
        "педагог",
        "учител",
        "школьник",
        "партнер",
        "район",
        "ноябр",
        "октябр",
        "декабр",
        "сентябр",
        "январ",
        "феврал",
        "март",
        "апрел",
        "июн",
        "июл",
        "август",
        "вопрос",
        "ответ",
        "участник",
        "слайд",
        "смен",
        "корпус",
        "здани",
        "кабинет",
        "микрорайон",
        "команд",
        "вариант",
        "част",
        "верси",
        "экземпляр",
        "лист",
        "дн",
        "раз",
    ]
    .iter()
    .any(|stem| is_form(word, stem))
        || ["кл", "чел", "экз", "шт", "мин", "гг", "л", "руб", "школ", "школы", "педагогов"].contains(&word)
}

/// Whether a small word stands in the form that a number asks for: «7 участников», «12 мероприятий».
pub(super) fn is_counted(word: &str) -> bool {
    word == "плюс"
        || word == "мая"
        || (word.chars().count() > 5 && ["ов", "ев", "ий"].iter().any(|ending| word.ends_with(ending)))
}

/// What may be written after the digits of an ordinal: «3-я».
pub(super) fn is_ordinal_ending(word: &str) -> bool {
    ["я", "й", "ая", "ой", "ей", "ую", "ю", "го", "му", "м", "ый", "ий", "ья", "ье", "е"].contains(&word)
}

/// An ordinal that a school may be called by: «третья школа».
pub(super) fn ordinal(word: &str) -> Option<&'static str> {
    [
        (&["перв"][..], "1"),
        (&["втор"], "2"),
        (&["третий", "третья", "третье", "третью"], "3"),
        (&["четверт"], "4"),
        (&["пят"], "5"),
        (&["шест"], "6"),
        (&["седьм"], "7"),
        (&["восьм"], "8"),
        (&["девят"], "9"),
        (&["десят"], "10"),
    ]
    .into_iter()
    .find(|(stems, _): &(&[&str], &str)| {
        stems.iter().any(|stem| word == *stem || word.strip_prefix(stem).is_some_and(|rest| ORDINAL.contains(&rest)))
    })
    .map(|(_, value)| value)
}
