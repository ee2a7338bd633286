//! Paragraphs and tables as they grow: a stack of open tables instead of recursion, and the limits on what they cost.

use std::collections::VecDeque;

use super::{
    super::{Block, Cell, Limits, Paragraph, Problem, Row, Table},
    Zone,
};

/// What a paragraph costs besides its text, so that millions of small ones pass the limit too.
const PARAGRAPH_COST: usize = 8;

/// Blocks that follow each other: of the page, or of an open cell.
#[derive(Default)]
struct Flow {
    blocks: Vec<(Zone, Block)>,
    line: String,
    marker: Option<String>,
    space: bool,
}

/// A table that is open.
struct Open {
    zone: Zone,
    rows: Vec<Row>,
    row: Option<Vec<Cell>>,
    column: u32,
    /// The span and the rows of the open cell; its content is the topmost flow.
    cell: Option<(u32, u32)>,
    /// Cells of earlier rows that reach into this one, and those that reach into the next, each in the order of columns.
    reaching: VecDeque<Reach>,
    next: Vec<Reach>,
}

/// A cell that covers further rows.
struct Reach {
    column: u32,
    span: u32,
    rows: u32,
}

/// Everything that has been read of a page.
pub(super) struct Grid<'l> {
    limits: &'l Limits,
    flows: Vec<Flow>,
    tables: Vec<Open>,
    /// Open tables past the limit of nesting, whose cells are mere lines.
    flattened: usize,
    flattened_any: bool,
    text_bytes: usize,
    cells: usize,
    problem: Option<Problem>,
}

impl<'l> Grid<'l> {
    pub(super) fn new(limits: &'l Limits) -> Self {
        Self {
            limits,
            flows: vec![Flow::default()],
            tables: Vec::new(),
            flattened: 0,
            flattened_any: false,
            text_bytes: 0,
            cells: 0,
            problem: None,
        }
    }

    /// The limit that was passed.
    pub(super) fn problem(&self) -> Option<Problem> {
        self.problem
    }

    fn spend_text(&mut self, bytes: usize) {
        self.text_bytes += bytes;
        if self.text_bytes > self.limits.text_bytes.saturating_mul(2) {
            self.problem = Some(Problem::Hostile);
        }
    }

    fn spend_cell(&mut self) {
        self.cells += 1;
        if self.cells > self.limits.cells {
            self.problem = Some(Problem::Hostile);
        }
    }

    /// Adds text; white space collapses but where it is `verbatim`.
    pub(super) fn text(&mut self, text: &str, verbatim: bool, zone: Zone) {
        self.spend_text(text.len());
        for c in text.chars() {
            if verbatim && c == '\n' {
                self.end_paragraph(zone);
                continue;
            }
            let Some(flow) = self.flows.last_mut() else { return };
            match c {
                '\t' if verbatim => flow.line.push(c),
                ' ' | '\t' | '\n' | '\r' | '\u{C}' if verbatim => flow.line.push(' '),
                ' ' | '\t' | '\n' | '\r' | '\u{C}' => flow.space = true,
                '\u{AD}' | '\u{200B}' | '\u{FEFF}' => {}
                c if c.is_control() => {}
                c => {
                    if std::mem::take(&mut flow.space) && !flow.line.is_empty() {
                        flow.line.push(' ');
                    }
                    flow.line.push(c);
                }
            }
        }
    }

    /// Gives the next paragraph a number or bullet.
    pub(super) fn mark(&mut self, marker: String) {
        if let Some(flow) = self.flows.last_mut() {
            flow.marker = Some(marker);
        }
    }

    /// Ends the line; nothing happens where it shows nothing.
    pub(super) fn end_paragraph(&mut self, zone: Zone) {
        let Some(flow) = self.flows.last_mut() else { return };
        flow.space = false;
        if flow.line.trim().is_empty() {
            flow.line.clear();
            return;
        }
        let text = std::mem::take(&mut flow.line).trim_end().to_owned();
        let marker = flow.marker.take();
        flow.blocks.push((zone, Block::Paragraph(Paragraph { text, marker })));
        self.spend_text(PARAGRAPH_COST);
    }

