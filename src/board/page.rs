//! Pages: templates in the program, filled in for whoever looks at them.

use std::sync::Arc;

use anyhow::Context as _;
use axum::{
    extract::FromRequestParts,
    http::request::Parts,
    response::{Html, IntoResponse as _, Redirect, Response},
};
use minijinja::{Environment, UndefinedBehavior, Value, context};
use serde::{Deserialize, Serialize};
use tower_sessions::Session;

use super::{
    assets,
    place::root,
    refusal::Refusal,
    session::FLASH,
    state::Board,
    visitor::{Role, Visitor, roles_of},
};
use crate::reply::{
    AlertKind,
    russian::{plural, short_time},
};

macro_rules! embedded {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("pages/", $name)))),+]
    };
}

const EMBEDDED: &[(&str, &str)] = embedded![
    "base.html.j2",
    "board.html.j2",
    "case.html.j2",
    "case_acts.html.j2",
    "date.html.j2",
    "deadlines.html.j2",
    "entry.html.j2",
    "health.html.j2",
    "journal.html.j2",
    "letter.html.j2",
    "letter_act.html.j2",
    "mail.html.j2",
    "message.html.j2",
    "message_acts.html.j2",
    "obligations.html.j2",
    "other.html.j2",
    "other_act.html.j2",
    "outbox.html.j2",
    "parts.html.j2",
    "refuse.html.j2",
    "reviews.html.j2",
    "school.html.j2",
    "school_acts.html.j2",
    "settle.html.j2",
    "sign_in.html.j2",
    "tick_act.html.j2",
    "undo.html.j2",
    "versions.html.j2",
];
/// Words that the letters to the committee have too.
const PHRASES: (&str, &str) = ("phrases.txt.j2", include_str!("../../config/templates/phrases.txt.j2"));

/// All templates, compiled.
#[derive(Debug)]
pub(super) struct Pages(Environment<'static>);

impl Pages {
    /// Compiles them.
    ///
    /// # Errors
    /// Where one is malformed.
    pub(super) fn load() -> anyhow::Result<Self> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_trim_blocks(true);
        environment.set_lstrip_blocks(true);
        environment.add_filter("plural", |count: usize, one: String, few: String, many: String| {
            plural(count, [&one, &few, &many])
        });
        environment.add_function("asset", assets::url);
        for (name, text) in EMBEDDED.iter().chain([&PHRASES]) {
            environment.add_template(name, text).with_context(|| format!("the page {name}"))?;
        }
        Ok(Self(environment))
    }

    /// A page as HTML; what it says of the visitor and his surroundings is `shell`.
    ///
    /// # Errors
    /// Where the template fails.
    pub(super) fn fill(&self, name: &str, shell: &Shell, context: Value) -> anyhow::Result<String> {
        let page = self.0.get_template(name).with_context(|| format!("the page {name}"))?;
        let all = context! { shell => Value::from_serialize(shell), ..context };
        page.render(all).with_context(|| format!("the page {name}"))
    }
}

/// What the next page tells of what was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Flash {
    kind: FlashKind,
    text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum FlashKind {
    Done,
    Wrong,
}

impl Flash {
    /// Something was done.
    pub(crate) fn done(text: impl Into<String>) -> Self {
        Self { kind: FlashKind::Done, text: text.into() }
    }

    /// Something could not be done.
    pub(crate) fn wrong(text: impl Into<String>) -> Self {
        Self { kind: FlashKind::Wrong, text: text.into() }
    }
}

/// Sends the browser on to `path` (303), where it is told what was done.
///
/// # Errors
/// Where the session cannot be kept.
pub(crate) async fn tell(session: &Session, flash: &Flash, path: &str) -> Result<Response, Refusal> {
    session.insert(FLASH, flash).await?;
    Ok(Redirect::to(path).into_response())
}

/// What the page of now tells, and the next one does not.
pub(super) async fn flash(session: &Session) -> Result<Option<Flash>, Refusal> {
    // Taking out what is not there would be a change, and be written.
    let told = session.get_value(FLASH).await?.is_some();
    Ok(if told { session.remove(FLASH).await? } else { None })
}

/// A campaign to choose.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Other {
    id: String,
    title: String,
    href: String,
    here: bool,
    /// How much of it waits for a person.
    reviews: u64,
}

