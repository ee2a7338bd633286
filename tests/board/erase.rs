//! Canaries: a word of its own in every place where something personal can stand. Before the erasure each is found in the
//! store's bytes; after it none is, neither in the raw bytes nor in whatever is packed in them.

use std::{
    collections::BTreeSet,
    fs,
    io::{Cursor, Read as _},
    path::Path,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use docx_rs::{Docx, Paragraph, Run, Table, TableCell, TableRow};
use mail_parser::{MessageParser, MimeHeaders as _};
use sqlx::{Connection as _, SqliteConnection};

use crate::{
    acts::{case_about, fields, lands, sends},
    committee::{Committee, STAFF, until},
};

/// Where each canary sits.
const CANARIES: [&str; 15] = [
    "canaryaddress",
    "CanaryName",
    "CanarySubject",
    "CanaryBody",
    "CanaryFile",
    "CanaryAnswer",
    "CanaryReason",
    "CanarySchool",
    "CanaryNote",
    "CanaryTyped",
    "CanaryPaper",
    "CanaryOther",
    "CanaryAway",
    "CanaryBounce",
    "CanaryHost",
];
/// One of another school, which stays.
const STAYS: &str = "CanaryNeighbour";

fn form(organisation: &str, answer: &str) -> Vec<u8> {
    let labels = include_str!("../../config/campaigns/500plus-2022.toml");
    let labels: Vec<&str> =
        labels.lines().filter_map(|line| line.strip_prefix("label = \"")?.strip_suffix('"')).take(14).collect();
    let cell = |text: &str| TableCell::new().add_paragraph(Paragraph::new().add_run(Run::new().add_text(text)));
    let row = |(index, label): (usize, &&str)| {
        let value = match index {
            0 => organisation.to_owned(),
            2 | 3 => "4".to_owned(),
            4 => "с сентября 2021 года".to_owned(),
            11 if answer != STAYS => "много CanaryReason".to_owned(),
            _ => format!("Наша школа ведёт работу {answer} с партнёрами, {index}"),
        };
        TableRow::new(vec![cell(label), cell(&value)])
    };
    let mut bytes = Cursor::new(Vec::new());
    let rows = labels.iter().enumerate().map(row).collect();
    Docx::new().add_table(Table::new(rows)).build().pack(&mut bytes).unwrap();
    bytes.into_inner()
}

/// A mail with a file.
fn mail(from: &str, subject: &str, text: &str, file: Option<(&str, &[u8])>) -> String {
    let host = if from.contains("canary") { "CanaryHost" } else { "host" };
    let id = svodka::digest::Sha256::of(format!("{from}{subject}{text}").as_bytes());
    let head = format!(
        "Received: from mx.example by mail.committee.example; Wed, 09 Nov 2022 08:00:00 +0000\r\nFrom: {from}\r\n\
         To: svodka@committee.example\r\nDate: Wed, 09 Nov 2022 08:00:00 +0000\r\nMessage-ID: <{id}@{host}.example>\r\n\
         Subject: {subject}\r\nMIME-Version: 1.0\r\n"
    );
    let Some((name, bytes)) = file else {
        return format!("{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n");
    };
    let packed = STANDARD.encode(bytes);
    let lines: Vec<&str> = packed.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!(
        "{head}Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n\
         --b\r\nContent-Type: application/octet-stream; name=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\n\
         Content-Disposition: attachment; filename=\"{name}\"\r\n\r\n{}\r\n--b--\r\n",
        lines.join("\r\n")
    )
}

const WRITER: &str = "CanaryName <canaryaddress@mail.example>";

/// A report of the mail system that a letter of ours could not be delivered.
fn bounce(letter: &str) -> String {
    format!(
        "Received: from mx.example by mail.committee.example; Thu, 10 Nov 2022 08:30:00 +0000\r\n\
         From: MAILER-DAEMON@mail.example\r\nTo: svodka@committee.example\r\nDate: Thu, 10 Nov 2022 08:30:00 +0000\r\n\
         Message-ID: <bounce@mail.example>\r\nSubject: Undelivered Mail Returned to Sender\r\nReturn-Path: <>\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"r\"\r\n\r\n\
         --r\r\nContent-Type: text/plain\r\n\r\nCanaryBounce: the mailbox is full\r\n\
         --r\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.example\r\n\r\n\
         Final-Recipient: rfc822; canaryaddress@mail.example\r\nAction: failed\r\nStatus: 5.2.2\r\n\r\n\
         --r\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{letter}>\r\nSubject: x\r\n\r\n--r--\r\n"
    )
}

fn receives(committee: &Committee, name: &str, mail: &str) {
    fs::write(committee.path("inbox/tmp").join(name), mail).unwrap();
    fs::rename(committee.path("inbox/tmp").join(name), committee.path("inbox/new").join(name)).unwrap();
}

/// Whether a word stands in bytes: as it is, or in a mail or an archive that they are.
fn holds(bytes: &[u8], word: &str, deep: u8) -> bool {
    if contains(bytes, word.as_bytes()) || in_base64(bytes, word) {
        return true;
    }
    if deep == 0 {
        return false;
    }
    if let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) {
        return (0..archive.len()).any(|index| {
            let mut part = Vec::new();
            archive.by_index(index).unwrap().read_to_end(&mut part).unwrap();
            holds(&part, word, deep - 1)
        });
    }
    let Some(mail) = MessageParser::default().parse(bytes).filter(|mail| mail.parts.len() > 1) else { return false };
    mail.parts.iter().any(|part| {
        part.attachment_name().is_some_and(|name| name.contains(word)) || holds(part.contents(), word, deep - 1)
    })
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    memchr::memmem::find(bytes, word).is_some()
}

