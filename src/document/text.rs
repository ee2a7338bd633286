//! Plain text → a [`Document`]: a line a paragraph.

use super::{Block, Document, Limits, Paragraph, Problem, charset};

/// What a line costs besides its text, so that millions of empty ones pass the limit too.
const LINE_COST: usize = 8;

/// Reads plain text; `charset` is what its sender declared. Tabulators stay, a form feed is a [`Block::Break`].
///
/// # Errors
/// [`Problem::Empty`] where there is nothing to be seen, [`Problem::Hostile`] past a limit.
pub fn read(bytes: &[u8], charset: Option<&str>, limits: &Limits) -> Result<Document, Problem> {
    if bytes.len() > limits.text_bytes.saturating_mul(2) {
        return Err(Problem::Hostile);
    }
    let text = charset::decode(bytes, charset);
    let lines = text.bytes().filter(|b| matches!(b, b'\n' | b'\r' | 0xC)).count();
    if text.len().saturating_add(lines.saturating_mul(LINE_COST)) > limits.text_bytes.saturating_mul(2) {
        return Err(Problem::Hostile);
    }
    let blocks = blocks(&text);
    let seen = |block: &Block| matches!(block, Block::Paragraph(p) if !p.text.trim().is_empty());
    if blocks.iter().any(seen) { Ok(Document { blocks, ..Document::default() }) } else { Err(Problem::Empty) }
}

/// A paragraph for each line, whatever ends it.
fn blocks(text: &str) -> Vec<Block> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut blocks = Vec::new();
    for (page, lines) in text.trim_end().split('\u{C}').enumerate() {
        if page > 0 {
            blocks.push(Block::Break);
        }
        let shown = |line: &str| line.chars().filter(|c| !c.is_control() || *c == '\t').collect::<String>();
        blocks.extend(lines.split('\n').map(|line| Block::Paragraph(Paragraph::from(shown(line).trim_end()))));
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8]) -> Vec<String> {
        let document = read(bytes, None, &Limits::default()).unwrap();
        document.text().split('\n').map(str::to_owned).collect()
    }

    #[test]
    fn every_line_is_a_paragraph_whatever_ends_it() {
        assert_eq!(
            lines("Школа:\tРощино\r\n\r\nРоль: участник\rИтог\n".as_bytes()),
            ["Школа:\tРощино", "", "Роль: участник", "Итог"]
        );
    }

    #[test]
    fn text_of_windows_is_read() {
        assert_eq!(lines(&encoding_rs::WINDOWS_1251.encode("Форма школы №3").0), ["Форма школы №3"]);
    }

    #[test]
    fn nothing_to_see_is_empty_and_too_much_is_refused() {
        assert_eq!(read(b" \r\n\t\n", None, &Limits::default()), Err(Problem::Empty));
        let limits = Limits { text_bytes: 3, ..Limits::default() };
        assert_eq!(read(b"1234567", None, &limits), Err(Problem::Hostile));
    }
}
