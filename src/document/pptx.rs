//! PPTX: slides in their order, each with its title first, tables as tables; what the speaker noted are notes
//! (ISO/IEC 29500-1 §19, §21.1).

use super::{
    Block, Document, Limits, Problem,
    blocks::{Flow, blank},
    ole,
    package::Package,
    xml::{self, Element, Ns, Visitor},
};

/// Columns that a cell may cover.
const MAX_SPAN: u32 = 256;

/// Reads a PPTX.
///
/// # Errors
/// See [`super::read`].
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Document, Problem> {
    if ole::is(bytes) {
        return Err(ole::problem(bytes));
    }
    let mut package = Package::open(bytes, limits)?;
    let main = package.main("ppt/presentation.xml")?;
    let part = package.part(&main)?.ok_or(Problem::Damaged)?;
    let mut order = Order::default();
    xml::walk(&part, limits, &mut order)?;
    if !order.presentation {
        return Err(Problem::Damaged);
    }
    if order.slides.len() > limits.entries {
        return Err(Problem::Hostile);
    }

    let relationships = package.relationships(&main)?;
    let mut slides = Slides::new(limits);
    let mut document = Document::default();
    let mut all = relationships.clone();
    for id in &order.slides {
        let slide = relationships.iter().find(|r| r.id == *id && !r.external).ok_or(Problem::Damaged)?;
        let part = package.part(&slide.target)?.ok_or(Problem::Damaged)?;
        xml::walk(&part, limits, &mut slides)?;
        let mut blocks = slides.take();
        let around = package.relationships(&slide.target)?;
        for related in around.iter().filter(|r| !r.external) {
            let notes = match related.kind.as_str() {
                "diagramData" => false,
                "notesSlide" => true,
                _ => continue,
            };
            let Some(part) = package.part(&related.target)? else { continue };
            xml::walk(&part, limits, &mut slides)?;
            if notes { &mut document.notes } else { &mut blocks }.extend(slides.take());
        }
        if !document.blocks.is_empty() {
            document.blocks.push(Block::Break);
        }
        document.blocks.extend(blocks);
        all.extend(around);
    }
    if blank(&document.blocks) && blank(&document.notes) {
        return Err(if slides.pictures { Problem::Scan } else { Problem::Empty });
    }
    document.oddities = package.oddities(&all);
    Ok(document)
}

/// The slides in the order of the presentation, as ids of relationships.
#[derive(Default)]
struct Order {
    presentation: bool,
    slides: Vec<String>,
}

impl Visitor for Order {
    fn start(&mut self, element: &Element<'_>) -> Result<(), Problem> {
        match (element.ns, element.name()) {
            (Ns::Slides, "presentation") => self.presentation = true,
            (Ns::Slides, "sldId") => {
                self.slides.extend(element.attr_in(Ns::Reference, "id").map(std::borrow::Cow::into_owned));
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), Problem> {
        Ok(())
    }
}

enum Frame {
    Plain,
    /// A shape, or a point of a diagram.
    Shape {
        title: bool,
        dropped: bool,
    },
    Paragraph,
    Text,
    Table,
    Row,
    Cell {
        span: u32,
        continues: bool,
        covered: bool,
    },
    Alternatives {
        taken: bool,
    },
}

/// Listens to slides, notes and diagrams.
struct Slides<'l> {
    flow: Flow<'l>,
    stack: Vec<Frame>,
    skipped: usize,
    titles: Vec<Block>,
    rest: Vec<Block>,
    pictures: bool,
}

impl<'l> Slides<'l> {
    fn new(limits: &'l Limits) -> Self {
        Self {
            flow: Flow::new(limits),
            stack: Vec::new(),
            skipped: 0,
            titles: Vec::new(),
            rest: Vec::new(),
            pictures: false,
        }
    }

    /// What was heard of one part: titles, then the rest.
    fn take(&mut self) -> Vec<Block> {
        let mut blocks = std::mem::take(&mut self.titles);
        blocks.append(&mut self.rest);
        blocks.extend(self.flow.take().into_iter().filter(|block| !blank(std::slice::from_ref(block))));
        blocks
    }

