//! One set of answers in every layout in which schools return a form: always the same answers.

use super::{
    ANSWERS, OTHERS, campaign, cell, doc, expected, form_table, labels, letter_head, lines, marked, merged, only, p,
    read_doc, row, schedule, table, texts, wide,
};
use crate::document::{Block, Cell, Document, Row};

fn pairs() -> Vec<(usize, &'static str, &'static str)> {
    labels().into_iter().zip(ANSWERS).enumerate().map(|(nth, (label, answer))| (nth + 1, label, answer)).collect()
}

/// A row for each pair.
fn rows(row_of: impl Fn(usize, &str, &str) -> Row) -> Vec<Row> {
    pairs().into_iter().map(|(nth, label, answer)| row_of(nth, label, answer)).collect()
}

/// Blocks for each pair.
fn blocks(blocks_of: impl Fn(usize, &str, &str) -> Vec<Block>) -> Vec<Block> {
    pairs().into_iter().flat_map(|(nth, label, answer)| blocks_of(nth, label, answer)).collect()
}

fn headed(head: &[&str], mut rest: Vec<Row>) -> Block {
    rest.insert(0, row(head));
    table(rest)
}

fn short(label: &str) -> String {
    label
        .replace(", в котором участвует школа", "")
        .replace(" у Вашей школы", "")
        .replace(" в рамках данной программы", "")
        .replace(" (где 1 – совсем неэффективно, 5 – очень эффективно)", "")
        .replace(" своей эффективности в данной программе", "")
        .replace(" реализации программы", "")
        .replace(" в данной программе", "")
}

fn split_in_two(text: &str) -> (String, String) {
    let words: Vec<&str> = text.split(' ').collect();
    let (first, second) = words.split_at(words.len().div_ceil(2));
    (first.join(" "), second.join(" "))
}

fn layouts() -> Vec<(&'static str, Document)> {
    let mut found = in_tables();
    found.extend(in_odd_tables());
    found.extend(in_shared_cells());
    found.extend(in_lines());
    found
}

fn in_tables() -> Vec<(&'static str, Document)> {
    let two = || rows(|_, label, answer| row(&[label, answer]));
    let mut shuffled = two();
    shuffled.reverse();
    let mut swapped = two();
    for (a, b) in [(0, 9), (3, 11), (5, 12), (8, 2)] {
        swapped.swap(a, b);
    }
    let mut with_letter = letter_head();
    with_letter.push(form_table(&ANSWERS));
    with_letter.extend(schedule());
    let mut added = two();
    added.insert(3, row(&["Ф.И.О. директора", "Иванова Мария Петровна"]));
    added.insert(7, row(&["Наименования сетевых партнёров", "СОШ №1, СОШ №2, СОШ №8"]));
    added.push(row(&["Контактный телефон", "8 (81368) 12-345"]));
    vec![
        ("two columns", doc(vec![form_table(&ANSWERS)])),
        ("a number column", doc(vec![table(rows(|nth, label, answer| row(&[&format!("{nth}."), label, answer])))])),
        (
            "a header row",
            doc(vec![headed(
                &["№ п/п", "Вопрос", "Ответ"],
                rows(|nth, label, answer| row(&[&nth.to_string(), label, answer])),
            )]),
        ),
        (
            "a title and a header",
            doc(vec![p("ИНФОРМАЦИЯ"), p(&campaign().form.title), headed(&["Показатель", "Значение"], two())]),
        ),
        ("rows from the last to the first", doc(vec![table(shuffled)])),
        ("rows in another order", doc(vec![table(swapped)])),
        ("labels in capitals", doc(vec![table(rows(|_, label, answer| row(&[&label.to_uppercase(), answer])))])),
        ("labels shortened", doc(vec![table(rows(|_, label, answer| row(&[&short(label), answer])))])),
        (
            "labels with look-alikes",
            doc(vec![table(rows(|_, label, answer| row(&[&label.replace('о', "o").replace('е', "e"), answer])))]),
        ),
        (
            "labels with slips",
            doc(vec![table(rows(|_, label, answer| {
                row(&[
                    &label.replace("сетев", "сетив").replace("эффективност", "эфективност").replace("резул", "резуль"),
                    answer,
                ])
            }))]),
        ),
        (
            "labels numbered in their cells",
            doc(vec![table(rows(|nth, label, answer| row(&[&format!("{nth}. {label}:"), answer])))]),
        ),
        (
            "labels with hints",
            doc(vec![table(rows(|_, label, answer| {
                row(&[&format!("{label} (укажите подробно, при наличии)"), answer])
            }))]),
        ),
        ("the whole letter with the form filled in", doc(with_letter)),
        ("rows added by the school", doc(vec![table(added)])),
        (
            "empty rows between",
            doc(vec![table(
                pairs().iter().flat_map(|(_, label, answer)| [row(&[label, answer]), row(&["", ""])]).collect(),
            )]),
        ),
        ("an empty column between", doc(vec![table(rows(|_, label, answer| row(&[label, "", answer])))])),
        (
            "a column of notes",
            doc(vec![headed(
                &["Вопрос", "Ответ", "Примечание"],
                rows(|_, label, answer| row(&[label, answer, "заполнено"])),
            )]),
        ),
        (
            "a column with an example",
            doc(vec![headed(
                &["Вопрос", "Пример заполнения", "Ответ"],
                rows(|_, label, answer| row(&[label, "Например: 7", answer])),
            )]),
        ),
    ]
}

