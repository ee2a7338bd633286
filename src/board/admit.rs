//! The door: who somebody is, whether he may ask for this, and whether a form is his own. Every page lies behind it, so
//! that none can forget to look.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{FromRequest as _, Multipart, Request, State},
    http::{
        HeaderMap, HeaderName, Method, StatusCode,
        header::{CONTENT_TYPE, REFERER},
    },
    middleware::Next,
    response::{IntoResponse as _, Redirect, Response},
};
use futures_util::{StreamExt as _, stream};
use tower_sessions::Session;
use url::form_urlencoded;

use super::{
    client::client,
    guard::is_multipart,
    limits::Kind,
    place::Place,
    refusal::{Again, Refusal},
    session::csrf,
    sign_in::{local, sign_in_for},
    state::Board,
    token::same,
    visitor::Visitor,
};
use crate::http::Peer;

/// The longest form without a file, in bytes.
const FORM: usize = 64 << 10;
/// So much of a form with a file is looked at for its token, which stands first in it.
const HEAD: usize = 4 << 10;
/// The name of the token in every form.
const TOKEN: &str = "csrf";

const BACKGROUND: HeaderName = HeaderName::from_static("hx-request");
const BOOSTED: HeaderName = HeaderName::from_static("hx-boosted");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Lets in whoever may ask for this.
pub(super) async fn admit(State(board): State<Arc<Board>>, session: Session, request: Request, next: Next) -> Response {
    let place = request.extensions().get::<Place>().cloned();
    let place = place.unwrap_or_else(|| Place::of(&board.office, board.office.first()));
    let visitor = match Visitor::of(&board, &session, place).await {
        Ok(visitor) => visitor,
        Err(refusal) => return refusal.into_response(),
    };
    let mut response = match checked(&board, visitor.as_ref(), &session, request).await {
        Err(refused) => *refused,
        Ok(mut request) => {
            if let Some(visitor) = &visitor {
                request.extensions_mut().insert(visitor.clone());
            }
            next.run(request).await
        }
    };
    if let Some(visitor) = visitor {
        response.extensions_mut().insert(visitor.place.clone());
        response.extensions_mut().insert(visitor);
    }
    response
}

/// The request, where it is to be answered; else the answer. It is boxed because it is rare and large.
async fn checked(
    board: &Board,
    visitor: Option<&Visitor>,
    session: &Session,
    request: Request,
) -> Result<Request, Box<Response>> {
    let refused = |refusal: Refusal| Box::new(refusal.into_response());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let looks = matches!(method, Method::GET | Method::HEAD);
    match visitor {
        Some(visitor) if !visitor.role.may(&method, &path) => return Err(refused(Refusal::forbidden())),
        Some(_) => {}
        None => {
            let kind = if looks { Kind::Page } else { Kind::Form };
            let peer = request.extensions().get::<Peer>().copied();
            if !board.limits.allow(kind, peer.map(|peer| client(peer, request.headers()))) {
                return Err(refused(Refusal::too_often()));
            }
            if !is_door(&path) {
                return Err(Box::new(turned_away(request).await));
            }
        }
    }
    if looks {
        return Ok(request);
    }
    let action = whole(&request);
    let expected = csrf(session).await.map_err(refused)?;
    let (form, request) = read(request).await.map_err(refused)?;
    match form.token() {
        Some(given) if same(&expected, given) => Ok(request),
        _ => Err(refused(Refusal::stale(form.again(request.headers(), &action, expected)))),
    }
}

/// Whether it stands open to everybody: how one signs in.
pub(super) fn is_door(path: &str) -> bool {
    path == "/sign-in" || path.starts_with("/sign-in/")
}

