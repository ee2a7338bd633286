//! A folder on an IMAP server (RFC 9051, RFC 3501). The cursor is UIDVALIDITY and UID; where the server has no lasting
//! ones, it is the hash of the bytes. What is new is found by comparing the server's list with the known cursors, never
//! by \Seen: people read the mailbox too.

mod error;
mod fetch;
mod marks;
mod probe;
mod session;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use tokio::sync::Notify;

use super::{Fetched, Listed, Mailbox, MailboxError, Notice, Treatment};
use crate::{
    config::{Login, Mark, Marking},
    digest::Sha256,
    fault::point,
    net::Endpoint,
};
pub use error::ImapError;
use fetch::Blame;
pub use probe::{Probe, probe};
use session::{Selected, Session};

/// After so many looks the whole list is compared again, whatever the server has told of meanwhile.
const LOOKS_BETWEEN_LISTS: u32 = 200;
/// Messages whose bytes are held at once while a folder without a UIDVALIDITY is listed.
const LISTED_AT_ONCE: usize = 20;
/// A server may end an IDLE after half an hour (RFC 2177).
const LONGEST_IDLE: Duration = Duration::from_mins(28);

/// How a folder on an IMAP server is watched.
#[derive(Debug, Clone)]
pub struct ImapSettings {
    /// The server.
    pub endpoint: Endpoint,
    /// The account.
    pub login: Login,
    /// The folder.
    pub folder: String,
    /// The folder in which the server keeps what was sent, where it has one.
    pub sent: Option<String>,
    /// What is shown in it of what was done.
    pub marking: Marking,
    /// For each step of a connection.
    pub connect: Duration,
    /// For an answer to a command.
    pub command: Duration,
    /// Of a longer message only the beginning is fetched, in bytes.
    pub limit_bytes: u64,
    /// Messages that the server received earlier are none of ours.
    pub since: Timestamp,
}

/// A folder on an IMAP server.
#[derive(Debug)]
pub struct Imap {
    settings: ImapSettings,
    session: Option<(Session, Selected)>,
    /// Cursors that have been taken in.
    known: BTreeSet<String>,
    /// The UIDVALIDITY of the last look, in this run or an earlier one.
    validity: Option<u32>,
    view: View,
    notices: Vec<Notice>,
    /// Whether the server has refused the IDLE that it offers.
    refuses_idle: bool,
    /// Whether the folder kept keywords when it was last selected.
    keywords: bool,
}

/// What is known of the folder under one UIDVALIDITY; where there is none, in one connection.
#[derive(Debug, Default)]
struct View {
    /// Messages that are to be fetched.
    wanted: BTreeSet<u32>,
    /// Messages that are dealt with: taken in, older than the campaign, or gone.
    settled: BTreeSet<u32>,
    /// The highest UID that was listed.
    highest: u32,
    /// Looks since the whole list was compared; none yet in this connection.
    looks: Option<u32>,
    /// Messages that could not be fetched, and how.
    failures: BTreeMap<u32, Blame>,
    /// Where there is no UIDVALIDITY: which message bears which cursor.
    by_hash: BTreeMap<String, u32>,
}

impl Imap {
    /// A folder of which these cursors have been taken in; `validity` as [`Mailbox::position`] gave it last.
    pub fn new(settings: ImapSettings, known: BTreeSet<String>, position: Option<&str>) -> Self {
        let validity = position.and_then(|position| position.parse().ok());
        Self {
            settings,
            session: None,
            known,
            validity,
            view: View::default(),
            notices: Vec::new(),
            refuses_idle: false,
            keywords: true,
        }
    }

    /// A connection with the folder selected.
    async fn connected(&mut self) -> Result<(&mut Session, Selected), ImapError> {
        if self.session.is_none() {
            let of = &self.settings;
            let mut session =
                Session::open(&of.endpoint, &of.login, of.connect, of.command, of.limit_bytes.max(1 << 20) + 4096)
                    .await?;
            let selected = session.select(&of.folder, false).await?;
            self.enter(selected);
            self.session = Some((session, selected));
        }
        match &mut self.session {
            Some((session, selected)) => Ok((session, *selected)),
            None => Err(ImapError::Ended("connect")),
        }
    }

    /// Compares the folder's UIDVALIDITY with the one before (RFC 9051 §2.3.1.1).
    fn enter(&mut self, selected: Selected) {
        let kept = selected.validity.is_some() && selected.validity == self.validity;
        if !kept {
            self.view = View::default();
        }
        if let (Some(known), Some(new)) = (self.validity, selected.validity)
            && known != new
        {
            self.notices.push(Notice::UidValidityChanged { known, new });
        }
        self.keywords = selected.keywords;
        self.validity = selected.validity.or(self.validity);
        self.view.looks = None;
    }

    /// Gives up the connection where an error has left it in doubt.
    fn settle<T>(&mut self, result: Result<T, ImapError>) -> Result<T, MailboxError> {
        if result.as_ref().is_err_and(|error| !error.leaves_connection()) {
            self.session = None;
        }
        Ok(result?)
    }

    /// The cursor of a message.
    fn cursor(validity: Option<u32>, uid: u32, raw: &[u8]) -> String {
        match validity {
            Some(validity) => format!("{validity}:{uid}"),
            None => format!("sha256:{}", Sha256::of(raw)),
        }
    }

    /// The UID behind a cursor, where it is one of this view.
    fn uid(&self, validity: Option<u32>, cursor: &str) -> Option<u32> {
        match validity {
            Some(validity) => cursor.strip_prefix(&format!("{validity}:"))?.parse().ok(),
            None => self.view.by_hash.get(cursor).copied(),
        }
    }

