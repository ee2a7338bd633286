//! What schools answer: given, missing and invalid, in the letter's order of fields.

use fastrand::Rng;

use super::chance::{one_in, pick};

/// What is wanted of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Worth {
    Given,
    Missing,
    Invalid,
}

/// A field of the form, by its place in the letter.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) field: &'static str,
    pub(crate) text: String,
    pub(crate) worth: Worth,
}

pub(crate) const FIELDS: [&str; 14] = [
    "organisation_name",
    "network_model",
    "partner_count",
    "district_school_count",
    "participating_since",
    "events_attended",
    "participation_role",
    "network_project",
    "expected_result",
    "final_result",
    "experience_presented",
    "effectiveness_rating",
    "rating_explanation",
    "proposals",
];

const MODELS: [&str; 10] = [
    "Модель «Школа – школа»: наставничество педагогических команд",
    "Наставничество",
    "Сетевое взаимодействие по модели «ресурсный центр – школы-партнёры»",
    "горизонтальная модель",
    "Форма: договор о сотрудничестве; модель: сетевой кластер",
    "Школа-наставник и школа-партнер",
    "Сетевая кооперация образовательных организаций района (распределённая модель)",
    "1) кураторская методика; 2) взаимообучение школ",
    "очно-дистанционная",
    "Партнёрство (сетевая команда учителей МБОУ «СОШ № 8 г. Тихвин» и нашей школы)",
];
const COUNTS: [&str; 18] = [
    "1",
    "2",
    "3",
    "4",
    "5",
    "12",
    "3 (три)",
    "12 (двенадцать)",
    "две",
    "четыре",
    "4 школы",
    "6 партнеров",
    "2 школы района",
    "пять",
    "одна",
    "7 шт.",
    "3 школы (две городские и одна сельская)",
    "Всего 5",
];
const SINCES: [&str; 16] = [
    "с 2021 года",
    "с сентября 2021 года",
    "2020",
    "01.09.2021",
    "с 01.09.2020 г.",
    "2021-2022 учебный год",
    "с января 2022 г.",
    "сентябрь 2020",
    "С 1 сентября 2021 года",
    "с 2020/2021 уч. года",
    "15 марта 2021 г.",
    "с момента начала программы (2020 г.)",
    "2022 г.",
    "в 2021 году",
    "с осени 2020 года",
    "второй год, с 2021",
];
const EVENTS: [&str; 12] = [
    "Окружное совещание 15.03.2022",
    "Семинар «Функциональная грамотность: от теории к практике»",
    "вебинар ЛОИРО «Сетевое наставничество»",
    "Стажировка на базе МОУ «СОШ № 5 г. Тосно»",
    "Круглый стол для заместителей директоров",
    "1. Установочный семинар",
    "Деловая игра «Управленческие решения»",
    "Мастер-классы педагогов школ-партнёров (март, апрель 2022)",
    "Конференция «500+»: опыт и перспективы",
    "- педагогическая мастерская",
    "Методический день в школе-наставнике",
    "Муниципальный этап конкурса «Учитель года»",
];
const ROLES: [&str; 8] = [
    "Провели открытые уроки и мастер-классы",
    "Выступление с опытом работы, организация секции",
    "Участие в качестве слушателей",
    "Организаторы семинара, докладчики",
    "слушатели",
    "Представили опыт: школьная система оценки качества",
    "Подготовка материалов, проведение диагностики, обмен опытом с партнёрами",
    "Участвовали в обсуждении; наши педагоги – модераторы площадок",
];
const PROJECTS: [&str; 8] = [
    "«Вместе к успеху»: сопровождение обучающихся с рисками учебной неуспешности",
    "Сетевой проект «Читаем вместе»",
    "Проект «Мост»",
    "«Функциональная грамотность как результат»",
    "Разработка единой методической копилки района",
    "Совместный проект «Ступени роста» (2021–2023 гг.)",
    "Развитие математической грамотности в 5–9 классах",
    "«Школа молодого педагога»",
];
const RESULTS: [&str; 10] = [
    "Банк методических разработок по читательской грамотности",
    "Повышение качества образования",
    "Рост доли обучающихся, сдавших ОГЭ по математике, на 5 %",
    "Методическое пособие, сайт проекта https://school.example/500plus",
    "Сборник материалов из опыта работы",
    "Доля неуспевающих снизилась на 4 %",
    "Создана сетевая команда; проведено 12 занятий",
    "Результаты ВПР стали выше среднерайонных",
    "Ожидаемый результат – рост мотивации обучающихся",
    "Программа внеурочной деятельности; дорожная карта; план работы на 2023 год",
];
const PRESENTED: [&str; 9] = [
    "нет",
    "Нет",
    "На районном совещании директоров 25.08.2022",
    "Муниципальный уровень: августовская конференция",
    "не представляли",
    "В ЛОИРО, на сайте школы",
    "нет, планируем в ноябре",
    "Ярмарка инноваций – 2022",
    "На педагогическом совете школы",
];
const RATINGS: [&str; 14] = [
    "1",
    "2",
    "3",
    "4",
    "5",
    "3 (три)",
    "4 балла",
    "5 (очень эффективно)",
    "пять",
    "3 – средне",
    "четыре",
    "Оценка: 4",
    "4 (четыре) балла",
    "5 баллов",
];
const EXPLANATIONS: [&str; 8] = [
    "Работа с партнёрами дала результат, но не хватает времени",
    "Удалось сделать не всё",
    "Программа полезна, взаимодействие школ эффективно на 4",
    "Педагоги активно участвуют в мероприятиях",
    "Высокая методическая поддержка куратора",
    "Недостаточно кадров. Низкая мотивация части педагогов.",
    "Есть рост: результаты 9-х классов улучшились",
    "мы в начале пути",
];
const PROPOSALS: [&str; 8] = [
    "Проводить стажировки на базе школ-наставников",
    "нет",
    "Больше очных встреч",
    "Предложений нет",
    "Нет предложений",
    "1. Создать единый банк материалов\n2. Проводить вебинары в вечернее время",
    "Увеличить количество практико-ориентированных семинаров; привлекать родителей",
    "Выделить методический день для встреч партнёров (четверг)",
];

