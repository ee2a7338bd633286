//! Letters that do not simply leave, what staff hear of them, and a store of the version before.

use super::*;

const HOUR: SignedDuration = SignedDuration::from_hours(1);

async fn queued(store: &Store, key: &str) -> OutboxRow {
    let part = submission(Some("one"), Action::Confirm, &[]);
    sent_in(store, key, part, &[outgoing(key, Template::Confirm, &["one"], at(5))]).await;
    store.outbox_open(None).await.unwrap().last().unwrap().id
}

/// A letter of ours that comes back into the mailbox.
async fn copy_of(store: &Store, key: &str, from: &str) {
    let id = take(store, &format!("copy of {key} from {from}")).await;
    let mut reading = reading(from);
    reading.message.message_id = MessageId::parse(&format!("{key}@svodka.example"));
    let (campaign, decision) = (campaign(), decision(Action::Ignore, vec![]));
    let record = Record {
        message: id,
        shares: &[Recorded { campaign: &campaign, decision: &decision, outgoing: &[] }],
        reading: &reading,
        caps: &CAPS,
        suppressed_until: at(60),
        now: at(2),
    };
    assert!(store.record(&record).await.unwrap());
}

pub(super) fn alert(key: &str, mailbox: Option<&str>) -> Alert {
    Alert {
        key: key.to_owned(),
        sender: address("committee@example.org"),
        to: address("staff@example.org"),
        mailbox: mailbox.map(str::to_owned),
        message_id: MessageId::parse(&format!("{key}@svodka.example")).unwrap(),
        mime: key.as_bytes().to_vec(),
    }
}

#[tokio::test]
async fn a_copy_in_our_own_mailbox_settles_a_doubt_and_nobody_elses_does() {
    let place = Place::new();
    let store = place.open().await;
    let own = [address("committee@example.org")];
    let (a, b) = (queued(&store, "a").await, queued(&store, "b").await);
    lease_all(&store, at(6), HOUR, Expired::Hold).await;
    for id in [a, b] {
        assert!(store.begin_sending(id, at(6)).await.unwrap());
        store.ambiguous(id, at(7), "no answer").await.unwrap();
    }
    copy_of(&store, "a", "committee@example.org").await;
    copy_of(&store, "b", "stranger@example.org").await;
    assert_eq!(store.settle_copies(&own, at(8)).await.unwrap(), 1);
    assert_eq!(states(&store).await, BTreeMap::from([(OutboxState::Sent, 1), (OutboxState::Ambiguous, 1)]));
    let doubtful = store.in_doubt(at(7)).await.unwrap();
    assert_eq!(doubtful, [(b, MessageId::parse("b@svodka.example").unwrap())]);
    assert!(store.in_doubt(at(8)).await.unwrap().is_empty(), "it is searched for only so long");
    let counts = store.counts(&campaign()).await.unwrap();
    assert_eq!((counts.received, counts.matched, counts.automatic), (2, 2, 0), "our own letters are no mail");
}

#[tokio::test]
async fn staff_hear_once_of_what_failed_and_later_of_what_stays_in_doubt() {
    let place = Place::new();
    let store = place.open().await;
    let (failed, doubtful) = (queued(&store, "a").await, queued(&store, "b").await);
    store.failed(failed, at(10), "550 no such user").await.unwrap();
    store.ambiguous(doubtful, at(10), "no answer").await.unwrap();
    let told = |held: &[HeldRow]| held.iter().map(|row| row.id).collect::<Vec<_>>();
    assert_eq!(told(&store.untold(at(9)).await.unwrap()), [failed]);
    let held = store.untold(at(10)).await.unwrap();
    assert_eq!(told(&held), [failed, doubtful]);
    assert_eq!(held[0].schools, [school("one")]);
    store.tell(&told(&held), &[alert("t", None)], at(11)).await.unwrap();
    assert!(store.untold(at(99)).await.unwrap().is_empty());
    let letters = lease_all(&store, at(11), HOUR, Expired::Hold).await;
    assert!(letters.len() == 1 && letters[0].kind == LetterKind::Alert);
    store.failed(letters[0].id, at(12), "550").await.unwrap();
    assert!(store.untold(at(99)).await.unwrap().is_empty(), "there is no alert about an alert");
}

