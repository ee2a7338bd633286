//! What each construct of WordprocessingML means to the text of a form's cell.

use super::super::{
    Block, Problem, read,
    testing::{RELATIONS, STRICT, WORD, Word, document_xml, grid, p, r, tbl, tc, tr},
    text_of,
};
use super::{
    super::{Format, Limits},
    cases::{A, cells, sdt},
};

/// A table whose second row is the case, between rows that must stay as they are.
fn framed(row: &str) -> String {
    tbl(&[tr(&(tc(&p(&r("L1"))) + &tc(&p(&r("A1"))))), row.to_owned(), tr(&(tc(&p(&r("L3"))) + &tc(&p(&r("A3")))))]
        .concat())
}

fn beside_label(cell: &str) -> String {
    tr(&(tc(&p(&r("L2"))) + cell))
}

/// A row of the table and what is read of it.
fn rows() -> Vec<(&'static str, String, Vec<&'static str>)> {
    let (label, answer) = (tc(&p(&r("L2"))), tc(&p(&r(A))));
    let props = |properties: &str, text: &str| format!("<w:tc><w:tcPr>{properties}</w:tcPr>{}</w:tc>", p(&r(text)));
    vec![
        ("control around a cell", tr(&(label.clone() + &sdt(&answer, ""))), vec!["L2", A]),
        ("control around a row", sdt(&tr(&(label.clone() + &answer)), ""), vec!["L2", A]),
        (
            "deleted row",
            tr(&format!("<w:trPr><w:del/></w:trPr>{}{}", tc(&p("")), tc(&p("")))) + &tr(&(label.clone() + &answer)),
            vec!["L2", A],
        ),
        ("merged across", tr(&(props("<w:gridSpan w:val=\"2\"/>", "L2") + &answer)), vec!["L2×2", A]),
        ("merged down", tr(&(props("<w:vMerge/>", "") + &answer)), vec!["^", A]),
        ("merge begins", tr(&(props("<w:vMerge w:val=\"restart\"/>", "L2") + &answer)), vec!["L2", A]),
        (
            "merged across, the old way",
            tr(&(props("<w:hMerge w:val=\"restart\"/>", "L2") + &props("<w:hMerge/>", "") + &answer)),
            vec!["L2×2", A],
        ),
        (
            "columns left out",
            tr(&format!("<w:trPr><w:gridBefore w:val=\"1\"/><w:gridAfter w:val=\"2\"/></w:trPr>{answer}")),
            vec!["", A, "×2"],
        ),
        ("deleted cell", tr(&(label.clone() + &props("<w:cellDel/>", "Г") + &answer)), vec!["L2", A]),
        ("header row", tr(&format!("<w:trPr><w:tblHeader/></w:trPr>{label}{answer}")), vec!["L2", A]),
        (
            "hidden row",
            tr(&format!("<w:trPr><w:hidden/></w:trPr>{}", tc(&p(&r("Г"))))) + &tr(&(label.clone() + &answer)),
            vec!["L2", A],
        ),
        ("table within", tr(&(label + &tc(&tbl(&tr(&(tc(&p(&r("А"))) + &tc(&p(&r("Б"))))))))), vec!["L2", "А\tБ"]),
    ]
}

#[test]
fn every_construct_shows_the_text_that_word_shows() {
    for (name, content, text) in cells() {
        let document = Word::new(&framed(&beside_label(&tc(&content)))).read();
        let grid = grid(&document.unwrap_or_else(|problem| panic!("{name}: {problem}")).blocks);
        assert_eq!(grid[0], ["L1", "A1"], "{name}");
        assert_eq!(grid[1][0], "L2", "{name}");
        assert_eq!(grid[1][1].trim_end_matches("×256"), text, "{name}");
        assert_eq!(grid[2], ["L3", "A3"], "{name}");
    }
}

#[test]
fn every_row_keeps_its_columns() {
    for (name, row, expected) in rows() {
        let document = Word::new(&framed(&row)).read().unwrap_or_else(|problem| panic!("{name}: {problem}"));
        let grid = grid(&document.blocks);
        assert_eq!(grid.len(), 3, "{name}");
        assert_eq!(grid[1], expected, "{name}");
    }
}

