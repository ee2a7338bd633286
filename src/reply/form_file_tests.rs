use std::{collections::BTreeMap, sync::LazyLock};

use proptest::prelude::*;

use super::*;
use crate::{
    campaign::FieldKind,
    document::{self, Block, Cell, Document, Format, Limits},
    form::{self, Kind, Recogniser},
};

fn letter() -> &'static Campaign {
    static CAMPAIGN: LazyLock<Campaign> =
        LazyLock::new(|| crate::campaign::read("x", include_str!("../../config/campaigns/500plus-2022.toml")).unwrap());
    &CAMPAIGN
}

fn recogniser() -> &'static Recogniser {
    static RECOGNISER: LazyLock<Recogniser> = LazyLock::new(|| Recogniser::new(letter()));
    &RECOGNISER
}

fn read(bytes: &[u8]) -> Document {
    assert_eq!(document::sniff(bytes, Some("Форма.docx"), ""), Format::Docx);
    document::read(bytes, Format::Docx, &Limits::default()).unwrap()
}

/// The answers that the form code finds in a document.
fn answers(document: &Document) -> BTreeMap<String, String> {
    let found = form::contents(letter(), recogniser(), document, Some("Форма_Киришская_СОШ_№3.docx"));
    assert!(found.forms.len() <= 1, "{found:?}");
    let answers = found.forms.into_iter().flat_map(|form| form.answers);
    answers.map(|(field, answer)| (field.to_string(), answer.text)).collect()
}

/// What schools write, by the field's kind; «» is nothing.
fn text(kind: &FieldKind) -> BoxedStrategy<String> {
    let words = "[А-Яа-яё0-9«»„“\"',.:;!?()/+%№–—-]{1,12}";
    let free = prop::collection::vec(prop::collection::vec(words, 1..6), 1..4);
    let free = free.prop_map(|lines| lines.iter().map(|line| line.join(" ")).collect::<Vec<_>>().join("\n"));
    let typical = prop::sample::select(vec![
        "Сетевой проект «Учимся вместе»: наставник – наставляемый",
        "1. Семинар 15.03.2022\n2. Вебинар\n3. Стажировка",
        "- семинар;\n- вебинар.",
        "Не все мероприятия удалось посетить <время> & \"дорога\"",
        "Предложений нет, всё устраивает",
        "Получено свидетельство участника",
        "Больше очных встреч\tсо школами",
    ]);
    match kind {
        FieldKind::SchoolName => prop::sample::select(vec![
            "МОУ «Киришская СОШ №3»",
            "МОУ \"КСОШ № 3\" г. Кириши",
            "Муниципальное общеобразовательное учреждение\n«Киришская средняя общеобразовательная школа №3»",
        ])
        .prop_map(str::to_owned)
        .boxed(),
        FieldKind::Count => {
            prop::sample::select(vec!["3", "4 школы", "3 (три)", "две", "много"]).prop_map(str::to_owned).boxed()
        }
        FieldKind::Since => prop::sample::select(vec!["с 2021 года", "01.09.2021", "сентябрь 2020", "давно"])
            .prop_map(str::to_owned)
            .boxed(),
        FieldKind::Rating { .. } => {
            prop::sample::select(vec!["5", "3 – средне", "пять", "4-5", "хорошо"]).prop_map(str::to_owned).boxed()
        }
        _ => prop_oneof![3 => typical.prop_map(str::to_owned), 1 => free].boxed(),
    }
}

/// An answer for each field, and which slot it stands in.
fn filled() -> impl Strategy<Value = Vec<(String, u8)>> {
    letter().form.fields.iter().map(|field| (text(&field.kind), 0u8..4)).collect::<Vec<_>>()
}

/// Field, text and slot of each row. What an earlier reading gave is what is written into a form, so the texts go through
/// the reader once; what it takes for nothing is no answer.
fn rows(texts: &[(String, u8)]) -> Vec<(&'static Field, Option<String>, u8)> {
    let fields = || letter().form.fields.iter();
    let given =
        |id: &FieldId| fields().zip(texts).find(|(field, _)| field.id == *id).map(|(_, (text, _))| text.as_str());
    let bytes = write(letter(), None, "", |id| given(id).map_or(Slot::Blank, Slot::Answer)).unwrap();
    let mut once = answers(&read(&bytes));
    fields().zip(texts).map(|(field, (_, slot))| (field, once.remove(field.id.as_str()), *slot)).collect()
}

