//! What is in a backup, and what is said where something is not.

use std::{fs, os::unix::fs::MetadataExt as _, path::Path};

use crate::office::{FIRST, Office, said, until};

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut all: Vec<_> = entries.flat_map(|one| if one.is_dir() { files(&one) } else { vec![one] }).collect();
    all.sort();
    all
}

#[test]
fn a_backup_made_beside_the_daemon_is_the_whole_store() {
    let office = Office::new();
    FIRST.iter().for_each(|mail| office.gets(mail));
    let daemon = office.starts();
    let received = || {
        let output = office.runs(&["status", "--json"]);
        let status: serde_json::Value = serde_json::from_slice(&output.stdout).ok()?;
        (status.pointer("/messages/received")?.as_u64()? == FIRST.len() as u64).then_some(())
    };
    until("the mails are decided", received);
    let backup = office.backs_up();
    office.does(&["audit", "verify"]);
    let standing = office.standing("svodka.toml");
    drop(daemon);
    office.proves(&backup, &standing);
    // Stored files are there under a second name, the settings as well.
    let stored = files(&backup.join("files"));
    assert!(!stored.is_empty());
    assert!(stored.iter().all(|file| fs::metadata(file).unwrap().nlink() >= 2));
    for name in ["svodka.toml", "campaign.toml"] {
        assert_eq!(fs::read(backup.join("config").join(name)).unwrap(), fs::read(office.path(name)).unwrap());
    }
    assert_eq!(fs::metadata(&backup).unwrap().mode() & 0o077, 0, "personal data is nobody else's to read");
}

#[test]
fn a_file_that_is_gone_or_damaged_is_said_and_the_backup_is_made_all_the_same() {
    let office = Office::at_work();
    let good = office.backs_up();
    let stored = files(&office.path("files"));
    let (gone, damaged) = (&stored[0], &stored[1]);
    fs::remove_file(gone).unwrap();
    // Not written into: the good backup has the same file.
    fs::remove_file(damaged).unwrap();
    fs::write(damaged, b"something else").unwrap();
    let output = until("another second", || {
        let output = office.runs(&["backup", &office.text("backups"), "--keep", "1"]);
        (!said(&output).contains("is there already")).then_some(output)
    });
    assert_eq!(output.status.code(), Some(1));
    let text = said(&output);
    for file in [gone, damaged] {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(text.contains(&name), "{name}: {text}");
    }
    let all = office.backups();
    assert_eq!(all.len(), 2, "the good one is not removed for it: {text}");
    office.proves(&good, &office.standing("svodka.toml"));
    office.proves(&all[1], &office.standing("svodka.toml"));
    let known: serde_json::Value = serde_json::from_slice(&fs::read(all[1].join("MANIFEST.json")).unwrap()).unwrap();
    assert_eq!(known["missing"].as_array().unwrap().len(), 2);
}

#[test]
fn so_many_are_kept_and_nothing_is_touched_that_is_no_backup() {
    let office = Office::at_work();
    let first = office.backs_up();
    fs::create_dir_all(office.path("backups/svodka-of-somebody-else")).unwrap();
    fs::write(office.path("backups/notes.txt"), "x").unwrap();
    office.backs_up();
    let text = until("another second", || {
        let output = office.runs(&["backup", &office.text("backups"), "--keep", "2"]);
        output.status.success().then(|| said(&output))
    });
    assert!(!first.exists() && text.contains("removed:"), "{text}");
    assert_eq!(office.backups().len(), 3, "two, and the folder that is no backup");
    assert!(office.path("backups/notes.txt").exists());
}

#[test]
fn a_backup_that_was_tampered_with_is_not_restored() {
    let office = Office::at_work();
    let backup = office.backs_up();
    let target = office.text("drill");
    let restore = || office.fails(&["restore", &backup.display().to_string(), "--into", &target]);
    let file = files(&backup.join("files")).remove(0);
    let bytes = fs::read(&file).unwrap();
    fs::remove_file(&file).unwrap();
    assert!(restore().contains("gone or damaged"));
    office.does(&["restore", &backup.display().to_string(), "--into", &target, "--without-damaged"]);
    fs::remove_dir_all(&target).unwrap();
    fs::write(&file, bytes).unwrap();
    let database = backup.join("svodka.db");
    let mut bytes = fs::read(&database).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&database, bytes).unwrap();
    assert!(restore().contains("is not what its manifest says"));
    fs::remove_file(backup.join("MANIFEST.json")).unwrap();
    assert!(restore().contains("no complete backup"));
    assert!(!Path::new(&target).join("svodka.db").exists());
}

#[test]
fn two_backups_at_a_time_are_one_too_many() {
    let office = Office::at_work();
    let lock = fs::File::create(office.path("svodka.db.care")).unwrap();
    lock.lock().unwrap();
    assert!(office.fails(&["backup", &office.text("backups")]).contains("at work"));
    drop(lock);
    office.backs_up();
}
