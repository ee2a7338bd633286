use std::collections::BTreeMap;

use mail_parser::MimeHeaders as _;

use super::*;
use crate::{
    campaign,
    decision::{Action, DocumentVerdict, Submission},
    document::{self, Document, Format, Problem},
    form::{Answer, Kind},
    message::Message as Mail,
    reader::FileReading,
};

fn letter() -> Campaign {
    campaign::read("x", include_str!("../../config/campaigns/500plus-2022.toml")).unwrap()
}

fn file(name: &str, format: Format, content: Result<Document, Problem>) -> FileReading {
    FileReading {
        name: Some(name.to_owned()),
        path: Vec::new(),
        format,
        size: 48_000,
        sha256: Sha256::of(name.as_bytes()),
        content,
        inline: false,
    }
}

fn reading(files: Vec<FileReading>) -> Reading {
    let message = Mail {
        message_id: MessageId::parse("<mail-1@school.example>"),
        answers: vec![MessageId::parse("parent@x").unwrap(), MessageId::parse("root@x").unwrap()],
        from: None,
        recipients: Vec::new(),
        subject: "Анкета\r\nBcc: all@evil.example".to_owned(),
        date: None,
        received: Some("2022-11-14T09:12:00Z".parse().unwrap()),
        automatic: None,
        body: Document::default(),
        signature: String::new(),
        quoted: String::new(),
        oddities: Vec::new(),
        ..Mail::default()
    };
    Reading { version: 1, message, files, links: Vec::new() }
}

fn submission(school: &str) -> Submission {
    Submission {
        school: Some(school.parse().unwrap()),
        candidates: Vec::new(),
        outside: None,
        branch: None,
        action: Action::Confirm,
        late: false,
        form: true,
        draft: true,
        information: Vec::new(),
        missing: Vec::new(),
        invalid: Vec::new(),
        answers: BTreeMap::new(),
        changed: Vec::new(),
        documents: Vec::new(),
        owed: Vec::new(),
        repeats: false,
        evidence: Vec::new(),
    }
}

fn decision(submissions: Vec<Submission>, reading: &Reading) -> Decision {
    let verdict = |(index, file): (usize, &FileReading)| DocumentVerdict {
        file: Some(index),
        kind: if file.content.is_ok() { Kind::Form } else { Kind::Unreadable },
        school: None,
        problem: file.content.as_ref().err().copied(),
    };
    Decision {
        action: Action::Request,
        documents: reading.files.iter().enumerate().map(verdict).collect(),
        submissions,
        replies: Vec::new(),
        reviews: Vec::new(),
        why: Vec::new(),
    }
}

fn planned(template: Template, submissions: usize) -> PlannedReply {
    PlannedReply {
        to: Address::parse("school@example.org").unwrap(),
        template,
        submissions: (0..submissions).collect(),
        not_before: Timestamp::UNIX_EPOCH,
        answers: MessageId::parse("mail-1@school.example"),
        corrects: None,
    }
}

fn written(template: Template, submissions: Vec<Submission>, files: Vec<FileReading>, now: &str) -> Rendered {
    written_by(&letter(), template, submissions, files, now)
}

fn written_by(
    campaign: &Campaign,
    template: Template,
    submissions: Vec<Submission>,
    files: Vec<FileReading>,
    now: &str,
) -> Rendered {
    let reading = reading(files);
    let planned = planned(template, submissions.len());
    let templates = Templates::load(None).unwrap();
    let from = Address::parse("committee@example.org").unwrap();
    let envelope = Envelope {
        from: &from,
        from_name: "Комитет",
        now: now.parse().unwrap(),
        registration: Some("500-0007"),
        seed: "seed",
        templates: &templates,
    };
    render(campaign, &decision(submissions, &reading), &reading, &planned, &envelope).unwrap()
}

/// A letter that wants a form and nothing else: no event, no schedule, no draft.
fn form_only() -> Campaign {
    let mut campaign = letter();
    campaign.event = None;
    campaign.schools.iter_mut().for_each(|school| school.date = None);
    campaign.requirements.retain(|one| one.kind == campaign::RequirementKind::Form);
    campaign
}

