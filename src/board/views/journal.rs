//! What the program and people have done, in words.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::{Frame, Link};
use crate::store::EventRow;

#[derive(Debug, Serialize)]
pub(crate) struct JournalView {
    events: Vec<Event>,
    newer: String,
    older: String,
}

#[derive(Debug, Serialize)]
struct Event {
    id: i64,
    when: String,
    what: &'static str,
    tone: &'static str,
    who: String,
    links: Vec<Link>,
}

/// Who stands for what nobody has done.
const PROGRAM: &str = "программа";

/// What happened, by the word of its kind, and how that is to be shown.
fn words(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "received" => ("Письмо получено", ""),
        "decided" => ("Письмо разобрано", ""),
        "broken" => ("Письмо не удалось прочитать", "bad"),
        "ruled" => ("Решение сотрудника", ""),
        "undone" => ("Решение отменено", ""),
        "entered" => ("Внесено полученное другим путём", ""),
        "pulled_in" => ("Письмо взято в работу", ""),
        "amended" => ("Дополнены сведения о школе", ""),
        "withdrawn" => ("Дополнение отменено", ""),
        "ticked" => ("Отмечено выполнение", ""),
        "unticked" => ("Отметка снята", ""),
        "approved" => ("Отправка ответа разрешена", ""),
        "dropped" => ("Отправка ответа отменена", ""),
        "resent" => ("Ответ отправляется ещё раз", ""),
        "delivered" => ("Ответ отмечен как доставленный", ""),
        "sent" => ("Ответ отправлен", "good"),
        "failed" => ("Ответ не доставлен", "bad"),
        "ambiguous" => ("Доставка ответа под сомнением", "bad"),
        "returned" => ("Ответ вернулся", "bad"),
        "reminded" => ("Отправлены напоминания", ""),
        "summary" => ("Составлена сводка", ""),
        "cases" => ("Сотрудникам сообщено о письмах на решении", ""),
        "incident" => ("Неполадка", "bad"),
        "well" => ("Неполадка устранена", "good"),
        "told" => ("Сотрудникам сообщено о недоставленных ответах", ""),
        "backup" => ("Сделана резервная копия", ""),
        "restored" => ("Хранилище восстановлено из резервной копии", "wait"),
        "erased" => ("Удалены персональные данные", ""),
        "clock" => ("Часы сервера переведены", "wait"),
        "sign_in_link" => ("Запрошена ссылка для входа", ""),
        "sign_in_printed" => ("Ссылка для входа выдана на сервере", ""),
        "sign_in_refused" => ("Вход не разрешён", "wait"),
        "signed_in" | "sign_in" => ("Вход", ""),
        "signed_out" | "sign_out" => ("Выход", ""),
        _ => ("Другое событие", ""),
    }
}

/// A page of the journal; `first` tells whether it is the first one, `more` whether older events follow.
pub(crate) fn journal(
    frame: &Frame<'_>,
    events: &[EventRow],
    people: &BTreeMap<i64, String>,
    first: bool,
    more: bool,
) -> JournalView {
    let older = events.last().filter(|_| more).map(|last| format!("/journal?before={}", last.id)).unwrap_or_default();
    let newer = if first { String::new() } else { "/journal".to_owned() };
    JournalView { events: events.iter().map(|one| event(frame, one, people)).collect(), newer, older }
}

fn event(frame: &Frame<'_>, one: &EventRow, people: &BTreeMap<i64, String>) -> Event {
    let (what, tone) = words(&one.kind);
    let account = ["by", "account"].iter().find_map(|key| one.refs.get(*key)?.as_i64());
    let who = account.map_or_else(
        || PROGRAM.to_owned(),
        |account| people.get(&account).cloned().unwrap_or_else(|| format!("учётная запись № {account}")),
    );
    Event { id: one.id, when: frame.time(one.at), what, tone, who, links: links(frame, &one.refs) }
}

/// Whom and what it concerns, as links.
fn links(frame: &Frame<'_>, refs: &Value) -> Vec<Link> {
    const SHOWN: usize = 5;
    let numbers = |key: &str| match refs.get(key) {
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_i64).collect(),
        Some(one) => one.as_i64().into_iter().collect::<Vec<i64>>(),
        None => Vec::new(),
    };
    let mut links = Vec::new();
    links.extend(numbers("message").iter().map(|id| Link::new(format!("/message/{id}"), format!("письмо № {id}"))));
    for key in ["review", "reviews"] {
        links.extend(numbers(key).iter().map(|id| Link::new(format!("/review/{id}"), format!("решение № {id}"))));
    }
    // With a decision it is how many letters follow from it.
    if refs.get("action").is_none() && refs.get("ruling").is_none() {
        links.extend(numbers("outbox").iter().map(|id| Link::new(format!("/outbox/{id}"), format!("ответ № {id}"))));
    }
    let school = refs.get("school").and_then(Value::as_str).and_then(|id| id.parse().ok());
    links.extend(school.map(|id| Link::new(format!("/school/{id}"), frame.school(&id))));
    links.truncate(SHOWN);
    links
}