/// Whether it stands there in base64, wherever in a group of three it begins.
fn in_base64(bytes: &[u8], word: &str) -> bool {
    (0..3).any(|shift| {
        let packed = STANDARD.encode([&vec![b' '; shift], word.as_bytes()].concat());
        // The first and last digits depend on what stands beside the word.
        let inner = packed.trim_end_matches('=');
        contains(bytes, inner.get(4..inner.len() - 2).unwrap().as_bytes())
    })
}

/// Everything that the store holds: raw, each file unpacked, and the letters one by one.
async fn everything(committee: &Committee) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(committee.path("")).unwrap().map(|entry| entry.unwrap()) {
        if entry.file_name().to_string_lossy().starts_with("s.db") {
            all.push(fs::read(entry.path()).unwrap());
        }
    }
    files(&committee.path("files"), &mut all);
    files(&committee.path("tmp"), &mut all);
    let url = format!("sqlite://{}?mode=ro", committee.path("s.db").display());
    let mut database = SqliteConnection::connect(&url).await.unwrap();
    let letters: Vec<Vec<u8>> = sqlx::query_scalar("SELECT mime FROM outbox").fetch_all(&mut database).await.unwrap();
    all.extend(letters);
    all
}

fn files(folder: &Path, all: &mut Vec<Vec<u8>>) {
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            files(&path, all);
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        all.extend(zstd::decode_all(bytes.as_slice()));
        all.push(bytes);
    }
}

fn found(committee: &Committee) -> BTreeSet<&'static str> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let all = runtime.block_on(everything(committee));
    let words = CANARIES.iter().chain([&STAYS]).copied();
    words.filter(|word| all.iter().any(|bytes| holds(bytes, word, 4))).collect()
}

