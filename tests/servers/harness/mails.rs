//! Mails of schools, made from the samples, and how they are handed to Postfix.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::TcpStream,
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
};

use super::{
    PATIENCE, Setup,
    servers::{Account, Servers},
    wait_for,
};

/// A sample mail, from this sender to this receiver, under a Message-ID of its own.
pub(crate) fn letter(sample: &str, from: &Account, to: &Account) -> Vec<u8> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let id = format!("{}.{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    letter_as(sample, from, to, &format!("{id}@mail.example"))
}

/// The same under a given Message-ID.
pub(crate) fn letter_as(sample: &str, from: &Account, to: &Account, message_id: &str) -> Vec<u8> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/mails/{sample}.eml"));
    let text = fs::read(file).unwrap();
    let end = text.windows(2).position(|two| two == b"\n\n").map(|at| (at, 2));
    let (end, gap) = end.or_else(|| text.windows(4).position(|four| four == b"\r\n\r\n").map(|at| (at, 4))).unwrap();
    let head = String::from_utf8(text[..end].to_vec()).unwrap().replace("\r\n", "\n");
    let mut fields: Vec<String> = Vec::new();
    for line in head.lines() {
        match fields.last_mut() {
            Some(last) if line.starts_with([' ', '\t']) => *last = format!("{last}\r\n{line}"),
            _ => fields.push(line.to_owned()),
        }
    }
    let replaced = ["received:", "return-path:", "from:", "to:", "message-id:", "date:"];
    fields.retain(|field| !replaced.iter().any(|name| field.to_lowercase().starts_with(name)));
    let now = jiff::fmt::rfc2822::to_string(&now().to_zoned_datetime(jiff::tz::TimeZone::UTC)).unwrap();
    let own = [
        format!("From: {}", from.address),
        format!("To: {}", to.address),
        format!("Message-ID: <{message_id}>"),
        format!("Date: {now}"),
    ];
    let head: String = own.into_iter().chain(fields).map(|field| field + "\r\n").collect();
    [head.as_bytes(), b"\r\n", &text[end + gap..]].concat()
}

/// The time, as the system has it.
#[expect(clippy::disallowed_methods, reason = "mails of the tests are written now")]
pub(crate) fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// A connection to Postfix, as a school's own server has one.
pub(crate) struct Sender {
    stream: BufReader<TcpStream>,
}

impl Sender {
    /// Connects.
    pub(crate) fn connect() -> Self {
        let tcp = TcpStream::connect(("127.0.0.1", Servers::shared().smtp())).unwrap();
        tcp.set_nodelay(true).unwrap();
        tcp.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut sender = Self { stream: BufReader::new(tcp) };
        sender.answer();
        sender.say("EHLO school.example");
        sender
    }

    /// Sends a mail, which must be accepted.
    pub(crate) fn send(&mut self, from: &Account, to: &Account, mail: &[u8]) {
        self.say(&format!("MAIL FROM:<{}>", from.address));
        self.say(&format!("RCPT TO:<{}>", to.address));
        self.say("DATA");
        let text = String::from_utf8_lossy(mail).replace("\r\n", "\n");
        let stuffed: String =
            text.lines().map(|line| format!("{}{line}\r\n", if line.starts_with('.') { "." } else { "" })).collect();
        self.say(&format!("{stuffed}."));
    }

    fn say(&mut self, line: &str) {
        self.stream.get_mut().write_all(format!("{line}\r\n").as_bytes()).unwrap();
        self.answer();
    }

    fn answer(&mut self) {
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).unwrap();
            assert!(line.starts_with(['2', '3']), "{line}");
            if line.as_bytes().get(3) != Some(&b'-') {
                return;
            }
        }
    }
}

/// Sends one mail through Postfix.
pub(crate) fn deliver(from: &Account, to: &Account, mail: &[u8]) {
    Sender::connect().send(from, to, mail);
}

/// The value of a header field of a mail; empty where there is none.
pub(crate) fn header(mail: &[u8], name: &str) -> String {
    let parsed = mail_parser::MessageParser::default().parse(mail).unwrap();
    parsed.header_raw(name).unwrap_or_default().trim().to_owned()
}

/// The decoded subject of a mail.
pub(crate) fn subject(mail: &[u8]) -> String {
    mail_parser::MessageParser::default().parse(mail).unwrap().subject().unwrap_or_default().to_owned()
}

/// A sample mail from a school of its own, through Postfix.
pub(crate) fn sends(sample: &str, setup: &Setup) -> Account {
    let school = Servers::shared().account("school");
    deliver(&school, &setup.account, &letter(sample, &school, &setup.account));
    school
}

/// Waits for an alert in the mailbox itself, with these words in its subject.
pub(crate) fn alerted(account: &Account, words: &str) {
    wait_for(&format!("an alert: {words}"), || {
        account.messages("INBOX").iter().any(|mail| subject(mail).contains(words)).then_some(())
    });
}