/// A server that does not work, as every page tells the staff.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Trouble {
    kind: String,
    /// Whether letters wait because of it, and not mails.
    sending: bool,
    since: String,
}

/// What stands around every page.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Shell {
    pub(super) signed_in: bool,
    pub(super) who: String,
    pub(super) role: &'static str,
    pub(super) district: Option<String>,
    pub(super) csrf: String,
    pub(super) campaign: String,
    /// With what links to pages of the campaign begin.
    pub(super) root: String,
    /// The campaigns to choose from, this one among them; none where there is but one.
    pub(super) others: Vec<Other>,
    pub(super) here: &'static str,
    pub(super) reviews: u64,
    pub(super) troubled: u64,
    pub(super) held: u64,
    pub(super) troubles: Vec<Trouble>,
    pub(super) flash: Option<Flash>,
    pub(super) may_act: bool,
    pub(super) url: String,
}

impl Shell {
    /// For somebody who is not signed in.
    pub(super) fn of_stranger(csrf: String) -> Self {
        // Whose letter it is, strangers are not told.
        Self { csrf, campaign: "Сводка".to_owned(), ..Self::default() }
    }

    /// For somebody who is.
    pub(super) async fn of_visitor(board: &Board, visitor: &Visitor) -> Result<Self, Refusal> {
        let (campaign, store) = (&visitor.place.rules.campaign, &board.office.store);
        let waiting = match visitor.district() {
            None => store.waiting(&campaign.id).await?,
            Some(_) => Default::default(),
        };
        let incidents = if visitor.district().is_none() { store.incidents().await? } else { Vec::new() };
        let troubles = incidents.into_iter().filter_map(|one| {
            let kind = AlertKind::of_word(&one.kind)?;
            let sending = AlertKind::OF_SMTP.contains(&kind);
            let since = short_time(one.since, &campaign.time_zone);
            (sending || AlertKind::OF_MAILBOX.contains(&kind)).then_some(Trouble { kind: one.kind, sending, since })
        });
        let troubles = troubles.collect();
        let mut others = Vec::new();
        for (rules, role) in roles_of(&board.office, &visitor.address) {
            let all = !matches!(role, Role::Coordinator { .. });
            let reviews = if all { store.waiting(&rules.campaign.id).await?.reviews } else { 0 };
            others.push(Other {
                id: rules.campaign.id.to_string(),
                title: rules.campaign.title.clone(),
                href: format!("{}/", root(&board.office, &rules.campaign.id)),
                here: rules.campaign.id == campaign.id,
                reviews,
            });
        }
        Ok(Self {
            signed_in: true,
            who: visitor.address.to_string(),
            role: visitor.role.word(),
            district: visitor.district().map(str::to_owned),
            csrf: visitor.csrf.clone(),
            campaign: campaign.title.clone(),
            root: visitor.place.root.clone(),
            others: if others.len() > 1 { others } else { Vec::new() },
            reviews: waiting.reviews,
            troubled: waiting.troubled,
            held: if board.office.holds() { waiting.queued } else { waiting.held },
            troubles,
            may_act: visitor.may_act(),
            ..Self::default()
        })
    }
}

/// A page for somebody who is signed in; handlers ask for it.
pub(crate) struct Page {
    board: Arc<Board>,
    /// Who looks at it.
    pub(crate) visitor: Visitor,
    shell: Shell,
}

impl Page {
    /// Under which entry of the menu it stands.
    pub(crate) fn at(mut self, here: &'static str) -> Self {
        self.shell.here = here;
        self
    }

    /// Fills in a template; beside what is given here it knows `shell`.
    ///
    /// # Errors
    /// Where the template fails.
    pub(crate) fn render(self, name: &str, context: Value) -> Result<Response, Refusal> {
        Ok(Html(self.board.pages.fill(name, &self.shell, context)?).into_response())
    }
}

impl FromRequestParts<Arc<Board>> for Page {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, board: &Arc<Board>) -> Result<Self, Refusal> {
        let visitor = Visitor::from_request_parts(parts, board).await?;
        let mut shell = Shell::of_visitor(board, &visitor).await?;
        let path = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
        shell.url = format!("{}{path}", shell.root);
        if let Some(session) = parts.extensions.get::<Session>() {
            shell.flash = flash(session).await?;
        }
        Ok(Self { board: Arc::clone(board), visitor, shell })
    }
}
