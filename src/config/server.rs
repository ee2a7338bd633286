//! The sections that name a server: `[[mailbox]]` and `[smtp]`. Which keys belong together is checked here.

use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use serde::Deserialize;

use super::{
    duration,
    secret::{CommandLine, Login, SecretSource},
};
use crate::net::{ConnectError, Endpoint, Tls, Trust};

/// A mail server: where it is and whom to believe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Its name, which its certificate bears.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub tls: Tls,
    /// A PEM file with the only authorities to believe; else the system's.
    pub ca_file: Option<PathBuf>,
}

impl Server {
    /// What is connected to.
    ///
    /// # Errors
    /// [`ConnectError::Authorities`] where there is nobody to believe.
    pub fn endpoint(&self) -> Result<Endpoint, ConnectError> {
        let trust = match &self.ca_file {
            Some(file) => Trust::file(file)?,
            None => Trust::system()?,
        };
        Ok(Endpoint { host: self.host.clone(), port: self.port, tls: self.tls, trust })
    }
}

/// A mailbox that is watched.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "MailboxSection")]
pub struct MailboxConfig {
    /// Where it is.
    pub source: MailboxSource,
    /// The address whose mail it holds, and from which replies come.
    pub address: String,
    /// The name that stands beside the address in replies.
    pub name: Option<String>,
    /// How often it is looked at, at least.
    pub poll: SignedDuration,
    /// What is shown in it of what was done.
    pub marking: Marking,
}

/// Where a mailbox is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailboxSource {
    /// A folder with `new`, `cur` and `tmp`.
    Maildir {
        /// The folder.
        path: PathBuf,
    },
    /// A folder on an IMAP server.
    Imap {
        /// The server.
        server: Server,
        /// The account.
        login: Login,
        /// The folder.
        folder: String,
        /// The folder in which the server keeps what was sent, where it has one.
        sent_folder: Option<String>,
    },
}

/// What is shown in an IMAP mailbox of what was done. A mail that is left is never touched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marking {
    /// What is set on a message.
    pub mark: Mark,
    /// Where it is moved.
    pub folders: Option<Folders>,
}

/// What is set on a message that was dealt with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// A keyword, such as `$SvodkaConfirmed`; where the server keeps none, `\Answered` on what was answered.
    #[default]
    Keyword,
    /// `\Answered` on what was answered, nothing on the rest.
    Answered,
    /// Nothing.
    None,
}

/// Where messages are moved once they are decided.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Folders {
    /// Answered.
    pub processed: String,
    /// For a person.
    pub review: String,
    /// Written by a machine.
    pub automatic: String,
}

impl Default for Folders {
    fn default() -> Self {
        Self { processed: "Processed".to_owned(), review: "Review".to_owned(), automatic: "Automatic".to_owned() }
    }
}

/// How replies leave.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "SmtpSection")]
pub enum SmtpConfig {
    /// One `.eml` file a reply.
    File {
        /// The folder.
        path: PathBuf,
    },
    /// A mail server.
    Smtp(Box<Submission>),
}