#[test]
fn namespaces_prefixes_and_encodings_change_nothing() {
    let xml = document_xml(&framed(&beside_label(&tc(&p(&r(A))))));
    let utf16: Vec<u8> = "\u{FEFF}"
        .encode_utf16()
        .chain(xml.replace("UTF-8", "UTF-16").encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let big: Vec<u8> = "\u{FEFF}".encode_utf16().chain(xml.encode_utf16()).flat_map(u16::to_be_bytes).collect();
    let windows = encoding_rs::WINDOWS_1251.encode(&xml.replace("UTF-8", "windows-1251")).0.into_owned();
    let renamed = [("<w:", "<ns0:"), ("</w:", "</ns0:"), (" w:", " ns0:"), ("xmlns:w=", "xmlns:ns0=")]
        .iter()
        .fold(xml.clone(), |xml, (from, to)| xml.replace(from, to));
    let variants = [
        ("strict", xml.replace(WORD, STRICT).into_bytes()),
        ("prefix", renamed.into_bytes()),
        ("default namespace", xml.replace("xmlns:w=", "xmlns=").replace("<w:", "<").replace("</w:", "</").into_bytes()),
        ("byte order mark", format!("\u{FEFF}{xml}").into_bytes()),
        ("UTF-16", utf16),
        ("UTF-16, big end first", big),
        ("windows-1251", windows),
        ("claims UTF-16", xml.replace("UTF-8", "UTF-16").into_bytes()),
    ];
    for (name, xml) in variants {
        let document = Word::xml(xml).read().unwrap_or_else(|problem| panic!("{name}: {problem}"));
        assert_eq!(grid(&document.blocks)[1], ["L2", A], "{name}");
    }
}

#[test]
fn odd_parts_beside_the_text_do_no_harm() {
    let body = framed(&beside_label(&tc(&p(&r(A)))));
    let words = [
        Word::new(&body)
            .relation(&format!(r#"<Relationship Id="x" Type="{RELATIONS}/webSettings" Target="webSettings.xml"/>"#)),
        Word::new(&body)
            .relation(&format!(r#"<Relationship Id="x" Type="{RELATIONS}/header" Target="../../../../etc/passwd"/>"#)),
        Word::new(&body).part(
            "settings",
            "settings.xml",
            &format!(r#"<w:settings xmlns:w="{WORD}"><w:zoom w:percent="x"/></w:settings>"#),
        ),
        Word::new(&body).part("styles", "styles.xml", "<w:styles"),
        Word::new(&body).part("numbering", "numbering.xml", "no XML at all"),
    ];
    for word in words {
        assert_eq!(grid(&word.read().unwrap().blocks)[1], ["L2", A]);
    }
}

const NUMBERING: &str = r#"
<w:abstractNum w:abstractNumId="0">
 <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
 <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="russianLower"/><w:lvlText w:val="%2)"/></w:lvl>
 <w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%3"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="1">
 <w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="&#xF0B7;"/><w:rPr><w:rFonts w:ascii="Symbol"/></w:rPr></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="2">
 <w:lvl w:ilvl="0"><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1"/></w:lvl>
 <w:lvl w:ilvl="1"><w:pStyle w:val="Point"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2."/><w:isLgl/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="3"><w:numStyleLink w:val="Linked"/></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>
<w:num w:numId="4"><w:abstractNumId w:val="2"/></w:num>
<w:num w:numId="5"><w:abstractNumId w:val="3"/></w:num>
<w:num w:numId="6"><w:abstractNumId w:val="0"/></w:num>"#;

/// Latent styles and those of tables are passed over, also where they declare prefixes of their own; what stands behind
/// them is not.
const STYLES: &str = r#"
<w:docDefaults><w:rPrDefault/></w:docDefaults>
<w:latentStyles w:count="2"><w:lsdException w:name="Normal"/><w:lsdException w:name="heading 1"/></w:latentStyles>
<w:latentStyles xmlns:w="urn:else"/>
<w:style w:type="table" w:styleId="Base"><w:name w:val="Table"/><w:tblStylePr xmlns:w="urn:else" w:type="firstRow">
 <w:style><w:rPr><w:vanish/></w:rPr></w:style></w:tblStylePr></w:style>
<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="Base"><w:pPr><w:numPr><w:numId w:val="4"/></w:numPr></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Point"><w:basedOn w:val="Base"/></w:style>
<w:style w:type="paragraph" w:styleId="Loop"><w:basedOn w:val="Loop"/></w:style>
<w:style w:type="numbering" w:styleId="Linked"><w:pPr><w:numPr><w:numId w:val="4"/></w:numPr></w:pPr></w:style>
<w:style w:type="character" w:styleId="Secret"><w:rPr><w:vanish/></w:rPr></w:style>
<w:style w:type="character" w:styleId="a3"><w:name w:val="Placeholder Text"/></w:style>"#;

fn styled(body: &str) -> Vec<Block> {
    Word::new(body)
        .part("numbering", "numbering.xml", &format!(r#"<w:numbering xmlns:w="{WORD}">{NUMBERING}</w:numbering>"#))
        .part("styles", "styles.xml", &format!(r#"<w:styles xmlns:w="{WORD}">{STYLES}</w:styles>"#))
        .read()
        .unwrap()
        .blocks
}

fn item(list: u32, level: u32, text: &str) -> String {
    p(&format!(r#"<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list}"/></w:numPr></w:pPr>{}"#, r(text)))
}

fn style(name: &str, text: &str) -> String {
    p(&format!(r#"<w:pPr><w:pStyle w:val="{name}"/></w:pPr>{}"#, r(text)))
}

fn markers(body: &str) -> Vec<String> {
    let marker = |block: &Block| match block {
        Block::Paragraph(paragraph) => paragraph.marker.clone().unwrap_or_default(),
        _ => "?".to_owned(),
    };
    styled(body).iter().map(marker).collect()
}

#[test]
fn numbers_of_lists_are_those_that_word_prints() {
    let body = [
        item(1, 0, "a"),
        item(1, 0, "b"),
        item(1, 1, "c"),
        item(1, 1, "d"),
        p(&r("between")),
        item(1, 0, "e"),
        item(1, 1, "f"),
        item(1, 2, "g"),
        item(2, 0, "h"),
        item(6, 0, "the same list by another name"),
        item(3, 0, "i"),
        item(3, 0, "j"),
        item(0, 0, "no list"),
        item(9, 0, "an unknown list"),
        item(1, 200, "an impossible level"),
    ]
    .concat();
    assert_eq!(markers(&body), ["1.", "2.", "а)", "б)", "", "3.", "а)", "3.1", "•", "4.", "5.", "6.", "", "", ""]);
}

#[test]
fn styles_bring_their_lists_along() {
    let body =
        [style("Base", "a"), style("Point", "b"), style("Point", "c"), item(5, 0, "d"), style("Loop", "e")].concat();
    assert_eq!(markers(&body), ["I", "1.1.", "1.2.", "II", ""]);
    let off =
        p(&format!(r#"<w:pPr><w:pStyle w:val="Base"/><w:numPr><w:numId w:val="0"/></w:numPr></w:pPr>{}"#, r("x")));
    assert_eq!(markers(&off), [""]);
}

#[test]
fn styles_hide_text_and_mark_placeholders() {
    let run =
        |style: &str, text: &str| format!(r#"<w:r><w:rPr><w:rStyle w:val="{style}"/></w:rPr><w:t>{text}</w:t></w:r>"#);
    let body = [
        p(&(r("А") + &run("Secret", "СКРЫТО"))),
        p(&sdt(&run("a3", "Click or tap here"), "")),
        p(&run("a3", "typed outside of a control")),
    ]
    .concat();
    assert_eq!(text_of(&styled(&body)), "А\n\ntyped outside of a control");
}

#[test]
fn headers_footers_and_notes_stand_apart() {
    let part = |root: &str, content: &str| format!(r#"<w:{root} xmlns:w="{WORD}">{content}</w:{root}>"#);
    let document = Word::new(&p(&r("Тело")))
        .part("header", "header1.xml", &part("hdr", &p(&r("МБОУ СОШ № 3"))))
        .part("footer", "footer1.xml", &part("ftr", &p("")))
        .part(
            "footnotes",
            "footnotes.xml",
            &part(
                "footnotes",
                &format!(
                    "<w:footnote w:type=\"separator\">{}</w:footnote><w:footnote>{}</w:footnote>",
                    p(&r("—")),
                    p(&r("Сноска"))
                ),
            ),
        )
        .part("header", "header2.xml", "<w:hdr")
        .read()
        .unwrap();
    assert_eq!(document.text(), "Тело");
    assert_eq!(text_of(&document.margins), "МБОУ СОШ № 3");
    assert_eq!(text_of(&document.notes), "Сноска");
    assert_eq!(document.oddities, ["a damaged part: header"]);
}

#[test]
fn a_page_that_begins_anew_parts_the_text() {
    let body = [
        p("<w:r><w:t>Титул</w:t><w:br w:type=\"page\"/><w:t>Текст</w:t></w:r>"),
        p(&format!("<w:pPr><w:pageBreakBefore/></w:pPr>{}", r("Ещё"))),
    ]
    .concat();
    let shape: Vec<_> = Word::new(&body)
        .read()
        .unwrap()
        .blocks
        .iter()
        .map(|block| match block {
            Block::Paragraph(paragraph) => paragraph.text.clone(),
            _ => "|".to_owned(),
        })
        .collect();
    assert_eq!(shape, ["Титул", "|", "Текст", "|", "Ещё"]);
}

#[test]
fn a_document_without_text_says_why() {
    let picture = r#"<w:r><w:drawing><a:blip r:embed="x"/></w:drawing></w:r>"#;
    for (body, problem) in [
        (p(""), Problem::Empty),
        (tbl(&tr(&tc(&p(&r(" \u{A0}"))))), Problem::Empty),
        (p(picture), Problem::Scan),
        (p("<w:r><w:pict><v:imagedata r:id=\"x\"/></w:pict></w:r>"), Problem::Scan),
        ("<w:altChunk r:id=\"x\"/>".to_owned(), Problem::NeedsConverter),
    ] {
        assert_eq!(Word::new(&body).read().unwrap_err(), problem, "{body}");
    }
    assert!(Word::new(&(p(picture) + &p(&r("с подписью")))).read().is_ok());
    assert_eq!(read(b"", Format::Docx, &Limits::default()), Err(Problem::Empty));
}

#[test]
fn row_55_what_is_odd_is_noted_and_nothing_else() {
    let relation = |kind: &str, target: &str| {
        format!(r#"<Relationship Id="x" Type="{RELATIONS}/{kind}" Target="{target}" TargetMode="External"/>"#)
    };
    let word = || Word::new(&p(&r(A)));
    let settings = |target: &str| {
        let rels = format!(r#"<Relationships>{}</Relationships>"#, relation("attachedTemplate", target));
        word().part("settings", "settings.xml", "<w:settings/>").file("word/_rels/settings.xml.rels", rels.as_bytes())
    };
    for (word, odd) in [
        (word(), vec![]),
        (word().relation(&relation("hyperlink", "https://example.org")), vec![]),
        (settings("file:///C:\\Users\\a\\Normal.dotm"), vec![]),
        (settings("http://example.org/a.dotm"), vec!["an external template"]),
        (settings("\\\\host\\a.dotm"), vec!["an external template"]),
        (word().relation(&relation("image", "http://example.org/a.png")), vec!["content from outside the file"]),
        (word().file("word/vbaProject.bin", b"x"), vec!["macros"]),
        (word().file("word/embeddings/oleObject1.bin", b"x"), vec!["embedded objects"]),
        (word().file("WORD/document.xml", b"x"), vec!["several parts share a name"]),
        (word().file("word/document.xml", document_xml(&p(&r(A))).as_bytes()), vec!["several parts share a name"]),
    ] {
        assert_eq!(word.read().unwrap().oddities, odd);
    }
}
