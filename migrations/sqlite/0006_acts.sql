-- What people decide, and what they add to a campaign. Who it was is the number of an account.

-- What a person has decided about a message, or about one submission of it.
CREATE TABLE rulings (
    id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    message    INTEGER NOT NULL REFERENCES messages (id),
    review     INTEGER REFERENCES reviews (id),
    -- The submission that it replaces, and that one's version before.
    submission INTEGER REFERENCES submissions (id),
    version    INTEGER,
    verdict    TEXT    NOT NULL,
    decided_at INTEGER NOT NULL,
    decided_by INTEGER NOT NULL,
    undone_at  INTEGER,
    undone_by  INTEGER
) STRICT;
CREATE INDEX rulings_message ON rulings (message);

-- Laid over the campaign's file, as JSON.
CREATE TABLE amendments (
    id           INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    campaign     TEXT    NOT NULL,
    amendment    TEXT    NOT NULL,
    -- The decision that it belongs to, and is undone with.
    ruling       INTEGER REFERENCES rulings (id),
    added_at     INTEGER NOT NULL,
    added_by     INTEGER,
    withdrawn_at INTEGER,
    withdrawn_by INTEGER
) STRICT;
CREATE INDEX amendments_campaign ON amendments (campaign, id);
INSERT INTO amendments (campaign, amendment, added_at)
SELECT campaign, json_object('kind', 'address', 'school', school, 'address', address), 0 FROM ties ORDER BY rowid;
DROP TABLE ties;

-- The decision that made a submission; NULL: the program's own. And the one by which it no longer counts.
ALTER TABLE submissions ADD COLUMN ruling INTEGER REFERENCES rulings (id);
ALTER TABLE submissions ADD COLUMN replaced INTEGER REFERENCES rulings (id);

-- When the sender was asked whose his documents are.
ALTER TABLE reviews ADD COLUMN asked_at INTEGER;

-- What staff have ticked as done, as JSON.
CREATE TABLE ticks (
    campaign  TEXT    NOT NULL,
    tick      TEXT    NOT NULL,
    ticked_at INTEGER NOT NULL,
    ticked_by INTEGER NOT NULL,
    PRIMARY KEY (campaign, tick)
) STRICT;

-- A message can be answered once more in the same way after a person's decision: the outbox is built anew because SQLite
-- cannot drop a UNIQUE.
CREATE TABLE outbox_new (
    id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    key         TEXT    NOT NULL UNIQUE,
    message     INTEGER REFERENCES messages (id),
    kind        TEXT    NOT NULL,
    -- The decision of a person that it follows from.
    ruling      INTEGER REFERENCES rulings (id),
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
    CHECK ((state IN ('leased', 'sending')) = (lease_until IS NOT NULL)),
    CHECK (message IS NOT NULL OR kind NOT IN ('confirm', 'request', 'receipt', 'question', 'withdrawn'))
) STRICT;
INSERT INTO outbox_new (id, key, message, kind, campaign, sender, recipient, mailbox, message_id, mime, state, queued_at,
                        not_before, lease_until, tries, response, changed_at, told, approved, internal, seen, expires)
SELECT id, key, message, kind, campaign, sender, recipient, mailbox, message_id, mime, state, queued_at,
       not_before, lease_until, tries, response, changed_at, told, approved, internal, seen, expires
FROM outbox;

CREATE TABLE outbox_schools_new (
    outbox INTEGER NOT NULL REFERENCES outbox_new (id),
    school TEXT    NOT NULL,
    PRIMARY KEY (outbox, school)
) STRICT;
INSERT INTO outbox_schools_new (outbox, school) SELECT outbox, school FROM outbox_schools;

CREATE TABLE reminders_new (
    campaign TEXT    NOT NULL,
    whose    TEXT    NOT NULL,
    point    TEXT    NOT NULL,
    outbox   INTEGER NOT NULL REFERENCES outbox_new (id),
    PRIMARY KEY (campaign, whose, point, outbox)
) STRICT;
INSERT INTO reminders_new (campaign, whose, point, outbox) SELECT campaign, whose, point, outbox FROM reminders;

DROP TABLE reminders;
DROP TABLE outbox_schools;
DROP TABLE outbox;
ALTER TABLE outbox_new RENAME TO outbox;
ALTER TABLE outbox_schools_new RENAME TO outbox_schools;
ALTER TABLE reminders_new RENAME TO reminders;
-- Each letter once: one of a kind for a message, and for each decision of a person about it.
CREATE UNIQUE INDEX outbox_answer ON outbox (message, kind, coalesce(ruling, 0)) WHERE message IS NOT NULL;
CREATE INDEX outbox_due ON outbox (state, not_before, id);
CREATE INDEX outbox_schools_school ON outbox_schools (school);
CREATE INDEX outbox_recipient ON outbox (recipient, changed_at);
CREATE INDEX outbox_changed ON outbox (changed_at);
CREATE INDEX outbox_message ON outbox (message);

-- Every summary counts all mails by their state, without a look at the mails themselves.
CREATE INDEX messages_counted ON messages (campaign, state, message_id) WHERE duplicate_of IS NULL;
CREATE INDEX messages_duplicate ON messages (duplicate_of) WHERE duplicate_of IS NOT NULL;
