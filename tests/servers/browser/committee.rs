//! A committee whose board people open in a browser, on real mail servers.

use std::net::TcpListener;

use svodka::store::Store;

use super::chromium::Browser;
use crate::harness::{Account, Running, Servers, Setup, mails::sends, wait_for};

/// A committee with its daemon.
pub(crate) struct Committee {
    pub(crate) daemon: Running,
    pub(crate) setup: Setup,
    /// The mailbox of one who decides.
    pub(crate) official: Account,
    /// The mailbox of another one.
    pub(crate) colleague: Account,
    pub(crate) board: String,
}

impl Committee {
    /// Its letters leave so long after a decision.
    pub(crate) fn opens(undo: &str) -> Self {
        Self::opens_with(undo, |setup| setup)
    }

    /// The same with other settings.
    pub(crate) fn opens_with(undo: &str, change: impl FnOnce(Setup) -> Setup) -> Self {
        let [official, colleague] = ["official", "colleague"].map(|word| Servers::shared().account(word));
        // Letters name the board only where its address is settled, so it cannot be left to choose a port.
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
        let board = format!("http://{port}");
        let own = format!(
            "[staff]\naddresses = [\"{}\", \"{}\"]\nsummary = []\n[board]\nlisten = \"{port}\"\nurl = \"{board}\"",
            official.address, colleague.address
        );
        let setup = Setup::new("board").replies(&format!("grace = \"0s\"\nundo = \"{undo}\"")).and(&own);
        let setup = change(setup);
        let daemon = setup.start();
        daemon.wait_log("the board is open");
        Self { daemon, setup, official, colleague, board }
    }

    /// A school writes, and cannot be told from another one; the case's number.
    pub(crate) fn is_in_doubt(&self) -> (Account, i64) {
        let school = sends("07-ambiguous-number", &self.setup);
        // It is told at once that its letter has come, and nothing else.
        school.wait_for("INBOX", 1);
        let first = async |store: Store| store.reviews_open(None).await.unwrap().first().map(|review| review.id);
        (school, wait_for("a case", || self.setup.read(first)))
    }

    /// How many cases wait for a decision.
    pub(crate) fn cases(&self) -> usize {
        self.setup.read(async |store| store.reviews_open(None).await.unwrap().len())
    }

    /// Signs in by the link that comes by mail, which is taken from the server, and arrives at this path.
    pub(crate) fn signs_in(&self, browser: &Browser, who: &Account, path: &str) {
        browser.opens(&format!("{}{path}", self.board));
        browser.types("address", &who.address);
        browser.presses("Получить ссылку");
        browser.sees("Проверьте почту");
        browser.opens(&self.link(who, "/sign-in/"));
        browser.sees(&who.address);
        browser.presses("Войти");
        wait_for("the page that was wanted", || (browser.address() == format!("{}{path}", self.board)).then_some(()));
    }

    /// The newest link to such a path of the board that has come to somebody by mail.
    pub(crate) fn link(&self, who: &Account, path: &str) -> String {
        let begins = format!("{}{path}", self.board);
        wait_for(&format!("a letter with a link to {path}"), || {
            let texts = who.imap().messages().into_iter().map(|mail| text(&mail));
            let mut links = texts.filter_map(|text| {
                text.split_whitespace().find(|word| word.starts_with(&begins)).map(ToOwned::to_owned)
            });
            links.next_back()
        })
    }
}

/// The text of a mail.
pub(crate) fn text(mail: &[u8]) -> String {
    let parsed = mail_parser::MessageParser::default().parse(mail).unwrap();
    parsed.body_text(0).unwrap_or_default().into_owned()
}
