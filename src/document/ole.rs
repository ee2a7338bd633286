//! OLE compound files (MS-CFB): old Office formats, and new ones behind a password.

use std::io::{Cursor, Read};

use cfb::CompoundFile;

use super::{Format, Problem};

/// Whether these bytes begin a compound file.
pub(super) fn is(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1])
}

/// What the streams of a compound file make it; `None` where it cannot be opened. An encrypted package does not show
/// what it would be.
pub(super) enum Kind {
    /// A document of an old format.
    Document(Format),
    /// Office Open XML behind a password (MS-OFFCRYPTO §2.3).
    EncryptedPackage,
    /// Something else: a message of Outlook, an installer.
    Other,
}

/// Looks at the streams of a compound file.
pub(super) fn kind(bytes: &[u8]) -> Option<Kind> {
    let file = CompoundFile::open(Cursor::new(bytes)).ok()?;
    Some(if file.exists("EncryptedPackage") || file.exists("EncryptionInfo") {
        Kind::EncryptedPackage
    } else if file.exists("WordDocument") {
        Kind::Document(Format::Doc)
    } else if file.exists("PowerPoint Document") {
        Kind::Document(Format::Ppt)
    } else if file.exists("Workbook") || file.exists("Book") {
        Kind::Document(Format::Xls)
    } else {
        Kind::Other
    })
}

/// Why a compound file gives no document.
pub(super) fn problem(bytes: &[u8]) -> Problem {
    let locked = match kind(bytes) {
        Some(Kind::EncryptedPackage) => true,
        Some(Kind::Document(Format::Doc)) => return doc_problem(bytes),
        Some(Kind::Document(Format::Xls)) => xls_locked(bytes),
        Some(Kind::Document(_)) => ppt_locked(bytes),
        Some(Kind::Other) => return Problem::Unsupported,
        None => return Problem::Damaged,
    };
    if locked { Problem::Encrypted } else { Problem::NeedsConverter }
}

/// The flag `fEncrypted` in the header of a Word file tells a password (MS-DOC §2.5.2).
fn doc_problem(bytes: &[u8]) -> Problem {
    match stream(bytes, "WordDocument", 12).as_deref() {
        Some([0xEC, 0xA5, .., flags]) if flags & 1 != 0 => Problem::Encrypted,
        Some([_, .., _]) => Problem::NeedsConverter,
        _ => Problem::Damaged,
    }
}

/// A `FilePass` record among the first ones of an Excel file tells one (MS-XLS §2.4.117).
fn xls_locked(bytes: &[u8]) -> bool {
    let content = stream(bytes, "Workbook", 4096).or_else(|| stream(bytes, "Book", 4096)).unwrap_or_default();
    let mut rest = content.as_slice();
    while let Some(([a, b, c, d], body)) = rest.split_first_chunk::<4>() {
        if u16::from_le_bytes([*a, *b]) == 0x2F {
            return true;
        }
        rest = body.get(usize::from(u16::from_le_bytes([*c, *d]))..).unwrap_or_default();
    }
    false
}

/// The token of a PowerPoint file's current user tells one (MS-PPT §2.3.2).
fn ppt_locked(bytes: &[u8]) -> bool {
    stream(bytes, "Current User", 16).is_some_and(|user| user.ends_with(&[0xDF, 0xC4, 0xD1, 0xF3]))
}

/// The first bytes of a stream.
fn stream(bytes: &[u8], name: &str, most: u64) -> Option<Vec<u8>> {
    let mut file = CompoundFile::open(Cursor::new(bytes)).ok()?;
    let mut content = Vec::new();
    file.open_stream(name).ok()?.take(most).read_to_end(&mut content).ok()?;
    Some(content)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::{
        super::{Limits, read, sniff},
        *,
    };

    fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
        let mut file = CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        for (name, content) in streams {
            file.create_stream(name).unwrap().write_all(content).unwrap();
        }
        file.into_inner().into_inner()
    }

    #[test]
    fn row_56_old_formats_are_told_by_their_streams_and_passwords_by_their_marks() {
        let word = |flags| [&[0xEC, 0xA5][..], &[0; 9], &[flags], &[0; 20]].concat();
        let excel = |kind| [&[0x09, 0x08, 2, 0, 0, 6][..], &[kind, 0, 0, 0]].concat();
        let user = |token: [u8; 4]| [&[0; 12][..], &token, &[0; 8]].concat();
        for (name, streams, format, problem) in [
            ("Word", vec![("WordDocument", word(0))], Format::Doc, Problem::NeedsConverter),
            ("Word, locked", vec![("WordDocument", word(1))], Format::Doc, Problem::Encrypted),
            ("Word, cut", vec![("WordDocument", vec![])], Format::Doc, Problem::Damaged),
            ("Excel", vec![("Workbook", excel(0x42))], Format::Xls, Problem::NeedsConverter),
            ("Excel, locked", vec![("Workbook", excel(0x2F))], Format::Xls, Problem::Encrypted),
            ("Excel 5", vec![("Book", vec![])], Format::Xls, Problem::NeedsConverter),
            (
                "PowerPoint",
                vec![("PowerPoint Document", vec![]), ("Current User", user([0x5F, 0xC0, 0x91, 0xE3]))],
                Format::Ppt,
                Problem::NeedsConverter,
            ),
            (
                "PowerPoint, locked",
                vec![("PowerPoint Document", vec![]), ("Current User", user([0xDF, 0xC4, 0xD1, 0xF3]))],
                Format::Ppt,
                Problem::Encrypted,
            ),
            ("a package, locked", vec![("EncryptedPackage", vec![])], Format::Docx, Problem::Encrypted),
            ("a message", vec![("__properties_version1.0", vec![])], Format::Unknown, Problem::Unsupported),
        ] {
            let streams: Vec<_> = streams.iter().map(|(name, content)| (*name, content.as_slice())).collect();
            let bytes = compound(&streams);
            assert_eq!(sniff(&bytes, None, ""), format, "{name}");
            assert_eq!(read(&bytes, format, &Limits::default()), Err(problem), "{name}");
        }
        let broken = &compound(&[("WordDocument", &word(0))])[..700];
        assert_eq!(read(broken, Format::Doc, &Limits::default()), Err(Problem::NeedsConverter));
        assert_eq!(read(broken, Format::Docx, &Limits::default()), Err(Problem::Damaged));
        let locked = compound(&[("EncryptedPackage", b"")]);
        assert_eq!(sniff(&locked, Some("отчёт.xlsx"), ""), Format::Xlsx);
        assert_eq!(read(&locked, Format::Xlsx, &Limits::default()), Err(Problem::Encrypted));
    }
}
