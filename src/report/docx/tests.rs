use std::time::Instant;

use proptest::prelude::*;

use super::*;
use crate::{
    digest::Sha256,
    document::{self, Format, Limits},
    form::{Answer, Invalid, Value},
    report::tests::{answer, large, letter, summary},
};

/// What our own reader finds in the digest, a paragraph or row a line.
fn read(summary: &Summary<'_>) -> String {
    let bytes = docx(summary).unwrap();
    assert_eq!(bytes, docx(summary).unwrap(), "the same summary gives the same bytes");
    assert_eq!(document::sniff(&bytes, Some("свод.docx"), ""), Format::Docx);
    let limits = Limits { text_bytes: 64 << 20, ..Limits::default() };
    document::text_of(&document::read(&bytes, Format::Docx, &limits).unwrap().blocks).replace('\u{a0}', " ")
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut package = zip::ZipArchive::new(io::Cursor::new(bytes)).unwrap();
    io::read_to_string(package.by_name(name).unwrap()).unwrap()
}

#[test]
fn it_tells_who_has_sent_what_and_of_whom_nothing_is_known() {
    let campaign = letter();
    let text = read(&summary(&campaign));
    for said in [
        "Комитет общего и профессионального образования Ленинградской области",
        "по письму от 1 ноября 2022 года № 19-33822/2022",
        "по состоянию на 14 ноября 2022 года, 09:00 по московскому времени",
        "Информацию представили 2 из 7 образовательных организаций, из них в полном объёме – 1, не в полном объёме – 1, \
         с нарушением срока – 1. Не представили информацию 4 образовательные организации. Информация, поступившая от \
         1 образовательной организации, уточняется.",
        "Поступило: информация по форме приложения к письму – от 2 образовательных организаций; проект выступления с \
         презентацией – от 1 образовательной организации.",
        "проект выступления с презентацией – до 14 ноября 2022 года включительно; информация по форме",
        "Не представили информацию:",
        "Представленная информация уточняется:",
        "представлено не в полном объёме, с нарушением срока: не поступил проект выступления; не заполнен пункт 3; \
         требует уточнения пункт 9",
        "Контактное лицо: Л. Г. Михайлюк, тел. 8 (812) 539-44-54",
        "(И. О. Фамилия)",
    ] {
        assert!(text.contains(said), "{said}\n\n{text}");
    }
}

#[test]
fn answers_stand_under_their_questions_in_the_order_of_the_schools() {
    let campaign = letter();
    let mut summary = summary(&campaign);
    let [first, second] = ["Первая строка\nвторая <w:br/> & строка\tс отступом", "{{ 7 * 7 }}"];
    summary.schools[0].answers.insert("network_project".parse().unwrap(), answer(first, None));
    summary.schools[1].answers.insert("network_project".parse().unwrap(), answer(second, None));
    summary.schools[0].answers.insert("partner_count".parse().unwrap(), answer("3 (три)", Some(Value::Number(3))));
    let many = Answer { invalid: Some(Invalid::NotANumber), ..answer("много", None) };
    summary.schools[1].answers.insert("partner_count".parse().unwrap(), many);
    let since = answer("с сентября 2021 года", Some(Value::Date(Date::constant(2021, 9, 1))));
    summary.schools[0].answers.insert("participating_since".parse().unwrap(), since);
    let text = read(&summary);
    let mut rest = text.as_str();
    for next in [
        "Сведения не представлены:",
        "Количество сетевых партнеров у Вашей школы",
        "3",
        "много",
        "требует уточнения",
        "Сумма указанных значений",
        "3",
        "Среднее значение",
        "С какого времени",
        "с сентября 2021 года",
        "Ответы на этот вопрос не представлены: МБОУ «Рощинский Центр образования».",
        "Над каким сетевым проектом",
        &campaign.schools[0].name,
        "Первая строка\n",
        "вторая <w:br/> & строка",
        "с отступом",
        &campaign.schools[1].name,
        "{{ 7 * 7 }}",
        "Оцените эффективность",
        "Средняя оценка",
        "4,5",
        "График выступлений",
    ] {
        rest = rest.split_once(next).unwrap_or_else(|| panic!("{next:?} is not next in\n{text}")).1;
    }
}

#[test]
fn what_is_in_doubt_or_not_accepted_is_not_in_it() {
    let campaign = letter();
    let mut summary = summary(&campaign);
    for row in &mut summary.schools {
        let words = format!("слова школы {}", row.school.id);
        row.answers.insert("proposals".parse().unwrap(), answer(&words, None));
    }
    let text = read(&summary);
    for row in &summary.schools {
        let there = text.contains(&format!("слова школы {}", row.school.id));
        assert_eq!(there, matches!(row.status, Status::Complete | Status::Incomplete), "{:?}", row.status);
    }
}

