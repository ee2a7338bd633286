//! The shapes in which schools return a form.

use fastrand::Rng;

use super::{
    answers::Answer,
    chance::{one_in, pick},
    names::slip,
};

/// A part of a document before it has a format.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    Paragraph(String),
    Table(Vec<Vec<Cell>>),
}

/// A cell; its lines are parted by line feeds.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    pub(crate) text: String,
    /// So many columns wide.
    pub(crate) span: usize,
    /// Merged with the cell above.
    pub(crate) below: bool,
}

/// A question and its answer.
pub(crate) struct Pair {
    pub(crate) label: String,
    pub(crate) answer: String,
}

type Layout = fn(&mut Rng, &[Pair]) -> Vec<Part>;

/// Each layout, and whether it is one of lines alone.
pub(crate) const LAYOUTS: [(&str, Layout, bool); 24] = [
    ("two columns", two_columns, false),
    ("number column", number_column, false),
    ("header row", header_row, false),
    ("notes column", notes_column, false),
    ("empty column between", empty_column, false),
    ("one cell, line between", one_cell_lines, false),
    ("one cell, colon between", one_cell_colon, false),
    ("answer row under label", under_label, false),
    ("rows in any order", shuffled, false),
    ("labels across", across, false),
    ("labels across in parts", across_in_parts, false),
    ("two halves side by side", side_by_side, false),
    ("rows added", rows_added, false),
    ("sections between", sections, false),
    ("split in two tables", two_tables, false),
    ("header repeated", header_repeated, false),
    ("answers over merged rows", merged_rows, false),
    ("a table a row", table_a_row, false),
    ("lines with colons", lines_colon, true),
    ("numbered lines with colons", numbered_colon, true),
    ("numbered, answers below", numbered_below, true),
    ("labels, answers below", labels_below, true),
    ("questions, answers below", questions_below, true),
    ("lines with dashes", lines_dash, true),
];

/// How labels are written.
pub(crate) const MANNERS: [(u32, &str); 7] = [
    (6, "as printed"),
    (1, "capitals"),
    (1, "shortened"),
    (1, "slips"),
    (1, "numbered"),
    (1, "colon"),
    (1, "no hints"),
];

/// A label in such a manner.
pub(crate) fn written(rng: &mut Rng, manner: &str, nth: usize, label: &str, aliases: &[String]) -> String {
    match manner {
        "capitals" => label.to_uppercase(),
        // The shortest of all say too little by themselves; schools shorten to a few words.
        "shortened" => {
            let long: Vec<&String> = aliases.iter().filter(|alias| alias.contains(' ')).collect();
            if long.is_empty() { label.to_owned() } else { pick(rng, &long).clone() }
        }
        "slips" => {
            let once = slip(rng, label, 6);
            if rng.bool() { slip(rng, &once, 7) } else { once }
        }
        "numbered" => format!("{}. {label}", nth + 1),
        "colon" => format!("{label}:"),
        "no hints" if label.ends_with(')') => label.rsplit_once(" (").map_or(label, |(label, _)| label).to_owned(),
        _ => label.to_owned(),
    }
}

fn cell(text: &str) -> Cell {
    Cell { text: text.to_owned(), span: 1, below: false }
}

fn wide(text: &str, span: usize) -> Cell {
    Cell { span, ..cell(text) }
}

pub(crate) fn row(texts: &[&str]) -> Vec<Cell> {
    texts.iter().map(|text| cell(text)).collect()
}

fn rows(pairs: &[Pair]) -> Vec<Vec<Cell>> {
    pairs.iter().map(|pair| row(&[&pair.label, &pair.answer])).collect()
}

fn two_columns(_: &mut Rng, pairs: &[Pair]) -> Vec<Part> {
    vec![Part::Table(rows(pairs))]
}

fn numbered(rng: &mut Rng, pairs: &[Pair]) -> Vec<Vec<Cell>> {
    let dot = if rng.bool() { "." } else { "" };
    pairs
        .iter()
        .enumerate()
        .map(|(nth, pair)| row(&[&format!("{}{dot}", nth + 1), &pair.label, &pair.answer]))
        .collect()
}

