//! Who signs in to the board: accounts, browsers, and the links by which one signs in. Of what lets somebody in, only
//! hashes are stored.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sqlx::SqliteConnection;

use super::{
    OutboxRow, Store, StoreError, events,
    record::{Letter, Outgoing, insert_letter},
};
use crate::{campaign::CampaignId, digest::Sha256, message::Address};

/// The number of a person: it stands for who did something where no name or address is to stand.
pub type AccountId = i64;

/// So many links are sent to one address in an hour, and to all together: the board is no way of filling a mailbox.
const LINKS_TO_ONE: i64 = 5;
const LINKS_TO_ALL: i64 = 60;
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// A browser with which nobody has signed in is forgotten sooner, and only so many are kept.
const STRANGER: SignedDuration = SignedDuration::from_hours(1);
const STRANGERS: i64 = 2000;

/// How exactly it is known when a browser was last seen: not every request is a write.
const SEEN: SignedDuration = SignedDuration::from_mins(1);

/// A link for signing in that somebody has asked for.
#[derive(Debug, Clone, Copy)]
pub struct NewLink<'l> {
    /// The hash of what makes the link.
    pub token: Sha256,
    /// For whom.
    pub address: &'l Address,
    /// The session of the browser that asked; none: it works in any.
    pub browser: Option<Sha256>,
    /// The letter with it, and the campaign among whose letters it is; none: the link is printed.
    pub letter: Option<(&'l CampaignId, &'l Outgoing)>,
    /// Until when it works.
    pub expires: Timestamp,
    /// The time.
    pub now: Timestamp,
}

/// What a link is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// It lets this account in.
    Good(AccountId),
    /// Another browser has asked for it.
    OtherBrowser,
    /// It has let somebody in before.
    Used,
    /// Its time is over.
    Expired,
    /// There is no such link.
    Unknown,
}

impl Link {
    /// As a word for the log of events.
    fn word(self) -> &'static str {
        match self {
            Self::Good(_) => "good",
            Self::OtherBrowser => "other_browser",
            Self::Used => "used",
            Self::Expired => "expired",
            Self::Unknown => "unknown",
        }
    }
}

/// What happens at the door, for the log of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Somebody signed out.
    SignedOut(AccountId),
    /// An address asked for a link that is in no list.
    Stranger,
}

/// Account, browser, until when, whether used.
type LinkColumns = (i64, Option<String>, i64, bool);

impl Store {
    /// The number of an address; it gets one where it has none.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn account(&self, address: &Address) -> Result<AccountId, StoreError> {
        let known: Option<i64> = sqlx::query_scalar("SELECT id FROM accounts WHERE address = $1")
            .bind(address.as_str())
            .fetch_optional(&self.readers)
            .await?;
        if let Some(id) = known {
            return Ok(id);
        }
        let mut tx = self.begin().await?;
        let id = account(&mut tx, address).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Whose number it is.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn account_address(&self, id: AccountId) -> Result<Option<Address>, StoreError> {
        let address: Option<String> = sqlx::query_scalar("SELECT address FROM accounts WHERE id = $1")
            .bind(id)
            .fetch_optional(&self.readers)
            .await?;
        Ok(address.and_then(|address| Address::parse(&address)))
    }

