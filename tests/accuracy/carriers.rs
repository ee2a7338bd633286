//! Mails as clients write them: how files are attached, packed, named and forwarded.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use encoding_rs::{IBM866, KOI8_R, WINDOWS_1251};
use fastrand::Rng;

use super::{
    chance::{one_in, pick},
    files::zipped,
};

/// A file to attach.
#[derive(Debug, Clone)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// A mail before it has bytes.
pub(crate) struct Mail {
    pub(crate) from: &'static str,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: Option<String>,
    pub(crate) files: Vec<File>,
    /// Header fields besides, each a whole line.
    pub(crate) fields: Vec<String>,
}

pub(crate) const CARRIERS: [(u32, &str); 10] = [
    (8, "attached"),
    (2, "type unknown"),
    (1, "wrong extension"),
    (1, "no name"),
    (1, "inline"),
    (2, "zip"),
    (1, "zip, CP866 names"),
    (1, "zip in a zip"),
    (2, "forwarded as a mail"),
    (1, "signed"),
];

/// The bytes of a mail carried in such a way.
pub(crate) fn carried(rng: &mut Rng, mail: &Mail, carrier: &str) -> Vec<u8> {
    let files = match carrier {
        "zip" | "zip, CP866 names" | "zip in a zip" if !mail.files.is_empty() => vec![packed(&mail.files, carrier)],
        _ => mail.files.clone(),
    };
    let mut parts = vec![text_part(rng, "plain", &mail.text)];
    if let Some(html) = &mail.html {
        let alternative = [text_part(rng, "plain", &mail.text), text_part(rng, "html", html)];
        parts = vec![multipart("alternative", "b0", &alternative)];
    }
    parts.extend(files.iter().map(|file| file_part(rng, file, carrier)));
    let body = if parts.len() == 1 { parts.remove(0) } else { multipart("mixed", "b1", &parts) };
    let id = rng.u64(..);
    let head = format!(
        "From: {}\r\nTo: <svodka@committee.example>\r\nSubject: {}\r\nDate: Tue, 08 Nov 2022 10:{:02}:00 +0300\r\nMessage-ID: <{id:x}@mail.example>\r\nMIME-Version: 1.0\r\n{}",
        mailbox(rng, mail.from),
        subject(rng, &mail.subject),
        rng.u8(0..60),
        mail.fields.iter().map(|field| format!("{field}\r\n")).collect::<String>(),
    );
    match carrier {
        "forwarded as a mail" => {
            let inner = format!(
                "From: Секретарь <secretary@mail.example>\r\nTo: <director@mail.example>\r\nSubject: {}\r\nDate: Mon, 07 Nov 2022 09:00:00 +0300\r\nMIME-Version: 1.0\r\n{body}",
                encoded("форма")
            );
            let forward = format!("Content-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n{inner}");
            let parts = [text_part(rng, "plain", "Пересылаю."), forward];
            format!("{head}{}", multipart("mixed", "b2", &parts))
        }
        "signed" => {
            let signature = "Content-Type: application/pkcs7-signature; name=\"smime.p7s\"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"smime.p7s\"\r\n\r\nMIIB\r\n".to_owned();
            format!("{head}{}", multipart("signed", "b3", &[body, signature]))
        }
        _ => format!("{head}{body}"),
    }
    .into_bytes()
}

fn multipart(subtype: &str, boundary: &str, parts: &[String]) -> String {
    let mut all = format!("Content-Type: multipart/{subtype}; boundary=\"{boundary}\"\r\n\r\n");
    for part in parts {
        all += &format!("--{boundary}\r\n{part}\r\n");
    }
    all + &format!("--{boundary}--\r\n")
}

fn text_part(rng: &mut Rng, subtype: &str, text: &str) -> String {
    let text = text.replace('\n', "\r\n");
    let (charset, bytes) = match rng.u8(0..4) {
        0 => ("koi8-r", KOI8_R.encode(&text)),
        1 => ("windows-1251", WINDOWS_1251.encode(&text)),
        _ => ("utf-8", encoding_rs::UTF_8.encode(&text)),
    }
    .to_owned();
    // A character that the charset lacks goes as UTF-8, as clients do it.
    let (charset, bytes) = if bytes.2 { ("utf-8", text.as_bytes().to_vec()) } else { (charset, bytes.0.into_owned()) };
    format!(
        "Content-Type: text/{subtype}; charset={charset}\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
        base64(&bytes)
    )
}

fn base64(bytes: &[u8]) -> String {
    let all = STANDARD.encode(bytes);
    all.as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line) + "\r\n").collect()
}

