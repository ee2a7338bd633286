//! Passwords and tokens: where they come from. They never stand in the configuration itself, and are never printed.

use std::{
    env, fmt, fs, io,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use serde::Deserialize;
use tokio::process::Command;

/// A password or token. It cannot be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// Where a secret comes from; it is asked anew with every login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretSource {
    /// A password: the first line of a file.
    File(PathBuf),
    /// A password: a credential that systemd hands over (`LoadCredential=`, systemd.exec(5)). Who calls a command by hand
    /// has none of systemd, and the file in its stead from which the service gets it.
    Credential {
        /// Its name.
        name: String,
        /// `NAME.password` beside the configuration.
        by_hand: PathBuf,
    },
    /// An OAuth 2.0 access token: what a command prints (XOAUTH2).
    Command(Vec<String>),
}

/// A command with its arguments, or a line for `/bin/sh`.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum CommandLine {
    Shell(String),
    Words(Vec<String>),
}

/// Who logs in, and with what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// The account.
    pub user: String,
    /// Its password or token.
    pub secret: SecretSource,
}

/// Why there is no secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// A file cannot be read.
    #[error("the password file {} cannot be read: {source}; create it, readable for svodka alone", .file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// systemd has not handed it over.
    #[error(
        "there is no credential {name:?}: write the password into {name}.password beside the configuration, or add \
        LoadCredential={name}:/path/of/the/file to the service"
    )]
    Credential {
        /// Its name.
        name: String,
    },
    /// It is there, and empty.
    #[error("the password from {place} is empty; write it there")]
    Empty {
        /// Where it should be.
        place: String,
    },
    /// The token command failed.
    #[error("token_command {command}: {reason}; run it by hand as the user of the service")]
    Command {
        /// Its first word.
        command: String,
        /// What happened.
        reason: String,
    },
}

/// A token command may ask a server of its own.
const COMMAND_DEADLINE: Duration = Duration::from_secs(30);

impl Secret {
    /// The secret itself, to be sent and never to be shown.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl SecretSource {
    /// Exactly one of the three keys.
    pub(super) fn one_of(
        file: Option<PathBuf>,
        credential: Option<String>,
        command: Option<CommandLine>,
    ) -> Result<Self, String> {
        match (file, credential, command) {
            (Some(file), None, None) => Ok(Self::File(file)),
            (None, Some(name), None) if !name.contains('/') => {
                let by_hand = PathBuf::from(format!("{name}.password"));
                Ok(Self::Credential { name, by_hand })
            }
            (None, Some(_), None) => Err("credential: a name without «/», as in LoadCredential=".to_owned()),
            (None, None, Some(CommandLine::Shell(line))) => {
                Ok(Self::Command(vec!["/bin/sh".to_owned(), "-c".to_owned(), line]))
            }
            (None, None, Some(CommandLine::Words(words))) if !words.is_empty() => Ok(Self::Command(words)),
            (None, None, Some(CommandLine::Words(_))) => Err("token_command is empty".to_owned()),
            _ => Err("write exactly one of password_file, credential and token_command".to_owned()),
        }
    }

    pub(super) fn resolve(&mut self, folder: &Path) {
        if let Self::File(file) | Self::Credential { by_hand: file, .. } = self {
            *file = folder.join(&*file);
        }
    }

    /// Whether it is an OAuth 2.0 token.
    pub fn is_token(&self) -> bool {
        matches!(self, Self::Command(_))
    }

    /// Asks for the secret.
    ///
    /// # Errors
    /// [`SecretError`], which says what to do.
    pub async fn fetch(&self) -> Result<Secret, SecretError> {
        let read = |file: PathBuf| match fs::read_to_string(&file) {
            Ok(text) => Ok((text, file.display().to_string())),
            Err(source) => Err(SecretError::File { file, source }),
        };
        let (text, place) = match self {
            Self::File(file) => read(file.clone())?,
            Self::Credential { name, by_hand } => match env::var_os("CREDENTIALS_DIRECTORY") {
                Some(folder) if Path::new(&folder).join(name).exists() => {
                    let (text, _) = read(Path::new(&folder).join(name))?;
                    (text, by_hand.display().to_string())
                }
                None if by_hand.exists() => read(by_hand.clone())?,
                _ => return Err(SecretError::Credential { name: name.clone() }),
            },
            Self::Command(words) => (output(words).await?, "token_command".to_owned()),
        };
        let line = text.lines().next().unwrap_or_default();
        if line.is_empty() { Err(SecretError::Empty { place }) } else { Ok(Secret(line.to_owned())) }
    }
}

/// What a command prints.
async fn output(words: &[String]) -> Result<String, SecretError> {
    let command = words.first().cloned().unwrap_or_default();
    let failed = |reason: String| SecretError::Command { command: command.clone(), reason };
    let mut child = Command::new(&command);
    child.args(words.get(1..).unwrap_or_default()).stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let output = match crate::pulse::within(COMMAND_DEADLINE, child.output()).await {
        Ok(output) => output.map_err(|error| failed(error.to_string()))?,
        Err(_) => return Err(failed("no output within 30 seconds".to_owned())),
    };
    if !output.status.success() {
        return Err(failed(output.status.to_string()));
    }
    String::from_utf8(output.stdout).map_err(|_| failed("its output is not UTF-8".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_secret_is_the_first_line_and_cannot_be_printed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        fs::write(&file, "пароль с пробелом \n\n").unwrap();
        let secret = SecretSource::File(file).fetch().await.unwrap();
        assert_eq!(secret.reveal(), "пароль с пробелом ");
        assert_eq!(format!("{secret:?}"), "Secret");
    }

    #[tokio::test]
    async fn a_token_is_what_the_command_prints() {
        let source = SecretSource::one_of(None, None, Some(CommandLine::Shell("echo tok; echo more".to_owned())));
        assert_eq!(source.unwrap().fetch().await.unwrap().reveal(), "tok");
        for (line, word) in [("exit 3", "exit status: 3"), ("true", "empty")] {
            let source = SecretSource::one_of(None, None, Some(CommandLine::Shell(line.to_owned()))).unwrap();
            let message = source.fetch().await.unwrap_err().to_string();
            assert!(message.contains(word), "{message}");
        }
    }

    #[tokio::test]
    async fn a_credential_comes_from_systemd_and_for_who_calls_by_hand_from_the_file_beside_the_configuration() {
        let folder = tempfile::tempdir().unwrap();
        let mut source = SecretSource::one_of(None, Some("imap".to_owned()), None).unwrap();
        source.resolve(folder.path());
        let missing = source.fetch().await.unwrap_err().to_string();
        assert!(missing.contains("imap.password") && missing.contains("LoadCredential=imap:"), "{missing}");
        fs::write(folder.path().join("imap.password"), "secret\n").unwrap();
        assert_eq!(source.fetch().await.unwrap().reveal(), "secret");
    }

    #[test]
    fn exactly_one_source_is_named() {
        assert!(SecretSource::one_of(None, None, None).is_err());
        assert!(SecretSource::one_of(Some("a".into()), Some("b".to_owned()), None).is_err());
        assert!(SecretSource::one_of(None, Some("../b".to_owned()), None).is_err());
    }
}
