//! What staff are told at once because something does not work: a short letter in plain text.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use lettre::message::{Message, SinglePart};
use serde::Serialize;

use super::{Rendered, ReplyError, Templates, fixed, mailbox, message_id, russian, seconds, tidy};
use crate::{
    campaign::Campaign,
    digest::Sha256,
    message::{Address, MessageId},
};

/// The longest text of a server that is passed on, in characters.
const RESPONSE: usize = 300;

/// What does not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// The mailbox does not let us in.
    MailboxLogin,
    /// The connection to the mailbox cannot be encrypted, or its certificate does not hold.
    MailboxSetup,
    /// The mailbox has not been reached for long.
    MailboxUnreachable,
    /// The server has numbered its messages anew.
    #[serde(rename = "uidvalidity")]
    UidValidity,
    /// The server lists messages and does not give them.
    Missing,
    /// The sending server does not let us in.
    SmtpLogin,
    /// The connection to it cannot be encrypted, or its certificate does not hold.
    SmtpSetup,
    /// It does not take mail from our address.
    SmtpSender,
    /// It has not been reached for long.
    SmtpUnreachable,
    /// A campaign file cannot be used as it is.
    Campaign,
    /// Letters failed, or may have been delivered or not.
    Letters,
}

/// Every kind.
const KINDS: [AlertKind; 11] = [
    AlertKind::MailboxLogin,
    AlertKind::MailboxSetup,
    AlertKind::MailboxUnreachable,
    AlertKind::UidValidity,
    AlertKind::Missing,
    AlertKind::SmtpLogin,
    AlertKind::SmtpSetup,
    AlertKind::SmtpSender,
    AlertKind::SmtpUnreachable,
    AlertKind::Campaign,
    AlertKind::Letters,
];

impl AlertKind {
    /// The kind as a word, for the store.
    pub fn word(self) -> &'static str {
        match self {
            Self::MailboxLogin => "mailbox_login",
            Self::MailboxSetup => "mailbox_setup",
            Self::MailboxUnreachable => "mailbox_unreachable",
            Self::UidValidity => "uidvalidity",
            Self::Missing => "missing",
            Self::SmtpLogin => "smtp_login",
            Self::SmtpSetup => "smtp_setup",
            Self::SmtpSender => "smtp_sender",
            Self::SmtpUnreachable => "smtp_unreachable",
            Self::Campaign => "campaign",
            Self::Letters => "letters",
        }
    }

    /// The kinds of faults of a mailbox, which last until a pass succeeds.
    pub const OF_MAILBOX: [Self; 3] = [Self::MailboxLogin, Self::MailboxSetup, Self::MailboxUnreachable];

    /// Those of the sending server, which last until it takes a letter.
    pub const OF_SMTP: [Self; 4] = [Self::SmtpLogin, Self::SmtpSetup, Self::SmtpSender, Self::SmtpUnreachable];

    /// The kind of a word; none where it is none.
    pub fn of_word(word: &str) -> Option<Self> {
        KINDS.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether it keeps letters from being sent, so that it must be told in another way.
    pub fn stops_sending(self) -> bool {
        Self::OF_SMTP.contains(&self)
    }
}

/// A letter that did not simply leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AlertLetter {
    /// The number under which the outbox knows it.
    pub number: i64,
    /// To whom.
    pub to: String,
    /// The names of the schools of which it speaks.
    pub schools: String,
    /// Whether it may have been delivered.
    pub doubtful: bool,
    /// What the server said.
    pub response: String,
}

/// What is told.
#[derive(Debug, Clone)]
pub struct AlertText<'a> {
    /// What does not work.
    pub kind: AlertKind,
    /// Where.
    pub place: &'a str,
    /// What the other side said.
    pub detail: &'a str,
    /// The letters that it is about.
    pub letters: &'a [AlertLetter],
    /// Since when it is so.
    pub at: Timestamp,
    /// Where it is over: since when it had not worked.
    pub over: Option<Timestamp>,
    /// The zone in which this is told.
    pub zone: &'a TimeZone,
}

#[derive(Serialize)]
struct View<'a> {
    kind: AlertKind,
    place: &'a str,
    detail: String,
    letters: Vec<AlertLetter>,
    at: String,
    over: bool,
    since: String,
}

/// Writes an alert. `seed`: equal seeds give equal Message-IDs.
///
/// # Errors
/// As [`super::render`].
pub fn render_alert(
    text: &AlertText<'_>,
    from: &Address,
    to: &Address,
    seed: &str,
    templates: &Templates,
) -> Result<(MessageId, Vec<u8>), ReplyError> {
    let letter = written(text, (from, to), seed, templates)?;
    Ok((letter.message_id, letter.mime))
}

