//! The commands around the board.

use std::{
    io::{BufRead as _, BufReader},
    net::TcpListener,
    process::{Command, Stdio},
};

use crate::{
    browser::Browser,
    committee::{Committee, STAFF, terminate},
};

fn said(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_printed_link_works_in_any_browser_once() {
    let committee = Committee::new();
    // The clock of the command is the system's: the daemon's is the same then.
    let daemon = committee.opens_at(&now());
    let output = committee.runs(&["sign-in", STAFF]);
    assert!(output.status.success(), "{}", said(&output.stderr));
    let link = said(&output.stdout);
    let (_, token) = link.trim().rsplit_once("/sign-in/").unwrap();
    let path = format!("/sign-in/{token}");
    let mut browser = daemon.browser();
    assert_eq!(browser.follows(&path).status, 200);
    assert!(browser.is_signed_in());
    assert_eq!(daemon.browser().get(&path).status, 410);
    for (address, words) in [("nobody@elsewhere.example", "[staff] addresses"), ("nobody", "no e-mail address")] {
        let output = committee.runs(&["sign-in", address]);
        assert_eq!(output.status.code(), Some(1));
        assert!(output.stdout.is_empty() && said(&output.stderr).contains(words), "{}", said(&output.stderr));
    }
}

#[test]
fn one_campaign_file_that_is_wrong_stops_no_command() {
    let committee = Committee::new();
    assert!(committee.runs(&["run", "--once"]).status.success());
    committee.writes("meals.toml", "id = \"pitanie-2022\"\nname = 3\n");
    committee.edits("svodka.toml", "\"campaign.toml\"", "\"meals.toml\", \"campaign.toml\"");
    let table = committee.path("x.xlsx").display().to_string();
    let commands: [&[&str]; 5] = [
        &["status"],
        &["status", "--campaign", "500plus-2022"],
        &["report"],
        &["report", "--xlsx", &table],
        &["sign-in", STAFF],
    ];
    for args in commands {
        let output = committee.runs(args);
        let warned = said(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {warned}");
        assert!(warned.contains("meals.toml") && warned.contains("campaign check"), "{args:?}: {warned}");
        assert!(args.contains(&"--xlsx") || !output.stdout.is_empty(), "{args:?}");
    }
    assert!(committee.path("x.xlsx").exists());
    let doctor = committee.runs(&["doctor"]);
    let found = said(&doctor.stdout);
    let faults: Vec<&str> = found.lines().filter(|line| line.starts_with("FAULT")).collect();
    assert_eq!(doctor.status.code(), Some(1), "{}", said(&doctor.stderr));
    assert!(faults.len() == 1 && faults[0].contains("meals.toml"), "{found}");
    for line in ["ok     campaign: 500plus-2022", "ok     database", "ok     mailbox", "ok     replies into"] {
        assert!(found.contains(line), "{line}: {found}");
    }

    // What is wrong is all there is: then there is nothing to tell of, but the rest can still be looked at.
    committee.edits("svodka.toml", "\"meals.toml\", \"campaign.toml\"", "\"meals.toml\"");
    for args in [&["status"][..], &["report"], &["sign-in", STAFF]] {
        let output = committee.runs(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(said(&output.stderr).contains("meals.toml") && output.stdout.is_empty(), "{args:?}");
    }
    let found = said(&committee.runs(&["doctor"]).stdout);
    assert!(found.contains("FAULT  campaign: ") && found.contains("ok     mailbox"), "{found}");
}

fn now() -> String {
    svodka::clock::Clock::System.now().to_string()
}

#[test]
fn a_port_that_is_taken_is_said_with_the_key_that_names_it() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let committee = Committee::new();
    committee.sets(STAFF, "");
    committee.listens_on(taken.local_addr().unwrap());
    let output = committee.runs(&["run"]);
    assert_eq!(output.status.code(), Some(1));
    let said = said(&output.stderr);
    assert!(
        said.contains("set another listen in [board]") && said.contains(&taken.local_addr().unwrap().to_string()),
        "{said}"
    );
    // One pass needs no board.
    assert!(committee.runs(&["run", "--once"]).status.success());
}

#[test]
fn the_demonstration_serves_its_board_until_it_is_told_to_stop() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_svodka"));
    command.args(["demo", "--serve", "--listen", "127.0.0.1:0", "--dir"]).arg(folder.path());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let link = lines.into_iter().find_map(|line| Some(line.split_once("board: ")?.1.to_owned())).unwrap();
    let (base, _) = link.split_once("/sign-in/").unwrap();
    let mut browser = Browser::new(base);
    let home = browser.follows(link.strip_prefix(base).unwrap());
    assert_eq!(home.status, 200);
    assert!(home.body.contains("500+"), "{}", home.body);
    terminate(&child);
    assert!(child.wait().unwrap().success());
}