#[tokio::test]
async fn a_person_may_send_again_what_failed_and_nothing_else() {
    let place = Place::new();
    let store = place.open().await;
    let (a, b) = (queued(&store, "a").await, queued(&store, "b").await);
    let to = address("school@example.org");
    store.suppress(&to, at(9000), "550").await.unwrap();
    store.failed(a, at(10), "550").await.unwrap();
    assert!(!store.resend(b, at(20)).await.unwrap(), "it still waits");
    assert!(!store.resend(77, at(20)).await.unwrap());
    assert_eq!(store.suppressed(&to, at(20)).await.unwrap(), Some(at(9000)));
    assert!(store.resend(a, at(20)).await.unwrap());
    assert_eq!(store.suppressed(&to, at(20)).await.unwrap(), None, "whoever resends knows better");
    let again = lease_all(&store, at(20), HOUR, Expired::Hold).await;
    assert!(again.iter().any(|queued| queued.id == a && queued.message_id.as_str() == "a@svodka.example"));
    store.sent(a, at(21), "250").await.unwrap();
    assert!(!store.resend(a, at(22)).await.unwrap(), "it has left");
    store.failed(b, at(22), "554").await.unwrap();
    assert!(store.delivered(b, at(23)).await.unwrap());
    assert_eq!(states(&store).await, BTreeMap::from([(OutboxState::Sent, 2)]));
}

#[tokio::test]
async fn what_is_too_old_is_given_up_and_a_jump_of_the_clock_makes_nothing_old() {
    let place = Place::new();
    let store = place.open().await;
    queued(&store, "a").await;
    let year = SignedDuration::from_hours(365 * 24);
    let later = at(10).saturating_add(year).unwrap();
    store.shift(year, later).await.unwrap();
    let five_days_before = later.saturating_sub(SignedDuration::from_hours(120)).unwrap();
    store.give_up(five_days_before, later, "given up", None).await.unwrap();
    assert_eq!(states(&store).await, BTreeMap::from([(OutboxState::Queued, 1)]));
    assert_eq!(store.next_due(false).await.unwrap(), Some(at(5).saturating_add(year).unwrap()));
    store.shift(-year, at(10)).await.unwrap();
    assert_eq!(store.next_due(false).await.unwrap(), Some(at(5)));
    store.give_up(at(1), at(10), "given up", None).await.unwrap();
    assert_eq!(states(&store).await, BTreeMap::from([(OutboxState::Queued, 1)]), "it was queued at 2");
    store.give_up(at(2), at(10), "given up", None).await.unwrap();
    assert_eq!(states(&store).await, BTreeMap::from([(OutboxState::Failed, 1)]));
}

#[tokio::test]
async fn one_answer_is_given_up_after_a_few_attempts_of_its_own_and_takes_no_other_along() {
    let place = Place::new();
    let store = place.open().await;
    let (a, b) = (queued(&store, "a").await, queued(&store, "b").await);
    for attempt in 0..3 {
        assert_eq!(states(&store).await, BTreeMap::from([(OutboxState::Queued, 2)]), "attempt {attempt}");
        let leased = lease_all(&store, at(10), HOUR, Expired::Hold).await;
        assert_eq!(leased.len(), 2);
        store.release(b).await.unwrap();
        store.retry(a, at(10), "451 later").await.unwrap();
        store.give_up(at(9), at(10), "given up: 451 later", Some(a)).await.unwrap();
    }
    let open = store.outbox_open(None).await.unwrap();
    assert_eq!(
        open.iter().map(|row| (row.id, row.state)).collect::<Vec<_>>(),
        [(a, OutboxState::Failed), (b, OutboxState::Queued)]
    );
    assert_eq!(open[1].response, "");
}

#[tokio::test]
async fn an_incident_is_told_once_until_it_is_over() {
    let place = Place::new();
    let store = place.open().await;
    let incident = |second| Incident {
        kind: "smtp_login".to_owned(),
        place: "mail:465".to_owned(),
        detail: "535".to_owned(),
        since: at(second),
    };
    assert!(store.open_incident(&incident(1), false, &[alert("x", Some("inbox"))]).await.unwrap());
    assert!(!store.open_incident(&incident(2), false, &[alert("y", Some("inbox"))]).await.unwrap());
    assert_eq!(store.incidents().await.unwrap(), [incident(1)]);
    let waiting = store.alerts_for("inbox").await.unwrap();
    assert_eq!(waiting.len(), 1);
    assert!(lease_all(&store, at(9), HOUR, Expired::Hold).await.is_empty(), "it is put there, not sent");
    store.sent(waiting[0].0, at(3), "put into the mailbox").await.unwrap();
    assert!(store.alerts_for("inbox").await.unwrap().is_empty());
    assert!(store.close_incident("smtp_login", "mail:465", at(4)).await.unwrap());
    assert!(!store.close_incident("smtp_login", "mail:465", at(4)).await.unwrap());
    assert!(store.open_incident(&incident(5), true, &[]).await.unwrap());
    assert!(store.open_incident(&incident(6), true, &[]).await.unwrap(), "what is over is told each time");
    assert!(store.incidents().await.unwrap().is_empty());
    assert!(store.open_incident(&incident(7), false, &[]).await.unwrap());
}

