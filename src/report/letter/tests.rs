use std::time::Instant;

use mail_parser::{MessageParser, MimeHeaders as _, PartType};

use super::{
    samples::{made_up, shapes},
    *,
};
use crate::{
    campaign::{self, Campaign},
    report::{LetterRow, ReviewRow, Status, Tick},
};

fn campaign() -> Campaign {
    campaign::read("x", include_str!("../../../config/campaigns/500plus-2022.toml")).unwrap()
}

fn templates() -> Templates {
    Templates::load(None).unwrap()
}

fn written(summary: &Summary<'_>, before: Option<&Snapshot>) -> Letter {
    summary_letter(summary, before, &Links::default(), &templates()).unwrap()
}

/// The campaign's own day, from which the tests look at it.
fn day(text: &str) -> jiff::civil::Date {
    text.parse().unwrap()
}

/// Width, height and pixels, three bytes each.
fn decoded(bytes: &[u8]) -> (u32, u32, Vec<u8>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!(info.color_type, png::ColorType::Rgb);
    (info.width, info.height, pixels)
}

#[test]
fn the_summary_reads_as_it_should_in_every_shape() {
    for sample in samples(&campaign(), &templates()).unwrap() {
        let (name, letter) = (sample.name, sample.letter);
        let cid = letter.picture.unwrap().cid;
        // What the picture shows is seen by the eye; its name follows from its bytes.
        let html = letter.html.replace(&cid, "PICTURE");
        insta::assert_snapshot!(format!("{name}.txt"), format!("{}\n\n{}", letter.subject, letter.text));
        insta::assert_snapshot!(format!("{name}.html"), html);
    }
}

