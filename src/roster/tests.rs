use super::*;
use crate::campaign::{self, Audience};

const TABLE: &str = "Список школ района;;;;;\n\
№;Наименование ОО;Район/МО;Населённый пункт;Эл. почта;Куратор\n\
1;МОУ «Киришская СОШ №3»;Киришский муниципальный район;г. Кириши;Kirishi3@school.example, priemnaya@school.example;Иванова А. А., ivanova@lo.example\n\
2;МОУ «Сосновская СОШ»;Приозерский район;п. Сосново;нет;\n\
3;;Киришский;;x@y.ru;\n\
;;;;;\n\
4;моу \"Киришская СОШ № 3\";Киришский;Кириши;third@school.example;\n\
5;МОУ «Киришская СОШ №8»;Киришский;Кириши;eight@school.example;Петров\n";

fn ids(entries: &[Entry]) -> Vec<&str> {
    entries.iter().map(|one| one.id.as_str()).collect()
}

#[test]
fn a_table_becomes_schools_and_nothing_of_it_is_lost_in_silence() {
    let made = import(TABLE.as_bytes(), &[]).unwrap();
    assert_eq!(ids(&made.entries), ["kirishskaya-sosh-3", "sosnovskaya-sosh", "kirishskaya-sosh-8"]);
    let first = &made.entries[0];
    assert_eq!((first.district.as_str(), first.settlement.as_str()), ("Киришский", "Кириши"));
    assert_eq!(first.addresses, ["kirishi3@school.example", "priemnaya@school.example", "third@school.example"]);
    let coordinator = first.coordinator.as_ref().unwrap();
    assert_eq!((coordinator.name.as_str(), coordinator.address.as_str()), ("Иванова А. А.", "ivanova@lo.example"));
    let told: Vec<String> = made
        .problems
        .iter()
        .map(|one| format!("{}{} {}", one.row, if one.lost { "!" } else { "" }, one.text))
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    4 "нет" is no e-mail address: left out
    5! it names no school: "3 | Киришский | x@y.ru"
    7! "моу \"Киришская СОШ № 3\"" is the school of row 3 once more; its addresses were added to that one
    8 the coordinator "Петров" has no e-mail address: nobody can be reminded
    "#);
    assert_eq!(made.unused, ["№"]);
}

#[test]
fn a_table_in_another_encoding_with_other_separators_and_order_is_the_same() {
    let table = "E-mail,Муниципалитет,Школа\na@b.ru,Лужский р-н,\"МОУ \"\"Лужская СОШ, филиал\"\"\"\n";
    let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(table);
    let made = import(&bytes, &[]).unwrap();
    assert_eq!(made.problems, []);
    let one = &made.entries[0];
    assert_eq!((one.name.as_str(), one.district.as_str()), ("МОУ \"Лужская СОШ, филиал\"", "Лужский"));
    assert_eq!(one.addresses, ["a@b.ru"]);
}

/// The district, the settlement and what is told of a row with these cells.
fn placed(district: &str, settlement: &str) -> (String, String, usize) {
    let table = format!("Школа;Район;Населённый пункт\nСОШ № 1;{district};{settlement}\n");
    let made = import(table.as_bytes(), &[]).unwrap();
    assert!(made.problems.iter().all(|one| !one.lost), "{:?}", made.problems);
    let one = &made.entries[0];
    (one.district.clone(), one.settlement.clone(), made.problems.len())
}

