//! Acts from which no letter follows: ticks, taking back, pulling in.

use std::sync::Arc;

use axum::{
    Form,
    extract::{Path, State},
    response::Response,
};
use serde::Deserialize;
use tower_sessions::Session;

use super::super::super::{
    page::{Flash, tell},
    place::root,
    refusal::Refusal,
    sign_in::local,
    state::Board,
    visitor::Visitor,
};
use super::{super::desk::Desk, failed};
use crate::{
    campaign::CampaignId,
    office::{tick_name, tickable},
    store::{MessageRow, RulingRow, Undone},
};

/// Where one goes on afterwards: only a page of ours.
#[derive(Debug, Deserialize)]
pub(super) struct Back {
    #[serde(default)]
    back: String,
}

impl Back {
    fn path(&self) -> &str {
        local(&self.back).unwrap_or("/")
    }
}

fn acting(visitor: &Visitor) -> Result<(), Refusal> {
    if visitor.may_act() { Ok(()) } else { Err(Refusal::forbidden()) }
}

pub(super) async fn undo(
    State(board): State<Arc<Board>>,
    Path(ruling): Path<RulingRow>,
    visitor: Visitor,
    session: Session,
    Form(back): Form<Back>,
) -> Result<Response, Refusal> {
    acting(&visitor)?;
    let flash = match board.office.undo(ruling, visitor.account).await? {
        Undone::Done => Flash::done("Решение отменено: всё, как было до него."),
        Undone::Before => Flash::wrong("Это решение уже отменено."),
        Undone::TooLate => Flash::wrong(
            "Отменить уже нельзя: письмо отправлено или от этого решения зависит более позднее. Документы можно отнести к \
             другой школе на странице письма.",
        ),
    };
    tell(&session, &flash, back.path()).await
}

pub(super) async fn pull_in(
    State(board): State<Arc<Board>>,
    Path(message): Path<MessageRow>,
    visitor: Visitor,
    session: Session,
) -> Result<Response, Refusal> {
    acting(&visitor)?;
    match board.office.store.pull_in(&visitor.place.rules.campaign.id, message, visitor.account, board.now()).await? {
        Some(review) => {
            tell(&session, &Flash::done("Письмо взято в работу. Решите, чьё оно."), &format!("/review/{review}")).await
        }
        None => tell(&session, &Flash::wrong("Это письмо уже в работе."), &format!("/message/{message}")).await,
    }
}

/// The campaign to which a case belongs.
#[derive(Debug, Deserialize)]
pub(super) struct There {
    #[serde(default)]
    campaign: String,
}

pub(super) async fn move_to(
    State(board): State<Arc<Board>>,
    Path(review): Path<i64>,
    visitor: Visitor,
    session: Session,
    Form(there): Form<There>,
) -> Result<Response, Refusal> {
    acting(&visitor)?;
    let campaign: CampaignId = there.campaign.parse().map_err(|_| Refusal::bad_form())?;
    match board.office.move_to(&campaign, review, visitor.account).await.map_err(failed)? {
        Some(new) => {
            let path = format!("{}/review/{new}", root(&board.office, &campaign));
            tell(&session, &Flash::done("Перенесено. Решите, чьи это документы."), &path).await
        }
        None => {
            let said = "Ничего не изменено: об этом уже решено, или часть этого письма уже учтена. Отнести учтённое к другой \
                        школе можно на странице письма.";
            tell(&session, &Flash::wrong(said), &format!("/review/{review}")).await
        }
    }
}

/// What is ticked, or no longer.
#[derive(Debug, Deserialize)]
pub(super) struct Ticked {
    tick: String,
    #[serde(default)]
    done: String,
}

pub(super) async fn tick(
    State(board): State<Arc<Board>>,
    visitor: Visitor,
    session: Session,
    Form(wanted): Form<Ticked>,
) -> Result<Response, Refusal> {
    acting(&visitor)?;
    let rules = Desk::of(&board, &visitor).await?.rules;
    let tick = tickable(&rules.campaign).find(|tick| tick_name(&rules.campaign, tick) == wanted.tick);
    let tick = tick.ok_or_else(Refusal::not_found)?;
    let done = wanted.done == "1";
    board.office.tick(&rules.campaign, &tick, done, visitor.account).await?;
    let said = if done { "Отмечено." } else { "Отметка снята." };
    tell(&session, &Flash::done(said), "/obligations").await
}

pub(super) async fn withdraw(
    State(board): State<Arc<Board>>,
    Path(id): Path<i64>,
    visitor: Visitor,
    session: Session,
    Form(back): Form<Back>,
) -> Result<Response, Refusal> {
    acting(&visitor)?;
    let flash = match board.office.store.withdraw(id, visitor.account, board.now()).await? {
        true => Flash::done("Больше не используется: действует со следующего письма."),
        false => Flash::wrong("Этого дополнения уже нет."),
    };
    board.office.refresh().await?;
    tell(&session, &flash, back.path()).await
}
