//! Everything that can happen to a canary.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    net::TcpListener,
    os::unix::fs::MetadataExt as _,
    sync::{Arc, Mutex},
};

use svodka::store::OutboxState;

use super::{
    Canaries,
    journal::Journal,
    mails,
    pages::{Answer, Browser},
};
use crate::harness::{
    Account, Act, Event, Proxy, Running, Servers, Setup, Side, Speaks,
    mails::{deliver, letter},
    servers::PASSWORD,
    wait_for,
};

/// How the log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Text,
    Json,
    Journal,
}

/// What was printed or logged, by its name.
type Seen = Vec<(String, Vec<u8>)>;

/// The faults that a proxy has brought about.
type Fired = Arc<Mutex<BTreeSet<&'static str>>>;

/// What the proxies do, each once.
const FAULTS: [&str; 9] = [
    "imap login",
    "imap store",
    "imap bye",
    "imap garbage",
    "smtp login",
    "smtp sender",
    "smtp recipient",
    "smtp deferred",
    "smtp cut",
];

pub(crate) struct Scene {
    pub(crate) canaries: Canaries,
    setup: Setup,
    staff: Account,
    schools: Vec<Account>,
    fired: Fired,
    board: String,
    watched: String,
    journal: Option<Journal>,
    seen: Seen,
    _proxies: [Proxy; 2],
}

impl Scene {
    /// Plays everything, and gives what was seen of it from outside.
    pub(crate) fn play(form: Form) -> (Self, Seen) {
        let mut scene = Self::set(form);
        let daemon = scene.start();
        scene.mails_come();
        scene.people_act();
        scene.campaign_breaks(&daemon);
        for path in ["/metrics", "/health", "/ready"] {
            let answer = Browser::new(&scene.watched).get(path);
            scene.seen.push((path.to_owned(), answer.bytes));
        }
        for args in [&["doctor"][..], &["status"], &["mailbox", "reconcile"]] {
            let output = scene.setup.run(args);
            scene.seen.push((format!("stderr of {args:?}"), output.stderr));
        }
        let plugin = scene.setup.run(&["doctor", "--nagios", "--full"]);
        scene.seen.push(("the plugin".to_owned(), plugin.stdout));
        assert!(daemon.terminate().success());
        scene.starts_in_vain();
        scene.seen.push(("the log".to_owned(), scene.log()));
        if form == Form::Journal {
            scene.whole_way();
        }
        let seen = std::mem::take(&mut scene.seen);
        (scene, seen)
    }

    fn set(form: Form) -> Self {
        let servers = Servers::shared();
        let fired = Fired::default();
        let proxies = [
            Proxy::start(Speaks::Imap, imap_faults(Arc::clone(&fired))),
            Proxy::start(Speaks::Smtp, smtp_faults(Arc::clone(&fired))),
        ];
        let [board, watched] =
            [(); 2].map(|()| TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().to_string());
        let staff = servers.account("kanareyka-staff");
        let own = format!(
            "[staff]\naddresses = [\"{}\"]\nsummary = []\n[board]\nlisten = \"{board}\"\n[monitoring]\nlisten = \
             \"{watched}\"\n",
            staff.address
        );
        let mut setup = Setup::new("kanareyka-account")
            .imap_by(&proxies[0])
            .smtp_by(&proxies[1])
            .replies("grace = \"0s\"\nundo = \"0s\"")
            .and(&own)
            .env("RUST_LOG", "trace");
        let token = servers.token(&setup.account);
        setup = setup.smtp_without("password_file").smtp(&format!("token_command = \"echo {token}\""));
        setup = setup.mailbox_after("[mailbox.move]\nreview = \"kanareyka-folder\"\n");
        let mut canaries = Canaries::new();
        canaries.add("the password", PASSWORD);
        canaries.add("the token", &token);
        let journal = (form == Form::Journal).then(|| Journal::below(&setup.file("run")));
        match &journal {
            Some(journal) => {
                // As systemd says it of a service's stderr.
                let log = File::create(setup.file("log")).unwrap().metadata().unwrap();
                setup.set_env("JOURNAL_STREAM", &format!("{}:{}", log.dev(), log.ino()));
                setup = setup.started_by(&journal.wrapper());
            }
            None => setup.set_env("SVODKA_LOG", if form == Form::Json { "json" } else { "text" }),
        }
        let schools = (0..7).map(|_| servers.account("kanareyka-school")).collect();
        Self {
            canaries,
            setup,
            staff,
            schools,
            fired,
            board: format!("http://{board}"),
            watched: format!("http://{watched}"),
            journal,
            seen: Vec::new(),
            _proxies: proxies,
        }
    }