#[test]
fn the_region_in_a_cell_hides_no_district_and_no_settlement() {
    for (cell, wanted) in [
        ("Красногвардейский район", "Красногвардейский"),
        ("Краснинский муниципальный район Смоленской области", "Краснинский"),
        ("Краснинский муниципальный район", "Краснинский"),
        ("Город Крайний", "Город Крайний"),
        ("Красное Село", "Красное Село"),
        ("Областной центр", "Областной центр"),
        ("Ленинградская область, Киришский район", "Киришский"),
        ("ЛЕНИНГРАДСКАЯ ОБЛ., Киришский р-н", "Киришский"),
        ("187110, Россия, Ленинградская область, Киришский район", "Киришский"),
        ("Ленинградская область Киришский район", "Киришский"),
        ("Киришский район, Ленинградская область", "Киришский"),
        ("Киришский (Ленинградская область)", "Киришский"),
        ("Киришский муниципальный район Ленинградской области, Россия", "Киришский"),
        ("Красноармейский район Краснодарского края", "Красноармейский"),
        ("Камчатский край, Елизовский район", "Елизовский"),
        ("Республика Карелия, Кондопожский район", "Кондопожский"),
        ("Кондопожский район Республики Карелия", "Кондопожский"),
        ("Республика Саха (Якутия), Мирнинский район", "Мирнинский"),
        ("Гудермесский район Чеченской Республики", "Гудермесский"),
        ("Еврейская автономная область, Облученский район", "Облученский"),
        ("Ханты-Мансийский автономный округ — Югра, Сургутский район", "Сургутский"),
    ] {
        assert_eq!(placed(cell, ""), (wanted.to_owned(), String::new(), 0), "{cell}");
    }
    for (cell, wanted) in [
        ("Ленинградская область, г. Гатчина", "Гатчина"),
        ("Ленинградская область, Киришский район, г. Кириши", "Кириши"),
        ("188300, Ленинградская обл., г.Гатчина, ул. Чкалова", "Гатчина"),
        ("г. Гатчина, Ленинградская область", "Гатчина"),
        ("Республика Карелия, г. Петрозаводск", "Петрозаводск"),
        ("хутор Красный Край", "Красный Край"),
        ("Красное Село", "Красное Село"),
        ("пос. Краснооктябрьский", "Краснооктябрьский"),
    ] {
        assert_eq!(placed("", cell), (String::new(), wanted.to_owned(), 0), "{cell}");
    }
}

#[test]
fn a_cell_of_which_no_district_or_settlement_is_left_is_told() {
    for cell in ["Ленинградская область", "Приморский край", "муниципальный район", "Республика Карелия", "—"]
    {
        assert_eq!(placed(cell, ""), (String::new(), String::new(), 1), "{cell}");
    }
    assert_eq!(placed("", "Ленинградская область"), (String::new(), String::new(), 1));
    assert_eq!(placed("", ""), (String::new(), String::new(), 0));
}

#[test]
fn a_workbook_is_a_table_too() {
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().set_name("Легенда").unwrap().write_string(0, 0, "Наименование").unwrap();
    let sheet = book.add_worksheet();
    for (column, text) in (0..).zip(["Наименование", "ИНН", "Район"]) {
        sheet.write_string(2, column, text).unwrap();
    }
    sheet.write_string(3, 0, "МОУ «Лужская СОШ № 4»").unwrap();
    sheet.write_number(3, 1, 4_710_000_001.0).unwrap();
    sheet.write_string(3, 2, "Лужский").unwrap();
    let made = import(&book.save_to_buffer().unwrap(), &[]).unwrap();
    assert_eq!(made.problems, []);
    assert_eq!((made.entries[0].inn.as_str(), made.entries[0].name.as_str()), ("4710000001", "МОУ «Лужская СОШ № 4»"));
}

#[test]
fn what_is_no_table_of_schools_says_so() {
    for bytes in [&b""[..], b"PK\x03\x04", "Телефон;Факс\n1;2\n".as_bytes(), &[0xff, 0xfe, 0, 1]] {
        assert!(import(bytes, &[]).is_err(), "{bytes:?}");
    }
}

#[test]
fn a_roster_is_read_as_it_was_written() {
    let mut made = import(TABLE.as_bytes(), &[]).unwrap();
    made.entries[1].name = "=HYPERLINK(\"x\")школа; «Ё»".to_owned();
    made.entries[1].aliases = vec!["Прежняя, школа".to_owned(), "Другая".to_owned()];
    made.entries[0].inn = "4708000001".to_owned();
    let bytes = write(&made.entries).unwrap();
    let read = read(&bytes).unwrap();
    assert_eq!(read.problems, []);
    assert_eq!(read.entries, made.entries);
    assert!(!String::from_utf8(bytes).unwrap().contains("\n="), "no cell is a formula");
}

