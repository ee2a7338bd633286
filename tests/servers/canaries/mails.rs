//! Mails that hold a canary wherever somebody can write something.

use std::io::{Cursor, Read as _, Write as _};

use lettre::message::{Attachment, Mailbox, Message, MultiPart, SinglePart, header::ContentType};
use mail_parser::{MessageParser, MimeHeaders as _};
use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

use crate::harness::Account;

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const SAMPLE: &[u8] = include_bytes!("../../fixtures/mails/04-podporozhye-missing.eml");
const ANSWER: &str = "Работа с партнёрами дала результат";

/// The form of the sample, with a canary in an answer and one beside the table.
fn form() -> Vec<u8> {
    let sample = MessageParser::default().parse(SAMPLE).unwrap();
    let docx = sample.attachments().find(|part| part.attachment_name().is_some()).unwrap().contents().to_vec();
    let mut old = ZipArchive::new(Cursor::new(docx)).unwrap();
    let mut new = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..old.len() {
        let mut entry = old.by_index(at).unwrap();
        let (name, mut bytes) = (entry.name().unwrap().into_owned(), Vec::new());
        entry.read_to_end(&mut bytes).unwrap();
        if name == "word/document.xml" {
            let text = String::from_utf8(bytes).unwrap();
            assert!(text.contains(ANSWER) && text.contains("ИНФОРМАЦИЯ"));
            let text = text
                .replace(ANSWER, "Канарейка-ответ: партнёры помогли")
                .replace("ИНФОРМАЦИЯ", "ИНФОРМАЦИЯ канарейка-документ");
            bytes = text.into_bytes();
        }
        new.start_file(name, SimpleFileOptions::default()).unwrap();
        new.write_all(&bytes).unwrap();
    }
    new.finish().unwrap().into_inner()
}

/// An archive that grows a thousandfold.
fn bomb() -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let packed = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    zip.start_file("kanareyka-bomb.docx", packed).unwrap();
    let zeros = vec![0; 1 << 20];
    for _ in 0..64 {
        zip.write_all(&zeros).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn mail(from: &Account, to: &Account, subject: &str, files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let sender = Mailbox::new(Some("Канарейка-отправитель Иванова".to_owned()), from.address.parse().unwrap());
    let text = "Добрый день! Канарейка-текст письма, телефон +7 900 000-00-00.\n\nКанарейка-подпись";
    let mut parts = MultiPart::mixed().singlepart(SinglePart::plain(text.to_owned()));
    for (name, bytes) in files {
        let kind = ContentType::parse(if name.ends_with(".docx") { DOCX } else { "application/octet-stream" }).unwrap();
        parts = parts.singlepart(Attachment::new((*name).to_owned()).body(bytes.clone(), kind));
    }
    let builder = Message::builder().from(sender).to(Mailbox::new(None, to.address.parse().unwrap())).subject(subject);
    let id = format!("<{}.{}@kanareyka-host.example>", files.len(), from.user);
    builder.message_id(Some(id)).multipart(parts).unwrap().formatted()
}

/// A form that lacks answers.
pub(super) fn complete(from: &Account, to: &Account) -> Vec<u8> {
    mail(from, to, "Канарейка-тема: форма по письму, 500+", &[("Канарейка-файл.docx", form())])
}

/// A document that ends in the middle, an archive that grows without end, and a program.
pub(super) fn hostile(from: &Account, to: &Account) -> Vec<u8> {
    let mut broken = form();
    broken.truncate(broken.len() / 2);
    let files = [
        ("Канарейка-обрыв.docx", broken),
        ("канарейка-бомба.zip", bomb()),
        ("канарейка.exe", b"MZ kanareyka-program".to_vec()),
    ];
    mail(from, to, "Канарейка-вред 500+", &files)
}

/// A mail with a header by which the reading process does something that it should not.
pub(super) fn deadly(from: &Account, to: &Account, what: &str) -> Vec<u8> {
    let mail = mail(from, to, &format!("Канарейка-гибель {what} 500+"), &[("Канарейка-гибель.docx", form())]);
    [format!("{}{what}\r\n", svodka::fault::MISBEHAVE).as_bytes(), &mail].concat()
}

/// What hardly is a mail.
pub(super) fn malformed(from: &Account, to: &Account) -> Vec<u8> {
    let head = format!(
        "From: \"kanareyka-malformed\" <{}\r\nTo: {}\r\nSubject: =?utf-8?B?kanareyka-malformed-subject=?= 500+\r\n\
         Message-ID: <kanareyka-malformed\r\nReferences: kanareyka-reference <<\r\nDate: kanareyka-date\r\n\
         Content-Type: multipart/mixed; boundary=\"kanareyka-boundary\r\nContent-Transfer-Encoding: kanareyka-encoding\r\n\r\n",
        from.address, to.address
    );
    [
        head.as_bytes(),
        b"--kanareyka-boundary\r\nContent-Disposition: attachment; filename*=kanareyka''%ff\r\n\r\n\xff\xfe\r\n",
    ]
    .concat()
}

/// An answer of a machine.
pub(super) fn automatic(from: &Account, to: &Account) -> Vec<u8> {
    let mail = mail(from, to, "Автоответ: канарейка-отпуск", &[]);
    [&b"Auto-Submitted: auto-replied\r\n"[..], &mail].concat()
}
