//! Addresses that only machines write from.

use super::{
    super::{Automatic, OwnIdentity, people},
    Mail, Verdict,
};

/// Our own mail, by its author or by its Message-ID.
pub(super) fn own(mail: &Mail<'_>, own: &OwnIdentity) -> Option<Verdict> {
    let is_ours = |address| own.addresses.contains(address);
    if mail.message.from.as_ref().is_some_and(|from| is_ours(&from.address)) {
        return Verdict::strong(Automatic::Own, "From is our own address");
    }
    let id = mail.message.message_id.as_ref()?.as_str();
    let (local, domain) = id.rsplit_once('@')?;
    let ours = own.message_id_domains.iter().any(|own| own.trim_start_matches('@').eq_ignore_ascii_case(domain));
    // A list that we are on writes its own address into From. Colleagues of our domain have Message-IDs of other shapes
    // than `reply` makes.
    let shaped = local.len() == 40 && local.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let of_reply = shaped && own.addresses.iter().any(|address| address.domain().eq_ignore_ascii_case(domain));
    if ours || of_reply { Verdict::strong(Automatic::Own, "Message-ID is our own") } else { None }
}

/// Whether a mail system's own address is in From.
pub(super) fn is_daemon(mail: &Mail<'_>) -> bool {
    let froms = people::addresses(mail.header(), "from");
    if froms.iter().any(|from| daemon_local(local(from.as_str()))) {
        return true;
    }
    // «MAILER-DAEMON (Mail Delivery System)» without any domain, or a name that only mail systems have.
    let from = mail.header().lower("from");
    let from = from.trim_matches(['<', '"', ' ']);
    DAEMON_NAMES.iter().any(|name| from.starts_with(name)) || from.starts_with("postmaster")
}

/// Names that only mail systems have.
const DAEMON_NAMES: [&str; 16] = [
    "mailer-daemon",
    "mailer daemon",
    "mail delivery sub",
    "mail delivery sys",
    "mail delivery service",
    "internet mail delivery",
    "mail system",
    "system administrator",
    "системный администратор",
    "microsoft outlook <microsoftexchange",
    "служба доставки почты",
    "система доставки почты",
    "почтовая система",
    "mailadmin",
    "mdaemon",
    "mail administrator",
];

/// Local parts of mail systems (RFC 2142 §5 and what servers really use).
fn daemon_local(local: &str) -> bool {
    const SQUEEZED: [&str; 13] = [
        "mailerdaemon",
        "maildaemon",
        "mdaemon",
        "postmaster",
        "maildeliverysubsystem",
        "maildeliverysystem",
        "maildelivery",
        "mailsystem",
        "mailerror",
        "doublebounce",
        "mmdf",
        "uucp",
        "emailsystem",
    ];
    let squeezed: String = local.chars().filter(|c| c.is_alphanumeric()).collect();
    SQUEEZED.contains(&squeezed.as_str())
        || squeezed.starts_with("mailerdaemon")
        || local.starts_with("postmaster-")
        || local.starts_with("microsoftexchange329e71ec88ae4615bbc36ab6ce41109e")
}

/// Local parts that nobody reads.
fn unread_local(local: &str) -> bool {
    const EXACT: [&str; 34] = [
        "daemon",
        "root",
        "nobody",
        "cron",
        "www-data",
        "apache",
        "nginx",
        "bounce",
        "bounces",
        "return",
        "returns",
        "listserv",
        "listproc",
        "listmaster",
        "majordomo",
        "mailman",
        "sympa",
        "ezmlm",
        "robot",
        "mailrobot",
        "autoreply",
        "auto-reply",
        "auto_reply",
        "autoresponder",
        "autoanswer",
        "notification",
        "notifications",
        "notify",
        "newsletter",
        "newsletters",
        "mailing",
        "rassylka",
        "subscribe",
        "unsubscribe",
    ];
    let squeezed: String = local.chars().filter(|c| c.is_alphanumeric()).collect();
    let silent = ["noreply", "donotreply", "dontreply", "noanswer", "neotvechat", "neotvechaite"];
    EXACT.contains(&local)
        || silent.iter().any(|mark| squeezed.starts_with(mark) || squeezed.ends_with(mark))
        || list_local(local)
        || ["bounce-", "bounces-", "bounce+", "bounces+", "notifications-", "autoreply-", "mailer-daemon"]
            .iter()
            .any(|start| local.starts_with(start))
}

/// Local parts of the managers of lists.
fn list_local(local: &str) -> bool {
    local.starts_with("owner-")
        || local.ends_with("-owner")
        || local.ends_with("-request")
        || local.ends_with("-bounces")
        || local.ends_with("-bounce")
        || local.ends_with("-admin-bounces")
        || local.contains("-bounces+")
        || local.contains("-return-")
}

fn local(address: &str) -> &str {
    address.rsplit_once('@').map_or(address, |(local, _)| local)
}

/// A machine that gives itself away by nothing but an address.
pub(super) fn machine(mail: &Mail<'_>) -> Option<Verdict> {
    if is_daemon(mail) {
        return Verdict::strong(Automatic::Daemon, "From is a mail system's address");
    }
    let froms = people::addresses(mail.header(), "from");
    if froms.iter().any(|from| unread_local(local(from.as_str()))) {
        return Verdict::strong(Automatic::Daemon, "From is an address that nobody reads");
    }
    // VERP by itself tells nothing: relays use it for what people write too; a list manager's own forms do.
    for field in ["return-path", "sender", "errors-to", "x-original-return-path"] {
        let listed = people::addresses(mail.header(), field);
        if listed.iter().any(|address| list_local(local(address.as_str()))) {
            return Verdict::strong(Automatic::List, format!("{field} is a list manager's address"));
        }
    }
    // Only a reader without a From that anybody could answer counts here: a machine's report may have none.
    let reply_to = people::addresses(mail.header(), "reply-to");
    if !reply_to.is_empty() && reply_to.iter().all(|address| unread_local(local(address.as_str()))) {
        return Verdict::strong(Automatic::Daemon, "Reply-To is an address that nobody reads");
    }
    None
}
