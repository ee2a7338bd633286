-- Every instant is in microseconds since 1970-01-01 UTC. Lists and readings are JSON.

CREATE TABLE mailboxes (
    name       TEXT    NOT NULL PRIMARY KEY,
    position   TEXT    NOT NULL,
    passed_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE messages (
    id           INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    mailbox      TEXT    NOT NULL,
    cursor       TEXT    NOT NULL,
    sha256       TEXT    NOT NULL,
    truncated    INTEGER NOT NULL CHECK (truncated IN (0, 1)),
    received_at  INTEGER NOT NULL,
    taken_at     INTEGER NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN
        ('received', 'duplicate', 'ignore', 'leave', 'confirm', 'request', 'review')),
    duplicate_of INTEGER REFERENCES messages (id),
    marked       INTEGER NOT NULL DEFAULT 0 CHECK (marked IN (0, 1)),
    campaign     TEXT,
    sender       TEXT,
    message_id   TEXT,
    subject      TEXT    NOT NULL DEFAULT '',
    reading      TEXT,
    version      INTEGER,
    reason       TEXT    NOT NULL DEFAULT '',
    decided_at   INTEGER,
    UNIQUE (mailbox, cursor),
    CHECK ((state = 'duplicate') = (duplicate_of IS NOT NULL)),
    CHECK ((state IN ('received', 'duplicate')) = (decided_at IS NULL))
) STRICT;
-- The same bytes are decided once; later copies are rows of their own that point to the first.
CREATE UNIQUE INDEX messages_bytes ON messages (sha256) WHERE duplicate_of IS NULL;
CREATE INDEX messages_state ON messages (state, received_at, id);
CREATE INDEX messages_unmarked ON messages (mailbox, id) WHERE marked = 0;

CREATE TABLE documents (
    message  INTEGER NOT NULL REFERENCES messages (id),
    position INTEGER NOT NULL,
    name     TEXT,
    path     TEXT    NOT NULL,
    format   TEXT,
    size     INTEGER,
    sha256   TEXT,
    kind     TEXT    NOT NULL,
    school   TEXT,
    problem  TEXT,
    PRIMARY KEY (message, position)
) STRICT;

CREATE TABLE submissions (
    id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    message     INTEGER NOT NULL REFERENCES messages (id),
    position    INTEGER NOT NULL,
    campaign    TEXT    NOT NULL,
    school      TEXT,
    version     INTEGER,
    action      TEXT    NOT NULL,
    late        INTEGER NOT NULL CHECK (late IN (0, 1)),
    form        INTEGER NOT NULL CHECK (form IN (0, 1)),
    draft       INTEGER NOT NULL CHECK (draft IN (0, 1)),
    information TEXT    NOT NULL,
    candidates  TEXT    NOT NULL,
    outside     TEXT,
    branch      TEXT,
    missing     TEXT    NOT NULL,
    invalid     TEXT    NOT NULL,
    owed        TEXT    NOT NULL,
    documents   TEXT    NOT NULL,
    evidence    TEXT    NOT NULL,
    UNIQUE (message, position),
    UNIQUE (campaign, school, version),
    CHECK (version IS NULL OR school IS NOT NULL)
) STRICT;

CREATE TABLE answers (
    submission INTEGER NOT NULL REFERENCES submissions (id),
    field      TEXT    NOT NULL,
    text       TEXT    NOT NULL,
    value      TEXT,
    invalid    TEXT,
    found      TEXT    NOT NULL,
    PRIMARY KEY (submission, field)
) STRICT;

CREATE TABLE outbox (
    id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    key         TEXT    NOT NULL UNIQUE,
    message     INTEGER NOT NULL REFERENCES messages (id),
    kind        TEXT    NOT NULL,
    campaign    TEXT    NOT NULL,
    recipient   TEXT    NOT NULL,
    message_id  TEXT    NOT NULL UNIQUE,
    mime        BLOB    NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN
        ('queued', 'leased', 'sending', 'sent', 'failed', 'ambiguous', 'superseded')),
    not_before  INTEGER NOT NULL,
    lease_until INTEGER,
    tries       INTEGER NOT NULL DEFAULT 0,
    response    TEXT    NOT NULL DEFAULT '',
    changed_at  INTEGER NOT NULL,
    UNIQUE (message, kind),
    CHECK ((state IN ('leased', 'sending')) = (lease_until IS NOT NULL))
) STRICT;
CREATE INDEX outbox_due ON outbox (state, not_before, id);

CREATE TABLE outbox_schools (
    outbox INTEGER NOT NULL REFERENCES outbox (id),
    school TEXT    NOT NULL,
    PRIMARY KEY (outbox, school)
) STRICT;
CREATE INDEX outbox_schools_school ON outbox_schools (school);

CREATE TABLE reviews (
    id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    message    INTEGER NOT NULL REFERENCES messages (id),
    submission INTEGER REFERENCES submissions (id),
    campaign   TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    candidates TEXT    NOT NULL,
    opened_at  INTEGER NOT NULL,
    decided_at INTEGER,
    decided_by TEXT,
    decision   TEXT
) STRICT;
CREATE INDEX reviews_open ON reviews (opened_at) WHERE decided_at IS NULL;

-- Addresses that staff have tied to a school.
CREATE TABLE ties (
    campaign TEXT NOT NULL,
    address  TEXT NOT NULL,
    school   TEXT NOT NULL,
    PRIMARY KEY (campaign, address)
) STRICT;

CREATE TABLE reports (
    campaign TEXT    NOT NULL,
    key      TEXT    NOT NULL,
    made_at  INTEGER NOT NULL,
    PRIMARY KEY (campaign, key)
) STRICT;

-- Append-only: each hash covers the one before it.
CREATE TABLE events (
    id   INTEGER NOT NULL PRIMARY KEY,
    at   INTEGER NOT NULL,
    kind TEXT    NOT NULL,
    refs TEXT    NOT NULL,
    hash TEXT    NOT NULL
) STRICT;
