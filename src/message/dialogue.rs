//! What an author typed into a mail that he quotes: below its lines, or into the cells of its tables.

use crate::document::{Block, Table};

use super::{Interleaved, quote::closes};

/// So many quoted lines above a text are kept with it.
const ABOVE: usize = 12;
/// So much of each, in characters: no line of ours is longer.
const LINE: usize = 500;
/// So many texts between quoted lines are looked at.
const TEXTS: usize = 200;

/// Listens to the lines of a body in their order.
#[derive(Debug, Default)]
pub(super) struct Dialogue {
    above: Vec<String>,
    open: bool,
    found: Vec<Interleaved>,
    tables: Vec<Table>,
}

impl Dialogue {
    /// A part that is marked as quoted, one by one.
    pub(super) fn quoted(&mut self, block: &Block) {
        if self.open {
            self.above.clear();
            self.open = false;
        }
        match block {
            Block::Paragraph(paragraph) => {
                self.above
                    .extend(paragraph.text.lines().map(|line| line.trim().chars().take(LINE).collect::<String>()));
            }
            Block::Table(_) | Block::Break => self.above.clear(),
        }
        let more = self.above.len().saturating_sub(ABOVE);
        self.above.drain(..more);
        self.table(block);
    }

    /// A part of which nothing tells the author's words from those that he quotes, unless it is a table.
    pub(super) fn table(&mut self, block: &Block) {
        if let Block::Table(table) = block {
            self.tables.push(table.clone());
        }
    }

    /// A line of the author's. What he says ends with a blank line or a closing formula.
    pub(super) fn own(&mut self, line: &str) {
        if line.is_empty() || closes(line) {
            if self.open {
                self.above.clear();
            }
            self.open = false;
        } else if self.open {
            if let Some(last) = self.found.last_mut() {
                last.text.push('\n');
                last.text.push_str(line);
            }
        } else if !self.above.is_empty() && self.found.len() < TEXTS {
            self.open = true;
            self.found.push(Interleaved { above: self.above.clone(), text: line.to_owned() });
        }
    }

    /// What was typed between quoted lines, and the tables that are quoted.
    pub(super) fn finish(self) -> (Vec<Interleaved>, Vec<Table>) {
        (self.found, self.tables)
    }
}
