//! Who somebody is, and what that lets him do. Looked up anew with every request: whoever is taken off a list is out.

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{Method, request::Parts},
};
use tower_sessions::Session;

use super::{
    place::Place,
    refusal::Refusal,
    session::{ACCOUNT, CSRF},
    state::Board,
};
use crate::{
    campaign::Campaign,
    config::Config,
    message::Address,
    office::{Office, Rules},
    store::AccountId,
};

/// What somebody may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Role {
    /// Sees everything and acts: `[staff] addresses`.
    Staff,
    /// Sees everything and acts on nothing: `[board] readers`.
    Reader,
    /// Sees the schools of a district: a person of the campaign who has one.
    Coordinator {
        /// As the campaign writes it.
        district: String,
    },
}

/// What an address may do; none: it is in no list. Where it is in several, the first one of them counts.
pub(crate) fn role_of(config: &Config, campaign: &Campaign, address: &Address) -> Option<Role> {
    let among = |list: &[String]| list.iter().any(|one| Address::parse(one).as_ref() == Some(address));
    if among(&config.staff.addresses) {
        return Some(Role::Staff);
    }
    if config.board.as_ref().is_some_and(|board| among(&board.readers)) {
        return Some(Role::Reader);
    }
    campaign.people.iter().find_map(|person| {
        let district = person.district.clone()?;
        (Address::parse(&person.address).as_ref() == Some(address)).then_some(Role::Coordinator { district })
    })
}

/// The campaigns in which an address has a role, and which.
pub(super) fn roles_of(office: &Office, address: &Address) -> Vec<(Arc<Rules>, Role)> {
    let role = |rules: Arc<Rules>| Some((role_of(&office.config, &rules.campaign, address)?, rules));
    office.campaigns().into_iter().filter_map(role).map(|(role, rules)| (rules, role)).collect()
}

/// What a coordinator may look at; each of these pages shows him his district alone. `*` stands for what it is about.
const OF_DISTRICT: [&str; 9] = [
    "/",
    "/events",
    "/table.xlsx",
    "/digest.docx",
    "/school/*",
    "/school/*/versions",
    "/message/*",
    "/message/*/original.eml",
    "/message/*/file/*",
];

/// Whether a path is of this form.
fn fits(form: &str, path: &str) -> bool {
    let (mut form, mut path) = (form.split('/'), path.split('/'));
    form.by_ref().all(|part| path.next().is_some_and(|given| part == given || part == "*" && !given.is_empty()))
        && path.next().is_none()
}

/// What everybody may send.
const SIGN_OUT: &str = "/sign-out";

impl Role {
    /// As a word for templates.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Reader => "reader",
            Self::Coordinator { .. } => "coordinator",
        }
    }

    /// Whether he may ask for this. Whatever is not named here is for the staff alone; what a page shows of it, it must
    /// still ask of [`Sight`](super::views::Sight).
    pub(super) fn may(&self, method: &Method, path: &str) -> bool {
        let looks = matches!(*method, Method::GET | Method::HEAD);
        match self {
            Self::Staff => true,
            _ if !looks => path == SIGN_OUT,
            Self::Reader => true,
            Self::Coordinator { .. } => OF_DISTRICT.iter().any(|form| fits(form, path)),
        }
    }
}

/// Who has signed in.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    /// By which number the log of events names him.
    pub(crate) account: AccountId,
    /// His address.
    pub(crate) address: Address,
    /// What he may do.
    pub(crate) role: Role,
    /// The token of his forms.
    pub(crate) csrf: String,
    /// The campaign that he looks at.
    pub(crate) place: Place,
}

impl Visitor {
    /// Whoever has signed in with a browser and may still be here. Where no campaign is named, the first one is meant in
    /// which he has a role.
    pub(super) async fn of(board: &Board, session: &Session, place: Place) -> Result<Option<Self>, Refusal> {
        let Some(account) = session.get::<AccountId>(ACCOUNT).await? else { return Ok(None) };
        let csrf: String = session.get(CSRF).await?.unwrap_or_default();
        let Some(address) = board.office.store.account_address(account).await? else { return Ok(None) };
        let office = &board.office;
        if let Some(role) = role_of(&office.config, &place.rules.campaign, &address) {
            return Ok(Some(Self { account, address, role, csrf, place }));
        }
        let other = roles_of(office, &address).into_iter().next();
        match other {
            Some(_) if place.named => Err(Refusal::forbidden()),
            Some((rules, role)) => {
                let place = Place::of(office, rules);
                Ok(Some(Self { account, address, role, csrf, place }))
            }
            None => Ok(None),
        }
    }

    /// The district that is all he sees; none: he sees everything.
    pub(crate) fn district(&self) -> Option<&str> {
        match &self.role {
            Role::Coordinator { district } => Some(district),
            Role::Staff | Role::Reader => None,
        }
    }

    /// Whether he may act.
    pub(crate) fn may_act(&self) -> bool {
        self.role == Role::Staff
    }
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Refusal::forbidden)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_named_is_for_the_staff_alone() {
        let coordinator = Role::Coordinator { district: "Киришский".to_owned() };
        for (method, path, reader, district) in [
            (Method::GET, "/", true, true),
            (Method::GET, "/school/kirishi-3/versions", true, true),
            (Method::GET, "/message/7/file/0", true, true),
            (Method::GET, "/table.xlsx", true, true),
            (Method::GET, "/review", true, false),
            (Method::GET, "/review/1", true, false),
            (Method::GET, "/reviewers", true, false),
            (Method::GET, "/school", true, false),
            (Method::GET, "/school/", true, false),
            (Method::GET, "/school/kirishi-3/date", true, false),
            (Method::GET, "/school/kirishi-3/versions/1", true, false),
            (Method::GET, "/message/7/pull-in", true, false),
            (Method::GET, "/message/7/file/", true, false),
            (Method::GET, "//", true, false),
            (Method::GET, "", true, false),
            (Method::GET, "/journal", true, false),
            (Method::GET, "/anything/new", true, false),
            (Method::POST, "/", false, false),
            (Method::POST, "/school/kirishi-3/received", false, false),
            (Method::POST, "/review/1/assign", false, false),
            (Method::DELETE, "/school/kirishi-3", false, false),
            (Method::POST, "/sign-out", true, true),
        ] {
            assert!(Role::Staff.may(&method, path));
            assert_eq!(Role::Reader.may(&method, path), reader, "{method} {path}");
            assert_eq!(coordinator.may(&method, path), district, "{method} {path}");
        }
    }
}
