//! The mail servers: as far as one gets, and why no further.

use jiff::Timestamp;

use crate::{
    clock::Clock,
    config::{Config, MailboxConfig, MailboxSource, SmtpConfig, Submission},
    daemon::imap_settings,
    mailbox::{ImapError, Maildir, Probe, probe},
    message::Address,
    net::{ConnectError, Guard, Protocol},
    outbox::{Outcome, Smtp, Transport, Unavailable},
};

use super::Finding;

/// A server's newest mail may be so many seconds ahead of our clock.
const AHEAD: i64 = 300;

/// Logs in to a mailbox and looks at it.
pub(super) async fn mailbox(of: &MailboxConfig, config: &Config, since: Timestamp) -> Finding {
    let what = format!("mailbox {}", of.place());
    if let MailboxSource::Maildir { path } = &of.source {
        let opened = Maildir::open(path, u64::MAX, Default::default());
        return Finding::new(what, opened.map(|_| "it is a Maildir".to_owned()).map_err(|error| error.to_string()));
    }
    let settings = match imap_settings(of, config, since) {
        Ok(Some(settings)) => settings,
        Ok(None) => return Finding::new(what, Err("it is of no kind".to_owned())),
        Err(error) => return Finding::new(what, Err(format!("certificate: {error:#}"))),
    };
    match probe(&settings).await {
        Ok(found) => Finding::new(what, judge(&found, of)),
        Err(error) => Finding::new(what, Err(mailbox_fault(&error, &settings.folder))),
    }
}

fn judge(found: &Probe, of: &MailboxConfig) -> Result<String, String> {
    if let Some((used, allowed)) = found.quota.filter(|(used, allowed)| *allowed > 0 && used * 100 >= allowed * 95) {
        return Err(format!(
            "quota: {used} of {allowed} KB are used; delete old mail or have the limit raised, else the server refuses new mail"
        ));
    }
    let now = Clock::System.now();
    if let Some(newest) = found.newest.filter(|newest| newest.as_second() > now.as_second() + AHEAD) {
        return Err(format!(
            "clock: the newest mail is of {newest}, this machine says {now}; set its time, best by NTP (timedatectl set-ntp true)"
        ));
    }
    if of.marking.folders.is_some() && !found.moves {
        return Err(
            "folder: the server can neither MOVE nor UIDPLUS, so nothing is moved; take [mailbox.move] out".to_owned()
        );
    }
    let mut said = format!("logged in, {} messages", found.messages);
    for (has, lacks) in [
        (found.keywords, "; it keeps no keywords: \\Answered is set instead"),
        (found.idle, "; no IDLE: it is polled"),
        (found.lasting, "; no lasting UIDVALIDITY: messages are known by their bytes"),
    ] {
        said.push_str(if has { "" } else { lacks });
    }
    Ok(said)
}

fn mailbox_fault(error: &ImapError, folder: &str) -> String {
    match error {
        ImapError::Connect(error) => connect_fault(error),
        ImapError::Secret(error) => format!("credentials: {error}"),
        ImapError::Login { .. } => format!("login: {error}"),
        ImapError::No { command: "SELECT", answer } => {
            format!(
                "folder: the server does not open the folder {folder:?} ({answer}); check `folder` in the configuration"
            )
        }
        other => format!("server: {other}; check host, port and tls"),
    }
}

fn connect_fault(error: &ConnectError) -> String {
    format!("{}: {error}", error.step())
}

/// Logs in to the server that takes our mail, and asks whether it would take some.
pub(super) async fn outgoing(config: &Config) -> Finding {
    let submission = match &config.smtp {
        SmtpConfig::Smtp(submission) => submission,
        SmtpConfig::File { path } => {
            let what = format!("replies into {}", path.display());
            let opened = Transport::open(&config.smtp, &config.times);
            return Finding::new(what, opened.map(|_| "they are files".to_owned()).map_err(|error| error.to_string()));
        }
    };
    let what = format!("smtp {}:{}", submission.server.host, submission.server.port);
    Finding::new(what, submit(submission, config).await)
}

async fn submit(submission: &Submission, config: &Config) -> Result<String, String> {
    let endpoint = submission.server.endpoint().map_err(|error| connect_fault(&error))?;
    // Once for the steps of the connection, each by its name, and once for what follows.
    endpoint
        .connect(Protocol::Smtp, Guard::smtp(), config.times.connect)
        .await
        .map_err(|error| connect_fault(&error))?;
    let smtp = Smtp::new(submission.clone(), &config.times).map_err(|error| connect_fault(&error))?;
    let mut said = Vec::new();
    for own in config.mailboxes.iter().filter_map(|mailbox| Address::parse(&mailbox.address)) {
        smtp.probe(&own).await.map_err(|outcome| outgoing_fault(&outcome))?;
        said.push(own.as_str().to_owned());
    }
    Ok(format!("it takes mail from {}", said.join(", ")))
}

fn outgoing_fault(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Unavailable(Unavailable::Secret(said)) => format!("credentials: {said}"),
        Outcome::Unavailable(Unavailable::Login(said)) => {
            format!("login: {said}; check user and password (some providers want an app password)")
        }
        Outcome::Unavailable(Unavailable::Sender(said)) => {
            format!("sender: {said}; `sender` in [smtp], or the mailbox's address, must belong to the account")
        }
        Outcome::Unavailable(Unavailable::Setup(said) | Unavailable::Unreachable(said)) => {
            format!("server: {said}; check host, port and tls")
        }
        Outcome::Deferred(said) => format!("server: {said}; it takes no mail now, and wants it tried later"),
        Outcome::Refused { response, .. } => {
            format!(
                "recipient: {response}; the server does not take mail to the mailbox's own address: check `address`"
            )
        }
        other => format!("server: {other:?}"),
    }
}