    /// Notes a link, and queues the letter with it. `false`, and nothing done, where too many have been asked for.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn new_link(&self, new: &NewLink<'_>) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let account = account(&mut tx, new.address).await?;
        let (now, since) = (new.now.as_microsecond(), before(new.now, HOUR));
        if new.letter.is_some() {
            let (own, all): (i64, i64) = sqlx::query_as(
                "SELECT count(*) FILTER (WHERE account = $1), count(*) FROM sign_ins
                 WHERE browser IS NOT NULL AND asked_at > $2 AND asked_at <= $3",
            )
            .bind(account)
            .bind(since)
            .bind(now)
            .fetch_one(&mut *tx)
            .await?;
            if own >= LINKS_TO_ONE || all >= LINKS_TO_ALL {
                let refs = json!({ "account": account, "why": "too_many" });
                events::append(&mut tx, new.now, "sign_in_refused", &refs).await?;
                tx.commit().await?;
                return Ok(false);
            }
        }
        sqlx::query("DELETE FROM sign_ins WHERE asked_at <= $1 AND expires_at <= $2 AND outbox IS NULL")
            .bind(before(new.now, HOUR * 24))
            .bind(now)
            .execute(&mut *tx)
            .await?;
        let outbox = match new.letter {
            Some((campaign, letter)) => Some(letter_row(&mut tx, campaign, letter, new).await?),
            None => None,
        };
        sqlx::query(
            "INSERT INTO sign_ins (token, account, browser, outbox, asked_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(new.token.to_string())
        .bind(account)
        .bind(new.browser.map(|browser| browser.to_string()))
        .bind(outbox)
        .bind(now)
        .bind(new.expires.as_microsecond())
        .execute(&mut *tx)
        .await?;
        events::append(&mut tx, new.now, "sign_in_link", &json!({ "account": account })).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// What a link is good for, in this browser; it stays as it is.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn look_at_link(
        &self,
        token: &Sha256,
        browser: Option<&Sha256>,
        now: Timestamp,
    ) -> Result<Link, StoreError> {
        let mut connection = self.readers.acquire().await?;
        link(&mut connection, token, browser, now).await
    }

    /// Uses a link: of several who try at once it lets in one. What happens is an event.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn use_link(&self, token: &Sha256, browser: Option<&Sha256>, now: Timestamp) -> Result<Link, StoreError> {
        let mut tx = self.begin().await?;
        let used: Option<i64> = sqlx::query_scalar(
            "UPDATE sign_ins SET used_at = $2
             WHERE token = $1 AND used_at IS NULL AND expires_at > $2 AND (browser IS NULL OR browser = $3)
             RETURNING account",
        )
        .bind(token.to_string())
        .bind(now.as_microsecond())
        .bind(browser.map(ToString::to_string))
        .fetch_optional(&mut *tx)
        .await?;
        let result = match used {
            Some(account) => Link::Good(account),
            None => link(&mut tx, token, browser, now).await?,
        };
        let (kind, refs) = match result {
            Link::Good(account) => ("signed_in", json!({ "account": account })),
            refused => ("sign_in_refused", json!({ "why": refused.word() })),
        };
        events::append(&mut tx, now, kind, &refs).await?;
        tx.commit().await?;
        Ok(result)
    }

    /// Notes what happened at the door.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn note_door(&self, what: Door, now: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let (kind, refs) = match what {
            Door::SignedOut(account) => ("signed_out", json!({ "account": account })),
            Door::Stranger => ("sign_in_refused", json!({ "why": "not_listed" })),
        };
        events::append(&mut tx, now, kind, &refs).await?;
        Ok(tx.commit().await?)
    }

    /// What is kept for a browser that has been seen within `idle`; it is seen now.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn session(
        &self,
        id: &Sha256,
        idle: SignedDuration,
        now: Timestamp,
    ) -> Result<Option<String>, StoreError> {
        let row: Option<(String, i64)> =
            sqlx::query_as("SELECT data, seen_at FROM sessions WHERE id = $1 AND seen_at > $2")
                .bind(id.to_string())
                .bind(before(now, idle))
                .fetch_optional(&self.readers)
                .await?;
        let Some((data, seen)) = row else { return Ok(None) };
        if seen <= before(now, SEEN) {
            sqlx::query("UPDATE sessions SET seen_at = $1 WHERE id = $2")
                .bind(now.as_microsecond())
                .bind(id.to_string())
                .execute(&self.writer)
                .await?;
        }
        Ok(Some(data))
    }

    /// Who has signed in with a browser, without its being seen by that.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn session_account(
        &self,
        id: &Sha256,
        idle: SignedDuration,
        now: Timestamp,
    ) -> Result<Option<AccountId>, StoreError> {
        let account: Option<Option<i64>> =
            sqlx::query_scalar("SELECT account FROM sessions WHERE id = $1 AND seen_at > $2")
                .bind(id.to_string())
                .bind(before(now, idle))
                .fetch_optional(&self.readers)
                .await?;
        Ok(account.flatten())
    }

    /// Begins to keep something for a browser; what has been kept for too long is thrown away.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn begin_session(
        &self,
        id: &Sha256,
        account: Option<AccountId>,
        data: &str,
        idle: SignedDuration,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query("DELETE FROM sessions WHERE seen_at <= $1 OR (account IS NULL AND seen_at <= $2)")
            .bind(before(now, idle))
            .bind(before(now, STRANGER.min(idle)))
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "DELETE FROM sessions WHERE id IN
                 (SELECT id FROM sessions WHERE account IS NULL ORDER BY seen_at DESC LIMIT -1 OFFSET $1)",
        )
        .bind(STRANGERS)
        .execute(&mut *tx)
        .await?;
        sqlx::query("INSERT INTO sessions (id, account, data, seen_at) VALUES ($1, $2, $3, $4)")
            .bind(id.to_string())
            .bind(account)
            .bind(data)
            .bind(now.as_microsecond())
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Keeps something else for a browser. One that is gone stays gone.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn keep_session(
        &self,
        id: &Sha256,
        account: Option<AccountId>,
        data: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE sessions SET account = $1, data = $2, seen_at = $3 WHERE id = $4")
            .bind(account)
            .bind(data)
            .bind(now.as_microsecond())
            .bind(id.to_string())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Forgets a browser.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn end_session(&self, id: &Sha256) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sessions WHERE id = $1").bind(id.to_string()).execute(&self.writer).await?;
        Ok(())
    }

    /// The number of the last event: it grows with whatever happens.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn last_event_number(&self) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar("SELECT coalesce(max(id), 0) FROM events").fetch_one(&self.readers).await?)
    }
}