fn number_column(rng: &mut Rng, pairs: &[Pair]) -> Vec<Part> {
    vec![Part::Table(numbered(rng, pairs))]
}

fn header_row(rng: &mut Rng, pairs: &[Pair]) -> Vec<Part> {
    let mut all = numbered(rng, pairs);
    let heads = [["№", "Вопрос", "Ответ"], ["№ п/п", "Показатель", "Значение"], ["№", "Наименование", "Информация ОО"]];
    all.insert(0, row(&pick(rng, &heads)));
    vec![Part::Table(all)]
}

fn notes_column(_: &mut Rng, pairs: &[Pair]) -> Vec<Part> {
    let mut all = vec![row(&["Вопрос", "Ответ", "Примечание"])];
    all.extend(pairs.iter().map(|pair| row(&[&pair.label, &pair.answer, ""])));
    vec![Part::Table(all)]
}

fn empty_column(_: &mut Rng, pairs: &[Pair]) -> Vec<Part> {
    vec![Part::Table(pairs.iter().map(|pair| row(&[&pair.label, "", &pair.answer])).collect())]
}

fn one_cell_lines(_: &mut Rng, pairs: &[Pair]) -> Vec<Part> {
    vec![Part::Table(pairs.iter().map(|pair| row(&[&format!("{}\n{}", pair.label, pair.answer)])).collect())]
}

fn one_cell_colon(_: &mut Rng, pairs: &[Pair]) -> Vec<Part> {
    let line = |pair: &Pair| row(&[&format!("{}: {}", pair.label.trim_end_matches(':'), pair.answer)]);
    vec![Part::Table(pairs.iter().map(line).collect())]
}

fn under_label(_: &mut Rng, pairs: &[Pair]) -> Vec<Part> {
    vec![Part::Table(pairs.iter().flat_map(|pair| [row(&[&pair.label]), row(&[&pair.answer])]).collect())]
}

fn shuffled(rng: &mut Rng, pairs: &[Pair]) -> Vec<Part> {
    let mut all = rows(pairs);
    rng.shuffle(&mut all);
    vec![Part::Table(all)]
}

fn across(_: &mut Rng, pairs: &[Pair]) -> Vec<Part> {
    let labels = pairs.iter().map(|pair| cell(&pair.label)).collect();
    let answers = pairs.iter().map(|pair| cell(&pair.answer)).collect();
    vec![Part::Table(vec![labels, answers])]
}

fn across_in_parts(rng: &mut Rng, pairs: &[Pair]) -> Vec<Part> {
    pairs.chunks(5).flat_map(|pairs| across(rng, pairs)).collect()
}

fn side_by_side(_: &mut Rng, pairs: &[Pair]) -> Vec<Part> {
    let (left, right) = pairs.split_at(pairs.len().div_ceil(2));
    let mut all = rows(left);
    for (to, pair) in all.iter_mut().zip(right) {
        to.extend(row(&[&pair.label, &pair.answer]));
    }
    vec![Part::Table(all)]
}

fn rows_added(rng: &mut Rng, pairs: &[Pair]) -> Vec<Part> {
    const ADDED: [(&str, &str); 9] = [
        ("Ф.И.О. директора", "Иванова Мария Петровна"),
        ("Контактный телефон", "8 (81368) 12-345"),
        ("Адрес электронной почты", "school@mail.example"),
        ("Наименования сетевых партнёров", "СОШ №1, СОШ №2, СОШ №8"),
        ("Ответственный за заполнение", "Петрова А.А., зам. директора по УВР"),
        ("Район", ""),
        ("Сетевой партнёр", "МБОУ «Важинский образовательный центр»"),
        ("Название образовательной организации – партнёра", "МОУ «Киришская СОШ №3»"),
        ("Школа-наставник", "МБОУ «Рощинский Центр образования»"),
    ];
    let mut all = rows(pairs);
    for _ in 0..rng.usize(1..4) {
        let (label, answer) = pick(rng, &ADDED);
        all.insert(rng.usize(1..=all.len()), row(&[label, answer]));
    }
    vec![Part::Table(all)]
}

