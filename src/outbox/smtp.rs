//! Sending by SMTP (RFC 5321, RFC 6409), up to the point of no return and beyond it as two steps, so that the caller can
//! note in between that from now on the letter may have been accepted.

use std::{error::Error as _, fmt::Display, future::Future, time::Duration};

use lettre::transport::smtp::{
    authentication::{Credentials, Mechanism},
    client::AsyncSmtpConnection,
    commands::{Data, Mail, Rcpt},
    extension::{ClientId, Extension, MailBodyParameter, MailParameter},
    response::Response,
};
use tokio::time::Instant;

use super::outcome::{Outcome, Unavailable};
use crate::{
    config::{Submission, Times},
    fault::point,
    message::Address,
    net::{ConnectError, Endpoint, Guard, Protocol},
    pulse,
    store::Queued,
};

/// A server that takes message content slower than this is taken for dead, in bytes a second.
const BYTES_PER_SECOND: u64 = 8 * 1024;
/// A connection that nobody has used for so long is closed: servers close theirs after five minutes (RFC 5321
/// §4.5.3.2.7).
const IDLE: Duration = Duration::from_secs(60);

/// A server that takes our mail.
#[derive(Debug)]
pub struct Smtp {
    submission: Submission,
    endpoint: Endpoint,
    connect: Duration,
    command: Duration,
    finish: Duration,
}

/// A connection that has said EHLO and has logged in.
pub struct Connection {
    inner: AsyncSmtpConnection,
    used: Instant,
}

/// A letter whose envelope the server has accepted: it waits for the content.
pub struct Offered<'s> {
    connection: Connection,
    smtp: &'s Smtp,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Connection")
    }
}

impl std::fmt::Debug for Offered<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Offered")
    }
}

/// What came in place of a positive answer.
#[derive(Debug)]
struct Refusal {
    /// None: no answer that can be understood, or none at all.
    code: Option<u16>,
    /// Whether it is lettre that does not go on, though the connection is sound.
    by_us: bool,
    text: String,
}

impl Refusal {
    fn of(error: &lettre::transport::smtp::Error) -> Self {
        let text = error.source().map_or_else(|| error.to_string(), ToString::to_string);
        // A parser's error quotes what it was parsing, as Rust writes texts.
        let text = if text.starts_with("Parsing ") { "an answer that cannot be read".to_owned() } else { text };
        Self { code: error.status().map(u16::from), by_us: error.is_client(), text }
    }

    /// Whether a later attempt may succeed (RFC 5321 §4.2.1).
    fn is_temporary(&self) -> bool {
        self.code.is_some_and(|code| (400..500).contains(&code))
    }

    /// The same, or that the connection ended in the middle of a letter's envelope: it may be that letter's doing, so that
    /// it must not be the first one again.
    fn is_for_now(&self) -> bool {
        self.code.is_none() || self.is_temporary()
    }

    /// Whether the address itself is refused, rather than this letter or its sender (RFC 3463 §3).
    fn is_about_the_address(&self) -> bool {
        let policy = ["5.6", "5.7"].iter().any(|class| self.text.starts_with(class));
        matches!(self.code, Some(550 | 551 | 553)) && !policy
    }
}

impl Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.code {
            Some(code) => write!(f, "{code} {}", self.text),
            None => f.write_str(&self.text),
        }
    }
}

/// Waits for an answer, at most this long.
async fn within(
    most: Duration,
    answer: impl Future<Output = Result<Response, lettre::transport::smtp::Error>>,
) -> Result<Response, Refusal> {
    match pulse::within(most, answer).await {
        Ok(answer) => answer.map_err(|error| Refusal::of(&error)),
        Err(_) => Err(Refusal { code: None, by_us: false, text: "no answer in time".to_owned() }),
    }
}

impl Smtp {
    /// A server of the configuration.
    ///
    /// # Errors
    /// Where its certificate authorities cannot be read.
    pub fn new(submission: Submission, times: &Times) -> Result<Self, ConnectError> {
        let endpoint = submission.server.endpoint()?;
        let (connect, command, finish) = (times.connect, times.smtp_command, times.smtp_final);
        Ok(Self { submission, endpoint, connect, command, finish })
    }

    /// How many connections are kept.
    pub fn connections(&self) -> u32 {
        self.submission.connections
    }

