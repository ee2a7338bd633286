//! What people do, before they do it: what would follow, in words.

use jiff::{Timestamp, civil::Date};
use serde::Serialize;

use super::{Frame, letters::content};
use crate::{
    campaign::{Amendment, FieldId, FieldKind, School, SchoolId},
    decision::{Action, Submission},
    office::{About, Act, ActError, Case, NewDate, Offers, Prospect},
    reply::{
        self,
        russian::{long_date, one_line, some_date},
    },
    store::{AmendmentRow, MessageLook, MessageState, Outgoing, RulingLook},
};

/// A school that can be chosen.
#[derive(Debug, Serialize)]
pub(crate) struct Choice {
    id: String,
    name: String,
}

/// Every school, by its name.
pub(crate) fn choices(frame: &Frame<'_>) -> Vec<Choice> {
    let mut all: Vec<Choice> = frame
        .campaign
        .schools
        .iter()
        .map(|school| Choice { id: school.id.to_string(), name: school.name.clone() })
        .collect();
    all.sort_by(|one, other| one.name.cmp(&other.name));
    all
}

/// What can be done about a case.
#[derive(Debug, Serialize)]
pub(crate) struct CaseActs {
    number: i64,
    open: bool,
    /// Whether anything can be taken from the message.
    readable: bool,
    /// The schools that it may be; each with a button of its own.
    likely: Vec<Choice>,
    schools: Vec<Choice>,
    /// The name of a school that is not in the schedule.
    outside: String,
    /// Whether a school that joins has a day.
    dated: bool,
    /// Whether the sender can be asked.
    may_ask: bool,
    /// When he was.
    asked: String,
    ruling: Option<Undo>,
}

/// A decision that can be taken back.
#[derive(Debug, Serialize)]
pub(crate) struct Undo {
    id: i64,
    /// Until when; empty where nothing will leave.
    until: String,
}

pub(crate) fn case_acts(frame: &Frame<'_>, case: &Case, rulings: &[RulingLook]) -> CaseActs {
    let review = case.review.as_ref();
    let mut likely: Vec<&SchoolId> = review.map(|review| review.candidates.iter().collect()).unwrap_or_default();
    likely.extend(case.was.iter().filter(|was| review.is_none_or(|review| !review.candidates.contains(was))));
    let likely = likely.into_iter().filter_map(|id| frame.campaign.school(id)).map(choice);
    let asked = review.and_then(|review| review.asked);
    let from_person =
        case.reading.as_ref().is_some_and(|one| one.message.from.is_some() && one.message.automatic.is_none());
    CaseActs {
        number: review.map_or(0, |review| review.number),
        open: case.is_open(),
        readable: case.reading.is_some() && !case.several,
        likely: likely.collect(),
        schools: choices(frame),
        dated: frame.campaign.has_days(),
        outside: case.submission.as_ref().and_then(|one| one.outside.as_deref()).map(one_line).unwrap_or_default(),
        may_ask: asked.is_none() && from_person,
        asked: asked.map(|at| frame.time(at)).unwrap_or_default(),
        ruling: undo(frame, rulings),
    }
}

fn choice(school: &School) -> Choice {
    Choice { id: school.id.to_string(), name: school.name.clone() }
}

/// The last decision about a message, where it can be taken back.
pub(crate) fn undo(frame: &Frame<'_>, rulings: &[RulingLook]) -> Option<Undo> {
    let last = rulings.iter().find(|one| !one.undone).filter(|one| one.undoable)?;
    Some(Undo { id: last.id, until: last.leaves.map(|at| frame.time(at)).unwrap_or_default() })
}

/// What can be done about a mail that counts already: each part of it can be another school's.
#[derive(Debug, Serialize)]
pub(crate) struct MessageActs {
    parts: Vec<PartAct>,
    schools: Vec<Choice>,
    ruling: Option<Undo>,
    may_pull_in: bool,
    row: i64,
}

#[derive(Debug, Serialize)]
struct PartAct {
    row: i64,
    school: String,
}

pub(crate) fn message_acts(frame: &Frame<'_>, look: &MessageLook, rulings: &[RulingLook]) -> MessageActs {
    let counted = look.parts.iter().filter(|part| part.version.is_some());
    let parts = counted.filter_map(|part| Some(PartAct { row: part.id, school: frame.school(part.school.as_ref()?) }));
    MessageActs {
        parts: parts.collect(),
        schools: choices(frame),
        ruling: undo(frame, rulings),
        may_pull_in: matches!(look.line.state, MessageState::Decided(Action::Leave | Action::Ignore)),
        row: look.line.id,
    }
}

