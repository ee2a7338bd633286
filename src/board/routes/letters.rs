//! Letters of ours, and what a person says of them: each asked about once more before it is done.

use std::sync::Arc;

use axum::{
    Form,
    extract::{Path, Query, State},
    response::Response,
};
use minijinja::Value;
use serde::Deserialize;
use tower_sessions::Session;

use super::{
    super::{
        page::{Flash, Page, tell},
        refusal::Refusal,
        state::Board,
        views::{self, LetterAct},
        visitor::Visitor,
    },
    desk::Desk,
};
use crate::{
    digest::Sha256,
    store::{Heard, LetterLook, OutboxRow, OutboxState},
};

/// So many letters are shown.
const SHOWN: i64 = 500;

const REWRITTEN: &str = "Текст этого ответа изменился после того, как Вы его открыли: ничего не сделано. Прочтите новый текст \
                         и повторите.";
const TOO_LATE: &str = "Ничего не сделано: состояние ответа уже изменилось. Ниже – каким оно стало.";

/// Which content somebody has read.
#[derive(Debug, Deserialize)]
pub(super) struct Seen {
    #[serde(default)]
    seen: String,
}

pub(super) async fn outbox(State(board): State<Arc<Board>>, page: Page) -> Result<Response, Refusal> {
    let desk = Desk::of(&board, &page.visitor).await?;
    desk.show(views::Page::Outbox)?;
    let open = desk.store().letters_open(&desk.rules.campaign.id, SHOWN).await?;
    let ids: Vec<OutboxRow> = open.iter().map(|one| one.id).collect();
    let heads = desk.store().letter_heads(&ids).await?;
    let subject = |id| heads.get(&id).map(|head| views::subject(head)).unwrap_or_default();
    let open = open.into_iter().map(|one| (subject(one.id), one)).map(|(subject, one)| (one, subject)).collect();
    let sent = desk.store().outbox_counts().await?.get(&OutboxState::Sent).copied().unwrap_or_default();
    let view = views::outbox(&desk.frame(), open, sent);
    page.at("outbox").render("outbox.html.j2", Value::from_serialize(&view))
}

/// A letter to a school; what is for the committee itself, links for signing in among it, is nobody's to read here.
async fn found(desk: &Desk<'_>, id: OutboxRow) -> Result<LetterLook, Refusal> {
    desk.show(views::Page::Outbox)?;
    desk.store().letter_look(id).await?.filter(|one| !one.line.internal).ok_or_else(Refusal::not_found)
}

pub(super) async fn letter(
    State(board): State<Arc<Board>>,
    Path(id): Path<OutboxRow>,
    page: Page,
) -> Result<Response, Refusal> {
    let desk = Desk::of(&board, &page.visitor).await?;
    let look = found(&desk, id).await?;
    if let Some(there) = desk.elsewhere(look.line.campaign.as_ref(), &place(id))? {
        return Ok(there);
    }
    let view = views::letter(&desk.frame(), &look);
    page.at("outbox").render("letter.html.j2", Value::from_serialize(&view))
}

/// Says what will happen, and asks.
pub(super) async fn ask(
    State(board): State<Arc<Board>>,
    Path((id, act)): Path<(OutboxRow, String)>,
    Query(Seen { seen }): Query<Seen>,
    session: Session,
    page: Page,
) -> Result<Response, Refusal> {
    let desk = Desk::of(&board, &page.visitor).await?;
    let act = LetterAct::of(&act).ok_or_else(Refusal::not_found)?;
    let look = found(&desk, id).await?;
    if !act.fits(&look.line, desk.frame().held) {
        return tell(&session, &Flash::wrong(TOO_LATE), &place(id)).await;
    }
    if look.seal().to_string() != seen {
        return tell(&session, &Flash::wrong(REWRITTEN), &place(id)).await;
    }
    let view = views::letter_act(&desk.frame(), &look, act);
    page.at("outbox").render("letter_act.html.j2", Value::from_serialize(&view))
}

/// Does it.
pub(super) async fn act(
    State(board): State<Arc<Board>>,
    Path((id, act)): Path<(OutboxRow, String)>,
    visitor: Visitor,
    session: Session,
    Form(Seen { seen }): Form<Seen>,
) -> Result<Response, Refusal> {
    let act = LetterAct::of(&act).filter(|_| visitor.may_act()).ok_or_else(Refusal::not_found)?;
    let seen: Sha256 = seen.parse().map_err(|_| Refusal::bad_form())?;
    let flash = match board.office.store.say(id, act.word(), &seen, Some(visitor.account), board.now()).await? {
        Heard::Done => Flash::done(act.done()),
        Heard::Rewritten => Flash::wrong(REWRITTEN),
        Heard::TooLate => Flash::wrong(TOO_LATE),
    };
    board.office.queued.notify_one();
    tell(&session, &flash, &place(id)).await
}

fn place(id: OutboxRow) -> String {
    format!("/outbox/{id}")
}
