//! The pages that show something, and what is downloaded. What a page holds is `views`' matter; here it is asked for, and
//! whoever may not see it finds nothing there.

mod acts;
mod desk;
mod download;
mod letters;
mod lists;
mod mails;
mod schools;

use std::sync::Arc;

use axum::{Router, routing::get};

use super::state::Board;

pub(super) fn routes() -> Router<Arc<Board>> {
    Router::new()
        .route("/", get(schools::board))
        .route("/school/{id}", get(schools::school))
        .route("/school/{id}/versions", get(schools::versions))
        .route("/table.xlsx", get(download::table))
        .route("/digest.docx", get(download::digest))
        .route("/review", get(mails::reviews))
        .route("/review/{number}", get(mails::case))
        .route("/message/{row}", get(mails::message))
        .route("/message/{row}/original.eml", get(download::original))
        .route("/message/{row}/file/{file}", get(download::file))
        .route("/outbox", get(letters::outbox))
        .route("/outbox/{id}", get(letters::letter))
        .route("/outbox/{id}/{act}", get(letters::ask).post(letters::act))
        .route("/other", get(lists::other))
        .route("/obligations", get(lists::obligations))
        .route("/deadlines", get(lists::deadlines))
        .route("/health", get(lists::health))
        .route("/journal", get(lists::journal))
        .merge(acts::routes())
}
