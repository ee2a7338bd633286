use super::*;

const FROM: &str = "school@school3.spb.ru";

/// What is found out from these fields about a mail from [`FROM`].
fn of_fields(fields: &[&str]) -> Authentication {
    from(FROM, fields)
}

fn from(author: &str, fields: &[&str]) -> Authentication {
    let own = OwnIdentity { authserv_ids: vec!["mx.committee.example".to_owned()], ..OwnIdentity::default() };
    let raw: String = fields.iter().map(|field| format!("Authentication-Results: {field}\n")).collect();
    let header = Header::split(format!("{raw}\n").as_bytes()).0;
    super::of(&header, Address::parse(author).as_ref(), &own).0
}

fn of(results: &str) -> Authentication {
    of_fields(&[&format!("mx.committee.example; {results}")])
}

#[test]
fn row_44_what_our_own_server_calls_forged_is_forged_whatever_else_passes() {
    for results in [
        "dmarc=fail header.from=school3.spb.ru",
        "dmarc=fail (p=none) header.from=school3.spb.ru; dkim=pass header.d=mailer.ru; spf=pass smtp.mailfrom=mailer.ru",
        "dkim=pass header.d=school3.spb.ru; dmarc=FAIL",
        "dmarc=hardfail",
        "spf=pass smtp.mailfrom=school3.spb.ru; dkim=none; dmarc=fail action=quarantine header.from=school3.spb.ru",
    ] {
        assert_eq!(of(results), Authentication::Fail, "{results}");
    }
}

#[test]
fn row_44_results_that_contradict_each_other_are_a_forgery() {
    for results in [
        "dmarc=pass header.from=school3.spb.ru; dmarc=fail header.from=school3.spb.ru",
        "spf=pass smtp.mailfrom=a@school3.spb.ru; spf=fail smtp.mailfrom=A@school3.spb.ru",
        "dkim=pass header.d=school3.spb.ru header.b=abc; dkim=fail header.d=school3.spb.ru header.b=abc",
    ] {
        assert_eq!(of(results), Authentication::Fail, "in one field: {results}");
        let (one, two) = results.split_once("; ").unwrap();
        let fields = [one, two].map(|result| format!("MX.Committee.example 1; {result}"));
        let fields = [fields[0].as_str(), "elsewhere.example; dmarc=none", fields[1].as_str()];
        assert_eq!(of_fields(&fields), Authentication::Fail, "in two: {results}");
    }
}

#[test]
fn two_signatures_of_which_one_is_broken_contradict_nothing() {
    for results in [
        "dkim=pass header.d=school3.spb.ru header.b=abc; dkim=fail header.d=school3.spb.ru header.b=xyz",
        "dkim=pass header.d=school3.spb.ru; dkim=fail header.d=list.example",
        "spf=fail smtp.mailfrom=list.example; dkim=pass header.i=@school3.spb.ru",
    ] {
        assert_eq!(of(results), Authentication::Pass, "{results}");
    }
}

#[test]
fn row_44_results_of_other_servers_are_nobodys() {
    for field in [
        "mx.elsewhere.example; dmarc=pass header.from=school3.spb.ru",
        "mx.elsewhere.example; dmarc=fail header.from=school3.spb.ru",
        "mx.committee.example.evil.ru; dmarc=pass",
        "sub.mx.committee.example; dmarc=pass",
        "spf=pass smtp.mailfrom=school3.spb.ru; mx.committee.example; dmarc=pass",
        "(mx.committee.example); dmarc=pass",
        "evil (; mx.committee.example); dmarc=pass",
        "mx.committee.example@evil; dmarc=pass",
    ] {
        assert_eq!(of_fields(&[field]), Authentication::Unknown, "{field}");
    }
    assert_eq!(of_fields(&[]), Authentication::Unknown);
    let nobody = Header::split(b"Authentication-Results: mx; dmarc=fail\n\n").0;
    assert_eq!(super::of(&nobody, None, &OwnIdentity::default()).0, Authentication::Unknown, "no server is ours");
}

#[test]
fn what_vouches_for_the_authors_own_domain_is_proof() {
    for results in [
        "dmarc=pass",
        "dmarc=pass (p=reject) header.from=School3.SPB.ru",
        "dmarc=pass header.from=school@school3.spb.ru",
        "dmarc=none; dkim=pass header.d=school3.spb.ru",
        "dkim=pass header.d=mail.school3.spb.ru",
        "dkim=pass header.i=teacher@school3.spb.ru",
        "spf=pass smtp.mailfrom=bounce@mail.school3.spb.ru; dkim=fail header.d=school3.spb.ru",
        "dmarc=temperror; dkim=pass header.d=school3.spb.ru",
    ] {
        assert_eq!(of(results), Authentication::Pass, "{results}");
    }
    let russian = |results: &str| from("a@школа.рф", &[&format!("mx.committee.example; {results}")]);
    assert_eq!(russian("dmarc=pass header.from=xn--80aa1agjdchjh2p.xn--p1ai"), Authentication::Unknown);
    assert_eq!(russian("dmarc=pass header.from=xn--80atdl2c.xn--p1ai"), Authentication::Pass);
}

#[test]
fn what_vouches_for_somebody_else_or_for_nothing_is_no_knowledge() {
    for results in [
        "none",
        "dmarc=pass header.from=other.spb.ru; dkim=pass header.d=school3.spb.ru",
        "dmarc=pass header.from=school3.spb.ru; dmarc=none",
        "dmarc=bestguesspass header.from=school3.spb.ru",
        "dkim=pass header.d=school4.spb.ru",
        "dkim=pass header.d=spb.ru",
        "dkim=pass",
        "spf=pass smtp.helo=school3.spb.ru",
        "spf=pass smtp.mailfrom=mailer.ru",
        "spf=fail smtp.mailfrom=school3.spb.ru",
        "dkim=fail header.d=school3.spb.ru",
        "spf=fail smtp.mailfrom=school3.spb.ru; dkim=fail header.d=school3.spb.ru",
        "spf=softfail smtp.mailfrom=school3.spb.ru; dkim=neutral header.d=school3.spb.ru; dmarc=temperror",
        "dkim=permerror header.d=school3.spb.ru; dmarc=permerror",
        "arc=pass; iprev=pass policy.iprev=192.0.2.1",
        "dmarc=pass header.from=\"school3.spb.ru",
        "dmarc=pass (header.from=school3.spb.ru",
    ] {
        assert_eq!(of(results), Authentication::Unknown, "{results}");
    }
}

#[test]
fn a_mail_without_one_author_is_never_proven_and_may_be_forged() {
    let header = |result: &str| {
        let raw = format!("Authentication-Results: mx; {result}\nFrom: a@b.ru, c@d.ru\n\n");
        let own = OwnIdentity { authserv_ids: vec!["mx".to_owned()], ..OwnIdentity::default() };
        super::super::parse(raw.as_bytes(), &own, &crate::document::Limits::default()).0
    };
    assert_eq!(header("dmarc=pass header.from=b.ru").authentication, Authentication::Unknown);
    assert_eq!(header("dmarc=fail").authentication, Authentication::Fail);
    assert_eq!(header("dmarc=fail").authentication_sign, "dmarc=fail");
}

#[test]
fn more_fields_than_servers_write_prove_nothing() {
    let field = "mx.committee.example; dkim=pass header.d=school3.spb.ru";
    assert_eq!(of_fields(&vec![field; FIELDS]), Authentication::Pass);
    assert_eq!(of_fields(&vec![field; FIELDS + 1]), Authentication::Unknown);
}
