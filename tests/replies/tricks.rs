//! What a sender may write into a mail, and what must not come of it.

use serde_json::Value;

use crate::committee::{ADDRESS, Committee, Reply, sample, with};

/// The form of a school.
fn form(lines: &[&str]) -> Vec<u8> {
    with(&sample("02-roshchino-form"), lines)
}

/// The one answer to a mail.
fn answer(mail: &[u8]) -> Reply {
    let committee = Committee::new("");
    committee.gets(mail);
    let [reply] = committee.answers().try_into().unwrap_or_else(|all: Vec<_>| panic!("{} answers", all.len()));
    reply
}

/// The fields that every answer has, in their order.
const FIELDS: [&str; 11] = [
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "auto-submitted",
    "x-auto-response-suppress",
    "in-reply-to",
    "references",
    "mime-version",
    "content-type",
];

#[test]
fn row_46_nobody_but_the_author_is_ever_written_to() {
    for lines in [
        vec!["Reply-To: victim@target.example"],
        vec!["Reply-To: \"roshchino@mail.example\" <victim@target.example>, other@target.example"],
        vec!["Reply-To: victim@target.example", "Sender: victim@target.example"],
        vec!["Errors-To: victim@target.example", "Return-Path: <victim@target.example>"],
        vec!["Mail-Reply-To: victim@target.example", "Mail-Followup-To: victim@target.example"],
        vec!["X-Original-From: victim@target.example", "Resent-From: victim@target.example"],
        vec!["Return-Receipt-To: victim@target.example", "Disposition-Notification-To: victim@target.example"],
        vec!["Cc: victim@target.example", "To: svodka@committee.example, victim@target.example"],
    ] {
        let reply = answer(&form(&lines));
        assert_eq!(reply.field("To"), "roshchino@mail.example", "{lines:?}");
        assert!(!reply.seen().contains("target.example"), "{lines:?}");
        assert_eq!(reply.fields(), FIELDS, "{lines:?}");
    }
}

#[test]
fn row_47_a_line_break_in_subject_name_file_name_or_identifier_adds_no_field() {
    let evil = "=?utf-8?Q?=D0=90=0D=0ABcc=3A_victim=40target.example=0D=0AX-Evil=3A_1=0D=0A=0D=0AHi?=";
    let base64 = "=?utf-8?B?QQ0KQmNjOiB2aWN0aW1AdGFyZ2V0LmV4YW1wbGUNCg0KSGk=?=";
    let original = String::from_utf8(sample("02-roshchino-form")).unwrap();
    let name = "filename*=utf-8''%D0%B8%D0%BD%D1%84.docx";
    assert!(original.contains(name));
    let named = |name_now: &str| original.replace(name, name_now).into_bytes();
    let mails = [
        form(&[&format!("Subject: {evil}")]),
        form(&[&format!("Subject: {base64}")]),
        form(&["Subject: 500+\r\r Bcc: victim@target.example"]),
        form(&[&format!("From: {evil} <roshchino@mail.example>")]),
        form(&["From: \"A\\\r Bcc: victim@target.example\" <roshchino@mail.example>"]),
        form(&["Message-ID: <a\rBcc: victim@target.example\r@mail.example>"]),
        form(&["References: <a@b.example>\r\rBcc: victim@target.example", "In-Reply-To: <x\r\ny@z.example>"]),
        named("filename*=utf-8''a%0D%0ABcc:%20victim@target.example%0D%0A%0D%0AHi.docx"),
        named(&format!("filename=\"{evil}.docx\"")),
        named("filename*0*=utf-8''a%0D%0A; filename*1*=Bcc%3A%20victim%40target.example%0D%0A.docx"),
    ];
    for mail in mails {
        let reply = answer(&mail);
        let what = String::from_utf8_lossy(&mail[..400]).into_owned();
        let fields: Vec<String> = reply.fields();
        assert!(fields.iter().all(|field| FIELDS.contains(&field.as_str())), "{fields:?} {what}");
        assert_eq!(reply.field("To"), "roshchino@mail.example", "{what}");
        assert_eq!(reply.field("Content-Type").matches("multipart/alternative").count(), 1, "{what}");
        let head = String::from_utf8(reply.0.clone()).unwrap();
        let head = head.split_once("\r\n\r\n").unwrap().0;
        assert!(!head.to_lowercase().contains("bcc") && !head.replace("\r\n", "").contains(['\r', '\n']), "{head}");
    }
}

