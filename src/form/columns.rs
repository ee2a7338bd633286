//! Beside a column of labels: which columns hold answers, and are they of one school or of several?

use super::{
    labels::{self, Labels},
    layout::names_school,
    words,
};

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
    /// Columns that show how to fill in the form, or tell of a partner.
    examples: Vec<usize>,
    /// Columns of notes: an answer only where there is no other.
    notes: Vec<usize>,
    /// The one school's column of answers, where several columns are filled: the others are notes.
    main: Option<usize>,
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
        let example = begins(&["пример", "образец", "образц", "подсказк"]) && !begins(&["примечан"]);
        if example || labels::is_of_another(&cell.text) {
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
    // Beside the name of one school stand its director, a date, a unit; only other names are other schools.
    let named: Vec<Answered> = names
        .map(|row| row.answers.iter().filter(|one| names_school(&one.text)).cloned().collect())
        .unwrap_or_default();
    let by_names = columns_of(&named, &aside);
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
    } else {
        found.main = main_column(&rows, &aside);
    }
    found
}

/// Of several filled columns the one that is headed as the answers, else the one filled most, else the first.
fn main_column(rows: &[Beside], aside: &impl Fn(usize) -> bool) -> Option<usize> {
    let mut filled: Vec<(usize, usize)> = Vec::new();
    for one in rows.iter().filter(|row| row.field.is_some()).flat_map(|row| &row.answers) {
        if has_letters(&one.text) && !aside(one.column) {
            match filled.iter_mut().find(|(column, _)| *column == one.column) {
                Some((_, count)) => *count += 1,
                None => filled.push((one.column, 1)),
            }
        }
    }
    let heads = || rows.iter().take_while(|row| row.field.is_none()).flat_map(|row| &row.answers);
    let headed = heads().find(|one| {
        let begins =
            |word: &String| ["ответ", "информаци", "значени", "данные"].iter().any(|stem| word.starts_with(stem));
        words::words(&one.text).first().is_some_and(begins) && !aside(one.column)
    });
    let most = filled.iter().map(|(_, count)| *count).max()?;
    let first = || filled.iter().filter(|(_, count)| *count == most).map(|(column, _)| *column).min();
    headed.map(|one| one.column).filter(|at| filled.iter().any(|(column, _)| column == at)).or_else(first)
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
            let own = |at: usize| !self.examples.contains(&at) && !self.notes.contains(&at);
            // Many cells in one row are a scale: «1 | 2 | 3 | 4 + | 5».
            let scale = cells.iter().filter(|one| own(one.column) && has_letters(&one.text)).count() > 3;
            let main = text(&|at| own(at) && (scale || self.main == Some(at)));
            let beside = text(&|at| own(at) && self.main != Some(at));
            let found = [main, beside].into_iter().find(|text| has_letters(text));
            return vec![found.unwrap_or_else(|| text(&|at| self.notes.contains(&at)))];
        }
        let of = |column: &usize| cells.iter().find(|one| one.column <= *column && *column < one.end);
        self.columns.iter().map(|column| of(column).map(|one| one.text.clone()).unwrap_or_default()).collect()
    }
}
