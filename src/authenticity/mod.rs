//! Whether a mail is of whom it says, found out by ourselves where no server of ours says so: by its signatures (DKIM, RFC
//! 6376), the policy of its author's domain (DMARC, RFC 9989) and the seals of servers that passed it on (ARC, RFC 8617).
//!
//! A mail that has been delivered shows less than one that is being delivered: SPF wants the address that it came from,
//! and that is gone. So what counts as what:
//! - A signature of the author's domain that verifies is proof: nobody else has the key.
//! - A signature that is missing, broken, expired, or whose key is gone proves nothing. Lists, gateways and virus scanners
//!   change mails, keys are replaced, a mail may have lain for months. That the domain's policy is `reject` changes nothing
//!   about it, as SPF may have passed when the mail was taken.
//! - One thing is proven the other way: a domain whose SPF record is `v=spf1 -all` sends no mail, so SPF cannot have
//!   passed; where it wants such mail rejected and has not signed this one, DMARC must have failed.
//! - A seal says what its server found out. Anybody can seal, so only the seals of the configured domains count, and they
//!   can only prove, not refute.
//! - Where the name servers are silent or contradict themselves, nothing is known: never is a mail proven by an error.
//!
//! The author's bytes are parsed here and not in the jail, since what is asked of the name servers depends on them. It is
//! the header section alone, in a task of its own that may panic without harm, within limits of size, number and time.

mod answers;
#[cfg(test)]
mod tests;

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use mail_auth::{
    AuthenticatedMessage, DkimResult, DmarcResult, MessageAuthenticator, Parameters, SpfOutput,
    dmarc::{Policy, verify::DmarcParameters},
    hickory_resolver::{net::NetError, system_conf},
    spf::{Mechanism, Qualifier, Spf},
};

use crate::message::{self, Address, Authentication};

use answers::Answers;

/// How long one mail may take.
const TIME: Duration = Duration::from_secs(3);
/// How long nobody is asked after the name servers were silent: a thousand mails must not wait for each of them.
const REST: Duration = Duration::from_mins(5);
/// More bytes of header fields than any mail has that people write.
const HEADER: usize = 256 << 10;
/// How many signatures of the author's domain are looked at (RFC 6376 §6.1 allows a limit).
const SIGNATURES: usize = 5;

/// What was found out, and by which sign: a fixed English text.
pub type Finding = (Authentication, &'static str);

/// Looks at signatures, with the keys and policies that the name servers give.
pub struct Authenticity {
    authenticator: MessageAuthenticator,
    answers: Answers,
    sealers: Vec<String>,
    time: Duration,
    silent: Mutex<Option<Instant>>,
}

/// What is inside does not say what it holds.
impl std::fmt::Debug for Authenticity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authenticity").finish_non_exhaustive()
    }
}

impl Authenticity {
    /// Asks the name servers that the system asks; believes the seals of these domains.
    ///
    /// # Errors
    /// Where the system names no name servers.
    pub fn system(sealers: Vec<String>) -> Result<Self, NetError> {
        let (servers, mut options) = system_conf::read_system_conf()?;
        options.timeout = TIME / 2;
        options.attempts = 2;
        let authenticator = MessageAuthenticator::new(servers, options)?;
        Ok(Self::new(authenticator, Answers::Live, sealers, TIME))
    }

    fn new(authenticator: MessageAuthenticator, answers: Answers, sealers: Vec<String>, time: Duration) -> Self {
        Self { authenticator, answers, sealers, time, silent: Mutex::new(None) }
    }

    /// Whether the mail is of this author. Takes a few seconds at most, and never fails.
    pub async fn of(&self, raw: Vec<u8>, author: &Address) -> Finding {
        if self.rests() {
            return (Authentication::Unknown, "the name servers were silent a moment ago");
        }
        let inquiry = Inquiry {
            authenticator: self.authenticator.clone(),
            answers: self.answers.clone(),
            sealers: self.sealers.clone(),
            author: author.clone(),
        };
        let task = tokio::spawn(async move { inquiry.of(&raw).await });
        let running = task.abort_handle();
        match tokio::time::timeout(self.time, task).await {
            Ok(Ok(finding)) => finding,
            // A panic: nothing of the mail may be told.
            Ok(Err(_)) => (Authentication::Unknown, "its signatures could not be looked at"),
            Err(_) => {
                running.abort();
                *self.silent.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
                tracing::warn!("the name servers are silent: senders are not verified for a while");
                (Authentication::Unknown, "the name servers are silent")
            }
        }
    }

    fn rests(&self) -> bool {
        let silent = *self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        silent.is_some_and(|since| since.elapsed() < REST)
    }
}

/// The question about one mail.
struct Inquiry {
    authenticator: MessageAuthenticator,
    answers: Answers,
    sealers: Vec<String>,
    author: Address,
}

