//! Names as people write them, and what they must come to.

use super::*;
use crate::campaign;

fn roster() -> Roster {
    let text = include_str!("../../config/campaigns/500plus-2022.toml");
    Roster::new(&campaign::read("campaign", text).unwrap())
}

fn outcome(found: &NameMatch) -> String {
    match found {
        NameMatch::Full { school, .. } => school.to_string(),
        NameMatch::Partial { candidates, .. } => {
            format!("? {}", candidates.iter().map(SchoolId::as_str).collect::<Vec<_>>().join(" "))
        }
        NameMatch::Outside { .. } => "outside".to_owned(),
        NameMatch::None => "none".to_owned(),
    }
}

#[track_caller]
fn all(expected: &str, names: &[&str]) {
    let roster = roster();
    for name in names {
        assert_eq!(outcome(&roster.name(name)), expected, "{name}");
    }
}

#[test]
fn a_school_is_known_however_it_is_written() {
    all(
        "kirishi-3",
        &[
            "МОУ «Киришская СОШ №3»",
            "МОУ \"Киришская СОШ № 3\"",
            "Киришская СОШ N3",
            "МБОУ КИРИШСКАЯ СОШ №3",
            "МОУ Kиpишcкая СОШ №3",
            "Муниципальное общеобразовательное учреждение «Киришская средняя общеобразовательная школа № 3»",
            "СОШ №3 г. Кириши",
            "КСОШ № 3 г. Кириши",
            "Киришская средняя школа №3",
            "Киришской СОШ № 3",
            "МОУКиришская СОШ№3".replace("МОУК", "МОУ К").as_str(),
            "школа №3 г. Кириши",
            "Киришская СОШ 3",
            "МОУ КСОШ №3 Киришского района",
            "г. Кириши, СОШ №3",
            "Кришская СОШ №3",
        ],
    );
    all(
        "roshchino",
        &[
            "МБОУ «Рощинский Центр образования»",
            "МБОУ Рощинский ЦО",
            "Рощинского центра образования",
            "Рощинская средняя общеобразовательная школа",
            "Рошинский ЦО",
        ],
    );
    all(
        "podporozhye-4",
        &[
            "МБОУ ПСОШ № 4 им. М. Горького",
            "Подпорожская СОШ №4",
            "школа №4 г. Подпорожье",
            "Подпорожская СОШ № 4 имени Максима Горького",
            "МБОУ «Подпорожская средняя общеобразовательная школа № 4 им. М. Горького»",
        ],
    );
    all("vazhiny", &["Важинский ОЦ", "МБОУ «Важинский образовательный центр»", "Важинская СОШ № 6"]);
    all("voznesenye", &["Вознесенский образовательный центр", "МБОУ Вознесенский ОЦ", "Вознесенская школа №7"]);
    all(
        "lebyazhye",
        &["МОУ «Лебяженский центр общего образования»", "Лебяженский ЦОО", "Лебяженский центр образования"],
    );
    all(
        "lodeynoye-pole-3",
        &[
            "МКОУ «Лодейнопольская СОШ №3 имени Героев Свири»",
            "ЛСОШ № 3 имени Героев Свири",
            "СОШ №3 г. Лодейное Поле",
            "Лодейнопольская школа №3",
            "школа № 3 в Лодейном Поле",
        ],
    );
}

#[test]
fn what_is_not_all_there_stays_doubt() {
    all("? kirishi-3 lodeynoye-pole-3", &["МБОУ СОШ № 3", "СОШ №3", "школа № 3"]);
    all("? kirishi-3", &["Киришская СОШ", "КСОШ №3"]);
    all("? vazhiny voznesenye", &["МБОУ ВОЦ", "ВОЦ"]);
}

#[test]
fn another_school_is_never_taken_for_one_of_ours() {
    all(
        "outside",
        &[
            "МОУ «Киришская СОШ №2»",
            "Гимназия №3 г. Кириши",
            "Детский сад №3 г. Кириши",
            "Кировская СОШ №3",
            "Подпорожская СОШ №3",
            "МОУ КСОШ №7",
            "Подпорожская СОШ №1 имени А.С. Пушкина",
            "Лодейнопольская ООШ №1",
            "Лодейнопольская школа №68",
            "Сертоловская СОШ №3",
            "Первомайский центр образования",
            "Киришский лицей",
            "Вознесенская СОШ № 4",
            "Киришская музыкальная школа №3",
            "МОУ «Аннинская школа»",
            "Отрадненская школа № 3",
            "Рощинский центр культуры",
        ],
    );
}

#[test]
fn two_schools_in_one_field_are_doubt() {
    let found = roster().name("Важинский образовательный центр и Вознесенский образовательный центр");
    assert_eq!(outcome(&found), "? vazhiny voznesenye");
}

#[test]
fn a_branch_belongs_to_its_parent_and_is_flagged() {
    let NameMatch::Full { school, branch, .. } = roster().name("Цвелодубовский филиал МБОУ «Рощинский ЦО»")
    else {
        panic!("not certain");
    };
    assert_eq!(school.as_str(), "roshchino");
    assert!(branch.is_some());
}

fn text(source: Source, text: &str) -> Clue {
    Clue::Text { source, text: text.to_owned() }
}

#[test]
fn contradicting_strong_evidence_goes_to_a_person() {
    let verdict = roster().conclude(&[
        text(Source::NameField, "МОУ «Киришская СОШ №3»"),
        text(Source::Letterhead, "МБОУ «Важинский образовательный центр»"),
    ]);
    assert!(matches!(verdict, Verdict::Ambiguous { .. }), "{verdict:?}");
}

#[test]
fn a_doubtful_name_is_settled_by_other_evidence() {
    let school: SchoolId = "kirishi-3".parse().unwrap();
    let known = Clue::Known { source: Source::RosterAddress, school: school.clone() };
    for second in [known, text(Source::Signature, "МОУ «Киришская СОШ №3»")] {
        let verdict = roster().conclude(&[text(Source::NameField, "КСОШ №3"), second]);
        assert!(matches!(&verdict, Verdict::Certain { school: found, .. } if *found == school), "{verdict:?}");
    }
}

#[test]
fn one_support_alone_is_not_enough_and_two_are() {
    let one = [text(Source::FileName, "Киришская СОШ №3.docx")];
    assert!(matches!(roster().conclude(&one), Verdict::Ambiguous { .. }));
    let two = [one[0].clone(), text(Source::DisplayName, "МОУ Киришская СОШ №3")];
    assert!(matches!(roster().conclude(&two), Verdict::Certain { .. }));
}

#[test]
fn the_letter_s_schedule_is_no_evidence() {
    let schedule = "МОУ «Киришская СОШ №3»\nМБОУ «Рощинский Центр образования»\nМБОУ «Важинский образовательный центр»";
    assert!(roster().mentions(schedule).is_empty());
}