fn in_odd_tables() -> Vec<(&'static str, Document)> {
    let across: Vec<&str> = labels();
    let side = |nth: usize| {
        let all = pairs();
        let (_, a, b) = all[nth];
        let (_, c, d) = all[nth + 7];
        row(&[a, b, c, d])
    };
    vec![
        ("labels across the first row", doc(vec![table(vec![row(&across), row(&ANSWERS)])])),
        (
            "labels across, numbered columns",
            doc(vec![table(vec![
                row(&across),
                row(&(1..=14)
                    .map(|nth| nth.to_string())
                    .collect::<Vec<_>>()
                    .iter()
                    .map(String::as_str)
                    .collect::<Vec<_>>()),
                row(&ANSWERS),
            ])]),
        ),
        (
            "labels across, in two parts",
            doc(vec![table(vec![row(&across[..7]), row(&ANSWERS[..7]), row(&across[7..]), row(&ANSWERS[7..])])]),
        ),
        ("two forms' halves side by side", doc(vec![table((0..7).map(side).collect())])),
        (
            "the answer in the row under the label",
            doc(vec![table(pairs().iter().flat_map(|(_, label, answer)| [row(&[label]), row(&[answer])]).collect())]),
        ),
        (
            "the answer under the label, label and answer as wide as the table",
            doc(vec![table(
                pairs()
                    .iter()
                    .flat_map(|(_, label, answer)| {
                        [Row { cells: vec![wide(label, 2)] }, Row { cells: vec![wide(answer, 2)] }]
                    })
                    .collect(),
            )]),
        ),
        (
            "the answer under the label in two columns",
            doc(vec![table(
                pairs().iter().flat_map(|(_, label, answer)| [row(&[label, ""]), row(&[answer, ""])]).collect(),
            )]),
        ),
    ]
}

