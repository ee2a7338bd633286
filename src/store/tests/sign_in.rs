//! Who signs in: links, browsers, and what is forgotten of them.

use super::*;
use crate::digest::Sha256;

const IDLE: SignedDuration = SignedDuration::from_hours(12);

fn secret(text: &str) -> Sha256 {
    Sha256::of(text.as_bytes())
}

/// Asks for a link that works for ten minutes; whether one is sent.
async fn asks(store: &Store, token: &str, to: &str, now: Timestamp) -> bool {
    let letter = Outgoing {
        purpose: Purpose::SignIn,
        to: address(to),
        mime: format!("the link {token}").into_bytes(),
        ..outgoing(token, Template::Receipt, &[], now)
    };
    let new = NewLink {
        token: secret(token),
        address: &address(to),
        browser: Some(secret("browser")),
        letter: Some((&campaign(), &letter)),
        expires: now + SignedDuration::from_mins(10),
        now,
    };
    store.new_link(&new).await.unwrap()
}

#[tokio::test]
async fn sixty_links_an_hour_are_sent_whoever_asks_for_them() {
    let place = Place::new();
    let store = place.open().await;
    for number in 0..60 {
        assert!(asks(&store, &format!("t{number}"), &format!("a{number}@x.ru"), at(number)).await);
    }
    assert!(!asks(&store, "one-more", "b@x.ru", at(3599)).await);
    // The first one was asked for an hour ago.
    assert!(asks(&store, "later", "b@x.ru", at(3600)).await);
    // A printed link counts in nothing, and nothing counts for it.
    let printed = NewLink {
        token: secret("printed"),
        address: &address("b@x.ru"),
        browser: None,
        letter: None,
        expires: at(9000),
        now: at(3599),
    };
    assert!(store.new_link(&printed).await.unwrap());
    let found = store.use_link(&secret("printed"), Some(&secret("any")), at(3601)).await.unwrap();
    assert_eq!(found, Link::Good(store.account(&address("b@x.ru")).await.unwrap()));
    assert_eq!(store.verify().await.unwrap(), 64);
}

#[tokio::test]
async fn a_link_says_why_it_lets_nobody_in_and_stays_as_it_is() {
    let place = Place::new();
    let store = place.open().await;
    assert!(asks(&store, "token", "a@x.ru", at(0)).await);
    let account = store.account(&address("a@x.ru")).await.unwrap();
    let (token, own, other) = (secret("token"), secret("browser"), secret("other"));
    for (token, browser, now, link) in [
        (&secret("tokem"), Some(&own), at(1), Link::Unknown),
        (&token, Some(&other), at(1), Link::OtherBrowser),
        (&token, None, at(1), Link::OtherBrowser),
        (&token, Some(&own), at(600), Link::Expired),
    ] {
        assert_eq!(store.look_at_link(token, browser, now).await.unwrap(), link);
        assert_eq!(store.use_link(token, browser, now).await.unwrap(), link);
    }
    assert_eq!(store.look_at_link(&token, Some(&own), at(599)).await.unwrap(), Link::Good(account));
    assert_eq!(store.use_link(&token, Some(&own), at(599)).await.unwrap(), Link::Good(account));
    assert_eq!(store.use_link(&token, Some(&own), at(599)).await.unwrap(), Link::Used);
    assert_eq!(store.account_address(account).await.unwrap(), Some(address("a@x.ru")));
}