    pub(super) fn open_table(&mut self, zone: Zone) {
        // A table directly in a table, outside its cells, ends it.
        if self.flattened == 0 && self.tables.last().is_some_and(|table| table.cell.is_none() && table.row.is_none()) {
            self.close_table();
        }
        if self.tables.len() >= self.limits.table_depth || self.flattened > 0 {
            self.flattened += 1;
            self.flattened_any = true;
            return;
        }
        if self.tables.last().is_some_and(|table| table.cell.is_none()) {
            self.open_cell(1, 1);
        }
        self.tables.push(Open {
            zone,
            rows: Vec::new(),
            row: None,
            column: 0,
            cell: None,
            reaching: VecDeque::new(),
            next: Vec::new(),
        });
    }

    pub(super) fn open_row(&mut self) {
        self.close_row();
        if self.flattened == 0
            && let Some(table) = self.tables.last_mut()
        {
            table.row = Some(Vec::new());
        }
    }

    pub(super) fn open_cell(&mut self, span: u32, rows: u32) {
        self.close_cell();
        if self.flattened > 0 {
            return;
        }
        let Some(table) = self.tables.last_mut() else { return };
        if table.row.is_none() {
            table.row = Some(Vec::new());
        }
        self.continue_cells(false);
        let Some(table) = self.tables.last_mut() else { return };
        // The standard's own bounds; a cell of 0 rows reaches to the end.
        table.cell = Some((span.clamp(1, 1_000), if rows == 0 { 1 } else { rows.min(65_534) }));
        self.flows.push(Flow::default());
        self.spend_cell();
    }

    /// Puts in the cells that reach into this row at the place that it has come to, or all that are left.
    fn continue_cells(&mut self, all: bool) {
        let mut put = 0;
        if let Some(table) = self.tables.last_mut() {
            let Some(row) = &mut table.row else { return };
            while let Some(reach) = {
                let column = table.column;
                table.reaching.pop_front_if(|reach| all || reach.column <= column)
            } {
                row.push(Cell { blocks: Vec::new(), span: reach.span, continues: true });
                table.column = reach.column.max(table.column).saturating_add(reach.span);
                put += 1;
                if reach.rows > 1 {
                    table.next.push(Reach { rows: reach.rows - 1, ..reach });
                }
            }
        }
        for _ in 0..put {
            self.spend_cell();
        }
    }

    pub(super) fn close_cell(&mut self) {
        if self.flattened > 0 {
            return;
        }
        let Some((span, rows)) = self.tables.last_mut().and_then(|table| table.cell.take()) else { return };
        self.end_paragraph(Zone::Own);
        let flow = self.flows.pop().unwrap_or_default();
        let Some(table) = self.tables.last_mut() else { return };
        if rows > 1 {
            table.next.push(Reach { column: table.column, span, rows: rows - 1 });
        }
        table.column = table.column.saturating_add(span);
        let blocks = flow.blocks.into_iter().map(|(_, block)| block).collect();
        table.row.get_or_insert_default().push(Cell { blocks, span, continues: false });
    }

    pub(super) fn close_row(&mut self) {
        self.close_cell();
        if self.flattened > 0 {
            return;
        }
        self.continue_cells(true);
        let Some(table) = self.tables.last_mut() else { return };
        if let Some(cells) = table.row.take() {
            table.column = 0;
            table.next.sort_by_key(|reach| reach.column);
            table.reaching = std::mem::take(&mut table.next).into();
            if !cells.is_empty() {
                table.rows.push(Row { cells });
            }
        }
    }

    pub(super) fn close_table(&mut self) {
        if self.flattened > 0 {
            self.flattened -= 1;
            return;
        }
        self.close_row();
        let Some(mut table) = self.tables.pop() else { return };
        let Some(flow) = self.flows.last_mut() else { return };
        match table.rows.as_mut_slice() {
            [] => {}
            // A table of one cell is only a frame.
            [Row { cells }] if cells.len() == 1 => {
                let blocks = cells.iter_mut().flat_map(|cell| std::mem::take(&mut cell.blocks));
                flow.blocks.extend(blocks.map(|block| (table.zone, block)));
            }
            _ => flow.blocks.push((table.zone, Block::Table(Table { rows: table.rows }))),
        }
    }

    /// Closes what is open and gives everything, with what is odd about it.
    pub(super) fn finish(&mut self, zone: Zone) -> (Vec<(Zone, Block)>, Vec<String>) {
        self.flattened = 0;
        while !self.tables.is_empty() {
            self.close_table();
        }
        self.end_paragraph(zone);
        let blocks = self.flows.pop().unwrap_or_default().blocks;
        let oddities = if self.flattened_any { vec!["tables nest too deep".to_owned()] } else { Vec::new() };
        (blocks, oddities)
    }
}
