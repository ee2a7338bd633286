//! Every page of the demonstration's board: that everybody can use it, at every width, by day and by night, and that it
//! asks nobody else for anything.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use base64::{Engine as _, prelude::BASE64_STANDARD as STANDARD};
use serde_json::json;
use thirtyfour::By;

use super::chromium::Browser;

/// Asks axe-core, and gives each thing that it finds: the rule, what it wants, and where.
const AXE: &str = r#"
const done = arguments[arguments.length - 1];
// All but its colours is the same by day and by night.
const rules = ["color-contrast"], tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const dark = matchMedia("(prefers-color-scheme: dark)").matches;
axe.run(document, {runOnly: dark ? rules : tags, resultTypes: ["violations"]}).then(
    (found) => done(found.violations.flatMap((one) => one.nodes.map((node) =>
        `${one.id}: ${one.help}: ${node.html.slice(0, 200)}: ${node.any.concat(node.all, node.none).map((why) => why.message).join("; ")}`))),
    (error) => done([String(error)]));
"#;

/// What is folded is looked at, too.
const UNFOLDED: &str = "for (const one of document.querySelectorAll('details')) one.open = true;";

/// Whether the section that is open is seen among the others.
const HERE: &str = "
const here = document.querySelector('.nav [aria-current]')?.getBoundingClientRect();
return !here || here.left >= 0 && here.right <= innerWidth;";

/// The demonstration, serving its board.
struct Demo {
    process: Child,
    _folder: tempfile::TempDir,
    board: String,
    /// The link by which one signs in.
    link: String,
}

