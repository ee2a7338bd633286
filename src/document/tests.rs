//! Files by the programs that people use, whole and broken.

use std::{
    io::{Cursor, Read},
    path::PathBuf,
    time::Duration,
};

use super::{
    Document, Format, Limits, Problem, misnamed, read, sniff,
    testing::{Zip, grid, thread_time},
    text_of, unpack,
};

fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/documents")
}

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(fixtures().join(name)).unwrap()
}

/// What a file is by its bytes alone, and what it holds.
fn open(name: &str) -> (Format, Result<Document, Problem>) {
    let bytes = bytes(name);
    let format = sniff(&bytes, None, "application/octet-stream");
    (format, read(&bytes, format, &Limits::default()))
}

fn markers(document: &Document) -> Vec<String> {
    let paragraphs = document.blocks.iter().filter_map(|block| match block {
        super::Block::Paragraph(paragraph) => paragraph.marker.clone(),
        _ => None,
    });
    paragraphs.collect()
}

const ANSWERS: [[&str; 3]; 4] = [
    ["1", "Название образовательной организации", "МОУ «Вымышленская СОШ № 77»"],
    ["2", "Количество сетевых партнеров у Вашей школы", "3 (три)"],
    ["3", "Перечислите мероприятия", "семинар\nвебинар\nкруглый стол"],
    ["4", "Ваши предложения", "нет"],
];

#[test]
fn a_form_is_the_same_whichever_program_wrote_it() {
    for (name, format) in
        [("python-docx.docx", Format::Docx), ("libreoffice.docx", Format::Docx), ("libreoffice.odt", Format::Odt)]
    {
        let (found, document) = open(name);
        assert_eq!(found, format, "{name}");
        let document = document.unwrap_or_else(|problem| panic!("{name}: {problem}"));
        let rows = grid(&document.blocks);
        assert_eq!(rows[..4], ANSWERS, "{name}");
        assert_eq!(rows[4], ["Итого×2", "всё"], "{name}");
        assert_eq!(markers(&document), ["1.", "2."], "{name}");
        assert_eq!(text_of(&document.margins), "МОУ «Вымышленская СОШ № 77»", "{name}");
        assert!(document.text().contains("Директор"), "{name}");
        assert_eq!(document.oddities, Vec::<String>::new(), "{name}");
    }
}

#[test]
fn a_form_written_by_docx_rs_is_read() {
    use docx_rs::{Docx, Paragraph, Run, Table, TableCell, TableRow};
    let cell = |text: &str| TableCell::new().add_paragraph(Paragraph::new().add_run(Run::new().add_text(text)));
    let rows = ANSWERS[..2].iter().map(|row| TableRow::new(row.iter().map(|text| cell(text)).collect())).collect();
    let mut file = Cursor::new(Vec::new());
    Docx::new().add_table(Table::new(rows)).build().pack(&mut file).unwrap();
    let document = read(&file.into_inner(), Format::Docx, &Limits::default()).unwrap();
    assert_eq!(grid(&document.blocks), ANSWERS[..2]);
}

#[test]
fn slides_come_in_their_order_with_titles_first_and_tables_as_tables() {
    for (name, format) in
        [("python-pptx.pptx", Format::Pptx), ("libreoffice.pptx", Format::Pptx), ("libreoffice.odp", Format::Odp)]
    {
        let (found, document) = open(name);
        assert_eq!(found, format, "{name}");
        let document = document.unwrap_or_else(|problem| panic!("{name}: {problem}"));
        let first = "Опыт сетевого взаимодействия\nМОУ «Вымышленская СОШ № 77»\nИтоги\nГод\tПартнёры\n2022\t3";
        assert_eq!(document.text(), first, "{name}");
        assert_eq!(document.blocks.iter().filter(|block| **block == super::Block::Break).count(), 1, "{name}");
        assert_eq!(grid(&document.blocks), [["Год", "Партнёры"], ["2022", "3"]], "{name}");
        assert_eq!(text_of(&document.notes), "Поздороваться", "{name}");
    }
}

#[test]
fn sheets_are_tables_as_they_are_shown() {
    for (name, format) in
        [("openpyxl.xlsx", Format::Xlsx), ("libreoffice.xlsx", Format::Xlsx), ("libreoffice.ods", Format::Ods)]
    {
        let (found, document) = open(name);
        assert_eq!(found, format, "{name}");
        let document = document.unwrap_or_else(|problem| panic!("{name}: {problem}"));
        let rows = grid(&document.blocks);
        assert_eq!(rows[1], ANSWERS[1], "{name}");
        assert_eq!(rows[4][1], "Оценка", "{name}");
        assert_eq!(rows[4][2].replace(',', "."), "4.5", "{name}");
        assert_eq!(rows[6], ["Итого×2", "всё"], "{name}");
        assert!(document.text().contains("второй лист") && !document.text().contains("скрыто"), "{name}");
        if format != Format::Ods {
            assert_eq!(rows[5], ["6", "Дата", "15.11.2022"], "{name}");
        }
    }
}

