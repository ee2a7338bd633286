//! WordprocessingML text as it is seen on the page (ISO/IEC 29500-1 §17), heard element by element.

use super::{
    super::{
        Block, Control, Limits, Problem,
        blocks::Flow,
        symbol,
        xml::{Element, Ns, Visitor},
    },
    Definitions,
    field::Fields,
    numbering::Counters,
    tagged::Tagged,
};

/// Columns that a row may leave out or a cell may cover; Word has 63.
const MAX_SPAN: u32 = 256;

/// What an open element is to the text.
#[derive(Debug)]
enum Frame {
    Plain,
    Body,
    Text,
    Paragraph,
    ParagraphProperties,
    MarkProperties,
    ListProperties,
    Run,
    RunProperties,
    Table,
    Row { dropped: bool, after: u32 },
    RowProperties,
    Cell { span: u32, continues: bool, joins: bool, dropped: bool },
    CellProperties,
    Alternatives { taken: bool },
    Control { placeholder: bool, tagged: bool },
    ControlProperties,
    FormField,
}

/// What is known of an open paragraph besides its text.
#[derive(Debug, Default)]
struct Style {
    id: Option<String>,
    list: Option<u32>,
    level: Option<usize>,
    hidden: bool,
    unmarked: bool,
}

/// What is known of an open run.
#[derive(Debug, Default)]
struct Run {
    style: Option<String>,
    hidden: Option<bool>,
    font: String,
}

/// Listens to one part: the body, a header, the notes.
pub(super) struct Body<'a> {
    definitions: &'a Definitions,
    counters: Counters,
    flow: Flow<'a>,
    stack: Vec<Frame>,
    /// How deep the walk is in an element that is not seen.
    skipped: usize,
    paragraphs: Vec<Style>,
    runs: Vec<Run>,
    fields: Fields,
    controls: usize,
    placeholders: usize,
    /// Whether what stands in a control that shows its prompt is text. LibreOffice (7.4) goes on saying that a control shows it when
    /// something has been typed over it; the prompts of our own forms are known by their words.
    prompts: bool,
    /// What stands in controls that have a tag.
    tagged: Tagged,
    /// The name of the root element.
    pub(super) root: String,
    /// Whether the body has ended.
    pub(super) ended: bool,
    /// Whether there are pictures.
    pub(super) pictures: bool,
    /// Whether other files are to be pulled into the text (`altChunk`).
    pub(super) imports: bool,
}

impl<'a> Body<'a> {
    /// A listener for one part.
    pub(super) fn new(definitions: &'a Definitions, limits: &'a Limits) -> Self {
        Self {
            definitions,
            counters: Counters::default(),
            flow: Flow::new(limits),
            stack: Vec::new(),
            skipped: 0,
            paragraphs: Vec::new(),
            runs: Vec::new(),
            fields: Fields::default(),
            controls: 0,
            placeholders: 0,
            prompts: false,
            tagged: Tagged::default(),
            root: String::new(),
            ended: false,
            pictures: false,
            imports: false,
        }
    }

    /// The same, which takes for text what stands in controls that show a prompt.
    pub(super) fn with_prompts(self, prompts: bool) -> Self {
        Self { prompts, ..self }
    }

    /// The controls heard so far.
    pub(super) fn take_controls(&mut self) -> Vec<Control> {
        self.tagged.take()
    }

    /// The blocks heard so far.
    pub(super) fn take(&mut self) -> Vec<Block> {
        self.flow.take()
    }

