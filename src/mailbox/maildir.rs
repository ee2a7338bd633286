//! A Maildir (<https://cr.yp.to/proto/maildir.html>): one file a message, in `new` until somebody has seen it, then in
//! `cur` with its flags after `:2,`. The part before that is the cursor.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use tokio::sync::Notify;

use super::{Fetched, HEAD_BYTES, Listed, Mailbox, MailboxError, Notice, Treatment};
use crate::digest::Sha256;

/// A Maildir on this machine.
#[derive(Debug, Clone)]
pub struct Maildir {
    path: PathBuf,
    limit_bytes: u64,
    known: Arc<BTreeSet<String>>,
}

fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> MailboxError {
    let path = path.to_owned();
    move |source| MailboxError::File { doing, path, source }
}

impl Maildir {
    /// The Maildir in this folder, of which these cursors have been taken in; of a message longer than `limit_bytes`
    /// only the beginning is read.
    ///
    /// # Errors
    /// [`MailboxError::NoMaildir`] where a folder of it is missing.
    pub fn open(path: &Path, limit_bytes: u64, known: BTreeSet<String>) -> Result<Self, MailboxError> {
        let maildir = Self { path: path.to_owned(), limit_bytes, known: Arc::new(known) };
        maildir.check()?;
        Ok(maildir)
    }

    fn check(&self) -> Result<(), MailboxError> {
        match ["new", "cur", "tmp"].into_iter().find(|folder| !self.path.join(folder).is_dir()) {
            Some(missing) => Err(MailboxError::NoMaildir { path: self.path.clone(), missing }),
            None => Ok(()),
        }
    }

    /// The crate passes over a folder that it cannot list: that would look like an empty mailbox.
    fn listable(&self) -> Result<(), MailboxError> {
        for folder in ["new", "cur"] {
            let folder = self.path.join(folder);
            fs::read_dir(&folder).map_err(failed("list", &folder))?;
        }
        Ok(())
    }

    fn entries(&self) -> impl Iterator<Item = io::Result<maildir::MailEntry>> {
        let maildir = maildir::Maildir::from(self.path.clone());
        maildir.list_new().chain(maildir.list_cur())
    }

    fn fetch(&self, limit: usize) -> Result<Vec<Fetched>, MailboxError> {
        self.check()?;
        self.listable()?;
        let mut waiting = Vec::new();
        for entry in self.entries() {
            let found = entry.and_then(|entry| {
                let new = !self.known.contains(entry.id());
                let modified = if new { Some(fs::metadata(entry.path())?.modified()?) } else { None };
                Ok(modified.map(|modified| (modified, entry.id().to_owned(), entry.path().clone())))
            });
            match found {
                Ok(found) => waiting.extend(found),
                Err(error) => tracing::warn!(kind = ?error.kind(), "a file of the Maildir cannot be read, skipped"),
            }
        }
        waiting.sort();
        // A file that another program moves between the two listings is listed twice.
        waiting.dedup_by(|a, b| a.1 == b.1);
        let mut fetched = Vec::new();
        for (modified, cursor, path) in waiting {
            if fetched.len() == limit {
                break;
            }
            match read(&path, self.limit_bytes) {
                Ok((raw, truncated)) => {
                    let written = Timestamp::try_from(modified).ok();
                    fetched.push(Fetched { cursor, raw, truncated, received: None, written });
                }
                Err(error) => {
                    tracing::warn!(cursor, kind = ?error.kind(), "a message cannot be read, tried again later");
                }
            }
        }
        Ok(fetched)
    }

    fn set(&self, cursor: &str, treatment: Treatment) -> Result<(), MailboxError> {
        let flags = match treatment {
            // A flag of a Maildir is as true after a decision as before.
            Treatment::Left | Treatment::Anew => return Ok(()),
            Treatment::Confirmed { answered: true } | Treatment::Requested { answered: true } => "RS",
            _ => "S",
        };
        self.check()?;
        self.listable()?;
        let Some(entry) = self.entries().filter_map(Result::ok).find(|entry| entry.id() == cursor) else {
            return Ok(());
        };
        // Flags that people have set stay.
        let mut all: Vec<char> = entry.flags().chars().chain(flags.chars()).collect();
        all.sort_unstable();
        all.dedup();
        let marked = self.path.join("cur").join(format!("{cursor}:2,{}", String::from_iter(all)));
        match fs::rename(entry.path(), &marked) {
            // Somebody has moved it meanwhile: it is found where it is then, with the next pass.
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed("mark", entry.path())(error)),
            _ => Ok(()),
        }
    }
}

