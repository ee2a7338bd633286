//! Queued replies → the world. A reply is claimed by a lease, sent outside any transaction, then recorded.

mod file;

use jiff::{SignedDuration, Timestamp};

use crate::store::{Expired, Store, StoreError};

pub use file::FileTransport;

/// How long a claimed reply is ours before another pass may take it.
const LEASE: SignedDuration = SignedDuration::from_mins(5);
/// How many replies are claimed at once.
const BATCH: u32 = 50;
/// How long a reply that could not be handed over waits before it is tried again.
const RETRY: SignedDuration = SignedDuration::from_mins(5);

/// A reply as a file is written under one name: to write it again after a kill changes nothing.
const EXPIRED: Expired = Expired::Resend;

/// Takes over what a process that died had claimed; to be called once, before anything is sent.
///
/// # Errors
/// Where the store fails.
pub async fn take_over(store: &Store, now: Timestamp) -> Result<(), StoreError> {
    store.take_over(now, EXPIRED).await
}

/// Hands over every reply that is due at `now`; gives how many were.
///
/// # Errors
/// Where the store fails. A transport that fails leaves the reply queued for a later pass.
pub async fn send_due(store: &Store, transport: &FileTransport, now: Timestamp) -> Result<u32, StoreError> {
    let mut sent = 0;
    loop {
        let batch = store.lease(now, LEASE, BATCH, EXPIRED).await?;
        if batch.is_empty() {
            return Ok(sent);
        }
        for queued in batch {
            if !store.begin_sending(queued.id, now).await? {
                continue;
            }
            match transport.send(&queued.message_id, &queued.mime) {
                Ok(path) => {
                    store.sent(queued.id, now, &path.display().to_string()).await?;
                    sent += 1;
                }
                Err(error) => {
                    tracing::error!(outbox = queued.id, %error, "a reply could not be written: it is tried again later");
                    let next = now.saturating_add(RETRY).unwrap_or(now);
                    store.retry(queued.id, next, &error.to_string()).await?;
                }
            }
        }
    }
}
