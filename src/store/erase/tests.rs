//! What is erased, what stays, and that nothing of it comes back.

use std::{collections::BTreeSet, time::SystemTime};

use super::*;
use crate::{
    decision::{Action, Review, ReviewReason, Template},
    store::{
        Intaken, OutboxState,
        tests::{Place, at, campaign, decision, intake, outgoing, record, school, sent_in, submission, take},
    },
};

fn of(id: &str) -> Scope {
    Scope { whose: Whose::School(school(id)), campaign: None }
}

fn before(seconds: i64) -> Scope {
    Scope { whose: Whose::Before(at(seconds)), campaign: None }
}

async fn erased(store: &Store, scope: &Scope) -> Erasure {
    let erasure = store.would_erase(scope, at(100)).await.unwrap();
    assert_eq!(store.erase(scope, at(100)).await.unwrap(), erasure, "what was said beforehand");
    store.sweep(at(101), SystemTime::UNIX_EPOCH).await.unwrap();
    erasure
}

/// Two schools, a mail and a letter each.
async fn two(store: &Store) {
    for (name, cursor) in [("one", "a"), ("two", "b")] {
        let part = submission(Some(name), Action::Confirm, &[("x", "1")]);
        sent_in(store, cursor, part, &[outgoing(cursor, Template::Confirm, &[name], at(0))]).await;
    }
}

#[tokio::test]
async fn a_school_goes_and_the_other_one_stays() {
    let place = Place::new();
    let store = place.open().await;
    two(&store).await;
    // A sender who writes for both is nobody's own.
    let erasure = erased(&store, &of("one")).await;
    assert_eq!((erasure.mails, erasure.submissions, erasure.letters, erasure.dropped), (1, 1, 1, 1));
    let schools = store.schools(&campaign()).await.unwrap();
    assert_eq!(schools.keys().map(|one| one.as_str()).collect::<Vec<_>>(), ["two"]);
    assert_eq!(schools[&school("two")].state.answers.len(), 1);
    assert!(store.raw(&crate::digest::Sha256::of(b"a")).await.is_err());
    assert_eq!(store.raw(&crate::digest::Sha256::of(b"b")).await.unwrap(), b"b");
    let states = store.outbox_counts().await.unwrap();
    assert_eq!(states, [(OutboxState::Queued, 1), (OutboxState::Dropped, 1)].into());
    let counts = store.counts(&campaign()).await.unwrap();
    assert_eq!((counts.received, counts.matched), (1, 1), "the sum comes out");
    store.verify().await.unwrap();
    let again = store.would_erase(&of("one"), at(102)).await.unwrap();
    assert!(again.is_nothing(), "{again:?}");
}

#[tokio::test]
async fn what_was_erased_and_lies_in_the_mailbox_still_is_not_read_in_again() {
    let place = Place::new();
    let store = place.open().await;
    two(&store).await;
    erased(&store, &of("one")).await;
    assert!(matches!(intake(&store, "a", b"a").await, Intaken::Known { decided: true, .. }));
    // The mailbox has numbered its mails anew.
    assert!(matches!(intake(&store, "other", b"a").await, Intaken::Duplicate { .. }));
    assert!(store.raw(&crate::digest::Sha256::of(b"a")).await.is_err(), "nor is it stored");
    assert!(store.received().await.unwrap().is_empty());
    let shown: Vec<String> = store.unmarked("inbox", false).await.unwrap().into_iter().map(|one| one.cursor).collect();
    assert_eq!(shown, ["b"]);
    assert!(store.cursors("inbox").await.unwrap().contains("a"));
}

#[tokio::test]
async fn a_file_that_another_mail_names_too_stays() {
    let place = Place::new();
    let store = place.open().await;
    two(&store).await;
    let shared = store.put_file(b"the blank form").await.unwrap();
    let own = store.put_file(b"the filled form").await.unwrap();
    for (message, sha256) in [(1, shared), (2, shared), (1, own)] {
        sqlx::query(
            "INSERT INTO documents (message, position, path, kind, sha256)
             VALUES ($1, (SELECT count(*) FROM documents), '[]', 'other', $2)",
        )
        .bind(message)
        .bind(sha256.to_string())
        .execute(&store.writer)
        .await
        .unwrap();
    }
    erased(&store, &of("one")).await;
    assert!(store.holds_file(shared) && !store.holds_file(own));
}

#[tokio::test]
async fn what_nobody_names_for_a_day_is_swept_along() {
    let place = Place::new();
    let store = place.open().await;
    two(&store).await;
    let forgotten = store.put_file(b"stored, and then killed").await.unwrap();
    store.erase(&of("one"), at(100)).await.unwrap();
    store.sweep(at(101), Store::forgotten_before(crate::clock::Clock::System.now())).await.unwrap();
    assert!(store.holds_file(forgotten), "it may be named in a moment");
    store.sweep(at(101), SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1 << 33)).await.unwrap();
    assert!(!store.holds_file(forgotten));
    assert!(store.holds_file(crate::digest::Sha256::of(b"b")));
}