    fn content(&self, bytes: usize) -> Duration {
        self.finish + Duration::from_secs(bytes as u64 / BYTES_PER_SECOND)
    }

    /// Its name for logs and alerts.
    pub fn place(&self) -> String {
        format!("{}:{}", self.endpoint.host, self.endpoint.port)
    }

    /// Connects and logs in.
    ///
    /// # Errors
    /// [`Unavailable`]: nothing was sent.
    pub async fn open(&self) -> Result<Connection, Unavailable> {
        let unreachable = |refusal: Refusal| Unavailable::Unreachable(refusal.to_string());
        let stream = self.endpoint.connect(Protocol::Smtp, Guard::smtp(), self.connect).await?;
        let hello = ClientId::default();
        let greeted = AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello);
        let mut inner = match pulse::within(self.command, greeted).await {
            Ok(greeted) => greeted.map_err(|error| unreachable(Refusal::of(&error)))?,
            Err(_) => return Err(Unavailable::Unreachable("no greeting in time".to_owned())),
        };
        if let Some(login) = &self.submission.login {
            let secret = login.secret.fetch().await.map_err(|error| Unavailable::Secret(error.to_string()))?;
            let mechanisms: &[Mechanism] =
                if login.secret.is_token() { &[Mechanism::Xoauth2] } else { &[Mechanism::Plain, Mechanism::Login] };
            let credentials = Credentials::new(login.user.clone(), secret.reveal().to_owned());
            if inner.server_info().get_auth_mechanism(mechanisms).is_none() {
                let text = "the server offers no login that svodka knows; check port and tls".to_owned();
                return Err(Unavailable::Login(text));
            }
            within(self.command, inner.auth(mechanisms, &credentials)).await.map_err(|refusal| match refusal.code {
                Some(500..) => Unavailable::Login(refusal.to_string()),
                // A refused token is told in a challenge (RFC 7628 §3.2.2).
                None if refusal.by_us => Unavailable::Login("the server does not accept the token".to_owned()),
                _ => unreachable(refusal),
            })?;
        }
        point!("smtp::connected");
        Ok(Connection { inner, used: Instant::now() })
    }

    /// Logs in and asks whether a letter from this address to itself would be taken; none is sent.
    ///
    /// # Errors
    /// [`Outcome`]: why not.
    pub async fn probe(&self, own: &Address) -> Result<(), Outcome> {
        let sender = self.submission.sender.as_deref().unwrap_or(own.as_str());
        let mut connection = self.open().await.map_err(Outcome::Unavailable)?;
        let mail = Mail::new(sender.parse().ok(), Vec::new());
        within(self.command, connection.inner.command(mail)).await.map_err(|refusal| mail_refused(&refusal))?;
        self.recipient(&mut connection, own).await?;
        connection.inner.abort().await;
        Ok(())
    }

    /// Offers a letter on a kept connection or a new one, until the server wants its content.
    ///
    /// # Errors
    /// The outcome, if it does not come so far: the letter was certainly not accepted.
    pub async fn offer(&self, kept: &mut Option<Connection>, letter: &Queued) -> Result<Offered<'_>, Outcome> {
        let own = letter.sender.as_ref();
        let sender = match (&self.submission.sender, own) {
            (Some(sender), _) => sender.as_str(),
            (None, Some(own)) => own.as_str(),
            (None, None) => "",
        };
        let mut connection = self.mail(kept, sender, letter).await?;
        self.recipient(&mut connection, &letter.to).await?;
        let copied = self.submission.copy && !letter.kind.is_internal();
        if let Some(own) = own.filter(|own| copied && **own != letter.to) {
            match self.recipient(&mut connection, own).await {
                // Without the copy the letter leaves all the same.
                Ok(()) | Err(Outcome::Refused { .. }) => {}
                Err(Outcome::Deferred(response)) if !response.starts_with("421") => {}
                Err(other) => return Err(other),
            }
        }
        point!("smtp::recipients");
        match within(self.command, connection.inner.command(Data)).await {
            Ok(_) => {}
            Err(refusal) if refusal.is_for_now() => return Err(Outcome::Deferred(refusal.to_string())),
            Err(refusal) => return Err(Outcome::Refused { response: refusal.to_string(), address: false }),
        }
        point!("smtp::data");
        Ok(Offered { connection, smtp: self })
    }

    /// MAIL, on the kept connection where it still lives.
    async fn mail(&self, kept: &mut Option<Connection>, sender: &str, letter: &Queued) -> Result<Connection, Outcome> {
        let sender: Option<lettre::Address> = if sender.is_empty() { None } else { sender.parse().ok() };
        let begin = async |mut connection: Connection| {
            let info = connection.inner.server_info();
            let mut parameters = Vec::new();
            if !letter.to.as_str().is_ascii() {
                if !info.supports_feature(Extension::SmtpUtfEight) {
                    let response = "the server cannot send to an address with such letters (SMTPUTF8)".to_owned();
                    return Err((Outcome::Refused { response, address: false }, false));
                }
                parameters.push(MailParameter::SmtpUtfEight);
            }
            if !letter.mime.is_ascii() && info.supports_feature(Extension::EightBitMime) {
                parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
            }
            match within(self.command, connection.inner.command(Mail::new(sender.clone(), parameters))).await {
                Ok(_) => Ok(connection),
                // 421: it closes a connection that was idle for too long (RFC 5321 §3.8).
                Err(refusal) => Err((mail_refused(&refusal), matches!(refusal.code, None | Some(421)))),
            }
        };
        if let Some(connection) = kept.take().filter(|kept| kept.used.elapsed() < IDLE) {
            match begin(connection).await {
                Ok(connection) => {
                    point!("smtp::mail");
                    return Ok(connection);
                }
                Err((_, true)) => {}
                Err((outcome, false)) => return Err(outcome),
            }
        }
        let connection = self.open().await.map_err(Outcome::Unavailable)?;
        let begun = begin(connection).await.map_err(|(outcome, _)| outcome)?;
        point!("smtp::mail");
        Ok(begun)
    }

    async fn recipient(&self, connection: &mut Connection, to: &Address) -> Result<(), Outcome> {
        let Ok(to) = to.as_str().parse::<lettre::Address>() else {
            let response = "an address that SMTP cannot name".to_owned();
            return Err(Outcome::Refused { response, address: false });
        };
        match within(self.command, connection.inner.command(Rcpt::new(to, Vec::new()))).await {
            Ok(_) => Ok(()),
            Err(refusal) if refusal.is_for_now() => Err(Outcome::Deferred(refusal.to_string())),
            Err(refusal) => {
                Err(Outcome::Refused { response: refusal.to_string(), address: refusal.is_about_the_address() })
            }
        }
    }
}

