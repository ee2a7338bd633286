//! What a file is. Content decides; the sender's name and type choose only where the content leaves a choice.

use std::borrow::Cow;

use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE};
use file_format::{FileFormat, Kind};
use memchr::memmem;

use super::{Format, Limits, Problem, ole, package::Package, tnef};

/// How much of a text is looked at.
const HEAD: usize = 64 << 10;

/// The format of a file.
pub fn sniff(bytes: &[u8], name: Option<&str>, media_type: &str) -> Format {
    let claimed = claimed(name, media_type);
    if bytes.is_empty() {
        return claimed.unwrap_or(Format::Unknown);
    }
    if let Some(format) = by_signature(bytes, claimed) {
        return format;
    }
    if let Some(text) = text_head(bytes) {
        return of_text(&text, claimed, extension(name).as_deref());
    }
    let format = FileFormat::from_bytes(bytes.get(..bytes.len().min(HEAD)).unwrap_or_default());
    match format.kind() {
        Kind::Image => Format::Image,
        // Bytes that are nothing at all may be a document that broke on its way; the reader will say so.
        _ if format == FileFormat::ArbitraryBinaryData && !bytes.starts_with(b"MZ") => match claimed {
            Some(
                broken @ (Format::Docx
                | Format::Pptx
                | Format::Xlsx
                | Format::Odt
                | Format::Odp
                | Format::Ods
                | Format::Doc
                | Format::Ppt
                | Format::Xls
                | Format::Rtf
                | Format::Pdf
                | Format::Zip),
            ) => broken,
            _ => Format::Unknown,
        },
        _ => Format::Unknown,
    }
}

/// What is odd about a name, for [`super::Document::oddities`]: it promises another format than the bytes hold.
pub fn misnamed(format: Format, name: &str) -> Option<String> {
    let promised = by_extension(&extension(Some(name))?)?;
    // Word opens these under any of their names, and so do people.
    let alike = promised == format || (promised == Format::Text && matches!(format, Format::Html | Format::Message));
    (!alike).then(|| "the name promises another format than the content has".to_owned())
}

/// Why a file of a format that only an office suite reads gives no document here.
pub(super) fn convertible(bytes: &[u8], format: Format) -> Problem {
    match format {
        // Office suites forgive more than a strict reader of compound files does.
        Format::Doc | Format::Ppt | Format::Xls if ole::is(bytes) && ole::kind(bytes).is_none() => {
            Problem::NeedsConverter
        }
        Format::Doc | Format::Ppt | Format::Xls if ole::is(bytes) => ole::problem(bytes),
        // Word XML of 2003, and what else Word opens under this name.
        Format::Doc if text_head(bytes).is_some() => Problem::NeedsConverter,
        Format::Rtf if rtf(bytes) => Problem::NeedsConverter,
        Format::Pdf if pdf(bytes) => {
            if pdf_encrypted(bytes) {
                Problem::Encrypted
            } else {
                Problem::NeedsConverter
            }
        }
        _ => Problem::Damaged,
    }
}

fn extension(name: Option<&str>) -> Option<String> {
    let (_, extension) = name?.trim().trim_end_matches(['"', '\'', '.']).rsplit_once('.')?;
    Some(extension.trim().to_lowercase())
}

fn by_extension(extension: &str) -> Option<Format> {
    Some(match extension {
        "docx" | "docm" | "dotx" | "dotm" => Format::Docx,
        "pptx" | "pptm" | "ppsx" | "potx" => Format::Pptx,
        "xlsx" | "xlsm" | "xltx" => Format::Xlsx,
        "odt" | "ott" => Format::Odt,
        "odp" | "otp" => Format::Odp,
        "ods" | "ots" => Format::Ods,
        "doc" | "dot" => Format::Doc,
        "ppt" | "pps" | "pot" => Format::Ppt,
        "xls" | "xlt" => Format::Xls,
        "rtf" => Format::Rtf,
        "pdf" => Format::Pdf,
        "txt" | "text" | "csv" | "md" => Format::Text,
        "htm" | "html" | "xhtml" => Format::Html,
        "jpg" | "jpeg" | "png" | "gif" | "bmp" | "tif" | "tiff" | "webp" | "heic" | "heif" | "svg" => Format::Image,
        "zip" => Format::Zip,
        "rar" => Format::Rar,
        "7z" => Format::SevenZip,
        "eml" | "mht" | "mhtml" => Format::Message,
        "ics" => Format::Calendar,
        "vcf" | "p7s" | "p7m" | "sig" | "sgn" | "asc" => Format::Signature,
        _ => return None,
    })
}

