//! Rows of a table within an answer: of a table in the cell, or lines with the columns parted by one sign.

use crate::form::words::words as folded;

/// Dashes that part columns stand between spaces.
const DASHES: [&str; 3] = [" – ", " — ", " - "];

/// The rows of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Rows {
    /// Each with something in every column.
    Whole(Vec<Vec<String>>),
    /// At least one of them is not.
    Broken,
    /// The columns' own headings, and nothing under them.
    Empty,
}

/// Reads rows of these columns. Headings, numbers before the rows and empty rows are none.
pub(super) fn rows(columns: &[String], text: &str) -> Rows {
    let mut found = Vec::new();
    for line in text.lines().filter(|line| line.contains(char::is_alphanumeric)) {
        if is_heading(columns, line) {
            continue;
        }
        if let Some(several) = parted(columns.len(), line) {
            let Rows::Whole(rows) = several else { return several };
            found.extend(rows);
            continue;
        }
        match cells(columns.len(), line) {
            Some(cells) if cells.iter().all(|cell| is_said(cell)) => found.push(cells),
            // A row of which only the number was printed.
            Some(cells) if cells.iter().all(|cell| !cell.contains(char::is_alphanumeric)) => {}
            _ if is_number(line.trim()) => {}
            _ => return Rows::Broken,
        }
    }
    if found.is_empty() { Rows::Empty } else { Rows::Whole(found) }
}

/// The rows that semicolons part within a line, «Иванова – учитель; Петрова – педагог»; broken where they part rows and
/// something else, or what may be cells as well.
fn parted(columns: usize, line: &str) -> Option<Rows> {
    if line.contains(['\t', '|']) {
        return None;
    }
    let pieces: Vec<&str> = line.split(';').filter(|piece| piece.contains(char::is_alphanumeric)).collect();
    if pieces.len() < 2 {
        return None;
    }
    let whole = |piece: &&str| cells(columns, piece).filter(|cells| cells.iter().all(|cell| is_said(cell)));
    let rows: Vec<Vec<String>> = pieces.iter().filter_map(whole).collect();
    let dashed = |piece: &&str| whole(piece).is_some() && DASHES.iter().any(|dash| piece.contains(dash));
    let by_dash = pieces.iter().filter(|piece| dashed(piece)).count();
    let first = pieces.first().and_then(whole).is_some();
    if rows.len() < pieces.len() {
        return (first || by_dash > 0).then_some(Rows::Broken);
    }
    // «Иванова, Петров; учитель, директор» may be cells; a dash parts one row's.
    let rows_only = by_dash == pieces.len() || (by_dash == 0 && pieces.len() != columns);
    Some(if rows_only { Rows::Whole(rows) } else { Rows::Broken })
}

/// A dash in a cell says that there is nothing to say.
fn is_said(cell: &str) -> bool {
    cell.contains(char::is_alphanumeric) || matches!(cell, "-" | "–" | "—" | "+")
}

fn is_number(cell: &str) -> bool {
    let digits = cell.trim_matches(|c: char| c.is_whitespace() || ".)(№".contains(c));
    digits.len() <= 3 && !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit())
}

fn is_heading(columns: &[String], line: &str) -> bool {
    let said = folded(line);
    let said = said.strip_prefix(["п".to_owned(), "п".to_owned()].as_slice()).unwrap_or(&said);
    let said = said.strip_prefix(["n".to_owned()].as_slice()).unwrap_or(said);
    said == columns.iter().flat_map(|column| folded(column)).collect::<Vec<_>>()
}

/// A line as so many cells, where one sign parts it into them.
fn cells(columns: usize, line: &str) -> Option<Vec<String>> {
    let trimmed = |cells: Vec<&str>| -> Option<Vec<String>> {
        let mut cells: Vec<&str> = cells.into_iter().map(str::trim).collect();
        if cells.len() == columns + 1 && cells.first().is_some_and(|first| is_number(first) || first.is_empty()) {
            cells.remove(0);
        }
        (cells.len() == columns).then(|| cells.into_iter().map(str::to_owned).collect())
    };
    if line.contains('\t') {
        return trimmed(line.split('\t').collect());
    }
    let line = line.trim().trim_end_matches([';', '.']);
    let line = match crate::form::labels::enumerator(line) {
        Some((_, at)) => line.get(at..)?.trim_start(),
        None => line.trim_start_matches(['-', '–', '—', '•', ' ']),
    };
    if line.contains('|') {
        return trimmed(line.trim_matches('|').split('|').collect());
    }
    if line.contains(';') {
        return trimmed(line.split(';').collect());
    }
    let dash = DASHES.iter().find(|dash| line.contains(**dash));
    let by_dash = dash.and_then(|dash| trimmed(line.split(dash).collect()));
    by_dash.or_else(|| trimmed(line.split(',').collect()))
}
