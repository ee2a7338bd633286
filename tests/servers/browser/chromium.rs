//! Chromium, as people use it: what is seen on a page, what is pressed, typed and downloaded.

use std::{
    cell::Cell,
    fs,
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use serde_json::{Value, json};
use thirtyfour::{
    By, ChromiumLikeCapabilities as _, DesiredCapabilities, Key, LoggingPrefsLogLevel, WebDriver, WebElement,
    error::WebDriverResult,
};
use tokio::runtime::{Builder, Runtime};

use crate::harness::{PATIENCE, wait_for};

/// A browser of somebody's own: its window, cookies and downloads.
pub(crate) struct Browser {
    runtime: Runtime,
    driver: Option<WebDriver>,
    process: Child,
    folder: tempfile::TempDir,
    clicks: Cell<u32>,
}

impl Browser {
    /// Opens one. It ends with the thread of its test, however that ends: Chromium hangs on a pipe of its driver's.
    pub(crate) fn new() -> Self {
        let mut process = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", "chromedriver", "--port=0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
        let port = lines.find_map(|line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse::<u16>().ok()
        });
        let port = port.expect("chromedriver does not start: run tests/install, which installs it");
        let folder = tempfile::Builder::new().prefix("svodka-chromium-").tempdir().unwrap();
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let driver = runtime.block_on(WebDriver::new(format!("http://127.0.0.1:{port}"), wanted(&folder)));
        let driver = driver.unwrap();
        runtime.block_on(driver.set_page_load_timeout(PATIENCE)).unwrap();
        Self { runtime, driver: Some(driver), process, folder, clicks: Cell::new(0) }
    }

    /// Does something by the driver's own means.
    pub(crate) fn by<T>(&self, ask: impl AsyncFnOnce(&WebDriver) -> WebDriverResult<T>) -> WebDriverResult<T> {
        self.runtime.block_on(ask(self.driver.as_ref().unwrap()))
    }

    /// Says something to the browser itself (Chrome DevTools Protocol).
    pub(crate) fn tells(&self, method: &str, about: Value) -> Value {
        self.by(async |driver| driver.cdp().send_raw(method, about).await).unwrap()
    }

    /// Opens a page.
    pub(crate) fn opens(&self, url: &str) {
        self.by(async |driver| driver.goto(url).await).unwrap();
    }

    /// Opens a page in another tab.
    pub(crate) fn opens_tab(&self, url: &str) {
        let tab = async |driver: &WebDriver| driver.switch_to_window(driver.new_tab().await?).await;
        self.by(tab).unwrap();
        self.opens(url);
    }

    /// Turns to the tab that was opened first.
    pub(crate) fn turns_to_first_tab(&self) {
        let tab = async |driver: &WebDriver| driver.switch_to_window(driver.windows().await?.swap_remove(0)).await;
        self.by(tab).unwrap();
    }

    /// The address of the page.
    pub(crate) fn address(&self) -> String {
        self.by(async |driver| driver.current_url().await).unwrap().into()
    }

    /// What a script gives that runs beside those of the page, which need not run at all.
    pub(crate) fn asks<T: serde::de::DeserializeOwned>(&self, script: &str) -> T {
        self.by(async |driver| driver.execute(script, Vec::new()).await?.convert()).unwrap()
    }

    /// The same of a script that hands what it gives to a function, its last argument.
    pub(crate) fn asks_later<T: serde::de::DeserializeOwned>(&self, script: &str) -> T {
        self.by(async |driver| driver.execute_async(script, Vec::new()).await?.convert()).unwrap()
    }

    /// The text of the page as it is seen now.
    pub(crate) fn text(&self) -> String {
        // A page that is just being replaced has none.
        let text = self.by(async |driver| driver.find(By::Tag("body")).await?.text().await);
        text.unwrap_or_default()
    }

    /// Waits until these words are seen.
    pub(crate) fn sees(&self, words: &str) {
        wait_for(&format!("{words:?} on {}", self.address()), || self.text().contains(words).then_some(()));
    }

    /// Clicks on the button or link that begins with these words, once it is there.
    pub(crate) fn presses(&self, words: &str) {
        let path = format!("(//button|//a|//summary)[starts-with(normalize-space(.), '{words}')]");
        wait_for(&format!("{words:?} to press on {}", self.address()), || {
            self.by(async |driver| driver.find(By::XPath(path.as_str())).await?.click().await).ok()
        });
        self.clicks.set(self.clicks.get() + 1);
    }

    /// How often something has been clicked since it was asked last.
    pub(crate) fn clicks(&self) -> u32 {
        self.clicks.replace(0)
    }

    /// Types into the field of this name.
    pub(crate) fn types(&self, name: &str, text: &str) {
        wait_for(&format!("the field {name}"), || {
            self.by(async |driver| driver.find(By::Name(name)).await?.send_keys(text).await).ok()
        });
    }

    /// Goes on with Tab until what begins with these words has the focus, and presses Enter there.
    pub(crate) fn tabs_to(&self, words: &str) {
        for _ in 0..60 {
            self.by(async |driver| driver.action_chain().send_keys(Key::Tab).perform().await).unwrap();
            let focused = async |driver: &WebDriver| -> WebDriverResult<(WebElement, String)> {
                let focused = driver.active_element().await?;
                let text = focused.text().await?;
                Ok((focused, text))
            };
            if self.by(focused).is_ok_and(|(_, text)| text.starts_with(words)) {
                self.by(async |driver| driver.action_chain().send_keys(Key::Enter).perform().await).unwrap();
                return;
            }
        }
        panic!("{words:?} is not reached with Tab on {}", self.address());
    }

    /// Waits for the download of a file whose name ends so.
    pub(crate) fn downloads(&self, end: &str) -> Vec<u8> {
        // Until it is whole, its name ends otherwise.
        wait_for(&format!("a file {end} to be downloaded"), || {
            let files = fs::read_dir(self.folder.path().join("downloads")).ok()?;
            let file = files.map(|file| file.unwrap().path()).find(|file| file.to_string_lossy().ends_with(end))?;
            fs::read(file).ok()
        })
    }

    /// What went wrong on the pages since it was asked last.
    pub(crate) fn errors(&self) -> Vec<String> {
        let log = self.by(async |driver| driver.browser_log().await).unwrap();
        log.into_iter().map(|entry| entry.message).collect()
    }
}

fn wanted(folder: &tempfile::TempDir) -> thirtyfour::ChromeCapabilities {
    let mut wanted = DesiredCapabilities::chrome();
    let profile = format!("--user-data-dir={}", folder.path().join("profile").display());
    // As root it has no sandbox of its own; what it shows is ours. It reaches this machine alone.
    for arg in [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--hide-scrollbars",
        "--remote-debugging-pipe",
        "--window-size=1280,900",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        &profile,
    ] {
        wanted.add_arg(arg).unwrap();
    }
    let downloads = folder.path().join("downloads");
    wanted.add_experimental_option("prefs", json!({"download.default_directory": downloads})).unwrap();
    wanted.set_browser_log_level(LoggingPrefsLogLevel::Warning).unwrap();
    wanted
}

impl Drop for Browser {
    fn drop(&mut self) {
        if let Some(driver) = self.driver.take() {
            let _ = self.runtime.block_on(driver.quit());
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
