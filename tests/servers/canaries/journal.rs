//! A journal of the tests' own: what is sent to systemd's socket, each entry with its fields.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::net::UnixDatagram,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    thread,
};

/// Where entries arrive.
pub(crate) struct Journal {
    folder: PathBuf,
    entries: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Journal {
    /// Listens below this folder, as systemd does below `/run`.
    pub(crate) fn below(folder: &Path) -> Self {
        let socket = folder.join("systemd/journal/socket");
        fs::create_dir_all(socket.parent().unwrap()).unwrap();
        let socket = UnixDatagram::bind(socket).unwrap();
        let entries = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&entries);
        thread::spawn(move || {
            let mut buffer = vec![0; 1 << 20];
            while let Ok(length) = socket.recv(&mut buffer) {
                kept.lock().unwrap().push(buffer[..length].to_vec());
            }
        });
        Self { folder: folder.to_owned(), entries }
    }

    /// What runs a program so that this is its journal.
    pub(crate) fn wrapper(&self) -> Vec<String> {
        let folder = self.folder.display().to_string();
        let script = format!("mount --bind '{folder}' /run && exec \"$@\"");
        ["unshare", "--mount", "sh", "-c", &script, "sh"].map(str::to_owned).to_vec()
    }

    /// Everything that has arrived, as it came.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.entries.lock().unwrap().join(&b"\n\n"[..])
    }

    /// The entries, each with its fields (<https://systemd.io/JOURNAL_NATIVE_PROTOCOL/>).
    pub(crate) fn entries(&self) -> Vec<BTreeMap<String, String>> {
        self.entries.lock().unwrap().iter().map(|entry| fields(entry)).filter(|entry| !entry.is_empty()).collect()
    }
}

fn fields(mut entry: &[u8]) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    while let Some(end) = entry.iter().position(|byte| *byte == b'\n') {
        let (line, rest) = (&entry[..end], &entry[end + 1..]);
        let (name, value, rest) = match line.iter().position(|byte| *byte == b'=') {
            Some(at) => (&line[..at], line[at + 1..].to_vec(), rest),
            None => {
                let length = usize::try_from(u64::from_le_bytes(rest[..8].try_into().unwrap())).unwrap();
                (line, rest[8..8 + length].to_vec(), &rest[9 + length..])
            }
        };
        fields.insert(String::from_utf8_lossy(name).into_owned(), String::from_utf8_lossy(&value).into_owned());
        entry = rest;
    }
    fields
}