#[test]
fn who_has_no_day_is_told_of_none() {
    let files = vec![file("Анкета.docx", Format::Docx, Ok(Document::default()))];
    let one = Submission { draft: false, ..submission("kirishi-3") };
    let letter = written_by(&form_only(), Template::Confirm, vec![one], files, BEFORE);
    insta::assert_snapshot!(letter.text, @r#"
    Здравствуйте!

    Подтверждаем получение материалов по письму Комитета общего и профессионального образования Ленинградской области от 1 ноября 2022 года № 19-33822/2022.

    Регистрационный номер: 500-0007.
    Дата и время получения: 14 ноября 2022 года, 12:12 по московскому времени.

    Получено с этим письмом:
    - Анкета.docx (47 КБ)

    МОУ «Киришская СОШ №3»
    Принято: информация по форме приложения к письму.

    Благодарим за представленные материалы. Дополнительных действий сейчас не требуется.

    По вопросам обращайтесь: Л. Г. Михайлюк, тел. 8 (812) 539-44-54, lg_mikhaylyuk@lenreg.ru.

    С уважением,
    Комитет общего и профессионального образования Ленинградской области

    Ответ сформирован автоматически. Содержание материалов при автоматической регистрации не оценивается.
    "#);
    assert!(!letter.html.contains("опыта") && letter.attached.is_empty(), "{}", letter.html);
}

#[test]
fn the_first_day_of_a_school_is_set_and_changes_none() {
    let campaign = letter();
    let templates = Templates::load(None).unwrap();
    let from = Address::parse("committee@example.org").unwrap();
    let envelope = Envelope {
        from: &from,
        from_name: "Комитет",
        now: BEFORE.parse().unwrap(),
        registration: None,
        seed: "seed",
        templates: &templates,
    };
    let letter = render_new_date(&campaign, &campaign.schools[1], None, &from, &envelope).unwrap();
    assert!(letter.subject.ends_with("назначена дата представления опыта"), "{}", letter.subject);
    let day = "МБОУ «Рощинский Центр образования»\nДата: 17 ноября 2022 года.\n\nВо вложении";
    assert!(letter.text.contains(day) && !letter.text.contains("режн"), "{}", letter.text);
    assert!(letter.html.contains("Дата: <strong>") && !letter.html.contains("режн"), "{}", letter.html);
}

fn incomplete() -> Submission {
    Submission {
        draft: false,
        missing: vec!["partner_count".parse().unwrap(), "proposals".parse().unwrap()],
        invalid: vec!["effectiveness_rating".parse().unwrap()],
        owed: vec!["draft".parse().unwrap()],
        ..submission("kirishi-3")
    }
}

const BEFORE: &str = "2022-11-14T09:15:00Z";

#[test]
fn every_letter_reads_as_it_should_in_every_shape() {
    let mut samples = samples(&letter(), &Templates::load(None).unwrap()).unwrap();
    // The alerts stand in a snapshot of their own.
    samples.retain(|one| !one.letter.html.is_empty());
    for Sample { name, letter } in &samples {
        let files: Vec<&str> = letter.attached.iter().map(|file| file.name.as_str()).collect();
        let whole = format!("{}\n{files:?}\n\n{}", letter.subject, letter.text);
        insta::assert_snapshot!(format!("{name}.txt"), whole);
        insta::assert_snapshot!(format!("{name}.html"), letter.html);
        assert!(letter.mime.len() < 30_000 + 20_000 * letter.attached.len(), "{name}: {}", letter.mime.len());
    }
    // Files of this test that no letter is held against any more.
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/reply/snapshots");
    let kept = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let known = |name: &str| {
        samples.iter().any(|one| name == format!("{}.txt", one.name) || name == format!("{}.html", one.name))
    };
    for file in kept.filter(|file| file.starts_with("svodka__reply__tests__")) {
        let name = file.trim_start_matches("svodka__reply__tests__").trim_end_matches(".snap");
        assert!(known(name), "{file}");
    }
}

#[test]
fn the_receipt_names_no_school() {
    let files = vec![file("Документ.doc", Format::Doc, Err(Problem::NeedsConverter))];
    let letter = written(Template::Receipt, vec![submission("kirishi-3")], files, BEFORE);
    assert!(!letter.text.contains("Кириш") && !letter.html.contains("Кириш"));
}

#[test]
fn equal_input_gives_equal_bytes_and_the_thread_is_kept() {
    let one = written(Template::Request, vec![incomplete()], Vec::new(), BEFORE);
    assert_eq!(one, written(Template::Request, vec![incomplete()], Vec::new(), BEFORE));
    let parsed = mail_parser::MessageParser::default().parse(&one.mime).unwrap();
    assert_eq!(parsed.subject(), Some(one.subject.as_str()));
    assert_eq!(parsed.message_id(), Some(one.message_id.as_str()));
    assert_eq!(parsed.in_reply_to().as_text(), Some("mail-1@school.example"));
    let thread = parsed.references().as_text_list().unwrap().join(" ");
    assert_eq!(thread, "root@x parent@x mail-1@school.example");
    assert_eq!(parsed.header_raw("Auto-Submitted").unwrap().trim(), "auto-replied");
    assert_eq!(parsed.header_raw("X-Auto-Response-Suppress").unwrap().trim(), "All");
    assert_eq!(parsed.body_text(0).unwrap().replace("\r\n", "\n"), one.text);
    assert_eq!(parsed.date().unwrap().to_rfc3339(), BEFORE);
}

#[test]
fn a_long_thread_keeps_its_root_and_its_end() {
    let mut reading = reading(Vec::new());
    let ids = std::iter::once("parent@x".to_owned()).chain((0..30).map(|n| format!("{n}@x")));
    reading.message.answers = ids.map(|id| MessageId::parse(&id).unwrap()).collect();
    let thread = references(&reading, &MessageId::parse("mail@x").unwrap());
    assert_eq!(thread.split(' ').count(), REFERENCES);
    assert!(thread.starts_with("<0@x> <23@x>") && thread.ends_with("<parent@x> <mail@x>"), "{thread}");
}

#[test]
fn nothing_of_the_sender_or_the_campaign_reaches_a_header() {
    let mut campaign = letter();
    campaign.letter.number = "1\r\nBcc: all@evil.example".to_owned();
    campaign.contact.name = "<b>имя</b>".to_owned();
    let reading = reading(vec![file("a\r\nBcc: b@evil.example", Format::Docx, Ok(Document::default()))]);
    let templates = Templates::load(None).unwrap();
    let from = Address::parse("committee@example.org").unwrap();
    let envelope = Envelope {
        from: &from,
        from_name: "Комитет\r\nBcc: all@evil.example",
        now: BEFORE.parse().unwrap(),
        registration: Some("7\r\nBcc: x@evil.example"),
        seed: "s\r\nBcc: x@evil.example",
        templates: &templates,
    };
    let decision = decision(vec![submission("kirishi-3")], &reading);
    let letter = render(&campaign, &decision, &reading, &planned(Template::Confirm, 1), &envelope).unwrap();
    let parsed = mail_parser::MessageParser::default().parse(&letter.mime).unwrap();
    assert!(letter.html.contains("&lt;b&gt;имя") && letter.text.contains("<b>имя</b>"));
    assert!(parsed.bcc().is_none());
    let names: Vec<&str> = parsed.headers().iter().map(|header| header.name()).collect();
    assert!(!names.iter().any(|name| name.eq_ignore_ascii_case("bcc")), "{names:?}");
    assert_eq!(parsed.from().unwrap().iter().count(), 1);
    assert_eq!(parsed.to().unwrap().first().unwrap().address(), Some("school@example.org"));
}

fn sample(name: &str) -> Rendered {
    let samples = samples(&letter(), &Templates::load(None).unwrap()).unwrap();
    samples.into_iter().find(|one| one.name == name).unwrap().letter
}

#[test]
fn the_files_of_a_letter_are_parts_that_mail_programs_can_name() {
    let one = sample("request-schools");
    let parsed = mail_parser::MessageParser::default().parse(&one.mime).unwrap();
    assert_eq!(parsed.body_text(0).unwrap().replace("\r\n", "\n"), one.text);
    assert_eq!(parsed.body_html(0).unwrap().replace("\r\n", "\n"), one.html);
    let found: Vec<(&str, &[u8])> =
        parsed.attachments().map(|part| (part.attachment_name().unwrap(), part.contents())).collect();
    let sent: Vec<(&str, &[u8])> =
        one.attached.iter().map(|file| (file.name.as_str(), file.bytes.as_slice())).collect();
    assert_eq!((found.len(), found), (3, sent));
    // RFC 2231: a name beyond ASCII is encoded, and no line is longer than RFC 5322 §2.1.1 allows.
    let raw = String::from_utf8(one.mime.clone()).unwrap();
    assert!(raw.is_ascii() && raw.contains("filename*0*=utf-8''"), "{raw}");
    assert!(raw.split("\r\n").all(|line| line.len() <= 998));
    assert_eq!(one, sample("request-schools"));
}

#[test]
fn a_form_holds_no_answer_that_this_mail_did_not_bring() {
    let form = |name| {
        let one = sample(name);
        document::read(&one.attached[0].bytes, Format::Docx, &document::Limits::default()).unwrap().text()
    };
    let (with, without) = (form("request"), form("request-rest"));
    assert!(with.contains("Совместные семинары") && with.contains("с сентября 2021 года"));
    assert!(!without.contains("Совместные семинары") && !without.contains("с сентября 2021 года"));
    let earlier = crate::form::RECEIVED_EARLIER;
    assert_eq!([with.matches(earlier).count(), without.matches(earlier).count()], [1, 11]);
}

#[test]
fn too_many_or_too_large_forms_are_left_out_and_the_letter_says_so() {
    let many = written(Template::Request, vec![incomplete(); 11], Vec::new(), BEFORE);
    let mut random = fastrand::Rng::with_seed(7);
    let text: String = (0..7_500_000).map(|_| random.alphanumeric()).collect();
    let answer = Answer { text, value: None, invalid: None, found: String::new() };
    let large = Submission { answers: [("final_result".parse().unwrap(), answer)].into(), ..incomplete() };
    let large = written(Template::Request, vec![large], Vec::new(), BEFORE);
    for one in [many, large] {
        assert!(one.attached.is_empty() && one.text.contains("Формы к этому письму не приложены"), "{}", one.text);
        assert!(!one.text.contains("К этому письму приложена"), "{}", one.text);
    }
    let ten = written(Template::Request, vec![incomplete(); 10], Vec::new(), BEFORE);
    let names: std::collections::BTreeSet<&str> = ten.attached.iter().map(|file| file.name.as_str()).collect();
    assert_eq!((ten.attached.len(), names.len()), (10, 10), "{names:?}");
}

#[test]
fn the_name_of_a_form_is_one_that_every_system_can_save() {
    let mut campaign = letter();
    let long = "я".repeat(400);
    for (name, file) in [
        ("МОУ «Киришская СОШ №3»", "Форма_Киришская_СОШ_№3.docx"),
        ("МОУ «..\\..//etc/passwd\r\nBcc: x@y»", "Форма_etc_passwd_Bcc_x_y.docx"),
        ("«»", "Форма_kirishi-3.docx"),
        ("Школа \u{202e}xcod.exe\u{0}", "Форма_Школа_xcod_exe.docx"),
        (long.as_str(), &format!("Форма_{}.docx", "я".repeat(90))),
    ] {
        campaign.schools[0].name = name.to_owned();
        let templates = Templates::load(None).unwrap();
        let letters = samples(&campaign, &templates).unwrap();
        let request = letters.into_iter().find(|one| one.name == "request").unwrap();
        assert_eq!(request.letter.attached[0].name, file);
    }
}

#[test]
fn a_letter_of_ours_that_comes_back_as_a_file_is_no_form() {
    let campaign = letter();
    let recogniser = crate::form::Recogniser::new(&campaign);
    let one = sample("request");
    let page = document::read(one.html.as_bytes(), Format::Html, &document::Limits::default()).unwrap();
    let lines = document::read(one.text.as_bytes(), Format::Text, &document::Limits::default()).unwrap();
    for document in [page, lines] {
        let found = crate::form::contents(&campaign, &recogniser, &document, Some("Письмо комитета.docx"));
        assert!(found.forms.is_empty(), "{found:?}");
    }
}

#[test]
fn every_problem_has_a_sentence_of_its_own() {
    let problems = [
        Problem::Empty,
        Problem::Encrypted,
        Problem::Damaged,
        Problem::Unsupported,
        Problem::NeedsConverter,
        Problem::Scan,
        Problem::Hostile,
    ];
    let sentences: std::collections::BTreeSet<&str> = problems.into_iter().map(view::explain).collect();
    assert_eq!(sentences.len(), problems.len());
    assert!(sentences.iter().all(|sentence| sentence.starts_with("Файл") && sentence.contains("ришлите")));
}

#[test]
fn the_boundary_is_as_short_as_the_standard_wants() {
    let mime =
        String::from_utf8(written(Template::Request, vec![incomplete()], Vec::new(), "2022-11-10T09:00:00Z").mime)
            .unwrap();
    let boundary = mime.split("boundary=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    assert!((8..=70).contains(&boundary.len()), "{boundary}");
}
