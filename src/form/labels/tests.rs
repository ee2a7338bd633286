use super::*;
use crate::form::tests::campaign;

fn best(text: &str) -> Option<(String, f32, String)> {
    let form = &campaign().form;
    let found = Labels::new(form).matches(text, Ends::Anywhere).first().copied()?;
    let id = form.fields.get(found.field).map_or("title", |field| field.id.as_str()).to_owned();
    Some((id, found.score, text.get(found.rest..).unwrap().to_owned()))
}

#[test]
fn every_label_and_alias_is_the_label_of_its_own_field_by_far() {
    let form = &campaign().form;
    let labels = Labels::new(form);
    for (index, field) in form.fields.iter().enumerate() {
        for text in field.aliases.iter().chain([&field.label]) {
            let found = labels.matches(text, Ends::AtSign);
            assert_eq!(found[0].field, index, "{text}: {found:?}");
            assert!(found[0].score > 0.99, "{text}: {found:?}");
            assert!(found.get(1).is_none_or(|next| next.score < 0.85), "{text}: {found:?}");
        }
    }
}

#[test]
fn labels_are_known_shortened_retyped_and_with_slips() {
    for (text, id) in [
        ("НАЗВАНИЕ ОБРАЗОВАТЕЛЬНОЙ ОРГАНИЗАЦИИ", "organisation_name"),
        ("Наименование общеобразовательной организации", "organisation_name"),
        ("Количество партнеров", "partner_count"),
        ("Кол-во сетевых партнёров", "partner_count"),
        ("Количество сетевых партнеров у нашей школы", "partner_count"),
        ("Сколько всего учавствует школ вашего района в программе", "district_school_count"),
        ("С какого времени являетесь участником", "participating_since"),
        ("Перечислите меропрятия, в которых школа принимала участие", "events_attended"),
        ("Над каким проектом работает школа", "network_project"),
        ("Какой результат Вы ожидаете", "expected_result"),
        ("Опишите конечный результат", "final_result"),
        ("Где представляли опыт", "experience_presented"),
        ("Оцените эфективность участия от 1 до 5", "effectiveness_rating"),
        ("Поясните оценку", "rating_explanation"),
        ("Предложения по повышению эффективности программы", "proposals"),
        ("Форма сетевого взаимодействия, в которой участвует школа", "network_model"),
    ] {
        let (found, score, _) = best(text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(found, id, "{text} {score}");
        assert!(score > 0.65, "{text} {score}");
    }
}

#[test]
fn a_label_is_parted_from_the_answer_after_it() {
    for (text, id, rest) in [
        ("Количество сетевых партнеров у Вашей школы: 3", "partner_count", "3"),
        ("Количество сетевых партнеров – 3 (три)", "partner_count", "3 (три)"),
        ("С какого времени Вы являетесь участником программы с 2021 года", "participating_since", "с 2021 года"),
        (
            "Оцените эффективность своего участия в данной программе от 1 до 5 (где 1 – совсем неэффективно, 5 – очень эффективно): 4",
            "effectiveness_rating",
            "4",
        ),
        ("Название образовательной организации\nМОУ «Школа»", "organisation_name", "МОУ «Школа»"),
        ("Ваши предложения по повышению эффективности реализации программы ________", "proposals", ""),
    ] {
        let (found, _, left) = best(text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!((found.as_str(), left.trim_start_matches('«')), (id, rest), "{text}");
    }
}

#[test]
fn prose_with_the_words_of_a_label_is_no_label() {
    for text in [
        "Наша школа участвует в сетевом проекте, в рамках программы работает с партнерами и получает результат",
        "Муниципальный район",
        "Ф.И.О. директора",
        "Дата",
        "Контактный телефон",
    ] {
        assert!(best(text).is_none_or(|(_, score, _)| score < 0.65), "{text} {:?}", best(text));
    }
}

#[test]
fn a_number_before_a_text_is_told_from_a_number_in_it() {
    for (text, number, rest) in
        [("5. с 2021 года", 5, "с 2021 года"), ("п. 12: 4", 12, "4"), ("7) в семинарах", 7, "в семинарах")]
    {
        let (found, at) = enumerator(text).unwrap();
        assert_eq!((found, text.get(at..).unwrap()), (number, rest));
    }
    for text in ["12.11.2022", "5 школ", "2021. год", "3,5", "п. первый"] {
        assert_eq!(enumerator(text), None, "{text}");
    }
}
