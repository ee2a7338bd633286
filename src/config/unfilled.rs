//! What the package's settings leave open: whoever starts the service before he has filled them in is told so, in one line.

use super::{Config, MailboxSource, SmtpConfig};

impl Config {
    /// The keys that are there and hold nothing.
    pub(super) fn unfilled(&self) -> Option<String> {
        let mut keys = Vec::new();
        for mailbox in &self.mailboxes {
            if let MailboxSource::Imap { server, login, .. } = &mailbox.source {
                keys.extend([("mailbox.host", &server.host), ("mailbox.user", &login.user)]);
            }
            keys.push(("mailbox.address", &mailbox.address));
        }
        if let SmtpConfig::Smtp(submission) = &self.smtp {
            keys.push(("smtp.host", &submission.server.host));
            keys.extend(submission.login.as_ref().map(|login| ("smtp.user", &login.user)));
        }
        keys.extend(self.staff.addresses.iter().map(|address| ("staff.addresses", address)));
        let empty: Vec<&str> =
            keys.into_iter().filter_map(|(key, value)| value.trim().is_empty().then_some(key)).collect();
        (!empty.is_empty()).then(|| format!("not filled in yet: {}", empty.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::PathBuf};

    use super::*;
    use crate::config::ConfigError;

    /// The settings that the package puts into /etc/svodka.
    fn packaged() -> String {
        fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("packaging/svodka.toml")).unwrap()
    }

    fn load(text: &str) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("svodka.toml");
        fs::write(&file, text).unwrap();
        Config::load(&file)
    }

    #[test]
    fn the_packages_settings_name_in_one_line_what_is_to_be_filled_in() {
        let error = load(&packaged()).unwrap_err().to_string();
        let said = "svodka.toml: not filled in yet: mailbox.host, mailbox.user, mailbox.address, smtp.host, smtp.user, \
                    staff.addresses";
        assert!(error.ends_with(said) && !error.contains('\n'), "{error}");
    }

    #[test]
    fn once_they_are_filled_in_replies_wait_for_a_person_and_everything_is_kept_where_the_unit_allows_it() {
        let filled = packaged()
            .replace("host = \"\"", "host = \"mail.example.org\"")
            .replace("user = \"\"", "user = \"committee\"")
            .replace("address = \"\"", "address = \"committee@example.org\"")
            .replace("addresses = [\"\"]", "addresses = [\"staff@example.org\"]");
        let config = load(&filled).unwrap();
        assert_eq!(config.replies.mode, crate::config::ReplyMode::Hold);
        assert_eq!(config.store.url, "sqlite:///var/lib/svodka/svodka.db");
        assert_eq!(config.store.files, PathBuf::from("/var/lib/svodka/files"));
        assert!(config.campaigns.iter().all(|folder| folder.ends_with("campaigns")), "{:?}", config.campaigns);
        assert!(matches!(
            config.usable_campaigns().some(),
            Err(ConfigError::NoCampaign { .. } | ConfigError::Unreadable { .. })
        ));
    }
}