    fn word(&mut self, element: &Element<'_>) -> Result<Option<Frame>, Problem> {
        if let Some(top) = self.stack.last_mut()
            && let Some(verdict) = property(top, element, &mut self.paragraphs, &mut self.runs, &mut self.flow)
        {
            return Ok(verdict);
        }
        Ok(Some(match element.name() {
            "body" => Frame::Body,
            "p" => {
                self.flow.open_paragraph()?;
                self.paragraphs.push(Style::default());
                Frame::Paragraph
            }
            "pPr" => Frame::ParagraphProperties,
            "r" => {
                self.runs.push(Run::default());
                Frame::Run
            }
            "rPr" => Frame::RunProperties,
            "t" => Frame::Text,
            "tab" | "ptab" => self.mark("\t")?,
            "br" if element.attr("type").as_deref() == Some("page") => self.page_break()?,
            "br" | "cr" => self.mark("\n")?,
            "noBreakHyphen" => self.mark("-")?,
            "sym" => self.symbol(element)?,
            "tbl" => {
                self.flow.open_table()?;
                Frame::Table
            }
            "tr" => {
                self.flow.open_row();
                Frame::Row { dropped: false, after: 0 }
            }
            "trPr" => Frame::RowProperties,
            "tc" => {
                self.flow.open_cell()?;
                Frame::Cell { span: 1, continues: false, joins: false, dropped: false }
            }
            "tcPr" => Frame::CellProperties,
            "sdt" => {
                self.controls += 1;
                Frame::Control { placeholder: false, tagged: false }
            }
            "sdtPr" => Frame::ControlProperties,
            "fldChar" => {
                if let Some(shown) = self.fields.mark(element, self.flow.paragraph_text()) {
                    self.push(&shown)?;
                }
                Frame::Plain
            }
            "ffData" => {
                self.fields.open_form();
                Frame::FormField
            }
            "footnote" | "endnote" if element.attr("type").is_some_and(|kind| kind != "normal") => return Ok(None),
            "altChunk" => {
                self.imports = true;
                Frame::Plain
            }
            "object" => {
                self.pictures = true;
                Frame::Plain
            }
            // Deleted and moved text, instructions of fields, properties of layout, the reading aid over a ruby base.
            "del" | "moveFrom" | "delText" | "instrText" | "delInstrText" | "rt" | "sectPr" | "tblPr" | "tblPrEx"
            | "tblGrid" | "sdtEndPr" | "rubyPr" | "smartTagPr" | "customXmlPr" | "fldData" => return Ok(None),
            _ => Frame::Plain,
        }))
    }

    fn compat(&mut self, element: &Element<'_>) -> Option<Frame> {
        match (element.name(), self.stack.last_mut()) {
            ("AlternateContent", _) => Some(Frame::Alternatives { taken: false }),
            ("Choice", Some(Frame::Alternatives { taken })) => {
                if *taken || !element.understood() {
                    return None;
                }
                *taken = true;
                Some(Frame::Plain)
            }
            ("Fallback", Some(Frame::Alternatives { taken: true })) => None,
            _ => Some(Frame::Plain),
        }
    }

    fn mark(&mut self, text: &str) -> Result<Frame, Problem> {
        self.push(text)?;
        Ok(Frame::Plain)
    }

    fn symbol(&mut self, element: &Element<'_>) -> Result<Frame, Problem> {
        let code = element.attr("char").and_then(|code| u32::from_str_radix(&code, 16).ok()).unwrap_or(0xFFFD);
        let glyph = symbol::glyph(&element.attr("font").unwrap_or_default(), code);
        self.push(glyph.encode_utf8(&mut [0; 4]))?;
        Ok(Frame::Plain)
    }

    /// A page that begins within a paragraph parts it; in tables and text boxes it is a mere line break.
    fn page_break(&mut self) -> Result<Frame, Problem> {
        if self.flow.in_table() || self.flow.paragraph_depth() != 1 || self.hidden() {
            return self.mark("\n");
        }
        if self.flow.paragraph_text().trim().is_empty() {
            self.flow.add(Block::Break);
        } else {
            self.flow.close_paragraph(true);
            self.flow.add(Block::Break);
            self.flow.open_paragraph()?;
        }
        Ok(Frame::Plain)
    }

    fn hidden(&self) -> bool {
        let styles = &self.definitions.styles;
        let of_paragraph = self.paragraphs.last().and_then(|p| styles.hidden(styles.paragraph(p.id.as_deref())));
        self.runs.last().is_some_and(|run| {
            let own = run.hidden.or_else(|| run.style.as_deref().and_then(|style| styles.hidden(Some(style))));
            let placeholder = self.controls > 0 && styles.placeholder(run.style.as_deref());
            placeholder || own.or(of_paragraph).unwrap_or(false)
        })
    }

