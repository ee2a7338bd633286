//! Fields: instructions are not text, results are; legacy form fields show a box or the chosen entry
//! (ISO/IEC 29500-1 §17.16).

use super::super::xml::Element;

/// Fields within fields; Word refuses more than 20.
const MAX_OPEN: usize = 64;
/// Entries of a drop-down; Word allows 25.
const MAX_ENTRIES: usize = 256;

#[derive(Debug, Default)]
struct Field {
    /// Whether the walk is still before the result.
    instruction: bool,
    /// What a form field shows.
    shown: Option<String>,
    /// Bytes of the paragraph before the result.
    before: usize,
}

#[derive(Debug, Default)]
struct Form {
    check: bool,
    list: bool,
    checked: Option<bool>,
    default: bool,
    chosen: Option<usize>,
    default_entry: usize,
    entries: Vec<String>,
}

/// The open fields of a part.
#[derive(Debug, Default)]
pub(super) struct Fields {
    open: Vec<Field>,
    form: Option<Form>,
}

impl Fields {
    /// Whether text is part of an instruction now.
    pub(super) fn in_instruction(&self) -> bool {
        self.open.iter().any(|field| field.instruction)
    }

    /// Hears a `fldChar`; gives what a form field shows, where no result of its own does.
    pub(super) fn mark(&mut self, element: &Element<'_>, paragraph: &str) -> Option<String> {
        match element.attr("fldCharType")?.as_ref() {
            "begin" if self.open.len() < MAX_OPEN => {
                self.open.push(Field { instruction: true, shown: None, before: paragraph.len() });
            }
            "separate" => {
                let field = self.open.last_mut()?;
                field.instruction = false;
                field.before = paragraph.len();
            }
            "end" => {
                let field = self.open.pop()?;
                let result = paragraph.get(field.before..).unwrap_or_default();
                return field.shown.filter(|_| result.trim().is_empty());
            }
            _ => {}
        }
        None
    }

    /// A field that never comes to its result must not swallow the rest of the text.
    pub(super) fn end_paragraph(&mut self) {
        for field in &mut self.open {
            field.instruction = false;
            field.before = 0;
        }
    }

    /// Opens the data of a form field.
    pub(super) fn open_form(&mut self) {
        self.form = Some(Form::default());
    }

    /// Closes them: the field that they belong to now knows what it shows.
    pub(super) fn close_form(&mut self) {
        let Some(form) = self.form.take() else { return };
        let shown = if form.check {
            Some(if form.checked.unwrap_or(form.default) { "☒" } else { "☐" }.to_owned())
        } else if form.list {
            form.entries.into_iter().nth(form.chosen.unwrap_or(form.default_entry))
        } else {
            None
        };
        if let Some(field) = self.open.last_mut() {
            field.shown = shown;
        }
    }

    /// Hears an element of a form field's data; whether it was one.
    pub(super) fn hear(&mut self, element: &Element<'_>) -> bool {
        let Some(form) = &mut self.form else { return false };
        let number = || element.number("val").and_then(|n| usize::try_from(n).ok());
        match element.name() {
            "checkBox" => form.check = true,
            "ddList" => form.list = true,
            "checked" => form.checked = Some(element.on()),
            "default" if form.check => form.default = element.on(),
            "default" => form.default_entry = number().unwrap_or(0),
            "result" => form.chosen = number(),
            "listEntry" if form.entries.len() < MAX_ENTRIES => {
                form.entries.push(element.val().unwrap_or_default().into_owned());
            }
            _ => {}
        }
        true
    }
}
