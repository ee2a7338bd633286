//! A document → one stream of [`Item`]s in reading order, in which a form is looked for: lines of text, and rows that
//! pair what may be a label with what may be its answers. How a table lies (labels down a column, across a row, beside
//! one another, a column or a row for each school, within another table) matters only here.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::{Block, Cell, Document, Paragraph, Row, Table};

use super::{
    labels::{Ends, Labels, enumerator},
    words,
};

/// A part of a document, as a form is looked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Item {
    /// A line of text.
    Line(Line),
    /// A cell that may be a label, with what stands beside or under it.
    Pair(Pair),
    /// A table that is no part of a form, as lines.
    Table(Vec<String>),
    /// The end of a page, slide or sheet.
    Break,
}

/// A line of a paragraph.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Line {
    pub(super) text: String,
    /// The automatic number of its paragraph, where it is the paragraph's first line.
    pub(super) marker: Option<String>,
    /// The table in which it has a row for itself.
    pub(super) table: Option<usize>,
    pub(super) place: String,
}

/// A possible label with its possible answers.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Pair {
    pub(super) label: String,
    /// The number in a column before it.
    pub(super) number: Option<u32>,
    /// One for each school: text and place.
    pub(super) answers: Vec<(String, String)>,
    /// What heads the column of each school, where something does.
    pub(super) headings: Vec<String>,
    pub(super) table: usize,
}

/// A cell on the grid of its table.
struct Placed<'d> {
    row: usize,
    column: usize,
    end: usize,
    cell: &'d Cell,
    text: String,
    /// The field that its text is the label of.
    field: Option<usize>,
}

/// Reads the body of a document.
pub(super) fn items(labels: &Labels, document: &Document) -> Vec<Item> {
    let mut reader = Reader { labels, items: Vec::new(), tables: 0, paragraphs: 0 };
    reader.blocks(&document.blocks, None);
    reader.items
}

/// The text of a cell as an answer: lines kept, numbers of a list's items before them.
pub(super) fn answer_text(cell: &Cell) -> String {
    let marked = |block: &&Block| matches!(block, Block::Paragraph(Paragraph { marker: Some(_), .. }));
    let list = cell.blocks.iter().filter(marked).count() >= 2;
    let mut lines = Vec::new();
    for block in &cell.blocks {
        match block {
            Block::Paragraph(Paragraph { text, marker: Some(marker) }) if list && !text.trim().is_empty() => {
                lines.push(format!("{marker} {text}"));
            }
            Block::Paragraph(paragraph) => lines.push(paragraph.text.clone()),
            Block::Table(table) => {
                for row in &table.rows {
                    lines.push(row.cells.iter().map(Cell::text).collect::<Vec<_>>().join("\t"));
                }
            }
            Block::Break => {}
        }
    }
    lines.join("\n").trim().to_owned()
}

struct Reader<'l> {
    labels: &'l Labels,
    items: Vec<Item>,
    tables: usize,
    paragraphs: usize,
}

