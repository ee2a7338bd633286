//! The paper: A4, Times New Roman 14, the margins and page numbers of official letters (GOST R 7.0.97-2016), and the
//! pieces of which the digest is put together.

use docx_rs::{
    AbstractNumbering, AlignmentType, Docx, Header, IndentLevel, Level, LevelJc, LevelSuffixType, LevelText,
    LineSpacing, NumberFormat, Numbering, NumberingId, PageMargin, PageNum, Paragraph, Run, RunFonts, Shading,
    SpecialIndentType, Start, Style, StyleType, Table, TableCell, TableCellMargins, TableLayoutType, TableRow,
    VAlignType, WidthType,
};

use crate::{reply::word_file::run, report::Status};

const GREY: &str = "E7E9ED";
/// Of text, of tables and of what is below a line, in half points.
const SIZE: usize = 28;
const TABLE: usize = 24;
const SMALL: usize = 20;
/// The first line's indent and that of a list, in twentieths of a point.
const INDENT: i32 = 709;

/// The numberings of questions and of the lists of schools.
const QUESTIONS: usize = 2;
const NOTHING: usize = 3;
const REVIEW: usize = 4;

/// A cell of a table.
#[derive(Debug, Clone)]
pub(super) enum Cell {
    Head(&'static str),
    Text(String),
    Centre(String),
    Total(String),
    Sum(String),
}

/// The empty document; `created` as RFC 3339.
pub(super) fn blank(created: &str) -> Docx {
    let fonts = RunFonts::new().ascii("Times New Roman").hi_ansi("Times New Roman").cs("Times New Roman");
    let number = Paragraph::new().align(AlignmentType::Center).add_page_num(PageNum::new());
    let mut docx = Docx::new()
        .created_at(created)
        .updated_at(created)
        .page_size(11_906, 16_838)
        .page_margin(PageMargin::new().top(1_134).bottom(1_134).left(1_701).right(850).header(567))
        .default_fonts(fonts)
        .default_size(SIZE)
        .header(Header::new().add_paragraph(number))
        .title_pg()
        .add_abstract_numbering(AbstractNumbering::new(QUESTIONS).add_level(level().paragraph_style("Heading2").bold()))
        .add_numbering(Numbering::new(QUESTIONS, QUESTIONS));
    for style in styles() {
        docx = docx.add_style(style);
    }
    docx
}

fn level() -> Level {
    let (start, format, text, left) =
        (Start::new(1), NumberFormat::new("decimal"), LevelText::new("%1."), LevelJc::new("left"));
    Level::new(0, start, format, text, left).suffix(LevelSuffixType::Space)
}

fn styles() -> [Style; 7] {
    let style = |id: &str, name: &str| Style::new(id, StyleType::Paragraph).name(name);
    let based = |id: &str, name: &str| style(id, name).based_on("Normal");
    let kept = |mut style: Style| {
        style.paragraph_property = style.paragraph_property.keep_next(true).keep_lines(true);
        style
    };
    let first = Some(SpecialIndentType::FirstLine(INDENT));
    [
        style("Normal", "Normal").size(SIZE),
        kept(
            based("Heading1", "heading 1")
                .next("BodyText")
                .bold()
                .align(AlignmentType::Center)
                .line_spacing(LineSpacing::new().before(360).after(160))
                .outline_lvl(0),
        ),
        kept(
            based("Heading2", "heading 2")
                .next("BodyText")
                .bold()
                .line_spacing(LineSpacing::new().before(280).after(120))
                .outline_lvl(1),
        ),
        based("BodyText", "Body Text").align(AlignmentType::Both).indent(Some(0), first, None, None),
        kept(based("School", "School").next("BodyText").bold().line_spacing(LineSpacing::new().before(120).after(40))),
        based("SchoolItem", "School Item").indent(Some(0), Some(SpecialIndentType::FirstLine(INDENT)), None, None),
        based("TableText", "Table Text").size(TABLE),
    ]
}

/// A line of the title; `after` in twentieths of a point.
pub(super) fn centred(text: &str, bold: bool, after: u32) -> Paragraph {
    let run = if bold { run(text).bold() } else { run(text) };
    Paragraph::new().add_run(run).align(AlignmentType::Center).line_spacing(LineSpacing::new().after(after))
}

pub(super) fn heading(text: &str) -> Paragraph {
    Paragraph::new().style("Heading1").add_run(run(text))
}

/// A question of the form, numbered as the letter numbers it.
pub(super) fn question(text: &str) -> Paragraph {
    Paragraph::new().style("Heading2").numbering(NumberingId::new(QUESTIONS), IndentLevel::new(0)).add_run(run(text))
}

/// A school above its answer.
pub(super) fn school(name: &str) -> Paragraph {
    Paragraph::new().style("School").add_run(run(name))
}

pub(super) fn body(text: &str) -> Paragraph {
    Paragraph::new().style("BodyText").add_run(run(text))
}

pub(super) fn note(text: &str) -> Paragraph {
    Paragraph::new().style("BodyText").add_run(run(text).italic())
}

/// Parts a table from what follows: two tables that touch are one.
pub(super) fn gap() -> Paragraph {
    Paragraph::new().add_run(run("").size(8)).size(8)
}

/// Below everything, small.
pub(super) fn quiet(text: &str) -> Paragraph {
    Paragraph::new().add_run(run(text).size(SMALL)).line_spacing(LineSpacing::new().before(360))
}

/// A list of schools begins, with numbers of its own.
pub(super) fn list(docx: Docx, status: Status) -> Docx {
    let id = numbering(status);
    docx.add_abstract_numbering(AbstractNumbering::new(id).add_level(level())).add_numbering(Numbering::new(id, id))
}

/// An entry of such a list.
pub(super) fn item(text: &str, status: Status) -> Paragraph {
    Paragraph::new()
        .style("SchoolItem")
        .numbering(NumberingId::new(numbering(status)), IndentLevel::new(0))
        .add_run(run(text))
}

fn numbering(status: Status) -> usize {
    if status == Status::Review { REVIEW } else { NOTHING }
}

/// A table whose first row is repeated on each page.
pub(super) fn table(widths: &[usize], heads: Vec<Cell>, rows: impl IntoIterator<Item = Vec<Cell>>) -> Table {
    let row = |cells: Vec<Cell>| {
        TableRow::new(cells.into_iter().zip(widths).map(|(one, width)| cell(one, *width)).collect()).cant_split()
    };
    let rows = std::iter::once(heads).chain(rows).map(row).collect();
    grid(Table::new(rows), widths)
}

fn grid(table: Table, widths: &[usize]) -> Table {
    table
        .set_grid(widths.to_vec())
        .width(widths.iter().sum(), WidthType::Dxa)
        .layout(TableLayoutType::Fixed)
        .margins(TableCellMargins::new().margin(30, 100, 30, 100))
}

fn cell(one: Cell, width: usize) -> TableCell {
    let empty = TableCell::new().width(width, WidthType::Dxa);
    let line = |run: Run| Paragraph::new().style("TableText").add_run(run);
    match one {
        Cell::Head(text) => empty
            .shading(Shading::new().fill(GREY))
            .vertical_align(VAlignType::Center)
            .add_paragraph(line(run(text).bold()).align(AlignmentType::Center).keep_next(true)),
        Cell::Text(text) => text
            .lines()
            .filter(|one| !one.trim().is_empty())
            .fold(empty, |cell, one| cell.add_paragraph(line(run(one)))),
        Cell::Centre(text) => empty.add_paragraph(line(run(&text)).align(AlignmentType::Center)),
        Cell::Total(text) => empty.add_paragraph(line(run(&text).bold())),
        Cell::Sum(text) => empty.add_paragraph(line(run(&text).bold()).align(AlignmentType::Center)),
    }
}

/// Where it is signed: blanks with what belongs into them.
pub(super) fn signature() -> Table {
    const WIDTHS: [usize; 3] = [4_000, 2_300, 3_055];
    let blanks = [
        ("_________________________", "(должность)"),
        ("______________", "(подпись)"),
        ("___________________", "(И. О. Фамилия)"),
    ];
    let centre = |run: Run| Paragraph::new().add_run(run).align(AlignmentType::Center).keep_next(true);
    let cells = blanks.into_iter().zip(WIDTHS).map(|((blank, hint), width)| {
        TableCell::new()
            .width(width, WidthType::Dxa)
            .add_paragraph(centre(run(blank).size(TABLE)))
            .add_paragraph(centre(run(hint).size(SMALL)))
    });
    grid(Table::without_borders(vec![TableRow::new(cells.collect())]), &WIDTHS)
}
