use std::{collections::HashMap, net::UdpSocket, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use mail_auth::{
    AuthenticationResults, Txt,
    arc::ArcSealer,
    common::{crypto::Ed25519Key, headers::HeaderWriter, parse::TxtRecordParser, verify::DomainKey},
    dkim::DkimSigner,
    dmarc::Dmarc,
    hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig, ResolverOpts},
};

use super::*;

const MAIL: &str = "From: Школа <office@school3.ru>\r\nTo: k@committee.example\r\nSubject: форма\r\nDate: Mon, 14 Nov 2022 \
                    12:00:00 +0300\r\n\r\nДобрый день!\r\nНаправляем форму.\r\n";

/// A key pair: what signs, and the record under which its other half is found.
fn key() -> (Ed25519Key, String) {
    let key = Ed25519Key::from_pkcs8_der(&Ed25519Key::generate_pkcs8().unwrap()).unwrap();
    let record = format!("v=DKIM1; k=ed25519; p={}", STANDARD.encode(key.public_key()));
    (key, record)
}

/// The mail with a signature of this domain.
fn signed(mail: &str, domain: &str, key: Ed25519Key) -> String {
    let signer = DkimSigner::from_key(key).domain(domain).selector("s").headers(["From", "Subject", "Date"]);
    format!("{}{mail}", signer.sign(mail.as_bytes()).unwrap().to_header())
}

/// A world in which only these names exist.
fn world(records: &[(&str, &str)]) -> Authenticity {
    Authenticity::of_world(records, &["relay.example"])
}

impl Authenticity {
    /// In a world in which only these names exist, believing these sealers.
    pub(crate) fn of_world(records: &[(&str, &str)], sealers: &[&str]) -> Self {
        let records = records.iter().map(|(name, text)| {
            let bytes = text.as_bytes();
            let record: Txt = match *name {
                name if name.contains("_domainkey") => DomainKey::parse(bytes).into(),
                name if name.starts_with("_dmarc.") => Dmarc::parse(bytes).into(),
                _ => Spf::parse(bytes).into(),
            };
            (format!("{name}.").into_boxed_str(), record)
        });
        let answers = Answers::Fixed(Arc::new(records.collect::<HashMap<_, _>>()));
        let sealers = sealers.iter().map(|sealer| (*sealer).to_owned()).collect();
        Self::new(nobody(), answers, sealers, TIME)
    }
}

/// A resolver that has no server to ask.
fn nobody() -> MessageAuthenticator {
    MessageAuthenticator::new(ResolverConfig::from_parts(None, vec![], vec![]), ResolverOpts::default()).unwrap()
}

async fn of(world: &Authenticity, mail: &str) -> Authentication {
    let author = Address::parse("office@school3.ru").unwrap();
    world.of(mail.as_bytes().to_vec(), &author).await.0
}

#[tokio::test]
async fn a_signature_of_the_authors_domain_is_proof() {
    for (domain, policy) in [
        ("school3.ru", ""),
        ("school3.ru", "v=DMARC1; p=reject; adkim=s"),
        ("mail.school3.ru", ""),
        ("mail.school3.ru", "v=DMARC1; p=none"),
    ] {
        let (key, record) = key();
        let name = format!("s._domainkey.{domain}");
        let mut records = vec![(name.as_str(), record.as_str())];
        records.extend((!policy.is_empty()).then_some(("_dmarc.school3.ru", policy)));
        let world = world(&records);
        let mail = signed(MAIL, domain, key);
        assert_eq!(of(&world, &mail).await, Authentication::Pass, "{domain}, {policy}");
        // As a Maildir holds it.
        assert_eq!(of(&world, &mail.replace("\r\n", "\n")).await, Authentication::Pass, "{domain}, {policy}");
    }
}

#[tokio::test]
async fn what_is_missing_broken_or_of_somebody_else_proves_nothing() {
    let (one, record) = key();
    let mail = signed(MAIL, "school3.ru", one);
    let policy = ("_dmarc.school3.ru", "v=DMARC1; p=reject");
    let sends = ("school3.ru", "v=spf1 mx -all");
    let here = world(&[("s._domainkey.school3.ru", &record), policy, sends]);
    for (what, mail) in [
        ("no signature", MAIL.to_owned()),
        ("another text", mail.replace("форму", "схему")),
        ("another subject", mail.replace("Subject: форма", "Subject: схема")),
        ("another author of the same name", mail.replace("office@", "director@")),
        ("a second author", mail.replace("<office@school3.ru>", "<office@school3.ru>, <a@b.ru>")),
        ("a second From", format!("From: office@school3.ru\r\n{mail}")),
    ] {
        assert_eq!(of(&here, &mail).await, Authentication::Unknown, "{what}");
    }
    let gone = world(&[policy, sends]);
    assert_eq!(of(&gone, &mail).await, Authentication::Unknown, "the key is gone");
    let (other, record) = key();
    let stranger = signed(MAIL, "mailer.ru", other);
    let world = world(&[("s._domainkey.mailer.ru", &record), policy, sends]);
    assert_eq!(of(&world, &stranger).await, Authentication::Unknown, "another domain's");
}

#[tokio::test]
async fn a_signature_that_leaves_out_the_author_or_part_of_the_text_proves_nothing() {
    let (one, record) = key();
    let world = world(&[("s._domainkey.school3.ru", &record)]);
    let signer =
        DkimSigner::from_key(one).domain("school3.ru").selector("s").headers(["From", "Subject"]).body_length(true);
    let mail = format!("{}{MAIL}", signer.sign(MAIL.as_bytes()).unwrap().to_header());
    assert_eq!(of(&world, &mail).await, Authentication::Unknown);
    assert_eq!(of(&world, &format!("{mail}и ещё")).await, Authentication::Unknown);
}

