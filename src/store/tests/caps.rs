//! How many letters leave, what becomes of those that are too many or held, and of those that come back.

use super::*;
use crate::message::Returned;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const LEASE: SignedDuration = SignedDuration::from_mins(1);

fn terms(held: bool) -> Terms {
    Terms { lease: LEASE, expired: Expired::Hold, caps: CAPS, held }
}

/// A message of `school` whose request goes to `to`.
async fn asks(store: &Store, key: &str, to: &str, id: &str, now: Timestamp) {
    let message = take(store, key).await;
    let (campaign, reading) = (campaign(), reading(to));
    let decision = decision(Action::Request, vec![submission(Some(id), Action::Request, &[])]);
    let letter = Outgoing { to: address(to), ..outgoing(key, Template::Request, &[id], now) };
    let record = Record {
        message,
        shares: &[Recorded { campaign: &campaign, decision: &decision, outgoing: &[letter] }],
        reading: &reading,
        caps: &CAPS,
        suppressed_until: at(9000),
        now,
    };
    assert!(store.record(&record).await.unwrap());
}

/// Sends whatever may leave now; gives the recipients.
async fn send(store: &Store, now: Timestamp) -> Vec<String> {
    let mut sent = Vec::new();
    while let Some(queued) = store.lease(now, &terms(false)).await.unwrap() {
        assert!(store.begin_sending(queued.id, now).await.unwrap());
        store.sent(queued.id, now, "250").await.unwrap();
        sent.push(queued.to.as_str().to_owned());
    }
    sent
}

#[tokio::test]
async fn an_address_gets_five_letters_an_hour_and_ten_a_day_also_after_a_restart() {
    let place = Place::new();
    let mut sent = Vec::new();
    // One mail a minute, all day long, each about another school, so that none takes another's place.
    for minute in 0..24 * 60 {
        let store = place.open().await;
        let now = at(minute * MINUTE);
        if minute < 30 {
            asks(&store, &format!("m{minute}"), "a@x.ru", &format!("s{minute}"), now).await;
        }
        sent.extend(send(&store, now).await.iter().map(|_| minute));
        if minute == 40 {
            assert_eq!(send(&store, now).await.len(), 0);
            asks(&store, "other", "b@x.ru", "one", now).await;
            assert_eq!(send(&store, now).await, ["b@x.ru"], "another address is not held up");
        }
        if minute > 100 && minute % 60 != 0 {
            assert!(store.next_due(false).await.unwrap().unwrap() > now, "nobody has to look in between");
        }
        if minute > 130 {
            break;
        }
    }
    assert_eq!(sent, [0, 1, 2, 3, 4, 60, 61, 62, 63, 64]);
    let store = place.open().await;
    assert!(send(&store, at(24 * HOUR - 1)).await.is_empty());
    assert_eq!(send(&store, at(24 * HOUR + 4 * MINUTE)).await.len(), 5, "the first five are a day old");
}

#[tokio::test]
async fn all_addresses_together_get_so_many_in_ten_minutes() {
    let place = Place::new();
    let store = place.open().await;
    for n in 0..8 {
        asks(&store, &format!("m{n}"), &format!("a{n}@x.ru"), &format!("s{n}"), at(10)).await;
    }
    let caps = Caps { total_10_minutes: 3, ..CAPS };
    let mut times = Vec::new();
    for now in (10..2000).step_by(10) {
        while let Some(queued) = store.lease(at(now), &Terms { caps, ..terms(false) }).await.unwrap() {
            store.sent(queued.id, at(now), "250").await.unwrap();
            times.push((now, queued.to.as_str().to_owned()));
        }
    }
    let expected = [10, 10, 10, 610, 610, 610, 1210, 1210];
    let expected: Vec<_> = (0..).zip(expected).map(|(n, at)| (at, format!("a{n}@x.ru"))).collect();
    assert_eq!(times, expected);
}

