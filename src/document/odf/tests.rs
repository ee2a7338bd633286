//! OpenDocument's own constructs, and its own ways to do harm.

use super::super::{
    Block, Document, Format, Limits, Problem, read,
    testing::{Zip, grid},
    text_of,
};

fn content(kind: &str, styles: &str, body: &str) -> String {
    const ODF: &str = "urn:oasis:names:tc:opendocument:xmlns:";
    format!(
        "<office:document-content xmlns:office=\"{ODF}office:1.0\" xmlns:text=\"{ODF}text:1.0\" \
         xmlns:table=\"{ODF}table:1.0\" xmlns:draw=\"{ODF}drawing:1.0\" xmlns:style=\"{ODF}style:1.0\" \
         xmlns:presentation=\"{ODF}presentation:1.0\" \
         xmlns:loext=\"urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0\">\
         <office:automatic-styles>{styles}</office:automatic-styles>\
         <office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    )
}

fn package(content: &str) -> Vec<u8> {
    Zip::new()
        .file("mimetype", b"application/vnd.oasis.opendocument.text")
        .file("content.xml", content.as_bytes())
        .bytes()
}

fn odt(styles: &str, body: &str) -> Result<Document, Problem> {
    read(&package(&content("text", styles, body)), Format::Odt, &Limits::default())
}

fn text(body: &str) -> String {
    odt("", body).unwrap().text()
}

fn p(text: &str) -> String {
    format!("<text:p>{text}</text:p>")
}

fn cell(text: &str) -> String {
    format!("<table:table-cell>{}</table:table-cell>", p(text))
}

fn table(rows: &[&str]) -> String {
    let rows: String = rows.iter().map(|row| format!("<table:table-row>{row}</table:table-row>")).collect();
    format!("<table:table>{rows}</table:table>")
}

#[test]
fn white_space_is_what_the_standard_makes_of_it() {
    assert_eq!(
        text(&p("\n  А <text:span>  Б</text:span><text:s text:c=\"3\"/>В<text:tab/>Г<text:line-break/>Д")),
        "А Б   В\tГ\nД"
    );
}

#[test]
fn deleted_hidden_and_empty_fields_are_no_text() {
    let styles = "<style:style style:name=\"T1\"><style:text-properties text:display=\"none\"/></style:style>";
    let body = format!(
        "<text:tracked-changes><text:changed-region><text:deletion>{}</text:deletion></text:changed-region></text:tracked-changes>\
         <text:p>А<text:change/><text:span text:style-name=\"T1\">СКРЫТО</text:span><text:placeholder>&lt;ввод&gt;</text:placeholder>\
         <loext:content-control loext:showing-place-holder=\"true\">Место</loext:content-control>\
         <loext:content-control>Б</loext:content-control><office:annotation>{}</office:annotation></text:p>",
        p("УДАЛЕНО"),
        p("ЗАМЕТКА"),
    );
    assert_eq!(odt(styles, &body).unwrap().text(), "АБ");
}

#[test]
fn notes_and_text_boxes_stand_where_they_belong() {
    let body = "<text:p>А<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Сноска</text:p></text:note-body></text:note>\
                <draw:frame><draw:text-box><text:p>Рамка</text:p></draw:text-box></draw:frame>Б</text:p>";
    let document = odt("", body).unwrap();
    assert_eq!(document.text(), "Рамка\nАБ");
    assert_eq!(text_of(&document.notes), "Сноска");
}

#[test]
fn merged_cells_keep_their_columns() {
    let body = table(&[
        &("<table:table-cell table:number-columns-spanned=\"2\" table:number-rows-spanned=\"2\"><text:p>А</text:p></table:table-cell>\
           <table:covered-table-cell/>"
            .to_owned()
            + &cell("Б")),
        &("<table:covered-table-cell table:number-columns-repeated=\"2\"/>".to_owned() + &cell("В")),
        &(cell("1") + &cell("2") + &cell("3")),
    ]);
    let expected: [&[&str]; 3] = [&["А×2", "Б"], &["^×2", "В"], &["1", "2", "3"]];
    assert_eq!(grid(&odt("", &body).unwrap().blocks), expected);
}

#[test]
fn what_is_repeated_is_repeated_within_limits() {
    let repeated = |columns: &str, rows: &str, text: &str| {
        format!(
            "<table:table><table:table-row table:number-rows-repeated=\"{rows}\">\
             <table:table-cell table:number-columns-repeated=\"{columns}\">{}</table:table-cell></table:table-row></table:table>{}",
            p(text),
            p("конец"),
        )
    };
    assert_eq!(grid(&odt("", &repeated("2", "2", "А")).unwrap().blocks), [["А", "А"], ["А", "А"]]);
    assert_eq!(grid(&odt("", &repeated("16384", "1048576", "")).unwrap().blocks), [["×16384"]]);
    assert_eq!(odt("", &repeated("16384", "1048576", "А")), Err(Problem::Hostile));
    assert_eq!(odt("", &repeated("1", "4294967295", "А")), Err(Problem::Hostile));
    assert_eq!(odt("", &repeated("9000", "1", &"слово ".repeat(100))), Err(Problem::Hostile));
    assert_eq!(odt("", &p("А<text:s text:c=\"4000000000\"/>")), Err(Problem::Hostile));
}

#[test]
fn sheets_lose_only_what_is_empty() {
    let sheet = |name: &str, row: &str| {
        format!(
            "<table:table table:style-name=\"{name}\"><table:table-row>{row}<table:table-cell table:number-columns-repeated=\"16000\"/></table:table-row>\
                 <table:table-row table:number-rows-repeated=\"1000000\"><table:table-cell/></table:table-row></table:table>"
        )
    };
    let styles = "<style:style style:name=\"off\"><style:table-properties table:display=\"false\"/></style:style>";
    let body = sheet("on", &(cell("А") + "<table:table-cell/>" + &cell("Б")))
        + &sheet("off", &cell("скрыто"))
        + &sheet("on", &cell("В"));
    let document = read(&package(&content("spreadsheet", styles, &body)), Format::Ods, &Limits::default()).unwrap();
    assert_eq!(document.text(), "А\t\tБ\nВ");
    assert_eq!(document.blocks.iter().filter(|block| **block == Block::Break).count(), 1);
}

#[test]
fn items_of_lists_bear_the_numbers_that_are_printed() {
    let styles = "<text:list-style style:name=\"L1\">\
        <text:list-level-style-number text:level=\"1\" style:num-format=\"1\" style:num-suffix=\".\" text:start-value=\"3\"/>\
        <text:list-level-style-number text:level=\"2\" style:num-format=\"1\" style:num-suffix=\")\" text:display-levels=\"2\"/></text:list-style>\
        <text:list-style style:name=\"L2\"><text:list-level-style-bullet text:level=\"1\" text:bullet-char=\"•\"/></text:list-style>";
    let list = |style: &str, more: &str, items: &str| {
        format!("<text:list text:style-name=\"{style}\"{more}>{items}</text:list>")
    };
    let item = |content: &str| format!("<text:list-item>{content}</text:list-item>");
    let body = [
        list(
            "L1",
            "",
            &(item(&(p("a") + &p("b")))
                + &item(&(p("c") + &format!("<text:list>{}{}</text:list>", item(&p("d")), item(&p("e")))))),
        ),
        p("between"),
        list("L1", " text:continue-numbering=\"true\"", &item(&p("f"))),
        list("L2", "", &item(&p("g"))),
        list("L1", "", &(item(&p("h")) + "<text:list-item text:start-value=\"9\"><text:p>i</text:p></text:list-item>")),
    ]
    .concat();
    let markers: Vec<_> = odt(styles, &body)
        .unwrap()
        .blocks
        .into_iter()
        .map(|block| match block {
            Block::Paragraph(paragraph) => paragraph.marker.unwrap_or_default(),
            _ => "?".to_owned(),
        })
        .collect();
    assert_eq!(markers, ["3.", "", "4.", "4.1)", "4.2)", "", "5.", "•", "3.", "9."]);
}

#[test]
fn slides_have_their_titles_first_and_their_notes_apart() {
    let frame = |class: &str, text: &str| {
        format!("<draw:frame presentation:class=\"{class}\"><draw:text-box>{}</draw:text-box></draw:frame>", p(text))
    };
    let page = |content: &str| format!("<draw:page>{content}</draw:page>");
    let body = page(&format!(
        "{}{}<presentation:notes>{}{}</presentation:notes>",
        frame("outline", "Текст"),
        frame("title", "Заголовок"),
        frame("notes", "Заметка"),
        frame("page-number", "1"),
    )) + &page(&frame("title", "Второй"));
    let document = read(&package(&content("presentation", "", &body)), Format::Odp, &Limits::default()).unwrap();
    assert_eq!(document.text(), "Заголовок\nТекст\nВторой");
    assert_eq!(text_of(&document.notes), "Заметка");
}

#[test]
fn harm_damage_and_passwords_are_told_apart() {
    let whole = content("text", "", &p("А"));
    let deep = content("text", "", &("<text:section>".repeat(1_000) + &"</text:section>".repeat(1_000)));
    let doctype = format!("<!DOCTYPE x [<!ENTITY a \"b\">]>{whole}");
    for (content, problem) in [
        (deep.as_str(), Problem::Hostile),
        (&doctype, Problem::Hostile),
        (whole.split("</office:body>").next().unwrap(), Problem::Damaged),
        ("<x/>", Problem::Damaged),
        (&content("text", "", ""), Problem::Empty),
        (&content("text", "", &p("<draw:frame><draw:image/></draw:frame>")), Problem::Scan),
    ] {
        assert_eq!(read(&package(content), Format::Odt, &Limits::default()), Err(problem));
    }
    let locked = Zip::new()
        .file("META-INF/manifest.xml", b"<manifest:encryption-data/>")
        .file("content.xml", b"\x01\x02")
        .bytes();
    assert_eq!(read(&locked, Format::Odt, &Limits::default()), Err(Problem::Encrypted));
    let none = Zip::new().file("mimetype", b"application/vnd.oasis.opendocument.text").bytes();
    assert_eq!(read(&none, Format::Odt, &Limits::default()), Err(Problem::Damaged));
}
