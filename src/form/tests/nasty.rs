//! What could go wrong: near labels, labels within answers, rows that are gone, hints, boxes, lists.

use super::{
    ANSWERS, OTHERS, campaign, cell, doc, expected, form_table, labels, letter_head, lines, marked, only, p, read_doc,
    recogniser, row, schedule, table, texts,
};
use crate::{
    campaign::FieldId,
    document::{Block, Cell},
    form::{FilledForm, Kind, contents, layout::names_school, numbered_lines, title_page},
};

fn id(name: &str) -> FieldId {
    name.parse().unwrap()
}

fn text<'f>(form: &'f FilledForm, name: &str) -> Option<&'f str> {
    form.answers.get(&id(name)).map(|answer| answer.text.as_str())
}

fn pairs() -> Vec<(&'static str, &'static str)> {
    labels().into_iter().zip(ANSWERS).collect()
}

#[test]
fn a_row_that_is_gone_is_missing_and_no_other_takes_its_place() {
    for gone in 0..14 {
        let mut want = expected(&ANSWERS);
        want[gone] = None;
        let kept: Vec<_> =
            pairs().into_iter().enumerate().filter(|(nth, _)| *nth != gone).map(|(_, pair)| pair).collect();
        let rows = kept.iter().map(|(label, answer)| row(&[label, answer])).collect();
        assert_eq!(texts(&only(&doc(vec![table(rows)]))), want, "rows without {}", gone + 1);
        let joined: Vec<Block> = kept.iter().map(|(label, answer)| p(&format!("{label}: {answer}"))).collect();
        assert_eq!(texts(&only(&doc(joined))), want, "lines without {}", gone + 1);
    }
}

#[test]
fn a_form_of_which_few_rows_are_left_is_still_one() {
    for left in [&[2usize, 11][..], &[0, 13], &[4, 6, 9], &[0, 2], &[12, 13]] {
        let rows = pairs().into_iter().enumerate().filter(|(nth, _)| left.contains(nth));
        let form = only(&doc(vec![table(rows.map(|(_, (label, answer))| row(&[label, answer])).collect())]));
        let found: Vec<usize> = (0..14).filter(|nth| texts(&form)[*nth].is_some()).collect();
        assert_eq!(found, left);
    }
}

#[test]
fn an_answer_may_hold_the_words_of_every_label() {
    let everything = labels().join(", ").to_lowercase();
    let speech = format!(
        "Сетевой проект\nНаш сетевой проект объединяет школы района. {everything}.\nОжидаемый результат понятен всем партнёрам."
    );
    for nth in [1usize, 5, 6, 7, 8, 9, 12, 13] {
        let mut answers = ANSWERS;
        answers[nth] = &speech;
        let form = only(&doc(vec![form_table(&answers)]));
        assert_eq!(texts(&form), answers.map(Some), "row {}", nth + 1);
        let joined: Vec<Block> =
            labels().iter().zip(answers).flat_map(|(label, answer)| [p(label), p(answer)]).collect();
        assert_eq!(texts(&only(&doc(joined))), answers.map(Some), "line {}", nth + 1);
    }
}

#[test]
fn a_label_or_its_hint_never_becomes_an_answer() {
    let rows = labels().iter().map(|label| row(&[label, label])).collect();
    assert!(read_doc(&doc(vec![table(rows)])).forms.is_empty());
    let slipped = labels().iter().zip(labels().iter().skip(1)).map(|(label, next)| row(&[label, next])).collect();
    assert!(read_doc(&doc(vec![table(slipped)])).forms.is_empty());
    let hinted =
        campaign().form.fields.iter().map(|field| row(&[&field.label, &format!("({})", field.hint)])).collect();
    let found = read_doc(&doc(vec![table(hinted)]));
    assert!(found.forms.is_empty(), "{found:#?}");
    let broken: Vec<Block> = labels()
        .iter()
        .flat_map(|label| {
            let middle = label.char_indices().filter(|(_, c)| *c == ' ').map(|(at, _)| at).nth(1);
            let (first, second) = label.split_at(middle.unwrap_or(label.len()));
            [p(first), p(second.trim()), p("")]
        })
        .collect();
    assert!(read_doc(&doc(broken)).forms.is_empty());
}