#[test]
fn row_48_who_writes_second_reads_nothing_of_what_the_first_has_sent() {
    let committee = Committee::new("");
    let first = [
        "From: \"Annette Primus\" <first@secret.example>",
        "Subject: Primus secret subject",
        "Message-ID: <first-secret@secret.example>",
    ];
    committee.gets(&form(&first));
    assert_eq!(committee.answers().len(), 1);
    let shown = committee.runs(&["check", "--json", &fixture("02-roshchino-form")]).stdout;
    let shown: Value = serde_json::from_slice(&shown).unwrap();
    let answers: Vec<String> = shown["submissions"][0]["answers"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(field, _)| *field != "organisation_name")
        .map(|(_, answer)| answer["text"].as_str().unwrap().to_owned())
        .filter(|text| text.chars().count() > 4)
        .collect();
    assert!(answers.len() >= 9, "{answers:?}");

    // The same school's draft, from somebody else: it completes what the first has sent.
    committee.gets(&with(&sample("03-roshchino-draft"), &["From: second@mail.example", "In-Reply-To:", "References:"]));
    let [reply] = committee.answers().try_into().unwrap_or_else(|_| panic!("one answer"));
    assert_eq!(reply.field("To"), "second@mail.example");
    let seen = reply.seen();
    for secret in ["Primus", "secret", "first@", "инф.docx"].into_iter().map(str::to_owned).chain(answers) {
        assert!(!seen.contains(&secret), "{secret:?} in {seen}");
    }
}

