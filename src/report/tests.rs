use std::io::Cursor;

use calamine::{Data, Reader as _};

use super::*;
use crate::{campaign, form::Value};

fn letter() -> Campaign {
    campaign::read("x", include_str!("../../config/campaigns/500plus-2022.toml")).unwrap()
}

fn answer(text: &str, value: Option<Value>) -> Answer {
    Answer { text: text.to_owned(), value, invalid: None, found: "таблица 1, строка 2".to_owned() }
}

fn summary(campaign: &Campaign) -> Summary<'_> {
    let instant: Timestamp = "2022-11-12T08:00:00Z".parse().unwrap();
    let row = |(index, school)| {
        let status = match index {
            0 => Status::Complete,
            1 => Status::Incomplete,
            2 => Status::Review,
            _ => Status::Nothing,
        };
        let came = (index < 2).then_some(instant);
        let rating = if index == 0 { 5 } else { 4 };
        let answers = [
            ("network_model", answer("=HYPERLINK(\"http://evil.example\";\"x\")", None)),
            ("proposals", answer("Провести <b>обучение</b> & семинары для педагогов школ района", None)),
            ("effectiveness_rating", answer("пять", Some(Value::Number(rating)))),
        ];
        SchoolRow {
            school,
            status,
            form: came,
            draft: came.filter(|_| index == 0),
            information: Vec::new(),
            missing: if index == 1 { vec!["partner_count".parse().unwrap()] } else { Vec::new() },
            invalid: if index == 1 { vec!["expected_result".parse().unwrap()] } else { Vec::new() },
            last_message: came,
            late: index == 1,
            versions: u32::from(index < 2),
            answers: answers.into_iter().filter(|_| index < 2).map(|(id, a)| (id.parse().unwrap(), a)).collect(),
        }
    };
    Summary {
        campaign,
        as_of: "2022-11-14T06:00:00Z".parse().unwrap(),
        schools: campaign.schools.iter().enumerate().map(row).collect(),
        messages: Counts { received: 42, matched: 33, review: 3, automatic: 2, other: 4, duplicate: 0 },
        reviews: vec![ReviewRow {
            number: 7,
            received: Some(instant),
            from: "someone@example.org".to_owned(),
            subject: "<script>alert(1)</script>".to_owned(),
            reason: "Школа не указана".to_owned(),
            candidates: Vec::new(),
        }],
        history: vec![HistoryRow {
            received: instant,
            school: "МОУ «Киришская СОШ №3»".to_owned(),
            from: "+cmd@example.org".to_owned(),
            what: "форма, проект выступления".to_owned(),
            reply: "получение подтверждено".to_owned(),
            late: false,
        }],
        progress: Vec::new(),
        letters: Letters::default(),
        faults: Vec::new(),
        ticked: BTreeSet::new(),
        scope: Scope::All,
    }
}

#[test]
fn the_workbook_holds_text_as_text_and_ratings_as_numbers() {
    let campaign = letter();
    let bytes = xlsx(&summary(&campaign)).unwrap();
    assert_eq!(bytes, xlsx(&summary(&campaign)).unwrap());
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    assert_eq!(book.sheet_names(), ["Статус", "Ответы", "История"]);
    let status = book.worksheet_range("Статус").unwrap();
    assert_eq!(status.get_value((4, 8)), Some(&Data::String("представлено полностью".to_owned())));
    assert!(status.get_value((12, 0)).unwrap().to_string().starts_with("Всего писем: 42 = 33"));
    let answers = book.worksheet_range("Ответы").unwrap();
    assert!(answers.get_value((4, 2)).unwrap().to_string().starts_with("=HYPERLINK"));
    assert_eq!(answers.get_value((4, 12)), Some(&Data::Float(5.0)));
    assert_eq!(answers.get_value((11, 12)), Some(&Data::Float(4.5)));
    for name in ["Статус", "Ответы", "История"] {
        assert!(book.worksheet_formula(name).unwrap().used_cells().next().is_none(), "{name}");
    }
    let history = book.worksheet_range("История").unwrap();
    assert_eq!(history.get_value((4, 2)), Some(&Data::String("+cmd@example.org".to_owned())));
}

