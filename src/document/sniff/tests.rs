use super::{
    super::{
        read,
        testing::{Word, Zip, p, r},
    },
    *,
};

fn of(bytes: &[u8], name: &str, media_type: &str) -> Format {
    sniff(bytes, Some(name), media_type)
}

fn word() -> Vec<u8> {
    Word::new(&p(&r("текст"))).bytes()
}

#[test]
fn content_decides_against_name_and_type() {
    assert_eq!(of(&word(), "форма.pdf", "application/pdf"), Format::Docx);
    assert_eq!(of(&word(), "архив.zip", "application/zip"), Format::Docx);
    assert_eq!(of(b"%PDF-1.4 ...", "форма.docx", ""), Format::Pdf);
    assert_eq!(of(b"\xEF\xBB\xBF\r\n%PDF-1.4", "форма.docx", ""), Format::Pdf);
    assert_eq!(of(b"{\\rtf1\\ansi", "форма.doc", "application/msword"), Format::Rtf);
    assert_eq!(of(b"<html xmlns:o=\"x\"><body>", "форма.doc", "application/msword"), Format::Html);
    assert_eq!(of(b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR", "форма.docx", ""), Format::Image);
    assert_eq!(of(b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xFF\xFF\0\0", "форма.docx", ""), Format::Unknown);
}

#[test]
fn archives_are_told_from_documents() {
    let with = |name: &str, content: &[u8]| Zip::new().file(name, content).bytes();
    let odf = |kind: &str| with("mimetype", format!("application/vnd.oasis.opendocument.{kind}").as_bytes());
    assert_eq!(of(&word(), "", ""), Format::Docx);
    assert_eq!(of(&with("ppt/presentation.xml", b""), "", ""), Format::Pptx);
    assert_eq!(of(&with("xl/workbook.xml", b""), "", ""), Format::Xlsx);
    assert_eq!(of(&odf("text"), "", ""), Format::Odt);
    assert_eq!(of(&odf("text-template\n"), "", ""), Format::Odt);
    assert_eq!(of(&odf("presentation"), "", ""), Format::Odp);
    assert_eq!(of(&odf("spreadsheet"), "", ""), Format::Ods);
    assert_eq!(of(&with("mimetype", b"application/epub+zip"), "", ""), Format::Unknown);
    assert_eq!(of(&with("форма.docx", &word()), "", ""), Format::Zip);
    assert_eq!(of(&with("папка/word/document.xml", b""), "", ""), Format::Zip);
    let types = br#"<Override PartName="/a.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>"#;
    assert_eq!(of(&Zip::new().file("[Content_Types].xml", types).file("a.xml", b"").bytes(), "", ""), Format::Docx);
    assert_eq!(of(b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "", ""), Format::Zip);
    assert_eq!(of(b"Rar!\x1A\x07\x01\0", "", ""), Format::Rar);
    assert_eq!(of(b"7z\xBC\xAF\x27\x1C\0\x04", "", ""), Format::SevenZip);
    assert_eq!(of(b"\x78\x9F\x3E\x22\x01\0", "winmail.dat", ""), Format::Tnef);
}

#[test]
fn a_broken_document_stays_a_document() {
    let cut = &word()[..300];
    assert_eq!(of(cut, "", ""), Format::Docx);
    assert_eq!(of(&[0; 5_000], "форма.docx", ""), Format::Docx);
    assert_eq!(read(&[0; 5_000], Format::Docx, &Limits::default()), Err(Problem::Damaged));
    for (format, name) in [(Format::Doc, "форма.doc"), (Format::Pdf, "форма.pdf"), (Format::Rtf, "форма.rtf")]
    {
        assert_eq!(of(&[0; 5_000], name, ""), format);
        assert_eq!(read(&[0; 5_000], format, &Limits::default()), Err(Problem::Damaged));
    }
    assert_eq!(of(&[0; 5_000], "форма.bin", ""), Format::Unknown);
    assert_eq!(of(b"", "форма.docx", ""), Format::Docx);
    assert_eq!(of(b"", "форма", "application/msword"), Format::Doc);
    assert_eq!(of(b"", "форма", ""), Format::Unknown);
}

#[test]
fn pictures_of_every_kind_are_pictures() {
    for bytes in [
        &b"\xFF\xD8\xFF\xE0\0\x10JFIF\0"[..],
        b"GIF89a\x01\0\x01\0",
        b"II*\0\x08\0\0\0",
        b"MM\0*\0\0\0\x08",
        b"RIFF\x24\0\0\0WEBPVP8 ",
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
        b"<?xml version=\"1.0\"?><svg/>",
    ] {
        assert_eq!(of(bytes, "скан.docx", ""), Format::Image, "{bytes:?}");
        assert_eq!(read(bytes, Format::Image, &Limits::default()), Err(Problem::Scan));
    }
}

#[test]
fn texts_are_told_apart_in_any_encoding() {
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    let mail = "Received: from a\r\nFrom: a@b.ru\r\nSubject: x\r\n\r\nтекст";
    assert_eq!(of("Уважаемые коллеги!".as_bytes(), "a.txt", ""), Format::Text);
    assert_eq!(of(&encoding_rs::WINDOWS_1251.encode("Уважаемые коллеги!").0, "", ""), Format::Text);
    assert_eq!(of(&encoding_rs::IBM866.encode("Уважаемые коллеги!").0, "", ""), Format::Text);
    assert_eq!(of(&encoding_rs::KOI8_R.encode("Уважаемые коллеги!").0, "", ""), Format::Text);
    assert_eq!(of(&utf16("\u{FEFF}Уважаемые"), "", ""), Format::Text);
    assert_eq!(of(&utf16("Уважаемые"), "", ""), Format::Text);
    assert_eq!(of(&utf16("\u{FEFF}<html><body>"), "", ""), Format::Html);
    assert_eq!(of(b"  <!-- x --><!DOCTYPE html><p>a", "", ""), Format::Html);
    assert_eq!(of(b"<?xml version='1.0'?><html/>", "", ""), Format::Html);
    assert_eq!(of(b"<?mso-application progid=\"Word.Document\"?><w:wordDocument>", "", ""), Format::Doc);
    assert_eq!(of(b"<note>1</note>", "a.xml", ""), Format::Unknown);
    assert_eq!(of(mail.as_bytes(), "", ""), Format::Message);
    assert_eq!(of(format!("From a@b Mon\r\n{mail}").as_bytes(), "", ""), Format::Message);
    assert_eq!(of("Subject: x\r\n\r\nтекст".as_bytes(), "письмо.eml", ""), Format::Message);
    assert_eq!(of("From: школа\r\nDate: завтра\r\nSubject: форма".as_bytes(), "письмо.txt", ""), Format::Text);
    assert_eq!(of("Вопрос: ответ\r\nДа: нет".as_bytes(), "", "message/rfc822"), Format::Text);
    assert_eq!(of(b"BEGIN:VCALENDAR\r\n", "", ""), Format::Calendar);
}

#[test]
fn signatures_are_never_documents() {
    let der = b"\x30\x82\x01\x00\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02\xA0\x82";
    assert_eq!(of(der, "форма.docx.sig", ""), Format::Signature);
    assert_eq!(of(b"MIIHvQYJKoZIhvcNAQcC", "форма.docx.sig", ""), Format::Signature);
    assert_eq!(of(b"-----BEGIN PGP SIGNATURE-----\n", "", ""), Format::Signature);
    assert_eq!(of(b"BEGIN:VCARD\r\n", "", ""), Format::Signature);
    assert_eq!(of(&word(), "форма.docx.sig", ""), Format::Docx);
}

#[test]
fn a_pdf_behind_a_password_is_told_by_its_trailer() {
    let pdf = |trailer: &str| convertible(format!("%PDF-1.7\n{trailer}").as_bytes(), Format::Pdf);
    assert_eq!(pdf("trailer << /Encrypt 5 0 R >>"), Problem::Encrypted);
    assert_eq!(pdf("<</Encrypt<</Filter/Standard>>>>"), Problem::Encrypted);
    assert_eq!(pdf("trailer << /EncryptMetadata false >>"), Problem::NeedsConverter);
}
