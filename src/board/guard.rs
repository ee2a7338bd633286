//! What is looked at before anything else: under which name we are asked, which site sends a form, and how long it takes.

use std::{sync::Arc, time::Duration};

use axum::{
    body::to_bytes,
    extract::{Request, State},
    http::{
        HeaderMap, Method,
        header::{CONTENT_TYPE, HOST, ORIGIN},
        uri::Authority,
    },
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::{refusal::Refusal, state::Board};

/// How long a request may take, and one with a file.
const TIME: Duration = Duration::from_secs(30);
const TIME_WITH_FILE: Duration = Duration::from_mins(5);

/// So much of a form that is refused is read all the same, and for so long.
const BODY: usize = 64 << 10;
const DRAIN: Duration = Duration::from_secs(2);

const FETCH_SITE: &str = "sec-fetch-site";

/// Lets through what is meant for us and comes from our own pages.
pub(super) async fn guard(State(board): State<Arc<Board>>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let Some(host) = authority(headers).filter(|host| knows(&board, host)) else {
        return Refusal::wrong_host(&board.base).into_response();
    };
    let looks = matches!(*request.method(), Method::GET | Method::HEAD);
    if !looks && !is_ours(&board, headers, &host) {
        // A connection that is closed over a form that is still on its way takes the answer with it.
        let _ = tokio::time::timeout(DRAIN, to_bytes(request.into_body(), BODY)).await;
        return Refusal::foreign().into_response();
    }
    let time = if is_multipart(headers) { TIME_WITH_FILE } else { TIME };
    // In a task of its own: what somebody has sent is done even where he does not wait for the answer, and nothing that
    // goes wrong in it reaches further.
    let answered = tokio::spawn(next.run(request));
    match tokio::time::timeout(time, answered).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => Refusal::failed(&anyhow::Error::new(error).context("a page broke off")).into_response(),
        Err(_) => Refusal::too_slow().into_response(),
    }
}

/// Whether a form brings a file (RFC 7578).
pub(super) fn is_multipart(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.trim_start().to_ascii_lowercase().starts_with("multipart/form-data")
}

fn authority(headers: &HeaderMap) -> Option<Authority> {
    let mut all = headers.get_all(HOST).iter();
    let host = all.next()?.to_str().ok()?.parse().ok()?;
    all.next().is_none().then_some(host)
}

/// Whether it is one of our names: a foreign one that points to this machine is how a foreign page reaches us.
fn knows(board: &Board, host: &Authority) -> bool {
    board.hosts.iter().any(|known| known.eq_ignore_ascii_case(host.host()))
}

/// Whether what changes something was sent by a page of ours. Browsers say so (Fetch Metadata; RFC 6454 §7); where one says
/// nothing, the token of the form alone decides.
fn is_ours(board: &Board, headers: &HeaderMap, host: &Authority) -> bool {
    let site = headers.get(FETCH_SITE).is_none_or(|site| matches!(site.as_bytes(), b"same-origin" | b"none"));
    let origin = headers.get(ORIGIN).is_none_or(|origin| {
        let ours = |known: String| origin.as_bytes() == known.as_bytes();
        ours(board.base.clone()) || (!board.config.is_secure() || is_local(host)) && ours(format!("http://{host}"))
    });
    site && origin
}

/// Whether it is this machine, without a proxy between.
fn is_local(host: &Authority) -> bool {
    matches!(host.host(), "localhost" | "127.0.0.1" | "[::1]")
}