    fn start(&self) -> Running {
        let daemon = self.setup.start();
        wait_for("both ports", || {
            let open = |base: &str| std::net::TcpStream::connect(base.trim_start_matches("http://")).ok();
            Some((open(&self.board)?, open(&self.watched)?)).map(|_| ())
        });
        daemon
    }

    /// Mails of every kind, and every fault of the servers.
    fn mails_come(&self) {
        let to = &self.setup.account;
        let of = |index: usize| &self.schools[index];
        let all = [
            mails::complete(of(0), to),
            mails::hostile(of(1), to),
            mails::deadly(of(2), to, "die"),
            mails::deadly(of(3), to, "panic"),
            mails::malformed(of(4), to),
            mails::automatic(of(5), to),
            letter("07-ambiguous-number", of(6), to),
        ];
        for (school, mail) in self.schools.iter().zip(&all) {
            deliver(school, to, mail);
        }
        let refused = Servers::shared().named("kanareyka-refused");
        deliver(of(0), to, &letter("02-roshchino-form", &refused, to));
        self.setup.wait_counted("received", 8);
        self.setup.wait_letters(OutboxState::Failed, 1);
        wait_for("every fault", || {
            let fired = self.fired.lock().unwrap();
            FAULTS.iter().all(|fault| fired.contains(fault)).then_some(())
        });
        wait_for("an answer", || of(0).messages("INBOX").first().cloned());
    }

    /// Somebody signs in, looks at everything and decides; others do not get in.
    fn people_act(&mut self) {
        let mut stranger = Browser::new(&self.board);
        assert_eq!(stranger.asks("kanareyka-stranger@test.local").status, 303);
        assert!(stranger.get("/sign-in/kanareyka-wrong-link").status >= 400);
        stranger.cookies.insert("svodka".to_owned(), "kanareyka-cookie".to_owned());
        assert!(stranger.get("/journal?kanareyka=1").status >= 300);
        let mut browser = Browser::new(&self.board);
        assert_eq!(browser.asks(&self.staff.address).status, 303);
        let begins = format!("{}/sign-in/", self.board);
        let link = wait_for("a link by mail", || {
            let mails = self.staff.messages("INBOX");
            mails.iter().flat_map(|mail| words(&text(mail))).find(|word| word.starts_with(&begins))
        });
        self.canaries.add("the link", link.strip_prefix(&begins).unwrap());
        browser.follows(link.strip_prefix(&self.board).unwrap());
        for (name, value) in &browser.cookies {
            self.canaries.add(&format!("the cookie {name}"), value);
        }
        for path in
            ["/", "/review", "/outbox", "/other", "/journal", "/health", "/message/1", "/message/2", "/table.xlsx"]
        {
            assert_eq!(browser.get(path).status, 200, "{path}");
        }
        let list = browser.get("/review");
        self.canaries.add("the form's token", &browser.get("/obligations").csrf());
        let case =
            list.body.split("href=\"/review/").skip(1).map(|rest| rest.split('"').next().unwrap()).last().unwrap();
        let path = format!("/review/{case}/settle");
        let ask = browser.get(&format!("{path}?act=school&school=kirishi-3"));
        let mut pairs = hidden(&ask);
        pairs.push(("learn_address".to_owned(), "1".to_owned()));
        pairs.push(("learn_spelling".to_owned(), "1".to_owned()));
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(browser.post(&path, &pairs).status, 303);
        let entered = enters(&mut browser, "/school/lodeynoye-pole-3/received");
        assert_eq!(entered.status, 303, "{}", entered.body);
    }

    /// The campaign's file is spoilt by somebody who writes what does not belong there.
    fn campaign_breaks(&self, _daemon: &Running) {
        let file = self.setup.file("campaign.toml");
        let sound = fs::read_to_string(&file).unwrap();
        fs::write(&file, sound.replacen("title = ", "kanareyka-key = \"Канарейка-значение\"\ntitle = ", 1)).unwrap();
        wait_for("an incident of the campaign", || {
            let open = self.setup.read(async |store| store.incidents().await.unwrap());
            open.iter().any(|one| one.kind == "campaign" && one.detail.contains("kanareyka")).then_some(())
        });
        fs::write(&file, sound).unwrap();
        wait_for("its end", || {
            let open = self.setup.read(async |store| store.incidents().await.unwrap());
            open.iter().all(|one| one.kind != "campaign").then_some(())
        });
    }

