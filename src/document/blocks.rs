//! Blocks as they grow while a part is walked: a stack instead of recursion, and the limits on tables and text.

use super::{Block, Cell, Limits, Paragraph, Problem, Row, Table};

/// What a paragraph costs besides its text, so that millions of empty ones pass the limit too.
const PARAGRAPH_COST: usize = 8;

/// The blocks of one flow: a body, a header, a slide.
pub(super) struct Flow<'l> {
    limits: &'l Limits,
    text_bytes: usize,
    cells: usize,
    /// The flow itself, then every open cell and aside.
    open: Vec<Vec<Block>>,
    paragraphs: Vec<Paragraph>,
    tables: Vec<Table>,
    rows: Vec<Row>,
}

impl<'l> Flow<'l> {
    /// An empty flow.
    pub(super) fn new(limits: &'l Limits) -> Self {
        Self {
            limits,
            text_bytes: 0,
            cells: 0,
            open: vec![Vec::new()],
            paragraphs: Vec::new(),
            tables: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// The blocks, and an empty flow again; the limits count on.
    pub(super) fn take(&mut self) -> Vec<Block> {
        self.open.first_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Begins blocks that are kept apart: a shape, a note.
    pub(super) fn begin(&mut self) {
        self.open.push(Vec::new());
    }

    /// Ends them and gives them.
    pub(super) fn finish(&mut self) -> Vec<Block> {
        if self.open.len() > 1 { self.open.pop().unwrap_or_default() } else { Vec::new() }
    }

    /// The innermost open paragraph.
    pub(super) fn paragraph(&mut self) -> Option<&mut Paragraph> {
        self.paragraphs.last_mut()
    }

    /// The text of the innermost open paragraph.
    pub(super) fn paragraph_text(&self) -> &str {
        self.paragraphs.last().map_or("", |paragraph| &paragraph.text)
    }

    /// Whether the flow is in a table.
    pub(super) fn in_table(&self) -> bool {
        !self.tables.is_empty()
    }

    /// How many paragraphs are open, text boxes being paragraphs within a paragraph.
    pub(super) fn paragraph_depth(&self) -> usize {
        self.paragraphs.len()
    }

    /// Opens a paragraph.
    pub(super) fn open_paragraph(&mut self) -> Result<(), Problem> {
        self.charge(PARAGRAPH_COST)?;
        self.paragraphs.push(Paragraph::default());
        Ok(())
    }

    /// Adds text to the innermost paragraph; text outside of one is layout of the file, not content.
    pub(super) fn push(&mut self, text: &str) -> Result<(), Problem> {
        self.charge(text.len())?;
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.text.push_str(text);
        }
        Ok(())
    }

    /// Closes the innermost paragraph; `keep` is false for one that is not to be seen.
    pub(super) fn close_paragraph(&mut self, keep: bool) {
        if let Some(paragraph) = self.paragraphs.pop()
            && keep
        {
            self.add(Block::Paragraph(paragraph));
        }
    }

    /// Opens a table.
    pub(super) fn open_table(&mut self) -> Result<(), Problem> {
        if self.tables.len() >= self.limits.table_depth {
            return Err(Problem::Hostile);
        }
        self.tables.push(Table::default());
        Ok(())
    }

    /// Closes the innermost table.
    pub(super) fn close_table(&mut self) {
        if let Some(table) = self.tables.pop() {
            self.add(Block::Table(table));
        }
    }

    /// Opens a row; it must be closed before its table.
    pub(super) fn open_row(&mut self) {
        self.rows.push(Row::default());
    }

    /// Closes the innermost row and gives it to its table; `keep` is false for a deleted one.
    pub(super) fn close_row(&mut self, keep: bool) -> Option<&Row> {
        let row = self.rows.pop().filter(|_| keep)?;
        let table = self.tables.last_mut()?;
        table.rows.push(row);
        table.rows.last()
    }

    /// Changes the rows of the innermost table.
    pub(super) fn rows_of_table(&mut self, change: impl FnOnce(&mut Vec<Row>)) {
        if let Some(table) = self.tables.last_mut() {
            change(&mut table.rows);
        }
    }

    /// Opens a cell; it must be closed before its row.
    pub(super) fn open_cell(&mut self) -> Result<(), Problem> {
        self.count_cells(1)?;
        self.begin();
        Ok(())
    }

    /// Closes the innermost cell and gives it back, for [`Flow::add_cell`].
    pub(super) fn close_cell(&mut self, span: u32, continues: bool) -> Cell {
        Cell { blocks: self.finish(), span: span.max(1), continues }
    }

    /// Adds a cell to the innermost row; one that joins the cell on its left only widens it.
    pub(super) fn add_cell(&mut self, cell: Cell, joins: bool) {
        let Some(row) = self.rows.last_mut() else { return };
        match row.cells.last_mut() {
            Some(left) if joins => {
                left.span = left.span.saturating_add(cell.span);
                if !blank(&cell.blocks) {
                    left.blocks.extend(cell.blocks);
                }
            }
            _ => row.cells.push(cell),
        }
    }

    /// Leaves out columns of the innermost row, so that the cells behind them keep their place.
    pub(super) fn skip_columns(&mut self, columns: u32) {
        if columns > 0 {
            self.add_cell(Cell { blocks: Vec::new(), span: columns, continues: false }, false);
        }
    }

    /// Counts cells and text that are copied rather than read.
    pub(super) fn count_cells(&mut self, cells: usize) -> Result<(), Problem> {
        self.cells = self.cells.saturating_add(cells);
        if self.cells > self.limits.cells { Err(Problem::Hostile) } else { Ok(()) }
    }

    /// Counts bytes of text.
    pub(super) fn charge(&mut self, bytes: usize) -> Result<(), Problem> {
        self.text_bytes = self.text_bytes.saturating_add(bytes);
        if self.text_bytes > self.limits.text_bytes { Err(Problem::Hostile) } else { Ok(()) }
    }

    /// Adds a finished block to the innermost open cell, else to the flow.
    pub(super) fn add(&mut self, block: Block) {
        if let Some(blocks) = self.open.last_mut() {
            blocks.push(block);
        }
    }
}

/// Whether nothing in these blocks can be read.
pub(super) fn blank(blocks: &[Block]) -> bool {
    blocks.iter().all(|block| match block {
        Block::Paragraph(paragraph) => paragraph.text.trim().is_empty(),
        Block::Table(table) => table.rows.iter().flat_map(|row| &row.cells).all(|cell| blank(&cell.blocks)),
        Block::Break => true,
    })
}
