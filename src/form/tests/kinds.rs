//! What documents are that schools send beside the form.

use super::{
    ANSWERS, campaign, doc, form_table, labels, letter_head, lines, p, read_doc, recogniser, row, schedule, table,
};
use crate::{
    document::{Block, Document},
    form::{Kind, contents, contents_of_body},
};

const PROSE: &str = "Наша школа второй год участвует в программе сетевого взаимодействия школ с высокими и низкими результатами обучения. За это время мы выстроили систему наставничества: педагоги школы-партнёра приезжают к нам на уроки, а мы посещаем их занятия.\nСетевое взаимодействие позволило объединить ресурсы трёх школ района. Мы провели два совместных методических дня, разработали банк заданий по функциональной грамотности и организовали взаимопосещение уроков.\nГлавный результат нашей работы — рост мотивации обучающихся и снижение доли неуспевающих. Педагоги освоили приёмы формирующего оценивания, а команда школы научилась работать с данными.";

fn slides(pages: &[&str]) -> Document {
    let mut blocks: Vec<Block> = Vec::new();
    for (nth, page) in pages.iter().enumerate() {
        if nth > 0 {
            blocks.push(Block::Break);
        }
        blocks.extend(page.lines().map(p));
    }
    doc(blocks)
}

fn presentation() -> Document {
    slides(&[
        "МОУ «Киришская СОШ №3»\nСетевое взаимодействие как ресурс повышения качества образования\nДиректор школы Иванова М.П.",
        "Цель сетевого взаимодействия\nПовышение качества обучения",
        "Наши партнёры\nСОШ №1\nСОШ №2",
        "Сетевой проект\n«Учимся вместе»",
        "Ожидаемый результат\nРост результатов",
        "Предложения по повышению эффективности\nБольше встреч",
        "Спасибо за внимание!",
    ])
}

fn drafts() -> Vec<(&'static str, Document, Option<&'static str>)> {
    vec![
        ("a speech with its heading", lines(&format!("Проект выступления\nМОУ «Киришская СОШ №3»\n{PROSE}")), None),
        ("a speech that greets and thanks", lines(&format!("Уважаемые коллеги!\n{PROSE}\nСпасибо за внимание!")), None),
        (
            "a report to a meeting",
            lines(&format!(
                "МБОУ «Важинский образовательный центр»\nДоклад\n«Сетевое наставничество: проблемы и находки»\n{PROSE}"
            )),
            None,
        ),
        (
            "theses",
            lines(&format!("ТЕЗИСЫ ВЫСТУПЛЕНИЯ\nна окружном совещании «Сетевое наставничество школ»\n{PROSE}")),
            None,
        ),
        (
            "an untitled text with a title page",
            lines(&format!(
                "МБОУ «Рощинский Центр образования»\nСетевое взаимодействие школ: наш путь\nВыборгский район\n{PROSE}"
            )),
            Some("Наш опыт.docx"),
        ),
        (
            "a text with a title page and an author",
            lines(&format!(
                "МОУ «Лебяженский центр общего образования»\nИнновационные находки сетевого наставничества\nАвтор: Петрова А.А., заместитель директора\n{PROSE}"
            )),
            None,
        ),
        (
            "a speech slide by slide",
            lines(&format!(
                "Слайд 1\nДобрый день, уважаемые участники совещания!\n{PROSE}\nСлайд 2\nХочу рассказать о сетевом взаимодействии."
            )),
            None,
        ),
        ("slides", presentation(), None),
        ("slides by their file's name", presentation(), Some("Презентация.pptx")),
        ("slides with little text", slides(&["Опыт школы", "Фото 1", "Фото 2", "Итоги", "Спасибо"]), Some("prez.pptx")),
        (
            "a speech within a letter's thanks",
            lines(&format!(
                "Выступление директора МБОУ «Вознесенский образовательный центр»\nУважаемые участники деловой игры!\n{PROSE}\nБлагодарю за внимание."
            )),
            Some("документ.docx"),
        ),
        (
            "a speech with the headings of the form in it",
            lines(&format!(
                "ПРОЕКТ ВЫСТУПЛЕНИЯ\nСетевой проект\n{PROSE}\nОжидаемый результат\nРост качества знаний по сетевому проекту.\nКонечный результат\nБанк методических разработок.\nПредложения по повышению эффективности\nБольше очных встреч."
            )),
            None,
        ),
        (
            "a presentation of experience",
            lines(&format!(
                "Представление опыта работы МОУ «Киришская СОШ №3»\nпо теме «Сетевое взаимодействие школ-партнеров»\n{PROSE}"
            )),
            Some("опыт.docx"),
        ),
    ]
}