    /// Starts that fail: a campaign, and a configuration, that cannot be read.
    fn starts_in_vain(&mut self) {
        let file = self.setup.file("campaign.toml");
        let sound = fs::read_to_string(&file).unwrap();
        for broken in [
            format!("kanareyka = \"unfinished\n{sound}"),
            sound.replacen("title = ", "titel = \"Канарейка\"\ntitle_ = ", 1),
        ] {
            fs::write(&file, broken).unwrap();
            let mut daemon = self.setup.start();
            assert_eq!(daemon.wait().code(), Some(2));
            // A person who looks sees all of it.
            let shown = self.setup.run(&["doctor"]);
            assert!(
                String::from_utf8_lossy(&shown.stdout).to_lowercase().contains("анарейка")
                    || String::from_utf8_lossy(&shown.stdout).contains("kanareyka")
            );
        }
        fs::write(&file, sound).unwrap();
        self.setup.write_wrong("kanareyka-key = \"kanareyka-value\"");
        let mut daemon = self.setup.start_as_it_is();
        assert_eq!(daemon.wait().code(), Some(2));
        let plugin = self.setup.run_as_it_is(&["doctor", "--nagios"]);
        assert_eq!(plugin.status.code(), Some(3), "{plugin:?}");
        self.seen.push(("the plugin without a configuration".to_owned(), plugin.stdout));
    }

    fn log(&self) -> Vec<u8> {
        let log = fs::read(self.setup.file("log")).unwrap();
        match &self.journal {
            Some(journal) => [journal.bytes(), log].concat(),
            None => log,
        }
    }

    /// The journal has the whole way of an answered mail under its number, and priorities as they should be.
    fn whole_way(&self) {
        let entries = self.journal.as_ref().unwrap().entries();
        let answered = entries.iter().find(|entry| entry["MESSAGE"] == "sent" && entry.contains_key("SVODKA_MAIL"));
        let mail = &answered.expect("a mail was answered")["SVODKA_MAIL"];
        let way: Vec<&BTreeMap<String, String>> =
            entries.iter().filter(|entry| entry.get("SVODKA_MAIL") == Some(mail)).collect();
        let said: Vec<&str> = way.iter().map(|entry| entry["MESSAGE"].as_str()).collect();
        let mut at = 0;
        for word in ["taken in", "read", "decided", "sent", "shown in its mailbox"] {
            let found = said[at..].iter().position(|one| *one == word);
            at += found.unwrap_or_else(|| panic!("{word} is not in its place: {said:?}"));
        }
        let sent = way.iter().find(|entry| entry["MESSAGE"] == "sent").unwrap();
        assert!(sent.contains_key("SVODKA_OUTBOX") && sent["SYSLOG_IDENTIFIER"] == "svodka", "{sent:?}");
        let priority = |message: &str| {
            let is = |said: &str| said == message || said.starts_with(&format!("{message},"));
            entries.iter().find(|entry| is(&entry["MESSAGE"])).map(|entry| entry["PRIORITY"].as_str())
        };
        assert_eq!(
            (
                priority("decided"),
                priority("the reading process is replaced"),
                priority("a pass failed"),
                priority("read")
            ),
            (Some("6"), Some("4"), Some("3"), Some("7"))
        );
    }

    /// The canaries that have not passed through, which would prove nothing.
    pub(crate) fn absent(&self) -> Vec<String> {
        let mut held = fs::read(self.setup.database()).unwrap();
        held.extend(fs::read(self.setup.database().with_extension("db-wal")).unwrap_or_default());
        for (_, mail) in
            self.setup.account.folders().into_iter().flat_map(|folder| {
                self.setup.account.messages(&folder).into_iter().map(move |mail| (folder.clone(), mail))
            })
        {
            held.extend(decoded(&mail));
        }
        let held = String::from_utf8_lossy(&held).to_lowercase();
        let stored = [
            "канарейка-отправитель",
            "kanareyka-school",
            "канарейка-тема",
            "канарейка-текст",
            "канарейка-файл",
            "канарейка-ответ",
            "канарейка-документ",
            "канарейка-обрыв",
            "канарейка-бомба",
            "kanareyka-malformed",
            "канарейка-отпуск",
            "kanareyka-refused",
            "kanareyka-550",
            "kanareyka-reply",
            "kanareyka-account",
            "kanareyka-staff",
            "канарейка-заметка",
            "канарейка-введено",
            "канарейка-скан",
        ];
        let mut absent: Vec<String> =
            stored.into_iter().filter(|word| !held.contains(word)).map(ToOwned::to_owned).collect();
        let fired = self.fired.lock().unwrap();
        absent.extend(FAULTS.iter().filter(|fault| !fired.contains(*fault)).map(|fault| (*fault).to_owned()));
        if self.setup.account.messages("kanareyka-folder").is_empty() {
            absent.push("the folder".to_owned());
        }
        absent
    }
}

/// The text of a mail.
fn text(mail: &[u8]) -> String {
    let parsed = mail_parser::MessageParser::default().parse(mail).unwrap();
    parsed.body_text(0).unwrap_or_default().into_owned()
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(ToOwned::to_owned).collect()
}

