use proptest::prelude::*;

use super::*;
use crate::document::{Block, Limits};

fn read(raw: &str) -> (Message, Vec<Attachment>) {
    parse(raw.as_bytes(), &OwnIdentity::default(), &Limits::default())
}

/// A message of one or several parts: each given as header lines and a body.
fn multipart(kind: &str, parts: &[(&str, &str)]) -> String {
    let parts: String = parts.iter().map(|(header, body)| format!("--b\n{header}\n\n{body}\n")).collect();
    format!("From: s@edu.ru\nMIME-Version: 1.0\nContent-Type: {kind}; boundary=b\n\n{parts}--b--\n")
}

const PLAIN: (&str, &str) = ("Content-Type: text/plain; charset=utf-8", "Направляем форму");
const DOCX: &str = "Content-Type: application/vnd.openxmlformats-officedocument.wordprocessingml.document";

fn names(attachments: &[Attachment]) -> Vec<String> {
    let name = |one: &Attachment| {
        let name = one.name.clone().unwrap_or_else(|| one.media_type.clone());
        one.path.iter().cloned().chain([name]).collect::<Vec<_>>().join(" > ")
    };
    attachments.iter().map(name).collect()
}

#[test]
fn the_fields_that_matter_are_read() {
    let (message, files) = read(
        "Return-Path: <s@edu.ru>\nReceived: from a by b; Mon, 14 Nov 2022 12:00:05 +0300\nFrom: Школа <s@edu.ru>\n\
         To: k@lenreg.ru\nReply-To: victim@x.ru\nSubject: =?utf-8?B?0KTQvtGA0LzQsA==?=\n =?utf-8?Q?_=D1=88=D0=BA?=\n\
         Message-ID: <1@edu.ru>\nIn-Reply-To: <out@svodka>\nReferences: <0@x> <out@svodka>\n\
         Date: Mon, 14 Nov 2022 11:59:00 +0300\n\nДобрый день!\n",
    );
    assert_eq!(message.message_id.unwrap().as_str(), "1@edu.ru");
    assert_eq!(message.answers.iter().map(MessageId::as_str).collect::<Vec<_>>(), ["out@svodka", "0@x"]);
    assert_eq!(message.from.unwrap().address.as_str(), "s@edu.ru");
    assert_eq!(message.subject, "Форма шк");
    assert_eq!(message.received.unwrap().to_string(), "2022-11-14T09:00:05Z");
    assert_eq!(message.date.unwrap().to_string(), "2022-11-14T08:59:00Z");
    assert_eq!(message.body.text(), "Добрый день!");
    assert_eq!((message.automatic, files.len(), message.oddities.len()), (None, 0, 0));
}

#[test]
fn the_date_stands_in_for_a_missing_trace() {
    let (message, _) = read("From: s@edu.ru\nDate: Mon, 14 Nov 2022 11:59:00 +0300\n\nx");
    assert_eq!(message.received, message.date);
    assert!(message.received.is_some());
}

#[test]
fn garbage_gives_a_message_with_oddities() {
    for raw in ["", "\n", "\u{0}\u{1}\u{2}", "no header at all", "Content-Type: multipart/mixed; boundary=\n\n--\n--\n"]
    {
        let (message, _) = read(raw);
        assert_eq!(message.from, None, "{raw:?}");
        assert!(message.oddities.iter().any(|oddity| oddity == "there is no From"), "{raw:?}");
    }
}

#[test]
fn every_file_is_found_whatever_its_disposition_says() {
    let raw = multipart(
        "multipart/mixed",
        &[
            PLAIN,
            (&format!("{DOCX}; name=\"a.docx\"\nContent-Disposition: inline; filename=\"a.docx\""), "1"),
            (&format!("{DOCX}; name=b.docx"), "2"),
            (DOCX, "3"),
            ("Content-Type: application/octet-stream\nContent-Disposition: attachment; filename=c.docx", "4"),
            ("Content-Type: text/plain; name=d.txt", "5"),
            ("Content-Type: text/html\nContent-Disposition: attachment", "<p>6"),
            ("Content-Type: image/jpeg; name=scan.jpg", &"7".repeat(10_000)),
        ],
    );
    let (message, files) = read(&raw);
    assert_eq!(message.body.text(), "Направляем форму");
    let unnamed = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    assert_eq!(names(&files), ["a.docx", "b.docx", unnamed, "c.docx", "d.txt", "text/html", "scan.jpg"]);
    assert!(files.iter().all(|file| !file.inline));
}

