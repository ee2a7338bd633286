//! Letters of other offices, each with a layout of its own: everything important that they say is read.

use svodka::letter::{Draft, Refusal};

use crate::builder::draft;

fn read(name: &str) -> Draft {
    draft(name, None).unwrap()
}

/// Identifier and kind of each field.
fn kinds(draft: &Draft) -> Vec<String> {
    draft.fields.iter().map(|field| format!("{} {}", field.value.id, field.value.kind)).collect()
}

fn requirements(draft: &Draft) -> Vec<String> {
    let all = draft.requirements.iter().map(|found| &found.value);
    all.map(|one| format!("{} {} {} {:?}", one.id, one.title, one.deadline, one.schools)).collect()
}

fn obligations(draft: &Draft) -> Vec<String> {
    let all = draft.obligations.iter().map(|found| &found.value);
    all.map(|one| format!("{}: {} до {}", one.who, one.what, one.deadline)).collect()
}

fn schools(draft: &Draft) -> Vec<String> {
    let all = draft.schools.iter().map(|found| &found.value);
    all.map(|one| format!("{} | {} | {} | {:?}", one.id, one.district, one.settlement, one.date)).collect()
}

fn letter(draft: &Draft) -> [String; 7] {
    [
        format!("{} от {}", draft.number.value, draft.date.value),
        draft.subject.value.clone(),
        draft.title.value.clone(),
        draft.issuer.value.clone(),
        draft.contact.value.clone(),
        draft.phone.value.clone(),
        draft.email.value.clone(),
    ]
}

#[test]
fn a_form_between_other_annexes_with_two_deadlines_by_district() {
    let draft = read("vologda");
    insta::assert_debug_snapshot!((
        letter(&draft),
        requirements(&draft),
        obligations(&draft),
        kinds(&draft),
        schools(&draft)
    ));
}

#[test]
fn a_form_of_paragraphs_and_a_schedule_in_running_text() {
    let draft = read("karelia");
    insta::assert_debug_snapshot!((
        letter(&draft),
        requirements(&draft),
        obligations(&draft),
        kinds(&draft),
        schools(&draft),
        draft.event
    ));
}

#[test]
fn a_schedule_of_deadlines_gives_each_day_its_requirement() {
    let draft = read("rayon");
    insta::assert_debug_snapshot!((
        letter(&draft),
        requirements(&draft),
        obligations(&draft),
        kinds(&draft),
        schools(&draft)
    ));
}

#[test]
fn of_two_forms_the_first_is_taken_and_the_other_named() {
    let first = read("pskov");
    insta::assert_debug_snapshot!((letter(&first), requirements(&first), kinds(&first), &first.remarks, &first.event));
    assert!(first.to_all);
    let second = draft("pskov", Some(2)).unwrap();
    insta::assert_debug_snapshot!((requirements(&second), kinds(&second), &second.remarks));
    assert!(matches!(draft("pskov", Some(3)), Err(Refusal::NotThisAnnex { wanted: 3, .. })));
}

#[test]
fn a_table_with_options_and_headings_within() {
    let draft = read("hmao");
    insta::assert_debug_snapshot!((letter(&draft), requirements(&draft), kinds(&draft)));
}

#[test]
fn a_schedule_of_lines_under_their_days() {
    let draft = read("omsk");
    insta::assert_debug_snapshot!((
        letter(&draft),
        draft.time_zone,
        requirements(&draft),
        obligations(&draft),
        kinds(&draft),
        schools(&draft),
        draft.event.as_ref().map(|event| &event.value)
    ));
}