async fn letter_row(
    connection: &mut SqliteConnection,
    campaign: &CampaignId,
    letter: &Outgoing,
    new: &NewLink<'_>,
) -> Result<OutboxRow, StoreError> {
    let expires = Some(new.expires);
    let whole = Letter { letter, message: None, ruling: None, approved: true, campaign, expires, now: new.now };
    insert_letter(connection, &whole).await
}

/// Takes the links that have expired out of the letters that brought them. What has not left by then is of no use.
pub(super) async fn forget_links(connection: &mut SqliteConnection, now: Timestamp) -> Result<(), StoreError> {
    let forgotten: Vec<OutboxRow> = sqlx::query_scalar(
        "UPDATE outbox SET state = CASE state WHEN 'sent' THEN 'sent' ELSE 'superseded' END, mime = x''
         WHERE id IN (SELECT outbox FROM sign_ins WHERE outbox IS NOT NULL AND expires_at <= $1)
           AND state NOT IN ('leased', 'sending') RETURNING id",
    )
    .bind(now.as_microsecond())
    .fetch_all(&mut *connection)
    .await?;
    if !forgotten.is_empty() {
        sqlx::query("UPDATE sign_ins SET outbox = NULL WHERE outbox IN (SELECT value FROM json_each($1))")
            .bind(super::json(&forgotten)?)
            .execute(connection)
            .await?;
    }
    Ok(())
}

async fn account(connection: &mut SqliteConnection, address: &Address) -> Result<AccountId, StoreError> {
    sqlx::query("INSERT INTO accounts (address) VALUES ($1) ON CONFLICT DO NOTHING")
        .bind(address.as_str())
        .execute(&mut *connection)
        .await?;
    Ok(sqlx::query_scalar("SELECT id FROM accounts WHERE address = $1")
        .bind(address.as_str())
        .fetch_one(connection)
        .await?)
}

async fn link(
    connection: &mut SqliteConnection,
    token: &Sha256,
    browser: Option<&Sha256>,
    now: Timestamp,
) -> Result<Link, StoreError> {
    let row: Option<LinkColumns> =
        sqlx::query_as("SELECT account, browser, expires_at, used_at IS NOT NULL FROM sign_ins WHERE token = $1")
            .bind(token.to_string())
            .fetch_optional(connection)
            .await?;
    let browser = browser.map(ToString::to_string);
    Ok(match row {
        None => Link::Unknown,
        Some((.., true)) => Link::Used,
        Some((_, _, expires, _)) if expires <= now.as_microsecond() => Link::Expired,
        Some((_, asked, ..)) if asked.is_some() && asked != browser => Link::OtherBrowser,
        Some((account, ..)) => Link::Good(account),
    })
}

fn before(now: Timestamp, span: SignedDuration) -> i64 {
    now.saturating_sub(span).unwrap_or(Timestamp::MIN).as_microsecond()
}
