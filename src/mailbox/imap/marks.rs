//! What is shown on the server of what was done, as the configuration says and the server can: a keyword or \Answered,
//! and perhaps another folder. A mail that is left is not touched in any way.

use std::collections::BTreeMap;

use super::{
    Imap, ImapError, Treatment,
    fetch::set,
    session::{Item, quoted},
};
use crate::{config::Mark, fault::point};

/// Numbers of messages in one command.
const NUMBERS: usize = 100;

/// The keyword of a treatment.
fn keyword(treatment: Treatment) -> Option<&'static str> {
    Some(match treatment {
        Treatment::Confirmed { .. } => "$SvodkaConfirmed",
        Treatment::Requested { .. } => "$SvodkaRequested",
        Treatment::Review => "$SvodkaReview",
        Treatment::Automatic => "$SvodkaAutomatic",
        Treatment::Own => "$SvodkaOwn",
        Treatment::Left | Treatment::Anew => return None,
    })
}

/// The keywords that a person's decision can make untrue.
const UNTRUE: &str = "$SvodkaConfirmed $SvodkaRequested $SvodkaReview $SvodkaAutomatic";

impl Imap {
    /// Marks and moves; what is gone, or known under a former UIDVALIDITY alone, is passed over.
    pub(super) async fn mark_all(&mut self, marks: &[(String, Treatment)]) -> Result<(), ImapError> {
        let mut groups: BTreeMap<Treatment, Vec<u32>> = BTreeMap::new();
        let (_, selected) = self.connected().await?;
        for (cursor, treatment) in marks {
            if let Some(uid) = self.uid(selected.validity, cursor).filter(|_| *treatment != Treatment::Left) {
                groups.entry(*treatment).or_default().push(uid);
            }
        }
        for (treatment, mut uids) in groups {
            uids.sort_unstable();
            for uids in uids.chunks(NUMBERS) {
                let (session, _) = self.connected().await?;
                // What a former pass has moved, or a person, is no longer there: some servers refuse its UID.
                let there = session.search(&format!("UID {}", set(uids))).await?;
                let uids: Vec<u32> = uids.iter().copied().filter(|uid| there.contains(uid)).collect();
                if uids.is_empty() {
                    continue;
                }
                point!("mark::begun");
                self.flag(treatment, &uids, selected.keywords).await?;
                point!("mark::flagged");
                self.file(treatment, &uids).await?;
            }
        }
        Ok(())
    }

    async fn flag(&mut self, treatment: Treatment, uids: &[u32], keywords: bool) -> Result<(), ImapError> {
        if treatment == Treatment::Anew {
            if self.settings.marking.mark != Mark::Keyword || !keywords {
                return Ok(());
            }
            let command = format!("UID STORE {} -FLAGS.SILENT ({UNTRUE})", set(uids));
            let (session, _) = self.connected().await?;
            return session.run("STORE", &command, 0, |_| {}).await;
        }
        let answered =
            matches!(treatment, Treatment::Confirmed { answered: true } | Treatment::Requested { answered: true });
        let mut flags = Vec::new();
        match self.settings.marking.mark {
            Mark::Keyword if keywords => flags.extend(keyword(treatment)),
            Mark::Keyword | Mark::Answered if answered => flags.push("\\Answered"),
            _ => {}
        }
        // Nobody waits to read what we have written ourselves.
        if treatment == Treatment::Own && self.settings.marking.mark != Mark::None {
            flags.push("\\Seen");
        }
        if flags.is_empty() {
            return Ok(());
        }
        let command = format!("UID STORE {} +FLAGS.SILENT ({})", set(uids), flags.join(" "));
        let (session, _) = self.connected().await?;
        session.run("STORE", &command, 0, |_| {}).await
    }