#[test]
fn what_only_an_office_suite_reads_says_so() {
    for (name, format, problem) in [
        ("libreoffice.doc", Format::Doc, Problem::NeedsConverter),
        ("libreoffice.xls", Format::Xls, Problem::NeedsConverter),
        ("libreoffice.rtf", Format::Rtf, Problem::NeedsConverter),
        ("libreoffice.pdf", Format::Pdf, Problem::NeedsConverter),
        ("encrypted.pdf", Format::Pdf, Problem::Encrypted),
        ("encrypted.docx", Format::Docx, Problem::Encrypted),
    ] {
        assert_eq!(open(name), (format, Err(problem)), "{name}");
    }
    assert_eq!(open("libreoffice.html").0, Format::Html);
}

#[test]
fn an_archive_gives_its_files() {
    let (format, document) = open("cp866.zip");
    assert_eq!((format, document), (Format::Zip, Err(Problem::Unsupported)));
    let files = unpack(&bytes("cp866.zip"), format, &Limits::default()).unwrap();
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].name.as_deref(), Some("форма.docx"));
    assert_eq!(files[0].bytes, bytes("python-docx.docx"));
}

#[test]
fn row_57_a_name_that_promises_something_else_is_noted() {
    assert_eq!(misnamed(Format::Docx, "Форма.DOCX"), None);
    assert_eq!(misnamed(Format::Docx, "форма"), None);
    assert!(misnamed(Format::Docx, "форма.doc").is_some());
    assert!(misnamed(Format::Image, "форма.docx").is_some());
}

/// A generator without a seed from outside, so that a failure happens again (Numerical Recipes' constants).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

fn mutant(bytes: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut mutant = bytes.to_vec();
    for _ in 0..=chance.below(6) {
        let at = chance.below(mutant.len());
        match chance.below(5) {
            0 => mutant[at] = u8::try_from(chance.below(256)).unwrap(),
            1 => mutant[at] ^= 1 << chance.below(8),
            2 => mutant.truncate(at.max(1)),
            3 => {
                let end = (at + chance.below(64)).min(mutant.len());
                mutant.drain(at..end);
            }
            _ => {
                let end = (at + chance.below(64)).min(mutant.len());
                let copy = mutant[at..end].to_vec();
                mutant.splice(at..at, copy);
            }
        }
        if mutant.is_empty() {
            mutant.push(0);
        }
    }
    mutant
}

/// The parts of an archive; none of another file.
fn parts(bytes: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) else { return Vec::new() };
    let mut parts = Vec::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        parts.push((entry.name_raw().to_vec(), content));
    }
    parts
}

/// A mutant within a part, which gets past the checksums.
fn inner_mutant(parts: &[(Vec<u8>, Vec<u8>)], chance: &mut Chance) -> Vec<u8> {
    let victim = chance.below(parts.len());
    let repack = |zip: Zip, (index, (name, content)): (usize, &(Vec<u8>, Vec<u8>))| {
        if index == victim && !content.is_empty() {
            zip.raw(name, &mutant(content, chance))
        } else {
            zip.raw(name, content)
        }
    };
    parts.iter().enumerate().fold(Zip::new().stored(), repack).bytes()
}

#[test]
fn no_mutant_of_a_real_file_panics_or_takes_long() {
    let mut files: Vec<_> = std::fs::read_dir(fixtures()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension != "py"));
    files.sort();
    assert!(files.len() > 10, "the fixtures are missing");
    let whole: Vec<Vec<u8>> = files.iter().map(|path| std::fs::read(path).unwrap()).collect();
    let unpacked: Vec<_> = whole.iter().map(|bytes| parts(bytes)).collect();
    let limits = Limits::default();
    let mut chance = Chance(42);
    for round in 0..1_200 {
        let file = round % files.len();
        let (path, parts) = (&files[file], &unpacked[file]);
        let bytes = if parts.is_empty() || chance.below(4) > 0 {
            mutant(&whole[file], &mut chance)
        } else {
            inner_mutant(parts, &mut chance)
        };
        let begun = thread_time();
        let name = path.file_name().and_then(|name| name.to_str());
        for format in [sniff(&bytes, name, ""), sniff(&[], name, "")] {
            let _ = read(&bytes, format, &limits);
            let _ = unpack(&bytes, format, &limits);
        }
        let took = thread_time() - begun;
        assert!(took < Duration::from_secs(1), "round {round} of {path:?} took {took:?}");
    }
}
