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

/// Why a compound file under the name of a new format gives no document.
pub(super) fn problem(bytes: &[u8]) -> Problem {
    match kind(bytes) {
        Some(Kind::EncryptedPackage) => Problem::Encrypted,
        Some(Kind::Document(Format::Doc)) => doc_problem(bytes),
        Some(Kind::Document(_)) => Problem::NeedsConverter,
        Some(Kind::Other) => Problem::Unsupported,
        None => Problem::Damaged,
    }
}

/// Why a Word 97–2003 file gives no document: the flag `fEncrypted` of its header (MS-DOC §2.5.2) tells a password.
pub(super) fn doc_problem(bytes: &[u8]) -> Problem {
    match stream(bytes, "WordDocument", 12) {
        Some(header) => match (header.first_chunk::<2>(), header.get(11)) {
            (Some([0xEC, 0xA5]), Some(flags)) if flags & 1 != 0 => Problem::Encrypted,
            (Some(_), Some(_)) => Problem::NeedsConverter,
            _ => Problem::Damaged,
        },
        None => Problem::Damaged,
    }
}

/// The first bytes of a stream.
pub(super) fn stream(bytes: &[u8], name: &str, most: u64) -> Option<Vec<u8>> {
    let mut file = CompoundFile::open(Cursor::new(bytes)).ok()?;
    let mut content = Vec::new();
    file.open_stream(name).ok()?.take(most).read_to_end(&mut content).ok()?;
    Some(content)
}
