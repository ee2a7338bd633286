//! Mails as they came, and what a person must decide about them.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::Response,
};
use minijinja::{Value, context};

use super::{
    super::{page::Page, refusal::Refusal, state::Board, views},
    desk::Desk,
};
use crate::{
    office::About,
    store::{MessageRow, MessageState},
};

/// So many decisions are shown.
const DECIDED: i64 = 30;

pub(super) async fn reviews(State(board): State<Arc<Board>>, page: Page) -> Result<Response, Refusal> {
    let desk = Desk::of(&board, &page.visitor).await?;
    desk.show(views::Page::Reviews)?;
    let (open, decided) = (
        desk.store().cases_open(Some(&desk.rules.campaign.id)).await?,
        desk.store().cases_decided(&desk.rules.campaign.id, DECIDED).await?,
    );
    let view = views::reviews(&desk.frame(), &open, &decided);
    page.at("reviews").render("reviews.html.j2", Value::from_serialize(&view))
}

pub(super) async fn case(
    State(board): State<Arc<Board>>,
    Path(number): Path<i64>,
    page: Page,
) -> Result<Response, Refusal> {
    let desk = Desk::of(&board, &page.visitor).await?;
    desk.show(views::Page::Reviews)?;
    let case = desk.store().case(number).await?.ok_or_else(Refusal::not_found)?;
    if let Some(there) = desk.elsewhere(Some(&case.campaign), &format!("/review/{number}"))? {
        return Ok(there);
    }
    let look = desk.store().message(case.message).await?.ok_or_else(Refusal::not_found)?;
    let standing = desk.standing().await?;
    let about = board.office.case(About::Review(number)).await.map_err(|error| Refusal::failed(&error.into()))?;
    let about = about.ok_or_else(Refusal::not_found)?;
    let rulings = desk.store().rulings_of(case.message).await?;
    let acts = Value::from_serialize(views::case_acts(&desk.frame(), &about, &rulings));
    let view = Value::from_serialize(views::case(&desk.frame(), standing.summary(), &case, &look));
    page.at("reviews").render("case.html.j2", context! { acts, ..view })
}

pub(super) async fn message(
    State(board): State<Arc<Board>>,
    Path(row): Path<MessageRow>,
    page: Page,
) -> Result<Response, Refusal> {
    let desk = Desk::of(&board, &page.visitor).await?;
    let mut look = desk.store().message(row).await?.ok_or_else(Refusal::not_found)?;
    desk.show(views::Page::Message(&look))?;
    // A mail that serves several campaigns has a page in each.
    let here = &desk.rules.campaign.id;
    let concerned = look.parts.is_empty() || look.parts.iter().any(|part| part.campaign == *here);
    let other = look.parts.first().map(|part| &part.campaign).filter(|_| !concerned);
    if let Some(there) = desk.elsewhere(other, &format!("/message/{row}"))? {
        return Ok(there);
    }
    look.parts.retain(|part| part.campaign == *here);
    if let Some(action) = desk.store().share(here, row).await?.filter(|_| concerned && !look.parts.is_empty()) {
        look.line.state = MessageState::Decided(action);
    }
    let (cases, letters) = (desk.store().cases_of(row).await?, desk.store().letters_about(row).await?);
    let rulings = desk.store().rulings_of(row).await?;
    let acts = Value::from_serialize(views::message_acts(&desk.frame(), &look, &rulings));
    let view = Value::from_serialize(views::message(&desk.frame(), &look, &cases, &letters));
    page.at("").render("message.html.j2", context! { acts, ..view })
}
