//! Fetching: sizes first, bodies in batches of bounded bytes, long ones in pieces; whatever an OK has left out is asked
//! for singly, and never passed over.

use super::{Fetched, Imap, ImapError, Notice, View, session::Item};
use crate::{fault::point, mailbox::HEAD_BYTES};

/// Bytes of messages that are asked for at once.
const BATCH_BYTES: u64 = 4 << 20;
/// A longer message is fetched in pieces of this many bytes, so that no more is held by a parser.
const PIECE_BYTES: u64 = 1 << 20;
/// Numbers of messages in one command: longer lines are refused by some servers.
const NUMBERS: usize = 100;
/// So many lost connections, and a message is left until the next full list.
const LOST: u32 = 10;
/// So many senseless answers: after the first, only the beginning of the message is asked for.
const SENSELESS: u32 = 2;

const WHOLE: &str = "(UID BODY.PEEK[])";

impl Imap {
    /// Up to `limit` messages that are new, the oldest first.
    pub(super) async fn fetch_new(&mut self, limit: usize) -> Result<Vec<Fetched>, ImapError> {
        self.connected().await?;
        loop {
            if self.view.wanted.is_empty() {
                self.look().await?;
            }
            let uids: Vec<u32> = self.chosen(limit);
            if uids.is_empty() {
                return Ok(Vec::new());
            }
            let items = self.sizes(&uids).await?;
            point!("imap::listed");
            let due = within_bytes(items);
            let asked: Vec<u32> = due.iter().map(|item| item.uid).collect();
            let fetched = self.bodies(due).await.inspect_err(|error| self.view.blame(&asked, error))?;
            point!("imap::fetched");
            if !fetched.is_empty() {
                return Ok(fetched);
            }
        }
    }

    /// What is to be fetched now: a message that has failed before, alone.
    fn chosen(&mut self, limit: usize) -> Vec<u32> {
        let failures = &self.view.failures;
        let hopeless = |uid: &u32| failures.get(uid).is_some_and(|blame| blame.is_hopeless());
        let lost: Vec<u32> = self.view.wanted.iter().copied().filter(hopeless).collect();
        if !lost.is_empty() {
            for uid in &lost {
                self.view.wanted.remove(uid);
                self.view.failures.remove(uid);
            }
            tracing::error!(
                count = lost.len(),
                "messages cannot be fetched: they are tried again with the next full list"
            );
            self.notices.push(Notice::Missing { count: lost.len() });
        }
        let failed = |uid: &u32| self.view.failures.contains_key(uid);
        let sound: Vec<u32> =
            self.view.wanted.iter().copied().filter(|uid| !failed(uid)).take(limit.min(NUMBERS)).collect();
        if sound.is_empty() { self.view.wanted.first().copied().into_iter().collect() } else { sound }
    }

    /// Sizes and dates; what is older than the campaign, or gone, is settled here.
    async fn sizes(&mut self, uids: &[u32]) -> Result<Vec<Item>, ImapError> {
        const ITEMS: &str = "(UID RFC822.SIZE INTERNALDATE)";
        let since = self.settings.since;
        let (session, _) = self.connected().await?;
        let mut items = session.fetch(&set(uids), ITEMS, 0).await?;
        items.retain(|item| item.size.is_some() && uids.contains(&item.uid));
        for uid in uids.iter().filter(|uid| !items.iter().any(|item| item.uid == **uid)).copied().collect::<Vec<_>>() {
            let (session, _) = self.connected().await?;
            let again = session.fetch(&uid.to_string(), ITEMS, 0).await?;
            match again.into_iter().find(|item| item.uid == uid && item.size.is_some()) {
                Some(item) => items.push(item),
                None => self.absent(uid).await?,
            }
        }
        let (old, mut items): (Vec<Item>, Vec<Item>) =
            items.into_iter().partition(|item| item.received.is_some_and(|received| received < since));
        for item in old {
            self.view.wanted.remove(&item.uid);
            self.view.settled.insert(item.uid);
        }
        items.sort_by_key(|item| item.uid);
        items.dedup_by_key(|item| item.uid);
        Ok(items)
    }

    /// A message that is listed and not given: it is gone, or the server fails.
    async fn absent(&mut self, uid: u32) -> Result<(), ImapError> {
        let (session, selected) = self.connected().await?;
        if session.search(&format!("UID {uid}")).await?.contains(&uid) {
            self.view.failures.entry(uid).or_default().lost += 1;
        } else {
            // Not settled: should it be listed again, its absence was the server's slip.
            self.view.wanted.remove(&uid);
            self.notices.push(Notice::Vanished { cursor: Self::cursor(selected.validity, uid, &[]) });
        }
        Ok(())
    }

