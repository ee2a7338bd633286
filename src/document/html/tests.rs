use super::*;
use crate::document::{Cell, text_of};

fn document(html: &str) -> Document {
    read(html.as_bytes(), None, &Limits::default()).unwrap()
}

fn grid(html: &str) -> Vec<Vec<String>> {
    let document = document(html);
    let table = document.blocks.iter().find_map(|block| match block {
        Block::Table(table) => Some(table),
        _ => None,
    });
    table.unwrap().rows.iter().map(|row| row.cells.iter().map(Cell::text).collect()).collect()
}

fn zones(html: &str) -> Vec<(Zone, String)> {
    let page = page(html, &Limits::default()).unwrap();
    page.blocks.into_iter().map(|(zone, block)| (zone, text_of(&[block]))).collect()
}

#[test]
fn blocks_and_breaks_are_paragraphs_and_white_space_collapses() {
    let html = "<p>Добрый   день!\n<br>Форма&nbsp;школы &laquo;3&raquo;<div>Роль<div>участник</div></div>&#1048;тог";
    assert_eq!(document(html).text(), "Добрый день!\nФорма\u{a0}школы «3»\nРоль\nучастник\nИтог");
}

#[test]
fn scripts_styles_titles_and_hidden_text_are_not_read() {
    let html = "<title>T</title><style>p{}</style><script>if (a<b) {}</script><div style='display: none'>x<div>y</div>\
        </div><p style='display:none'>z<p>видно<span hidden>h</span>";
    assert_eq!(document(html).text(), "видно");
}

#[test]
fn what_is_hidden_without_end_is_shown() {
    let page = page("<p>a</p><div style='display:none'><p>b", &Limits::default()).unwrap();
    assert_eq!(page.blocks.len(), 2);
    assert_eq!(page.oddities.len(), 1);
}

#[test]
fn lists_carry_their_markers() {
    let document = document("<ol start=3><li>три<li><p>четыре</ol><ul><li>точка</ul>");
    let markers: Vec<_> = document
        .blocks
        .iter()
        .map(|block| match block {
            Block::Paragraph(p) => (p.marker.clone().unwrap_or_default(), p.text.clone()),
            _ => panic!("a paragraph"),
        })
        .collect();
    let expected = [("3.", "три"), ("4.", "четыре"), ("•", "точка")];
    assert_eq!(markers, expected.map(|(marker, text)| (marker.to_owned(), text.to_owned())));
}

#[test]
fn a_table_is_a_table_with_or_without_end_tags() {
    let whole = "<table><tbody><tr><td>1</td><td>Название</td><td><p>МБОУ<p>Рощино</td></tr><tr><th>2</th><td>б</td>\
        <td></td></tr></tbody></table>";
    let bare = "<table><tr><td>1<td>Название<td><p>МБОУ<p>Рощино<tr><th>2<td>б<td></table>";
    for html in [whole, bare] {
        assert_eq!(grid(html), [["1", "Название", "МБОУ\nРощино"], ["2", "б", ""]]);
    }
}

#[test]
fn merged_cells_keep_the_columns_in_place() {
    let document =
        document("<table><tr><td rowspan=3>а<td colspan=2>б<td>в<tr><td>г<td>д<td rowspan=2>е<tr><td>ж<td>з</table>");
    let Some(Block::Table(table)) = document.blocks.first() else { panic!("a table") };
    let cells: Vec<Vec<(String, u32, bool)>> =
        table.rows.iter().map(|row| row.cells.iter().map(|c| (c.text(), c.span, c.continues)).collect()).collect();
    let cell = |text: &str, span, continues| (text.to_owned(), span, continues);
    assert_eq!(
        cells,
        [
            vec![cell("а", 1, false), cell("б", 2, false), cell("в", 1, false)],
            vec![cell("", 1, true), cell("г", 1, false), cell("д", 1, false), cell("е", 1, false)],
            vec![cell("", 1, true), cell("ж", 1, false), cell("з", 1, false), cell("", 1, true)],
        ]
    );
}