#[tokio::test]
async fn strict_alignment_is_kept_where_the_owner_wants_it() {
    let (one, record) = key();
    let strict = ("_dmarc.school3.ru", "v=DMARC1; p=reject; adkim=s");
    let world = world(&[("s._domainkey.mail.school3.ru", &record), strict]);
    assert_eq!(of(&world, &signed(MAIL, "mail.school3.ru", one)).await, Authentication::Unknown);
}

#[tokio::test]
async fn a_domain_that_sends_no_mail_has_not_sent_this_one() {
    let (none, reject) = (("school3.ru", "v=spf1 -all"), ("_dmarc.school3.ru", "v=DMARC1; p=reject"));
    assert_eq!(of(&world(&[none, reject]), MAIL).await, Authentication::Fail);
    for records in [
        vec![none],
        vec![reject],
        vec![none, ("_dmarc.school3.ru", "v=DMARC1; p=none")],
        vec![("school3.ru", "v=spf1 ~all"), reject],
        vec![("school3.ru", "v=spf1 a -all"), reject],
        vec![("school3.ru", "v=spf1 include:mailer.ru -all"), reject],
    ] {
        assert_eq!(of(&world(&records), MAIL).await, Authentication::Unknown, "{records:?}");
    }
    // It signs by another's hands, and a list has changed the text.
    let (key, _) = key();
    let broken = signed(MAIL, "school3.ru", key).replace("форму", "схему");
    assert_eq!(of(&world(&[none, reject]), &broken).await, Authentication::Unknown);
}

/// The mail as a server of this domain passes it on that has found these results.
async fn passed_on(world: &Authenticity, mail: &str, domain: &str, key: Ed25519Key, passes: bool) -> String {
    let parsed = AuthenticatedMessage::parse(mail.as_bytes()).unwrap();
    let chain = world.authenticator.verify_arc(&parsed).await;
    let spf = if passes { mail_auth::SpfResult::Pass } else { mail_auth::SpfResult::Fail };
    let results = AuthenticationResults::new("mx").with_spf_mailfrom_result(
        &SpfOutput::new("school3.ru".to_owned()).with_result(spf),
        "192.0.2.1".parse().unwrap(),
        "office@school3.ru",
        "school3.ru",
    );
    let sealer = ArcSealer::from_key(key).domain(domain).selector("s").headers(["From", "Subject", "Date"]);
    format!("{}{mail}", sealer.seal(&parsed, &results, &chain).unwrap().to_header())
}

#[tokio::test]
async fn a_seal_counts_only_of_whom_is_believed_and_only_where_it_says_pass() {
    for (domain, passes, expected) in [
        ("relay.example", true, Authentication::Pass),
        ("relay.example", false, Authentication::Unknown),
        ("evil.example", true, Authentication::Unknown),
    ] {
        let (key, record) = key();
        let name = format!("s._domainkey.{domain}");
        let world = world(&[(&name, &record)]);
        let mail = passed_on(&world, MAIL, domain, key, passes).await;
        assert_eq!(of(&world, &mail).await, expected, "{domain}: {mail}");
        assert_eq!(of(&world, &mail.replace("форму", "схему")).await, Authentication::Unknown, "{domain}");
    }
}

#[tokio::test]
async fn silent_name_servers_prove_nothing_and_are_left_alone_for_a_while() {
    // A server that hears and never answers.
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut connection = ConnectionConfig::udp();
    connection.port = silent.local_addr().unwrap().port();
    let server = NameServerConfig::new("127.0.0.1".parse().unwrap(), true, vec![connection]);
    let servers = ResolverConfig::from_parts(None, vec![], vec![server]);
    let authenticator = MessageAuthenticator::new(servers, ResolverOpts::default()).unwrap();
    let world = Authenticity::new(authenticator, Answers::Live, Vec::new(), Duration::from_millis(200));
    let (key, _) = key();
    let mail = signed(MAIL, "school3.ru", key);
    assert_eq!(of(&world, &mail).await, Authentication::Unknown);
    assert!(world.rests(), "it is not asked again at once");
    let begun = Instant::now();
    assert_eq!(of(&world, &mail).await, Authentication::Unknown);
    assert!(begun.elapsed() < Duration::from_millis(100), "nobody waits again");
    let mut asked = [0; 512];
    assert!(silent.recv(&mut asked).unwrap() > 0, "it was asked");
}

#[tokio::test]
async fn a_world_without_a_name_server_proves_nothing() {
    let world = Authenticity::new(nobody(), Answers::Live, Vec::new(), TIME);
    let (key, _) = key();
    assert_eq!(of(&world, &signed(MAIL, "school3.ru", key)).await, Authentication::Unknown);
    assert_eq!(of(&world, MAIL).await, Authentication::Unknown);
}

#[tokio::test]
async fn any_bytes_come_to_nothing() {
    let world = world(&[]);
    let long = format!("X: {}\r\n{MAIL}", "x".repeat(HEADER));
    for mail in ["", "\r\n\r\n", "From", "DKIM-Signature: v=1\r\nFrom: office@school3.ru\r\n\r\n", &long] {
        assert_eq!(of(&world, mail).await, Authentication::Unknown);
    }
}
