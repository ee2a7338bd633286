//! Who a message is from and to (RFC 5322 §3.6.2, §3.6.3). An answer goes to the author, so anything about From that
//! could be read in two ways means that there is none.

use mail_parser::{HeaderValue, parsers::MessageStream};

use super::{Address, Mailbox, header::Header, words};

/// How many recipients are kept.
const RECIPIENTS: usize = 200;
/// How many To and Cc fields are looked at; there should be one of each.
const RECIPIENT_FIELDS: usize = 10;

/// The one author, and what is odd about From.
pub(super) fn author(header: &Header) -> (Option<Mailbox>, Vec<&'static str>) {
    let fields: Vec<&[u8]> = header.all("from").collect();
    let [field] = fields.as_slice() else {
        let oddity = if fields.is_empty() { "there is no From" } else { "there are several From fields" };
        return (None, vec![oddity]);
    };
    if structure(field).is_none() {
        return (None, vec!["From can be read in more than one way"]);
    }
    let (named, group) = mailboxes(field);
    let [(name, text)] = named.as_slice() else {
        let oddity = if named.is_empty() { "From names nobody" } else { "From names several authors" };
        return (None, vec![oddity]);
    };
    if group {
        return (None, vec!["From names a group"]);
    }
    let Some(address) = Address::parse(text) else { return (None, vec!["From holds no usable address"]) };
    let mut oddities = Vec::new();
    if name.as_deref().is_some_and(|name| names_another(name, &address)) {
        oddities.push("the display name holds another address");
    }
    (Some(Mailbox { name: name.clone(), address }), oddities)
}

/// Everybody in To and Cc who has an address.
pub(super) fn recipients(header: &Header) -> Vec<Mailbox> {
    let fields = header.all("to").chain(header.all("cc")).take(RECIPIENT_FIELDS);
    let named = fields.flat_map(|field| mailboxes(field).0);
    named.filter_map(|(name, text)| Some(Mailbox { name, address: Address::parse(&text)? })).take(RECIPIENTS).collect()
}

/// The addresses in the first field of this name.
pub(super) fn addresses(header: &Header, name: &str) -> Vec<Address> {
    let named = header.get(name).map(|field| mailboxes(field).0).unwrap_or_default();
    named.iter().filter_map(|(_, text)| Address::parse(text)).collect()
}

/// A display name and the text of an address.
type Named = (Option<String>, String);

/// The names and addresses of a field, and whether it holds a group.
fn mailboxes(field: &[u8]) -> (Vec<Named>, bool) {
    // The parser takes the last word in at the end of its line only.
    let whole = words::whole(field) + "\n";
    let HeaderValue::Address(parsed) = MessageStream::new(whole.as_bytes()).parse_address() else {
        return (Vec::new(), false);
    };
    let group = parsed.as_group().is_some();
    let named = parsed
        .iter()
        .filter(|one| one.address.is_some() || one.name.is_some())
        .map(|one| {
            let name = one.name.as_deref().map(words::clean).filter(|name| !name.is_empty());
            let address = one.address.as_deref().unwrap_or_default().trim();
            // What is only there once decoded is no address (RFC 2047 §5).
            (name, if whole.contains(address) { address.to_owned() } else { String::new() })
        })
        .collect();
    (named, group)
}

/// Whether a field has at most one address in angle brackets, and nothing but a name or a comment around it; what
/// stands in quotes or comments does not count.
fn structure(field: &[u8]) -> Option<()> {
    let (mut quoted, mut escaped, mut comments, mut angle) = (false, false, 0_usize, false);
    let (mut angles, mut bare_ats) = (0, 0);
    for byte in field {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted || comments > 0 => escaped = true,
            b'"' if comments == 0 => quoted = !quoted,
            _ if quoted => {}
            b'(' => comments += 1,
            b')' => comments = comments.saturating_sub(1),
            _ if comments > 0 => {}
            b'<' if angle => return None,
            b'<' => (angle, angles) = (true, angles + 1),
            b'>' if !angle => return None,
            b'>' => angle = false,
            b'@' if !angle => bare_ats += 1,
            _ => {}
        }
    }
    // «boss@school.ru <other@evil.ru>»: two addresses, unquoted; people whose program does this get a second chance
    // only where both are the same, which is for the caller to see in the parsed address.
    let single = angles <= 1 && !angle && (angles == 0 || bare_ats == 0 || repeats(field));
    single.then_some(())
}