fn sections(_: &mut Rng, pairs: &[Pair]) -> Vec<Part> {
    let mut all = rows(pairs);
    all.insert(11, vec![wide("Оценка и предложения", 2)]);
    all.insert(5, vec![wide("Участие в программе", 2)]);
    all.insert(0, vec![wide("Общие сведения", 2)]);
    vec![Part::Table(all)]
}

fn two_tables(rng: &mut Rng, pairs: &[Pair]) -> Vec<Part> {
    let (above, below) = pairs.split_at(rng.usize(2..12));
    let between = if rng.bool() { "" } else { "Продолжение таблицы" };
    vec![Part::Table(rows(above)), Part::Paragraph(between.to_owned()), Part::Table(rows(below))]
}

fn header_repeated(rng: &mut Rng, pairs: &[Pair]) -> Vec<Part> {
    let head = row(&["Вопрос", "Ответ"]);
    let mut all = rows(pairs);
    all.insert(rng.usize(3..10), head.clone());
    all.insert(0, head);
    vec![Part::Table(all)]
}

/// Each line of an answer in a row of its own, beside a label merged over them.
fn merged_rows(_: &mut Rng, pairs: &[Pair]) -> Vec<Part> {
    let all = pairs.iter().flat_map(|pair| {
        pair.answer.split('\n').enumerate().map(|(nth, line)| {
            let label = if nth == 0 { cell(&pair.label) } else { Cell { below: true, ..cell("") } };
            vec![label, cell(line)]
        })
    });
    vec![Part::Table(all.collect())]
}

fn table_a_row(_: &mut Rng, pairs: &[Pair]) -> Vec<Part> {
    let one = |pair: &Pair| [Part::Table(vec![row(&[&pair.label, &pair.answer])]), Part::Paragraph(String::new())];
    pairs.iter().flat_map(one).collect()
}

fn paragraphs(pairs: &[Pair], lines: impl Fn(usize, &Pair) -> String) -> Vec<Part> {
    let all = pairs.iter().enumerate().map(|(nth, pair)| lines(nth, pair)).collect::<Vec<_>>().join("\n");
    all.split('\n').map(|line| Part::Paragraph(line.to_owned())).collect()
}

fn lines_colon(_: &mut Rng, pairs: &[Pair]) -> Vec<Part> {
    paragraphs(pairs, |_, pair| format!("{}: {}", pair.label.trim_end_matches(':'), pair.answer))
}

fn numbered_colon(rng: &mut Rng, pairs: &[Pair]) -> Vec<Part> {
    let mark = if rng.bool() { ")" } else { "." };
    paragraphs(pairs, |nth, pair| format!("{}{mark} {}: {}", nth + 1, plain(&pair.label), pair.answer))
}

fn numbered_below(rng: &mut Rng, pairs: &[Pair]) -> Vec<Part> {
    let mark = if rng.bool() { ")" } else { "." };
    paragraphs(pairs, |nth, pair| format!("{}{mark} {}\n{}", nth + 1, plain(&pair.label), pair.answer))
}

fn labels_below(rng: &mut Rng, pairs: &[Pair]) -> Vec<Part> {
    let gap = if one_in(rng, 2) { "\n" } else { "" };
    paragraphs(pairs, |_, pair| format!("{}\n{}{gap}", pair.label, pair.answer))
}

fn questions_below(_: &mut Rng, pairs: &[Pair]) -> Vec<Part> {
    paragraphs(pairs, |nth, pair| format!("{}. {}?\n{}", nth + 1, plain(&pair.label), pair.answer))
}

fn lines_dash(_: &mut Rng, pairs: &[Pair]) -> Vec<Part> {
    paragraphs(pairs, |_, pair| format!("{} – {}", pair.label.trim_end_matches(':'), pair.answer))
}

/// A label without a number or a colon of its own.
fn plain(label: &str) -> &str {
    label.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c == ' ').trim_end_matches(':')
}

/// What a reader of a document in this layout sees of an answer; lines of blank answers are none.
pub(crate) fn seen(answer: &Answer) -> String {
    let lines = answer.text.split('\n').map(str::trim);
    lines.collect::<Vec<_>>().join("\n")
}