impl Maildir {
    /// Delivers a message under a name that follows from its Message-ID: delivered twice, it is there once.
    fn store(&self, name: &str, mime: &[u8]) -> Result<(), MailboxError> {
        self.check()?;
        self.listable()?;
        if self.entries().filter_map(Result::ok).any(|entry| entry.id() == name) {
            return Ok(());
        }
        let (part, folder) = (self.path.join("tmp").join(name), self.path.join("new"));
        let mut file = File::create(&part).map_err(failed("create", &part))?;
        file.write_all(mime).and_then(|()| file.sync_all()).map_err(failed("write", &part))?;
        fs::rename(&part, folder.join(name)).map_err(failed("deliver into", &folder))?;
        File::open(&folder).and_then(|folder| folder.sync_all()).map_err(failed("deliver into", &folder))
    }
}

/// Only plain files: opening a pipe would wait for ever.
fn read(path: &Path, limit: u64) -> io::Result<(Vec<u8>, bool)> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let file = File::open(path)?;
    let long = file.metadata()?.len() > limit;
    let mut raw = Vec::new();
    let wanted = if long { HEAD_BYTES.min(limit) } else { limit };
    file.take(wanted).read_to_end(&mut raw)?;
    Ok((raw, long))
}

impl Maildir {
    /// Runs something that waits for the disk.
    async fn on_disk<T: Send + 'static>(
        &self,
        what: impl FnOnce(&Self) -> Result<T, MailboxError> + Send + 'static,
    ) -> Result<T, MailboxError> {
        let maildir = self.clone();
        tokio::task::spawn_blocking(move || what(&maildir)).await.map_err(|_| MailboxError::Stopped)?
    }
}

impl Mailbox for Maildir {
    async fn new_messages(&mut self, limit: usize) -> Result<Vec<Fetched>, MailboxError> {
        self.on_disk(move |maildir| maildir.fetch(limit)).await
    }

    fn taken(&mut self, cursor: &str) {
        Arc::make_mut(&mut self.known).insert(cursor.to_owned());
    }

    async fn mark(&mut self, marks: &[(String, Treatment)]) -> Result<(), MailboxError> {
        let marks = marks.to_owned();
        self.on_disk(move |maildir| marks.iter().try_for_each(|(cursor, treatment)| maildir.set(cursor, *treatment)))
            .await
    }

    async fn append(&mut self, mime: &[u8], message_id: &str) -> Result<(), MailboxError> {
        let (mime, name) = (mime.to_owned(), Sha256::of(message_id.as_bytes()).to_string());
        self.on_disk(move |maildir| maildir.store(&name, &mime)).await
    }

    fn shows_answers(&self) -> bool {
        true
    }

    async fn holds(&mut self, _: &str) -> Result<bool, MailboxError> {
        // What comes back into a folder is taken in like any other mail.
        Ok(false)
    }

    async fn wait(&mut self, most: Duration, wake: &Notify) -> Result<(), MailboxError> {
        tokio::select! {
            () = wake.notified() => {}
            () = tokio::time::sleep(most) => {}
        }
        Ok(())
    }

    async fn list_all(&mut self) -> Result<Listed, MailboxError> {
        self.on_disk(|maildir| {
            maildir.check()?;
            maildir.listable()?;
            let cursors = maildir.entries().filter_map(Result::ok).map(|entry| entry.id().to_owned()).collect();
            Ok(Listed { cursors, older: 0 })
        })
        .await
    }

    fn position(&self) -> String {
        String::new()
    }

