//! Hand-written messages, one behaviour each.

use super::*;
use crate::document::Limits;

fn parse_text(raw: &str) -> (Message, Vec<Attachment>) {
    let own = OwnIdentity { addresses: vec![Address::parse("svodka@committee.example").unwrap()] };
    parse(raw.replace('\n', "\r\n").as_bytes(), &own, &Limits::default())
}

const PERSON: &str = "From: =?utf-8?B?0JjQstCw0L3QvtCy0LA=?= <Ivanova@School.Example>\nTo: svodka@committee.example\n\
    Date: Tue, 08 Nov 2022 10:00:00 +0300\nMessage-ID: <1@school.example>\nSubject: =?utf-8?Q?=D0=A4=D0=BE=D1=80=D0=BC=D0=B0?=\n\
    MIME-Version: 1.0\n";

#[test]
fn a_person_s_mail_is_read() {
    let (message, files) = parse_text(&format!(
        "Received: from a by b; Tue, 08 Nov 2022 10:00:05 +0300\n{PERSON}In-Reply-To: <0@committee.example>\n\
         References: <r@x> <0@committee.example>\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\n\
         Добрый день!\n--b\nContent-Type: application/octet-stream; name=\"a.docx\"\n\nPK\n--b--\n"
    ));
    let from = message.from.unwrap();
    assert_eq!((from.name.as_deref(), from.address.as_str()), (Some("Иванова"), "ivanova@school.example"));
    assert_eq!(message.subject, "Форма");
    assert_eq!(message.received.unwrap().to_string(), "2022-11-08T07:00:05Z");
    assert_eq!(message.answers.iter().map(MessageId::as_str).collect::<Vec<_>>(), ["0@committee.example", "r@x"]);
    assert_eq!(message.automatic, None);
    assert_eq!(message.body.text().trim(), "Добрый день!");
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].name.as_deref(), Some("a.docx"));
}

#[test]
fn several_authors_are_no_author() {
    for from in ["From: a@x.example, b@y.example\n", "From: a@x.example\nFrom: b@y.example\n", "From: \n", ""] {
        let (message, _) = parse_text(&format!("{from}Subject: x\n\ny\n"));
        assert!(message.from.is_none(), "{from:?}");
    }
}

#[test]
fn every_machine_shows_itself() {
    for (reason, headers) in [
        (Automatic::AutoReply, "Auto-Submitted: auto-replied\n"),
        (Automatic::List, "List-Id: <x.y>\n"),
        (Automatic::List, "Precedence: bulk\n"),
        (Automatic::Bounce, "Return-Path: <>\n"),
        (Automatic::Bounce, "X-Failed-Recipients: a@b.example\n"),
        (Automatic::AutoReply, "X-Autoreply: yes\n"),
    ] {
        let (message, _) = parse_text(&format!("{headers}{PERSON}\nтекст\n"));
        assert_eq!(message.automatic, Some(reason), "{headers}");
    }
    let (message, _) = parse_text("From: no-reply@x.example\nSubject: s\n\nt\n");
    assert_eq!(message.automatic, Some(Automatic::Daemon));
    let (message, _) = parse_text("From: svodka@committee.example\nSubject: s\n\nt\n");
    assert_eq!(message.automatic, Some(Automatic::Own));
}

#[test]
fn a_receipt_and_an_absence_notice_are_machines_and_a_plain_mail_is_none() {
    let receipt = "From: a@b.example\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\nt\n--b\nContent-Type: message/disposition-notification\n\nx: y\n--b--\n";
    assert_eq!(parse_text(receipt).0.automatic, Some(Automatic::Receipt));
    let away = format!(
        "{PERSON}Content-Type: text/plain; charset=utf-8\n\nЗдравствуйте! Я нахожусь в отпуске до 20 ноября.\n"
    );
    assert_eq!(parse_text(&away).0.automatic, Some(Automatic::AutoReply));
    assert_eq!(parse_text(&format!("{PERSON}Auto-Submitted: no\n\nt\n")).0.automatic, None);
}

#[test]
fn a_decoded_line_break_adds_no_header() {
    let (message, _) = parse_text("From: a@b.example\nSubject: =?utf-8?Q?a=0D=0ABcc:_x@y.example?=\n\nt\n");
    assert_eq!(message.subject, "a Bcc: x@y.example");
}

#[test]
fn messages_within_messages_without_end_are_not_parsed() {
    let deep = "Content-Type: message/rfc822\n\n".repeat(40_000);
    let (message, files) = parse_text(&format!("From: a@b.example\n{deep}"));
    assert!(!message.oddities.is_empty() && files.is_empty());
}

#[test]
fn garbage_gives_a_message_and_no_panic() {
    for raw in
        ["", "\n", "no header at all", "From: \u{0}\n\n\u{0}", "Content-Type: multipart/mixed; boundary=\n\n--\n"]
    {
        let (message, _) = parse_text(raw);
        assert!(message.from.is_none());
    }
}