#[test]
fn every_number_is_that_of_the_rows_it_was_made_from() {
    let campaign = campaign();
    for (name, summary, before) in shapes(&campaign) {
        let letter = written(&summary, before.as_ref());
        let rows = |of: fn(&super::super::SchoolRow<'_>) -> bool| summary.schools.iter().filter(|row| of(row)).count();
        let complete = rows(|row| row.status == Status::Complete);
        let nothing = rows(|row| row.versions == 0 && row.status != Status::Complete);
        let partial = summary.schools.len() - complete - nothing;
        let total = summary.schools.len();
        let told = |what: &str| letter.text.matches(what).count();
        assert_eq!(told("» – представлено полностью"), complete, "{name}");
        assert_eq!(told("» – представлено не в полном объёме"), partial, "{name}");
        assert_eq!(told("» – не представлено"), nothing, "{name}");
        for (count, words) in [
            (complete, "представили информацию полностью"),
            (partial, "представили не в полном объёме"),
            (nothing, "не представили информацию"),
        ] {
            let said = letter.text.contains(&format!("{words} – {count}"));
            assert_eq!(
                said,
                count > 0 && complete < total && nothing < total,
                "{name}: {words} – {count}\n{}",
                letter.text
            );
        }
        assert_eq!(told("представлена всеми школами (7)"), usize::from(complete == 7), "{name}");
        assert_eq!(told("не представила ни одна из 7 школ"), usize::from(nothing == 7), "{name}");
        for (title, left) in [
            ("проект выступления с презентацией", rows(|row| row.draft.is_none())),
            ("информация по форме приложения к письму", rows(|row| row.form.is_none() || !row.missing.is_empty())),
        ] {
            let line = letter.text.lines().find(|line| line.contains(title)).unwrap();
            let told = if left == 0 {
                "представлено всеми".to_owned()
            } else {
                format!("ожидается от {left} школ")
            };
            assert!(line.contains(&told), "{name}: {line}: {left}");
        }
        assert_eq!(letter.subject.contains("всё представлено"), complete == summary.schools.len(), "{name}");
        if complete < summary.schools.len() {
            let said = format!("представили {complete} из {}", summary.schools.len());
            assert!(letter.subject.contains(&said), "{name}: {}", letter.subject);
        }
        let reviews = summary.reviews.len();
        assert_eq!(letter.subject.contains(&format!("решения {reviews}")), reviews > 0, "{name}: {}", letter.subject);
        assert_eq!(letter.text.contains(&format!("Требуют решения: {reviews} пис")), reviews > 0, "{name}");
        let changes = summary.changes_since(before.as_ref());
        assert_eq!(told(" район)"), nothing, "{name}");
        assert!(changes.iter().all(|one| letter.text.contains(&format!(
            "- {}: {}",
            one.school.name,
            one.what.join("; ")
        ))));
        assert_eq!(letter.text.contains("Всего писем"), summary.scope == crate::report::Scope::All, "{name}");
        if let Some(proof) = summary.proof() {
            assert!(summary.messages.add_up() && letter.text.contains(&proof), "{name}: {proof}");
        }
        let days = progress::progress(&summary).days;
        let count = |count: usize| u32::try_from(count).unwrap();
        let today = days.last().unwrap();
        let counts = (today.complete, today.partial, today.nothing);
        assert_eq!(counts, (count(complete), count(partial), count(nothing)), "{name}");
        assert!(
            days.iter().all(|day| day.complete + day.partial + day.nothing == count(summary.schools.len())),
            "{name}"
        );
    }
}

#[test]
fn what_strangers_wrote_is_text_and_stays_on_its_line() {
    let mut campaign = campaign();
    campaign.schools[6].name = "МОУ «<b>Школа</b> & лицей»".to_owned();
    let mut summary = made_up(&campaign, day("2022-11-10"), 2, 3);
    summary.reviews.push(ReviewRow {
        number: 77,
        from: "\"><img src=x>@evil.example".to_owned(),
        subject: "<script>alert(1)</script>\r\nBcc: all@evil.example\u{202e}".to_owned(),
        ..summary.reviews[0].clone()
    });
    let letter = written(&summary, None);
    assert!(!letter.html.contains("<script") && !letter.html.contains("<b>") && !letter.html.contains("<img src=x"));
    assert!(
        letter.html.contains("&lt;script&gt;") && letter.html.contains("&lt;b&gt;Школа&lt;&#x2f;b&gt; &amp; лицей")
    );
    assert!(!letter.text.contains("\nBcc") && !letter.text.contains(['\u{202e}', '\r']));
    assert!(letter.text.contains("тема «<script>alert(1)</script> Bcc: all@evil.example»"));
    let long = ReviewRow { subject: "я".repeat(5000), ..summary.reviews[0].clone() };
    summary.reviews = vec![long];
    assert!(written(&summary, None).text.lines().all(|line| line.chars().count() < 400));
}

#[test]
fn nothing_is_fetched_from_elsewhere_and_a_case_is_linked_only_where_there_is_a_board() {
    let campaign = campaign();
    let summary = made_up(&campaign, day("2022-11-10"), 2, 3);
    let plain = written(&summary, None);
    assert!(!plain.html.contains("http") && !plain.html.contains("url("), "{}", plain.html);
    assert!(plain.text.contains("сообщите номер письма специалисту"));
    let links = Links { board: Some("https://svodka.example.org/".to_owned()) };
    let linked = summary_letter(&summary, None, &links, &templates()).unwrap();
    for row in &summary.reviews {
        let link = format!("https://svodka.example.org/review/{}", row.number);
        assert!(linked.text.contains(&format!("Решить: {link}\n")), "{}", linked.text);
        assert!(linked.html.replace("&#x2f;", "/").contains(&format!("href=\"{link}\"")));
    }
    assert!(!linked.text.contains("сообщите номер письма"));
}

#[test]
fn the_picture_is_of_the_size_that_is_announced_and_light() {
    let campaign = campaign();
    for (name, summary, _) in shapes(&campaign) {
        let letter = written(&summary, None);
        let (width, height, pixels) = decoded(&letter.picture.png);
        assert_eq!((width, height), chart::SIZE, "{name}");
        assert!(letter.picture.png.len() < 60 << 10, "{name}: {} bytes", letter.picture.png.len());
        assert!(letter.html.contains(&format!("width=\"{}\"", width / 2)), "{name}");
        // The colours of the bars are there exactly where schools are, besides the legend's squares.
        let many = |colour: [u8; 3]| pixels.chunks(3).filter(|pixel| **pixel == colour).count() > 2000;
        let complete = summary.schools.iter().any(|row| row.status == Status::Complete);
        assert_eq!(many([0x1F, 0x66, 0xA8]), complete, "{name}");
        let partial = summary.progress.iter().any(|step| !step.complete);
        assert_eq!(many([0xF0, 0x9E, 0x2B]), partial, "{name}");
    }
}

#[test]
fn the_days_show_each_school_as_it_stood_on_the_evening() {
    let campaign = campaign();
    let mut summary = made_up(&campaign, day("2022-11-05"), 0, 0);
    let step = |received: &str, school: usize, complete| super::super::Step {
        received: received.parse().unwrap(),
        school: campaign.schools[school].id.clone(),
        complete,
    };
    summary.progress = vec![
        step("2022-11-02T20:59:59Z", 0, false),
        step("2022-11-02T21:00:00Z", 1, true),
        step("2022-11-04T06:00:00Z", 0, true),
    ];
    let progress = progress::progress(&summary);
    let counts: Vec<_> = progress.days.iter().map(|one| (one.complete, one.partial, one.nothing)).collect();
    assert_eq!(counts, [(0, 0, 7), (0, 1, 6), (1, 1, 5), (2, 0, 5), (2, 0, 5)], "from 1 to 5 November in Moscow");
    assert_eq!((progress.first, progress.last), (day("2022-11-01"), day("2022-11-15")));
}

#[test]
fn it_can_be_drawn_on_any_day_whatsoever() {
    let campaign = campaign();
    for today in ["2021-01-01", "2022-10-31", "2022-11-01", "2022-11-15", "2022-12-31", "2031-05-05"] {
        let summary = made_up(&campaign, day(today), 3, 2);
        let progress = progress::progress(&summary);
        assert!(progress.days.len() <= 367 && !progress.days.is_empty(), "{today}");
        let png = chart::draw(&progress).unwrap();
        assert!(png.len() < 60 << 10, "{today}: {} bytes", png.len());
    }
    let none = made_up(&campaign, day("2022-11-10"), 3, 2).for_schools(&[]);
    let letter = written(&none, None);
    assert!(letter.subject.contains("представили 0 из 0"), "{}", letter.subject);
}

#[test]
fn three_hundred_schools_are_told_of_in_less_than_a_second() {
    let mut campaign = campaign();
    let one = campaign.schools[2].clone();
    campaign.schools = (0..300)
        .map(|index| campaign::School {
            id: format!("school-{index}").parse().unwrap(),
            name: format!("МБОУ «Средняя общеобразовательная школа № {index}»"),
            ..one.clone()
        })
        .collect();
    let summary = made_up(&campaign, day("2022-11-14"), 120, 90);
    let templates = templates();
    let start = Instant::now();
    let letter = summary_letter(&summary, None, &Links::default(), &templates).unwrap();
    let took = start.elapsed();
    assert!(letter.subject.contains("представили 120 из 300"), "{}", letter.subject);
    assert!(letter.picture.png.len() < 60 << 10);
    // A build without optimisation is held to it too, though not to the same bound on a machine that does other work.
    assert!(took.as_millis() < if cfg!(debug_assertions) { 5000 } else { 1000 }, "{took:?}");
}

#[test]
fn the_same_summary_is_the_same_bytes_with_its_parts_in_their_places() {
    let campaign = campaign();
    let summary = made_up(&campaign, day("2022-11-10"), 2, 3);
    let templates = templates();
    let address = |text: &str| Address::parse(text).unwrap();
    let from = address("committee@example.org");
    let envelope = |seed| Envelope {
        from: &from,
        from_name: "Сводка",
        now: summary.as_of,
        registration: None,
        seed,
        templates: &templates,
    };
    let file =
        || Attached { name: "Свод.xlsx".to_owned(), media_type: "application/octet-stream", bytes: vec![7; 99] };
    let to = address("staff@example.org");
    let compose = |seed| written(&summary, None).compose(&envelope(seed), &to, vec![file()]).unwrap();
    let letter = compose("a");
    assert_eq!(letter, compose("a"));
    assert_ne!(letter.message_id, compose("b").message_id);
    let mail = MessageParser::default().parse(&letter.mime).unwrap();
    assert_eq!(mail.header_raw("Auto-Submitted").unwrap().trim(), "auto-generated");
    assert_eq!(mail.subject().unwrap(), letter.subject);
    let kinds: Vec<String> = mail
        .parts
        .iter()
        .map(|part| part.content_type().map(|kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap())).unwrap())
        .collect();
    let wanted = ["multipart/mixed", "multipart/related", "multipart/alternative", "text/plain", "text/html"];
    assert_eq!(kinds, [&wanted[..], &["image/png", "application/octet-stream"]].concat());
    let picture = mail.parts.iter().find(|part| part.is_content_type("image", "png")).unwrap();
    assert!(picture.content_disposition().unwrap().is_inline());
    assert!(letter.html.contains(&format!("src=\"cid:{}\"", picture.content_id().unwrap())));
    assert!(
        matches!(&picture.body, PartType::Binary(bytes) | PartType::InlineBinary(bytes) if bytes.as_ref() == letter.picture.as_ref().unwrap().png)
    );
    assert_eq!(mail.body_text(0).unwrap().replace("\r\n", "\n"), letter.text);
    assert_eq!(mail.attachment(mail.attachment_count() as u32 - 1).unwrap().attachment_name(), Some("Свод.xlsx"));
}

