//! The rows of an erasure: every column of every table that can hold something personal. `tests` goes through the tables of
//! the store and fails where there is one of which nothing is said.

use jiff::{SignedDuration, Timestamp};
use sqlx::SqliteConnection;

use super::{Erasure, Scope, StoreError, Whose, run};

/// No reminder is due for longer before its day than this.
const REMINDED: SignedDuration = SignedDuration::from_hours(256 * 24);

/// How much it is.
pub(super) async fn count(connection: &mut SqliteConnection, scope: &Scope) -> Result<Erasure, StoreError> {
    let (mails, shared, submissions, letters, dropped, waiting, cases): (i64, i64, i64, i64, i64, i64, i64) =
        sqlx::query_as(
            "SELECT (SELECT count(*) FROM doomed WHERE whole), (SELECT count(*) FROM doomed WHERE NOT whole),
                    (SELECT count(*) FROM doomed_parts), (SELECT count(*) FROM doomed_letters WHERE whole),
                    (SELECT count(*) FROM outbox JOIN doomed_letters ON letter = id
                     WHERE whole AND state NOT IN ('sent', 'superseded', 'dropped')),
                    (SELECT count(*) FROM outbox JOIN doomed_letters ON letter = id
                     WHERE NOT whole AND state IN ('queued', 'leased', 'sending')),
                    (SELECT count(*) FROM reviews WHERE decided_at IS NULL AND (
                        message IN (SELECT message FROM doomed WHERE whole)
                        OR submission IN (SELECT submission FROM doomed_parts)))",
        )
        .fetch_one(&mut *connection)
        .await?;
    let unsure: i64 = match &scope.whose {
        Whose::Before(_) => 0,
        Whose::School(school) => {
            sqlx::query_scalar(
                "SELECT count(DISTINCT r.message) FROM reviews r JOIN messages m ON m.id = r.message
                 WHERE r.decided_at IS NULL AND ($2 IS NULL OR r.campaign = $2)
                   AND (m.sender IN (SELECT address FROM doomed_addresses)
                        OR EXISTS (SELECT 1 FROM json_each(r.candidates) c WHERE c.value = $1))
                   AND r.message NOT IN (SELECT message FROM doomed)",
            )
            .bind(school.as_str())
            .bind(scope.campaign.as_ref().map(|id| id.as_str()))
            .fetch_one(connection)
            .await?
        }
    };
    let [mails, shared, submissions, letters, dropped, waiting, cases, unsure] =
        [mails, shared, submissions, letters, dropped, waiting, cases, unsure].map(i64::unsigned_abs);
    Ok(Erasure { mails, shared, submissions, letters, dropped, waiting, cases, learned: 0, unsure })
}

