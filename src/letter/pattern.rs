//! Patterns of what stands in a letter, compiled once.

use regex::Regex;

/// A pattern that is compiled when it is first used.
macro_rules! pattern {
    ($text:expr) => {{
        static PATTERN: std::sync::LazyLock<regex::Regex> =
            std::sync::LazyLock::new(|| $crate::letter::pattern::compile($text));
        &*PATTERN
    }};
}
pub(super) use pattern;

#[expect(clippy::expect_used, reason = "a pattern is a constant, and every one is met by a test")]
pub(super) fn compile(text: &str) -> Regex {
    Regex::new(text).expect("a sound pattern")
}
