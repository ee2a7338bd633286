//! XLSX: each visible sheet a table. Calamine reads the cells, once this module has seen that they are harmless: it has
//! no limits of its own, believes the counts of a file, and may panic on broken ones. Its reader of the old XLS does so
//! on sizes that cannot be checked beforehand, so those go to a converter.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    io::Cursor,
    panic::catch_unwind,
};

use calamine::{Data, Dimensions, ExcelDateTime, Reader, SheetVisible, Xlsx, XlsxError};

use super::{
    Block, Cell, Document, Limits, Paragraph, Problem, Row, Table,
    blocks::{Flow, blank},
    ole,
    package::Package,
    xml::{self, Element, Ns, Visitor},
};

/// Merged areas of a sheet; more are not looked at.
const MAX_MERGED: usize = 1_000;
/// Empty columns between two cells that are kept one by one; wider gaps become one wide cell.
const MAX_GAP: u32 = 64;

/// The texts of a sheet by row and column, and its merged areas.
#[derive(Default)]
struct Sheet {
    rows: BTreeMap<u32, BTreeMap<u32, String>>,
    merged: Vec<Dimensions>,
}

/// Reads an XLSX.
///
/// # Errors
/// See [`super::read`].
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Document, Problem> {
    if ole::is(bytes) {
        return Err(ole::problem(bytes));
    }
    let mut package = Package::open(bytes, limits)?;
    if package.encrypted {
        return Err(Problem::Encrypted);
    }
    for index in 0..package.len() {
        let name = package.label(index).map(|(name, _)| String::from_utf8_lossy(&name).to_ascii_lowercase());
        let part = package.entry(index)?;
        match xml::walk(&part, limits, &mut Counts(limits)) {
            Err(Problem::Hostile) => return Err(Problem::Hostile),
            Err(problem) if name.is_none_or(|name| trusted(&name)) => return Err(problem),
            Ok(_) | Err(_) => {}
        }
    }
    distinct(&mut package, limits)?;
    let pictures = package.names().any(|name| name.starts_with("xl/media/"));
    let mut oddities = package.oddities(&[]);
    let sheets = guarded(|| sheets(bytes, limits))?;
    let mut document = assemble(sheets, limits, pictures)?;
    document.oddities.append(&mut oddities);
    Ok(document)
}

/// Each sheet has a part of its own; a part that many sheets share would be read once for each.
fn distinct(package: &mut Package<'_>, limits: &Limits) -> Result<(), Problem> {
    let main = package.main("xl/workbook.xml")?;
    let part = package.part(&main)?.ok_or(Problem::Damaged)?;
    let mut sheets = Sheets::default();
    xml::walk(&part, limits, &mut sheets)?;
    let relationships = package.relationships(&main)?;
    let targets: HashMap<&str, &str> = relationships.iter().map(|r| (r.id.as_str(), r.target.as_str())).collect();
    let mut seen = HashSet::new();
    let shared = sheets.ids.iter().filter_map(|id| targets.get(id.as_str())).any(|target| !seen.insert(*target));
    if shared { Err(Problem::Hostile) } else { Ok(()) }
}

/// The relationships of a workbook's sheets.
#[derive(Default)]
struct Sheets {
    ids: Vec<String>,
}

impl Visitor for Sheets {
    fn start(&mut self, element: &Element<'_>) -> Result<(), Problem> {
        if element.name() == "sheet" {
            self.ids.extend(element.attr_in(Ns::Reference, "id").map(Into::into));
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), Problem> {
        Ok(())
    }
}

/// The parts whose counts calamine believes; such a part must be readable to the end before it may see it.
fn trusted(name: &str) -> bool {
    ["sharedstrings.xml", "styles.xml", "workbook.xml", ".rels"].iter().any(|end| name.ends_with(end))
}

/// Refuses counts for which calamine would take memory before it has seen anything that is counted.
struct Counts<'l>(&'l Limits);

impl Visitor for Counts<'_> {
    fn start(&mut self, element: &Element<'_>) -> Result<(), Problem> {
        let (attribute, most) = match element.name() {
            "sst" => ("uniqueCount", self.0.xml_events),
            "f" => ("si", self.0.cells),
            _ => return Ok(()),
        };
        let count = element.attr(attribute).and_then(|count| count.trim().parse::<f64>().ok());
        let most = u32::try_from(most).map_or(f64::MAX, f64::from);
        if count.is_some_and(|count| count > most) { Err(Problem::Hostile) } else { Ok(()) }
    }

    fn end(&mut self) -> Result<(), Problem> {
        Ok(())
    }
}

fn guarded(read: impl FnOnce() -> Result<Vec<Sheet>, Problem> + std::panic::UnwindSafe) -> Result<Vec<Sheet>, Problem> {
    catch_unwind(read).unwrap_or(Err(Problem::Damaged))
}