#[test]
fn a_frame_of_one_cell_is_no_table_and_tables_nest() {
    let html = "<table><tr><td><p>Письмо</p><table><tr><td>1<td>x<tr><td>2<td>y</table></td></tr></table>";
    assert_eq!(document(html).text(), "Письмо\n1\tx\n2\ty");
    assert_eq!(grid(html), [["1", "x"], ["2", "y"]]);
}

#[test]
fn quotations_and_signatures_are_told_from_the_authors_words() {
    let html = "<div>Ответ</div><div class=gmail_signature>--<br>Иванова</div><div class=gmail_quote>\
        <div class='gmail_attr'>пн, 14 нояб. 2022 г. в 12:00:</div><blockquote class='gmail_quote'>a<div>b</div>\
        <blockquote>c</blockquote>d</blockquote></div><blockquote>отступ</blockquote>конец";
    let expected = [
        (Zone::Own, "Ответ"),
        (Zone::Signature, "--"),
        (Zone::Signature, "Иванова"),
        (Zone::Quoted, "пн, 14 нояб. 2022 г. в 12:00:"),
        (Zone::Quoted, "a"),
        (Zone::Quoted, "b"),
        (Zone::Quoted, "c"),
        (Zone::Quoted, "d"),
        (Zone::Indented, "отступ"),
        (Zone::Own, "конец"),
    ];
    assert_eq!(zones(html), expected.map(|(zone, text)| (zone, text.to_owned())));
}

#[test]
fn links_and_preformatted_text_are_kept() {
    let page = page("<a href=' https://disk.yandex.ru/i/x '>файл</a><pre>a  b\n\tc</pre>", &Limits::default()).unwrap();
    assert_eq!(page.links, [(Zone::Own, "https://disk.yandex.ru/i/x".to_owned())]);
    let texts: Vec<_> = page.blocks.into_iter().map(|(_, block)| text_of(&[block])).collect();
    assert_eq!(texts, ["файл", "a  b", "\tc"]);
}

#[test]
fn the_page_tells_its_charset_where_nobody_else_does() {
    let html = "<html><head><meta http-equiv=Content-Type content='text/html; charset=koi8-r'></head>ФОРМА";
    assert_eq!(read(&encoding_rs::KOI8_R.encode(html).0, None, &Limits::default()).unwrap().text(), "ФОРМА");
}

#[test]
fn depth_costs_nothing_and_nothing_overflows() {
    let deep = |open: &str, close: &str| format!("{}x{}", open.repeat(100_000), close.repeat(100_000));
    for (open, close) in [("<div>", "</div>"), ("<blockquote>", "</blockquote>"), ("<ul><li>", ""), ("<b><i>", "</b>")]
    {
        assert_eq!(document(&deep(open, close)).text(), "x", "{open}");
    }
    let tables = document(&deep("<table><tr><td>", "</table>"));
    assert_eq!(tables.text(), "x");
    assert_eq!(tables.oddities, ["tables nest too deep"]);
}

#[test]
fn what_costs_too_much_is_refused() {
    let limits = Limits::default();
    let wide = format!("<p {}>x", (0..2_000).map(|n| format!("a{n} ")).collect::<String>());
    assert_eq!(read(wide.as_bytes(), None, &limits), Err(Problem::Hostile));
    let reaching = format!("<table><tr>{}{}</table>", "<td rowspan=65000>".repeat(1_000), "<tr><td>".repeat(60));
    assert_eq!(read(reaching.as_bytes(), None, &limits), Err(Problem::Hostile));
    let small = Limits { text_bytes: 10, ..limits };
    assert_eq!(read(b"<p>0123456789<p>0123456789abcdef", None, &small), Err(Problem::Hostile));
    assert_eq!(read(b"<p> </p>&nbsp;", None, &limits), Err(Problem::Empty));
}