/// A speech without a title, as short as they come.
const UNTITLED: &str = "Добрый день, уважаемые коллеги! Разрешите представить опыт работы нашей школы в рамках региональной программы.\nНаша школа – небольшая, в ней учится 140 детей и работает 18 учителей. В 2021 году мы вошли в число школ-участниц проекта и начали с самодиагностики.\nЗа прошедший год совместно с партнёрами мы провели пять семинаров, десять открытых уроков и запустили совместный проект для старшеклассников.\nРезультаты говорят сами за себя: качество знаний выросло на 4 %.\nБлагодарю за внимание!";

const SAFETY: &str = "Добрый день, уважаемые коллеги! Разрешите рассказать об опыте нашей школы.\nНаша школа участвует в программе «Безопасная дорога» и в проекте отряда ЮИД, совместно с партнёрами из ГИБДД мы проводим занятия о правилах дорожного движения и учим переходить улицу по пешеходному переходу.\nРезультаты работы хорошие: число нарушений снизилось, дети носят светоотражающие элементы.\nБлагодарю за внимание!";

fn short_drafts() -> Vec<(&'static str, Document, Option<&'static str>)> {
    let headed = |title: &str| {
        lines(&format!(
            "МОУ «Киришская СОШ №3»\n{title}\nДобрый день, уважаемые коллеги!\nНаша школа работает в сложных условиях: высокая учебная неуспешность, дефицит кадров, низкая мотивация. Мы начали с анкетирования и составили план мер на год.\nУчителя посещают уроки друг друга, ученики занимаются в малых группах, с родителями работают психолог и социальный педагог школы, идут консультации.\nКачество знаний выросло на четыре процента, мотивация поднялась.\nСпасибо за внимание!"
        ))
    };
    vec![
        ("a title slide", slides(&["МБОУ «Вознесенский ОЦ»"]), Some("Презентация.pptx")),
        ("a slide", slides(&["Наша школа"]), Some("проект выступления.pptx")),
        ("two slides", slides(&["Опыт", "Итоги"]), Some("презентация к выступлению.pptx")),
        ("slides of four words", slides(&["Деловая игра", "Цели", "Задачи"]), Some("500+.pptx")),
        ("an untitled speech", lines(UNTITLED), Some("Проект выступления.docx")),
        ("an untitled speech by another name", lines(UNTITLED), Some("Доклад Ивановой М.П..docx")),
        ("a speech on the project by its name", headed("Доклад\n«Опыт участия школы в проекте «500+»»"), None),
        (
            "a speech on its risks",
            headed("Выступление\n«Управленческие решения по преодолению рисков низких результатов»"),
            None,
        ),
    ]
}

/// The questions of the form with answers of a speaker under them.
fn answered_questions(from: usize) -> Vec<String> {
    let answered = |label: &&str| {
        format!("{label}\nОб этом я расскажу подробнее, приводя примеры из жизни нашей школы и опыта наших партнёров.")
    };
    labels().iter().skip(from).take(8).map(answered).collect()
}