const BLANKS: [&str; 12] = ["", "", "", " ", "\u{A0}", "-", "—", "–", "___________", "....", "…", "- - -"];
const NOTHINGS: [&str; 4] = ["нет", "н/д", "Нет", "Н/Д"];
const BAD_COUNTS: [&str; 6] = ["много", "не знаем", "несколько", "не знаю", "точно не известно", "все школы"];
const BAD_RATINGS: [&str; 8] = ["хорошо", "10", "0", "4-5", "отлично", "6", "высокая", "3-4"];

/// Fourteen answers, of which so many are missing or invalid; the name is that of the school.
pub(crate) fn answers(rng: &mut Rng, name: &str, gaps: usize) -> Vec<Answer> {
    let mut places: Vec<usize> = (1..FIELDS.len()).collect();
    rng.shuffle(&mut places);
    places.truncate(gaps);
    let mut found: Vec<Answer> = FIELDS.iter().map(|field| given(rng, field)).collect();
    name.clone_into(&mut found[0].text);
    for place in places {
        found[place] = lacking(rng, FIELDS[place]);
    }
    found
}

fn given(rng: &mut Rng, field: &'static str) -> Answer {
    let one = |rng: &mut Rng, of: &[&str]| pick(rng, of).to_owned();
    let text = match field {
        "network_model" => one(rng, &MODELS),
        "partner_count" | "district_school_count" => one(rng, &COUNTS),
        "participating_since" => one(rng, &SINCES),
        "events_attended" => several(rng, &EVENTS, 5, "\n"),
        "participation_role" => several(rng, &ROLES, 2, ". "),
        "network_project" => one(rng, &PROJECTS),
        "expected_result" => {
            let between = if one_in(rng, 3) { "\n" } else { "; " };
            several(rng, &RESULTS, 3, between)
        }
        "final_result" => several(rng, &RESULTS, 2, ". "),
        "experience_presented" => one(rng, &PRESENTED),
        "effectiveness_rating" => one(rng, &RATINGS),
        "rating_explanation" => one(rng, &EXPLANATIONS),
        "proposals" => one(rng, &PROPOSALS),
        _ => String::new(),
    };
    Answer { field, text, worth: Worth::Given }
}

fn several(rng: &mut Rng, of: &[&str], most: usize, between: &str) -> String {
    let mut of = of.to_vec();
    rng.shuffle(&mut of);
    of.truncate(rng.usize(1..=most));
    of.join(between)
}

fn lacking(rng: &mut Rng, field: &'static str) -> Answer {
    let none_is_answer = ["experience_presented", "proposals"].contains(&field);
    let invalid: &[&str] = match field {
        "partner_count" | "district_school_count" => &BAD_COUNTS,
        "effectiveness_rating" => &BAD_RATINGS,
        _ => &[],
    };
    let (text, worth) = if !invalid.is_empty() && rng.bool() {
        (pick(rng, invalid), Worth::Invalid)
    } else if !none_is_answer && one_in(rng, 4) {
        (pick(rng, &NOTHINGS), Worth::Missing)
    } else {
        (pick(rng, &BLANKS), Worth::Missing)
    };
    Answer { field, text: text.to_owned(), worth }
}