fn claimed(name: Option<&str>, media_type: &str) -> Option<Format> {
    if let Some(format) = extension(name).and_then(|extension| by_extension(&extension)) {
        return Some(format);
    }
    let media_type = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    Some(match media_type.as_str() {
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => Format::Docx,
        "application/vnd.openxmlformats-officedocument.presentationml.presentation" => Format::Pptx,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => Format::Xlsx,
        "application/vnd.oasis.opendocument.text" => Format::Odt,
        "application/vnd.oasis.opendocument.presentation" => Format::Odp,
        "application/vnd.oasis.opendocument.spreadsheet" => Format::Ods,
        "application/msword" => Format::Doc,
        "application/vnd.ms-powerpoint" => Format::Ppt,
        "application/vnd.ms-excel" => Format::Xls,
        "application/rtf" | "text/rtf" => Format::Rtf,
        "application/pdf" => Format::Pdf,
        "text/plain" | "text/csv" => Format::Text,
        "text/html" => Format::Html,
        "message/rfc822" => Format::Message,
        "text/calendar" => Format::Calendar,
        "application/pkcs7-signature"
        | "application/x-pkcs7-signature"
        | "application/pgp-signature"
        | "text/vcard" => Format::Signature,
        _ => return None,
    })
}

fn by_signature(bytes: &[u8], claimed: Option<Format>) -> Option<Format> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") || bytes.starts_with(b"PK\x07\x08") {
        return Some(of_zip(bytes, claimed));
    }
    if ole::is(bytes) {
        return Some(of_ole(bytes, claimed));
    }
    if rtf(bytes) {
        return Some(Format::Rtf);
    }
    if pdf(bytes) {
        return Some(Format::Pdf);
    }
    if bytes.starts_with(b"Rar!\x1A\x07") {
        return Some(Format::Rar);
    }
    if bytes.starts_with(b"7z\xBC\xAF\x27\x1C") {
        return Some(Format::SevenZip);
    }
    if bytes.starts_with(&tnef::SIGNATURE) {
        return Some(Format::Tnef);
    }
    // CMS content (RFC 5652): a sequence that begins with one of the PKCS#7 identifiers, 1.2.840.113549.1.7.
    let head = bytes.get(..bytes.len().min(32)).unwrap_or_default();
    let cms = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07];
    (bytes.starts_with(&[0x30]) && memmem::find(head, &cms).is_some()).then_some(Format::Signature)
}

fn rtf(bytes: &[u8]) -> bool {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start().starts_with(b"{\\rt")
}

/// Readers accept a PDF whose header stands anywhere in the first kilobyte (ISO 32000-1, annex H, note 13).
fn pdf(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(1024)).unwrap_or_default();
    memmem::find(head, b"%PDF-").is_some()
}

/// Whether the trailer names an encryption dictionary (ISO 32000-1 §7.6.1).
fn pdf_encrypted(bytes: &[u8]) -> bool {
    memmem::find_iter(bytes, b"/Encrypt").any(|at| {
        let next = bytes.get(at + "/Encrypt".len());
        next.is_some_and(|b| b.is_ascii_whitespace() || matches!(b, b'<' | b'/'))
    })
}

