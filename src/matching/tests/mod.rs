use std::sync::LazyLock;

use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

use super::*;

static ROSTER: LazyLock<Roster> = LazyLock::new(|| {
    let text = include_str!("../../../config/campaigns/500plus-2022.toml");
    Roster::new(&crate::campaign::read("500plus-2022.toml", text).unwrap())
});

fn roster() -> &'static Roster {
    &ROSTER
}

fn short(found: &NameMatch) -> String {
    let ids = |mark: &str, ids: &[SchoolId]| ids.iter().fold(mark.to_owned(), |line, id| format!("{line} {id}"));
    match found {
        NameMatch::Full { school, branch: None, .. } => school.to_string(),
        NameMatch::Full { school, branch: Some(_), .. } => format!("{school}+"),
        NameMatch::Partial { candidates, .. } => ids("?", candidates),
        NameMatch::Conflict { candidates, .. } => ids("!", candidates),
        NameMatch::Outside { .. } => "outside".to_owned(),
        NameMatch::None => "none".to_owned(),
    }
}

fn table() -> impl Iterator<Item = (&'static str, String)> {
    include_str!("names.txt")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("# ") && !line.starts_with("#  "))
        .map(|line| line.split_once('\t').unwrap())
        .map(|(verdict, text)| (verdict, text.replace("\\n", "\n")))
}