impl Reader<'_> {
    fn blocks(&mut self, blocks: &[Block], table: Option<(usize, usize)>) {
        for block in blocks {
            match block {
                Block::Paragraph(paragraph) => self.paragraph(paragraph, table),
                Block::Table(table) => self.table(table),
                Block::Break => self.items.push(Item::Break),
            }
        }
    }

    fn paragraph(&mut self, paragraph: &Paragraph, table: Option<(usize, usize)>) {
        self.paragraphs += usize::from(table.is_none());
        let place = match table {
            Some((table, row)) => format!("таблица {table}, строка {row}"),
            None => format!("абзац {}", self.paragraphs),
        };
        for (nth, text) in paragraph.text.split('\n').enumerate() {
            self.items.push(Item::Line(Line {
                text: text.trim().to_owned(),
                marker: paragraph.marker.clone().filter(|_| nth == 0),
                table: table.map(|(table, _)| table),
                place: place.clone(),
            }));
        }
    }

    fn table(&mut self, table: &Table) {
        self.tables += 1;
        let number = self.tables;
        let grid = grid(self.labels, table);
        let columns = fields_by(&grid, |placed| placed.column);
        let rows = fields_by(&grid, |placed| placed.row);
        let most = |by: &BTreeMap<usize, BTreeSet<usize>>| by.values().map(BTreeSet::len).max().unwrap_or(0);
        let nested = table
            .rows
            .iter()
            .flat_map(|row| &row.cells)
            .any(|cell| cell.blocks.iter().any(|block| matches!(block, Block::Table(_))));
        let single = table.rows.iter().all(|row| row.cells.len() <= 1);
        let (down, across) = (most(&columns), most(&rows));
        let small = table.rows.len() <= 2;
        if single || (nested && down.max(across) < 2) {
            self.cells(table, number);
        } else if table.rows.len() >= 2 && across >= 2 && across > down && (across >= 3 || down <= 1) {
            self.across(&grid, &rows, number, across);
        } else if down >= 2 || (down == 1 && small) {
            self.down(table, &grid, &columns, number, down);
        } else if table.rows.iter().flat_map(|row| &row.cells).any(|cell| self.is_written_in(cell)) {
            self.cells(table, number);
        } else {
            let line = |row: &Row| row.cells.iter().map(Cell::text).collect::<Vec<_>>().join("\t");
            self.items.push(Item::Table(table.rows.iter().map(line).collect()));
        }
    }

    /// Whether several labels stand as paragraphs within one cell.
    fn is_written_in(&self, cell: &Cell) -> bool {
        let label = |block: &&Block| match block {
            Block::Paragraph(Paragraph { text, .. }) => label_of(self.labels, text).is_some(),
            _ => false,
        };
        cell.blocks.len() >= 4 && cell.blocks.iter().filter(label).count() >= 2
    }

    /// A table that only frames what it holds.
    fn cells(&mut self, table: &Table, number: usize) {
        for (nth, row) in table.rows.iter().enumerate() {
            for cell in row.cells.iter().filter(|cell| !cell.continues) {
                self.blocks(&cell.blocks, Some((number, nth + 1)));
            }
        }
    }

    /// Labels across a row, the answers in the rows under it.
    fn across(&mut self, grid: &[Vec<Placed<'_>>], rows: &BTreeMap<usize, BTreeSet<usize>>, table: usize, most: usize) {
        let heads = |nth: usize, row: &[Placed<'_>]| {
            let fields = rows.get(&nth).map_or(0, BTreeSet::len);
            fields * 2 > most || (fields >= 3 && fields == row.iter().filter(|one| !one.text.is_empty()).count())
        };
        let mut head: Option<&Vec<Placed<'_>>> = None;
        let mut under: Vec<Vec<&Placed<'_>>> = Vec::new();
        for (nth, row) in grid.iter().enumerate() {
            let filled: Vec<&Placed<'_>> =
                row.iter().filter(|one| !one.text.is_empty() && !one.cell.continues).collect();
            if heads(nth, row) {
                self.headed(head.replace(row), &std::mem::take(&mut under), table);
                continue;
            }
            let follows = !under.is_empty();
            match head {
                _ if filled.is_empty() || is_numbering(row) => {}
                Some(labels) if !follows || is_school(self.labels, labels, &filled) => {
                    under.push(row.iter().collect());
                }
                // The school's answers go on where its name does.
                Some(labels) if goes_on(self.labels, labels, row) => {
                    if let Some(school) = under.last_mut() {
                        school.extend(filled);
                    }
                }
                // On a sheet of a workbook all else that it holds stands above and below.
                _ => {
                    self.headed(head.take(), &std::mem::take(&mut under), table);
                    self.items.extend(filled.iter().map(|one| {
                        let place = place(table, nth, None);
                        Item::Line(Line { text: one.text.clone(), table: Some(table), place, ..Line::default() })
                    }));
                }
            }
        }
        self.headed(head, &under, table);
    }

    fn headed(&mut self, head: Option<&Vec<Placed<'_>>>, under: &[Vec<&Placed<'_>>], table: usize) {
        for label in head.into_iter().flatten().filter(|one| one.field.is_some()) {
            let below = |school: &Vec<&Placed<'_>>| {
                let cells: Vec<&&Placed<'_>> = school.iter().filter(|one| is_under(one, label)).collect();
                let found = cells.first().map(|one| place(table, one.row, Some(one.column))).unwrap_or_default();
                let texts = cells.iter().map(|one| answer_text(one.cell)).filter(|text| !text.is_empty());
                (texts.collect::<Vec<_>>().join("\n"), found)
            };
            self.items.push(Item::Pair(Pair {
                label: label.text.clone(),
                answers: under.iter().map(below).collect(),
                table,
                ..Pair::default()
            }));
        }
    }

    /// Labels down a column, the answers beside them.
    fn down(
        &mut self,
        table: &Table,
        grid: &[Vec<Placed<'_>>],
        columns: &BTreeMap<usize, BTreeSet<usize>>,
        number: usize,
        most: usize,
    ) {
        let of_labels = columns_of_labels(grid, columns, most);
        let width = grid.iter().flatten().map(|one| one.end).max().unwrap_or(0);
        for (nth, &column) in of_labels.iter().enumerate() {
            let until = of_labels.get(nth + 1).copied().unwrap_or(width);
            let schools = super::columns::schools(self.labels, grid_view(grid, column, until));
            for (row, cells) in table.rows.iter().zip(grid) {
                self.beside(row, cells, column, until, &schools, number);
            }
        }
    }

    fn beside(
        &mut self,
        _row: &Row,
        cells: &[Placed<'_>],
        column: usize,
        until: usize,
        schools: &super::columns::Schools,
        table: usize,
    ) {
        let Some(label) = cells.iter().find(|one| one.column <= column && column < one.end) else { return };
        let beside: Vec<&Placed<'_>> =
            cells.iter().filter(|one| one.column >= label.end && one.column < until).collect();
        let before = cells.iter().filter(|one| one.end <= label.column);
        let number = before.filter_map(|one| number_of(&one.text)).next_back();
        let text = if label.cell.continues { "" } else { label.text.as_str() };
        if beside.is_empty() {
            if !text.is_empty() {
                self.blocks(&label.cell.blocks, Some((table, label.row + 1)));
            }
            return;
        }
        let view: Vec<super::columns::Answered> = beside
            .iter()
            .filter(|one| !one.cell.continues)
            .map(|one| super::columns::Answered { column: one.column, end: one.end, text: answer_text(one.cell) })
            .collect();
        let answers: Vec<(String, String)> =
            schools.answers(&view).into_iter().map(|text| (text, place(table, label.row, None))).collect();
        if text.is_empty() && answers.iter().all(|(text, _)| text.is_empty()) {
            return;
        }
        let headings = schools.headings.clone();
        self.items.push(Item::Pair(Pair { label: text.to_owned(), number, answers, headings, table }));
    }
}

fn is_under(one: &Placed<'_>, label: &Placed<'_>) -> bool {
    one.column <= label.column && label.column < one.end
}

/// The label of the school's name in a row of labels.
fn name_label<'a, 'd>(labels: &Labels, head: &'a [Placed<'d>]) -> Option<&'a Placed<'d>> {
    head.iter().find(|one| one.field.is_some_and(|field| labels.is_name(field)))
}