fn in_shared_cells() -> Vec<(&'static str, Document)> {
    let sections = {
        let mut with = rows(|_, label, answer| row(&[label, answer]));
        with.insert(0, Row { cells: vec![wide("Общие сведения", 2)] });
        with.insert(6, Row { cells: vec![wide("Участие в программе", 2)] });
        with
    };
    let split_rows: Vec<Row> = pairs()
        .into_iter()
        .flat_map(|(_, label, answer)| {
            let mut lines = answer.split('\n');
            let mut found = vec![row(&[label, lines.next().unwrap_or_default()])];
            found.extend(lines.map(|line| Row { cells: vec![merged(), cell(line)] }));
            found
        })
        .collect();
    let split_labels: Vec<Row> = pairs()
        .into_iter()
        .flat_map(|(nth, label, answer)| {
            let (first, second) = split_in_two(label);
            if nth == 8 { vec![row(&[&first, answer]), row(&[&second, ""])] } else { vec![row(&[label, answer])] }
        })
        .collect();
    let framed = Cell { blocks: vec![p(""), form_table(&ANSWERS), p("")], span: 1, continues: false };
    vec![
        (
            "label and answer in one cell, parted by a line",
            doc(vec![table(rows(|_, label, answer| row(&[&format!("{label}\n{answer}")])))]),
        ),
        (
            "label and answer in one cell, parted by a colon",
            doc(vec![table(rows(|_, label, answer| row(&[&format!("{label}: {answer}")])))]),
        ),
        (
            "a number, and label with answer in one cell",
            doc(vec![table(rows(|nth, label, answer| row(&[&nth.to_string(), &format!("{label}\n{answer}")])))]),
        ),
        (
            "label and answer in the first of two cells",
            doc(vec![table(rows(|_, label, answer| row(&[&format!("{label}: {answer}"), ""])))]),
        ),
        ("sections between", doc(vec![table(sections)])),
        ("answers split into rows", doc(vec![table(split_rows)])),
        ("a label split into rows", doc(vec![table(split_labels)])),
        (
            "labels split into paragraphs",
            doc(vec![table(rows(|_, label, answer| {
                let (first, second) = split_in_two(label);
                row(&[&format!("{first}\n{second}"), answer])
            }))]),
        ),
        ("a table within a frame", doc(vec![table(vec![Row { cells: vec![framed] }])])),
        ("a table for each row", doc(blocks(|_, label, answer| vec![table(vec![row(&[label, answer])]), p("")]))),
        (
            "merged label cells and wide answers",
            doc(vec![table(rows(|_, label, answer| Row { cells: vec![cell(label), wide(answer, 3)] }))]),
        ),
        (
            "the name above the table",
            doc(vec![
                p(&format!("{}: {}", labels()[0], ANSWERS[0])),
                table(rows(|_, label, answer| row(&[label, answer])).split_off(1)),
            ]),
        ),
    ]
}

fn in_lines() -> Vec<(&'static str, Document)> {
    let text = |line: &dyn Fn(usize, &str, &str) -> String| {
        lines(&pairs().into_iter().map(|(nth, label, answer)| line(nth, label, answer)).collect::<Vec<_>>().join("\n"))
    };
    let mut then_schedule = blocks(|_, label, answer| vec![p(&format!("{label}: {answer}"))]);
    then_schedule.extend(schedule());
    let mut then_signed = blocks(|nth, label, answer| vec![p(&format!("{nth}) {label}")), p(answer), p("")]);
    then_signed.extend([p("Директор школы                      И.И. Иванова"), p("Исп. Петрова А.А., тел. 12-345")]);
    vec![
        ("lines with colons", text(&|_, label, answer| format!("{label}: {answer}"))),
        ("lines with dashes", text(&|_, label, answer| format!("{label} – {answer}"))),
        ("numbered lines with colons", text(&|nth, label, answer| format!("{nth}. {label}: {answer}"))),
        ("numbered labels, answers below", text(&|nth, label, answer| format!("{nth}. {label}\n{answer}"))),
        ("labels, answers below, blank lines", text(&|_, label, answer| format!("{label}\n\n{answer}\n"))),
        ("labels as questions", text(&|nth, label, answer| format!("{nth}. {label}?\n{answer}"))),
        ("labels in capitals, answers below", text(&|_, label, answer| format!("{}\n{answer}", label.to_uppercase()))),
        (
            "labels broken into lines",
            text(&|_, label, answer| {
                let (first, second) = split_in_two(label);
                format!("{first}\n{second}: {answer}")
            }),
        ),
        ("tabulators", text(&|_, label, answer| format!("{label}\t{answer}"))),
        ("bars", text(&|_, label, answer| format!("| {label} | {answer}"))),
        ("automatic numbers", doc(blocks(|nth, label, answer| vec![marked(&format!("{nth}."), label), p(answer)]))),
        (
            "one paragraph with line breaks",
            doc(vec![p(&pairs()
                .iter()
                .map(|(_, label, answer)| format!("{label}: {answer}"))
                .collect::<Vec<_>>()
                .join("\n"))]),
        ),
        ("lines, and then the schedule", doc(then_schedule)),
        ("lines, and then a signature", doc(then_signed)),
        ("the title, then lines with labels shortened", {
            let mut found = vec![p("ИНФОРМАЦИЯ"), p(&campaign().form.title)];
            found.extend(blocks(|nth, label, answer| vec![p(&format!("{nth}. {}: {answer}", short(label)))]));
            doc(found)
        }),
    ]
}

