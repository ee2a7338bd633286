//! Tables whose rows and cells may be repeated, and whose merged cells are told by what they cover
//! (OpenDocument 1.3 part 3, §9.1).

use std::collections::HashMap;

use super::super::{
    Block, Cell, Problem, Row,
    blocks::{Flow, blank},
    text_of,
};

/// Empty columns that are kept one by one; more become one wide cell.
const MAX_EMPTY: u32 = 64;
/// Columns that a cell may cover.
const MAX_SPAN: u32 = 16_384;

/// An open table: where the walk is, and which columns are covered from above.
#[derive(Debug, Default)]
pub(super) struct Grid {
    column: u32,
    /// The first column that the last cell does not cover.
    free: u32,
    /// By column: how many rows are covered still, and how many columns wide.
    covered: HashMap<u32, (u32, u32)>,
}

impl Grid {
    /// Begins a row.
    pub(super) fn row(&mut self) {
        self.column = 0;
        self.free = 0;
    }

    /// Adds a cell, as often as it is repeated.
    pub(super) fn cell(&mut self, flow: &mut Flow<'_>, blocks: Vec<Block>, size: Size) -> Result<(), Problem> {
        let span = size.columns.min(MAX_SPAN);
        let cell = Cell { blocks, span, continues: false };
        if blank(&cell.blocks) && size.repeated > MAX_EMPTY {
            flow.skip_columns(size.repeated.min(MAX_SPAN));
            self.column = self.column.saturating_add(size.repeated);
            return Ok(());
        }
        let copies = size.repeated.min(MAX_SPAN);
        let extra = usize::try_from(copies - 1).unwrap_or(usize::MAX);
        flow.count_cells(extra)?;
        flow.charge(text_of(&cell.blocks).len().saturating_mul(extra))?;
        for _ in 0..copies {
            if size.rows > 1 {
                self.covered.insert(self.column, (size.rows - 1, span));
            } else {
                self.covered.remove(&self.column);
            }
            flow.add_cell(cell.clone(), false);
            self.free = self.column.saturating_add(span);
            self.column = self.column.saturating_add(1);
        }
        Ok(())
    }

    /// Adds covered cells: those below a merged cell continue it, those beside one are part of it.
    pub(super) fn covered(&mut self, flow: &mut Flow<'_>, repeated: u32) -> Result<(), Problem> {
        for _ in 0..repeated.min(MAX_SPAN) {
            if self.column >= self.free
                && let Some((rows, span)) = self.covered.get_mut(&self.column)
            {
                let span = *span;
                *rows -= 1;
                if *rows == 0 {
                    self.covered.remove(&self.column);
                }
                flow.count_cells(1)?;
                flow.add_cell(Cell { blocks: Vec::new(), span, continues: true }, false);
                self.free = self.column.saturating_add(span);
            }
            self.column = self.column.saturating_add(1);
        }
        Ok(())
    }
}

/// The extent of a cell.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    /// How many such cells there are.
    pub(super) repeated: u32,
    /// How many columns each covers.
    pub(super) columns: u32,
    /// How many rows each covers.
    pub(super) rows: u32,
}

/// Repeats the row that was closed last; empty ones are not worth it.
pub(super) fn repeat(flow: &mut Flow<'_>, row: &Row, times: u32) -> Result<Vec<Row>, Problem> {
    if row.cells.iter().all(|cell| blank(&cell.blocks)) {
        return Ok(Vec::new());
    }
    let extra = usize::try_from(times - 1).unwrap_or(usize::MAX);
    flow.count_cells(row.cells.len().saturating_mul(extra))?;
    let text: usize = row.cells.iter().map(|cell| cell.text().len()).sum();
    flow.charge(text.saturating_mul(extra))?;
    Ok(vec![row.clone(); extra])
}

/// Drops the empty rows and cells that fill a sheet up to its edges.
pub(super) fn trim(rows: &mut Vec<Row>) {
    for row in rows.iter_mut() {
        let used = row.cells.iter().rposition(|cell| !blank(&cell.blocks)).map_or(0, |last| last + 1);
        row.cells.truncate(used);
    }
    rows.retain(|row| !row.cells.is_empty());
}
