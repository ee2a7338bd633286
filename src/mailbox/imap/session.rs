//! A logged-in connection on which every command ends in a tagged OK or in an error. async-imap's own commands take an
//! answer of NO, and an end in the middle, for an empty result, which for us would be "there is no new mail".

use std::{collections::BTreeSet, time::Duration};

use async_imap::{
    Authenticator, Client, Session as Inner,
    imap_proto::{AttributeValue, Capability, MailboxDatum, Response, ResponseCode, Status},
};
use jiff::Timestamp;
use tokio::{io::AsyncWriteExt as _, sync::Notify};

use super::error::ImapError;
use crate::{
    config::Login,
    net::{Endpoint, Guard, Protocol, Stream, Tls},
    pulse::{may_take, within},
};

/// A server that sends slower than this is taken for dead.
const BYTES_PER_SECOND: u64 = 8 * 1024;

/// A logged-in connection. After an error other than [`ImapError::No`] it must be dropped.
#[derive(Debug)]
pub(super) struct Session {
    inner: Inner<Stream>,
    /// For an answer, without what it takes to send large ones.
    deadline: Duration,
    capabilities: BTreeSet<String>,
    /// Whether the server has told of new mail since this was last asked.
    news: bool,
}

/// A selected folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Selected {
    /// None where the server has none, or gives 0 (RFC 9051 §2.3.1.1 demands one).
    pub(super) validity: Option<u32>,
    /// How many messages there are.
    pub(super) exists: u32,
    /// Whether keywords of our own are kept (RFC 9051 §7.1, PERMANENTFLAGS).
    pub(super) keywords: bool,
}

/// What FETCH tells of a message; absent what was not asked for.
#[derive(Debug, Default)]
pub(super) struct Item {
    pub(super) uid: u32,
    pub(super) size: Option<u64>,
    pub(super) received: Option<Timestamp>,
    pub(super) flags: Vec<String>,
    pub(super) body: Option<Vec<u8>>,
}

/// How far an answer has come.
enum Step {
    Untagged,
    Continue,
    Done,
}

/// SASL PLAIN (RFC 4616) and XOAUTH2.
struct Once(Option<String>);

impl Authenticator for Once {
    type Response = String;

    /// A server that refuses a token says why in a challenge, which is answered by nothing.
    fn process(&mut self, _: &[u8]) -> String {
        self.0.take().unwrap_or_default()
    }
}

impl Session {
    /// Connects and logs in. A literal of more than `largest` bytes will be refused.
    pub(super) async fn open(
        endpoint: &Endpoint,
        login: &Login,
        connect: Duration,
        deadline: Duration,
        largest: u64,
    ) -> Result<Self, ImapError> {
        let stream = endpoint.connect(Protocol::Imap, Guard::imap(largest), connect).await?;
        let mut client = Client::new(stream);
        // After STARTTLS there is no second greeting.
        let offered = match endpoint.tls {
            Tls::Implicit => {
                within(connect, greeting(&mut client)).await.map_err(|_| ImapError::Late("greeting"))??
            }
            Tls::Starttls => Vec::new(),
        };
        // LOGIN holds ASCII alone, and not every server has it.
        let plain = offered.iter().any(|one| one == "AUTH=PLAIN") || !login.user.is_ascii();
        let secret = login.secret.fetch().await?;
        let password = secret.reveal();
        let let_in = async {
            if login.secret.is_token() {
                let token = format!("user={}\x01auth=Bearer {password}\x01\x01", login.user);
                client.authenticate("XOAUTH2", Once(Some(token))).await
            } else if plain || !password.is_ascii() {
                client.authenticate("PLAIN", Once(Some(format!("\0{}\0{password}", login.user)))).await
            } else {
                client.login(&login.user, password).await
            }
        };
        let inner = match within(deadline, let_in).await {
            Ok(Ok(session)) => session,
            Ok(Err((error, _))) => return Err(refused(ImapError::command("login", error))),
            Err(_) => return Err(ImapError::Late("login")),
        };
        let mut session = Self { inner, deadline, capabilities: BTreeSet::new(), news: false };
        session.learn_capabilities().await?;
        Ok(session)
    }