    fn push(&mut self, text: &str) -> Result<(), Problem> {
        if (self.placeholders > 0 && !self.prompts) || self.fields.in_instruction() || self.hidden() {
            return Ok(());
        }
        if self.placeholders == 0 {
            self.tagged.push(text);
        }
        self.flow.push(text)
    }

    /// Numbers the paragraph, once its properties are known.
    fn number(&mut self) -> Result<(), Problem> {
        let Definitions { styles, lists } = self.definitions;
        // What is deleted or hidden as a whole is not counted either.
        let Some(style) = self.paragraphs.last().filter(|style| !style.hidden && !style.unmarked) else {
            return Ok(());
        };
        let id = styles.paragraph(style.id.as_deref());
        let by_style = styles.list(id);
        let Some(list) = style.list.or(by_style.map(|(list, _)| list)).filter(|list| *list != 0) else {
            return Ok(());
        };
        let level = style
            .level
            .or_else(|| if style.list.is_none() { lists.level_of_style(list, id, styles) } else { None })
            .or(by_style.and_then(|(_, level)| level))
            .unwrap_or(0);
        let marker = lists.next(&mut self.counters, list, level, styles);
        self.flow.charge(marker.as_ref().map_or(0, String::len))?;
        if let Some(paragraph) = self.flow.paragraph() {
            paragraph.marker = marker;
        }
        Ok(())
    }

    fn close(&mut self, frame: Frame) -> Result<(), Problem> {
        match frame {
            Frame::Body => self.ended = true,
            Frame::Paragraph => {
                self.tagged.push("\n");
                let style = self.paragraphs.pop().unwrap_or_default();
                let empty = self.flow.paragraph_text().is_empty();
                self.flow.close_paragraph(!(empty && (style.hidden || style.unmarked)));
                self.fields.end_paragraph();
            }
            Frame::ParagraphProperties => self.number()?,
            Frame::Run => {
                self.runs.pop();
            }
            Frame::Table => self.flow.close_table(),
            Frame::Row { dropped, after } => {
                self.tagged.row();
                self.flow.skip_columns(after);
                self.flow.close_row(!dropped);
            }
            Frame::Cell { span, continues, joins, dropped } => {
                self.tagged.cell();
                let cell = self.flow.close_cell(span, continues);
                if !dropped {
                    self.flow.add_cell(cell, joins);
                }
            }
            Frame::Control { placeholder, tagged } => {
                self.controls = self.controls.saturating_sub(1);
                if tagged {
                    self.tagged.close();
                }
                if placeholder {
                    self.placeholders = self.placeholders.saturating_sub(1);
                }
            }
            Frame::FormField => self.fields.close_form(),
            _ => {}
        }
        Ok(())
    }
}

/// What a child of a properties element says; the outer `None` for what is no property, the inner for one that is done
/// with.
fn property(
    top: &mut Frame,
    element: &Element<'_>,
    paragraphs: &mut [Style],
    runs: &mut [Run],
    flow: &mut Flow<'_>,
) -> Option<Option<Frame>> {
    let name = element.name();
    let level = |attribute| element.number(attribute).and_then(|n| usize::try_from(n).ok());
    match top {
        Frame::ParagraphProperties => {
            let style = paragraphs.last_mut()?;
            match name {
                "pStyle" => style.id = element.val().map(Into::into),
                "numPr" => return Some(Some(Frame::ListProperties)),
                "rPr" => return Some(Some(Frame::MarkProperties)),
                "pageBreakBefore" if element.on() && !flow.in_table() && flow.paragraph_depth() == 1 => {
                    flow.add(Block::Break);
                }
                _ => {}
            }
            Some(None)
        }
        Frame::ListProperties => {
            let style = paragraphs.last_mut()?;
            match name {
                "numId" => style.list = element.number("val"),
                "ilvl" => style.level = level("val"),
                _ => {}
            }
            Some(None)
        }
        Frame::MarkProperties => {
            let style = paragraphs.last_mut()?;
            match name {
                "vanish" => style.hidden = element.on(),
                "del" | "moveFrom" => style.unmarked = true,
                _ => {}
            }
            Some(None)
        }
        Frame::RunProperties => {
            let run = runs.last_mut()?;
            match name {
                "rStyle" => run.style = element.val().map(Into::into),
                "vanish" => run.hidden = Some(element.on()),
                "rFonts" => {
                    let font = element.attr("ascii").or_else(|| element.attr("hAnsi"));
                    run.font = font.unwrap_or_default().into_owned();
                }
                _ => {}
            }
            Some(None)
        }
        _ => None,
    }
}