/// The hidden fields of a page's form.
fn hidden(page: &Answer) -> Vec<(String, String)> {
    let main = page.body.split_once("<main").unwrap().1;
    let value = |field: &str, name: &str| {
        let (_, rest) = field.split_once(&format!("{name}=\"")).unwrap();
        rest.split_once('"')
            .unwrap()
            .0
            .replace("&quot;", "\"")
            .replace("&#x27;", "'")
            .replace("&#x2f;", "/")
            .replace("&amp;", "&")
    };
    main.split("<input type=\"hidden\" ").skip(1).map(|field| (value(field, "name"), value(field, "value"))).collect()
}

/// Enters what came on paper.
fn enters(browser: &mut Browser, path: &str) -> Answer {
    let csrf = browser.get(path).csrf();
    let today = crate::harness::mails::now().strftime("%F").to_string();
    let fields = [
        ("csrf", csrf.as_str()),
        ("way", "phone"),
        ("date", today.as_str()),
        ("note", "Канарейка-заметка: звонил завуч"),
        ("answer-final_result", "Канарейка-введено"),
    ];
    let mut body = String::new();
    for (name, value) in fields {
        body += &format!("--X-BOUNDARY\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    body += "--X-BOUNDARY\r\nContent-Disposition: form-data; name=\"file\"; filename=\"Канарейка-скан.txt\"\r\n\r\nканарейка\r\n--X-BOUNDARY--\r\n";
    let kind = "multipart/form-data; boundary=X-BOUNDARY";
    browser.sends("POST", path, &[("content-type", kind), ("sec-fetch-site", "same-origin")], body.into_bytes())
}

/// The header, texts and names of a mail, decoded.
fn decoded(mail: &[u8]) -> Vec<u8> {
    use mail_parser::MimeHeaders as _;
    let mut all = mail.to_vec();
    if let Some(parsed) = mail_parser::MessageParser::default().parse(mail) {
        all.extend(parsed.subject().unwrap_or_default().bytes());
        for part in &parsed.parts {
            all.extend(part.attachment_name().unwrap_or_default().bytes());
            all.extend(part.text_contents().unwrap_or_default().bytes());
        }
    }
    all
}

/// The first time that something fits, it is done; then never again.
fn first(fired: &Fired, name: &'static str, fits: bool) -> bool {
    fits && fired.lock().unwrap().insert(name)
}

fn imap_faults(fired: Fired) -> impl FnMut(&Event<'_>) -> Act + Send + 'static {
    move |event| {
        if event.from != Side::Server {
            return Act::Pass;
        }
        let tag = event.line.split(' ').next().unwrap_or_default();
        let tagged = event.line.contains(" OK ") && !event.line.starts_with('*');
        let said = |text: String| Act::Replace(format!("{text}\r\n").into_bytes());
        if first(&fired, "imap login", event.line.contains("Logged in")) {
            said(format!("{tag} NO [AUTHENTICATIONFAILED] <kanareyka-account@test.local> kanareyka-login"))
        } else if first(&fired, "imap store", tagged && event.command.contains("STORE")) {
            said(format!("{tag} NO kanareyka-store refuses <kanareyka@test.local>"))
        } else if first(&fired, "imap bye", tagged && event.command.contains("SEARCH")) {
            said("* BYE kanareyka-bye <kanareyka@test.local>".to_owned())
        } else if first(&fired, "imap garbage", event.line.starts_with("* ") && event.line.contains("FETCH")) {
            said("* 1 FETCH (kanareyka-garbage {{{ \"kanareyka".to_owned())
        } else {
            Act::Pass
        }
    }
}

fn smtp_faults(fired: Fired) -> impl FnMut(&Event<'_>) -> Act + Send + 'static {
    move |event| {
        if event.from != Side::Server {
            return Act::Pass;
        }
        let said = |text: &str| Act::Replace(format!("{text}\r\n").into_bytes());
        let command = event.command;
        if first(&fired, "smtp login", event.line.starts_with("235")) {
            said("535 5.7.8 kanareyka-535 <kanareyka-account@test.local>")
        } else if first(&fired, "smtp sender", command.starts_with("MAIL")) {
            said("553 5.7.1 <kanareyka-account@test.local> kanareyka-553 not owned")
        } else if command.starts_with("RCPT TO:<kanareyka-refused") {
            fired.lock().unwrap().insert("smtp recipient");
            said("550 5.1.1 <kanareyka-refused@test.local>: kanareyka-550 kanareyka-reply")
        } else if first(&fired, "smtp deferred", command.starts_with("RCPT TO:<kanareyka-school")) {
            said("451 4.2.0 <kanareyka-school@test.local> kanareyka-451 later")
        } else if first(&fired, "smtp cut", command == "." && fired.lock().unwrap().contains("smtp deferred")) {
            Act::Cut
        } else {
            Act::Pass
        }
    }
}