fn sheets(bytes: &[u8], limits: &Limits) -> Result<Vec<Sheet>, Problem> {
    let failed = |error: XlsxError| match error {
        XlsxError::Password => Problem::Encrypted,
        _ => Problem::Damaged,
    };
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(failed)?;
    let mut budget = Budget::new(limits);
    let mut sheets = Vec::new();
    for name in visible(&book) {
        let mut sheet = Sheet::default();
        let mut cells = match book.worksheet_cells_reader(&name) {
            Ok(cells) => cells,
            // A chart that fills a sheet has no cells.
            Err(XlsxError::NotAWorksheet(_)) => continue,
            Err(error) => return Err(failed(error)),
        };
        while let Some(cell) = cells.next_cell().map_err(failed)? {
            let text = shown(&Data::from(cell.get_value().clone()));
            budget.add(&mut sheet, cell.get_position(), text)?;
        }
        drop(cells);
        sheet.merged = book.merge_cells_by_sheet_name(&name).unwrap_or_default();
        sheets.push(sheet);
    }
    Ok(sheets)
}

fn visible<'a, R: Reader<Cursor<&'a [u8]>>>(book: &R) -> Vec<String> {
    let sheets = book.sheets_metadata().iter().filter(|sheet| sheet.visible == SheetVisible::Visible);
    sheets.map(|sheet| sheet.name.clone()).collect()
}

struct Budget {
    cells: usize,
    text: usize,
}

impl Budget {
    fn new(limits: &Limits) -> Self {
        Self { cells: limits.cells, text: limits.text_bytes }
    }

    fn add(&mut self, sheet: &mut Sheet, (row, column): (u32, u32), text: String) -> Result<(), Problem> {
        if text.trim().is_empty() {
            return Ok(());
        }
        self.cells = self.cells.checked_sub(1).ok_or(Problem::Hostile)?;
        self.text = self.text.checked_sub(text.len()).ok_or(Problem::Hostile)?;
        sheet.rows.entry(row).or_default().insert(column, text);
        Ok(())
    }
}

/// A value as the sheet shows it, near enough: a date as people here write it, a whole number without a fraction.
fn shown(value: &Data) -> String {
    match value {
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number.to_string(),
        Data::String(text) => text.replace("\r\n", "\n").replace('\r', "\n"),
        Data::Bool(value) => value.to_string(),
        Data::DateTime(time) => date(time),
        Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Error(error) => error.to_string(),
        Data::Empty => String::new(),
    }
}

fn date(time: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, ..) = time.to_ymd_hms_milli();
    let clock = format!("{hour:02}:{minute:02}");
    let date = format!("{day:02}.{month:02}.{year:04}");
    match (time.is_duration() || time.as_f64() < 1.0, hour, minute) {
        (true, ..) => clock,
        (false, 0, 0) => date,
        (false, ..) => format!("{date} {clock}"),
    }
}

fn assemble(sheets: Vec<Sheet>, limits: &Limits, pictures: bool) -> Result<Document, Problem> {
    let mut flow = Flow::new(limits);
    let mut document = Document::default();
    for sheet in sheets {
        let table = table(sheet, &mut flow)?;
        if table.rows.is_empty() {
            continue;
        }
        if !document.blocks.is_empty() {
            document.blocks.push(Block::Break);
        }
        document.blocks.push(Block::Table(table));
    }
    match (blank(&document.blocks), pictures) {
        (false, _) => Ok(document),
        (true, true) => Err(Problem::Scan),
        (true, false) => Err(Problem::Empty),
    }
}

fn table(mut sheet: Sheet, flow: &mut Flow<'_>) -> Result<Table, Problem> {
    let first = sheet.rows.values().filter_map(|row| row.keys().next()).min().copied().unwrap_or(0);
    let end = sheet.rows.values().filter_map(|row| row.keys().next_back()).max().map_or(0, |last| last + 1);
    // Text typed line by line into the first column is no table, whatever stands below it.
    let tabular = sheet.rows.values().filter(|row| row.len() >= 2).count() * 2 >= sheet.rows.len();
    sheet.merged.truncate(MAX_MERGED);
    let mut table = Table::default();
    for (number, mut texts) in sheet.rows {
        let areas: Vec<_> = sheet.merged.iter().filter(|area| (area.start.0..=area.end.0).contains(&number)).collect();
        let stops: BTreeSet<u32> = texts.keys().copied().chain(areas.iter().map(|area| area.start.1)).collect();
        let mut row = Row::default();
        let mut next = first;
        for column in stops {
            if column < next {
                continue;
            }
            gap(&mut row, column - next, flow)?;
            let area = areas.iter().find(|area| area.start.1 == column && area.end.1 >= column);
            let span = area.map_or(1, |area| area.end.1 - column + 1);
            let continues = area.is_some_and(|area| area.start.0 < number);
            flow.count_cells(1)?;
            let blocks = texts.remove(&column).map(|text| vec![Block::Paragraph(Paragraph { text, marker: None })]);
            row.cells.push(Cell { blocks: blocks.unwrap_or_default(), span, continues });
            next = column.saturating_add(span);
        }
        // A row ends with its last filled cell; the table does not.
        gap(&mut row, if tabular { end.saturating_sub(next) } else { 0 }, flow)?;
        table.rows.push(row);
    }
    Ok(table)
}

/// Empty columns.
fn gap(row: &mut Row, columns: u32, flow: &mut Flow<'_>) -> Result<(), Problem> {
    let empty = |span| Cell { blocks: Vec::new(), span, continues: false };
    if columns > MAX_GAP {
        flow.count_cells(1)?;
        row.cells.push(empty(columns));
    } else {
        flow.count_cells(usize::try_from(columns).unwrap_or(usize::MAX))?;
        row.cells.extend((0..columns).map(|_| empty(1)));
    }
    Ok(())
}
