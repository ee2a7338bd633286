//! OpenDocument text as it is seen on the page, heard element by element.

use super::{
    super::{
        Block, Document, Limits, Problem,
        blocks::{Flow, blank},
        xml::{Element, Ns, Visitor},
    },
    count,
    lists::Lists,
    styles::Styles,
    tables::{self, Grid, Size},
};

/// Spaces that one element may stand for; more are not text but an attack.
const MAX_SPACES: u32 = 10_000;

#[derive(Debug)]
enum Frame {
    Plain,
    Body,
    Sheets,
    Paragraph,
    List,
    Table,
    Row {
        repeated: u32,
    },
    Cell(Size),
    Page,
    /// A frame of a slide that holds its title.
    Title,
    Note,
    /// Headers and footers.
    Margin,
}

/// Listens to `styles.xml`, then to `content.xml`.
pub(super) struct Text<'l> {
    /// Whether what stands in a control that shows its prompt is text.
    prompts: bool,
    flow: Flow<'l>,
    stack: Vec<Frame>,
    skipped: usize,
    styles: Styles,
    lists: Lists,
    grids: Vec<Grid>,
    titles: Vec<Block>,
    margins: Vec<Block>,
    notes: Vec<Block>,
    sheets: bool,
    /// Whether the body has ended.
    pub(super) ended: bool,
    /// Whether there are pictures.
    pub(super) pictures: bool,
}

impl<'l> Text<'l> {
    /// A listener.
    pub(super) fn new(limits: &'l Limits, prompts: bool) -> Self {
        Self {
            prompts,
            flow: Flow::new(limits),
            stack: Vec::new(),
            skipped: 0,
            styles: Styles::default(),
            lists: Lists::default(),
            grids: Vec::new(),
            titles: Vec::new(),
            margins: Vec::new(),
            notes: Vec::new(),
            sheets: false,
            ended: false,
            pictures: false,
        }
    }

    /// Makes ready for the next part: of the styles' own text only headers and footers are seen. What a damaged part
    /// left open is closed.
    pub(super) fn next_part(&mut self) {
        self.styles.next_part();
        while let Some(frame) = self.stack.pop() {
            // What is cut off is let go; only the stacks must be level again.
            let _ = self.close(frame);
        }
        self.skipped = 0;
        self.ended = false;
        self.pictures = false;
        self.titles.clear();
        self.notes.clear();
        self.flow.take();
    }

    /// All that was heard.
    pub(super) fn document(&mut self) -> Document {
        let mut blocks = self.flow.take();
        while matches!(blocks.last(), Some(Block::Break)) {
            blocks.pop();
        }
        Document {
            blocks,
            margins: std::mem::take(&mut self.margins),
            notes: std::mem::take(&mut self.notes),
            ..Document::default()
        }
    }

    fn text_element(&mut self, element: &Element<'_>) -> Result<Option<Frame>, Problem> {
        let style = || element.attr_in(Ns::OdfText, "style-name");
        Ok(Some(match element.name() {
            "p" | "h" => {
                if style().is_some_and(|style| self.styles.hidden(&style)) {
                    return Ok(None);
                }
                self.flow.open_paragraph()?;
                let marker = self.lists.marker(&self.styles);
                self.flow.charge(marker.as_ref().map_or(0, String::len))?;
                if let Some(paragraph) = self.flow.paragraph() {
                    paragraph.marker = marker;
                }
                Frame::Paragraph
            }
            "span" if style().is_some_and(|style| self.styles.hidden(&style)) => return Ok(None),
            "s" => {
                let spaces = element.number("c").unwrap_or(1);
                if spaces > MAX_SPACES {
                    return Err(Problem::Hostile);
                }
                self.flow.push(&" ".repeat(usize::try_from(spaces).unwrap_or(0)))?;
                Frame::Plain
            }
            "tab" => self.mark("\t")?,
            "line-break" => self.mark("\n")?,
            "list" => {
                let continues = element.attr("continue-numbering").as_deref() == Some("true")
                    || element.attr("continue-list").is_some();
                self.lists.open(style().map(Into::into), continues);
                Frame::List
            }
            "list-item" => {
                self.lists.item(element.number("start-value"));
                Frame::Plain
            }
            "list-header" => {
                self.lists.header();
                Frame::Plain
            }
            "note-body" => {
                self.flow.begin();
                Frame::Note
            }
            // Deleted text, marks of notes, empty fields that ask to be filled in, the reading aid over ruby text.
            "tracked-changes"
            | "note-citation"
            | "placeholder"
            | "ruby-text"
            | "hidden-paragraph"
            | "hidden-text"
            | "bibliography-configuration"
            | "table-of-content-source"
            | "sequence-decls"
            | "variable-decls"
            | "user-field-decls" => return Ok(None),
            _ => Frame::Plain,
        }))
    }

    fn table_element(&mut self, element: &Element<'_>) -> Result<Option<Frame>, Problem> {
        Ok(Some(match element.name() {
            "table" => {
                if element.attr_in(Ns::OdfTable, "style-name").is_some_and(|style| self.styles.hidden(&style)) {
                    return Ok(None);
                }
                self.flow.open_table()?;
                self.grids.push(Grid::default());
                Frame::Table
            }
            "table-row" => {
                if let Some(grid) = self.grids.last_mut() {
                    grid.row();
                }
                self.flow.open_row();
                Frame::Row { repeated: count(element, "number-rows-repeated") }
            }
            "table-cell" => {
                self.flow.open_cell()?;
                Frame::Cell(Size {
                    repeated: count(element, "number-columns-repeated"),
                    columns: count(element, "number-columns-spanned"),
                    rows: count(element, "number-rows-spanned"),
                })
            }
            "covered-table-cell" => {
                let repeated = count(element, "number-columns-repeated");
                if let Some(grid) = self.grids.last_mut() {
                    grid.covered(&mut self.flow, repeated)?;
                }
                return Ok(None);
            }
            "tracked-changes"
            | "shapes"
            | "named-expressions"
            | "calculation-settings"
            | "content-validations"
            | "database-ranges"
            | "data-pilot-tables" => return Ok(None),
            _ => Frame::Plain,
        }))
    }

