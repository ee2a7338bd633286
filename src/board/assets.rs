//! What pages are made of besides HTML: within the program, so that no page asks anybody else for anything.

use axum::{
    extract::{Path, Query},
    http::{
        HeaderMap, StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH},
    },
    response::{IntoResponse as _, Response},
};
use serde::Deserialize;

use super::refusal::Refusal;
use crate::digest::Sha256;

macro_rules! asset {
    ($name:literal, $kind:literal) => {
        ($name, $kind, include_bytes!(concat!("assets/", $name)))
    };
}

/// Name, media type, bytes.
const ASSETS: [(&str, &str, &[u8]); 4] = [
    asset!("board.css", "text/css; charset=utf-8"),
    asset!("board.js", "text/javascript; charset=utf-8"),
    asset!("htmx.min.js", "text/javascript; charset=utf-8"),
    asset!("icon.svg", "image/svg+xml"),
];

/// A browser need never ask again for what bears its own hash in its address.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// It asks whether that has changed.
const ASK: &str = "no-cache";

fn hash(bytes: &[u8]) -> String {
    Sha256::of(bytes).to_string().chars().take(16).collect()
}

/// The address of an asset, with its hash: templates call it as `asset("board.css")`.
pub(super) fn url(name: &str) -> String {
    let found = ASSETS.iter().find(|(known, ..)| *known == name);
    found.map_or_else(|| format!("/assets/{name}"), |(_, _, bytes)| format!("/assets/{name}?v={}", hash(bytes)))
}

/// The hash for which it was asked.
#[derive(Debug, Deserialize)]
pub(super) struct Version {
    v: Option<String>,
}

/// `GET /assets/{file}`.
pub(super) async fn asset(Path(name): Path<String>, Query(asked): Query<Version>, headers: HeaderMap) -> Response {
    let Some((_, kind, bytes)) = ASSETS.iter().find(|(known, ..)| *known == name) else {
        return Refusal::not_found().into_response();
    };
    let hash = hash(bytes);
    let cache = if asked.v.as_deref() == Some(&hash) { FOREVER } else { ASK };
    let tag = format!("\"{hash}\"");
    let known = headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let about = [(CONTENT_TYPE, *kind), (CACHE_CONTROL, cache), (ETAG, tag.as_str())];
    if known { (StatusCode::NOT_MODIFIED, about).into_response() } else { (about, *bytes).into_response() }
}
