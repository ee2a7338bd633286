//! Whatever is done to the chain by hand is found, as far as it can be.

use super::*;
use crate::store::tests::{Place, take};

/// A store of some events, and the head of its chain.
async fn store(place: &Place) -> (Store, Head) {
    let store = place.open().await;
    for cursor in ["a", "b", "c", "d"] {
        take(&store, cursor).await;
    }
    let head = store.audit(&[]).await.unwrap().head.unwrap();
    (store, head)
}

async fn tampered(by: &str) -> (Store, Head, Place) {
    let place = Place::new();
    let (store, head) = store(&place).await;
    sqlx::raw_sql(sqlx::AssertSqlSafe(by.to_owned())).execute(&store.writer).await.unwrap();
    (store, head, place)
}

async fn found(by: &str) -> (i64, Broken) {
    let (store, _, _place) = tampered(by).await;
    match store.audit(&[]).await {
        Err(StoreError::Chain { id, what }) => (id, what),
        other => panic!("{by}: {other:?}"),
    }
}

#[tokio::test]
async fn every_change_is_found_at_its_place() {
    for (by, expected) in [
        ("UPDATE events SET refs = '{}' WHERE id = 2", (2, Broken::Changed)),
        ("UPDATE events SET at = at + 1 WHERE id = 2", (2, Broken::Changed)),
        ("UPDATE events SET kind = 'sent' WHERE id = 2", (2, Broken::Changed)),
        ("UPDATE events SET hash = upper(hash) WHERE id = 2", (2, Broken::Changed)),
        ("DELETE FROM events WHERE id = 1", (2, Broken::Gap(1))),
        ("DELETE FROM events WHERE id IN (2, 3)", (4, Broken::Gap(2))),
        ("DELETE FROM events WHERE id = 4", (3, Broken::Cut(4))),
        ("DELETE FROM events", (0, Broken::Cut(4))),
        // Numbers closed up.
        ("DELETE FROM events WHERE id = 2; UPDATE events SET id = id - 1 WHERE id > 2", (2, Broken::Changed)),
        // Two swapped.
        (
            "UPDATE events SET id = 99 WHERE id = 2; UPDATE events SET id = 2 WHERE id = 3;
             UPDATE events SET id = 3 WHERE id = 99",
            (2, Broken::Changed),
        ),
        (
            "INSERT INTO events (at, kind, refs, hash) SELECT at, kind, refs, hash FROM events WHERE id = 4",
            (5, Broken::Changed),
        ),
        // The note of the numbers put back too: the messages still tell.
        (
            "DELETE FROM events WHERE id = 4; UPDATE sqlite_sequence SET seq = 3 WHERE name = 'events'",
            (3, Broken::Untold { what: "message", number: 4 }),
        ),
    ] {
        assert_eq!(found(by).await, expected, "{by}");
    }
}

#[tokio::test]
async fn what_is_appended_after_a_cut_hides_nothing() {
    let (store, _, _place) = tampered("DELETE FROM events WHERE id = 4").await;
    take(&store, "e").await;
    assert!(matches!(store.audit(&[]).await, Err(StoreError::Chain { id: 5, what: Broken::Gap(4) })));
}

/// A whole row rewritten, with the hash that it ought to have; and with those after it.
async fn rewrite(store: &Store, only: bool) {
    let rows: Vec<Columns> = sqlx::query_as("SELECT id, at, kind, refs, hash FROM events ORDER BY id")
        .fetch_all(&store.writer)
        .await
        .unwrap();
    let mut previous = rows[0].4.clone();
    for (id, at, kind, refs, _) in &rows[1..] {
        let refs = if *id == 2 { "{}" } else { refs };
        let hash = events::hash(&previous, *id, *at, kind, refs);
        sqlx::query("UPDATE events SET refs = $1, hash = $2 WHERE id = $3")
            .bind(refs)
            .bind(&hash)
            .bind(id)
            .execute(&store.writer)
            .await
            .unwrap();
        if only {
            return;
        }
        previous = hash;
    }
}

#[tokio::test]
async fn a_row_with_a_right_hash_of_its_own_breaks_the_next_one() {
    let place = Place::new();
    let (store, _) = store(&place).await;
    rewrite(&store, true).await;
    assert!(matches!(store.audit(&[]).await, Err(StoreError::Chain { id: 3, what: Broken::Changed })));
}

#[tokio::test]
async fn a_chain_that_is_rewritten_to_its_end_is_found_by_a_noted_head_alone() {
    let place = Place::new();
    let (store, head) = store(&place).await;
    assert_eq!(store.audit(&[head]).await.unwrap().head, Some(head));
    rewrite(&store, false).await;
    assert!(store.audit(&[]).await.is_ok(), "nothing in the database itself can tell");
    assert!(matches!(store.audit(&[head]).await, Err(StoreError::Chain { id: 4, what: Broken::Rewritten })));
}

#[tokio::test]
async fn a_store_that_ends_before_a_noted_head_is_an_earlier_one() {
    let place = Place::new();
    let (store, head) = store(&place).await;
    let later = Head { number: head.number + 1, ..head };
    assert!(matches!(store.audit(&[later]).await, Err(StoreError::Chain { id: 5, what: Broken::Ended })));
}

#[test]
fn a_head_is_written_as_it_is_read() {
    let text = format!("7:{}", Sha256::of(b"x"));
    assert_eq!(text.parse::<Head>().unwrap().to_string(), text);
    for wrong in ["", "7", "7:", "0:00", "x:y", "-1:00"] {
        assert_eq!(wrong.parse::<Head>(), Err(InvalidHead), "{wrong}");
    }
}
