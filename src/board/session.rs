//! What is kept for a browser, in the store: `tower-sessions` gives the cookie, its number and its change; how long it
//! lasts is decided here, by our own clock.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::SignedDuration;
use tower_sessions::{
    Session, SessionStore,
    cookie::time::OffsetDateTime,
    session::{Id, Record},
    session_store::{Error, Result},
};

use super::{refusal::Refusal, token::Token};
use crate::{digest::Sha256, office::Office, store::StoreError};

/// The account that has signed in: a number.
pub(super) const ACCOUNT: &str = "account";
/// The token of forms.
pub(super) const CSRF: &str = "csrf";
/// The page that was wanted before signing in.
pub(super) const NEXT: &str = "next";
/// What the next page tells.
pub(super) const FLASH: &str = "flash";

/// The token of a browser's forms; it gets one where it has none.
pub(super) async fn csrf(session: &Session) -> std::result::Result<String, Refusal> {
    if let Some(csrf) = session.get(CSRF).await? {
        return Ok(csrf);
    }
    let token = Token::draw()?;
    session.insert(CSRF, token.as_str()).await?;
    Ok(token.as_str().to_owned())
}

/// Keeps sessions in our store.
#[derive(Debug, Clone)]
pub(super) struct Sessions {
    pub(super) office: Arc<Office>,
    pub(super) idle: SignedDuration,
}

/// Under which name a session is stored: whoever reads the table can be nobody by it.
pub(super) fn stored_id(id: &Id) -> Sha256 {
    Sha256::of(id.to_string().as_bytes())
}

fn backend(error: StoreError) -> Error {
    Error::Backend(error.to_string())
}

/// The account that stands in a record, and the record as text.
fn written(record: &Record) -> Result<(Option<i64>, String)> {
    let account = record.data.get(ACCOUNT).and_then(serde_json::Value::as_i64);
    let data = serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))?;
    Ok((account, data))
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let (account, data) = written(record)?;
        let (store, now) = (&self.office.store, self.office.clock.now());
        store.begin_session(&stored_id(&record.id), account, &data, self.idle, now).await.map_err(backend)
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let (account, data) = written(record)?;
        let (store, now) = (&self.office.store, self.office.clock.now());
        store.keep_session(&stored_id(&record.id), account, &data, now).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let (store, now) = (&self.office.store, self.office.clock.now());
        let Some(data) = store.session(&stored_id(id), self.idle, now).await.map_err(backend)? else { return Ok(None) };
        let data = serde_json::from_str(&data).map_err(|error| Error::Decode(error.to_string()))?;
        // The end is not told from the record: `Store::session` has looked at it.
        Ok(Some(Record { id: *id, data, expiry_date: OffsetDateTime::UNIX_EPOCH }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.office.store.end_session(&stored_id(id)).await.map_err(backend)
    }
}