    /// Moves by MOVE (RFC 6851), else by COPY and UID EXPUNGE (RFC 4315). Without either nothing is moved: a plain
    /// EXPUNGE would remove what other people have deleted.
    async fn file(&mut self, treatment: Treatment, uids: &[u32]) -> Result<(), ImapError> {
        let Some(folders) = &self.settings.marking.folders else { return Ok(()) };
        let folder = match treatment {
            Treatment::Confirmed { .. } | Treatment::Requested { .. } => folders.processed.clone(),
            Treatment::Review => folders.review.clone(),
            Treatment::Automatic | Treatment::Own => folders.automatic.clone(),
            Treatment::Left | Treatment::Anew => return Ok(()),
        };
        let (session, _) = self.connected().await?;
        if session.can("MOVE") {
            let command = format!("UID MOVE {} {}", set(uids), quoted(&folder));
            return self.fill_folder(&folder, "MOVE", &command).await;
        }
        if !session.can("UIDPLUS") {
            return Ok(());
        }
        for uid in uids {
            // An interrupted move may have copied it already.
            if !self.is_in(&folder, *uid).await? {
                self.fill_folder(&folder, "COPY", &format!("UID COPY {uid} {}", quoted(&folder))).await?;
                point!("mark::copied");
            }
            let (session, _) = self.connected().await?;
            session.run("STORE", &format!("UID STORE {uid} +FLAGS.SILENT (\\Deleted)"), 0, |_| {}).await?;
            point!("mark::deleted");
        }
        let (session, _) = self.connected().await?;
        session.run("EXPUNGE", &format!("UID EXPUNGE {}", set(uids)), 0, |_| {}).await
    }

    /// Whether a copy of this message is in another folder: the same Message-ID, as many bytes.
    async fn is_in(&mut self, folder: &str, uid: u32) -> Result<bool, ImapError> {
        const ITEMS: &str = "(UID RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])";
        let (session, _) = self.connected().await?;
        let found = session.fetch(&uid.to_string(), ITEMS, 4096).await?;
        let Some(item) = found.into_iter().find(|item| item.uid == uid) else { return Ok(false) };
        let header = String::from_utf8_lossy(&item.body.unwrap_or_default()).into_owned();
        let id = header.split_once(':').map(|(_, id)| id.trim().to_owned()).unwrap_or_default();
        let copies = self.with_message_id(folder, &id).await?;
        Ok(copies.iter().any(|copy| copy.size.is_some() && copy.size == item.size))
    }

    /// The messages of a folder with this Message-ID; none where there is no such folder.
    pub(super) async fn with_message_id(&mut self, folder: &str, id: &str) -> Result<Vec<Item>, ImapError> {
        if id.is_empty() || !id.is_ascii() || id.contains(['"', '\\', '\r', '\n']) {
            return Ok(Vec::new());
        }
        let found = self.search_aside(folder, &format!("HEADER Message-ID \"{id}\"")).await;
        if found.is_err() {
            // Whichever folder is selected now: it may be the wrong one.
            self.session = None;
        }
        found
    }

    /// Searches another folder, and comes back to our own.
    async fn search_aside(&mut self, folder: &str, query: &str) -> Result<Vec<Item>, ImapError> {
        let own = self.settings.folder.clone();
        let (session, before) = self.connected().await?;
        let found = match session.select(folder, true).await {
            Ok(_) => {
                let uids = session.search(query).await?;
                match uids.is_empty() {
                    true => Vec::new(),
                    false => session.fetch(&set(&uids), "(UID RFC822.SIZE)", 0).await?,
                }
            }
            Err(ImapError::No { .. }) => Vec::new(),
            Err(error) => return Err(error),
        };
        if session.select(&own, false).await?.validity != before.validity {
            return Err(ImapError::Protocol { command: "SELECT", what: "another UIDVALIDITY within one session" });
        }
        // What came in meanwhile was announced to nobody.
        session.expect_news();
        Ok(found)
    }

    /// Runs a command that fills a folder, which is created where it is not there yet.
    async fn fill_folder(&mut self, folder: &str, name: &'static str, command: &str) -> Result<(), ImapError> {
        let (session, _) = self.connected().await?;
        let refused = match session.run(name, command, 0, |_| {}).await {
            Err(refused @ ImapError::No { .. }) => refused,
            done => return done,
        };
        match session.run("CREATE", &format!("CREATE {}", quoted(folder)), 0, |_| {}).await {
            Ok(()) => session.run(name, command, 0, |_| {}).await,
            // It is there: the refusal had another reason.
            Err(ImapError::No { .. }) => Err(refused),
            Err(error) => Err(error),
        }
    }
}
