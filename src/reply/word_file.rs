//! What every Word file of ours has: text that cannot break it, and a package that is the same for the same content.

use std::io::{self, Cursor, Read as _, Write as _};

use docx_rs::{Docx, Run};
use quick_xml::escape::escape;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::russian::{one_line, printable};

/// Text with its tabulators, freed of what XML cannot hold.
pub(crate) fn run(text: &str) -> Run {
    let text = printable(text);
    let mut parts = text.split('\t');
    let first = Run::new().add_text(parts.next().unwrap_or_default());
    parts.fold(first, |run, part| run.add_tab().add_text(part))
}

/// The file, compressed, with one fixed time in it: the library's own package is neither. What the library cannot say is
/// put in here: title and author (ECMA-376 part 2 §11), and that the first row of a table, where it
/// may not be split, is repeated on each page (part 1 §17.4.49). Text has its markup escaped, so that what is looked for is never text.
///
/// # Errors
/// The file cannot be put together.
pub(crate) fn pack(docx: Docx, title: &str) -> io::Result<Vec<u8>> {
    pack_with(docx, title, str::to_owned)
}

/// The same, with a last hand on the text's XML.
///
/// # Errors
/// The file cannot be put together.
pub(crate) fn pack_with(docx: Docx, title: &str, last: impl Fn(&str) -> String) -> io::Result<Vec<u8>> {
    const ROW: &str = "</w:tblGrid><w:tr><w:trPr><w:cantSplit />";
    const AUTHOR: &str = "<dc:creator>unknown</dc:creator><cp:lastModifiedBy>unknown</cp:lastModifiedBy>";
    let mut plain = Cursor::new(Vec::new());
    docx.pack(&mut plain).map_err(io::Error::other)?;
    let mut plain = ZipArchive::new(plain).map_err(io::Error::other)?;
    let mut packed = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    for index in 0..plain.len() {
        let mut part = plain.by_index(index).map_err(io::Error::other)?;
        if part.is_dir() {
            continue;
        }
        let name = part.name().map_err(io::Error::other)?.into_owned();
        let mut content = String::new();
        part.read_to_string(&mut content)?;
        content = without_ids(&content);
        match name.as_str() {
            "word/document.xml" => content = last(&content.replace(ROW, &format!("{ROW}<w:tblHeader />"))),
            "docProps/core.xml" => {
                let title = escape(one_line(title)).into_owned();
                let ours = format!(
                    "<dc:title>{title}</dc:title><dc:creator>svodka</dc:creator>\
                     <cp:lastModifiedBy>svodka</cp:lastModifiedBy>"
                );
                content = content.replace(AUTHOR, &ours);
            }
            _ => {}
        }
        packed.start_file(name, options).map_err(io::Error::other)?;
        packed.write_all(content.as_bytes())?;
    }
    Ok(packed.finish().map_err(io::Error::other)?.into_inner())
}

/// The library numbers the paragraphs of all files that it writes, in this process and whichever are written at once; only
/// comments need these numbers ([MS-DOCX] §2.2.4).
fn without_ids(content: &str) -> String {
    const ID: &str = "<w:p w14:paraId=\"";
    let mut parts = content.split(ID);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |whole, part| whole + "<w:p" + part.split_once('"').map_or("", |(_, rest)| rest))
}

#[cfg(test)]
mod tests {
    use docx_rs::Paragraph;

    use super::*;

    #[test]
    fn a_file_is_the_same_whatever_was_begun_before() {
        let write = || pack(Docx::new().add_paragraph(Paragraph::new().add_run(run("да \" <w:p"))), "x").unwrap();
        let first = write();
        drop(Paragraph::new());
        assert_eq!(write(), first);
    }
}