fn drafts_on_the_questions() -> Vec<(&'static str, Document, Option<&'static str>)> {
    let mut pages = vec!["МОУ «Киришская СОШ №3»\nОпыт работы в программе".to_owned()];
    pages.extend(answered_questions(1));
    pages.push("Спасибо за внимание!".to_owned());
    let pages: Vec<&str> = pages.iter().map(String::as_str).collect();
    let speech = format!(
        "МОУ «Киришская СОШ №3»\nПроект выступления\nУважаемые коллеги!\n{}\nСпасибо за внимание!",
        answered_questions(5).join("\n")
    );
    vec![
        ("slides titled by the questions", slides(&pages), Some("Презентация.pptx")),
        ("a speech headed by the questions", lines(&speech), Some("Проект выступления.docx")),
    ]
}

fn blanks_and_bills() -> Vec<(&'static str, Document, Option<&'static str>)> {
    let mut blank_letter = letter_head();
    blank_letter.push(form_table(&[""; 14]));
    blank_letter.extend(schedule());
    let price = table(
        [["Наименование", "Количество", "Цена, руб."], ["Парта школьная", "10", "4500"], ["Стул", "20", "1500"]]
            .iter()
            .map(|one| row(one))
            .collect(),
    );
    vec![
        ("nothing", doc(vec![]), None),
        ("the bare letter", doc(letter_head()), None),
        ("the letter with its blank form", doc(blank_letter), None),
        ("the blank form", doc(vec![form_table(&[""; 14])]), None),
        (
            "the blank form with dashes and lines",
            doc(vec![form_table(&["____", "-", "–", "—", "…", "", " ", "\u{a0}", "-", "-", "-", "-", "-", "-"])]),
            None,
        ),
        ("a blank form in lines", lines(&labels().join("\n")), None),
        ("the schedule alone", doc(schedule()), None),
        (
            "a price list",
            doc(vec![p("ПРАЙС-ЛИСТ"), p("ООО «Школьная мебель», ИНН 4700000000, КПП 470001001"), price]),
            Some("Выступление.docx"),
        ),
        (
            "an invoice",
            lines(
                "СЧЕТ НА ОПЛАТУ № 15 от 10.11.2022\nПоставщик: ООО «Сеть», ИНН 4700000000\nБИК 044000000\nИтого к оплате: 15 000 руб.",
            ),
            None,
        ),
    ]
}

fn office_papers() -> Vec<(&'static str, Document, Option<&'static str>)> {
    let menu =
        table([["Завтрак", "Каша овсяная", "200 г"], ["Обед", "Борщ", "250 г"]].iter().map(|one| row(one)).collect());
    vec![
        (
            "a programme of a seminar",
            lines(
                "ПРОГРАММА\nокружного семинара «Сетевое наставничество школ»\n10.00 – 10.15 Регистрация участников\n10.15 – 10.30 Приветственное слово\n10.30 – 11.00 Выступление «Сетевое взаимодействие: инновационные находки», Иванова М.П.\n11.00 – 11.30 Деловая игра\n11.30 – 12.00 Подведение итогов",
            ),
            Some("Программа выступлений.docx"),
        ),
        (
            "an order",
            lines(&format!(
                "ПРИКАЗ\nот 07.11.2022 № 215\nО подготовке выступления на деловой игре «Сетевое наставничество»\nВ целях представления опыта сетевого взаимодействия\nПРИКАЗЫВАЮ:\n1. Назначить ответственным за выступление Иванову М.П.\n2. Контроль исполнения приказа оставляю за собой.\n{PROSE}"
            )),
            None,
        ),
        (
            "a contract",
            lines(&format!(
                "ДОГОВОР\nо сетевом взаимодействии\nг. Кириши\nМОУ «Киришская СОШ №3» и МОУ «СОШ №8» заключили договор о нижеследующем.\n{PROSE}"
            )),
            None,
        ),
        ("an agreement", lines(&format!("Соглашение о сетевом взаимодействии и сотрудничестве\n{PROSE}")), None),
        (
            "a timetable",
            doc(vec![
                p("Расписание уроков на 2022-2023 учебный год"),
                table(vec![row(&["Понедельник", "Математика"]), row(&["Вторник", "Русский язык"])]),
            ]),
            None,
        ),
        ("a menu", doc(vec![p("МЕНЮ на 14.11.2022"), menu]), None),
        (
            "a CV",
            lines(
                "РЕЗЮМЕ\nИванова Мария Петровна\nДата рождения: 01.01.1980\nОпыт работы: учитель математики МОУ «Киришская СОШ №3»",
            ),
            None,
        ),
        (
            "a certificate",
            lines(
                "СПРАВКА\nДана Ивановой Марии Петровне в том, что она работает в МОУ «Киришская СОШ №3».\nСправка дана для предъявления по месту требования.",
            ),
            None,
        ),
    ]
}

