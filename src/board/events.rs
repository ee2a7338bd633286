//! `GET /events`: tells open pages that something has changed (server-sent events, WHATWG HTML §9.2). What it was, they ask
//! for themselves.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    response::{
        IntoResponse as _, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::stream;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tower_sessions::{Session, session::Id};

use super::{refusal::Refusal, session::stored_id, state::Board, visitor::Visitor};
use crate::{discreet::discreet, store::StoreError};

/// How often the store is asked, by one for all.
const ASK: Duration = Duration::from_secs(1);
/// How soon whoever has been signed out hears nothing more, where nothing happens.
const LOOK: Duration = Duration::from_secs(20);

/// Asks the store what the last event is, as long as anybody listens; ends when the daemon stops.
pub(super) async fn watch(board: Arc<Board>) {
    let mut stopping = board.stopping.subscribe();
    let mut failing = false;
    loop {
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            () = tokio::time::sleep(ASK) => {}
        }
        if board.changes.receiver_count() == 0 {
            continue;
        }
        match board.office.store.last_event_number().await {
            Ok(last) => {
                failing = false;
                let news = *board.changes.borrow() != last;
                if news && let Err(error) = prepare(&board).await {
                    // Whoever asks for the page is told.
                    tracing::debug!("the summary could not be made ahead: {}", discreet(&error.into()));
                }
                note(&board, last);
            }
            Err(error) if !failing => {
                failing = true;
                tracing::error!("open pages are not told of changes: {}", discreet(&error.into()));
            }
            Err(_) => {}
        }
    }
}

/// Makes what every page that is told will ask for at once.
async fn prepare(board: &Board) -> Result<(), StoreError> {
    for rules in board.office.refresh().await? {
        board.standing.now(&board.office, &rules, board.now()).await?;
    }
    Ok(())
}

fn note(board: &Board, last: i64) {
    board.changes.send_if_modified(|known| std::mem::replace(known, last) != last);
}

/// One browser that listens.
struct Listener {
    board: Arc<Board>,
    browser: Id,
    visitor: Visitor,
    changes: watch::Receiver<i64>,
    stopping: watch::Receiver<bool>,
    _one_of_few: OwnedSemaphorePermit,
}

pub(super) async fn events(
    State(board): State<Arc<Board>>,
    session: Session,
    visitor: Visitor,
) -> Result<Response, Refusal> {
    let few = Arc::clone(&board.listeners).try_acquire_owned().map_err(|_| Refusal::too_many_listeners())?;
    let browser = session.id().ok_or_else(Refusal::forbidden)?;
    // What happened while nobody listened is on the page that has just been loaded.
    note(&board, board.office.store.last_event_number().await?);
    let changes = board.changes.subscribe();
    let stopping = board.stopping.subscribe();
    let listener = Listener { board, browser, visitor, changes, stopping, _one_of_few: few };
    let stream = stream::unfold(listener, |mut listener| async move {
        let event = listener.next().await?;
        Some((Ok::<_, Infallible>(event), listener))
    });
    let unbuffered = [("x-accel-buffering", "no")];
    Ok((unbuffered, Sse::new(stream).keep_alive(KeepAlive::new().interval(LOOK))).into_response())
}

impl Listener {
    /// The next thing to tell; none when there will be no more.
    async fn next(&mut self) -> Option<Event> {
        loop {
            let changed = tokio::select! {
                _ = self.stopping.wait_for(|stopping| *stopping) => return None,
                changed = self.changes.changed() => { changed.ok()?; true }
                () = tokio::time::sleep(LOOK) => false,
            };
            if !self.may_listen().await {
                return None;
            }
            if changed {
                let number = *self.changes.borrow_and_update();
                return Some(Event::default().event("changed").data(number.to_string()));
            }
        }
    }

    /// Whether he is still signed in; listening is no activity.
    async fn may_listen(&self) -> bool {
        let (store, now) = (&self.board.office.store, self.board.now());
        let signed_in = store.session_account(&stored_id(&self.browser), self.board.config.idle, now).await;
        matches!(signed_in, Ok(Some(account)) if account == self.visitor.account)
    }
}
