//! The campaign's board, and schools.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use minijinja::{Value, context};

use super::{
    super::{
        page::Page,
        refusal::Refusal,
        state::Board,
        views::{self, Asked, SchoolData},
    },
    desk::Desk,
};
use crate::campaign::SchoolId;

pub(super) async fn board(
    State(board): State<Arc<Board>>,
    Query(asked): Query<Asked>,
    page: Page,
) -> Result<Response, Refusal> {
    let desk = Desk::of(&board, &page.visitor).await?;
    desk.show(views::Page::Board)?;
    let standing = desk.standing().await?;
    let (letters, faults) = (desk.store().letters_pending().await?, desk.store().incidents().await?);
    let view = views::board(&desk.frame(), standing.summary(), asked, &letters, &faults);
    page.at("board").render("board.html.j2", Value::from_serialize(&view))
}

pub(super) async fn school(
    State(board): State<Arc<Board>>,
    Path(id): Path<SchoolId>,
    page: Page,
) -> Result<Response, Refusal> {
    let desk = Desk::of(&board, &page.visitor).await?;
    desk.show(views::Page::School(&id))?;
    let standing = desk.standing().await?;
    let summary = standing.summary();
    let row = summary.schools.iter().find(|row| row.school.id == id).ok_or_else(Refusal::not_found)?;
    let (store, campaign) = (desk.store(), &desk.rules.campaign);
    let amendments = store.amendments(&campaign.id).await?;
    let mine = amendments.iter().filter(|row| row.amendment.school() == &id).cloned().collect();
    let data = SchoolData {
        mails: store.school_mails(&campaign.id, &id).await?,
        versions: store.versions(&campaign.id, &id).await?,
        files: store.school_files(&campaign.id, &id).await?,
        letters: store.letters_of(campaign.id.as_str(), &id).await?,
        cases: store.school_cases(&campaign.id, &id).await?,
        second: store.second_looks(&campaign.id, &id).await?,
        amendments: mine,
    };
    let acts = Value::from_serialize(views::school_acts(&desk.frame(), row.school, &amendments));
    let view = Value::from_serialize(views::school(&desk.frame(), summary, row, &data));
    page.at("board").render("school.html.j2", context! { acts, ..view })
}

pub(super) async fn versions(
    State(board): State<Arc<Board>>,
    Path(id): Path<SchoolId>,
    page: Page,
) -> Result<Response, Refusal> {
    let desk = Desk::of(&board, &page.visitor).await?;
    desk.show(views::Page::School(&id))?;
    let campaign = &desk.rules.campaign;
    let school = campaign.school(&id).ok_or_else(Refusal::not_found)?;
    let versions = desk.store().versions(&campaign.id, &id).await?;
    let view = views::versions(&desk.frame(), school, &versions);
    page.at("board").render("versions.html.j2", Value::from_serialize(&view))
}