#[tokio::test]
async fn that_it_is_over_is_told_once_for_all_that_was_wrong_at_a_place() {
    let place = Place::new();
    let store = place.open().await;
    let incident = |kind: &str, place: &str, second| Incident {
        kind: kind.to_owned(),
        place: place.to_owned(),
        detail: String::new(),
        since: at(second),
    };
    for (kind, place) in [("smtp_login", "mail:465"), ("smtp_unreachable", "mail:465"), ("smtp_login", "other:465")] {
        assert!(store.open_incident(&incident(kind, place, 1), false, &[]).await.unwrap());
    }
    const KINDS: [&str; 2] = ["smtp_login", "smtp_unreachable"];
    let over = async |key, since: i64| {
        store.end_incidents(&KINDS, "mail:465", at(since), &[alert(key, None)], at(since + 1)).await.unwrap()
    };
    assert!(over("x", 5).await);
    assert!(!over("y", 6).await, "nothing was wrong any more");
    assert_eq!(store.incidents().await.unwrap(), [incident("smtp_login", "other:465", 1)]);
    let letters = lease_all(&store, at(9), HOUR, Expired::Hold).await;
    assert_eq!(letters.len(), 1, "{letters:?}");
    let count = async |since| store.incidents_over(&KINDS, "mail:465", at(since)).await.unwrap();
    assert_eq!((count(0).await, count(5).await, count(6).await), (1, 1, 0), "two at once are one");
    assert!(store.open_incident(&incident("smtp_login", "mail:465", 7), false, &[]).await.unwrap());
    assert!(over("z", 8).await);
    assert_eq!(count(0).await, 2);
    store.verify().await.unwrap();
}

#[tokio::test]
async fn a_store_of_the_version_before_is_taken_over_with_all_that_is_in_it() {
    let place = Place::new();
    let (options, path) = options(&place.url()).unwrap();
    let old = connect(options.create_if_missing(true), 1, &path).await.unwrap();
    sqlx::migrate!("migrations/sqlite").run_to(1, &old).await.unwrap();
    sqlx::raw_sql(
        "INSERT INTO messages (id, mailbox, cursor, sha256, truncated, received_at, taken_at, state, decided_at)
         VALUES (1, 'inbox', 'a', 'x', 0, 1, 1, 'confirm', 2);
         INSERT INTO outbox (id, key, message, kind, campaign, recipient, message_id, mime, state, not_before, tries,
                             changed_at)
         VALUES (7, 'k', 1, 'confirm', 'test', 'school@example.org', 'k@svodka.example', x'61', 'queued', 5, 2, 4);
         INSERT INTO outbox_schools (outbox, school) VALUES (7, 'one');",
    )
    .execute(&old)
    .await
    .unwrap();
    old.close().await;
    let store = place.open().await;
    let broken: Vec<(String,)> =
        sqlx::query_as("SELECT \"table\" FROM pragma_foreign_key_check").fetch_all(&store.readers).await.unwrap();
    assert!(broken.is_empty(), "{broken:?}");
    let open = store.outbox_open(None).await.unwrap();
    assert_eq!((open[0].id, open[0].schools.as_slice()), (7, [school("one")].as_slice()));
    let leased = lease_all(&store, at(1), HOUR, Expired::Hold).await;
    assert_eq!((leased[0].id, leased[0].tries, leased[0].sender.as_ref()), (7, 2, None));
    let newer = "UPDATE _sqlx_migrations SET version = 999 WHERE version = 2";
    sqlx::raw_sql(newer).execute(&store.writer).await.unwrap();
    drop(store);
    let error = Store::open(&place.url(), &place.files()).await.unwrap_err();
    assert!(matches!(error, StoreError::Migration { .. }), "a store of a newer version: {error}");
}