    async fn bodies(&mut self, due: Vec<Item>) -> Result<Vec<Fetched>, ImapError> {
        let limit = self.settings.limit_bytes;
        let cautious = |uid: u32, of: &Self| of.view.failures.get(&uid).is_some_and(|blame| blame.senseless > 0);
        let (whole, pieces): (Vec<Item>, Vec<Item>) = due
            .into_iter()
            .partition(|item| item.size.is_some_and(|size| size <= PIECE_BYTES) && !cautious(item.uid, self));
        let mut bodies = Vec::new();
        if !whole.is_empty() {
            let uids: Vec<u32> = whole.iter().map(|item| item.uid).collect();
            let bytes = whole.iter().filter_map(|item| item.size).sum();
            let (session, _) = self.connected().await?;
            let mut given = session.fetch(&set(&uids), WHOLE, bytes).await?;
            for item in whole {
                let at = given.iter().position(|one| one.uid == item.uid && one.body.is_some());
                let body = match at {
                    Some(at) => given.swap_remove(at).body,
                    None => self.single(&item).await?,
                };
                match body {
                    Some(body) => bodies.push((item, body, false)),
                    None => continue,
                }
            }
        }
        for item in pieces {
            let size = item.size.unwrap_or_default();
            let wanted = if size > limit || cautious(item.uid, self) { HEAD_BYTES.min(limit) } else { limit };
            if let Some(body) = self.in_pieces(item.uid, size, wanted).await? {
                let truncated = body.len() as u64 >= wanted && size > wanted;
                bodies.push((item, body, truncated));
            }
        }
        let validity = self.session.as_ref().and_then(|(_, selected)| selected.validity);
        let mut fetched = Vec::new();
        for (item, raw, truncated) in bodies {
            let cursor = Self::cursor(validity, item.uid, &raw);
            if validity.is_none() {
                self.view.by_hash.insert(cursor.clone(), item.uid);
                if self.known.contains(&cursor) {
                    self.taken_before(item.uid);
                    continue;
                }
            }
            fetched.push(Fetched { cursor, raw, truncated, received: item.received, written: None });
        }
        Ok(fetched)
    }

    fn taken_before(&mut self, uid: u32) {
        self.view.wanted.remove(&uid);
        self.view.settled.insert(uid);
    }

    /// A message that an OK has left out.
    async fn single(&mut self, item: &Item) -> Result<Option<Vec<u8>>, ImapError> {
        let (session, _) = self.connected().await?;
        let given = session.fetch(&item.uid.to_string(), WHOLE, item.size.unwrap_or_default()).await?;
        let body = given.into_iter().find(|one| one.uid == item.uid).and_then(|one| one.body);
        if body.is_none() {
            self.absent(item.uid).await?;
        }
        Ok(body)
    }

    /// The first `wanted` bytes of a message, or all of it; none where the server does not give it.
    async fn in_pieces(&mut self, uid: u32, size: u64, wanted: u64) -> Result<Option<Vec<u8>>, ImapError> {
        let mut body = Vec::new();
        while (body.len() as u64) < wanted {
            let piece = PIECE_BYTES.min(wanted - body.len() as u64);
            let items = format!("(UID BODY.PEEK[]<{}.{piece}>)", body.len());
            let (session, _) = self.connected().await?;
            let given = session.fetch(&uid.to_string(), &items, piece).await?;
            let Some(part) = given.into_iter().find(|one| one.uid == uid).and_then(|one| one.body) else {
                // Past the end, some servers give nothing rather than an empty string.
                if !body.is_empty() && body.len() as u64 >= size {
                    break;
                }
                self.absent(uid).await?;
                return Ok(None);
            };
            let last = (part.len() as u64) < piece;
            body.extend(part);
            if last {
                break;
            }
        }
        Ok(Some(body))
    }
}

/// How a message could not be fetched.
#[derive(Debug, Default)]
pub(super) struct Blame {
    /// The connection was lost, or the server left it out.
    lost: u32,
    /// The answer made no sense: that is the message's own fault.
    senseless: u32,
}

impl Blame {
    fn is_hopeless(&self) -> bool {
        self.lost >= LOST || self.senseless >= SENSELESS
    }
}

impl View {
    /// Notes that these messages could not be fetched. Which of several it was is not known: each is asked for by itself
    /// then.
    fn blame(&mut self, uids: &[u32], error: &ImapError) {
        let senseless = uids.len() == 1 && error.is_about_the_message();
        for uid in uids {
            let blame = self.failures.entry(*uid).or_default();
            if senseless { blame.senseless += 1 } else { blame.lost += 1 }
        }
    }
}

/// As many of the messages as fit one batch, at least one.
fn within_bytes(items: Vec<Item>) -> Vec<Item> {
    let mut bytes = 0_u64;
    let mut first = true;
    let fits = |item: &Item| {
        bytes = bytes.saturating_add(item.size.unwrap_or_default());
        std::mem::take(&mut first) || bytes <= BATCH_BYTES
    };
    items.into_iter().take_while(fits).collect()
}

/// A sequence set (RFC 9051 §9): «1:3,7».
pub(super) fn set(uids: &[u32]) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for uid in uids {
        match ranges.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(*uid) => *last = *uid,
            _ => ranges.push((*uid, *uid)),
        }
    }
    let written = ranges.iter().map(|(from, to)| if from == to { from.to_string() } else { format!("{from}:{to}") });
    written.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_a_row_are_written_as_a_range() {
        assert_eq!(set(&[1, 2, 3, 7, 9, 10]), "1:3,7,9:10");
        assert_eq!(set(&[u32::MAX]), "4294967295");
    }

    #[test]
    fn a_batch_is_bounded_by_bytes_and_never_empty() {
        let items = |sizes: &[u64]| {
            (1..).zip(sizes).map(|(uid, size)| Item { uid, size: Some(*size), ..Item::default() }).collect()
        };
        let uids = |sizes: &[u64]| within_bytes(items(sizes)).iter().map(|item| item.uid).collect::<Vec<_>>();
        assert_eq!(uids(&[BATCH_BYTES * 2, 1]), [1]);
        assert_eq!(uids(&[1, BATCH_BYTES - 1, 1, 1]), [1, 2]);
    }
}
