use std::io::Write as _;

use super::*;
use crate::document::Document;

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn paths(reading: &Reading) -> Vec<String> {
    let shown = |file: &FileReading| {
        let name = file.name.clone().unwrap_or_else(|| "?".to_owned());
        file.path.iter().cloned().chain([name]).collect::<Vec<_>>().join(" > ")
    };
    reading.files.iter().map(shown).collect()
}

fn text(reading: &Reading, index: usize) -> String {
    reading.files[index].content.as_ref().map(Document::text).unwrap()
}

fn bare(bytes: &[u8], name: &str) -> Reading {
    read_file(bytes, Some(name), &OwnIdentity::default(), &Limits::default()).0
}

const MAIL: &str = "From: s@edu.ru\nTo: k@lenreg.ru\nSubject: x\nMessage-ID: <1@x>\nMIME-Version: 1.0\n\
    Content-Type: multipart/mixed; boundary=b\n\n--b\n\nСмотрите https://disk.yandex.ru/i/x и https://edu.ru\n--b\n\
    Content-Type: text/plain; name=\"форма.txt\"\n\nРоль: участник\n--b--\n";

#[test]
fn a_mail_is_read_with_its_files_and_their_bytes() {
    let (reading, contents) = read_mail(MAIL.as_bytes(), &OwnIdentity::default(), &Limits::default());
    assert_eq!(reading.version, VERSION);
    assert_eq!(paths(&reading), ["форма.txt"]);
    assert_eq!(text(&reading, 0), "Роль: участник");
    assert_eq!(contents, ["Роль: участник".as_bytes()]);
    assert_eq!(reading.files[0].sha256, Sha256::of(&contents[0]));
    assert_eq!(reading.files[0].size, contents[0].len() as u64);
    assert_eq!(reading.links, ["https://disk.yandex.ru/i/x"]);
}

#[test]
fn a_bare_file_is_a_message_without_fields() {
    let reading = bare("Роль: участник".as_bytes(), "форма.txt");
    assert_eq!(paths(&reading), ["форма.txt"]);
    assert_eq!((reading.message.from, reading.message.automatic), (None, None));
}

#[test]
fn row_51_containers_are_opened_to_the_limit_of_nesting() {
    let inner = zip(&[("внутри.txt", "текст".as_bytes())]);
    let two = zip(&[("inner.zip", &inner), ("рядом.txt", "текст".as_bytes())]);
    assert_eq!(paths(&bare(&two, "a.zip")), ["a.zip > inner.zip > внутри.txt", "a.zip > рядом.txt"]);
    let three = bare(&zip(&[("two.zip", &two)]), "a.zip");
    assert_eq!(paths(&three), ["a.zip > two.zip > inner.zip", "a.zip > two.zip > рядом.txt"]);
    assert_eq!(three.files[0].content, Err(Problem::Hostile));
    assert_eq!(three.files[1].format, Format::Text);
}

#[test]
fn a_mail_in_an_archive_is_opened_with_its_text() {
    let reading = bare(&zip(&[("письмо.eml", MAIL.as_bytes())]), "a.zip");
    assert_eq!(paths(&reading), ["a.zip > rfc822 > ?", "a.zip > rfc822 > форма.txt"]);
    assert!(text(&reading, 0).starts_with("Смотрите"));
}

#[test]
fn a_forwarded_text_that_looks_like_a_mail_stays_a_text() {
    let forwarded = "From: a@b.ru\nReceived: x\nMessage-ID: <1@x>\nSubject: y\n\nРоль";
    let raw = format!(
        "From: s@edu.ru\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\n\
        Content-Type: message/rfc822\n\nFrom: c@d.ru\n\n{forwarded}\n--b--\n"
    );
    let (reading, _) = read_mail(raw.as_bytes(), &OwnIdentity::default(), &Limits::default());
    assert_eq!(paths(&reading), ["rfc822 > ?"]);
    assert_eq!(reading.files[0].format, Format::Text);
}

#[test]
fn too_deep_a_message_is_one_hostile_file() {
    let deep = format!("From: s@edu.ru\n{}", "Content-Type: message/rfc822\n\n".repeat(1_000));
    let (reading, contents) = read_mail(deep.as_bytes(), &OwnIdentity::default(), &Limits::default());
    assert_eq!((reading.files.len(), contents.len()), (1, 1));
    assert_eq!(reading.files[0].content, Err(Problem::Hostile));
}

#[test]
fn number_and_bytes_are_bounded_over_all_containers() {
    let limits = Limits { files: 3, ..Limits::default() };
    let many = zip(&[("1.txt", b"a"), ("2.txt", b"b"), ("3.txt", b"c"), ("4.txt", b"d")]);
    let (reading, _) = read_file(&many, Some("a.zip"), &OwnIdentity::default(), &limits);
    assert_eq!(reading.files.len(), 3);
    assert_eq!(reading.message.oddities, ["too many files"]);
    let limits = Limits { total_bytes: 600, ..Limits::default() };
    let big = [b'x'; 500];
    let two = zip(&[("a.zip", &zip(&[("1.txt", &big)])), ("b.zip", &zip(&[("2.txt", &big)]))]);
    let (reading, _) = read_file(&two, Some("c.zip"), &OwnIdentity::default(), &limits);
    assert!(reading.files.iter().any(|file| file.content == Err(Problem::Hostile)));
}

#[test]
fn what_cannot_be_opened_says_why() {
    assert_eq!(bare(&[], "a.docx").files[0].content, Err(Problem::Empty));
    assert_eq!(bare(b"PK\x03\x04broken", "a.zip").files[0].content, Err(Problem::Damaged));
    let misnamed = bare("просто текст".as_bytes(), "форма.docx");
    assert_eq!(misnamed.files[0].format, Format::Text);
    assert_eq!(misnamed.files[0].content.as_ref().unwrap().oddities.len(), 1);
}

#[test]
fn a_reading_survives_its_storing() {
    let (reading, _) = read_mail(MAIL.as_bytes(), &OwnIdentity::default(), &Limits::default());
    let stored = serde_json::to_string(&reading).unwrap();
    let again: Reading = serde_json::from_str(&stored).unwrap();
    assert_eq!(serde_json::to_string(&again).unwrap(), stored);
}
