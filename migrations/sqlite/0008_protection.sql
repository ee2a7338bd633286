-- The protection of data: what an erasure leaves behind, what a restored store must not do, and where backups are.

-- The numbers of events are given once: SQLite notes the last one beside the table (sqlite_sequence), so that a chain whose
-- end was cut off shows it.
CREATE TABLE events_new (
    id   INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at   INTEGER NOT NULL,
    kind TEXT    NOT NULL,
    refs TEXT    NOT NULL,
    hash TEXT    NOT NULL
) STRICT;
INSERT INTO events_new (id, at, kind, refs, hash) SELECT id, at, kind, refs, hash FROM events ORDER BY id;
DROP TABLE events;
ALTER TABLE events_new RENAME TO events;

-- When the message's content was erased. Its row stays, with the hash and the name in the mailbox alone: so that the same
-- mail, which may lie in the mailbox still, is known and not read in again.
ALTER TABLE messages ADD COLUMN erased_at INTEGER;
-- Whether it may have been answered before the store was restored: then its letters wait for a person.
ALTER TABLE messages ADD COLUMN held INTEGER NOT NULL DEFAULT 0 CHECK (held IN (0, 1));
-- The same of a letter, whatever `replies.mode` is.
ALTER TABLE outbox ADD COLUMN held INTEGER NOT NULL DEFAULT 0 CHECK (held IN (0, 1));

-- Backups that were made and not removed by us, and up to which event each goes.
CREATE TABLE backups (
    id      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    made_at INTEGER NOT NULL,
    path    TEXT    NOT NULL,
    events  INTEGER NOT NULL,
    head    TEXT    NOT NULL
) STRICT;

-- When this store was restored, and from a backup of when.
CREATE TABLE restores (
    id      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    made_at INTEGER NOT NULL
) STRICT;

-- What was erased: the rows are gone in one transaction, files and free pages after it.
CREATE TABLE erasures (
    id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at          INTEGER NOT NULL,
    -- A school's id, a period, a campaign: as JSON, and nothing personal.
    scope       TEXT    NOT NULL,
    finished_at INTEGER
) STRICT;

-- Files that are to be removed where no row names them.
CREATE TABLE erasing (
    sha256 TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;
