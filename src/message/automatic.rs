//! Did a machine write it? (RFC 3834 §2, RFC 3464, RFC 8098, RFC 5546, RFC 2919, RFC 5965.) No single sign is in more
//! than half of real bounces, so all are looked at, the plainest first.

use mail_parser::{MessagePart, MimeHeaders as _};

use super::{Attachment, Automatic, Message, OwnIdentity};

/// What [`classify`] finds: which kind of machine, and by which sign.
pub(super) type Sign = (Automatic, String);

/// The first sign of a machine.
pub(super) fn classify(
    parsed: &mail_parser::Message<'_>,
    message: &Message,
    attachments: &[Attachment],
    own: &OwnIdentity,
) -> Option<Sign> {
    let header = Header { parsed };
    from_ourselves(message, own)
        .or_else(|| report(parsed))
        .or_else(|| calendar(parsed))
        .or_else(|| bounce_text(message, &header))
        .or_else(|| auto_reply_header(&header, message))
        .or_else(|| list(&header))
        .or_else(|| sender(message, &header))
        .or_else(|| out_of_office(message, attachments))
}

struct Header<'m> {
    parsed: &'m mail_parser::Message<'m>,
}

impl Header<'_> {
    /// The raw value in lower case.
    fn value(&self, name: &str) -> Option<String> {
        let found = self.parsed.headers_raw().find(|(one, _)| one.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim().to_lowercase())
    }

    fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    fn any_starting(&self, prefix: &str) -> Option<String> {
        let starts = |name: &str| name.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix));
        self.parsed.headers_raw().map(|(name, _)| name).find(|name| starts(name)).map(str::to_owned)
    }
}

fn sign(reason: Automatic, text: impl Into<String>) -> Option<Sign> {
    Some((reason, text.into()))
}

fn from_ourselves(message: &Message, own: &OwnIdentity) -> Option<Sign> {
    let from = message.from.as_ref()?;
    if own.addresses.contains(&from.address) { sign(Automatic::Own, "From is our own address") } else { None }
}

fn media_type(part: &MessagePart<'_>) -> String {
    part.content_type()
        .map(|one| format!("{}/{}", one.ctype(), one.subtype().unwrap_or_default()).to_ascii_lowercase())
        .unwrap_or_default()
}

/// `multipart/report` and its parts, also where a mailer called the whole `multipart/mixed`.
fn report(parsed: &mail_parser::Message<'_>) -> Option<Sign> {
    let root = parsed.parts.first()?;
    let kind = root
        .content_type()
        .filter(|_| media_type(root) == "multipart/report")
        .and_then(|one| one.attribute("report-type"))
        .map(str::to_ascii_lowercase);
    let types: Vec<String> = parsed.parts.iter().map(media_type).collect();
    let has = |wanted: &str| types.iter().any(|one| one == wanted);
    if has("message/delivery-status")
        || has("message/global-delivery-status")
        || kind.as_deref() == Some("delivery-status")
    {
        return sign(Automatic::Bounce, "it holds a delivery status");
    }
    if has("message/disposition-notification") || kind.as_deref() == Some("disposition-notification") {
        return sign(Automatic::Receipt, "it holds a disposition notification");
    }
    if has("message/feedback-report") || kind.is_some() || media_type(root) == "multipart/report" {
        return sign(Automatic::Report, "it is a report");
    }
    None
}

fn calendar(parsed: &mail_parser::Message<'_>) -> Option<Sign> {
    let method = |part: &MessagePart<'_>| {
        part.content_type().is_some_and(|one| one.attribute("method").is_some()) && media_type(part) == "text/calendar"
    };
    let exchange = parsed.headers_raw().any(|(name, value)| {
        name.eq_ignore_ascii_case("Content-Class") && value.to_lowercase().contains("calendarmessage")
    });
    if exchange || parsed.parts.iter().any(method) {
        return sign(Automatic::Calendar, "it is an invitation or an answer to one");
    }
    None
}

