//! A committee with a mailbox in a folder, the mails that it gets, and the replies that it writes.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use mail_parser::MessageParser;
use serde_json::Value;
use tempfile::TempDir;

/// The address of the committee's mailbox.
pub(crate) const ADDRESS: &str = "svodka@committee.example";

/// A committee, in a folder that is gone with it.
pub(crate) struct Committee {
    folder: TempDir,
}

impl Committee {
    /// With these further settings.
    pub(crate) fn new(settings: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for part in ["inbox/new", "inbox/cur", "inbox/tmp", "outbox"] {
            fs::create_dir_all(folder.path().join(part)).unwrap();
        }
        let campaign = include_str!("../../config/campaigns/500plus-2022.toml");
        // A school whose address is known.
        let known =
            campaign.replace("id = \"roshchino\"", "id = \"roshchino\"\naddresses = [\"known@school.example\"]");
        assert_ne!(known, campaign);
        fs::write(folder.path().join("campaign.toml"), known).unwrap();
        let own = if settings.contains("[authentication]") { "" } else { "[authentication]\nverify = false\n" };
        let grace = if settings.contains("[replies]") { "" } else { "[replies]\ngrace = \"0s\"\n" };
        let text = format!(
            "campaigns = [\"campaign.toml\"]\n[store]\nurl = \"sqlite://s.db\"\nfiles = \"files\"\n[[mailbox]]\n\
             kind = \"maildir\"\npath = \"inbox\"\naddress = \"{ADDRESS}\"\n[smtp]\nkind = \"file\"\npath = \"outbox\"\n\
             [converter]\noffice = \"\"\npdf = \"\"\n{own}{grace}{settings}"
        );
        fs::write(folder.path().join("svodka.toml"), text).unwrap();
        Self { folder }
    }

    /// Changes the campaign.
    pub(crate) fn edits_campaign(&self, from: &str, to: &str) {
        let file = self.folder.path().join("campaign.toml");
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains(from));
        fs::write(file, text.replacen(from, to, 1)).unwrap();
    }

    /// Writes a file anew.
    pub(crate) fn writes(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).unwrap();
    }

    /// Writes another letter to the schools.
    pub(crate) fn adds_campaign(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).unwrap();
        let file = self.folder.path().join("svodka.toml");
        let settings = fs::read_to_string(&file).unwrap();
        let more = settings.replacen("\"campaign.toml\"", &format!("\"campaign.toml\", \"{name}\""), 1);
        assert_ne!(more, settings);
        fs::write(file, more).unwrap();
    }

    /// Gives the schools time until another day.
    pub(crate) fn puts_deadlines_off(&self, day: &str) {
        let file = self.folder.path().join("campaign.toml");
        let text = fs::read_to_string(&file).unwrap();
        let later = text.replace("2022-11-14", day).replace("deadline = 2022-11-15", &format!("deadline = {day}"));
        assert_ne!(later, text);
        fs::write(file, later).unwrap();
    }

    /// Puts a mail into the mailbox.
    pub(crate) fn gets(&self, mail: &[u8]) {
        self.gets_in("inbox", mail);
    }

    /// Puts a mail into the mailbox of this name.
    pub(crate) fn gets_in(&self, name: &str, mail: &[u8]) {
        let mailbox = self.folder.path().join(name);
        for part in ["new", "cur", "tmp"] {
            fs::create_dir_all(mailbox.join(part)).unwrap();
        }
        let inbox = mailbox.join("new");
        let count = fs::read_dir(&inbox).unwrap().count() + fs::read_dir(inbox.with_file_name("cur")).unwrap().count();
        fs::write(inbox.join(format!("{count:04}")), mail).unwrap();
    }

    /// Runs a command, which must succeed, on a day before every deadline.
    pub(crate) fn runs(&self, args: &[&str]) -> Output {
        succeeds(self.command(&[args, &["--as-of", "2022-11-10T12:00:00+03:00"]].concat()))
    }

    /// Runs a command that may fail.
    pub(crate) fn command(&self, args: &[&str]) -> Output {
        let config = self.folder.path().join("svodka.toml");
        Command::new(env!("CARGO_BIN_EXE_svodka")).args(args).arg("--config").arg(config).output().unwrap()
    }

    /// What `svodka outbox` prints.
    pub(crate) fn outbox(&self, args: &[&str]) -> String {
        String::from_utf8(succeeds(self.command(&[&["outbox"], args].concat())).stdout).unwrap()
    }

    /// One pass at this time.
    pub(crate) fn passes(&self, at: &str) {
        succeeds(self.command(&["run", "--once", "--as-of", at]));
    }

    /// One pass at this time, killed as it passes a point.
    #[cfg(feature = "faults")]
    pub(crate) fn dies(&self, point: &str, at: &str) {
        use std::os::unix::process::ExitStatusExt as _;
        let mut command = Command::new(env!("CARGO_BIN_EXE_svodka"));
        command.args(["run", "--once", "--as-of", at, "--config"]).arg(self.folder.path().join("svodka.toml"));
        let status = command.env(svodka::fault::FAULT, format!("{point}@1")).output().unwrap().status;
        assert_eq!(status.signal(), Some(9), "{point} was not passed: {status}");
    }

    /// A command, killed as it passes a point.
    #[cfg(feature = "faults")]
    pub(crate) fn dies_doing(&self, point: &str, args: &[&str]) {
        use std::os::unix::process::ExitStatusExt as _;
        let mut command = Command::new(env!("CARGO_BIN_EXE_svodka"));
        command.args(args).arg("--config").arg(self.folder.path().join("svodka.toml"));
        let status = command.env(svodka::fault::FAULT, format!("{point}@1")).output().unwrap().status;
        assert_eq!(status.signal(), Some(9), "{point} was not passed: {status}");
    }

    /// All replies that have left so far to an address.
    pub(crate) fn sent(&self, to: &str) -> Vec<Reply> {
        let replies = self.files().into_iter().map(|file| Reply(fs::read(file).unwrap()));
        replies.filter(|reply| reply.field("To").contains(to)).collect()
    }

    /// Whether nothing in the mailbox has been touched.
    pub(crate) fn untouched(&self) -> bool {
        fs::read_dir(self.folder.path().join("inbox/cur")).unwrap().count() == 0
    }

    /// One pass; the replies that it has written.
    pub(crate) fn answers(&self) -> Vec<Reply> {
        let before = self.files();
        self.runs(&["run", "--once"]);
        let new = self.files().into_iter().filter(|file| !before.contains(file));
        new.map(|file| Reply(fs::read(file).unwrap())).collect()
    }

    fn files(&self) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> =
            fs::read_dir(self.folder.path().join("outbox")).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    }

    /// `svodka status --json`.
    pub(crate) fn status(&self) -> Value {
        serde_json::from_slice(&self.runs(&["status", "--json"]).stdout).unwrap()
    }

    /// The same of one campaign of several.
    pub(crate) fn status_of(&self, campaign: &str) -> Value {
        serde_json::from_slice(&self.runs(&["status", "--json", "--campaign", campaign]).stdout).unwrap()
    }

    /// Where a school stands.
    pub(crate) fn school(&self, id: &str) -> Value {
        let status = self.status();
        status["schools"].as_array().unwrap().iter().find(|one| one["id"] == id).unwrap().clone()
    }

    /// The summary as the staff read it.
    pub(crate) fn page(&self) -> String {
        let page = self.folder.path().join("page.html");
        self.runs(&["report", "--html", page.to_str().unwrap()]);
        fs::read_to_string(page).unwrap()
    }
}

