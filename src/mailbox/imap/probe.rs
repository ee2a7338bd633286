//! A look at a folder that changes nothing, for whoever sets svodka up.

use async_imap::imap_proto::{Response, rfc2087::QuotaResourceName};
use jiff::Timestamp;

use super::{
    ImapError, ImapSettings,
    session::{Session, quoted},
};

/// What a server and a folder of it can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// How many messages are in the folder.
    pub messages: u32,
    /// Whether it keeps keywords of our own.
    pub keywords: bool,
    /// Whether it has a lasting UIDVALIDITY.
    pub lasting: bool,
    /// Whether the server tells of new mail by itself.
    pub idle: bool,
    /// Whether messages can be moved without touching what others have deleted.
    pub moves: bool,
    /// Kilobytes used and allowed, where there is a limit.
    pub quota: Option<(u64, u64)>,
    /// When the newest message was received.
    pub newest: Option<Timestamp>,
}

/// Logs in and looks at the folder.
///
/// # Errors
/// [`ImapError`]: as the mailbox itself would meet it.
pub async fn probe(of: &ImapSettings) -> Result<Probe, ImapError> {
    let mut session = Session::open(&of.endpoint, &of.login, of.connect, of.command, of.limit_bytes).await?;
    // EXAMINE would not tell which flags are kept.
    let selected = session.select(&of.folder, false).await?;
    let newest = match selected.exists {
        0 => None,
        _ => session.fetch_last("(UID INTERNALDATE)").await?.and_then(|item| item.received),
    };
    let mut quota = None;
    if session.can("QUOTA") {
        let command = format!("GETQUOTAROOT {}", quoted(&of.folder));
        let asked = session.run("GETQUOTAROOT", &command, 0, |response| {
            if let Response::Quota(found) = response {
                let storage = found.resources.iter().find(|one| matches!(one.name, QuotaResourceName::Storage));
                quota = quota.or(storage.map(|one| (one.usage, one.limit)));
            }
        });
        match asked.await {
            // Some servers offer what they then refuse.
            Ok(()) | Err(ImapError::No { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Probe {
        messages: selected.exists,
        keywords: selected.keywords,
        lasting: selected.validity.is_some(),
        idle: session.can("IDLE"),
        moves: session.can("MOVE") || session.can("UIDPLUS"),
        quota,
        newest,
    })
}
