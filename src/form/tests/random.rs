//! What holds for every order of rows, every surrounding, and every document at all.

use proptest::prelude::*;

use super::{
    ANSWERS, campaign, doc, expected, form_table, labels, letter_head, lines, p, read_doc, recogniser, row, schedule,
    table, texts,
};
use crate::{
    document::{Block, Cell, Document, Paragraph, Row, Table},
    form::{contents, contents_of_body, judge, numbered_lines, title_page},
};

fn paragraph() -> impl Strategy<Value = Paragraph> {
    let words = prop_oneof![
        4 => "\\PC{0,40}",
        2 => prop::sample::select(labels()).prop_map(str::to_owned),
        1 => (prop::sample::select(labels()), "[:–\\- ]{0,3}\\PC{0,20}").prop_map(|(label, rest)| format!("{label}{rest}")),
        1 => "[0-9№.,()/ –-]{0,12}",
        1 => "[☐☒\\[\\]x() а-я\n]{0,20}",
    ];
    (words, proptest::option::of("[0-9а-в]{1,2}[.)]")).prop_map(|(text, marker)| Paragraph { text, marker })
}

fn block() -> impl Strategy<Value = Block> {
    let leaf = prop_oneof![5 => paragraph().prop_map(Block::Paragraph), 1 => Just(Block::Break)];
    leaf.prop_recursive(3, 40, 5, |inner| {
        let cell = (
            prop::collection::vec(inner, 0..3),
            prop_oneof![4 => 0u32..4, 1 => Just(u32::MAX)],
            prop::bool::weighted(0.2),
        )
            .prop_map(|(blocks, span, continues)| Cell { blocks, span, continues });
        let row = prop::collection::vec(cell, 0..4).prop_map(|cells| Row { cells });
        prop::collection::vec(row, 0..5).prop_map(|rows| Block::Table(Table { rows }))
    })
}

fn document() -> impl Strategy<Value = Document> {
    prop::collection::vec(block(), 0..12).prop_map(doc)
}

/// What a reader makes of a text whatever it is, without a panic.
fn look_at(document: &Document) -> usize {
    let found = contents(campaign(), recogniser(), document, Some("файл.docx"));
    let body = contents_of_body(campaign(), recogniser(), document);
    let around = title_page(document).len() + contents(campaign(), recogniser(), document, None).letterhead.len();
    found.forms.len() + body.forms.len() + numbered_lines(&campaign().form, recogniser(), document).len() + around
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_document_is_too_odd_to_be_looked_at(document in document()) {
        look_at(&document);
    }

    #[test]
    fn every_answer_of_a_random_document_stands_in_it(document in document()) {
        let whole: String = document.text().split_whitespace().collect();
        for form in contents(campaign(), recogniser(), &document, None).forms {
            for answer in form.answers.values().filter(|answer| !answer.text.contains('\n')) {
                // A list's number is printed before its item.
                let text: String = answer.text.split_whitespace().collect();
                prop_assert!(whole.contains(&text) || text.contains(['.', ')']), "{} in {}", text, whole);
            }
        }
    }

    #[test]
    fn no_text_is_too_odd_to_be_judged(text in "\\PC{0,60}|[0-9 .,/()–-]{0,20}|[☐☒\\[\\]() хa-c]{0,20}") {
        for field in &campaign().form.fields {
            if let Some((Some(_), invalid)) = judge(field, &text) {
                prop_assert!(invalid.is_none());
            }
        }
    }

    #[test]
    fn the_order_of_the_rows_is_of_no_account(order in Just((0..14usize).collect::<Vec<_>>()).prop_shuffle()) {
        let rows = order.iter().map(|nth| row(&[labels()[*nth], ANSWERS[*nth]])).collect();
        let found = read_doc(&doc(vec![table(rows)]));
        prop_assert_eq!(texts(&found.forms[0]), expected(&ANSWERS));
        let blocks = order.iter().flat_map(|nth| [p(labels()[*nth]), p(ANSWERS[*nth])]).collect();
        let found = read_doc(&doc(blocks));
        prop_assert_eq!(texts(&found.forms[0]), expected(&ANSWERS));
    }

    #[test]
    fn the_letter_around_a_form_changes_no_answer(missing in prop::collection::vec(prop::bool::ANY, 14), in_lines: bool) {
        let mut answers = ANSWERS;
        for (answer, missing) in answers.iter_mut().zip(&missing).skip(1) {
            if *missing {
                *answer = "";
            }
        }
        let form = || if in_lines {
            labels().iter().zip(answers).map(|(label, answer)| p(&format!("{label}: {answer}"))).collect()
        } else {
            vec![form_table(&answers)]
        };
        let alone = read_doc(&doc(form()));
        let mut whole = letter_head();
        whole.extend(form());
        whole.extend(schedule());
        let within = read_doc(&doc(whole));
        prop_assert_eq!(alone.forms.len(), 1);
        prop_assert_eq!(within.forms.len(), 1);
        prop_assert_eq!(&alone.forms[0].answers.keys().collect::<Vec<_>>(), &within.forms[0].answers.keys().collect::<Vec<_>>());
        prop_assert_eq!(texts(&alone.forms[0]), texts(&within.forms[0]));
    }

    #[test]
    fn a_label_broken_anywhere_between_words_is_the_same_label(cut in 1usize..6) {
        let broken = |label: &str| {
            let words: Vec<&str> = label.split(' ').collect();
            let (first, second) = words.split_at(cut.min(words.len() - 1));
            format!("{}\n{}", first.join(" "), second.join(" "))
        };
        let rows = labels().iter().zip(ANSWERS).map(|(label, answer)| row(&[&broken(label), answer])).collect();
        let found = read_doc(&doc(vec![table(rows)]));
        prop_assert_eq!(texts(&found.forms[0]), expected(&ANSWERS));
    }
}

#[test]
fn a_huge_table_is_read_in_bounded_time() {
    let texts = [
        "Название образовательной организации",
        "МОУ «Киришская СОШ №3»",
        "15.11.2022",
        "Сетевой проект школ-партнёров района",
        "3",
    ];
    let row_of =
        |nth: usize| Row { cells: (0..10).map(|at| super::cell(texts[(nth * 7 + at) % texts.len()])).collect() };
    let huge = doc(vec![table((0..1_500).map(row_of).collect())]);
    let all = lines(&labels().iter().cycle().take(6_000).copied().collect::<Vec<_>>().join("\n"));
    for document in [huge, all] {
        let started = std::time::Instant::now();
        look_at(&document);
        assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
    }
}
