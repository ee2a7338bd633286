//! What is on this machine: database, folders, disk, clock, letters that nobody has looked after.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use jiff::{SignedDuration, Timestamp};

use crate::{
    authenticity::Authenticity,
    cli::settings::SYSTEM_WIDE,
    clock::Clock,
    config::{AuthenticationConfig, BoardConfig, Config, MailboxSource, SmtpConfig},
    converter::Converter,
    decision::ReplyPolicy,
    document::{Format, Limits},
    jail::{Jail, JailError, Sandbox},
    office::{Disk, ENOUGH, disk},
    reply::Templates,
    store::{Incident, OutboxState, Store},
};

use super::Finding;

pub(super) async fn findings(config: &Config) -> Vec<Finding> {
    let database = PathBuf::from(config.store.url.strip_prefix("sqlite://").unwrap_or_default());
    let folder = database.parent().unwrap_or(Path::new(".")).to_owned();
    let mut findings = vec![
        Finding::new("wording", templates(config)),
        Finding::new("folder of the database", writable(&folder)),
        Finding::new("folder of the files", writable(&config.store.files)),
        Finding::new("disk", space(config)),
        Finding::new("sandbox", sandbox(config).await),
        Finding::new("converter", converter(config).await),
        Finding::new("senders", senders(&config.authentication, config.replies.policy)),
    ];
    findings.extend(config.board.as_ref().map(|one| Finding::new("board", board(one))));
    if !database.exists() {
        let said = format!("{} is not there yet: the first start creates it", database.display());
        findings.push(Finding::new("database", Ok(said)));
        findings.push(Finding::new("clock", Ok(format!("it says {}", seconds(Clock::System.now())))));
        return findings;
    }
    match Store::open_read_only(&config.store.url, &config.store.files).await {
        Ok(store) => {
            findings.push(Finding::new("database", Ok(database.display().to_string())));
            findings.push(Finding::new("clock", clock(&store).await));
            findings.push(Finding::new("letters", letters(&store).await));
            findings.extend(incidents(&store).await);
            findings.push(Finding::new("backup", backup(&store, Clock::System.now()).await));
        }
        Err(error) => findings.push(Finding::new("database", Err(error.to_string()))),
    }
    findings
}

/// Whether the service can read what root reads here: it runs as a user of its own, for whom the files must be open. Of the
/// system-wide configuration alone; any other is read by whoever names it.
pub(super) fn rights(file: &Path, config: &Config) -> Result<String, String> {
    const READABLE: u32 = 0o004;
    if file != Path::new(SYSTEM_WIDE) || !rustix::process::geteuid().is_root() {
        return Ok("whoever runs svodka with this configuration reads its files himself".to_owned());
    }
    let mut files = vec![file.to_owned()];
    files.extend(config.campaign_files().unwrap_or_default());
    files.extend(config.roster.clone());
    files.extend(config.mailboxes.iter().filter_map(|mailbox| match &mailbox.source {
        MailboxSource::Imap { server, .. } => server.ca_file.clone(),
        MailboxSource::Maildir { .. } => None,
    }));
    if let SmtpConfig::Smtp(submission) = &config.smtp {
        files.extend(submission.server.ca_file.clone());
    }
    let closed = |path: &PathBuf| fs::metadata(path).is_ok_and(|it| it.permissions().mode() & READABLE == 0);
    match files.iter().find(|path| closed(path)) {
        Some(path) => Err(format!("the service cannot read {0}, though root can; chmod 644 {0}", path.display())),
        None => Ok("the service can read its settings".to_owned()),
    }
}

fn templates(config: &Config) -> Result<String, String> {
    Templates::load(config.templates.as_deref()).map_err(|error| error.to_string())?;
    Ok(config.templates.as_ref().map_or("built in".to_owned(), |folder| folder.display().to_string()))
}

async fn sandbox(config: &Config) -> Result<String, String> {
    let said = "documents are read in a process that reaches no file and no socket".to_owned();
    match Jail::new(Sandbox::Require, Limits::default()).prove().await {
        Err(JailError::NoSandbox { why }) if config.reader.sandbox == Sandbox::BestEffort => {
            Ok(format!("{why}: documents are read without it, as `best-effort` allows"))
        }
        proved => proved.map(|()| said).map_err(|error| error.to_string()),
    }
}

