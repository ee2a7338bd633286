use super::*;

const SOUND: &str = r#"
    campaigns = ["c.toml"]
    [store]
    url = "sqlite://svodka.db"
    files = "files"
    [[mailbox]]
    kind = "maildir"
    path = "inbox"
    address = "committee@example.org"
    [smtp]
    kind = "file"
    path = "outbox"
"#;

fn load(text: &str) -> Result<Config, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("svodka.toml");
    fs::write(&file, text).unwrap();
    Config::load(&file)
}

#[test]
fn paths_are_relative_to_the_file() {
    let config = load(SOUND).unwrap();
    assert!(config.store.files.is_absolute() && config.store.files.ends_with("files"));
    assert!(config.store.url.ends_with("/svodka.db") && config.store.url.starts_with("sqlite:///"));
    assert_eq!(config.replies.grace, SignedDuration::from_mins(10));
}

#[test]
fn caps_have_defaults_each_and_never_let_nothing_out() {
    let caps = |text: &str| load(&format!("{SOUND}\n[replies]\ncaps = {{ {text} }}")).map(|config| config.replies.caps);
    assert_eq!(load(SOUND).unwrap().replies.caps, Caps::default());
    assert_eq!(caps("per_address_day = 3").unwrap(), Caps { per_address_day: 3, ..Caps::default() });
    let error = caps("total_10_minutes = 0").unwrap_err().to_string();
    assert!(error.contains("replies.caps.total_10_minutes: with 0 no reply would ever leave"), "{error}");
    assert!(caps("per_week = 3").unwrap_err().to_string().contains("per_week"));
}

#[test]
fn a_time_in_which_nothing_can_be_read_is_refused() {
    for section in ["reader", "converter"] {
        let error = load(&format!("{SOUND}\n[{section}]\ntime = \"0s\"")).unwrap_err().to_string();
        assert!(error.contains(&format!("{section}.time: in less than a second")), "{error}");
    }
}

/// What stands behind «# » in the sample's examples, as if somebody had put it to use.
fn sample(wanted: &str) -> String {
    let sample = include_str!("../../config/svodka.toml");
    let (_, from) = sample.split_once(&format!("\n# [{wanted}\n")).unwrap();
    let head = format!("# [{wanted}");
    let lines = std::iter::once(head.as_str()).chain(from.lines()).take_while(|line| line.starts_with("# "));
    lines
        .map(|line| line.trim_start_matches("# "))
        .filter(|line| !line.starts_with("  "))
        .fold(String::new(), |text, line| text + line + "\n")
}

#[test]
fn the_sample_is_sound_in_all_its_parts_and_tells_the_defaults() {
    let sound = load(include_str!("../../config/svodka.toml")).unwrap();
    assert!(matches!(sound.smtp, SmtpConfig::File { .. }));
    let imap = sample("[mailbox]]").replace("credential = ", "# ").replace("token_command = ", "# ");
    let smtp = sample("smtp]");
    let text = format!(
        "campaigns = [\"c.toml\"]\n[store]\nurl = \"sqlite://s.db\"\nfiles = \"f\"\n{imap}\n{smtp}\n{}\n{}\n{}",
        sample("times]"),
        sample("authentication]"),
        sample("staff]") + &sample("board]")
    );
    let config = load(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(format!("{:?}", config.times), format!("{:?}", Times::default()));
    let ids = AuthenticationConfig { authserv_ids: vec!["mx.example.org".to_owned()], ..Default::default() };
    assert_eq!((&config.authentication, sound.authentication), (&ids, AuthenticationConfig::default()));
    assert_eq!(sound.replies.policy, ReplyPolicy::Default);
    let board = config.board.as_ref().unwrap();
    let told = BoardConfig { url: board.url.clone(), readers: board.readers.clone(), ..BoardConfig::default() };
    assert_eq!((format!("{board:?}"), board.readers.len()), (format!("{told:?}"), 1));
    assert!(board.is_secure() && sound.board.is_none());
    let MailboxSource::Imap { server, sent_folder, .. } = &config.mailboxes[0].source else { panic!("no IMAP") };
    assert_eq!((server.port, sent_folder.as_deref()), (993, Some("Sent")));
    assert_eq!(config.mailboxes[0].marking.folders, Some(Folders::default()));
    let SmtpConfig::Smtp(submission) = &config.smtp else { panic!("no SMTP") };
    assert_eq!((submission.server.port, submission.copy, submission.connections), (465, true, 2));
}

#[test]
fn a_wrong_configuration_is_named_with_file_line_and_key() {
    for (from, to, words) in [
        ("path = \"outbox\"", "pth = \"outbox\"", ["svodka.toml", "line 12", "pth"]),
        ("kind = \"maildir\"", "kind = \"pop3\"", ["svodka.toml", "line 7", "pop3"]),
        ("committee@example.org", "committee", ["svodka.toml", "no e-mail address", "committee"]),
        ("sqlite://svodka.db", "mysql://x", ["svodka.toml", "store.url", "sqlite"]),
        ("path = \"inbox\"", "path = \"inbox\"\npoll = \"often\"", ["svodka.toml", "often", "60s"]),
        ("[smtp]", "[replies]\npolicy = \"lax\"\n[smtp]", ["svodka.toml", "lax", "strict"]),
        ("[smtp]", "[authentication]\nauthserv_ids = [\"a b\"]\n[smtp]", ["svodka.toml", "authserv_ids", "a b"]),
    ] {
        let text = SOUND.replacen(from, to, 1);
        assert_ne!(text, SOUND);
        let message = load(&text).unwrap_err().to_string();
        for word in words {
            assert!(message.contains(word), "{word}: {message}");
        }
    }
}
