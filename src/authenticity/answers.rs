//! Where the records of names come from: the name servers, or a list for tests.

use std::{borrow::Borrow, collections::HashMap, hash::Hash, sync::Arc, time::Instant};

use mail_auth::{ResolverCache, Txt};

/// What is known of names without asking.
#[derive(Clone)]
pub(super) enum Answers {
    /// Nothing: the name servers are asked, and what they say is kept where they are asked.
    Live,
    /// All there is: a name that is not here does not exist.
    #[cfg_attr(not(test), expect(dead_code, reason = "tests alone know all there is"))]
    Fixed(Arc<HashMap<Box<str>, Txt>>),
}

impl ResolverCache<Box<str>, Txt> for Answers {
    fn get<Q>(&self, name: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        match self {
            Self::Live => None,
            Self::Fixed(records) => Some(records.get(name).cloned().unwrap_or_else(|| Txt::Error(nothing()))),
        }
    }

    fn remove<Q>(&self, _: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        None
    }

    fn insert(&self, _: Box<str>, _: Txt, _: Instant) {}
}

/// What a name server says of a name that does not exist.
fn nothing() -> mail_auth::Error {
    use mail_auth::hickory_resolver::proto::op::ResponseCode;
    mail_auth::Error::Dns(mail_auth::DnsError::RecordNotFound(ResponseCode::NXDomain))
}