#[test]
fn a_mail_that_is_nothing_but_a_file_has_that_file() {
    let (message, files) = read(&format!(
        "From: s@edu.ru\n{DOCX}\nContent-Disposition: attachment; filename*=UTF-8''%D0%A4.docx\n\
         Content-Transfer-Encoding: base64\n\naGVsbG8=\n"
    ));
    assert_eq!(names(&files), ["Ф.docx"]);
    assert_eq!(files[0].bytes, b"hello");
    assert_eq!(message.body.text(), "");
}

#[test]
fn bodies_are_never_files_and_a_table_makes_the_html_the_body() {
    let plain = "Content-Type: text/plain; charset=utf-8";
    let html = "Content-Type: text/html; charset=utf-8";
    let simple = multipart("multipart/alternative", &[(plain, "просто"), (html, "<p>просто</p>")]);
    let (message, files) = read(&simple);
    assert_eq!((message.body.text().as_str(), files.len()), ("просто", 0));
    let table = "<p>Форма</p><table><tr><td>1</td><td>МБОУ</td></tr><tr><td>2</td><td>сеть</td></tr></table>";
    let (message, files) = read(&multipart("multipart/alternative", &[(plain, "Форма 1 МБОУ 2 сеть"), (html, table)]));
    assert!(matches!(message.body.blocks.as_slice(), [Block::Paragraph(_), Block::Table(_)]));
    assert_eq!((message.body.text().as_str(), files.len()), ("Форма\n1\tМБОУ\n2\tсеть", 0));
}

#[test]
fn text_around_attachments_is_one_body() {
    let file = (&*format!("{DOCX}; name=a.docx"), "1");
    let (message, files) =
        read(&multipart("multipart/mixed", &[PLAIN, file, ("Content-Type: text/plain", "and more")]));
    assert_eq!(message.body.text(), "Направляем форму\nand more");
    assert_eq!(files.len(), 1);
}

#[test]
fn pictures_of_the_mails_design_are_marked() {
    let html = ("Content-Type: text/html", "<p>x<img src=\"cid:logo@x\">");
    let big = "7".repeat(300_000);
    let small = "7".repeat(10_000);
    let parts = [
        html,
        ("Content-Type: image/png; name=logo.png\nContent-ID: <logo@x>", &*small),
        ("Content-Type: image/jpeg; name=photo.jpg\nContent-ID: <photo@x>", &*big),
        ("Content-Type: application/pkcs7-signature; name=smime.p7s", "s"),
    ];
    let (_, files) = read(&multipart("multipart/related", &parts));
    let inline: Vec<_> = files.iter().map(|file| (file.name.clone().unwrap(), file.inline)).collect();
    let expected = [("logo.png", true), ("photo.jpg", false), ("smime.p7s", true)];
    assert_eq!(inline, expected.map(|(name, inline)| (name.to_owned(), inline)));
    let (_, files) = read(&multipart("multipart/mixed", &[html, ("Content-Type: image/png; name=scan.png", &small)]));
    assert!(!files[0].inline);
}

#[test]
fn mac_files_lose_only_their_resource_fork() {
    let inner = format!("--c\nContent-Type: application/applefile\n\nfork\n--c\n{DOCX}; name=a.docx\n\n1\n--c--\n");
    let raw = multipart("multipart/mixed", &[PLAIN, ("Content-Type: multipart/appledouble; boundary=c", &inner)]);
    assert_eq!(names(&read(&raw).1), ["a.docx"]);
}