#[test]
fn every_layout_gives_the_same_answers() {
    let layouts = layouts();
    assert!(layouts.len() >= 50, "{}", layouts.len());
    let mut wrong = Vec::new();
    for (name, document) in &layouts {
        let found = read_doc(document);
        if found.forms.len() != 1 {
            wrong.push(format!("{name}: {} forms", found.forms.len()));
            continue;
        }
        for (nth, (have, want)) in texts(&found.forms[0]).into_iter().zip(expected(&ANSWERS)).enumerate() {
            if have != want {
                wrong.push(format!("{name}: field {}: {have:?}, not {want:?}", nth + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn several_schools_in_columns_or_rows_are_several_forms() {
    let columns =
        table(labels().iter().zip(ANSWERS.iter().zip(OTHERS)).map(|(label, (a, b))| row(&[label, a, b])).collect());
    let numbered = table(
        (1..)
            .zip(labels().iter().zip(ANSWERS.iter().zip(OTHERS)))
            .map(|(nth, (label, (a, b)))| row(&[&nth.to_string(), label, a, b]))
            .collect(),
    );
    let down = table(vec![row(&labels()), row(&ANSWERS), row(&OTHERS)]);
    let one_after_another = vec![form_table(&ANSWERS), p(""), form_table(&OTHERS)];
    let one_table = table(
        [ANSWERS, OTHERS]
            .iter()
            .flat_map(|set| labels().into_iter().zip(set).map(|(label, answer)| row(&[label, answer])))
            .collect(),
    );
    let in_lines: Vec<_> = [ANSWERS, OTHERS]
        .iter()
        .flat_map(|set| labels().into_iter().zip(set).map(|(label, answer)| p(&format!("{label}: {answer}"))))
        .collect();
    for (name, blocks) in [
        ("columns", vec![columns]),
        ("columns with numbers", vec![numbered]),
        ("rows", vec![down]),
        ("one after another", one_after_another),
        ("one table", vec![one_table]),
        ("lines", in_lines),
    ] {
        let found = read_doc(&doc(blocks));
        assert_eq!(found.forms.len(), 2, "{name}: {found:#?}");
        assert_eq!(texts(&found.forms[0]), expected(&ANSWERS), "{name}");
        assert_eq!(texts(&found.forms[1]), expected(&OTHERS), "{name}");
    }
}

#[test]
fn schools_named_above_their_columns_are_the_headings_of_their_forms() {
    let mut rows = vec![row(&["Вопрос", "Киришская СОШ №3", "Рощинский ЦО"])];
    rows.extend(labels().iter().zip(ANSWERS.iter().zip(OTHERS)).skip(1).map(|(label, (a, b))| row(&[label, a, b])));
    let found = read_doc(&doc(vec![table(rows)]));
    let headings: Vec<&str> = found.forms.iter().map(|form| form.heading.as_str()).collect();
    assert_eq!(headings, ["Киришская СОШ №3", "Рощинский ЦО"]);
}

#[test]
fn text_above_a_form_is_its_heading_and_the_letters_own_is_not() {
    let form = only(&doc(vec![p("МОУ «Киришская СОШ №3»"), p("ИНФОРМАЦИЯ"), form_table(&ANSWERS)]));
    assert_eq!(form.heading, "МОУ «Киришская СОШ №3»\nИНФОРМАЦИЯ");
    let mut blocks = letter_head();
    blocks.push(form_table(&ANSWERS));
    assert_eq!(only(&doc(blocks)).heading, "");
}

#[test]
fn an_answer_tells_where_it_was_found() {
    let form = only(&doc(vec![form_table(&ANSWERS)]));
    assert_eq!(form.answers[&"partner_count".parse().unwrap()].found, "таблица 1, строка 3");
}
