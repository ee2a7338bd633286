//! What people do: everything is asked about once more, with what will follow, before it is done.

mod school;
mod settle;
mod small;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};

use super::super::{refusal::Refusal, state::Board};
use crate::office::ActError;

/// The largest file that is taken, with the form around it.
const UPLOAD: usize = (50 << 20) + (64 << 10);

pub(super) fn routes() -> Router<Arc<Board>> {
    Router::new()
        .route("/review/{number}/settle", get(settle::ask_case).post(settle::do_case))
        .route("/review/{number}/move", post(small::move_to))
        .route("/submission/{row}/settle", get(settle::ask_submission).post(settle::do_submission))
        .route("/ruling/{id}/undo", post(small::undo))
        .route("/message/{row}/pull-in", post(small::pull_in))
        .route("/obligations/tick", post(small::tick))
        .route("/amendment/{id}/withdraw", post(small::withdraw))
        .route("/school/{id}/date", get(school::ask_date).post(school::change_date))
        .route("/school/{id}/received", get(school::ask_entry).post(school::enter).layer(DefaultBodyLimit::max(UPLOAD)))
}

/// What is no fault of the visitor's.
fn failed(error: ActError) -> Refusal {
    match error {
        ActError::School(_) | ActError::Campaign(_) => Refusal::not_found(),
        error => Refusal::failed(&error.into()),
    }
}