impl Body<'_> {
    /// What the properties of rows, cells, controls and form fields say; these reach into frames below their own.
    fn outer_property(&mut self, element: &Element<'_>) -> Option<Option<Frame>> {
        let (top, below) = self.stack.split_last_mut()?;
        let span = || element.number("val").unwrap_or(0).min(MAX_SPAN);
        match top {
            Frame::RowProperties => {
                let Some(Frame::Row { dropped, after }) = below.last_mut() else { return Some(None) };
                match element.name() {
                    "del" | "moveFrom" => *dropped = true,
                    "hidden" => *dropped |= element.on(),
                    "gridBefore" => self.flow.skip_columns(span()),
                    "gridAfter" => *after = span(),
                    _ => {}
                }
                Some(None)
            }
            Frame::CellProperties => {
                let Some(Frame::Cell { span: columns, continues, joins, dropped }) = below.last_mut() else {
                    return Some(None);
                };
                let restarts = element.val().as_deref() == Some("restart");
                match element.name() {
                    "gridSpan" => *columns = span().max(1),
                    "vMerge" => *continues = !restarts,
                    "hMerge" => *joins = !restarts,
                    "cellDel" => *dropped = true,
                    _ => {}
                }
                Some(None)
            }
            Frame::ControlProperties => {
                let Some(Frame::Control { placeholder, tagged }) = below.last_mut() else { return Some(None) };
                match element.name() {
                    "showingPlcHdr" if element.on() && !*placeholder => {
                        *placeholder = true;
                        self.placeholders += 1;
                    }
                    "tag" if !*tagged => *tagged = self.tagged.open(element.val().as_deref().unwrap_or_default()),
                    _ => {}
                }
                Some(None)
            }
            _ => None,
        }
    }
}

impl Visitor for Body<'_> {
    fn start(&mut self, element: &Element<'_>) -> Result<(), Problem> {
        if self.skipped > 0 {
            self.skipped += 1;
            return Ok(());
        }
        if self.stack.is_empty() && self.root.is_empty() && element.ns == Ns::Word {
            self.root = element.name().to_owned();
        }
        let frame = match element.ns {
            Ns::Word => match self.outer_property(element) {
                Some(verdict) => verdict,
                None if self.fields.hear(element) => Some(Frame::Plain),
                None => self.word(element)?,
            },
            Ns::Compat => self.compat(element),
            Ns::Math if element.name() == "t" => Some(Frame::Text),
            Ns::Drawing if element.name() == "blip" => {
                self.pictures = true;
                None
            }
            Ns::Vml if element.name() == "imagedata" => {
                self.pictures = true;
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

    fn text(&mut self, text: &str) -> Result<(), Problem> {
        if self.skipped > 0 || !matches!(self.stack.last(), Some(Frame::Text)) {
            return Ok(());
        }
        let font = self.runs.last().map_or("", |run| run.font.as_str());
        let drawn = symbol::drawn(font, text);
        let text = drawn.as_deref().unwrap_or(text);
        // Line ends and tabulators in the file are white space; those of the text are elements of their own.
        if text.contains(['\n', '\r', '\t']) {
            let text = text.replace(['\n', '\r', '\t'], " ");
            return self.push(&text);
        }
        self.push(text)
    }

    fn complete(&self) -> bool {
        self.ended
    }
}