fn of_zip(bytes: &[u8], claimed: Option<Format>) -> Format {
    let limits = Limits::default();
    let Ok(mut package) = Package::open(bytes, &limits) else {
        return of_broken_zip(bytes, claimed);
    };
    if package.has("mimetype") {
        let kind = package.part("mimetype").ok().flatten().unwrap_or_default();
        return match String::from_utf8_lossy(&kind).trim().trim_end_matches("-template") {
            "application/vnd.oasis.opendocument.text" | "application/vnd.oasis.opendocument.text-master" => Format::Odt,
            "application/vnd.oasis.opendocument.presentation" => Format::Odp,
            "application/vnd.oasis.opendocument.spreadsheet" => Format::Ods,
            kind if kind.starts_with("application/") => Format::Unknown,
            _ => Format::Zip,
        };
    }
    if let Some(format) = of_names(|prefix| package.names().any(|name| name.starts_with(prefix))) {
        return format;
    }
    if package.has("[Content_Types].xml") {
        let types = package.part("[Content_Types].xml").ok().flatten().unwrap_or_default();
        let main = |text: &str| memmem::find(&types, text.as_bytes()).is_some();
        return if main("wordprocessingml.document.main") {
            Format::Docx
        } else if main("presentationml.presentation.main") {
            Format::Pptx
        } else if main("spreadsheetml.sheet.main") {
            Format::Xlsx
        } else {
            match claimed {
                Some(office @ (Format::Docx | Format::Pptx | Format::Xlsx)) => office,
                _ => Format::Unknown,
            }
        };
    }
    if package.has("content.xml") && package.has("META-INF/manifest.xml") {
        return match claimed {
            Some(open @ (Format::Odp | Format::Ods)) => open,
            _ => Format::Odt,
        };
    }
    if package.has("Index/Document.iwa") || package.has("AndroidManifest.xml") || package.has("META-INF/MANIFEST.MF") {
        return Format::Unknown;
    }
    // An archive whose main part is gone is a broken document, not a bag of files.
    match claimed {
        Some(office @ (Format::Docx | Format::Pptx | Format::Xlsx | Format::Odt | Format::Odp | Format::Ods)) => office,
        _ => Format::Zip,
    }
}

fn of_names(any: impl Fn(&str) -> bool) -> Option<Format> {
    if any("word/document") {
        Some(Format::Docx)
    } else if any("ppt/presentation") {
        Some(Format::Pptx)
    } else if any("xl/workbook.xml") {
        Some(Format::Xlsx)
    } else {
        None
    }
}

/// A ZIP container without a readable directory: the names that stand before its parts tell what it was.
fn of_broken_zip(bytes: &[u8], claimed: Option<Format>) -> Format {
    if let Some(
        office @ (Format::Docx | Format::Pptx | Format::Xlsx | Format::Odt | Format::Odp | Format::Ods | Format::Zip),
    ) = claimed
    {
        return office;
    }
    let first = bytes.get(30..bytes.len().min(110)).unwrap_or_default();
    let begins = |name: &str| first.starts_with(name.as_bytes());
    if begins("mimetypeapplication/vnd.oasis.opendocument.text") {
        return Format::Odt;
    }
    if begins("mimetypeapplication/vnd.oasis.opendocument.presentation") {
        return Format::Odp;
    }
    if begins("mimetypeapplication/vnd.oasis.opendocument.spreadsheet") {
        return Format::Ods;
    }
    let office = ["[Content_Types].xml", "_rels/", "docProps/", "word/", "ppt/", "xl/"].iter().any(|name| begins(name));
    let named = || of_names(|name| memmem::find(bytes, name.as_bytes()).is_some());
    if office { named().unwrap_or(Format::Docx) } else { Format::Zip }
}

fn of_ole(bytes: &[u8], claimed: Option<Format>) -> Format {
    match ole::kind(bytes) {
        Some(ole::Kind::Document(format)) => format,
        Some(ole::Kind::EncryptedPackage) => match claimed {
            Some(format @ (Format::Pptx | Format::Xlsx)) => format,
            _ => Format::Docx,
        },
        Some(ole::Kind::Other) => Format::Unknown,
        None => match claimed {
            Some(format @ (Format::Doc | Format::Ppt | Format::Xls | Format::Docx | Format::Pptx | Format::Xlsx)) => {
                format
            }
            _ => Format::Unknown,
        },
    }
}

