//! Whether a message is of whom it says: what a server of ours has found out about that, in Authentication-Results
//! (RFC 8601). Anybody can write such a field, so only those of the configured authserv-ids count; that the server takes
//! out what others wrote in its name (§5) is its duty, and that two such fields contradict each other is a sign that it
//! does not.
//!
//! What counts as what:
//! - `dmarc=fail` is a forgery, whatever else passes: neither SPF nor DKIM vouches for the author's domain (RFC 7489
//!   §6.6.2), and a signature of another domain says nothing of this one.
//! - A method that both passes and fails about the same thing is a forgery: a server has one result.
//! - `dmarc=pass` about the domain in From is proof, and so is DKIM or SPF that passes for that domain or its relatives,
//!   which is what DMARC would look for where the domain publishes no policy (§3.1).
//! - `spf=fail` alone proves nothing: every forwarder causes it. Nor does `dkim=fail`, by itself or with the former: a
//!   list or a gateway that adds a line causes both, and RFC 6376 §6.1 wants a broken signature taken for none. What the
//!   owner of the domain wants done about that is his DMARC policy, and then the server says `dmarc=fail`.
//! - `none`, `neutral`, `policy`, `softfail`, `temperror` and `permerror` are no knowledge.

mod results;
#[cfg(test)]
mod tests;

use super::{Address, Authentication, OwnIdentity, header::Header};
use results::{Finding, Results};

/// More fields of our own servers than any chain of them writes.
const FIELDS: usize = 50;

/// What is known, and by which sign: a fixed English text, never one of the mail.
pub(super) fn of(header: &Header, author: Option<&Address>, own: &OwnIdentity) -> (Authentication, &'static str) {
    let ours = |one: &Results| own.authserv_ids.iter().any(|id| id.eq_ignore_ascii_case(&one.id));
    let fields: Vec<Results> =
        header.all("authentication-results").filter_map(Results::read).filter(ours).take(FIELDS + 1).collect();
    judge(&fields, author)
}

fn judge(fields: &[Results], author: Option<&Address>) -> (Authentication, &'static str) {
    let findings: Vec<&Finding> = fields.iter().flat_map(|one| &one.findings).collect();
    if fields.is_empty() {
        (Authentication::Unknown, "no server of ours has said anything")
    } else if let Some(why) = refuted(&findings) {
        (Authentication::Fail, why)
    } else if fields.len() > FIELDS || fields.iter().any(|one| !one.sound) {
        (Authentication::Unknown, "what a server of ours has said cannot be read")
    } else if let Some(author) = author {
        proven(&findings, author.domain())
    } else {
        (Authentication::Unknown, "there is no one author")
    }
}

/// Why the author is not who From says.
fn refuted(findings: &[&Finding]) -> Option<&'static str> {
    let of = |method: &'static str| findings.iter().filter(move |one| one.method == method);
    if of("dmarc").any(|one| one.fails()) {
        let both = of("dmarc").any(|one| one.passes());
        return Some(if both { "dmarc=pass and dmarc=fail" } else { "dmarc=fail" });
    }
    let contradicts = |one: &Finding| {
        let other = |two: &&&Finding| two.method == one.method && two.fails() && same(one, two);
        one.passes() && findings.iter().any(|two| other(&two))
    };
    findings.iter().any(|one| contradicts(one)).then_some("results that contradict each other")
}

/// Whether two findings of one method are about the same thing. Of two signatures of a domain one may well be broken,
/// so there it must be the same one.
fn same(one: &Finding, two: &Finding) -> bool {
    let key = |finding: &Finding| match finding.method.as_str() {
        "spf" => finding.get("smtp.mailfrom").or_else(|| finding.get("smtp.mail")).map(str::to_lowercase),
        "dkim" => finding.get("header.b").map(str::to_owned),
        _ => None,
    };
    key(one).is_some_and(|key_of_one| Some(key_of_one) == key(two))
}

/// Whether something vouches for the domain in From.
fn proven(findings: &[&Finding], domain: &str) -> (Authentication, &'static str) {
    let of = |method: &'static str| findings.iter().filter(move |one| one.method == method);
    if of("dmarc").any(|one| one.passes()) {
        // A field about another author is a field about another From than the one that would be answered.
        let agrees = |one: &&Finding| one.passes() && one.all("header.from").all(|from| equal(domain_of(from), domain));
        return match of("dmarc").all(agrees) {
            true => (Authentication::Pass, "dmarc=pass"),
            false => (Authentication::Unknown, "dmarc=pass is not all that is said of the author"),
        };
    }
    let signs = |one: &&Finding| {
        let signer = one.get("header.d").or_else(|| one.get("header.i")).map(domain_of);
        one.passes() && signer.is_some_and(|signer| aligned(signer, domain))
    };
    if of("dkim").any(signs) {
        return (Authentication::Pass, "dkim=pass of the author's domain");
    }
    let sends = |one: &&Finding| {
        let sender = one.get("smtp.mailfrom").or_else(|| one.get("smtp.mail")).map(domain_of);
        one.passes() && sender.is_some_and(|sender| aligned(sender, domain))
    };
    if of("spf").any(sends) {
        return (Authentication::Pass, "spf=pass of the author's domain");
    }
    (Authentication::Unknown, "nothing vouches for the author's domain")
}

/// What stands behind the «@»: a property holds an address or a domain.
fn domain_of(value: &str) -> &str {
    value.rsplit_once('@').map_or(value, |(_, domain)| domain)
}

fn equal(one: &str, two: &str) -> bool {
    ascii(one) == ascii(two)
}

/// Whether two domains belong to one owner: relaxed alignment (RFC 7489 §3.1), by the list of public suffixes (§3.2).
pub(crate) fn aligned(one: &str, two: &str) -> bool {
    let (one, two) = (ascii(one), ascii(two));
    let owner = |domain: &str| psl::domain_str(domain).unwrap_or(domain).to_owned();
    !one.is_empty() && owner(&one) == owner(&two)
}

/// A domain as name servers know it: «школа.рф» and its `xn--` form are one (RFC 5890 §2.3.2.1).
fn ascii(domain: &str) -> String {
    let domain = domain.trim_end_matches('.');
    idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.to_lowercase())
}

/// Whether a text is what a server can put first into Authentication-Results: a value that needs no quotation (RFC 8601
/// §2.2, §2.5), without the marks that would make it anything else.
pub fn authserv_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?=".contains(&b))
}

/// The word of a server that has sealed a message (RFC 8617 §4.1.1): its ARC-Authentication-Results, `i=1; mx; …`.
pub(crate) fn sealed(field: &[u8], author: &Address) -> Authentication {
    let semicolon = field.iter().position(|b| *b == b';').unwrap_or(field.len());
    let results = Results::read(field.get(semicolon + 1..).unwrap_or_default());
    judge(results.as_slice(), Some(author)).0
}
