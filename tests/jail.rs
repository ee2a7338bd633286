//! The process in which untrusted bytes are read: what it cannot reach, and what becomes of a message that kills it.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a scenario that cannot go on has failed")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};
use serde_json::Value;
use svodka::fault::MISBEHAVE;

const NOW: &str = "2022-11-10T12:00:00+03:00";

/// A daemon's folder.
struct Setup(tempfile::TempDir);

impl Setup {
    fn new(reader: &str) -> Self {
        let setup = Self(tempfile::tempdir().unwrap());
        for folder in ["new", "cur", "tmp"] {
            fs::create_dir_all(setup.file("inbox").join(folder)).unwrap();
        }
        let campaign = include_str!("../config/campaigns/500plus-2022.toml");
        fs::write(setup.file("campaign.toml"), campaign).unwrap();
        let config = format!(
            "campaigns = [\"campaign.toml\"]\n[store]\nurl = \"sqlite://svodka.db\"\nfiles = \"files\"\n\
             [[mailbox]]\nkind = \"maildir\"\npath = \"inbox\"\naddress = \"svodka@committee.example\"\npoll = \"1s\"\n\
             [smtp]\nkind = \"file\"\npath = \"outbox\"\n[reader]\n{reader}\n"
        );
        fs::write(setup.file("svodka.toml"), config).unwrap();
        setup
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Puts a sample mail into the mailbox; its reader does what is asked for.
    fn deliver(&self, sample: &str, misbehave: Option<&str>) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/mails/{sample}.eml"));
        let mail = fs::read(path).unwrap();
        let first = misbehave.map(|wish| format!("{MISBEHAVE}{wish}\r\n")).unwrap_or_default();
        let name = format!("{sample}-{}", misbehave.unwrap_or_default());
        fs::write(self.file("inbox/tmp").join(&name), [first.as_bytes(), &mail].concat()).unwrap();
        fs::rename(self.file("inbox/tmp").join(&name), self.file("inbox/new").join(&name)).unwrap();
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_svodka"));
        command.args(args).env("SVODKA_CONFIG", self.file("svodka.toml")).env_remove("RUST_LOG").stdin(Stdio::null());
        command
    }

    fn pass(&self) -> Output {
        let output = self.command(&["run", "--once", "--as-of", NOW]).output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
        output
    }

    /// How many messages of this kind are counted.
    fn counted(&self, kind: &str) -> u64 {
        let output = self.command(&["status", "--json", "--as-of", NOW]).output().unwrap();
        let status: Value = serde_json::from_slice(&output.stdout).unwrap();
        status["messages"][kind].as_u64().unwrap()
    }

