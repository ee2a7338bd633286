//! Signing in without a password: whoever is known asks for a link, it comes by e-mail, and it works once, for a while,
//! in the browser that asked. Opening it shows a button, as scanners of mail open links too.

use std::{net::SocketAddr, sync::Arc};

use anyhow::Context as _;
use axum::{
    Extension, Form,
    extract::{Path, Query, State},
    http::{StatusCode, Uri},
    response::{Html, IntoResponse as _, Redirect, Response},
};
use jiff::Timestamp;
use minijinja::{Value, context};
use serde::Deserialize;
use tower_sessions::Session;
use url::form_urlencoded;

use super::{
    limits::Kind,
    page::{Flash, Shell, flash, tell},
    place::root,
    refusal::Refusal,
    session::{ACCOUNT, CSRF, NEXT, csrf, stored_id},
    state::Board,
    token::{Token, hash},
    visitor::{Visitor, role_of, roles_of},
};
use crate::{
    campaign::Campaign,
    config::Config,
    digest::Sha256,
    discreet::discreet,
    message::Address,
    reply::{Envelope, render_sign_in},
    store::{AccountId, Door, Link, NewLink, Outgoing, Purpose, Store},
};

/// The longest path that is kept to go on to.
const PATH: usize = 1000;
/// The longest text that is read as an address (RFC 5321 §4.5.3.1.3).
const ADDRESS: usize = 254;

/// A path of ours to go on to after signing in; none where it is anything else: a link must not lead to another site.
pub(super) fn local(path: &str) -> Option<&str> {
    let plain = path.is_ascii()
        && path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && path.len() <= PATH;
    let uri: Uri = path.parse().ok().filter(|_| plain)?;
    let aside = ["/sign-in", "/sign-out", "/events", "/assets"];
    let leads_on = !aside.iter().any(|aside| uri.path() == *aside || uri.path().starts_with(&format!("{aside}/")));
    (uri.authority().is_none() && leads_on).then_some(path)
}

