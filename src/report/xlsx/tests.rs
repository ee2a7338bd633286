use std::{io::Cursor, time::Instant};

use calamine::{Data, Range, Reader as _, Xlsx};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use proptest::prelude::*;

use super::*;
use crate::{
    campaign::{Campaign, FieldKind},
    form::{Answer, Invalid, Value},
    reply::russian::printable,
    report::{
        HistoryRow,
        tests::{answer, large, letter, summary},
    },
};

const SHEETS: [&str; 3] = ["Состояние", "Ответы", "История"];
/// The first row below the heads.
const TOP: u32 = page::HEAD + 1;

fn opened(summary: &Summary<'_>) -> Xlsx<Cursor<Vec<u8>>> {
    let bytes = xlsx(summary).unwrap();
    assert_eq!(bytes, xlsx(summary).unwrap(), "the same summary gives the same bytes");
    let book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    assert_eq!(book.sheet_names(), SHEETS);
    book
}

fn text(text: &str) -> Data {
    if text.is_empty() { Data::Empty } else { Data::String(text.to_owned()) }
}

/// The cell; an empty text is an empty cell.
fn cell(sheet: &Range<Data>, row: u32, column: u32) -> Data {
    match sheet.get_value((row, column)) {
        None => Data::Empty,
        Some(Data::String(empty)) if empty.is_empty() => Data::Empty,
        Some(other) => other.clone(),
    }
}

/// Minutes since the day from which workbooks count, of a cell that is a date for whoever opens it.
fn minutes(cell: &Data) -> i64 {
    let Data::DateTime(date) = cell else { panic!("{cell:?} is no date") };
    assert!(date.is_datetime());
    (date.as_f64() * 24.0 * 60.0).round() as i64
}

fn day(date: Date) -> i64 {
    i64::from(date.since(Date::constant(1899, 12, 30)).unwrap().get_days()) * 24 * 60
}

fn minute(instant: Timestamp, zone: &TimeZone) -> i64 {
    let local = instant.to_zoned_datetime(zone.clone());
    day(local.date()) + i64::from(local.hour()) * 60 + i64::from(local.minute())
}

#[test]
fn a_districts_table_has_its_schools_and_no_sum_of_all_mails() {
    let campaign = letter();
    let whole = summary(&campaign);
    let said = |summary: &Summary<'_>| {
        let sheet = opened(summary).worksheet_range(SHEETS[0]).unwrap();
        let texts: Vec<String> = sheet.used_cells().map(|(_, _, cell)| cell.to_string()).collect();
        texts.join("\n")
    };
    assert!(said(&whole).contains("Всего писем"));
    let district = said(&whole.for_district("Подпорожский"));
    assert!(!district.contains("Всего писем") && !district.contains("Киришская"), "{district}");
    assert!(district.contains("Подпорожская"), "{district}");
}

#[test]
fn the_first_sheet_holds_every_school_with_real_dates_and_its_totals() {
    let campaign = letter();
    let mut summary = summary(&campaign);
    summary.schools[0].form = Some("2022-11-09T21:05:00Z".parse().unwrap());
    let sheet = opened(&summary).worksheet_range(SHEETS[0]).unwrap();
    assert!(cell(&sheet, 1, 0).to_string().starts_with("По состоянию на 14 ноября 2022 года, 09:00 по московскому"));
    for (row, one) in (TOP..).zip(&summary.schools) {
        let at = |column| cell(&sheet, row, column);
        let late = if one.late { "да" } else { "" };
        let texts = [
            (0, one.school.name.as_str()),
            (1, &one.school.district),
            (5, &summary.lacks(one)),
            (6, one.status.words()),
            (8, late),
        ];
        for (column, expected) in texts {
            assert_eq!(at(column), text(expected), "{row} {column}");
        }
        assert_eq!(minutes(&at(2)), day(one.school.date.unwrap()));
        for (column, came, absent) in [(3, one.form, "нет"), (4, one.draft, "нет"), (7, one.last_message, "")] {
            match came {
                Some(came) => assert_eq!(minutes(&at(column)), minute(came, &campaign.time_zone), "{row} {column}"),
                None => assert_eq!(at(column), text(absent), "{row} {column}"),
            }
        }
    }
    assert_eq!(minutes(&cell(&sheet, TOP, 3)), day(Date::constant(2022, 11, 10)) + 5, "on the campaign's clock");
    let total = |column| cell(&sheet, TOP + 7, column);
    assert_eq!((total(0), total(3), total(4)), (text("Итого: 7 школ"), Data::Float(2.0), Data::Float(1.0)));
    assert_eq!(total(8), Data::Float(1.0));
    assert!(total(6).to_string().starts_with("представлено полностью: 1\n"));
    assert!(cell(&sheet, TOP + 9, 0).to_string().starts_with("Всего писем: 42 = 33"));
}