/// What mail systems write where they write no report: by subject, together with a daemon's address or its wording.
fn bounce_text(message: &Message, header: &Header<'_>) -> Option<Sign> {
    if header.has("X-Failed-Recipients") {
        return sign(Automatic::Bounce, "X-Failed-Recipients");
    }
    let subject = message.subject.to_lowercase();
    let local = message.from.as_ref().map_or("", |from| from.address.as_str()).split('@').next().unwrap_or_default();
    let name = message.from.as_ref().and_then(|from| from.name.clone()).unwrap_or_default().to_lowercase();
    let daemon = DAEMONS.iter().any(|one| local.contains(one) || name.replace(' ', "-").contains(one));
    let subject_says = BOUNCE_SUBJECTS.iter().any(|one| subject.contains(one));
    let text = message.body.text().to_lowercase();
    let text_says = BOUNCE_TEXTS.iter().filter(|one| text.contains(**one)).count();
    let null_path = header.value("Return-Path").is_some_and(|path| path == "<>");
    let raw_from = header.value("From").unwrap_or_default();
    let raw_daemon = DAEMONS.iter().any(|one| raw_from.contains(one));
    let signs =
        usize::from(daemon || raw_daemon) + usize::from(subject_says) + text_says.min(2) + usize::from(null_path);
    if (daemon || raw_daemon || subject_says || null_path) && signs >= 2 {
        return sign(Automatic::Bounce, "it reads like a delivery failure");
    }
    None
}

const DAEMONS: [&str; 8] = [
    "mailer-daemon",
    "mailerdaemon",
    "mail-daemon",
    "postmaster",
    "mdaemon",
    "mail-delivery",
    "system-administrator",
    "microsoftexchange",
];

const BOUNCE_SUBJECTS: [&str; 32] = [
    "undelivered mail",
    "undeliverable",
    "delivery status notification",
    "delivery failure",
    "failure notice",
    "mail delivery failed",
    "returned mail",
    "delivery notification",
    "mail system error",
    "message delayed",
    "warning: could not send",
    "delayed mail",
    "delivery report",
    "could not be delivered",
    "non-delivery",
    "delivery delay",
    "mail could not be delivered",
    "undelivered",
    "delivery has failed",
    "message status - undeliverable",
    "error sending",
    "user unknown",
    "nondeliverable",
    "mail delivery problem",
    "не доставлено",
    "недоставленное",
    "не может быть доставлено",
    "ошибка доставки",
    "уведомление о доставке",
    "невозможно доставить",
    "доставка задерживается",
    "возвращено отправителю",
];

const BOUNCE_TEXTS: [&str; 26] = [
    "could not be delivered",
    "delivery to the following",
    "permanent error",
    "user unknown",
    "mailbox unavailable",
    "the following addresses had",
    "wasn't able to deliver",
    "unable to deliver",
    "this message was created automatically",
    "was undeliverable",
    "diagnostic code",
    "does not exist",
    "mailbox is full",
    "over quota",
    "quota exceeded",
    "550 ",
    "delivery has failed",
    "did not reach the following",
    "not delivered",
    "no such user",
    "returned to you",
    "не удалось доставить",
    "не может быть доставлено",
    "не было доставлено",
    "не существует",
    "переполнен",
];

fn auto_reply_header(header: &Header<'_>, message: &Message) -> Option<Sign> {
    if let Some(value) = header.value("Auto-Submitted")
        && !value.starts_with("no")
    {
        return sign(Automatic::AutoReply, "Auto-Submitted");
    }
    for name in [
        "X-Autoreply",
        "X-Autorespond",
        "X-Autoresponder",
        "X-Auto-Reply",
        "X-Autogenerated",
        "X-Mail-Autoreply",
        "X-POST-MessageClass",
    ] {
        if header.value(name).is_some_and(|value| value != "no") {
            return sign(Automatic::AutoReply, name);
        }
    }
    if let Some(name) = header.any_starting("X-Auto-Reply-From") {
        return sign(Automatic::AutoReply, name);
    }
    if let Some(value) = header.value("Precedence").or_else(|| header.value("X-Precedence")) {
        if value.contains("auto_reply") || value.contains("auto-reply") {
            return sign(Automatic::AutoReply, "Precedence: auto_reply");
        }
        // Automatic answers say "bulk" or "junk" too; a subject of theirs tells them from a mailing.
        if is_absence_subject(&message.subject) {
            return sign(Automatic::AutoReply, "Precedence and the subject of an absence notice");
        }
    }
    // Exchange sets values of its own on people's mail; only "All" and automatic-reply lists are a machine's.
    if header
        .value("X-Auto-Response-Suppress")
        .is_some_and(|value| value == "all" || (value.contains("oof") && value.contains("autoreply")))
    {
        return sign(Automatic::AutoReply, "X-Auto-Response-Suppress");
    }
    if header.value("Return-Path").is_some_and(|path| path == "<>") {
        return sign(Automatic::Bounce, "the null Return-Path");
    }
    None
}