/// A server that takes mail for delivery (RFC 6409).
#[derive(Debug, Clone)]
pub struct Submission {
    /// The server.
    pub server: Server,
    /// The account; none where the server knows us by our address.
    pub login: Option<Login>,
    /// The envelope's sender; else the mailbox's own address.
    pub sender: Option<String>,
    /// Whether our own mailbox gets a copy in the same transaction: the proof that the server took the mail.
    pub copy: bool,
    /// How many connections are kept.
    pub connections: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum MailboxKind {
    Maildir,
    Imap,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum SmtpKind {
    File,
    Smtp,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MailboxSection {
    kind: MailboxKind,
    path: Option<PathBuf>,
    host: Option<String>,
    port: Option<u16>,
    tls: Option<Tls>,
    ca_file: Option<PathBuf>,
    user: Option<String>,
    password_file: Option<PathBuf>,
    credential: Option<String>,
    token_command: Option<CommandLine>,
    folder: Option<String>,
    sent_folder: Option<String>,
    address: String,
    name: Option<String>,
    #[serde(default = "default_poll", deserialize_with = "duration")]
    poll: SignedDuration,
    mark: Option<Mark>,
    #[serde(rename = "move")]
    folders: Option<Folders>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SmtpSection {
    kind: SmtpKind,
    path: Option<PathBuf>,
    host: Option<String>,
    port: Option<u16>,
    tls: Option<Tls>,
    ca_file: Option<PathBuf>,
    user: Option<String>,
    password_file: Option<PathBuf>,
    credential: Option<String>,
    token_command: Option<CommandLine>,
    sender: Option<String>,
    copy: Option<bool>,
    connections: Option<u32>,
}

fn default_poll() -> SignedDuration {
    SignedDuration::from_secs(60)
}

/// Refuses keys that mean nothing beside this kind.
fn only(kind: &str, keys: &[(&str, bool)]) -> Result<(), String> {
    match keys.iter().find(|(_, given)| *given) {
        Some((key, _)) => Err(format!("kind = {kind:?} has no key {key}: take it out, or change the kind")),
        None => Ok(()),
    }
}

/// The keys of a section that stand beside this kind without a meaning.
macro_rules! foreign {
    ($section:ident: $($key:ident),+) => {
        [$((stringify!($key), $section.$key.is_some())),+]
    };
}

/// The server of a section; `ports` are those of TLS from the first byte and of STARTTLS.
fn server(
    kind: &str,
    host: Option<String>,
    port: Option<u16>,
    tls: Option<Tls>,
    ca_file: Option<PathBuf>,
    ports: (u16, u16),
) -> Result<Server, String> {
    let tls = tls.unwrap_or_default();
    let port = port.unwrap_or(if tls == Tls::Implicit { ports.0 } else { ports.1 });
    Ok(Server { host: needed(kind, "host", host)?, port, tls, ca_file })
}

fn needed<T>(kind: &str, key: &str, value: Option<T>) -> Result<T, String> {
    value.ok_or_else(|| format!("kind = {kind:?} needs the key {key}"))
}

impl TryFrom<MailboxSection> for MailboxConfig {
    type Error = String;

    fn try_from(section: MailboxSection) -> Result<Self, String> {
        let (address, name, poll) = (section.address, section.name, section.poll);
        let source = match section.kind {
            MailboxKind::Maildir => {
                let foreign = foreign!(section: host, port, tls, ca_file, user, password_file, credential, token_command,
                    folder, sent_folder, mark);
                only("maildir", &foreign)?;
                only("maildir", &[("move", section.folders.is_some())])?;
                MailboxSource::Maildir { path: needed("maildir", "path", section.path)? }
            }
            MailboxKind::Imap => {
                only("imap", &[("path", section.path.is_some())])?;
                let server = server("imap", section.host, section.port, section.tls, section.ca_file, (993, 143))?;
                let secret = SecretSource::one_of(section.password_file, section.credential, section.token_command)?;
                let login = Login { user: needed("imap", "user", section.user)?, secret };
                let folder = section.folder.unwrap_or_else(|| "INBOX".to_owned());
                MailboxSource::Imap { server, login, folder, sent_folder: section.sent_folder }
            }
        };
        let marking = Marking { mark: section.mark.unwrap_or_default(), folders: section.folders };
        Ok(Self { source, address, name, poll, marking })
    }
}

impl TryFrom<SmtpSection> for SmtpConfig {
    type Error = String;

    fn try_from(section: SmtpSection) -> Result<Self, String> {
        match section.kind {
            SmtpKind::File => {
                let foreign = foreign!(section: host, port, tls, ca_file, user, password_file, credential, token_command,
                    sender, copy, connections);
                only("file", &foreign)?;
                Ok(Self::File { path: needed("file", "path", section.path)? })
            }
            SmtpKind::Smtp => {
                only("smtp", &[("path", section.path.is_some())])?;
                let server = server("smtp", section.host, section.port, section.tls, section.ca_file, (465, 587))?;
                let sources = (section.password_file, section.credential, section.token_command);
                let login = match section.user {
                    Some(user) => Some(Login { user, secret: SecretSource::one_of(sources.0, sources.1, sources.2)? }),
                    None if sources.0.is_some() || sources.1.is_some() || sources.2.is_some() => {
                        return Err("there is a password and no user: add user = \"…\"".to_owned());
                    }
                    None => None,
                };
                let connections = section.connections.unwrap_or(2);
                if !(1..=16).contains(&connections) {
                    return Err(format!("connections = {connections}: from 1 to 16 are allowed"));
                }
                let copy = section.copy.unwrap_or(true);
                Ok(Self::Smtp(Box::new(Submission { server, login, sender: section.sender, copy, connections })))
            }
        }
    }
}

impl MailboxConfig {
    /// Its lasting name in the store: another folder, account or server is another mailbox.
    pub fn key(&self) -> String {
        match &self.source {
            MailboxSource::Maildir { path } => path.display().to_string(),
            MailboxSource::Imap { server, login, folder, .. } => {
                format!("imap://{}@{}:{}/{folder}", login.user, server.host, server.port)
            }
        }
    }

    /// Its name for logs and staff, without the account.
    pub fn place(&self) -> String {
        match &self.source {
            MailboxSource::Maildir { path } => path.display().to_string(),
            MailboxSource::Imap { server, folder, .. } => format!("{}:{}/{folder}", server.host, server.port),
        }
    }

    pub(super) fn resolve(&mut self, base: &Path) {
        match &mut self.source {
            MailboxSource::Maildir { path } => *path = base.join(&*path),
            MailboxSource::Imap { server, login, .. } => {
                server.ca_file.iter_mut().for_each(|file| *file = base.join(&*file));
                login.secret.resolve(base);
            }
        }
    }
}

impl SmtpConfig {
    pub(super) fn resolve(&mut self, base: &Path) {
        match self {
            Self::File { path } => *path = base.join(&*path),
            Self::Smtp(submission) => {
                submission.server.ca_file.iter_mut().for_each(|file| *file = base.join(&*file));
                submission.login.iter_mut().for_each(|login| login.secret.resolve(base));
            }
        }
    }
}