/// Whether a further row under labels is another school's: it names one, or answers most of what is asked.
fn is_school(labels: &Labels, head: &[Placed<'_>], filled: &[&Placed<'_>]) -> bool {
    let named = name_label(labels, head).is_some_and(|label| {
        filled.iter().any(|one| is_under(one, label) && one.end - one.column <= 2 && names_school(&one.text))
    });
    named || filled.len() * 2 > head.iter().filter(|one| one.field.is_some()).count()
}

/// Whether a further row goes on with the answers above it: nothing stands under the label of the school's name.
fn goes_on(labels: &Labels, head: &[Placed<'_>], row: &[Placed<'_>]) -> bool {
    let name = name_label(labels, head);
    name.is_some_and(|label| {
        row.iter()
            .any(|one| is_under(one, label) && one.end == label.end && (one.text.is_empty() || one.cell.continues))
    })
}

fn place(table: usize, row: usize, column: Option<usize>) -> String {
    match column {
        Some(column) => format!("таблица {table}, строка {}, столбец {}", row + 1, column + 1),
        None => format!("таблица {table}, строка {}", row + 1),
    }
}

/// The rows as `columns` looks at them: what stands in the column of labels, and what beside it.
fn grid_view(grid: &[Vec<Placed<'_>>], column: usize, until: usize) -> Vec<super::columns::Beside> {
    grid.iter()
        .map(|cells| {
            let label = cells.iter().find(|one| one.column <= column && column < one.end);
            let from = label.map_or(column, |one| one.end);
            let answers = cells
                .iter()
                .filter(|one| one.column >= from && one.column < until && !one.cell.continues)
                .map(|one| super::columns::Answered { column: one.column, end: one.end, text: one.text.clone() })
                .collect();
            super::columns::Beside { field: label.and_then(|one| one.field), answers }
        })
        .collect()
}

/// The fields whose labels stand in each row or column.
fn fields_by(grid: &[Vec<Placed<'_>>], by: impl Fn(&Placed<'_>) -> usize) -> BTreeMap<usize, BTreeSet<usize>> {
    let mut found: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for placed in grid.iter().flatten() {
        if let Some(field) = placed.field {
            found.entry(by(placed)).or_default().insert(field);
        }
    }
    found
}

/// The columns in which labels stand: those with the most, and others that have some. Right beside labels stand their
/// answers, which may sound like labels, or hints that repeat them; so do the answers of a second school further right.
fn columns_of_labels(grid: &[Vec<Placed<'_>>], columns: &BTreeMap<usize, BTreeSet<usize>>, most: usize) -> Vec<usize> {
    let mut found: Vec<usize> = Vec::new();
    for (&at, fields) in columns.iter().filter(|(_, fields)| fields.len() == most || fields.len() >= 3) {
        let ends = |before: usize| {
            grid.iter().flatten().any(|one| one.column == before && one.end == at && one.field.is_some())
        };
        if let Some(&before) = found.last().filter(|before| ends(**before)) {
            let weaker = columns.get(&before).is_some_and(|known| known.len() * 2 < fields.len());
            if weaker {
                found.pop();
            } else {
                continue;
            }
        }
        let known = found.iter().filter_map(|before| columns.get(before)).flatten();
        let again = known.filter(|field| fields.contains(field)).count();
        if again * 2 <= fields.len() || fields.len() * 3 >= most * 2 {
            found.push(at);
        }
    }
    found
}

fn grid<'d>(labels: &Labels, table: &'d Table) -> Vec<Vec<Placed<'d>>> {
    let row = |(nth, row): (usize, &'d Row)| {
        let mut column = 0usize;
        row.cells
            .iter()
            .map(|cell| {
                let text = cell.text().trim().to_owned();
                let end = column.saturating_add(cell.span.max(1) as usize);
                let field = if cell.continues { None } else { label_of(labels, &text) };
                let placed = Placed { row: nth, column, end, cell, field, text };
                column = end;
                placed
            })
            .collect()
    };
    table.rows.iter().enumerate().map(row).collect()
}