    /// Puts what is new on the server among the wanted messages.
    async fn look(&mut self) -> Result<(), ImapError> {
        let all = self.view.looks.is_none_or(|looks| looks >= LOOKS_BETWEEN_LISTS);
        // A server compares dates alone, in its own time zone (RFC 9051 §6.4.4).
        let since = self.settings.since.to_zoned_datetime(TimeZone::UTC).saturating_sub(1.day()).strftime("%d-%b-%Y");
        let next = self.view.highest.saturating_add(1);
        let query = if all { format!("SINCE {since}") } else { format!("UID {next}:*") };
        let (session, selected) = self.connected().await?;
        session.take_news();
        let found = session.search(&query).await?;
        let view = &mut self.view;
        for uid in found {
            // «n:*» names the last message even where its UID is lower.
            let listed = all || uid >= next;
            let known = selected.validity.is_some_and(|validity| self.known.contains(&format!("{validity}:{uid}")));
            if listed && !known && !view.settled.contains(&uid) {
                view.wanted.insert(uid);
            }
            view.highest = view.highest.max(uid);
        }
        view.looks = Some(if all { 0 } else { view.looks.unwrap_or_default() + 1 });
        Ok(())
    }

    /// Every message of the folder that the server received since the campaign's start, and how many are older.
    async fn list(&mut self) -> Result<Listed, ImapError> {
        let since = self.settings.since;
        let (_, selected) = self.connected().await?;
        if selected.validity.is_none() {
            // Nothing but its bytes names a message there.
            loop {
                let fetched = self.fetch_new(LISTED_AT_ONCE).await?;
                if fetched.is_empty() {
                    break;
                }
                fetched.iter().for_each(|message| self.settled(&message.cursor));
            }
        }
        let mut listed = Listed::default();
        let (session, _) = self.connected().await?;
        for item in session.fetch("1:*", "(UID INTERNALDATE)", 4 << 20).await.or_else(none_there)? {
            if item.received.is_some_and(|received| received < since) {
                listed.older += 1;
            } else if selected.validity.is_some() {
                listed.cursors.insert(Self::cursor(selected.validity, item.uid, &[]));
            }
        }
        listed.cursors.extend(self.view.by_hash.keys().cloned());
        Ok(listed)
    }

    /// A message that need not be fetched again.
    fn settled(&mut self, cursor: &str) {
        let validity = self.session.as_ref().and_then(|(_, selected)| selected.validity);
        if let Some(uid) = self.uid(validity, cursor) {
            self.view.wanted.remove(&uid);
            self.view.failures.remove(&uid);
            self.view.settled.insert(uid);
        }
    }
}

/// Some servers refuse «1:*» in an empty folder.
fn none_there(error: ImapError) -> Result<Vec<session::Item>, ImapError> {
    match error {
        ImapError::Bad { .. } => Ok(Vec::new()),
        other => Err(other),
    }
}

impl Mailbox for Imap {
    async fn new_messages(&mut self, limit: usize) -> Result<Vec<Fetched>, MailboxError> {
        let fetched = self.fetch_new(limit).await;
        self.settle(fetched)
    }

    fn taken(&mut self, cursor: &str) {
        self.settled(cursor);
        self.known.insert(cursor.to_owned());
    }

    async fn mark(&mut self, marks: &[(String, Treatment)]) -> Result<(), MailboxError> {
        let marked = self.mark_all(marks).await;
        self.settle(marked)
    }

    fn shows_answers(&self) -> bool {
        match self.settings.marking.mark {
            Mark::Keyword => !self.keywords,
            Mark::Answered => true,
            Mark::None => false,
        }
    }

    async fn holds(&mut self, message_id: &str) -> Result<bool, MailboxError> {
        let folders = [Some(self.settings.folder.clone()), self.settings.sent.clone()];
        let searched = async {
            for folder in folders.into_iter().flatten() {
                if !self.with_message_id(&folder, &format!("<{message_id}>")).await?.is_empty() {
                    return Ok(true);
                }
            }
            Ok(false)
        };
        let searched = searched.await;
        self.settle(searched)
    }

    async fn append(&mut self, mime: &[u8], message_id: &str) -> Result<(), MailboxError> {
        let folder = self.settings.folder.clone();
        let appended = async {
            let (session, _) = self.connected().await?;
            // A kill between the server's OK and our noting it must not show the same twice.
            let id = message_id.replace(['"', '\\'], "");
            if !session.search(&format!("HEADER Message-ID \"{id}\"")).await?.is_empty() {
                return Ok(());
            }
            point!("append::begun");
            session.append(&folder, mime).await
        };
        let appended = appended.await;
        self.settle(appended)
    }

    async fn wait(&mut self, most: Duration, wake: &Notify) -> Result<(), MailboxError> {
        let polls = self.refuses_idle;
        let waited = async {
            let (session, _) = self.connected().await?;
            if session.take_news() {
                return Ok(());
            }
            if session.can_idle() && !polls {
                return session.idle(most.min(LONGEST_IDLE), wake).await;
            }
            tokio::select! {
                () = wake.notified() => {}
                () = tokio::time::sleep(most) => {}
            }
            Ok(())
        };
        let waited = waited.await;
        self.refuses_idle |=
            matches!(waited, Err(ImapError::No { command: "IDLE", .. } | ImapError::Bad { command: "IDLE", .. }));
        self.settle(waited)
    }

    async fn list_all(&mut self) -> Result<Listed, MailboxError> {
        let listed = self.list().await;
        self.settle(listed)
    }

    fn position(&self) -> String {
        self.validity.map(|validity| validity.to_string()).unwrap_or_default()
    }

    fn notices(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.notices)
    }
}