#[test]
fn an_added_row_is_a_remark_and_never_the_schools_name() {
    for label in [
        "Название организации-партнера",
        "Наименование сетевого партнера",
        "Адрес организации",
        "Муниципальный район",
        "Директор школы",
    ] {
        let mut rows: Vec<_> = pairs().into_iter().skip(1).map(|(label, answer)| row(&[label, answer])).collect();
        rows.insert(4, row(&[label, "МОУ «СОШ №8»"]));
        let form = only(&doc(vec![table(rows)]));
        assert_eq!(text(&form, "organisation_name"), None, "{label}");
        let mut want = expected(&ANSWERS);
        want[0] = None;
        assert_eq!(texts(&form), want, "{label}");
        assert!(form.remarks.iter().any(|remark| remark.contains("СОШ №8")), "{label}: {:?}", form.remarks);
    }
}

#[test]
fn a_label_that_fits_two_fields_alike_is_left_in_doubt() {
    let rows = vec![
        row(&[labels()[0], "МОУ"]),
        row(&[labels()[2], "3"]),
        row(&["Результат", "Сборник"]),
        row(&[labels()[4], "2021"]),
    ];
    let form = only(&doc(vec![table(rows)]));
    assert_eq!((text(&form, "expected_result"), text(&form, "final_result")), (None, None));
    assert_eq!(form.remarks, ["Результат: Сборник"]);
}

#[test]
fn the_schedule_is_no_answer_even_with_the_forms_own_label_as_its_head() {
    let mut rows = vec![row(&["№", "Название образовательной организации", "Дата"])];
    rows.extend(campaign().schools.iter().map(|school| row(&["1", &school.name, "15.11.2022"])));
    let form = only(&doc(vec![form_table(&ANSWERS), p("График"), table(rows.clone())]));
    assert_eq!(texts(&form), expected(&ANSWERS));
    let mut without = ANSWERS;
    without[0] = "";
    let form = only(&doc(vec![table(rows), form_table(&without)]));
    assert_eq!(text(&form, "organisation_name"), None);
}

#[test]
fn lists_tables_and_boxes_in_a_cell_read_as_a_person_sees_them() {
    let list = Cell {
        blocks: vec![marked("1.", "Семинар"), marked("2.", "Вебинар")], span: 1, continues: false
    };
    let single = Cell { blocks: vec![marked("•", "Семинар")], span: 1, continues: false };
    let nested = Cell {
        blocks: vec![p("По годам:"), table(vec![row(&["2021", "семинар"]), row(&["2022", "вебинар"])])],
        span: 1,
        continues: false,
    };
    let read = |answer: Cell| {
        let mut rows: Vec<_> = pairs().into_iter().map(|(label, answer)| row(&[label, answer])).collect();
        rows[5].cells[1] = answer;
        text(&only(&doc(vec![table(rows)])), "events_attended").map(str::to_owned)
    };
    assert_eq!(read(list).as_deref(), Some("1. Семинар\n2. Вебинар"));
    assert_eq!(read(single).as_deref(), Some("Семинар"));
    assert_eq!(read(nested).as_deref(), Some("По годам:\n2021\tсеминар\n2022\tвебинар"));
    assert_eq!(read(cell("☒ семинары\n☐ вебинары\n☒ стажировки")).as_deref(), Some("семинары\nстажировки"));
    assert_eq!(read(cell("☐ семинары\n☐ вебинары")), None);
    assert_eq!(read(cell("\u{a0}Строка 1 \n\n Строка 2\u{a0}")).as_deref(), Some("Строка 1 \n\n Строка 2"));
}

#[test]
fn a_form_half_filled_in_says_what_is_missing_and_what_is_wrong() {
    let mut answers = ANSWERS;
    answers[2] = "много";
    answers[5] = "____";
    answers[10] = "нет";
    answers[11] = "10";
    answers[12] = "нет";
    let form = only(&doc(vec![form_table(&answers)]));
    let missing: Vec<&str> = form.missing(&campaign().form).iter().map(|field| field.id.as_str()).collect();
    assert_eq!(missing, ["events_attended", "rating_explanation"]);
    let invalid: Vec<&str> =
        form.answers.iter().filter(|(_, one)| one.invalid.is_some()).map(|(id, _)| id.as_str()).collect();
    assert_eq!(invalid, ["effectiveness_rating", "partner_count"]);
}

#[test]
fn of_two_versions_the_fuller_one_ranks_higher() {
    let full = only(&doc(vec![form_table(&ANSWERS)]));
    let mut answers = ANSWERS;
    answers[2] = "много";
    let invalid = only(&doc(vec![form_table(&answers)]));
    answers[2] = "";
    let missing = only(&doc(vec![form_table(&answers)]));
    assert!(full.merge_rank() > invalid.merge_rank() && invalid.merge_rank() > missing.merge_rank());
}