/// Every alert with made-up data, each with its name.
pub(super) fn alerts(campaign: &Campaign, templates: &Templates) -> Result<Vec<(String, Rendered)>, ReplyError> {
    let school = campaign.schools.first().map(|school| school.name.clone()).unwrap_or_default();
    let letter = |number, doubtful, response: &str| AlertLetter {
        number,
        to: "school@example.org".to_owned(),
        schools: school.clone(),
        doubtful,
        response: response.to_owned(),
    };
    let failed = [letter(7, true, ""), letter(9, false, "550 5.1.1 no such user")];
    let address = Address::parse("committee@example.org").ok_or(ReplyError::MessageId)?;
    let noon = super::samples::at_noon(campaign, campaign.start);
    let alert = |(kind, over): (AlertKind, bool)| {
        let of_letters = kind == AlertKind::Letters;
        let text = AlertText {
            kind,
            place: if of_letters { "" } else { "mail.example.org:993" },
            detail: "",
            letters: if of_letters { &failed } else { &[] },
            at: noon,
            over: over.then(|| noon - SignedDuration::from_mins(47)),
            zone: &campaign.time_zone,
        };
        let name = format!("alert-{}{}", kind.word(), if over { "-over" } else { "" });
        let letter = written(&text, (&address, &address), &name, templates)?;
        Ok((name, letter))
    };
    let over = AlertKind::OF_MAILBOX.into_iter().chain(AlertKind::OF_SMTP).map(|kind| (kind, true));
    KINDS.into_iter().map(|kind| (kind, false)).chain(over).map(alert).collect()
}

fn written(
    text: &AlertText<'_>,
    (from, to): (&Address, &Address),
    seed: &str,
    templates: &Templates,
) -> Result<Rendered, ReplyError> {
    let shown = |text: &str| russian::one_line(text).chars().take(RESPONSE).collect::<String>();
    let letters = text.letters.iter().map(|letter| AlertLetter { response: shown(&letter.response), ..letter.clone() });
    let view = View {
        kind: text.kind,
        place: text.place,
        detail: shown(text.detail),
        letters: letters.collect(),
        at: russian::long_time(text.at, text.zone),
        over: text.over.is_some(),
        since: text.over.map(|since| russian::long_time(since, text.zone)).unwrap_or_default(),
    };
    let digest = Sha256::of(seed.as_bytes()).to_string();
    let message_id = message_id(&digest, from).ok_or(ReplyError::MessageId)?;
    let subject = russian::one_line(&templates.fill("alert_subject.txt.j2", &view)?);
    let body = tidy(&templates.fill("alert.txt.j2", &view)?);
    let mime = Message::builder()
        .from(mailbox("sender", Some("Сводка"), from)?)
        .to(mailbox("receiver", None, to)?)
        .subject(subject.clone())
        .date(seconds(text.at))
        .message_id(Some(format!("<{message_id}>")))
        .raw_header(fixed("Auto-Submitted", "auto-generated"))
        .raw_header(fixed("X-Auto-Response-Suppress", "All"))
        .singlepart(SinglePart::plain(body.clone()))?
        .formatted();
    Ok(Rendered { subject, text: body, html: String::new(), picture: None, attached: Vec::new(), message_id, mime })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(kind: AlertKind, letters: &[AlertLetter], over: Option<&str>) -> String {
        let zone = TimeZone::get("Europe/Moscow").unwrap();
        let text = AlertText {
            kind,
            place: if letters.is_empty() { "mail.example.org:993" } else { "" },
            over: over.map(|since| since.parse().unwrap()),
            detail: if over.is_some() {
                ""
            } else if letters.is_empty() {
                "535 5.7.8\r\nBcc: x@y.example"
            } else {
                ""
            },
            letters,
            at: "2022-11-14T06:00:00Z".parse().unwrap(),
            zone: &zone,
        };
        let address = |text: &str| Address::parse(text).unwrap();
        let templates = Templates::load(None).unwrap();
        let (from, to) = (address("svodka@committee.example"), address("staff@committee.example"));
        let (_, mime) = render_alert(&text, &from, &to, "seed", &templates).unwrap();
        let parsed = mail_parser::MessageParser::default().parse(&mime).unwrap();
        let subject = parsed.subject().unwrap();
        format!("{subject}\n\n{}", parsed.body_text(0).unwrap().replace("\r\n", "\n"))
    }

    #[test]
    fn every_alert_reads_as_written_here() {
        let letters = [
            AlertLetter {
                number: 7,
                to: "school@mail.example".to_owned(),
                schools: "МОУ «Киришская СОШ №3»".to_owned(),
                doubtful: true,
                response: String::new(),
            },
            AlertLetter {
                number: 9,
                to: "other@mail.example".to_owned(),
                schools: String::new(),
                doubtful: false,
                response: "550 5.1.1 no such user".to_owned(),
            },
        ];
        let mut all = String::new();
        for kind in KINDS {
            let text = told(kind, if kind == AlertKind::Letters { &letters } else { &[] }, None);
            assert!(!text.contains("\nBcc:"), "{text}");
            all.push_str(&format!("── {}\n{text}\n", kind.word()));
        }
        for kind in AlertKind::OF_MAILBOX.into_iter().chain(AlertKind::OF_SMTP) {
            let text = told(kind, &[], Some("2022-11-14T04:30:00Z"));
            all.push_str(&format!("── {} is over\n{text}\n", kind.word()));
        }
        insta::assert_snapshot!(all);
    }

    #[test]
    fn the_word_is_the_one_that_the_templates_know() {
        for kind in KINDS {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.word());
        }
    }
}
