//! The texts of a message → what its author wrote. The same text mostly comes twice, plain and as HTML.

use super::{
    Message,
    quote::{self, Parts},
};
use crate::document::{
    Block, Document, Limits, Problem,
    html::{self, Page, Zone},
    text_of,
};

/// One text of a message, in the forms that it came in.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) plain: Option<String>,
    pub(super) html: Option<String>,
}

impl Text {
    /// Whether its table, or the lack of another form, makes the HTML the better one.
    pub(super) fn best_is_html(&self, limits: &Limits) -> bool {
        self.html.as_ref().is_some_and(|text| match html::page(text, limits) {
            Ok(page) => html_is_better(&page, self.plain.as_deref()),
            Err(_) => false,
        })
    }
}

/// Puts the body, with its quotations and signature taken off, into the message; gives the links in what is its own or
/// forwarded.
pub(super) fn put(texts: &[Text], message: &mut Message, forward: bool, limits: &Limits) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut links = Vec::new();
    for text in texts {
        match choose(text, limits) {
            Ok(page) => {
                links.extend(page.links.into_iter().filter(|(zone, _)| *zone != Zone::Quoted).map(|(_, link)| link));
                message.oddities.extend(page.oddities);
                blocks.extend(page.blocks);
            }
            Err(problem) => message.oddities.push(format!("the text: {problem}")),
        }
    }
    let Parts { own, signature, quoted, forwarded, interleaved, tables } = quote::split(blocks, forward);
    for text in [text_of(&own), text_of(&forwarded)] {
        links.extend(in_text(&text));
    }
    message.body = Document { blocks: own, ..Document::default() };
    message.forwarded = Document { blocks: forwarded, ..Document::default() };
    message.signature = signature;
    message.quoted = quoted;
    message.interleaved = interleaved;
    message.quoted_tables = tables;
    links
}

/// The addresses that stand in a text.
fn in_text(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| c.is_whitespace() || "<>\"'()«»".contains(c))
        .filter(|word| word.starts_with("http://") || word.starts_with("https://"))
        .map(|word| word.trim_end_matches(['.', ',', ';', ':', '!', '?']).chars().take(2_000).collect())
}

fn choose(text: &Text, limits: &Limits) -> Result<Page, Problem> {
    let page = text.html.as_ref().map(|html| html::page(html, limits));
    match (page, &text.plain) {
        (Some(Ok(page)), plain) if html_is_better(&page, plain.as_deref()) => Ok(page),
        // The links stand only in the HTML.
        (page, Some(plain)) => {
            let links = page.and_then(Result::ok).map(|page| page.links).unwrap_or_default();
            Ok(Page { blocks: quote::lines(&bounded(plain, limits)), links, ..Page::default() })
        }
        (Some(page), None) => page,
        (None, None) => Ok(Page::default()),
    }
}

/// Whether the HTML holds more than the plain text does: a table, or far more words («your program shows no HTML»).
fn html_is_better(page: &Page, plain: Option<&str>) -> bool {
    let Some(plain) = plain else { return true };
    let table = |block: &Block| match block {
        Block::Table(table) => table.rows.len() > 1 && table.rows.iter().any(|row| row.cells.len() > 1),
        _ => false,
    };
    if page.blocks.iter().any(|(_, block)| table(block)) {
        return true;
    }
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
    let html: usize = page.blocks.iter().map(|(_, block)| letters(&text_of(std::slice::from_ref(block)))).sum();
    letters(plain) * 4 < html
}

/// At most as much text as the limits let through.
fn bounded(text: &str, limits: &Limits) -> String {
    if text.len() <= limits.text_bytes { text.to_owned() } else { text.chars().take(limits.text_bytes / 4).collect() }
}

/// Lines that a mail program wrapped, put together again (RFC 3676 §4).
pub(super) fn unflow(text: &str, del_sp: bool) -> String {
    let mut out = String::with_capacity(text.len());
    // The depth of quotation of the paragraph that is open.
    let mut open: Option<usize> = None;
    for line in text.lines() {
        let bare = line.trim_start_matches('>');
        let depth = line.len() - bare.len();
        let content = bare.strip_prefix(' ').unwrap_or(bare);
        let flowed = content.ends_with(' ') && content != "-- ";
        if open != Some(depth) {
            if open.is_some() {
                out.push('\n');
            }
            out.push_str(&">".repeat(depth.min(50)));
            if depth > 0 {
                out.push(' ');
            }
        }
        out.push_str(if flowed && del_sp { content.trim_end_matches(' ') } else { content });
        open = flowed.then_some(depth);
        if !flowed {
            out.push('\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flowed_lines_are_put_together() {
        let text = "Ожидаемый результат: \nновая программа\n>> цитата \n>> дальше\n> другая\n-- \nИванова\n  отступ";
        let expected = "Ожидаемый результат: новая программа\n>> цитата дальше\n> другая\n-- \nИванова\n отступ\n";
        assert_eq!(unflow(text, false), expected);
        assert_eq!(unflow("про \nграмма\n", true), "программа\n");
        assert_eq!(unflow("a \n> b\n", false), "a \n> b\n");
    }

    #[test]
    fn links_are_found_in_the_text() {
        let links: Vec<_> = in_text("Файл: https://disk.yandex.ru/i/x. (http://a.ru/b)").collect();
        assert_eq!(links, ["https://disk.yandex.ru/i/x", "http://a.ru/b"]);
    }

    #[test]
    fn the_form_with_more_in_it_is_chosen() {
        let limits = Limits::default();
        let text = |plain: &str, html: &str| Text { plain: Some(plain.to_owned()), html: Some(html.to_owned()) };
        assert!(text("1 а 2 б", "<table><tr><td>1<td>а<tr><td>2<td>б</table>").best_is_html(&limits));
        assert!(!text("Добрый день", "<p>Добрый день").best_is_html(&limits));
        assert!(
            text("Нет HTML", "<p>Добрый день, направляем вам заполненную форму и проект выступления")
                .best_is_html(&limits)
        );
        assert!(Text { plain: None, html: Some("<p>a".to_owned()) }.best_is_html(&limits));
    }
}
