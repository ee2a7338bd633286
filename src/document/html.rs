//! HTML → blocks, over html5ever's tokenizer: no tree is built, so no depth of elements can exhaust anything.

use std::cell::RefCell;

use html5ever::{
    tendril::StrTendril,
    tokenizer::{
        BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts, states::RawKind,
    },
};

use super::{Cell, Document, Limits, Problem, blocks::Flow, text};

/// Reads HTML as a reader of the page would see it.
///
/// # Errors
/// [`Problem::Empty`] where there is no text, [`Problem::Hostile`] past a limit.
pub fn read(bytes: &[u8], charset: Option<&str>, limits: &Limits) -> Result<Document, Problem> {
    if bytes.len() > limits.text_bytes.saturating_mul(4) {
        return Err(Problem::Hostile);
    }
    let sink = Sink(RefCell::new(Page::new(limits)));
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(text::decode(bytes, charset)));
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    let document = tokenizer.sink.0.into_inner().finish()?;
    if super::blocks::blank(&document.blocks) { Err(Problem::Empty) } else { Ok(document) }
}

struct Sink<'l>(RefCell<Page<'l>>);

impl TokenSink for Sink<'_> {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut page = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) => page.text(&text),
            Token::TagToken(tag) => return page.tag(&tag),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// An open part of a table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Table,
    Row,
    Cell { span: u32, down: u32 },
}

/// The page as far as it has been read.
struct Page<'l> {
    flow: Flow<'l>,
    open: Vec<Open>,
    /// Rows that a cell above reaches into: for each open table, columns and how many rows are left.
    reaching: Vec<Vec<(u32, u32)>>,
    paragraph: bool,
    /// Inside `script`, `style`, `title`: the element that ends it.
    hidden: Option<String>,
    problem: Option<Problem>,
}

impl<'l> Page<'l> {
    fn new(limits: &'l Limits) -> Self {
        Self {
            flow: Flow::new(limits),
            open: Vec::new(),
            reaching: Vec::new(),
            paragraph: false,
            hidden: None,
            problem: None,
        }
    }

    fn text(&mut self, text: &str) {
        if self.hidden.is_some() || self.problem.is_some() || matches!(self.open.last(), Some(Open::Table | Open::Row))
        {
            return;
        }
        let mut folded = String::with_capacity(text.len());
        for c in text.chars() {
            let space = matches!(c, ' ' | '\t' | '\r' | '\n');
            if !space {
                folded.push(c);
            } else if !folded.ends_with(' ') {
                folded.push(' ');
            }
        }
        let at_start = !self.paragraph
            || self.flow.paragraph_text().ends_with([' ', '\n'])
            || self.flow.paragraph_text().is_empty();
        let folded = if at_start { folded.trim_start_matches(' ') } else { &folded };
        if folded.is_empty() {
            return;
        }
        self.begin_paragraph();
        let result = self.flow.push(folded);
        self.note(result);
    }

    fn tag(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        let begins = tag.kind == TagKind::StartTag;
        if let Some(hidden) = &self.hidden {
            if !begins && hidden == name {
                self.hidden = None;
            }
            return TokenSinkResult::Continue;
        }
        if self.problem.is_some() {
            return TokenSinkResult::Continue;
        }
        match (name, begins) {
            ("script" | "style", true) => {
                self.hidden = Some(name.to_owned());
                return TokenSinkResult::RawData(RawKind::Rawtext);
            }
            ("title", true) => {
                self.hidden = Some(name.to_owned());
                return TokenSinkResult::RawData(RawKind::Rcdata);
            }
            ("br", _) => self.line_break(),
            ("table", true) => self.open_table(),
            ("table", false) => self.close_to(|open| open == Open::Table),
            ("tr", true) => self.open_row(),
            ("tr", false) => self.close_inside(|open| matches!(open, Open::Row)),
            ("td" | "th", true) => self.open_cell(tag),
            ("td" | "th", false) => self.close_inside(|open| matches!(open, Open::Cell { .. })),
            (
                "p" | "div" | "li" | "ul" | "ol" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "blockquote" | "pre"
                | "hr" | "body" | "section" | "article" | "header" | "footer" | "dt" | "dd" | "address" | "caption",
                _,
            ) => self.end_paragraph(),
            _ => {}
        }
        TokenSinkResult::Continue
    }

    fn line_break(&mut self) {
        // Two breaks in a row part paragraphs; one is a line of the same.
        if self.open.last().is_none_or(|open| matches!(open, Open::Cell { .. })) {
            if self.paragraph && self.in_cell() {
                let result = self.flow.push("\n");
                self.note(result);
            } else {
                self.begin_paragraph();
                self.end_paragraph();
            }
        }
    }

    fn in_cell(&self) -> bool {
        matches!(self.open.last(), Some(Open::Cell { .. }))
    }

    fn begin_paragraph(&mut self) {
        if !self.paragraph {
            let result = self.flow.open_paragraph();
            self.note(result);
            self.paragraph = true;
        }
    }