/// «a@b.ru <a@b.ru>», as some programs write it where there is no name.
fn repeats(field: &[u8]) -> bool {
    let text = String::from_utf8_lossy(field).to_lowercase();
    let Some((name, rest)) = text.split_once('<') else { return false };
    name.trim() == rest.trim().trim_end_matches('>').trim()
}

/// Whether a name shows an address that is not the author's.
fn names_another(name: &str, address: &Address) -> bool {
    let name = name.to_lowercase();
    name.contains('@') && !name.contains(address.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(from: &str) -> (Option<Mailbox>, Vec<&'static str>) {
        author(&Header::split(format!("{from}\n\n").as_bytes()).0)
    }

    fn address(from: &str) -> Option<String> {
        of(from).0.map(|mailbox| mailbox.address.as_str().to_owned())
    }

    #[test]
    fn one_author_is_found_in_every_form() {
        for from in [
            "From: school@edu.ru",
            "From: <School@Edu.RU>",
            "From: \"Иванова, Мария\" <school@edu.ru>",
            "From: =?koi8-r?B?6dfBzs/XwQ==?= <school@edu.ru>",
            "From: school@edu.ru (Maria, Ivanova)",
            "From: school@edu.ru <school@edu.ru>",
            "From: Директор\n <school@edu.ru>",
        ] {
            assert_eq!(address(from).as_deref(), Some("school@edu.ru"), "{from}");
        }
        let named = of("From: \"Иванова, Мария\" <school@edu.ru>").0.unwrap();
        assert_eq!(named.name.as_deref(), Some("Иванова, Мария"));
    }

    #[test]
    fn raw_and_encoded_names_are_decoded() {
        let raw = encoding_rs::WINDOWS_1251.encode("From: Иванова Мария <school@edu.ru>\n\n").0.into_owned();
        assert_eq!(author(&Header::split(&raw).0).0.unwrap().name.as_deref(), Some("Иванова Мария"));
        let split = "From: =?utf-8?Q?=D0=98=D0?= =?utf-8?Q?=B2=D0=B0?= <a@b.ru>";
        assert_eq!(of(split).0.unwrap().name.as_deref(), Some("Ива"));
    }

    #[test]
    fn doubt_about_the_author_means_that_there_is_none() {
        for (from, oddity) in [
            ("Subject: x", "there is no From"),
            ("From: a@b.ru\nFrom: c@d.ru", "there are several From fields"),
            ("From: a@b.ru, c@d.ru", "From names several authors"),
            ("From: schools: a@b.ru, c@d.ru;", "From names several authors"),
            ("From: school: a@b.ru;", "From names a group"),
            ("From: a@b.ru <c@d.ru>", "From can be read in more than one way"),
            ("From: <a@b.ru> <c@d.ru>", "From can be read in more than one way"),
            ("From: x <<a@b.ru>", "From can be read in more than one way"),
            ("From: Иванова", "From holds no usable address"),
            ("From: <>", "From names nobody"),
            ("From: =?utf-8?Q?a=40b.ru?=", "From holds no usable address"),
            ("From: <=?utf-8?Q?a=40b.ru?=>", "From holds no usable address"),
        ] {
            assert_eq!(of(from), (None, vec![oddity]), "{from}");
        }
    }

    #[test]
    fn a_display_name_never_becomes_the_address() {
        let (mailbox, oddities) = of("From: \"a@b.ru\" <evil@x.ru>");
        assert_eq!(mailbox.unwrap().address.as_str(), "evil@x.ru");
        assert_eq!(oddities, ["the display name holds another address"]);
        let (mailbox, oddities) = of("From: =?utf-8?Q?a=40b.ru=2C_=22x?= <evil@x.ru>");
        assert_eq!(mailbox.unwrap().address.as_str(), "evil@x.ru");
        assert_eq!(oddities, ["the display name holds another address"]);
    }

    #[test]
    fn recipients_are_all_of_to_and_cc() {
        let header = Header::split(b"To: A <a@b.ru>, undisclosed:;\nCc: c@d.ru, nobody\n\n").0;
        let all: Vec<_> = recipients(&header).iter().map(|one| one.address.as_str().to_owned()).collect();
        assert_eq!(all, ["a@b.ru", "c@d.ru"]);
    }
}
