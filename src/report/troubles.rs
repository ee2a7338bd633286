//! What staff must hear of besides the schools: letters that have not simply left, and what does not work.

use jiff::Timestamp;

use crate::campaign::SchoolId;

/// Letters to schools that have not simply left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Letters {
    /// They wait for a person, who lets each leave.
    pub held: u32,
    /// They wait for their time.
    pub waiting: u32,
    /// They have not been delivered.
    pub failed: u32,
    /// They may have been delivered or not.
    pub doubtful: u32,
    /// Those that failed or are in doubt, oldest first.
    pub troubled: Vec<LetterRow>,
}

/// A letter that failed or is in doubt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterRow {
    /// The number under which the outbox knows it.
    pub number: i64,
    /// The schools of which it speaks.
    pub schools: Vec<SchoolId>,
    /// Since when.
    pub since: Timestamp,
    /// Whether it may have been delivered.
    pub doubtful: bool,
    /// Why, in Russian.
    pub why: &'static str,
}

/// Something that does not work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The word of its [`AlertKind`](crate::reply::AlertKind).
    pub kind: String,
    /// Where: a mailbox or a server.
    pub place: String,
    /// Since when.
    pub since: Timestamp,
}

/// Why a letter may have been delivered or not.
pub const IN_DOUBT: &str = "соединение прервалось в момент отправки: возможно, письмо доставлено";

/// Why a letter has not been delivered, by what was noted with it: a server's answer (RFC 5321 §4.2.3, RFC 3463) or a
/// remark of ours.
pub fn failure(response: &str) -> &'static str {
    let has = |code: &str| response.split(|c: char| !(c.is_ascii_digit() || c == '.')).any(|word| word == code);
    if response.starts_with("given up") {
        "сервер не принимал письмо до истечения срока отправки"
    } else if response.starts_with("nothing is sent before") {
        "адрес ранее не принял письмо, отправка на него приостановлена"
    } else if response.starts_with("returned") {
        "письмо вернулось: почтовый сервер получателя его не доставил"
    } else if has("5.2.2") || has("552") {
        "почтовый ящик получателя переполнен"
    } else if ["550", "551", "553", "5.1.1", "5.1.2", "5.1.10"].into_iter().any(has) {
        "адрес получателя не существует или не принимает почту"
    } else {
        "почтовый сервер получателя отклонил письмо"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_said_is_told_in_words() {
        for (response, why) in [
            ("550 5.1.1 no such user", "не существует"),
            ("552 5.2.2 over quota", "переполнен"),
            ("550 5.2.2 mailbox full", "переполнен"),
            ("554 5.7.1 rejected as 5501 spam", "отклонил"),
            ("given up: 451 try later", "истечения срока"),
            ("nothing is sent before 2022-12-01T00:00:00Z to an address", "приостановлена"),
            ("returned: message 12 is the report", "вернулось"),
            ("", "отклонил"),
        ] {
            assert!(failure(response).contains(why), "{response}: {}", failure(response));
        }
    }
}
