//! Our own request, answered in its thread as mail programs do it: what was typed is read, what was quoted is not.

use std::{collections::BTreeMap, sync::LazyLock};

use super::*;
use crate::{
    campaign::FieldId,
    decision::{self, Action, Basis, Known, ReplyPolicy, SchoolState},
    document::Limits,
    form::{Answer, Invalid, Recogniser, Value},
    matching::Roster,
    message::{self, OwnIdentity},
    reader,
};

const FROM: &str = "From: school@example.org\r\nTo: committee@example.org\r\nSubject: =?utf-8?b?UmU6INCk0L7RgNC80LA=?=\r\n\
    Date: Mon, 14 Nov 2022 12:00:00 +0300\r\nIn-Reply-To: <ours@example.org>\r\nMIME-Version: 1.0\r\n";
const ATTRIBUTION: &str = "14.11.2022, 12:15, \"Комитет\" <committee@example.org> пишет:";

/// What the campaign's names and forms are compared with.
static READY: LazyLock<(Roster, Recogniser)> = LazyLock::new(|| {
    let campaign = campaign();
    (Roster::new(&campaign), Recogniser::new(&campaign))
});

fn campaign() -> Campaign {
    crate::campaign::read("x", include_str!("../../config/campaigns/500plus-2022.toml")).unwrap()
}

fn request() -> (Campaign, Rendered) {
    let campaign = campaign();
    let samples = samples(&campaign, &Templates::load(None).unwrap()).unwrap();
    let letter = samples.into_iter().find(|one| one.name == "request").unwrap().letter;
    (campaign, letter)
}

/// What is decided about a mail in the thread of the request, before which these answers have come.
fn decided(campaign: &Campaign, kind: &str, body: &str, before: &[(&str, Answer)]) -> Decision {
    let raw =
        format!("{FROM}Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{body}");
    let (message, _) = message::parse(raw.as_bytes(), &OwnIdentity::default(), &Limits::default());
    let school = campaign.schools[0].id.clone();
    let answers = before.iter().map(|(id, answer)| (id.parse().unwrap(), answer.clone())).collect();
    let state = SchoolState { form: true, answers, ..SchoolState::default() };
    let known = Known { thread: Some(school.clone()), schools: [(school, state)].into(), ..Known::default() };
    let basis = Basis {
        campaign,
        roster: &READY.0,
        recogniser: &READY.1,
        known: &known,
        received: "2022-11-14T09:00:00Z".parse().unwrap(),
        grace: jiff::SignedDuration::ZERO,
        policy: ReplyPolicy::default(),
    };
    decision::decide(&basis, &Reading { message, ..Reading::default() })
}

/// The action, and the answers by number.
fn read(campaign: &Campaign, kind: &str, body: &str) -> (Action, BTreeMap<usize, String>) {
    let decision = decided(campaign, kind, body, &[]);
    let answers = decision.submissions.iter().flat_map(|one| &one.answers);
    let answers = answers.map(|(id, one)| (campaign.form.number(id).unwrap(), one.text.clone())).collect();
    (decision.action, answers)
}

/// Lines of at most so many characters, as mail programs wrap them.
fn wrapped(text: &str, most: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for line in text.lines() {
        let mut open = String::new();
        for word in line.split(' ') {
            if !open.is_empty() && open.chars().count() + 1 + word.chars().count() > most {
                lines.push(std::mem::take(&mut open));
            }
            if !open.is_empty() {
                open.push(' ');
            }
            open.push_str(word);
        }
        lines.push(open);
    }
    lines
}

/// The quoted letter, with a text typed behind each of these hints.
fn quoted(letter: &Rendered, width: usize, typed: &[(&str, &str)]) -> String {
    let mut lines = Vec::new();
    for line in letter.text.lines() {
        lines.extend(wrapped(line, width).into_iter().map(|line| format!("> {line}")));
        lines.extend(typed.iter().filter(|(hint, _)| line.trim() == *hint).map(|(_, text)| (*text).to_owned()));
    }
    lines.join("\r\n")
}

fn expected(answers: &[(usize, &str)]) -> BTreeMap<usize, String> {
    answers.iter().map(|(number, text)| (*number, (*text).to_owned())).collect()
}

const HINT_3: &str = "Укажите целое число, например: 3.";
const HINT_12: &str = "Поставьте одну оценку целым числом от 1 до 5.";
const HINT_14: &str = "Изложите предложения или напишите «нет».";

#[test]
fn numbered_lines_above_the_quotation_are_answers() {
    let (campaign, letter) = request();
    for width in [60, 76, 1_000] {
        let body = format!("Добрый день!\r\n3. 4\r\n14. нет\r\n\r\n{ATTRIBUTION}\r\n{}", quoted(&letter, width, &[]));
        let (action, answers) = read(&campaign, "plain", &body);
        assert_eq!(answers, expected(&[(3, "4"), (14, "нет")]), "{width}");
        assert_eq!(action, Action::Request);
    }
}

#[test]
fn what_is_typed_below_a_quoted_line_answers_it() {
    let (campaign, letter) = request();
    let typed = [
        (HINT_3, "4"),
        (HINT_12, "12. 5\r\n"),
        (HINT_14, "\r\nБольше встреч\r\nи семинаров\r\n\r\nС уважением, Иванова"),
    ];
    for width in [30, 60, 76, 1_000] {
        let body = format!("Ответы ниже.\r\n\r\n{ATTRIBUTION}\r\n{}", quoted(&letter, width, &typed));
        let answers = read(&campaign, "plain", &body).1;
        assert_eq!(answers, expected(&[(3, "4"), (12, "5"), (14, "Больше встреч\nи семинаров")]), "{width}");
    }
}

