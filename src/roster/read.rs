//! Rows → schools. What cannot be used is told with its row.

use std::collections::{HashMap, HashSet};

use super::{
    Coordinator, Entry,
    columns::{self, Column},
    ids, place,
    table::{self, PARTED, TableError},
};
use crate::campaign::{SchoolId, is_address};

/// Among so many rows that of the headings is looked for.
const HEAD: usize = 20;

/// What was made of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The schools, in the order of the table.
    pub entries: Vec<Entry>,
    /// What could not be used.
    pub problems: Vec<Problem>,
    /// Headings of columns that say nothing about a school's name, place or address.
    pub unused: Vec<String>,
}

/// Something in a table that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The row of the file, counted from 1.
    pub row: usize,
    /// What is wrong with it.
    pub text: String,
    /// Whether the whole row was left out.
    pub lost: bool,
}

/// Reads a roster as [`super::write`] writes it.
///
/// # Errors
/// [`TableError`], where the bytes are no table of schools.
pub fn read(bytes: &[u8]) -> Result<Import, TableError> {
    import(bytes, &[])
}

/// Reads anybody's table of schools. A school that is `known` from an earlier import keeps its id.
///
/// # Errors
/// [`TableError`], where the bytes are no table of schools.
pub fn import(bytes: &[u8], known: &[Entry]) -> Result<Import, TableError> {
    let rows = table::rows(bytes)?;
    let (head, columns, unused) = head(&rows).ok_or(TableError::NoHead(HEAD))?;
    let mut maker = Maker::new(known);
    for (row, cells) in rows.iter().skip(head + 1) {
        maker.take(*row, &Row { columns: &columns, cells });
    }
    Ok(Import { entries: maker.entries, problems: maker.problems, unused })
}

/// The row that heads the columns, what each of these says, and the headings that say nothing.
fn head(rows: &[(usize, Vec<String>)]) -> Option<(usize, Vec<Option<Column>>, Vec<String>)> {
    rows.iter().take(HEAD).enumerate().find_map(|(at, (_, cells))| {
        let columns: Vec<Option<Column>> = cells.iter().map(|cell| columns::of(cell)).collect();
        // A title above the table has a word of the headings too, in one cell.
        let several = columns.iter().flatten().count() >= 2 && columns.contains(&Some(Column::Name));
        let unused = cells.iter().zip(&columns).filter(|(cell, column)| column.is_none() && !cell.trim().is_empty());
        several.then(|| (at, columns.clone(), unused.map(|(cell, _)| tidy(cell)).collect()))
    })
}

struct Row<'r> {
    columns: &'r [Option<Column>],
    cells: &'r [String],
}

impl Row<'_> {
    fn cells(&self, wanted: Column) -> impl Iterator<Item = &str> {
        let all = self.columns.iter().zip(self.cells);
        all.filter(move |(column, _)| **column == Some(wanted))
            .map(|(_, cell)| cell.trim())
            .filter(|cell| !cell.is_empty())
    }

    fn text(&self, wanted: Column) -> String {
        self.cells(wanted).next().map(tidy).unwrap_or_default()
    }

    fn list(&self, wanted: Column) -> Vec<String> {
        self.cells(wanted).flat_map(|cell| cell.split(PARTED)).map(tidy).filter(|one| !one.is_empty()).collect()
    }
}

/// By what two rows are known to be one school.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Mark {
    Inn(String),
    Named(String),
}

struct Maker {
    entries: Vec<Entry>,
    problems: Vec<Problem>,
    /// The place of a school among the entries, and its row.
    made: HashMap<Mark, (usize, usize)>,
    taken: HashSet<SchoolId>,
    given: HashSet<SchoolId>,
    known: HashMap<Mark, Entry>,
}

impl Maker {
    fn new(known: &[Entry]) -> Self {
        let by_mark: HashMap<Mark, Entry> =
            known.iter().flat_map(|one| marks(one).into_iter().map(move |mark| (mark, one.clone()))).collect();
        Self {
            entries: Vec::new(),
            problems: Vec::new(),
            made: HashMap::new(),
            // What was one school's id is never another one's.
            taken: known.iter().map(|one| one.id.clone()).collect(),
            given: HashSet::new(),
            known: by_mark,
        }
    }

    fn tell(&mut self, row: usize, lost: bool, text: String) {
        self.problems.push(Problem { row, text, lost });
    }