/// What staff have taught the program; gives how much that was.
pub(super) async fn forget(connection: &mut SqliteConnection, scope: &Scope) -> Result<u64, StoreError> {
    let before: i64 = sqlx::query_scalar("SELECT count(*) FROM amendments").fetch_one(&mut *connection).await?;
    run(
        connection,
        scope,
        &["DELETE FROM amendments WHERE ($2 IS NULL OR campaign = $2) AND CASE
               WHEN $1 IS NOT NULL THEN json_extract(amendment, '$.school') = $1
                   AND json_extract(amendment, '$.kind') IN ('address', 'spelling', 'school')
               ELSE json_extract(amendment, '$.kind') IN ('address', 'spelling') AND added_at < $3 END"],
    )
    .await?;
    let after: i64 = sqlx::query_scalar("SELECT count(*) FROM amendments").fetch_one(connection).await?;
    Ok(before.abs_diff(after))
}

/// Our letters: what waits is not sent any more; of what has left, number, kind, state and Message-ID stay. Letters to the
/// committee quote mails of every school.
pub(super) async fn letters(
    connection: &mut SqliteConnection,
    scope: &Scope,
    now: Timestamp,
) -> Result<(), StoreError> {
    run(
        connection,
        scope,
        &[
            "INSERT OR IGNORE INTO doomed_addresses
                 SELECT recipient FROM outbox JOIN doomed_letters ON letter = id WHERE whole AND internal = 0",
            "DELETE FROM suppressed WHERE address IN (SELECT address FROM doomed_addresses)",
            "DELETE FROM outbox_schools WHERE ($1 IS NULL OR school = $1)
               AND outbox IN (SELECT letter FROM doomed_letters d JOIN outbox o ON o.id = d.letter
                              WHERE d.whole OR o.state NOT IN ('queued', 'leased', 'sending'))",
        ],
    )
    .await?;
    sqlx::query(
        "UPDATE outbox SET recipient = '', mime = x'', response = '', lease_until = NULL, told = 1, changed_at = $1,
             state = CASE WHEN state IN ('sent', 'superseded') THEN state ELSE 'dropped' END
         WHERE id IN (SELECT letter FROM doomed_letters WHERE whole)",
    )
    .bind(now.as_microsecond())
    .execute(&mut *connection)
    .await?;
    run(
        connection,
        scope,
        &[
            "UPDATE outbox SET mime = x'', response = ''
             WHERE id IN (SELECT letter FROM doomed_letters WHERE NOT whole) AND state NOT IN ('queued', 'leased', 'sending')",
            "UPDATE outbox SET mime = x'', response = '', state = CASE state WHEN 'queued' THEN 'superseded' ELSE state END
             WHERE internal = 1 AND state NOT IN ('leased', 'sending') AND kind <> 'sign_in'
               AND ($2 IS NULL OR campaign IS NULL OR campaign = $2) AND ($3 IS NULL OR queued_at < $3)",
        ],
    )
    .await
}

/// What schools have sent, part by part.
pub(super) async fn parts(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    const GONE: &str =
        "message IN (SELECT message FROM doomed WHERE whole) OR submission IN (SELECT submission FROM doomed_parts)";
    let statements = [
        // The files first, as long as it is known which they are.
        "INSERT OR IGNORE INTO erasing
             SELECT sha256 FROM messages WHERE id IN (SELECT message FROM doomed)
             UNION SELECT d.sha256 FROM documents d JOIN doomed m ON m.message = d.message
                   WHERE d.sha256 IS NOT NULL AND (m.whole OR EXISTS (
                       SELECT 1 FROM doomed_documents x WHERE x.message = d.message AND x.position = d.position))
             UNION SELECT json_extract(f.value, '$.sha256') FROM messages m, json_each(m.reading, '$.files') f
                   WHERE m.reading IS NOT NULL AND m.id IN (SELECT message FROM doomed)"
            .to_owned(),
        "DELETE FROM answers WHERE submission IN (SELECT submission FROM doomed_parts)".to_owned(),
        format!("UPDATE rulings SET review = NULL WHERE review IN (SELECT id FROM reviews WHERE {GONE})"),
        format!("DELETE FROM reviews WHERE {GONE}"),
        "UPDATE rulings SET submission = NULL, version = NULL WHERE submission IN (SELECT submission FROM doomed_parts)"
            .to_owned(),
        "DELETE FROM submissions WHERE id IN (SELECT submission FROM doomed_parts)".to_owned(),
        "DELETE FROM documents WHERE message IN (SELECT message FROM doomed WHERE whole)".to_owned(),
        // The others of the mail keep their places.
        "UPDATE documents SET name = NULL, path = '[]', format = NULL, size = NULL, sha256 = NULL, kind = 'other',
             school = NULL, problem = NULL
         WHERE EXISTS (SELECT 1 FROM doomed_documents x
                       WHERE x.message = documents.message AND x.position = documents.position)"
            .to_owned(),
    ];
    for statement in statements {
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut *connection).await?;
    }
    Ok(())
}

/// The mails' own rows.
pub(super) async fn mails(connection: &mut SqliteConnection, scope: &Scope, now: Timestamp) -> Result<(), StoreError> {
    let at = now.as_microsecond();
    sqlx::query(
        "UPDATE messages SET sender = NULL, message_id = NULL, subject = '', reading = NULL, version = NULL, reason = '',
             state = CASE WHEN duplicate_of IS NULL THEN 'ignore' ELSE state END, marked = 1, held = 0, erased_at = $1
         WHERE id IN (SELECT message FROM doomed WHERE whole)",
    )
    .bind(at)
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "UPDATE messages SET subject = '', reading = NULL, version = NULL, reason = '', erased_at = $1
         WHERE id IN (SELECT message FROM doomed WHERE NOT whole)",
    )
    .bind(at)
    .execute(&mut *connection)
    .await?;
    run(
        connection,
        scope,
        &[
            "DELETE FROM shares WHERE message IN (SELECT message FROM doomed WHERE whole)",
            "DELETE FROM shares WHERE campaign = $2 AND message IN (SELECT message FROM doomed)",
        ],
    )
    .await
}

/// Where everything stood, as summaries have told it; and the addresses of those who look after schools, once nothing can come
/// of them any more.
pub(super) async fn summaries(
    connection: &mut SqliteConnection,
    scope: &Scope,
    now: Timestamp,
) -> Result<(), StoreError> {
    match &scope.whose {
        Whose::School(_) => {
            run(
                connection,
                scope,
                &["UPDATE summaries SET snapshot = json_remove(snapshot, '$.schools.' || json_quote($1))
                   WHERE snapshot IS NOT NULL AND ($2 IS NULL OR campaign = $2)"],
            )
            .await
        }
        Whose::Before(before) => {
            let long = (*before).min(now.saturating_sub(REMINDED).unwrap_or(Timestamp::MIN));
            let long = Scope { whose: Whose::Before(long), campaign: scope.campaign.clone() };
            run(
                connection,
                &long,
                &[
                    "DELETE FROM reminders WHERE ($2 IS NULL OR campaign = $2)
                       AND outbox IN (SELECT id FROM outbox WHERE queued_at < $3)",
                    "DELETE FROM summaries WHERE ($2 IS NULL OR campaign = $2) AND made_at < $3",
                ],
            )
            .await
        }
    }
}