/// Where one signs in to come to this page.
pub(super) fn sign_in_for(wanted: &str) -> String {
    match local(wanted) {
        None | Some("/") => "/sign-in".to_owned(),
        Some(wanted) => {
            format!("/sign-in?next={}", form_urlencoded::byte_serialize(wanted.as_bytes()).collect::<String>())
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    next: Option<String>,
    sent: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    address: String,
}

/// `GET /sign-in`: asks for an address.
pub(super) async fn ask(
    State(board): State<Arc<Board>>,
    visitor: Option<Extension<Visitor>>,
    session: Session,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let next = asked.next.as_deref().and_then(local);
    if visitor.is_some() {
        return Ok(Redirect::to(next.unwrap_or("/")).into_response());
    }
    if let Some(next) = next {
        session.insert(NEXT, next).await?;
    }
    let sent = asked.sent.is_some();
    page(&board, &session, StatusCode::OK, context! { stage => if sent { "sent" } else { "ask" } }).await
}

/// `POST /sign-in`: sends the link. What it answers, and when, tells nobody who is in a list.
pub(super) async fn send(
    State(board): State<Arc<Board>>,
    session: Session,
    Form(typed): Form<Typed>,
) -> Result<Response, Refusal> {
    let address = Some(typed.address.trim()).filter(|text| text.len() <= ADDRESS).and_then(Address::parse);
    let Some(address) = address else {
        let typed: String = typed.address.chars().take(ADDRESS).collect();
        let context = context! { stage => "ask", typed, wrong => true };
        return page(&board, &session, StatusCode::UNPROCESSABLE_ENTITY, context).await;
    };
    let browser = stored_id(&session.id().ok_or_else(Refusal::bad_form)?);
    tokio::spawn(async move {
        if let Err(error) = send_link(&board, &address, browser).await {
            tracing::error!("a link for signing in was not sent: {}", discreet(&error));
        }
    });
    Ok(Redirect::to("/sign-in?sent=1").into_response())
}

async fn send_link(board: &Board, address: &Address, browser: Sha256) -> anyhow::Result<()> {
    let (office, now) = (&board.office, board.now());
    let Some((rules, _)) = roles_of(office, address).into_iter().next() else {
        tracing::warn!("somebody who is in no list asked for a link");
        if board.limits.allow(Kind::Note, None) {
            office.store.note_door(Door::Stranger, now).await?;
        }
        return Ok(());
    };
    let token = Token::draw()?;
    let (secret, span) = (hash(token.as_str()), board.config.link);
    let from = office.own.addresses.first().context("no mailbox has an address to write from")?;
    let seed = format!("sign-in {secret}");
    let envelope =
        Envelope {
            from, from_name: "Сводка", now, registration: None, seed: &seed, templates: &office.templates
        };
    let link = link(&board.base, &token);
    let letter = render_sign_in(&link, span, &rules.campaign.time_zone, address, &envelope)?;
    let outgoing = Outgoing {
        key: letter.message_id.to_string(),
        sender: from.clone(),
        to: address.clone(),
        purpose: Purpose::SignIn,
        schools: Vec::new(),
        message_id: letter.message_id,
        mime: letter.mime,
        not_before: now,
    };
    let new = NewLink {
        token: secret,
        address,
        browser: Some(browser),
        letter: Some((&rules.campaign.id, &outgoing)),
        expires: now.saturating_add(span).unwrap_or(Timestamp::MAX),
        now,
    };
    if office.store.new_link(&new).await? {
        office.queued.notify_one();
    } else {
        tracing::warn!("too many links for signing in were asked for: none is sent");
    }
    Ok(())
}

fn link(base: &str, token: &Token) -> String {
    format!("{base}/sign-in/{}", token.as_str())
}

/// A link that works in any browser: for whoever may use this machine, when mail is down.
///
/// # Errors
/// Where there is no board, the address is in no list, or the store refuses.
pub async fn printed_link(
    store: &Store,
    config: &Config,
    campaigns: &[Campaign],
    address: &Address,
    bound: Option<SocketAddr>,
    now: Timestamp,
) -> anyhow::Result<String> {
    let board = config.board.as_ref().context("there is no board: add a section [board] to the configuration")?;
    campaigns.iter().find_map(|campaign| role_of(config, campaign, address)).context(
        "this address is in no list: add it to [staff] addresses or [board] readers, or give its person in the campaign \
         a district",
    )?;
    let token = Token::draw()?;
    let expires = now.saturating_add(board.link).unwrap_or(Timestamp::MAX);
    let new = NewLink { token: hash(token.as_str()), address, browser: None, letter: None, expires, now };
    store.new_link(&new).await?;
    Ok(link(&board.base(bound.unwrap_or(board.listen)), &token))
}

/// `GET /sign-in/{token}`: a button; the link stays as it is.
pub(super) async fn look(
    State(board): State<Arc<Board>>,
    session: Session,
    Path(token): Path<String>,
) -> Result<Response, Refusal> {
    let browser = session.id().as_ref().map(stored_id);
    let found = board.office.store.look_at_link(&hash(&token), browser.as_ref(), board.now()).await?;
    let account = good(found)?;
    let address = board.office.store.account_address(account).await?;
    let who = address.map(|address| address.to_string()).unwrap_or_default();
    page(&board, &session, StatusCode::OK, context! { stage => "enter", action => format!("/sign-in/{token}"), who })
        .await
}

/// `POST /sign-in/{token}`: lets in, once.
pub(super) async fn enter(
    State(board): State<Arc<Board>>,
    session: Session,
    Path(token): Path<String>,
) -> Result<Response, Refusal> {
    let (store, now) = (&board.office.store, board.now());
    let (secret, browser) = (hash(&token), session.id().as_ref().map(stored_id));
    // The log of events is not filled with what somebody makes up.
    if store.look_at_link(&secret, browser.as_ref(), now).await? == Link::Unknown
        && !board.limits.allow(Kind::Note, None)
    {
        return Err(Refusal::link_unknown());
    }
    let account = good(store.use_link(&secret, browser.as_ref(), now).await?)?;
    let address = store.account_address(account).await?.ok_or_else(Refusal::nobody_now)?;
    let (rules, _) = roles_of(&board.office, &address).into_iter().next().ok_or_else(Refusal::nobody_now)?;
    let next: Option<String> = session.remove(NEXT).await?;
    // Whoever knew the number of the session before must not know it now.
    session.cycle_id().await?;
    session.insert(ACCOUNT, account).await?;
    session.insert(CSRF, Token::draw()?.as_str()).await?;
    tracing::info!(account, "signed in");
    let own = format!("{}/", root(&board.office, &rules.campaign.id));
    Ok(Redirect::to(next.as_deref().and_then(local).unwrap_or(&own)).into_response())
}

/// `POST /sign-out`.
pub(super) async fn leave(
    State(board): State<Arc<Board>>,
    visitor: Visitor,
    session: Session,
) -> Result<Response, Refusal> {
    session.flush().await?;
    board.office.store.note_door(Door::SignedOut(visitor.account), board.now()).await?;
    tell(&session, &Flash::done("Вы вышли. Чтобы продолжить работу, войдите ещё раз."), "/sign-in").await
}

fn good(link: Link) -> Result<AccountId, Refusal> {
    match link {
        Link::Good(account) => Ok(account),
        Link::OtherBrowser => Err(Refusal::link_of_another_browser()),
        Link::Used => Err(Refusal::link_used()),
        Link::Expired => Err(Refusal::link_expired()),
        Link::Unknown => Err(Refusal::link_unknown()),
    }
}

/// A page for somebody who is not signed in, whose form has a token all the same.
async fn page(board: &Board, session: &Session, status: StatusCode, context: Value) -> Result<Response, Refusal> {
    let shell = Shell { flash: flash(session).await?, ..Shell::of_stranger(csrf(session).await?) };
    let minutes = board.config.link.as_mins().max(1);
    let all = context! { ..context, ..context! { typed => "", wrong => false, who => "", action => "", minutes } };
    Ok((status, Html(board.pages.fill("sign_in.html.j2", &shell, all)?)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_a_page_of_ours_is_gone_on_to() {
        for path in ["/", "/review/7", "/school/kirishi-3?a=%2F%2Fx#", "/outbox?x=//evil.example", "/a//b"] {
            assert_eq!(local(path), Some(path));
        }
        for path in [
            "",
            "review",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/a\r\nSet-Cookie: a=b",
            "/\t/evil.example",
            " /",
            "/sign-in",
            "/sign-in/abc",
            "/sign-in?next=/",
            "/sign-out",
            "/events",
            "/школа",
        ] {
            assert_eq!(local(path), None, "{path:?}");
        }
        assert_eq!(local(&format!("/{}", "a".repeat(1000))), None);
    }

    #[test]
    fn the_wanted_page_survives_being_part_of_an_address() {
        assert_eq!(sign_in_for("/review/7?a=b&c=d"), "/sign-in?next=%2Freview%2F7%3Fa%3Db%26c%3Dd");
        assert_eq!(sign_in_for("//evil.example"), "/sign-in");
    }
}