#[test]
fn without_days_the_first_sheet_has_no_column_of_them() {
    let mut campaign = letter();
    let columns = |campaign: &Campaign| {
        let sheet = opened(&summary(campaign)).worksheet_range(SHEETS[0]).unwrap();
        let rows =
            [TOP - 1, TOP, TOP + 7].map(|row| (0..9).map(|column| cell(&sheet, row, column)).collect::<Vec<_>>());
        rows.map(|row| row.into_iter().map(|cell| cell.to_string()).collect::<Vec<_>>())
    };
    let with = columns(&campaign);
    campaign.event = None;
    campaign.schools.iter_mut().for_each(|school| school.date = None);
    let without = columns(&campaign);
    for (mut with, without) in with.into_iter().zip(without) {
        with.remove(2);
        assert_eq!(with, without[..8]);
        assert_eq!(without[8], "");
    }
    // The event is known, the days are not.
    campaign.event = letter().event;
    assert_eq!(columns(&campaign)[1][2], "–");
}

#[test]
fn a_school_that_does_not_owe_a_part_is_not_said_to_lack_it() {
    let mut campaign = letter();
    for one in &mut campaign.requirements {
        one.schools = Some(Vec::new());
    }
    let summary = summary(&campaign);
    let sheet = opened(&summary).worksheet_range(SHEETS[0]).unwrap();
    assert_eq!(cell(&sheet, TOP + 6, 3), text("не требуется"));
    assert_eq!(cell(&sheet, TOP + 6, 4), text("не требуется"));
}

#[test]
fn the_second_sheet_holds_every_answer_as_it_was_written_and_numbers_as_numbers() {
    let campaign = letter();
    let mut summary = summary(&campaign);
    let since = answer("с 1 сентября 2021 года", Some(Value::Date(Date::constant(2021, 9, 1))));
    summary.schools[0].answers.insert("participating_since".parse().unwrap(), since);
    summary.schools[0].answers.insert("partner_count".parse().unwrap(), answer("3 (три)", Some(Value::Number(3))));
    let many = Answer { invalid: Some(Invalid::NotANumber), ..answer("много", None) };
    summary.schools[1].answers.insert("district_school_count".parse().unwrap(), many);
    let mut book = opened(&summary);
    let sheet = book.worksheet_range(SHEETS[1]).unwrap();
    for (row, one) in (TOP..).zip(&summary.schools) {
        assert_eq!(cell(&sheet, row, 0), text(&one.school.name));
        for (column, field) in (2..).zip(&campaign.form.fields) {
            let expected = match one.answers.get(&field.id) {
                Some(Answer { value: Some(Value::Number(number)), .. }) => Data::Float((*number).into()),
                Some(answer) => text(&answer.text),
                None if one.missing.contains(&field.id) => text("не заполнено"),
                None => Data::Empty,
            };
            assert_eq!(cell(&sheet, row, column), expected, "{} {}", one.school.id, field.id);
        }
    }
    let rating = 2 + u32::try_from(campaign.form.fields.iter().position(is_rating).unwrap()).unwrap();
    assert_eq!(cell(&sheet, TOP + 7, 4), Data::Float(3.0), "the sum of the counts");
    assert_eq!(cell(&sheet, TOP + 8, 4), Data::Float(3.0), "their average");
    assert_eq!(cell(&sheet, TOP + 7, rating), Data::Empty, "a sum of ratings says nothing");
    assert_eq!(cell(&sheet, TOP + 8, rating), Data::Float(4.5));
    let marks: Vec<(Data, Data)> =
        (1..=5).map(|m| (cell(&sheet, TOP + 10 + m, 0), cell(&sheet, TOP + 10 + m, 1))).collect();
    let expected = [(1., 0.), (2., 0.), (3., 0.), (4., 1.), (5., 1.)].map(|(m, n)| (Data::Float(m), Data::Float(n)));
    assert_eq!(marks, expected);
    let parts = parts(&xlsx(&summary).unwrap());
    let notes = &parts.iter().find(|(name, _)| name.contains("comments")).unwrap().1;
    for said in ["В форме написано: 3 (три)", "Ответ не является числом.", "Ответа нет. Подсказка школе:"]
    {
        assert!(notes.contains(said), "{said}: {notes}");
    }
    let chart = &parts.iter().find(|(name, _)| name.contains("charts/chart")).unwrap().1;
    assert!(chart.contains("12. Оценка: число школ") && chart.contains("Ответы!$B$16:$B$20"), "{chart}");
}