/// Not having one is a choice; one that is there must work.
async fn converter(config: &Config) -> Result<String, String> {
    let converter = Converter::find(&config.converter, config.reader.sandbox, &Limits::default());
    let [office, pdf] = converter.programs();
    let mut said = Vec::new();
    if let Some(office) = office {
        let sample = br"{\rtf1 svodka}";
        converter.convert(sample, Format::Rtf).await.map_err(|error| {
            format!(
                "{}: {error}; check that it converts a file by itself, or set `office` in [converter]",
                office.display()
            )
        })?;
        said.push(format!("DOC, RTF, PPT and XLS by {}", office.display()));
    } else if !config.converter.office.is_empty() {
        said.push(format!(
            "no {}: schools are asked for DOCX in place of DOC, RTF, PPT and XLS",
            config.converter.office
        ));
    }
    match pdf {
        Some(pdf) => said.push(format!("PDF by {}", pdf.display())),
        None if config.converter.pdf.is_empty() => {}
        None => said.push(format!("no {}: schools are asked for DOCX in place of PDF", config.converter.pdf)),
    }
    Ok(if said.is_empty() { "none, as the configuration says".to_owned() } else { said.join("; ") })
}

/// By what it is known who a sender is, and what follows from that.
fn senders(known_by: &AuthenticationConfig, policy: ReplyPolicy) -> Result<String, String> {
    let by = if !known_by.authserv_ids.is_empty() {
        format!("by the results of {}", known_by.authserv_ids.join(", "))
    } else if known_by.verify {
        Authenticity::system(Vec::new()).map_err(|error| {
            format!(
                "their signatures cannot be looked at: {error}; name servers in /etc/resolv.conf, or set verify = false"
            )
        })?;
        "by their signatures".to_owned()
    } else {
        "by nothing: no authserv_ids, and verify = false in [authentication]".to_owned()
    };
    match policy {
        ReplyPolicy::Strict if known_by.authserv_ids.is_empty() && !known_by.verify => Err(format!(
            "policy = \"strict\" wants proof, and they are known {by}: nobody would ever be answered; set authserv_ids or \
             verify = true, or policy = \"default\""
        )),
        ReplyPolicy::Strict => Ok(format!("known {by}; strict: only who is proven is answered")),
        ReplyPolicy::Default => Ok(format!("known {by}; default: who is not shown to be forged is answered")),
        ReplyPolicy::Open => Ok("open: who they are plays no part".to_owned()),
    }
}

/// Where people open it; whether the port is free, or taken by svodka itself, which runs.
fn board(config: &BoardConfig) -> Result<String, String> {
    let listen = config.listen;
    let base = config.base(listen);
    match std::net::TcpListener::bind(listen) {
        Ok(_) => Ok(format!("{base}, where {listen} is free")),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            Ok(format!("{base}; something listens on {listen}: if it is not svodka, set listen in [board]"))
        }
        Err(error) => Err(format!("{listen}: {error}; set listen in [board] to an address of this machine")),
    }
}

fn writable(folder: &Path) -> Result<String, String> {
    // The first start creates it; whether it may is told by the folder above.
    let nearest = folder.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("/"));
    let probe = nearest.join(".svodka-doctor");
    let tried = File::create_new(&probe).and_then(|_| fs::remove_file(&probe));
    match tried {
        Ok(()) => Ok(folder.display().to_string()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(folder.display().to_string()),
        Err(error) => {
            Err(format!("{} cannot be written: {error}; give it to the user of the service", nearest.display()))
        }
    }
}

fn space(config: &Config) -> Result<String, String> {
    let Disk { at, free, .. } = disk(config).map_err(|error| format!("{error}; check the disk"))?;
    let said = format!("{:.1} GB free at {}", free as f64 / 1e9, at.display());
    if free < ENOUGH { Err(format!("only {said}; free some space")) } else { Ok(said) }
}