    fn mark(&mut self, text: &str) -> Result<Frame, Problem> {
        self.flow.push(text)?;
        Ok(Frame::Plain)
    }

    fn close(&mut self, frame: Frame) -> Result<(), Problem> {
        match frame {
            Frame::Body => self.ended = true,
            Frame::Sheets => self.sheets = false,
            Frame::Paragraph => self.flow.close_paragraph(true),
            Frame::List => self.lists.close(),
            Frame::Table => {
                self.grids.pop();
                let trimmed = self.sheets && self.grids.is_empty();
                if trimmed {
                    self.flow.rows_of_table(tables::trim);
                }
                self.flow.close_table();
                if trimmed {
                    self.flow.add(Block::Break);
                }
            }
            Frame::Row { repeated } => {
                if let Some(row) = self.flow.close_row(true) {
                    let row = row.clone();
                    let copies = tables::repeat(&mut self.flow, &row, repeated)?;
                    self.flow.rows_of_table(|rows| rows.extend(copies));
                }
            }
            Frame::Cell(size) => {
                let blocks = self.flow.finish();
                match self.grids.last_mut() {
                    Some(grid) => grid.cell(&mut self.flow, blocks, size)?,
                    None => blocks.into_iter().for_each(|block| self.flow.add(block)),
                }
            }
            Frame::Page => {
                let rest = self.flow.finish();
                let titles = std::mem::take(&mut self.titles);
                let seen = titles.into_iter().chain(rest).filter(|block| !blank(std::slice::from_ref(block)));
                seen.for_each(|block| self.flow.add(block));
                self.flow.add(Block::Break);
            }
            Frame::Title => self.titles = self.flow.finish(),
            Frame::Note => {
                let blocks = self.flow.finish();
                self.notes.extend(blocks.into_iter().filter(|block| !blank(std::slice::from_ref(block))));
            }
            Frame::Margin => {
                let blocks = self.flow.finish();
                if !blank(&blocks) {
                    self.margins.extend(blocks);
                }
            }
            Frame::Plain => {}
        }
        Ok(())
    }
}

impl Visitor for Text<'_> {
    fn start(&mut self, element: &Element<'_>) -> Result<(), Problem> {
        if self.skipped > 0 {
            self.skipped += 1;
            return Ok(());
        }
        self.styles.hear(element);
        let frame = match (element.ns, element.name()) {
            (Ns::OdfOffice, "body") => Some(Frame::Body),
            (Ns::OdfOffice, "spreadsheet") => {
                self.sheets = true;
                Some(Frame::Sheets)
            }
            (Ns::OdfOffice, "annotation" | "forms" | "scripts" | "binary-data" | "event-listeners") => None,
            (Ns::OdfStyle, name) if name.starts_with("header") || name.starts_with("footer") => {
                if name.ends_with("-style") {
                    None
                } else {
                    self.flow.begin();
                    Some(Frame::Margin)
                }
            }
            (Ns::OdfStyle, "handout-master") => None,
            (Ns::OdfText, _) => self.text_element(element)?,
            (Ns::OdfTable, _) => self.table_element(element)?,
            (Ns::OdfDraw, "page") => {
                self.flow.begin();
                Some(Frame::Page)
            }
            (Ns::OdfDraw, "frame") => match element.attr_in(Ns::OdfPresentation, "class").as_deref() {
                Some("title") => {
                    self.flow.begin();
                    Some(Frame::Title)
                }
                Some("page-number" | "date-time" | "header" | "footer") => None,
                _ => Some(Frame::Plain),
            },
            (Ns::OdfDraw, "image") => {
                self.pictures = true;
                None
            }
            (Ns::OdfDraw, "object" | "object-ole" | "plugin" | "glue-point") => None,
            (Ns::OdfPresentation, "notes") => {
                self.flow.begin();
                Some(Frame::Note)
            }
            (Ns::OdfPresentation, "date-time" | "header" | "footer") => None,
            // LibreOffice goes on saying this when something has been typed; the prompts of our forms are known by their words.
            (Ns::OdfExtension, "content-control")
                if !self.prompts
                    && element.attr_in(Ns::OdfExtension, "showing-place-holder").as_deref() == Some("true") =>
            {
                None
            }
            _ => Some(Frame::Plain),
        };
        match frame {
            Some(frame) => self.stack.push(frame),
            None => self.skipped = 1,
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), Problem> {
        if self.skipped > 0 {
            self.skipped -= 1;
            return Ok(());
        }
        match self.stack.pop() {
            Some(frame) => self.close(frame),
            None => Ok(()),
        }
    }

    /// White space collapses as in HTML (§6.1.2).
    fn text(&mut self, text: &str) -> Result<(), Problem> {
        if self.skipped > 0 || self.flow.paragraph_depth() == 0 {
            return Ok(());
        }
        let before = self.flow.paragraph_text();
        let mut spaced = before.is_empty() || before.ends_with(' ');
        let mut collapsed = String::with_capacity(text.len());
        for c in text.chars() {
            let space = matches!(c, ' ' | '\t' | '\r' | '\n');
            match (space, spaced) {
                (false, _) => collapsed.push(c),
                (true, false) => collapsed.push(' '),
                (true, true) => {}
            }
            spaced = space;
        }
        self.flow.push(&collapsed)
    }

    fn complete(&self) -> bool {
        self.ended
    }
}