fn is_rating(field: &crate::campaign::Field) -> bool {
    matches!(field.kind, FieldKind::Rating { .. })
}

#[test]
fn the_third_sheet_holds_every_message() {
    let campaign = letter();
    let summary = summary(&campaign);
    let sheet = opened(&summary).worksheet_range(SHEETS[2]).unwrap();
    for (row, one) in (TOP..).zip(&summary.history) {
        assert_eq!(minutes(&cell(&sheet, row, 0)), minute(one.received, &campaign.time_zone));
        for (column, expected) in (1..).zip([&one.school, &one.from, &one.what, &one.reply]) {
            assert_eq!(cell(&sheet, row, column), text(expected));
        }
    }
}

/// The parts of the package as text.
fn parts(bytes: &[u8]) -> Vec<(String, String)> {
    let mut package = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let name = |index, package: &mut zip::ZipArchive<_>| package.by_index(index).unwrap().name().unwrap().into_owned();
    (0..package.len())
        .map(|index| {
            let content = std::io::read_to_string(package.by_index(index).unwrap()).unwrap();
            (name(index, &mut package), content)
        })
        .collect()
}

#[test]
fn it_prints_on_a4_with_heads_and_page_numbers_and_says_whose_it_is() {
    let campaign = letter();
    let parts = parts(&xlsx(&summary(&campaign)).unwrap());
    let part = |wanted: &str| &parts.iter().find(|(name, _)| name == wanted).unwrap().1;
    for (sheet, wide) in [("sheet1", ""), ("sheet2", " fitToWidth=\"2\""), ("sheet3", "")] {
        let sheet = part(&format!("xl/worksheets/{sheet}.xml"));
        let setup = format!("<pageSetup paperSize=\"9\"{wide} fitToHeight=\"0\" orientation=\"landscape\"");
        for wanted in
            [setup.as_str(), "Страница &amp;P из &amp;N", "<pane xSplit", "state=\"frozen\"", "<autoFilter ref"]
        {
            assert!(sheet.contains(wanted), "{wanted}: {sheet}");
        }
    }
    assert_eq!(part("xl/workbook.xml").matches("_xlnm.Print_Titles").count(), 3);
    let core = part("docProps/core.xml");
    for wanted in ["<dc:creator>svodka<", "<dc:title>Сетевое взаимодействие школ", ">2022-11-14T06:00:00Z<"]
    {
        assert!(core.contains(wanted), "{wanted}: {core}");
    }
}

const STARTS: [&str; 11] = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "=cmd|' /C calc'!A0",
    "http://evil.example",
    "1e5",
    "_x003D_1+1",
];

/// A campaign and a history of these words alone.
fn of_words(words: &str) -> (Campaign, HistoryRow) {
    let mut campaign = letter();
    words.clone_into(&mut campaign.title);
    for school in &mut campaign.schools {
        (school.name, school.district) = (words.to_owned(), words.to_owned());
    }
    for field in &mut campaign.form.fields {
        words.clone_into(&mut field.short);
        words.clone_into(&mut field.hint);
    }
    let [school, from, what, reply] = std::array::from_fn(|_| words.to_owned());
    let received = "2022-11-12T08:00:00Z".parse().unwrap();
    (campaign, HistoryRow { received, school, from, what, reply, late: true })
}