/// Types into the answer's cell of a field, as a school does.
fn type_in(document: &mut Document, number: usize, text: &str) {
    let table = document.blocks.iter_mut().find_map(|block| match block {
        Block::Table(table) => Some(table),
        _ => None,
    });
    let cell: &mut Cell = table.unwrap().rows[number].cells.last_mut().unwrap();
    cell.blocks = text.split('\n').map(|line| Block::Paragraph(line.into())).collect();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_form_that_is_sent_back_holds_exactly_its_answers(texts in filled(), typed in prop::collection::vec(0usize..14, 0..3)) {
        let campaign = letter();
        let rows = rows(&texts);
        let slot = |id: &FieldId| match rows.iter().find(|(field, ..)| field.id == *id) {
            Some((_, Some(text), 0)) => Slot::Answer(text),
            Some((_, Some(text), 1)) => Slot::Doubtful(text),
            Some((_, _, 2)) => Slot::Earlier,
            _ => Slot::Gap,
        };
        let bytes = filled_form(campaign, &campaign.schools[0], slot).unwrap();
        let mut document = read(&bytes);
        let mut expected = BTreeMap::new();
        for (field, text, _) in &rows {
            if let (Slot::Answer(_) | Slot::Doubtful(_), Some(text)) = (slot(&field.id), text) {
                expected.insert(field.id.to_string(), text.clone());
            }
        }
        prop_assert_eq!(&answers(&document), &expected);
        for at in typed {
            let (field, text, _) = &rows[at];
            if let (Some(text), Slot::Gap | Slot::Earlier) = (text, slot(&field.id)) {
                type_in(&mut document, at + 1, text);
                expected.insert(field.id.to_string(), text.clone());
            }
        }
        prop_assert_eq!(&answers(&document), &expected);
    }
}

#[test]
fn a_form_in_which_nobody_has_typed_holds_no_answer() {
    let campaign = letter();
    let school = &campaign.schools[0];
    let forms = [
        blank_form(campaign, None),
        blank_form(campaign, Some(school)),
        filled_form(campaign, school, |_| Slot::Gap),
        filled_form(campaign, school, |_| Slot::Earlier),
    ];
    for bytes in forms {
        let document = read(&bytes.unwrap());
        let found = form::contents(campaign, recogniser(), &document, Some("Форма.docx"));
        assert_eq!((found.kind, found.forms.len()), (Kind::Other, 0), "{found:?}");
    }
}

#[test]
fn who_types_beside_the_mark_has_answered() {
    let campaign = letter();
    let bytes = filled_form(campaign, &campaign.schools[0], |_| Slot::Earlier).unwrap();
    for typed in [
        "Получено ранее, заполнять не нужно. 4",
        "получено ранее, заполнять не нужно\n4",
        "4\nполучено ранее, заполнять не нужно",
    ] {
        let mut document = read(&bytes);
        type_in(&mut document, 3, typed);
        let expected = BTreeMap::from([("partner_count".to_owned(), "4".to_owned())]);
        assert_eq!(answers(&document), expected, "{typed}");
    }
}

#[test]
fn what_no_xml_can_hold_is_left_out_and_equal_input_gives_equal_bytes() {
    let campaign = letter();
    let text = "а\u{0}б\u{b}в\u{ffff}г\r\nд]]>&<i>\u{1b}";
    let written = || filled_form(campaign, &campaign.schools[0], |_| Slot::Answer(text)).unwrap();
    assert_eq!(written(), written());
    assert!(read(&written()).text().contains("абвг\nд]]>&<i>"));
}

#[test]
fn a_long_form_stays_small() {
    let campaign = letter();
    let text = "Сетевой проект по повышению качества обучения\n".repeat(40);
    let bytes = filled_form(campaign, &campaign.schools[0], |_| Slot::Answer(&text)).unwrap();
    assert!(bytes.len() < 30_000, "{}", bytes.len());
}

/// A campaign that asks for every kind of answer.
fn every_kind() -> Campaign {
    crate::campaign::read("x", include_str!("../../tests/fixtures/campaigns/every-kind.toml")).unwrap()
}

/// What is found in a document for it.
fn found(campaign: &Campaign, document: &Document) -> BTreeMap<String, (String, Option<Value>, Option<form::Invalid>)> {
    let found = form::contents(campaign, &Recogniser::new(campaign), document, None);
    assert!(found.forms.len() <= 1, "{found:?}");
    let answers = found.forms.into_iter().flat_map(|form| form.answers);
    answers.map(|(field, answer)| (field.to_string(), (answer.text, answer.value, answer.invalid))).collect()
}

