//! A committee whose daemon runs and serves the board.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use mail_parser::MessageParser;
use tempfile::TempDir;

use crate::browser::Browser;

pub(crate) const STAFF: &str = "staff@committee.example";
pub(crate) const READER: &str = "reader@committee.example";
pub(crate) const COORDINATOR: &str = "coordinator@district.example";

/// Before every deadline.
pub(crate) const NOON: &str = "2022-11-10T12:00:00+03:00";

/// A folder with everything, gone with the value.
pub(crate) struct Committee {
    folder: TempDir,
}

/// Its daemon, which ends with the value.
pub(crate) struct Daemon<'c> {
    committee: &'c Committee,
    child: Child,
    /// Where the board is.
    pub(crate) base: String,
    log: Option<JoinHandle<String>>,
}

impl Committee {
    pub(crate) fn new() -> Self {
        Self::with("")
    }

    /// With these further lines of `[board]`.
    pub(crate) fn with(board: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for part in ["inbox/new", "inbox/cur", "inbox/tmp", "outbox"] {
            fs::create_dir_all(folder.path().join(part)).unwrap();
        }
        let campaign = format!(
            "{}\n[[person]]\nwho = \"муниципальные кураторы проекта «500+»\"\naddress = \"{COORDINATOR}\"\n\
             district = \"Киришский\"\nsummary = false\n",
            include_str!("../../config/campaigns/500plus-2022.toml")
        );
        fs::write(folder.path().join("campaign.toml"), campaign).unwrap();
        let committee = Self { folder };
        committee.sets(STAFF, board);
        committee
    }

    /// Where a file of its folder is.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file.
    pub(crate) fn writes(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// Changes something in a file.
    pub(crate) fn edits(&self, name: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(name)).unwrap();
        assert!(text.contains(from), "{from}");
        self.writes(name, &text.replacen(from, to, 1));
    }

    /// Writes the settings, with one address of the staff.
    pub(crate) fn sets(&self, staff: &str, board: &str) {
        let text = format!(
            "campaigns = [\"campaign.toml\"]\n[store]\nurl = \"sqlite://s.db\"\nfiles = \"files\"\n[[mailbox]]\n\
             kind = \"maildir\"\npath = \"inbox\"\naddress = \"svodka@committee.example\"\npoll = \"1s\"\n[smtp]\n\
             kind = \"file\"\npath = \"outbox\"\n[converter]\noffice = \"\"\npdf = \"\"\n[authentication]\nverify = false\n\
             [reader]\nsandbox = \"best-effort\"\n[staff]\naddresses = [\"{staff}\"]\nsummary = []\n\
             [board]\nlisten = \"127.0.0.1:0\"\nreaders = [\"{READER}\"]\n{board}\n"
        );
        fs::write(self.folder.path().join("svodka.toml"), text).unwrap();
    }

    /// Puts the sample mails of the demonstration into the mailbox.
    pub(crate) fn gets_the_samples(&self) {
        let mails = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mails");
        for mail in fs::read_dir(mails).unwrap().map(|entry| entry.unwrap().path()) {
            let name = mail.file_name().unwrap().to_string_lossy().into_owned();
            if name.ends_with(".eml") && name.as_str() < "14" {
                fs::copy(&mail, self.folder.path().join("inbox/new").join(name.trim_end_matches(".eml"))).unwrap();
            }
        }
    }

    /// How many mails have been decided.
    pub(crate) fn decided(&self) -> i64 {
        let output = self.runs(&["status", "--json"]);
        // Every campaign has looked at every mail: the first one tells.
        let all = serde_json::Deserializer::from_slice(&output.stdout).into_iter::<serde_json::Value>();
        let status = all.flatten().next().unwrap_or_default();
        status.pointer("/messages/received").and_then(serde_json::Value::as_i64).unwrap_or_default()
    }

    /// Lets the board listen on this port.
    pub(crate) fn listens_on(&self, address: SocketAddr) {
        let file = self.folder.path().join("svodka.toml");
        let text = fs::read_to_string(&file).unwrap();
        fs::write(file, text.replace("127.0.0.1:0", &address.to_string())).unwrap();
    }

