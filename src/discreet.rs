//! An error as it may stand in a log: what went wrong and what to do, in words of ours and of the system. What others have
//! said or written is left out: a server's reply quotes addresses, a parser's error what it was parsing, a panic anything.

use std::{error::Error, io};

use sqlx::{migrate::MigrateError, sqlite::SqliteError};

use crate::{
    campaign::CampaignError,
    config::{ConfigError, SecretError},
    converter::ConvertError,
    explain::Plain,
    jail::JailError,
    mailbox::{ImapError, MailboxError},
    net::ConnectError,
    office::ActError,
    outbox::TransportError,
    reply::{ReplyError, TemplateError},
    report::LetterError,
    store::{StoreError, advice},
};

/// What stands for a cause of which nothing is known but that it may quote somebody.
const UNTOLD: &str = "a cause that is not logged";

/// Response codes of IMAP servers (RFC 5530 §3, RFC 9051 §7.1): words that quote nobody.
const IMAP_CODES: [&str; 19] = [
    "ALERT",
    "AUTHENTICATIONFAILED",
    "AUTHORIZATIONFAILED",
    "CANNOT",
    "CLIENTBUG",
    "CONTACTADMIN",
    "CORRUPTION",
    "EXPIRED",
    "EXPUNGEISSUED",
    "INUSE",
    "LIMIT",
    "NONEXISTENT",
    "NOPERM",
    "OVERQUOTA",
    "PRIVACYREQUIRED",
    "READ-ONLY",
    "SERVERBUG",
    "TRYCREATE",
    "UNAVAILABLE",
];

/// An error with its causes, each said once, without anything that others have said: for logs.
pub fn discreet(error: &anyhow::Error) -> String {
    let mut text = String::new();
    // The words that anyhow has been given for an error are ours where they are no text made at run time.
    let context = error.downcast_ref::<&'static str>().map(ToString::to_string);
    let context = context.or_else(|| error.downcast_ref::<Plain>().map(ToString::to_string));
    let skipped = usize::from(context.is_some());
    for cause in context.into_iter().chain(error.chain().skip(skipped).map(said)) {
        if !text.contains(&cause) {
            text = if text.is_empty() { cause } else { format!("{text}: {cause}") };
        }
    }
    text
}

