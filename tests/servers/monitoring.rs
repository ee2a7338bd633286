//! What whoever watches the program is told: metrics, health, readiness, the plugin's line, and letters to the staff.

use std::{
    collections::BTreeSet,
    fs,
    io::Write as _,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use svodka::store::OutboxState;

use crate::harness::{
    Account, Act, Event, Proxy, Servers, Setup, Side, Speaks,
    mails::{deliver, letter, sends, subject},
    servers::PASSWORD,
    wait_for,
};

/// A daemon that is watched, and where.
fn watched(setup: Setup) -> (Setup, String) {
    let free = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    (setup.and(&format!("[monitoring]\nlisten = \"{free}\"")), format!("http://{free}"))
}

/// What is told under a path, once anything is.
fn told(base: &str, path: &str) -> (u16, String) {
    wait_for("an answer", || {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut response = agent.get(format!("{base}{path}")).call().ok()?;
        Some((response.status().as_u16(), response.body_mut().read_to_string().unwrap()))
    })
}

/// The value of a metric, by its name and labels.
fn value(metrics: &str, name: &str) -> f64 {
    let line = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("{name} is not in\n{metrics}")).parse().unwrap()
}

fn documents() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/monitoring")
}

/// Runs Prometheus' own tool, where it is installed; gives whether it was content.
fn promtool(args: &[&str], input: &str) -> Option<(bool, String)> {
    let mut command = Command::new("promtool");
    command.args(args).current_dir(documents());
    let Ok(mut child) = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn() else {
        eprintln!("promtool is not installed (apt-get install prometheus): {args:?} is left out");
        return None;
    };
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    Some((output.status.success(), String::from_utf8_lossy(&said).into_owned()))
}

/// The names of our metrics that stand in a text.
fn named(text: &str) -> BTreeSet<String> {
    let is_of_name = |sign: char| sign.is_ascii_alphanumeric() || sign == '_';
    let words = text.split(|sign| !is_of_name(sign));
    words.filter(|word| word.starts_with("svodka_")).map(ToOwned::to_owned).collect()
}

#[test]
fn the_figures_are_right_survive_a_restart_and_are_what_prometheus_wants() {
    let (setup, base) = watched(Setup::new("metrics"));
    let school = sends("04-podporozhye-missing", &setup);
    sends("07-ambiguous-number", &setup);
    sends("11-leave", &setup);
    let daemon = setup.start();
    school.wait_for("INBOX", 1);
    setup.wait_letters(OutboxState::Sent, 2);
    let backups = setup.file("backups").display().to_string();
    let backup = setup.run(&["backup", &backups]);
    assert!(backup.status.success(), "{backup:?}");
    let metrics = wait_for("everything to be counted", || {
        let (status, text) = told(&base, "/metrics");
        assert_eq!(status, 200);
        let passed = text.contains("svodka_mailbox_last_pass_timestamp_seconds{mailbox=\"0\"}");
        (passed && value(&text, "svodka_letters_total{result=\"sent\"}") >= 2.0).then_some(text)
    });
    for (name, expected) in [
        ("svodka_messages_total{outcome=\"request\"}", 1.0),
        ("svodka_messages_total{outcome=\"review\"}", 1.0),
        ("svodka_messages_total{outcome=\"leave\"}", 1.0),
        ("svodka_open_reviews", 1.0),
        ("svodka_store_up", 1.0),
        ("svodka_incidents_open{kind=\"smtp_login\"}", 0.0),
        ("svodka_mailbox_poll_seconds{mailbox=\"0\"}", 5.0),
    ] {
        assert_eq!(value(&metrics, name), expected, "{name}");
    }
    for name in ["read", "decide", "commit", "send", "pass"] {
        assert!(value(&metrics, &format!("svodka_{name}_duration_seconds_count")) >= 1.0, "{name}");
    }
    for held in [&setup.account.user, &school.address, "INBOX", "localhost"] {
        assert!(!metrics.contains(held), "{held}");
    }
    if let Some((content, said)) = promtool(&["check", "metrics"], &metrics) {
        assert!(content && said.trim().is_empty(), "{said}\n{metrics}");
        let (content, _) =
            promtool(&["check", "metrics"], "# TYPE svodka_messages gauge\nsvodka_messages_total 1\n").unwrap();
        assert!(!content, "the tool finds what is wrong");
    }
    // The sample files name nothing that is not there.
    let there = named(&metrics);
    for file in ["svodka.rules.yml", "svodka.rules.test.yml", "grafana.json"] {
        let names = named(&fs::read_to_string(documents().join(file)).unwrap());
        assert!(names.len() > 5, "{file}");
        let absent: Vec<&String> = names.difference(&there).collect();
        assert!(absent.is_empty(), "{file} names {absent:?}");
    }
    assert!(daemon.terminate().success());
    let daemon = setup.start();
    let again = told(&base, "/metrics").1;
    for name in ["svodka_messages_total{outcome=\"request\"}", "svodka_messages_total{outcome=\"leave\"}"] {
        assert_eq!(value(&again, name), 1.0, "{name}");
    }
    assert!(daemon.terminate().success());
}