#[test]
fn before_anything_has_come_and_after_all_has_it_is_a_sensible_document() {
    let campaign = letter();
    let mut nothing = summary(&campaign);
    for row in &mut nothing.schools {
        (row.status, row.form, row.draft, row.late) = (Status::Nothing, None, None, false);
        row.answers.clear();
    }
    let text = read(&nothing);
    assert!(text.contains("На указанное время образовательные организации информацию не представили."), "{text}");
    assert!(!text.contains("Сведения, представленные по форме") && !text.contains("Поступило"), "{text}");
    assert_eq!(campaign.schools.iter().filter(|school| text.matches(&school.name).count() == 2).count(), 7);

    let mut all = summary(&campaign);
    for row in &mut all.schools {
        (row.status, row.late) = (Status::Complete, false);
    }
    let text = read(&all);
    assert!(text.contains("Информацию представили 7 из 7 образовательных организаций, из них в полном объёме – 7."));
    assert!(text.contains("Информацию представили все образовательные организации."), "{text}");
    assert!(!text.contains("Не представили информацию"), "{text}");

    let campaign = large(0);
    assert!(read(&summary(&campaign)).contains("В графике кампании нет образовательных организаций."));
}

#[test]
fn without_days_its_table_has_no_column_of_them() {
    let mut campaign = letter();
    campaign.event = None;
    campaign.schools.iter_mut().for_each(|school| school.date = None);
    let text = read(&summary(&campaign));
    assert!(text.contains("Состояние представления информации") && text.contains("Киришская"), "{text}");
    assert!(!text.contains("График") && !text.contains("Дата"), "{text}");
}

#[test]
fn it_is_a_paper_of_the_committee() {
    let campaign = letter();
    let bytes = docx(&summary(&campaign)).unwrap();
    let (document, styles) = (part(&bytes, "word/document.xml"), part(&bytes, "word/styles.xml"));
    assert_eq!(document.matches("<w:tblHeader />").count(), 2, "the heads of the ratings and of the schedule");
    for wanted in ["w:w=\"11906\"", "w:left=\"1701\"", "<w:titlePg />", "\"Heading1\"", "\"Heading2\"", "<w:numId "] {
        assert!(document.contains(wanted), "{wanted}: {document}");
    }
    for wanted in ["Times New Roman", "w:val=\"heading 1\"", "<w:sz w:val=\"28\" />", "<w:keepNext />"] {
        assert!(styles.contains(wanted), "{wanted}: {styles}");
    }
    assert!(part(&bytes, "word/header1.xml").contains("PAGE"));
    let core = part(&bytes, "docProps/core.xml");
    for wanted in ["<dc:title>Свод информации по письму № 19-33822/2022<", ">svodka<", ">2022-11-14T06:00:00Z<"]
    {
        assert!(core.contains(wanted), "{wanted}: {core}");
    }
}

#[test]
fn three_hundred_schools_that_answer_at_length_make_a_document() {
    let campaign = large(300);
    let mut summary = summary(&campaign);
    let words = "Проведены открытые уроки,\nмастер-классы и семинары для педагогов района. ".repeat(4);
    for (nth, row) in summary.schools.iter_mut().take(280).enumerate() {
        row.status = Status::Complete;
        // No two answers are alike, or the file would look like one made to burst.
        let words = |at: usize| format!("{words} {}", Sha256::of(format!("{nth} {at}").as_bytes()));
        let fields = campaign.form.fields.iter().enumerate();
        row.answers = fields.map(|(at, field)| (field.id.clone(), answer(&words(at), None))).collect();
    }
    let begun = Instant::now();
    let bytes = docx(&summary).unwrap();
    eprintln!("300 schools: {} bytes in {:?}", bytes.len(), begun.elapsed());
    let limits = Limits { text_bytes: 64 << 20, ..Limits::default() };
    let text = document::text_of(&document::read(&bytes, Format::Docx, &limits).unwrap().blocks).replace('\u{a0}', " ");
    assert!(text.contains("Информацию представили 280 из 300 образовательных организаций"));
    assert!(text.contains("Сведения не представлены 20 образовательными организациями."));
}

/// What no reader may lose: everything but space and what shows nothing.
fn seen(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric() || c.is_ascii_punctuation()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_text_makes_a_document_that_gives_it_back(
        words in prop_oneof![any::<String>(), "[=+@\\-\t\r\n;&<>\"'😀\u{301}\u{202e}\u{7}ё a]{0,60}"],
    ) {
        let mut campaign = letter();
        campaign.letter.subject.clone_from(&words);
        campaign.schools[0].name.clone_from(&words);
        let mut summary = summary(&campaign);
        for field in ["proposals", "partner_count", "organisation_name"] {
            summary.schools[0].answers.insert(field.parse().unwrap(), answer(&words, None));
        }
        let text = seen(&read(&summary));
        for line in crate::reply::russian::printable(&words).lines() {
            prop_assert!(text.contains(&seen(line)), "{:?} not in {}", line, text);
        }
    }
}