    fn end_paragraph(&mut self) {
        if self.paragraph {
            if let Some(paragraph) = self.flow.paragraph() {
                paragraph.text.truncate(paragraph.text.trim_end_matches([' ', '\n']).len());
            }
            self.flow.close_paragraph(true);
            self.paragraph = false;
        }
    }

    fn open_table(&mut self) {
        self.end_paragraph();
        if matches!(self.open.last(), Some(Open::Table | Open::Row)) {
            return;
        }
        let result = self.flow.open_table();
        if result.is_ok() {
            self.open.push(Open::Table);
            self.reaching.push(Vec::new());
        }
        self.note(result);
    }

    fn open_row(&mut self) {
        self.close_inside(|open| matches!(open, Open::Row));
        if self.open.last() == Some(&Open::Table) {
            self.flow.open_row();
            self.open.push(Open::Row);
        }
    }

    fn open_cell(&mut self, tag: &Tag) {
        self.close_inside(|open| matches!(open, Open::Cell { .. }));
        if self.open.last() == Some(&Open::Table) {
            self.open_row();
        }
        if self.open.last() != Some(&Open::Row) {
            return;
        }
        self.continue_above();
        let number = |name: &str| {
            let attribute = tag.attrs.iter().find(|one| &*one.name.local == name);
            attribute.and_then(|one| one.value.trim().parse::<u32>().ok()).unwrap_or(1).clamp(1, 256)
        };
        let result = self.flow.open_cell();
        self.note(result);
        self.open.push(Open::Cell { span: number("colspan"), down: number("rowspan") });
    }

    /// Puts the cells that reach down from the row above before the next cell.
    fn continue_above(&mut self) {
        let Some(reaching) = self.reaching.last_mut() else { return };
        let column = self.flow.columns_of_row();
        if let Some(left) = reaching.iter_mut().find(|(at, left)| *at == column && *left > 0) {
            left.1 -= 1;
            self.flow.add_cell(Cell { blocks: Vec::new(), span: 1, continues: true }, false);
        }
    }

    /// Closes the innermost open part of the current table that `is` one, with all inside it.
    fn close_inside(&mut self, is: impl Fn(Open) -> bool) {
        let table = self.open.iter().rposition(|open| *open == Open::Table);
        let found = self.open.iter().rposition(|open| is(*open));
        if let (Some(table), Some(found)) = (table, found)
            && found > table
        {
            self.close_down_to(found);
        }
    }

    fn close_to(&mut self, is: impl Fn(Open) -> bool) {
        if let Some(found) = self.open.iter().rposition(|open| is(*open)) {
            self.close_down_to(found);
        }
    }

    fn close_down_to(&mut self, depth: usize) {
        self.end_paragraph();
        while self.open.len() > depth {
            match self.open.pop() {
                Some(Open::Cell { span, down }) => {
                    let cell = self.flow.close_cell(span, false);
                    let column = self.flow.columns_of_row();
                    self.flow.add_cell(cell, false);
                    if down > 1
                        && let Some(reaching) = self.reaching.last_mut()
                    {
                        reaching.push((column, down - 1));
                    }
                }
                Some(Open::Row) => {
                    self.flow.close_row(true);
                }
                Some(Open::Table) => {
                    self.flow.close_table();
                    self.reaching.pop();
                }
                None => {}
            }
        }
    }

    fn note(&mut self, result: Result<(), Problem>) {
        if let Err(problem) = result {
            self.problem.get_or_insert(problem);
        }
    }

    fn finish(mut self) -> Result<Document, Problem> {
        self.close_down_to(0);
        match self.problem {
            Some(problem) => Err(problem),
            None => Ok(Document { blocks: self.flow.take(), ..Document::default() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(html: &str) -> String {
        read(html.as_bytes(), None, &Limits::default()).unwrap().text()
    }

    #[test]
    fn a_table_stays_a_table() {
        let html = "<p>Форма</p><table><tbody><tr><td>Название</td><td><p>МОУ&nbsp;«СОШ»</p><p>г. N</p></td></tr><tr><td>b<td>c</table><p>конец";
        assert_eq!(text(html), "Форма\nНазвание\tМОУ\u{a0}«СОШ»\nг. N\nb\tc\nконец");
    }

    #[test]
    fn what_is_not_seen_is_not_read() {
        assert_eq!(text("<title>t</title><style>p{}</style><script>x<b></script><!-- c --><b>а</b> <i>б</i>"), "а б");
    }

    #[test]
    fn lines_and_blocks_are_paragraphs() {
        assert_eq!(text("а<br>б<div>в</div>\n<div>г\n д</div>"), "а\nб\nв\nг д");
    }

    #[test]
    fn a_cell_that_reaches_down_keeps_the_columns() {
        let html = "<table><tr><td rowspan=2>a</td><td>b</td></tr><tr><td>c</td></tr></table>";
        assert_eq!(text(html), "a\tb\n\tc");
    }

    #[test]
    fn depth_costs_nothing_and_nested_tables_are_bounded() {
        assert_eq!(text(&("<div>".repeat(100_000) + "а")), "а");
        let nested = "<table><tr><td>".repeat(1_000) + "а";
        assert_eq!(read(nested.as_bytes(), None, &Limits::default()), Err(Problem::Hostile));
    }
}