async fn clock(store: &Store) -> Result<String, String> {
    let now = Clock::System.now();
    match store.last_event().await {
        Ok(Some(last)) if last > now => Err(format!(
            "it says {}, which is before the last entry of the database ({}); set the time, best by NTP (timedatectl set-ntp true)",
            seconds(now),
            seconds(last)
        )),
        Ok(_) => Ok(format!("it says {}", seconds(now))),
        Err(error) => Err(error.to_string()),
    }
}

fn seconds(instant: Timestamp) -> String {
    instant.strftime("%F %T UTC").to_string()
}

async fn letters(store: &Store) -> Result<String, String> {
    let counts = store.outbox_counts().await.map_err(|error| error.to_string())?;
    let count = |state| counts.get(&state).copied().unwrap_or_default();
    let (failed, doubtful) = (count(OutboxState::Failed), count(OutboxState::Ambiguous));
    if failed + doubtful == 0 {
        return Ok(format!("{} sent, {} wait", count(OutboxState::Sent), count(OutboxState::Queued)));
    }
    Err(format!("{failed} failed, {doubtful} in doubt; `svodka outbox list` shows them"))
}

/// A line for each, the latest first: it says what is wrong now.
async fn incidents(store: &Store) -> Vec<Finding> {
    const WHAT: &str = "incidents";
    let open = match store.incidents().await {
        Err(error) => return vec![Finding::new(WHAT, Err(error.to_string()))],
        Ok(open) if open.is_empty() => return vec![Finding::new(WHAT, Ok("none".to_owned()))],
        Ok(open) => open,
    };
    let said = |one: &Incident| {
        let (kind, place, detail) = (&one.kind, &one.place, &one.detail);
        Err(format!(
            "{kind} at {place} since {}: {detail}; it is over when that has worked for a while",
            seconds(one.since)
        ))
    };
    open.iter().rev().map(|one| Finding::new(WHAT, said(one))).collect()
}

/// A night may be missed, a second one is noticed.
const BACKED_UP: SignedDuration = SignedDuration::from_hours(50);

/// Whether there is a backup, and of when.
async fn backup(store: &Store, now: Timestamp) -> Result<String, String> {
    let known = store.backups().await.map_err(|error| error.to_string())?;
    let Some(last) = known.last() else {
        let advice = "`systemctl enable --now svodka-backup.timer` makes one every night, `svodka backup DIR` one now";
        let begun = store.first_event().await.map_err(|error| error.to_string())?;
        return match begun.filter(|begun| now.duration_since(*begun) > BACKED_UP) {
            Some(begun) => Err(format!("none was ever made, and the store is of {}; {advice}", seconds(begun))),
            None => Ok(format!("none yet; {advice}")),
        };
    };
    let (made, path) = (seconds(last.made), last.path.display());
    if now.duration_since(last.made) > BACKED_UP {
        return Err(format!("the last one is of {made} ({path}); see why: journalctl -u svodka-backup"));
    }
    let there = known.iter().filter(|one| one.path.exists()).count();
    let gone = if last.path.exists() { "" } else { ", which is no longer there" };
    Ok(format!("{there} are there, the last one of {made}: {path}{gone}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_force_is_said_and_strict_without_any_proof_has_its_cure() {
        let config = |text: &str| toml::from_str::<AuthenticationConfig>(text).unwrap();
        for (text, policy, words) in [
            ("", ReplyPolicy::Default, ["by their signatures", "default"]),
            ("", ReplyPolicy::Strict, ["by their signatures", "strict"]),
            ("authserv_ids = [\"mx1\", \"mx2\"]", ReplyPolicy::Strict, ["mx1, mx2", "strict"]),
            ("verify = false", ReplyPolicy::Default, ["by nothing", "default"]),
            ("verify = false", ReplyPolicy::Open, ["open", "no part"]),
        ] {
            let said = senders(&config(text), policy).unwrap();
            assert!(words.iter().all(|word| said.contains(word)), "{text}, {policy:?}: {said}");
        }
        let fault = senders(&config("verify = false"), ReplyPolicy::Strict).unwrap_err();
        assert!(fault.contains("nobody would ever be answered") && fault.contains("verify = true"), "{fault}");
    }
}