#[tokio::test]
async fn a_flood_from_one_address_leaves_one_letter_waiting_that_says_where_things_stand() {
    let place = Place::new();
    let store = place.open().await;
    for n in 0..60 {
        asks(&store, &format!("m{n}"), "a@x.ru", "one", at(n)).await;
        send(&store, at(n)).await;
    }
    let states = states(&store).await;
    assert_eq!(
        states,
        BTreeMap::from([(OutboxState::Sent, 5), (OutboxState::Queued, 1), (OutboxState::Superseded, 54)])
    );
    let last = store.outbox_open(None).await.unwrap();
    assert_eq!(last[0].message_id, "m59@svodka.example");
    let bytes: i64 = sqlx::query_scalar("SELECT sum(length(mime)) FROM outbox WHERE state = 'superseded'")
        .fetch_one(&store.readers)
        .await
        .unwrap();
    assert_eq!(bytes, 0, "what nobody will read is not kept");
    assert_eq!(store.counts(&campaign()).await.unwrap().received, 60, "and every mail is stored");
}

#[tokio::test]
async fn a_request_to_somebody_else_is_not_taken_back() {
    let place = Place::new();
    let store = place.open().await;
    asks(&store, "a", "secretary@x.ru", "one", at(1)).await;
    asks(&store, "b", "deputy@x.ru", "one", at(2)).await;
    assert_eq!(states(&store).await, BTreeMap::from([(OutboxState::Queued, 2)]));
    asks(&store, "c", "deputy@x.ru", "one", at(3)).await;
    assert_eq!(states(&store).await, BTreeMap::from([(OutboxState::Queued, 2), (OutboxState::Superseded, 1)]));
}

#[tokio::test]
async fn held_replies_wait_for_a_person_and_alerts_do_not() {
    let place = Place::new();
    let store = place.open().await;
    for (key, id) in [("a", "one"), ("b", "two"), ("c", "three")] {
        asks(&store, key, "a@x.ru", id, at(1)).await;
    }
    store.tell(&[], &[letters::alert("t", None)], at(1)).await.unwrap();
    let leave = async |now| match store.lease(at(now), &terms(true)).await.unwrap() {
        Some(queued) => {
            store.sent(queued.id, at(now), "250").await.unwrap();
            Some(queued.message_id.as_str().to_owned())
        }
        None => None,
    };
    assert_eq!(store.next_due(true).await.unwrap(), Some(at(1)));
    assert_eq!(leave(9).await.as_deref(), Some("t@svodka.example"));
    assert_eq!(leave(9).await, None);
    assert_eq!(store.next_due(true).await.unwrap(), None);
    let rows: Vec<i64> = store.outbox_open(None).await.unwrap().iter().map(|row| row.id).collect();
    assert_eq!(store.approve(Some(&rows[1..2]), at(10)).await.unwrap(), rows[1..2]);
    assert_eq!(leave(10).await.as_deref(), Some("b@svodka.example"));
    assert!(store.approve(Some(&rows[1..2]), at(10)).await.unwrap().is_empty(), "it has left");
    assert_eq!(store.drop_waiting(&rows[..1], at(11)).await.unwrap(), rows[..1]);
    assert_eq!(store.approve(None, at(12)).await.unwrap(), rows[2..]);
    assert_eq!(leave(12).await.as_deref(), Some("c@svodka.example"));
    assert_eq!(leave(12).await, None);
    let states = states(&store).await;
    assert_eq!(states, BTreeMap::from([(OutboxState::Sent, 2), (OutboxState::Dropped, 1)]));
}

