//! Acts about a school: another day, and what it has given otherwise than by e-mail.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Form,
    extract::{Multipart, Path, Query, State},
    response::Response,
};
use jiff::{Timestamp, civil::Date};
use minijinja::{Value, context};
use serde::Deserialize;
use tower_sessions::Session;

use super::{
    super::{
        super::{
            page::{Flash, Page, tell},
            refusal::Refusal,
            state::Board,
            views::{self, Typed},
        },
        desk::Desk,
    },
    failed,
};
use crate::{
    campaign::SchoolId,
    discreet::discreet,
    office::{ActError, Entry, Way},
};

const NO_DATE: &str = "Укажите новую дату.";

#[derive(Debug, Deserialize)]
pub(super) struct Day {
    #[serde(default)]
    date: String,
    /// The day until now, as it stood on the page: another one means that somebody has changed it meanwhile.
    #[serde(default)]
    before: String,
}

/// Says what will follow, and asks.
pub(super) async fn ask_date(
    State(board): State<Arc<Board>>,
    Path(id): Path<SchoolId>,
    Query(day): Query<Day>,
    session: Session,
    page: Page,
) -> Result<Response, Refusal> {
    let desk = Desk::of(&board, &page.visitor).await?;
    desk.show(views::Page::Reviews)?;
    let back = format!("/school/{id}");
    let Ok(date) = day.date.parse::<Date>() else { return tell(&session, &Flash::wrong(NO_DATE), &back).await };
    let new = match board.office.new_date(&desk.rules.campaign.id, &id, date).await {
        Err(error @ (ActError::Day(_) | ActError::Same)) => {
            return tell(&session, &Flash::wrong(views::wrong(&error)), &back).await;
        }
        new => new.map_err(failed)?,
    };
    let school = desk.rules.campaign.school(&id).ok_or_else(Refusal::not_found)?;
    let view = views::new_date(school, date, &new);
    page.at("board").render("date.html.j2", context! { date => Value::from_serialize(&view) })
}

/// Does it.
pub(super) async fn change_date(
    State(board): State<Arc<Board>>,
    Path(id): Path<SchoolId>,
    session: Session,
    page: Page,
    Form(day): Form<Day>,
) -> Result<Response, Refusal> {
    if !page.visitor.may_act() {
        return Err(Refusal::forbidden());
    }
    let back = format!("/school/{id}");
    let Ok(date) = day.date.parse::<Date>() else { return tell(&session, &Flash::wrong(NO_DATE), &back).await };
    let rules = Desk::of(&board, &page.visitor).await?.rules;
    let now = rules.campaign.school(&id).ok_or_else(Refusal::not_found)?.date;
    if crate::reply::russian::some_date(now) != day.before {
        let said =
            "Ничего не изменено: дату уже изменил кто-то другой. Проверьте её и при необходимости измените снова.";
        return tell(&session, &Flash::wrong(said), &back).await;
    }
    let flash = match board.office.change_date(&rules.campaign.id, &id, date, page.visitor.account).await {
        Ok(0) => Flash::done("Дата изменена. Адрес школы неизвестен: сообщите ей сами."),
        Ok(_) => Flash::done("Дата изменена, школе отправляется письмо с исправленной записью для календаря."),
        Err(error @ (ActError::Day(_) | ActError::Same)) => Flash::wrong(views::wrong(&error)),
        Err(error) => return Err(failed(error)),
    };
    tell(&session, &flash, &back).await
}

pub(super) async fn ask_entry(
    State(board): State<Arc<Board>>,
    Path(id): Path<SchoolId>,
    page: Page,
) -> Result<Response, Refusal> {
    let desk = Desk::of(&board, &page.visitor).await?;
    desk.show(views::Page::Reviews)?;
    show_entry(&desk, &id, page, Typed::default(), "")
}

fn show_entry(desk: &Desk<'_>, id: &SchoolId, page: Page, typed: Typed, wrong: &str) -> Result<Response, Refusal> {
    let school = desk.rules.campaign.school(id).ok_or_else(Refusal::not_found)?;
    let view = views::entry(&desk.frame(), school, typed, wrong);
    page.at("board").render("entry.html.j2", context! { entry => Value::from_serialize(&view) })
}

/// Takes it in.
pub(super) async fn enter(
    State(board): State<Arc<Board>>,
    Path(id): Path<SchoolId>,
    session: Session,
    page: Page,
    form: Multipart,
) -> Result<Response, Refusal> {
    if !page.visitor.may_act() {
        return Err(Refusal::forbidden());
    }
    let (typed, file) = typed(form).await?;
    let desk = Desk::of(&board, &page.visitor).await?;
    let Some(received) = received(&desk, &typed.date) else {
        let said = "Укажите, когда это получено: день не позже сегодняшнего и не раньше начала кампании.";
        return show_entry(&desk, &id, page, typed, said);
    };
    let answers = typed.answers.iter().filter_map(|(field, text)| Some((field.parse().ok()?, text.clone())));
    let entry = Entry {
        campaign: desk.rules.campaign.id.clone(),
        school: id.clone(),
        way: serde_json::from_value(typed.way.clone().into()).unwrap_or(Way::Other),
        received,
        note: typed.note.clone(),
        answers: answers.collect::<BTreeMap<_, _>>(),
        draft: typed.draft,
        file,
    };
    match board.office.enter(&entry, page.visitor.account).await {
        Ok(_) => {
            tell(&session, &Flash::done("Внесено и учтено. Школе ничего не отправляется."), &format!("/school/{id}"))
                .await
        }
        Err(ActError::Same) => {
            tell(&session, &Flash::done("Это уже внесено: второй раз не учитывается."), &format!("/school/{id}")).await
        }
        Err(error @ ActError::School(_)) => Err(failed(error)),
        Err(error) => {
            let said = views::wrong(&error);
            if !matches!(error, ActError::Empty) {
                tracing::error!("what came otherwise was not taken in: {}", discreet(&error.into()));
            }
            // What was typed is kept, whatever has failed.
            show_entry(&desk, &id, page, typed, said)
        }
    }
}

/// What a form with a file says.
async fn typed(mut form: Multipart) -> Result<(Typed, Option<(String, Vec<u8>)>), Refusal> {
    let (mut typed, mut file) = (Typed::default(), None);
    while let Some(field) = form.next_field().await.map_err(|_| Refusal::bad_form())? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            let called = views::file_name(field.file_name());
            let bytes = field.bytes().await.map_err(|_| Refusal::too_large())?;
            file = (!bytes.is_empty()).then(|| (called, bytes.to_vec()));
            continue;
        }
        let text = field.text().await.map_err(|_| Refusal::bad_form())?;
        match name.as_str() {
            "way" => typed.way = text,
            "date" => typed.date = text,
            "note" => typed.note = text,
            "draft" => typed.draft = true,
            _ => typed.answers.extend(name.strip_prefix("answer-").map(|field| (field.to_owned(), text))),
        }
    }
    Ok((typed, file))
}

/// When it was given: in the middle of its day, or now where that is today.
fn received(desk: &Desk<'_>, date: &str) -> Option<Timestamp> {
    let campaign = &desk.rules.campaign;
    let today = campaign.day_of(desk.now);
    let day: Date = date.parse().ok()?;
    if day == today {
        return Some(desk.now);
    }
    let noon = campaign.time_zone.to_timestamp(day.at(12, 0, 0, 0)).ok()?;
    (campaign.start..today).contains(&day).then_some(noon)
}
