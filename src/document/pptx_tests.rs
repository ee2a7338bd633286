//! Constructs of slides that the programs at hand do not write.

use super::{
    Block, Document, Format, Limits, Problem, read,
    testing::{RELATIONS, Zip, grid},
    text_of,
};

const NAMES: &str = r#"xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram""#;

fn shape(kind: &str, content: &str) -> String {
    format!("<p:sp><p:nvSpPr><p:nvPr><p:ph type=\"{kind}\"/></p:nvPr></p:nvSpPr><p:txBody>{content}</p:txBody></p:sp>")
}

fn p(text: &str) -> String {
    format!("<a:p><a:r><a:t>{text}</a:t></a:r></a:p>")
}

fn relations(content: &[(&str, &str, &str)]) -> String {
    let list: String = content
        .iter()
        .map(|(id, kind, target)| format!(r#"<Relationship Id="{id}" Type="{RELATIONS}/{kind}" Target="{target}"/>"#))
        .collect();
    format!("<Relationships>{list}</Relationships>")
}

fn show(slides: &[&str], order: &str) -> Zip {
    let names: Vec<String> = (1..=slides.len()).map(|n| format!("slides/slide{n}.xml")).collect();
    let ids: Vec<String> = (1..=slides.len()).map(|n| format!("rId{n}")).collect();
    let rels: Vec<_> = ids.iter().zip(&names).map(|(id, name)| (id.as_str(), "slide", name.as_str())).collect();
    let order: String = order.split(' ').map(|n| format!(r#"<p:sldId id="25{n}" r:id="rId{n}"/>"#)).collect();
    let zip = Zip::new()
        .file(
            "ppt/presentation.xml",
            format!("<p:presentation {NAMES}><p:sldIdLst>{order}</p:sldIdLst></p:presentation>").as_bytes(),
        )
        .file("ppt/_rels/presentation.xml.rels", relations(&rels).as_bytes());
    names.iter().zip(slides).fold(zip, |zip, (name, content)| {
        let slide = format!("<p:sld {NAMES}><p:cSld><p:spTree>{content}</p:spTree></p:cSld></p:sld>");
        zip.file(&format!("ppt/{name}"), slide.as_bytes())
    })
}

fn open(zip: Zip) -> Result<Document, Problem> {
    read(&zip.bytes(), Format::Pptx, &Limits::default())
}

#[test]
fn the_order_is_that_of_the_presentation_not_of_the_file_names() {
    let (one, two) = (shape("body", &p("раз")), shape("body", &p("два")));
    assert_eq!(open(show(&[&one, &two], "2 1")).unwrap().text(), "два\nраз");
}

#[test]
fn titles_come_first_and_what_every_slide_repeats_not_at_all() {
    let slide =
        shape("body", &(p("Текст") + "<a:p><a:r><a:t>А</a:t></a:r><a:br/><a:fld><a:t>Б</a:t></a:fld></a:p><a:p/>"))
            + &shape("sldNum", &p("7"))
            + &shape("ftr", &p("Подвал"))
            + &format!("<p:grpSp>{}</p:grpSp>", shape("ctrTitle", &p("Заголовок")));
    assert_eq!(open(show(&[&slide], "1")).unwrap().text(), "Заголовок\nТекст\nА\nБ");
}

#[test]
fn merged_cells_of_slides_keep_their_columns() {
    let tc = |attributes: &str, text: &str| format!("<a:tc {attributes}><a:txBody>{}</a:txBody></a:tc>", p(text));
    let table = format!(
        "<p:graphicFrame><a:graphic><a:graphicData><a:tbl><a:tr>{}{}{}</a:tr><a:tr>{}{}{}</a:tr></a:tbl></a:graphicData></a:graphic></p:graphicFrame>",
        tc("gridSpan=\"2\" rowSpan=\"2\"", "А"),
        tc("hMerge=\"1\"", ""),
        tc("", "Б"),
        tc("gridSpan=\"2\" vMerge=\"1\"", ""),
        tc("hMerge=\"1\" vMerge=\"1\"", ""),
        tc("", "В"),
    );
    assert_eq!(grid(&open(show(&[&table], "1")).unwrap().blocks), [["А×2", "Б"], ["^×2", "В"]]);
}

#[test]
fn diagrams_and_notes_are_read_from_their_own_parts() {
    let slide = shape("title", &p("Схема"));
    let diagram = format!(
        "<dgm:dataModel {NAMES}><dgm:ptLst><dgm:pt><dgm:t>{}</dgm:t></dgm:pt><dgm:pt type=\"pres\"><dgm:t>{}</dgm:t></dgm:pt></dgm:ptLst></dgm:dataModel>",
        p("Узел"),
        p("Повтор")
    );
    let notes = format!("<p:notes {NAMES}>{}{}</p:notes>", shape("body", &p("Заметка")), shape("sldNum", &p("1")));
    let zip = show(&[&slide], "1")
        .file(
            "ppt/slides/_rels/slide1.xml.rels",
            relations(&[("a", "diagramData", "../diagrams/data1.xml"), ("b", "notesSlide", "../n.xml")]).as_bytes(),
        )
        .file("ppt/diagrams/data1.xml", diagram.as_bytes())
        .file("ppt/n.xml", notes.as_bytes());
    let document = open(zip).unwrap();
    assert_eq!(document.text(), "Схема\nУзел");
    assert_eq!(text_of(&document.notes), "Заметка");
    assert!(!document.blocks.contains(&Block::Break));
}

#[test]
fn shows_without_text_or_slides_say_why() {
    let picture = "<p:pic><p:blipFill><a:blip r:embed=\"x\"/></p:blipFill></p:pic>";
    assert_eq!(open(show(&[picture], "1")), Err(Problem::Scan));
    assert_eq!(open(show(&[&shape("body", "<a:p/>")], "1")), Err(Problem::Empty));
    assert_eq!(open(show(&[picture], "1 2")), Err(Problem::Damaged));
    assert_eq!(open(show(&["<a:p>"], "1")), Err(Problem::Damaged));
    assert_eq!(open(show(&["<!DOCTYPE x>"], "1")), Err(Problem::Hostile));
    assert_eq!(open(Zip::new().file("ppt/presentation.xml", b"<x/>")), Err(Problem::Damaged));
    assert_eq!(open(Zip::new().file("ppt/other.xml", b"<x/>")), Err(Problem::Damaged));
}