#[test]
fn forwarded_messages_are_opened_to_the_limit() {
    let innermost = format!("From: c@x.ru\n{DOCX}; name=deep.docx\n\n3");
    let nested = |inner: &str| {
        format!(
            "From: b@x.ru\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nтекст\n--c\nContent-Type: message/rfc822\n\n{inner}\n--c--\n"
        )
    };
    let encoded = nested(&innermost).replace("--c", "--d").replace("=c", "=d");
    let raw = multipart("multipart/mixed", &[PLAIN, ("Content-Type: message/rfc822", &nested(&encoded))]);
    let (_, files) = read(&raw);
    assert_eq!(
        names(&files),
        ["rfc822 > text/plain", "rfc822 > rfc822 > text/plain", "rfc822 > rfc822 > message/rfc822"]
    );
    let limits = Limits { nesting: 3, ..Limits::default() };
    let files = parse(raw.as_bytes(), &OwnIdentity::default(), &limits).1;
    assert_eq!(names(&files).last().unwrap(), "rfc822 > rfc822 > rfc822 > deep.docx");
}

#[test]
fn a_form_in_a_forwarded_html_body_is_a_file() {
    let inner = "From: s@edu.ru\nContent-Type: text/html; charset=windows-1251\n\n<meta charset=windows-1251>\
        <table><tr><td>1<td>x<tr><td>2<td>y</table>";
    let (_, files) = read(&multipart("multipart/mixed", &[PLAIN, ("Content-Type: message/rfc822", inner)]));
    assert_eq!(names(&files), ["rfc822 > text/html"]);
}

#[test]
fn what_a_bounce_returns_is_not_what_it_sends() {
    let original = format!("From: k@lenreg.ru\n{DOCX}; name=form.docx\n\n1");
    let status = ("Content-Type: message/delivery-status", "Action: failed");
    let returned = ("Content-Type: message/rfc822", &*original);
    let bounce = multipart("multipart/report; report-type=delivery-status", &[PLAIN, status, returned]);
    let (message, files) = read(&bounce);
    assert_eq!((message.automatic, files.len()), (Some(Automatic::Bounce), 0));
    let legacy = multipart("multipart/mixed", &[("Content-Type: text/plain", "could not be delivered"), returned])
        .replace("From: s@edu.ru", "From: mailer-daemon@edu.ru");
    let (message, files) = read(&legacy);
    assert_eq!((message.automatic, files.len()), (Some(Automatic::Bounce), 0));
}

#[test]
fn files_in_the_text_are_taken_out() {
    let (message, files) = read("From: s@edu.ru\n\nHello\nbegin 644 form.txt\n#0V%T\n`\nend\n");
    assert_eq!((message.body.text().as_str(), files[0].bytes.as_slice()), ("Hello", b"Cat".as_slice()));
}

#[test]
fn file_names_lose_folders_and_traps() {
    let part = |name: &str| format!("{DOCX}\nContent-Disposition: attachment; filename=\"{name}\"");
    for (given, kept) in [
        ("../../etc/a.docx", "a.docx"),
        ("C:\\\\docs\\\\a.docx", "a.docx"),
        ("=?utf-8?Q?a=0D=0ABcc=3A_x.docx?=", "a Bcc: x.docx"),
        ("a\u{202E}xcod.exe", "axcod.exe"),
    ] {
        let (_, files) = read(&multipart("multipart/mixed", &[PLAIN, (&part(given), "1")]));
        assert_eq!(names(&files), [kept], "{given}");
    }
}

#[test]
fn raw_cyrillic_is_read_in_headers_and_bodies() {
    for encoding in [encoding_rs::WINDOWS_1251, encoding_rs::KOI8_R] {
        let text = "From: Иванова <s@edu.ru>\nSubject: Форма школы\n\nНаправляем заполненную форму\n";
        let (message, _) = parse(&encoding.encode(text).0, &OwnIdentity::default(), &Limits::default());
        assert_eq!(message.from.unwrap().name.as_deref(), Some("Иванова"));
        assert_eq!(message.subject, "Форма школы");
        assert_eq!(message.body.text(), "Направляем заполненную форму");
    }
}