#[test]
fn the_sample_rules_say_what_they_should() {
    for args in [["check", "rules", "svodka.rules.yml"], ["test", "rules", "svodka.rules.test.yml"]] {
        let Some((content, said)) = promtool(&args, "") else { return };
        assert!(content, "{said}");
    }
}

#[test]
fn ready_is_said_after_the_first_pass_and_not_while_the_last_one_is_too_old() {
    let proxy = Proxy::start(Speaks::Imap, |_: &Event<'_>| Act::Pass);
    proxy.refuse(true);
    let (setup, base) = watched(Setup::new("ready").imap_by(&proxy));
    let clock = setup.file("clock");
    let setup = setup.env(svodka::fault::CLOCK, &clock.display().to_string());
    let daemon = setup.start();
    let (status, text) = told(&base, "/ready");
    assert_eq!((status, text.as_str()), (503, "mailbox 0: no pass has been completed since the start\n"));
    assert_eq!(told(&base, "/health"), (200, "ok\n".to_owned()), "who tries is alive");
    proxy.refuse(false);
    wait_for("readiness", || (told(&base, "/ready").0 == 200).then_some(()));
    // An hour later, in which no pass has succeeded.
    proxy.script(|_: &Event<'_>| Act::Cut);
    daemon.wait_log("a pass failed");
    fs::write(&clock, "3600").unwrap();
    wait_for("the mailbox to be missed", || {
        let (status, text) = told(&base, "/ready");
        (status == 503 && text.starts_with("mailbox 0: the last pass was completed 36")).then_some(())
    });
    assert_eq!(told(&base, "/else").0, 404);
    daemon.kill();
}

/// How many letters to the staff have these words in their subjects.
fn heard(staff: &Account, words: &str) -> usize {
    staff.messages("INBOX").iter().filter(|mail| subject(mail).contains(words)).count()
}

#[test]
fn staff_hear_once_of_a_mailbox_that_is_away_and_once_that_it_is_back() {
    let staff = Servers::shared().account("staff");
    let proxy = Proxy::start(Speaks::Imap, |_: &Event<'_>| Act::Pass);
    let setup = Setup::new("away")
        .imap_by(&proxy)
        .time("calm", "1s")
        .and(&format!("[staff]\naddresses = [\"{}\"]\nsummary = []", staff.address));
    let daemon = setup.start();
    daemon.wait_log("watching");
    proxy.script(|_: &Event<'_>| Act::Cut);
    staff.wait_for("INBOX", 1);
    assert_eq!((heard(&staff, "почтовый ящик недоступен"), heard(&staff, "снова доступен")), (1, 0));
    proxy.script(|_: &Event<'_>| Act::Pass);
    // It works, and that has not lasted yet: it is away once more, and nobody hears of that.
    daemon.wait_log("the mailbox is reached again");
    proxy.script(|_: &Event<'_>| Act::Cut);
    wait_for("another failure", || (daemon.log().matches("a pass failed").count() >= 2).then_some(()));
    proxy.script(|_: &Event<'_>| Act::Pass);
    staff.wait_for("INBOX", 2);
    assert_eq!((heard(&staff, "почтовый ящик недоступен"), heard(&staff, "почтовый ящик снова доступен")), (1, 1));
    setup.read(async |store| assert!(store.incidents().await.unwrap().is_empty()));
    assert!(daemon.terminate().success());
    assert_eq!(staff.messages("INBOX").len(), 2);
}

#[test]
fn a_server_that_comes_and_goes_brings_no_flood_of_letters() {
    let staff = Servers::shared().account("staff");
    // Every second login is refused.
    let mut logins = 0;
    let proxy = Proxy::start(Speaks::Imap, move |event: &Event<'_>| {
        let asks = event.from == Side::Server && event.line.contains("Logged in");
        if !asks {
            return if event.asks("LOGOUT") || event.asks("IDLE") { Act::Cut } else { Act::Pass };
        }
        logins += 1;
        let tag = event.line.split(' ').next().unwrap_or_default();
        if logins % 2 == 0 {
            Act::Replace(format!("{tag} NO [AUTHENTICATIONFAILED] no\r\n").into_bytes())
        } else {
            Act::Pass
        }
    });
    let setup = Setup::new("flaps")
        .imap_by(&proxy)
        .time("calm", "1h")
        .time("login_pause", "50ms")
        .and(&format!("[staff]\naddresses = [\"{}\"]\nsummary = []", staff.address));
    let daemon = setup.start();
    proxy.wait_for(Side::Client, "AUTHENTICATE", 12);
    staff.wait_for("INBOX", 1);
    assert!(daemon.terminate().success());
    assert_eq!(staff.messages("INBOX").len(), 1, "one letter for all of it");
    assert!(daemon_was_well_between(&setup), "it was well in between");
}

fn daemon_was_well_between(setup: &Setup) -> bool {
    fs::read_to_string(setup.file("log")).unwrap().matches("the mailbox is reached again").count() >= 3
}

#[test]
fn the_plugin_says_ok_critical_and_unknown() {
    let setup = Setup::new("plugin").smtp("password_file = \"wrong\"").time("calm", "0s");
    fs::write(setup.file("wrong"), PASSWORD).unwrap();
    let never = setup.run(&["doctor", "--nagios"]);
    assert_eq!(never.status.code(), Some(2), "{never:?}");
    setup.pass();
    let well = setup.run(&["doctor", "--nagios"]);
    let said = String::from_utf8_lossy(&well.stdout).into_owned();
    assert_eq!(well.status.code(), Some(0), "{said}");
    assert!(said.starts_with("SVODKA OK - last pass ") && said.contains(" | mailbox0_pass_age="), "{said}");
    fs::write(setup.file("wrong"), "not the password").unwrap();
    let school = sends("04-podporozhye-missing", &setup);
    let daemon = setup.start();
    daemon.wait_log("staff are told");
    let ill = setup.run(&["doctor", "--nagios"]);
    let said = String::from_utf8_lossy(&ill.stdout).into_owned();
    assert_eq!(ill.status.code(), Some(2), "{said}");
    assert!(said.starts_with("SVODKA CRITICAL - incident smtp_login"), "{said}");
    assert!(!said.contains(&school.address) && !said.contains(&setup.account.user), "{said}");
    let full = setup.run(&["doctor", "--nagios", "--full"]);
    assert!(String::from_utf8_lossy(&full.stdout).contains("smtp localhost"), "{full:?}");
    assert!(daemon.terminate().success());
    setup.write_wrong("nonsense = 1");
    assert_eq!(setup.run_as_it_is(&["doctor", "--nagios"]).status.code(), Some(3));
}

/// Whether scraping holds nobody up: measured with as many rows as SVODKA_ROWS says.
#[test]
#[ignore = "a measurement"]
fn a_scrape_of_a_large_store_is_cheap() {
    let rows: u32 = std::env::var("SVODKA_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(100_000);
    let (setup, base) = watched(Setup::new("large"));
    setup.pass();
    fill(&setup, rows);
    let daemon = setup.start();
    told(&base, "/health");
    let mut took = Vec::new();
    for _ in 0..20 {
        let begun = std::time::Instant::now();
        assert_eq!(told(&base, "/metrics").0, 200);
        took.push(begun.elapsed());
    }
    let school = sends("04-podporozhye-missing", &setup);
    school.wait_for("INBOX", 1);
    eprintln!("{rows} messages, as many letters, twice as many events: first {:?}, then {:?}", took[0], &took[1..]);
    assert!(took[1..].iter().all(|one| *one < Duration::from_millis(500)), "{took:?}");
    assert!(daemon.terminate().success());
}

fn fill(setup: &Setup, rows: u32) {
    let script = format!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
         INSERT INTO messages (id, mailbox, cursor, sha256, truncated, received_at, taken_at, state, marked, campaign, reading,
             decided_at)
         SELECT i + 10, 'x', i, 'h' || i, 0, i, i, 'confirm', 1, 'c', printf('%.2000c', 'x'), i FROM n;
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
         INSERT INTO outbox (id, key, message, kind, campaign, sender, recipient, message_id, mime, state, queued_at, not_before,
             changed_at)
         SELECT i + 10, 'k' || i, i + 10, 'confirm', 'c', 'a@x.example', 'b@x.example', 'm' || i, zeroblob(4000), 'sent', i, i, i
         FROM n;
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows} * 2)
         INSERT INTO events (id, at, kind, refs, hash)
         SELECT i + (SELECT max(id) FROM events), i, iif(i % 2, 'decided', 'sent'), '{{\"message\":1,\"action\":\"confirm\"}}',
             printf('%.64c', 'h') FROM n;"
    );
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        use sqlx::{Connection as _, Executor as _};
        let url = format!("sqlite://{}", setup.database().display());
        let mut database = sqlx::SqliteConnection::connect(&url).await.unwrap();
        database.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(script))).await.unwrap();
        database.close().await.unwrap();
    });
}

#[test]
fn an_alert_of_the_sending_server_is_put_into_the_mailbox_and_its_end_is_mailed() {
    let staff = Servers::shared().account("staff");
    let setup = Setup::new("sending")
        .smtp("password_file = \"wrong\"")
        .and(&format!("[staff]\naddresses = [\"{}\"]\nsummary = []", staff.address));
    fs::write(setup.file("wrong"), "not the password").unwrap();
    let school = Servers::shared().account("school");
    deliver(&school, &setup.account, &letter("04-podporozhye-missing", &school, &setup.account));
    let daemon = setup.start();
    crate::harness::mails::alerted(&setup.account, "войти на сервер исходящей почты");
    assert!(staff.messages("INBOX").is_empty(), "it cannot be mailed");
    fs::write(setup.file("wrong"), PASSWORD).unwrap();
    school.wait_for("INBOX", 1);
    let over = staff.wait_for("INBOX", 1);
    assert!(subject(&over[0]).contains("сервер исходящей почты снова доступен"), "{}", subject(&over[0]));
    assert!(daemon.terminate().success());
}
