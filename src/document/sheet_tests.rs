//! Workbooks that are far too large for what they hold.

use rust_xlsxwriter::Workbook;

use super::{
    Block, Format, Limits, Problem, read,
    testing::{RELATIONS, Zip, grid},
};

fn book(sheet: &str, sheets: usize) -> Vec<u8> {
    const NAMES: &str = r#"xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships""#;
    let relations = |id: &str, kind: &str, target: &str| {
        format!(
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="{id}" Type="{RELATIONS}/{kind}" Target="{target}"/></Relationships>"#
        )
    };
    let sheets: String = (1..=sheets).map(|n| format!("<sheet name=\"{n}\" sheetId=\"{n}\" r:id=\"r1\"/>")).collect();
    Zip::new()
        .file("[Content_Types].xml", b"<Types/>")
        .file("_rels/.rels", relations("r1", "officeDocument", "xl/workbook.xml").as_bytes())
        .file("xl/workbook.xml", format!("<workbook {NAMES}><sheets>{sheets}</sheets></workbook>").as_bytes())
        .file("xl/_rels/workbook.xml.rels", relations("r1", "worksheet", "worksheets/sheet1.xml").as_bytes())
        .file("xl/worksheets/sheet1.xml", format!("<worksheet {NAMES}>{sheet}</worksheet>").as_bytes())
        .bytes()
}

fn inline(place: &str, text: &str) -> String {
    format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

fn open(sheet: &str) -> Result<Vec<Vec<String>>, Problem> {
    read(&book(sheet, 1), Format::Xlsx, &Limits::default()).map(|document| grid(&document.blocks))
}

#[test]
fn cells_far_apart_cost_no_more_than_they_hold() {
    let sheet = format!(
        "<sheetData><row r=\"1\">{}</row><row r=\"1048576\">{}</row></sheetData><mergeCells><mergeCell ref=\"A1:XFD1048576\"/></mergeCells>",
        inline("A1", "А"),
        inline("XFD1048576", "Б"),
    );
    assert_eq!(open(&sheet).unwrap(), [["А×16384"], ["^×16384"]]);
    let apart = format!("<sheetData><row r=\"1\">{}{}</row></sheetData>", inline("A1", "А"), inline("XFD1", "Б"));
    assert_eq!(open(&apart).unwrap(), [["А", "×16382", "Б"]]);
}

#[test]
fn too_many_cells_and_doctypes_are_refused() {
    let rows: String =
        (1..=50_001).map(|n| format!("<row r=\"{n}\">{}</row>", inline(&format!("A{n}"), "1"))).collect();
    assert_eq!(open(&format!("<sheetData>{rows}</sheetData>")), Err(Problem::Hostile));
    assert_eq!(open("<!DOCTYPE x><sheetData/>"), Err(Problem::Hostile));
    let shared = book(&format!("<sheetData><row r=\"1\">{}</row></sheetData>", inline("A1", "1")), 2);
    assert_eq!(read(&shared, Format::Xlsx, &Limits::default()), Err(Problem::Hostile));
    let counted = |part: &str, xml: &str| {
        let bytes = book("<sheetData/>", 1);
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let mut zip = Zip::new().file(part, xml.as_bytes());
        for index in 0..archive.len() {
            let mut entry = archive.by_index(index).unwrap();
            let mut content = Vec::new();
            std::io::Read::read_to_end(&mut entry, &mut content).unwrap();
            zip = zip.raw(entry.name_raw(), &content);
        }
        read(&zip.bytes(), Format::Xlsx, &Limits::default())
    };
    for count in ["4000000000", "99999999999999999999"] {
        let strings = format!("<sst uniqueCount=\"{count}\"/>");
        assert_eq!(counted("xl/sharedStrings.xml", &strings), Err(Problem::Hostile));
        assert_eq!(counted("xl/sharedStrings.xml", &strings.replace("/>", ">\u{1}<")), Err(Problem::Hostile));
    }
    assert_eq!(counted("xl/sharedStrings.xml", "<sst uniqueCount"), Err(Problem::Damaged));
    assert_eq!(open("<sheetData/>"), Err(Problem::Empty));
    assert_eq!(open("<sheetData><row"), Err(Problem::Damaged));
}

#[test]
fn merged_cells_and_gaps_keep_their_columns() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let plain = rust_xlsxwriter::Format::new();
    sheet.merge_range(1, 1, 2, 2, "Школа", &plain).unwrap();
    sheet.write(1, 4, "да").unwrap();
    sheet.write(2, 3, 3.0).unwrap();
    workbook.add_worksheet().write(0, 0, "второй").unwrap();
    let document = read(&workbook.save_to_buffer().unwrap(), Format::Xlsx, &Limits::default()).unwrap();
    let expected: [&[&str]; 2] = [&["Школа×2", "", "да"], &["^×2", "3", ""]];
    assert_eq!(grid(&document.blocks), expected);
    assert_eq!(document.blocks.iter().filter(|block| **block == Block::Break).count(), 1);
}