/// Fills every answer of every school with these words.
fn answer_all(summary: &mut Summary<'_>, words: &str) {
    let campaign = summary.campaign;
    for school in &mut summary.schools {
        school.answers = campaign.form.fields.iter().map(|field| (field.id.clone(), answer(words, None))).collect();
    }
}

#[test]
fn row_49_whatever_a_cell_begins_with_it_is_text_in_every_sheet() {
    for start in STARTS {
        let (campaign, history) = of_words(start);
        let mut summary = summary(&campaign);
        answer_all(&mut summary, start);
        summary.history = vec![history];
        let mut book = opened(&summary);
        let shown = text(&start.replace('\r', ""));
        for (name, least) in SHEETS.into_iter().zip([14, 14 * 8, 4]) {
            assert!(book.worksheet_formula(name).unwrap().used_cells().next().is_none(), "{name}");
            let sheet = book.worksheet_range(name).unwrap();
            let there = sheet.used_cells().filter(|(_, _, cell)| **cell == shown).count();
            assert!(there >= least, "{start:?} stands {there} times in {name}, as it was written");
        }
        let bytes = xlsx(&summary).unwrap();
        let styles = &parts(&bytes).into_iter().find(|(name, _)| name == "xl/styles.xml").unwrap().1;
        let quoted = shown.to_string().starts_with(['=', '+', '-', '@', '\t']);
        assert_eq!(styles.contains("quotePrefix=\"1\""), quoted, "{start:?} stays text when its cell is edited");
        assert!(!parts(&bytes).iter().any(|(_, part)| part.contains("<hyperlink")), "{start:?}");
    }
}

#[test]
fn a_text_that_no_cell_holds_is_cut_with_a_mark() {
    let campaign = letter();
    let mut summary = summary(&campaign);
    let long = answer(&"Очень длинный ответ. ".repeat(10_000), None);
    summary.schools[0].answers.insert("network_model".parse().unwrap(), long);
    summary.schools[0]
        .answers
        .insert("partner_count".parse().unwrap(), answer(&"3 ".repeat(90_000), Some(Value::Number(3))));
    let sheet = opened(&summary).worksheet_range(SHEETS[1]).unwrap();
    let long = cell(&sheet, TOP, 3).to_string();
    assert!(long.encode_utf16().count() <= 32_767 && long.ends_with(" … [текст сокращён]"));
}

#[test]
fn three_hundred_schools_and_none_make_a_workbook() {
    let campaign = large(300);
    let mut full = summary(&campaign);
    answer_all(
        &mut full,
        "Проведены открытые уроки,\nмастер-классы и семинары для педагогов района. ".repeat(8).trim(),
    );
    let begun = Instant::now();
    let bytes = xlsx(&full).unwrap();
    eprintln!("300 schools: {} bytes in {:?}", bytes.len(), begun.elapsed());
    let sheet = opened(&full).worksheet_range(SHEETS[1]).unwrap();
    assert_eq!(cell(&sheet, TOP + 299, 0), text("МБОУ «Средняя общеобразовательная школа № 299»"));
    let campaign = large(0);
    let mut empty = summary(&campaign);
    empty.history.clear();
    let sheet = opened(&empty).worksheet_range(SHEETS[0]).unwrap();
    assert_eq!(cell(&sheet, TOP, 0), text("Итого: 0 школ"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_text_makes_a_workbook_that_gives_it_back(
        words in prop_oneof![any::<String>(), "[=+@\\-\t\r\n_x0-9A-F;&<>😀\u{301}\u{202e}\u{7}ё ]{0,40}"],
    ) {
        let (campaign, history) = of_words(&words);
        let mut summary = summary(&campaign);
        answer_all(&mut summary, &words);
        summary.history = vec![history];
        let mut book = opened(&summary);
        for (name, row, column) in [(SHEETS[0], TOP, 0), (SHEETS[1], TOP, 3), (SHEETS[2], TOP, 2)] {
            let sheet = book.worksheet_range(name).unwrap();
            prop_assert_eq!(cell(&sheet, row, column), text(&printable(&words)));
        }
    }
}
