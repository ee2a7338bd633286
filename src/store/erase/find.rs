//! What an erasure is about: numbers of rows, in tables of this connection alone.

use sqlx::SqliteConnection;

use super::{Scope, StoreError, Whose, run};

const TABLES: [&str; 9] = [
    "CREATE TEMP TABLE IF NOT EXISTS doomed (message INTEGER PRIMARY KEY, whole INTEGER NOT NULL DEFAULT 1)",
    "CREATE TEMP TABLE IF NOT EXISTS doomed_parts (submission INTEGER PRIMARY KEY)",
    "CREATE TEMP TABLE IF NOT EXISTS doomed_letters (letter INTEGER PRIMARY KEY, whole INTEGER NOT NULL DEFAULT 1)",
    "CREATE TEMP TABLE IF NOT EXISTS doomed_documents (message INTEGER, position INTEGER, PRIMARY KEY (message, position))",
    "CREATE TEMP TABLE IF NOT EXISTS doomed_addresses (address TEXT PRIMARY KEY)",
    "DELETE FROM doomed",
    "DELETE FROM doomed_parts",
    "DELETE FROM doomed_letters",
    "DELETE FROM doomed_documents",
];

/// Of a school: its parts, and whoever has written for it and for no other one.
const SCHOOL: [&str; 6] = [
    "DELETE FROM doomed_addresses",
    "INSERT INTO doomed_parts SELECT id FROM submissions WHERE school = $1 AND ($2 IS NULL OR campaign = $2)",
    "INSERT OR IGNORE INTO doomed_addresses
         SELECT m.sender FROM submissions s JOIN messages m ON m.id = s.message
             WHERE s.school = $1 AND s.version IS NOT NULL AND m.sender IS NOT NULL
         UNION SELECT lower(json_extract(amendment, '$.address')) FROM amendments
             WHERE json_extract(amendment, '$.school') = $1 AND json_extract(amendment, '$.kind') = 'address'
         EXCEPT SELECT m.sender FROM submissions s JOIN messages m ON m.id = s.message
             WHERE s.school <> $1 AND s.version IS NOT NULL",
    // Our letters about it, and about no other school.
    "INSERT OR IGNORE INTO doomed_letters (letter, whole)
         SELECT o.id, NOT EXISTS (SELECT 1 FROM outbox_schools x WHERE x.outbox = o.id AND x.school <> $1)
         FROM outbox o JOIN outbox_schools s ON s.outbox = o.id AND s.school = $1
         WHERE $2 IS NULL OR o.campaign = $2",
    "INSERT OR IGNORE INTO doomed (message)
         SELECT message FROM submissions WHERE id IN (SELECT submission FROM doomed_parts)
         UNION SELECT message FROM documents WHERE school = $1 AND ($2 IS NULL OR message IN (
             SELECT message FROM shares WHERE campaign = $2))",
    // What its people wrote besides, what came back of our letters to it, and the copies of these.
    "INSERT OR IGNORE INTO doomed (message)
         SELECT m.id FROM messages m
         WHERE m.state <> 'received' AND m.duplicate_of IS NULL AND ($2 IS NULL OR m.campaign = $2)
           AND NOT EXISTS (SELECT 1 FROM submissions s WHERE s.message = m.id AND s.replaced IS NULL AND s.school IS NOT NULL
                           AND s.school <> $1)
           -- What may be another one's waits for a person first.
           AND NOT EXISTS (SELECT 1 FROM reviews r WHERE r.message = m.id AND r.decided_at IS NULL AND (
               r.submission IS NOT NULL OR EXISTS (SELECT 1 FROM json_each(r.candidates) c WHERE c.value <> $1)))
           AND (m.sender IN (SELECT address FROM doomed_addresses)
                OR m.message_id IN (SELECT message_id FROM outbox JOIN doomed_letters ON letter = id WHERE whole)
                OR EXISTS (SELECT 1 FROM json_each(m.reading, '$.message.answers') a
                           JOIN outbox o ON o.message_id = a.value JOIN doomed_letters d ON d.letter = o.id WHERE d.whole)
                OR EXISTS (SELECT 1 FROM json_each(m.reading, '$.message.returned.letters') a
                           JOIN outbox o ON o.message_id = a.value JOIN doomed_letters d ON d.letter = o.id WHERE d.whole))",
];

