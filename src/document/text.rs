//! Plain text: its character set, and its lines.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8};

use super::{Block, Document, Limits, Paragraph, Problem};

/// Reads plain text, a paragraph a line.
///
/// # Errors
/// [`Problem::Empty`] where there is no text, [`Problem::Hostile`] past a limit.
pub fn read(bytes: &[u8], charset: Option<&str>, limits: &Limits) -> Result<Document, Problem> {
    if bytes.len() > limits.text_bytes {
        return Err(Problem::Hostile);
    }
    let text = decode(bytes, charset);
    if text.trim().is_empty() {
        return Err(Problem::Empty);
    }
    Ok(lines(&text))
}

/// A paragraph for each line.
pub fn lines(text: &str) -> Document {
    let blocks = text
        .lines()
        .map(|line| line.trim_end_matches(['\r', '\n']))
        .map(|line| Block::Paragraph(Paragraph::from(line)))
        .collect();
    Document { blocks, ..Document::default() }
}

/// Text from bytes: a byte order mark, else the declared character set where the bytes bear it out, else a guess.
pub fn decode(bytes: &[u8], charset: Option<&str>) -> String {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0.into_owned();
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let declared = charset.and_then(|name| Encoding::for_label(name.trim().as_bytes()));
    if let Some(encoding) = declared.filter(|encoding| *encoding != UTF_8) {
        let (text, _, malformed) = encoding.decode(bytes);
        if !malformed {
            return text.into_owned();
        }
    }
    guess(bytes).decode(bytes).0.into_owned()
}

/// The likeliest character set of Russian text that is not UTF-8.
fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(Some(b"ru"), Utf8Detection::Allow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn russian_text_is_read_in_every_character_set_that_schools_use() {
        let text = "Направляем заполненную форму и проект выступления школы";
        for encoding in [encoding_rs::WINDOWS_1251, encoding_rs::KOI8_R, encoding_rs::IBM866, UTF_8] {
            let (bytes, _, _) = encoding.encode(text);
            assert_eq!(decode(&bytes, None), text, "{}", encoding.name());
            assert_eq!(decode(&bytes, Some(encoding.name())), text, "{}", encoding.name());
            assert_eq!(decode(&bytes, Some("utf-8")), text, "wrongly declared {}", encoding.name());
        }
    }

    #[test]
    fn a_line_is_a_paragraph() {
        let document = read("один\r\n\r\nдва".as_bytes(), None, &Limits::default()).unwrap();
        assert_eq!(document.text(), "один\n\nдва");
        assert_eq!(read(b" \n ", None, &Limits::default()), Err(Problem::Empty));
    }
}