#[test]
fn what_is_typed_into_the_quoted_table_answers_its_row() {
    let (campaign, letter) = request();
    let page = letter.html.split_once("<body").unwrap().1.split_once('>').unwrap().1.split_once("</body>").unwrap().0;
    let typed = page
        .replace(&format!("<em>{HINT_3}</em>"), &format!("<em>{HINT_3}</em><br>4"))
        .replace(&format!("<em>{HINT_14}</em>"), "<div>Больше встреч</div><div>и семинаров</div>");
    assert_ne!(typed, page);
    let outlook = "<div><p>От: Комитет &lt;committee@example.org&gt;<br>Отправлено: 14 ноября 2022 г. 12:15<br>\
        Кому: school@example.org<br>Тема: Форма</p></div>";
    for (before, after) in [
        (format!("<div>{ATTRIBUTION}</div><blockquote type=\"cite\">"), "</blockquote>"),
        (format!("<div>{}</div><blockquote class=\"gmail_quote\">", ATTRIBUTION.replace('<', "&lt;")), "</blockquote>"),
        (outlook.to_owned(), ""),
    ] {
        let mail = |page: &str| format!("<div>Добрый день! Ответы в письме.</div><br>{before}{page}{after}");
        let answers = read(&campaign, "html", &mail(&typed)).1;
        assert_eq!(answers, expected(&[(3, "4"), (14, "Больше встреч\nи семинаров")]), "{before}");
        assert_eq!(read(&campaign, "html", &mail(page)).1, expected(&[]), "{before}");
    }
}

#[test]
fn a_quotation_in_which_nobody_typed_is_no_answer() {
    let (campaign, letter) = request();
    for width in (16..100).chain([1_000]) {
        let marked = format!("Спасибо, учтём.\r\n\r\n{ATTRIBUTION}\r\n{}", quoted(&letter, width, &[]));
        let unmarked = format!("Спасибо, учтём.\r\n\r\n{}", wrapped(&letter.text, width).join("\r\n"));
        let outlook = format!(
            "Спасибо, учтём.\r\n\r\nОт: Комитет\r\nОтправлено: 14 ноября 2022 г.\r\nКому: школа\r\nТема: форма\r\n\r\n{}",
            wrapped(&letter.text, width).join("\r\n")
        );
        for body in [&marked, &unmarked, &outlook] {
            assert_eq!(read(&campaign, "plain", body), (Action::Review, BTreeMap::new()), "{width}: {body}");
        }
    }
}

#[test]
fn a_field_that_is_answered_twice_and_differently_is_not_answered() {
    let (campaign, letter) = request();
    let body = format!("3. 5\r\n\r\n{ATTRIBUTION}\r\n{}", quoted(&letter, 76, &[(HINT_3, "4"), (HINT_12, "5")]));
    assert_eq!(read(&campaign, "plain", &body).1, expected(&[(12, "5")]));
}

#[test]
fn an_accepted_answer_that_is_given_otherwise_is_named_by_its_field() {
    let (campaign, _) = request();
    let answer = |text: &str, value| Answer { text: text.to_owned(), value, invalid: None, found: String::new() };
    let before = [
        ("partner_count", answer("3", Some(Value::Number(3)))),
        ("participating_since", answer("с 2020 года", None)),
        ("network_project", answer("Учимся вместе", None)),
        ("effectiveness_rating", Answer { invalid: Some(Invalid::NotANumber), ..answer("хорошо", None) }),
    ];
    let body = "3. 3 (три)\r\n5. с 2021 года\r\n8. учимся  вместе\r\n12. 5\r\n14. нет";
    let decision = decided(&campaign, "plain", body, &before);
    let one = &decision.submissions[0];
    assert_eq!(one.answers.len(), 5);
    assert_eq!(one.changed.iter().map(FieldId::as_str).collect::<Vec<_>>(), ["participating_since"]);
}

#[test]
fn a_form_of_ours_says_whose_it_is_also_where_its_first_field_is_empty() {
    let (campaign, _) = request();
    for school in &campaign.schools {
        let slot = |id: &FieldId| match id.as_str() {
            "organisation_name" => Slot::Earlier,
            "partner_count" => Slot::Answer("4"),
            _ => Slot::Gap,
        };
        let bytes = filled_form(&campaign, school, slot).unwrap();
        let limits = Limits::default();
        let (mut reading, _) = reader::read_file(&bytes, Some("doc1.docx"), &OwnIdentity::default(), &limits);
        reading.message.from =
            Some(message::Mailbox { name: None, address: Address::parse("a@mail.example").unwrap() });
        let decision = decision::decide(
            &Basis {
                campaign: &campaign,
                roster: &READY.0,
                recogniser: &READY.1,
                known: &Known::default(),
                received: "2022-11-14T09:00:00Z".parse().unwrap(),
                grace: jiff::SignedDuration::ZERO,
                policy: ReplyPolicy::default(),
            },
            &reading,
        );
        let one = &decision.submissions[0];
        assert_eq!((one.school.as_ref(), one.answers.len()), (Some(&school.id), 1), "{one:?}");
    }
}