/// Of a period: what came then. What nobody has decided about is none of it: it would be lost unanswered.
const BEFORE: [&str; 4] = [
    "DELETE FROM doomed_addresses",
    "INSERT INTO doomed (message)
         SELECT m.id FROM messages m
         WHERE m.received_at < $3 AND m.state <> 'received' AND m.duplicate_of IS NULL
           AND ($2 IS NULL OR m.campaign = $2 OR EXISTS (
               SELECT 1 FROM shares s WHERE s.message = m.id AND s.campaign = $2 AND s.action NOT IN ('leave', 'ignore')))
           AND (m.erased_at IS NULL OR EXISTS (SELECT 1 FROM submissions s WHERE s.message = m.id))",
    "INSERT INTO doomed_parts
         SELECT id FROM submissions WHERE message IN (SELECT message FROM doomed) AND ($2 IS NULL OR campaign = $2)",
    "INSERT OR IGNORE INTO doomed_letters (letter)
         SELECT id FROM outbox WHERE queued_at < $3 AND internal = 0 AND ($2 IS NULL OR campaign = $2)
           AND (recipient <> '' OR mime <> x'')",
];

/// What follows from these.
const BOTH: [&str; 7] = [
    // A mail of which something stays that others have sent.
    "UPDATE doomed SET whole = 0 WHERE EXISTS (
         SELECT 1 FROM submissions s WHERE s.message = doomed.message AND s.replaced IS NULL
           AND s.id NOT IN (SELECT submission FROM doomed_parts)
           AND (s.school IS NOT NULL OR EXISTS (SELECT 1 FROM reviews r WHERE r.submission = s.id AND r.decided_at IS NULL)))",
    "UPDATE doomed SET whole = 0 WHERE $2 IS NOT NULL AND EXISTS (
         SELECT 1 FROM shares s WHERE s.message = doomed.message AND s.campaign <> $2 AND s.action NOT IN ('leave', 'ignore'))",
    "INSERT OR IGNORE INTO doomed_documents
         SELECT s.message, d.value FROM submissions s JOIN json_each(s.documents) d
         WHERE s.id IN (SELECT submission FROM doomed_parts)
         UNION SELECT message, position FROM documents WHERE $1 IS NOT NULL AND school = $1
             AND message IN (SELECT message FROM doomed)",
    // Of the rest of such a mail, what is in force.
    "INSERT OR IGNORE INTO doomed_parts
         SELECT s.id FROM submissions s JOIN doomed d ON d.message = s.message WHERE d.whole OR s.replaced IS NOT NULL",
    "INSERT OR IGNORE INTO doomed_letters (letter)
         SELECT o.id FROM outbox o JOIN doomed d ON d.message = o.message WHERE d.whole",
    "INSERT OR IGNORE INTO doomed (message)
         SELECT m.id FROM messages m JOIN doomed d ON d.message = m.duplicate_of",
    "DELETE FROM doomed_letters WHERE letter IN (
         SELECT id FROM outbox WHERE recipient = '' AND mime = x'' AND response = '')",
];

/// Fills the tables.
pub(super) async fn find(connection: &mut SqliteConnection, scope: &Scope) -> Result<(), StoreError> {
    run(connection, scope, &TABLES).await?;
    match scope.whose {
        Whose::School(_) => run(connection, scope, &SCHOOL).await?,
        Whose::Before(_) => run(connection, scope, &BEFORE).await?,
    }
    run(connection, scope, &BOTH).await
}
