//! Replies that do no harm: how many leave, to whom, and what becomes of those that wait or come back.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a scenario that cannot go on has failed")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

/// A committee with a Maildir, whose replies are files.
struct Committee {
    folder: tempfile::TempDir,
}

impl Committee {
    fn new() -> Self {
        Self::with("")
    }

    fn with(settings: &str) -> Self {
        let committee = Self { folder: tempfile::tempdir().unwrap() };
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/campaigns/500plus-2022.toml");
        fs::copy(sample, committee.path("campaign.toml")).unwrap();
        for part in ["new", "cur", "tmp"] {
            fs::create_dir_all(committee.path("inbox").join(part)).unwrap();
        }
        let config = format!(
            "campaigns = [\"campaign.toml\"]\n[store]\nurl = \"sqlite://s.db\"\nfiles = \"files\"\n[[mailbox]]\n\
             kind = \"maildir\"\npath = \"inbox\"\naddress = \"svodka@committee.example\"\n[smtp]\nkind = \"file\"\n\
             path = \"outbox\"\n{settings}\n"
        );
        fs::write(committee.path("svodka.toml"), config).unwrap();
        committee
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn receives(&self, name: &str, mail: &str) {
        fs::write(self.path("inbox/new").join(name), mail).unwrap();
    }

    fn svodka(&self, args: &[&str]) -> Output {
        let config = self.path("svodka.toml");
        let mut command = Command::new(env!("CARGO_BIN_EXE_svodka"));
        command.env_remove("SVODKA_CONFIG").args(args).arg("--config").arg(config);
        command.output().unwrap()
    }

    fn does(&self, args: &[&str]) -> String {
        let output = self.svodka(args);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// A pass at a time of 10 November 2022, or another day.
    fn pass(&self, time: &str) {
        let at = if time.contains('T') { time.to_owned() } else { format!("2022-11-10T{time}:00+03:00") };
        self.does(&["run", "--once", "--as-of", &at]);
    }

    /// The letters that have left, each as header and text.
    fn letters(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.path("outbox")) else { return Vec::new() };
        entries.map(|entry| String::from_utf8_lossy(&fs::read(entry.unwrap().path()).unwrap()).into_owned()).collect()
    }

    /// How many letters have left to an address.
    fn sent(&self, to: &str) -> usize {
        self.letters().iter().filter(|letter| header(letter, "To").contains(to)).count()
    }

    fn status(&self) -> Value {
        serde_json::from_str(&self.does(&["status", "--json", "--as-of", "2022-11-10T12:00:00+03:00"])).unwrap()
    }
}

fn header(mail: &str, name: &str) -> String {
    let start = format!("{name}: ");
    let line = mail.lines().take_while(|line| !line.is_empty()).find_map(|line| line.strip_prefix(&start));
    line.unwrap_or_default().to_owned()
}

/// A sample mail, as if somebody else had sent it under another Message-ID.
fn sample(name: &str, from: &str, id: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mails").join(name).with_extension("eml");
    let mail = String::from_utf8(fs::read(path).unwrap()).unwrap();
    let mut in_header = true;
    let lines = mail.lines().map(|line| {
        in_header &= !line.is_empty();
        match line {
            _ if in_header && line.starts_with("From: ") => format!("From: {from}"),
            _ if in_header && line.starts_with("Message-ID: ") => format!("Message-ID: <{id}@mail.example>"),
            _ => line.to_owned(),
        }
    });
    lines.collect::<Vec<_>>().join("\r\n") + "\r\n"
}

/// An answer to a letter of ours, with the documents of a sample.
fn answer(letter: &str, name: &str, from: &str, id: &str) -> String {
    let reply_to = header(letter, "Message-ID");
    sample(name, from, id).replacen("Message-ID:", &format!("In-Reply-To: {reply_to}\r\nMessage-ID:"), 1)
}

#[test]
fn fault_43_two_responders_that_face_each_other_stop_after_one_mail_each() {
    let committee = Committee::new();
    committee.receives("1", &sample("04-podporozhye-missing", "school@mail.example", "1"));
    committee.pass("12:00");
    assert_eq!(committee.sent("school@mail.example"), 1);
    // It shows no sign of being a machine: it sends back what it had sent, as an answer and as a mail of its own.
    let letter = &committee.letters()[0];
    committee.receives("2", &answer(letter, "04-podporozhye-missing", "school@mail.example", "2"));
    committee.receives("3", &sample("04-podporozhye-missing", "school@mail.example", "3"));
    // And it sends back our own letter, with all that is attached to it.
    let (_, body) = letter.split_once("\r\n\r\n").unwrap();
    let types = letter.lines().skip_while(|line| !line.starts_with("Content-Type:"));
    let types: Vec<&str> = types.take_while(|line| !line.is_empty()).collect();
    let echo = format!(
        "From: school@mail.example\r\nTo: svodka@committee.example\r\nSubject: Re: x\r\nMessage-ID: <4@mail.example>\r\n\
         In-Reply-To: {}\r\nDate: Thu, 10 Nov 2022 12:00:00 +0300\r\nMIME-Version: 1.0\r\n{}\r\n\r\n{body}",
        header(letter, "Message-ID"),
        types.join("\r\n")
    );
    committee.receives("4", &echo);
    committee.pass("12:10");
    assert_eq!(committee.sent("school@mail.example"), 1);
    let status = committee.status();
    assert_eq!((&status["messages"]["received"], &status["messages"]["review"]), (&4.into(), &3.into()), "{status}");
}

#[test]
fn a_note_of_receipt_is_not_answered_with_another() {
    let committee = Committee::new();
    committee.receives("1", &sample("08-outside", "annino@mail.example", "1"));
    committee.pass("12:00");
    assert_eq!(committee.sent("annino@mail.example"), 1);
    committee.receives("2", &answer(&committee.letters()[0], "08-outside", "annino@mail.example", "2"));
    committee.pass("12:10");
    assert_eq!(committee.sent("annino@mail.example"), 1);
    assert_eq!(committee.status()["review"], 2);
}

#[test]
fn a_school_that_answers_with_what_was_missing_is_answered() {
    let committee = Committee::new();
    committee.receives("1", &sample("04-podporozhye-missing", "school@mail.example", "1"));
    committee.pass("12:00");
    let letter = committee.letters().remove(0);
    let text = "5. с 2021 года\r\n14. Проводить встречи чаще\r\n";
    let mail = format!(
        "From: school@mail.example\r\nTo: svodka@committee.example\r\nSubject: Re: x\r\nMessage-ID: <2@mail.example>\r\n\
         In-Reply-To: {}\r\nDate: Thu, 10 Nov 2022 12:00:00 +0300\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}",
        header(&letter, "Message-ID")
    );
    committee.receives("2", &mail);
    committee.pass("12:10");
    assert_eq!(committee.sent("school@mail.example"), 2);
    let status = committee.status();
    let school = status["schools"].as_array().unwrap().iter().find(|one| one["id"] == "podporozhye-4").unwrap().clone();
    assert_eq!(school["status"], "complete", "{school}");
}

/// As many mails as `SVODKA_FLOOD` says, or a hundred.
#[test]
fn fault_45_a_flood_from_one_address_is_stored_and_answered_ten_times_a_day() {
    let mails: usize = std::env::var("SVODKA_FLOOD").ok().map_or(96, |count| count.parse().unwrap());
    let committee = Committee::new();
    let schools = ["04-podporozhye-missing", "05-vazhiny-invalid", "02-roshchino-form", "08-outside"];
    let mut counts = Vec::new();
    let mut number = 0;
    for hour in 0..24 {
        for _ in 0..mails / 24 + usize::from(hour < mails % 24) {
            let name = schools[number % schools.len()];
            committee.receives(&number.to_string(), &sample(name, "flood@mail.example", &number.to_string()));
            number += 1;
        }
        committee.pass(&format!("2022-11-10T{hour:02}:30:00+03:00"));
        counts.push(committee.sent("flood@mail.example"));
    }
    assert_eq!(number, mails);
    assert_eq!(committee.status()["messages"]["received"], mails);
    assert!(counts[0] > 0 && counts[0] <= 5, "{counts:?}");
    assert!(counts.windows(2).all(|pair| pair[1] - pair[0] <= 5), "{counts:?}");
    assert!(counts[23] <= 10, "{counts:?}");
    let waiting = committee.does(&["outbox", "list"]).lines().count();
    assert!(waiting <= 1 + schools.len(), "{waiting}");
}

#[test]
fn held_replies_leave_one_by_one_when_a_person_says_so() {
    let committee = Committee::with("[replies]\nmode = \"hold\"");
    committee.receives("1", &sample("01-kirishi-complete", "kirishi@mail.example", "1"));
    committee.receives("2", &sample("04-podporozhye-missing", "school@mail.example", "2"));
    committee.receives("3", &sample("05-vazhiny-invalid", "vazhiny@mail.example", "3"));
    committee.pass("12:00");
    assert!(committee.letters().is_empty());
    let list = committee.does(&["outbox", "list"]);
    assert_eq!(list.matches("held for you").count(), 3, "{list}");
    assert!(committee.does(&["outbox", "show", "2"]).contains("To: school@mail.example"));
    assert_eq!(committee.does(&["outbox", "send", "2"]), "letter 2 leaves with the daemon's next look at the outbox\n");
    assert_eq!(committee.does(&["outbox", "drop", "1"]), "letter 1 is thrown away\n");
    committee.pass("12:01");
    assert_eq!((committee.sent("school@mail.example"), committee.letters().len()), (1, 1));
    let again = committee.svodka(&["outbox", "send", "2", "77"]);
    assert_eq!(again.status.code(), Some(1));
    let error = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(error.contains("no letter 2, 77 waits; `svodka outbox list` shows them"), "{error}");
    committee.does(&["outbox", "send", "--all"]);
    committee.pass("12:02");
    assert_eq!((committee.sent("vazhiny@mail.example"), committee.letters().len()), (1, 2));
    assert_eq!(committee.does(&["outbox", "send", "--all"]), "no letter waits\n");
}

#[test]
fn a_dry_run_decides_sends_nothing_and_touches_no_mailbox() {
    let committee = Committee::new();
    committee.receives("1", &sample("04-podporozhye-missing", "school@mail.example", "1"));
    committee.does(&["run", "--once", "--dry-run", "--as-of", "2022-11-10T12:00:00+03:00"]);
    assert!(committee.letters().is_empty());
    assert_eq!(committee.status()["messages"]["matched"], 1);
    assert!(committee.path("inbox/new/1").exists());
    committee.pass("12:30");
    assert_eq!(committee.letters().len(), 1, "the first real run goes on from there");
    assert!(!committee.path("inbox/new/1").exists());
}

#[test]
fn a_letter_that_comes_back_is_told_to_staff_and_its_address_is_left_alone() {
    let committee = Committee::with("[staff]\naddresses = [\"staff@committee.example\"]");
    committee.receives("1", &sample("04-podporozhye-missing", "gone@mail.example", "1"));
    committee.pass("12:00");
    let letter = &committee.letters()[0];
    let report = format!(
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mail.example\r\nTo: svodka@committee.example\r\n\
         Subject: Undelivered Mail Returned to Sender\r\nMessage-ID: <r@mail.example>\r\n\
         Date: Thu, 10 Nov 2022 12:01:00 +0300\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nSorry.\r\n--b\r\n\
         Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.example\r\n\r\n\
         Final-Recipient: rfc822; gone@mail.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\n\
         Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: {}\r\nSubject: x\r\n\r\n--b--\r\n",
        header(letter, "Message-ID")
    );
    committee.receives("2", &report);
    committee.pass("12:10");
    assert_eq!(committee.sent("staff@committee.example"), 1, "staff are told");
    assert!(committee.does(&["outbox", "list"]).contains("returned: message 2 is the report"));
    committee.receives("3", &sample("05-vazhiny-invalid", "gone@mail.example", "3"));
    committee.pass("12:20");
    committee.pass("2022-12-20T12:00:00+03:00");
    assert_eq!(committee.sent("gone@mail.example"), 1, "nothing more is sent there");
    let school = committee.status()["schools"].as_array().unwrap()[3].clone();
    assert_eq!(school["form"]["received"], true, "and what it sends is taken all the same: {school}");
}

#[test]
fn who_sent_the_form_is_not_asked_for_the_draft_that_a_colleague_has_sent() {
    let committee = Committee::new();
    committee.receives("1", &sample("02-roshchino-form", "secretary@mail.example", "1"));
    committee.pass("2022-11-08T11:01:00+03:00");
    assert!(committee.letters().is_empty(), "the draft may still come");
    committee.receives("2", &sample("03-roshchino-draft", "deputy@mail.example", "2"));
    committee.pass("2022-11-08T11:05:00+03:00");
    assert_eq!((committee.sent("secretary@mail.example"), committee.sent("deputy@mail.example")), (1, 1));
    for letter in committee.letters() {
        let letter = mail_parser::MessageParser::default().parse(letter.as_bytes()).unwrap();
        let text = letter.body_text(0).unwrap().into_owned();
        assert!(text.contains("Дополнительных действий сейчас не требуется"), "{text}");
    }
    let list = committee.does(&["outbox", "list"]);
    assert_eq!(list, "nothing waits, nothing failed, nothing is in doubt\n");
}