impl Inquiry {
    async fn of(&self, raw: &[u8]) -> Finding {
        if header_of(raw) > HEADER {
            return (Authentication::Unknown, "its header is too long");
        }
        let Some(mut mail) = AuthenticatedMessage::parse(raw) else {
            return (Authentication::Unknown, "it has no header");
        };
        // Whom the signature is held against must be whom the answer would go to.
        if mail.from.as_slice() != [self.author.as_str()] {
            return (Authentication::Unknown, "From can be read in more than one way");
        }
        let domain = self.author.domain().to_owned();
        // Only signatures that could prove something are looked at: so no name is asked for that the author's domain does
        // not own, and nobody makes us work for him. Reports and delegations (RFC 6651, RFC 6541) are no concern of ours.
        mail.dkim_headers.retain(|one| message::aligned(&one.header.d, &domain));
        let signed = !mail.dkim_headers.is_empty() || mail.has_dkim_errors;
        mail.dkim_headers.retain(|one| one.header.h.iter().any(|name| name.eq_ignore_ascii_case("from")));
        mail.dkim_headers.truncate(SIGNATURES);
        for one in &mut mail.dkim_headers {
            one.header.r = false;
            one.header.atps = None;
        }
        if signed {
            if self.signed(&mail, &domain).await {
                return (Authentication::Pass, "a signature of the author's domain");
            }
        } else if self.sends_nothing(&mail, &domain).await {
            return (Authentication::Fail, "the author's domain sends no mail");
        }
        if self.sealed(&mail).await {
            return (Authentication::Pass, "the seal of a server that is believed");
        }
        let sign = if signed { "no signature of the author's domain that verifies" } else { "it is not signed" };
        (Authentication::Unknown, sign)
    }

    /// Whether a signature verifies that counts for this domain, strictly where its owner wants that (RFC 9989 §4.10.2).
    async fn signed(&self, mail: &AuthenticatedMessage<'_>, domain: &str) -> bool {
        let parameters = Parameters::new(mail).with_txt_cache(&self.answers);
        let found = self.authenticator.verify_dkim(parameters).await;
        let passed = || found.iter().filter(|one| *one.result() == DkimResult::Pass).filter_map(|one| one.signature());
        if passed().any(|one| one.d.eq_ignore_ascii_case(domain)) {
            return true;
        }
        // Of another domain of the same owner: where he publishes no policy, that is enough.
        passed().next().is_some() && {
            let (result, _) = self.policy(mail, &found).await;
            matches!(result, DmarcResult::Pass | DmarcResult::None)
        }
    }

    /// Whether the domain says of itself that it sends no mail (RFC 7208 §10.1.2), and wants rejected what bears its name.
    async fn sends_nothing(&self, mail: &AuthenticatedMessage<'_>, domain: &str) -> bool {
        let record = self.authenticator.txt_lookup::<Spf>(format!("{domain}."), Some(&self.answers)).await;
        let nobody = record.is_ok_and(|spf| {
            let all = |one: &mail_auth::spf::Directive| one.mechanism == Mechanism::All;
            let [only] = &*spf.directives else { return false };
            all(only) && only.qualifier == Qualifier::Fail && spf.redirect.is_none()
        });
        nobody && matches!(self.policy(mail, &[]).await.1, Policy::Reject | Policy::Quarantine)
    }

    /// What DMARC makes of these signatures alone, and what the domain's owner wants done with what fails.
    async fn policy(
        &self,
        mail: &AuthenticatedMessage<'_>,
        found: &[mail_auth::DkimOutput<'_>],
    ) -> (DmarcResult, Policy) {
        let spf = SpfOutput::new(String::new());
        let parameters = DmarcParameters {
            message: mail,
            dkim_output: found,
            dkim2_output: None,
            rfc5321_mail_from_domain: "",
            spf_output: &spf,
        };
        let parameters = Parameters::new(parameters).with_txt_cache(&self.answers);
        let output = self.authenticator.verify_dmarc(parameters).await;
        (output.dkim_result().clone(), output.policy())
    }

    /// Whether the server that sealed the mail last is believed, and has found out that it is of its author.
    async fn sealed(&self, mail: &AuthenticatedMessage<'_>) -> bool {
        let believed = |domain: &str| self.sealers.iter().any(|sealer| sealer.eq_ignore_ascii_case(domain));
        let Some(last) = mail.as_headers.last().filter(|seal| believed(&seal.header.d)) else { return false };
        // The chain is asked for name by name, so every link must be of somebody who is believed.
        if !mail.as_headers.iter().all(|seal| believed(&seal.header.d))
            || !mail.ams_headers.iter().all(|signature| believed(&signature.header.d))
        {
            return false;
        }
        let says = mail.aar_headers.iter().find(|one| one.header.i == last.header.i);
        let proves = says.is_some_and(|one| message::sealed(one.value, &self.author) == Authentication::Pass);
        let parameters = Parameters::new(mail).with_txt_cache(&self.answers);
        proves && *self.authenticator.verify_arc(parameters).await.result() == DkimResult::Pass
    }
}

/// How many bytes the header section has.
fn header_of(raw: &[u8]) -> usize {
    let ends = [b"\r\n\r\n".as_slice(), b"\n\n"].map(|end| memchr::memmem::find(raw, end));
    ends.into_iter().flatten().min().unwrap_or(raw.len())
}
