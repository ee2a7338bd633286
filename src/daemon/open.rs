//! What the daemon, and whoever looks after it, opens as the configuration names it.

use std::time::Duration;

use anyhow::Context as _;
use jiff::Timestamp;

use crate::{
    campaign::Campaign,
    clock::Clock,
    config::{Config, MailboxConfig, MailboxSource},
    mailbox::{AnyMailbox, Imap, ImapSettings, MailboxError, Maildir},
    store::{Expired, Store, StoreError},
};

/// A message over this many bytes is stored as its beginning and goes to a person.
const LARGEST_MESSAGE: u64 = 64 << 20;

/// How long a database that another program has locked is waited for at the start.
const LOCKED: Duration = Duration::from_mins(5);

/// Opens the store and takes over what a process that died had begun. A database that is only locked is waited for.
pub(super) async fn open_store(config: &Config, clock: Clock, expired: Expired) -> Result<Store, StoreError> {
    let begun = tokio::time::Instant::now();
    loop {
        let opened = async {
            let store = Store::open(&config.store.url, &config.store.files).await?;
            store.take_over(clock.now(), expired).await?;
            Ok::<_, StoreError>(store)
        };
        match opened.await {
            Err(error) if error.is_lock() && begun.elapsed() < LOCKED => {
                tracing::warn!("another program has locked the database: it is waited for");
                tokio::time::sleep(config.times.reconnect_first).await;
            }
            opened => return opened,
        }
    }
}

/// Opens a mailbox of the configuration: with what the store knows of it. What its server received before `since` is none of
/// ours.
///
/// # Errors
/// Where it is no Maildir, or its server cannot be trusted.
pub(super) async fn open_mailbox(
    mailbox: &MailboxConfig,
    config: &Config,
    since: Timestamp,
    store: &Store,
) -> anyhow::Result<AnyMailbox> {
    let name = mailbox.key();
    let known = store.cursors(&name).await?;
    if let MailboxSource::Maildir { path } = &mailbox.source {
        return Ok(AnyMailbox::Maildir(Maildir::open(path, LARGEST_MESSAGE, known)?));
    }
    let position = store.mailbox_position(&name).await?.map(|(position, _)| position);
    let settings = imap_settings(mailbox, config, since)?.context("a mailbox of no kind")?;
    Ok(AnyMailbox::Imap(Box::new(Imap::new(settings, known, position.as_deref()))))
}

/// How an IMAP mailbox of the configuration is watched; none where it is of another kind.
///
/// # Errors
/// Where its server cannot be trusted.
pub fn imap_settings(
    mailbox: &MailboxConfig,
    config: &Config,
    since: Timestamp,
) -> anyhow::Result<Option<ImapSettings>> {
    let MailboxSource::Imap { server, login, folder, sent_folder } = &mailbox.source else { return Ok(None) };
    Ok(Some(ImapSettings {
        endpoint: server.endpoint().map_err(|error| MailboxError::Imap(error.into()))?,
        login: login.clone(),
        folder: folder.clone(),
        sent: sent_folder.clone(),
        marking: mailbox.marking.clone(),
        connect: config.times.connect,
        command: config.times.command,
        limit_bytes: LARGEST_MESSAGE,
        since,
    }))
}

/// When the first of the campaigns begins.
pub fn beginning<'c>(campaigns: impl IntoIterator<Item = &'c Campaign>) -> Timestamp {
    let begins = |campaign: &Campaign| campaign.start.to_zoned_datetime(campaign.time_zone.clone()).ok();
    campaigns.into_iter().filter_map(begins).map(|begins| begins.timestamp()).min().unwrap_or(Timestamp::MIN)
}