#[test]
fn nothing_of_a_school_is_left_in_any_byte_of_the_store() {
    let committee = Committee::new();
    fs::create_dir(committee.path("tmp")).unwrap();
    let daemon = committee.opens();
    let decided = |count| until(&format!("{count} mails are decided"), || (committee.decided() == count).then_some(()));
    let own = form("МБОУ «Важинский образовательный центр»", "CanaryAnswer");
    receives(&committee, "1", &mail(WRITER, "CanarySubject", "CanaryBody", Some(("CanaryFile.docx", &own))));
    decided(1);
    let letter = until("the answer", || committee.answers_to("canaryaddress@mail.example").pop());
    let other = form("МБОУ «Рощинский Центр образования»", STAYS);
    receives(&committee, "2", &mail("Other <r@mail.example>", "Форма", "500+", Some(("form.docx", &other))));
    // Of somebody whom a person knows.
    let unknown = form("Центр «CanarySchool»", "CanaryTyped");
    receives(
        &committee,
        "3",
        &mail(WRITER.replace("address", "address2").as_str(), "Форма 500+", "см. файл", Some(("f.docx", &unknown))),
    );
    receives(&committee, "4", &mail(WRITER, "Отпуск", "CanaryOther: завтра меня не будет", None));
    let away =
        mail(WRITER, "Re: x", "CanaryAway", None).replacen("Subject", "Auto-Submitted: auto-replied\r\nSubject", 1);
    receives(&committee, "5", &away);
    receives(&committee, "6", &bounce(&letter));
    decided(6);
    let mut staff = daemon.signed_in(STAFF);
    let place = case_about(&mut staff, "не определена");
    let path = format!("{place}/settle");
    let page = staff.get(&format!("{path}?act=school&school=vazhiny"));
    let hidden = fields(&page);
    let mut pairs: Vec<(&str, &str)> = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    pairs.extend([("learn_address", "1"), ("learn_spelling", "1")]);
    let settled = staff.post(&path, &pairs);
    lands(&mut staff, &settled);
    // What came on paper.
    let path = "/school/vazhiny/received";
    let csrf = staff.get(path).csrf();
    let typed = [
        ("csrf", csrf.as_str()),
        ("way", "paper"),
        ("date", "2022-11-09"),
        ("note", "CanaryNote"),
        ("answer-final_result", "CanaryPaper"),
    ];
    let answer = sends(&mut staff, path, &typed, None);
    assert_eq!(answer.status, 303, "{}", answer.body);
    let before = found(&committee);
    let missing: Vec<_> = CANARIES.iter().chain([&STAYS]).filter(|word| !before.contains(*word)).collect();
    assert!(missing.is_empty(), "these prove nothing: {missing:?}");

    let said = committee.runs(&["erase", "--school", "vazhiny", "--dry-run"]);
    assert!(said.status.success() && found(&committee) == before, "{said:?}");
    let mistyped = committee.runs(&["erase", "--school", "vazhin", "--yes"]);
    assert_eq!((mistyped.status.code(), found(&committee) == before), (Some(2), true), "{mistyped:?}");
    // Beside the daemon; the letter of the decision still waits.
    let answers =
        || ["canaryaddress", "canaryaddress2"].map(|one| committee.answers_to(&format!("{one}@mail.example")));
    let letters = answers();
    let said = committee.runs(&["erase", "--school", "vazhiny", "--yes"]);
    assert!(said.status.success(), "{said:?}");
    assert_eq!(found(&committee).into_iter().collect::<Vec<_>>(), [STAYS]);
    // The mails lie in the mailbox still.
    let log = daemon.stops();
    assert!(!log.contains("a pass failed") && !log.contains("cannot go on"), "{log}");
    let daemon = committee.opens();
    receives(&committee, "7", &mail("Other <r@mail.example>", "Вопрос про 500+", "Когда?", None));
    decided(2);
    assert_eq!(found(&committee).into_iter().collect::<Vec<_>>(), [STAYS]);
    assert_eq!(answers(), letters, "and nobody is answered again");
    for command in [["audit", "verify"], ["mailbox", "reconcile"]] {
        let output = committee.runs(&command);
        assert!(output.status.success(), "{output:?}");
    }
    drop(daemon.stops());
    assert_eq!(found(&committee).into_iter().collect::<Vec<_>>(), [STAYS]);
}