    /// Starts the daemon at noon.
    pub(crate) fn opens(&self) -> Daemon<'_> {
        self.opens_at(NOON)
    }

    /// Starts the daemon with a clock that stands still.
    pub(crate) fn opens_at(&self, time: &str) -> Daemon<'_> {
        let mut child = self.command(&["run", "--as-of", time]).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        let mut said = String::new();
        let address = loop {
            let line = lines.next().unwrap_or_else(|| panic!("the daemon did not start: {said}"));
            said += &format!("{line}\n");
            if let Some((_, address)) = line.split_once("the board is open address=") {
                break address.trim().to_owned();
            }
        };
        let log = thread::spawn(move || lines.fold(said, |said, line| format!("{said}{line}\n")));
        Daemon { committee: self, child, base: format!("http://{address}"), log: Some(log) }
    }

    /// Runs a command to its end.
    pub(crate) fn runs(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_svodka"));
        command.args(args).arg("--config").arg(self.folder.path().join("svodka.toml")).env_remove("RUST_LOG");
        let own = self.folder.path().join("tmp");
        if own.exists() {
            command.env("TMPDIR", own);
        }
        command
    }

    /// The letters that have left for an address and hold a link, each as its text.
    pub(crate) fn letters_to(&self, address: &str) -> Vec<String> {
        self.mails_to(address).into_iter().filter(|text| text.contains("/sign-in/")).collect()
    }

    /// The texts of all letters to an address.
    pub(crate) fn mails_to(&self, address: &str) -> Vec<String> {
        self.sent_to(address).into_iter().map(|(_, text)| text).collect()
    }

    /// The Message-IDs of all letters to an address.
    pub(crate) fn answers_to(&self, address: &str) -> Vec<String> {
        self.sent_to(address).into_iter().map(|(id, _)| id).collect()
    }

    fn sent_to(&self, address: &str) -> Vec<(String, String)> {
        let files = fs::read_dir(self.folder.path().join("outbox")).unwrap().map(|entry| entry.unwrap().path());
        let letters = files.filter(|file| file.extension().is_some_and(|end| end == "eml"));
        let letter = |file| {
            let bytes = fs::read(file).unwrap();
            let parsed = MessageParser::default().parse(&bytes).unwrap();
            let to = parsed.to().unwrap().first().unwrap().address().unwrap().to_owned();
            (to, (parsed.message_id().unwrap().to_owned(), parsed.body_text(0).unwrap().into_owned()))
        };
        letters.map(letter).filter(|(to, _)| to == address).map(|(_, letter)| letter).collect()
    }

    /// Does something in the database, beside the daemon.
    pub(crate) fn changes_store(&self, statement: &'static str) {
        use sqlx::{Connection as _, Executor as _};
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let url = format!("sqlite://{}", self.path("s.db").display());
            let mut database = sqlx::SqliteConnection::connect(&url).await.unwrap();
            database.execute(sqlx::raw_sql(statement)).await.unwrap();
            database.close().await.unwrap();
        });
    }

    /// Whether a text stands in the database, in whatever table.
    pub(crate) fn stores(&self, text: &str) -> bool {
        let holds = |name| fs::read(self.folder.path().join(name)).is_ok_and(|bytes| contains(&bytes, text.as_bytes()));
        ["s.db", "s.db-wal"].into_iter().any(holds)
    }
}

fn contains(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

impl Daemon<'_> {
    /// A browser of somebody who was never here.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(&self.base)
    }

    /// A browser in which somebody has signed in by the mailed link.
    pub(crate) fn signed_in(&self, address: &str) -> Browser {
        let mut browser = self.browser();
        let link = self.asked(&mut browser, address);
        let page = browser.follows(&link);
        // Where there are several campaigns, it is one's own.
        assert!(page.path == "/" || (page.path.starts_with("/c/") && page.path.ends_with('/')), "{}", page.path);
        browser
    }

    /// The path of the link that somebody gets who asks for it with this browser.
    pub(crate) fn asked(&self, browser: &mut Browser, address: &str) -> String {
        let before = self.committee.letters_to(address);
        assert_eq!(browser.asks(address).status, 303);
        let letter = until("a letter with a link", || {
            self.committee.letters_to(address).into_iter().find(|letter| !before.contains(letter))
        });
        let line = letter.lines().find(|line| line.contains("/sign-in/")).unwrap();
        line.trim().strip_prefix(&self.base).unwrap_or_else(|| panic!("{line}")).to_owned()
    }

    /// Tells it to stop, and waits until it has; gives what it has logged.
    pub(crate) fn stops(mut self) -> String {
        terminate(&self.child);
        let status = self.child.wait().unwrap();
        let log = self.log.take().unwrap().join().unwrap();
        assert!(status.success(), "{status}\n{log}");
        log
    }
}

impl Drop for Daemon<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn terminate(child: &Child) {
    let id = rustix::process::Pid::from_child(child);
    rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
}

/// Waits for something that is to come.
pub(crate) fn until<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(Instant::now() < deadline, "{what} did not come");
        thread::sleep(Duration::from_millis(20));
    }
}