fn school_papers() -> Vec<(&'static str, Document, Option<&'static str>)> {
    vec![
        (
            "methodical recommendations",
            lines(&format!("Методические рекомендации по организации сетевого взаимодействия\n{PROSE}\n{PROSE}")),
            None,
        ),
        (
            "minutes",
            lines(&format!(
                "ПРОТОКОЛ № 3\nзаседания педагогического совета\nПовестка дня: выступление директора о сетевом взаимодействии.\n{PROSE}"
            )),
            None,
        ),
        (
            "a plan",
            doc(vec![
                p("ПЛАН РАБОТЫ"),
                p("по сетевому взаимодействию на 2022-2023 учебный год"),
                table(vec![row(&["Мероприятие", "Срок"]), row(&["Круглый стол", "ноябрь"])]),
            ]),
            None,
        ),
        ("a report", lines(&format!("Отчет о реализации программы сетевого взаимодействия\n{PROSE}")), None),
    ]
}

fn other_subjects() -> Vec<(&'static str, Document, Option<&'static str>)> {
    vec![
        (
            "a speech about another subject",
            lines(
                "Доклад по теме «Здоровое питание школьников»\nУважаемые родители и коллеги!\nПравильное питание является основой здоровья ребёнка, поэтому в столовой ежедневно готовят горячие завтраки и обеды по утверждённому меню.\nВитамины содержатся в овощах и фруктах, их надо есть каждый день, особенно осенью и зимой, когда солнца на всех не хватает.\nСпасибо за внимание!",
            ),
            None,
        ),
        (
            "slides about another subject",
            slides(&[
                &"Правила дорожного движения. Переходи улицу по пешеходному переходу. ".repeat(3),
                &"Светофор имеет три цвета: красный, жёлтый, зелёный. ".repeat(4),
                &"Велосипедист обязан носить шлем и знать знаки дорожного движения. ".repeat(3),
                &"Будьте внимательны на дороге зимой! ".repeat(4),
            ]),
            Some("ПДД.pptx"),
        ),
        (
            "a reference",
            lines("ХАРАКТЕРИСТИКА\nна ученика 9 класса Петрова Ивана\nВ нашей школе обучается с первого класса."),
            None,
        ),
        (
            "an application",
            lines(
                "Заявка на участие в конкурсе\nФИО участника: Иванова М.П.\nОбразовательная организация: МОУ «Киришская СОШ №3»\nНоминация: сетевой проект",
            ),
            None,
        ),
        (
            "a consent",
            lines(
                "Согласие на обработку персональных данных\nЯ, Иванова Мария Петровна, даю согласие МОУ «Киришская СОШ №3».",
            ),
            None,
        ),
        ("a speech about road safety", lines(SAFETY), Some("Проект выступления.docx")),
        (
            "slides of a meeting of parents",
            slides(&["Родительское собрание 5 класса", "Успеваемость", "Питание"]),
            Some("Собрание.pptx"),
        ),
        ("a slide about food", slides(&["Здоровое питание школьников"]), Some("Презентация.pptx")),
        ("a slide about an open day", slides(&["День открытых дверей", "Контакты"]), Some("День открытых дверей.pptx")),
        ("a heading without a speech", lines("Проект выступления\nМОУ «Киришская СОШ №3»"), Some("Выступление.docx")),
        (
            "a news article",
            lines(&format!("Новости района\n{PROSE}").replace("Наша", "Эта").replace(" мы ", " школы ")),
            None,
        ),
        (
            "another form",
            doc(vec![
                p("Анкета участника конкурса"),
                table(vec![
                    row(&["Название образовательной организации", "МОУ «Киришская СОШ №3»"]),
                    row(&["Ф.И.О. участника", "Иванова М.П."]),
                    row(&["Номинация", "Лучший урок"]),
                ]),
            ]),
            None,
        ),
        (
            "a list of schools",
            doc(vec![table(vec![
                row(&["№", "Название образовательной организации", "Количество обучающихся"]),
                row(&["1", "МОУ «Киришская СОШ №3»", "512"]),
                row(&["2", "МОУ «КСОШ №8»", "430"]),
            ])]),
            None,
        ),
        ("a lesson plan", lines(&format!("Конспект урока математики в 5 классе\nТема: дроби\n{PROSE}")), None),
    ]
}

