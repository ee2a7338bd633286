//! What stands in content controls that have a tag (ISO/IEC 29500-1 §17.5.2.42), heard while the text is.

use super::super::Control;

/// More controls than these have no name worth knowing, nor has one with a longer tag: Word takes 64 characters.
const MOST: usize = 1_000;
const LONGEST: usize = 128;

/// The controls of a part.
#[derive(Debug, Default)]
pub(super) struct Tagged {
    controls: Vec<Control>,
    /// Those that are open, the innermost last: text belongs to it alone.
    open: Vec<usize>,
}

impl Tagged {
    /// A control with this tag begins; whether it is one to remember.
    pub(super) fn open(&mut self, tag: &str) -> bool {
        let known = !tag.is_empty() && tag.len() <= LONGEST && self.controls.len() < MOST;
        if known {
            self.open.push(self.controls.len());
            self.controls.push(Control { tag: tag.to_owned(), text: String::new() });
        }
        known
    }

    /// The innermost one ends.
    pub(super) fn close(&mut self) {
        self.open.pop();
    }

    /// Text, or the end of a line.
    pub(super) fn push(&mut self, text: &str) {
        if let Some(control) = self.open.last().and_then(|at| self.controls.get_mut(*at)) {
            control.text.push_str(text);
        }
    }

    /// The end of a cell, whose last paragraph has ended a line.
    pub(super) fn cell(&mut self) {
        if let Some(control) = self.open.last().and_then(|at| self.controls.get_mut(*at)) {
            control.text.truncate(control.text.trim_end_matches('\n').len());
            control.text.push('\t');
        }
    }

    /// The end of a row, whose last cell has ended with a tabulator.
    pub(super) fn row(&mut self) {
        if let Some(control) = self.open.last().and_then(|at| self.controls.get_mut(*at)) {
            if control.text.ends_with('\t') {
                control.text.pop();
            }
            control.text.push('\n');
        }
    }

    /// The controls heard so far.
    pub(super) fn take(&mut self) -> Vec<Control> {
        self.open.clear();
        std::mem::take(&mut self.controls)
    }
}
