//! Which campaign a request is about. Where there are several, each has its pages under `/c/ID`; everything behind this
//! layer sees paths without it.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderValue, Uri, header::LOCATION, uri::PathAndQuery},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::{admit::is_door, refusal::Refusal, state::Board};
use crate::{
    campaign::CampaignId,
    office::{Office, Rules},
};

/// With what the paths of a campaign begin.
const PREFIX: &str = "/c/";

/// A campaign, and with what the links to its pages begin.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) rules: Arc<Rules>,
    /// `/c/ID`; empty where there is but one campaign.
    pub(crate) root: String,
    /// Whether the address itself says so.
    pub(super) named: bool,
}

impl Place {
    /// The pages of a campaign.
    pub(super) fn of(office: &Office, rules: Arc<Rules>) -> Self {
        let root = root(office, &rules.campaign.id);
        Self { rules, root, named: false }
    }
}

/// With what the links to a campaign's pages begin.
pub(super) fn root(office: &Office, id: &CampaignId) -> String {
    if office.campaigns().len() > 1 { format!("{PREFIX}{id}") } else { String::new() }
}

/// Takes the campaign out of the path, and puts it before the path that a response sends the browser to.
pub(super) async fn place(State(board): State<Arc<Board>>, mut request: Request, next: Next) -> Response {
    let Some(place) = take(&board, &mut request) else {
        return next.run(unknown(request)).await;
    };
    let before = place.root.clone();
    request.extensions_mut().insert(place);
    let mut response = next.run(request).await;
    // Whoever has a role in another campaign alone is sent to that one.
    let root = response.extensions().get::<Place>().map_or(before, |place| place.root.clone());
    let there = response.headers().get(LOCATION).and_then(|to| to.to_str().ok());
    let path = |to: &str| to.split(['?', '#']).next().unwrap_or_default().to_owned();
    let inside = there.filter(|to| to.starts_with('/') && !to.starts_with(PREFIX) && !is_door(&path(to)));
    if let Some(Ok(whole)) = inside.map(|to| HeaderValue::from_str(&format!("{root}{to}"))) {
        response.headers_mut().insert(LOCATION, whole);
    }
    response
}

/// A path that names no campaign of ours leads nowhere.
fn unknown(mut request: Request) -> Request {
    *request.uri_mut() = Uri::from_static("/c");
    request
}

fn take(board: &Board, request: &mut Request) -> Option<Place> {
    let office = &board.office;
    let Some(behind) = request.uri().path().strip_prefix(PREFIX) else {
        return Some(Place::of(office, office.first()));
    };
    let (id, path) = behind.split_once('/').unwrap_or((behind, ""));
    let rules = office.campaigns().into_iter().find(|rules| rules.campaign.id.as_str() == id)?;
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    let path: PathAndQuery = format!("/{path}{query}").parse().ok()?;
    *request.uri_mut() = Uri::from(path);
    Some(Place { named: true, ..Place::of(office, rules) })
}

/// Sends the browser to the same page of the campaign that it is about.
pub(super) fn elsewhere(board: &Board, id: &CampaignId, path: &str) -> Result<Response, Refusal> {
    let known = board.office.campaigns().iter().any(|rules| rules.campaign.id == *id);
    if !known {
        return Err(Refusal::not_found());
    }
    Ok(axum::response::Redirect::to(&format!("{}{path}", root(&board.office, id))).into_response())
}
