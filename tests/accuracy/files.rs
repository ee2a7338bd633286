//! Documents as files: written by docx-rs, by hand as Word leaves them, as ODT, XLSX, HTML and plain text.

use std::io::{Cursor, Write};

use docx_rs::{Docx, Paragraph, Run, Table, TableCell, TableRow, VMergeType};
use fastrand::Rng;
use rust_xlsxwriter::Workbook;
use zip::{ZipWriter, write::SimpleFileOptions};

use super::{
    chance::one_in,
    layouts::{Cell, Part},
};

/// A ZIP archive of these entries.
pub(crate) fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// What docx-rs writes.
pub(crate) fn docx_rs(parts: &[Part]) -> Vec<u8> {
    let paragraph = |text: &str| Paragraph::new().add_run(Run::new().add_text(text));
    let mut docx = Docx::new();
    for part in parts {
        docx = match part {
            Part::Paragraph(text) => docx.add_paragraph(paragraph(text)),
            Part::Table(rows) => {
                let cell = |cell: &Cell, merged: bool| {
                    let mut made = TableCell::new().grid_span(cell.span);
                    if cell.below || merged {
                        made = made.vertical_merge(if cell.below { VMergeType::Continue } else { VMergeType::Restart });
                    }
                    cell.text.split('\n').fold(made, |made, line| made.add_paragraph(paragraph(line)))
                };
                let made = rows.iter().enumerate().map(|(at, row)| {
                    let below =
                        |column: usize| rows.get(at + 1).and_then(|row| row.get(column)).is_some_and(|cell| cell.below);
                    TableRow::new(row.iter().enumerate().map(|(column, one)| cell(one, below(column))).collect())
                });
                docx.add_table(Table::new(made.collect()))
            }
        };
    }
    let mut bytes = Cursor::new(Vec::new());
    docx.build().pack(&mut bytes).unwrap();
    bytes.into_inner()
}

/// A DOCX as Word leaves it after much editing: runs cut anywhere, marks of the spelling, controls around text, deleted
/// text kept.
pub(crate) fn word(rng: &mut Rng, parts: &[Part]) -> Vec<u8> {
    const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    let mut body = String::new();
    for part in parts {
        match part {
            Part::Paragraph(text) => body += &word_paragraph(rng, text),
            Part::Table(rows) => {
                body += "<w:tbl><w:tblPr><w:tblW w:w=\"0\" w:type=\"auto\"/></w:tblPr>";
                for (at, row) in rows.iter().enumerate() {
                    body += "<w:tr w:rsidR=\"00A1\">";
                    for (column, cell) in row.iter().enumerate() {
                        let below = rows.get(at + 1).and_then(|row| row.get(column)).is_some_and(|cell| cell.below);
                        body += &word_cell(rng, cell, below);
                    }
                    body += "</w:tr>";
                }
                body += "</w:tbl>";
                body += &word_paragraph(rng, "");
            }
        }
    }
    let document = format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w="{W}"><w:body>{body}<w:sectPr/></w:body></w:document>"#
    );
    zipped(&[
        (
            "[Content_Types].xml",
            br#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#,
        ),
        (
            "_rels/.rels",
            br#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#,
        ),
        ("word/document.xml", document.as_bytes()),
    ])
}

fn word_cell(rng: &mut Rng, cell: &Cell, below: bool) -> String {
    let merge = match (cell.below, below) {
        (true, _) => "<w:vMerge/>",
        (_, true) => "<w:vMerge w:val=\"restart\"/>",
        _ => "",
    };
    // Lines of a cell are paragraphs, or breaks within one.
    let content = if one_in(rng, 3) {
        word_paragraph(rng, &cell.text)
    } else {
        cell.text.split('\n').map(|line| word_paragraph(rng, line)).collect()
    };
    let content = if one_in(rng, 8) {
        format!("<w:sdt><w:sdtPr><w:alias w:val=\"поле\"/></w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>")
    } else {
        content
    };
    format!(
        "<w:tc><w:tcPr><w:tcW w:w=\"4000\" w:type=\"dxa\"/><w:gridSpan w:val=\"{}\"/>{merge}</w:tcPr>{content}</w:tc>",
        cell.span
    )
}

fn word_paragraph(rng: &mut Rng, text: &str) -> String {
    const BETWEEN: [&str; 6] = [
        "<w:proofErr w:type=\"spellStart\"/>",
        "<w:bookmarkStart w:id=\"0\" w:name=\"_GoBack\"/><w:bookmarkEnd w:id=\"0\"/>",
        "<w:del w:id=\"7\" w:author=\"Секретарь\"><w:r><w:delText>старое 9</w:delText></w:r></w:del>",
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>скрыто</w:t></w:r>",
        "<w:r><w:lastRenderedPageBreak/></w:r>",
        "",
    ];
    let mut runs = String::new();
    for (nth, line) in text.split('\n').enumerate() {
        if nth > 0 {
            runs += "<w:r><w:br/></w:r>";
        }
        let mut letters: Vec<char> = line.chars().collect();
        while !letters.is_empty() {
            let cut = if one_in(rng, 3) { rng.usize(1..=letters.len()) } else { letters.len() };
            let piece: String = letters.drain(..cut).collect();
            let run = format!(
                "<w:r w:rsidRPr=\"00B2\"><w:rPr><w:sz w:val=\"24\"/></w:rPr><w:t xml:space=\"preserve\">{}</w:t></w:r>",
                escaped(&piece)
            );
            runs += &if one_in(rng, 10) {
                format!("<w:ins w:id=\"8\" w:author=\"Директор\">{run}</w:ins>")
            } else {
                run
            };
            if one_in(rng, 6) {
                runs += BETWEEN[rng.usize(0..BETWEEN.len())];
            }
        }
    }
    format!("<w:p><w:pPr><w:jc w:val=\"both\"/></w:pPr>{runs}</w:p>")
}