const EVERY_ANSWER: [(&str, &str); 14] = [
    ("school", "МОУ «Лужская СОШ № 2»"),
    ("clubs", "да, с 2020 года"),
    ("club_format", "дистанционно, так как далеко"),
    ("directions", "1, 3"),
    ("share", "12,5 %"),
    ("teachers", "много"),
    ("quality", "4 (хорошо)"),
    ("since", "с сентября 2021 года"),
    ("events", "Кросс\nТурнир"),
    ("staff", "Иванова М. И., учитель\nПетров П. П., тренер\nКим К. К., педагог\nСидорова А. А., –"),
    ("email", "school@mail.ru"),
    ("phone", "8 (81372) 2-22-33"),
    ("plan", "План.docx"),
    ("comment", "Введите ответ не нужно"),
];

#[test]
fn answers_of_every_kind_stand_in_their_places_and_mean_there_what_they_meant() {
    let campaign = every_kind();
    let given: BTreeMap<&str, &str> = EVERY_ANSWER.into();
    let slot = |id: &FieldId| given.get(id.as_str()).map_or(Slot::Gap, |text| Slot::Doubtful(text));
    let document = read(&filled_form(&campaign, &campaign.schools[0], slot).unwrap());
    assert_eq!(document.origin.as_deref(), Some("every-kind"));
    let read = found(&campaign, &document);
    for field in &campaign.form.fields {
        let text = given[field.id.as_str()];
        let (value, invalid) = judge(field, text).unwrap();
        let (_, read_value, read_invalid) = &read[field.id.as_str()];
        assert_eq!((read_value, read_invalid), (&value, &invalid), "{}: {read:?}", field.id);
    }
    assert_eq!(read["directions"].0, "техническое\nхудожественное");
    assert_eq!(read["events"].0, "Кросс\nТурнир");
}

#[test]
fn boxes_stand_for_an_answer_that_says_nothing_else() {
    let campaign = every_kind();
    let field = campaign.form.fields.iter().find(|field| field.id.as_str() == "directions").unwrap();
    for (written, returned) in [
        ("техническое; другое: шахматный клуб", "техническое; другое: шахматный клуб"),
        ("техническое\nдругое (укажите): шахматы", "техническое\nдругое (укажите): шахматы"),
        ("☒ техническое\n☐ художественное\n☒ другое (укажите) 3", "техническое\nдругое (укажите) 3"),
        ("1\nдругое – 5 кружков", "1\nдругое – 5 кружков"),
        ("другое, художественное", "художественное\nдругое (укажите)"),
        ("☒ техническое ☐ художественное", "техническое"),
        ("техничиское", "техническое"),
        ("1, 3", "техническое\nхудожественное"),
    ] {
        let slot = |id: &FieldId| if *id == field.id { Slot::Answer(written) } else { Slot::Gap };
        let document = read(&filled_form(&campaign, &campaign.schools[0], slot).unwrap());
        let found = found(&campaign, &document);
        let (text, value, _) = &found["directions"];
        assert_eq!((text.as_str(), value), (returned, &judge(field, written).unwrap().0), "{written}");
    }
}

/// Whatever a school does to the questions, each place knows whose it is.
#[test]
fn an_answer_is_known_by_its_place_where_the_questions_are_gone() {
    let campaign = every_kind();
    let given: BTreeMap<&str, &str> = EVERY_ANSWER.into();
    let slot = |id: &FieldId| match id.as_str() {
        "clubs" | "events" => Slot::Gap,
        id => Slot::Answer(given[id]),
    };
    let mut document = read(&filled_form(&campaign, &campaign.schools[0], slot).unwrap());
    let whole = found(&campaign, &document);
    assert_eq!(whole.len(), EVERY_ANSWER.len() - 2);
    for block in &mut document.blocks {
        let Block::Table(table) = block else { continue };
        for (number, row) in table.rows.iter_mut().enumerate() {
            row.cells[1].blocks = vec![Block::Paragraph(format!("п. {number}").as_str().into())];
        }
        table.rows.reverse();
    }
    let values = |found: BTreeMap<String, (String, Option<Value>, Option<form::Invalid>)>| {
        found.into_iter().map(|(field, (_, value, invalid))| (field, (value, invalid))).collect::<BTreeMap<_, _>>()
    };
    let without = found(&campaign, &document);
    assert_eq!(without["plan"].0, "План.docx");
    assert_eq!(values(without), values(whole.clone()));
    // A place that stands twice names nothing.
    let twice = document.controls.iter().find(|one| one.tag == "svodka/every-kind/share").unwrap().clone();
    document.controls.push(twice);
    assert!(!found(&campaign, &document).contains_key("share"));
    // Another campaign's form is none of ours.
    document.controls.iter_mut().for_each(|one| one.tag = one.tag.replace("every-kind", "another"));
    assert_eq!(found(&campaign, &document), BTreeMap::new());
}
