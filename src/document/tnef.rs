//! winmail.dat: the attachments of a message by Outlook (MS-OXTNEF). Texts of the message itself are not looked at.

use encoding_rs::{Encoding, IBM866, KOI8_R, UTF_8, UTF_16LE, WINDOWS_1251, WINDOWS_1252};

use super::{
    Limits, Problem,
    archive::{Packed, display},
};

/// The four bytes that begin a TNEF stream (§2.1.3.1).
pub(super) const SIGNATURE: [u8; 4] = [0x78, 0x9F, 0x3E, 0x22];

const ATTACHMENT_BEGINS: u32 = 0x0006_9002;
const ATTACHMENT_DATA: u32 = 0x0006_800F;
const ATTACHMENT_TITLE: u32 = 0x0001_8010;
const ATTACHMENT_PROPERTIES: u32 = 0x0006_9005;
const CODE_PAGE: u32 = 0x0006_9007;

const LONG_NAME: u16 = 0x3707;
const SHORT_NAME: u16 = 0x3704;
const DATA: u16 = 0x3701;

/// Bytes that are read once, from front to back.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(length)?;
        self.0 = tail;
        Some(head)
    }

    fn u8(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2)?.first_chunk().map(|b| u16::from_le_bytes(*b))
    }

    fn u32(&mut self) -> Option<u32> {
        self.take(4)?.first_chunk().map(|b| u32::from_le_bytes(*b))
    }

    fn size(&mut self) -> Option<usize> {
        usize::try_from(self.u32()?).ok()
    }
}

#[derive(Default)]
struct Attachment {
    title: Option<String>,
    name: Option<String>,
    data: Option<Vec<u8>>,
}

impl Attachment {
    fn packed(self) -> Option<Packed> {
        let name = self.name.or(self.title).and_then(|name| display(&name));
        Some(Packed { name, bytes: self.data? })
    }
}

/// The attachments of a TNEF stream.
///
/// # Errors
/// [`Problem::Damaged`] where it is cut short, [`Problem::Hostile`] past a limit.
pub(super) fn unpack(bytes: &[u8], limits: &Limits) -> Result<Vec<Packed>, Problem> {
    let mut rest = Bytes(bytes.strip_prefix(&SIGNATURE).ok_or(Problem::Damaged)?);
    rest.u16().ok_or(Problem::Damaged)?;
    let mut encoding = WINDOWS_1251;
    let mut files = Vec::new();
    let mut current: Option<Attachment> = None;
    while rest.u8().is_some() {
        let id = rest.u32().ok_or(Problem::Damaged)?;
        let length = rest.size().ok_or(Problem::Damaged)?;
        let value = rest.take(length).ok_or(Problem::Damaged)?;
        rest.u16().ok_or(Problem::Damaged)?;
        match (id, &mut current) {
            (CODE_PAGE, _) => encoding = Bytes(value).u32().map_or(encoding, code_page),
            (ATTACHMENT_BEGINS, _) => {
                files.extend(current.take().and_then(Attachment::packed));
                if files.len() >= limits.entries {
                    return Err(Problem::Hostile);
                }
                current = Some(Attachment::default());
            }
            (ATTACHMENT_DATA, Some(attachment)) => attachment.data = Some(value.to_vec()),
            (ATTACHMENT_TITLE, Some(attachment)) => attachment.title = Some(text(value, encoding)),
            (ATTACHMENT_PROPERTIES, Some(attachment)) => {
                // Properties that make no sense leave what the attributes said.
                let _ = properties(Bytes(value), attachment, encoding);
            }
            _ => {}
        }
    }
    files.extend(current.and_then(Attachment::packed));
    Ok(files)
}

/// The properties of an attachment (§2.1.3.4); `None` where they end within a value.
fn properties(mut rest: Bytes<'_>, attachment: &mut Attachment, encoding: &'static Encoding) -> Option<()> {
    for _ in 0..rest.u32()? {
        let kind = rest.u16()?;
        let id = rest.u16()?;
        if id >= 0x8000 {
            rest.take(16)?;
            if rest.u32()? == 0 {
                rest.take(4)?;
            } else {
                let length = rest.size()?;
                rest.take(length.checked_next_multiple_of(4)?)?;
            }
        }
        let variable = matches!(kind & 0x0FFF, 0x000D | 0x001E | 0x001F | 0x0102);
        let values = if variable || kind & 0x1000 != 0 { rest.u32()? } else { 1 };
        for _ in 0..values {
            let length = if variable { rest.size()? } else { fixed_size(kind & 0x0FFF)? };
            let value = rest.take(length)?;
            // The last value may lack its padding.
            rest.take((length.checked_next_multiple_of(4)? - length).min(rest.0.len()))?;
            match (id, kind) {
                (LONG_NAME, 0x001F) => attachment.name = Some(text(value, UTF_16LE)),
                (LONG_NAME, 0x001E) => attachment.name = Some(text(value, encoding)),
                (SHORT_NAME, 0x001F) if attachment.name.is_none() => attachment.name = Some(text(value, UTF_16LE)),
                // A message within is a stream of its own behind the name of its interface.
                (DATA, 0x000D) => {
                    if let Some(inner) = value.get(16..).filter(|inner| inner.starts_with(&SIGNATURE)) {
                        attachment.data = Some(inner.to_vec());
                    }
                }
                (DATA, 0x0102) => attachment.data = Some(value.to_vec()),
                _ => {}
            }
        }
    }
    Some(())
}

