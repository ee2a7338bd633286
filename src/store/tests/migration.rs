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
