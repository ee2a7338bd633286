//! What the author wrote, apart from the signature and from earlier mail that is quoted or forwarded.

use crate::document::{Block, Document, text_of};

/// The parts of a mail's text.
#[derive(Debug, Default)]
pub(super) struct Split {
    pub(super) own: Document,
    pub(super) signature: String,
    pub(super) quoted: String,
    pub(super) forwarded: Document,
}

/// Parts the text of a mail.
pub(super) fn split(document: Document) -> Split {
    let mut split = Split::default();
    let mut blocks = document.blocks;
    if let Some((at, mark)) = blocks.iter().enumerate().find_map(|(at, block)| Some((at, mark(&blocks, at, block)?))) {
        let tail = blocks.split_off(at);
        match mark {
            Mark::Forward => split.forwarded = Document { blocks: tail, ..Document::default() },
            Mark::Quote => split.quoted = text_of(&tail),
        }
    }
    let (quoted, mut own): (Vec<Block>, Vec<Block>) = blocks.into_iter().partition(is_quoted_line);
    if !quoted.is_empty() {
        split.quoted = format!("{}\n{}", text_of(&quoted), split.quoted);
    }
    if let Some(at) = own.iter().position(starts_signature) {
        split.signature = text_of(&own.split_off(at));
    }
    split.own = Document { blocks: own, ..document_rest(document.margins, document.notes, document.oddities) };
    split
}

fn document_rest(margins: Vec<Block>, notes: Vec<Block>, oddities: Vec<String>) -> Document {
    Document { blocks: Vec::new(), margins, notes, oddities }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Forward,
    Quote,
}

fn line(block: &Block) -> Option<String> {
    match block {
        Block::Paragraph(paragraph) => Some(paragraph.text.trim().to_lowercase()),
        _ => None,
    }
}

/// Whether earlier mail begins here, and of which kind.
fn mark(blocks: &[Block], at: usize, block: &Block) -> Option<Mark> {
    let line = line(block)?;
    let dashes = line.starts_with("--") || line.starts_with("==") || line.starts_with("__");
    const FORWARDS: [&str; 6] = [
        "пересылаемое сообщение",
        "пересланное сообщение",
        "переадресованн",
        "перенаправленное сообщение",
        "forwarded message",
        "пересылаемое письмо",
    ];
    if FORWARDS.iter().any(|word| line.contains(word))
        && (dashes || line.starts_with("начало") || line.starts_with("begin"))
    {
        return Some(Mark::Forward);
    }
    if dashes && ["исходное сообщение", "original message", "исходное письмо"].iter().any(|word| line.contains(word))
    {
        return Some(Mark::Quote);
    }
    let writes = [" пишет:", " писал(а):", " писал:", " писала:", " wrote:", " написал:", " написала:", " написал(а):"];
    if writes.iter().any(|word| line.ends_with(word))
        && (line.contains('@') || line.contains(|c: char| c.is_ascii_digit()))
    {
        return Some(Mark::Quote);
    }
    // Outlook's block: «От: … / Отправлено: … / Кому: … / Тема: …».
    let next = |step: usize| blocks.get(at + step).and_then(self::line).unwrap_or_default();
    let from = ["от:", "from:", "от кого:"].iter().any(|word| line.starts_with(word));
    let sent =
        |text: &str| ["отправлено:", "sent:", "дата:", "date:", "кому:", "to:"].iter().any(|word| text.contains(word));
    (from && (sent(&line) || sent(&next(1)))).then_some(Mark::Quote)
}

fn is_quoted_line(block: &Block) -> bool {
    matches!(block, Block::Paragraph(paragraph) if paragraph.text.starts_with('>'))
}

fn starts_signature(block: &Block) -> bool {
    let Block::Paragraph(paragraph) = block else { return false };
    let text = paragraph.text.to_lowercase();
    let line = text.trim();
    paragraph.text == "-- "
        || line == "--"
        || [
            "с уважением",
            "с ув.",
            "с наилучшими пожеланиями",
            "best regards",
            "отправлено из",
            "отправлено с",
            "sent from",
        ]
        .iter()
        .any(|word| line.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::text::lines;

    #[test]
    fn earlier_mail_and_signature_are_told_from_the_text() {
        let split = split(lines(
            "Добрый день!\nФорма во вложении.\n-- \nИванова И.И.\n\n01.11.2022, 10:00, Комитет <a@b.ru> пишет:\n> текст",
        ));
        assert_eq!(split.own.text(), "Добрый день!\nФорма во вложении.");
        assert!(split.signature.contains("Иванова") && split.quoted.contains("> текст"));
    }

    #[test]
    fn a_forward_is_kept_for_looking_into() {
        let split = split(lines("Для сведения\n-------- Пересылаемое сообщение --------\nОт: школа\nформа"));
        assert_eq!(split.own.text(), "Для сведения");
        assert!(split.forwarded.text().ends_with("форма") && split.quoted.is_empty());
    }

    #[test]
    fn an_outlook_block_is_a_quotation() {
        let split = split(lines("Ответ\nОт: Комитет\nОтправлено: 1 ноября\nтекст"));
        assert_eq!(split.own.text(), "Ответ");
        assert!(split.quoted.ends_with("текст"));
    }
}