fn packed(files: &[File], carrier: &str) -> File {
    let cp866 = carrier == "zip, CP866 names";
    let mut bytes = {
        let named: Vec<(&str, &[u8])> = files.iter().map(|file| (file.name.as_str(), file.bytes.as_slice())).collect();
        if cp866 { old_zip(&named) } else { zipped(&named) }
    };
    if carrier == "zip in a zip" {
        bytes = zipped(&[("форма/документы.zip", &bytes)]);
    }
    File { name: "Документы.zip".to_owned(), bytes }
}

/// A ZIP whose names are in CP866, as archivers of Windows write them: a writer of UTF-8 is given names of the same
/// length, and its flag for UTF-8 is not there for them.
fn old_zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let names: Vec<(String, Vec<u8>)> = entries
        .iter()
        .enumerate()
        .map(|(nth, (name, _))| {
            let old = IBM866.encode(name).0.into_owned();
            let letter = char::from(b'a' + u8::try_from(nth).unwrap());
            (letter.to_string().repeat(old.len()), old)
        })
        .collect();
    let placed: Vec<(&str, &[u8])> =
        names.iter().zip(entries).map(|((placeholder, _), (_, content))| (placeholder.as_str(), *content)).collect();
    let mut bytes = zipped(&placed);
    for (placeholder, old) in names {
        let headers: Vec<usize> = memchr::memmem::find_iter(&bytes, placeholder.as_bytes())
            .filter(|at| {
                let before = |length: usize| at.checked_sub(length).map(|from| &bytes[from..from + 4]);
                before(30) == Some(b"PK\x03\x04") || before(46) == Some(b"PK\x01\x02")
            })
            .collect();
        assert_eq!(headers.len(), 2);
        for at in headers {
            bytes[at..at + old.len()].copy_from_slice(&old);
        }
    }
    bytes
}

fn file_part(rng: &mut Rng, file: &File, carrier: &str) -> String {
    let extension = file.name.rsplit('.').next().unwrap_or_default();
    let kind = match (carrier, extension) {
        ("type unknown" | "wrong extension" | "no name", _) => "application/octet-stream",
        (_, "docx") => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        (_, "odt") => "application/vnd.oasis.opendocument.text",
        (_, "xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        (_, "pptx") => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        (_, "zip") => "application/x-zip-compressed",
        (_, "png") => "image/png",
        _ => "application/octet-stream",
    };
    let name = match carrier {
        "wrong extension" => file.name.replace(extension, if one_in(rng, 2) { "doc" } else { "pdf" }),
        _ => file.name.clone(),
    };
    let disposition = if carrier == "inline" { "inline" } else { "attachment" };
    let disposition = match carrier {
        "no name" => disposition.to_owned(),
        _ => format!("{disposition}; {}", file_name(rng, &name)),
    };
    format!(
        "Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: {disposition}\r\n\r\n{}",
        base64(&file.bytes)
    )
}

/// A file's name as RFC 2047 (against its letter, as everybody does it) or RFC 2231, whole or in pieces.
fn file_name(rng: &mut Rng, name: &str) -> String {
    let percent = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    match rng.u8(0..3) {
        0 => format!("filename=\"{}\"", encoded(name)),
        1 => format!("filename*=UTF-8''{}", percent(name)),
        _ => {
            let letters: Vec<char> = name.chars().collect();
            let pieces = letters.chunks(9).enumerate().map(|(nth, piece)| {
                let start = if nth == 0 { "UTF-8''" } else { "" };
                format!("filename*{nth}*={start}{}", percent(&piece.iter().collect::<String>()))
            });
            pieces.collect::<Vec<_>>().join(";\r\n ")
        }
    }
}

fn encoded(text: &str) -> String {
    format!("=?UTF-8?B?{}?=", STANDARD.encode(text))
}

fn subject(rng: &mut Rng, text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    match rng.u8(0..2) {
        0 => {
            let bytes = KOI8_R.encode(text).0;
            format!("=?koi8-r?B?{}?=", STANDARD.encode(bytes))
        }
        _ => {
            letters.chunks(15).map(|piece| encoded(&piece.iter().collect::<String>())).collect::<Vec<_>>().join("\r\n ")
        }
    }
}

fn mailbox(rng: &mut Rng, address: &str) -> String {
    let names = ["", "Иванова Мария", "Ольга", "Секретарь", "Петрова А.А.", "Приёмная"];
    match pick(rng, &names) {
        "" => format!("<{address}>"),
        name => format!("{} <{address}>", encoded(name)),
    }
}