    fn drawing(&mut self, element: &Element<'_>) -> Result<Option<Frame>, Problem> {
        Ok(Some(match element.name() {
            "p" => {
                self.flow.open_paragraph()?;
                Frame::Paragraph
            }
            "t" => Frame::Text,
            "br" => {
                self.flow.push("\n")?;
                Frame::Plain
            }
            "tbl" => {
                self.flow.open_table()?;
                Frame::Table
            }
            "tr" => {
                self.flow.open_row();
                Frame::Row
            }
            "tc" => {
                self.flow.open_cell()?;
                let on = |name| matches!(element.attr(name).as_deref(), Some("1" | "true"));
                let span = element.number("gridSpan").unwrap_or(1).clamp(1, MAX_SPAN);
                Frame::Cell { span, continues: on("vMerge"), covered: on("hMerge") }
            }
            "blip" => {
                self.pictures = true;
                return Ok(None);
            }
            "extLst" => return Ok(None),
            _ => Frame::Plain,
        }))
    }

    fn placeholder(&mut self, element: &Element<'_>) {
        let Some(Frame::Shape { title, dropped }) =
            self.stack.iter_mut().rev().find(|frame| matches!(frame, Frame::Shape { .. }))
        else {
            return;
        };
        match element.attr("type").as_deref() {
            Some("title" | "ctrTitle") => *title = true,
            Some("sldNum" | "dt" | "ftr" | "hdr" | "sldImg") => *dropped = true,
            _ => {}
        }
    }

    fn close(&mut self, frame: Frame) {
        match frame {
            Frame::Paragraph => self.flow.close_paragraph(true),
            Frame::Table => self.flow.close_table(),
            Frame::Row => {
                self.flow.close_row(true);
            }
            Frame::Cell { span, continues, covered } => {
                let cell = self.flow.close_cell(span, continues);
                if !covered {
                    self.flow.add_cell(cell, false);
                }
            }
            Frame::Shape { title, dropped } => {
                let blocks = self.flow.finish();
                if !dropped {
                    let place = if title { &mut self.titles } else { &mut self.rest };
                    place.extend(blocks.into_iter().filter(|block| !blank(std::slice::from_ref(block))));
                }
            }
            Frame::Plain | Frame::Text | Frame::Alternatives { .. } => {}
        }
    }
}

impl Visitor for Slides<'_> {
    fn start(&mut self, element: &Element<'_>) -> Result<(), Problem> {
        if self.skipped > 0 {
            self.skipped += 1;
            return Ok(());
        }
        let frame = match (element.ns, element.name()) {
            (Ns::Slides, "sp" | "graphicFrame" | "cxnSp" | "pic") | (Ns::Diagram, "pt") => {
                self.flow.begin();
                let dropped = element.ns == Ns::Diagram && element.attr("type").as_deref() == Some("pres");
                Some(Frame::Shape { title: false, dropped })
            }
            (Ns::Slides, "ph") => {
                self.placeholder(element);
                Some(Frame::Plain)
            }
            (Ns::Slides, "extLst") => None,
            (Ns::Drawing, _) => self.drawing(element)?,
            (Ns::Compat, "AlternateContent") => Some(Frame::Alternatives { taken: false }),
            (Ns::Compat, "Choice") => match self.stack.last_mut() {
                Some(Frame::Alternatives { taken: taken @ false }) if element.understood() => {
                    *taken = true;
                    Some(Frame::Plain)
                }
                _ => None,
            },
            (Ns::Compat, "Fallback") if matches!(self.stack.last(), Some(Frame::Alternatives { taken: true })) => None,
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
        } else if let Some(frame) = self.stack.pop() {
            self.close(frame);
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), Problem> {
        if self.skipped == 0 && matches!(self.stack.last(), Some(Frame::Text)) {
            return self.flow.push(&text.replace(['\u{B}', '\r'], "\n"));
        }
        Ok(())
    }
}
