//! What schools read.

use std::collections::BTreeMap;

use super::*;
use crate::{
    campaign,
    decision::{Action, Submission},
    document::Problem,
    message::Message,
};

fn rendered(template: Template, submission: Submission) -> Rendered {
    let campaign = campaign::read("c", include_str!("../../config/campaigns/500plus-2022.toml")).unwrap();
    let reading = Reading { version: 1, message: Message::default(), files: Vec::new(), links: Vec::new() };
    let decision = Decision {
        action: submission.action,
        documents: Vec::new(),
        submissions: vec![submission],
        replies: Vec::new(),
        reviews: Vec::new(),
        why: Vec::new(),
    };
    let now: Timestamp = "2022-11-10T12:00:00+03:00".parse().unwrap();
    let planned = PlannedReply {
        to: Address::parse("school@example.org").unwrap(),
        template,
        submissions: vec![0],
        not_before: now,
        answers: MessageId::parse("<1@example.org>"),
    };
    let from = Address::parse("svodka@committee.example").unwrap();
    let envelope = Envelope { from: &from, from_name: Some("Комитет"), received: now, now, seed: "seed" };
    let templates = Templates::load(None).unwrap();
    render(&templates, &campaign, &decision, &reading, &planned, &envelope).unwrap()
}

fn submission(action: Action) -> Submission {
    Submission {
        school: Some("kirishi-3".parse().unwrap()),
        candidates: Vec::new(),
        outside: None,
        branch: None,
        action,
        late: false,
        form: true,
        draft: false,
        information: Vec::new(),
        missing: Vec::new(),
        invalid: Vec::new(),
        answers: BTreeMap::new(),
        documents: Vec::new(),
        owed: Vec::new(),
        evidence: Vec::new(),
    }
}

#[test]
fn a_request_names_each_gap_by_number_and_label_and_what_is_owed_until_when() {
    let mut one = submission(Action::Request);
    one.missing = vec!["participating_since".parse().unwrap()];
    one.invalid = vec!["effectiveness_rating".parse().unwrap()];
    one.owed = vec!["draft".parse().unwrap()];
    let letter = rendered(Template::Request, one);
    for words in [
        "№ 19-33822/2022",
        "5. С какого времени Вы являетесь участником программы",
        "12. Оцените эффективность",
        "проект выступления с презентацией – до 14 ноября 2022 года включительно",
        "8 (812) 539-44-54",
    ] {
        assert!(letter.text.contains(words), "{words}\n{}", letter.text);
        // Slashes are escaped in HTML.
        let html = letter.html.replace("&#x2f;", "/");
        assert!(html.contains(words), "{words}\n{html}");
    }
    assert!(!letter.text.contains("\n\n\n"), "{}", letter.text);
}

#[test]
fn a_confirmation_names_the_day_and_confirms_receipt_only() {
    let letter = rendered(Template::Confirm, submission(Action::Confirm));
    assert!(letter.text.contains("Дата представления опыта: 15 ноября 2022 года"), "{}", letter.text);
    assert!(letter.text.contains("содержание при этом не оценивается"));
}

#[test]
fn a_receipt_names_no_school() {
    let mut one = submission(Action::Review);
    one.school = None;
    let letter = rendered(Template::Receipt, one);
    assert!(!letter.text.contains("Кириш"), "{}", letter.text);
}

#[test]
fn the_same_letter_is_the_same_bytes_and_says_that_a_machine_wrote_it() {
    let one = rendered(Template::Confirm, submission(Action::Confirm));
    let two = rendered(Template::Confirm, submission(Action::Confirm));
    assert_eq!(one.mime, two.mime);
    let mime = String::from_utf8(one.mime).unwrap();
    for header in [
        "Auto-Submitted: auto-replied",
        "In-Reply-To: <1@example.org>",
        "References: <1@example.org>",
        "Message-ID: <svodka.",
    ] {
        assert!(mime.contains(header), "{header}\n{mime}");
    }
}

#[test]
fn every_problem_has_its_own_sentence() {
    let all = [
        Problem::Empty,
        Problem::Encrypted,
        Problem::Damaged,
        Problem::Unsupported,
        Problem::NeedsConverter,
        Problem::Scan,
        Problem::Hostile,
    ];
    let sentences: std::collections::BTreeSet<&str> = all.into_iter().map(context::why).collect();
    assert_eq!(sentences.len(), all.len());
}
