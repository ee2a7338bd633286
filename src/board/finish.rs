//! The last thing that happens to every response: what was refused becomes a page, and the headers that protect whoever
//! looks at it are set.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{
        HeaderValue,
        header::{
            CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY, SET_COOKIE,
            X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
        },
    },
    middleware::Next,
    response::{Html, IntoResponse as _, Response},
};
use minijinja::context;

use super::{page::Shell, refusal::Refusal, state::Board, visitor::Visitor};

/// Nothing from elsewhere, no script or style within a page, no frame around it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const ALWAYS: [(HeaderName, &str); 7] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    (HeaderName::from_static("x-robots-tag"), "noindex"),
];

/// Finishes a response.
pub(super) async fn finish(State(board): State<Arc<Board>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let status = response.status();
    if status.is_client_error() || status.is_server_error() {
        let said = response.extensions_mut().remove::<Refusal>();
        let is_page =
            response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        if said.is_some() || !is_page {
            let visitor = response.extensions_mut().remove::<Visitor>();
            let refusal = said.unwrap_or_else(|| Refusal::of_status(status));
            let mut page = page(&board, visitor.as_ref(), refusal).await;
            if let Some(cookie) = response.headers_mut().remove(SET_COOKIE) {
                page.headers_mut().insert(SET_COOKIE, cookie);
            }
            response = page;
        }
    }
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // A page may have one that is stricter still: what was sent by somebody else.
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

async fn page(board: &Board, visitor: Option<&Visitor>, refusal: Refusal) -> Response {
    let shell = match visitor {
        None => Ok(Shell::of_stranger(String::new())),
        Some(visitor) => Shell::of_visitor(board, visitor).await,
    };
    let filled = board.pages.fill(
        "refuse.html.j2",
        &shell.unwrap_or_else(|_| Shell::of_stranger(String::new())),
        context! {
            title => refusal.title,
            text => refusal.text,
            link => refusal.link.as_ref().map(|(to, _)| to),
            link_words => refusal.link.as_ref().map(|(_, words)| words),
            beside => refusal.beside,
            action => refusal.again.as_ref().map(|again| &again.action),
            fields => refusal.again.as_ref().map(|again| &again.fields),
            csrf => refusal.again.as_ref().map(|again| &again.csrf),
        },
    );
    match filled {
        Ok(page) => (refusal.status, Html(page)).into_response(),
        Err(error) => {
            tracing::error!("the page of a refusal failed: {}", crate::discreet::discreet(&error));
            (refusal.status, refusal.text).into_response()
        }
    }
}
