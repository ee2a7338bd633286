//! Settings that are read and checked, and not yet acted on: files written for the whole program are not refused.

use serde::Deserialize;

use super::Config;

/// Who is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyPolicy {
    /// Only who is proven to be the sender.
    Strict,
    /// Everybody who is not shown to be forged.
    Default,
    /// Everybody.
    Open,
}

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
        let set = [
            ("replies.policy", self.replies.policy.is_some_and(|policy| policy != ReplyPolicy::Open)),
            ("staff.summary", self.staff.summary.is_some()),
            ("board", self.board.is_some()),
        ];
        set.into_iter().filter(|(_, set)| *set).map(|(key, _)| key).collect()
    }

    /// What must not be believed to be in force.
    pub(super) fn out_of_reach(&self) -> Option<String> {
        (self.replies.policy == Some(ReplyPolicy::Strict)).then(|| {
            "replies.policy: \"strict\" is not in this release, and must not seem to be in force: take it out, or hold all replies with mode = \"hold\""
                .to_owned()
        })
    }
}