#[tokio::test]
async fn a_letter_loses_its_link_when_that_has_expired_sent_or_not() {
    let place = Place::new();
    let store = place.open().await;
    for token in ["sent", "waiting", "sending"] {
        assert!(asks(&store, token, &format!("{token}@x.ru"), at(0)).await);
    }
    let terms = Terms { lease: SignedDuration::from_hours(1), expired: Expired::Hold, caps: CAPS, held: true };
    // Nobody holds it up, where replies wait for a person.
    let sent = store.lease(at(1), &terms).await.unwrap().unwrap();
    assert_eq!((sent.mime.as_slice(), sent.kind.is_internal()), (&b"the link sent"[..], true));
    store.begin_sending(sent.id, at(1)).await.unwrap();
    store.sent(sent.id, at(1), "250").await.unwrap();
    let waiting = store.lease(at(1), &terms).await.unwrap().unwrap();
    store.retry(waiting.id, at(700), "450").await.unwrap();
    let sending = store.lease(at(2), &terms).await.unwrap().unwrap();
    assert!(store.lease(at(600), &terms).await.unwrap().is_none());
    let kept: Vec<(i64, String, Vec<u8>)> =
        sqlx::query_as("SELECT id, state, mime FROM outbox ORDER BY id").fetch_all(&store.readers).await.unwrap();
    let state = |text: &str| text.to_owned();
    assert_eq!(
        kept,
        [
            (sent.id, state("sent"), Vec::new()),
            (waiting.id, state("superseded"), Vec::new()),
            (sending.id, state("leased"), b"the link sending".to_vec()),
        ]
    );
    // What was in a worker's hands then is seen to afterwards.
    store.sent(sending.id, at(601), "250").await.unwrap();
    assert!(store.lease(at(602), &terms).await.unwrap().is_none());
    let left: i64 =
        sqlx::query_scalar("SELECT count(*) FROM outbox WHERE mime <> x''").fetch_one(&store.readers).await.unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn a_browser_is_known_as_long_as_it_is_used() {
    let place = Place::new();
    let store = place.open().await;
    let (one, account) = (secret("one"), store.account(&address("a@x.ru")).await.unwrap());
    let hours = |hours: i64| at(hours * 3600);
    store.begin_session(&one, Some(account), "1", IDLE, hours(0)).await.unwrap();
    for hour in [11, 22, 33] {
        assert_eq!(store.session(&one, IDLE, hours(hour)).await.unwrap().as_deref(), Some("1"));
    }
    // Whether he is there can be asked without its being a use.
    assert_eq!(store.session_account(&one, IDLE, hours(44)).await.unwrap(), Some(account));
    assert_eq!(store.session_account(&one, IDLE, hours(45)).await.unwrap(), None);
    assert_eq!(store.session(&one, IDLE, hours(45)).await.unwrap(), None);
    // A later request must not bring back what was ended.
    store.begin_session(&secret("two"), Some(account), "2", IDLE, hours(46)).await.unwrap();
    store.end_session(&secret("two")).await.unwrap();
    store.keep_session(&secret("two"), Some(account), "3", hours(46)).await.unwrap();
    assert_eq!(store.session(&secret("two"), IDLE, hours(46)).await.unwrap(), None);
    let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM sessions").fetch_one(&store.readers).await.unwrap();
    assert_eq!(rows, 0, "what has expired is thrown away");
}

#[tokio::test]
async fn strangers_do_not_fill_the_store_and_push_nobody_out() {
    let place = Place::new();
    let store = place.open().await;
    let account = store.account(&address("a@x.ru")).await.unwrap();
    store.begin_session(&secret("known"), Some(account), "", IDLE, at(0)).await.unwrap();
    sqlx::query(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
         INSERT INTO sessions (id, account, data, seen_at) SELECT 'stranger' || i, NULL, '', $1 + i FROM n",
    )
    .bind(at(1).as_microsecond())
    .execute(&store.writer)
    .await
    .unwrap();
    let count = async || -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM sessions").fetch_one(&store.readers).await.unwrap()
    };
    store.begin_session(&secret("new"), None, "", IDLE, at(2)).await.unwrap();
    assert_eq!(count().await, 2002);
    assert!(store.session(&secret("known"), IDLE, at(2)).await.unwrap().is_some());
    store.begin_session(&secret("later"), None, "", IDLE, at(3700)).await.unwrap();
    assert_eq!(count().await, 2);
}