fn said(cause: &(dyn Error + 'static)) -> String {
    if let Some(error) = cause.downcast_ref::<MailboxError>() {
        return mailbox(error);
    }
    if let Some(error) = cause.downcast_ref::<ImapError>() {
        return imap(error);
    }
    if let Some(error) = cause.downcast_ref::<StoreError>() {
        return store(error);
    }
    if let Some(error) = cause.downcast_ref::<sqlx::Error>() {
        return database(error);
    }
    if let Some(error) = cause.downcast_ref::<MigrateError>() {
        return migration(error);
    }
    if let Some(error) = cause.downcast_ref::<ConfigError>() {
        return config(error);
    }
    if let Some(error) = cause.downcast_ref::<CampaignError>() {
        return campaign(error);
    }
    if let Some(error) = cause.downcast_ref::<TemplateError>() {
        return template(error);
    }
    if let Some(error) = cause.downcast_ref::<ReplyError>() {
        return reply(error);
    }
    if let Some(error) = cause.downcast_ref::<LetterError>() {
        return match error {
            LetterError::Template(error) => template(error),
            LetterError::Compose(error) => reply(error),
            LetterError::Picture(_) => "the picture of the summary cannot be drawn".to_owned(),
        };
    }
    if let Some(error) = cause.downcast_ref::<ActError>() {
        return match error {
            ActError::Reply(error) => reply(error),
            ActError::Store(error) => store(error),
            ActError::School(_) => "the campaign has no such school".to_owned(),
            error => error.to_string(),
        };
    }
    if let Some(error) = cause.downcast_ref::<io::Error>() {
        return system(error);
    }
    if let Some(error) = cause.downcast_ref::<tokio::task::JoinError>() {
        return if error.is_panic() { "it panicked" } else { "it was cancelled" }.to_owned();
    }
    plain(cause).unwrap_or_else(|| UNTOLD.to_owned())
}

/// Errors whose every word is ours, the system's, or about a server's certificate.
fn plain(cause: &(dyn Error + 'static)) -> Option<String> {
    let known = cause.is::<ConnectError>()
        || cause.is::<SecretError>()
        || cause.is::<JailError>()
        || cause.is::<ConvertError>()
        || cause.is::<TransportError>();
    known.then(|| cause.to_string())
}

fn system(error: &io::Error) -> String {
    // One of the system's has a number; another holds what some library said.
    if error.raw_os_error().is_some() { error.to_string() } else { error.kind().to_string() }
}

fn mailbox(error: &MailboxError) -> String {
    match error {
        MailboxError::Imap(error) => imap(error),
        // The name of a file may be of somebody's making.
        MailboxError::File { doing, source, .. } => {
            format!("cannot {doing} a file of the Maildir: {}; check the rights to its folder", system(source))
        }
        MailboxError::NoMaildir { .. } | MailboxError::Stopped => error.to_string(),
    }
}

/// An IMAP error without what the server said, but for its response code.
fn imap(error: &ImapError) -> String {
    let code = |answer: &str| {
        let upper = answer.to_ascii_uppercase();
        let codes = IMAP_CODES.into_iter().find(|code| upper.contains(&format!("[{code}]")));
        codes.map_or_else(String::new, |code| format!(" [{code}]"))
    };
    match error {
        ImapError::Login { answer } => format!(
            "the server refused the login{}; check user and password (some providers want an app password)",
            code(answer)
        ),
        ImapError::No { command, answer } => format!("the server refused {command}{}", code(answer)),
        ImapError::Bad { command, .. } => format!("the server did not understand {command}"),
        ImapError::Bye(answer) => format!("the server ended the session{}", code(answer)),
        ImapError::Network { command, source } => {
            format!("the connection failed during {command}: {}", system(source))
        }
        ImapError::Connect(_)
        | ImapError::Secret(_)
        | ImapError::Ended(_)
        | ImapError::Late(_)
        | ImapError::Protocol { .. } => error.to_string(),
    }
}

fn store(error: &StoreError) -> String {
    match error {
        StoreError::Database(error) => format!("{}; {}", database(error), advice(error)),
        StoreError::Migration { path, source } => {
            format!("the tables of {} could not be brought up to date: {}", path.display(), migration(source))
        }
        StoreError::Row { what, .. } => {
            format!("the store holds no usable {what}; it was written by another version, or changed by hand")
        }
        StoreError::NoCopy { to, source } => {
            format!(
                "before its tables are brought up to date, the database is copied to {}, and that failed: {}",
                to.display(),
                store(source)
            )
        }
        StoreError::Url { source, .. } => format!("the store's url is not understood: {}", database(source)),
        error => error.to_string(),
    }
}

fn database(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(error) => match error.try_downcast_ref::<SqliteError>() {
            // SQLite names tables and columns, and never a value that was bound.
            Some(error) => format!("the database refused: {error}"),
            None => format!("the database refused: code {}", error.code().unwrap_or_default()),
        },
        sqlx::Error::Io(error) => format!("the database cannot be reached: {}", system(error)),
        sqlx::Error::PoolTimedOut => error.to_string(),
        sqlx::Error::RowNotFound => "the database refused: a row is not there".to_owned(),
        _ => "the database refused: a value cannot be read".to_owned(),
    }
}

fn migration(error: &MigrateError) -> String {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => database(error),
        // These name a migration's number.
        MigrateError::VersionMissing(_) | MigrateError::VersionMismatch(_) | MigrateError::Dirty(_) => {
            error.to_string()
        }
        _ => "a migration failed".to_owned(),
    }
}