fn fixed_size(kind: u16) -> Option<usize> {
    match kind {
        0x0002 | 0x0003 | 0x0004 | 0x000A | 0x000B => Some(4),
        0x0005 | 0x0006 | 0x0007 | 0x0014 | 0x0040 => Some(8),
        0x0048 => Some(16),
        _ => None,
    }
}

fn code_page(number: u32) -> &'static Encoding {
    match number {
        866 => IBM866,
        1252 => WINDOWS_1252,
        20866 => KOI8_R,
        65001 => UTF_8,
        _ => WINDOWS_1251,
    }
}

fn text(value: &[u8], encoding: &'static Encoding) -> String {
    encoding.decode_without_bom_handling(value).0.trim_end_matches('\0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(level: u8, id: u32, value: &[u8]) -> Vec<u8> {
        let sum = value.iter().fold(0_u16, |sum, b| sum.wrapping_add(u16::from(*b)));
        let length = u32::try_from(value.len()).unwrap();
        [&[level][..], &id.to_le_bytes(), &length.to_le_bytes(), value, &sum.to_le_bytes()].concat()
    }

    fn long_name(name: &str) -> Vec<u8> {
        let utf16: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
        let mut value = [1_u32.to_le_bytes().as_slice(), &0x001F_u16.to_le_bytes(), &LONG_NAME.to_le_bytes()].concat();
        value.extend(1_u32.to_le_bytes());
        value.extend(u32::try_from(utf16.len()).unwrap().to_le_bytes());
        value.extend(&utf16);
        value.resize(value.len().next_multiple_of(4), 0);
        value
    }

    fn winmail() -> Vec<u8> {
        [
            SIGNATURE.to_vec(),
            vec![1, 0],
            attribute(1, CODE_PAGE, &[0xE3, 4, 0, 0, 0, 0, 0, 0]),
            attribute(1, 0x0001_8004, b"subject\0"),
            attribute(2, ATTACHMENT_BEGINS, &[0; 14]),
            attribute(2, ATTACHMENT_TITLE, &WINDOWS_1251.encode("Форма.docx\0").0),
            attribute(2, ATTACHMENT_DATA, b"first"),
            attribute(2, ATTACHMENT_BEGINS, &[0; 14]),
            attribute(2, ATTACHMENT_DATA, b"second"),
            attribute(2, ATTACHMENT_TITLE, b"DOKLAD~1.DOC\0"),
            attribute(2, ATTACHMENT_PROPERTIES, &long_name("..\\Доклад школы.docx")),
        ]
        .concat()
    }

    #[test]
    fn attachments_come_with_their_full_names() {
        let files = unpack(&winmail(), &Limits::default()).unwrap();
        let seen: Vec<_> = files.iter().map(|f| (f.name.as_deref().unwrap(), f.bytes.as_slice())).collect();
        assert_eq!(seen, [("Форма.docx", &b"first"[..]), ("Доклад школы.docx", b"second")]);
    }

    #[test]
    fn a_stream_that_is_cut_short_is_damaged_and_never_panics() {
        let whole = winmail();
        let ends = |cut: &usize| unpack(&whole[..*cut], &Limits::default()).is_err();
        assert!((0..whole.len()).filter(ends).count() > whole.len() - 20);
        assert_eq!(unpack(b"", &Limits::default()), Err(Problem::Damaged));
    }

    #[test]
    fn a_count_without_values_ends_at_once() {
        let many = [1_u32.to_le_bytes(), [0x01, 0x10, 0x07, 0x37], u32::MAX.to_le_bytes()].concat();
        let stream = [
            SIGNATURE.to_vec(),
            vec![1, 0],
            attribute(2, ATTACHMENT_BEGINS, &[]),
            attribute(2, ATTACHMENT_PROPERTIES, &many),
            attribute(2, ATTACHMENT_DATA, b"x"),
        ];
        assert_eq!(unpack(&stream.concat(), &Limits::default()).unwrap().len(), 1);
    }
}