#[test]
fn every_way_of_writing_a_name_gets_its_verdict() {
    let roster = roster();
    let wrong: Vec<String> = table()
        .filter_map(|(expected, text)| {
            let found = roster.name(&text);
            let got = short(&found);
            (got != expected).then(|| format!("{text:?}: expected {expected}, got {got}\n    {:?}", found.into_why()))
        })
        .collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn id(school: &str) -> SchoolId {
    school.parse().unwrap()
}

fn text(source: Source, text: &str) -> Clue {
    Clue::Text { source, text: text.to_owned() }
}

fn known(source: Source, school: &str) -> Clue {
    Clue::Known { source, school: id(school) }
}

/// «kirishi-3», «? kirishi-3 roshchino», «outside», «unknown».
fn verdict(clues: &[Clue]) -> String {
    match roster().conclude(clues) {
        Verdict::Certain { school, branch, why } => {
            assert!(!why.is_empty());
            format!("{school}{}", if branch.is_some() { "+" } else { "" })
        }
        Verdict::Ambiguous { candidates, why } => {
            assert!(!why.is_empty());
            candidates.iter().fold("?".to_owned(), |line, id| format!("{line} {id}"))
        }
        Verdict::Outside { name, why } => {
            assert!(!name.is_empty() && !why.is_empty());
            "outside".to_owned()
        }
        Verdict::Unknown { why } => {
            assert!(!why.is_empty());
            "unknown".to_owned()
        }
    }
}

const FULL: &str = "МОУ «Киришская СОШ №3»";
const OTHER: &str = "МБОУ «Подпорожская СОШ № 4 им. М. Горького»";

#[test]
fn a_full_name_in_the_form_on_the_title_page_or_in_the_letterhead_is_certain() {
    for source in [Source::NameField, Source::TitlePage, Source::Letterhead] {
        assert_eq!(verdict(&[text(source, FULL)]), "kirishi-3", "{source:?}");
    }
    let page = "Муниципальное общеобразовательное учреждение\n«Киришская средняя общеобразовательная школа № 3»\n\n\
                Проект выступления\n«Сетевое наставничество школ»\n\nДиректор: Рощина А. А.\n\nКириши, 2022";
    assert_eq!(verdict(&[text(Source::TitlePage, page)]), "kirishi-3");
    let head = "Ленинградская область\nКомитет образования администрации Подпорожского муниципального района\n\
                МБОУ «Важинский образовательный центр»\n187742, п. Важины, ул. Школьная, д. 13, тел. 8(81365)4-11-22";
    assert_eq!(verdict(&[text(Source::Letterhead, head)]), "vazhiny");
    assert_eq!(
        verdict(&[text(
            Source::TitlePage,
            "Опыт работы МОУ «КСОШ №3»\n\nПодготовила Иванова И. И.\n\n\nг. Кириши\n2022"
        )]),
        "kirishi-3"
    );
}

#[test]
fn an_address_or_our_thread_is_certain_with_nothing_against_it() {
    for source in [Source::RosterAddress, Source::Thread] {
        let own = known(source, "kirishi-3");
        assert_eq!(verdict(std::slice::from_ref(&own)), "kirishi-3");
        assert_eq!(
            verdict(&[own.clone(), text(Source::Signature, "Добрый день! Направляем анкету нашей школы.")]),
            "kirishi-3"
        );
        assert_eq!(verdict(&[own.clone(), text(Source::FileName, "КСОШ №3.docx")]), "kirishi-3");
        assert_eq!(
            verdict(&[own.clone(), text(Source::FileName, "Подпорожская СОШ 4.docx")]),
            "? kirishi-3 podporozhye-4"
        );
        assert_eq!(verdict(&[own.clone(), text(Source::DisplayName, "Киришская СОШ №8")]), "? kirishi-3");
        assert_eq!(verdict(&[own.clone(), text(Source::TitlePage, OTHER)]), "? kirishi-3 podporozhye-4");
        assert_eq!(verdict(&[own.clone(), text(Source::NameField, "Гимназия г. Кириши")]), "? kirishi-3");
    }
    assert_eq!(
        verdict(&[known(Source::RosterAddress, "kirishi-3"), known(Source::Thread, "vazhiny")]),
        "? vazhiny kirishi-3"
    );
}

#[test]
fn field_one_against_other_strong_evidence_goes_to_a_person() {
    for against in [
        known(Source::RosterAddress, "podporozhye-4"),
        known(Source::Thread, "podporozhye-4"),
        text(Source::TitlePage, OTHER),
        text(Source::Letterhead, OTHER),
    ] {
        assert_eq!(verdict(&[text(Source::NameField, FULL), against]), "? kirishi-3 podporozhye-4");
    }
    assert_eq!(
        verdict(&[text(Source::NameField, FULL), text(Source::Letterhead, "МБОУ «Мгинская СОШ»")]),
        "? kirishi-3"
    );
    assert_eq!(verdict(&[text(Source::NameField, "Мгинская СОШ"), known(Source::Thread, "kirishi-3")]), "? kirishi-3");
    assert_eq!(verdict(&[text(Source::NameField, FULL), text(Source::NameField, OTHER)]), "? kirishi-3 podporozhye-4");
}

#[test]
fn supporting_evidence_does_not_outweigh_a_full_name() {
    for source in [Source::FileName, Source::DisplayName, Source::Signature] {
        for strong in [Source::NameField, Source::TitlePage, Source::Letterhead] {
            assert_eq!(verdict(&[text(strong, FULL), text(source, OTHER)]), "kirishi-3", "{strong:?} {source:?}");
        }
    }
}

#[test]
fn two_supporting_clues_are_enough_and_one_is_not() {
    let file = text(Source::FileName, "Киришская_СОШ_3_анкета.docx");
    assert_eq!(verdict(std::slice::from_ref(&file)), "? kirishi-3");
    assert_eq!(verdict(&[file.clone(), text(Source::FileName, "Киришская СОШ №3 выступление.pptx")]), "? kirishi-3");
    assert_eq!(verdict(&[file.clone(), text(Source::DisplayName, "МОУ КСОШ №3")]), "? kirishi-3");
    assert_eq!(verdict(&[file.clone(), text(Source::DisplayName, "МОУ КСОШ №3 г. Кириши")]), "kirishi-3");
    let signature = text(
        Source::Signature,
        "Добрый день!\nНаправляем форму.\n\nС уважением,\nИ. И. Иванова,\nзам. директора МОУ «Киришская СОШ № 3»\nтел. 8-813-68-12345",
    );
    assert_eq!(verdict(&[file.clone(), signature.clone()]), "kirishi-3");
    assert_eq!(
        verdict(&[file.clone(), signature, text(Source::DisplayName, "Подпорожская СОШ 4")]),
        "? kirishi-3 podporozhye-4"
    );
}

#[test]
fn an_incomplete_field_is_settled_by_other_evidence() {
    for field in ["МОУ «КСОШ №3»", "СОШ № 3", "Киришская СОШ"] {
        let field = text(Source::NameField, field);
        assert!(verdict(std::slice::from_ref(&field)).starts_with("? kirishi-3"));
        for settles in [
            known(Source::RosterAddress, "kirishi-3"),
            known(Source::Thread, "kirishi-3"),
            text(Source::Letterhead, FULL),
            text(Source::TitlePage, FULL),
            text(Source::FileName, "анкета Киришская СОШ №3.docx"),
            text(Source::Signature, "зам. директора МОУ «Киришская СОШ №3»"),
        ] {
            assert_eq!(verdict(&[field.clone(), settles.clone()]), "kirishi-3", "{settles:?}");
        }
        assert_eq!(
            verdict(&[field.clone(), text(Source::FileName, "Киришская СОШ №3"), text(Source::DisplayName, OTHER)]),
            verdict(&[field.clone(), text(Source::DisplayName, OTHER), text(Source::FileName, "Киришская СОШ №3")]),
        );
        assert!(verdict(&[field.clone(), text(Source::FileName, OTHER)]).starts_with('?'));
        assert!(verdict(&[field, known(Source::Thread, "vazhiny")]).starts_with('?'));
    }
    let page = text(Source::Letterhead, "Администрация Киришского муниципального района\nКомитет по образованию");
    assert_eq!(verdict(&[text(Source::NameField, "МОУ «КСОШ №3»"), page]), "kirishi-3");
    let page = text(Source::Letterhead, "Администрация Кингисеппского муниципального района");
    assert_eq!(verdict(&[text(Source::NameField, "МОУ «КСОШ №3»"), page]), "? kirishi-3");
    assert_eq!(verdict(&[text(Source::NameField, "ВОЦ"), known(Source::RosterAddress, "vazhiny")]), "vazhiny");
    assert_eq!(
        verdict(&[text(Source::NameField, "ВОЦ"), known(Source::RosterAddress, "kirishi-3")]),
        "? vazhiny voznesenye kirishi-3"
    );
}

#[test]
fn what_contradicts_itself_is_settled_by_nothing() {
    for field in ["Киришская СОШ №3 и Подпорожская СОШ №4", "Киришская СОШ №3, Новгородская область"]
    {
        let field = text(Source::NameField, field);
        assert!(
            verdict(&[field, known(Source::Thread, "kirishi-3"), text(Source::FileName, FULL)])
                .starts_with("? kirishi-3")
        );
    }
}

#[test]
fn a_branch_is_its_parents_and_flagged() {
    assert_eq!(verdict(&[text(Source::NameField, "Цвелодубовский филиал МБОУ «Рощинский ЦО»")]), "roshchino+");
    assert_eq!(verdict(&[text(Source::TitlePage, "Цвелодубовский филиал\nМБОУ «Рощинский ЦО»")]), "roshchino+");
}

#[test]
fn schools_outside_the_schedule_and_texts_without_a_school_are_told_apart() {
    assert_eq!(verdict(&[text(Source::NameField, "МБОУ «Мгинская СОШ»")]), "outside");
    assert_eq!(verdict(&[text(Source::TitlePage, "МБОУ «Мгинская СОШ»\nПрактики школы")]), "outside");
    assert_eq!(verdict(&[text(Source::NameField, ""), text(Source::FileName, "анкета.docx")]), "unknown");
    assert_eq!(verdict(&[]), "unknown");
    assert_eq!(
        verdict(&[text(Source::Signature, "Добрый день! Форма нашей школы. Школы района участвуют.")]),
        "unknown"
    );
}

#[test]
fn a_school_that_is_only_spoken_of_speaks_for_nobody() {
    for page in [
        "Проект на базе МОУ «Киришская СОШ №3»",
        "Взаимодействие в МОУ «Киришская СОШ №3»",
        "В МОУ «Киришская СОШ №3»",
        "Опыт работы совместно с МОУ «Киришская СОШ №3»",
        "О взаимодействии с МОУ «Киришская СОШ №3»",
        "Музей при МОУ «Киришская СОШ №3»",
        "Материалы для МОУ «Киришская СОШ №3»",
        "(по материалам МОУ «Киришская СОШ №3»)",
        "Встреча: здание МОУ «Киришская СОШ №3»",
        "Партнер: МОУ «Киришская СОШ №3»",
        "Сетевой партнер – МОУ «Киришская СОШ №3»",
        "Сетевое взаимодействие (партнер Киришской СОШ №3)",
        "Школа-наставник: МОУ «Киришская СОШ №3»",
        "Куратор: Иванова И. И., МОУ «Киришская СОШ №3»",
        "Опорная школа: Киришская СОШ №3",
        "Место проведения: Киришская СОШ №3, актовый зал",
        "Копия: МОУ «Киришская СОШ №3»",
        "Сетевой партнер:\nМОУ «Киришская СОШ №3»",
        "Школы-партнеры:\nМБОУ «Подпорожская СОШ №4»\nМОУ «Киришская СОШ №3»",
        "На базе Киришской СОШ №3 и Подпорожской СОШ №4",
        "Директору\nМОУ «Киришская СОШ №3»\nИвановой И. И.",
        "Заведующей Киришской СОШ №3 Ивановой И. И.",
    ] {
        for source in [Source::TitlePage, Source::Letterhead, Source::FileName, Source::Signature] {
            assert_eq!(verdict(&[text(source, page)]), "unknown", "{page:?}");
        }
        let mut clues = vec![text(Source::NameField, "СОШ №3"), text(Source::Letterhead, page)];
        assert_eq!(verdict(&clues), "? kirishi-3 lodeynoye-pole-3", "{page:?}");
        clues.push(known(Source::Thread, "kirishi-3"));
        assert_eq!(verdict(&clues), "kirishi-3", "{page:?}");
    }
    for page in [
        "Опыт МОУ «Киришская СОШ №3»",
        "Директор МОУ «Киришская СОШ №3»",
        "Докладчик: Петрова П. П., учитель МОУ «Киришская СОШ №3»",
        "Выступление МОУ «Киришская СОШ №3»",
        "Выступление: МОУ «Киришская СОШ №3»",
        "Информация от МОУ «Киришская СОШ №3»",
        "Взаимодействие с партнерами. МОУ «Киришская СОШ №3»",
        "МОУ «Киришская СОШ №3»\nПартнеры: школы района",
    ] {
        assert_eq!(verdict(&[text(Source::TitlePage, page)]), "kirishi-3", "{page:?}");
    }
}

#[test]
fn several_schools_on_a_page_or_in_a_files_name_are_not_one() {
    for page in [
        "Киришская и Лодейнопольская СОШ №3",
        "Опыт Важинского и Вознесенского образовательных центров",
        "Киришская СОШ №3, 7",
        "Киришская СОШ №3 и гимназия",
    ] {
        for source in [Source::TitlePage, Source::Letterhead, Source::FileName] {
            assert!(verdict(&[text(source, page)]).starts_with('?'), "{page:?}");
        }
    }
    for name in ["Киришская СОШ №3 (1).docx", "Киришская СОШ №3 - 500+.pptx", "Киришская СОШ №3 15.11.docx"]
    {
        let field = text(Source::NameField, "СОШ №3");
        assert_eq!(verdict(&[field, text(Source::FileName, name)]), "kirishi-3", "{name:?}");
    }
}

const SCHEDULE: &str = "ГРАФИК\nпредставления опыта участия в проекте\nДата\tНазвание\n15.11.2022\tМОУ «Киришская СОШ №3»\n\
    17.11.2022\tМБОУ «Рощинский Центр образования»\n22.11.2022\tМБОУ «Подпорожская средняя общеобразовательная школа № 4 \
    им. М. Горького», МБОУ «Важинский образовательный центр»,\n24.11.2022\tМБОУ «Вознесенский образовательный центр»; МОУ \
    «Лебяженский центр общего образования»)\n29.11.2022\tМКОУ «Лодейнопольская средняя общеобразовательная школа №3 \
    имени Героев Свири»\n*По желанию образовательной организации она может представить опыт работы";

#[test]
fn the_letters_own_schedule_is_no_evidence() {
    assert_eq!(roster().mentions(SCHEDULE), []);
    assert_eq!(verdict(&[text(Source::Letterhead, SCHEDULE)]), "unknown");
    let with_own = format!(
        "{OTHER}\n\nИНФОРМАЦИЯ\nпо представлению своего опыта участия в проекте «Организация сетевого \
        взаимодействия на муниципальном уровне школ с высокими и низкими результатами обучения»\n\n{SCHEDULE}"
    );
    let mentions = roster().mentions(&with_own);
    assert_eq!(mentions.len(), 1);
    assert_eq!(mentions[0].found.school(), Some(&id("podporozhye-4")));
    assert_eq!(verdict(&[text(Source::NameField, SCHEDULE)]).split(' ').next(), Some("?"));
}

#[test]
fn a_mention_tells_where_it_stands() {
    let body = "Добрый день!\n\nНаправляем форму МОУ «Киришская СОШ №3» и презентацию.\nС уважением";
    let mentions = roster().mentions(body);
    assert_eq!(mentions.len(), 1);
    assert_eq!(mentions[0].line, 3);
    assert_eq!(body.get(mentions[0].span.clone()), Some("МОУ «Киришская СОШ №3»"));
}

/// Ways of writing that mean nothing.
fn rewritten(text: &str, way: usize) -> String {
    match way {
        0 => text.to_uppercase(),
        1 => text.to_lowercase(),
        2 => text.replace('е', "ё"),
        3 => text.replace(['«', '»', '„', '“'], "\""),
        4 => text.replace(['«', '»', '„', '“', '"'], ""),
        5 => text.replace(' ', "  \u{a0}"),
        6 => text.replace(' ', " \u{200b}"),
        7 => format!("  {text} \n"),
        8 => format!("«{text}»"),
        9 => format!("Полное наименование: {text}"),
        10 => text.replace('а', "a").replace('о', "o").replace('С', "C"),
        11 => text.replace('№', "N"),
        12 => text.replace('№', "№ "),
        13 => format!("{text}."),
        14 => format!("МБОУ {text}"),
        15 => text.nfd().collect(),
        _ => format!("{text}, директор Петров П. П., тел. 8 (813) 12-34-56, e-mail: school8@example.org"),
    }
}

#[test]
fn ways_of_writing_that_mean_nothing_change_no_verdict() {
    let roster = roster();
    let mut wrong = Vec::new();
    for (expected, text) in table().filter(|(expected, _)| !matches!(*expected, "outside" | "none")) {
        for way in 0..17 {
            let text = rewritten(&text, way);
            let got = short(&roster.name(&text));
            if got != expected {
                wrong.push(format!("{way}: {text:?}: expected {expected}, got {got}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn no_way_of_writing_makes_an_outsider_one_of_the_schedule() {
    let roster = roster();
    for (_, text) in table().filter(|(expected, _)| matches!(*expected, "outside" | "none")) {
        for way in 0..17 {
            let text = rewritten(&text, way);
            assert_eq!(roster.name(&text).school(), None, "{way}: {text:?}");
        }
    }
}

proptest! {
    #[test]
    fn several_such_ways_at_once_change_no_verdict(at in 0usize..400, ways in prop::collection::vec(2usize..9, 0..4)) {
        let fulls: Vec<(&str, String)> = table().filter(|(expected, _)| !matches!(*expected, "outside" | "none")).collect();
        let (expected, text) = &fulls[at % fulls.len()];
        let text = ways.iter().fold(text.clone(), |text, way| rewritten(&text, *way));
        prop_assert_eq!(&short(&roster().name(&text)), expected, "{:?}", text);
    }

    #[test]
    fn no_text_makes_it_panic_and_every_span_is_a_part_of_it(text in "\\PC*|[а-яА-ЯёЁ№#0-9«»\"(),;. \n-]*|(СОШ|№|3|Киришская|им\\.|филиал|и|г\\.|Кириши|школа|,| |\n|-|\u{301}|«|»)*") {
        let roster = roster();
        let _ = roster.name(&text);
        for mention in roster.mentions(&text) {
            prop_assert!(text.get(mention.span.clone()).is_some());
        }
        for source in [Source::NameField, Source::TitlePage, Source::FileName] {
            let _ = roster.conclude(&[Clue::Text { source, text: text.clone() }]);
        }
    }

    #[test]
    fn another_number_is_never_forgiven(number in 1u32..200) {
        for (name, own) in [("Киришская СОШ №", 3), ("Подпорожская средняя школа № ", 4), ("СОШ г. Лодейное Поле №", 3)] {
            let found = roster().name(&format!("{name}{number}"));
            prop_assert_eq!(found.school().is_some(), number == own, "{}{}", name, number);
        }
    }
}