impl Demo {
    fn opens() -> Self {
        let folder = tempfile::Builder::new().prefix("svodka-demo-").tempdir().unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_svodka"))
            .args(["demo", "--serve", "--listen", "127.0.0.1:0", "--dir"])
            .arg(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
        let link =
            lines.find_map(|line| Some(line.split_once("board: ")?.1.to_owned())).expect("the demo has no board");
        let board = link.split_once("/sign-in/").unwrap().0.to_owned();
        Self { process, _folder: folder, board, link }
    }

    /// What an element of a page has in an attribute.
    fn find(&self, browser: &Browser, path: &str, element: &str, attribute: &str) -> String {
        browser.opens(&format!("{}{path}", self.board));
        let found = browser.by(async |driver| driver.find(By::XPath(element)).await?.attr(attribute).await);
        found.unwrap().unwrap_or_else(|| panic!("{element} has no {attribute} on {path}"))
    }

    /// The first case with these words in its reason.
    fn case(&self, browser: &Browser, reason: &str) -> String {
        self.find(browser, "/review", &format!("//tbody/tr[contains(., '{reason}')]/th/a"), "href")
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Pages that are where they are; each with the name by which its picture can be called.
const PAGES: [(&str, &str); 17] = [
    ("board", "/"),
    ("board-filtered", "/?status=incomplete&q=Подпорож"),
    ("board-none", "/?q=нет такой школы"),
    ("reviews", "/review"),
    ("outbox", "/outbox"),
    ("other", "/other"),
    ("obligations", "/obligations"),
    ("deadlines", "/deadlines"),
    ("health", "/health"),
    ("journal", "/journal"),
    ("school-complete", "/school/kirishi-3"),
    ("school-incomplete", "/school/podporozhye-4"),
    ("versions", "/school/roshchino/versions"),
    ("school-nothing", "/school/voznesenye"),
    ("received", "/school/roshchino/received"),
    ("date", "/school/roshchino/date?date=2022-11-21"),
    ("refused", "/school/none"),
];

/// What can be asked about a case: words of its reason; each question with the name of its picture.
const QUESTIONS: [(&str, &str, &str); 5] = [
    ("Подходят несколько", "settle-school", "act=school&school=kirishi-3"),
    ("Подходят несколько", "settle-ask", "act=ask"),
    ("Подходят несколько", "settle-nothing", "act=nothing"),
    ("Подходят несколько", "settle-wrong", "act=joins&name=Школа"),
    ("Школа вне графика", "settle-joins", "act=joins&name=МОУ Тосненская СОШ № 1&district=Тосненский&date=2022-11-24"),
];

/// Walks through every page.
fn walk(browser: &Browser, demo: &Demo, mut look: impl FnMut(&str)) {
    let mut at = |name: &str, path: &str| {
        browser.opens(&format!("{}{path}", demo.board));
        look(name);
    };
    at("sign-in", "/sign-in");
    browser.types("address", "somebody@committee.example");
    browser.presses("Получить ссылку");
    browser.sees("Проверьте почту");
    at("sign-in-sent", "/sign-in?sent=1");
    at("refused-link", "/sign-in/none");
    at("link", demo.link.strip_prefix(&demo.board).unwrap());
    browser.presses("Войти");
    browser.sees("Свод по школам");
    for (name, path) in PAGES {
        at(name, path);
    }
    // A whole form, one with gaps, a doubtful one, a mail that is left, and one that cannot be read.
    for row in [1, 4, 7, 11, 13] {
        at(&format!("message-{row:02}"), &format!("/message/{row}"));
    }
    for (name, reason) in [("case-doubt", "Подходят несколько"), ("case-outside", "Школа вне графика")]
    {
        at(name, &demo.case(browser, reason));
    }
    for (reason, name, query) in QUESTIONS {
        at(name, &format!("{}/settle?{query}", demo.case(browser, reason)));
    }
    let counted = demo.find(browser, "/message/4", "//form[contains(@action, '/submission/')]", "action");
    for (name, query) in [("reassign", "act=school&school=vazhiny"), ("uncount", "act=nothing")] {
        at(name, &format!("{counted}?{query}"));
    }
    let letter = demo.find(browser, "/message/4", "//a[contains(@href, '/outbox/')]", "href");
    at("letter", &letter);
    decide(browser, demo, look);
}

/// After a decision: what is told, what can be undone, what waits.
fn decide(browser: &Browser, demo: &Demo, mut look: impl FnMut(&str)) {
    browser.opens(&format!("{}{}", demo.board, demo.case(browser, "Подходят несколько")));
    browser.presses("Это ");
    browser.presses("Подтвердить");
    browser.sees("Решено");
    look("case-decided");
    for (name, path) in [("outbox-waiting", "/outbox"), ("journal-decided", "/journal")] {
        browser.opens(&format!("{}{path}", demo.board));
        look(name);
    }
    let letter = demo.find(browser, "/outbox", "//tbody//a[contains(@href, '/outbox/')]", "href");
    browser.opens(&format!("{}{letter}", demo.board));
    look("letter-waiting");
    browser.presses("Не отправлять");
    browser.sees("Не делать");
    look("letter-drop");
    browser.presses("Выйти");
    browser.sees("Вы вышли");
    look("signed-out");
}

#[test]
fn everybody_can_use_every_page_and_it_asks_nobody_else_for_anything() {
    let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/axe-core/4.14.1.js");
    let axe =
        fs::read_to_string(&axe).unwrap_or_else(|_| panic!("{} is missing: tests/install fetches it", axe.display()));
    let (demo, browser) = (Demo::opens(), Browser::new());
    browser.opens(&format!("{}/sign-in", demo.board));
    let _: () = browser.asks(&format!("{axe}\ndocument.querySelector('label').remove()"));
    let found: Vec<String> = browser.asks_later(AXE);
    assert!(found.iter().any(|found| found.starts_with("label: ")), "what is wrong is not found: {found:?}");
    let mut wrong = Vec::new();
    shows(&browser, 390, false);
    walk(&browser, &demo, |page| {
        // The window is as narrow as the one before has left it.
        let here: bool = browser.asks(HERE);
        if !here {
            wrong.push(format!("{page}: the section that is open is out of sight"));
        }
        let _: () = browser.asks(&format!("{axe}\n{UNFOLDED}"));
        for (width, dark) in [(390, false), (1440, false), (1440, true), (390, true)] {
            shows(&browser, width, dark);
            let found: Vec<String> = browser.asks_later(AXE);
            let how = if dark { "dark" } else { "light" };
            wrong.extend(found.into_iter().map(|found| format!("{page} at {width}, {how}: {found}")));
            let wide: u32 = browser.asks("return document.documentElement.scrollWidth");
            if wide > width {
                wrong.push(format!("{page} at {width}: is {wide} wide"));
            }
        }
        let asked: Vec<String> = browser.asks("return performance.getEntriesByType('resource').map(one => one.name)");
        wrong.extend(
            asked.into_iter().filter(|url| !url.starts_with(&demo.board)).map(|url| format!("{page} asks {url}")),
        );
        // That a page is refused is an error of the browser's too.
        let errors = browser.errors().into_iter().filter(|error| !error.contains("responded with a status of 4"));
        wrong.extend(errors.map(|error| format!("{page}: {error}")));
    });
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
}

/// Pictures of every page, for a person to look at: `make look`.
#[test]
#[ignore = "shows, and finds nothing"]
fn pictures() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/look/board");
    fs::create_dir_all(&folder).unwrap();
    let (demo, browser) = (Demo::opens(), Browser::new());
    walk(&browser, &demo, |page| {
        for (width, dark) in [390, 800, 1440].into_iter().flat_map(|width| [(width, false), (width, true)]) {
            shows(&browser, width, dark);
            // The whole of it, unless it is endless.
            let height: u32 = browser.asks("return document.documentElement.scrollHeight");
            sized(&browser, width, height.clamp(900, 8000));
            let picture = browser.tells("Page.captureScreenshot", json!({}));
            let picture = STANDARD.decode(picture["data"].as_str().unwrap()).unwrap();
            let how = if dark { "dark" } else { "light" };
            fs::write(folder.join(format!("{page}-{width}-{how}.png")), picture).unwrap();
        }
        // The next one is opened on a narrow screen, too.
        shows(&browser, 390, false);
    });
}

/// Gives the window a width, and the colours of the day or of the night.
fn shows(browser: &Browser, width: u32, dark: bool) {
    let scheme = if dark { "dark" } else { "light" };
    let features = json!([{"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"}]);
    browser.tells("Emulation.setEmulatedMedia", json!({"features": features}));
    sized(browser, width, 900);
}

fn sized(browser: &Browser, width: u32, height: u32) {
    let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
    browser.tells("Emulation.setDeviceMetricsOverride", size);
}