/// OpenDocument text.
pub(crate) fn odt(parts: &[Part]) -> Vec<u8> {
    let paragraph = |text: &str| format!("<text:p>{}</text:p>", escaped(text).replace('\n', "<text:line-break/>"));
    let mut body = String::new();
    for part in parts {
        match part {
            Part::Paragraph(text) => body += &paragraph(text),
            Part::Table(rows) => {
                body += "<table:table>";
                for (at, row) in rows.iter().enumerate() {
                    body += "<table:table-row>";
                    for (column, cell) in row.iter().enumerate() {
                        body += &odt_cell(rows, at, column, cell, &paragraph);
                    }
                    body += "</table:table-row>";
                }
                body += "</table:table>";
            }
        }
    }
    let content = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" office:version="1.3"><office:body><office:text>{body}</office:text></office:body></office:document-content>"#
    );
    zipped(&[("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", content.as_bytes())])
}

fn odt_cell(rows: &[Vec<Cell>], at: usize, column: usize, cell: &Cell, paragraph: &impl Fn(&str) -> String) -> String {
    if cell.below {
        return "<table:covered-table-cell/>".to_owned();
    }
    let deep = 1 + rows[at + 1..].iter().take_while(|row| row.get(column).is_some_and(|cell| cell.below)).count();
    let lines: String = cell.text.split('\n').map(paragraph).collect();
    let span = cell.span;
    let covered = "<table:covered-table-cell/>".repeat(span - 1);
    format!(
        "<table:table-cell table:number-columns-spanned=\"{span}\" table:number-rows-spanned=\"{deep}\">{lines}</table:table-cell>{covered}"
    )
}

/// A workbook; what is a number is typed as one.
pub(crate) fn xlsx(parts: &[Part]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let mut at = 0;
    for part in parts {
        match part {
            Part::Paragraph(text) => {
                sheet.write_string(at, 0, text.as_str()).unwrap();
                at += 1;
            }
            Part::Table(rows) => {
                for row in rows {
                    let mut column = 0;
                    for cell in row {
                        let known = match cell.text.parse::<u32>() {
                            Ok(number) => sheet.write_number(at, column, number),
                            Err(_) => sheet.write_string(at, column, cell.text.as_str()),
                        };
                        known.unwrap();
                        column += u16::try_from(cell.span).unwrap();
                    }
                    at += 1;
                }
            }
        }
    }
    book.save_to_buffer().unwrap()
}

/// HTML as a mail client writes it.
pub(crate) fn html(parts: &[Part]) -> String {
    let mut body = String::from("<p>Здравствуйте! Направляем форму.</p>");
    for part in parts {
        match part {
            Part::Paragraph(text) => body += &format!("<p>{}</p>", escaped(text)),
            Part::Table(rows) => {
                body += "<table border=1>";
                for (at, row) in rows.iter().enumerate() {
                    body += "<tr>";
                    for (column, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.below) {
                        let deep = 1 + rows[at + 1..]
                            .iter()
                            .take_while(|row| row.get(column).is_some_and(|c| c.below))
                            .count();
                        let text = escaped(&cell.text).replace('\n', "<br>");
                        body += &format!("<td colspan={} rowspan={deep}>{text}</td>", cell.span);
                    }
                    body += "</tr>";
                }
                body += "</table>";
            }
        }
    }
    format!("<html><body>{body}<p>С уважением, Иванова М.П.</p></body></html>")
}

/// Lines of plain text; documents of lines only.
pub(crate) fn text(parts: &[Part]) -> String {
    let line = |part: &Part| match part {
        Part::Paragraph(text) => format!("{text}\n"),
        Part::Table(_) => String::new(),
    };
    parts.iter().map(line).collect()
}

/// Slides with these lines, one slide for each text.
pub(crate) fn pptx(slides: &[String]) -> Vec<u8> {
    const A: &str = "http://schemas.openxmlformats.org/drawingml/2006/main";
    const P: &str = "http://schemas.openxmlformats.org/presentationml/2006/main";
    const R: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const RELS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
    let mut entries: Vec<(String, String)> = vec![(
        "_rels/.rels".to_owned(),
        format!(
            r#"<Relationships xmlns="{RELS}"><Relationship Id="rId1" Type="{R}/officeDocument" Target="ppt/presentation.xml"/></Relationships>"#
        ),
    )];
    let (mut ids, mut relations) = (String::new(), String::new());
    for (nth, slide) in slides.iter().enumerate() {
        ids += &format!(r#"<p:sldId id="{}" r:id="rId{nth}"/>"#, 256 + nth);
        relations += &format!(r#"<Relationship Id="rId{nth}" Type="{R}/slide" Target="slides/slide{nth}.xml"/>"#);
        let lines: String =
            slide.lines().map(|line| format!("<a:p><a:r><a:t>{}</a:t></a:r></a:p>", escaped(line))).collect();
        entries.push((
            format!("ppt/slides/slide{nth}.xml"),
            format!(r#"<p:sld xmlns:p="{P}" xmlns:a="{A}"><p:cSld><p:spTree><p:sp><p:txBody>{lines}</p:txBody></p:sp></p:spTree></p:cSld></p:sld>"#),
        ));
    }
    entries.push((
        "ppt/presentation.xml".to_owned(),
        format!(r#"<p:presentation xmlns:p="{P}" xmlns:r="{R}"><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>"#),
    ));
    entries.push((
        "ppt/_rels/presentation.xml.rels".to_owned(),
        format!(r#"<Relationships xmlns="{RELS}">{relations}</Relationships>"#),
    ));
    let entries: Vec<(&str, &[u8])> = entries.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    zipped(&entries)
}
