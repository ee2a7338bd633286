//! The wording of machines. Subjects and first lines only, and behind «Re:» only what the author wrote himself: people
//! answer and pass on what machines wrote.

use super::{super::Automatic, Mail, Verdict, addresses};
use crate::document::text_of;

/// How much of a text is looked at.
const HEAD: usize = 3_000;

/// Subjects of reports of failed or late delivery: how they begin.
const BOUNCE_SUBJECTS: [&str; 82] = [
    "undelivered mail",
    "undelivered message",
    "undelivered:",
    "undeliverable",
    "undelivarable",
    "unzustellbar",
    "mail delivery fail",
    "mail delivery problem",
    "mail delivery error",
    "mail delivery system",
    "mail delivery subsystem",
    "mail delivery status",
    "mail delayed",
    "mail system error",
    "mail error",
    "mail failure",
    "mail not deliver",
    "mail could not be delivered",
    "mail status report",
    "mail transaction failed",
    "mail returned",
    "mail rejected",
    "email delivery",
    "e-mail delivery",
    "email not deliver",
    "notice: mail delivery",
    "postmaster notify",
    "permanent delivery",
    "sorry, your message",
    "there was an error sending",
    "considered unsolicited bulk",
    "message you sent blocked",
    "virus in mail",
    "virus alert",
    "banned contents in",
    "message delivery",
    "message not deliver",
    "message undeliver",
    "message could not be delivered",
    "message status - undeliver",
    "delivery status",
    "delivery notification",
    "delivery fail",
    "delivery has failed",
    "delivery error",
    "delivery report",
    "delivery delayed",
    "delivery unsuccessful",
    "delivery problem",
    "delivery to the following recipient",
    "delayed mail",
    "failure notice",
    "failure delivery",
    "failed mail",
    "failed delivery",
    "failed to deliver",
    "returned mail",
    "returned to sender",
    "returned message",
    "returned email",
    "return mail",
    "rejected mail",
    "rejected message",
    "unable to deliver",
    "could not deliver",
    "could not send message",
    "cannot deliver",
    "can't deliver",
    "non delivery",
    "nondeliverable",
    "non-delivery",
    "nondelivery",
    "user unknown",
    "unknown user",
    "warning: message",
    "warning: could not send",
    "warning - delayed mail",
    "address not found",
    "mailbox full",
    "mailbox unavailable",
    "quota exceeded",
    "transient failure",
];

/// The same in Russian and in the languages of servers that Russian mail meets.
const FOREIGN_SUBJECTS: [&str; 30] = [
    "недоставлен",
    "не доставлен",
    "не удалось доставить",
    "не удаётся доставить",
    "не удается доставить",
    "невозможно доставить",
    "невозможность доставки",
    "недоставка",
    "отчет о доставке",
    "отчёт о доставке",
    "отчет о недоставке",
    "отчёт о недоставке",
    "ошибка доставки",
    "ошибка при доставке",
    "ошибка отправки",
    "сбой доставки",
    "сообщение не доставлено",
    "сообщение не может быть доставлено",
    "письмо не доставлено",
    "ваше письмо не доставлено",
    "ваше сообщение не доставлено",
    "ваше письмо не было доставлено",
    "уведомление о состоянии доставки",
    "уведомление о статусе доставки",
    "уведомление о недоставке",
    "уведомление о доставке",
    "доставка отложена",
    "доставка письма отложена",
    "возврат письма",
    "возвращенное письмо",
];

