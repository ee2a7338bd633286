//! Settings that are read and checked, and not yet acted on: files written for the whole program are not refused.

use serde::Deserialize;

use super::Config;

/// The page for the staff.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoardConfig {
    /// Address and port: `127.0.0.1:8025`.
    pub listen: String,
    /// Under which address the staff open it.
    pub url: Option<String>,
}

impl Config {
    /// The keys that are set and that this release does not act on.
    pub fn not_yet(&self) -> Vec<&'static str> {
        if self.board.is_some() { vec!["board"] } else { Vec::new() }
    }
}