#[test]
fn a_blank_form_beside_a_filled_one_is_no_second_school() {
    let form = only(&doc(vec![form_table(&[""; 14]), p(""), form_table(&OTHERS)]));
    assert_eq!(texts(&form), expected(&OTHERS));
}

#[test]
fn numbered_lines_are_answers_only_to_whoever_asks_for_them() {
    let mail = lines(
        "Добрый день! Исправления:\n3. 4 партнёра\n5) с 2021 года\nп. 12: 5 (отлично)\n7. В чем заключалось Ваше участие: выступали\n14. Ваши предложения по повышению эффективности реализации программы\n6. семинар\nвебинар\n\nС уважением",
    );
    let found = numbered_lines(&campaign().form, recogniser(), &mail);
    let have: Vec<(&str, &str)> = found.iter().map(|(id, one)| (id.as_str(), one.text.as_str())).collect();
    assert_eq!(
        have,
        [
            ("effectiveness_rating", "5 (отлично)"),
            ("events_attended", "семинар\nвебинар"),
            ("participating_since", "с 2021 года"),
            ("participation_role", "выступали"),
            ("partner_count", "4 партнёра"),
        ]
    );
    assert_eq!(read_doc(&mail).kind, Kind::Other);
    for nothing in [
        "12.11.2022 направили форму",
        "5 школ участвуют",
        "3. 4\n3. 5",
        "15. лишнее",
        "3. -",
        "3. Ваши предложения: встречи",
    ] {
        assert!(numbered_lines(&campaign().form, recogniser(), &lines(nothing)).is_empty(), "{nothing}");
    }
    let automatic =
        numbered_lines(&campaign().form, recogniser(), &doc(vec![marked("3.", "4"), marked("4)", "6 школ")]));
    assert_eq!(automatic.len(), 2);
}

#[test]
fn a_form_typed_into_a_mail_below_a_greeting_is_read() {
    let mut text = "Добрый день!\nНаправляем информацию.\n".to_owned();
    for (nth, (label, answer)) in pairs().into_iter().enumerate() {
        text.push_str(&format!("{}. {label} - {answer}\n", nth + 1));
    }
    text.push_str("\nС уважением, директор Иванова");
    let form = only(&lines(&text));
    assert_eq!(texts(&form), expected(&ANSWERS));
}

#[test]
fn a_title_page_is_what_stands_before_the_prose() {
    let prose = "В нашей школе ".repeat(30);
    let draft = lines(&format!(
        "МОУ «Киришская СОШ №3»\nПроект выступления\n{prose}\nДокладчик: Иванова М.П., директор МОУ «Киришская СОШ №3»\n{prose}"
    ));
    assert_eq!(
        title_page(&draft),
        "МОУ «Киришская СОШ №3»\nПроект выступления\nДокладчик: Иванова М.П., директор МОУ «Киришская СОШ №3»"
    );
    let slides = doc(vec![p("МБОУ «Рощинский ЦО»"), Block::Break, p("МОУ «Другая школа»")]);
    assert_eq!(title_page(&slides), "МБОУ «Рощинский ЦО»");
}

#[test]
fn a_letterhead_is_the_schools_and_not_the_committees() {
    let mut own = lines("МОУ «Киришская СОШ №3»\nг. Кириши, ул. Школьная, 1\nВ комитет\nИНФОРМАЦИЯ\nМОУ «КСОШ №8»");
    own.margins = vec![p("Муниципальное общеобразовательное учреждение")];
    assert_eq!(
        contents(campaign(), recogniser(), &own, None).letterhead,
        "Муниципальное общеобразовательное учреждение\nМОУ «Киришская СОШ №3»\nг. Кириши, ул. Школьная, 1"
    );
    let mut whole = letter_head();
    whole.push(form_table(&ANSWERS));
    whole.extend(schedule());
    assert!(!names_school(&contents(campaign(), recogniser(), &doc(whole.clone()), None).letterhead));
    whole.insert(0, p("МОУ «Киришская СОШ №3»"));
    let with_own = contents(campaign(), recogniser(), &doc(whole), None).letterhead;
    assert_eq!(with_own.lines().next(), Some("МОУ «Киришская СОШ №3»"));
    assert!(!with_own.lines().skip(1).any(names_school), "{with_own}");
    let written_to = lines("Директору\nМОУ «Киришская СОШ №3»\nИвановой И.И.\nИНФОРМАЦИЯ");
    assert!(contents(campaign(), recogniser(), &written_to, None).letterhead.starts_with("Директору\n"));
}

