//! What root does beside the service belongs to the service.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, chown},
    path::Path,
};

use crate::office::{FIRST, Office};

/// Debian's `nobody`.
const SOMEBODY: u32 = 65_534;

fn owned(folder: &Path, all: &mut Vec<(String, u32)>) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        all.push((entry.display().to_string(), fs::metadata(&entry).unwrap().uid()));
        if entry.is_dir() {
            owned(&entry, all);
        }
    }
}

#[test]
fn what_root_creates_belongs_to_the_owner_of_its_folder() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: only root can give files away");
        return;
    }
    let office = Office::new();
    fs::create_dir(office.path("state")).unwrap();
    chown(office.path("state"), Some(SOMEBODY), Some(SOMEBODY)).unwrap();
    office.sets("svodka.toml", "state/svodka.db", "state/files");
    FIRST.iter().for_each(|mail| office.gets(mail));
    office.passes();
    let backup = format!("{}/backups", office.text("state"));
    office.does(&["backup", &backup]);
    let daemon = office.starts();
    // While it has the database open, its log is there too.
    crate::office::until("the daemon has its database open", || {
        office.path("state/svodka.db-wal").exists().then_some(())
    });
    let mut all = Vec::new();
    owned(&office.path("state"), &mut all);
    drop(daemon);
    assert!(all.len() > 20, "{all:?}");
    let others: Vec<_> = all.into_iter().filter(|(_, owner)| *owner != SOMEBODY).collect();
    assert_eq!(others, []);
    for name in ["svodka.db", "svodka.db-wal", "svodka.db-shm", "svodka.db.lock"] {
        let _ = fs::remove_file(office.path("state").join(name));
    }
    fs::remove_dir_all(office.path("state/files")).unwrap();
    let made = fs::read_dir(&backup).unwrap().map(|entry| entry.unwrap().path());
    let made = made.into_iter().find(|one| one.join("MANIFEST.json").exists()).unwrap();
    office.does(&["restore", &made.display().to_string()]);
    let mut all = Vec::new();
    owned(&office.path("state"), &mut all);
    let others: Vec<_> = all.into_iter().filter(|(_, owner)| *owner != SOMEBODY).collect();
    assert_eq!(others, []);
}
