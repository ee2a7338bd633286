use super::*;
use crate::{campaign, form::Value};

pub(super) fn letter() -> Campaign {
    campaign::read("x", include_str!("../../config/campaigns/500plus-2022.toml")).unwrap()
}

pub(super) fn answer(text: &str, value: Option<Value>) -> Answer {
    Answer { text: text.to_owned(), value, invalid: None, found: "таблица 1, строка 2".to_owned() }
}

pub(super) fn summary(campaign: &Campaign) -> Summary<'_> {
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

/// The letter with so many schools, all of which have answered at length.
pub(super) fn large(count: usize) -> Campaign {
    let mut campaign = letter();
    let one = |index: usize| {
        let mut school = letter().schools[index % 7].clone();
        school.id = format!("school-{index}").parse().unwrap();
        school.name = format!("МБОУ «Средняя общеобразовательная школа № {index}»");
        school
    };
    campaign.schools = (0..count).map(one).collect();
    campaign
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
fn where_schools_have_no_days_no_report_speaks_of_them() {
    let mut campaign = letter();
    let days = |campaign: &Campaign| {
        let summary = summary(campaign);
        let templates = crate::reply::Templates::load(None).unwrap();
        let mail = summary_letter(&summary, None, &Links::default(), &templates).unwrap();
        let text = [board(&summary, 200, false), html(&summary).unwrap(), mail.text, mail.html].concat();
        let found = text.lines().filter(|line| line.contains("Дата") || line.contains("Представление опыта"));
        // A deadline has a date too.
        found.filter(|line| !line.contains("Срок")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert!(days(&campaign).len() >= 4 + campaign.schools.len());
    campaign.event = None;
    campaign.schools.iter_mut().for_each(|school| school.date = None);
    assert_eq!(days(&campaign), Vec::<String>::new());
    let summary = summary(&campaign);
    assert_eq!(serde_json::to_value(status_json(&summary)).unwrap()["schools"][0]["date"], serde_json::Value::Null);
    assert_eq!(summary.attendance().count(), 0);
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
