//! Which page is where.

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::from_fn_with_state,
    routing::{get, post},
};
use tower::ServiceBuilder;
use tower_sessions::{SessionManagerLayer, cookie::SameSite};

use super::{
    admit::admit, assets, events, finish::finish, guard::guard, place::place, refusal::Refusal, routes,
    session::Sessions, sign_in, state::Board,
};

/// The longest body that a page is given; one that takes a file asks for more itself.
const BODY: usize = 64 << 10;

/// Everything, behind what protects it.
pub(super) fn router(board: &Arc<Board>) -> Router {
    // The campaign is taken out of the path before anything is looked for under it.
    let inside = ServiceBuilder::new().layer(from_fn_with_state(Arc::clone(board), place)).service(inside(board));
    Router::new().fallback_service(inside)
}

fn inside(board: &Arc<Board>) -> Router {
    let sessions = Sessions { office: Arc::clone(&board.office), idle: board.config.idle };
    let secure = board.config.is_secure();
    // Under this prefix no other site of the domain can set it (RFC 6265bis §4.1.3.2).
    let name = if secure { "__Host-svodka" } else { "svodka" };
    let sessions = SessionManagerLayer::new(sessions)
        .with_name(name)
        .with_secure(secure)
        .with_http_only(true)
        .with_same_site(SameSite::Lax);
    pages()
        .layer(from_fn_with_state(Arc::clone(board), admit))
        .layer(sessions)
        .route("/assets/{file}", get(assets::asset))
        .layer(DefaultBodyLimit::max(BODY))
        .layer(from_fn_with_state(Arc::clone(board), guard))
        .layer(from_fn_with_state(Arc::clone(board), finish))
        .with_state(Arc::clone(board))
}

fn pages() -> Router<Arc<Board>> {
    Router::new()
        .merge(routes::routes())
        .route("/sign-in", get(sign_in::ask).post(sign_in::send))
        .route("/sign-in/{token}", get(sign_in::look).post(sign_in::enter))
        .route("/sign-out", post(sign_in::leave))
        .route("/events", get(events::events))
        .fallback(async || Refusal::not_found())
}
