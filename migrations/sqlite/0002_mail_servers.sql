-- What real mail servers need. The outbox is built anew because SQLite cannot drop a NOT NULL: an alert for the staff
-- answers no message and belongs to no campaign.

CREATE TABLE outbox_new (
    id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    key         TEXT    NOT NULL UNIQUE,
    message     INTEGER REFERENCES messages (id),
    kind        TEXT    NOT NULL,
    campaign    TEXT,
    sender      TEXT    NOT NULL,
    recipient   TEXT    NOT NULL,
    -- The mailbox into which it is put; NULL: it is sent.
    mailbox     TEXT,
    message_id  TEXT    NOT NULL UNIQUE,
    mime        BLOB    NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN
        ('queued', 'leased', 'sending', 'sent', 'failed', 'ambiguous', 'superseded')),
    queued_at   INTEGER NOT NULL,
    not_before  INTEGER NOT NULL,
    lease_until INTEGER,
    tries       INTEGER NOT NULL DEFAULT 0,
    response    TEXT    NOT NULL DEFAULT '',
    changed_at  INTEGER NOT NULL,
    -- Whether staff have been told that it failed or is in doubt.
    told        INTEGER NOT NULL DEFAULT 0 CHECK (told IN (0, 1)),
    UNIQUE (message, kind),
    CHECK ((state IN ('leased', 'sending')) = (lease_until IS NOT NULL)),
    CHECK ((kind = 'alert') = (message IS NULL))
) STRICT;
INSERT INTO outbox_new (id, key, message, kind, campaign, sender, recipient, message_id, mime, state, queued_at,
                        not_before, lease_until, tries, response, changed_at)
SELECT id, key, message, kind, campaign, '', recipient, message_id, mime, state, changed_at,
       not_before, lease_until, tries, response, changed_at
FROM outbox;

CREATE TABLE outbox_schools_new (
    outbox INTEGER NOT NULL REFERENCES outbox_new (id),
    school TEXT    NOT NULL,
    PRIMARY KEY (outbox, school)
) STRICT;
INSERT INTO outbox_schools_new (outbox, school) SELECT outbox, school FROM outbox_schools;

DROP TABLE outbox_schools;
DROP TABLE outbox;
ALTER TABLE outbox_new RENAME TO outbox;
ALTER TABLE outbox_schools_new RENAME TO outbox_schools;
CREATE INDEX outbox_due ON outbox (state, not_before, id);
CREATE INDEX outbox_schools_school ON outbox_schools (school);

-- Finds the copies of our own letters.
CREATE INDEX messages_message_id ON messages (message_id);

-- Addresses that a server has refused for good: nothing is sent there for a while.
CREATE TABLE suppressed (
    address  TEXT    NOT NULL PRIMARY KEY,
    until    INTEGER NOT NULL,
    response TEXT    NOT NULL
) STRICT;

-- What is wrong with the surroundings, while it lasts; staff are told once each.
CREATE TABLE incidents (
    id        INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind      TEXT    NOT NULL,
    place     TEXT    NOT NULL,
    detail    TEXT    NOT NULL,
    opened_at INTEGER NOT NULL,
    closed_at INTEGER
) STRICT;
CREATE UNIQUE INDEX incidents_open ON incidents (kind, place) WHERE closed_at IS NULL;

-- Messages that a mailbox had listed and that were gone before they could be fetched.
CREATE TABLE vanished (
    mailbox TEXT    NOT NULL,
    cursor  TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (mailbox, cursor)
) STRICT;