/// The field of which a cell's text is the label, or begins with it.
pub(super) fn label_of(labels: &Labels, text: &str) -> Option<usize> {
    let body = enumerator(text).and_then(|(_, at)| text.get(at..)).unwrap_or(text);
    if body.chars().filter(|c| c.is_alphabetic()).take(5).count() < 5 {
        return None;
    }
    let best = labels.matches(body, Ends::AtSign).into_iter().next()?;
    (best.field < labels.title() && best.score >= labels.least(best.field, false)).then_some(best.field)
}

/// A number that stands alone in a cell.
fn number_of(text: &str) -> Option<u32> {
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric());
    bare.parse().ok().filter(|number| *number < 100)
}

/// «1 | 2 | 3 | …»: a row that numbers the columns.
fn is_numbering(row: &[Placed<'_>]) -> bool {
    let filled: Vec<&Placed<'_>> = row.iter().filter(|one| !one.text.is_empty()).collect();
    let numbers: Vec<u32> = filled.iter().filter_map(|one| number_of(&one.text)).collect();
    numbers.len() >= 3
        && numbers.len() == filled.len()
        && numbers.windows(2).all(|two| matches!(two, [a, b] if *b == a + 1))
}

/// Whether a text speaks of a school.
pub(super) fn names_school(text: &str) -> bool {
    const STEMS: &[&str] = &["школ", "гимнази", "лице", "образоват", "центр", "интернат", "учрежден"];
    const ENDINGS: &[&str] =
        &["сош", "оош", "нош", "сш", "моу", "мбоу", "мкоу", "маоу", "гбоу", "цо", "цоо", "оц", "дс"];
    words::words(text).iter().any(|word| {
        STEMS.iter().any(|stem| word.starts_with(stem))
            || ENDINGS.iter().any(|end| word.ends_with(end) && word.chars().count() <= 6)
    })
}
