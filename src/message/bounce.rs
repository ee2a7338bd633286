//! Which mails a delivery status notification returns, and whether they will never arrive (RFC 3464).

use super::{
    Address, MessageId, Returned,
    header::Header,
    mime::{Content, Part},
};

/// How many mails one notification returns at most; it should be one.
const MOST: usize = 20;
/// How much of a text is searched.
const TEXT: usize = 64 << 10;

/// What a notification says; none where it only tells of a delay or of success, or does not say. What only words say
/// counts where a mail system is the sender (`system`): people tell of mail that came back, too.
pub(super) fn returned(root: &Part<'_>, text: &str, system: bool) -> Option<Returned> {
    let mut report = Report::default();
    report.part(root);
    let text: String = text.chars().take(TEXT).collect();
    let lasting = match report.failed {
        Some(lasting) => lasting,
        None if report.stated => return None,
        // Where no part says so, only a code of lasting failure is proof that the mail is lost.
        None if system && speaks_of_failure(&text) => true,
        None => return None,
    };
    // What it answers comes last: some systems put the mail itself nowhere else.
    report.letters.extend(in_text(&text));
    report.letters.extend(root.header.message_ids(&["in-reply-to", "references"]));
    let mut letters: Vec<MessageId> = Vec::new();
    for id in report.letters {
        if letters.len() < MOST && !letters.contains(&id) {
            letters.push(id);
        }
    }
    (!letters.is_empty()).then_some(Returned { letters, lasting, recipients: report.recipients })
}

#[derive(Debug, Default)]
struct Report {
    letters: Vec<MessageId>,
    /// Whether there is a part that states what became of the mail.
    stated: bool,
    /// That it failed, and whether for good.
    failed: Option<bool>,
    /// To whom.
    recipients: Vec<Address>,
}

impl Report {
    fn part(&mut self, part: &Part<'_>) {
        if let Content::Multipart(parts) = &part.content {
            return parts.iter().for_each(|part| self.part(part));
        }
        match part.media_type() {
            "message/delivery-status" | "message/global-delivery-status" => self.status(&part.bytes()),
            "message/rfc822" | "message/global" | "text/rfc822-headers" | "message/global-headers" => {
                self.letters.extend(Header::split(&part.bytes()).0.message_ids(&["message-id"]));
            }
            _ => {}
        }
    }

    /// The groups of fields, one for the message and one for each recipient (RFC 3464 §2.1).
    fn status(&mut self, bytes: &[u8]) {
        self.stated = true;
        let mut rest = bytes;
        while !rest.is_empty() {
            let (fields, after) = Header::split(rest);
            if after.len() == rest.len() {
                return;
            }
            rest = after;
            if fields.lower("action").split([' ', '(', ';']).next() == Some("failed") {
                let lasting = !fields.lower("status").trim_start().starts_with('4');
                self.failed = Some(self.failed.unwrap_or(false) || lasting);
                // «rfc822; a@school.example».
                let named = ["original-recipient", "final-recipient"].map(|name| fields.lower(name));
                let addresses = named.iter().filter_map(|field| Address::parse(field.split_once(';')?.1));
                self.recipients.extend(addresses.take(MOST.saturating_sub(self.recipients.len())));
            }
        }
    }
}

/// The identifier of the returned mail where its header stands in the text.
fn in_text(text: &str) -> impl Iterator<Item = MessageId> {
    text.lines().filter_map(|line| {
        let line = line.trim_start_matches(['>', ' ', '\t', '|']);
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case("message-id").then(|| MessageId::parse(value))?
    })
}

/// Whether a text holds a code of lasting failure (RFC 3463 class 5, RFC 5321 §4.2.1) and no word of another attempt.
fn speaks_of_failure(text: &str) -> bool {
    const AGAIN: [&str; 8] = [
        "delayed",
        "will be retried",
        "will retry",
        "keep trying",
        "not need to resend",
        "задерж",
        "повторн",
        "будет повтор",
    ];
    let lower = text.to_lowercase();
    let words = || lower.split(|c: char| c.is_whitespace() || "()[]<>,;:\"'#".contains(c));
    let enhanced = |word: &str| {
        let mut parts = word.trim_end_matches('.').split('.');
        parts.next() == Some("5")
            && parts.clone().count() == 2
            && parts.all(|part| matches!(part.len(), 1..=3) && digits(part))
    };
    let reply = |word: &str| {
        let code = word.split('-').next().unwrap_or_default();
        code.len() == 3 && code.starts_with("55") && digits(code)
    };
    words().any(|word| enhanced(word) || reply(word)) && !AGAIN.iter().any(|again| lower.contains(again))
}

