//! Signing in: the mailed link, and everything that is not it.

use crate::committee::{COORDINATOR, Committee, READER, STAFF};

#[test]
fn the_mailed_link_lets_in_whoever_asked_for_it() {
    let committee = Committee::new();
    let daemon = committee.opens();
    let mut browser = daemon.browser();
    let turned_away = browser.get("/");
    assert_eq!((turned_away.status, turned_away.location()), (303, "/sign-in"));
    let link = daemon.asked(&mut browser, STAFF);
    let page = browser.get(&link);
    assert!(page.body.contains(STAFF) && page.body.contains("Войти"), "{}", page.body);
    // A scanner of mail opens every link, and often more than once.
    assert_eq!(browser.get(&link).status, 200);
    let home = browser.follows(&link);
    assert_eq!((home.status, home.path.as_str()), (200, "/"));
    assert!(home.body.contains(STAFF), "{}", home.body);
    let out = browser.post("/sign-out", &[("csrf", &home.csrf())]);
    assert_eq!((out.status, out.location()), (303, "/sign-in"));
    assert!(browser.get("/sign-in").body.contains("Вы вышли"));
    assert!(!browser.is_signed_in());
    let log = daemon.stops();
    assert!(!log.contains('@') && !log.contains(link.as_str()), "{log}");
}

#[test]
fn a_link_works_once() {
    let committee = Committee::new();
    let daemon = committee.opens();
    let mut browser = daemon.browser();
    let link = daemon.asked(&mut browser, STAFF);
    let csrf = browser.get(&link).csrf();
    let mut again = browser.clone();
    assert_eq!(browser.post(&link, &[("csrf", &csrf)]).status, 303);
    // The same browser as it was before: its session is gone, and so is the link.
    assert_eq!(again.post(&link, &[("csrf", &csrf)]).status, 403);
    let page = again.get(&link);
    assert_eq!(page.status, 410);
    assert!(page.body.contains("уже использована") && page.body.contains("Запросить новую ссылку"), "{}", page.body);
    assert!(!again.is_signed_in() && browser.is_signed_in());
}

#[test]
fn of_two_who_use_a_link_at_once_one_is_let_in() {
    let committee = Committee::new();
    let daemon = committee.opens();
    let mut browser = daemon.browser();
    let link = daemon.asked(&mut browser, STAFF);
    let csrf = browser.get(&link).csrf();
    let tries: Vec<_> = (0..8)
        .map(|_| {
            let (mut browser, link, csrf) = (browser.clone(), link.clone(), csrf.clone());
            std::thread::spawn(move || browser.post(&link, &[("csrf", &csrf)]).status)
        })
        .collect();
    let statuses: Vec<u16> = tries.into_iter().map(|one| one.join().unwrap()).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
}

#[test]
fn a_forged_link_is_none() {
    let committee = Committee::new();
    let daemon = committee.opens();
    let mut browser = daemon.browser();
    let link = daemon.asked(&mut browser, STAFF);
    let csrf = browser.get("/sign-in").csrf();
    let (folder, token) = link.rsplit_once('/').unwrap();
    let turned: String = token.chars().rev().collect();
    for forged in [
        &turned,
        token.strip_prefix(|_: char| true).unwrap(),
        "",
        "0",
        &token.to_uppercase(),
        "..%2f..",
        "%00",
        "' OR 1=1 --",
    ] {
        let path = format!("{folder}/{}", forged.replace(' ', "%20"));
        assert!(matches!(browser.get(&path).status, 404), "{forged:?}");
        assert!(matches!(browser.post(&path, &[("csrf", &csrf)]).status, 404), "{forged:?}");
    }
    assert!(!browser.is_signed_in());
    assert_eq!(browser.follows(&link).status, 200);
}

#[test]
fn a_link_is_worth_nothing_in_another_browser() {
    let committee = Committee::new();
    let daemon = committee.opens();
    let (mut asker, mut thief) = (daemon.browser(), daemon.browser());
    let link = daemon.asked(&mut asker, STAFF);
    let csrf = thief.get("/sign-in").csrf();
    let page = thief.post(&link, &[("csrf", &csrf)]);
    assert_eq!(page.status, 403);
    assert!(page.body.contains("в другом браузере"), "{}", page.body);
    assert_eq!(thief.get(&link).status, 403);
    assert!(!thief.is_signed_in());
    // And it has not been used up by that.
    assert_eq!(asker.follows(&link).status, 200);
}

#[test]
fn a_link_expires_and_so_does_a_session_that_is_not_used() {
    let committee = Committee::new();
    let daemon = committee.opens_at("2022-11-10T12:00:00+03:00");
    let mut browser = daemon.browser();
    let (late, in_time) = (daemon.asked(&mut browser, STAFF), daemon.asked(&mut browser, STAFF));
    assert_ne!(late, in_time);
    daemon.stops();

    let daemon = committee.opens_at("2022-11-10T12:09:59+03:00");
    let mut browser = at(&daemon.base, &browser);
    assert_eq!(browser.get(&late).status, 200);
    daemon.stops();

    let daemon = committee.opens_at("2022-11-10T12:10:00+03:00");
    let mut browser = at(&daemon.base, &browser);
    let csrf = browser.get("/sign-in").csrf();
    for page in [browser.get(&late), browser.post(&late, &[("csrf", &csrf)])] {
        assert_eq!(page.status, 410);
        assert!(page.body.contains("больше не действует"), "{}", page.body);
    }
    let link = daemon.asked(&mut browser, STAFF);
    assert_eq!(browser.follows(&link).status, 200);
    daemon.stops();

    let daemon = committee.opens_at("2022-11-11T00:09:00+03:00");
    let mut browser = at(&daemon.base, &browser);
    assert!(browser.is_signed_in());
    daemon.stops();

    let daemon = committee.opens_at("2022-11-11T12:10:00+03:00");
    let mut browser = at(&daemon.base, &browser);
    let page = browser.get("/review/7?a=b");
    assert_eq!((page.status, page.location()), (303, "/sign-in?next=%2Freview%2F7%3Fa%3Db"));
    // Whoever signs in then comes back to where he was.
    browser.get(page.location());
    let link = daemon.asked(&mut browser, STAFF);
    assert_eq!(browser.follows(&link).path, "/review/7?a=b");
}