/// A decision, before it is made.
#[derive(Debug, Serialize)]
pub(crate) struct SettleView {
    question: String,
    /// Where it is sent, and where one goes back to.
    action: String,
    back: String,
    /// The fields that say it once more.
    fields: Vec<(&'static str, String)>,
    /// What is wrong with it; empty where nothing is.
    wrong: String,
    /// What follows, a sentence each.
    follows: Vec<String>,
    letters: Vec<LetterShown>,
    /// Why no letter goes.
    silent: &'static str,
    offers: Vec<Offer>,
    /// The fields of a school that joins.
    joins: Option<Joining>,
    seen: String,
}

/// A letter that would leave.
#[derive(Debug, Serialize)]
pub(crate) struct LetterShown {
    to: String,
    subject: String,
    text: String,
    files: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Offer {
    name: &'static str,
    words: String,
}

#[derive(Debug, Serialize)]
struct Joining {
    name: String,
    district: String,
    /// Whether schools have days at all.
    dated: bool,
    date: String,
}

/// Where something is decided about, for links.
pub(crate) fn place(about: About, message: i64) -> (String, String) {
    match about {
        About::Review(number) => (format!("/review/{number}/settle"), format!("/review/{number}")),
        About::Submission(row) => (format!("/submission/{row}/settle"), format!("/message/{message}")),
    }
}

pub(crate) fn settle(
    frame: &Frame<'_>,
    about: About,
    case: &Case,
    act: &Act,
    prospect: Result<&Prospect, &ActError>,
    offers: Offers,
) -> SettleView {
    let (action, back) = place(about, case.stored.id);
    let (follows, letters, silent) = match prospect {
        Ok(prospect) => {
            let shown: Vec<LetterShown> = prospect.letters.iter().map(letter).collect();
            let silent = if shown.is_empty() { silent(case, act) } else { "" };
            (follows(frame, case, act, prospect), shown, silent)
        }
        Err(_) => (Vec::new(), Vec::new(), ""),
    };
    let mut all = Vec::new();
    if prospect.is_ok() {
        all.extend(offers.address.map(|address| Offer {
            name: "learn_address",
            words: format!("Запомнить: письма с адреса {address} – от этой школы"),
        }));
        all.extend(offers.spelling.map(|name| Offer {
            name: "learn_spelling",
            words: format!("Запомнить: «{}» – это эта школа", super::clip(&one_line(&name), 160)),
        }));
    }
    SettleView {
        question: question(frame, case, act),
        action,
        back,
        fields: fields(act),
        wrong: prospect.err().map(|error| wrong(error).to_owned()).unwrap_or_default(),
        follows,
        letters,
        silent,
        offers: all,
        joins: match act {
            Act::Joins { name, district, date } => {
                let (name, district) = (name.clone(), district.clone());
                let date = date.map(|date| date.to_string()).unwrap_or_default();
                Some(Joining { name, district, dated: frame.campaign.has_days(), date })
            }
            _ => None,
        },
        seen: prospect.map(|prospect| prospect.seal().to_string()).unwrap_or_default(),
    }
}

fn question(frame: &Frame<'_>, case: &Case, act: &Act) -> String {
    match act {
        Act::School { school, .. } if case.review.is_some() => format!("Это {}?", frame.school(school)),
        Act::School { school, .. } => format!("Отнести к школе {}?", frame.school(school)),
        Act::Joins { .. } => "Принять школу вне графика?".to_owned(),
        Act::Nothing if case.was.is_some() && case.review.is_none() => {
            "Документы ошибочно учтены за этой школой?".to_owned()
        }
        Act::Nothing => "Закрыть без принятия документов?".to_owned(),
        Act::Ask => "Спросить отправителя, от какой он школы?".to_owned(),
    }
}

fn fields(act: &Act) -> Vec<(&'static str, String)> {
    match act {
        Act::School { school, .. } => vec![("act", "school".to_owned()), ("school", school.to_string())],
        Act::Joins { .. } => vec![("act", "joins".to_owned())],
        Act::Nothing => vec![("act", "nothing".to_owned())],
        Act::Ask => vec![("act", "ask".to_owned())],
    }
}

/// What is recorded, in sentences.
fn follows(frame: &Frame<'_>, case: &Case, act: &Act, prospect: &Prospect) -> Vec<String> {
    let mut follows = Vec::new();
    if let Some(was) = case.was.as_ref().filter(|_| !matches!(act, Act::Ask)) {
        let same = matches!(act, Act::School { school, .. } if school == was);
        if !same {
            follows.push(format!("Документы больше не считаются представленными школой {}.", frame.school(was)));
        }
    }
    if let Some(Amendment::School { name, date, .. }) =
        prospect.amendments.iter().find(|one| matches!(one, Amendment::School { .. }))
    {
        let day = date.map(|date| format!(", представление опыта – {}", long_date(date))).unwrap_or_default();
        follows.push(format!("Школа {name} добавляется в кампанию вне графика{day}."));
    }
    let name =
        |id: &SchoolId| prospect.rules.campaign.school(id).map_or_else(|| id.to_string(), |school| school.name.clone());
    if let Some(one) = prospect.decision.submissions.first() {
        let school = one.school.as_ref().map(name).unwrap_or_default();
        follows.push(format!("Учитывается как представленное школой {school}: {}.", brought(one)));
        follows.push(stand(frame, one));
    }
    match act {
        Act::Nothing => follows.push("Из письма ничего не учитывается, само письмо сохраняется.".to_owned()),
        Act::Ask => {
            follows.push("Дело остаётся открытым, пока отправитель не ответит и Вы не укажете школу.".to_owned())
        }
        Act::School { .. } | Act::Joins { .. } => {}
    }
    follows
}

/// «форма, проект выступления».
fn brought(one: &Submission) -> String {
    let parts = [(one.form, "форма"), (one.draft, "проект выступления"), (!one.information.is_empty(), "информация")];
    let there: Vec<&str> = parts.into_iter().filter_map(|(there, words)| there.then_some(words)).collect();
    if there.is_empty() { "документов кампании нет".to_owned() } else { there.join(", ") }
}

/// Where the school stands with it.
fn stand(frame: &Frame<'_>, one: &Submission) -> String {
    if one.action == Action::Confirm {
        return "С этим письмом от школы получено всё, что требуется.".to_owned();
    }
    let numbers = |ids: &[FieldId]| {
        let numbers = ids.iter().filter_map(|id| frame.campaign.form.number(id));
        numbers.map(|number| number.to_string()).collect::<Vec<_>>().join(", ")
    };
    let mut lacks = Vec::new();
    for id in &one.owed {
        lacks.extend(frame.campaign.requirements.iter().find(|one| &one.id == id).map(|one| one.title.clone()));
    }
    if !one.missing.is_empty() {
        lacks.push(format!("пункты формы {}", numbers(&one.missing)));
    }
    if !one.invalid.is_empty() {
        lacks.push(format!("уточнение пунктов {}", numbers(&one.invalid)));
    }
    match lacks.is_empty() {
        true => "Не все документы удалось прочитать: школу попросят прислать их ещё раз.".to_owned(),
        false => format!("После этого останется получить: {}.", lacks.join("; ")),
    }
}

/// Why nobody is written to.
fn silent(case: &Case, act: &Act) -> &'static str {
    let message = case.reading.as_ref().map(|reading| &reading.message);
    match act {
        Act::Nothing => "Письмо никому не отправляется.",
        _ if message.is_none_or(|one| one.from.is_none()) => "Ответа не будет: адрес отправителя неизвестен.",
        _ if message.is_some_and(|one| one.automatic.is_some()) => {
            "Ответа не будет: письмо отправила программа, а программам не отвечают."
        }
        _ if message.is_some_and(|one| one.authentication == crate::message::Authentication::Fail) => {
            "Ответа не будет: адрес отправителя подделан. Если документы настоящие, сообщите школе по телефону."
        }
        _ => "Ответа не будет: отправка ответов выключена в настройках или письмо старше кампании.",
    }
}

/// A letter as its receiver will read it.
pub(crate) fn letter(outgoing: &Outgoing) -> LetterShown {
    let content = content(&outgoing.mime);
    let files = content.files.iter().map(|file| file.name.clone()).collect();
    LetterShown { to: outgoing.to.to_string(), subject: content.subject, text: content.text, files }
}

/// Why an act cannot be done, and what to do instead.
pub(crate) fn wrong(error: &ActError) -> &'static str {
    match error {
        ActError::Campaign(_) => "Этой кампании в настройках программы больше нет: решить по ней ничего нельзя.",
        ActError::School(_) => "Такой школы в кампании нет. Выберите школу из списка.",
        ActError::Name => {
            "Укажите полное название школы. Школа, которая уже есть в графике, выбирается из списка школ."
        }
        ActError::NoDay => "Укажите дату представления опыта.",
        ActError::Day(_) => "Укажите день не раньше начала кампании и не позже года после её окончания.",
        ActError::Unreadable => "Письмо не удалось прочитать: из него нельзя ничего учесть, дело можно только закрыть.",
        ActError::Same => "Ничего не изменится: так уже записано.",
        ActError::NoCase => "Спросить отправителя можно только по открытому делу.",
        ActError::Several => "В письме документы нескольких школ: решите о каждой из них на странице письма.",
        ActError::Empty => "Укажите, что представлено: приложите файл, внесите ответы или отметьте проект выступления.",
        ActError::Reply(_) => "Ответ на этот адрес составить нельзя. Закройте дело и свяжитесь со школой иначе.",
        ActError::Store(_) | ActError::Jail(_) => "Программе не удалось это выполнить. Повторите через минуту.",
    }
}