fn covers() -> Vec<(&'static str, Document, Option<&'static str>)> {
    vec![
        (
            "a registered letter",
            lines(
                "МОУ «Киришская СОШ №3»\nИсх. № 215 от 10.11.2022\nна № 19-33822/2022 от 01.11.2022\nВ комитет общего и профессионального образования\nНаправляем информацию по представлению опыта участия в проекте.\nПриложение: на 2 л. в 1 экз.\nДиректор школы И.И. Иванова",
            ),
            None,
        ),
        (
            "a short letter",
            lines(
                "Уважаемая Людмила Геннадьевна!\nНаправляем Вам заполненную форму и проект выступления с презентацией.\nВо вложении два файла.\nДиректор И.И. Иванова",
            ),
            None,
        ),
        (
            "a letter that sends information",
            lines(
                "Сопроводительное письмо\nВ ответ на Ваше письмо направляем информацию об использовании материалов ФГБУ «ФИОКО».\nДиректор И.И. Иванова",
            ),
            None,
        ),
        (
            "a letter that sends a speech",
            lines(
                "В комитет общего и профессионального образования Ленинградской области\nМБОУ «Важинский образовательный центр» направляет проект выступления на деловой игре «Сетевое наставничество школ».\nПриложение: проект выступления на 3 л.\nДиректор Сидорова О.В.",
            ),
            Some("Выступление сопроводительное.docx"),
        ),
    ]
}

fn informations() -> Vec<(&'static str, Document, Option<&'static str>)> {
    let body = "В 2022-2023 учебном году педагоги школы используют методические рекомендации ФИОКО при планировании уроков математики и русского языка. Проведены заседания методических объединений, на которых изучены материалы по оценке функциональной грамотности. Материалы ФИОКО применяются при подготовке к всероссийским проверочным работам.";
    vec![
        (
            "information",
            lines(&format!("ИНФОРМАЦИЯ\nоб использовании материалов и методических рекомендаций ФГБУ «ФИОКО»\n{body}")),
            None,
        ),
        (
            "a certificate of use",
            lines(&format!("Справка об использовании материалов ФИОКО в МОУ «Киришская СОШ №3»\n{body}")),
            None,
        ),
        (
            "a report of use",
            lines(&format!(
                "МБОУ «Рощинский Центр образования»\nОтчёт об использовании материалов Федерального института оценки качества образования\n{body}"
            )),
            None,
        ),
    ]
}

