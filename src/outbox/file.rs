//! Replies as files, one `.eml` each.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use crate::{digest::Sha256, message::MessageId};

/// A folder into which replies are written.
#[derive(Debug, Clone)]
pub struct FileTransport {
    folder: PathBuf,
}

impl FileTransport {
    /// Creates the folder where it is not there yet.
    ///
    /// # Errors
    /// What the system says.
    pub fn new(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// Writes a reply under a name that follows from its Message-ID alone: written twice, it is there once.
    ///
    /// # Errors
    /// What the system says; then no half-written reply is left under the final name.
    pub fn send(&self, id: &MessageId, mime: &[u8]) -> io::Result<PathBuf> {
        let hash = Sha256::of(id.as_str().as_bytes()).to_string();
        let name = hash.get(..16).unwrap_or(&hash);
        let path = self.folder.join(format!("{name}.eml"));
        let part = self.folder.join(format!(".{name}.part"));
        let mut file = File::create(&part)?;
        file.write_all(mime)?;
        file.sync_all()?;
        fs::rename(&part, &path)?;
        File::open(&self.folder)?.sync_all()?;
        Ok(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_that_is_written_twice_is_there_once() {
        let folder = tempfile::tempdir().unwrap();
        let transport = FileTransport::new(&folder.path().join("outbox")).unwrap();
        let id = MessageId::parse("<a/../b@example.org>").unwrap();
        let first = transport.send(&id, b"one").unwrap();
        let second = transport.send(&id, b"one").unwrap();
        assert_eq!(first, second);
        assert_eq!(fs::read(&first).unwrap(), b"one");
        assert_eq!(fs::read_dir(folder.path().join("outbox")).unwrap().count(), 1);
    }
}