fn digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::{super::parse, *};
    use crate::{document::Limits, message::OwnIdentity};

    fn of(raw: &str) -> Option<Returned> {
        parse(raw.as_bytes(), &OwnIdentity::default(), &Limits::default()).0.returned
    }

    fn report(action: &str, status: &str, original: &str) -> String {
        format!(
            "From: MAILER-DAEMON@mx.example.org\nTo: committee@example.org\nSubject: Undelivered Mail\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
             --b\n\nIt did not arrive.\n--b\nContent-Type: message/delivery-status\n\n\
             Reporting-MTA: dns; mx.example.org\nX-Queue-ID: 1\n\n\
             Final-Recipient: rfc822; a@school.example\nAction: {action}\nStatus: {status}\n\
             Diagnostic-Code: smtp; 550 no\n such user\n\n--b\n{original}\n--b--\n"
        )
    }

    const WHOLE: &str = "Content-Type: message/rfc822\n\nMessage-ID: <our-1@svodka.example>\nSubject: x\n\nbody";

    fn letters(returned: &Returned) -> Vec<&str> {
        returned.letters.iter().map(MessageId::as_str).collect()
    }

    #[test]
    fn a_report_of_failure_names_the_mail_and_whether_it_lasts() {
        let lasting = of(&report("failed", "5.1.1", WHOLE)).unwrap();
        assert_eq!((letters(&lasting), lasting.lasting), (vec!["our-1@svodka.example"], true));
        assert_eq!(lasting.recipients, [Address::parse("a@school.example").unwrap()]);
        assert!(!of(&report("failed", "4.4.7", WHOLE)).unwrap().lasting);
        let header = "Content-Type: text/rfc822-headers\n\nSubject: x\nMessage-Id: <our-2@svodka.example>\n";
        assert_eq!(letters(&of(&report("Failed (bad)", "5.0.0", header)).unwrap()), ["our-2@svodka.example"]);
    }

    #[test]
    fn delays_and_receipts_return_nothing() {
        for action in ["delayed", "delivered", "relayed", "expanded", ""] {
            assert_eq!(of(&report(action, "5.1.1", WHOLE)), None, "{action}");
        }
    }

    #[test]
    fn one_that_is_only_text_needs_a_code_of_lasting_failure() {
        let plain = |says: &str| {
            format!(
                "From: MAILER-DAEMON@mx.example.org\nSubject: failure notice\n\n{says}\n\n\
                 --- Below this line is a copy of the message.\n\nMessage-ID: <our-3@svodka.example>\nSubject: x\n"
            )
        };
        for says in ["550 5.1.1 no such user", "Remote host said: 550-user unknown", "status 5.7.1."] {
            assert_eq!(letters(&of(&plain(says)).expect(says)), ["our-3@svodka.example"], "{says}");
        }
        for says in ["it could not be delivered", "450 4.2.1 try later", "550 but will be retried", "5.10 рублей"]
        {
            assert_eq!(of(&plain(says)), None, "{says}");
        }
    }

    #[test]
    fn what_a_person_writes_returns_nothing() {
        let mail =
            "From: a@school.example\nSubject: форма\nIn-Reply-To: <our-1@svodka.example>\n\n550 5.1.1 учеников\n";
        assert_eq!(of(mail), None);
        // Not even where he tells in a mail system's own words of mail that came back.
        for (subject, says) in [
            (
                "Ошибка доставки",
                "Ваше письмо не доставлено директору: 550 5.1.1 user unknown, нет такого пользователя.",
            ),
            ("О почте", "На прежний адрес сообщение не доставлено: 552 5.2.2 mailbox full, нет такого пользователя."),
        ] {
            let mail = format!(
                "From: a@school.example\nSubject: {subject}\nIn-Reply-To: <our-1@svodka.example>\n\n{says} Пишите сюда."
            );
            assert_eq!(of(&mail), None, "{subject}");
        }
    }
}