#[test]
fn documents_are_told_apart() {
    let table = [
        (Kind::Draft, drafts()),
        (Kind::Draft, short_drafts()),
        (Kind::Draft, drafts_on_the_questions()),
        (Kind::Other, blanks_and_bills()),
        (Kind::Other, office_papers()),
        (Kind::Other, school_papers()),
        (Kind::Other, other_subjects()),
        (Kind::CoverLetter, covers()),
        (Kind::Information, informations()),
    ];
    let count: usize = table.iter().map(|(_, documents)| documents.len()).sum();
    assert!(count >= 50, "{count}");
    let mut wrong = Vec::new();
    for (kind, documents) in &table {
        for (name, document, file) in documents {
            let found = contents(campaign(), recogniser(), document, *file);
            if found.kind != *kind || !found.forms.is_empty() || found.why.is_empty() {
                wrong.push(format!("{name}: {:?}, not {kind:?}: {:?} {:#?}", found.kind, found.why, found.forms));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_speech_after_a_form_in_one_document_is_seen() {
    let mut blocks = vec![form_table(&ANSWERS), p("ПРОЕКТ ВЫСТУПЛЕНИЯ"), p("Уважаемые коллеги!")];
    blocks.extend(PROSE.lines().map(p));
    let found = read_doc(&doc(blocks));
    assert_eq!(found.kind, Kind::Form);
    assert!(found.also_draft);
    let mut blocks: Vec<Block> =
        labels().iter().zip(ANSWERS).map(|(label, answer)| p(&format!("{label}: {answer}"))).collect();
    blocks.push(p("Проект выступления"));
    blocks.extend(PROSE.lines().map(p));
    let found = read_doc(&doc(blocks));
    assert!(found.also_draft);
    assert_eq!(found.forms[0].answers[&"proposals".parse().unwrap()].text, ANSWERS[13]);
}

#[test]
fn a_form_on_slides_is_a_form() {
    let table = read_doc(&doc(vec![form_table(&ANSWERS)]));
    let blocks = vec![p("ИНФОРМАЦИЯ"), form_table(&ANSWERS)];
    let found = contents(campaign(), recogniser(), &doc(blocks), Some("Форма.pptx"));
    assert_eq!((found.kind, found.forms[0].answers.len()), (Kind::Form, table.forms[0].answers.len()));
    let written: Vec<String> =
        labels().iter().zip(ANSWERS).map(|(label, answer)| format!("{label}: {answer}")).collect();
    let found = contents(campaign(), recogniser(), &slides(&[&written.join("\n")]), Some("Форма.pptx"));
    assert_eq!(found.kind, Kind::Form, "{:?}", found.why);
}

#[test]
fn a_form_alone_or_in_its_letter_holds_no_speech() {
    assert!(!read_doc(&doc(vec![form_table(&ANSWERS)])).also_draft);
    let mut whole = letter_head();
    whole.push(form_table(&ANSWERS));
    whole.extend(schedule());
    assert!(!read_doc(&doc(whole)).also_draft);
}

#[test]
fn a_mails_text_is_never_a_draft_and_a_label_or_two_make_it_a_form() {
    let speech = lines(&format!("Уважаемые коллеги!\nПроект выступления\n{PROSE}"));
    assert_eq!(contents_of_body(campaign(), recogniser(), &speech).kind, Kind::Other);
    let correction = lines(
        "Добрый день!\nИсправляем: количество партнеров было указано неверно.\nКоличество сетевых партнеров: 3\nПоясните свою оценку: мало встреч",
    );
    let found = contents_of_body(campaign(), recogniser(), &correction);
    assert_eq!(found.forms[0].answers[&"partner_count".parse().unwrap()].text, "3");
    assert_eq!(found.forms[0].answers[&"rating_explanation".parse().unwrap()].text, "мало встреч");
    assert_eq!(found.forms[0].answers.len(), 2);
    for plain in [
        "Добрый день! Направляем документы.\nС уважением, Иванова",
        "Название школы: МОУ «СОШ №3»",
        "Наши предложения по семинару вышлем завтра.",
    ] {
        assert!(contents_of_body(campaign(), recogniser(), &lines(plain)).forms.is_empty(), "{plain}");
    }
}
