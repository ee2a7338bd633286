//! The daemon under test: its settings in a folder of its own, its process, its store.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{Read as _, Seek as _},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use svodka::store::{OutboxState, Store};

use super::{
    Alarm,
    proxy::Proxy,
    servers::{Account, PASSWORD, Servers},
    wait_for, wait_for_up_to,
};

/// Times that nobody wants to wait for in a test.
const TIMES: [(&str, &str); 13] = [
    ("connect", "5s"),
    ("command", "5s"),
    ("reconnect_first", "20ms"),
    ("reconnect_longest", "200ms"),
    ("login_pause", "300ms"),
    ("smtp_command", "5s"),
    ("smtp_final", "5s"),
    ("retry_first", "300ms"),
    ("retry_longest", "1s"),
    ("settle", "0s"),
    ("alert_after", "300ms"),
    ("calm", "0s"),
    ("stop", "5s"),
];

/// How long a command may take: longer than anything that it waits for by these times.
const COMMAND: Duration = Duration::from_secs(120);

/// A daemon's folder and settings.
pub(crate) struct Setup {
    folder: tempfile::TempDir,
    /// The mailbox that it watches.
    pub(crate) account: Account,
    mailbox: String,
    smtp: String,
    rest: String,
    top: String,
    times: BTreeMap<String, String>,
    env: Vec<(String, String)>,
    /// What starts the daemon, where it is not started directly.
    starter: Vec<String>,
    _alarm: Alarm,
}

/// A running daemon; killed with the test, its log shown where that fails.
pub(crate) struct Running {
    child: Child,
    log: PathBuf,
}

impl Setup {
    /// A daemon on a mailbox of its own, straight on the servers.
    pub(crate) fn new(word: &str) -> Self {
        let servers = Servers::shared();
        let account = servers.account(word);
        let folder = tempfile::Builder::new().prefix("svodka-daemon-").tempdir().unwrap();
        fs::write(folder.path().join("password"), PASSWORD).unwrap();
        fs::write(folder.path().join("campaign.toml"), campaign()).unwrap();
        let ca = servers.ca_file().display().to_string();
        let server = |port: u16| {
            format!(
                "host = \"localhost\"\nport = {port}\nca_file = \"{ca}\"\nuser = \"{}\"\npassword_file = \"password\"\n",
                account.user
            )
        };
        let mailbox = server(servers.imaps()) + format!("address = \"{}\"\npoll = \"5s\"\n", account.address).as_str();
        let smtp = server(servers.smtps());
        let times = TIMES.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
        let rest = "[replies]\ngrace = \"0s\"\n".to_owned();
        Self {
            folder,
            account,
            mailbox,
            smtp,
            rest,
            top: String::new(),
            times,
            env: Vec::new(),
            starter: Vec::new(),
            _alarm: Alarm::set(),
        }
    }

    /// Reads through this proxy.
    pub(crate) fn imap_by(mut self, proxy: &Proxy) -> Self {
        self.mailbox = with_port(&self.mailbox, proxy.port());
        self
    }

    /// Sends through this proxy.
    pub(crate) fn smtp_by(mut self, proxy: &Proxy) -> Self {
        self.smtp = with_port(&self.smtp, proxy.port());
        self
    }

    /// Another line in `[[mailbox]]`, in place of the one with its key.
    pub(crate) fn mailbox(mut self, line: &str) -> Self {
        self.mailbox = with_line(&self.mailbox, line);
        self
    }

    /// Another line in `[smtp]`, in place of the one with its key.
    pub(crate) fn smtp(mut self, line: &str) -> Self {
        self.smtp = with_line(&self.smtp, line);
        self
    }

    /// Without the line of this key in `[[mailbox]]`.
    pub(crate) fn mailbox_without(mut self, key: &str) -> Self {
        self.mailbox = without(&self.mailbox, key);
        self
    }

    /// Without the line of this key in `[smtp]`.
    pub(crate) fn smtp_without(mut self, key: &str) -> Self {
        self.smtp = without(&self.smtp, key);
        self
    }

    /// Another value in `[times]`.
    pub(crate) fn time(mut self, key: &str, value: &str) -> Self {
        self.times.insert(key.to_owned(), value.to_owned());
        self
    }

    /// Lines behind those of `[[mailbox]]`.
    pub(crate) fn mailbox_after(mut self, lines: &str) -> Self {
        self.mailbox.push_str(lines);
        self
    }

    /// Its daemon is started by these words.
    pub(crate) fn started_by(mut self, words: &[String]) -> Self {
        self.starter = words.to_vec();
        self
    }

    /// More sections.
    pub(crate) fn and(mut self, text: &str) -> Self {
        self.rest.push_str(text);
        self.rest.push('\n');
        self
    }

    /// These `[replies]` in place of the others.
    pub(crate) fn replies(mut self, text: &str) -> Self {
        self.rest = self.rest.replace("[replies]\ngrace = \"0s\"\n", &format!("[replies]\n{text}\n"));
        self
    }

