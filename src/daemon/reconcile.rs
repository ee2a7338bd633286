//! A mailbox held against the store: every message on the server is stored, or older than the campaign, or unaccounted.

use jiff::Timestamp;

use crate::{
    config::{Config, MailboxConfig},
    mailbox::Mailbox as _,
    store::Store,
};

use super::open::open_mailbox;

/// What became of the messages of a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconciled {
    /// On the server and stored.
    pub stored: usize,
    /// On the server, from before the campaign.
    pub older: usize,
    /// On the server and not stored: their names there.
    pub unaccounted: Vec<String>,
    /// Stored and no longer on the server: moved or deleted.
    pub moved: usize,
    /// Listed once, and gone before they could be read.
    pub vanished: u64,
}

/// Lists a mailbox and compares it with the store; changes neither. What its server received before `since` is none of ours.
///
/// # Errors
/// Where one of them cannot be read.
pub async fn reconcile(
    mailbox: &MailboxConfig,
    config: &Config,
    since: Timestamp,
    store: &Store,
) -> anyhow::Result<Reconciled> {
    let name = mailbox.key();
    let listed = open_mailbox(mailbox, config, since, store).await?.list_all().await?;
    // After the list: what a running daemon takes in meanwhile is accounted for.
    let known = store.cursors(&name).await?;
    let unaccounted: Vec<String> = listed.cursors.difference(&known).cloned().collect();
    let stored = listed.cursors.len() - unaccounted.len();
    let (moved, vanished) = (known.len() - stored, store.vanished_count(&name).await?);
    Ok(Reconciled { stored, older: listed.older, unaccounted, moved, vanished })
}