fn list(header: &Header<'_>) -> Option<Sign> {
    for name in [
        "List-Id",
        "List-Post",
        "List-Unsubscribe",
        "List-Help",
        "List-Subscribe",
        "List-Archive",
        "List-Owner",
        "Mailing-List",
        "X-Mailing-List",
        "X-Mailman-Version",
        "X-Loop",
        "X-BeenThere",
        "Feedback-ID",
        "X-Campaign-Id",
        "X-CampaignID",
    ] {
        if header.has(name) {
            return sign(Automatic::List, name);
        }
    }
    match header.value("Precedence") {
        Some(value) if ["bulk", "list", "junk"].iter().any(|one| value.contains(one)) => {
            sign(Automatic::List, "Precedence")
        }
        _ => None,
    }
}

fn sender(message: &Message, header: &Header<'_>) -> Option<Sign> {
    let path = header.value("Return-Path").unwrap_or_default();
    let path = path.trim_matches(['<', '>']).split('@').next().unwrap_or_default().to_owned();
    let from = message.from.as_ref().map_or("", |from| from.address.as_str());
    let local = from.split('@').next().unwrap_or_default();
    for local in [local, &path] {
        let squeezed: String = local.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
        let robot =
            ["noreply", "donotreply", "mailerdaemon", "autoreply", "autoresponder", "nepovtoryat", "neotvechat"];
        if robot.iter().any(|one| squeezed.starts_with(one) || squeezed.ends_with(one)) {
            return sign(Automatic::Daemon, "an address that takes no answers");
        }
        let managed = local.starts_with("owner-")
            || local.ends_with("-owner")
            || local.ends_with("-request")
            || local.ends_with("-bounces")
            || local.contains("-bounces+")
            || local.starts_with("bounce");
        if managed {
            return sign(Automatic::List, "the address of a list's management");
        }
    }
    if DAEMONS.contains(&local) {
        return sign(Automatic::Daemon, "a mail system's address");
    }
    None
}

fn is_absence_subject(subject: &str) -> bool {
    let subject = subject.to_lowercase();
    ABSENCE_SUBJECTS.iter().any(|one| subject.contains(one))
}

const ABSENCE_SUBJECTS: [&str; 19] = [
    "автоответ",
    "автоматический ответ",
    "автоматическое уведомление",
    "out of office",
    "out-of-office",
    "automatic reply",
    "auto-reply",
    "autoreply",
    "auto reply",
    "auto response",
    "vacation",
    "away from my mail",
    "on holiday",
    "нет на месте",
    "я в отпуске",
    "вне офиса",
    "отсутствую на рабочем",
    "abwesenheit",
    "absence du bureau",
];

/// An absence notice without any header of one: short, about absence, and without a document.
fn out_of_office(message: &Message, attachments: &[Attachment]) -> Option<Sign> {
    if attachments.iter().any(|one| !one.inline) {
        return None;
    }
    if is_absence_subject(&message.subject) {
        return sign(Automatic::AutoReply, "the subject of an absence notice");
    }
    let text = message.body.text().to_lowercase();
    let says = [
        "нахожусь в отпуске",
        "буду в отпуске",
        "в ежегодном отпуске",
        "это автоматический ответ",
        "автоматический ответ",
        "сообщение создано автоматически",
        "письмо сформировано автоматически",
        "i am out of the office",
        "i'm out of the office",
        "отсутствую на рабочем месте",
        "нахожусь на больничном",
        "буду отсутствовать",
    ];
    let found = says.iter().any(|one| text.contains(one));
    if found && text.chars().count() < 800 {
        return sign(Automatic::AutoReply, "the text of an absence notice");
    }
    None
}