#[test]
fn a_district_hears_of_its_own_schools_alone() {
    let campaign = campaign();
    let mut whole = made_up(&campaign, day("2022-11-10"), 3, 2);
    let id = |index: usize| campaign.schools[index].id.clone();
    let case = |number, candidates: Vec<_>| ReviewRow { number, candidates, ..whole.reviews[0].clone() };
    let cases = [case(901, vec![id(3)]), case(902, vec![id(3), id(0)]), case(903, vec![id(0)]), case(904, vec![])];
    whole.reviews = cases.to_vec();
    let letter =
        |number, schools| LetterRow { number, schools, since: whole.as_of, doubtful: false, why: "причина" };
    whole.letters.troubled = vec![letter(801, vec![id(3), id(0)]), letter(802, vec![id(0)]), letter(803, vec![])];
    (whole.letters.failed, whole.letters.waiting) = (3, 5);
    let part = whole.for_district("Подпорожский");
    assert_eq!(part.schools.len(), 3);
    assert_eq!(part.reviews.iter().map(|row| row.number).collect::<Vec<_>>(), [901, 902]);
    assert!(!part.reviews[0].from.is_empty(), "it can be nobody else's");
    assert!(part.reviews[1].from.is_empty() && part.reviews[1].subject.is_empty(), "it may be another one's");
    assert_eq!((part.letters.failed, part.letters.waiting), (1, 0));
    let letter = written(&part, None);
    let others = campaign.schools.iter().filter(|school| school.district != "Подпорожский");
    for school in others {
        assert!(!letter.text.contains(&school.name) && !letter.html.contains(&school.name), "{}", school.name);
    }
    for hidden in ["Всего писем", "Всего поступило", "№ 903", "№ 904", "№ 802", "№ 803", "во входящих"]
    {
        assert!(!letter.text.contains(hidden), "{hidden}\n{}", letter.text);
    }
    assert!(letter.subject.contains(", Подпорожский район: представили 1 из 3"), "{}", letter.subject);
    let same = whole.for_schools(&[id(2), id(3), id(4)]);
    assert_eq!(same.snapshot().schools, part.snapshot().schools);
}

