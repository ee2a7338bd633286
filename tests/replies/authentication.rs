//! What is known of a sender decides whether he is answered, and whether his mail counts at all.

use crate::committee::{Committee, sample, with};

const OURS: &str = "[authentication]\nauthserv_ids = [\"mx.committee.example\"]\n";

/// What our own server says of a mail.
fn says(results: &str) -> String {
    format!("Authentication-Results: mx.committee.example; {results}")
}

/// The form of a school, from the address that is known to be its own.
fn form(lines: &[&str]) -> Vec<u8> {
    let own = ["From: known@school.example"];
    with(&sample("02-roshchino-form"), &[&own, lines].concat())
}

#[test]
fn row_44_a_forged_mail_answers_nobody_and_changes_nothing_roster_address_or_not() {
    for (what, lines) in [
        ("dmarc=fail", vec![says("dmarc=fail header.from=school.example; dkim=pass header.d=mailer.example")]),
        ("a contradiction in one field", vec![says("dmarc=pass; dmarc=fail")]),
        ("a contradiction in two", vec![format!("{}\n{}", says("dmarc=pass"), says("dmarc=fail"))]),
        ("in another case", vec!["AUTHENTICATION-RESULTS: MX.Committee.Example (ours) 1; DMARC=Fail".to_owned()]),
    ] {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let committee = Committee::new(OURS);
        committee.gets(&form(&lines));
        let stranger = [lines.as_slice(), &["From: a@mail.example", "Message-ID: <2@mail.example>"]].concat();
        committee.gets(&with(&sample("01-kirishi-complete"), &stranger));
        assert!(committee.answers().is_empty(), "{what}");
        assert_eq!(committee.status()["review"], 2, "{what}");
        for school in ["roshchino", "kirishi-3"] {
            let school = committee.school(school);
            assert_eq!(
                (&school["versions"], &school["form"]["received"]),
                (&0.into(), &false.into()),
                "{what}: {school}"
            );
        }
        assert!(committee.page().contains("подлинность отправителя не подтверждена"), "{what}");
    }
}

#[test]
fn row_44_a_forged_mail_in_our_own_thread_changes_no_answer_that_was_accepted() {
    let committee = Committee::new(OURS);
    committee.gets(&form(&[&says("dmarc=pass header.from=school.example")]));
    let [reply] = committee.answers().try_into().unwrap_or_else(|_| panic!("one answer"));
    let before = committee.school("roshchino");
    let thread = format!("In-Reply-To: {}", reply.field("Message-ID"));
    let forged = [says("dmarc=fail"), thread, "Message-ID: <forged@school.example>".to_owned()];
    committee.gets(&form(&forged.each_ref().map(String::as_str)));
    assert!(committee.answers().is_empty());
    let after = committee.school("roshchino");
    assert_eq!((&after["versions"], &after["form"]), (&before["versions"], &before["form"]));
    assert_eq!(committee.status()["review"], 1);
}

#[test]
fn row_44_what_other_servers_say_plays_no_part() {
    for results in
        ["mx.elsewhere.example; dmarc=fail", "committee.example; dmarc=fail", "x (mx.committee.example); dmarc=fail"]
    {
        let committee = Committee::new(OURS);
        committee.gets(&form(&[&format!("Authentication-Results: {results}")]));
        assert_eq!(committee.answers().len(), 1, "{results}");
    }
    let committee = Committee::new("");
    committee.gets(&form(&[&says("dmarc=fail")]));
    assert_eq!(committee.answers().len(), 1, "no server is ours");
}

#[test]
fn strict_answers_who_is_proven_and_leaves_the_others_to_a_person_without_losing_what_they_sent() {
    let strict = format!("{OURS}[replies]\npolicy = \"strict\"\ngrace = \"0s\"\n");
    let committee = Committee::new(&strict);
    committee.gets(&form(&[&says("dmarc=none; spf=softfail smtp.mailfrom=school.example")]));
    assert!(committee.answers().is_empty());
    assert_eq!(committee.school("roshchino")["form"]["received"], true);
    assert_eq!(committee.status()["review"], 1);
    let proven = says("dkim=pass header.d=school.example");
    committee.gets(&form(&[&proven, "Message-ID: <proven@school.example>"]));
    assert_eq!(committee.answers().len(), 1);
    // What a stranger proves is that he is that stranger.
    let other = says("dkim=pass header.d=mailer.example");
    committee.gets(&form(&[&other, "Message-ID: <other@school.example>"]));
    assert!(committee.answers().is_empty());
}

#[test]
fn open_asks_for_nothing() {
    let open = format!("{OURS}[replies]\npolicy = \"open\"\ngrace = \"0s\"\n");
    let committee = Committee::new(&open);
    committee.gets(&form(&[&says("dmarc=fail")]));
    assert_eq!(committee.answers().len(), 1);
    assert_eq!(committee.school("roshchino")["form"]["received"], true);
}

#[test]
fn check_judges_as_the_daemon_does() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("forged.eml");
    std::fs::write(&file, form(&[&says("dmarc=fail")])).unwrap();
    for (settings, authentication, action, replies) in [(OURS, "fail", "review", 0), ("", "unknown", "request", 1)] {
        let output = Committee::new(settings).runs(&["check", "--json", file.to_str().unwrap()]);
        let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(found["message"]["authentication"], authentication);
        assert_eq!(found["message"]["action"], action);
        assert_eq!(found["submissions"][0]["action"], action);
        assert_eq!(found["submissions"][0]["school"], "roshchino");
        assert_eq!(found["replies"].as_array().unwrap().len(), replies);
    }
}

#[test]
fn who_is_unknown_to_the_name_servers_is_answered_whether_they_speak_or_not() {
    // Of these names, which nobody can own (RFC 2606), no name server knows anything.
    let committee = Committee::new("[authentication]\nverify = true\n");
    committee.gets(&sample("02-roshchino-form"));
    committee.gets(&sample("04-podporozhye-missing"));
    assert_eq!(committee.answers().len(), 2);
}