fn fixture(name: &str) -> String {
    format!("{}/tests/fixtures/mails/{name}.eml", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn row_49_markup_in_anything_that_a_sender_writes_is_shown_as_text() {
    let original = String::from_utf8(form(&[
        "Subject: =?utf-8?Q?<script>alert(1)</script>=26lt;?=",
        "From: =?utf-8?Q?=3Cimg_src=3Dx_onerror=3Dalert=281=29=3E?= <roshchino@mail.example>",
        "Message-ID: <\"&gt;{{7*7}}&lt;b>x@mail.example>",
    ]))
    .unwrap();
    let name = "filename*=utf-8''%D0%B8%D0%BD%D1%84.docx";
    for evil in ["a<b>fett</b>&amp;{{7*7}}{%raw%}.docx", "a\"><img src=x onerror=alert(1)>.docx", "a' onclick='x.docx"]
    {
        let coded: String = evil.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let reply = answer(original.replace(name, &format!("filename*=utf-8''{coded}")).as_bytes());
        let html = reply.html();
        for tag in ["<b>fett", "<img", "<script", "onerror=alert(1)>", " onclick='"] {
            assert!(!html.contains(tag), "{tag}: {html}");
        }
        assert!(!html.contains("49") || !reply.text().contains("49.docx"), "a template was run: {html}");
        let tags = html.matches('<').count();
        assert_eq!(tags, answer(&sample("02-roshchino-form")).html().matches('<').count(), "{html}");
    }
}

#[test]
fn row_49_the_summary_shows_markup_as_text_too() {
    let committee = Committee::new("");
    committee.gets(&with(
        &sample("07-ambiguous-number"),
        &["Subject: =?utf-8?Q?<script>alert(1)</script>?=", "From: =?utf-8?Q?<b>x?= <a@mail.example>"],
    ));
    committee.answers();
    let page = committee.page();
    assert!(page.contains("&lt;script&gt;") && !page.contains("<script"), "{page}");
}

#[test]
fn a_display_name_that_looks_like_an_address_is_written_to_nobody() {
    for from in [
        "\"victim@target.example\" <roshchino@mail.example>",
        "=?utf-8?Q?victim=40target.example=2C?= <roshchino@mail.example>",
        "=?utf-8?Q?=3Cvictim=40target.example=3E?= <roshchino@mail.example>",
        "roshchino@mail.example (victim@target.example)",
        "\"a\\\" <victim@target.example>\" <roshchino@mail.example>",
    ] {
        let reply = answer(&form(&[&format!("From: {from}")]));
        assert_eq!(reply.field("To"), "roshchino@mail.example", "{from}");
        assert!(!reply.seen().contains("target.example"), "{from}");
    }
}

#[test]
fn where_it_is_not_certain_who_the_author_is_nobody_is_answered_and_nothing_counts() {
    let fields = [
        "From: roshchino@mail.example, victim@target.example",
        "From: roshchino@mail.example\nFrom: victim@target.example",
        "From: schools: roshchino@mail.example, victim@target.example;",
        "From: schools: roshchino@mail.example;",
        "From: undisclosed:;",
        "From: roshchino@mail.example <victim@target.example>",
        "From: <roshchino@mail.example> <victim@target.example>",
        "From: =?utf-8?Q?roshchino=40mail.example?=",
        "From: <>",
        "From:",
        "Sender: roshchino@mail.example\nFrom:",
        "Sender: roshchino@mail.example\nX: y",
    ];
    let committee = Committee::new("");
    for (index, lines) in fields.iter().enumerate() {
        let id = format!("Message-ID: <{index}@mail.example>");
        let mut mail = form(&["From:", &id]);
        let head = lines.strip_suffix("\nFrom:").or_else(|| lines.strip_suffix("From:")).unwrap_or(lines);
        if !head.is_empty() {
            mail = [format!("{head}\n").as_bytes(), &mail].concat();
        }
        committee.gets(&mail);
    }
    assert!(committee.answers().is_empty());
    let status = committee.status();
    assert_eq!(status["messages"]["review"], fields.len(), "{status}");
    assert_eq!(committee.school("roshchino")["versions"], 0);
}

#[test]
fn marks_of_direction_and_controls_are_not_passed_on() {
    let name = "filename*=utf-8''%D0%B8%D0%BD%D1%84.docx";
    let original = String::from_utf8(form(&[
        "Subject: =?utf-8?Q?=E2=80=AE500+=E2=80=8B=00=1B[31m=07?=",
        "From: =?utf-8?Q?=E2=80=AE=E2=81=A6Rosh=00=1B?= <roshchino@mail.example>",
    ]))
    .unwrap();
    let evil = "%E2%80%AExcod.%D0%B0%00%1B%5B31m%E2%80%8B%07%E2%81%A6.docx";
    let reply = answer(original.replace(name, &format!("filename*=utf-8''{evil}")).as_bytes());
    let seen = format!("{}{}", reply.text(), reply.html());
    let odd: Vec<char> = seen
        .chars()
        .filter(|c| {
            (c.is_control() && !"\r\n\t".contains(*c))
                || "\u{200b}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}"
                    .contains(*c)
        })
        .collect();
    assert!(odd.is_empty(), "{odd:?} in {seen}");
    assert!(reply.0.is_ascii(), "only what every server takes");
}

#[test]
fn very_long_headers_make_no_longer_answer() {
    let long = "ж".repeat(20_000);
    let ids: String = (0..5_000).map(|index| format!("<{index}@mail.example>\n ")).collect();
    let many: String = (0..900).map(|index| format!("X-{index}: y\n")).collect();
    for line in [
        format!("Subject: {long}"),
        format!("From: {long} <roshchino@mail.example>"),
        format!("References: {ids}<last@mail.example>"),
        format!("To: {ADDRESS}{}", ", a@mail.example".repeat(5_000)),
        format!("{many}X: y"),
    ] {
        // Behind the fields that matter, as servers put theirs before what a sender wrote.
        let mail = String::from_utf8(form(&[])).unwrap();
        let (head, rest) = mail.split_once("MIME-Version").unwrap();
        let name = line.split_once(':').unwrap().0.to_lowercase();
        let kept = String::from_utf8(with(format!("{head}\n\n").as_bytes(), &[&format!("{name}:")])).unwrap();
        let mail = format!("{}\n{line}\nMIME-Version{rest}", kept.trim_end());
        let reply = answer(mail.as_bytes());
        assert_eq!(reply.field("To"), "roshchino@mail.example");
        assert!(reply.0.len() < 64 << 10, "{} bytes", reply.0.len());
        // RFC 5322, 2.1.1.
        let longest = reply.0.split(|byte| *byte == b'\n').map(<[u8]>::len).max().unwrap();
        assert!(longest <= 999, "{longest}");
    }
}
