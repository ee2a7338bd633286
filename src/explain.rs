//! Errors as people read them.

use std::fmt;

/// An error with its causes, each said once.
pub fn explain(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if !text.contains(&cause) {
            text = if text.is_empty() { cause } else { format!("{text}: {cause}") };
        }
    }
    text
}

/// Words of ours for an error, made at run time, in which nothing stands that somebody else has said: they may be logged.
#[derive(Debug)]
pub struct Plain(pub String);

impl fmt::Display for Plain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cause_is_said_once() {
        let io = std::io::Error::other("no space");
        let inner = anyhow::Error::new(io).context("cannot write the file: no space");
        assert_eq!(explain(&inner), "cannot write the file: no space");
        let outer = inner.context("the mail is not stored");
        assert_eq!(explain(&outer), "the mail is not stored: cannot write the file: no space");
    }
}