#[tokio::test]
async fn a_letter_that_comes_back_has_failed_and_its_address_rests() {
    let place = Place::new();
    let store = place.open().await;
    asks(&store, "a", "a@x.ru", "one", at(1)).await;
    asks(&store, "b", "b@x.ru", "two", at(1)).await;
    send(&store, at(1)).await;
    let report = async |cursor: &str, letters: &[&str], recipients: &[&str], lasting: bool| {
        let message = take(&store, cursor).await;
        let (campaign, mut reading) = (campaign(), reading("mailer-daemon@x.ru"));
        let ids = letters.iter().map(|local| MessageId::parse(&format!("{local}@svodka.example")).unwrap());
        let letters = std::iter::once(MessageId::parse("stranger@x.ru").unwrap()).chain(ids).collect();
        let recipients = recipients.iter().map(|one| address(one)).collect();
        reading.message.returned = Some(Returned { letters, lasting, recipients });
        let decision = decision(Action::Ignore, vec![]);
        let record = Record {
            message,
            shares: &[Recorded { campaign: &campaign, decision: &decision, outgoing: &[] }],
            reading: &reading,
            caps: &CAPS,
            suppressed_until: at(9000),
            now: at(20),
        };
        assert!(store.record(&record).await.unwrap());
    };
    report("r1", &["a"], &["a@x.ru"], true).await;
    report("r2", &["b"], &[], false).await;
    report("r3", &["nobody"], &[], true).await;
    let untold = store.untold(at(0)).await.unwrap();
    let untold: Vec<_> = untold.iter().map(|row| (row.recipient.as_str(), row.state)).collect();
    assert_eq!(untold, [("a@x.ru", OutboxState::Failed), ("b@x.ru", OutboxState::Failed)]);
    let rests = async |to: &str| store.suppressed(&address(to), at(21)).await.unwrap();
    assert_eq!(rests("a@x.ru").await, Some(at(9000)));
    assert_eq!(rests("b@x.ru").await, None, "it may fare better another time");
    // A report that names the thread is about its last letter, and the address to which a receiver forwards is not his.
    for (key, school) in [("c", "one"), ("d", "two")] {
        asks(&store, key, "c@x.ru", school, at(22)).await;
    }
    send(&store, at(22)).await;
    report("r4", &["d", "c"], &["c.forwards@y.ru"], true).await;
    report("r5", &["d", "c"], &["c.forwards@y.ru"], true).await;
    let failed = store.untold(at(0)).await.unwrap();
    let failed: Vec<_> = failed.iter().skip(2).map(|row| row.message_id.as_str()).collect();
    assert_eq!((failed, rests("c@x.ru").await), (vec!["d@svodka.example"], None));
    store.verify().await.unwrap();
}

#[tokio::test]
async fn who_has_written_is_answered_before_anybody_is_reminded() {
    let place = Place::new();
    let store = place.open().await;
    let letter = |key: &str, to: &str| Outgoing {
        to: address(to),
        purpose: Purpose::Reminder,
        ..outgoing(key, Template::Request, &["one"], at(1))
    };
    let reminders = [letter("r1", "a@x.ru"), letter("r2", "b@x.ru")];
    store.remind(&campaign(), &[], &reminders, at(9000), false, at(1)).await.unwrap();
    asks(&store, "q", "c@x.ru", "two", at(2)).await;
    assert_eq!(send(&store, at(3)).await, ["c@x.ru", "a@x.ru", "b@x.ru"]);
}

#[tokio::test]
async fn what_left_while_the_clock_was_wrong_holds_up_nothing_for_long() {
    let place = Place::new();
    let store = place.open().await;
    let wrong = 365 * 24 * HOUR;
    for school in ["one", "two", "three", "four", "five"] {
        asks(&store, school, "a@x.ru", school, at(wrong)).await;
    }
    assert_eq!(send(&store, at(wrong)).await.len(), 5);
    asks(&store, "now", "a@x.ru", "six", at(1)).await;
    assert_eq!(send(&store, at(1)).await, ["a@x.ru"]);
}

#[tokio::test]
async fn who_was_never_reached_may_send_the_same_again() {
    let place = Place::new();
    let store = place.open().await;
    // The second letter takes the place of the first, and comes back.
    asks(&store, "a", "a@x.ru", "one", at(1)).await;
    asks(&store, "b", "a@x.ru", "one", at(1)).await;
    let told = async || store.known(&campaign(), Some(&address("a@x.ru")), &[]).await.unwrap().told;
    assert_eq!(told().await, [school("one")]);
    let last = store.lease(at(1), &terms(false)).await.unwrap().unwrap();
    store.failed(last.id, at(2), "550 mailbox full").await.unwrap();
    assert!(told().await.is_empty());
}
