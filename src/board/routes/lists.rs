//! Lists: mails left alone, what staff tick, deadlines, how the program is, what has happened.

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    response::Response,
};
use minijinja::Value;
use serde::Deserialize;

use super::{
    super::{
        page::Page,
        refusal::Refusal,
        state::Board,
        views::{self, Health, Left, MailboxPass},
    },
    desk::Desk,
};
use crate::decision::Action;

/// So many lines are on a page.
const LINES: usize = 50;

#[derive(Debug, Deserialize)]
pub(super) struct Leaf {
    /// What is older than this row.
    before: Option<i64>,
    /// Whether those that machines wrote are wanted.
    automatic: Option<String>,
}

/// A page of rows, of which one more was asked for, and whether there are more.
fn leaf<T>(mut rows: Vec<T>) -> (Vec<T>, bool) {
    let more = rows.len() > LINES;
    rows.truncate(LINES);
    (rows, more)
}

fn asked() -> i64 {
    i64::try_from(LINES).unwrap_or(i64::MAX).saturating_add(1)
}

pub(super) async fn other(
    State(board): State<Arc<Board>>,
    Query(wanted): Query<Leaf>,
    page: Page,
) -> Result<Response, Refusal> {
    let desk = Desk::of(&board, &page.visitor).await?;
    desk.show(views::Page::Other)?;
    let (left, action) = match wanted.automatic {
        Some(_) => (Left::Automatic, Action::Ignore),
        None => (Left::Other, Action::Leave),
    };
    let before = match wanted.before {
        Some(row) => desk.store().message_line(row).await?.map(|one| (one.received, one.id)),
        None => None,
    };
    let (mails, more) = leaf(desk.store().messages_of(action, before, asked()).await?);
    let view = views::other(&desk.frame(), left, &mails, before.is_none(), more);
    page.at("other").render("other.html.j2", Value::from_serialize(&view))
}

pub(super) async fn obligations(State(board): State<Arc<Board>>, page: Page) -> Result<Response, Refusal> {
    let desk = Desk::of(&board, &page.visitor).await?;
    desk.show(views::Page::Obligations)?;
    let standing = desk.standing().await?;
    let ticks = desk.store().ticks_look(&desk.rules.campaign.id).await?;
    let view = views::obligations(&desk.frame(), standing.summary(), &ticks);
    page.at("obligations").render("obligations.html.j2", Value::from_serialize(&view))
}

pub(super) async fn deadlines(State(board): State<Arc<Board>>, page: Page) -> Result<Response, Refusal> {
    let desk = Desk::of(&board, &page.visitor).await?;
    desk.show(views::Page::Deadlines)?;
    let standing = desk.standing().await?;
    let view = views::deadlines(&desk.frame(), standing.summary());
    page.at("deadlines").render("deadlines.html.j2", Value::from_serialize(&view))
}

pub(super) async fn health(State(board): State<Arc<Board>>, page: Page) -> Result<Response, Refusal> {
    let desk = Desk::of(&board, &page.visitor).await?;
    desk.show(views::Page::Health)?;
    let store = desk.store();
    let mut mailboxes = Vec::new();
    for mailbox in &board.office.config.mailboxes {
        let passed = store.mailbox_position(&mailbox.key()).await?.map(|(_, at)| at);
        mailboxes.push(MailboxPass { place: mailbox.place(), passed, poll: mailbox.poll });
    }
    let health = Health {
        mailboxes,
        incidents: store.incidents().await?,
        letters: store.letters_pending().await?,
        cases: store.cases_open(None).await?,
        undecided: store.undecided().await?,
        size: store.size().await?,
        last_event: store.last_event().await?,
    };
    let view = views::health(&desk.frame(), &health);
    page.at("health").render("health.html.j2", Value::from_serialize(&view))
}

pub(super) async fn journal(
    State(board): State<Arc<Board>>,
    Query(wanted): Query<Leaf>,
    page: Page,
) -> Result<Response, Refusal> {
    let desk = Desk::of(&board, &page.visitor).await?;
    desk.show(views::Page::Journal)?;
    let (events, more) = leaf(desk.store().events(wanted.before, asked()).await?);
    let people = desk.store().people().await?;
    let view = views::journal(&desk.frame(), &events, &people, wanted.before.is_none(), more);
    page.at("journal").render("journal.html.j2", Value::from_serialize(&view))
}