/// What can be done about a school.
#[derive(Debug, Serialize)]
pub(crate) struct SchoolActs {
    id: String,
    /// The day of its presentation, for a field of a form.
    date: String,
    /// Whether schools have such days at all.
    dated: bool,
    learnt: Vec<Learnt>,
}

#[derive(Debug, Serialize)]
struct Learnt {
    id: i64,
    words: String,
    when: String,
}

pub(crate) fn school_acts(frame: &Frame<'_>, school: &School, amendments: &[AmendmentRow]) -> SchoolActs {
    let words = |amendment: &Amendment| match amendment {
        Amendment::Address { address, .. } => Some(format!("адрес {address}")),
        Amendment::Spelling { name, .. } => Some(format!("название «{}»", super::clip(&one_line(name), 160))),
        Amendment::Date { .. } | Amendment::School { .. } => None,
    };
    let mine = amendments.iter().filter(|row| row.amendment.school() == &school.id);
    let learnt = mine.filter_map(|row| {
        let words = words(&row.amendment)?;
        Some(Learnt { id: row.id, words, when: frame.time(row.at) })
    });
    SchoolActs {
        id: school.id.to_string(),
        date: school.date.map(|day| day.to_string()).unwrap_or_default(),
        dated: frame.campaign.has_days(),
        learnt: learnt.collect(),
    }
}