    async fn learn_capabilities(&mut self) -> Result<(), ImapError> {
        let mut found = BTreeSet::new();
        self.run("CAPABILITY", "CAPABILITY", 0, |response| {
            if let Response::Capabilities(capabilities) = response {
                found.extend(names(capabilities));
            }
        })
        .await?;
        self.capabilities = found;
        Ok(())
    }

    /// Whether the server can do this.
    pub(super) fn can(&self, capability: &str) -> bool {
        self.capabilities.contains(capability)
    }

    /// Whether the server has told of new mail since this was last asked.
    pub(super) fn take_news(&mut self) -> bool {
        std::mem::take(&mut self.news)
    }

    /// Makes the next wait look first.
    pub(super) fn expect_news(&mut self) {
        self.news = true;
    }

    /// Runs a command; `on` sees each untagged answer and the tagged OK. `bytes`: about how much is to come.
    pub(super) async fn run(
        &mut self,
        name: &'static str,
        command: &str,
        bytes: u64,
        on: impl FnMut(&Response<'_>),
    ) -> Result<(), ImapError> {
        let deadline = self.deadline + Duration::from_secs(bytes / BYTES_PER_SECOND);
        within(deadline, self.run_unbounded(name, command, on)).await.map_err(|_| ImapError::Late(name))?
    }

    async fn run_unbounded(
        &mut self,
        name: &'static str,
        command: &str,
        mut on: impl FnMut(&Response<'_>),
    ) -> Result<(), ImapError> {
        let tag = self.inner.run_command(command).await.map_err(|error| ImapError::command(name, error))?;
        loop {
            if let Step::Done = self.step(name, &tag, &mut on).await? {
                return Ok(());
            }
        }
    }

    /// Reads one answer.
    async fn step(
        &mut self,
        command: &'static str,
        tag: &async_imap::imap_proto::RequestId,
        on: &mut impl FnMut(&Response<'_>),
    ) -> Result<Step, ImapError> {
        let read = self.inner.read_response().await.map_err(|error| ImapError::io(command, error))?;
        let Some(response) = read else { return Err(ImapError::Ended(command)) };
        let text = |information: &Option<std::borrow::Cow<'_, str>>| {
            information.as_deref().unwrap_or_default().chars().take(300).collect::<String>()
        };
        match response.parsed() {
            Response::Data { status: Status::Bye, outcome } => Err(ImapError::Bye(text(&outcome.information))),
            Response::Done { tag: other, .. } if other != tag => {
                Err(ImapError::Protocol { command, what: "the end of another command" })
            }
            done @ Response::Done { status: Status::Ok, .. } => {
                on(done);
                Ok(Step::Done)
            }
            Response::Done { status: Status::No, outcome, .. } => {
                Err(ImapError::No { command, answer: text(&outcome.information) })
            }
            Response::Done { outcome, .. } => Err(ImapError::Bad { command, answer: text(&outcome.information) }),
            Response::Continue(_) => Ok(Step::Continue),
            untagged => {
                if let Response::MailboxData(MailboxDatum::Exists(_)) = untagged {
                    self.news = true;
                }
                on(untagged);
                Ok(Step::Untagged)
            }
        }
    }

    /// SELECT, or EXAMINE where nothing may be changed.
    pub(super) async fn select(&mut self, folder: &str, read_only: bool) -> Result<Selected, ImapError> {
        let name = if read_only { "EXAMINE" } else { "SELECT" };
        let (mut exists, mut validity, mut keywords) = (None, None, false);
        self.run(name, &format!("{name} {}", quoted(folder)), 0, |response| match response {
            Response::MailboxData(MailboxDatum::Exists(number)) => exists = Some(*number),
            Response::Data { status: Status::Ok, outcome } => match &outcome.code {
                Some(ResponseCode::UidValidity(number)) => validity = Some(*number),
                Some(ResponseCode::PermanentFlags(flags)) => keywords = flags.iter().any(|flag| flag == "\\*"),
                _ => {}
            },
            _ => {}
        })
        .await?;
        self.news = false;
        let exists = exists.ok_or(ImapError::Protocol { command: name, what: "no number of messages" })?;
        Ok(Selected { validity: validity.filter(|number| *number > 0), exists, keywords })
    }

    /// UID SEARCH. An OK without a SEARCH line is no empty result.
    pub(super) async fn search(&mut self, query: &str) -> Result<Vec<u32>, ImapError> {
        let mut found: Option<Vec<u32>> = None;
        self.run("SEARCH", &format!("UID SEARCH {query}"), 0, |response| {
            if let Response::MailboxData(MailboxDatum::Search(uids)) = response {
                found.get_or_insert_default().extend(uids);
            }
        })
        .await?;
        found.ok_or(ImapError::Protocol { command: "SEARCH", what: "no result" })
    }

    /// UID FETCH. What the server tells of its own accord, without what was asked for, is passed over: the caller sees
    /// that every UID came.
    pub(super) async fn fetch(&mut self, uids: &str, items: &str, bytes: u64) -> Result<Vec<Item>, ImapError> {
        let mut found = Vec::new();
        self.run("FETCH", &format!("UID FETCH {uids} {items}"), bytes, |response| {
            if let Response::Fetch(_, attributes) = response {
                found.extend(item(attributes));
            }
        })
        .await?;
        Ok(found)
    }

    /// FETCH of the last message of the folder.
    pub(super) async fn fetch_last(&mut self, items: &str) -> Result<Option<Item>, ImapError> {
        let mut found = None;
        self.run("FETCH", &format!("FETCH * {items}"), 0, |response| {
            if let Response::Fetch(_, attributes) = response {
                found = item(attributes);
            }
        })
        .await?;
        Ok(found)
    }

    /// Whether the server can wait for news by itself.
    pub(super) fn can_idle(&self) -> bool {
        self.can("IDLE")
    }

    /// IDLE (RFC 2177) until the server tells of new mail, somebody wakes us, or `most` has passed.
    pub(super) async fn idle(&mut self, most: Duration, wake: &Notify) -> Result<(), ImapError> {
        const NAME: &str = "IDLE";
        let deadline = self.deadline;
        let mut ignore = |_: &Response<'_>| {};
        let tag = within(self.deadline, self.inner.run_command(NAME)).await.map_err(|_| ImapError::Late(NAME))?;
        let tag = tag.map_err(|error| ImapError::command(NAME, error))?;
        let begin = async {
            loop {
                match self.step(NAME, &tag, &mut ignore).await? {
                    Step::Continue => return Ok(()),
                    Step::Untagged => {}
                    Step::Done => return Err(ImapError::Protocol { command: NAME, what: "an end before the start" }),
                }
            }
        };
        within(deadline, begin).await.map_err(|_| ImapError::Late(NAME))??;
        let wait = async {
            while !self.news {
                if let Step::Done = self.step(NAME, &tag, &mut ignore).await? {
                    return Err(ImapError::Protocol { command: NAME, what: "an end of its own" });
                }
            }
            Ok(())
        };
        may_take(most);
        tokio::select! {
            ended = wait => ended?,
            () = wake.notified() => {}
            () = tokio::time::sleep(most) => {}
        }
        let end = async {
            let stream = self.inner.get_mut();
            stream.write_all(b"DONE\r\n").await.map_err(|error| ImapError::io(NAME, error))?;
            stream.flush().await.map_err(|error| ImapError::io(NAME, error))?;
            while !matches!(self.step(NAME, &tag, &mut ignore).await?, Step::Done) {}
            Ok(())
        };
        within(deadline, end).await.map_err(|_| ImapError::Late(NAME))?
    }

    /// APPEND (RFC 9051 §6.3.12), without a flag: staff are to see it as new.
    pub(super) async fn append(&mut self, folder: &str, mime: &[u8]) -> Result<(), ImapError> {
        const NAME: &str = "APPEND";
        let mut ignore = |_: &Response<'_>| {};
        let command = format!("APPEND {} () {{{}}}", quoted(folder), mime.len());
        let deadline = self.deadline + Duration::from_secs(mime.len() as u64 / BYTES_PER_SECOND);
        let whole = async {
            let tag = self.inner.run_command(&command).await.map_err(|error| ImapError::command(NAME, error))?;
            loop {
                match self.step(NAME, &tag, &mut ignore).await? {
                    Step::Continue => break,
                    Step::Untagged => {}
                    Step::Done => return Err(ImapError::Protocol { command: NAME, what: "an end before the message" }),
                }
            }
            let stream = self.inner.get_mut();
            let sent = async {
                stream.write_all(mime).await?;
                stream.write_all(b"\r\n").await?;
                stream.flush().await
            };
            sent.await.map_err(|error| ImapError::io(NAME, error))?;
            while !matches!(self.step(NAME, &tag, &mut ignore).await?, Step::Done) {}
            Ok(())
        };
        within(deadline, whole).await.map_err(|_| ImapError::Late(NAME))?
    }
}

/// Reads the greeting (RFC 9051 §7.1); gives what the server says of its own accord that it offers.
async fn greeting(client: &mut Client<Stream>) -> Result<Vec<String>, ImapError> {
    const NAME: &str = "greeting";
    let read = client.read_response().await.map_err(|error| ImapError::io(NAME, error))?;
    let response = read.ok_or(ImapError::Ended(NAME))?;
    match response.parsed() {
        Response::Data { status: Status::Ok, outcome } => Ok(match &outcome.code {
            Some(ResponseCode::Capabilities(offered)) => names(offered),
            _ => Vec::new(),
        }),
        Response::Data { status: Status::Bye, outcome } => {
            Err(ImapError::Bye(outcome.information.as_deref().unwrap_or_default().to_owned()))
        }
        _ => Err(ImapError::Protocol { command: NAME, what: "no greeting" }),
    }
}

fn names(capabilities: &[Capability<'_>]) -> Vec<String> {
    let name = |one: &Capability<'_>| match one {
        Capability::Atom(atom) => Some(atom.to_ascii_uppercase()),
        Capability::Auth(mechanism) => Some(format!("AUTH={}", mechanism.to_ascii_uppercase())),
        Capability::Imap4rev1 => None,
    };
    capabilities.iter().filter_map(name).collect()
}

/// A refusal of the login, unless the server says that it is only for now (RFC 5530 §3).
fn refused(error: ImapError) -> ImapError {
    match error {
        ImapError::No { answer, .. } | ImapError::Bad { answer, .. }
            if !["[UNAVAILABLE]", "[INUSE]", "[LIMIT]"]
                .iter()
                .any(|code| answer.to_ascii_uppercase().contains(code)) =>
        {
            ImapError::Login { answer: answer.chars().take(300).collect() }
        }
        other => other,
    }
}

fn item(attributes: &[AttributeValue<'_>]) -> Option<Item> {
    let mut item = Item::default();
    for attribute in attributes {
        match attribute {
            AttributeValue::Uid(uid) => item.uid = *uid,
            AttributeValue::Rfc822Size(size) => item.size = Some(u64::from(*size)),
            AttributeValue::InternalDate(date) => item.received = internal_date(date),
            AttributeValue::Flags(flags) => item.flags = flags.iter().map(|flag| flag.to_string()).collect(),
            AttributeValue::BodySection { data: Some(data), .. } => item.body = Some(data.to_vec()),
            _ => {}
        }
    }
    (item.uid > 0).then_some(item)
}

/// «17-Jul-1996 02:44:25 -0700», the day perhaps behind a blank (RFC 9051 §9, date-time).
fn internal_date(text: &str) -> Option<Timestamp> {
    Timestamp::strptime("%d-%b-%Y %H:%M:%S %z", text.trim()).ok()
}

/// A folder's name as a quoted string in modified UTF-7 (RFC 3501 §5.1.3).
pub(super) fn quoted(folder: &str) -> String {
    let coded = utf7_imap::encode_utf7_imap(folder.to_owned());
    format!("\"{}\"", coded.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_folders_are_coded_and_quoted() {
        assert_eq!(quoted("INBOX"), "\"INBOX\"");
        assert_eq!(quoted("Входящие"), "\"&BBIERQQ+BDQETwRJBDgENQ-\"");
        assert_eq!(quoted("a\"b\\c"), "\"a\\\"b\\\\c\"");
    }

    #[test]
    fn internal_dates_are_read() {
        assert_eq!(internal_date("17-Jul-1996 02:44:25 -0700"), Some("1996-07-17T09:44:25Z".parse().unwrap()));
        assert_eq!(internal_date(" 7-Jul-1996 02:44:25 +0300"), Some("1996-07-06T23:44:25Z".parse().unwrap()));
        assert_eq!(internal_date("yesterday"), None);
    }
}
