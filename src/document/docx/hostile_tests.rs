//! Files that are shaped to do harm, or that broke on their way: each has an answer, and none takes long.

use std::time::Duration;

use super::super::{
    Format, Limits, Problem, read,
    testing::{self, WORD, Word, Zip, document_xml, grid, p, r, tbl, tc, tr},
};

fn form() -> String {
    tbl(&tr(&(tc(&p(&r("Школа"))) + &tc(&p(&r("№ 1"))))))
}

/// A second for the optimised program; a debug build gets five.
const BOUND: Duration = Duration::from_secs(if cfg!(debug_assertions) { 5 } else { 1 });

/// The answer within the bound.
fn swift(name: &str, bytes: &[u8]) -> Result<Vec<Vec<String>>, Problem> {
    let begun = testing::thread_time();
    let answer = read(bytes, Format::Docx, &Limits::default()).map(|document| grid(&document.blocks));
    let took = testing::thread_time() - begun;
    assert!(took < BOUND, "{name} took {took:?}");
    answer
}

fn nested(open: &str, inner: &str, close: &str, times: usize) -> String {
    [open.repeat(times), inner.to_owned(), close.repeat(times)].concat()
}

#[test]
fn row_54_what_is_shaped_to_do_harm_is_refused() {
    let run = r("текст");
    let cases = [
        ("elements of no meaning", p(&nested("<w:x>", &run, "</w:x>", 100_000))),
        ("tables", nested("<w:tbl><w:tr><w:tc>", "<w:p/>", "</w:tc></w:tr></w:tbl>", 100_000)),
        ("tables just past the limit", nested("<w:tbl><w:tr><w:tc>", &p(&run), "</w:tc></w:tr></w:tbl>", 17)),
        ("controls", nested("<w:sdt><w:sdtContent>", &p(&run), "</w:sdtContent></w:sdt>", 100_000)),
        ("insertions", p(&nested("<w:ins>", &run, "</w:ins>", 100_000))),
        ("deletions, which are skipped", p(&nested("<w:del>", &run, "</w:del>", 100_000))),
        ("attributes", format!("<w:p {}/>", (0..80_000).map(|n| format!("a{n}=\"\" ")).collect::<String>())),
        ("namespaces", format!("<w:p {}/>", (0..900).map(|n| format!("xmlns:n{n}=\"u\" ")).collect::<String>())),
        ("an entity of its own", p("<w:r><w:t>&x;</w:t></w:r>")),
        ("an entity in an attribute", "<w:p w:a=\"&x;\"/>".to_owned()),
        ("cells", tbl(&tr(&tc("<w:p/>").repeat(50_001)))),
        ("text", p(&r(&"слово ".repeat(400_000)))),
        ("empty paragraphs", "<w:p/>".repeat(600_000)),
    ];
    for (name, body) in cases {
        assert_eq!(swift(name, &Word::new(&body).bytes()), Err(Problem::Hostile), "{name}");
    }
}

#[test]
fn row_53_a_doctype_is_refused_wherever_it_points() {
    let lines = [
        r#"<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>"#,
        r#"<!DOCTYPE w [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>"#,
        r#"<!DOCTYPE w SYSTEM "http://example.org/a.dtd">"#,
    ];
    for line in lines {
        let xml =
            document_xml(&p("<w:r><w:t>&x;</w:t></w:r>")).replacen("<w:document", &format!("{line}<w:document"), 1);
        assert_eq!(swift(line, &Word::xml(xml).bytes()), Err(Problem::Hostile));
    }
}

#[test]
fn row_50_what_unpacks_to_too_much_is_cut_where_it_passes_the_limit() {
    let bomb = Word::new(&p(&r(&"A".repeat(8 << 20)))).bytes();
    assert_eq!(swift("a bomb of text", &bomb), Err(Problem::Hostile));
    let spaces = Word::new(&format!("{}{}", form(), " ".repeat(8 << 20))).bytes();
    assert_eq!(swift("a bomb of spaces", &spaces), Err(Problem::Hostile));
    let beside = Word::new(&form()).part("header", "header1.xml", &" ".repeat(8 << 20)).bytes();
    assert_eq!(swift("a bomb beside the text", &beside), Err(Problem::Hostile));
    let media = Word::new(&form()).file("word/media/a.bmp", &vec![0; 8 << 20]).bytes();
    assert!(swift("media are never opened", &media).is_ok());
}

#[test]
fn row_51_too_many_entries_are_refused_before_any_is_opened() {
    let many =
        |count: usize| (0..count).fold(Word::new(&form()), |word, n| word.file(&format!("a/{n:06}"), b"")).bytes();
    assert_eq!(swift("1,001 entries", &many(1_001)), Err(Problem::Hostile));
    assert!(swift("900 entries", &many(900)).is_ok());
    let record = b"PK\x01\x02".repeat(65_000);
    assert_eq!(swift("a directory of 65,000", &[b"PK\x03\x04".to_vec(), record].concat()), Err(Problem::Hostile));
}

