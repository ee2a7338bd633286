//! What a person must decide: the list, and a case with its candidates and their evidence.

use serde::Serialize;

use super::{Frame, Mail, Stand, evidence, mail::mail, versions::Change};
use crate::{
    decision::{ReviewReason, Ruling},
    office::reason,
    reply::russian,
    report::{Status, Summary},
    store::{CaseLook, MessageLook, PartLook},
};

/// A case that waits longer than so many days is late.
const LATE: i32 = 2;
const SUBJECT: usize = 120;

/// A case in a line.
#[derive(Debug, Serialize)]
pub(crate) struct Brief {
    number: i64,
    reason: String,
    received: String,
    outcome: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct ReviewsView {
    open: Vec<Open>,
    decided: Vec<Decided>,
}

#[derive(Debug, Serialize)]
struct Open {
    number: i64,
    reason: String,
    from: String,
    subject: String,
    received: String,
    age: String,
    old: bool,
    asked: String,
    candidates: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Decided {
    number: i64,
    outcome: String,
    from: String,
    subject: String,
    decided: String,
    by: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct CaseView {
    case: Case,
    mail: Mail,
}

#[derive(Debug, Serialize)]
struct Case {
    number: i64,
    reason: String,
    advice: &'static str,
    /// When the sender was asked, or nothing.
    asked: String,
    outcome: String,
    decided: String,
    by: String,
    candidates: Vec<Candidate>,
    /// How its answers differ from those that were accepted.
    changes: Vec<Change>,
    evidence: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Candidate {
    id: String,
    name: String,
    district: String,
    status: Stand,
    lacks: String,
    evidence: Vec<String>,
}

/// Why a person must decide, as the beginning of a sentence.
fn why(one: &CaseLook) -> String {
    let why = match &one.outside {
        Some(name) => format!("школа вне графика: {}", super::clip(&russian::one_line(name), SUBJECT)),
        None => reason(one.reason).to_owned(),
    };
    russian::sentence(&why)
}

/// What to do about it.
fn advice(reason: ReviewReason) -> &'static str {
    match reason {
        ReviewReason::UnknownSchool => "Прочитайте письмо и укажите школу. Если её не понять, спросите отправителя.",
        ReviewReason::AmbiguousSchool => {
            "Сравните возможные школы и укажите нужную. Если сомнение остаётся, спросите отправителя."
        }
        ReviewReason::AmbiguousCampaign => {
            "Документы подходят к нескольким письмам комитета. Если они относятся к этому, укажите школу; если к другому, \
             перенесите их туда."
        }
        ReviewReason::Closed => {
            "Приём материалов завершён, отправителю об этом сообщено. Если материалы ещё нужны, укажите школу: она получит ответ."
        }
        ReviewReason::OutsideSchedule => {
            "Школы нет в графике. Её можно принять вне графика или ответить, что письмо не относится к делу."
        }
        ReviewReason::Contradiction => {
            "Ответы отличаются от принятых ранее, а отправитель новый. Если письмо действительно от школы, примите его: \
             прежняя версия сохранится."
        }
        ReviewReason::Unreadable => {
            "Скачайте вложения и посмотрите, чьи они. Школу можно указать или спросить отправителя."
        }
        ReviewReason::Repeated => {
            "Школа прислала то же самое ещё раз. Возможно, она не поняла наш ответ: позвоните или закройте дело без ответа."
        }
        ReviewReason::MachineWithForm => {
            "Письмо похоже на автоматическое, но в нём есть заполненная форма. Если форму прислала школа, укажите её."
        }
        ReviewReason::Question => {
            "Документов в письме нет: вероятно, это вопрос. Ответьте из почтовой программы и закройте дело."
        }
        ReviewReason::Unanswerable => {
            "Документы приняты к сведению, но ответить по адресу отправителя нельзя: свяжитесь со школой иначе."
        }
        ReviewReason::Unverified => {
            "Адрес отправителя мог быть подделан. Прежде чем принимать документы, свяжитесь со школой по известному телефону."
        }
        ReviewReason::TooLarge => "Откройте письмо в почтовой программе: программа сохранила только его начало.",
        ReviewReason::PulledIn => "Письмо взято в работу вручную: укажите, чьи это документы, или закройте дело.",
        ReviewReason::Broken => "Откройте письмо в почтовой программе и закройте дело.",
    }
}

/// What was decided, in words; nothing while it waits.
pub(super) fn outcome(frame: &Frame<'_>, one: &CaseLook) -> String {
    match &one.ruling {
        _ if one.decided.is_none() => String::new(),
        Some(Ruling::School(school)) => format!("принято: {}", frame.school(school)),
        Some(Ruling::Nothing) => "закрыто: принимать нечего".to_owned(),
        Some(Ruling::Ask) | None => "решено".to_owned(),
    }
}

/// A case in a line.
pub(super) fn brief(frame: &Frame<'_>, one: &CaseLook) -> Brief {
    let outcome = match one.decided {
        Some(at) => format!("{}, {}", outcome(frame, one), frame.time(at)),
        None => "ожидает решения".to_owned(),
    };
    Brief { number: one.number, reason: why(one), received: frame.time(one.received), outcome }
}

/// The list of what waits, and below it what was decided of late.
pub(crate) fn reviews(frame: &Frame<'_>, open: &[CaseLook], decided: &[CaseLook]) -> ReviewsView {
    let open = open.iter().map(|one| Open {
        number: one.number,
        reason: why(one),
        from: one.sender.clone().unwrap_or_else(|| "отправитель не указан".to_owned()),
        subject: subject(one),
        received: frame.time(one.received),
        age: frame.age(one.received),
        old: frame.days(frame.campaign.day_of(one.received)) >= LATE,
        asked: one.asked.map(|at| frame.time(at)).unwrap_or_default(),
        candidates: one.candidates.iter().map(|id| frame.school(id)).collect(),
    });
    let decided = decided.iter().map(|one| Decided {
        number: one.number,
        outcome: russian::sentence(&outcome(frame, one)),
        from: one.sender.clone().unwrap_or_default(),
        subject: subject(one),
        decided: one.decided.map(|at| frame.time(at)).unwrap_or_default(),
        by: one.by.clone().unwrap_or_default(),
    });
    ReviewsView { open: open.collect(), decided: decided.collect() }
}

fn subject(one: &CaseLook) -> String {
    super::clip(&russian::one_line(&one.subject), SUBJECT)
}

/// A case with its mail.
pub(crate) fn case(frame: &Frame<'_>, summary: &Summary<'_>, one: &CaseLook, look: &MessageLook) -> CaseView {
    let part = look.parts.iter().find(|part| Some(part.id) == one.part);
    let english = part.map_or(&look.line.why, |part| &part.evidence);
    let mut told = evidence::told(frame, english);
    let mut candidates = Vec::new();
    for id in &one.candidates {
        let Some(school) = frame.campaign.school(id) else { continue };
        let row = summary.schools.iter().find(|row| &row.school.id == id);
        let (mine, rest) = told.into_iter().partition(|reason: &evidence::Told| reason.about.as_ref() == Some(id));
        told = rest;
        candidates.push(Candidate {
            id: id.to_string(),
            name: school.name.clone(),
            district: school.district.clone(),
            status: row.map_or_else(|| Stand::of(Status::Nothing, false), |row| Stand::of(row.status, row.late)),
            lacks: row.map(|row| summary.lacks(row)).unwrap_or_default(),
            evidence: mine.into_iter().map(|reason| russian::sentence(&reason.text)).collect(),
        });
    }
    let evidence = told.into_iter().map(|reason| match &reason.about {
        Some(school) => format!("{} ({})", russian::sentence(&reason.text), frame.school(school)),
        None => russian::sentence(&reason.text),
    });
    let case = Case {
        number: one.number,
        reason: why(one),
        advice: advice(one.reason),
        asked: one.asked.map(|at| frame.time(at)).unwrap_or_default(),
        outcome: outcome(frame, one),
        decided: one.decided.map(|at| frame.time(at)).unwrap_or_default(),
        by: one.by.clone().unwrap_or_default(),
        candidates,
        changes: part.map(|part| changes(frame, summary, part)).unwrap_or_default(),
        evidence: evidence.collect(),
    };
    CaseView { case, mail: mail(frame, look) }
}

/// Where a part that was not accepted gives other answers than its school has given.
fn changes(frame: &Frame<'_>, summary: &Summary<'_>, part: &PartLook) -> Vec<Change> {
    let row = summary.schools.iter().find(|row| Some(&row.school.id) == part.school.as_ref());
    let Some(row) = row.filter(|_| part.version.is_none()) else { return Vec::new() };
    let mut changes: Vec<Change> = part
        .answers
        .iter()
        .filter_map(|(field, answer)| Change::between(frame, field, &row.answers.get(field)?.text, &answer.text))
        .collect();
    changes.sort_by_key(|change| change.number);
    changes
}
