//! How well machines are told from people, and that nobody is answered who must not be, on real mail. `SVODKA_CORPUS` names a folder of `.eml` files; a `LABELS.csv`
//! in it or above it (columns `file`, `label`, `must_reply`) says what they are. Without the variable the same is done
//! on a handful of own messages, so that the counting itself is always tried.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that prints a table; the lints spare only functions that are tests themselves"
)]

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use jiff::SignedDuration;
use svodka::{
    campaign::{self, Campaign},
    decision::{Basis, Known, ReplyPolicy, decide},
    document::Limits,
    form::Recogniser,
    matching::Roster,
    message::OwnIdentity,
    reader::{FileReading, Reading, read_mail},
};

/// What a message is known to be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Label {
    kind: String,
    must_reply: String,
}

/// What was seen in messages of one label.
#[derive(Debug, Default)]
struct Counts {
    all: usize,
    machines: usize,
    weak: usize,
    without_sender: usize,
    replies: usize,
    /// The same, had each brought a school's filled form.
    with_form: usize,
    kinds: BTreeMap<String, usize>,
    missed: Vec<String>,
}

const MACHINES: [&str; 6] = ["bounce", "delayed-dsn", "vacation", "list", "mdn", "calendar"];

#[test]
fn machines_are_told_from_people() {
    let (messages, labelled) = match std::env::var_os("SVODKA_CORPUS") {
        Some(folder) => corpus(Path::new(&folder)),
        None => (own_messages(), true),
    };
    assert!(!messages.is_empty(), "no messages");
    let rules = Rules::of_the_sample();
    let mut table: BTreeMap<Label, Counts> = BTreeMap::new();
    for (name, label, raw) in messages {
        let (reading, _) = read_mail(&raw, &OwnIdentity::default(), &Limits::default());
        let replies = rules.replies(&reading);
        let with_form = rules.replies(&Reading { files: rules.form.clone(), ..reading.clone() });
        let message = reading.message;
        let counts = table.entry(label.clone()).or_default();
        counts.all += 1;
        counts.replies += replies;
        counts.with_form += with_form;
        counts.machines += usize::from(message.automatic.is_some());
        counts.weak += usize::from(message.automatic_weak);
        counts.without_sender += usize::from(message.automatic.is_none() && message.from.is_none());
        if let Some(kind) = message.automatic {
            *counts.kinds.entry(format!("{kind:?}")).or_default() += 1;
        }
        let wrong = match label.must_reply.as_str() {
            "allowed" => message.automatic.is_some(),
            "never" => message.automatic.is_none() && message.from.is_some(),
            _ => false,
        };
        if wrong {
            let sign = message.automatic_sign.unwrap_or_default();
            counts.missed.push(format!("{name}: {:?}, {sign}", message.automatic));
        }
    }
    print(&table);
    if labelled {
        check(&table);
    }
}

/// By what the sample's campaign decides, of schools that have sent nothing yet.
struct Rules {
    campaign: Campaign,
    roster: Roster,
    recogniser: Recogniser,
    /// A school's filled form.
    form: Vec<FileReading>,
}

impl Rules {
    fn of_the_sample() -> Self {
        let campaign = campaign::read("sample", include_str!("../config/campaigns/500plus-2022.toml")).unwrap();
        let mail = include_bytes!("fixtures/mails/02-roshchino-form.eml");
        let form = read_mail(mail, &OwnIdentity::default(), &Limits::default()).0.files;
        Self { roster: Roster::new(&campaign), recogniser: Recogniser::new(&campaign), campaign, form }
    }

    fn replies(&self, reading: &Reading) -> usize {
        let basis = Basis {
            campaign: &self.campaign,
            roster: &self.roster,
            recogniser: &self.recogniser,
            known: &Known::default(),
            received: reading.message.received.unwrap_or_default(),
            grace: SignedDuration::ZERO,
            policy: ReplyPolicy::Default,
        };
        decide(&basis, reading).replies.len()
    }
}

fn print(table: &BTreeMap<Label, Counts>) {
    println!("label        reply       all  machine  weak no sender replies with form  kinds");
    for (label, counts) in table {
        let Counts { all, machines, weak, without_sender, replies, with_form, kinds, missed } = counts;
        let Label { kind, must_reply } = label;
        println!(
            "{kind:<12} {must_reply:<9} {all:>5} {machines:>8} {weak:>5} {without_sender:>9} {replies:>7} {with_form:>9}  {kinds:?}"
        );
        missed.iter().take(40).for_each(|missed| println!("    {missed}"));
    }
}