fn succeeds(output: Output) -> Output {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

/// A reply as it was written.
pub(crate) struct Reply(pub(crate) Vec<u8>);

impl Reply {
    /// The names of its header fields, in order, in lower case.
    pub(crate) fn fields(&self) -> Vec<String> {
        let parsed = MessageParser::default().parse(&self.0).unwrap();
        parsed.headers().iter().map(|field| field.name().to_lowercase()).collect()
    }

    /// A header field as it stands there.
    pub(crate) fn field(&self, name: &str) -> String {
        let parsed = MessageParser::default().parse(&self.0).unwrap();
        parsed.header_raw(name).unwrap_or_default().trim().to_owned()
    }

    /// Everything in it that a person sees: header fields, text and HTML, decoded.
    pub(crate) fn seen(&self) -> String {
        format!("{}\n{}\n{}", String::from_utf8_lossy(&self.0), self.text(), self.html())
    }

    /// Its text.
    pub(crate) fn text(&self) -> String {
        MessageParser::default().parse(&self.0).unwrap().body_text(0).unwrap().into_owned()
    }

    /// Its HTML.
    pub(crate) fn html(&self) -> String {
        MessageParser::default().parse(&self.0).unwrap().body_html(0).unwrap().into_owned()
    }
}

/// A sample mail, as a Maildir holds it.
pub(crate) fn sample(name: &str) -> Vec<u8> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/mails/{name}.eml"));
    fs::read_to_string(file).unwrap().replace("\r\n", "\n").into_bytes()
}

/// The mail with these lines of a header in place of its own fields of the same names. A line that ends with its colon
/// only takes the field away.
pub(crate) fn with(mail: &[u8], lines: &[&str]) -> Vec<u8> {
    let end = mail.windows(2).position(|two| two == b"\n\n").unwrap();
    let head = String::from_utf8(mail[..end].to_vec()).unwrap();
    let name = |line: &str| line.split_once(':').unwrap().0.to_lowercase();
    let replaced: Vec<String> = lines.iter().map(|line| name(line)).collect();
    let mut kept = String::new();
    let mut keeps = true;
    for line in head.lines() {
        if !line.starts_with([' ', '\t']) {
            keeps = !replaced.contains(&name(line));
        }
        if keeps {
            kept += line;
            kept += "\n";
        }
    }
    let own: String = lines.iter().filter(|line| !line.ends_with(':')).map(|line| format!("{line}\n")).collect();
    [own.as_bytes(), kept.as_bytes(), &mail[end + 1..]].concat()
}