    /// The same for a daemon that has these already.
    pub(crate) fn replies_again(mut self, text: &str) -> Self {
        let (_, others) = self.rest.split_once("\n[").map_or(("", ""), |(own, others)| (own, others));
        let others = if others.is_empty() { String::new() } else { format!("[{others}") };
        self.rest = format!("[replies]\n{text}\n{others}");
        self
    }

    /// Its database and files in another folder.
    pub(crate) fn store_in(mut self, folder: &Path) -> Self {
        self.top = folder.display().to_string();
        self
    }

    /// A variable of its environment.
    pub(crate) fn env(mut self, key: &str, value: &str) -> Self {
        self.set_env(key, value);
        self
    }

    /// The same for the next start.
    pub(crate) fn set_env(&mut self, key: &str, value: &str) {
        self.env.retain(|(known, _)| known != key);
        self.env.push((key.to_owned(), value.to_owned()));
    }

    /// Without any variable of its environment.
    pub(crate) fn clear_env(&mut self) {
        self.env.clear();
    }

    /// A file of its folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Its database.
    pub(crate) fn database(&self) -> PathBuf {
        self.store_folder().join("svodka.db")
    }

    fn store_folder(&self) -> PathBuf {
        if self.top.is_empty() { self.folder.path().to_owned() } else { PathBuf::from(&self.top) }
    }

    fn write(&self) -> PathBuf {
        let config = self.file("svodka.toml");
        let times: String = self.times.iter().map(|(key, value)| format!("{key} = \"{value}\"\n")).collect();
        let store = self.store_folder();
        let text = format!(
            "campaigns = [\"campaign.toml\"]\n[store]\nurl = \"sqlite://{}\"\nfiles = \"{}\"\n\
             [[mailbox]]\nkind = \"imap\"\n{}[smtp]\nkind = \"smtp\"\n{}[converter]\noffice = \"\"\npdf = \"\"\n\
             [authentication]\nverify = false\n[times]\n{times}{}",
            self.database().display(),
            store.join("files").display(),
            self.mailbox,
            self.smtp,
            self.rest
        );
        fs::write(&config, text).unwrap();
        config
    }

    fn command(&self, starter: &[String], args: &[&str]) -> Command {
        const PROGRAM: &str = env!("CARGO_BIN_EXE_svodka");
        let mut command = match starter {
            [] => Command::new(PROGRAM),
            [first, rest @ ..] => {
                let mut command = Command::new(first);
                command.args(rest).arg(PROGRAM);
                command
            }
        };
        command.args(args).env("SVODKA_CONFIG", self.file("svodka.toml")).env_remove("RUST_LOG").stdin(Stdio::null());
        command.envs(self.env.iter().map(|(key, value)| (key, value)));
        command
    }

    /// Writes a configuration with a line that does not belong there.
    pub(crate) fn write_wrong(&self, line: &str) {
        let file = self.write();
        fs::write(&file, format!("{line}\n{}", fs::read_to_string(&file).unwrap())).unwrap();
    }

    /// Starts the daemon.
    pub(crate) fn start(&self) -> Running {
        self.write();
        self.start_as_it_is()
    }

    /// Starts it with the configuration that is there.
    pub(crate) fn start_as_it_is(&self) -> Running {
        let log = self.file("log");
        let file = File::options().create(true).append(true).open(&log).unwrap();
        let child = self.command(&self.starter, &["run"]).stdout(Stdio::null()).stderr(file).spawn().unwrap();
        Running { child, log }
    }

    /// Runs a command to its end.
    ///
    /// # Panics
    /// Where it does not end in time, with what it has said so far.
    pub(crate) fn run(&self, args: &[&str]) -> Output {
        self.write();
        self.run_as_it_is(args)
    }

    /// The same with the configuration that is there.
    ///
    /// # Panics
    /// As [`Setup::run`].
    pub(crate) fn run_as_it_is(&self, args: &[&str]) -> Output {
        let (mut stdout, mut stderr) = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
        let mut process = self.command(&[], args);
        process.stdout(stdout.try_clone().unwrap()).stderr(stderr.try_clone().unwrap());
        let mut child = process.spawn().unwrap();
        let until = Instant::now() + COMMAND;
        let status = loop {
            match child.try_wait().unwrap() {
                Some(status) => break Some(status),
                None if Instant::now() > until => break None,
                None => thread::sleep(Duration::from_millis(1)),
            }
        };
        if status.is_none() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
        let (stdout, stderr) = (read_back(&mut stdout), read_back(&mut stderr));
        let Some(status) = status else {
            panic!("svodka {args:?} did not end in {COMMAND:?}: {}", String::from_utf8_lossy(&stderr));
        };
        Output { status, stdout, stderr }
    }