fn check(table: &BTreeMap<Label, Counts>) {
    let sum = |wanted: &dyn Fn(&Label) -> bool, count: &dyn Fn(&Counts) -> usize| -> (usize, usize) {
        let rows = || table.iter().filter(|(label, _)| wanted(label)).map(|(_, counts)| counts);
        (rows().map(count).sum(), rows().map(|counts| counts.all).sum())
    };
    let at_least = |(part, all): (usize, usize), percent: usize, what: &str| {
        let share = part as f64 * 100.0 / all.max(1) as f64;
        println!("{what}: {part} of {all} ({share:.1} %), at least {percent} %");
        assert!(part * 100 >= all * percent, "{what}: {part} of {all}");
    };
    let (replies, never) = sum(&|label| label.must_reply == "never", &|counts| counts.replies);
    println!("replies to those who must never get one: {replies} of {never}, at most 0");
    assert_eq!(replies, 0, "somebody would be answered who must not be");
    let machine = |label: &Label| MACHINES.contains(&label.kind.as_str());
    let (replies, machines) = sum(&machine, &|counts| counts.with_form);
    println!("replies to machines, had each brought a school's form: {replies} of {machines}, at most 0");
    assert_eq!(replies, 0, "a machine would be answered");
    at_least(sum(&machine, &|counts| counts.machines), 98, "machines seen as such");
    let person = |label: &Label| label.kind == "person" && label.must_reply == "allowed";
    at_least(sum(&person, &|counts| counts.all - counts.machines), 99, "people's mail not taken for a machine's");
    at_least(sum(&machine, &|counts| counts.machines - counts.weak), 95, "machines seen by more than their wording");
}

/// The messages of a folder, and whether they are labelled.
fn corpus(folder: &Path) -> (Vec<(String, Label, Vec<u8>)>, bool) {
    let labels = folder.ancestors().map(|folder| folder.join("LABELS.csv")).find(|file| file.is_file());
    let known = labels.as_deref().map(read_labels).unwrap_or_default();
    let mut files = Vec::new();
    find(folder, &mut files);
    files.sort();
    let unknown = Label { kind: "?".to_owned(), must_reply: "?".to_owned() };
    let messages = files.iter().map(|file| {
        let label = known.get(file).unwrap_or(&unknown).clone();
        (file.display().to_string(), label, std::fs::read(file).unwrap())
    });
    (messages.collect(), labels.is_some())
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            find(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "eml") {
            files.push(path);
        }
    }
}

fn read_labels(file: &Path) -> BTreeMap<PathBuf, Label> {
    let text = std::fs::read_to_string(file).unwrap();
    let folder = file.parent().unwrap();
    let mut lines = text.lines().map(cells);
    let head = lines.next().unwrap();
    let column = |name: &str| head.iter().position(|cell| cell == name).unwrap();
    let (path, kind, reply) = (column("file"), column("label"), column("must_reply"));
    lines
        .filter(|row| row.len() == head.len())
        .map(|row| (folder.join(&row[path]), Label { kind: row[kind].clone(), must_reply: row[reply].clone() }))
        .collect()
}

/// The cells of a line of comma-separated values (RFC 4180).
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            c => cells.last_mut().unwrap().push(c),
        }
    }
    cells
}

fn own_messages() -> Vec<(String, Label, Vec<u8>)> {
    let message = |kind: &str, reply: &str, raw: &str| {
        let label = Label { kind: kind.to_owned(), must_reply: reply.to_owned() };
        (kind.to_owned(), label, raw.replace('\n', "\r\n").into_bytes())
    };
    vec![
        message(
            "bounce",
            "never",
            "From: MAILER-DAEMON@mx.example.ru\nTo: k@example.org\nSubject: Undelivered Mail Returned to Sender\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nno such user\n--b--\n",
        ),
        message(
            "vacation",
            "never",
            "From: a@example.ru\nSubject: Автоответ: форма\nAuto-Submitted: auto-replied\n\nя в отпуске\n",
        ),
        message(
            "list",
            "never",
            "From: a@example.ru\nSubject: новости\nList-Unsubscribe: <mailto:u@example.ru>\n\nскидки\n",
        ),
        message("other", "never", "From: a@example.ru, b@example.ru\nSubject: форма\n\nдва автора\n"),
        message("person", "allowed", "From: school@example.ru\nSubject: Форма\n\nДобрый день! Направляем форму.\n"),
        message(
            "person",
            "allowed",
            "From: school@example.ru\nSubject: Re: Undelivered Mail\n\nНе доставлено? Высылаем ещё раз.\n",
        ),
    ]
}
