//! A committee's folder: settings, a mailbox, a store.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// The sample mails with which a store begins.
pub(crate) const FIRST: [&str; 5] =
    ["01-kirishi-complete", "02-roshchino-form", "04-podporozhye-missing", "07-ambiguous-number", "09-out-of-office"];

/// A folder with everything, gone with the value.
pub(crate) struct Office {
    folder: TempDir,
}

impl Office {
    /// One in which the first mails have been decided and answered.
    pub(crate) fn at_work() -> Self {
        let office = Self::new();
        FIRST.iter().for_each(|mail| office.gets(mail));
        office.passes();
        office
    }

    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for part in ["inbox/new", "inbox/cur", "inbox/tmp", "outbox"] {
            fs::create_dir_all(folder.path().join(part)).unwrap();
        }
        // Deadlines that do not pass while the tests run.
        let campaign: String = include_str!("../../config/campaigns/500plus-2022.toml")
            .lines()
            .map(|line| {
                let line =
                    if line.contains("2022-11-01") { line.to_owned() } else { line.replace("2022-11-", "2099-11-") };
                line + "\n"
            })
            .collect();
        fs::write(folder.path().join("campaign.toml"), campaign).unwrap();
        let office = Self { folder };
        office.sets("svodka.toml", "svodka.db", "files");
        office
    }

    /// Writes settings with this database and folder of files.
    pub(crate) fn sets(&self, name: &str, database: &str, files: &str) {
        let text = format!(
            "campaigns = [\"campaign.toml\"]\n[store]\nurl = \"sqlite://{database}\"\nfiles = \"{files}\"\n[[mailbox]]\n\
             kind = \"maildir\"\npath = \"inbox\"\naddress = \"svodka@committee.example\"\npoll = \"1s\"\n[smtp]\n\
             kind = \"file\"\npath = \"outbox\"\n[replies]\ngrace = \"0s\"\n[converter]\noffice = \"\"\npdf = \"\"\n\
             [authentication]\nverify = false\n[reader]\nsandbox = \"best-effort\"\n"
        );
        fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts a sample mail into the mailbox.
    pub(crate) fn gets(&self, mail: &str) {
        self.gets_as(mail, "");
    }

    /// The same with this in front of it.
    pub(crate) fn gets_as(&self, mail: &str, before: &str) {
        let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mails");
        let mut text = before.as_bytes().to_vec();
        text.extend(fs::read(samples.join(format!("{mail}.eml"))).unwrap());
        fs::write(self.path("inbox/new").join(format!("{mail}{}", before.len())), text).unwrap();
    }

    /// A command, ready to be run.
    pub(crate) fn command(&self, settings: &str, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_svodka"));
        command.args(args).arg("--config").arg(self.path(settings)).env_remove("RUST_LOG").stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub(crate) fn runs(&self, args: &[&str]) -> Output {
        self.command("svodka.toml", args).output().unwrap()
    }

    /// The same, and it succeeds; gives what it says.
    pub(crate) fn does(&self, args: &[&str]) -> String {
        let output = self.runs(args);
        assert!(output.status.success(), "{args:?}: {}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The same, and it fails; gives what it says of that.
    pub(crate) fn fails(&self, args: &[&str]) -> String {
        let output = self.runs(args);
        assert_eq!(output.status.code(), Some(1), "{args:?}: {}", said(&output));
        said(&output)
    }

    /// One pass over mailbox and outbox.
    pub(crate) fn passes(&self) {
        self.does(&["run", "--once"]);
    }

    /// The daemon.
    pub(crate) fn starts(&self) -> Daemon {
        let mut command = self.command("svodka.toml", &["run"]);
        Daemon(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }

    /// Makes a backup; gives where it is.
    pub(crate) fn backs_up(&self) -> PathBuf {
        let before = self.backups();
        // A backup bears the second in its name.
        until("another second", || {
            let output = self.runs(&["backup", &self.text("backups")]);
            let taken = said(&output).contains("is there already");
            assert!(taken || output.status.success(), "{}", said(&output));
            (!taken).then_some(())
        });
        self.backups().into_iter().find(|one| !before.contains(one)).unwrap()
    }

    /// What looks like backups, the oldest first.
    pub(crate) fn backups(&self) -> Vec<PathBuf> {
        self.listed("backups").into_iter().filter(|one| one.contains("/svodka-")).map(PathBuf::from).collect()
    }

    /// All that lies in a folder.
    pub(crate) fn listed(&self, name: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(name)).into_iter().flatten();
        let mut all: Vec<String> = entries.map(|entry| entry.unwrap().path().display().to_string()).collect();
        all.sort();
        all
    }

    /// Where each school stands, as `svodka status --json` says it under these settings.
    pub(crate) fn standing(&self, settings: &str) -> serde_json::Value {
        let output = self.command(settings, &["status", "--json", "--as-of", "2026-12-01T12:00:00Z"]).output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The letters that have left.
    pub(crate) fn letters(&self) -> Vec<String> {
        self.listed("outbox").into_iter().filter(|name| name.ends_with(".eml")).collect()
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    /// The store is gone.
    pub(crate) fn loses_its_store(&self) {
        for name in ["svodka.db", "svodka.db-wal", "svodka.db-shm"] {
            let _ = fs::remove_file(self.path(name));
        }
        let _ = fs::remove_dir_all(self.path("files"));
    }

    /// A backup is what it says: it can be restored, every school stands in it as it does here, and the chain is whole.
    pub(crate) fn proves(&self, backup: &Path, standing: &serde_json::Value) {
        let _ = fs::remove_dir_all(self.path("drill"));
        self.does(&["restore", &backup.display().to_string(), "--into", &self.text("drill")]);
        self.sets("drill.toml", "drill/svodka.db", "drill/files");
        assert_eq!(&self.standing("drill.toml"), standing);
        let audit = self.command("drill.toml", &["audit", "verify"]).output().unwrap();
        assert!(audit.status.success(), "{}", said(&audit));
    }
}

/// A daemon that ends with the value.
pub(crate) struct Daemon(Child);

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(crate) fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Waits for something that is to come.
pub(crate) fn until<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(Instant::now() < deadline, "{what} did not come");
        thread::sleep(Duration::from_millis(20));
    }
}