#[test]
fn ids_stay_whatever_is_added_before_or_renamed() {
    let first = import(
        b"\xef\xbb\xbf\xd0\xa8\xd0\xba\xd0\xbe\xd0\xbb\xd0\xb0;\xd0\x98\xd0\x9d\xd0\x9d\nA;4708000001\nA;4708000002\n",
        &[],
    )
    .unwrap();
    assert_eq!(ids(&first.entries), ["a", "a-2"]);
    let again = "Школа;ИНН\nA;4708000003\nНовое имя;4708000002\nA;4708000001\n";
    let again = import(again.as_bytes(), &first.entries).unwrap();
    assert_eq!(ids(&again.entries), ["a-3", "a-2", "a"]);
}

fn sample() -> campaign::Campaign {
    campaign::read("x", include_str!("../../config/campaigns/500plus-2022.toml")).unwrap()
}

#[test]
fn a_scheduled_school_gains_what_the_roster_knows_and_is_no_second_school() {
    let entries = import(TABLE.as_bytes(), &[]).unwrap().entries;
    let joined = join(sample(), &entries).unwrap();
    assert_eq!(joined.schools.len(), sample().schools.len());
    assert_eq!(joined.schools[0].id.as_str(), "kirishi-3");
    assert!(joined.schools[0].addresses.contains(&"third@school.example".to_owned()));
    assert_eq!(joined.neighbours.len(), sample().neighbours.len() + 2);
    let person = joined.people.iter().find(|one| one.address == "ivanova@lo.example").unwrap();
    assert_eq!(
        (person.who.as_str(), person.district.as_deref()),
        ("муниципальные координаторы проекта «500+»", Some("Киришский"))
    );
    let roster = crate::matching::Roster::new(&joined);
    assert_eq!(roster.name("МОУ «Киришская СОШ №3»").school().unwrap().as_str(), "kirishi-3");
    assert!(roster.name("Сосновская СОШ").school().is_none());
}

#[test]
fn the_audience_owes_and_all_others_are_neighbours() {
    let entries = import(TABLE.as_bytes(), &[]).unwrap().entries;
    let with = |audience: Audience| {
        let mut campaign = sample();
        campaign.audience = audience;
        join(campaign, &entries)
            .map(|joined| joined.schools.iter().skip(7).map(|one| one.id.to_string()).collect::<Vec<_>>())
    };
    assert_eq!(with(Audience::Roster).unwrap(), ["sosnovskaya-sosh", "kirishskaya-sosh-8"]);
    assert_eq!(with(Audience::Districts(vec!["Приозерский".to_owned()])).unwrap(), ["sosnovskaya-sosh"]);
    let wrong = with(Audience::Districts(vec!["Приозёрный".to_owned()])).unwrap_err();
    assert_eq!(wrong[0].key, "audience.districts[0]");
}

#[test]
fn what_staff_have_taught_is_written_with_the_roster() {
    let entries = import(TABLE.as_bytes(), &[]).unwrap().entries;
    let id = |text: &str| text.parse::<SchoolId>().unwrap();
    let amendments = [
        campaign::Amendment::Address { school: id("kirishi-3"), address: "new@school.example".to_owned() },
        campaign::Amendment::Spelling { school: id("vazhiny"), name: "ВОЦ п. Важины".to_owned() },
    ];
    let joined = join(sample(), &entries).unwrap();
    let learnt = learnt(entries, &joined, &amendments);
    assert!(learnt[0].addresses.contains(&"new@school.example".to_owned()));
    let last = learnt.last().unwrap();
    assert_eq!((last.id.as_str(), last.aliases.contains(&"ВОЦ п. Важины".to_owned())), ("vazhiny", true));
    assert_eq!(learnt.len(), 4);
}