#[tokio::test]
async fn a_period_goes_and_what_came_later_or_is_not_decided_stays() {
    let place = Place::new();
    let store = place.open().await;
    two(&store).await;
    take(&store, "undecided").await;
    sqlx::query("UPDATE messages SET received_at = $1 WHERE cursor = 'b'")
        .bind(at(50).as_microsecond())
        .execute(&store.writer)
        .await
        .unwrap();
    sqlx::query("UPDATE outbox SET queued_at = $1 WHERE message = 2")
        .bind(at(50).as_microsecond())
        .execute(&store.writer)
        .await
        .unwrap();
    let erasure = erased(&store, &before(40)).await;
    assert_eq!((erasure.mails, erasure.submissions, erasure.letters), (1, 1, 1));
    assert_eq!(store.received().await.unwrap().len(), 1);
    assert_eq!(store.schools(&campaign()).await.unwrap().len(), 1);
    let other = Scope { campaign: Some("another".parse().unwrap()), ..before(90) };
    assert!(store.would_erase(&other, at(100)).await.unwrap().is_nothing());
}

#[tokio::test]
async fn of_a_mail_that_speaks_of_two_schools_the_other_ones_part_stays() {
    let place = Place::new();
    let store = place.open().await;
    let id = take(&store, "both").await;
    let parts = ["one", "two"].map(|name| submission(Some(name), Action::Confirm, &[("x", name)]));
    let decision = decision(Action::Confirm, parts.to_vec());
    assert!(record(&store, id, &decision, &[]).await);
    let erasure = erased(&store, &of("one")).await;
    assert_eq!((erasure.mails, erasure.shared, erasure.submissions), (0, 1, 1));
    let schools = store.schools(&campaign()).await.unwrap();
    assert_eq!(schools.keys().map(|one| one.as_str()).collect::<Vec<_>>(), ["two"]);
    assert!(store.raw(&crate::digest::Sha256::of(b"both")).await.is_err(), "the mail holds the first one's part too");
    assert_eq!(store.named_files().await.unwrap(), [], "and a backup does not miss it");
}

#[tokio::test]
async fn what_may_be_another_ones_waits_for_a_person_first() {
    let place = Place::new();
    let store = place.open().await;
    sent_in(&store, "a", submission(Some("one"), Action::Confirm, &[("x", "1")]), &[]).await;
    // From the same address, but whose it is, nobody knows.
    let id = take(&store, "doubtful").await;
    let mut doubtful = decision(Action::Review, vec![submission(None, Action::Review, &[("x", "2")])]);
    let (reason, candidates) = (ReviewReason::AmbiguousSchool, vec![school("two"), school("three")]);
    doubtful.reviews.push(Review { reason, submission: Some(0), candidates });
    assert!(record(&store, id, &doubtful, &[]).await);
    // And something that is nobody else's.
    let other = take(&store, "other").await;
    assert!(record(&store, other, &decision(Action::Leave, vec![]), &[]).await);
    let erasure = erased(&store, &of("one")).await;
    assert_eq!((erasure.mails, erasure.unsure, erasure.cases), (2, 1, 0));
    assert_eq!(store.reviews_open(None).await.unwrap().len(), 1);
    assert_eq!(store.raw(&crate::digest::Sha256::of(b"doubtful")).await.unwrap(), b"doubtful");
}

#[tokio::test]
async fn an_erasure_is_open_until_everything_is_gone() {
    let place = Place::new();
    let store = place.open().await;
    two(&store).await;
    assert!(!store.is_to_be_swept().await.unwrap());
    store.erase(&of("one"), at(100)).await.unwrap();
    drop(store);
    let store = place.open().await;
    assert!(store.is_to_be_swept().await.unwrap());
    assert_eq!(store.sweep(at(101), SystemTime::UNIX_EPOCH).await.unwrap().files, 1);
    assert!(!store.is_to_be_swept().await.unwrap());
}

/// Of each table it is known what an erasure does about it: a new one must be thought of.
#[tokio::test]
async fn no_table_is_forgotten() {
    const ERASED: [&str; 13] = [
        "messages",
        "documents",
        "submissions",
        "answers",
        "outbox",
        "outbox_schools",
        "reviews",
        "rulings",
        "amendments",
        "suppressed",
        "summaries",
        "shares",
        "reminders",
    ];
    /// Ids, words and times alone; or of the committee's own people.
    const NOTHING_PERSONAL: [&str; 12] = [
        "mailboxes",
        "incidents",
        "vanished",
        "ticks",
        "accounts",
        "sessions",
        "sign_ins",
        "events",
        "backups",
        "restores",
        "erasures",
        "erasing",
    ];
    let place = Place::new();
    let store = place.open().await;
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_sqlx%'",
    )
    .fetch_all(&store.readers)
    .await
    .unwrap();
    let tables: BTreeSet<&str> = tables.iter().map(String::as_str).collect();
    let known: BTreeSet<&str> = ERASED.into_iter().chain(NOTHING_PERSONAL).collect();
    assert_eq!(tables, known);
}
