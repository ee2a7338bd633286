//! Where a document names its school outside the form: a draft's title page, a letterhead, the text above a form.

use crate::document::{Block, Document, text_of};

use super::{
    labels,
    layout::{Item, names_school},
    letter::Letter,
    words,
};

/// A paragraph from this length on, in characters, is prose.
const PROSE: usize = 220;

/// The lines of blocks up to the first break, each with whether a cell held it.
fn lines(blocks: &[Block]) -> Vec<String> {
    let page = blocks.iter().take_while(|block| !matches!(block, Block::Break));
    page.flat_map(|block| {
        let text = text_of(std::slice::from_ref(block));
        let rows = text.split('\n').filter(|row| !row.contains('\t') || !labels::is_of_another(row));
        rows.flat_map(|row| row.split('\t')).map(|line| line.trim().to_owned()).collect::<Vec<_>>()
    })
    .filter(|line| !line.is_empty())
    .collect()
}

/// The text in which a draft names its school: the first slide, or the first lines before the prose begins, with a line
/// further down that names its authors.
pub fn title_page(document: &Document) -> String {
    let start = document.blocks.iter().position(|block| !matches!(block, Block::Break)).unwrap_or(0);
    let lines = lines(document.blocks.get(start..).unwrap_or_default());
    let mut kept: Vec<&str> = lines
        .iter()
        .take_while(|line| line.chars().count() < PROSE && !is_greeting(line))
        .take(15)
        .map(String::as_str)
        .collect();
    let authors = lines.iter().skip(kept.len()).take(10).filter(|line| line.chars().count() < PROSE && is_author(line));
    kept.extend(authors.map(String::as_str));
    kept.join("\n")
}

/// The text in which a document names who sends it: the page header, and of `above`, what stands before a form or all
/// of it, the first lines above a heading. The committee's own letterhead, left in a school's file, is none, nor is
/// what stands below it.
pub(super) fn letterhead(letter: &Letter, document: &Document, above: &[Block]) -> String {
    let header = lines(&document.margins);
    let above = lines(above)
        .into_iter()
        .take_while(|line| {
            line.chars().count() < PROSE && !is_heading(line) && !letter.is_its_own(line) && !is_greeting(line)
        })
        .take(15);
    let addressee = |line: &String| letter.names_issuer(line) || is_addressee(line);
    header.into_iter().chain(above).filter(|line| !addressee(line)).collect::<Vec<_>>().join("\n")
}

/// The text between a form and what stands before it that may name the school.
pub(super) fn heading(letter: &Letter, items: &[Item]) -> String {
    let mut kept: Vec<String> = Vec::new();
    for item in items {
        let lines: Vec<&str> = match item {
            Item::Line(line) => vec![line.text.as_str()],
            Item::Table(lines) => lines.iter().flat_map(|line| line.split(['\t', '\n'])).collect(),
            Item::Pair(pair) if labels::is_of_another(&pair.label) => Vec::new(),
            Item::Pair(pair) => vec![pair.label.as_str()],
            Item::Break => Vec::new(),
        };
        for line in lines.into_iter().map(str::trim) {
            if letter.is_its_own(line) || letter.names_issuer(line) {
                // What stands above the letter's own words is its head, and not the school's.
                kept.clear();
            } else if line.contains(char::is_alphabetic) && line.chars().count() <= PROSE {
                kept.push(line.to_owned());
            }
        }
    }
    let skipped = kept.len().saturating_sub(12);
    kept.into_iter().skip(skipped).collect::<Vec<_>>().join("\n")
}

/// Whether a line greets an audience or a reader.
pub(super) fn is_greeting(line: &str) -> bool {
    let text = words::beginning(line);
    // «Слайд 1. Уважаемые коллеги!»
    let text = text.trim_start().strip_prefix("слайд ").unwrap_or(&text);
    let text = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
    ["уважаемые", "уважаемый", "уважаемая", "дорогие", "добрый день", "здравствуйте", "глубокоуважаемые"]
        .iter()
        .any(|word| words::begins(text, word))
}

fn is_heading(line: &str) -> bool {
    let text = words::beginning(line);
    ["информация", "отчет", "справка", "анкета", "приложение", "форма", "выступление", "доклад", "тезисы", "приказ"]
        .iter()
        .any(|word| words::begins(&text, word))
}

fn is_addressee(line: &str) -> bool {
    let text = words::beginning(line);
    // Persons stay: «Директору» above the name of a school tells that it is written to, and not writing.
    ["в комитет", "куда", "кому"].iter().any(|word| words::begins(&text, word))
}

/// Whether a line tells who wrote or speaks.
pub(super) fn is_author(line: &str) -> bool {
    let text = words::spaced(line);
    [
        "автор",
        "авторы",
        "подготовил",
        "подготовила",
        "подготовили",
        "докладчик",
        "докладчики",
        "выступающий",
        "составитель",
        "составители",
        "выполнила",
        "выполнил",
        "спикер",
        "директор",
        "заместитель",
        "учитель",
        "исполнитель",
        "руководитель",
    ]
    .iter()
    .any(|word| words::begins(&text, word))
        || (text.contains(" директор ") && names_school(line))
}