/// Sends a stranger to where one signs in, and from there to the page that he wanted.
async fn turned_away(request: Request) -> Response {
    let headers = request.headers();
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        // What a page asks for by itself must not put another one in its place.
        if headers.contains_key(BACKGROUND) && !headers.contains_key(BOOSTED) || request.uri().path() == "/events" {
            return StatusCode::UNAUTHORIZED.into_response();
        }
        return Redirect::to(&sign_in_for(&whole(&request))).into_response();
    }
    let from = headers.get(REFERER).and_then(|from| from.to_str().ok()).and_then(|from| url::Url::parse(from).ok());
    let from = from.map(|from| from[url::Position::BeforePath..url::Position::AfterQuery].to_owned());
    let next = sign_in_for(from.as_deref().and_then(local).unwrap_or("/"));
    let path = whole(&request);
    match read(request).await {
        Ok((form, request)) => {
            Refusal::signed_out(&next, form.again(request.headers(), &path, String::new())).into_response()
        }
        Err(refusal) => refusal.into_response(),
    }
}

/// The path of a request as the browser knows it.
fn whole(request: &Request) -> String {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let place = request.extensions().get::<Place>().filter(|place| place.named);
    format!("{}{path}", place.map_or("", |place| place.root.as_str()))
}

/// What was sent, as far as it is looked at here.
enum Form {
    /// Names and values.
    Fields(Vec<(String, String)>),
    /// With a file: the token alone.
    WithFile(Option<String>),
}

impl Form {
    fn token(&self) -> Option<&str> {
        match self {
            Self::Fields(fields) => fields.iter().find(|(name, _)| name == TOKEN).map(|(_, value)| value.as_str()),
            Self::WithFile(token) => token.as_deref(),
        }
    }

    /// The same, to be sent again by a click: only where the browser itself says that a page of ours has sent it.
    fn again(self, headers: &HeaderMap, action: &str, csrf: String) -> Option<Box<Again>> {
        let ours = headers.get(FETCH_SITE).is_some_and(|site| site.as_bytes() == b"same-origin");
        match self {
            Self::Fields(mut fields) if ours => {
                fields.retain(|(name, _)| name != TOKEN);
                Some(Box::new(Again { action: action.to_owned(), fields, csrf }))
            }
            _ => None,
        }
    }
}

/// Reads a form, and gives the request back as it was.
async fn read(request: Request) -> Result<(Form, Request), Refusal> {
    let (parts, body) = request.into_parts();
    if is_multipart(&parts.headers) {
        let (head, body) = head(body).await?;
        let token = first_field(&parts.headers, head).await;
        return Ok((Form::WithFile(token), Request::from_parts(parts, body)));
    }
    let kind = parts.headers.get(CONTENT_TYPE).map(|kind| kind.as_bytes());
    let bytes = to_bytes(body, FORM).await.map_err(|_| Refusal::too_large())?;
    if !bytes.is_empty() && !kind.is_some_and(|kind| kind.starts_with(b"application/x-www-form-urlencoded")) {
        return Err(Refusal::bad_form());
    }
    let fields = form_urlencoded::parse(&bytes).into_owned().collect();
    Ok((Form::Fields(fields), Request::from_parts(parts, Body::from(bytes))))
}

/// The beginning of a body, and the whole of it.
async fn head(body: Body) -> Result<(Bytes, Body), Refusal> {
    let mut chunks = body.into_data_stream();
    let (mut read, mut length) = (Vec::new(), 0);
    while length < HEAD {
        let Some(chunk) = chunks.next().await else { break };
        let chunk = chunk.map_err(|_| Refusal::bad_form())?;
        length += chunk.len();
        read.push(chunk);
    }
    let head = Bytes::from(read.concat());
    let whole = stream::iter(read.into_iter().map(Ok)).chain(chunks);
    Ok((head, Body::from_stream(whole)))
}

/// The value of the first field of a form with a file, where that is the token.
async fn first_field(headers: &HeaderMap, head: Bytes) -> Option<String> {
    let mut request = Request::new(Body::from(head));
    request.headers_mut().insert(CONTENT_TYPE, headers.get(CONTENT_TYPE)?.clone());
    let mut parts = Multipart::from_request(request, &()).await.ok()?;
    let field = parts.next_field().await.ok()??;
    if field.name() != Some(TOKEN) {
        return None;
    }
    field.text().await.ok()
}