/// What the text of such a report says.
const BOUNCE_TEXTS: [&str; 83] = [
    "could not be delivered",
    "couldn't be delivered",
    "was not delivered",
    "cannot be delivered",
    "can not be delivered",
    "can't be delivered",
    "could not deliver",
    "couldn't deliver",
    "not able to deliver",
    "unable to deliver",
    "not been delivered",
    "not be delivered",
    "was undeliverable",
    "is undeliverable",
    "undeliverable address",
    "undelivered message",
    "failed to deliver",
    "failed permanently",
    "delivery failed",
    "delivery has failed",
    "delivery failure",
    "delivery to the following",
    "delivery attempt",
    "delivery of your message",
    "delivery status notification",
    "did not reach the following",
    "didn't reach the following",
    "has not yet been delivered",
    "has been delayed",
    "delivery is delayed",
    "returned to sender",
    "returned to you",
    "return message to sender",
    "permanent fatal errors",
    "permanent error",
    "fatal errors",
    "transcript of session",
    "transcript of the session",
    "session transcript",
    "this is the qmail-send program",
    "this is the mail delivery agent",
    "this is the mail system at host",
    "message from the mail system",
    "created automatically by mail delivery software",
    "generated automatically by mail delivery software",
    "the following address failed",
    "the following addresses failed",
    "the following address(es) failed",
    "the following recipient",
    "the following addresses had",
    "the following error",
    "original message follows",
    "user unknown",
    "unknown user",
    "no such user",
    "mailbox full",
    "mailbox is full",
    "mailbox unavailable",
    "recipient rejected",
    "remote host said",
    "while talking to",
    "had delivery problems",
    "transcript of the attempts",
    "final-recipient:",
    "reporting-mta:",
    "diagnostic-code:",
    "message could not be sent",
    "no further delivery attempts",
    "trouble delivering",
    "did not receive this message",
    "permanent failure",
    "requested action not taken",
    "requested mail action",
    "unknown recipient",
    "recipient name is not recognized",
    "was blocked by our",
    "адресат не найден",
    "пользователь не найден",
    "почтовый ящик переполнен",
    "ящик получателя переполнен",
    "нет такого пользователя",
    "сообщение создано автоматически сервером",
    "письмо создано автоматически сервером",
];

/// What the text of such a report says in Russian, and people say of parcels and papers.
const ORDINARY_TEXTS: [&str; 6] = [
    "не было доставлено",
    "не доставлено",
    "не может быть доставлено",
    "не удалось доставить",
    "невозможно доставить",
    "доставить ваше сообщение",
];

/// A report of failed or late delivery that says so only in words.
pub(super) fn bounce(mail: &Mail<'_>) -> Option<Verdict> {
    let subject = subject(mail);
    if answered(&subject) {
        return None;
    }
    let head = head(mail);
    let begins = |subjects: &[&str]| subjects.iter().any(|start| subject.starts_with(start));
    let says = |texts: &[&str]| texts.iter().filter(|text| head.contains(**text)).count();
    // In English nobody here writes such a subject; in Russian a person may («Не доставлено, высылаем ещё раз»).
    let english = begins(&BOUNCE_SUBJECTS);
    let subject_says = english || begins(&FOREIGN_SUBJECTS);
    let technical = says(&BOUNCE_TEXTS) + usize::from(smtp_reply(&head));
    let texts = technical + says(&ORDINARY_TEXTS);
    let daemon = addresses::is_daemon(mail);
    let nobody = mail.message.from.is_none();
    // Any two of subject, text and sender, one of them a mail system's own; a subject alone where nobody is behind it.
    match (subject_says, texts, daemon) {
        (true, _, true) => Verdict::strong(Automatic::Bounce, "subject and sender of a delivery report"),
        (_, 1.., true) => Verdict::strong(Automatic::Bounce, "text and sender of a delivery report"),
        (true, 1.., _) if nobody => Verdict::strong(Automatic::Bounce, "subject and text of a delivery report"),
        (true, 0, false) if nobody => Verdict::strong(Automatic::Bounce, "subject of a delivery report"),
        (false, 2.., false) if nobody => Verdict::strong(Automatic::Bounce, "text of a delivery report"),
        (true, found, _) if technical > 0 && found >= (if english { 1 } else { 2 }) && !mail.has_documents => {
            Verdict::strong(Automatic::Bounce, "subject and text of a delivery report")
        }
        (true, 1.., _) if technical > 0 => Verdict::weak(Automatic::Bounce, "subject and text of a delivery report"),
        (false, 3.., false) if technical > 0 && !mail.has_documents => {
            Verdict::weak(Automatic::Bounce, "text of a delivery report")
        }
        _ => None,
    }
}

