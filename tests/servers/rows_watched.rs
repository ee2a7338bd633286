//! Row 40 of the table of faults, and all else that a daemon tells the one who has started it (sd_notify(3)): a socket of
//! ours is in systemd's place.

use std::{
    fs,
    os::unix::net::UnixDatagram,
    process::Command,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use svodka::{fault::FAULT, store::OutboxState};

use crate::harness::{Proxy, Running, Setup, Speaks, mails::sends, wait_for};

const WATCHDOG: Duration = Duration::from_secs(2);

/// What was said, and when.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<(Instant, String)>>>);

impl Heard {
    /// Listens in the daemon's folder, and tells the daemon so.
    fn listen(setup: &mut Setup) -> Self {
        let (path, heard) = (setup.file("notify"), Self::default());
        let socket = UnixDatagram::bind(&path).unwrap();
        setup.set_env("NOTIFY_SOCKET", path.to_str().unwrap());
        setup.set_env("WATCHDOG_USEC", &WATCHDOG.as_micros().to_string());
        let all = heard.clone();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(size) = socket.recv(&mut buffer) {
                let said = String::from_utf8_lossy(&buffer[..size]).into_owned();
                let lines = said.lines().map(|line| (Instant::now(), line.to_owned()));
                all.0.lock().unwrap().extend(lines);
            }
        });
        heard
    }

    fn all(&self, words: &str) -> Vec<Instant> {
        let said = self.0.lock().unwrap();
        said.iter().filter(|(_, line)| line.contains(words)).map(|(at, _)| *at).collect()
    }

    /// Waits until it was said so often; gives when last.
    fn wait_for(&self, words: &str, times: usize) -> Instant {
        wait_for(&format!("{words:?} {times} times"), || self.all(words).get(times - 1).copied())
    }
}

fn reload(daemon: &Running) {
    let sent = Command::new("kill").args(["-HUP", &daemon.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

#[test]
fn row_40_a_daemon_whose_pipeline_hangs_is_not_heard_of_any_more_and_goes_on_when_started_anew() {
    let mut setup = Setup::new("row40").time("patience", "1s").mailbox("poll = \"500ms\"");
    let heard = Heard::listen(&mut setup);
    setup.set_env(FAULT, "hang:decide::reading");
    let mut daemon = setup.start();
    heard.wait_for("READY=1", 1);
    let moved = heard.wait_for("WATCHDOG=1", 5);
    let school = sends("04-podporozhye-missing", &setup);
    let hangs = heard.wait_for("STATUS=hangs: nothing is heard of mailbox 0", 1);
    daemon.wait_log("nothing is heard of it any more");
    // As long as systemd would wait, and once more.
    thread::sleep(WATCHDOG * 2);
    assert_eq!(heard.all("WATCHDOG=1").into_iter().filter(|at| *at > hangs).count(), 0, "a timer feeds the watchdog");
    assert!(hangs > moved && daemon.runs());
    daemon.kill();
    setup.set_env(FAULT, "");
    setup.clear_env();
    let daemon = setup.start();
    school.wait_for("INBOX", 1);
    assert!(daemon.terminate().success());
    setup.reconcile();
    assert_eq!((setup.letters(OutboxState::Sent), school.messages("INBOX").len()), (1, 1));
}

#[test]
fn ready_is_said_after_the_first_pass_and_time_is_asked_for_until_then() {
    let imap = Proxy::start(Speaks::Imap, |_| crate::harness::Act::Pass);
    imap.refuse(true);
    let mut setup = Setup::new("ready").imap_by(&imap);
    let heard = Heard::listen(&mut setup);
    let daemon = setup.start();
    heard.wait_for("EXTEND_TIMEOUT_USEC=", 3);
    heard.wait_for("cannot be looked through now, and is tried again: localhost", 1);
    assert!(heard.all("READY=1").is_empty(), "it is said to be ready with a mailbox that nobody has seen");
    imap.refuse(false);
    heard.wait_for("READY=1", 1);
    heard.wait_for("STATUS=last pass ", 1);
    assert!(daemon.terminate().success());
    assert_eq!((heard.all("READY=1").len(), heard.all("STOPPING=1").len()), (1, 1));
}

#[test]
fn at_sighup_a_sound_configuration_is_in_force_and_a_wrong_one_is_not() {
    let mut setup = Setup::new("reload").replies("grace = \"0s\"\nmode = \"hold\"");
    let heard = Heard::listen(&mut setup);
    let mut daemon = setup.start();
    heard.wait_for("READY=1", 1);
    let school = sends("04-podporozhye-missing", &setup);
    setup.wait_letters(OutboxState::Queued, 1);

    let config = setup.file("svodka.toml");
    let held = fs::read_to_string(&config).unwrap();
    fs::write(&config, held.replace("mode = \"hold\"", "mode = \"always\"")).unwrap();
    reload(&daemon);
    daemon.wait_log("the configuration is wrong: the former stays in force");
    assert_eq!(heard.all("RELOADING=1").len(), 0);

    fs::write(&config, format!("{held}\n[board]\nlisten = \"192.0.2.1:1\"\nurl = \"https://board.example\"\n"))
        .unwrap();
    reload(&daemon);
    daemon.wait_log("the new configuration cannot be used: the former stays in force");
    heard.wait_for("READY=1", 2);
    assert_eq!(school.messages("INBOX").len(), 0, "what is held has left");

    fs::write(&config, held.replace("mode = \"hold\"", "mode = \"send\"")).unwrap();
    reload(&daemon);
    school.wait_for("INBOX", 1);
    heard.wait_for("READY=1", 3);
    assert!(daemon.runs() && heard.all("RELOADING=1").len() == 2);
    assert!(daemon.terminate().success());
}
