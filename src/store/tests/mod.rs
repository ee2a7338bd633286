//! The store by what it promises.

mod caps;
mod letters;
mod migration;
mod sign_in;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::*;
use crate::{
    campaign::{CampaignId, SchoolId},
    config::Caps,
    decision::{Action, Decision, Review, ReviewReason, Submission, Template},
    form::{Answer, Invalid, Value},
    message::{Address, MessageId},
    reader::Reading,
};

pub(in crate::store) struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    pub(in crate::store) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(in crate::store) fn url(&self) -> String {
        format!("sqlite://{}", self.folder.path().join("svodka.db").display())
    }

    pub(in crate::store) fn files(&self) -> PathBuf {
        self.folder.path().join("files")
    }

    pub(in crate::store) async fn open(&self) -> Store {
        Store::open(&self.url(), &self.files()).await.unwrap()
    }
}

pub(in crate::store) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_660_000_000 + seconds).unwrap()
}

pub(in crate::store) fn campaign() -> CampaignId {
    "500plus-2022".parse().unwrap()
}

pub(in crate::store) fn school(id: &str) -> SchoolId {
    id.parse().unwrap()
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn reading(from: &str) -> Reading {
    serde_json::from_value(json!({
        "version": 1,
        "message": {
            "message_id": null, "answers": [], "from": { "name": null, "address": from }, "recipients": [],
            "subject": "тема", "date": null, "received": null, "automatic": null,
            "body": crate::document::Document::default(), "signature": "", "quoted": "", "oddities": [],
        },
        "files": [],
    }))
    .unwrap()
}

pub(in crate::store) fn submission(id: Option<&str>, action: Action, answers: &[(&str, &str)]) -> Submission {
    let answer = |text: &str| Answer {
        text: text.to_owned(),
        value: text.parse().ok().map(Value::Number),
        invalid: (text == "много").then_some(Invalid::NotANumber),
        found: "таблица 1, строка 1".to_owned(),
    };
    Submission {
        school: id.map(school),
        candidates: Vec::new(),
        outside: None,
        branch: None,
        action,
        late: false,
        form: !answers.is_empty(),
        draft: answers.is_empty(),
        information: Vec::new(),
        missing: Vec::new(),
        invalid: Vec::new(),
        answers: answers.iter().map(|(field, text)| (field.parse().unwrap(), answer(text))).collect(),
        changed: Vec::new(),
        documents: Vec::new(),
        owed: Vec::new(),
        repeats: false,
        evidence: Vec::new(),
    }
}

pub(in crate::store) fn decision(action: Action, submissions: Vec<Submission>) -> Decision {
    Decision { action, documents: Vec::new(), submissions, replies: Vec::new(), reviews: Vec::new(), why: Vec::new() }
}

pub(in crate::store) fn outgoing(key: &str, template: Template, schools: &[&str], not_before: Timestamp) -> Outgoing {
    Outgoing {
        key: key.to_owned(),
        sender: address("committee@example.org"),
        to: address("school@example.org"),
        purpose: Purpose::Answer(template),
        schools: schools.iter().map(|id| school(id)).collect(),
        message_id: MessageId::parse(&format!("{key}@svodka.example")).unwrap(),
        mime: key.as_bytes().to_vec(),
        not_before,
    }
}

const CAPS: Caps = Caps { per_address_hour: 5, per_address_day: 10, total_10_minutes: 200 };

/// Everything that may leave at a time, leased one after the other.
async fn lease_all(store: &Store, now: Timestamp, lease: SignedDuration, expired: Expired) -> Vec<Queued> {
    let terms = Terms { lease, expired, caps: CAPS, held: false };
    let mut leased = Vec::new();
    while let Some(queued) = store.lease(now, &terms).await.unwrap() {
        leased.push(queued);
    }
    leased
}

pub(in crate::store) async fn take(store: &Store, cursor: &str) -> MessageRow {
    match intake(store, cursor, cursor.as_bytes()).await {
        Intaken::New(id) => id,
        other => panic!("{other:?}"),
    }
}

pub(in crate::store) async fn intake(store: &Store, cursor: &str, raw: &[u8]) -> Intaken {
    let intake = Intake { mailbox: "inbox", cursor, raw, truncated: false, received: Some(at(0)), now: at(1) };
    store.take_in(&intake).await.unwrap()
}

pub(in crate::store) async fn record(
    store: &Store,
    message: MessageRow,
    decision: &Decision,
    outgoing: &[Outgoing],
) -> bool {
    let (campaign, reading) = (campaign(), reading("school@example.org"));
    let record = Record {
        message,
        shares: &[Recorded { campaign: &campaign, decision, outgoing }],
        reading: &reading,
        caps: &CAPS,
        suppressed_until: at(60),
        now: at(2),
    };
    store.record(&record).await.unwrap()
}

/// A school's message from intake to record.
pub(in crate::store) async fn sent_in(store: &Store, cursor: &str, part: Submission, out: &[Outgoing]) -> MessageRow {
    let id = take(store, cursor).await;
    assert!(record(store, id, &decision(part.action, vec![part]), out).await);
    id
}

async fn states(store: &Store) -> BTreeMap<OutboxState, u64> {
    store.outbox_counts().await.unwrap()
}

#[tokio::test]
async fn a_restart_after_any_step_repeats_nothing() {
    let place = Place::new();
    let store = place.open().await;
    let id = take(&store, "a").await;
    drop(store);

    let store = place.open().await;
    assert_eq!(intake(&store, "a", b"a").await, Intaken::Known { id, decided: false });
    let waiting = store.received().await.unwrap();
    assert_eq!(waiting.iter().map(|stored| stored.id).collect::<Vec<_>>(), [id]);
    assert_eq!(store.raw(&waiting[0].sha256).await.unwrap(), b"a");
    let confirmed = decision(Action::Confirm, vec![submission(Some("one"), Action::Confirm, &[("x", "1")])]);
    let out = [outgoing("a", Template::Confirm, &["one"], at(0))];
    assert!(record(&store, id, &confirmed, &out).await);
    drop(store);

    let store = place.open().await;
    assert!(store.received().await.unwrap().is_empty());
    assert!(!record(&store, id, &confirmed, &out).await, "decided twice");
    assert_eq!(intake(&store, "a", b"a").await, Intaken::Known { id, decided: true });
    assert_eq!(states(&store).await, BTreeMap::from([(OutboxState::Queued, 1)]));
    assert_eq!(store.unmarked("inbox", false).await.unwrap(), [unmarked(id, "a", Action::Confirm)]);
    assert!(store.unmarked("inbox", true).await.unwrap().is_empty(), "its answer is still on its way");
    store.marked(&[id]).await.unwrap();
    drop(store);

    let store = place.open().await;
    assert!(store.unmarked("inbox", false).await.unwrap().is_empty());
    assert_eq!(store.cursors("inbox").await.unwrap().len(), 1);
    assert_eq!(store.verify().await.unwrap(), 2);
}

fn unmarked(id: MessageRow, cursor: &str, action: Action) -> Unmarked {
    Unmarked { id, cursor: cursor.to_owned(), action, answered: false, own: false, alert: false, ruled: false }
}

#[tokio::test]
async fn a_copy_is_linked_counted_and_marked_like_the_first() {
    let store_at = Place::new();
    let store = store_at.open().await;
    let first = take(&store, "a").await;
    let Intaken::Duplicate { id, of } = intake(&store, "b", b"a").await else { panic!("not a duplicate") };
    assert_eq!(of, first);
    assert_eq!(store.received().await.unwrap().len(), 1);
    assert!(store.unmarked("inbox", false).await.unwrap().is_empty(), "marked before it is decided");
    assert!(record(&store, first, &decision(Action::Leave, vec![]), &[]).await);
    let marks = store.unmarked("inbox", false).await.unwrap();
    assert_eq!(marks, [unmarked(first, "a", Action::Leave), unmarked(id, "b", Action::Leave)]);
    let counts = Counts { received: 2, other: 1, duplicate: 1, ..Counts::default() };
    assert_eq!(store.counts(&campaign()).await.unwrap(), counts);
}

#[tokio::test]
async fn the_latest_answer_wins_and_a_field_left_out_erases_nothing() {
    let place = Place::new();
    let store = place.open().await;
    sent_in(&store, "a", submission(Some("one"), Action::Request, &[("x", "1"), ("y", "много")]), &[]).await;
    sent_in(&store, "b", submission(Some("one"), Action::Confirm, &[("y", "2")]), &[]).await;
    sent_in(&store, "c", submission(Some("one"), Action::Review, &[("x", "9")]), &[]).await;
    sent_in(&store, "d", submission(Some("two"), Action::Request, &[]), &[]).await;
    let from = address("school@example.org");
    let known = store.known(&campaign(), Some(&from), &[]).await.unwrap();
    let one = &known.schools[&school("one")];
    assert_eq!(one.versions, 2);
    assert_eq!(one.senders, [from]);
    assert!(one.form && !one.draft);
    assert_eq!(one.answers[&"x".parse().unwrap()].value, Some(Value::Number(1)));
    let y = &one.answers[&"y".parse().unwrap()];
    assert_eq!((y.text.as_str(), y.invalid), ("2", None));
    let two = &store.schools(&campaign()).await.unwrap()[&school("two")];
    assert!(two.state.draft && !two.state.form);
    assert_eq!((two.form_received, two.draft_received), (None, Some(at(0))));
    let history = store.history(&campaign()).await.unwrap();
    let versions: Vec<_> = history.iter().map(|row| (row.version, row.form, row.draft)).collect();
    let expected = [(Some(1), true, false), (Some(2), true, false), (None, true, false), (Some(1), false, true)];
    assert_eq!(versions, expected);
}

#[tokio::test]
async fn a_waiting_request_is_superseded_only_by_an_answer_for_all_its_schools() {
    let place = Place::new();
    let store = place.open().await;
    let part = |id| submission(Some(id), Action::Request, &[]);
    sent_in(&store, "a", part("one"), &[outgoing("a", Template::Request, &["one"], at(900))]).await;
    sent_in(&store, "b", part("two"), &[outgoing("b", Template::Request, &["one", "two"], at(900))]).await;
    assert!(!states(&store).await.contains_key(&OutboxState::Superseded), "school two brought nothing of school one");
    sent_in(&store, "c", part("one"), &[]).await;
    assert!(!states(&store).await.contains_key(&OutboxState::Superseded), "nothing replaces the request");
    sent_in(&store, "d", part("one"), &[outgoing("d", Template::Confirm, &["one"], at(3))]).await;
    assert_eq!(states(&store).await, BTreeMap::from([(OutboxState::Queued, 2), (OutboxState::Superseded, 1)]));
    let due = lease_all(&store, at(1000), SignedDuration::from_secs(60), Expired::Hold).await;
    assert_eq!(due.iter().map(|queued| queued.mime.as_slice()).collect::<Vec<_>>(), [b"d", b"b"]);
}

#[tokio::test]
async fn a_lease_that_ends_is_safe_before_sending_and_held_or_repeated_after() {
    for (expired, again) in [(Expired::Hold, OutboxState::Ambiguous), (Expired::Resend, OutboxState::Leased)] {
        let place = Place::new();
        let store = place.open().await;
        let part = || submission(Some("one"), Action::Confirm, &[]);
        sent_in(&store, "a", part(), &[outgoing("a", Template::Confirm, &["one"], at(5))]).await;
        sent_in(&store, "b", part(), &[outgoing("b", Template::Confirm, &["one"], at(5))]).await;
        let minute = SignedDuration::from_secs(60);
        assert!(lease_all(&store, at(4), minute, expired).await.is_empty(), "before its time");
        let leased = lease_all(&store, at(5), minute, expired).await;
        assert_eq!(leased.len(), 2);
        assert!(lease_all(&store, at(6), minute, expired).await.is_empty(), "leased twice");
        assert!(store.begin_sending(leased[0].id, at(6)).await.unwrap());
        assert!(!store.begin_sending(leased[1].id, at(65)).await.unwrap(), "begun after the lease");
        let later = lease_all(&store, at(65), minute, expired).await;
        assert!(later.iter().any(|queued| queued.id == leased[1].id && queued.tries == 0));
        assert!(states(&store).await.contains_key(&again));
        assert_eq!(later.iter().any(|queued| queued.id == leased[0].id), expired == Expired::Resend);
        store.sent(leased[0].id, at(66), "250 ok").await.unwrap();
        store.retry(leased[0].id, at(67), "late news").await.unwrap();
        store.failed(leased[0].id, at(67), "late news").await.unwrap();
        store.retry(leased[1].id, at(100), "451 later").await.unwrap();
        assert_eq!(states(&store).await, BTreeMap::from([(OutboxState::Queued, 1), (OutboxState::Sent, 1)]));
        assert!(lease_all(&store, at(99), minute, expired).await.is_empty());
        assert_eq!(lease_all(&store, at(100), minute, expired).await.len(), 1);
    }
}

#[tokio::test]
async fn a_new_owner_takes_back_the_leases_of_a_dead_one() {
    for (expired, sendable) in [(Expired::Hold, 1), (Expired::Resend, 2)] {
        let place = Place::new();
        let store = place.open().await;
        let part = || submission(Some("one"), Action::Confirm, &[]);
        sent_in(&store, "a", part(), &[outgoing("a", Template::Confirm, &["one"], at(5))]).await;
        sent_in(&store, "b", part(), &[outgoing("b", Template::Confirm, &["one"], at(5))]).await;
        let leased = lease_all(&store, at(5), SignedDuration::from_secs(60), expired).await;
        assert!(store.begin_sending(leased[0].id, at(5)).await.unwrap());
        drop(store);
        let store = place.open().await;
        store.take_over(at(6), expired).await.unwrap();
        let again = lease_all(&store, at(6), SignedDuration::from_secs(60), expired).await;
        assert_eq!(again.len(), sendable, "what had begun is resent only where that is harmless");
    }
}

#[tokio::test]
async fn a_transaction_that_the_database_ended_by_itself_blocks_no_later_one() {
    let place = Place::new();
    let store = place.open().await;
    let mut tx = store.begin().await.unwrap();
    // As SQLite does when a COMMIT meets a full disk (https://sqlite.org/lang_transaction.html, section 3).
    sqlx::raw_sql("ROLLBACK").execute(&mut *tx).await.unwrap();
    assert!(tx.commit().await.is_err());
    take(&store, "after").await;
}

#[tokio::test]
async fn a_failing_insert_leaves_nothing() {
    let place = Place::new();
    let store = place.open().await;
    let id = take(&store, "a").await;
    let part = submission(Some("one"), Action::Confirm, &[("x", "1")]);
    let twice = [outgoing("same", Template::Confirm, &["one"], at(0)), outgoing("same", Template::Request, &[], at(0))];
    let (campaign, reading) = (campaign(), reading("school@example.org"));
    let decision = decision(Action::Confirm, vec![part]);
    let record = Record {
        message: id,
        shares: &[Recorded { campaign: &campaign, decision: &decision, outgoing: &twice }],
        reading: &reading,
        caps: &CAPS,
        suppressed_until: at(60),
        now: at(2),
    };
    assert!(store.record(&record).await.is_err());
    assert_eq!(store.received().await.unwrap().len(), 1);
    assert!(store.known(&campaign, None, &[]).await.unwrap().schools.is_empty());
    assert!(states(&store).await.is_empty());
    assert_eq!(store.verify().await.unwrap(), 1);
    assert!(store.record(&Record { message: 77, ..record }).await.is_err(), "a message that is not there");
}

#[tokio::test]
async fn a_thread_is_known_by_our_own_mail_to_the_same_sender_about_one_school() {
    let place = Place::new();
    let store = place.open().await;
    let part = || submission(Some("one"), Action::Request, &[]);
    sent_in(&store, "a", part(), &[outgoing("a", Template::Request, &["one"], at(0))]).await;
    sent_in(&store, "b", part(), &[outgoing("b", Template::Confirm, &["one", "two"], at(0))]).await;
    let id = |key: &str| MessageId::parse(&format!("{key}@svodka.example")).unwrap();
    let thread = async |from: &str, answers: &[MessageId]| {
        store.known(&campaign(), Some(&address(from)), answers).await.unwrap().thread
    };
    assert_eq!(thread("school@example.org", &[id("b"), id("a")]).await, Some(school("one")));
    assert_eq!(thread("school@example.org", &[id("b")]).await, None);
    assert_eq!(thread("other@example.org", &[id("a")]).await, None);
}

#[tokio::test]
async fn every_message_is_counted_once_and_reviews_are_open() {
    let place = Place::new();
    let store = place.open().await;
    for (cursor, action) in [("i", Action::Ignore), ("l", Action::Leave)] {
        let id = take(&store, cursor).await;
        record(&store, id, &decision(action, vec![]), &[]).await;
    }
    sent_in(&store, "c", submission(Some("one"), Action::Confirm, &[]), &[]).await;
    let id = take(&store, "r").await;
    let mut doubtful = decision(Action::Review, vec![submission(None, Action::Review, &[("x", "1")])]);
    let candidates = vec![school("two"), school("three")];
    doubtful.reviews = vec![Review { reason: ReviewReason::AmbiguousSchool, submission: Some(0), candidates }];
    record(&store, id, &doubtful, &[]).await;
    let broken = take(&store, "x").await;
    assert!(store.record_failure(broken, &campaign(), "the reader stopped", at(3)).await.unwrap());
    assert!(!store.record_failure(broken, &campaign(), "the reader stopped", at(3)).await.unwrap());
    let counts = Counts { received: 5, matched: 1, review: 2, automatic: 1, other: 1, duplicate: 0 };
    assert_eq!(store.counts(&campaign()).await.unwrap(), counts);
    let reasons: Vec<_> = store.reviews_open(None).await.unwrap().into_iter().map(|row| row.reason).collect();
    assert_eq!(reasons, [ReviewReason::AmbiguousSchool, ReviewReason::Broken]);
    let schools = store.schools(&campaign()).await.unwrap();
    assert!(schools[&school("two")].open_review && !schools[&school("one")].open_review);
}

#[tokio::test]
async fn a_second_instance_is_refused_and_a_reader_is_not() {
    let place = Place::new();
    let nothing = Store::open_read_only(&place.url(), &place.files()).await.unwrap_err();
    assert!(matches!(nothing, StoreError::Missing { .. }), "{nothing}");
    let store = place.open().await;
    let error = Store::open(&place.url(), &place.files()).await.unwrap_err();
    assert!(matches!(error, StoreError::InUse { .. }) && !error.is_temporary());
    assert!(error.to_string().contains("another svodka is running"));
    let id = take(&store, "a").await;
    let reader = Store::open_read_only(&place.url(), &place.files()).await.unwrap();
    assert_eq!(reader.received().await.unwrap()[0].id, id);
    assert!(reader.marked(&[id]).await.is_err());
    drop((store, reader));
    place.open().await;
}

#[tokio::test]
async fn a_changed_event_breaks_the_chain() {
    let place = Place::new();
    let store = place.open().await;
    for cursor in ["a", "b", "c"] {
        take(&store, cursor).await;
    }
    assert_eq!(store.verify().await.unwrap(), 3);
    sqlx::query("UPDATE events SET refs = '{}' WHERE id = 2").execute(&store.writer).await.unwrap();
    assert!(matches!(store.verify().await, Err(StoreError::Chain { id: 2, what: Broken::Changed })));
    sqlx::query("DELETE FROM events WHERE id = 2").execute(&store.writer).await.unwrap();
    assert!(matches!(store.verify().await, Err(StoreError::Chain { id: 3, what: Broken::Gap(2) })));
}

#[tokio::test]
async fn a_damaged_database_or_file_is_refused() {
    let place = Place::new();
    let store = place.open().await;
    let sha256 = store.put_file(b"content").await.unwrap();
    let path = place.files().join(sha256.to_string().get(..2).unwrap()).join(format!("{sha256}.zst"));
    std::fs::write(&path, b"other").unwrap();
    assert!(matches!(store.raw(&sha256).await, Err(StoreError::Damaged { .. })));
    assert_eq!(store.put_file(b"content").await.unwrap(), sha256, "storing again mends it");
    assert_eq!(store.raw(&sha256).await.unwrap(), b"content");
    drop(store);
    let empty = Place::new();
    std::fs::write(empty.folder.path().join("svodka.db"), vec![b'x'; 8192]).unwrap();
    let error = Store::open(&empty.url(), &empty.files()).await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
}
