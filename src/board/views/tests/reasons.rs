//! Reasons in Russian: every sentence that the rules can give has words.

use super::super::{Sight, evidence};
use super::World;

/// A reason, what must stand in its words, and the one school that it is about.
const REASONS: &[(&str, &str, Option<&str>)] = &[
    ("It is known by the sender's address as vazhiny's.", "Адрес отправителя известен", Some("vazhiny")),
    ("It is known by the thread of our own mail as vazhiny's.", "Это ответ на наше письмо", Some("vazhiny")),
    ("It is known by another document of the same mail as vazhiny's.", "есть документ этой школы", Some("vazhiny")),
    (
        "In field 1 of the form: \"МБОУ \\\"Важинский ОЦ\\\"\" has the type, the number and the place of vazhiny.",
        "В пункте 1 формы: «МБОУ \"Важинский ОЦ\"» – тип, номер и место этой школы",
        Some("vazhiny"),
    ),
    (
        "In the letterhead: One letter is wrong in it; no other known school fits as well.",
        "В шапке документа: в названии одна опечатка",
        None,
    ),
    (
        "In the title page: It speaks of a branch (\"Токсовский\"), which belongs to the school.",
        "речь о филиале: «Токсовский»",
        None,
    ),
    ("In the file name: \"СОШ 3\" is a neighbour that is not in the schedule.", "соседняя школа вне графика", None),
    (
        "In the sender's name: \"ОЦ\" fits more than one known school.",
        "В имени отправителя: «ОЦ» подходит нескольким",
        None,
    ),
    (
        "In field 1 of the form: \"СОШ № 3\" fits kirishi-3, lodeynoye-pole-3, but is not enough.",
        "МОУ «Киришская СОШ №3»; МКОУ",
        None,
    ),
    (
        "In field 1 of the form: \"КСОШ № 3\" fits kirishi-3, but is not enough.",
        "сведений недостаточно",
        Some("kirishi-3"),
    ),
    (
        "In field 1 of the form: kirishi-3: the number is missing; no town or place-name is given.",
        "не указан номер; не указан населённый пункт",
        Some("kirishi-3"),
    ),
    (
        "In the text of the mail: \"ВОЦ\" fits vazhiny, but names another district.",
        "назван другой район",
        Some("vazhiny"),
    ),
    (
        "In field 1 of the form: \"Школа № 9\" names a school, and no school of the schedule fits.",
        "школа, которой нет в графике",
        None,
    ),
    ("In field 1 of the form: kirishi-3 has another number.", "у школы другой номер", None),
    ("In field 1 of the form: Several schools are named.", "В пункте 1 формы: названо несколько школ", None),
    (
        "Another school is named in the letterhead; this does not outweigh field 1.",
        "Другая школа названа в шапке документа",
        None,
    ),
    ("This is settled by the title page.", "Сомнение снимает титульный лист", None),
    (
        "No school is named in field 1 of the form, the text of the mail.",
        "Школа не названа в пункте 1 формы, в тексте письма",
        None,
    ),
    ("No school is named in field 1 of the form (\"школа\").", "Школа не названа в пункте 1 формы: «школа»", None),
    ("No school is named in field 1 of the form (\"\").", "там пусто", None),
    ("it speaks of the letter: \"500+\"", "слова из письма комитета: «500+»", None),
    ("it is not of whom it says: dmarc=fail", "подделан", None),
    ("it is not proven whose it is: ", "не доказана", None),
    ("the reading process was killed, 2 times", "чтение прервано", None),
    ("a person has decided", "Так решил сотрудник", None),
];

#[tokio::test]
async fn every_reason_of_the_rules_has_words() {
    let world = World::empty().await;
    let told = |english: &str| {
        let told = world.frame(&Sight::All, |frame| evidence::told(frame, &[english.to_owned()]));
        told.into_iter().next().map(|one| (one.text, one.about.map(|id| id.to_string())))
    };
    for (english, russian, about) in REASONS {
        let (text, whose) = told(english).unwrap();
        assert!(text.contains(russian), "{english}: {text}");
        assert_eq!(whose.as_deref(), *about, "{english}");
    }
    assert_eq!(told("It may be kirishi-3, vazhiny."), None, "the candidates stand on the page");
    for foreign in ["whatever", "In the moon: \"x\" is new.", "In the letterhead: nobody knows.", "\"half", "In ", ""] {
        assert_eq!(told(foreign).unwrap().0, evidence::UNNAMED, "{foreign}");
    }
}

/// What the sources hold is what is translated: a new sentence there fails here.
#[tokio::test]
async fn no_sentence_of_the_rules_is_forgotten() {
    let world = World::empty().await;
    let told = |english: &str| {
        let all = world.frame(&Sight::All, |frame| evidence::told(frame, &[english.to_owned()]));
        all.into_iter().next().map(|one| one.text)
    };
    let source = include_str!("../../../matching/evidence.rs");
    // Whole sentences in quotes: they begin with a capital letter and end with a full stop.
    let whole = source.split('"').filter(|text| {
        text.ends_with('.') && text.starts_with(char::is_uppercase) && !text.contains(['{', '\n']) && text.contains(' ')
    });
    let mut count = 0;
    for sentence in whole {
        assert!(told(sentence).is_some_and(|text| text != evidence::UNNAMED), "{sentence}");
        count += 1;
    }
    assert!(count >= 8, "{count}");
    let fit = include_str!("../../../matching/fit.rs");
    let doubts: Vec<&str> = fit.split("=> \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(doubts.len() >= 15, "{doubts:?}");
    for doubt in doubts {
        let text = told(&format!("In field 1 of the form: kirishi-3: {doubt}.")).unwrap();
        assert_ne!(text, evidence::UNNAMED, "{doubt}");
    }
}
