-- Replies that wait for a person, are limited in number, and come back. The outbox is built anew because SQLite cannot
-- change a CHECK: letters that answer no message are now of several kinds, and a person can throw a letter away.

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
        ('queued', 'leased', 'sending', 'sent', 'failed', 'ambiguous', 'superseded', 'dropped')),
    queued_at   INTEGER NOT NULL,
    not_before  INTEGER NOT NULL,
    lease_until INTEGER,
    tries       INTEGER NOT NULL DEFAULT 0,
    response    TEXT    NOT NULL DEFAULT '',
    changed_at  INTEGER NOT NULL,
    -- Whether staff have been told that it failed or is in doubt.
    told        INTEGER NOT NULL DEFAULT 0 CHECK (told IN (0, 1)),
    -- Whether a person has said that it may leave, where replies are held.
    approved    INTEGER NOT NULL DEFAULT 0 CHECK (approved IN (0, 1)),
    -- Whether it is for the committee itself: no person holds it up, and it counts in no limit.
    internal    INTEGER NOT NULL DEFAULT 0 CHECK (internal IN (0, 1)),
    -- The last submission that it takes into account: a request that waits is written anew when more has come.
    seen        INTEGER NOT NULL DEFAULT 0,
    -- From then on it is of no use; NULL: always of some.
    expires     INTEGER,
    UNIQUE (message, kind),
    CHECK ((state IN ('leased', 'sending')) = (lease_until IS NOT NULL)),
    CHECK (message IS NOT NULL OR kind NOT IN ('confirm', 'request', 'receipt'))
) STRICT;
INSERT INTO outbox_new (id, key, message, kind, campaign, sender, recipient, mailbox, message_id, mime, state, queued_at,
                        not_before, lease_until, tries, response, changed_at, told, internal)
SELECT id, key, message, kind, campaign, sender, recipient, mailbox, message_id, mime, state, queued_at,
       not_before, lease_until, tries, response, changed_at, told, kind = 'alert'
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
-- How many letters have left, to an address and in all, is counted with every one.
CREATE INDEX outbox_recipient ON outbox (recipient, changed_at);
CREATE INDEX outbox_changed ON outbox (changed_at);

-- What has been reminded of, and by which letter: each once.
CREATE TABLE reminders (
    campaign TEXT    NOT NULL,
    whose    TEXT    NOT NULL,
    point    TEXT    NOT NULL,
    outbox   INTEGER NOT NULL REFERENCES outbox (id),
    PRIMARY KEY (campaign, whose, point, outbox)
) STRICT;
