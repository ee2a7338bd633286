//! The section `[authentication]`: by what it is known whether a mail is of whom it says.

use serde::Deserialize;

use crate::message::authserv_id;

/// By what a sender's identity is known.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuthenticationConfig {
    /// The servers whose Authentication-Results are believed (RFC 8601), by the name that they put into them.
    pub authserv_ids: Vec<String>,
    /// Whether signatures are looked at by ourselves, where no server is believed.
    pub verify: bool,
    /// The domains whose ARC seals are believed then (RFC 8617): those of servers that pass mail on to us.
    pub arc_sealers: Vec<String>,
}

impl Default for AuthenticationConfig {
    fn default() -> Self {
        Self { authserv_ids: Vec::new(), verify: true, arc_sealers: Vec::new() }
    }
}

impl AuthenticationConfig {
    /// Whether we look at signatures ourselves.
    pub fn verifies(&self) -> bool {
        self.verify && self.authserv_ids.is_empty()
    }

    pub(super) fn contradiction(&self) -> Option<String> {
        if let Some(wrong) = self.authserv_ids.iter().find(|id| !authserv_id(id)) {
            return Some(format!(
                "authentication.authserv_ids: {wrong:?} is no authserv-id: write what stands first in the \
                 Authentication-Results of a mail that your server has taken, up to the semicolon, for example \
                 \"mx.example.org\""
            ));
        }
        let wrong = self.arc_sealers.iter().find(|domain| !authserv_id(domain) || !domain.contains('.'))?;
        Some(format!("authentication.arc_sealers: {wrong:?} is no domain: write for example \"example.org\""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> AuthenticationConfig {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn a_server_that_is_believed_makes_looking_ourselves_needless() {
        assert!(of("").verifies());
        assert!(!of("verify = false").verifies());
        assert!(!of("authserv_ids = [\"mx.example.org\"]").verifies());
    }

    #[test]
    fn what_no_server_can_write_as_its_name_is_refused_with_the_cure() {
        for id in
            ["", "mx example.org", "mx.example.org;", "mx.example.org 1", "\"mx\"", "a=b", "(mx)", "школа", "a@b.ru"]
        {
            let config = AuthenticationConfig { authserv_ids: vec![id.to_owned()], ..AuthenticationConfig::default() };
            let said = config.contradiction().unwrap_or_else(|| panic!("{id:?}"));
            assert!(said.starts_with("authentication.authserv_ids: ") && said.contains("mx.example.org"), "{said}");
        }
        assert_eq!(of("authserv_ids = [\"MX.example.org\", \"mx1\"]").contradiction(), None);
        assert!(of("arc_sealers = [\"example\"]").contradiction().unwrap().contains("arc_sealers"));
        assert!(toml::from_str::<AuthenticationConfig>("authserv_id = \"mx\"").is_err());
    }
}