    fn notices(&mut self) -> Vec<Notice> {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn maildir(limit: u64) -> (tempfile::TempDir, Maildir) {
        let folder = tempfile::tempdir().unwrap();
        for name in ["new", "cur", "tmp"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let maildir = Maildir::open(folder.path(), limit, BTreeSet::new()).unwrap();
        (folder, maildir)
    }

    fn files(folder: &Path) -> Vec<String> {
        let mut names = Vec::new();
        for sub in ["new", "cur"] {
            for entry in fs::read_dir(folder.join(sub)).unwrap() {
                names.push(format!("{sub}/{}", entry.unwrap().file_name().to_str().unwrap()));
            }
        }
        names.sort();
        names
    }

    #[tokio::test]
    async fn reading_changes_nothing_and_gives_each_message_once() {
        let (folder, mut maildir) = maildir(1000);
        fs::write(folder.path().join("new/1.a.host"), "one").unwrap();
        fs::write(folder.path().join("cur/2.b.host:2,F"), "two").unwrap();
        let before = files(folder.path());
        assert_eq!(maildir.new_messages(1).await.unwrap().len(), 1);
        let fetched = maildir.new_messages(10).await.unwrap();
        assert_eq!(files(folder.path()), before);
        let cursors: BTreeSet<String> = fetched.iter().map(|message| message.cursor.clone()).collect();
        assert_eq!(cursors, BTreeSet::from(["1.a.host".to_owned(), "2.b.host".to_owned()]));
        assert_eq!(maildir.list_all().await.unwrap().cursors, cursors);
        cursors.iter().for_each(|cursor| maildir.taken(cursor));
        assert!(maildir.new_messages(10).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn only_what_is_left_alone_stays_in_new() {
        let (folder, mut maildir) = maildir(1000);
        for name in ["confirm", "held", "request", "ignore", "review", "leave"] {
            fs::write(folder.path().join("new").join(name), name).unwrap();
        }
        fs::write(folder.path().join("cur/seen:2,F"), "flagged by a person").unwrap();
        for _ in 0..2 {
            let marks = [
                ("confirm", Treatment::Confirmed { answered: true }),
                ("held", Treatment::Confirmed { answered: false }),
                ("request", Treatment::Requested { answered: true }),
                ("ignore", Treatment::Automatic),
                ("review", Treatment::Review),
                ("leave", Treatment::Left),
                ("seen", Treatment::Confirmed { answered: true }),
                ("gone", Treatment::Confirmed { answered: true }),
            ];
            maildir.mark(&marks.map(|(cursor, treatment)| (cursor.to_owned(), treatment))).await.unwrap();
        }
        assert_eq!(
            files(folder.path()),
            [
                "cur/confirm:2,RS",
                "cur/held:2,S",
                "cur/ignore:2,S",
                "cur/request:2,RS",
                "cur/review:2,S",
                "cur/seen:2,FRS",
                "new/leave"
            ]
        );
    }

    #[tokio::test]
    async fn a_message_keeps_its_cursor_when_it_is_marked() {
        let (folder, mut maildir) = maildir(1000);
        fs::write(folder.path().join("new/1.a.host"), "one").unwrap();
        maildir.mark(&[("1.a.host".to_owned(), Treatment::Confirmed { answered: true })]).await.unwrap();
        maildir.taken("1.a.host");
        assert!(maildir.new_messages(10).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_message_for_the_staff_is_delivered_once() {
        let (folder, mut maildir) = maildir(1000);
        for _ in 0..2 {
            maildir.append(b"Subject: alert\r\n\r\n", "<a@b>").await.unwrap();
        }
        assert_eq!(files(folder.path()).len(), 1);
    }

    #[tokio::test]
    async fn a_folder_that_is_missing_is_an_error_and_no_empty_mailbox() {
        let (folder, mut maildir) = maildir(1000);
        fs::remove_dir(folder.path().join("new")).unwrap();
        let error = maildir.new_messages(10).await.unwrap_err();
        assert!(error.to_string().contains("\"new\""), "{error}");
        assert!(Maildir::open(&folder.path().join("nowhere"), 1, BTreeSet::new()).is_err());
    }

    #[tokio::test]
    async fn what_cannot_be_read_is_skipped_and_comes_once_it_can() {
        let (folder, mut maildir) = maildir(1000);
        let unreadable = folder.path().join("new/1.a");
        fs::create_dir(&unreadable).unwrap();
        fs::write(folder.path().join("new/2.b"), "two").unwrap();
        let fetched = maildir.new_messages(10).await.unwrap();
        assert_eq!(fetched.len(), 1);
        fs::remove_dir(&unreadable).unwrap();
        fs::write(&unreadable, "one").unwrap();
        maildir.taken("2.b");
        assert_eq!(maildir.new_messages(10).await.unwrap()[0].raw, b"one");
    }

    #[tokio::test]
    async fn of_a_message_past_the_limit_only_the_beginning_is_given() {
        let (folder, mut maildir) = maildir(300 * 1024);
        fs::write(folder.path().join("new/1.long"), vec![b'x'; 300 * 1024 + 1]).unwrap();
        let fetched = maildir.new_messages(10).await.unwrap();
        assert!(fetched[0].truncated);
        assert_eq!(fetched[0].raw.len() as u64, HEAD_BYTES);
        maildir.taken("1.long");
        fs::write(folder.path().join("new/2.fits"), vec![b'x'; 300 * 1024]).unwrap();
        let fetched = maildir.new_messages(10).await.unwrap();
        assert!(!fetched[0].truncated);
        assert_eq!(fetched[0].raw.len(), 300 * 1024);
    }
}