#[test]
fn the_letters_own_numbers_name_a_field_whose_label_is_reworded() {
    let text = "1. Наименование ОО: МОУ «Киришская СОШ №3»\n2. Модель сетевого взаимодействия: наставничество\n3. Сетевые партнеры: 2\n4. Количество школ района в программе: 4\n5. С какого времени участвует школа в программе: 2021\n6. Мероприятия: семинары\n7. Наше участие: слушатели\n8. Сетевой проект: Мост\n9. Ожидаемый результат: рост\n10. Конечный результат: сборник\n11. Где уже представляли опыт: нет\n12. Оценка эффективности: 4\n13. Пояснение: хорошо\n14. Предложения: нет";
    let form = only(&lines(text));
    let want = [
        "МОУ «Киришская СОШ №3»",
        "наставничество",
        "2",
        "4",
        "2021",
        "семинары",
        "слушатели",
        "Мост",
        "рост",
        "сборник",
        "нет",
        "4",
        "хорошо",
        "нет",
    ];
    assert_eq!(texts(&form), want.map(Some));
}

#[test]
fn a_label_repeated_before_its_answer_is_no_part_of_it() {
    let rows = pairs().into_iter().map(|(label, answer)| row(&[label, &format!("{label} – {answer}")])).collect();
    assert_eq!(texts(&only(&doc(vec![table(rows)]))), expected(&ANSWERS));
}

/// A form in lines, with a line put in before the label of this number, and the answer above it left out.
fn with_line(before: usize, line: &str) -> FilledForm {
    let mut all = Vec::new();
    for (nth, (label, answer)) in pairs().into_iter().enumerate() {
        if nth == before {
            all.push(line.to_owned());
        }
        let answer = if nth + 1 == before { "" } else { answer };
        all.push(format!("{}. {label}:\n{answer}", nth + 1));
    }
    if before == all.len() {
        all.push(line.to_owned());
    }
    only(&lines(&all.join("\n")))
}

#[test]
fn what_stands_between_and_below_is_no_answer_to_the_question_above() {
    for line in ["II. Участие в программе", "Раздел 2. Итоги", "2", "- 2 -", "стр. 2 из 3", "ОЦЕНКА И ПРЕДЛОЖЕНИЯ"]
    {
        assert_eq!(text(&with_line(9, line), "expected_result"), None, "{line}");
    }
    for line in [
        "09.11.2022",
        "г. Подпорожье, 2022",
        "Муниципальный куратор: Петрова И.И.",
        "Составила: Петрова И.И.",
        "Петрова Ирина Ивановна",
        "* заполняется школой",
        "Ждем ответа.",
        "Врио директора Сидорова А.А.",
    ] {
        assert_eq!(text(&with_line(14, line), "proposals"), None, "{line}");
    }
    assert_eq!(text(&with_line(14, "Больше очных встреч"), "proposals"), Some("Больше очных встреч"));
    let list = "I. Сборник материалов\nII. Рост качества\nIII. Сеть школ";
    assert_eq!(text(&with_line(9, list), "expected_result"), Some(list));
    let partner = with_line(1, "Сетевой партнер: МБОУ «Важинский образовательный центр»");
    assert_eq!(text(&partner, "organisation_name"), None);
}

#[test]
fn rows_and_columns_of_partners_directors_and_notes_are_no_schools() {
    let mut rows: Vec<_> = pairs().into_iter().map(|(label, answer)| row(&[label, answer])).collect();
    rows.insert(0, row(&["Название образовательной организации – партнёра", "МБОУ «Важинский образовательный центр»"]));
    rows.insert(5, row(&["Школа – сетевой партнёр", "МБОУ «Вознесенский образовательный центр»"]));
    assert_eq!(texts(&only(&doc(vec![table(rows)]))), expected(&ANSWERS));
    for (head, beside) in
        [("Ответственный", "Иванова М.П."), ("Балл", "5"), ("Дата", "08.11.2022"), ("Партнёр", "МБОУ «Важинский ОЦ»")]
    {
        let mut rows = vec![row(&["Вопрос", "Ответ", head])];
        rows.extend(pairs().into_iter().map(|(label, answer)| row(&[label, answer, beside])));
        assert_eq!(texts(&only(&doc(vec![table(rows)]))), expected(&ANSWERS), "{head}");
    }
    let across = vec![row(&labels()), row(&ANSWERS), row(&["Исполнитель: Петрова А.А."])];
    assert_eq!(texts(&only(&doc(vec![table(across)]))), expected(&ANSWERS));
}
