//! What texts mean to their fields.

use super::field;
use crate::form::{Invalid, Value, judge};

/// What a text should mean.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Means {
    Missing,
    Is(u32),
    Day(i16, i8, i8),
    /// Valid without a value.
    Stands,
    Wrong(Invalid),
}
use Means::{Day, Is, Missing, Stands, Wrong};

const NUMBER: Means = Wrong(Invalid::NotANumber);
const RANGE: Means = Wrong(Invalid::OutOfRange);

fn means(id: &str, text: &str) -> Means {
    match judge(field(id), text) {
        None => Missing,
        Some((Some(Value::Number(number)), None)) => Is(number),
        Some((Some(Value::Date(date)), None)) => Day(date.year(), date.month(), date.day()),
        Some((None, None)) => Stands,
        Some((None, Some(invalid))) => Wrong(invalid),
        Some((Some(value), Some(invalid))) => panic!("{text}: both {value:?} and {invalid:?}"),
    }
}

fn check(id: &str, table: &[(&str, Means)]) {
    let wrong: Vec<String> = table
        .iter()
        .filter(|(text, expected)| means(id, text) != *expected)
        .map(|(text, expected)| format!("{id} {text:?}: {:?}, not {expected:?}", means(id, text)))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn nothing_written_is_missing_in_every_field() {
    for field in &super::campaign().form.fields {
        let label = field.label.clone();
        let capitals = label.to_uppercase();
        let hint = format!("({})", field.hint);
        let texts = [
            "",
            " ",
            "\u{a0}",
            "\t\n",
            "-",
            "–",
            "—",
            "---",
            "____",
            "____________",
            "...",
            "…",
            ". . .",
            "/",
            "«»",
            "\u{200b}",
            "*",
            "не заполнено",
            "Место для ввода текста.",
            "☐ да ☐ нет",
            "(укажите)",
            "______ года",
            "?",
            &label,
            &capitals,
            &hint,
            &field.hint,
        ];
        check(field.id.as_str(), &texts.map(|text| (text, Missing)));
    }
}

#[test]
fn a_none_is_an_answer_only_where_the_form_says_so() {
    for field in &super::campaign().form.fields {
        let expected = if field.none_is_answer { Stands } else { Missing };
        let texts =
            ["нет", "Нет", "НЕТ.", "нет!", "н/д", "Н/Д", "нет данных", "отсутствует", "отсутствуют", "пока нет"];
        check(field.id.as_str(), &texts.map(|text| (text, expected)));
    }
}

const COUNTS: &[(&str, Means)] = &[
    ("1 партнер – МБОУ «Гимназия № 11»", Is(1)),
    ("8 школ (2 в качестве лидеров, 6 в качестве партнёров)", Is(8)),
    ("3 школы-партнера", Is(3)),
    ("2 (две школы)", Is(2)),
    ("4 (четыре) школы, 1 детский сад", NUMBER),
    ("3 и более", NUMBER),
    ("3", Is(3)),
    ("3.", Is(3)),
    ("3 (три)", Is(3)),
    ("две", Is(2)),
    ("4 школы", Is(4)),
    ("6 партнеров", Is(6)),
    ("12 (двенадцать)", Is(12)),
    ("0", Is(0)),
    ("один партнёр", Is(1)),
    ("Одна школа", Is(1)),
    ("двадцати одного", Is(21)),
    ("двадцать пять школ", Is(25)),
    ("девяносто девять", Is(99)),
    ("тремя школами", Is(3)),
    ("три (3)", Is(3)),
    ("3 – три", Is(3)),
    ("3-х", Is(3)),
    ("5-ти школ", Is(5)),
    ("трое", Is(3)),
    ("сто двадцать", Is(120)),
    ("1 – МБОУ СОШ №2", Is(1)),
    ("3: СОШ №1, СОШ №2, СОШ №8", Is(3)),
    ("3 (СОШ №1, СОШ №2, гимназия)", Is(3)),
    ("3 школы №1, №2, №8", Is(3)),
    ("2 партнёра: МОУ «Киришская СОШ №3», МОУ «СОШ № 8»", Is(2)),
    ("МОУ СОШ №1 и МОУ СОШ №2 (2)", Is(2)),
    ("СОШ №1, СОШ №2 – всего 2", Is(2)),
    ("СОШ № 1, 2, 8 – 3", Is(3)),
    ("3\n1) СОШ №1\n2) СОШ №2\n3) СОШ №8", Is(3)),
    ("3\nСОШ 1\nСОШ 2\nСОШ 8", Is(3)),
    ("4 школы: 2 городские и 2 сельские", Is(4)),
    ("5 (3 СОШ, 2 ООШ)", Is(5)),
    ("4, из них 2 сельские", Is(4)),
    ("4 школы, в том числе 1 гимназия", Is(4)),
    ("У нашей школы 3 сетевых партнёра", Is(3)),
    ("всего 7", Is(7)),
    ("Количество сетевых партнеров: 3", Is(3)),
    ("«3»", Is(3)),
    ("3.0", Is(3)),
    ("3,0", Is(3)),
    ("1 200", Is(1200)),
    ("– 3", Is(3)),
    ("в 2022 году 5 школ", Is(5)),
    ("с 01.09.2021 – 3 партнера", Is(3)),
    ("3шт.", Is(3)),
    ("3 школы («Школа 2100», «Лицей 5»)", Is(3)),
    ("☐ 2 ☒ 3", Is(3)),
    ("пять", Is(5)),
    ("ПЯТЬ ШКОЛ", Is(5)),
    ("\u{a0}4\u{a0}", Is(4)),
    ("много", NUMBER),
    ("не знаем", NUMBER),
    ("несколько", NUMBER),
    ("более 5", NUMBER),
    ("около 4", NUMBER),
    ("3-4", NUMBER),
    ("3 – 4", NUMBER),
    ("от 3 до 5", NUMBER),
    ("3 или 4", NUMBER),
    ("3, 4", NUMBER),
    ("3 и 4", NUMBER),
    ("СОШ №1, СОШ №2", NUMBER),
    ("СОШ № 1, 2, 8", NUMBER),
    ("школы 1, 2 и 8", NUMBER),
    ("СОШ №1, №2, №8", NUMBER),
    ("3 (четыре)", NUMBER),
    ("3 (4)", NUMBER),
    ("пара", NUMBER),
    ("3,5", NUMBER),
    ("полтора", NUMBER),
    ("5+", NUMBER),
    ("~5", NUMBER),
    ("не менее 3", NUMBER),
    ("до 10", NUMBER),
    ("50%", NUMBER),
    ("третий", NUMBER),
    ("3-й", NUMBER),
    ("1. СОШ №1\n2. СОШ №2\n3. СОШ №8", NUMBER),
    ("2 городские и 2 сельские", NUMBER),
    ("2021 год", NUMBER),
    ("3 года", NUMBER),
    ("-3", NUMBER),
    ("7 из 12", NUMBER),
    ("3/5", NUMBER),
    ("да", NUMBER),
    ("МОУ «СОШ №3»", NUMBER),
    ("3 школы, 2 детских сада", NUMBER),
    ("один из партнёров – соседняя школа", NUMBER),
    ("ни одного", NUMBER),
    ("десяток", NUMBER),
    ("все школы района", NUMBER),
    ("01.09.2021", NUMBER),
    ("5 и более", NUMBER),
    ("Киришская СОШ 3", NUMBER),
];

#[test]
fn a_count_is_one_whole_number() {
    check("partner_count", COUNTS);
}

const RATINGS: &[(&str, Means)] = &[
    ("4 (1 – неэффективно, 5 – эффективно)", Is(4)),
    ("(где 1 – совсем неэффективно, 5 – очень эффективно) 4", Is(4)),
    ("4-эффективно", Is(4)),
    ("оценка – 4 балла из 5 возможных", Is(4)),
    ("4 балла (из 5)", Is(4)),
    ("5-", NUMBER),
    ("5 – очень эффективно, 1 – совсем неэффективно", NUMBER),
    ("1", Is(1)),
    ("5", Is(5)),
    ("5 (очень эффективно)", Is(5)),
    ("4 балла", Is(4)),
    ("пять", Is(5)),
    ("3 – средне", Is(3)),
    ("3 - средне", Is(3)),
    ("4/5", Is(4)),
    ("4 из 5", Is(4)),
    ("5 из 5", Is(5)),
    ("4 балла из 5", Is(4)),
    ("4 (четыре)", Is(4)),
    ("на 4", Is(4)),
    ("Оценка: 4", Is(4)),
    ("оцениваем на 5 баллов", Is(5)),
    ("четыре балла", Is(4)),
    ("5!!!", Is(5)),
    ("5 б.", Is(5)),
    ("4б", Is(4)),
    ("5 (из 5)", Is(5)),
    ("4 по 5-балльной шкале", Is(4)),
    ("по шкале от 1 до 5 – 4", Is(4)),
    ("5, так как за 2 года выросли результаты", Is(5)),
    ("4. Программа помогла школе", Is(4)),
    ("четверка", Is(4)),
    ("☐ 1 ☐ 2 ☐ 3 ☒ 4 ☐ 5", Is(4)),
    ("4.0", Is(4)),
    ("«4»", Is(4)),
    ("четыре из пяти", Is(4)),
    ("3/5", Is(3)),
    ("5 – очень эффективно", Is(5)),
    ("твёрдая 4", Is(4)),
    ("хорошо", NUMBER),
    ("4-5", NUMBER),
    ("4 – 5", NUMBER),
    ("4,5", NUMBER),
    ("4.5", NUMBER),
    ("3,5", NUMBER),
    ("от 4 до 5", NUMBER),
    ("4 или 5", NUMBER),
    ("4+", NUMBER),
    ("4 с плюсом", NUMBER),
    ("4 – ближе к 5", NUMBER),
    ("отлично", NUMBER),
    ("эффективно", NUMBER),
    ("1-5", NUMBER),
    ("1 2 3 4 5", NUMBER),
    ("5 (четыре)", NUMBER),
    ("100%", NUMBER),
    ("не знаем", NUMBER),
    ("не менее 4", NUMBER),
    ("от 1 до 5", NUMBER),
    ("5, 4", NUMBER),
    ("почти 5", NUMBER),
    ("да", NUMBER),
    ("между 4 и 5", NUMBER),
    ("10", RANGE),
    ("0", RANGE),
    ("6 баллов", RANGE),
    ("десять", RANGE),
    ("7", RANGE),
];

#[test]
fn a_rating_is_one_whole_number_on_the_scale() {
    check("effectiveness_rating", RATINGS);
}

const BEGINNINGS: &[(&str, Means)] = &[
    ("с 1 полугодия 2021-2022 учебного года", Day(2021, 9, 1)),
    ("со второго полугодия 2021/2022 уч. года", Day(2022, 1, 1)),
    ("с февраля 2022 г. по настоящее время", Day(2022, 2, 1)),
    ("с 2020 – 2021 учебного года", Day(2020, 9, 1)),
    ("2021г.-2022г.", Day(2021, 1, 1)),
    ("с сентября 2021 года", Day(2021, 9, 1)),
    ("01.09.2021", Day(2021, 9, 1)),
    ("1.9.21", Day(2021, 9, 1)),
    ("2021", Day(2021, 1, 1)),
    ("с 2021-2022 учебного года", Day(2021, 9, 1)),
    ("сентябрь 2021", Day(2021, 9, 1)),
    ("с 1 сентября 2021 г.", Day(2021, 9, 1)),
    ("2021/2022 уч. год", Day(2021, 9, 1)),
    ("с начала 2022 года", Day(2022, 1, 1)),
    ("II квартал 2022", Day(2022, 4, 1)),
    ("2021-09-01", Day(2021, 9, 1)),
    ("в 2021 году", Day(2021, 1, 1)),
    ("С 2021г.", Day(2021, 1, 1)),
    ("c 2021 г", Day(2021, 1, 1)),
    ("09.2021", Day(2021, 9, 1)),
    ("с мая 2022 года", Day(2022, 5, 1)),
    ("Март, 2022", Day(2022, 3, 1)),
    ("2020-2021 уч.год", Day(2020, 9, 1)),
    ("с 2-го полугодия 2021 года", Day(2021, 7, 1)),
    ("первое полугодие 2022 г.", Day(2022, 1, 1)),
    ("осень 2021", Day(2021, 9, 1)),
    ("с 01.09.2021 по 31.05.2022", Day(2021, 9, 1)),
    ("с сентября 2021 по май 2022", Day(2021, 9, 1)),
    ("2021-22 учебный год", Day(2021, 9, 1)),
    ("приказ от 15.10.2021, участвуем с 01.09.2021", Day(2021, 9, 1)),
    ("2021 – 2022 гг.", Day(2021, 1, 1)),
    ("01/09/2021", Day(2021, 9, 1)),
    ("1 сент. 2021", Day(2021, 9, 1)),
    ("01 сентября 2021 года", Day(2021, 9, 1)),
    ("третий год", Stands),
    ("с прошлого года", Stands),
    ("2021-2022", Stands),
    ("с начала учебного года", Stands),
    ("3 года", Stands),
    ("с сентября", Stands),
    ("с момента основания программы", Stands),
    ("в конце 2021 года", Stands),
    ("сентябрь-октябрь 2021", Stands),
    ("31.02.2021", Stands),
    ("зима 2022", Stands),
    ("в течение 2 лет", Stands),
    ("с 2020 года, повторно с 2022 года", Stands),
    ("да", Wrong(Invalid::NotADate)),
    ("давно", Wrong(Invalid::NotADate)),
    ("3", Wrong(Invalid::NotADate)),
    ("не помним", Wrong(Invalid::NotADate)),
    ("участник", Wrong(Invalid::NotADate)),
    ("СОШ №3", Wrong(Invalid::NotADate)),
];

#[test]
fn a_beginning_is_any_time_with_its_first_day_where_the_calendar_shows_it() {
    check("participating_since", BEGINNINGS);
}

#[test]
fn text_stands_as_it_is_and_a_name_has_letters() {
    check(
        "network_project",
        &[("Сетевой проект «Вместе»", Stands), ("3", Stands), ("да", Stands), ("не знаем", Stands)],
    );
    check("network_model", &[("сетевой проект", Stands), ("наставничество", Stands)]);
    check(
        "organisation_name",
        &[
            ("МОУ «СОШ №3»", Stands),
            ("3", Wrong(Invalid::NotAName)),
            ("№ 3", Wrong(Invalid::NotAName)),
            ("школа", Stands),
        ],
    );
    check("proposals", &[("Предложений нет", Stands), ("Ваши предложения: нет", Stands), ("- нет", Stands)]);
    check("experience_presented", &[("не представляли", Stands), ("нигде", Stands), ("–", Missing)]);
}
