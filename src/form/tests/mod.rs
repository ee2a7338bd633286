//! Builders and tables that the tests of the forms share.

use std::sync::LazyLock;

use crate::{
    campaign::{Campaign, Field, read},
    document::{Block, Cell, Document, Paragraph, Row, Table},
};

use super::{Contents, FilledForm, Recogniser, contents};

mod answers;
mod judging;
mod kinds;
mod layouts;
mod nasty;
mod random;

/// The campaign of the letter.
pub(in crate::form) fn campaign() -> &'static Campaign {
    static CAMPAIGN: LazyLock<Campaign> = LazyLock::new(|| {
        read("500plus-2022.toml", include_str!("../../../config/campaigns/500plus-2022.toml")).unwrap()
    });
    &CAMPAIGN
}

/// It, ready to be looked for.
pub(in crate::form) fn recogniser() -> &'static Recogniser {
    static RECOGNISER: LazyLock<Recogniser> = LazyLock::new(|| Recogniser::new(campaign()));
    &RECOGNISER
}

/// A field of its form.
fn field(id: &str) -> &'static Field {
    campaign().form.fields.iter().find(|field| field.id.as_str() == id).unwrap()
}

fn labels() -> Vec<&'static str> {
    campaign().form.fields.iter().map(|field| field.label.as_str()).collect()
}

/// One school's answers, in the form's order.
const ANSWERS: [&str; 14] = [
    "МОУ «Киришская СОШ №3»",
    "Сетевой проект школ-партнёров, модель «наставник – наставляемый»",
    "3 (три)",
    "4 школы",
    "с сентября 2021 года",
    "Окружной семинар «Сетевое наставничество»\nВебинар для управленческих команд\nСтажировка по функциональной грамотности",
    "Выступали с докладом, проводили мастер-классы: показывали приёмы работы с текстом",
    "«Учимся вместе»: сетевой проект по повышению качества обучения",
    "Рост предметных результатов, банк методических разработок",
    "Создана сеть наставников; успеваемость выросла на 4 %",
    "На муниципальной конференции 12.05.2022",
    "4 (эффективно)",
    "Не все мероприятия удалось посетить",
    "Больше очных встреч со школами-партнёрами",
];

/// Another school's answers.
const OTHERS: [&str; 14] = [
    "МБОУ «Рощинский Центр образования»",
    "Наставничество",
    "2",
    "5",
    "2022",
    "Вебинары",
    "Слушатели",
    "«Мост»",
    "Методический сборник",
    "Сборник готовится",
    "нет",
    "5",
    "Всё понравилось",
    "нет",
];

fn p(text: &str) -> Block {
    Block::Paragraph(text.into())
}

fn marked(marker: &str, text: &str) -> Block {
    Block::Paragraph(Paragraph { text: text.to_owned(), marker: Some(marker.to_owned()) })
}

fn cell(text: &str) -> Cell {
    Cell { blocks: text.split('\n').map(p).collect(), span: 1, continues: false }
}

fn wide(text: &str, span: u32) -> Cell {
    Cell { span, ..cell(text) }
}

fn merged() -> Cell {
    Cell { blocks: vec![p("")], span: 1, continues: true }
}

fn row(texts: &[&str]) -> Row {
    Row { cells: texts.iter().map(|text| cell(text)).collect() }
}

fn table(rows: Vec<Row>) -> Block {
    Block::Table(Table { rows })
}

fn doc(blocks: Vec<Block>) -> Document {
    Document { blocks, ..Document::default() }
}

/// A document of lines, one a paragraph.
fn lines(text: &str) -> Document {
    doc(text.lines().map(p).collect())
}

/// The letter's own table, filled in.
fn form_table(answers: &[&str; 14]) -> Block {
    table(labels().iter().zip(answers).map(|(label, answer)| row(&[label, answer])).collect())
}

/// The schedule of all schools, as the letter ends.
fn schedule() -> Vec<Block> {
    let mut rows = vec![row(&["Дата", "Название образовательной организации, представляющей опыт своего участия *"])];
    for school in &campaign().schools {
        rows.push(row(&[&school.date.unwrap().strftime("%d.%m.%Y").to_string(), &school.name]));
    }
    vec![
        p(""),
        p("ГРАФИК 01.11.2022 19-33822/2022"),
        p(
            "представления опыта участия в проекте «Организация сетевого взаимодействия на муниципальном уровне школ с высокими и низкими результатами обучения»",
        ),
        table(rows),
        p(
            "*По желанию образовательной организации она может представить опыт работы (успешные управленческие и школьные практики) в том случае, если не является участником инновационной программы. В этом случае школа также представляет свои предложения по участию в программе.",
        ),
    ]
}

/// The letter's first page.
fn letter_head() -> Vec<Block> {
    vec![
        table(vec![row(&[
            "РОССИЙСКАЯ ФЕДЕРАЦИЯ\nАдминистрация Ленинградской области\nКОМИТЕТ\nОБЩЕГО И ПРОФЕССИОНАЛЬНОГО\nОБРАЗОВАНИЯ\nЛЕНИНГРАДСКОЙ ОБЛАСТИ\n01.11.2022 19-33822/2022\nна № _____ от _____",
            "Руководителям органов\nместного самоуправления",
        ])]),
        p("Об участии в мероприятиях\nрегиональной дорожной карты проекта\n«500+»"),
        p(
            "В целях реализации пункта 1.47 региональной дорожной карты проекта «500+» по оказанию адресной организационной и методической поддержки общеобразовательным организациям проводится цикл окружных совещаний.",
        ),
        p(
            "В целях реализации пункта 17 регионального плана школам представить информацию об использовании материалов и методических рекомендаций ФГБУ «ФИОКО» при планировании образовательного процесса.",
        ),
        p("Учитывая изложенное выше комитет рекомендует:"),
        p(
            "подготовить информацию по представлению опыта своей работы в региональной программе – срок до 15 ноября 2022 года.",
        ),
        p("Проекты выступления с презентацией направить на адрес электронной почты в срок до 14 ноября 2022 года."),
        p("Заместитель председателя комитета"),
        p("И.А.Голубев"),
        p("Исп. Л.Г.Михайлюк, тел. 8(812)539–44–54"),
        p("01.11.2022 19-33822/2022"),
        p("ИНФОРМАЦИЯ"),
        p(&campaign().form.title.replacen("Информация ", "", 1)),
    ]
}

fn read_doc(document: &Document) -> Contents {
    contents(campaign(), recogniser(), document, None)
}

/// The answers' texts of a form, by place in the form.
fn texts(form: &FilledForm) -> Vec<Option<&str>> {
    campaign().form.fields.iter().map(|field| form.answers.get(&field.id).map(|one| one.text.as_str())).collect()
}

/// The one form of a document.
fn only(document: &Document) -> FilledForm {
    let mut found = read_doc(document);
    assert_eq!(found.forms.len(), 1, "{found:#?}");
    found.forms.remove(0)
}

fn expected(answers: &[&'static str; 14]) -> Vec<Option<&'static str>> {
    answers.iter().copied().map(Some).collect()
}