/// Whether a text cites a refusal of a server (RFC 5321 §4.2, RFC 3463): «550 5.1.1».
fn smtp_reply(text: &str) -> bool {
    let words: Vec<&str> = text.split(|c: char| c.is_whitespace() || "<>()[]:;,\"'#".contains(c)).collect();
    let code = |word: &str| word.len() == 3 && word.starts_with(['4', '5']) && word.bytes().all(|b| b.is_ascii_digit());
    let status = |word: &str| {
        let parts: Vec<&str> = word.split('.').collect();
        matches!(parts.as_slice(), ["4" | "5", subject, detail]
            if [subject, detail].iter().all(|part| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())))
    };
    words.windows(2).any(|pair| {
        let [first, second] = pair else { return false };
        let (dashed, rest) = first.split_once('-').unwrap_or((first, second));
        (code(first) && status(second)) || (code(dashed) && status(rest)) || status(first) && code(second)
    })
}

/// Whether a subject is that of an answering machine.
pub(super) fn away(subject: &str) -> bool {
    const STARTS: [&str; 38] = [
        "automatic reply",
        "auto reply",
        "auto-reply",
        "autoreply",
        "auto response",
        "auto-response",
        "autoresponse",
        "automatic response",
        "automated reply",
        "automated response",
        "out of office",
        "out of the office",
        "out-of-office",
        "ooo:",
        "ooo re:",
        "away from",
        "away until",
        "on vacation",
        "vacation reply",
        "vacation notice",
        "on annual leave",
        "abwesend",
        "automatische antwort",
        "réponse automatique",
        "respuesta automática",
        "автоответ",
        "автоматический ответ",
        "автоматическое сообщение",
        "автоматическое уведомление",
        "вне офиса",
        "нет на месте",
        "нет на рабочем месте",
        "нахожусь в отпуске",
        "я в отпуске",
        "в отпуске:",
        "уведомление об отсутствии",
        "отсутствую",
        "отсутствие на рабочем месте",
    ];
    let subject = bare_subject(subject);
    STARTS.iter().any(|start| subject.starts_with(start))
}

/// An answering machine that says so only in words.
pub(super) fn answer(mail: &Mail<'_>) -> Option<Verdict> {
    const EXCHANGE: [&str; 2] = ["automatic reply:", "автоматический ответ:"];
    let subject = subject(mail);
    if EXCHANGE.iter().any(|start| subject.starts_with(start)) {
        return Verdict::strong(Automatic::AutoReply, "subject of Exchange's automatic replies");
    }
    if mail.has_documents {
        return None;
    }
    if away(&mail.message.subject) {
        return Verdict::weak(Automatic::AutoReply, "subject of an automatic reply");
    }
    const TEXTS: [&str; 42] = [
        "ваше обращение зарегистрировано",
        "вашему обращению присвоен номер",
        "вашей заявке присвоен номер",
        "ваш запрос зарегистрирован под номером",
        "письмо сгенерировано автоматически",
        "сообщение сгенерировано автоматически",
        "your request has been received and is being",
        "your ticket has been created",
        "we have received your request",
        "это автоматический ответ",
        "это автоматическое сообщение",
        "это автоматическое письмо",
        "это автоответ",
        "почтовый ящик не обслуживается",
        "почтовый ящик больше не обслуживается",
        "адрес больше не обслуживается",
        "данное письмо сформировано автоматически",
        "данное сообщение сформировано автоматически",
        "данное сообщение отправлено автоматически",
        "письмо сформировано автоматически",
        "сообщение сформировано автоматически",
        "письмо создано автоматически",
        "письмо отправлено автоматически",
        "сообщение создано автоматически",
        "пожалуйста, не отвечайте на это письмо",
        "пожалуйста, не отвечайте на него",
        "не нужно отвечать на это письмо",
        "отвечать на это письмо не нужно",
        "отвечать на него не нужно",
        "в настоящее время я нахожусь в отпуске",
        "в данный момент я нахожусь в отпуске",
        "я нахожусь в отпуске с",
        "я нахожусь в отпуске до",
        "я нахожусь в отпуске по",
        "буду отсутствовать на рабочем месте с",
        "this is an automatic reply",
        "this is an automated",
        "this is an auto-generated",
        "this is an automatically generated",
        "please do not reply to this",
        "i am out of the office",
        "i am currently out of the office",
    ];
    let own = squeezed(&text_of(&mail.message.body.blocks), 600);
    let says = match answered(&subject) {
        false => TEXTS.iter().any(|text| head(mail).chars().take(600).collect::<String>().contains(text)),
        // What an answer quotes may be another machine's, and who answers one may speak of it.
        true => !passed_on(&subject) && TEXTS.iter().any(|text| declares(&own, text)),
    };
    if says || is_absence(&own) { Verdict::weak(Automatic::AutoReply, "text of an automatic reply") } else { None }
}