/// Another day, before it is noted.
#[derive(Debug, Serialize)]
pub(crate) struct DateView {
    id: String,
    name: String,
    /// Whether it had another day before.
    changes: bool,
    before: String,
    date: String,
    day: String,
    letters: Vec<LetterShown>,
}

pub(crate) fn new_date(school: &School, date: Date, new: &NewDate) -> DateView {
    DateView {
        id: school.id.to_string(),
        name: school.name.clone(),
        changes: new.before.is_some(),
        before: some_date(new.before),
        date: date.to_string(),
        day: long_date(date),
        letters: new.letters.iter().map(letter).collect(),
    }
}

/// What is asked where something came otherwise than by e-mail.
#[derive(Debug, Serialize)]
pub(crate) struct EntryView {
    id: String,
    name: String,
    today: String,
    wrong: String,
    fields: Vec<EntryField>,
    typed: Typed,
}

#[derive(Debug, Serialize)]
struct EntryField {
    id: String,
    number: usize,
    label: String,
    /// What is asked of an answer beside the label; empty where that says it all.
    rules: String,
    typed: String,
}

/// What was typed, so that nothing has to be typed again.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Typed {
    pub(crate) way: String,
    pub(crate) date: String,
    pub(crate) note: String,
    pub(crate) draft: bool,
    #[serde(skip)]
    pub(crate) answers: Vec<(String, String)>,
}

pub(crate) fn entry(frame: &Frame<'_>, school: &School, typed: Typed, wrong: &str) -> EntryView {
    let said = |id: &str| typed.answers.iter().find(|(field, _)| field == id).map(|(_, text)| text.clone());
    let fields = (1..).zip(&frame.campaign.form.fields).filter(|(_, field)| field.kind != FieldKind::SchoolName);
    let fields = fields.map(|(number, field)| EntryField {
        id: field.id.to_string(),
        number,
        label: field.label.clone(),
        rules: reply::rules(&frame.campaign.form, field),
        typed: said(field.id.as_str()).unwrap_or_default(),
    });
    EntryView {
        id: school.id.to_string(),
        name: school.name.clone(),
        today: frame.campaign.day_of(frame.now).to_string(),
        wrong: wrong.to_owned(),
        fields: fields.collect(),
        typed: typed.clone(),
    }
}

/// What is told once a decision is recorded.
pub(crate) fn done(frame: &Frame<'_>, act: &Act, letters: usize, until: Timestamp) -> String {
    let what = match act {
        Act::Ask => "Вопрос отправителю записан.",
        _ => "Решение записано.",
    };
    match letters {
        0 => what.to_owned(),
        _ => format!("{what} Письмо уйдёт {}; до этого времени решение можно отменить.", frame.time(until)),
    }
}