/// The same browser, where the board listens on another port now.
fn at(base: &str, browser: &crate::browser::Browser) -> crate::browser::Browser {
    let mut new = crate::browser::Browser::new(base);
    new.cookies.clone_from(&browser.cookies);
    new
}

#[test]
fn the_session_is_another_one_after_signing_in() {
    let committee = Committee::new();
    let daemon = committee.opens();
    // Somebody plants his own session in another one's browser, and waits for that one to sign in.
    let mut attacker = daemon.browser();
    attacker.get("/sign-in");
    let mut victim = attacker.clone();
    let link = daemon.asked(&mut victim, STAFF);
    let planted = victim.get(&link).csrf();
    victim.follows(&link);
    assert!(victim.is_signed_in() && !attacker.is_signed_in());
    assert_ne!(victim.cookies, attacker.cookies);
    assert_ne!(victim.get("/").csrf(), planted);
    // A session that he has made up is not taken either.
    let mut invented = daemon.browser();
    let wanted = ("svodka".to_owned(), "AAAAAAAAAAAAAAAAAAAAAA".to_owned());
    invented.cookies.extend([wanted.clone()]);
    invented.get("/sign-in");
    assert_ne!(invented.cookies.get("svodka"), Some(&wanted.1));
}

#[test]
fn of_what_lets_somebody_in_the_tables_hold_hashes() {
    let committee = Committee::new();
    let daemon = committee.opens();
    let mut browser = daemon.browser();
    let link = daemon.asked(&mut browser, STAFF);
    let (_, token) = link.rsplit_once('/').unwrap();
    browser.follows(&link);
    let csrf = browser.get("/").csrf();
    daemon.stops();
    // What is looked for would be found: the token of forms opens nothing by itself, and stands there as it is.
    assert!(committee.stores(&csrf));
    assert!(!committee.stores(&browser.cookies["svodka"]) && !committee.stores(token));
    for secret in [token, browser.cookies["svodka"].as_str()] {
        assert!(committee.stores(&svodka::digest::Sha256::of(secret.as_bytes()).to_string()));
    }
}

#[test]
fn whoever_is_taken_off_the_list_is_out() {
    let committee = Committee::new();
    let daemon = committee.opens();
    let browser = daemon.signed_in(STAFF);
    daemon.stops();
    committee.sets("other@committee.example", "");
    let daemon = committee.opens();
    let mut browser = at(&daemon.base, &browser);
    assert_eq!(browser.get("/").status, 303);
    committee.sets(STAFF, "");
    drop(daemon);
    let daemon = committee.opens();
    assert!(at(&daemon.base, &browser).is_signed_in());
}

#[test]
fn nobody_learns_who_is_in_a_list() {
    let committee = Committee::new();
    let daemon = committee.opens();
    let (known, unknown) = (daemon.browser().asks(STAFF), daemon.browser().asks("nobody@elsewhere.example"));
    let told = |answer: &crate::browser::Answer| (answer.status, answer.location().to_owned(), answer.body.clone());
    assert_eq!(told(&known), told(&unknown));
    for address in [READER, COORDINATOR, "Staff@Committee.EXAMPLE"] {
        daemon.asked(&mut daemon.browser(), &address.to_lowercase());
    }
    assert!(committee.letters_to("nobody@elsewhere.example").is_empty());
    // What is no address at all is said to be none, and stays as it was typed.
    let mut browser = daemon.browser();
    let csrf = browser.get("/sign-in").csrf();
    let page = browser.post("/sign-in", &[("csrf", &csrf), ("address", "ivanova<b>")]);
    assert_eq!(page.status, 422);
    assert!(page.body.contains("value=\"ivanova&lt;b&gt;\"") && !page.body.contains("<b>"), "{}", page.body);
}

#[test]
fn an_address_gets_five_links_in_an_hour_and_not_one_more() {
    let committee = Committee::new();
    let daemon = committee.opens();
    let mut browser = daemon.browser();
    for _ in 0..5 {
        daemon.asked(&mut browser, STAFF);
    }
    assert_eq!(browser.asks(STAFF).status, 303);
    // What is asked for later comes later: when that is there, the sixth would be.
    daemon.asked(&mut daemon.browser(), READER);
    assert_eq!(committee.letters_to(STAFF).len(), 5);
    daemon.stops();
    let daemon = committee.opens_at("2022-11-10T13:00:01+03:00");
    daemon.asked(&mut daemon.browser(), STAFF);
}