    fn take(&mut self, row: usize, cells: &Row<'_>) {
        if cells.cells.iter().all(|cell| cell.trim().is_empty()) {
            return;
        }
        let name = cells.text(Column::Name);
        if !name.contains(char::is_alphabetic) {
            let said: Vec<String> = cells.cells.iter().map(|cell| tidy(cell)).filter(|cell| !cell.is_empty()).collect();
            return self.tell(row, true, format!("it names no school: {:?}", said.join(" | ")));
        }
        let mut entry = Entry {
            id: match cells.text(Column::Id).parse().or_else(|_| "x".parse()) {
                Ok(id) => id,
                Err(_) => return,
            },
            name,
            aliases: cells.list(Column::Aliases),
            district: self.place(row, &cells.text(Column::District), "district", place::district),
            settlement: self.place(row, &cells.text(Column::Settlement), "settlement", place::settlement),
            addresses: Vec::new(),
            inn: cells.text(Column::Inn).chars().filter(char::is_ascii_digit).collect(),
            coordinator: None,
        };
        entry.addresses = self.addresses(row, cells.cells(Column::Addresses));
        let mut of_coordinator = self.addresses(row, cells.cells(Column::CoordinatorAddress));
        let name = cells.text(Column::Coordinator);
        // «Иванова А. А., ivanova@example.org» in one cell.
        let within = name.split([' ', ',', ';', '(', ')', '<', '>']).find(|word| is_address(word)).map(str::to_owned);
        if let Some(address) = of_coordinator.drain(..).next().or(within) {
            let name = tidy(name.replace(&address, "").trim_matches([' ', ',', ';', '(', ')', '<', '>']));
            entry.coordinator = Some(Coordinator { name, address });
        } else if !name.is_empty() {
            self.tell(row, false, format!("the coordinator {name:?} has no e-mail address: nobody can be reminded"));
        }
        let marks = marks(&entry);
        let of_one = |at: usize| self.entries.get(at).is_some_and(|first| may_be_one(first, &entry));
        let before = marks.iter().filter_map(|mark| self.made.get(mark)).copied().find(|(at, _)| of_one(*at));
        if let Some((at, before)) = before {
            self.tell(
                row,
                true,
                format!(
                    "{:?} is the school of row {before} once more; its addresses were added to that one",
                    entry.name
                ),
            );
            if let Some(first) = self.entries.get_mut(at) {
                let new: Vec<String> =
                    entry.addresses.into_iter().filter(|one| !first.addresses.contains(one)).collect();
                first.addresses.extend(new);
            }
            return;
        }
        let own = Some(cells.text(Column::Id)).filter(|id| !id.is_empty());
        match self.id(&entry, &marks, own.as_deref(), row) {
            Some(id) => entry.id = id,
            None => return self.tell(row, true, format!("no id can be made of {:?}", entry.name)),
        }
        self.taken.insert(entry.id.clone());
        self.given.insert(entry.id.clone());
        self.made.extend(marks.into_iter().map(|mark| (mark, (self.entries.len(), row))));
        self.entries.push(entry);
    }

    /// The id that the school had before, the one that the table gives it, or a new one.
    fn id(&mut self, entry: &Entry, marks: &[Mark], own: Option<&str>, row: usize) -> Option<SchoolId> {
        let known = marks.iter().filter_map(|mark| self.known.get(mark)).find(|one| may_be_one(one, entry));
        if let Some(known) = known.filter(|one| !self.given.contains(&one.id)) {
            return Some(known.id.clone());
        }
        if let Some(own) = own {
            match own.parse::<SchoolId>() {
                Ok(id) if !self.taken.contains(&id) => return Some(id),
                Ok(_) => self.tell(row, false, format!("the id {own:?} is another school's too: a new one was made")),
                Err(_) => {
                    self.tell(row, false, format!("{own:?} is no id (a-z, 0-9, '-' and '_'): a new one was made"))
                }
            }
        }
        ids::id(&entry.name, &entry.district, |id| !self.taken.contains(id))
    }

    /// What a cell says of a school's place; where it says nothing, that is told.
    fn place(&mut self, row: usize, cell: &str, what: &str, read: fn(&str) -> String) -> String {
        let said = read(cell);
        if said.is_empty() && !cell.is_empty() {
            self.tell(row, false, format!("{cell:?} names no {what}: the school has none"));
        }
        said
    }

    /// The addresses of cells; what is none is told.
    fn addresses<'c>(&mut self, row: usize, cells: impl Iterator<Item = &'c str>) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for word in cells.flat_map(|cell| cell.split(|c: char| c.is_whitespace() || ",;|/<>()".contains(c))) {
            let word = word.trim_matches(['.', '"', '\'']).trim_start_matches("mailto:");
            if is_address(word) {
                let address = word.to_lowercase();
                if !found.contains(&address) {
                    found.push(address);
                }
            } else if word.chars().any(char::is_alphanumeric) {
                self.tell(row, false, format!("{word:?} is no e-mail address: left out"));
            }
        }
        found
    }
}

/// Whether two rows of one name may be one school: not with two taxpayer's numbers.
fn may_be_one(a: &Entry, b: &Entry) -> bool {
    a.inn.is_empty() || b.inn.is_empty() || a.inn == b.inn
}

fn marks(entry: &Entry) -> Vec<Mark> {
    let plain = |text: &str| -> String {
        let text = text.to_lowercase().replace('ё', "е");
        text.chars().filter(|c| c.is_alphanumeric()).collect()
    };
    let named = [&entry.name, &entry.district, &entry.settlement].map(|text| plain(text)).join("|");
    let inn = Some(entry.inn.clone()).filter(|inn| matches!(inn.len(), 10 | 12)).map(Mark::Inn);
    inn.into_iter().chain([Mark::Named(named)]).collect()
}

/// One line without doubled spaces.
fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