    fn replies(&self) -> usize {
        fs::read_dir(self.file("outbox")).map_or(0, Iterator::count)
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The message whose reader misbehaves is a person's; the one behind it is answered.
fn one_message_is_affected(misbehave: &str, how: &[&str]) {
    let setup = Setup::new("time = \"1s\"");
    setup.deliver("01-kirishi-complete", Some(misbehave));
    setup.deliver("02-roshchino-form", None);
    let log = said(&setup.pass());
    assert!(how.iter().any(|how| log.contains(how)) && log.contains("2 times"), "{misbehave}: {log}");
    assert_eq!((setup.counted("review"), setup.counted("matched"), setup.replies()), (1, 1, 1), "{misbehave}");
    // It stays so.
    setup.pass();
    assert_eq!((setup.counted("review"), setup.replies()), (1, 1));
}

#[test]
fn row_38_a_reader_out_of_memory_affects_one_message() {
    one_message_is_affected("grow", &["SIGABRT"]);
}

#[test]
fn row_39_a_message_that_kills_the_reader_twice_is_a_persons_and_the_queue_goes_on() {
    one_message_is_affected("die", &["SIGABRT"]);
    one_message_is_affected("panic", &["exit status: 101"]);
}

#[test]
fn row_39_a_message_over_which_the_reader_hangs_is_a_persons_and_the_queue_goes_on() {
    // On a machine that is busy, the clock on the wall may be the first.
    one_message_is_affected("hang", &["SIGXCPU", "was not done after 3 s"]);
    one_message_is_affected("sleep", &["was not done after 3 s"]);
}

#[test]
fn a_reader_that_dies_by_itself_costs_no_message() {
    let setup = Setup::new("");
    let log = fs::File::create(setup.file("log")).unwrap();
    let mut daemon = setup.command(&["run", "--as-of", NOW]).stdout(Stdio::null()).stderr(log).spawn().unwrap();
    setup.deliver("01-kirishi-complete", None);
    wait_for("a reply", || setup.replies() == 1);
    let readers = children(&daemon);
    assert_eq!(readers.len(), 1, "it is kept for the next message");
    assert!(Command::new("kill").arg("-9").args(&readers).status().unwrap().success());
    setup.deliver("02-roshchino-form", None);
    wait_for("another reply", || setup.replies() == 2);
    daemon.kill().unwrap();
    daemon.wait().unwrap();
    // With its parent, a reader ends by itself.
    wait_for("no reader", || readers.iter().all(|id| !Path::new("/proc").join(id).exists()));
}

/// The process ids of a process's children.
fn children(of: &Child) -> Vec<String> {
    let file = format!("/proc/{}/task/{}/children", of.id(), of.id());
    let all: Vec<String> = fs::read_dir(format!("/proc/{}/task", of.id()))
        .unwrap()
        .flatten()
        .filter_map(|task| fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|text| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    assert!(Path::new(&file).exists(), "the kernel lists no children");
    all
}

fn wait_for(what: &str, mut so: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(30);
    while !so() {
        assert!(Instant::now() < until, "waited in vain for {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn row_58_a_reader_reaches_no_file_no_socket_and_no_other_process() {
    let setup = Setup::new("");
    setup.deliver("01-kirishi-complete", Some("escape"));
    setup.pass();
    assert_eq!((setup.counted("review"), setup.counted("matched"), setup.replies()), (0, 1, 1));
}

/// Runs a command under a kernel that lacks this call, as far as a program can tell.
fn without(call: i64, mut command: Command) -> Output {
    // The filter is the thread's, and that of whatever it starts.
    thread::spawn(move || {
        let rules = [(call, Vec::new())].into();
        let missing = SeccompAction::Errno(libc::ENOSYS.unsigned_abs());
        let arch = std::env::consts::ARCH.try_into().unwrap();
        let filter = SeccompFilter::new(rules, SeccompAction::Allow, missing, arch).unwrap();
        seccompiler::apply_filter(&BpfProgram::try_from(filter).unwrap()).unwrap();
        command.output().unwrap()
    })
    .join()
    .unwrap()
}

#[test]
fn row_58_without_a_sandbox_it_refuses_to_read_or_warns_as_the_setting_says() {
    for (call, missing, escapes) in [
        (libc::SYS_landlock_create_ruleset, "Landlock is not in force", false),
        (libc::SYS_seccomp, "seccomp is not in force", true),
    ] {
        let setup = Setup::new("");
        setup.deliver("01-kirishi-complete", None);
        let refused = without(call, setup.command(&["run", "--once", "--as-of", NOW]));
        assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
        assert!(said(&refused).contains(missing), "{}", said(&refused));
        assert!(said(&refused).contains("sandbox = \"best-effort\" in [reader]"), "{}", said(&refused));
        assert_eq!(setup.replies(), 0);
        let setup = Setup::new("sandbox = \"best-effort\"");
        setup.deliver("01-kirishi-complete", None);
        let warned = without(call, setup.command(&["run", "--once", "--as-of", NOW]));
        assert!(warned.status.success(), "{}", said(&warned));
        assert!(said(&warned).contains("WARN") && said(&warned).contains(missing), "{}", said(&warned));
        assert_eq!(setup.replies(), 1);
        // What is left in force holds nevertheless; where it does not, the reader is caught at it.
        setup.deliver("02-roshchino-form", Some("escape"));
        let output = without(call, setup.command(&["run", "--once", "--as-of", NOW]));
        assert_eq!(said(&output).contains("SIGABRT"), escapes, "{}", said(&output));
        assert_eq!(setup.replies(), if escapes { 1 } else { 2 });
    }
}
