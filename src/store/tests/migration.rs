//! A store that an earlier version has written is brought up to date with everything in it.

use sqlx::{Connection as _, SqliteConnection};

use super::*;
use crate::campaign::Amendment;

/// What the version before had: an address that staff knew, a letter about a school, and what it reminded of.
const BEFORE: &str = "
    INSERT INTO ties (campaign, address, school) VALUES ('campaign', 'known@example.org', 'one');
    INSERT INTO outbox (id, key, kind, campaign, sender, recipient, message_id, mime, state, queued_at, not_before,
                        changed_at)
    VALUES (7, 'k', 'reminder', 'campaign', 'c@example.org', 's@example.org', 'k@example.org', x'00', 'sent', 1, 1, 1);
    INSERT INTO outbox_schools (outbox, school) VALUES (7, 'one');
    INSERT INTO reminders (campaign, whose, point, outbox) VALUES ('campaign', 'one', 'form, 3 before', 7);";

#[tokio::test]
async fn what_the_version_before_has_written_is_there_afterwards() {
    let place = Place::new();
    let url = place.url();
    let mut old = SqliteConnection::connect(&format!("{url}?mode=rwc")).await.unwrap();
    sqlx::raw_sql("PRAGMA foreign_keys = ON").execute(&mut old).await.unwrap();
    sqlx::migrate!("migrations/sqlite").run_to(4, &mut old).await.unwrap();
    sqlx::raw_sql(BEFORE).execute(&mut old).await.unwrap();
    old.close().await.unwrap();

    let store = place.open().await;
    let campaign = "campaign".parse().unwrap();
    let amendments: Vec<Amendment> =
        store.amendments(&campaign).await.unwrap().into_iter().map(|row| row.amendment).collect();
    let address = "known@example.org".to_owned();
    assert_eq!(amendments, [Amendment::Address { school: school("one"), address }]);
    assert_eq!(store.reminded(&campaign).await.unwrap().len(), 1);
    assert_eq!(store.outbox_counts().await.unwrap(), [(OutboxState::Sent, 1)].into());
    assert_eq!(store.letter(7).await.unwrap(), Some(vec![0]));
    let broken: Vec<(String, i64, String, i64)> =
        sqlx::query_as("PRAGMA foreign_key_check").fetch_all(&store.readers).await.unwrap();
    assert_eq!(broken, []);
}

/// A store as the version before has written it.
async fn of_before(place: &Place) {
    let mut old = SqliteConnection::connect(&format!("{}?mode=rwc", place.url())).await.unwrap();
    sqlx::migrate!("migrations/sqlite").run_to(4, &mut old).await.unwrap();
    sqlx::raw_sql(BEFORE).execute(&mut old).await.unwrap();
    old.close().await.unwrap();
}

/// By which step the tables of a file were brought up to date last.
async fn schema_of(file: &Path) -> i64 {
    let mut copy = SqliteConnection::connect(&format!("sqlite://{}?mode=ro", file.display())).await.unwrap();
    sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(&mut copy).await.unwrap()
}

#[tokio::test]
async fn before_the_tables_are_brought_up_to_date_the_database_is_copied_once() {
    let place = Place::new();
    of_before(&place).await;
    let older = place.folder.path().join("svodka.db.before-0003");
    std::fs::write(&older, "of an upgrade long ago").unwrap();
    place.open().await.close().await;
    let copy = place.folder.path().join(format!("svodka.db.before-{:04}", Store::newest_schema()));
    assert_eq!(schema_of(&copy).await, 4);
    assert!(!older.exists());
    // The next start makes none, and one killed in the middle of an upgrade keeps the one of before it.
    let database = place.folder.path().join("svodka.db");
    let written = std::fs::read(&copy).unwrap();
    place.open().await.close().await;
    std::fs::remove_file(&database).unwrap();
    let mut half = SqliteConnection::connect(&format!("{}?mode=rwc", place.url())).await.unwrap();
    sqlx::migrate!("migrations/sqlite").run_to(6, &mut half).await.unwrap();
    half.close().await.unwrap();
    place.open().await.close().await;
    assert_eq!(std::fs::read(&copy).unwrap(), written);
    assert_eq!(schema_of(&database).await, Store::newest_schema());
}

#[tokio::test]
async fn a_new_store_leaves_no_copy_and_without_a_copy_there_is_no_upgrade() {
    let place = Place::new();
    place.open().await.close().await;
    let copies = |place: &Place| before::copies_before(&place.folder.path().join("svodka.db"));
    assert_eq!(copies(&place), Vec::<PathBuf>::new());
    let place = Place::new();
    of_before(&place).await;
    let database = place.folder.path().join("svodka.db");
    let in_the_way = place.folder.path().join(format!("svodka.db.before-{:04}.unfinished", Store::newest_schema()));
    std::fs::create_dir(&in_the_way).unwrap();
    let error = Store::open(&place.url(), &place.files()).await.unwrap_err();
    assert!(matches!(error, StoreError::NoCopy { .. }), "{error}");
    assert!(error.to_string().contains("nothing was changed"), "{error}");
    assert_eq!(schema_of(&database).await, 4);
    std::fs::remove_dir(&in_the_way).unwrap();
    place.open().await.close().await;
    assert_eq!(copies(&place).len(), 1);
}
