//! Beside a column of labels: which columns hold answers, and are they of one school or of several?

use super::{labels::Labels, layout::names_school, words};

/// A cell beside a label.
#[derive(Debug, Clone)]
pub(super) struct Answered {
    pub(super) column: usize,
    pub(super) end: usize,
    pub(super) text: String,
}

/// A row as it lies beside the labels.
#[derive(Debug, Clone)]
pub(super) struct Beside {
    /// The field of the row's label.
    pub(super) field: Option<usize>,
    pub(super) answers: Vec<Answered>,
}

/// The columns of answers.
#[derive(Debug, Default)]
pub(super) struct Schools {
    /// A column for each school; empty where all columns are one school's.
    columns: Vec<usize>,
    /// What heads the column of each school.
    pub(super) headings: Vec<String>,
    /// Columns that show how to fill in the form.
    examples: Vec<usize>,
    /// Columns of notes: an answer only where there is no other.
    notes: Vec<usize>,
}

/// Looks at the rows of a form.
pub(super) fn schools(labels: &Labels, rows: Vec<Beside>) -> Schools {
    let mut found = Schools::default();
    let labelled = || rows.iter().filter(|row| row.field.is_some());
    let head: Vec<&Answered> = rows.iter().take_while(|row| row.field.is_none()).flat_map(|row| &row.answers).collect();
    for cell in &head {
        let begins = |stems: &[&str]| {
            words::words(&cell.text).iter().any(|word| stems.iter().any(|stem| word.starts_with(stem)))
        };
        if begins(&["пример", "образец", "образц", "подсказк"]) && !begins(&["примечан"])
        {
            found.examples.push(cell.column);
        } else if begins(&["примечан", "комментари", "пояснени"]) {
            found.notes.push(cell.column);
        }
    }
    let aside = |column: usize| found.examples.contains(&column) || found.notes.contains(&column);
    let filled = |column: usize| {
        let here = |row: &&Beside| row.answers.iter().any(|one| one.column == column && has_letters(&one.text));
        labelled().filter(here).count()
    };
    let names = labelled().find(|row| row.field.is_some_and(|field| labels.is_name(field)));
    let by_names = names.map(|row| columns_of(&row.answers, &aside)).unwrap_or_default();
    let head: Vec<Answered> = head.into_iter().filter(|one| names_school(&one.text)).cloned().collect();
    let by_head = columns_of(&head, &aside);
    let enough = labelled().count().min(3);
    let several =
        |columns: &Vec<usize>| columns.len() >= 2 && columns.iter().filter(|at| filled(**at) >= enough).count() >= 2;
    if several(&by_head) {
        found.headings = by_head
            .iter()
            .map(|at| head.iter().find(|one| one.column == *at).map(|one| one.text.clone()).unwrap_or_default())
            .collect();
        found.columns = by_head;
    } else if several(&by_names) {
        found.columns = by_names;
    }
    found
}

fn has_letters(text: &str) -> bool {
    text.contains(char::is_alphanumeric)
}

fn columns_of(cells: &[Answered], aside: &impl Fn(usize) -> bool) -> Vec<usize> {
    let mut columns: Vec<usize> =
        cells.iter().filter(|one| has_letters(&one.text) && !aside(one.column)).map(|one| one.column).collect();
    columns.dedup();
    columns
}

impl Schools {
    /// The answers of a row, one for each school.
    pub(super) fn answers(&self, cells: &[Answered]) -> Vec<String> {
        if self.columns.is_empty() {
            let text = |keep: &dyn Fn(usize) -> bool| {
                let kept = cells.iter().filter(|one| keep(one.column) && !one.text.is_empty());
                kept.map(|one| one.text.as_str()).collect::<Vec<_>>().join("\n")
            };
            let own = text(&|at| !self.examples.contains(&at) && !self.notes.contains(&at));
            return vec![if has_letters(&own) { own } else { text(&|at| self.notes.contains(&at)) }];
        }
        let of = |column: &usize| cells.iter().find(|one| one.column <= *column && *column < one.end);
        self.columns.iter().map(|column| of(column).map(|one| one.text.clone()).unwrap_or_default()).collect()
    }
}