    /// One pass, which must succeed.
    pub(crate) fn pass(&self) {
        let output = self.run(&["run", "--once"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// `svodka status --json`.
    pub(crate) fn status(&self) -> Value {
        let output = self.run(&["status", "--json"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// How many messages of this kind `svodka status` counts.
    pub(crate) fn counted(&self, kind: &str) -> u64 {
        self.status()["messages"][kind].as_u64().unwrap()
    }

    /// Waits until so many messages of this kind are counted.
    pub(crate) fn wait_counted(&self, kind: &str, count: u64) {
        wait_for(&format!("{count} {kind}"), || {
            self.database().exists().then(|| self.run(&["status", "--json"])).filter(|output| {
                serde_json::from_slice::<Value>(&output.stdout)
                    .is_ok_and(|status| status["messages"][kind].as_u64() == Some(count))
            })
        });
    }

    /// How many letters are in this state.
    pub(crate) fn letters(&self, state: OutboxState) -> u64 {
        self.read(async |store| store.outbox_counts().await.unwrap().get(&state).copied().unwrap_or_default())
    }

    /// Waits until so many letters are in this state.
    pub(crate) fn wait_letters(&self, state: OutboxState, count: u64) {
        wait_for(&format!("{count} letters {state:?}"), || (self.try_letters(state) == Some(count)).then_some(()));
    }

    /// The same as far as it can be told.
    pub(crate) fn try_letters(&self, state: OutboxState) -> Option<u64> {
        if !self.database().exists() {
            return None;
        }
        let url = format!("sqlite://{}", self.database().display());
        block_on(async {
            let store = Store::open_read_only(&url, &self.store_folder().join("files")).await.ok()?;
            Some(store.outbox_counts().await.ok()?.get(&state).copied().unwrap_or_default())
        })
    }

    /// Asks the store.
    pub(crate) fn read<T>(&self, ask: impl AsyncFnOnce(Store) -> T) -> T {
        let url = format!("sqlite://{}", self.database().display());
        block_on(async { ask(Store::open_read_only(&url, &self.store_folder().join("files")).await.unwrap()).await })
    }

    /// Passes until the server has handed over what is on its way, copies of our own letters mostly: then `svodka mailbox
    /// reconcile` must find nothing unaccounted.
    pub(crate) fn reconcile(&self) {
        wait_for("0 unaccounted", || {
            self.pass();
            let output = self.run(&["mailbox", "reconcile"]);
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            (output.status.success() && said.contains(" 0 unaccounted")).then_some(())
        });
    }

    /// The chain of events is whole, and nothing waits for a decision.
    pub(crate) fn verify(&self) {
        self.read(async |store| {
            store.verify().await.unwrap();
            assert!(store.received().await.unwrap().is_empty(), "a message waits for its decision");
        });
    }
}

fn read_back(file: &mut File) -> Vec<u8> {
    let mut bytes = Vec::new();
    file.rewind().unwrap();
    file.read_to_end(&mut bytes).unwrap();
    bytes
}

fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// The sample campaign with deadlines that do not pass while the tests run.
fn campaign() -> String {
    let sample = include_str!("../../../config/campaigns/500plus-2022.toml");
    let later =
        |line: &str| if line.contains("2022-11-01") { line.to_owned() } else { line.replace("2022-11-", "2099-11-") };
    sample.lines().map(later).collect::<Vec<_>>().join("\n")
}

fn without(section: &str, key: &str) -> String {
    let lines = section.lines().filter(|line| line.split(" =").next() != Some(key));
    lines.map(|line| format!("{line}\n")).collect()
}

fn with_line(section: &str, line: &str) -> String {
    without(section, line.split(" =").next().unwrap()) + line + "\n"
}

fn with_port(section: &str, port: u16) -> String {
    with_line(section, &format!("port = {port}"))
}

impl Running {
    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    fn signal(&self, signal: &str) {
        assert!(Command::new("kill").args([signal, &self.id().to_string()]).status().unwrap().success());
    }

    /// SIGTERM, and the end. Whatever has happened, no address stands in the log.
    pub(crate) fn terminate(mut self) -> ExitStatus {
        self.signal("-TERM");
        let status = self.wait();
        assert!(!self.log().contains('@'), "an address in the log");
        status
    }

    /// SIGKILL, and the end.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits until it ends by itself.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        wait_for_up_to(Duration::from_secs(40), "the daemon to end", || self.child.try_wait().unwrap())
    }

    /// Whether it still runs.
    pub(crate) fn runs(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// The most memory that it has had, in kilobytes (proc_pid_status(5), VmHWM).
    pub(crate) fn peak(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        peak.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// What it has logged.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Waits until it has logged these words.
    pub(crate) fn wait_log(&self, words: &str) {
        wait_for(&format!("{words:?} in the log"), || self.log().contains(words).then_some(()));
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            eprintln!("── the daemon's log\n{}", self.log());
        }
    }
}
