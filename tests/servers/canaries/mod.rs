//! Nothing personal gets into a log, at any level, in any form. Canaries are put into every field that a stranger, a
//! server, a file or a person at the board fills; everything is done with them, with and without faults, while all is
//! logged that can be; and then neither log nor metrics, health, plugin nor errors hold one. That the canaries were really
//! there, the store and the mail servers prove.

mod journal;
mod mails;
#[path = "../../board/browser.rs"]
#[expect(dead_code, reason = "the board's own tests use the rest of it")]
mod pages;
mod scenario;

use scenario::{Form, Scene};

/// Whatever a canary is called, this is in its name; and this is how it looks in Russian.
const MARK: &str = "kanareyka";
const RUSSIAN: &str = "канарейка";

/// All that a log must not hold, each with its name.
#[derive(Debug, Default)]
pub(crate) struct Canaries(Vec<(String, Vec<u8>)>);

impl Canaries {
    /// The marks as they are, and as a password is sent (base64, at each of the three places within four).
    fn new() -> Self {
        let mut all = Self::default();
        for mark in [MARK, RUSSIAN] {
            all.add(mark, mark);
            for gap in 0..3 {
                let shifted = [&b"\0\0\0"[..gap], mark.as_bytes()].concat();
                let text = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, shifted);
                // Without what depends on the bytes before and behind.
                all.add("in base64", &text[4 * gap.min(1)..text.len() - 4]);
            }
        }
        all
    }

    fn add(&mut self, name: &str, text: &str) {
        assert!(text.len() >= 8, "{name} is too short to be told from other words: {text}");
        self.0.push((name.to_owned(), text.to_lowercase().into_bytes()));
    }

    /// The names of those that are in there, with what stands around them.
    fn found(&self, bytes: &[u8]) -> Vec<String> {
        let lower = String::from_utf8_lossy(bytes).to_lowercase().into_bytes();
        let found = |(name, canary): &(String, Vec<u8>)| {
            let at = memchr::memmem::find(&lower, canary)?;
            let around = &lower[at.saturating_sub(150)..(at + 100).min(lower.len())];
            Some(format!("{name}: …{}…", String::from_utf8_lossy(around)))
        };
        self.0.iter().filter_map(found).collect()
    }
}

fn nothing_personal(form: Form) {
    let (scene, seen) = Scene::play(form);
    // First that there was something to be found.
    let absent = scene.absent();
    assert!(absent.is_empty(), "these canaries did not pass through: {absent:?}");
    for (what, bytes) in &seen {
        assert!(!bytes.is_empty() || what.contains("stderr"), "{what} is empty");
        let found = scene.canaries.found(bytes);
        assert!(found.is_empty(), "{what} holds {}", found.join("\n"));
    }
}

#[test]
fn no_log_as_text_holds_anything_personal() {
    nothing_personal(Form::Text);
}

#[test]
fn no_log_as_json_holds_anything_personal() {
    nothing_personal(Form::Json);
}

#[test]
fn the_journal_holds_nothing_personal_and_the_whole_way_of_a_message() {
    nothing_personal(Form::Journal);
}

#[test]
fn a_canary_is_found_wherever_it_is() {
    let canaries = Canaries::new();
    for text in ["x KANAREYKA-1 y", "«Канарейка»", "AGthbmFyZXlrYS1hY2NvdW50AGNvcnJlY3QtaG9yc2U="] {
        assert!(!canaries.found(text.as_bytes()).is_empty(), "{text}");
    }
    assert!(canaries.found("mail{mail=1}: decided".as_bytes()).is_empty());
}