/// Changes a number in the directory entry of the main part.
fn forged(mut bytes: Vec<u8>, offset: usize, value: u32) -> Vec<u8> {
    let entries: Vec<usize> = memchr::memmem::find_iter(&bytes, b"PK\x01\x02").collect();
    let main = entries.into_iter().find(|at| bytes[at + 46..].starts_with(b"word/document.xml")).unwrap();
    bytes[main + offset..main + offset + 4].copy_from_slice(&value.to_le_bytes());
    bytes
}

#[test]
fn row_50_declared_sizes_are_not_believed() {
    let bytes = Word::new(&form()).bytes();
    let answer = swift("a size of 4 GB", &forged(bytes.clone(), 24, 0xFFFF_FFF0));
    assert_eq!(answer.unwrap(), [["Школа", "№ 1"]]);
    assert_eq!(swift("a size of 7 bytes", &forged(bytes.clone(), 24, 7)), Err(Problem::Damaged));
    assert_eq!(swift("a checksum that is wrong", &forged(bytes, 16, 7)), Err(Problem::Damaged));
}

#[test]
fn row_50_entries_that_share_their_bytes_are_refused() {
    let bytes = Word::new(&form()).file("word/other.xml", b"other").bytes();
    let entries: Vec<usize> = memchr::memmem::find_iter(&bytes, b"PK\x01\x02").collect();
    let offset = |at: usize| u32::from_le_bytes(bytes[at + 42..at + 46].try_into().unwrap());
    let other = entries.iter().find(|at| bytes[**at + 46..].starts_with(b"word/other.xml")).unwrap();
    let overlapping = forged(bytes.clone(), 42, offset(*other));
    assert_eq!(swift("overlapping entries", &overlapping), Err(Problem::Hostile));
}

#[test]
fn row_52_names_that_lead_elsewhere_lead_nowhere() {
    let word = Word::new(&form()).file("../../../../tmp/a", b"x").file("/etc/a", b"x").file("..\\..\\a", b"x");
    assert_eq!(swift("names", &word.bytes()).unwrap(), [["Школа", "№ 1"]]);
}

#[test]
fn what_is_cut_short_is_damaged_and_never_half_an_answer() {
    let whole = document_xml(&(form() + &p(&r("Ещё"))));
    let at = |needle: &str| whole.find(needle).unwrap();
    for (name, cut) in [
        ("within a text", at("№")),
        ("within a tag", at("<w:tbl>") + 3),
        ("between paragraphs", at("<w:p><w:r><w:t xml:space=\"preserve\">Ещё")),
        ("before the end of the body", at("</w:body>")),
        ("at the beginning", 0),
    ] {
        assert_eq!(swift(name, &Word::xml(&whole.as_bytes()[..cut]).bytes()), Err(Problem::Damaged), "{name}");
    }
    for tail in ["</w:body>", "</w:body></w:docu", "</w:body></w:document>junk & more <"] {
        let xml = [&whole.as_bytes()[..at("</w:body>")], tail.as_bytes()].concat();
        let document = Word::xml(xml).read().unwrap();
        assert_eq!(grid(&document.blocks), [["Школа", "№ 1"]]);
        assert_eq!(document.oddities, ["the file is damaged behind the end of its text"]);
    }
    let bytes = Word::new(&form()).bytes();
    for cut in [bytes.len() / 2, bytes.len() - 10, 40, 5] {
        assert_eq!(swift("a cut archive", &bytes[..cut]), Err(Problem::Damaged));
    }
}

#[test]
fn what_is_no_word_document_is_damaged_or_encrypted_but_never_empty() {
    let wrong =
        format!("<w:document xmlns:w=\"{WORD}\"><w:body><w:p><w:r><w:t>a</w:r></w:t></w:p></w:body></w:document>");
    for (name, bytes) in [
        ("a workbook's part", Word::xml("<worksheet xmlns=\"x\"><row><c/></row></worksheet>").bytes()),
        ("a header as the main part", Word::xml(format!("<w:hdr xmlns:w=\"{WORD}\"><w:p/></w:hdr>")).bytes()),
        ("tags that cross", Word::xml(wrong).bytes()),
        ("bytes that are no UTF-8", Word::xml([document_xml("").as_bytes(), b"\xFF\xFE"].concat()).bytes()),
        ("no main part", Zip::new().file("[Content_Types].xml", b"<Types/>").bytes()),
        ("zeros", vec![0; 5_000]),
        ("no archive", b"PK\x03\x04 and nothing more".to_vec()),
    ] {
        assert_eq!(swift(name, &bytes), Err(Problem::Damaged), "{name}");
    }
    let locked = testing::encrypted(Word::new(&form()).bytes());
    assert_eq!(swift("a password of ZIP", &locked), Err(Problem::Encrypted));
}