#[test]
fn row_49_whatever_a_cell_begins_with_it_is_text() {
    let campaign = letter();
    let mut summary = summary(&campaign);
    let starts =
        ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=cmd|' /C calc'!A0", "http://evil.example", "1e5"];
    let fields: Vec<_> = campaign.form.fields.iter().filter(|field| field.kind == campaign::FieldKind::Text).collect();
    assert!(!fields.is_empty());
    for (index, start) in starts.iter().enumerate() {
        let one = HistoryRow { school: (*start).to_owned(), from: (*start).to_owned(), ..summary.history[0].clone() };
        summary.history.push(one);
        let school = &mut summary.schools[index % 7];
        let field = fields[index % fields.len()];
        school.answers.insert(field.id.clone(), answer(start, None));
    }
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(xlsx(&summary).unwrap())).unwrap();
    let history = book.worksheet_range("История").unwrap();
    for start in starts {
        let shown = start.replace('\r', "");
        let there = history.used_cells().filter(|(_, _, cell)| **cell == Data::String(shown.clone())).count();
        assert_eq!(there, 2, "{start:?} is text, as it was written");
    }
    let answers = book.worksheet_range("Ответы").unwrap();
    let there = |start: &str| answers.used_cells().any(|(_, _, cell)| *cell == Data::String(start.replace('\r', "")));
    assert!(starts.iter().filter(|start| there(start)).count() >= fields.len().min(7), "{answers:?}");
    for name in ["Статус", "Ответы", "История"] {
        assert!(book.worksheet_formula(name).unwrap().used_cells().next().is_none(), "{name}");
    }
}

#[test]
fn row_49_the_page_escapes_and_proves_its_sum() {
    let campaign = letter();
    let page = html(&summary(&campaign)).unwrap();
    assert!(!page.contains("<script") && page.contains("&lt;script&gt;"));
    assert!(campaign.schools.iter().all(|school| page.contains(&school.name)));
    assert!(page.contains("Всего писем: 42 = 33 по школам + 3 на решении"));
    assert!(page.contains("14 ноября 2022 года, 09:00 по московскому времени"));
    assert!(page.contains("сегодня") && page.contains("до срока 1 день") && page.contains("истёк 6 дней назад"));
}

#[test]
fn the_board_has_a_row_for_each_school_and_no_colour_unless_asked() {
    let campaign = letter();
    let plain = board(&summary(&campaign), 200, false);
    assert_eq!(campaign.schools.iter().filter(|school| plain.contains(&school.name)).count(), 7);
    assert!(!plain.contains('\u{1b}'));
    assert!(plain.contains("не заполнено: 3; уточнить: 9"), "{plain}");
    assert!(board(&summary(&campaign), 200, true).contains('\u{1b}'));
    assert!(
        board(&summary(&campaign), 80, false).lines().all(|line| line.contains("писем") || line.chars().count() <= 80)
    );
}

#[test]
fn a_sum_that_does_not_add_up_says_so() {
    let counts = Counts { received: 2, matched: 1, ..Counts::default() };
    assert!(!counts.add_up() && counts.proof().contains("2 ≠ 1"));
}

#[test]
fn the_status_for_machines_follows_the_contract() {
    let campaign = letter();
    let status = serde_json::to_value(status_json(&summary(&campaign))).unwrap();
    assert_eq!(status["campaign"], "500plus-2022");
    assert_eq!(status["as_of"], "2022-11-14T06:00:00Z");
    assert_eq!(status["review"], 1);
    assert_eq!(status["messages"]["matched"], 33);
    assert_eq!(status["schools"][1]["status"], "incomplete");
    assert_eq!(status["schools"][1]["form"]["missing"][0], "partner_count");
    assert_eq!(status["schools"][3]["last_message"], serde_json::Value::Null);
}