/// The beginning of a text in any encoding, good enough to see its markup; `None` for bytes that are no text.
fn text_head(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let head = bytes.get(..bytes.len().min(HEAD))?;
    let encoding = match (encoding_rs::Encoding::for_bom(head), head) {
        (Some((encoding, _)), _) => encoding,
        (None, [0, low, 0, second, ..]) if low.is_ascii_graphic() && *second != 0 => UTF_16BE,
        (None, [low, 0, second, 0, ..]) if low.is_ascii_graphic() && *second != 0 => UTF_16LE,
        // Cyrillic without a mark: the high byte of every other character.
        (None, [_, 4, _, 4, ..]) => UTF_16LE,
        (None, [4, _, 4, _, ..]) => UTF_16BE,
        _ => {
            let odd = head.iter().filter(|b| b.is_ascii_control() && !matches!(b, 9..=13 | 26 | 27)).count();
            if head.contains(&0) || odd * 100 > head.len() {
                return None;
            }
            return Some(match std::str::from_utf8(head) {
                Ok(text) => text.into(),
                Err(_) => head.iter().map(|b| char::from(*b)).collect::<String>().into(),
            });
        }
    };
    let text = encoding.decode(head).0;
    let odd = text.chars().filter(|c| *c == '\u{FFFD}' || (c.is_control() && !matches!(c, '\t' | '\n' | '\r'))).count();
    (encoding == UTF_8 || odd * 100 <= text.chars().count()).then_some(text)
}

fn of_text(text: &str, claimed: Option<Format>, extension: Option<&str>) -> Format {
    let text = text.trim_start_matches('\u{FEFF}').trim_start();
    let begins = |start: &str| text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start));
    if begins("BEGIN:VCALENDAR") {
        return Format::Calendar;
    }
    let armoured = ["BEGIN:VCARD", "-----BEGIN PGP ", "-----BEGIN PKCS7", "-----BEGIN CERTIFICATE", "-----BEGIN CMS"];
    // Text that is only signed can be read.
    if armoured.iter().any(|start| begins(start)) && !begins("-----BEGIN PGP SIGNED") {
        return Format::Signature;
    }
    // A CMS signature in Base64: a sequence always begins with these letters.
    if claimed == Some(Format::Signature) && (begins("MII") || begins("MIA")) {
        return Format::Signature;
    }
    if text.starts_with('<') {
        return of_markup(text, claimed);
    }
    if message(text, claimed) {
        return Format::Message;
    }
    if claimed == Some(Format::Html) && text.contains('<') {
        return Format::Html;
    }
    // Other kinds of text are no documents, whatever their letters are.
    match extension {
        Some("js" | "vbs" | "bat" | "cmd" | "ps1" | "url" | "lnk" | "json" | "xml" | "ini" | "reg" | "css") => {
            Format::Unknown
        }
        _ => Format::Text,
    }
}

fn of_markup(text: &str, claimed: Option<Format>) -> Format {
    let head: String = text.chars().take(8 << 10).collect::<String>().to_ascii_lowercase();
    let holds = |tags: &[&str]| tags.iter().any(|tag| head.contains(tag));
    if holds(&["progid=\"word.document\"", "schemas.microsoft.com/office/2006/xmlpackage", "<w:worddocument"]) {
        return Format::Doc;
    }
    if holds(&["<html", "<!doctype html", "<head", "<body", "<table", "<div", "<p>", "<p ", "<br", "<span", "<font"]) {
        return Format::Html;
    }
    if holds(&["<svg"]) {
        return Format::Image;
    }
    match claimed {
        Some(Format::Html) => Format::Html,
        Some(Format::Text) => Format::Text,
        _ => Format::Unknown,
    }
}

/// Whether a text begins with the header of a message (RFC 5322 §2.2).
fn message(text: &str, claimed: Option<Format>) -> bool {
    const TRACE: [&str; 8] = [
        "received",
        "return-path",
        "mime-version",
        "message-id",
        "delivered-to",
        "x-mailer",
        "dkim-signature",
        "content-transfer-encoding",
    ];
    let (mut plain, mut trace) = (0, 0);
    let text = if text.starts_with("From ") { text.split_once('\n').map_or("", |(_, rest)| rest) } else { text };
    for line in text.lines().take(100) {
        if line.starts_with([' ', '\t']) {
            continue;
        }
        let Some((name, _)) = line.split_once(':') else { break };
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_graphic()) {
            break;
        }
        let name = name.to_ascii_lowercase();
        trace += usize::from(TRACE.contains(&name.as_str()));
        plain += usize::from(matches!(name.as_str(), "from" | "to" | "date" | "subject" | "content-type"));
    }
    match claimed {
        Some(Format::Message) => plain + trace >= 1,
        _ => trace >= 1 && plain + trace >= 3,
    }
}

#[cfg(test)]
mod tests;