#[test]
fn what_is_ticked_is_told_no_more() {
    let mut campaign = campaign();
    let fioko = campaign.requirements.iter_mut().find(|one| one.id.as_str() == "fioko").unwrap();
    fioko.schools = Some(vec![campaign.schools[0].id.clone(), campaign.schools[1].id.clone()]);
    let mut summary = made_up(&campaign, day("2022-11-17"), 7, 0);
    let text = written(&summary, None).text;
    assert!(
        text.contains("УЧАСТИЕ ЕЩЁ НЕ ОТМЕЧЕНО\n- 15.11.2022: МОУ «Киришская СОШ №3»\n- 17.11.2022: МБОУ «Рощинский")
    );
    assert!(text.contains("ИНФОРМАЦИЯ БЕЗ ФОРМЫ\n- 29.11.2022: МОУ «Киришская СОШ №3» – информация об использовании"));
    assert!(
        text.contains("муниципальные кураторы") && !text.contains("22.11.2022: МБОУ"),
        "its day has not come\n{text}"
    );
    let school = |index: usize| campaign.schools[index].id.clone();
    let fioko = |text: &str| text.lines().find(|line| line.contains("– до срока 12 дней, ")).map(str::to_owned);
    assert!(fioko(&text).unwrap().ends_with("ожидается от 2 школ"), "{text}");
    summary.ticked.extend((0..campaign.obligations.len()).map(Tick::Obligation));
    summary.ticked.extend([Tick::Attendance(school(0)), Tick::Attendance(school(1))]);
    summary.ticked.insert(Tick::Information(school(1), "fioko".parse().unwrap()));
    summary.schools[0].information.push("fioko".parse().unwrap());
    let text = written(&summary, None).text;
    assert!(fioko(&text).unwrap().ends_with("представлено всеми"), "{text}");
    for gone in ["ПОРУЧЕНИЯ", "УЧАСТИЕ ЕЩЁ", "ИНФОРМАЦИЯ БЕЗ ФОРМЫ"] {
        assert!(!text.contains(gone), "{gone}\n{text}");
    }
}