/// Where it is wrong; how, stands in the file.
fn config(error: &ConfigError) -> String {
    const CURE: &str = "`svodka doctor` shows what is wrong, and the cure";
    match error {
        ConfigError::Campaign(error) => campaign(error),
        ConfigError::Unreadable { file, reason } => format!("{}: cannot be read: {}", file.display(), system(reason)),
        ConfigError::Syntax { file, .. } | ConfigError::Unsound { file, .. } => {
            format!("{}: it cannot be used; {CURE}", file.display())
        }
        // The names of keys.
        ConfigError::Unfilled { .. } => error.to_string(),
        ConfigError::Twice { .. } | ConfigError::Renamed { .. } | ConfigError::NoCampaign { .. } => error.to_string(),
    }
}

fn campaign(error: &CampaignError) -> String {
    let (CampaignError::Syntax { file, .. } | CampaignError::Unsound { file, .. }) = error;
    format!("{file}: it cannot be used; `svodka campaign check {file}` shows what is wrong, and the cure")
}

fn template(error: &TemplateError) -> String {
    match error {
        TemplateError::Unreadable { path, source } => format!("{path}: {}", system(source)),
        TemplateError::Unknown { .. } => error.to_string(),
        TemplateError::Wrong { file, line, .. } => {
            format!("{file}, line {line}: the template is wrong; `svodka templates preview` shows how")
        }
    }
}

/// Also for the errors of letters that are logged by themselves.
pub(crate) fn reply(error: &ReplyError) -> String {
    match error {
        ReplyError::Template(error) => template(error),
        // What is wrong with an address, or with a file, is its cause.
        ReplyError::Address { .. }
        | ReplyError::Build(_)
        | ReplyError::Attachment(_)
        | ReplyError::MediaType(_)
        | ReplyError::MessageId => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANARY: &str = "kanareyka@example.org";

    #[test]
    fn what_others_have_said_is_left_out_and_the_cure_is_not() {
        let answer = || format!("[AUTHENTICATIONFAILED] {CANARY}");
        let json = || serde_json::from_str::<u8>(&format!("\"{CANARY}\"")).unwrap_err();
        let cases: [(anyhow::Error, &str); 9] = [
            (
                MailboxError::Imap(ImapError::Login { answer: answer() }).into(),
                "login [AUTHENTICATIONFAILED]; check user",
            ),
            (MailboxError::Imap(ImapError::No { command: "STORE", answer: answer() }).into(), "refused STORE"),
            (ImapError::Bye(answer()).into(), "ended the session"),
            (
                StoreError::Row { what: "reading", detail: json().to_string() }.into(),
                "the store holds no usable reading",
            ),
            (
                anyhow::Error::new(json()).context("the summary cannot be made"),
                "the summary cannot be made: a cause that is",
            ),
            (anyhow::Error::new(json()).context(Plain("port 1".to_owned())), "port 1: a cause that is not logged"),
            (anyhow::anyhow!("{CANARY} is wrong"), UNTOLD),
            (io::Error::other(CANARY).into(), "other error"),
            (io::Error::from_raw_os_error(28).into(), "No space left"),
        ];
        for (error, words) in cases {
            let said = discreet(&error);
            assert!(said.contains(words) && !said.contains(CANARY), "{said}");
        }
    }

    #[test]
    fn a_wrong_file_is_named_with_what_shows_its_fault() {
        let wrong = crate::campaign::read("c.toml", &format!("title = \"{CANARY}")).unwrap_err();
        let said = discreet(&ConfigError::Campaign(wrong).into());
        assert!(said.contains("`svodka campaign check c.toml`") && !said.contains(CANARY), "{said}");
    }

    #[tokio::test]
    async fn a_panic_is_told_without_its_words() {
        let panicked = tokio::spawn(async { panic!("{CANARY}") }).await.unwrap_err();
        assert_eq!(discreet(&panicked.into()), "it panicked");
    }
}