#[test]
fn the_body_is_parted_from_quotation_forward_and_signature() {
    let (message, _) = read(
        "From: s@edu.ru\nSubject: Fwd: форма\n\nДля сведения\n\n-- \nИванова\n\n\
         -------- Пересылаемое сообщение --------\nОт: Школа <a@b.ru>\n\nРоль: участник https://yadi.sk/i/x\n",
    );
    assert_eq!(message.body.text(), "Для сведения");
    assert_eq!(message.signature, "--\nИванова");
    assert!(message.forwarded.text().contains("Роль: участник"));
    assert!(message.quoted.contains("Роль: участник"));
}

#[test]
fn links_are_collected_from_the_authors_words_only() {
    let raw = "From: s@edu.ru\nSubject: Re: x\n\nФайл https://yadi.sk/i/x\n> https://yadi.sk/i/ours\n";
    let parsed = parse_all(raw.as_bytes(), &OwnIdentity::default(), &Limits::default(), &[]);
    assert_eq!(parsed.links, ["https://yadi.sk/i/x"]);
}

#[test]
fn depth_and_number_do_no_harm() {
    let rfc822 = "Content-Type: message/rfc822\n\n".repeat(40_000);
    let digests: String =
        (0..20_000).map(|n| format!("Content-Type: multipart/digest; boundary={n}\n\n--{n}\n")).collect();
    let mixed = "Content-Type: multipart/mixed; boundary=b\n\n--b\n".repeat(20_000);
    for raw in [rfc822, digests, mixed] {
        let (_, files) = read(&raw);
        assert!(files.len() <= Limits::default().files);
    }
    let many = multipart("multipart/mixed", &vec![("Content-Type: image/png", "1"); 500]);
    let (message, files) = read(&many);
    assert_eq!(files.len(), Limits::default().files);
    assert!(message.oddities.iter().any(|oddity| oddity == "too many files"));
}

#[test]
fn a_text_past_the_limit_is_cut() {
    let limits = Limits { text_bytes: 1_000, ..Limits::default() };
    let raw = format!("From: s@edu.ru\n\n{}", "слово ".repeat(1_000));
    let (message, _) = parse(raw.as_bytes(), &OwnIdentity::default(), &limits);
    assert!(message.body.text().len() <= limits.text_bytes);
}

/// A message with something of everything, for mutations.
fn rich() -> String {
    let inner =
        multipart("multipart/alternative", &[PLAIN, ("Content-Type: text/html", "<table><tr><td>1<td>2</table>")]);
    let header = "Content-Disposition: attachment; filename*0*=UTF-8''%D0%A4; filename*1=\".docx\"\nContent-Transfer-Encoding: base64";
    multipart(
        "multipart/mixed",
        &[
            PLAIN,
            ("Content-Type: message/rfc822", &inner),
            (&format!("{DOCX}\n{header}"), "aGVsbG8="),
            ("", "begin 644 a\n#0V%T\nend"),
        ],
    )
    .replace("From: s@edu.ru", "From: =?utf-8?Q?=D0=98?= =?koi8-r?B?6Q==?= <s@edu.ru>\nSubject: =?utf-8?B?0KTQvg==?=")
}

proptest! {
    #[test]
    fn no_bytes_are_too_strange(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        parse(&bytes, &OwnIdentity::default(), &Limits::default());
    }

    #[test]
    fn no_mutation_of_a_message_is_too_strange(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_usize..3), 1..30),
    ) {
        let mut raw = rich().into_bytes();
        for (at, byte, kind) in changes {
            let at = at.index(raw.len());
            match kind {
                0 => raw[at] = byte,
                1 => raw.insert(at, byte),
                _ => { raw.remove(at); }
            }
        }
        let (message, _) = parse(&raw, &OwnIdentity::default(), &Limits::default());
        prop_assert!(!message.subject.contains(['\r', '\n']));
    }
}