impl Offered<'_> {
    /// Sends the content. From here on the letter may have been accepted whatever comes back; the connection is kept
    /// only where everything is well.
    pub async fn deliver(mut self, mime: &[u8], kept: &mut Option<Connection>) -> Outcome {
        let most = self.smtp.content(mime.len());
        match within(most, self.connection.inner.message(mime)).await {
            Ok(response) if response.has_code(250) => {
                point!("smtp::accepted");
                self.connection.used = Instant::now();
                let text: Vec<&str> = response.message().collect();
                *kept = Some(self.connection);
                Outcome::Accepted(text.join(" "))
            }
            Ok(response) => Outcome::Ambiguous(format!("an answer of {}", response.code())),
            Err(refusal) if refusal.is_temporary() => Outcome::Deferred(refusal.to_string()),
            // With two recipients this is about the letter, whatever the code.
            Err(refusal) if refusal.code.is_some() => {
                Outcome::Refused { response: refusal.to_string(), address: false }
            }
            Err(refusal) => Outcome::Ambiguous(refusal.to_string()),
        }
    }
}

/// A refusal of MAIL is mostly about us, and then about every letter (RFC 5321 §3.3; Yandex: 553 5.7.1).
fn mail_refused(refusal: &Refusal) -> Outcome {
    match refusal.code {
        None => Outcome::Unavailable(Unavailable::Unreachable(refusal.to_string())),
        Some(530 | 534 | 535 | 538) => Outcome::Unavailable(Unavailable::Login(refusal.to_string())),
        // The message is too large (RFC 1870 §6.1), or there is no room for it.
        Some(552) => Outcome::Refused { response: refusal.to_string(), address: false },
        Some(500..) => Outcome::Unavailable(Unavailable::Sender(refusal.to_string())),
        Some(_) => Outcome::Deferred(refusal.to_string()),
    }
}