/// Whether a text says this of itself: as a sentence or its end, not as what the sentence is about.
fn declares(text: &str, words: &str) -> bool {
    let ends = |rest: &str| rest.chars().next().is_none_or(|c| ".,!;:)–—-".contains(c));
    text.match_indices(words).any(|(at, _)| words.is_ascii() || text.get(at + words.len()..).is_some_and(ends))
}

/// A short text about nothing but an absence. Answering machines keep the subject «Re: …» as people do; a person who
/// is away asks, sends or promises something besides.
fn is_absence(text: &str) -> bool {
    const AWAY: [&str; 21] = [
        "я в отпуске",
        "нахожусь в отпуске",
        "нахожусь в ежегодном",
        "нахожусь в очередном",
        "буду в отпуске",
        "нахожусь в командировке",
        "я в командировке",
        "нахожусь на больничном",
        "я на больничном",
        "я отсутствую",
        "отсутствую на рабочем месте",
        "буду отсутствовать",
        "меня нет на рабочем месте",
        "меня не будет на рабочем месте",
        "i'm out of the office",
        "i am out of office",
        "i will be out of",
        "i am on vacation",
        "i am on leave",
        "on annual leave",
        "away from the office",
    ];
    const BESIDES: [&str; 11] =
        ["направля", "направим", "направлю", "пришл", "прилож", "вышл", "отправ", "форм", "анкет", "attach", "?"];
    text.chars().count() < 300
        && AWAY.iter().any(|words| text.contains(words))
        && !BESIDES.iter().any(|words| text.contains(words))
}

/// A filter that wants a sender to prove himself.
pub(super) fn challenge(mail: &Mail<'_>) -> Option<Verdict> {
    const TEXTS: [&str; 12] = [
        "spamarrest.com",
        "boxbe.com",
        "to complete this verification",
        "confirm that you are human",
        "confirm that you are not a spammer",
        "to confirm that you sent this message",
        "your message is awaiting confirmation",
        "is protected by a spam filter",
        "подтвердите, что вы не робот",
        "подтвердите, что вы не спамер",
        "подтвердите отправку письма",
        "для подтверждения отправки перейдите",
    ];
    let head = head(mail);
    let says = !mail.has_documents && !answered(&subject(mail)) && TEXTS.iter().any(|text| head.contains(text));
    if says { Verdict::weak(Automatic::AutoReply, "text of a filter's challenge") } else { None }
}

fn subject(mail: &Mail<'_>) -> String {
    bare_subject(&mail.message.subject)
}

/// A subject in lower case without what filters put before it: `[SPAM]`, `***SPAM***`.
fn bare_subject(subject: &str) -> String {
    let mut rest = subject.trim();
    loop {
        let before = rest;
        rest = rest.trim_start_matches(['*', '!', '"', '«', ' ', '_']);
        if let Some(tag) = rest.strip_prefix('[')
            && let Some((tag, after)) = tag.split_once(']')
            && tag.len() <= 20
            && !after.trim().is_empty()
        {
            rest = after;
        }
        if let Some((mark, after)) = rest.split_at_checked(4)
            && mark.eq_ignore_ascii_case("spam")
            && after.starts_with(['*', ':', ']', '?', ' '])
        {
            rest = after.trim_start_matches(['*', ':', ']', '?', ' ']);
        }
        if rest == before {
            return rest.to_lowercase();
        }
    }
}

/// Whether a subject is a person's answer or passes something on.
fn answered(subject: &str) -> bool {
    passed_on(subject) || ["re:", "re[", "отв:", "ответ:"].iter().any(|start| subject.starts_with(start))
}

fn passed_on(subject: &str) -> bool {
    ["fw:", "fwd:", "пересл:", "пер:"].iter().any(|start| subject.starts_with(start))
}

fn head(mail: &Mail<'_>) -> String {
    squeezed(mail.text, HEAD)
}

/// The beginning of a text in lower case on one line.
fn squeezed(text: &str, most: usize) -> String {
    let head: String = text.chars().take(most).collect();
    head.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase().replace('’', "'")
}
